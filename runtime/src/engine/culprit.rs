//! Where a NaN or an infinity began, for error messages.

/// Where values stopped being finite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Culprit {
    /// An input holds a NaN or an infinity.
    Input {
        /// The input.
        input: &'static str,
        /// The first such example of the batch.
        example: usize,
    },
    /// A tensor holds one.
    Tensor(&'static str),
    /// A layer made one out of finite values.
    Layer {
        /// Its name.
        name: &'static str,
        /// Its kind.
        kind: &'static str,
    },
    /// Every layer is finite: it is the loss itself.
    Loss,
    /// The forward pass is finite: a gradient isn't.
    Gradient(&'static str),
    /// The step would leave a state, such as a running variance, that isn't.
    State(&'static str),
    /// All gradients are finite: the optimizer's update isn't.
    Update {
        /// The optimizer.
        optimizer: &'static str,
        /// The tensor that it would change.
        tensor: &'static str,
        /// Which of its vectors it is; `None` for the parameters themselves.
        slot: Option<&'static str>,
    },
}

impl std::fmt::Display for Culprit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Culprit::Input { input, example } => {
                write!(
                    f,
                    "input `{input}` is not finite in example {example} of the batch; clean the data or drop that example"
                )
            }
            Culprit::Tensor(name) => write!(
                f,
                "it began in the parameters, `{name}` is not finite; a smaller learning rate or gradient clipping helps"
            ),
            Culprit::Layer { name, kind } => write!(
                f,
                "it began in layer `{name}` ({kind}), whose inputs are finite and whose output is not; a smaller learning rate, \
                 gradient clipping or normalised inputs help"
            ),
            Culprit::Loss => write!(
                f,
                "all layers are finite, it began in the loss: the outputs are too large for it (a smaller learning rate, gradient \
                 clipping or normalised targets help), or targets lie outside its range"
            ),
            Culprit::Gradient(name) => write!(
                f,
                "the forward pass is finite, it began in the gradient of `{name}`; gradient clipping or a smaller learning rate helps"
            ),
            Culprit::State(name) => write!(
                f,
                "the loss is finite, but the step would make `{name}` NaN or infinite; smaller or normalised inputs, a smaller \
                 learning rate or gradient clipping help"
            ),
            Culprit::Update {
                optimizer,
                tensor,
                slot,
            } => {
                let of = slot.map_or(String::new(), |slot| format!("the {slot} of "));
                write!(
                    f,
                    "all gradients are finite, but {optimizer} would make {of}`{tensor}` NaN or infinite; a smaller learning rate or \
                     gradient clipping helps"
                )
            }
        }
    }
}
