//! One picture's convolution shared out: bands of its rows, each a convolution of its own.

use super::Conv2d;
use super::forward::{check, forward, run};
use super::winograd::{self, Correlation, STEP};
use crate::kernels::activation::Activation;
use crate::kernels::length::product;
use crate::kernels::team::{Team, parts};

/// Positions of the output below which a band reads the weight for too few of them.
const BAND_POSITIONS: usize = 24;

/// The same for tiles by Winograd's method, whose weights are four times as large.
const BAND_TILES: usize = 8;

impl Conv2d {
    /// Into how many bands [`forward_shared`] cuts one picture.
    pub const fn parts(&self) -> usize {
        let [rows, columns] = self.output();
        let ([above, below], reach) = (self.padding[0], self.reach());
        if above > reach || below > reach {
            // A band might lie in nothing but zeros.
            return 1;
        }
        let (units, across, least) = if winograd::fits(self) {
            (rows.div_ceil(STEP), columns.div_ceil(STEP), BAND_TILES)
        } else {
            (rows, columns, BAND_POSITIONS)
        };
        let in_band = least.div_ceil(across);
        parts(self.flops(), units / in_band)
    }

    /// Length of the scratch that [`forward_shared`] needs of its team.
    pub const fn team_scratch_len(&self) -> usize {
        match self.parts() {
            1 => 0,
            parts => product([parts, self.band_scratch_len()]),
        }
    }

    /// Length of the scratch of one band.
    const fn band_scratch_len(&self) -> usize {
        let mut most = 0;
        let mut part = 0;
        while part < self.parts() {
            let (band, _) = self.band(self.band_start(part), self.band_start(part + 1));
            let len = if winograd::fits(self) {
                Correlation::forward(&band).scratch_len()
            } else {
                band.direct_forward_scratch_len()
            };
            if len > most {
                most = len;
            }
            part += 1;
        }
        most
    }

    /// The first row of the output in band `part`: whole tiles where there are tiles.
    const fn band_start(&self, part: usize) -> usize {
        let rows = self.output()[0];
        let unit = if winograd::fits(self) { STEP } else { 1 };
        let units = rows.div_ceil(unit) as u128 * part as u128 / self.parts() as u128;
        let row = product([units as usize, unit]);
        if row < rows { row } else { rows }
    }

    /// Rows from the first tap of a window to its last.
    const fn reach(&self) -> usize {
        product([self.kernel[0] - 1, self.dilation[0]])
    }

    /// The convolution that gives the rows from `start` to `end` of the output, and the first row of the input that it reads.
    const fn band(&self, start: usize, end: usize) -> (Self, usize) {
        let (stride, [above, _]) = (self.stride[0], self.padding[0]);
        let reach = self.reach();
        // In the input with its padding.
        let (first, last) = (start * stride, (end - 1) * stride + reach);
        let top = above.saturating_sub(first);
        let from = first.saturating_sub(above);
        let to = (last + 1).saturating_sub(above);
        let bottom = to.saturating_sub(self.height);
        let height = if to < self.height { to } else { self.height };
        let padding = [[top, bottom], self.padding[1]];
        let band = Conv2d {
            height: height - from,
            padding,
            ..*self
        };
        (band, from)
    }
}

/// [`forward`], on the threads of `team` where there is one picture and its work is worth it.
///
/// # Panics
/// If a length is wrong, or the team's scratch is too short.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn forward_shared(
    team: &mut Team<'_>,
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    // Inlined where the sizes are known, so that small layers don't pay for it.
    if n == 1 && spec.parts() > 1 && !team.is_alone() {
        bands(team, spec, x, packed, bias, act, y, accumulate);
    } else {
        forward(spec, n, x, packed, bias, act, y, accumulate, scratch);
    }
}

