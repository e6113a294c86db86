//! What a layer sees of one of its operations while it writes its steps.

use shapeflow_terms::{Activation, Element};

use super::spec::Field;
use super::{
    Argument, Buffer, Call, Extent, Gradients, Length, Mode, Pack, Sheet, Spec, Step, arguments,
};
use crate::id::{BlockId, BufferId, LayerId, SpecId, TensorId, ValueId};
use crate::shape::{Dim, Number, Shape};

/// One operation: what is known of it before its steps are written.
#[derive(Debug)]
pub struct Facts {
    pub mode: Mode,
    /// Its number among all operations.
    pub number: usize,
    /// The name of its layer, with a number behind it from the second use of a shared layer on.
    pub name: String,
    pub layer: LayerId,
    /// The names of the layers whose results it produces.
    pub covers: Vec<String>,
    pub block: Option<BlockId>,
    pub inputs: Vec<Seen>,
    pub output: Seen,
    /// The normalisation that is folded into its weights.
    pub norm: Option<FoldedNorm>,
    /// The value that is added to its result, before the activation.
    pub residual: Option<ValueId>,
    /// The activation in its last pass.
    pub activation: Option<Activation<Number>>,
}

/// A value that an operation reads or makes, under the shape in which it sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub value: ValueId,
    pub shape: Shape,
}

/// A normalisation with fixed statistics: its tensors, and what keeps the variance above 0.
#[derive(Clone, Debug)]
pub struct FoldedNorm {
    pub gain: TensorId,
    pub shift: TensorId,
    pub mean: TensorId,
    pub variance: TensorId,
    pub epsilon: Number,
}

/// One operation: its shapes, buffers and tensors, and the steps it adds.
pub struct At<'a> {
    facts: &'a Facts,
    pub(super) sheet: &'a mut Sheet,
    pub(super) gradients: Option<&'a mut Gradients>,
    /// The fused activation that the layer's own backward steps take the gradient through.
    undo: Option<Activation<Number>>,
}

impl<'a> At<'a> {
    /// While forward is written.
    pub fn forward(facts: &'a Facts, sheet: &'a mut Sheet) -> Self {
        Self {
            facts,
            sheet,
            gradients: None,
            undo: None,
        }
    }

