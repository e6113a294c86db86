//! The graph of one mode to steps: every operation forward, then, in training, losses and every operation backward.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::at::At;
use super::backward::Gradients;
use super::{Access, Buffer, BufferId, Call, Kind, Operand, Place, Step, Steps, What};
use crate::fuse::{Fused, Mode, Operation};
use crate::shape::typed::{TypedModel, ValueId};

/// What is known while steps are made.
pub struct Lowering<'m> {
    pub model: &'m TypedModel,
    pub mode: Mode,
    pub steps: Steps,
    /// The buffer of each value.
    pub values: Vec<Option<BufferId>>,
    /// What operations keep from forward for backward, by operation and role.
    pub kept: Vec<Vec<(&'static str, BufferId)>>,
    /// The operations, and the last of them that reads each value; none comes after the outputs.
    operations: &'m [Operation],
    last_use: Vec<usize>,
    /// How often each value is read.
    readers: Vec<usize>,
}

/// The steps of `fused`.
pub fn lower<'m>(model: &'m TypedModel, fused: &'m Fused, mode: Mode) -> Steps {
    let mut lowering = Lowering {
        model,
        mode,
        steps: Steps::default(),
        values: vec![None; model.values.len()],
        kept: vec![Vec::new(); fused.operations.len()],
        operations: &fused.operations,
        last_use: last_uses(model, fused),
        readers: readers(model, fused),
    };
    for (index, input) in model.inputs.iter().enumerate() {
        let len = model.values[input.value].shape.size();
        let buffer = Buffer {
            label: input.name.to_string(),
            len,
            kind: Kind::Input(index),
            lasting: false,
        };
        lowering.values[input.value] = Some(lowering.add(buffer));
    }
    for (index, operation) in fused.operations.iter().enumerate() {
        lowering.forward(index, operation);
    }
    lowering.outputs(fused);
    if mode == Mode::Train {
        let gradients = lowering.losses(fused);
        lowering.backward(fused, gradients);
    }
    lowering.steps
}

/// The last operation that reads each value.
fn last_uses(model: &TypedModel, fused: &Fused) -> Vec<usize> {
    let mut last = vec![0; model.values.len()];
    for (index, operation) in fused.operations.iter().enumerate() {
        operation.reads().for_each(|value| last[value] = index);
    }
    for output in &model.outputs {
        last[fused.root[output.value]] = fused.operations.len();
    }
    last
}

/// How often each value is read, as an output of the model too.
fn readers(model: &TypedModel, fused: &Fused) -> Vec<usize> {
    let mut readers = vec![0; model.values.len()];
    let read = fused.operations.iter().flat_map(Operation::reads);
    let outputs = model.outputs.iter().map(|output| fused.root[output.value]);
    read.chain(outputs).for_each(|value| readers[value] += 1);
    readers
}

