//! A step while it is written.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::at::At;
use super::{Access, BufferId, Call, Operand, Place, Step, What};

/// A step being written: its operands by name, then its call.
pub struct Draft<'d, 'a, 'm> {
    at: &'d mut At<'a, 'm>,
    place: Place,
    comment: String,
    operands: Vec<Operand>,
}

impl<'d, 'a, 'm> Draft<'d, 'a, 'm> {
    pub(super) fn new(at: &'d mut At<'a, 'm>, place: Place, role: &str) -> Self {
        let layers = &at.lowering.model.layers;
        let names: Vec<&str> = at
            .operation
            .covers
            .iter()
            .map(|&layer| layers[layer].name.as_str())
            .collect();
        let comment = if role.is_empty() {
            let mut inputs: Vec<String> = (0..at.inputs())
                .map(|index| at.input_shape(index).to_string())
                .collect();
            if at.operation.residual.is_some() {
                inputs.push(at.output_shape().to_string());
            }
            format!(
                "{}: {} -> {}",
                names.join(", "),
                inputs.join(", "),
                at.output_shape()
            )
        } else {
            format!("{}: {role}", names[0])
        };
        Self {
            at,
            place,
            comment,
            operands: Vec::new(),
        }
    }

    fn with(mut self, name: &str, what: What) -> Self {
        self.operands.push(Operand {
            name: format_ident!("{name}"),
            what,
        });
        self
    }

    /// `name` is a buffer that is read.
    pub fn read(self, name: &str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Read))
    }

    /// `name` is a buffer that is set.
    pub fn write(self, name: &str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Write))
    }

    /// `name` is a buffer that is read and changed.
    pub fn update(self, name: &str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Update))
    }

    /// `name` is a buffer that is set, or added to.
    pub fn put(self, name: &str, buffer: BufferId, add: bool) -> Self {
        if add {
            self.update(name, buffer)
        } else {
            self.write(name, buffer)
        }
    }

    /// Reads the value that the operation adds to its result, if there is one: the draft, and the operand as an
    /// expression of type `Option<&[f32]>`.
    pub fn residual(self) -> (Self, TokenStream) {
        match self.at.operation.residual {
            None => (self, quote!(None)),
            Some(value) => {
                let buffer = self.at.lowering.value(value);
                (self.read("residual", buffer), quote!(Some(residual)))
            }
        }
    }

    /// The fused activation whose derivative isn't in the output's gradient yet, and its saved output.
    pub fn activation_to_undo(&self) -> Option<(TokenStream, BufferId)> {
        let activation = self.at.undo.clone()?;
        Some((activation, self.at.output()))
    }

    /// `name` is the lane's gradient of parameter `index`.
    pub fn gradient(self, name: &str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::Gradient(tensor))
    }

    /// `name` is the whole batch's gradient of parameter `index`.
    pub fn whole_gradient(self, name: &str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::WholeGradient(tensor))
    }

    /// `name` is tensor of state `index`, to be changed.
    pub fn state(self, name: &str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::State(tensor))
    }

    /// `name` is a random key of layer `number` for this step.
    pub fn key(self, name: &str, number: u64) -> Self {
        self.with(name, What::Key(number))
    }

    /// `scratch` is scratch of this length.
    pub fn scratch(self, len: TokenStream) -> Self {
        self.with("scratch", What::Scratch(len))
    }

    /// Adds the step, with a statement that uses the names.
    pub fn call(self, call: TokenStream) {
        let Draft {
            at,
            place,
            comment,
            operands,
        } = self;
        at.lowering.steps.steps.push(Step {
            place,
            comment,
            operands,
            call: Call::Kernel(call),
        });
    }
}
