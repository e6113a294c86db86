//! Layer normalisation: each row brought to mean 0 and variance 1, then scaled and shifted by feature.
//!
//! Source: Ba, Kiros and Hinton 2016, "Layer normalization".

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift`, mean and (biased) variance over the row.
///
/// `x`, `y`: `(rows, features)`; `scale`, `shift`: `(features)`; `saved`: mean and inverse standard deviation of each
/// row, `(rows, 2)`, for [`backward`].
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward(
    features: usize,
    rows: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
    saved: &mut [f32],
) {
    assert_eq!(saved.len(), rows * 2, "layer_norm: length of saved");
    check(features, rows, x, scale, shift, y);
    for row in 0..rows {
        let at = row * features;
        let (x, y) = (&x[at..][..features], &mut y[at..][..features]);
        let (mean, inverse) = statistics(x, epsilon);
        normalise(x, mean, inverse, scale, shift, y);
        saved[2 * row] = mean;
        saved[2 * row + 1] = inverse;
    }
}

/// [`forward`] without what only the backward pass needs.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference(
    features: usize,
    rows: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
) {
    check(features, rows, x, scale, shift, y);
    for row in 0..rows {
        let at = row * features;
        let (x, y) = (&x[at..][..features], &mut y[at..][..features]);
        let (mean, inverse) = statistics(x, epsilon);
        normalise(x, mean, inverse, scale, shift, y);
    }
}

/// The gradients of input (`dx`, set), scale and shift (`dscale`, `dshift`, added to).
///
/// With `x̂ = (x - mean) * inverse std` and `g = dy * scale`:
/// `dx = inverse std * (g - mean(g) - x̂ * mean(g * x̂))`, `dscale += Σ dy * x̂`, `dshift += Σ dy`.
/// `saved` is what [`forward`] wrote.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward(
    features: usize,
    rows: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    assert_eq!(x.len(), rows * features, "layer_norm: length of x");
    assert_eq!(saved.len(), rows * 2, "layer_norm: length of saved");
    assert_eq!(scale.len(), features, "layer_norm: length of scale");
    assert_eq!(dy.len(), rows * features, "layer_norm: length of dy");
    assert_eq!(dx.len(), rows * features, "layer_norm: length of dx");
    assert_eq!(dscale.len(), features, "layer_norm: length of dscale");
    assert_eq!(dshift.len(), features, "layer_norm: length of dshift");
    for row in 0..rows {
        let at = row * features;
        let (x, dy, dx) = (
            &x[at..][..features],
            &dy[at..][..features],
            &mut dx[at..][..features],
        );
        let (mean, inverse) = (saved[2 * row], saved[2 * row + 1]);
        let (mut sum, mut product) = (0.0, 0.0);
        for k in 0..features {
            let normalised = (x[k] - mean) * inverse;
            let g = dy[k] * scale[k];
            sum += g;
            product += g * normalised;
            dscale[k] += dy[k] * normalised;
            dshift[k] += dy[k];
        }
        let (sum, product) = (sum / features as f32, product / features as f32);
        for k in 0..features {
            let normalised = (x[k] - mean) * inverse;
            dx[k] = inverse * (dy[k] * scale[k] - sum - normalised * product);
        }
    }
}

fn check(features: usize, rows: usize, x: &[f32], scale: &[f32], shift: &[f32], y: &[f32]) {
    assert_eq!(x.len(), rows * features, "layer_norm: length of x");
    assert_eq!(scale.len(), features, "layer_norm: length of scale");
    assert_eq!(shift.len(), features, "layer_norm: length of shift");
    assert_eq!(y.len(), rows * features, "layer_norm: length of y");
}

/// Mean and inverse standard deviation of a row.
fn statistics(x: &[f32], epsilon: f32) -> (f32, f32) {
    let count = x.len() as f32;
    let mean = x.iter().sum::<f32>() / count;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / count;
    (mean, 1.0 / (variance + epsilon).sqrt())
}

fn normalise(x: &[f32], mean: f32, inverse: f32, scale: &[f32], shift: &[f32], y: &mut [f32]) {
    for k in 0..x.len() {
        y[k] = (x[k] - mean) * inverse * scale[k] + shift[k];
    }
}
