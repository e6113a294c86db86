//! What every model written with `model!` can do.

use ndarray::{ArrayD, ArrayView, ArrayViewMut, Axis, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6};

use crate::engine::{
    ColumnNames, EngineError, GivenInput, Network, Predictions, Predictor, Program, Store, Summary,
    TensorInfo, axes_hint,
};
use crate::graph::Graph;
use crate::weights::{self, Extras, Layout, UnknownTensor, WeightsError, WeightsFile};
use std::sync::Arc;

/// A model written with `model!`.
///
/// Its predictions are the same bits on any number of threads and on all machines with the same vector instructions; AVX-512,
/// AVX2 and portable ones round differently ([`Isa`](crate::simd::Isa)).
#[diagnostic::on_unimplemented(
    message = "`{Self}` isn't a model",
    label = "expected a struct of `model!`",
    note = "training takes the model itself, `&mut network`; put it into an `Arc` or a `Box` afterwards"
)]
pub trait Model: Network + Sized {
    /// The kind of its output ([`crate::link::output`]), or a tuple of kinds where it has several. A loss that doesn't
    /// fit the kind doesn't compile.
    type Kinds;

    /// The model's name.
    const NAME: &'static str;
    /// Number of trained parameters.
    const PARAMETERS: usize;
    /// Floating-point operations of forward, one example; a multiply-add is two.
    const FLOPS: u64;
    /// Bytes that training allocates beside the model and the optimizer's state, for a batch of one on one thread; see
    /// [`Program::train_bytes`] for other batches.
    const TRAIN_BYTES: usize;
    /// Bytes that predicting one example allocates beside the model; see [`Program::inference_bytes`].
    const INFERENCE_BYTES: usize;

    /// The compiled program.
    const PROGRAM: &'static Program;

    /// A model with these values.
    fn from_store(store: Store) -> Self;

    /// A model with initial values drawn from `seed`; the same seed gives the same values.
    fn with_seed(seed: u64) -> Self {
        Self::from_store(Store::new(Self::PROGRAM, seed))
    }

    /// The table of its layers.
    fn summary() -> Summary {
        Summary(Self::PROGRAM)
    }

