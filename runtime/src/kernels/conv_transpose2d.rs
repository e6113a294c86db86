//! Transposed convolution: the input gradient of a convolution, as a layer.
//!
//! The mirrored convolution goes from the output's picture to the input's. Its backward pass with respect to the input
//! is our forward pass, its forward pass is our gradient with respect to the input.

use super::activation::{self, Activation};
use super::bias;
use super::conv2d::pack::{backward_blocks, pack_backward_depthwise};
use super::conv2d::{
    Conv2d, backward_input as mirrored_backward, depthwise, forward as mirrored_forward, panels,
};
use super::tile::{Finish, PANEL, Product, tiles, transpose};

/// The sizes of a transposed convolution of one example `(height, width, channels)`.
///
/// Weights are `[kernel[0], kernel[1], channels, filters / groups]`. `output_padding` must be less than `stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Rows of the input.
    pub height: usize,
    /// Columns of the input.
    pub width: usize,
    /// Channels of the input.
    pub channels: usize,
    /// Channels of the output.
    pub filters: usize,
    /// Rows and columns of the kernel.
    pub kernel: [usize; 2],
    /// Distance in the output of neighbouring input pixels.
    pub stride: [usize; 2],
    /// What is cut off the output: `[[top, bottom], [left, right]]`.
    pub padding: [[usize; 2]; 2],
    /// Rows and columns that are added at the output's bottom and right.
    pub output_padding: [usize; 2],
    /// Groups of channels that don't see each other.
    pub groups: usize,
}

impl ConvTranspose2d {
    /// Rows and columns of the output: `(input - 1) * stride - padding + kernel + output_padding`.
    pub const fn output(&self) -> [usize; 2] {
        let [[top, bottom], [left, right]] = self.padding;
        [
            (self.height.saturating_sub(1) * self.stride[0]
                + self.kernel[0]
                + self.output_padding[0])
                .saturating_sub(top + bottom),
            (self.width.saturating_sub(1) * self.stride[1]
                + self.kernel[1]
                + self.output_padding[1])
                .saturating_sub(left + right),
        ]
    }

    /// Numbers in one example's input.
    pub const fn input_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Numbers in one example's output.
    pub const fn output_len(&self) -> usize {
        let [rows, columns] = self.output();
        rows * columns * self.filters
    }

    /// Numbers in the weight.
    pub const fn weight_len(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels * (self.filters / self.groups)
    }

    /// Operations of a forward pass of one example, a multiply-add counted as two.
    pub const fn flops(&self) -> u64 {
        2 * (self.height * self.width) as u64 * self.weight_len() as u64
    }

    /// The convolution from the output's picture to the input's.
    const fn mirrored(&self) -> Conv2d {
        let [height, width] = self.output();
        Conv2d {
            height,
            width,
            channels: self.filters,
            filters: self.channels,
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
            dilation: [1, 1],
            groups: self.groups,
        }
    }

    /// Length of the weights as [`forward`] wants them.
    pub const fn packed_forward_len(&self) -> usize {
        self.mirrored().packed_backward_len()
    }

    /// Length of the weights as [`backward_input`] wants them.
    pub const fn packed_backward_len(&self) -> usize {
        self.mirrored().packed_forward_len()
    }

    /// Length of the scratch that [`forward`] works in.
    pub const fn forward_scratch_len(&self) -> usize {
        self.mirrored().backward_input_scratch_len()
    }

    /// Length of the scratch that [`backward_input`] works in.
    pub const fn backward_input_scratch_len(&self) -> usize {
        self.mirrored().forward_scratch_len()
    }

    /// Length of the scratch that [`backward_weight`] works in.
    pub const fn backward_weight_scratch_len(&self) -> usize {
        if self.mirrored().is_depthwise() {
            return 0;
        }
        let [rows, columns] = self.padded();
        rows * columns * self.groups * panels(self.filters / self.groups) * PANEL
    }

    /// Rows and columns of the output before padding is cut off.
    const fn padded(&self) -> [usize; 2] {
        let [rows, columns] = self.output();
        let [[top, bottom], [left, right]] = self.padding;
        [top + rows + bottom, left + columns + right]
    }
}

