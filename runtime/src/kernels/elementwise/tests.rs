//! `+ - *` with broadcasting.

use super::*;
use crate::kernels::tests::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, quiet, random, unwritten, wide,
};
use proptest::prelude::*;

fn operation() -> impl Strategy<Value = Operation> {
    prop::sample::select(vec![
        Operation::Add,
        Operation::Subtract,
        Operation::Multiply,
    ])
}

/// Two shapes that broadcast: axes of one shape, some of them 1 on one side, leading ones left out.
fn shapes() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    prop::collection::vec((1..6_usize, 0..4_u8), 0..6).prop_flat_map(|axes| {
        let rank = axes.len();
        (Just(axes), 0..=rank, any::<bool>()).prop_map(|(axes, cut, cut_left)| {
            let left: Vec<usize> = axes
                .iter()
                .map(|&(size, kind)| if kind == 1 { 1 } else { size })
                .collect();
            let right: Vec<usize> = axes
                .iter()
                .map(|&(size, kind)| if kind == 2 { 1 } else { size })
                .collect();
            if cut_left {
                (left[cut..].to_vec(), right)
            } else {
                (left, right[cut..].to_vec())
            }
        })
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn elementwise_agrees_with_its_twin(op in operation(), (left, right) in shapes(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let spec = Broadcast::new(&left, &right);
            let shape = reference::shape(&left, &right);
            prop_assert_eq!(spec.output_len(), shape.iter().product::<usize>());
            prop_assert_eq!(spec.left_len(), left.iter().product::<usize>());
            prop_assert_eq!(spec.right_len(), right.iter().product::<usize>());
            let (a, b) = (random(n * spec.left_len(), seed), random(n * spec.right_len(), seed + 1));
            let dy = random(n * spec.output_len(), seed + 2);
            let mut y = unwritten(dy.len());
            quiet(|| forward(op, &spec, n, &a, &b, &mut y));
            close("y", &y, &reference::forward(op, &left, &right, n, &wide(&a), &wide(&b)), 1e-6)?;
            let (da, db) =
                reference::backward(op, &left, &right, n, &wide(&a), &wide(&b), &wide(&dy));
            let (mut left_gradient, mut right_gradient) = (unwritten(a.len()), unwritten(b.len()));
            quiet(|| backward_left(op, &spec, n, &a, &b, &dy, &mut left_gradient, false));
            quiet(|| backward_right(op, &spec, n, &a, &b, &dy, &mut right_gradient, false));
            close("da", &left_gradient, &da, 1e-4)?;
            close("db", &right_gradient, &db, 1e-4)?;
            quiet(|| backward_left(op, &spec, n, &a, &b, &dy, &mut left_gradient, true));
            quiet(|| backward_right(op, &spec, n, &a, &b, &dy, &mut right_gradient, true));
            close("2 da", &left_gradient, &da.iter().map(|x| 2.0 * x).collect::<Vec<_>>(), 1e-4)?;
            close("2 db", &right_gradient, &db.iter().map(|x| 2.0 * x).collect::<Vec<_>>(), 1e-4)?;
            if spec.is_plain() {
                let mut in_place = a.clone();
                quiet(|| forward_in_place(op, &mut in_place, &b));
                prop_assert_eq!(in_place, y);
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_twin_of_elementwise_agrees_with_differences(op in operation(), (left, right) in shapes(), seed: u64) {
        prop_assume!(reference::shape(&left, &right).iter().product::<usize>() < 200);
        let len = |shape: &[usize]| shape.iter().product::<usize>();
        let (a, b) = (wide(&random(len(&left), seed)), wide(&random(len(&right), seed + 1)));
        let forward = reference::forward;
        let dy = wide(&random(forward(op, &left, &right, 1, &a, &b).len(), seed + 2));
        let (da, db) = reference::backward(op, &left, &right, 1, &a, &b, &dy);
        near("da", &da, &differences(&a, &dy, |a| forward(op, &left, &right, 1, a, &b)), DIFFERENCES)?;
        near("db", &db, &differences(&b, &dy, |b| forward(op, &left, &right, 1, &a, b)), DIFFERENCES)?;
    }

    #[test]
    fn scale_and_add_assign_are_what_they_say(len in 0..100_usize, factor in -3.0..3.0_f32, seed: u64) {
        on_every_isa(|| {
            let (x, other) = (random(len, seed), random(len, seed + 1));
            let mut y = unwritten(len);
            quiet(|| scale(factor, &x, &mut y));
            quiet(|| add_assign(&mut y, &other));
            let expected: Vec<f64> = x.iter().zip(&other).map(|(x, o)| f64::from(factor * x + o)).collect();
            close("y", &y, &expected, 1e-6)?;
            quiet(|| copy(&x, &mut y));
            prop_assert_eq!(x, y);
            Ok(())
        })?;
    }
}

#[test]
fn neighbouring_axes_that_behave_alike_become_one() {
    const SPEC: Broadcast = Broadcast::new(&[32, 32, 16], &[16]);
    assert_eq!(SPEC.shape, [1, 1, 1, 1, 1024, 16]);
    assert_eq!(
        (SPEC.left[4], SPEC.left[5], SPEC.right[4], SPEC.right[5]),
        (16, 1, 0, 1)
    );
}

#[test]
#[should_panic(expected = "the shapes don't broadcast")]
fn shapes_that_do_not_broadcast_are_refused() {
    Broadcast::new(&[4, 3], &[4, 2]);
}
