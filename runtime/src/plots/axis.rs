//! The numbers along an axis: which can be drawn, and how they are written.

/// A value that can be drawn: neither the differences nor the ratios of two are beyond what an `f64` holds.
pub(super) fn drawable(value: f64) -> f64 {
    if value.abs() < 1e-100 {
        0.0
    } else {
        value.clamp(-1e100, 1e100)
    }
}

/// The lowest and the highest of some numbers.
pub(super) fn extremes(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
        (low.min(number), high.max(number))
    })
}

/// How the labels of an axis are written: with as many digits as tell them apart, and as powers of ten where they would be
/// long otherwise.
pub(super) fn labels(bottom: f64, top: f64) -> impl Fn(f64) -> String {
    let step = (top - bottom) / 8.0;
    let magnitude = bottom.abs().max(top.abs());
    let decimals = (-step.log10()).ceil().clamp(0.0, 9.0) as usize;
    let digits = (magnitude / step).log10().ceil().clamp(1.0, 9.0) as usize;
    let plain = magnitude < 1e6 && step > 1e-6;
    move |value| {
        if plain || value == 0.0 {
            format!("{value:.decimals$}")
        } else {
            format!("{value:.digits$e}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_can_be_told_apart() {
        assert_eq!(labels(0.0, 1.0)(0.25), "0.2");
        assert_eq!(labels(0.7, 0.71)(0.705), "0.705");
        assert_eq!(labels(0.0, 1e30)(5e29), "5.0e29");
        assert_eq!(labels(-1e100, 1e100)(0.0), "0");
        assert_eq!(labels(1e-9, 2e-9)(1.5e-9), "1.50e-9");
    }
}
