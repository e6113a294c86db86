//! Files of a run: damaged and altered checkpoints, files that can't be written or aren't there.

use crate::networks::{Line, Small, bits, figures, flowers, numbers};
use serde_json::{Value, json};
use shapeflow::data::Classes;
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::schedules::ReduceOnPlateau;
use shapeflow::training::{
    BatchEnd, Callback, CallbackError, Checkpoint, Control, CsvLog, EarlyStopping, Fit, History,
    TrainError,
};
use shapeflow::weights::{Metadata, NamedTensor, WeightsFile};
use std::fs;
use std::path::Path;

type Run<'a> = Fit<'a, SparseCategoricalCrossEntropy, Classes>;

fn base<'a>() -> Run<'a> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.05))
        .batch_size(16)
        .quiet()
}

/// Stops after a step.
struct StopAt(u64);

impl Callback for StopAt {
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        Ok(if batch.step == self.0 {
            Control::Stop("that's enough".into())
        } else {
            Control::Continue
        })
    }
}

/// A file's tensors by name, with their shapes.
type Tensors = Vec<(String, Vec<usize>, Vec<f32>)>;

/// Writes `from` to `to` with another state of training.
fn alter(from: &Path, to: &Path, change: impl FnOnce(&mut Value, &mut Tensors)) {
    let file = WeightsFile::open(from).unwrap();
    let mut metadata: Metadata = file.metadata().unwrap().clone();
    let mut tensors: Tensors = file
        .tensors()
        .map(|(name, tensor)| (name.into(), tensor.shape().into(), tensor.values().unwrap()))
        .collect();
    change(metadata.entries.get_mut("training").unwrap(), &mut tensors);
    let named: Vec<NamedTensor<'_>> = tensors
        .iter()
        .map(|(name, shape, values)| NamedTensor {
            name,
            shape,
            values,
        })
        .collect();
    shapeflow::weights::write(to, &named, &metadata).unwrap();
}

fn fit<'a>() -> Run<'a> {
    base()
        .epochs(4)
        .schedule(ReduceOnPlateau::new(0.5, 0))
        .callback(EarlyStopping::new("loss").patience(9).restore_best())
}

#[test]
fn altered_checkpoints_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let train = flowers(90, 0);
    let mut model = Small::with_seed(4);
    // Six batches an epoch: two epochs, and two batches of the third.
    let stopped = fit()
        .callback(Checkpoint::every(1, at("run")))
        .callback(StopAt(14));
    stopped.run(&mut model, &train).unwrap();

    let refusal = |change: &dyn Fn(&mut Value, &mut Tensors)| {
        alter(&at("run"), &at("altered"), change);
        let mut model = Small::with_seed(5);
        let before = bits(&model);
        let error = fit()
            .resume(at("altered"))
            .run(&mut model, &train)
            .unwrap_err();
        assert_eq!(bits(&model), before);
        error.to_string()
    };
    let mut resumed = Small::with_seed(5);
    alter(&at("run"), &at("altered"), |_, _| {});
    fit()
        .resume(at("altered"))
        .run(&mut resumed, &train)
        .unwrap();

    type Case<'a> = (&'a str, &'a dyn Fn(&mut Value, &mut Tensors));
    let tensor = |tensors: &mut Tensors, start: &str, value: f32| {
        let found = tensors
            .iter_mut()
            .find(|(name, ..)| name.starts_with(start));
        found.unwrap().2[0] = value;
    };
    let cases: [Case<'_>; 25] = [
        (
            "expected a mean of squares, 0 or more, found -1.0",
            &|_, tensors| tensor(tensors, "optimizer/second_moment/", -1.0),
        ),
        ("steps", &|run, _| run["steps"] = json!(u64::MAX)),
        ("steps", &|run, _| run["steps"] = json!(13)),
        ("damaged", &|run, _| run["steps"] = json!(-1)),
        ("damaged", &|run, _| {
            run.as_object_mut().unwrap().remove("history");
        }),
        ("epoch 1 comes after epoch 1", &|run, _| {
            run["history"]["epochs"][1]["epoch"] = json!(1)
        }),
        ("epoch 3 stands where epoch 2", &|run, _| {
            run["history"]["epochs"][1]["epoch"] = json!(3)
        }),
        ("other figures", &|run, _| {
            run["history"]["epochs"][1]["figures"] = json!([["accuracy", 0.5]]);
        }),
        ("two figures", &|run, _| {
            run["history"]["epochs"][1]["figures"] = json!([["loss", 0.5], ["loss", 0.4]]);
        }),
        ("steps", &|run, _| {
            run["history"]["epochs"].as_array_mut().unwrap().pop();
        }),
        ("steps", &|run, _| run["place"]["batches"] = json!(u64::MAX)),
        ("steps", &|run, _| run["place"] = Value::Null),
        ("stopped after batch 0", &|run, _| {
            run["place"]["batches"] = json!(0);
            run["steps"] = json!(12);
        }),
        ("stopped after batch 6", &|run, _| {
            run["place"]["batches"] = json!(6);
            run["steps"] = json!(18);
        }),
        ("sums of losses", &|run, _| {
            run["place"]["loss"] = json!([[f64::NAN.to_bits(), 0]])
        }),
        ("sums of losses", &|run, _| run["place"]["loss"] = json!([])),
        ("learning rates", &|run, _| run["rates"] = json!(7)),
        ("learning rates", &|run, _| {
            run["schedule_state"]["waited"] = json!(u64::MAX)
        }),
        ("learning rates", &|run, _| {
            run["schedule_state"]["rate"] = json!(1e30)
        }),
        ("EarlyStopping", &|run, _| {
            run["callbacks"][0]["values"]["kept"] = json!(1_000_000)
        }),
        ("EarlyStopping", &|run, _| {
            run["callbacks"][0]["values"]["waited"] = json!(u64::MAX)
        }),
        ("EarlyStopping", &|run, _| {
            run["callbacks"][0]["values"] = json!("nonsense")
        }),
        ("EarlyStopping", &|_, tensors| {
            tensor(tensors, "callback/0/best_parameters", f32::NAN)
        }),
        ("optimizer/second_moment", &|_, tensors| {
            tensor(tensors, "optimizer/second_moment", f32::INFINITY);
        }),
        ("is missing", &|_, tensors| {
            tensors.retain(|(name, ..)| !name.starts_with("optimizer/first"))
        }),
    ];
    for (index, (expected, change)) in cases.iter().enumerate() {
        let error = refusal(change);
        assert!(
            error.contains(expected),
            "case {index}, {expected}: {error}"
        );
    }
}