    /// The model with memory for predicting up to `batch` examples again and again without allocating.
    fn predictor(&self, batch: usize) -> Predictor<'_> {
        Predictor::new(self, batch)
    }

    /// The same for a model that several threads or objects share: the predictor keeps it alive and borrows nothing, so that each
    /// thread may have one and a struct may hold model and predictor side by side.
    fn shared_predictor(self: &Arc<Self>, batch: usize) -> Predictor<'static>
    where
        Self: 'static,
    {
        let shared: Arc<Self> = Arc::clone(self);
        Predictor::shared(shared, batch)
    }

    /// Writes all weights and state to a safetensors file, through a temporary file beside it.
    ///
    /// # Errors
    ///
    /// If the file can't be written, or a weight is NaN or infinite; what stood there before is then still there.
    fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), WeightsError> {
        weights::save(self, path)
    }

    /// The same, with names of classes, normalisers and whatever else belongs to the weights.
    ///
    /// # Errors
    ///
    /// As [`Model::save`], and if the number of classes isn't that of the output.
    fn save_with(
        &self,
        path: impl AsRef<std::path::Path>,
        extras: &Extras,
    ) -> Result<(), WeightsError> {
        weights::save_with(self, path, extras)
    }

    /// The model with the weights in a file that [`Model::save`] wrote.
    ///
    /// # Errors
    ///
    /// If the file can't be read, is damaged, wasn't written by Shapeflow or differs from the model, with a list of all differences;
    /// see [`weights::load`].
    fn load(path: impl AsRef<std::path::Path>) -> Result<Self, WeightsError> {
        let mut model = Self::with_seed(0);
        weights::load(&mut model, path)?;
        Ok(model)
    }

    /// The model with the weights in a file of the given layout: one of PyTorch's, say.
    ///
    /// # Errors
    ///
    /// As [`Model::load`]; see [`weights::load_from`].
    fn load_from(path: impl AsRef<std::path::Path>, layout: Layout) -> Result<Self, WeightsError> {
        let mut model = Self::with_seed(0);
        weights::load_from(&mut model, path, layout)?;
        Ok(model)
    }

    /// The model with the weights in a file, and what [`Model::save_with`] got beside them.
    ///
    /// # Errors
    ///
    /// As [`Model::load`].
    fn load_with(path: impl AsRef<std::path::Path>) -> Result<(Self, Extras), WeightsError> {
        let mut model = Self::with_seed(0);
        let extras = weights::load_with(&mut model, path)?;
        Ok((model, extras))
    }

    /// The model with the weights in the bytes of a file, those of `include_bytes!("net.safetensors")` among them, and what was saved
    /// beside them.
    ///
    /// # Errors
    ///
    /// As [`Model::load`].
    fn from_bytes(bytes: &[u8]) -> Result<(Self, Extras), WeightsError> {
        let mut model = Self::with_seed(0);
        let extras = WeightsFile::from_bytes(bytes)?.load_with(&mut model)?;
        Ok((model, extras))
    }

    /// The model as data: its layers and what flows between them; [`Graph::to_svg`] draws it.
    fn graph() -> &'static Graph {
        Self::PROGRAM.graph
    }

    /// The names of an input's columns, if the model was trained on data that has some, as tables do; its file holds them.
    ///
    /// `predict` and `Evaluate` refuse data whose columns are others, stand in another order or were normalised otherwise.
    fn feature_names(&self, input: usize) -> Option<&[String]> {
        self.store().names().input(input).map(ColumnNames::names)
    }

    /// The names of the columns that an output predicts, if the model was trained on data that has some.
    fn target_names(&self, output: usize) -> Option<&[String]> {
        self.store().names().target(output).map(ColumnNames::names)
    }

    /// The names of an output's classes in the order of their numbers, if the model was trained on data that has some; its file
    /// holds them.
    fn class_names(&self, output: usize) -> Option<&[String]> {
        self.store().names().class_names(output)
    }

    /// The names and shapes of all tensors.
    fn tensors() -> &'static [TensorInfo] {
        Self::PROGRAM.tensors
    }

    /// The tensor `name`, such as `conv2d1.weight`.
    ///
    /// # Errors
    ///
    /// If there is none of that name, with the nearest one.
    fn tensor(&self, name: &str) -> Result<ndarray::ArrayViewD<'_, f32>, UnknownTensor> {
        weights::tensor(self, name)
    }

    /// The tensor `name`, to be changed.
    ///
    /// # Errors
    ///
    /// If there is none of that name, with the nearest one.
    fn tensor_mut(&mut self, name: &str) -> Result<ndarray::ArrayViewMutD<'_, f32>, UnknownTensor> {
        weights::tensor_mut(self, name)
    }
}

