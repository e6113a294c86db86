//! Functions of one number, applied to each element: one file each, and the table in which the compiler finds them.

use shapeflow_terms::{Activation, Link};

use super::arguments::Signature;
use super::entry::Build;
use super::lower::{Lower, Role};
use super::{Entry, Layer};
use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::shape::{Dim, Number, Shape};
use crate::step::{At, arguments};

layers! {
    mod relu;
    mod relu6;
    mod leaky_relu;
    mod elu;
    mod gelu;
    mod silu;
    mod mish;
    mod hard_swish;
    mod hard_sigmoid;
    mod sigmoid;
    mod tanh;
    mod softplus;
}

/// A function of one number.
#[derive(Debug)]
pub struct Pointwise {
    /// Its name in the language.
    pub kind: &'static str,
    pub function: Activation<Number>,
    pub attributes: Attributes,
    pub link: Option<Link>,
    /// Whether a second one right behind it is surely not meant.
    pub is_mistake_twice: bool,
}

/// What the registry holds of one.
const fn entry(signature: Signature, build: Build) -> Entry {
    Entry {
        keeps_shape: true,
        ..Entry::new(signature, build)
    }
}

impl Pointwise {
    /// A function that isn't a link and has no arguments.
    pub fn new(kind: &'static str, function: Activation<Number>) -> Self {
        Pointwise {
            kind,
            function,
            attributes: Vec::new(),
            link: None,
            is_mistake_twice: false,
        }
    }
}

impl Layer for Pointwise {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        self.attributes.clone()
    }

    /// Counted as one for each element, whatever the function.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size()
    }

    fn link(&self) -> Option<Link> {
        self.link
    }

    fn is_mistake_twice(&self) -> bool {
        self.is_mistake_twice
    }
}

impl Lower for Pointwise {
    fn role(&self) -> Role {
        Role::Activation(self.function.clone())
    }

    fn forward(&self, at: &mut At<'_>) {
        let (x, y) = (at.input(0), at.output());
        at.chunk("").read("x", x).write("y", y).again().call(
            "activation",
            "forward",
            arguments![self.function.clone(), "x", "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let saved = match self.function.saves_output() {
            true => at.output(),
            false => at.input(0),
        };
        let overwritten = at.overwrite_gradient(0, |at, d| {
            at.chunk("input gradient")
                .read("saved", saved)
                .update("d", d)
                .if_shared()
                .call(
                    "activation",
                    "backward_in_place_shared",
                    arguments!["team", self.function.clone(), "saved", "d"],
                );
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
                .call(
                    "activation",
                    "backward",
                    arguments![self.function.clone(), "saved", "dy", "dx"],
                );
        });
    }
}
