//! The twin in `f64`: three nested loops.

use super::Dense;

/// `y = x * weight + bias`
pub fn forward(
    spec: &Dense,
    rows: usize,
    x: &[f64],
    weight: &[f64],
    bias: Option<&[f64]>,
) -> Vec<f64> {
    let mut y = vec![0.0; rows * spec.units];
    for row in 0..rows {
        for unit in 0..spec.units {
            let mut sum = bias.map_or(0.0, |bias| bias[unit]);
            for input in 0..spec.inputs {
                sum += x[row * spec.inputs + input] * weight[input * spec.units + unit];
            }
            y[row * spec.units + unit] = sum;
        }
    }
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
pub fn backward(spec: &Dense, rows: usize, x: &[f64], weight: &[f64], dy: &[f64]) -> Gradients {
    let mut dx = vec![0.0; x.len()];
    let mut dweight = vec![0.0; weight.len()];
    let mut dbias = vec![0.0; spec.units];
    for row in 0..rows {
        for unit in 0..spec.units {
            let dy = dy[row * spec.units + unit];
            dbias[unit] += dy;
            for input in 0..spec.inputs {
                dx[row * spec.inputs + input] += weight[input * spec.units + unit] * dy;
                dweight[input * spec.units + unit] += x[row * spec.inputs + input] * dy;
            }
        }
    }
    Gradients { dx, dweight, dbias }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::tests::gradients::check_gradients;

    #[test]
    fn gradients_are_finite_differences() {
        let spec = Dense {
            inputs: 7,
            units: 5,
        };
        check_gradients(
            &[3 * spec.inputs, spec.weight_len(), spec.units],
            3 * spec.units,
            |at| forward(&spec, 3, at[0], at[1], Some(at[2])),
            |at, dy| {
                let Gradients { dx, dweight, dbias } = backward(&spec, 3, at[0], at[1], dy);
                vec![dx, dweight, dbias]
            },
        );
    }
}
