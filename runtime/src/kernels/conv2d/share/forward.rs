//! One picture's output shared out: bands of its rows, or its filters.

use super::super::Conv2d;
use super::super::forward::{check, finish_by, forward};
use super::super::winograd::{self, Correlation, STEP};
use super::columns::Columns;
use super::{BAND_POSITIONS, BAND_TILES, Cut};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::product;
use crate::kernels::team::Team;
use crate::kernels::tile::Finish;

/// The output in bands of rows.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct OutputBands {
    spec: Conv2d,
    /// Whether it is computed by Winograd's method.
    transformed: bool,
    pub parts: usize,
}

impl OutputBands {
    /// As many as the work is worth.
    pub const fn new(spec: &Conv2d, transformed: bool) -> Self {
        let [rows, columns] = spec.output();
        let ([above, below], reach) = (spec.padding[0], spec.reach());
        let (units, across, least) = if transformed {
            (rows.div_ceil(STEP), columns.div_ceil(STEP), BAND_TILES)
        } else {
            (rows, columns, BAND_POSITIONS)
        };
        // Else a band might lie in nothing but zeros.
        let inside = above <= reach && below <= reach;
        Self {
            spec: *spec,
            transformed,
            parts: if inside {
                spec.worth(units / least.div_ceil(across))
            } else {
                1
            },
        }
    }

    /// The first row of the output in band `part`: whole tiles where there are tiles.
    const fn start(&self, part: usize) -> usize {
        let rows = self.spec.output()[0];
        let unit = if self.transformed { STEP } else { 1 };
        let units = rows.div_ceil(unit) as u128 * part as u128 / self.parts as u128;
        let row = product([units as usize, unit]);
        if row < rows { row } else { rows }
    }

    /// The convolution whose output is band `part`, and the first row of the input that it reads.
    const fn band(&self, part: usize) -> (Conv2d, usize) {
        let (spec, start, end) = (&self.spec, self.start(part), self.start(part + 1));
        let (stride, [above, _]) = (spec.stride[0], spec.padding[0]);
        // In the input with its padding.
        let (first, last) = (start * stride, (end - 1) * stride + spec.reach());
        let top = above.saturating_sub(first);
        let from = first.saturating_sub(above);
        let to = (last + 1).saturating_sub(above);
        let bottom = to.saturating_sub(spec.height);
        let height = if to < spec.height { to } else { spec.height };
        let padding = [[top, bottom], spec.padding[1]];
        let band = Conv2d {
            height: height - from,
            padding,
            ..*spec
        };
        (band, from)
    }

    /// Length of the scratch of one band.
    pub const fn scratch_len(&self) -> usize {
        if self.parts == 1 {
            return 0;
        }
        let (mut most, mut part) = (0, 0);
        while part < self.parts {
            let (band, _) = self.band(part);
            let len = if self.transformed {
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

    /// The convolution of one picture, each band on whichever thread takes it.
    #[allow(clippy::too_many_arguments)]
    pub fn share(
        &self,
        team: &mut Team<'_>,
        x: &[f32],
        packed: &[f32],
        bias: Option<&[f32]>,
        (finish, left): (Finish, Activation),
        y: &mut [f32],
    ) {
        let spec = &self.spec;
        let row = spec.width * spec.channels;
        let start = |part| self.start(part) * spec.output()[1] * spec.filters;
        let task = |part: usize, y: &mut [f32], scratch: &mut [f32]| {
            let (band, from) = self.band(part);
            let x = &x[from * row..][..band.height * row];
            if self.transformed {
                let correlation = Correlation::forward(&band);
                winograd::convolve(correlation, 1, x, packed, bias, finish, y, scratch);
            } else {
                finish_by(&band, 1, x, packed, bias, finish, y, scratch);
            }
            activation::forward_in_place(left, y);
        };
        team.share(self.parts, y, &start, self.scratch_len(), &task);
    }
}

impl Conv2d {
    /// The parts into which [`forward_shared`] cuts one picture, and the scratch of each.
    pub const fn forward_team(&self) -> [usize; 2] {
        match self.forward_cut() {
            Cut::Rows(parts) => [parts, self.output_bands().scratch_len()],
            Cut::Columns(columns) => {
                let own = product([self.positions(), columns.widest()]);
                let scratch = self.direct_forward_scratch_len();
                [columns.parts, own.saturating_add(scratch)]
            }
        }
    }

    const fn output_bands(&self) -> OutputBands {
        OutputBands::new(self, winograd::fits(self))
    }

    pub(super) const fn forward_cut(&self) -> Cut {
        let bands = self.output_bands();
        if bands.transformed {
            return Cut::Rows(bands.parts);
        }
        Cut::new(bands.parts, Columns::new(self, self.filters))
    }
}

/// [`forward`], on the threads of `team` where the work on one picture is worth it: one picture after the other.
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
    if !team.is_alone() && spec.forward_cut().parts() > 1 {
        pictures(team, spec, n, x, packed, bias, act, y, accumulate);
    } else {
        forward(spec, n, x, packed, bias, act, y, accumulate, scratch);
    }
}

/// The convolution of each picture, each part on whichever thread takes it.
#[allow(clippy::too_many_arguments)]
fn pictures(
    team: &mut Team<'_>,
    spec: &Conv2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    accumulate: bool,
) {
    check(spec, n, x, packed, bias, y);
    let (finish, left) = Finish::and_left(act);
    let finish = Finish {
        add: accumulate,
        ..finish
    };
    let pictures = x.chunks_exact(spec.input_len());
    for (x, y) in pictures.zip(y.chunks_exact_mut(spec.output_len())) {
        match spec.forward_cut() {
            Cut::Rows(_) => {
                let bands = spec.output_bands();
                bands.share(team, x, packed, bias, (finish, left), y);
            }
            Cut::Columns(columns) => {
                let [_, scratch_len] = spec.forward_team();
                columns.share(team, y, accumulate, scratch_len, &|range, y, scratch| {
                    let some = Conv2d {
                        filters: range.len(),
                        ..*spec
                    };
                    let packed = &packed[range.start * spec.weight_rows()..]
                        [..some.direct_packed_forward_len()];
                    let bias = bias.map(|bias| &bias[range]);
                    finish_by(&some, 1, x, packed, bias, finish, y, scratch);
                    activation::forward_in_place(left, y);
                });
            }
        }
    }
}
