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

/// A part of each window whose numbers follow each other in a picture: of one kernel row, unless taps are dilated.
struct Run {
    /// Row of the kernel.
    row: usize,
    /// First column of the kernel.
    column: usize,
    /// Numbers from its pixel on that come before.
    before: usize,
    /// Where in a line it goes.
    place: Range<usize>,
}

impl Lines for Windows<'_> {
    fn copy<const W: usize>(&self, lines: Range<usize>, columns: Range<usize>, to: &mut [f32]) {
        let spec = self.spec;
        // Taps that stand side by side are one run.
        let taps = if spec.dilation[1] == 1 {
            spec.kernel[1]
        } else {
            1
        };
        let (len, runs) = (taps * spec.channels, spec.kernel[1] / taps);
        let groups = to.chunks_exact_mut(lines.len() * W);
        for (first, group) in columns.clone().step_by(W).zip(groups) {
            let end = columns.end.min(first + W);
            let mut column = first;
            while column < end {
                let (number, before) = (column / len, column % len);
                let count = (len - before).min(end - column);
                let run = Run {
                    row: number / runs,
                    column: number % runs + before / spec.channels,
                    before: before % spec.channels,
                    place: column - first..column - first + count,
                };
                self.copy_run::<W>(lines.clone(), &run, group);
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
    /// A run of some windows, which lie in rows of the output.
    fn copy_run<const W: usize>(&self, lines: Range<usize>, run: &Run, to: &mut [f32]) {
        let spec = self.spec;
        let [high, wide] = spec.output();
        let [down, across] = [spec.axis(0), spec.axis(1)];
        let last = run.column + (run.before + run.place.len() - 1) / spec.channels;
        let rows = down.windows(run.row, high);
        // Windows whose taps of the run all lie in the picture.
        let (first, last) = (across.windows(run.column, wide), across.windows(last, wide));
        let inside = first.start.max(last.start)..first.end.min(last.end);
        let step = spec.stride[1] * spec.channels;
        let mut line = lines.start;
        while line < lines.end {
            let (picture, row, column) = (line / (high * wide), line / wide % high, line % wide);
            let count = (wide - column).min(lines.end - line);
            let to = &mut to[(line - lines.start) * W..][..count * W];
            line += count;
            if !rows.contains(&row) {
                for to in to.chunks_exact_mut(W) {
                    to[run.place.clone()].fill(0.0);
                }
                continue;
            }
            let y = picture * spec.height + down.position(row, run.row);
            let x = &self.x[y * spec.width * spec.channels..][..spec.width * spec.channels];
            let start = inside.start.clamp(column, column + count);
            let end = inside.end.clamp(start, column + count);
            let (before, rest) = to.split_at_mut((start - column) * W);
            let (whole, after) = rest.split_at_mut((end - start) * W);
            let borders = before.chunks_exact_mut(W).zip(column..);
            for (to, window) in borders.chain(after.chunks_exact_mut(W).zip(end..)) {
                self.copy_border(x, run, window, &mut to[run.place.clone()]);
            }
            if start < end {
                let from = across.position(start, run.column) * spec.channels + run.before;
                for (index, to) in whole.chunks_exact_mut(W).enumerate() {
                    let from = &x[from + index * step..][..run.place.len()];
                    copy(from, &mut to[run.place.clone()]);
                }
            }
        }
    }

    /// The same for a window of which some taps lie outside of the row of pixels `x`.
    fn copy_border(&self, x: &[f32], run: &Run, window: usize, to: &mut [f32]) {
        let (spec, across) = (self.spec, self.spec.axis(1));
        let (mut tap, mut before, mut done) = (run.column, run.before, 0);
        while done < to.len() {
            let count = (spec.channels - before).min(to.len() - done);
            let to = &mut to[done..done + count];
            if across.taps(window).contains(&tap) {
                let from = across.position(window, tap) * spec.channels + before;
                to.copy_from_slice(&x[from..from + count]);
            } else {
                to.fill(0.0);
            }
            (tap, before, done) = (tap + 1, 0, done + count);
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