    /// While backward is written; the derivative of `undo` is left to the layer's own steps.
    pub fn backward(
        facts: &'a Facts,
        sheet: &'a mut Sheet,
        gradients: &'a mut Gradients,
        undo: Option<Activation<Number>>,
    ) -> Self {
        Self {
            facts,
            sheet,
            gradients: Some(gradients),
            undo,
        }
    }

    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        self.facts.inputs.len()
    }

    /// The shape of input `index`, of one example.
    pub fn input_shape(&self, index: usize) -> &'a Shape {
        &self.facts.inputs[index].shape
    }

    /// The shape of the output, of one example.
    pub fn output_shape(&self) -> &'a Shape {
        &self.facts.output.shape
    }

    /// The value that input `index` is.
    pub(super) fn input_value(&self, index: usize) -> ValueId {
        self.facts.inputs[index].value
    }

    /// The buffer of input `index`.
    pub fn input(&self, index: usize) -> BufferId {
        self.sheet.value(self.input_value(index))
    }

    /// The buffer of the output.
    pub fn output(&self) -> BufferId {
        self.sheet.value(self.facts.output.value)
    }

    /// The fused activation, `Identity` where there is none.
    pub fn activation(&self) -> Activation<Number> {
        self.fused_activation().unwrap_or(Activation::Identity)
    }

    /// The fused activation, if there is one.
    pub fn fused_activation(&self) -> Option<Activation<Number>> {
        self.facts.activation.clone()
    }

    /// The fused activation whose derivative isn't in the output's gradient yet.
    pub fn activation_to_undo(&self) -> Option<Activation<Number>> {
        self.undo.clone()
    }

    /// The normalisation that is folded into the operation.
    pub fn norm(&self) -> Option<&'a FoldedNorm> {
        self.facts.norm.as_ref()
    }

    /// The buffer of the value that the operation adds to its result.
    pub(super) fn residual(&self) -> Option<BufferId> {
        Some(self.sheet.value(self.facts.residual?))
    }

    /// Lets the output begin as the value that is added to it: in that value's own buffer where nobody reads it any
    /// more, or in a copy. Says whether there is such a value.
    pub fn residual_in_output(&mut self) -> bool {
        let Some(residual) = self.facts.residual else {
            return false;
        };
        let buffer = self.sheet.value(residual);
        // What the operation itself still reads can't be written over.
        let read = self.facts.inputs.iter().any(|seen| seen.value == residual);
        if !read && self.sheet.is_last_use(residual, self.facts.number) {
            self.sheet.values[self.facts.output.value].buffer = Some(buffer);
            return true;
        }
        let output = self.output();
        self.chunk("residual")
            .read("x", buffer)
            .write("y", output)
            .call("elementwise", "copy", arguments!["x", "y"]);
        true
    }

    /// Positions of one example: the product of all axes of the input but the last.
    pub fn positions(&self) -> Dim {
        let axes = self.input_shape(0).axes();
        Dim::product(&axes[..axes.len().saturating_sub(1)])
    }

    /// The number of rows along the last axis of a chunk's input.
    pub fn rows_before_last(&self) -> Argument {
        let positions = self.positions();
        match positions.is_one() {
            true => Argument::Examples,
            false => Argument::Rows(positions),
        }
    }

    /// A number of this operation's own.
    pub(super) fn number(&self) -> usize {
        self.facts.number
    }

    pub(super) fn block(&self) -> Option<BlockId> {
        self.facts.block
    }

    /// The description of the operation's sizes: the type `kind` of the kernel's module, from the arguments of its `new`.
    pub fn spec(
        &mut self,
        module: &'static str,
        kind: &'static str,
        arguments: Vec<Field>,
    ) -> SpecId {
        let name = self.facts.name.clone();
        self.sheet.spec(Spec {
            name,
            module,
            kind,
            arguments,
        })
    }

    pub(super) fn tensor(&self, index: usize) -> TensorId {
        (self.facts.layer, index)
    }

    /// The values of trained tensor `index`.
    pub fn parameter(&self, index: usize) -> Argument {
        Argument::Parameter(self.tensor(index))
    }

    /// The values of tensor of state `index`, in inference.
    pub fn state(&self, index: usize) -> Argument {
        Argument::State(self.tensor(index))
    }

    /// A weight packed by `calls`, which write to `packed`.
    pub fn packed(&mut self, role: &str, len: Length, calls: Vec<Call>) -> Argument {
        for name in calls.iter().flat_map(Call::names) {
            assert!(
                name == "packed",
                "{} {role}: a pack knows no `{name}`",
                self.facts.name
            );
        }
        let pack = Pack {
            name: format!("{} {role}", self.facts.name),
            len,
            calls,
        };
        Argument::Packed(self.sheet.pack(pack))
    }

    fn buffer(&mut self, role: &str, len: Dim, extent: Extent) -> BufferId {
        let label = format!("{} {role}", self.facts.name);
        self.sheet.add(Buffer {
            label,
            element: Element::F32,
            len,
            extent,
            lasting: false,
        })
    }

    /// A new buffer with a row of `len` for each example.
    pub fn rows(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Extent::Rows)
    }

    /// A new buffer with a row of `len` for each chunk.
    pub fn partial(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Extent::Partial)
    }

    /// A new buffer for the result of a reduction over the batch.
    pub fn shared(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Extent::Shared)
    }

    /// A new buffer for the gradient of a value.
    pub(super) fn gradient_rows(&mut self, value: ValueId) -> BufferId {
        let label = format!("d input of {}", self.facts.name);
        self.sheet.rows_like(label, value)
    }

    /// Keeps a buffer of forward for backward: the one of the last run of forward.
    pub fn keep(&mut self, role: &'static str, buffer: BufferId) {
        let kept = &mut self.sheet.kept[self.facts.number];
        kept.retain(|(known, _)| *known != role);
        kept.push((role, buffer));
    }

    /// A buffer that forward kept.
    ///
    /// # Panics
    /// If forward didn't keep it: a mistake in the layer's file.
    pub fn kept(&self, role: &'static str) -> BufferId {
        let found = self.sheet.kept[self.facts.number]
            .iter()
            .find(|(kept, _)| *kept == role);
        found
            .unwrap_or_else(|| panic!("`{role}` was not kept by forward"))
            .1
    }

    /// What a step does, for the reader.
    pub(super) fn purpose(&self, role: &str) -> String {
        let facts = self.facts;
        if !role.is_empty() {
            return format!("{}: {role}", facts.covers[0]);
        }
        let shapes = facts.inputs.iter().map(|seen| seen.shape.to_string());
        let mut inputs: Vec<String> = shapes.collect();
        if facts.residual.is_some() {
            inputs.push(facts.output.shape.to_string());
        }
        format!(
            "{}: {} -> {}",
            facts.covers.join(", "),
            inputs.join(", "),
            facts.output.shape
        )
    }

    /// Adds a step.
    ///
    /// # Panics
    ///
    /// If it can't be run: a mistake in the layer's file ([`Step::check`]).
    pub(super) fn push(&mut self, step: Step) {
        step.check();
        self.sheet.steps.steps.push(step);
    }
}
