//! Softmax and its logarithm.

use super::*;
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn softmax_agrees_with_its_twin(size in 1..70_usize, rows in 1..9_usize, spread in 1..30_i32, seed: u64) {
        on_every_isa(|| {
            let x: Vec<f32> = random(rows * size, seed).iter().map(|x| x * spread as f32).collect();
            let dy = random(rows * size, seed + 1);
            let (mut y, mut dx) = (unwritten(x.len()), unwritten(x.len()));
            quiet(|| forward(size, rows, &x, &mut y));
            close("y", &y, &reference::forward(size, &wide(&x)), 1e-6)?;
            quiet(|| backward(size, rows, &y, &dy, &mut dx));
            close("dx", &dx, &reference::backward(size, &wide(&x), &wide(&dy)), 2e-6)?;
            let mut in_place = x.clone();
            quiet(|| forward_in_place(size, rows, &mut in_place));
            prop_assert_eq!(&in_place, &y);
            let mut in_place = dy.clone();
            quiet(|| backward_in_place(size, rows, &y, &mut in_place));
            prop_assert_eq!(&in_place, &dx);

            let (mut y, mut dx) = (unwritten(x.len()), unwritten(x.len()));
            quiet(|| log_softmax_forward(size, rows, &x, &mut y));
            close("log y", &y, &reference::log_softmax_forward(size, &wide(&x)), 1e-6)?;
            quiet(|| log_softmax_backward(size, rows, &y, &dy, &mut dx));
            let expected = reference::log_softmax_backward(size, &wide(&x), &wide(&dy));
            close("dx of log", &dx, &expected, 1e-5)?;
            let mut in_place = x.clone();
            quiet(|| log_softmax_forward_in_place(size, rows, &mut in_place));
            prop_assert_eq!(&in_place, &y);
            let mut in_place = dy.clone();
            quiet(|| log_softmax_backward_in_place(size, rows, &y, &mut in_place));
            prop_assert_eq!(&in_place, &dx);
            Ok(())
        })?;
    }

    #[test]
    fn a_nan_spoils_its_row_and_no_other(size in 1..70_usize, rows in 1..5_usize, seed: u64) {
        on_every_isa(|| {
            let mut x = random(rows * size, seed);
            let nan = seed as usize % x.len();
            x[nan] = f32::NAN;
            let (mut y, mut log) = (unwritten(x.len()), unwritten(x.len()));
            quiet(|| forward(size, rows, &x, &mut y));
            quiet(|| log_softmax_forward(size, rows, &x, &mut log));
            for at in 0..x.len() {
                prop_assert_eq!(y[at].is_nan(), at / size == nan / size);
                prop_assert_eq!(log[at].is_nan(), at / size == nan / size);
            }
            Ok(())
        })?;
    }

    #[test]
    fn twins_of_softmax_agree_with_differences(size in 1..6_usize, rows in 1..4_usize, seed: u64) {
        let (x, dy) = (wide(&random(rows * size, seed)), wide(&random(rows * size, seed + 1)));
        let expected = differences(&x, &dy, |x| reference::forward(size, x));
        near("softmax", &reference::backward(size, &x, &dy), &expected, DIFFERENCES)?;
        let expected = differences(&x, &dy, |x| reference::log_softmax_forward(size, x));
        near("log_softmax", &reference::log_softmax_backward(size, &x, &dy), &expected, DIFFERENCES)?;
    }
}

#[test]
fn large_and_infinite_logits_are_no_trouble() {
    let x = [1e4, -1e4, 0.0, f32::NEG_INFINITY];
    let (mut y, mut log) = ([0.0; 4], [0.0; 4]);
    quiet(|| forward(4, 1, &x, &mut y));
    quiet(|| log_softmax_forward(4, 1, &x, &mut log));
    assert_eq!(y, [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(log, [0.0, -2e4, -1e4, f32::NEG_INFINITY]);
}
