//! Transformed weights: once for each step, or for each new version of a model.

use super::transform::{Transform, Weights};
use super::{Conv2d, PANEL, PLACES};
use crate::simd::{Kernel, Simd, dispatch};

/// `packed[place][panel][channel][16 filters]` from the weight; `mirrored` for the way back, where filters are the
/// channels and channels the filters.
pub(in crate::kernels::conv2d) fn pack(
    spec: &Conv2d,
    weight: &[f32],
    mirrored: bool,
    packed: &mut [f32],
) {
    dispatch(Pack {
        spec,
        weight,
        mirrored,
        packed,
    });
}

struct Pack<'a> {
    spec: &'a Conv2d,
    weight: &'a [f32],
    mirrored: bool,
    packed: &'a mut [f32],
}

impl Pack<'_> {
    /// The taps from one channel to 16 filters of the correlation.
    #[inline(always)]
    fn taps(&self, panel: usize, channel: usize) -> [[f32; PANEL]; 9] {
        let Conv2d {
            channels, filters, ..
        } = *self.spec;
        let mut taps = [[0.0; PANEL]; 9];
        for (tap, to) in taps.iter_mut().enumerate() {
            if self.mirrored {
                let from =
                    &self.weight[((8 - tap) * channels + panel * PANEL) * filters + channel..];
                for (to, from) in to.iter_mut().zip(from.iter().step_by(filters)) {
                    *to = *from;
                }
            } else {
                let from = (tap * channels + channel) * filters + panel * PANEL;
                to.copy_from_slice(&self.weight[from..from + PANEL]);
            }
        }
        taps
    }
}

impl Kernel for Pack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, filters) = match self.mirrored {
            true => (self.spec.filters, self.spec.channels),
            false => (self.spec.channels, self.spec.filters),
        };
        let plane = channels * filters;
        assert_eq!(self.packed.len(), PLACES * plane);
        for panel in 0..filters / PANEL {
            for channel in 0..channels {
                let taps = self.taps(panel, channel);
                let to = (panel * channels + channel) * PANEL;
                for lane in (0..PANEL).step_by(S::LANES) {
                    let mut rows = [[simd.splat(0.0); 6]; 3];
                    for (row, taps) in rows.iter_mut().zip(taps.chunks_exact(3)) {
                        let x = [
                            simd.load(&taps[0][lane..]),
                            simd.load(&taps[1][lane..]),
                            simd.load(&taps[2][lane..]),
                        ];
                        *row = Weights.apply(simd, x);
                    }
                    for column in 0..6 {
                        let mut x = [simd.splat(0.0); 3];
                        for (x, row) in x.iter_mut().zip(&rows) {
                            *x = row[column];
                        }
                        for (row, value) in Weights.apply(simd, x).into_iter().enumerate() {
                            let place = row * 6 + column;
                            simd.store(value, &mut self.packed[place * plane + to + lane..]);
                        }
                    }
                }
            }
        }
    }
}
