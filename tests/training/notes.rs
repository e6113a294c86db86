//! What a run says on standard error where it isn't wrong, but hardly what was meant.

use crate::networks::{Small, flowers};
use shapeflow::data::{Classes, Dataset};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::training::Fit;
use std::process::Command;

/// The variable that tells [`the_program`] which run to make.
const RUN: &str = "SHAPEFLOW_NOTED_RUN";

/// The examples of one class after those of the other.
fn sorted(data: &Dataset<Classes>) -> Dataset<Classes> {
    let classes = &data.targets().0;
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&example| classes[example]);
    data.subset(&order).expect("examples that there are")
}

/// A process of its own, for what it says.
#[test]
fn the_program() {
    let Ok(run) = std::env::var(RUN) else {
        return;
    };
    let (train, test) = (flowers(90, 0), flowers(40, 7000));
    let train = sorted(&train);
    let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01));
    let mut model = Small::with_seed(0);
    let fit = fit.batch_size(10).epochs(2);
    let history = match run.as_str() {
        "validated" => fit.validation(&test).run(&mut model, &train),
        "in order" => fit.shuffle(false).run(&mut model, &train),
        _ => fit.run(&mut model, &train),
    };
    history.expect("a run");
}

fn said(run: &str) -> String {
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "notes::the_program"])
        .env(RUN, run)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{ended:?}");
    String::from_utf8(ended.stderr).unwrap()
}

const UNSETTLED: &str = "The running statistics of `batch_norm1` are 9 % settled after the 9 steps of the first epoch (momentum 0.99)";
const SORTED: &str = "The examples are sorted by class";

#[test]
fn running_statistics_that_cannot_have_settled_are_noted_once() {
    let text = said("validated");
    assert_eq!(text.matches(UNSETTLED).count(), 1, "{text}");
    assert!(!text.contains(SORTED), "{text}");
}

#[test]
fn data_that_stays_sorted_by_class_is_noted_once() {
    let text = said("in order");
    assert_eq!(text.matches(SORTED).count(), 1, "{text}");
    assert!(!text.contains("settled"), "{text}");
}

#[test]
fn a_run_as_it_should_be_has_no_note() {
    let text = said("plain");
    assert!(
        !text.contains(SORTED) && !text.contains("settled"),
        "{text}"
    );
}
