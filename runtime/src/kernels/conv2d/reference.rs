//! The twin in `f64`: one loop per axis.

use super::Conv2d;

/// Calls `visit(x index, weight index, y index)` for every multiplication of `n` examples.
fn visit(spec: &Conv2d, n: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let [rows, columns] = spec.output();
    let group_channels = spec.channels / spec.groups;
    let group_filters = spec.filters / spec.groups;
    for example in 0..n {
        for row in 0..rows {
            for column in 0..columns {
                for filter in 0..spec.filters {
                    for kernel_row in 0..spec.kernel[0] {
                        for kernel_column in 0..spec.kernel[1] {
                            let h = row * spec.stride[0] + kernel_row * spec.dilation[0];
                            let w = column * spec.stride[1] + kernel_column * spec.dilation[1];
                            let (Some(h), Some(w)) = (
                                h.checked_sub(spec.padding[0][0]),
                                w.checked_sub(spec.padding[1][0]),
                            ) else {
                                continue;
                            };
                            if h >= spec.height || w >= spec.width {
                                continue;
                            }
                            for group_channel in 0..group_channels {
                                let channel =
                                    filter / group_filters * group_channels + group_channel;
                                let tap = kernel_row * spec.kernel[1] + kernel_column;
                                visit(
                                    ((example * spec.height + h) * spec.width + w) * spec.channels
                                        + channel,
                                    (tap * group_channels + group_channel) * spec.filters + filter,
                                    ((example * rows + row) * columns + column) * spec.filters
                                        + filter,
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `y = x ⋆ weight + bias`
pub fn forward(
    spec: &Conv2d,
    n: usize,
    x: &[f64],
    weight: &[f64],
    bias: Option<&[f64]>,
) -> Vec<f64> {
    let mut y = vec![0.0; n * spec.output_len()];
    if let Some(bias) = bias {
        for (i, y) in y.iter_mut().enumerate() {
            *y = bias[i % spec.filters];
        }
    }
    visit(spec, n, |at_x, at_weight, at_y| {
        y[at_y] += x[at_x] * weight[at_weight]
    });
    y
}

/// The gradients of `Σ y * dy`.
pub struct Gradients {
    /// With respect to the input.
    pub dx: Vec<f64>,
    /// With respect to the weight.
    pub dweight: Vec<f64>,
    /// With respect to the bias.
    pub dbias: Vec<f64>,
}

/// The gradients with respect to input, weight and bias.
pub fn backward(spec: &Conv2d, n: usize, x: &[f64], weight: &[f64], dy: &[f64]) -> Gradients {
    let mut dx = vec![0.0; x.len()];
    let mut dweight = vec![0.0; weight.len()];
    let mut dbias = vec![0.0; spec.filters];
    visit(spec, n, |at_x, at_weight, at_y| {
        dx[at_x] += weight[at_weight] * dy[at_y];
        dweight[at_weight] += x[at_x] * dy[at_y];
    });
    for (i, dy) in dy.iter().enumerate() {
        dbias[i % spec.filters] += dy;
    }
    Gradients { dx, dweight, dbias }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::gradients::check_gradients;

    #[test]
    fn gradients_are_finite_differences() {
        let plain = Conv2d {
            height: 5,
            width: 6,
            channels: 4,
            filters: 6,
            kernel: [3, 2],
            stride: [1, 1],
            padding: [[0, 0], [0, 0]],
            dilation: [1, 1],
            groups: 1,
        };
        let rich = Conv2d {
            stride: [2, 1],
            padding: [[1, 2], [0, 1]],
            dilation: [1, 2],
            groups: 2,
            ..plain
        };
        for spec in [plain, rich] {
            let parts = [2 * spec.input_len(), spec.weight_len(), spec.filters];
            check_gradients(
                &parts,
                2 * spec.output_len(),
                |at| forward(&spec, 2, at[0], at[1], Some(at[2])),
                |at, dy| {
                    let Gradients { dx, dweight, dbias } = backward(&spec, 2, at[0], at[1], dy);
                    vec![dx, dweight, dbias]
                },
            );
        }
    }
}
