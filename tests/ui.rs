//! Mistakes in a model, one a file, each with the error it gives; and the models that follow its help, which compile.
//!
//! `SHAPEFLOW_WRITE=1 cargo test --test ui` writes the errors of today.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use shapeflow_tests::message::{difference, steady};
use shapeflow_tests::rustc;

/// The files of the folder, as paths from the root of the workspace.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(rustc::root().join(folder)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Path::new(folder).join(entry.expect("a readable entry").file_name()))
        .collect();
    files.sort();
    files
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension() == Some(OsStr::new(extension))
}

/// Compiles the mistake at `source` and compares what rustc says; the `Err` says what is wrong.
fn mistake(source: &Path, folder: &Path) -> Result<(), String> {
    let output = rustc::check(source, folder);
    let name = source.to_str().expect("a name in Unicode");
    let found = steady(&String::from_utf8_lossy(&output.stderr), name);
    if output.status.success() {
        return Err(format!("{name} compiles\n{found}"));
    }
    let path = rustc::root().join(source).with_extension("stderr");
    let expected = fs::read_to_string(&path);
    if expected.as_ref().is_ok_and(|expected| *expected == found) {
        return Ok(());
    }
    if std::env::var_os("SHAPEFLOW_WRITE").is_some() {
        return fs::write(&path, &found).map_err(|error| format!("{}: {error}", path.display()));
    }
    match expected {
        Ok(expected) => {
            let difference = difference(&expected, &found).expect("they aren't equal");
            Err(format!("{name} gives another error\n{difference}"))
        }
        Err(error) => Err(format!(
            "{}: {error}; the error is\n{found}",
            path.display()
        )),
    }
}

#[test]
fn mistakes_give_one_clear_error_each() {
    let files = files("tests/ui");
    let sources: Vec<&PathBuf> = files
        .iter()
        .filter(|file| has_extension(file, "rs"))
        .collect();
    assert!(
        sources.len() > 200,
        "only {} mistakes were found",
        sources.len()
    );
    for file in files.iter().filter(|file| has_extension(file, "stderr")) {
        assert!(
            sources.contains(&&file.with_extension("rs")),
            "{} has no model",
            file.display()
        );
    }

    let folder = tempfile::tempdir().expect("a folder");
    let next = AtomicUsize::new(0);
    let take = || {
        let sources = std::iter::from_fn(|| sources.get(next.fetch_add(1, Ordering::Relaxed)));
        let wrong = sources.filter_map(|source| mistake(source, folder.path()).err());
        wrong.collect::<Vec<String>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let wrong = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        wrong.flatten().collect()
    });
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{}\n{} of {} mistakes give another error; SHAPEFLOW_WRITE=1 cargo test --test ui accepts those that do",
        wrong.join("\n"),
        wrong.len(),
        sources.len()
    );
}

#[test]
fn models_that_follow_the_help_compile() {
    let sources = files("tests/ui/pass");
    assert!(!sources.is_empty());
    let folder = tempfile::tempdir().expect("a folder");
    for source in sources {
        let program = folder.path().join("program");
        let output = rustc::build(&source, &program);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{} doesn't compile\n{said}",
            source.display()
        );
        let status = std::process::Command::new(&program)
            .status()
            .expect("it starts");
        assert!(status.success(), "{} ends with {status}", source.display());
    }
}
