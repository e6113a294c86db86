//! Transformed weights: once for each step, or for each new version of a model.

use super::transform::{Transform, Weights};
use super::{Conv2d, PANEL, PLACES, plane};
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

/// The taps from 16 channels to 16 filters: `[tap][channel][filter]`.
type Taps = [[[f32; PANEL]; PANEL]; 9];

impl Pack<'_> {
    /// The taps from the channels of a block to the filters of a panel.
    #[inline(always)]
    fn taps<S: Simd>(&self, simd: S, panel: usize, block: usize, taps: &mut Taps) {
        let Conv2d {
            channels, filters, ..
        } = *self.spec;
        for (tap, to) in taps.iter_mut().enumerate() {
            if self.mirrored {
                let from = ((8 - tap) * channels + panel * PANEL) * filters + block * PANEL;
                let from = &self.weight[from..][..(PANEL - 1) * filters + PANEL];
                for row in (0..PANEL).step_by(S::LANES) {
                    for column in (0..PANEL).step_by(S::LANES) {
                        // SAFETY: both squares lie within 16 rows and 16 columns.
                        unsafe {
                            simd.transpose(
                                from.as_ptr().add(row * filters + column),
                                filters,
                                to.as_flattened_mut().as_mut_ptr().add(column * PANEL + row),
                                PANEL,
                            );
                        }
                    }
                }
            } else {
                for (channel, to) in to.iter_mut().enumerate() {
                    let channel = tap * channels + block * PANEL + channel;
                    let from = channel * filters + panel * PANEL;
                    to.copy_from_slice(&self.weight[from..from + PANEL]);
                }
            }
        }
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
        let plane = plane(channels, filters);
        assert_eq!(self.packed.len(), PLACES * plane);
        let mut taps: Taps = [[[0.0; PANEL]; PANEL]; 9];
        for panel in 0..filters / PANEL {
            for block in 0..channels / PANEL {
                self.taps(simd, panel, block, &mut taps);
                for channel in 0..PANEL {
                    let to = (panel * channels + block * PANEL + channel) * PANEL;
                    for lane in (0..PANEL).step_by(S::LANES) {
                        let mut rows = [[simd.splat(0.0); 6]; 3];
                        for (row, taps) in rows.iter_mut().zip(taps.chunks_exact(3)) {
                            let x = [
                                simd.load(&taps[0][channel][lane..]),
                                simd.load(&taps[1][channel][lane..]),
                                simd.load(&taps[2][channel][lane..]),
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
}
