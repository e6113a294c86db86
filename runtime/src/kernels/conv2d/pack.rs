//! Weights in panels of 16 output channels, in the order in which the tile reads them.

use super::{Conv2d, PANEL, panels, winograd};
use crate::kernels::batch_norm;
use crate::kernels::length::check_len;
use crate::kernels::tile::transpose;

/// Arranges `weight` for [`forward`](super::forward); to be called when the weights have changed.
///
/// `packed[group][panel][kernel row][kernel column][channel][16 filters]`, zero past the last filter; a depthwise
/// weight stays as it is, and one for Winograd's method is transformed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_forward(spec: &Conv2d, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "conv2d: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "conv2d: length of the packed weight",
    );
    if spec.is_depthwise() {
        packed.copy_from_slice(weight);
        return;
    }
    if winograd::fits(spec) {
        return winograd::pack(spec, weight, false, packed);
    }
    let [group_channels, group_filters] = spec.group();
    let taps = spec.kernel[0] * spec.kernel[1] * group_channels;
    let mut panels = packed.chunks_exact_mut(taps * PANEL);
    for group in 0..spec.groups {
        for first in (0..group_filters).step_by(PANEL) {
            let columns = PANEL.min(group_filters - first);
            let first = group * group_filters + first;
            let panel = panels.next().expect("the packed length counts every panel");
            for (row, to) in weight
                .chunks_exact(spec.filters)
                .zip(panel.chunks_exact_mut(PANEL))
            {
                to[..columns].copy_from_slice(&row[first..first + columns]);
                to[columns..].fill(0.0);
            }
        }
    }
}

/// Takes a batch normalisation behind the convolution, whose statistics are fixed, into a weight packed by
/// [`pack_forward`]: each filter is multiplied by its [`factor`](batch_norm::factor).
///
/// `variance` and `gain`: `(filters)`. What becomes of the bias says [`batch_norm::fold_bias`].
///
/// # Panics
/// If a length is wrong.
pub fn fold_norm(spec: &Conv2d, variance: &[f32], gain: &[f32], epsilon: f32, packed: &mut [f32]) {
    check_len(
        variance.len(),
        spec.filters,
        "conv2d: length of the variance",
    );
    check_len(gain.len(), spec.filters, "conv2d: length of the gain");
    check_len(
        packed.len(),
        spec.packed_forward_len(),
        "conv2d: length of the packed weight",
    );
    let factor = |filter: usize| batch_norm::factor(variance[filter], gain[filter], epsilon);
    if spec.is_depthwise() {
        for row in packed.chunks_exact_mut(spec.filters) {
            for (filter, x) in row.iter_mut().enumerate() {
                *x *= factor(filter);
            }
        }
        return;
    }
    let [_, group_filters] = spec.group();
    let panels = panels(group_filters);
    // The rows of 16 filters of one panel follow each other; each of Winograd's places has all panels.
    let all_panels = spec.groups * panels;
    let (place_len, panel_len) = match winograd::fits(spec) {
        true => (
            winograd::plane(spec.channels, spec.filters),
            spec.channels * PANEL,
        ),
        false => (packed.len(), packed.len() / all_panels),
    };
    let places = packed.chunks_exact_mut(place_len);
    let panels_of_places = places.flat_map(|place| {
        place
            .chunks_exact_mut(panel_len)
            .take(all_panels)
            .enumerate()
    });
    for (index, panel) in panels_of_places {
        let (group, first) = (index / panels, index % panels * PANEL);
        let mut factors = [0.0; PANEL];
        for (lane, to) in factors.iter_mut().enumerate().take(group_filters - first) {
            *to = factor(group * group_filters + first + lane);
        }
        for row in panel.chunks_exact_mut(PANEL) {
            for (x, factor) in row.iter_mut().zip(factors) {
                *x *= factor;
            }
        }
    }
}

/// The taps that reach the input positions of one residue modulo the stride, along one axis.
///
/// Position `i` (counted from the start of the padding) feeds output `o` through tap `k` if `i = stride * o + k * dilation`.
/// So the positions `residue + stride * q` are reached by the taps with `k * dilation ≡ residue`, which are `first`,
/// `first + step`, …; the j-th of them from output `q - offset - j * spread`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phase {
    pub residue: usize,
    pub first: usize,
    pub step: usize,
    /// How many taps there are.
    pub count: usize,
    pub offset: usize,
    pub spread: usize,
}

