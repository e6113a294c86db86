//! What the taps of windows read, side by side, as an operand of the weight's gradient.

use std::ops::Range;

use super::Conv2d;
use crate::kernels::outer::Lines;

/// Numbers that are copied at a time where there are so many.
const PIECE: usize = 16;

/// For each position of the output a line of what its window reads, tap by tap; zeros where a tap lies outside.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Windows<'a> {
    pub spec: &'a Conv2d,
    /// Pictures of the input.
    pub x: &'a [f32],
}

impl Lines for Windows<'_> {
    fn copy<const W: usize>(&self, lines: Range<usize>, columns: Range<usize>, to: &mut [f32]) {
        let channels = self.spec.channels;
        let groups = to.chunks_exact_mut(lines.len() * W);
        for (first, group) in columns.clone().step_by(W).zip(groups) {
            let end = columns.end.min(first + W);
            let mut column = first;
            while column < end {
                let (tap, channel) = (column / channels, column % channels);
                let count = (channels - channel).min(end - column);
                let place = column - first..column - first + count;
                self.copy_tap::<W>(lines.clone(), tap, channel, place, group);
                column += count;
            }
            if end - first < W {
                for line in group.chunks_exact_mut(W) {
                    line[end - first..].fill(0.0);
                }
            }
        }
    }

    fn in_place(&self, line: usize, column: usize) -> Option<(&[f32], usize)> {
        let spec = self.spec;
        spec.is_matrix()
            .then(|| (&self.x[line * spec.channels + column..], spec.channels))
    }
}

impl Windows<'_> {
    /// Some channels of one tap to a place in each line.
    fn copy_tap<const W: usize>(
        &self,
        lines: Range<usize>,
        tap: usize,
        channel: usize,
        place: Range<usize>,
        to: &mut [f32],
    ) {
        let spec = self.spec;
        let [high, wide] = spec.output();
        let [down, across] = [spec.axis(0), spec.axis(1)];
        let (tap_row, tap_column) = (tap / spec.kernel[1], tap % spec.kernel[1]);
        let rows = down.windows(tap_row, high);
        let inside = across.windows(tap_column, wide);
        let step = spec.stride[1] * spec.channels;
        let mut line = lines.start;
        while line < lines.end {
            let (picture, row, column) = (line / (high * wide), line / wide % high, line % wide);
            let count = (wide - column).min(lines.end - line);
            let mut to = to[(line - lines.start) * W..]
                .chunks_exact_mut(W)
                .take(count);
            let inside = match rows.contains(&row) {
                true => {
                    inside.start.clamp(column, column + count)
                        ..inside.end.clamp(column, column + count)
                }
                false => column..column,
            };
            for line in to.by_ref().take(inside.start - column) {
                line[place.clone()].fill(0.0);
            }
            if !inside.is_empty() {
                let (y, x) = (
                    down.position(row, tap_row),
                    across.position(inside.start, tap_column),
                );
                let pixel = (picture * spec.height + y) * spec.width + x;
                let from = self.x[pixel * spec.channels + channel..].chunks(step);
                for (from, line) in from.zip(to.by_ref().take(inside.len())) {
                    copy(&from[..place.len()], &mut line[place.clone()]);
                }
            }
            to.for_each(|line| line[place.clone()].fill(0.0));
            line += count;
        }
    }
}

/// Copies a few numbers, without a call where they are whole pieces.
#[inline(always)]
fn copy(from: &[f32], to: &mut [f32]) {
    let ((from, from_rest), (to, to_rest)) =
        (from.as_chunks::<PIECE>(), to.as_chunks_mut::<PIECE>());
    for (from, to) in from.iter().zip(to) {
        *to = *from;
    }
    if !to_rest.is_empty() {
        to_rest.copy_from_slice(from_rest);
    }
}
