//! The windows of pooling, position by position.

use crate::kernels::pool::Pool2d;

/// One window: example, output row, output column, channel.
pub(super) type Window = [usize; 4];

/// All windows, in the order of the output.
pub(super) fn windows(spec: &Pool2d, n: usize) -> impl Iterator<Item = Window> + use<> {
    let ([height, width], channels) = (spec.output(), spec.channels);
    (0..n * height * width * channels).map(move |at| {
        [
            at / channels / width / height,
            at / channels / width % height,
            at / channels % width,
            at % channels,
        ]
    })
}

/// Where the values of a window stand in the input, row by row, padding left out.
pub(super) fn inside(
    spec: &Pool2d,
    [example, i, j, channel]: Window,
) -> impl Iterator<Item = usize> + use<> {
    let spec = *spec;
    (0..spec.kernel[0] * spec.kernel[1]).filter_map(move |k| {
        let row = (i * spec.stride[0] + k / spec.kernel[1]).checked_sub(spec.padding[0][0])?;
        let column = (j * spec.stride[1] + k % spec.kernel[1]).checked_sub(spec.padding[1][0])?;
        (row < spec.height && column < spec.width).then(|| {
            ((example * spec.height + row) * spec.width + column) * spec.channels + channel
        })
    })
}
