//! Where files are saved and read: by several at once, on full disks, under paths that change their meaning.
//!
//! What needs a process of its own is [`the_program`], started by the tests.

use crate::networks::{Line, Small, bits};
use shapeflow::model::Model;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

/// The variables that tell [`the_program`] what to do, and where.
const TASK: &str = "SHAPEFLOW_PLACES_TASK";
const FOLDER: &str = "SHAPEFLOW_PLACES_FOLDER";

#[test]
fn the_program() {
    let (Some(task), Some(folder)) = (std::env::var_os(TASK), std::env::var_os(FOLDER)) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let task = task.into_string().unwrap();
    match task.as_str() {
        "full" => {
            let error = Small::with_seed(2).save(folder.join("w")).unwrap_err();
            println!("@{error}");
        }
        "move" => {
            fs::create_dir_all(folder.join("one/two")).unwrap();
            std::env::set_current_dir(folder.join("one")).unwrap();
            Line::with_seed(3).save("w").unwrap();
            Line::with_seed(4).save("./two/../../w").unwrap();
            std::env::set_current_dir("two").unwrap();
            println!("@{}", Line::load("w").unwrap_err());
            assert_eq!(
                bits(&Line::load("../w").unwrap()),
                bits(&Line::with_seed(3))
            );
            assert_eq!(
                bits(&Line::load("../../w").unwrap()),
                bits(&Line::with_seed(4))
            );
            // A folder that is gone under one's feet.
            fs::remove_dir(folder.join("one/two")).unwrap();
            println!("@{}", Line::with_seed(3).save("w").unwrap_err());
        }
        seed => {
            let net = Line::with_seed(seed.parse().unwrap());
            for _ in 0..100 {
                net.save(folder.join("w")).unwrap();
            }
        }
    }
}

fn program(folder: &Path, task: &str, shell: Option<&str>) -> Command {
    let itself = std::env::current_exe().unwrap();
    let mut command = match shell {
        Some(before) => {
            let mut shell = Command::new("sh");
            shell
                .arg("-c")
                .arg(format!("{before}; exec \"$0\" \"$@\""))
                .arg(itself);
            shell
        }
        None => Command::new(itself),
    };
    command
        .args(["--exact", "places::the_program", "--nocapture"])
        .env(TASK, task)
        .env(FOLDER, folder)
        .stdout(Stdio::piped());
    command
}

/// The lines that it says to its tests.
fn said(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    let lines = text.lines().filter_map(|line| line.split_once('@'));
    lines.map(|(_, line)| line.to_owned()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn processes_that_save_to_one_path_leave_one_whole_file_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    let either = [1, 2].map(|seed| bits(&Line::with_seed(seed)));
    Line::with_seed(1).save(&path).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !over.load(Ordering::Relaxed) || reads == 0 {
                let found = bits(&Line::load(&path).unwrap());
                assert!(either.contains(&found), "a file of both");
                reads += 1;
            }
        });
        let savers = ["1", "2"].map(|seed| program(folder.path(), seed, None).spawn().unwrap());
        let outputs = savers.map(|saver| saver.wait_with_output().unwrap());
        over.store(true, Ordering::Relaxed);
        outputs.iter().for_each(|output| drop(said(output)));
        reader.join().unwrap();
    });
    assert_eq!(names(folder.path()), ["w"]);
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    Small::with_seed(1).save(&path).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(before.len() > 1024, "more than the shell lets it write");
    // No file may have more than one block; the write beyond fails as on a full disk.
    let output = program(folder.path(), "full", Some("trap '' XFSZ; ulimit -f 1")).output();
    let said = said(&output.unwrap());
    let start = format!("cannot write {}: ", path.display());
    assert!(said.len() == 1 && said[0].starts_with(&start), "{said:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(folder.path()), ["w"]);
}

#[cfg(unix)]
#[test]
fn a_relative_path_is_taken_from_the_folder_in_which_the_program_is() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(folder.path(), "move", None).output().unwrap();
    let said = said(&output);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("cannot read w: "), "{said:?}");
    assert!(said[1].starts_with("cannot write w: "), "{said:?}");
    assert_eq!(names(folder.path()), ["one", "w"]);
    assert_eq!(names(&folder.path().join("one")), ["w"]);
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_the_old_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    let nets = [Line::with_seed(1), Line::with_seed(2)];
    nets[0].save(&path).unwrap();
    std::thread::scope(|scope| {
        let saver = scope.spawn(|| {
            for number in 0..200 {
                nets[number % 2].save(&path).unwrap();
            }
        });
        while !saver.is_finished() {
            let found = bits(&Line::load(&path).unwrap());
            assert!(nets.iter().any(|net| bits(net) == found), "a file of both");
        }
    });
}

/// In place, as no part of Shapeflow writes but other programs may: what was read is whole, or an error.
#[test]
fn a_file_that_is_cut_and_written_in_place_is_whole_or_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w");
    let net = Line::with_seed(1);
    net.save(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for _ in 0..200 {
                fs::write(&path, &whole).unwrap();
            }
        });
        while !writer.is_finished() {
            match Line::load(&path) {
                Ok(found) => assert_eq!(bits(&found), bits(&net)),
                Err(error) => assert!(error.to_string().contains("is damaged"), "{error}"),
            }
        }
    });
}
