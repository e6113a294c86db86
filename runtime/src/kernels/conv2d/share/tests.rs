//! What is shared out has the bits of one thread.

use super::super::{pack_backward, pack_forward};
use super::*;
use crate::kernels::activation::Activation;
use crate::kernels::team::{Team, pool_of_this_thread};
use crate::kernels::tests::products::{numbers, quiet};
use crate::simd::on_every_isa;

const fn conv(
    picture: [usize; 3],
    filters: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Conv2d {
    let (kernel, stride, padding) = ([kernel; 2], [stride; 2], [[padding; 2]; 2]);
    Conv2d::new(picture, filters, kernel, stride, padding, [1, 1], 1)
}

/// Layers of usual networks, with strides, padding, dilation, groups, by Winograd's method and not, by rows and by columns.
fn layers() -> Vec<Conv2d> {
    let any = [[4, 0], [1, 2]];
    vec![
        conv([56, 56, 64], 64, 3, 1, 1),
        conv([30, 29, 32], 64, 3, 1, 0),
        conv([61, 40, 3], 64, 7, 2, 3),
        conv([28, 28, 128], 256, 1, 1, 0),
        conv([29, 28, 64], 128, 3, 2, 1),
        conv([50, 45, 64], 64, 1, 2, 0),
        conv([7, 7, 192], 328, 3, 1, 1),
        conv([7, 7, 520], 160, 1, 1, 0),
        Conv2d::new([40, 40, 16], 24, [3, 4], [1, 1], any, [2, 1], 1),
        Conv2d::new([60, 60, 32], 32, [3, 3], [1, 1], [[0, 2]; 2], [2, 2], 2),
        // Rows between windows, and windows in the padding alone.
        Conv2d::new([61, 60, 32], 64, [2, 2], [3, 3], [[0; 2]; 2], [1, 1], 1),
        Conv2d::new([40, 40, 32], 32, [2, 2], [1, 1], [[3; 2]; 2], [1, 1], 1),
    ]
}

fn depthwise() -> Conv2d {
    Conv2d::new([90, 90, 96], 96, [5, 5], [1, 1], [[2; 2]; 2], [1, 1], 96)
}

/// What `run` makes alone and with a team of these needs.
fn alone_and_shared(needs: [usize; 2], run: impl Fn(Team<'_>) -> Vec<f32> + Sync) -> [Vec<f32>; 2] {
    let mut scratch = vec![f32::NAN; needs[1]];
    let alone = run(Team::alone());
    let shared = Team::with_pool(needs, &mut scratch, |team| {
        assert!(!team.is_alone());
        run(team)
    });
    [alone, shared]
}

#[test]
fn the_output_has_the_bits_of_one_thread() {
    let _pool = pool_of_this_thread();
    for spec in layers().into_iter().chain([depthwise()]) {
        let needs = spec.forward_team();
        let whole = spec.padding[0][0] > spec.reach();
        assert_eq!(needs[0] > 1, !whole, "{spec:?}");
        let (n, filters) = (2, spec.filters);
        let x = numbers(n * spec.input_len(), 1);
        let (weight, bias) = (numbers(spec.weight_len(), 2), numbers(filters, 3));
        let residual = numbers(n * spec.output_len(), 4);
        on_every_isa(|isa| {
            let mut packed = vec![f32::NAN; spec.packed_forward_len()];
            quiet(|| pack_forward(&spec, &weight, &mut packed));
            for (act, accumulate) in [(Activation::Relu, false), (Activation::Tanh, true)] {
                let [alone, shared] = alone_and_shared(needs, |mut team| {
                    let (mut y, bias) = (residual.clone(), Some(&bias[..]));
                    let mut scratch = vec![f32::NAN; spec.forward_scratch_len()];
                    forward_shared(
                        &mut team,
                        &spec,
                        n,
                        &x,
                        &packed,
                        bias,
                        act,
                        &mut y,
                        accumulate,
                        &mut scratch,
                    );
                    y
                });
                assert!(alone == shared, "{spec:?} on {isa:?}");
            }
        });
    }
}

#[test]
fn the_gradient_of_the_input_has_the_bits_of_one_thread() {
    let _pool = pool_of_this_thread();
    for spec in layers().into_iter().chain([depthwise()]) {
        let needs = spec.backward_input_team();
        assert!(needs[0] > 1, "{spec:?}");
        let n = 2;
        let (dy, weight) = (
            numbers(n * spec.output_len(), 1),
            numbers(spec.weight_len(), 2),
        );
        let before = numbers(n * spec.input_len(), 4);
        on_every_isa(|isa| {
            let mut packed = vec![f32::NAN; spec.packed_backward_len()];
            quiet(|| pack_backward(&spec, &weight, &mut packed));
            for accumulate in [false, true] {
                let [alone, shared] = alone_and_shared(needs, |mut team| {
                    let mut dx = before.clone();
                    let mut scratch = vec![f32::NAN; spec.backward_input_scratch_len()];
                    backward_input_shared(
                        &mut team,
                        &spec,
                        n,
                        &dy,
                        &packed,
                        &mut dx,
                        accumulate,
                        &mut scratch,
                    );
                    dx
                });
                assert!(alone == shared, "{spec:?} on {isa:?}");
            }
        });
    }
}

#[test]
fn the_gradient_of_the_weight_has_the_bits_of_one_thread() {
    let _pool = pool_of_this_thread();
    for spec in layers().into_iter().chain([depthwise()]) {
        let needs = spec.backward_weight_team();
        assert!(needs[0] > 1, "{spec:?}");
        let n = 3;
        let (x, dy) = (
            numbers(n * spec.input_len(), 1),
            numbers(n * spec.output_len(), 2),
        );
        let before = numbers(spec.weight_len(), 3);
        let bias_before = numbers(spec.filters, 4);
        on_every_isa(|isa| {
            let [alone, shared] = alone_and_shared(needs, |mut team| {
                let (mut dweight, mut dbias) = (before.clone(), bias_before.clone());
                let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
                backward_weight_shared(
                    &mut team,
                    &spec,
                    n,
                    &x,
                    &dy,
                    &mut dweight,
                    Some(&mut dbias),
                    &mut scratch,
                );
                dweight.append(&mut dbias);
                dweight
            });
            assert!(alone == shared, "{spec:?} on {isa:?}");
        });
    }
}

#[test]
fn layers_are_cut_by_rows_or_by_columns() {
    let ways = |spec: &Conv2d| {
        [spec.forward_cut(), spec.backward_input_cut()].map(|cut| matches!(cut, Cut::Rows(_)))
    };
    assert_eq!(ways(&conv([56, 56, 64], 64, 3, 1, 1)), [true, true]);
    assert_eq!(ways(&conv([7, 7, 512], 512, 3, 1, 1)), [false, false]);
    assert_eq!(ways(&conv([7, 7, 2048], 512, 1, 1, 0)), [false, false]);
    assert_eq!(ways(&conv([14, 14, 512], 512, 3, 2, 1)), [false, true]);
}

#[test]
fn little_work_and_bands_of_zeros_are_not_shared() {
    for (picture, padding) in [([8, 8, 64], 1), ([56, 56, 32], 3)] {
        let spec = conv(picture, picture[2], 3, 1, padding);
        assert_eq!(spec.forward_team(), [1, 0], "{spec:?}");
    }
    let little = conv([8, 8, 32], 32, 3, 1, 1);
    assert_eq!(little.backward_input_team(), [1, 0]);
    assert_eq!(little.backward_weight_team(), [1, 0]);
}
