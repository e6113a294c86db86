//! Vector instructions that aren't there are an error, not others in their place.

use std::env::{current_exe, var};
use std::process::Command;

use shapeflow::engine::{EngineError, PredictWorkspace};
use shapeflow::model::Model;
use shapeflow_tests::models::{SmallCnn, Training};

const VARIABLE: &str = "SHAPEFLOW_ISA";
const UNKNOWN: &str = "avx1024";

/// Runs itself once more in a program whose environment is wrong.
#[test]
fn unknown_vector_instructions_are_an_error() {
    if var(VARIABLE).is_ok_and(|isa| isa == UNKNOWN) {
        return both_refuse();
    }
    let output = Command::new(current_exe().expect("this program has a path"))
        .args(["--exact", "isa::unknown_vector_instructions_are_an_error"])
        .env(VARIABLE, UNKNOWN)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

fn both_refuse() {
    let expected = "the environment variable SHAPEFLOW_ISA is `avx1024`, expected `portable`, `avx2` or `avx512`; without it the \
                    best of this machine is taken";
    let mut training = Training::<SmallCnn>::new(8);
    let error = training.step(8).expect_err("no such instructions");
    assert!(matches!(error, EngineError::Isa(_)), "{error}");
    assert_eq!(error.to_string(), expected);
    let mut predictor = PredictWorkspace::new(SmallCnn::PROGRAM, 1);
    let input = vec![0.0; 14 * 14 * 3];
    let error = predictor
        .run(&SmallCnn::with_seed(1), &[&input], 1)
        .expect_err("nor for predictions");
    assert_eq!(error.to_string(), expected);
}
