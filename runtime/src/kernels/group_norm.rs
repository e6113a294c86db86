//! Group normalisation: the channels of one example in groups, each brought to mean 0 and variance 1.
//!
//! Source: Wu and He 2018, "Group normalization".

/// The sizes of a group normalisation over `(n, positions, channels)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupNorm {
    /// Positions: height × width for pictures.
    pub positions: usize,
    /// Channels; a multiple of `groups`.
    pub channels: usize,
    /// Groups of neighbouring channels.
    pub groups: usize,
}

impl GroupNorm {
    /// Values in one example.
    pub const fn len(&self) -> usize {
        self.positions * self.channels
    }

    /// Whether an example holds no values.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values that [`forward`] saves for one example: mean and inverse standard deviation of each group.
    pub const fn saved_len(&self) -> usize {
        2 * self.groups
    }

    /// Channels in one group.
    pub const fn group_len(&self) -> usize {
        self.channels / self.groups
    }
}

/// `y = (x - mean) / sqrt(variance + epsilon) * scale + shift`, mean and (biased) variance over the positions and
/// channels of a group, scale and shift by channel.
///
/// `x`, `y`: `(n, positions, channels)`; `scale`, `shift`: `(channels)`; `saved`: mean and inverse standard deviation,
/// `(n, groups, 2)`, for [`backward`].
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn forward(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
    saved: &mut [f32],
) {
    assert_eq!(
        saved.len(),
        n * spec.saved_len(),
        "group_norm: length of saved"
    );
    normalise(spec, n, x, scale, shift, epsilon, y, |at, mean, inverse| {
        saved[2 * at] = mean;
        saved[2 * at + 1] = inverse;
    });
}

/// [`forward`] without what only the backward pass needs.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
pub fn inference(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
) {
    normalise(spec, n, x, scale, shift, epsilon, y, |_, _, _| {});
}

#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
fn normalise(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    scale: &[f32],
    shift: &[f32],
    epsilon: f32,
    y: &mut [f32],
    mut save: impl FnMut(usize, f32, f32),
) {
    assert_eq!(x.len(), n * spec.len(), "group_norm: length of x");
    assert_eq!(scale.len(), spec.channels, "group_norm: length of scale");
    assert_eq!(shift.len(), spec.channels, "group_norm: length of shift");
    assert_eq!(y.len(), n * spec.len(), "group_norm: length of y");
    let size = spec.group_len();
    let count = (spec.positions * size) as f32;
    for example in 0..n {
        for group in 0..spec.groups {
            let from = |p: usize| (example * spec.positions + p) * spec.channels + group * size;
            let sum_of = |f: &dyn Fn(f32) -> f32| {
                (0..spec.positions)
                    .map(|p| x[from(p)..][..size].iter().map(|&x| f(x)).sum::<f32>())
                    .sum::<f32>()
            };
            let mean = sum_of(&|x| x) / count;
            let variance = sum_of(&|x| (x - mean) * (x - mean)) / count;
            let inverse = 1.0 / (variance + epsilon).sqrt();
            let (scale, shift) = (
                &scale[group * size..][..size],
                &shift[group * size..][..size],
            );
            for p in 0..spec.positions {
                let (x, y) = (&x[from(p)..][..size], &mut y[from(p)..][..size]);
                for k in 0..size {
                    y[k] = (x[k] - mean) * inverse * scale[k] + shift[k];
                }
            }
            save(example * spec.groups + group, mean, inverse);
        }
    }
}

/// The gradients of input (`dx`, set), scale and shift (`dscale`, `dshift`, added to).
///
/// As in [`layer_norm`](super::layer_norm::backward), with means over the positions and channels of a group.
/// `saved` is what [`forward`] wrote.
///
/// # Panics
/// If a slice doesn't have the length that the sizes give.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's operands are named one by one"
)]
pub fn backward(
    spec: &GroupNorm,
    n: usize,
    x: &[f32],
    saved: &[f32],
    scale: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    dscale: &mut [f32],
    dshift: &mut [f32],
) {
    assert_eq!(x.len(), n * spec.len(), "group_norm: length of x");
    assert_eq!(
        saved.len(),
        n * spec.saved_len(),
        "group_norm: length of saved"
    );
    assert_eq!(scale.len(), spec.channels, "group_norm: length of scale");
    assert_eq!(dy.len(), n * spec.len(), "group_norm: length of dy");
    assert_eq!(dx.len(), n * spec.len(), "group_norm: length of dx");
    assert_eq!(dscale.len(), spec.channels, "group_norm: length of dscale");
    assert_eq!(dshift.len(), spec.channels, "group_norm: length of dshift");
    let size = spec.group_len();
    let count = (spec.positions * size) as f32;
    for example in 0..n {
        for group in 0..spec.groups {
            let from = |p: usize| (example * spec.positions + p) * spec.channels + group * size;
            let at = 2 * (example * spec.groups + group);
            let (mean, inverse) = (saved[at], saved[at + 1]);
            let channels = group * size..(group + 1) * size;
            let scale = &scale[channels.clone()];
            let (dscale, dshift) = (&mut dscale[channels.clone()], &mut dshift[channels]);
            let (mut sum, mut product) = (0.0, 0.0);
            for p in 0..spec.positions {
                let (x, dy) = (&x[from(p)..][..size], &dy[from(p)..][..size]);
                for k in 0..size {
                    let normalised = (x[k] - mean) * inverse;
                    sum += dy[k] * scale[k];
                    product += dy[k] * scale[k] * normalised;
                    dscale[k] += dy[k] * normalised;
                    dshift[k] += dy[k];
                }
            }
            let (sum, product) = (sum / count, product / count);
            for p in 0..spec.positions {
                let (x, dy) = (&x[from(p)..][..size], &dy[from(p)..][..size]);
                let dx = &mut dx[from(p)..][..size];
                for k in 0..size {
                    let normalised = (x[k] - mean) * inverse;
                    dx[k] = inverse * (dy[k] * scale[k] - sum - normalised * product);
                }
            }
        }
    }
}
