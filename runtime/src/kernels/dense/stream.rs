//! One row through a large dense layer: its weight streams by once, some units on each thread of a team.

use super::Dense;
use super::blocks::Weight;
use super::rows::Rows;
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::product;
use crate::kernels::team::{Team, parts};
use crate::kernels::tile::{Finish, PANEL};
use crate::simd::{Kernel, Simd, dispatch};

/// Operations that take as long as one on a number that comes from memory.
const PRICE_OF_MEMORY: u64 = 16;

/// Panels read side by side: sums enough not to wait for each other, streams few enough to be foreseen.
const AT_ONCE: usize = 4;

impl Dense {
    /// Into how many parts the work on one row of a large weight is cut.
    pub(super) const fn stream_parts(&self) -> usize {
        let time = self.flops().saturating_mul(PRICE_OF_MEMORY);
        parts(time, self.units.div_ceil(PANEL * AT_ONCE))
    }
}

/// [`forward`](super::forward) of one row through a large weight, which is in panels or lies as it is.
pub(super) fn forward(
    team: &mut Team<'_>,
    spec: &Dense,
    x: &[f32],
    weight: Weight<'_>,
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
) {
    let parts = if team.is_alone() {
        1
    } else {
        spec.stream_parts()
    };
    let start = |part: usize| {
        let units = spec.units.div_ceil(PANEL) * part / parts * PANEL;
        units.min(spec.units)
    };
    let task = |part: usize, y: &mut [f32], _: &mut [f32]| {
        let units = start(part)..start(part) + y.len();
        let bias = bias.map(|bias| &bias[units.clone()]);
        match weight {
            Weight::Packed(packed) => dispatch(Stream {
                x,
                panels: &packed[units.start * spec.inputs..]
                    [..product([spec.inputs, units.len().next_multiple_of(PANEL)])],
                bias,
                y: &mut *y,
            }),
            Weight::Columns(_) => unreachable!("dense: a weight turned over on the way forward"),
            Weight::Rows(weight) => Rows {
                a: x,
                depth: spec.inputs,
                weight,
                row_len: spec.units,
                columns: units,
                bias,
                bounds: Finish::SET.bounds,
            }
            .run(y, 0),
        }
        activation::forward_in_place(act, y);
    };
    team.share(parts, y, &start, 0, &task);
}

/// `y = x * weight + bias` for some panels of units.
struct Stream<'a> {
    x: &'a [f32],
    panels: &'a [f32],
    bias: Option<&'a [f32]>,
    y: &'a mut [f32],
}

impl Kernel for Stream<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, panels, bias, y } = self;
        let len = x.len() * PANEL;
        let (mut panels, mut y, mut bias) = (panels, y, bias);
        while !y.is_empty() {
            let units = y.len().min(AT_ONCE * PANEL);
            let (now, rest) = y.split_at_mut(units);
            let now_bias = bias.map(|bias| &bias[..units]);
            if units == AT_ONCE * PANEL {
                stream::<S, AT_ONCE>(simd, x, panels, now_bias, now);
                panels = &panels[AT_ONCE * len..];
            } else {
                for (index, now) in now.chunks_mut(PANEL).enumerate() {
                    let first = index * PANEL;
                    let bias = now_bias.map(|bias| &bias[first..][..now.len()]);
                    stream::<S, 1>(simd, x, &panels[index * len..], bias, now);
                }
            }
            (y, bias) = (rest, bias.map(|bias| &bias[units..]));
        }
    }
}

/// The next `P` panels, the last of which may have fewer units.
#[inline(always)]
fn stream<S: Simd, const P: usize>(
    simd: S,
    x: &[f32],
    panels: &[f32],
    bias: Option<&[f32]>,
    y: &mut [f32],
) {
    let vectors = PANEL / S::LANES;
    let end = y.len();
    let units = |p: usize, v: usize| {
        let first = p * PANEL + v * S::LANES;
        first.min(end)..(first + S::LANES).min(end)
    };
    let mut sums = [[simd.splat(0.0); 4]; P];
    if let Some(bias) = bias {
        for (p, sums) in sums.iter_mut().enumerate() {
            for (v, sum) in sums.iter_mut().take(vectors).enumerate() {
                *sum = simd.load_partial(&bias[units(p, v)]);
            }
        }
    }
    let rows: [&[[f32; PANEL]]; P] = std::array::from_fn(|p| {
        let panel = &panels[p * x.len() * PANEL..][..x.len() * PANEL];
        panel.as_chunks().0
    });
    for (i, &x) in x.iter().enumerate() {
        let x = simd.splat(x);
        for (rows, sums) in rows.iter().zip(&mut sums) {
            for (v, sum) in sums.iter_mut().take(vectors).enumerate() {
                *sum = simd.fma(x, simd.load(&rows[i][v * S::LANES..]), *sum);
            }
        }
    }
    for (p, sums) in sums.into_iter().enumerate() {
        for (v, sum) in sums.into_iter().take(vectors).enumerate() {
            let units = units(p, v);
            simd.store_partial(sum, &mut y[units]);
        }
    }
}
