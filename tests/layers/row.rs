//! What a row of the table is, and what its twin is given.

use std::collections::BTreeMap;
use std::ops::Index;

use shapeflow::engine::{Network, TensorInfo};
use shapeflow::kernels::dense::{self, Dense};

/// A model around one layer, with the same in two other ways.
pub struct Row {
    /// The name of its model.
    pub name: &'static str,
    /// The model as it is written.
    pub text: &'static str,
    /// The model with initial values from a seed.
    pub make: fn(u64) -> Box<dyn Network>,
    /// The same in `f64`: from what comes out of `before` to the output, before its link.
    pub twin: fn(&mut Run<'_>, &[f64]) -> Vec<f64>,
    /// The same in Python.
    pub torch: &'static str,
}

/// Compiles the models and makes `ROWS` of them.
macro_rules! rows {
    ($(model! { pub struct $name:ident $($model:tt)* } twin = $twin:expr; torch = $torch:literal;)*) => {
        $(shapeflow::model! { pub struct $name $($model)* })*

        pub const ROWS: &[Row] = &[$(Row {
            name: stringify!($name),
            text: stringify!($($model)*),
            make: |seed| Box::new(<$name as shapeflow::model::Model>::with_seed(seed)),
            twin: $twin,
            torch: $torch,
        }),*];
    };
}
pub(crate) use rows;

/// A tensor or an input in `f64`.
#[derive(Clone)]
pub struct Values {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

/// One pass of a twin. Tensors and inputs are found by name: `run["it.weight"]`, `run["b"]`.
pub struct Run<'a> {
    pub examples: usize,
    pub training: bool,
    /// What came out of the training pass of the fast kernels, for layers that draw numbers at random.
    pub seen: &'a [f64],
    named: &'a BTreeMap<String, Values>,
    /// State after the pass.
    state: BTreeMap<&'static str, Vec<f64>>,
}

impl<'a> Run<'a> {
    pub fn new(
        examples: usize,
        training: bool,
        seen: &'a [f64],
        named: &'a BTreeMap<String, Values>,
    ) -> Self {
        Self {
            examples,
            training,
            seen,
            named,
            state: BTreeMap::new(),
        }
    }

    /// The `Dense` named `layer`, or the `Conv2d` with filters of one pixel, which is the same at each pixel.
    pub fn dense(&self, layer: &str, x: &[f64]) -> Vec<f64> {
        let weight = &self.named[&format!("{layer}.weight")];
        let &[.., inputs, units] = weight.shape.as_slice() else {
            panic!("{layer} has no matrix");
        };
        assert_eq!(weight.values.len(), inputs * units, "{layer}: one pixel");
        let bias = self.named.get(&format!("{layer}.bias"));
        dense::reference::forward(
            &Dense::new(inputs, units),
            x.len() / inputs,
            x,
            &weight.values,
            bias.map(|bias| bias.values.as_slice()),
        )
    }

    /// Says what a tensor of state is after a training pass.
    pub fn set(&mut self, name: &'static str, values: Vec<f64>) {
        self.state.insert(name, values);
    }

    /// A tensor of state after the pass.
    pub fn after(&self, info: &TensorInfo) -> &[f64] {
        self.state
            .get(info.name)
            .unwrap_or_else(|| panic!("the twin doesn't say what {} becomes", info.name))
    }
}

impl Index<&str> for Run<'_> {
    type Output = [f64];

    fn index(&self, name: &str) -> &[f64] {
        &self.named[name].values
    }
}
