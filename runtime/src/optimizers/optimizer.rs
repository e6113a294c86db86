//! What the training step asks of an optimizer.

use crate::optimizers::{Bounds, OptimizerError, OptimizerStep, TensorPart, TensorRun};

/// An update rule: element by element, or for whole tensors, told apart by name and shape.
///
/// One of one's own: steps by the sign of the gradient, from which biases and norms are left out.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::optimizers::{Optimizer, OptimizerError, OptimizerStep, TensorPart};
///
/// struct SignOfMatrices;
///
/// impl Optimizer for SignOfMatrices {
///     fn name(&self) -> &'static str {
///         "SignOfMatrices"
///     }
///     fn learning_rate(&self) -> f32 {
///         1e-4
///     }
///     fn slots(&self) -> &'static [&'static str] {
///         &[]
///     }
///     fn validate(&self) -> Result<(), OptimizerError> {
///         Ok(())
///     }
///     fn update(&self, step: &OptimizerStep, part: TensorPart<'_>) {
///         if part.shape.len() >= 2 {
///             for (value, gradient) in part.values.iter_mut().zip(part.gradient) {
///                 *value -= step.learning_rate * gradient.signum();
///             }
///         }
///     }
/// }
/// ```
pub trait Optimizer: Send + Sync {
    /// The name shown in logs and written into checkpoints.
    fn name(&self) -> &'static str;

    /// The learning rate before any schedule.
    fn learning_rate(&self) -> f32;

    /// What is remembered per parameter: one buffer as long as the parameters for each name, all zero at first.
    fn slots(&self) -> &'static [&'static str];

    /// Those of the [`slots`](Self::slots) that hold squares or means of squares: a checkpoint in which one is below 0 is refused.
    fn squares(&self) -> &'static [&'static str] {
        &[]
    }

    /// All settings as text, mostly `format!("{self:?}")`: checkpoints hold it, and a resume with other settings is refused.
    /// Where it is empty, the learning rate alone is compared.
    fn settings(&self) -> String {
        String::new()
    }

    /// Whether the settings make sense; asked before training and before each step.
    ///
    /// # Errors
    /// The first setting outside its range.
    fn validate(&self) -> Result<(), OptimizerError>;

    /// Whether [`update`](Self::update) must be given this tensor whole, as a rule for matrices needs it. If not, it may
    /// come in parts, which several threads take: right for a rule that works element by element.
    fn needs_whole(&self, name: &str, shape: &[usize]) -> bool {
        let _ = (name, shape);
        false
    }

    /// Numbers that step number `number` needs for every tensor, worked out once: [`OptimizerStep::factors`].
    fn factors(&self, number: u64, learning_rate: f32) -> [f32; 4] {
        let _ = (number, learning_rate);
        [0.0; 4]
    }

    /// Bounds of all numbers after a step from numbers within `before`, for gradients of up to `gradient`. Only the rules of
    /// this crate give them: where there are none, a step works on a copy of the parameters.
    #[doc(hidden)]
    fn bounds(&self, step: &OptimizerStep, gradient: f64, before: &Bounds) -> Option<Bounds> {
        let _ = (step, gradient, before);
        None
    }

    /// One update of a tensor, or of some of its elements.
    ///
    /// Tensors come in any order and on any thread; where they are cut depends on the model alone. It may use rayon itself. If it
    /// panics, or makes a number NaN or infinite, parameters and slots are those from before the step.
    ///
    /// # Panics
    /// When the slices of `part` differ in length, or there are not as many slots as [`Optimizer::slots`] names.
    fn update(&self, step: &OptimizerStep, part: TensorPart<'_>);

    /// One update of several tensors that lie one behind the other, each by [`update`](Self::update). A rule that treats all
    /// elements alike may take them in one loop, the zeros between tensors too if it leaves zeros of zeros.
    fn update_run(&self, step: &OptimizerStep, run: TensorRun<'_>) {
        run.each(|part| self.update(step, part));
    }
}

impl OptimizerStep {
    /// Step number `number` of `optimizer`, counted from 1.
    pub fn new(optimizer: &dyn Optimizer, number: u64, learning_rate: f32) -> Self {
        OptimizerStep {
            number,
            learning_rate,
            factors: optimizer.factors(number, learning_rate),
        }
    }
}
