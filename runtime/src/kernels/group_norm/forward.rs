//! Groups brought to mean 0 and variance 1, on vectors of channels.

use super::GroupNorm;
use crate::kernels::deviation::deviation;
use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd};

pub(super) struct Forward<'a> {
    pub spec: &'a GroupNorm,
    pub n: usize,
    pub flow: Flow<'a>,
    pub scale: &'a [f32],
    pub shift: &'a [f32],
    pub epsilon: f32,
    pub saved: Option<&'a mut [f32]>,
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Forward {
            spec,
            n,
            flow,
            scale,
            shift,
            epsilon,
            mut saved,
        } = self;
        let GroupNorm {
            positions,
            channels,
            groups,
        } = *spec;
        check_len(scale.len(), channels, "group_norm: length of scale");
        check_len(shift.len(), channels, "group_norm: length of shift");
        assert_eq!(flow.len(), product([n, positions, channels]));
        let size = channels / groups;
        let count = (positions * size) as f32;
        for at_group in 0..n * groups {
            let (example, group) = (at_group / groups, at_group % groups);
            let start = example * positions * channels + group * size;
            // SAFETY: positions and the group's channels are inside the example, which is inside the flow; scale and
            // shift hold the channels.
            unsafe {
                let mut sum = simd.splat(0.0);
                for p in 0..positions {
                    let from = flow.from(start + p * channels);
                    sweep!(simd: size, |at, lanes| sum = simd.add(sum, lanes.load(simd, from.add(at))));
                }
                let mean = simd.sum(sum) / count;
                let means = simd.splat(mean);
                let mut squares = simd.splat(0.0);
                for p in 0..positions {
                    let from = flow.from(start + p * channels);
                    sweep!(simd: size, |at, lanes| {
                        let x = lanes.or(simd, lanes.load(simd, from.add(at)), means);
                        let deviation = simd.sub(x, means);
                        squares = simd.fma(deviation, deviation, squares);
                    });
                }
                let inverse = 1.0 / deviation(simd.sum(squares) / count, epsilon);
                let inverses = simd.splat(inverse);
                let (scale, shift) = (
                    scale.as_ptr().add(group * size),
                    shift.as_ptr().add(group * size),
                );
                for p in 0..positions {
                    let (from, to) = (
                        flow.from(start + p * channels),
                        flow.to(start + p * channels),
                    );
                    sweep!(simd: size, |at, lanes| {
                        let factor = simd.mul(inverses, lanes.load(simd, scale.add(at)));
                        let x = simd.sub(lanes.load(simd, from.add(at)), means);
                        lanes.store(simd, to.add(at), simd.fma(x, factor, lanes.load(simd, shift.add(at))));
                    });
                }
                if let Some(saved) = &mut saved {
                    saved[2 * at_group] = mean;
                    saved[2 * at_group + 1] = inverse;
                }
            }
        }
    }
}
