//! Functions of one number, applied to each element: `Relu`, `Gelu`, `Sigmoid` ...

use super::arguments::{Arguments, Meanings, Signature};
use super::{Entry, Layer};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::layer::Lower;
use crate::shape::typed::Link;
use crate::shape::{Dim, Number, Shape};
use crate::step::At;
use proc_macro2::TokenStream;
use quote::quote;

/// An activation.
#[derive(Debug)]
pub struct Activation {
    pub(crate) function: Function,
}

#[derive(Clone, Debug)]
pub enum Function {
    /// `max(x, 0)`
    Relu,
    /// `min(max(x, 0), 6)`
    Relu6,
    /// `x`, or `slope * x` below 0.
    LeakyRelu(Number),
    /// `x`, or `alpha * (exp(x) - 1)` below 0.
    Elu(Number),
    /// `x * Φ(x)`
    Gelu,
    /// Its approximation through `tanh`.
    GeluTanh,
    /// `x * sigmoid(x)`
    Silu,
    /// `x * tanh(softplus(x))`
    Mish,
    /// `x * relu6(x + 3) / 6`
    HardSwish,
    /// `1 / (1 + exp(-x))`
    Sigmoid,
    Tanh,
    /// `ln(1 + exp(x))`
    Softplus,
}

/// An activation without arguments.
macro_rules! plain {
    ($entry:ident $name:ident $($alias:literal)*) => {
        pub const $entry: Entry = Entry {
            keeps_shape: true,
            ..Entry::new(
                Signature {
                    aliases: &[$($alias),*],
                    ..Signature::new(stringify!($name))
                },
                |_| {
                    Ok(Box::new(Activation {
                        function: Function::$name,
                    }))
                },
            )
        };
    };
}

plain!(RELU Relu "ReLU");
plain!(RELU6 Relu6 "ReLU6");
plain!(SILU Silu "SiLU" "Swish");
plain!(MISH Mish);
plain!(HARD_SWISH HardSwish "Hardswish");
plain!(SIGMOID Sigmoid "Logistic");
plain!(TANH Tanh "TanH");
plain!(SOFTPLUS Softplus "SoftPlus");

pub const LEAKY_RELU: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            example: "LeakyRelu(0.01)",
            optional: &["slope"],
            aliases: &["LeakyReLU"],
            ..Signature::new("LeakyRelu")
        },
        leaky_relu,
    )
};

pub const ELU: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            example: "Elu(1.0)",
            optional: &["alpha"],
            aliases: &["ELU"],
            ..Signature::new("Elu")
        },
        elu,
    )
};

/// The words of `approximate`.
const APPROXIMATIONS: Meanings = &[
    ("none", "GELU itself."),
    ("tanh", "GELU by its approximation with `tanh`."),
];

pub const GELU: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            options: &["approximate"],
            aliases: &["GELU"],
            words: &[("approximate", APPROXIMATIONS)],
            ..Signature::new("Gelu")
        },
        gelu,
    )
};

fn leaky_relu(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let slope = arguments.number_or("slope", 0.01, &Range::BELOW_ONE);
    Ok(Box::new(Activation {
        function: Function::LeakyRelu(slope),
    }))
}

fn elu(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let alpha = arguments.number_or("alpha", 1.0, &Range::POSITIVE);
    Ok(Box::new(Activation {
        function: Function::Elu(alpha),
    }))
}

fn gelu(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let approximate = arguments.word("approximate") == "tanh";
    Ok(Box::new(Activation {
        function: if approximate {
            Function::GeluTanh
        } else {
            Function::Gelu
        },
    }))
}

impl Layer for Activation {
    fn kind(&self) -> &'static str {
        match self.function {
            Function::Relu => "Relu",
            Function::Relu6 => "Relu6",
            Function::LeakyRelu(_) => "LeakyRelu",
            Function::Elu(_) => "Elu",
            Function::Gelu | Function::GeluTanh => "Gelu",
            Function::Silu => "Silu",
            Function::Mish => "Mish",
            Function::HardSwish => "HardSwish",
            Function::Sigmoid => "Sigmoid",
            Function::Tanh => "Tanh",
            Function::Softplus => "Softplus",
        }
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    /// Counted as one for each element, whatever the function.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size()
    }

    fn link(&self) -> Option<Link> {
        matches!(self.function, Function::Sigmoid).then_some(Link::Sigmoid)
    }

    fn is_mistake_twice(&self) -> bool {
        matches!(
            self.function,
            Function::Relu | Function::Relu6 | Function::Sigmoid | Function::Tanh
        )
    }
}

impl Lower for Activation {
    fn activation(&self) -> Option<TokenStream> {
        let function = match &self.function {
            Function::Relu => quote!(Relu),
            Function::Relu6 => quote!(Relu6),
            Function::LeakyRelu(slope) => {
                let slope = slope.tokens();
                quote!(LeakyRelu(#slope))
            }
            Function::Elu(alpha) => {
                let alpha = alpha.tokens();
                quote!(Elu(#alpha))
            }
            Function::Gelu => quote!(Gelu),
            Function::GeluTanh => quote!(GeluTanh),
            Function::Silu => quote!(Silu),
            Function::Mish => quote!(Mish),
            Function::HardSwish => quote!(HardSwish),
            Function::Sigmoid => quote!(Sigmoid),
            Function::Tanh => quote!(Tanh),
            Function::Softplus => quote!(Softplus),
        };
        Some(quote!(sf::Activation::#function))
    }

    fn is_relu(&self) -> bool {
        matches!(self.function, Function::Relu)
    }

    fn derivative_from_output(&self) -> bool {
        use Function::{Elu, LeakyRelu, Relu, Relu6, Sigmoid, Softplus, Tanh};
        matches!(
            self.function,
            Relu | Relu6 | LeakyRelu(_) | Elu(_) | Sigmoid | Tanh | Softplus
        )
    }

    fn forward(&self, at: &mut At<'_, '_>) {
        let activation = self.activation();
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .call(quote!(sf::activation::forward(#activation, x, y);));
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let activation = self.activation();
        let saved = if self.derivative_from_output() {
            at.output()
        } else {
            at.input(0)
        };
        let overwritten = at.overwrite_gradient(0, |at, d| {
            at.chunk("input gradient")
                .read("saved", saved)
                .update("d", d)
                .call(quote!(sf::activation::backward_in_place(#activation, saved, d);));
        });
        if overwritten {
            return;
        }
        let dy = at.output_gradient();
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("saved", saved)
                .read("dy", dy)
                .write("dx", dx)
                .call(quote! {
                    sf::activation::backward(#activation, saved, dy, dx);
                });
        });
    }
}