#[test]
fn only_what_is_not_there_begins_afresh() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "no checkpoint").unwrap();
    let mut paths = vec![at("file"), at("file/below"), folder.path().to_path_buf()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(at("nowhere"), at("dangling")).unwrap();
        std::os::unix::fs::symlink(at("loop"), at("loop")).unwrap();
        paths.extend([at("dangling"), at("loop"), at("loop/below")]);
    }
    for path in paths {
        let mut model = Small::with_seed(4);
        let before = bits(&model);
        let result = base()
            .resume_if_present(&path)
            .run(&mut model, &flowers(30, 0));
        let error = result.unwrap_err().to_string();
        assert!(error.contains(&*path.to_string_lossy()), "{error}");
        assert_eq!(bits(&model), before, "{error}");
    }
    let mut model = Small::with_seed(4);
    for path in [at("nothing"), at("no/folder/either")] {
        base()
            .resume_if_present(path)
            .run(&mut model, &flowers(30, 0))
            .unwrap();
    }
}

#[test]
fn a_path_that_cannot_be_written_is_found_before_training() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "kept").unwrap();
    let train = flowers(30, 0);
    let attempts = [
        base().callback(Checkpoint::every(1, at("file/below"))),
        base().callback(Checkpoint::best("loss", at("file/below")).weights_only()),
        base().callback(CsvLog::new(at("file/below"))),
        base().callback(CsvLog::new(folder.path())),
        base().callback(Checkpoint::every(1, "")),
        base()
            .callback(CsvLog::new(at("same")))
            .callback(Checkpoint::every(2, at("same"))),
        base()
            .callback(Checkpoint::every(1, at("new/same")))
            .callback(Checkpoint::best("loss", at("new/../new/same"))),
    ];
    for fit in attempts {
        let mut model = Small::with_seed(4);
        let before = bits(&model);
        let error = fit.epochs(9).run(&mut model, &train).unwrap_err();
        assert!(
            matches!(
                error,
                TrainError::Write { .. } | TrainError::SameFile { .. }
            ),
            "{error}"
        );
        assert_eq!(bits(&model), before, "{error}");
    }
    assert_eq!(fs::read(at("file")).unwrap(), b"kept");
}

#[test]
fn what_a_killed_program_left_is_gone_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".shapeflow-99999999-0.part", ".shapeflow-1-3.part"] {
        fs::write(folder.path().join(name), "half a check").unwrap();
    }
    let mut model = Small::with_seed(4);
    let every = Checkpoint::every(1, folder.path().join("run"));
    base()
        .callback(every)
        .run(&mut model, &flowers(30, 0))
        .unwrap();
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["run"]);
}

#[cfg(unix)]
#[test]
fn paths_need_not_be_unicode() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let odd = folder.path().join(OsStr::from_bytes(b"odd\xff"));
    let mut model = Small::with_seed(4);
    let every = Checkpoint::every(1, odd.join("epoch{epoch}"));
    base()
        .epochs(2)
        .callback(every)
        .run(&mut model, &flowers(30, 0))
        .unwrap();
    assert!(odd.join("epoch1").exists() && odd.join("epoch2").exists());
}

