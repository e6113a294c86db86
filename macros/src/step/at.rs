//! What a layer sees of one of its operations while it writes its steps.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::backward::{Gradients, Target};
use super::forward::Lowering;
use super::{
    Access, Buffer, BufferId, Call, Kind, Operand, Pack, Place, Spec, Step, TensorId, What,
};
use crate::fuse::{Mode, Operation};
use crate::shape::{Dim, Shape};

/// One operation: its shapes, buffers and tensors, and the steps it adds.
pub struct At<'a, 'm> {
    lowering: &'a mut Lowering<'m>,
    index: usize,
    operation: &'a Operation,
    gradients: Option<&'a mut Gradients>,
    /// The fused activation that the layer's own backward steps take the gradient through.
    undo: Option<TokenStream>,
}

/// What [`At::norm`] gives.
pub struct FoldedNorm {
    pub gain: TokenStream,
    pub shift: TokenStream,
    pub mean: TokenStream,
    pub variance: TokenStream,
    pub epsilon: TokenStream,
}

/// A name in SCREAMING_CASE for the tensor or operation `path`, a different one for each: capitals become small
/// letters, and what follows a `#` (the second use of a layer) comes first, where no name has a digit.
pub fn const_name(path: &str) -> String {
    if let Some((name, rest)) = path.split_once('#') {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (time, rest) = rest.split_at(digits);
        return format!("{time}_{}", const_name(&format!("{name}{rest}")));
    }
    path.trim_start_matches("r#")
        .chars()
        .map(|c| match c {
            c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
            c if c.is_ascii_uppercase() => c.to_ascii_lowercase(),
            c if c.is_ascii_digit() || !c.is_ascii() => c,
            _ => '_',
        })
        .collect()
}

impl<'a, 'm> At<'a, 'm> {
    pub(super) fn new(
        lowering: &'a mut Lowering<'m>,
        index: usize,
        operation: &'a Operation,
        gradients: Option<&'a mut Gradients>,
    ) -> Self {
        Self {
            lowering,
            index,
            operation,
            gradients,
            undo: None,
        }
    }

    /// Leaves the derivative of the fused activation to the layer's backward steps.
    pub(super) fn undoing(mut self, activation: Option<TokenStream>) -> Self {
        self.undo = activation;
        self
    }

    pub fn mode(&self) -> Mode {
        self.lowering.mode
    }