impl Lowering<'_> {
    /// Whether a value was made by an operation that ends in `Relu`, and is read once.
    pub fn is_relu_for_one(&self, value: ValueId) -> bool {
        let maker = self.operations.iter().find(|made| made.output == value);
        maker.is_some_and(|maker| {
            let last = maker
                .covers
                .last()
                .map(|&layer| &self.model.layers[layer].layer);
            let relu = maker.activation.is_some() && last.is_some_and(|layer| layer.is_relu());
            relu && self.readers[value] == 1
        })
    }

    /// Whether operation `index` may write over a value that it reads: nobody reads it later, and it isn't an input of
    /// the model.
    pub fn is_last_use(&self, value: ValueId, index: usize) -> bool {
        let input = matches!(self.steps.buffers[self.value(value)].kind, Kind::Input(_));
        self.last_use[value] <= index && !input
    }

    pub fn add(&mut self, buffer: Buffer) -> BufferId {
        self.steps.buffers.push(buffer);
        self.steps.buffers.len() - 1
    }

    /// A buffer with a row for each example, as long as a value.
    pub fn rows_like(&mut self, label: String, value: ValueId) -> BufferId {
        let len = self.model.values[value].shape.size();
        self.add(Buffer {
            label,
            len,
            kind: Kind::Rows,
            lasting: false,
        })
    }

    /// The buffer that holds a value.
    pub fn value(&self, value: ValueId) -> BufferId {
        // Operations come in topological order, so what one reads has been made.
        self.values[value].expect("a value is made before it is used")
    }

    fn forward(&mut self, index: usize, operation: &Operation) {
        let model = self.model;
        let output = self.rows_like(operation.name.clone(), operation.output);
        self.values[operation.output] = Some(output);
        let layer = &model.layers[operation.layer].layer;
        let mut at = At::new(self, index, operation, None);
        match at.mode() {
            Mode::Train => layer.forward(&mut at),
            Mode::Infer => layer.inference(&mut at),
        }
        if self.mode == Mode::Train {
            // A fused activation makes nothing infinite out of finite numbers: it would be the layer before it.
            self.push_on(
                "",
                &[("values", output, Access::Read)],
                Call::Watch(operation.layer),
            );
        }
    }

    fn push_on(&mut self, comment: &str, operands: &[(&str, BufferId, Access)], call: Call) {
        let operands = operands
            .iter()
            .map(|&(name, buffer, access)| Operand {
                name: format_ident!("{name}"),
                what: What::Buffer(buffer, access),
            })
            .collect();
        self.steps.steps.push(Step {
            place: Place::Chunk,
            comment: comment.to_owned(),
            operands,
            call,
        });
    }

    /// Gives each output a buffer of its own that outlives the step.
    fn outputs(&mut self, fused: &Fused) {
        for output in &self.model.outputs {
            let value = fused.root[output.value];
            let mut buffer = self.value(value);
            let taken = self.steps.outputs.contains(&buffer);
            if taken || matches!(self.steps.buffers[buffer].kind, Kind::Input(_)) {
                let copy = self.rows_like("output".to_owned(), value);
                let call = Call::Kernel(quote!(sf::elementwise::copy(x, y);));
                self.push_on(
                    "output",
                    &[("x", buffer, Access::Read), ("y", copy, Access::Write)],
                    call,
                );
                buffer = copy;
            }
            self.steps.buffers[buffer].lasting = true;
            self.steps.outputs.push(buffer);
        }
    }

    /// The losses, which begin the gradients.
    fn losses(&mut self, fused: &Fused) -> Gradients {
        let mut gradients = Gradients::new(self.model, fused);
        for (index, output) in self.model.outputs.iter().enumerate() {
            let value = fused.root[output.value];
            let buffer = self.steps.outputs[index];
            let gradient = self.rows_like("d output".to_owned(), value);
            let operands = [
                ("outputs", buffer, Access::Read),
                ("gradients", gradient, Access::Write),
            ];
            self.push_on("loss", &operands, Call::Loss(index));
            if let Some(first) = gradients.take_over(value, gradient) {
                let call = Call::Kernel(quote!(sf::elementwise::add_assign(dx, other);));
                self.push_on(
                    "",
                    &[
                        ("dx", first, Access::Update),
                        ("other", gradient, Access::Read),
                    ],
                    call,
                );
            }
        }
        gradients
    }

    fn backward(&mut self, fused: &Fused, mut gradients: Gradients) {
        let model = self.model;
        for (index, operation) in fused.operations.iter().enumerate().rev() {
            let Some(gradient) = gradients.of(operation.output) else {
                continue;
            };
            let trained = model.layers[operation.layer]
                .parameters
                .iter()
                .any(|parameter| parameter.trained);
            let wanted = operation.reads().any(|value| gradients.is_wanted(value));
            if trained || wanted {
                let layer = &model.layers[operation.layer].layer;
                let activation = operation.activation.as_ref();
                let activation = activation.filter(|_| !gradients.is_undone(operation.output));
                let left_to_layer = gradients.is_free(gradient) && layer.undoes_activation();
                let (gradient, undo) = match activation {
                    Some(activation) if left_to_layer => (gradient, Some(activation.clone())),
                    Some(activation) => {
                        let before =
                            self.through_activation(operation, activation, gradient, &gradients);
                        (before, None)
                    }
                    None => (gradient, None),
                };
                gradients.begin(gradient);
                let mut at = At::new(self, index, operation, Some(&mut gradients)).undoing(undo);
                layer.backward(&mut at);
                if let Some(residual) = operation.residual {
                    at.pass_gradient_to(residual);
                }
            }
            gradients.release(operation.output);
        }
    }

    /// Takes the gradient of a fused operation back through its activation, in place where nobody else reads it.
    fn through_activation(
        &mut self,
        operation: &Operation,
        activation: &TokenStream,
        gradient: BufferId,
        gradients: &Gradients,
    ) -> BufferId {
        let saved = self.value(operation.output);
        let comment = format!("{} backward: activation", operation.name);
        if gradients.is_free(gradient) {
            let call = Call::Kernel(quote!(sf::activation::backward_in_place(#activation, y, dy);));
            self.push_on(
                &comment,
                &[("y", saved, Access::Read), ("dy", gradient, Access::Update)],
                call,
            );
            return gradient;
        }
        let before = self.rows_like(
            format!("d {} before activation", operation.name),
            operation.output,
        );
        let call = Call::Kernel(quote!(sf::activation::backward(#activation, y, dy, dx);));
        let operands = [
            ("y", saved, Access::Read),
            ("dy", gradient, Access::Read),
            ("dx", before, Access::Write),
        ];
        self.push_on(&comment, &operands, call);
        before
    }
}
