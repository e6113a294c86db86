//! What a layer says to the back of the compiler: how it fuses, and the steps it becomes.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::window::Window;
use crate::fuse::Mode;
use crate::shape::{Dim, Shape};
use crate::step::At;

/// A normalisation with fixed statistics, as the layer before it sees it: its tensors by position, and what keeps the
/// variance above 0.
pub struct Folding {
    pub scale: usize,
    pub shift: usize,
    pub mean: usize,
    pub variance: usize,
    pub epsilon: TokenStream,
}

/// A layer's gradient rule and emission.
pub trait Lower {
    /// The activation that it is, as an expression, if it is one.
    fn activation(&self) -> Option<TokenStream> {
        None
    }

    /// Whether it is the activation that is 0 below 0 and changes nothing above.
    fn is_relu(&self) -> bool {
        false
    }

    /// Whether its derivative can be computed from its output, so that its input need not be kept.
    fn derivative_from_output(&self) -> bool {
        false
    }

    /// Whether it can apply an activation in its last pass.
    fn takes_activation(&self) -> bool {
        false
    }

    /// Whether it can add another value of its output's shape in its last pass.
    fn takes_residual(&self, _mode: Mode) -> bool {
        false
    }

    /// Whether a normalisation behind it can be folded into its weights in inference.
    fn takes_norm(&self) -> bool {
        false
    }

    /// What it is to the layer before it in inference, if it is a normalisation that can be folded into that one.
    fn folding(&self) -> Option<Folding> {
        None
    }

    /// Whether it is the sum of its two inputs.
    fn is_sum(&self) -> bool {
        false
    }

    /// Whether its backward steps also take the gradient back through a fused activation, in place.
    fn undoes_activation(&self) -> bool {
        false
    }

    /// Whether its output is its input under another shape.
    fn is_view(&self) -> bool {
        false
    }

    /// Whether it does nothing but in training.
    fn is_identity_in_inference(&self) -> bool {
        false
    }

    /// The steps of forward in training.
    fn forward(&self, _at: &mut At<'_, '_>) {}

    /// The steps of forward in inference.
    fn inference(&self, at: &mut At<'_, '_>) {
        self.forward(at);
    }

    /// The steps that compute the gradients of its inputs and parameters.
    fn backward(&self, _at: &mut At<'_, '_>) {}
}

/// Height, width and channels; the shape rule has checked that there are three axes.
pub fn image_axes(shape: &Shape) -> [Dim; 3] {
    std::array::from_fn(|axis| {
        shape
            .axes()
            .get(axis)
            .cloned()
            .unwrap_or_else(|| Dim::new(1))
    })
}

/// `[a, b]` as an expression.
pub fn pair(dims: &[Dim; 2]) -> TokenStream {
    let [a, b] = dims.each_ref().map(Dim::tokens);
    quote!([#a, #b])
}

/// The same for strides and what else must not be 0.
pub fn positive_pair(dims: &[Dim; 2]) -> TokenStream {
    let [a, b] = dims.each_ref().map(Dim::positive_tokens);
    quote!([#a, #b])
}

/// `[[a, b], [c, d]]` as an expression.
pub fn pair_of_pairs(dims: &[[Dim; 2]; 2]) -> TokenStream {
    let [a, b] = dims.each_ref().map(pair);
    quote!([#a, #b])
}

/// The const of a pooling layer's sizes.
pub fn pool_spec(window: &Window, at: &mut At<'_, '_>) -> Ident {
    let [h, w, c] = image_axes(at.input_shape(0));
    let padding = pair_of_pairs(&window.pads(&[h.clone(), w.clone()]));
    let (kernel, stride) = (pair(&window.kernel), positive_pair(&window.stride));
    let (height, width, channels) = (h.tokens(), w.tokens(), c.tokens());
    at.spec(
        quote!(sf::pool::Pool2d),
        quote!(sf::pool::Pool2d {
            height: #height, width: #width, channels: #channels, kernel: #kernel, stride: #stride, padding: #padding,
        }),
    )
}

/// The const of a global pooling layer's sizes.
pub fn global_pool_spec(at: &mut At<'_, '_>) -> Ident {
    let (positions, channels) = (at.positions().tokens(), at.input_shape(0).last().tokens());
    at.spec(
        quote!(sf::pool::GlobalPool),
        quote!(sf::pool::GlobalPool { positions: #positions, channels: #channels }),
    )
}

/// The backward steps of a convolution whose kernels are those of the runtime's module `kernel`: the gradients of weight
/// and bias, then of the input.
pub fn convolve_backward(kernel: &Ident, spec: &Ident, bias_term: bool, at: &mut At<'_, '_>) {
    let (x, dy) = (at.input(0), at.output_gradient());
    let scratch = quote!(#spec.backward_weight_scratch_len());
    let draft = at
        .chunk("weight gradient")
        .read("x", x)
        .read("dy", dy)
        .gradient("dweight", 0)
        .scratch(scratch);
    if bias_term {
        draft.gradient("dbias", 1).call(quote! {
            sf::#kernel::backward_weight(&#spec, n, x, dy, dweight, Some(dbias), scratch);
        });
    } else {
        draft.call(quote!(sf::#kernel::backward_weight(&#spec, n, x, dy, dweight, None, scratch);));
    }
    at.input_gradient(0, true, |at, dx, accumulate| {
        let packed = at.packed(
            "backward",
            0,
            quote!(#spec.packed_backward_len()),
            quote!(sf::#kernel::pack_backward(&#spec, weight, packed);),
        );
        at.chunk("input gradient")
            .read("dy", dy)
            .put("dx", dx, accumulate)
            .scratch(quote!(#spec.backward_input_scratch_len()))
            .call(quote! {
                sf::#kernel::backward_input(&#spec, n, dy, #packed, dx, #accumulate, scratch);
            });
    });
}
