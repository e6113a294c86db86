//! How large an optimizer's numbers can become, known without looking at them: it tells the steps in which nothing overflows.

use crate::optimizers::MOST_SLOTS;

/// What no bound may reach: half of the largest `f32`, since the numbers themselves are rounded.
const LIMIT: f64 = f32::MAX as f64 / 2.0;

/// More than what rounding can add to a number in one step, as a factor.
const ROUNDING: f64 = 1.0 + 1e-6;

/// Upper bounds of the absolute values of a model's parameters and of each vector that an optimizer keeps.
///
/// Only rules of this crate make them of others: what is wrong with a bound would be found too late.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    pub(crate) parameters: f64,
    pub(crate) slots: [f64; MOST_SLOTS],
    /// The largest number on the way to them.
    way: f64,
}

impl Bounds {
    /// Of these parameters and slots; `way` bounds what is computed on the way to them and may be larger.
    pub(crate) fn new<const N: usize>(parameters: f64, slots: [f64; N], way: f64) -> Self {
        let mut bounds = Self {
            parameters: parameters * ROUNDING,
            way,
            ..Self::default()
        };
        for (bound, slot) in bounds.slots.iter_mut().zip(slots) {
            *bound = slot * ROUNDING;
        }
        bounds
    }

    /// The largest numbers of vectors as they are; NaN or infinite where one of theirs is.
    pub(crate) fn measured<'a>(parameters: &[f32], slots: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut bounds = Self {
            parameters: largest(parameters),
            ..Self::default()
        };
        for (bound, slot) in bounds.slots.iter_mut().zip(slots) {
            *bound = largest(slot);
        }
        bounds
    }

    /// Whether `f32` holds all that lies within them.
    pub(crate) fn are_finite(&self) -> bool {
        let below = |bound: &f64| *bound < LIMIT;
        below(&self.parameters) && below(&self.way) && self.slots.iter().all(below)
    }
}

/// The largest absolute value; NaN if there is one.
fn largest(values: &[f32]) -> f64 {
    // Without the sign, the bits of a larger number are larger, and those of NaN the largest.
    let bits = values.iter().map(|x| x.to_bits() & 0x7fff_ffff);
    f64::from(f32::from_bits(bits.max().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimizers::{
        Adam, AdamW, GradientDescent, Optimizer, OptimizerStep, RmsProp, Sgd, TensorPart,
    };

    /// Numbers that look random, of all sizes up to `10^decades`.
    fn numbers(count: usize, seed: &mut u64, decades: i32) -> Vec<f32> {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            (*seed >> 40) as f32 / (1u32 << 23) as f32 - 1.0
        };
        let size = |x: f32| 10f32.powf(x * decades as f32);
        (0..count).map(|_| next() * size(next())).collect()
    }

    fn optimizers() -> Vec<Box<dyn Optimizer>> {
        vec![
            Box::new(GradientDescent::new(0.5)),
            Box::new(Sgd::new(0.5).weight_decay(3.0)),
            Box::new(Sgd::new(0.5).momentum(0.9).weight_decay(0.1)),
            Box::new(Sgd::new(0.5).momentum(0.99).nesterov().weight_decay(7.0)),
            Box::new(Adam::new(0.5).beta1(0.999).beta2(0.5)),
            Box::new(AdamW::new(0.5).weight_decay(30.0).epsilon(1e-20)),
            Box::new(RmsProp::new(0.5).weight_decay(2.0)),
            Box::new(RmsProp::new(0.5).momentum(0.9).rho(0.1)),
            Box::new(RmsProp::new(0.5).centered().epsilon(1e-3)),
            Box::new(RmsProp::new(0.5).centered().momentum(0.9).weight_decay(0.1)),
        ]
    }

    #[test]
    fn no_number_leaves_its_bound() {
        let mut seed = 7;
        for optimizer in optimizers() {
            let count = optimizer.slots().len();
            for decades in [0, 4, 12, 25] {
                let mut values = numbers(40, &mut seed, decades);
                let mut slots = vec![vec![0f32; 40]; count];
                let mut bounds = Bounds::measured(&values, slots.iter().map(|s| &s[..]));
                for number in 1..=30 {
                    let gradient = numbers(40, &mut seed, decades);
                    let step = OptimizerStep::new(&*optimizer, number, 0.5);
                    let most = largest(&gradient);
                    let bound = optimizer.bounds(&step, most, &bounds);
                    bounds = bound.expect("a rule of this crate");
                    optimizer.update(
                        &step,
                        TensorPart {
                            name: "a",
                            shape: &[40],
                            elements: 0..40,
                            values: &mut values,
                            gradient: &gradient,
                            slots: &mut slots.iter_mut().map(|s| &mut s[..]).collect::<Vec<_>>(),
                        },
                    );
                    if !bounds.are_finite() {
                        break;
                    }
                    let found = Bounds::measured(&values, slots.iter().map(|s| &s[..]));
                    let within = found.parameters <= bounds.parameters
                        && found.slots.iter().zip(&bounds.slots).all(|(a, b)| a <= b);
                    let who = optimizer.settings();
                    assert!(within, "{who}, step {number}: {found:?} beyond {bounds:?}");
                }
            }
        }
    }

    #[test]
    fn nan_and_infinity_are_no_finite_bounds() {
        let none = std::iter::empty();
        assert!(Bounds::measured(&[1.0, -3.0], none.clone()).are_finite());
        assert_eq!(largest(&[1.0, -3.0]), 3.0);
        for value in [f32::NAN, -f32::NAN, f32::NEG_INFINITY] {
            assert!(!Bounds::measured(&[value, 1e30], none.clone()).are_finite());
        }
        assert!(!Bounds::new(1.0, [], f64::NAN).are_finite());
    }
}
