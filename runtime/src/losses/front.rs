//! Which loss fits which output and targets, checked when the program is built.

use crate::losses::OutputLoss;

/// A loss for outputs of kind `Kind` and targets of type `Targets`.
///
/// `Kind` is one of [`output`](crate::link::output)'s types, `Targets` one of [`Classes`](crate::data::Classes),
/// [`ClassMaps`](crate::data::ClassMaps) and [`Values`](crate::data::Values); with several outputs all three are
/// tuples of up to twelve, in the order of the model's outputs.
///
/// A loss of one's own implements [`OutputLoss`] for the arithmetic and `Loss` once for each kind and targets that it
/// fits.
///
/// A loss that doesn't fit is an error of the compiler, which says which one does:
///
/// ```compile_fail,E0277
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::Classes;
/// use shapeflow::link::output::Softmax;
/// use shapeflow::losses::{BinaryCrossEntropy, Loss};
/// fn train(loss: impl Loss<Softmax, Classes>) {}
/// train(BinaryCrossEntropy::new());
/// ```
#[diagnostic::on_unimplemented(
    message = "the loss `{Self}` doesn't fit an output of kind `{Kind}` with targets `{Targets}`",
    label = "this loss doesn't fit the model's output and these targets",
    note = "`Softmax` or `LogSoftmax` output: `SparseCategoricalCrossEntropy` with `Classes` (class numbers), `CategoricalCrossEntropy` with `Values` (one-hot rows)",
    note = "`Sigmoid` output: `BinaryCrossEntropy` with `Values` (0 or 1 for each), or `Classes` (0 and 1) for an output `[1]`",
    note = "plain output: a loss of numbers, such as `MeanSquaredError` or `Huber`, with `Values`; the cross-entropies take a plain output as logits",
    note = "several outputs: a tuple of losses, one per output, and a tuple of targets",
    note = "code: loss-does-not-fit"
)]
pub trait Loss<Kind, Targets>: Send + Sync {
    /// The losses of the outputs, in their order.
    fn parts(&self) -> Vec<&dyn OutputLoss>;
}

/// Says for which kinds of output and targets a loss is the right one.
macro_rules! fits {
    ($loss:ty: $($kind:ident),+ => $targets:ty) => {$(
        impl $crate::losses::Loss<$crate::link::output::$kind, $targets> for $loss {
            fn parts(&self) -> Vec<&dyn $crate::losses::OutputLoss> {
                vec![self]
            }
        }
    )+};
}
pub(crate) use fits;

macro_rules! tuples {
    ($($loss:ident $kind:ident $targets:ident $index:tt),+) => {
        impl<$($loss, $kind, $targets),+> Loss<($($kind,)+), ($($targets,)+)> for ($($loss,)+)
        where
            $($loss: Loss<$kind, $targets>,)+
        {
            fn parts(&self) -> Vec<&dyn OutputLoss> {
                let mut all = Vec::new();
                $(all.extend(self.$index.parts());)+
                all
            }
        }
    };
}

tuples!(L1 K1 T1 0, L2 K2 T2 1);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6, L8 K8 T8 7);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6, L8 K8 T8 7, L9 K9 T9 8);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6, L8 K8 T8 7, L9 K9 T9 8, L10 K10 T10 9);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6, L8 K8 T8 7, L9 K9 T9 8, L10 K10 T10 9, L11 K11 T11 10);
tuples!(L1 K1 T1 0, L2 K2 T2 1, L3 K3 T3 2, L4 K4 T4 3, L5 K5 T5 4, L6 K6 T6 5, L7 K7 T7 6, L8 K8 T8 7, L9 K9 T9 8, L10 K10 T10 9, L11 K11 T11 10, L12 K12 T12 11);
