//! The gradient of the weight on several threads: tiles are transformed, places multiplied and taps collected part by part.

use super::gradient::{Collect, multiply, scatter, taps};
use super::{Correlation, PANEL, PLACES};
use crate::kernels::team::{Team, cuts};
use crate::simd::dispatch;

/// The most parts: three places each.
pub(in crate::kernels::conv2d) const GRADIENT_PARTS: usize = PLACES / 3;

/// [`backward_weight`](super::backward_weight) in `parts` parts, at most [`GRADIENT_PARTS`].
#[allow(clippy::too_many_arguments)]
pub(in crate::kernels::conv2d) fn backward_weight_shared(
    team: &mut Team<'_>,
    parts: usize,
    correlation: Correlation,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    scratch: &mut [f32],
) {
    if n == 0 {
        return;
    }
    let [slots, product_slots] = [correlation.slots(), correlation.product_slots()];
    let (pixels, scratch) = scratch.split_at_mut(correlation.block() * slots);
    let (gradients, sums) = scratch.split_at_mut(correlation.block() * product_slots);
    let plane = super::plane(correlation.channels, correlation.filters);
    let sums = &mut sums[..PLACES * plane];
    for (first, count) in correlation.blocks(n) {
        transform(
            team,
            parts,
            correlation,
            [x, dy],
            first,
            count,
            [pixels, gradients],
        );
        let both = [&*pixels, &*gradients];
        let place = |part: usize| PLACES * part / parts;
        team.share(
            parts,
            sums,
            &|part| place(part) * plane,
            0,
            &|part, sums, _| {
                let places = place(part)..place(part + 1);
                multiply(correlation, both, first > 0, count, places, sums);
            },
        );
    }
    // Whole panels, so whole vectors.
    let panels = correlation.channels * correlation.filters / PANEL;
    let at = |part: usize| panels * part / parts * PANEL;
    let mut taps = taps(dweight);
    let mut part_of_taps = |part: usize| {
        let len = at(part + 1) - at(part);
        taps.each_mut().map(|tap| {
            let (own, rest) = std::mem::take(tap).split_at_mut(len);
            *tap = rest;
            own
        })
    };
    let sums = &*sums;
    team.each(parts, &mut part_of_taps, 0, &|part, dweight, _| {
        let first = at(part);
        dispatch(Collect {
            correlation,
            sums,
            first,
            dweight,
        });
    });
}

/// Some of `count` tiles from tile `first` on of pixels and gradients in each part.
fn transform(
    team: &mut Team<'_>,
    parts: usize,
    correlation: Correlation,
    from: [&[f32]; 2],
    first: usize,
    count: usize,
    [pixels, gradients]: [&mut [f32]; 2],
) {
    let tile = |part: usize| count * part / parts;
    let pixel_start = |part| tile(part) * correlation.slots();
    let gradient_start = |part| tile(part) * correlation.product_slots();
    let mut pixels = cuts(parts, pixels, &pixel_start);
    let mut gradients = cuts(parts, gradients, &gradient_start);
    team.each(
        parts,
        &mut |part| [pixels(part), gradients(part)],
        0,
        &|part, to, _| {
            let tiles = tile(part)..tile(part + 1);
            scatter(correlation, from, first + tiles.start, tiles.len(), to);
        },
    );
}
