//! What can go wrong when a model runs.

use shapeflow_terms::Element;

use super::culprit::Culprit;
use crate::losses::LossError;
use crate::optimizers::OptimizerError;
use crate::simd::IsaError;

/// An error of a step or a prediction. Nothing has been changed when it is returned.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The number of inputs is wrong.
    #[error("`{model}` has {expected} input(s), but {found} came")]
    Inputs {
        /// The model.
        model: &'static str,
        /// Its inputs.
        expected: usize,
        /// What came.
        found: usize,
    },
    /// An input has the wrong number of elements.
    #[error(
        "input `{input}` of `{model}`: {examples} example(s) of shape {shape:?} are {expected} numbers, but {found} came"
    )]
    InputLength {
        /// The model.
        model: &'static str,
        /// The input.
        input: &'static str,
        /// Examples in the batch.
        examples: usize,
        /// Shape of one.
        shape: &'static [usize],
        /// Numbers wanted.
        expected: usize,
        /// Numbers that came.
        found: usize,
    },
    /// An input has the wrong kind of numbers.
    #[error("input `{input}` of `{model}` wants {expected}, but {found} came")]
    InputElement {
        /// The model.
        model: &'static str,
        /// The input.
        input: &'static str,
        /// The kind wanted.
        expected: Element,
        /// The kind that came.
        found: Element,
    },
    /// An array has the wrong shape.
    #[error(
        "input `{input}` of `{model}` wants shape {expected}, but an array of shape {found:?} came{hint}"
    )]
    InputShape {
        /// The model.
        model: &'static str,
        /// The input.
        input: &'static str,
        /// The shape wanted, as text.
        expected: String,
        /// The shape that came.
        found: Vec<usize>,
        /// What to do about it, if that is likely.
        hint: String,
    },
    /// The columns of an input are others than those that the model was trained on, or were changed otherwise.
    #[error("input `{input}` of `{model}`: expected {expected}; found {found}")]
    Columns {
        /// The model.
        model: &'static str,
        /// The input.
        input: &'static str,
        /// The columns wanted.
        expected: String,
        /// Those that came.
        found: String,
    },
    /// No example, or more than the workspace has room for.
    #[error(
        "a batch of {found} came, but this workspace of `{model}` was made for batches of at least 1 and at most {capacity}"
    )]
    BatchSize {
        /// The model.
        model: &'static str,
        /// Room in the workspace.
        capacity: usize,
        /// Examples that came.
        found: usize,
    },
    /// A layer takes the variance of the batch, and the batch gives it one value of each channel.
    #[error(
        "a batch of {found} example came, but `{layer}` of `{model}` takes the variance over the batch and sees one value of each \
         channel in an example: it learns from batches of {expected} or more; choose a batch size by which the last batch isn't \
         so small, or leave it out"
    )]
    BatchTooSmall {
        /// The model.
        model: &'static str,
        /// The layer that takes the variance.
        layer: &'static str,
        /// The fewest examples.
        expected: usize,
        /// Examples that came.
        found: usize,
    },
    /// The number of losses or targets isn't that of the outputs.
    #[error(
        "`{model}` has {outputs} output(s), but {losses} loss(es) and {targets} target(s) came"
    )]
    Outputs {
        /// The model.
        model: &'static str,
        /// Its outputs.
        outputs: usize,
        /// Losses that came.
        losses: usize,
        /// Targets that came.
        targets: usize,
    },
    /// The workspace was made for another model.
    #[error("this workspace was made for `{expected}`, not for `{found}`")]
    Model {
        /// The model it was made for.
        expected: &'static str,
        /// The model that came.
        found: &'static str,
    },
    /// The optimizer's state was made for another model or another optimizer.
    #[error(
        "the optimizer's state has {found} vector(s) of {found_len}, but {optimizer} on `{model}` needs {expected} of {expected_len}"
    )]
    Slots {
        /// The model.
        model: &'static str,
        /// The optimizer.
        optimizer: &'static str,
        /// Vectors wanted.
        expected: usize,
        /// Their length.
        expected_len: usize,
        /// Vectors that came.
        found: usize,
        /// Their length.
        found_len: usize,
    },
    /// The optimizer keeps more vectors than there is room for.
    #[error(
        "{optimizer} keeps {found} vectors, at most {most} are possible; put several into one, or keep fewer"
    )]
    TooManySlots {
        /// The optimizer.
        optimizer: &'static str,
        /// The most that are possible.
        most: usize,
        /// Those that it keeps.
        found: usize,
    },
    /// A part of a step was called before the part that it builds on.
    #[error(
        "`{call}` of a workspace of `{model}` comes after `{missing}`, which has not been called"
    )]
    OutOfOrder {
        /// The model.
        model: &'static str,
        /// What was called.
        call: &'static str,
        /// What has to be called before.
        missing: &'static str,
    },
    /// The loss or a gradient became NaN or infinite, or the step would make a parameter, a state or what the optimizer remembers so.
    /// All of them are those from before the step.
    #[error("{} in step {step}: {culprit}", became(*.loss))]
    NotFinite {
        /// The loss.
        loss: f64,
        /// The step, counted from 1.
        step: u64,
        /// Where it began.
        culprit: Culprit,
    },
    /// Targets don't fit the loss or the output.
    #[error("output `{output}` of `{model}`: {source}")]
    Loss {
        /// The model.
        model: &'static str,
        /// The output.
        output: &'static str,
        /// What is wrong.
        source: LossError,
    },
    /// An input holds a NaN or an infinity.
    #[error(
        "input `{input}` of `{model}` is {value} in example {example} of the batch; clean the data or leave that example out"
    )]
    InputNotFinite {
        /// The model.
        model: &'static str,
        /// The input.
        input: &'static str,
        /// The first such example of the batch.
        example: usize,
        /// What it holds.
        value: f32,
    },
    /// A prediction is NaN or infinite.
    #[error("output `{output}` of `{model}` is {value} in example {example} of the batch: {}", blame(*.tensor))]
    Prediction {
        /// The model.
        model: &'static str,
        /// The output.
        output: &'static str,
        /// The first such example of the batch.
        example: usize,
        /// The value, before the output's link.
        value: f32,
        /// The first tensor of the model that isn't finite.
        tensor: Option<&'static str>,
    },
    /// There is no memory for batches of this size.
    #[error("there is no memory for batches of {found} example(s) of `{model}`; take smaller ones")]
    TooLarge {
        /// The model.
        model: &'static str,
        /// The examples asked for.
        found: usize,
    },
    /// The model has fewer outputs.
    #[error("`{model}` has {outputs} output(s), so none of number {found} (they count from 0)")]
    NoSuchOutput {
        /// The model.
        model: &'static str,
        /// Its outputs.
        outputs: usize,
        /// The number asked for.
        found: usize,
    },
    /// A loss of one's own divides by something that isn't a number, or is below 0.
    #[error(
        "output `{output}` of `{model}`: the total weight of {loss} is {weight}, expected a finite number, 0 or more"
    )]
    LossWeight {
        /// The model.
        model: &'static str,
        /// The output.
        output: &'static str,
        /// The loss.
        loss: &'static str,
        /// Its [`OutputLoss::total_weight`](crate::losses::OutputLoss::total_weight).
        weight: f64,
    },
    /// A setting of the optimizer is out of range.
    #[error(transparent)]
    Optimizer(#[from] OptimizerError),
    /// The environment asks for vector instructions that aren't there.
    #[error(transparent)]
    Isa(#[from] IsaError),
}

impl EngineError {
    /// The error of a batch that came after so many examples: it counts from the first of all.
    pub(crate) fn after(mut self, examples: usize) -> Self {
        if let EngineError::InputNotFinite { example, .. }
        | EngineError::Prediction { example, .. } = &mut self
        {
            *example += examples;
        }
        self
    }
}

crate::debug_as_display::debug_as_display!(EngineError);

/// Where a prediction that isn't finite comes from.
fn blame(tensor: Option<&'static str>) -> String {
    match tensor {
        Some(name) => format!("the model's `{name}` is not finite"),
        None => "inputs and weights are finite, but too large for it".into(),
    }
}

/// What to say of the loss of a step that wasn't finite.
pub(crate) fn became(loss: f64) -> String {
    if loss.is_finite() {
        format!("the loss is {loss}, but training can't go on")
    } else {
        format!("the loss became {loss}")
    }
}