/// The convolution of one picture, each band on whichever thread takes it.
#[allow(clippy::too_many_arguments)]
fn bands(
    team: &mut Team<'_>,
    spec: &Conv2d,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    accumulate: bool,
) {
    check(spec, 1, x, packed, bias, y);
    let parts = spec.parts();
    let row = spec.width * spec.channels;
    let start = |part| spec.band_start(part) * spec.output()[1] * spec.filters;
    let task = |part: usize, y: &mut [f32], scratch: &mut [f32]| {
        let (band, from) = spec.band(spec.band_start(part), spec.band_start(part + 1));
        let x = &x[from * row..][..band.height * row];
        run(spec, &band, 1, x, packed, bias, act, y, accumulate, scratch);
    };
    team.share(parts, y, &start, spec.band_scratch_len(), &task);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::conv2d::pack_forward;
    use crate::kernels::team::pool_of_this_thread;
    use crate::kernels::tests::products::{numbers, quiet};
    use crate::simd::on_every_isa;

    /// Layers of usual networks, with strides, padding, dilation, one channel a group, by Winograd's method and not.
    #[test]
    fn bands_have_the_bits_of_the_whole() {
        let _pool = pool_of_this_thread();
        let none = [[0; 2]; 2];
        let any = [[4, 0], [1, 2]];
        for spec in [
            Conv2d::new([56, 56, 64], 64, [3, 3], [1, 1], [[1; 2]; 2], [1, 1], 1),
            Conv2d::new([30, 29, 32], 64, [3, 3], [1, 1], none, [1, 1], 1),
            Conv2d::new([61, 40, 3], 64, [7, 7], [2, 2], [[3; 2]; 2], [1, 1], 1),
            Conv2d::new([28, 28, 128], 256, [1, 1], [1, 1], none, [1, 1], 1),
            Conv2d::new([29, 28, 64], 128, [3, 3], [2, 2], [[1; 2]; 2], [1, 1], 1),
            Conv2d::new([40, 40, 16], 24, [3, 4], [1, 1], any, [2, 1], 1),
            Conv2d::new([90, 90, 96], 96, [5, 5], [1, 1], [[2; 2]; 2], [1, 1], 96),
            Conv2d::new([60, 60, 32], 32, [3, 3], [1, 1], [[0, 2]; 2], [2, 2], 2),
        ] {
            assert!(spec.parts() > 1, "{spec:?}");
            check(spec);
        }
    }

    #[test]
    fn little_work_and_bands_of_zeros_are_not_shared() {
        for (picture, padding) in [([8, 8, 64], 1), ([7, 7, 512], 1), ([56, 56, 64], 3)] {
            let [_, _, filters] = picture;
            let (kernel, padding) = ([3, 3], [[padding; 2]; 2]);
            let spec = Conv2d::new(picture, filters, kernel, [1, 1], padding, [1, 1], 1);
            assert_eq!((spec.parts(), spec.team_scratch_len()), (1, 0), "{spec:?}");
        }
    }

    fn check(spec: Conv2d) {
        let x = numbers(spec.input_len(), 1);
        let (weight, bias) = (numbers(spec.weight_len(), 2), numbers(spec.filters, 3));
        let residual = numbers(spec.output_len(), 4);
        on_every_isa(|isa| {
            let mut packed = vec![f32::NAN; spec.packed_forward_len()];
            quiet(|| pack_forward(&spec, &weight, &mut packed));
            let mut scratch = vec![f32::NAN; spec.forward_scratch_len()];
            let mut team_scratch = vec![f32::NAN; spec.team_scratch_len()];
            for (act, accumulate) in [(Activation::Relu, false), (Activation::Tanh, true)] {
                let run = |mut team: Team<'_>, scratch: &mut [f32]| {
                    let (mut y, bias) = (residual.clone(), Some(&bias[..]));
                    let (x, y_part) = (&x[..], &mut y[..]);
                    forward_shared(
                        &mut team, &spec, 1, x, &packed, bias, act, y_part, accumulate, scratch,
                    );
                    y
                };
                let alone = run(Team::alone(), &mut scratch);
                let shared = Team::with_pool(spec.parts(), &mut team_scratch, |team| {
                    run(team, &mut scratch)
                });
                assert!(alone == shared, "{spec:?} on {isa:?}");
            }
        });
    }
}
