//! Group normalisation in `f64`.

use super::GroupNorm;

/// `(x - mean) / sqrt(variance + epsilon)` by example and group, and each value's inverse standard deviation.
fn normalise(spec: &GroupNorm, n: usize, x: &[f64], epsilon: f64) -> (Vec<f64>, Vec<f64>) {
    let mean = mean_of_groups(spec, n, x);
    let squares: Vec<f64> = x
        .iter()
        .zip(&mean)
        .map(|(x, mean)| (x - mean) * (x - mean))
        .collect();
    let variance = mean_of_groups(spec, n, &squares);
    let inverse: Vec<f64> = variance
        .iter()
        .map(|variance| 1.0 / (variance + epsilon).sqrt())
        .collect();
    let normalised = (0..x.len())
        .map(|at| (x[at] - mean[at]) * inverse[at])
        .collect();
    (normalised, inverse)
}

/// At each value's place, the mean over the positions and channels of its example and group.
fn mean_of_groups(spec: &GroupNorm, n: usize, x: &[f64]) -> Vec<f64> {
    let size = spec.channels / spec.groups;
    let group =
        |at: usize| at / (spec.positions * spec.channels) * spec.groups + at % spec.channels / size;
    let mut sums = vec![0.0; n * spec.groups];
    for (at, x) in x.iter().enumerate() {
        sums[group(at)] += x;
    }
    (0..x.len())
        .map(|at| sums[group(at)] / (spec.positions * size) as f64)
        .collect()
}

/// `(x - mean) / sqrt(variance + epsilon) * scale + shift`.
pub fn forward(
    spec: &GroupNorm,
    n: usize,
    x: &[f64],
    scale: &[f64],
    shift: &[f64],
    epsilon: f64,
) -> Vec<f64> {
    let (normalised, _) = normalise(spec, n, x, epsilon);
    (0..x.len())
        .map(|at| normalised[at] * scale[at % spec.channels] + shift[at % spec.channels])
        .collect()
}

/// `(dx, dscale, dshift)`.
pub fn backward(
    spec: &GroupNorm,
    n: usize,
    x: &[f64],
    scale: &[f64],
    epsilon: f64,
    dy: &[f64],
) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (normalised, inverse) = normalise(spec, n, x, epsilon);
    let (mut dscale, mut dshift) = (vec![0.0; spec.channels], vec![0.0; spec.channels]);
    for at in 0..x.len() {
        dscale[at % spec.channels] += dy[at] * normalised[at];
        dshift[at % spec.channels] += dy[at];
    }
    let g: Vec<f64> = (0..x.len())
        .map(|at| dy[at] * scale[at % spec.channels])
        .collect();
    let products: Vec<f64> = g.iter().zip(&normalised).map(|(g, x)| g * x).collect();
    let (mean_g, mean_product) = (
        mean_of_groups(spec, n, &g),
        mean_of_groups(spec, n, &products),
    );
    let dx = (0..x.len())
        .map(|at| inverse[at] * (g[at] - mean_g[at] - normalised[at] * mean_product[at]))
        .collect();
    (dx, dscale, dshift)
}