#[test]
fn the_log_of_a_resumed_run_has_all_epochs_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let train = flowers(90, 0);
    for (stop, epochs) in [(8, 5), (14, 5), (0, 5), (0, 5)] {
        // The log of a finished run is written again, too.
        let _ = fs::remove_file(at("log.csv"));
        let mut model = Small::with_seed(4);
        let run = base().epochs(epochs).callback(CsvLog::new(at("log.csv")));
        let history = run
            .callback(Checkpoint::every(1, at("run")))
            .callback(StopAt(stop))
            .resume_if_present(at("run"))
            .run(&mut model, &train)
            .unwrap();
        let text = fs::read_to_string(at("log.csv")).unwrap();
        let epochs: Vec<&str> = text
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap())
            .collect();
        let expected: Vec<String> = (1..=history.len()).map(|epoch| epoch.to_string()).collect();
        assert_eq!(epochs, expected);
    }
}

#[test]
fn a_model_without_state_keeps_its_best_weights_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run");
    let data = numbers(40);
    let fit = || {
        Fit::new(MeanSquaredError, Adam::new(0.01))
            .epochs(6)
            .callback(EarlyStopping::new("loss").patience(9).restore_best())
            .quiet()
    };
    let mut whole = Line::with_seed(1);
    let history = fit().run(&mut whole, &data).unwrap();
    let mut model = Line::with_seed(1);
    fit()
        .callback(Checkpoint::every(1, &file))
        .callback(StopAt(5))
        .run(&mut model, &data)
        .unwrap();
    let mut resumed = Line::with_seed(2);
    let again = fit().resume(&file).run(&mut resumed, &data).unwrap();
    assert!((bits(&resumed), figures(&again)) == (bits(&whole), figures(&history)));
}

#[test]
fn a_damaged_history_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.json");
    let record = |epoch: usize, name: &str| json!({"epoch": epoch, "figures": [["loss", 0.5], [name, 0.25]], "learning_rate": 0.1, "seconds": 1.0});
    let file = |history: Value| json!({"kind": "history", "version": 1, "value": history});
    let whole = json!({"epochs": [record(1, "accuracy"), record(2, "accuracy")]});
    fs::write(&path, file(whole).to_string()).unwrap();
    assert_eq!(History::load(&path).unwrap().len(), 2);
    let later = json!({"kind": "history", "version": 2, "value": {"runs": []}});
    fs::write(&path, later.to_string()).unwrap();
    assert_eq!(
        History::load(&path).unwrap_err().to_string(),
        format!(
            "cannot read {}: expected a history in JSON, found format version 2, this version of Shapeflow reads version 1",
            path.display()
        )
    );
    for damaged in [
        json!({"epochs": [record(1, "accuracy"), record(1, "accuracy")]}),
        json!({"epochs": [record(2, "accuracy"), record(1, "accuracy")]}),
        json!({"epochs": [record(0, "accuracy")]}),
        json!({"epochs": [record(1, "loss")]}),
        json!({"epochs": 3}),
        json!({"epochs": [{"epoch": 1, "figures": [], "learning_rate": null, "seconds": 1.0}]}),
    ] {
        fs::write(&path, file(damaged).to_string()).unwrap();
        let error = History::load(&path).unwrap_err().to_string();
        assert!(error.contains("history.json"), "{error}");
    }
}

/// The variable that makes [`a_program_that_changes_its_folder`] run in one.
const FOLDER: &str = "SHAPEFLOW_MOVING_FOLDER";

/// Goes to another folder in the first step.
struct Move(std::path::PathBuf);

impl Callback for Move {
    fn on_batch_end(&mut self, _: &BatchEnd) -> Result<Control, CallbackError> {
        std::env::set_current_dir(&self.0)?;
        Ok(Control::Continue)
    }
}

/// A process of its own, for all threads have one working directory.
#[test]
fn a_program_that_changes_its_folder() {
    let Some(folder) = std::env::var_os(FOLDER).map(std::path::PathBuf::from) else {
        return;
    };
    let run = base()
        .epochs(2)
        .callback(Move(folder.join("elsewhere")))
        .callback(Checkpoint::every(1, "run"))
        .callback(Checkpoint::best("loss", "best").weights_only())
        .callback(CsvLog::new("log.csv"));
    run.run(&mut Small::with_seed(4), &flowers(90, 0)).unwrap();
}

#[test]
fn relative_paths_stay_where_the_run_began() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let ended = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "files::a_program_that_changes_its_folder"])
        .env(FOLDER, folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
    for name in ["run", "best", "log.csv"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    let elsewhere = fs::read_dir(folder.path().join("elsewhere")).unwrap();
    assert_eq!(elsewhere.count(), 0);
}
