//! One picture's input gradient shared out: bands of its rows, or its channels.

use super::super::Conv2d;
use super::super::backward_input::{backward_input, check, finish_by};
use super::super::winograd::{self, Correlation, STEP};
use super::columns::Columns;
use super::{BAND_POSITIONS, BAND_TILES, Cut};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::product;
use crate::kernels::team::Team;
use crate::kernels::tile::Finish;

/// The input's gradient in bands of rows.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct InputBands {
    spec: Conv2d,
    /// Whether it is computed by Winograd's method.
    transformed: bool,
    pub parts: usize,
}

impl InputBands {
    /// As many as the work is worth.
    pub const fn new(spec: &Conv2d, transformed: bool) -> Self {
        let [down, across] = spec.stride;
        // A band of as many rows as the stride is touched by some window.
        let (units, across, least) = if transformed {
            let [rows, columns] = [spec.height.div_ceil(STEP), spec.width.div_ceil(STEP)];
            (rows, columns, BAND_TILES)
        } else {
            let positions = BAND_POSITIONS.div_ceil(down);
            (spec.height / down, spec.width.div_ceil(across), positions)
        };
        Self {
            spec: *spec,
            transformed,
            parts: spec.worth(units / least.div_ceil(across)),
        }
    }

    /// The first row of the input in band `part`: whole tiles where there are tiles.
    const fn start(&self, part: usize) -> usize {
        let (rows, stride) = (self.spec.height, self.spec.stride[0]);
        if part == self.parts {
            return rows;
        }
        let (units, unit) = if self.transformed {
            (rows.div_ceil(STEP), STEP)
        } else {
            (rows / stride, stride)
        };
        let units = units as u128 * part as u128 / self.parts as u128;
        units as usize * unit
    }

    /// The convolution whose input is band `part`, and the first row of the output with a part in it.
    const fn band(&self, part: usize) -> (Conv2d, usize) {
        let (spec, start, end) = (&self.spec, self.start(part), self.start(part + 1));
        let (stride, above, reach) = (spec.stride[0], spec.padding[0][0], spec.reach());
        let behind = spec.output()[0] - 1;
        // The first window that ends in the band or behind it, and the last that begins in it or before; the first may begin before.
        let window = (start + above).saturating_sub(reach).div_ceil(stride);
        let first = least([window, (start + above) / stride, behind]);
        let last = least([(end - 1 + above) / stride, behind]);
        let last = if last < first { first } else { last };
        let (height, top) = (end - start, start + above - first * stride);
        let bottom = ((last - first) * stride + reach + 1).saturating_sub(height + top);
        let band = Conv2d {
            height,
            padding: [[top, bottom], spec.padding[1]],
            ..*spec
        };
        (band, first)
    }

    /// Length of the scratch of one band.
    pub const fn scratch_len(&self) -> usize {
        if self.parts == 1 {
            return 0;
        }
        if self.transformed {
            return Correlation::backward(&self.spec).scratch_len();
        }
        let (mut most, mut part) = (0, 0);
        while part < self.parts {
            let len = self.band(part).0.direct_backward_input_scratch_len();
            if len > most {
                most = len;
            }
            part += 1;
        }
        most
    }

    /// The gradient of one picture, each band on whichever thread takes it; with a bias it is a transposed convolution.
    pub fn share(
        &self,
        team: &mut Team<'_>,
        dy: &[f32],
        packed: &[f32],
        bias: Option<&[f32]>,
        (finish, left): (Finish, Activation),
        dx: &mut [f32],
    ) {
        let spec = &self.spec;
        let start = |part| self.start(part) * spec.width * spec.channels;
        let task = |part: usize, dx: &mut [f32], scratch: &mut [f32]| {
            if self.transformed {
                let whole = Correlation::backward(spec);
                let (band, from) = whole.band(self.start(part), self.start(part + 1));
                let row = whole.width * whole.channels;
                let dy = &dy[from * row..][..band.height * row];
                winograd::convolve(band, 1, dy, packed, bias, finish, dx, scratch);
            } else {
                let (band, from) = self.band(part);
                let dy = &dy[from * spec.output()[1] * spec.filters..][..band.output_len()];
                finish_by(&band, 1, dy, packed, bias, finish, dx, scratch);
            }
            activation::forward_in_place(left, dx);
        };
        team.share(self.parts, dx, &start, self.scratch_len(), &task);
    }
}

const fn least<const N: usize>(numbers: [usize; N]) -> usize {
    let (mut least, mut i) = (numbers[0], 1);
    while i < N {
        if numbers[i] < least {
            least = numbers[i];
        }
        i += 1;
    }
    least
}

impl Conv2d {
    /// The parts into which [`backward_input_shared`] cuts one picture, and the scratch of each.
    pub const fn backward_input_team(&self) -> [usize; 2] {
        match self.backward_input_cut() {
            Cut::Rows(parts) => [parts, self.input_bands().scratch_len()],
            Cut::Columns(columns) => {
                let own = product([self.height, self.width, columns.widest()]);
                let scratch = self.direct_backward_input_scratch_len();
                [columns.parts, own.saturating_add(scratch)]
            }
        }
    }

    const fn input_bands(&self) -> InputBands {
        InputBands::new(self, winograd::fits(self))
    }

    pub(super) const fn backward_input_cut(&self) -> Cut {
        let bands = self.input_bands();
        // With a stride, the weights of some channels lie in several places.
        if bands.transformed || self.stride[0] > 1 || self.stride[1] > 1 {
            return Cut::Rows(bands.parts);
        }
        Cut::new(bands.parts, Columns::new(self, self.channels))
    }
}

/// [`backward_input`], on the threads of `team` where the work on one picture is worth it: one picture after the other.
///
/// # Panics
/// If a length is wrong, or the team's scratch is too short.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn backward_input_shared(
    team: &mut Team<'_>,
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    if !team.is_alone() && spec.backward_input_cut().parts() > 1 {
        pictures(team, spec, n, dy, packed, dx, accumulate);
    } else {
        backward_input(spec, n, dy, packed, dx, accumulate, scratch);
    }
}

/// The gradient of each picture, each part on whichever thread takes it.
fn pictures(
    team: &mut Team<'_>,
    spec: &Conv2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
) {
    check(spec, n, dy, packed, dx);
    let finish = Finish::adding(accumulate);
    let pictures = dy.chunks_exact(spec.output_len());
    for (dy, dx) in pictures.zip(dx.chunks_exact_mut(spec.input_len())) {
        match spec.backward_input_cut() {
            Cut::Rows(_) => {
                let finish = (finish, Activation::Identity);
                spec.input_bands().share(team, dy, packed, None, finish, dx);
            }
            Cut::Columns(columns) => {
                let [_, scratch_len] = spec.backward_input_team();
                columns.share(team, dx, accumulate, scratch_len, &|range, dx, scratch| {
                    let some = Conv2d {
                        channels: range.len(),
                        ..*spec
                    };
                    let taps = spec.kernel[0] * spec.kernel[1];
                    let packed = &packed[range.start * taps * spec.filters..]
                        [..some.direct_packed_backward_len()];
                    finish_by(&some, 1, dy, packed, None, finish, dx, scratch);
                });
            }
        }
    }
}
