//! The layers of [`model!`](macro@crate::model), one page each: what it does, arguments, shapes, formula, weights, source.
//!
//! These items are documentation: a model names a layer inside `model!`, and an editor shows its page there. A field is an
//! argument; its text says whether it is required and given by position, or an option given by name, and its default.
//!
//! | for | layers |
//! |---|---|
//! | weights | [`Dense`], [`Conv2d`], [`ConvTranspose2d`] |
//! | windows and pictures | [`MaxPool2d`], [`AvgPool2d`], [`GlobalAvgPool`], [`GlobalMaxPool`], [`Pad`], [`Upsample2d`] |
//! | norms and noise | [`BatchNorm`], [`LayerNorm`], [`RmsNorm`], [`GroupNorm`], [`Dropout`] |
//! | shapes | [`Flatten`], [`Reshape`], [`Permute`], [`Concat`] |
//! | activations | [`Relu`], [`Relu6`], [`LeakyRelu`], [`Elu`], [`Gelu`], [`Silu`], [`Mish`], [`HardSwish`], [`HardSigmoid`], [`Sigmoid`], [`Tanh`], [`Softplus`], [`Softmax`], [`LogSoftmax`] |
//!
//! Shapes are those of one example: the batch axis is never written. Pictures are `[height, width, channels]`.

pub mod arguments;

/// The pages of one file. Each argument is a field of the page, and an item of a hidden module that completion reads.
macro_rules! layers {
    ($($(#[$doc:meta])* $name:ident, $module:ident { $($(#[$argument_doc:meta])* $argument:ident: $kind:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            #[non_exhaustive]
            pub struct $name {
                $($(#[$argument_doc])* pub $argument: crate::layers::arguments::$kind,)*
            }
        )*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs)]
        pub(crate) mod of {
            $(pub mod $module {
                $($(#[$argument_doc])* pub type $argument = crate::layers::arguments::$kind;)*
            })*
        }
        /// What an editor shows of one stage is the documentation of an item under the layer's word. As a trait's item it
        /// leads to the trait, which stands where the page stands: go-to-definition has one target.
        #[doc(hidden)]
        #[allow(non_upper_case_globals, missing_docs)]
        pub(crate) mod told {
            $(pub trait $name {
                const $name: ();
            })*
        }
    };
}

mod activations;
mod norms;
mod pictures;
mod shapes;
mod weights;

#[doc(inline)]
pub use self::{activations::*, norms::*, pictures::*, shapes::*, weights::*};