impl Phase {
    /// The phases of an axis that any tap reaches, in the order in which weights are packed. There are no more of them than
    /// taps, however long the stride.
    pub fn all(spec: &Conv2d, axis: usize) -> impl Iterator<Item = Self> + Clone + use<> {
        let (kernel, stride, dilation) =
            (spec.kernel[axis], spec.stride[axis], spec.dilation[axis]);
        let divisor = greatest_common_divisor(stride, dilation);
        let step = stride / divisor;
        (0..step.min(kernel)).map(move |first| Self {
            residue: first * dilation % stride,
            first,
            step,
            count: (kernel - first).div_ceil(step),
            offset: first * dilation / stride,
            spread: dilation / divisor,
        })
    }

    /// Whether some tap reaches each residue.
    pub fn cover(spec: &Conv2d, axis: usize) -> bool {
        Self::all(spec, axis).count() == spec.stride[axis]
    }

    /// The taps in the order of the outputs that they come from.
    pub fn taps(self) -> impl Iterator<Item = usize> + Clone {
        (0..self.count)
            .rev()
            .map(move |j| self.first + j * self.step)
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// Arranges `weight` for [`backward_input`](super::backward_input); to be called when the weights have changed.
///
/// Mirrored, input and output channels exchanged, and sorted by phase:
/// `packed[group][vertical phase][horizontal phase][panel][tap row][tap column][filter][16 channels]`;
/// of a depthwise weight `packed[vertical phase][horizontal phase][tap row][tap column][channel]`.
///
/// # Panics
/// If a length is wrong.
pub fn pack_backward(spec: &Conv2d, weight: &[f32], packed: &mut [f32]) {
    check_len(
        weight.len(),
        spec.weight_len(),
        "conv2d: length of the weight",
    );
    check_len(
        packed.len(),
        spec.packed_backward_len(),
        "conv2d: length of the packed weight",
    );
    if spec.is_depthwise() {
        return pack_backward_depthwise(spec, weight, packed);
    }
    if winograd::fits(spec) {
        return winograd::pack(spec, weight, true, packed);
    }
    let [group_channels, group_filters] = spec.group();
    let blocks = packed.chunks_exact_mut(group_filters * PANEL);
    for (block, Block { tap, group, first }) in blocks.zip(backward_blocks(spec)) {
        let from = (tap * group_channels + first) * spec.filters + group * group_filters;
        let rows = PANEL.min(group_channels - first);
        transpose(&weight[from..], spec.filters, rows, group_filters, block);
    }
}

/// What one `[filter][16 channels]` block of the packed weight holds.
pub(in crate::kernels) struct Block {
    /// `kernel row * kernel columns + kernel column`
    pub tap: usize,
    pub group: usize,
    /// The first of its channels within the group.
    pub first: usize,
}

/// The blocks of the packed weight in their order.
pub(in crate::kernels) fn backward_blocks(spec: &Conv2d) -> impl Iterator<Item = Block> {
    let spec = *spec;
    let panels = (0..spec.group()[0]).step_by(PANEL);
    (0..spec.groups).flat_map(move |group| {
        let panels = panels.clone();
        phases(&spec).flat_map(move |phase| {
            panels.clone().flat_map(move |first| {
                taps(&spec, phase).map(move |tap| Block { tap, group, first })
            })
        })
    })
}

/// Pairs of a vertical and a horizontal phase.
fn phases(spec: &Conv2d) -> impl Iterator<Item = (Phase, Phase)> + use<> {
    let horizontal = Phase::all(spec, 1);
    Phase::all(spec, 0).flat_map(move |vertical| {
        horizontal
            .clone()
            .map(move |horizontal| (vertical, horizontal))
    })
}

/// The taps of a pair of phases, mirrored.
fn taps(
    spec: &Conv2d,
    (vertical, horizontal): (Phase, Phase),
) -> impl Iterator<Item = usize> + use<> {
    let columns = spec.kernel[1];
    vertical
        .taps()
        .flat_map(move |row| horizontal.taps().map(move |column| row * columns + column))
}

pub(in crate::kernels) fn pack_backward_depthwise(
    spec: &Conv2d,
    weight: &[f32],
    packed: &mut [f32],
) {
    let from = phases(spec).flat_map(|phase| taps(spec, phase));
    for (tap, to) in from.zip(packed.chunks_exact_mut(spec.channels)) {
        to.copy_from_slice(&weight[tap * spec.channels..][..spec.channels]);
    }
}