    /// The shape of input `index`, of one example.
    pub fn input_shape(&self, index: usize) -> &'m Shape {
        &self.lowering.model.values[self.operation.seen[index]].shape
    }

    /// The shapes of all inputs.
    pub fn inputs(&self) -> usize {
        self.operation.inputs.len()
    }

    /// The shape of the output, of one example.
    pub fn output_shape(&self) -> &'m Shape {
        &self.lowering.model.values[self.operation.output].shape
    }

    /// The buffer of input `index`.
    pub fn input(&self, index: usize) -> BufferId {
        self.lowering.value(self.operation.inputs[index])
    }

    /// The buffer of the output.
    pub fn output(&self) -> BufferId {
        self.lowering.value(self.operation.output)
    }

    /// The fused activation, as an expression of type `Activation`.
    pub fn activation(&self) -> TokenStream {
        self.operation
            .activation
            .clone()
            .unwrap_or_else(|| quote!(sf::Activation::Identity))
    }

    /// The same, if there is one.
    pub fn fused_activation(&self) -> Option<TokenStream> {
        self.operation.activation.clone()
    }

    /// The tensors of the normalisation that is folded into the operation, as expressions of type `&[f32]`.
    pub fn norm(&self) -> Option<FoldedNorm> {
        let layers = &self.lowering.model.layers;
        let norm = &layers[self.operation.norm?];
        let folding = norm.layer.folding()?;
        let tensor = |index: usize| tensor_const(&norm.name, norm.parameters[index].name);
        let (gain, shift) = (tensor(folding.scale), tensor(folding.shift));
        let (mean, variance) = (tensor(folding.mean), tensor(folding.variance));
        Some(FoldedNorm {
            gain: quote!(#gain.of(parameters)),
            shift: quote!(#shift.of(parameters)),
            mean: quote!(#mean.of(state)),
            variance: quote!(#variance.of(state)),
            epsilon: folding.epsilon,
        })
    }

    /// Lets the output begin as the value that is added to it: in that value's own buffer where nobody reads it any
    /// more, or in a copy. Says whether there is such a value.
    pub fn residual_in_output(&mut self) -> bool {
        let Some(residual) = self.operation.residual else {
            return false;
        };
        let buffer = self.lowering.value(residual);
        // What the operation itself still reads can't be written over.
        let read = self.operation.inputs.contains(&residual);
        if !read && self.lowering.is_last_use(residual, self.index) {
            self.lowering.values[self.operation.output] = Some(buffer);
            return true;
        }
        let output = self.output();
        self.chunk("residual")
            .read("x", buffer)
            .write("y", output)
            .call(quote!(sf::elementwise::copy(x, y);));
        true
    }

    /// Positions of one example: the product of all axes of the input but the last.
    pub fn positions(&self) -> Dim {
        let axes = self.input_shape(0).axes();
        Dim::product(&axes[..axes.len().saturating_sub(1)])
    }

    /// The number of rows along the last axis of a chunk's input, as an expression that uses `n`.
    pub fn rows_before_last(&self) -> TokenStream {
        let positions = self.positions();
        if positions.is_one() {
            return quote!(n);
        }
        let positions = positions.tokens();
        quote!(n * #positions)
    }

    /// A number of this operation's own, for random keys.
    pub fn number(&self) -> u64 {
        self.index as u64
    }

    /// The const that describes the operation; written at the first call.
    pub fn spec(&mut self, ty: TokenStream, value: TokenStream) -> Ident {
        let name = format_ident!("SPEC_{}", const_name(&self.operation.name));
        if !self
            .lowering
            .steps
            .specs
            .iter()
            .any(|spec| spec.name == name)
        {
            self.lowering.steps.specs.push(Spec {
                name: name.clone(),
                ty,
                value,
            });
        }
        name
    }

    fn tensor(&self, index: usize) -> TensorId {
        (self.operation.layer, index)
    }

    /// The name of the const of tensor `index`.
    pub fn tensor_name(&self, index: usize) -> Ident {
        let layer = &self.lowering.model.layers[self.operation.layer];
        tensor_const(&layer.name, layer.parameters[index].name)
    }

    /// The values of parameter `index`, as an expression of type `&[f32]`.
    pub fn parameter(&self, index: usize) -> TokenStream {
        let name = self.tensor_name(index);
        quote!(#name.of(parameters))
    }

    /// The values of tensor of state `index`, in inference.
    pub fn state(&self, index: usize) -> TokenStream {
        let name = self.tensor_name(index);
        quote!(#name.of(state))
    }

    /// Parameter `index` packed by `call` (which uses `weight` and `packed`), as an expression of type `&[f32]`.
    pub fn packed(
        &mut self,
        role: &str,
        index: usize,
        len: TokenStream,
        call: TokenStream,
    ) -> TokenStream {
        let name = format_ident!(
            "PACK_{}_{}",
            const_name(&self.operation.name),
            const_name(role)
        );
        if !self
            .lowering
            .steps
            .packs
            .iter()
            .any(|pack| pack.name == name)
        {
            let tensor = self.tensor(index);
            self.lowering.steps.packs.push(Pack {
                name: name.clone(),
                len,
                call,
                tensor,
            });
        }
        quote!(#name.of(packed))
    }

    fn buffer(&mut self, role: &str, len: Dim, kind: Kind) -> BufferId {
        let label = format!("{} {role}", self.operation.name);
        self.lowering.add(Buffer {
            label,
            len,
            kind,
            lasting: false,
        })
    }

    /// A new buffer with a row of `len` for each example.
    pub fn rows(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Kind::Rows)
    }

    /// A new buffer with a row of `len` for each chunk.
    pub fn partial(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Kind::Partial)
    }

    /// A new buffer for the result of a reduction over the batch.
    pub fn shared(&mut self, role: &'static str, len: Dim) -> BufferId {
        self.buffer(role, len, Kind::Shared)
    }

    /// Keeps a buffer of forward for backward.
    pub fn keep(&mut self, role: &'static str, buffer: BufferId) {
        self.lowering.kept[self.index].push((role, buffer));
    }

    /// A buffer that forward kept.
    ///
    /// # Panics
    /// If forward didn't keep it: a mistake in the layer's file.
    pub fn kept(&self, role: &'static str) -> BufferId {
        let found = self.lowering.kept[self.index]
            .iter()
            .find(|(kept, _)| *kept == role);
        found
            .unwrap_or_else(|| panic!("`{role}` was not kept by forward"))
            .1
    }

    /// The gradient of the output, before a fused activation.
    pub fn output_gradient(&self) -> BufferId {
        self.gradients().current()
    }

    fn gradients(&self) -> &Gradients {
        self.gradients
            .as_deref()
            .expect("only backward asks for gradients")
    }

    fn gradients_mut(&mut self) -> &mut Gradients {
        self.gradients
            .as_deref_mut()
            .expect("only backward asks for gradients")
    }

    /// Whether the gradient of input `index` is of use to anybody.
    pub fn wants_gradient(&self, index: usize) -> bool {
        self.gradients().is_wanted(self.operation.inputs[index])
    }

    /// Lets `write` add the steps that compute the gradient of input `index`, if it is wanted. `write` gets the buffer
    /// and whether to add to it; a layer that can't add (`adds` is false) is always given a buffer to set.
    pub fn input_gradient(
        &mut self,
        index: usize,
        adds: bool,
        write: impl FnOnce(&mut Self, BufferId, bool),
    ) {
        let value = self.operation.inputs[index];
        if !self.gradients().is_wanted(value) {
            return;
        }
        match self.target(value, adds) {
            Target::Add(buffer) => write(self, buffer, true),
            Target::Set(buffer) => {
                write(self, buffer, false);
                self.settle(value, buffer);
            }
        }
    }

    /// Like [`At::input_gradient`] for layers that compute the gradients of inputs and parameters in one pass: where the
    /// input's isn't wanted, it goes into a buffer that nobody reads.
    pub fn gradient_or_scratch(&mut self, index: usize, write: impl FnOnce(&mut Self, BufferId)) {
        if self.wants_gradient(index) {
            self.input_gradient(index, false, |at, dx, _| write(at, dx));
        } else {
            let unused = self
                .lowering
                .rows_like("unused".to_owned(), self.operation.inputs[index]);
            write(self, unused);
        }
    }

    /// Lets `write` add the step that makes the output's gradient into that of input `index` in its own buffer, if
    /// nobody else reads the one and there is nothing yet of the other. Says whether it did.
    pub fn overwrite_gradient(
        &mut self,
        index: usize,
        write: impl FnOnce(&mut Self, BufferId),
    ) -> bool {
        let value = self.operation.inputs[index];
        let current = self.output_gradient();
        let gradients = self.gradients();
        let possible = gradients.is_wanted(value)
            && gradients.of(value).is_none()
            && gradients.is_free(current);
        if possible {
            write(self, current);
            self.gradients_mut().replace(value, current);
        }
        possible
    }

    /// Takes it on this operation to put the gradient of input `index` in as it is before the `Relu` that made the
    /// input, if that is how it was made and nobody else reads it. Says whether it is.
    pub fn undo_relu_of_input(&mut self, index: usize) -> bool {
        let value = self.operation.inputs[index];
        let is_relu = self.wants_gradient(index) && self.lowering.is_relu_for_one(value);
        if is_relu {
            self.gradients_mut().undo_activation(value);
        }
        is_relu
    }

    fn target(&mut self, value: usize, adds: bool) -> Target {
        if let Some(held) = self.gradients().of(value)
            && adds
            && self.gradients().is_free(held)
            && held != self.gradients().current()
        {
            return Target::Add(held);
        }
        let label = format!("d input of {}", self.operation.name);
        Target::Set(self.lowering.rows_like(label, value))
    }

    /// Joins a freshly computed gradient with what was there.
    fn settle(&mut self, value: usize, fresh: BufferId) {
        let Some(held) = self.gradients().of(value) else {
            self.gradients_mut().replace(value, fresh);
            return;
        };
        self.chunk("add gradients")
            .update("dx", fresh)
            .read("other", held)
            .call(quote!(sf::elementwise::add_assign(dx, other);));
        self.gradients_mut().replace(value, fresh);
    }

    /// Makes the output's gradient that of input `index` too, without a copy where nothing is there yet.
    pub fn pass_gradient(&mut self, index: usize) {
        self.pass_gradient_to(self.operation.inputs[index]);
    }

    /// Makes the output's gradient that of `value` too.
    pub(super) fn pass_gradient_to(&mut self, value: usize) {
        if !self.gradients().is_wanted(value) {
            return;
        }
        let current = self.gradients().current();
        match self.gradients().of(value) {
            None => self.gradients_mut().replace(value, current),
            Some(held) if self.gradients().is_free(held) && held != current => {
                self.chunk("add gradients")
                    .update("dx", held)
                    .read("other", current)
                    .call(quote!(sf::elementwise::add_assign(dx, other);));
            }
            Some(held) => {
                let label = format!("d input of {}", self.operation.name);
                let fresh = self.lowering.rows_like(label, value);
                self.chunk("add gradients")
                    .read("x", held)
                    .write("y", fresh)
                    .call(quote!(sf::elementwise::copy(x, y);));
                self.chunk("add gradients")
                    .update("dx", fresh)
                    .read("other", current)
                    .call(quote!(sf::elementwise::add_assign(dx, other);));
                self.gradients_mut().replace(value, fresh);
            }
        }
    }

    /// A step over one chunk. `role` is what it does beside forward: `weight gradient`.
    pub fn chunk(&mut self, role: &str) -> Draft<'_, 'a, 'm> {
        Draft::new(self, Place::Chunk, role)
    }

    /// A step between two stages.
    pub fn between(&mut self, role: &str) -> Draft<'_, 'a, 'm> {
        Draft::new(self, Place::Between, role)
    }

    /// A step over the whole batch, for some rows of parameter `index`.
    pub fn weight(&mut self, role: &str, index: usize) -> Draft<'_, 'a, 'm> {
        let place = Place::Weight(self.tensor(index));
        // It runs after all others.
        let gradient = self.output_gradient();
        self.gradients_mut().freeze(gradient);
        Draft::new(self, place, role)
    }
}

/// A step being written: its operands by name, then its call.
pub struct Draft<'d, 'a, 'm> {
    at: &'d mut At<'a, 'm>,
    place: Place,
    comment: String,
    operands: Vec<Operand>,
}

impl<'d, 'a, 'm> Draft<'d, 'a, 'm> {
    fn new(at: &'d mut At<'a, 'm>, place: Place, role: &str) -> Self {
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

/// The name of the const of a tensor: `TENSOR_CONV2D1_WEIGHT`.
pub fn tensor_const(layer: &str, tensor: &str) -> Ident {
    format_ident!("TENSOR_{}_{}", const_name(layer), const_name(tensor))
}

#[cfg(test)]
mod tests {
    use super::const_name;

    #[test]
    fn names_that_differ_have_consts_that_differ() {
        let names = [
            "embed", "Embed", "EMBED", "embed#2", "embed_2", "embéd", "embèd",
        ];
        let consts: std::collections::BTreeSet<String> =
            names.iter().map(|name| const_name(name)).collect();
        assert_eq!(consts.len(), names.len(), "{consts:?}");
        assert_eq!(const_name("basic3.conv2d1"), "BASIC3_CONV2D1");
        assert_eq!(const_name("norm1#2 statistics"), "2_NORM1_STATISTICS");
    }
}
