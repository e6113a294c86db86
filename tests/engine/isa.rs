//! Vector instructions that aren't there are an error, not others in their place.

use std::process::Command;

use shapeflow::engine::{EngineError, PredictWorkspace};
use shapeflow::model::Model;
use shapeflow_tests::models::{SmallCnn, Training};

/// Runs in a program of its own, whose environment is wrong.
#[test]
#[ignore = "the test below runs it"]
fn in_a_wrong_environment() {
    let mut training = Training::<SmallCnn>::new(8);
    let error = training.step(8).expect_err("no such instructions");
    assert!(matches!(error, EngineError::Isa(_)), "{error}");
    let expected = "the environment variable SHAPEFLOW_ISA is `avx1024`, expected `portable`, `avx2` or `avx512`; without it the \
                    best of this machine is taken";
    assert_eq!(error.to_string(), expected);
    let mut predictor = PredictWorkspace::new(SmallCnn::PROGRAM, 1);
    let input = vec![0.0; 14 * 14 * 3];
    let error = predictor.run(&SmallCnn::with_seed(1), &[&input], 1);
    assert_eq!(
        error.expect_err("nor for predictions").to_string(),
        expected
    );
}

#[test]
fn unknown_vector_instructions_are_an_error() {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new(program)
        .args(["--exact", "isa::in_a_wrong_environment", "--ignored"])
        .env("SHAPEFLOW_ISA", "avx1024")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
