//! A program that is killed at any moment and started again comes to the same bits, and leaves no stray files.
//!
//! `SHAPEFLOW_KILLS=500 cargo test -p shapeflow-tests --test training kill` kills as often; a few times unless set.

use crate::networks::{Hits, Small, flowers, noise};
use serde_json::json;
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::metrics::Accuracy;
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::schedules::{LinearWarmup, ReduceOnPlateau, Span};
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, CallbackState, Checkpoint, Control, CsvLog, EarlyStopping,
    Fit, History, Run,
};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Tells the parent of every step, and remembers how many there were.
#[derive(Default)]
struct Teller {
    steps: u64,
}

impl Teller {
    fn tell(&self, what: &str) -> Result<(), CallbackError> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n@{what}")?;
        Ok(out.flush()?)
    }
}

impl Callback for Teller {
    fn reset(&mut self) {
        *self = Self::default();
    }
    fn on_train_begin(&mut self, _: &Run) -> Result<(), CallbackError> {
        self.tell("begun")
    }
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        self.steps += 1;
        if self.steps != batch.step {
            return Err(format!("{} steps seen of {}", self.steps, batch.step).into());
        }
        self.tell("step")?;
        Ok(Control::Continue)
    }
    fn state(&self) -> CallbackState {
        CallbackState {
            values: json!(self.steps),
            tensors: Vec::new(),
        }
    }
    fn restore(&mut self, state: CallbackState) -> Result<(), CallbackError> {
        self.steps = state.values.as_u64().ok_or("no number")?;
        Ok(())
    }
}

/// The variable that makes [`the_program`] run in a folder.
const FOLDER: &str = "SHAPEFLOW_KILL_FOLDER";

/// What is killed: trains with every callback there is. The tests start it as a process of its own.
#[test]
fn the_program() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let at = |name: &str| folder.join(name);
    let (train, test) = (flowers(90, 0), flowers(40, 7000));
    let mut model = Small::with_seed(4);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.02))
        .batch_size(16)
        .epochs(30)
        .metric(Accuracy::new())
        .metric(Hits::default())
        .validation(&test)
        .schedule(LinearWarmup::new(
            Span::Steps(9),
            ReduceOnPlateau::new(0.5, 1),
        ))
        .callback(EarlyStopping::new("val_loss").patience(60).restore_best())
        .callback(Checkpoint::best("val_accuracy", at("best")).weights_only())
        .callback(Checkpoint::best("val_loss", at("best_run")))
        .callback(Checkpoint::every(1, at("last")))
        .callback(Checkpoint::every(7, at("epoch{epoch}")))
        .callback(CsvLog::new(at("log.csv")))
        .callback(Teller::default())
        .resume_if_present(at("last"))
        .threads(2)
        .quiet()
        .run(&mut model, &train)
        .unwrap();
    history.save_json(at("history.json")).unwrap();
    model.save(at("weights")).unwrap();
}

fn start(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::the_program", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The unfinished files of a folder.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "part")
        })
        .collect()
}

/// The files of a finished run, without the times in them.
fn outcome(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            let bytes = match name.as_str() {
                "history.json" => {
                    let history = History::load(&path).unwrap();
                    format!("{:?}", crate::networks::figures(&history)).into()
                }
                "log.csv" => {
                    let text = fs::read_to_string(&path).unwrap();
                    let line = |line: &str| line.rsplit_once(',').unwrap().0.to_string();
                    text.lines().map(line).collect::<Vec<_>>().join("\n").into()
                }
                "weights" | "best" => fs::read(&path).unwrap(),
                // A checkpoint's history has times: its arrays count.
                _ => {
                    let file = shapeflow::weights::WeightsFile::open(&path).unwrap();
                    let tensors = file.tensors();
                    let values = tensors.flat_map(|(_, tensor)| tensor.values().unwrap());
                    values.flat_map(f32::to_le_bytes).collect()
                }
            };
            (name, bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_killed_program_comes_to_the_same_bits() {
    let kills: usize = std::env::var("SHAPEFLOW_KILLS").map_or(6, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    fs::create_dir(&whole).unwrap();
    assert!(start(&whole).wait_with_output().unwrap().status.success());
    let expected = outcome(&whole);
    assert!(expected.iter().any(|(name, _)| name == "weights"));

    let (mut killed, mut within_a_write, mut run) = (0, 0, 0);
    while killed < kills {
        let place = folder.path().join(format!("killed{run}"));
        fs::create_dir(&place).unwrap();
        run += 1;
        loop {
            let before = parts(&place);
            let mut child = start(&place);
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            // After so many steps, at whatever the program is doing then; six steps are an epoch.
            let steps = if killed < kills {
                (noise(killed) * 40.0) as usize
            } else {
                usize::MAX
            };
            let mut seen = 0;
            while let Some(Ok(line)) = lines.next() {
                if line == "@begun" {
                    for part in &before {
                        assert!(!part.exists(), "{} is still there", part.display());
                    }
                }
                seen += usize::from(line == "@step");
                if line.starts_with('@') && seen >= steps {
                    child.kill().unwrap();
                    break;
                }
            }
            let status = child.wait().unwrap();
            if status.success() {
                break;
            }
            assert!(seen >= steps, "the program failed by itself: {status}");
            killed += 1;
            within_a_write += parts(&place).len();
        }
        let found = outcome(&place);
        for ((name, found), (other, expected)) in found.iter().zip(&expected) {
            assert_eq!(name, other);
            assert!(found == expected, "{name} differs after {killed} kills");
        }
        assert_eq!(found.len(), expected.len());
    }
    println!("{killed} kills, {within_a_write} of them within a write");
}
