//! Compares a twin's gradients with finite differences.

/// Evaluates `forward` on several arguments of the given lengths and compares the gradients of `Σ y * dy` that
/// `backward` gives with central differences at every coordinate.
pub(crate) fn check_gradients(
    lengths: &[usize],
    outputs: usize,
    forward: impl Fn(&[&[f64]]) -> Vec<f64>,
    backward: impl Fn(&[&[f64]], &[f64]) -> Vec<Vec<f64>>,
) {
    let value = |i: usize| ((i * 7919 + 13) % 101) as f64 / 50.0 - 1.0;
    let mut arguments: Vec<Vec<f64>> = lengths
        .iter()
        .map(|&len| (0..len).map(value).collect())
        .collect();
    let dy: Vec<f64> = (0..outputs).map(|i| value(i * 31 + 7)).collect();
    let borrow = |arguments: &[Vec<f64>]| -> f64 {
        let slices: Vec<&[f64]> = arguments.iter().map(Vec::as_slice).collect();
        forward(&slices).iter().zip(&dy).map(|(y, dy)| y * dy).sum()
    };
    let slices: Vec<&[f64]> = arguments.iter().map(Vec::as_slice).collect();
    let gradients = backward(&slices, &dy);
    for argument in 0..lengths.len() {
        for at in 0..lengths[argument] {
            let before = arguments[argument][at];
            let step = 1e-4;
            arguments[argument][at] = before + step;
            let above = borrow(&arguments);
            arguments[argument][at] = before - step;
            let below = borrow(&arguments);
            arguments[argument][at] = before;
            let expected = (above - below) / (2.0 * step);
            let came = gradients[argument][at];
            assert!(
                (came - expected).abs() <= 1e-6 * (1.0 + expected.abs()),
                "argument {argument}, coordinate {at}: gradient {came}, finite difference {expected}"
            );
        }
    }
}