/// Arranges `weight` for [`forward`]; to be called when the weights have changed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_forward(spec: &ConvTranspose2d, weight: &[f32], packed: &mut [f32]) {
    assert_eq!(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight"
    );
    assert_eq!(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    let mirrored = spec.mirrored();
    if mirrored.is_depthwise() {
        return pack_backward_depthwise(&mirrored, weight, packed);
    }
    // Channels and filters of a group, as this layer sees them.
    let [filters, channels] = mirrored.group();
    for (block, part) in packed
        .chunks_exact_mut(channels * PANEL)
        .zip(backward_blocks(&mirrored))
    {
        let width = PANEL.min(filters - part.first);
        let from = (part.tap * spec.channels + part.group * channels) * filters;
        for (row, to) in weight[from..]
            .chunks_exact(filters)
            .zip(block.chunks_exact_mut(PANEL))
        {
            to[..width].copy_from_slice(&row[part.first..part.first + width]);
            to[width..].fill(0.0);
        }
    }
}

/// Arranges `weight` for [`backward_input`]; to be called when the weights have changed.
///
/// # Panics
/// If a length is wrong.
pub fn pack_backward(spec: &ConvTranspose2d, weight: &[f32], packed: &mut [f32]) {
    assert_eq!(
        weight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight"
    );
    assert_eq!(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    let mirrored = spec.mirrored();
    if mirrored.is_depthwise() {
        return packed.copy_from_slice(weight);
    }
    let [filters, channels] = mirrored.group();
    let mut blocks = packed.chunks_exact_mut(filters * PANEL);
    for group in 0..spec.groups {
        for first in (0..channels).step_by(PANEL) {
            for tap in 0..spec.kernel[0] * spec.kernel[1] {
                let block = blocks.next().expect("the packed length counts every block");
                let from = (tap * spec.channels + group * channels + first) * filters;
                transpose(
                    &weight[from..],
                    filters,
                    PANEL.min(channels - first),
                    filters,
                    block,
                );
            }
        }
    }
}

/// `y = act(x ⋆ᵀ weight + bias)` for `n` examples: `x` is `(n, height, width, channels)`, `y` is `(n, rows, columns,
/// filters)`, `packed` comes from [`pack_forward`].
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn forward(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    packed: &[f32],
    bias: Option<&[f32]>,
    act: Activation,
    y: &mut [f32],
    scratch: &mut [f32],
) {
    assert_eq!(
        x.len(),
        n * spec.input_len(),
        "conv_transpose2d: length of the input"
    );
    assert_eq!(
        y.len(),
        n * spec.output_len(),
        "conv_transpose2d: length of the output"
    );
    assert_eq!(
        packed.len(),
        spec.packed_forward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    assert!(
        scratch.len() >= spec.forward_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    if let Some(bias) = bias {
        assert_eq!(
            bias.len(),
            spec.filters,
            "conv_transpose2d: length of the bias"
        );
    }
    let (finish, finished) = Finish::of(act);
    mirrored_backward::finish_by(&spec.mirrored(), n, x, packed, bias, finish, y, scratch);
    if !finished {
        activation::forward_in_place(act, y);
    }
}

/// `dx` (set, or added to if `accumulate`) from `dy` for `n` examples; `packed` comes from [`pack_backward`].
///
/// # Panics
/// If a length is wrong.
#[allow(clippy::too_many_arguments)]
pub fn backward_input(
    spec: &ConvTranspose2d,
    n: usize,
    dy: &[f32],
    packed: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    scratch: &mut [f32],
) {
    assert_eq!(
        dx.len(),
        n * spec.input_len(),
        "conv_transpose2d: length of the input's gradient"
    );
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "conv_transpose2d: length of the output's gradient"
    );
    assert_eq!(
        packed.len(),
        spec.packed_backward_len(),
        "conv_transpose2d: length of the packed weight"
    );
    assert!(
        scratch.len() >= spec.backward_input_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    let finish = if accumulate { Finish::Add } else { Finish::Set };
    mirrored_forward::finish_by(&spec.mirrored(), n, dy, packed, None, finish, dx, scratch);
}

/// Adds the gradients of `n` examples to `dweight` (in the weight's own layout) and `dbias`.
///
/// # Panics
/// If a length is wrong.
pub fn backward_weight(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f32],
    dy: &[f32],
    dweight: &mut [f32],
    dbias: Option<&mut [f32]>,
    scratch: &mut [f32],
) {
    assert_eq!(
        x.len(),
        n * spec.input_len(),
        "conv_transpose2d: length of the input"
    );
    assert_eq!(
        dy.len(),
        n * spec.output_len(),
        "conv_transpose2d: length of the output's gradient"
    );
    assert_eq!(
        dweight.len(),
        spec.weight_len(),
        "conv_transpose2d: length of the weight's gradient"
    );
    assert!(
        scratch.len() >= spec.backward_weight_scratch_len(),
        "conv_transpose2d: the scratch is too short"
    );
    if let Some(dbias) = dbias {
        assert_eq!(
            dbias.len(),
            spec.filters,
            "conv_transpose2d: length of the bias' gradient"
        );
        bias::backward(dy, dbias);
    }
    if spec.mirrored().is_depthwise() {
        return depthwise::backward_weight(&spec.mirrored(), n, dy, x, dweight);
    }
    let scratch = &mut scratch[..spec.backward_weight_scratch_len()];
    scratch.fill(0.0);
    for (x, dy) in x
        .chunks_exact(spec.input_len())
        .zip(dy.chunks_exact(spec.output_len()))
    {
        copy_to_panels(spec, dy, scratch);
        products(spec, x, scratch, dweight);
    }
}

/// `panels[group][panel][padded pixel][16 filters]`; the padding and what lies past the last filter stay as they are.
fn copy_to_panels(spec: &ConvTranspose2d, dy: &[f32], to: &mut [f32]) {
    let mirrored = spec.mirrored();
    let [padded_rows, padded_columns] = spec.padded();
    let [group_filters, _] = mirrored.group();
    let [[top, _], [left, _]] = spec.padding;
    let mut to = to.chunks_exact_mut(padded_rows * padded_columns * PANEL);
    for group in 0..spec.groups {
        for first in (0..group_filters).step_by(PANEL) {
            let width = PANEL.min(group_filters - first);
            let first = group * group_filters + first;
            let panel = to.next().expect("the scratch has room for every panel");
            let rows = panel.chunks_exact_mut(padded_columns * PANEL).skip(top);
            for (row, to) in dy.chunks_exact(spec.output()[1] * spec.filters).zip(rows) {
                let pixels = to.chunks_exact_mut(PANEL).skip(left);
                for (pixel, to) in row.chunks_exact(spec.filters).zip(pixels) {
                    to[..width].copy_from_slice(&pixel[first..first + width]);
                }
            }
        }
    }
}

/// For each tap, the product of the input's channels and `dy` at the pixels that the tap feeds.
fn products(spec: &ConvTranspose2d, x: &[f32], dy: &[f32], dweight: &mut [f32]) {
    let mirrored = spec.mirrored();
    let [padded_rows, padded_columns] = spec.padded();
    let [group_filters, group_channels] = mirrored.group();
    let panel_len = padded_rows * padded_columns * PANEL;
    let tiles = tiles();
    for group in 0..spec.groups {
        for tap in 0..spec.kernel[0] * spec.kernel[1] {
            let (row, column) = (tap / spec.kernel[1], tap % spec.kernel[1]);
            let panel = group * panels(group_filters) * panel_len;
            let product = Product {
                rows: group_channels,
                columns: group_filters,
                depth: [1, spec.height, spec.width],
                a: &x[group * group_channels..],
                a_outer: 0,
                a_inner: spec.width * spec.channels,
                a_step: spec.channels,
                a_row: 1,
                b: &dy[panel + (row * padded_columns + column) * PANEL..],
                b_outer: 0,
                b_inner: spec.stride[0] * padded_columns * PANEL,
                b_step: spec.stride[1] * PANEL,
                b_panel: panel_len,
                bias: None,
                c_row: group_filters,
                finish: Finish::Add,
            };
            product.run(
                tiles,
                &mut dweight[(tap * spec.channels + group * group_channels) * group_filters..],
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernels::tests::products::{cases, close, numbers, wide};
    use crate::reference::conv_transpose2d as twin;
    use crate::simd::on_every_isa;

    fn check(spec: ConvTranspose2d, n: usize, accumulate: bool, act: Activation) {
        let x = numbers(n * spec.input_len(), 1);
        let weight = numbers(spec.weight_len(), 2);
        let bias = numbers(spec.filters, 3);
        let dy = numbers(n * spec.output_len(), 4);
        let before = numbers(x.len().max(weight.len()), 5);
        let expected_y = twin::forward(&spec, n, &wide(&x), &wide(&weight), Some(&wide(&bias)));
        let expected_y: Vec<f64> = expected_y
            .into_iter()
            .map(|y| f64::from(act.apply(y as f32)))
            .collect();
        let expected = twin::backward(&spec, n, &wide(&x), &wide(&weight), &wide(&dy));
        on_every_isa(|isa| {
            let what = |name: &str| format!("{name} of {spec:?} on {isa:?}");
            let window = spec.kernel[0] * spec.kernel[1];

            let mut packed = vec![f32::NAN; spec.packed_forward_len()];
            pack_forward(&spec, &weight, &mut packed);
            let mut y = vec![f32::NAN; n * spec.output_len()];
            let mut scratch = vec![f32::NAN; spec.forward_scratch_len()];
            forward(
                &spec,
                n,
                &x,
                &packed,
                Some(&bias),
                act,
                &mut y,
                &mut scratch,
            );
            close(&y, &expected_y, window * spec.channels, &what("output"));

            let mut packed = vec![f32::NAN; spec.packed_backward_len()];
            pack_backward(&spec, &weight, &mut packed);
            let mut dx = if accumulate {
                before[..x.len()].to_vec()
            } else {
                vec![f32::NAN; x.len()]
            };
            let mut scratch = vec![f32::NAN; spec.backward_input_scratch_len()];
            backward_input(&spec, n, &dy, &packed, &mut dx, accumulate, &mut scratch);
            let start = |i: usize| {
                if accumulate {
                    f64::from(before[i])
                } else {
                    0.0
                }
            };
            let expected_dx: Vec<f64> = expected
                .dx
                .iter()
                .enumerate()
                .map(|(i, dx)| dx + start(i))
                .collect();
            close(
                &dx,
                &expected_dx,
                window * spec.filters,
                &what("input gradient"),
            );

            let mut dweight = before[..weight.len()].to_vec();
            let mut dbias = vec![1.0; spec.filters];
            let mut scratch = vec![f32::NAN; spec.backward_weight_scratch_len()];
            backward_weight(
                &spec,
                n,
                &x,
                &dy,
                &mut dweight,
                Some(&mut dbias),
                &mut scratch,
            );
            let pixels = n * spec.output_len() / spec.filters;
            let sums: Vec<f64> = expected
                .dweight
                .iter()
                .zip(&before)
                .map(|(dweight, &before)| dweight + f64::from(before))
                .collect();
            close(&dweight, &sums, pixels, &what("weight gradient"));
            let sums: Vec<f64> = expected.dbias.iter().map(|dbias| dbias + 1.0).collect();
            close(&dbias, &sums, pixels, &what("bias gradient"));
        });
    }

    fn specs() -> impl Strategy<Value = ConvTranspose2d> {
        let channels = prop_oneof![
            (1..20usize, 1..40usize).prop_map(|(channels, filters)| (channels, filters, 1)),
            (1..4usize, 1..5usize, 1..5usize).prop_map(|(groups, channels, filters)| (
                groups * channels,
                groups * filters,
                groups
            )),
            (2..40usize).prop_map(|channels| (channels, channels, channels)),
        ];
        let window = (
            [1..5usize, 1..5usize],
            [1..4usize, 1..4usize],
            [0..3usize, 0..3usize],
        );
        (
            1..9usize,
            1..9usize,
            channels,
            window,
            [[0..3usize, 0..3usize], [0..3usize, 0..3usize]],
        )
            .prop_filter_map(
                "nothing is left of the output, or its padding reaches the stride",
                |(
                    height,
                    width,
                    (channels, filters, groups),
                    (kernel, stride, output_padding),
                    padding,
                )| {
                    let left = |size: usize, axis: usize| {
                        (size - 1) * stride[axis] + kernel[axis] + output_padding[axis]
                            > padding[axis][0] + padding[axis][1]
                            && output_padding[axis] < stride[axis]
                    };
                    let spec = ConvTranspose2d {
                        height,
                        width,
                        channels,
                        filters,
                        kernel,
                        stride,
                        padding,
                        output_padding,
                        groups,
                    };
                    (left(height, 0) && left(width, 1)).then_some(spec)
                },
            )
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn any_transposed_convolution_is_its_twin(
            spec in specs(),
            n in 1..4usize,
            accumulate: bool,
            act in prop_oneof![Just(Activation::Identity), Just(Activation::Relu), Just(Activation::LeakyRelu(0.1))],
        ) {
            check(spec, n, accumulate, act);
        }
    }
}
