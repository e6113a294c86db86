//! What a layer sees of one of its operations while it writes its steps.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::backward::Gradients;
use super::draft::Draft;
use super::forward::Lowering;
use super::{Buffer, BufferId, Kind, Pack, Place, Spec, TensorId};
use crate::fuse::{Mode, Operation};
use crate::shape::{Dim, Shape};

/// One operation: its shapes, buffers and tensors, and the steps it adds.
pub struct At<'a, 'm> {
    pub(super) lowering: &'a mut Lowering<'m>,
    pub(super) index: usize,
    pub(super) operation: &'a Operation,
    pub(super) gradients: Option<&'a mut Gradients>,
    /// The fused activation that the layer's own backward steps take the gradient through.
    pub(super) undo: Option<TokenStream>,
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

    pub(super) fn tensor(&self, index: usize) -> TensorId {
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
