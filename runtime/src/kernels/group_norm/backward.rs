//! The gradients, group by group.

use super::GroupNorm;
use crate::kernels::length::{check_len, product};
use crate::kernels::sweep::{Flow, Lanes, sweep};
use crate::simd::{Kernel, Simd};

pub(super) struct Backward<'a> {
    pub spec: &'a GroupNorm,
    pub n: usize,
    pub x: &'a [f32],
    pub saved: &'a [f32],
    pub scale: &'a [f32],
    pub flow: Flow<'a>,
    pub dscale: &'a mut [f32],
    pub dshift: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Backward {
            spec,
            n,
            x,
            saved,
            scale,
            flow,
            dscale,
            dshift,
        } = self;
        let GroupNorm {
            positions,
            channels,
            groups,
        } = *spec;
        check_len(x.len(), product([n, spec.len()]), "group_norm: length of x");
        check_len(
            saved.len(),
            product([n, spec.saved_len()]),
            "group_norm: length of saved",
        );
        check_len(scale.len(), channels, "group_norm: length of scale");
        check_len(dscale.len(), channels, "group_norm: length of dscale");
        check_len(dshift.len(), channels, "group_norm: length of dshift");
        assert_eq!(flow.len(), product([n, positions, channels]));
        let size = channels / groups;
        let count = (positions * size) as f32;
        for at_group in 0..n * groups {
            let (example, group) = (at_group / groups, at_group % groups);
            let start = example * positions * channels + group * size;
            let mean = simd.splat(saved[2 * at_group]);
            let inverse = simd.splat(saved[2 * at_group + 1]);
            // SAFETY: positions and the group's channels are inside the example, which is inside `x` and the flow;
            // scale, dscale and dshift hold the channels.
            unsafe {
                let scale = scale.as_ptr().add(group * size);
                let dscale = dscale.as_mut_ptr().add(group * size);
                let dshift = dshift.as_mut_ptr().add(group * size);
                let (mut sum, mut product) = (simd.splat(0.0), simd.splat(0.0));
                for p in 0..positions {
                    let (x, dy) = (
                        x.as_ptr().add(start + p * channels),
                        flow.from(start + p * channels),
                    );
                    sweep!(simd: size, |at, lanes| {
                        // Lanes left out have dy = 0 and add nothing.
                        let dy = lanes.load(simd, dy.add(at));
                        let normalised = simd.mul(simd.sub(lanes.load(simd, x.add(at)), mean), inverse);
                        let g = simd.mul(dy, lanes.load(simd, scale.add(at)));
                        sum = simd.add(sum, g);
                        product = simd.fma(g, normalised, product);
                        let weighted = simd.fma(dy, normalised, lanes.load(simd, dscale.add(at)));
                        lanes.store(simd, dscale.add(at), weighted);
                        lanes.store(simd, dshift.add(at), simd.add(dy, lanes.load(simd, dshift.add(at))));
                    });
                }
                let sum = simd.splat(simd.sum(sum) / count);
                let product = simd.splat(simd.sum(product) / count);
                for p in 0..positions {
                    let place = start + p * channels;
                    let (x, dy, dx) = (x.as_ptr().add(place), flow.from(place), flow.to(place));
                    sweep!(simd: size, |at, lanes| {
                        let normalised = simd.mul(simd.sub(lanes.load(simd, x.add(at)), mean), inverse);
                        let g = simd.mul(lanes.load(simd, dy.add(at)), lanes.load(simd, scale.add(at)));
                        let rest = simd.sub(simd.sub(g, sum), simd.mul(normalised, product));
                        lanes.store(simd, dx.add(at), simd.mul(inverse, rest));
                    });
                }
            }
        }
    }
}
