//! The twin in `f64`: one loop per axis.

use super::ConvTranspose2d;
use crate::kernels::conv2d::Conv2d;

/// Calls `visit(x index, weight index, y index)` for every multiplication of `n` examples.
fn visit(spec: &ConvTranspose2d, n: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let [rows, columns] = spec.output();
    let [height, width] = spec.mirrored.output();
    let (channels, filters) = (spec.channels(), spec.filters());
    let Conv2d {
        kernel,
        stride,
        padding,
        groups,
        ..
    } = spec.mirrored;
    let (group_channels, group_filters) = (channels / groups, filters / groups);
    for example in 0..n {
        for row in 0..height {
            for column in 0..width {
                for channel in 0..channels {
                    for kernel_row in 0..kernel[0] {
                        for kernel_column in 0..kernel[1] {
                            let h = row * stride[0] + kernel_row;
                            let w = column * stride[1] + kernel_column;
                            let (Some(h), Some(w)) =
                                (h.checked_sub(padding[0][0]), w.checked_sub(padding[1][0]))
                            else {
                                continue;
                            };
                            if h >= rows || w >= columns {
                                continue;
                            }
                            for group_filter in 0..group_filters {
                                let filter =
                                    channel / group_channels * group_filters + group_filter;
                                let tap = kernel_row * kernel[1] + kernel_column;
                                visit(
                                    ((example * height + row) * width + column) * channels
                                        + channel,
                                    (tap * channels + channel) * group_filters + group_filter,
                                    ((example * rows + h) * columns + w) * filters + filter,
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every input pixel spreads the kernel, times its value, over the output.
pub fn forward(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f64],
    weight: &[f64],
    bias: Option<&[f64]>,
) -> Vec<f64> {
    let mut y = vec![0.0; n * spec.output_len()];
    if let Some(bias) = bias {
        for (i, y) in y.iter_mut().enumerate() {
            *y = bias[i % spec.filters()];
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
pub fn backward(
    spec: &ConvTranspose2d,
    n: usize,
    x: &[f64],
    weight: &[f64],
    dy: &[f64],
) -> Gradients {
    let mut dx = vec![0.0; x.len()];
    let mut dweight = vec![0.0; weight.len()];
    let mut dbias = vec![0.0; spec.filters()];
    visit(spec, n, |at_x, at_weight, at_y| {
        dx[at_x] += weight[at_weight] * dy[at_y];
        dweight[at_weight] += x[at_x] * dy[at_y];
    });
    for (i, dy) in dy.iter().enumerate() {
        dbias[i % spec.filters()] += dy;
    }
    Gradients { dx, dweight, dbias }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::gradients::check_gradients;

    #[test]
    fn gradients_are_finite_differences() {
        let (picture, kernel) = ([4, 3, 4], [3, 2]);
        let plain = ConvTranspose2d::new(picture, 6, kernel, [1; 2], [[0; 2]; 2], [0; 2], 1);
        let padding = [[1, 0], [0, 1]];
        let rich = ConvTranspose2d::new(picture, 6, kernel, [2, 3], padding, [1, 2], 2);
        for spec in [plain, rich] {
            check_gradients(
                &[2 * spec.input_len(), spec.weight_len(), spec.filters()],
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
