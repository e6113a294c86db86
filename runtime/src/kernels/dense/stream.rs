//! One row through a large dense layer: its weight streams by once, in panels of 16 units that are contiguous, each panel on one
//! thread of a team.

use super::{Dense, forward};
use crate::kernels::activation::{self, Activation};
use crate::kernels::length::{check_len, product};
use crate::kernels::team::{Team, parts};
use crate::kernels::tile::PANEL;
use crate::simd::{Kernel, Simd, dispatch};

/// Operations that take as long as one on a number that comes from memory.
const PRICE_OF_MEMORY: u64 = 16;

/// Panels read side by side: sums enough not to wait for each other, streams few enough to be foreseen.
const AT_ONCE: usize = 4;

impl Dense {
    const fn parts(&self) -> usize {
        if !self.streams() {
            return 1;
        }
        let time = self.flops().saturating_mul(PRICE_OF_MEMORY);
        parts(time, self.units.div_ceil(PANEL * AT_ONCE))
    }

    /// The parts into which [`forward_shared`] cuts the work on one row, and the scratch of each: none.
    pub const fn forward_team(&self) -> [usize; 2] {
        [self.parts(), 0]
    }

    /// The first unit of part `part`.
    fn part_start(&self, part: usize) -> usize {
        let units = self.units.div_ceil(PANEL) * part / self.parts() * PANEL;
        units.min(self.units)
    }
}

/// [`forward`], on the threads of `team` where there is one row and the weight [is large](Dense::streams).
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
#[inline]
pub fn forward_shared(
    team: &mut Team<'_>,
    spec: &Dense,
    rows: usize,
    x: &[f32],
    weight: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    // Inlined where the sizes are known, so that small layers don't pay for it.
    if rows == 1 && spec.streams() {
        stream_row(team, spec, x, packed, bias, act, y);
    } else {
        forward(spec, rows, x, weight, packed, bias, act, y, scratch);
    }
}

/// One row through a large weight.
pub(super) fn stream_row(
    team: &mut Team<'_>,
    spec: &Dense,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
) {
    check_len(x.len(), spec.inputs, "dense: length of the input");
    check_len(y.len(), spec.units, "dense: length of the output");
    if let Some(bias) = bias {
        check_len(bias.len(), spec.units, "dense: length of the bias");
    }
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "dense: length of the packed weight",
    );
    let parts = if team.is_alone() { 1 } else { spec.parts() };
    let start = |part| match parts {
        1 => 0,
        _ => spec.part_start(part),
    };
    let task = |part: usize, y: &mut [f32], _: &mut [f32]| {
        let first = start(part);
        let panels = &packed[first * spec.inputs..]
            [..product([spec.inputs, y.len().next_multiple_of(PANEL)])];
        let bias = bias.map(|bias| &bias[first..][..y.len()]);
        dispatch(Stream {
            x,
            panels,
            bias,
            y: &mut *y,
        });
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

#[cfg(test)]
mod tests {
    use super::super::reference as twin;
    use super::*;
    use crate::kernels::dense::pack_forward;
    use crate::kernels::team::pool_of_this_thread;
    use crate::kernels::tests::products::{close, numbers, quiet, wide};
    use crate::simd::on_every_isa;

    #[test]
    fn a_large_weight_streams_with_the_bits_of_one_thread() {
        let _pool = pool_of_this_thread();
        for (inputs, units) in [(1024, 1000), (8192, 45), (300, 900)] {
            let spec = Dense::new(inputs, units);
            assert!(spec.streams());
            assert_eq!(spec.parts() > 1, units > 64, "{spec:?}");
            let (x, weight) = (numbers(inputs, 1), numbers(inputs * units, 2));
            let bias = numbers(units, 3);
            let expected = twin::forward(&spec, 1, &wide(&x), &wide(&weight), Some(&wide(&bias)));
            on_every_isa(|isa| {
                let mut packed = vec![f32::NAN; spec.packed_forward_len()];
                quiet(|| pack_forward(&spec, &weight, &mut packed));
                let run = |mut team: Team<'_>| {
                    let mut y = vec![f32::NAN; units];
                    let (bias, act) = (Some(&bias[..]), Activation::Identity);
                    forward_shared(
                        &mut team,
                        &spec,
                        1,
                        &x,
                        &[],
                        &packed,
                        bias,
                        act,
                        &mut y,
                        &mut [],
                    );
                    y
                };
                let alone = run(Team::alone());
                close(&alone, &expected, inputs, &format!("{spec:?} on {isa:?}"));
                let shared = Team::with_pool(spec.forward_team(), &mut [], run);
                assert!(alone == shared, "{spec:?} on {isa:?}");
            });
        }
    }
}