/// Checks that the columns are those that the model was trained on, where both are known.
fn check_columns(network: &dyn Network, inputs: &[GivenInput<'_>]) -> Result<(), EngineError> {
    let program = network.program();
    for (index, (port, input)) in program.inputs.iter().zip(inputs).enumerate() {
        let (Some(found), Some(expected)) = (input.columns, network.store().names().input(index))
        else {
            continue;
        };
        if let Some((expected, found)) = found.difference(expected, TRAINING) {
            return Err(EngineError::Columns {
                model: program.name,
                input: port.name,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// Whose columns a model knows.
pub(crate) const TRAINING: &str = "the training data";

/// What generated accessors return: views of a tensor of so many axes. A function for each number, since a generic one
/// costs rustc several times as long at each of its hundreds of uses.
macro_rules! views {
    ($($axes:ident: $view:ident $view_mut:ident [$($axis:literal)*],)*) => {$(
        #[doc(hidden)]
        pub fn $view<'a>(store: &'a Store, info: &TensorInfo) -> ArrayView<'a, f32, $axes> {
            // The macro counts the axes of the same shape.
            ArrayView::from_shape([$(info.shape[$axis]),*], store.tensor(info)).expect("the tensor's own shape")
        }
        #[doc(hidden)]
        pub fn $view_mut<'a>(store: &'a mut Store, info: &TensorInfo) -> ArrayViewMut<'a, f32, $axes> {
            ArrayViewMut::from_shape([$(info.shape[$axis]),*], store.tensor_mut(info)).expect("the tensor's own shape")
        }
    )*};
}

views! {
    Ix1: view1 view1_mut [0],
    Ix2: view2 view2_mut [0 1],
    Ix3: view3 view3_mut [0 1 2],
    Ix4: view4 view4_mut [0 1 2 3],
    Ix5: view5 view5_mut [0 1 2 3 4],
    Ix6: view6 view6_mut [0 1 2 3 4 5],
}

/// Predictions for one example, without a batch axis: one array `(1, ..)` for each output, after its link.
///
/// # Errors
///
/// If an input's shape isn't that of an example as the model wants it.
#[doc(hidden)]
pub fn predict_one(
    network: &dyn Network,
    inputs: &[GivenInput<'_>],
) -> Result<Vec<ArrayD<f32>>, EngineError> {
    let program = network.program();
    for (port, GivenInput { values: input, .. }) in program.inputs.iter().zip(inputs) {
        if input.shape() != port.shape {
            return Err(EngineError::InputShape {
                model: program.name,
                input: port.name,
                expected: format!("{:?}", port.shape),
                found: input.shape().to_vec(),
                hint: match input.shape().get(1..) == Some(port.shape) {
                    true => "; `predict` takes a batch".into(),
                    false => axes_hint(port.shape, input.shape()),
                },
            });
        }
    }
    let batch = inputs.iter().map(|input| GivenInput {
        values: input.values.clone().insert_axis(Axis(0)),
        columns: input.columns,
    });
    predict(network, &batch.collect::<Vec<_>>())
}

/// Predictions for a batch: one array for each output, after its link.
///
/// # Errors
///
/// If an input's shape isn't `(examples, ..)` as the model wants it, or the inputs' numbers of examples differ.
#[doc(hidden)]
pub fn predict(
    network: &dyn Network,
    inputs: &[GivenInput<'_>],
) -> Result<Vec<ArrayD<f32>>, EngineError> {
    let program = network.program();
    check_columns(network, inputs)?;
    let first = inputs
        .first()
        .and_then(|input| input.values.shape().first());
    let examples = first.copied().unwrap_or(0);
    for (port, GivenInput { values: input, .. }) in program.inputs.iter().zip(inputs) {
        if input.ndim() == 0
            || input.len_of(Axis(0)) != examples
            || input.shape()[1..] != *port.shape
        {
            let axes: Vec<String> = port.shape.iter().map(usize::to_string).collect();
            return Err(EngineError::InputShape {
                model: program.name,
                input: port.name,
                expected: match first {
                    Some(examples) if input.ndim() == port.shape.len() + 1 => {
                        format!("[{examples}, {}]", axes.join(", "))
                    }
                    _ => format!("[examples, {}]", axes.join(", ")),
                },
                found: input.shape().to_vec(),
                hint: match input.shape() == port.shape {
                    true => "; `predict_one` takes one example".into(),
                    false => axes_hint(port.shape, input.shape().get(1..).unwrap_or_default()),
                },
            });
        }
    }
    let standard: Vec<_> = inputs
        .iter()
        .map(|input| input.values.as_standard_layout())
        .collect();
    // `as_standard_layout` gives arrays whose elements lie in order.
    let slices: Vec<&[f32]> = standard
        .iter()
        .map(|input| input.as_slice().expect("standard layout"))
        .collect();
    let mut predictions = Predictions::new(program, examples);
    let mut rows: Vec<&[f32]> = Vec::with_capacity(slices.len());
    for first in (0..examples).step_by(Predictions::BATCH) {
        let count = Predictions::BATCH.min(examples - first);
        rows.clear();
        for (slice, port) in slices.iter().zip(program.inputs) {
            rows.push(&slice[first * port.size()..(first + count) * port.size()]);
        }
        let added = predictions.add(network, &rows, count);
        added.map_err(|error| error.after(first))?;
    }
    Ok(predictions.into_arrays())
}
