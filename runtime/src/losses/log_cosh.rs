//! Log-cosh loss: squared near the target, absolute far from it, smooth everywhere.

use crate::data::Values;
use crate::losses::elementwise::ElementLoss;
use crate::losses::front::fits;

/// A smooth [`Huber`](super::Huber) without a setting.
///
/// `ln(cosh(y - t))`: about `d² / 2` for small differences `d = y - t`, and `|d| - ln 2` for large ones; the mean over the
/// elements of each example, then over the examples. The derivative is `tanh(d)`.
///
/// Computed as `|d| + ln(1 + exp(-2 |d|)) - ln 2`, which overflows for no difference. Fits plain and `Sigmoid` outputs (`y` is
/// taken after the sigmoid) with [`Values`]. The same as Keras' `LogCosh()`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogCosh;

impl LogCosh {
    /// The same as `LogCosh` alone, for the likeness with the losses that have settings.
    pub fn new() -> Self {
        LogCosh
    }
}

fits!(LogCosh: Plain, Sigmoid => Values);

impl ElementLoss for LogCosh {
    const NAME: &'static str = "LogCosh";

    fn rule(&self, prediction: f32, target: f32) -> (f32, f32) {
        let difference = prediction - target;
        let far = difference.abs();
        // For small differences the terms below would cancel out: the series of ln(cosh).
        let loss = if far < 0.1 {
            let square = far * far;
            square * (0.5 - square * (1.0 / 12.0 - square / 45.0))
        } else {
            far + (-2.0 * far).exp().ln_1p() - std::f32::consts::LN_2
        };
        (loss, difference.tanh())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::data::TargetsView;
    use crate::link::{Link, OutputSpec};
    use crate::losses::OutputLoss;
    use crate::losses::tests::{Refusal, Rows};

    pub fn rows() -> Rows {
        Rows {
            loss: |_| Box::new(LogCosh),
            links: &[Link::Plain, Link::Sigmoid],
            classes: false,
            refusals: vec![Refusal {
                loss: Box::new(LogCosh),
                link: Link::Plain,
                shape: &[1],
                targets: TargetsView::Classes(&[0]),
                examples: 1,
                message: "LogCosh takes values (`Values`) as targets, but got class numbers (`Classes`)",
            }],
            cases: "",
        }
    }

    /// The value and derivative at one difference.
    fn at(difference: f32) -> (f64, f32) {
        let (output, mut gradient) = (OutputSpec::new(Link::Plain, &[1]), [0.0]);
        let targets = TargetsView::Values(&[0.0]);
        let value =
            LogCosh.forward_backward(output, &[difference], targets, 1.0, Some(&mut gradient));
        (value, gradient[0])
    }

    #[test]
    fn neither_large_nor_small_differences_lose_anything() {
        let (value, slope) = at(1e30);
        assert_eq!((value as f32, slope), (1e30, 1.0));
        for small in [1e-6_f32, 1e-3, 0.0999, 0.1001, -0.05] {
            let expected = f64::from(small).cosh().ln();
            let (value, _) = at(small);
            let error = (value - expected).abs() / expected;
            // In f64 too, ln(cosh) of 1e-6 has four digits left.
            assert!(
                error < if small < 1e-4 { 1e-3 } else { 2e-5 },
                "{small}: {value} {expected}"
            );
        }
    }
}
