//! Activations in `f64`.

use super::Activation;
use super::function::Function;

/// `act(x)` of one number.
pub fn value(act: Activation, x: f64) -> f64 {
    with_function!(act, function => function.twin_value(x))
}

/// `act'(x)` of one number, from the input; the left derivative at a kink.
pub fn derivative(act: Activation, x: f64) -> f64 {
    with_function!(act, function => function.twin_derivative(x))
}

/// `act(x)` of every element.
pub fn forward(act: Activation, x: &[f64]) -> Vec<f64> {
    x.iter().map(|&x| value(act, x)).collect()
}

/// `dy * act'(x)` of every element, from the input.
pub fn backward(act: Activation, x: &[f64], dy: &[f64]) -> Vec<f64> {
    x.iter()
        .zip(dy)
        .map(|(&x, &dy)| dy * derivative(act, x))
        .collect()
}
