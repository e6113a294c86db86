//! Models that the compiler's fuzzer makes and the compiler finds right: rustc finds them right too, and they train.
//!
//! `SHAPEFLOW_FUZZ=1000 cargo test --test fuzz` compiles so many instead of a few.

#[path = "../../compiler/src/fuzz/models.rs"]
mod models;
#[path = "../../compiler/src/fuzz/mutation.rs"]
#[expect(dead_code, reason = "the fuzzer itself also cuts models in two")]
mod mutation;
mod program;
mod sample;

use program::Program;
use sample::Samples;

/// As many as are compiled as one program.
const TOGETHER: usize = 30;

#[test]
fn what_the_fuzzer_makes_right_models_of_compiles_and_trains() {
    let wanted = std::env::var("SHAPEFLOW_FUZZ").ok();
    let wanted = wanted.map_or(TOGETHER, |count| count.parse().expect("a number of models"));
    let mut samples = Samples::new();
    let mut outer = [false; 2];
    let mut made = 0;
    while made < wanted {
        let some: Vec<_> = samples.by_ref().take(TOGETHER.min(wanted - made)).collect();
        made += some.len();
        for sample in &some {
            outer[0] |= sample.has_outer("usize");
            outer[1] |= sample.has_outer("f32");
        }
        Program::new(some).run();
    }
    assert_eq!(
        outer, [true; 2],
        "consts from outside of both types were tested"
    );
}
