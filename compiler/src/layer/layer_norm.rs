//! `LayerNorm`: the last axis of each example with mean 0 and variance 1, then scaled and shifted
//! (Ba, Kiros and Hinton 2016).

use super::arguments::{Arguments, Signature};
use super::batch_norm::{check_axes, scale_and_shift};
use super::{Entry, Layer};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::layer::Lower;
use crate::shape::typed::Parameter;
use crate::shape::{Dim, Number, Shape};
use crate::step::At;
use quote::quote;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            options: &["epsilon"],
            aliases: &["LayerNormalization"],
            input_first: true,
            ..Signature::new("LayerNorm")
        },
        build,
    )
};

#[derive(Debug)]
pub struct LayerNorm {
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = LayerNorm {
        epsilon: arguments.number_or("epsilon", 1e-3, &Range::POSITIVE),
    };
    Ok(Box::new(layer))
}

impl Layer for LayerNorm {
    fn kind(&self) -> &'static str {
        "LayerNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        scale_and_shift(&inputs[0].last())
    }

    /// Mean, difference, square, sum, scale, shift: about 8 for each element.
    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(8))
    }
}

impl Lower for LayerNorm {
    fn forward(&self, at: &mut At<'_, '_>) {
        let (features, rows) = (at.input_shape(0).last().tokens(), at.rows_before_last());
        let (scale, shift, epsilon) = (at.parameter(0), at.parameter(1), self.epsilon.tokens());
        let (x, y) = (at.input(0), at.output());
        let saved = at.rows("statistics", at.positions().times(&Dim::new(2)));
        at.keep("statistics", saved);
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .write("saved", saved)
            .call(quote! {
                sf::layer_norm::forward(#features, #rows, x, #scale, #shift, #epsilon, y, saved);
            });
    }

    fn inference(&self, at: &mut At<'_, '_>) {
        let (features, rows) = (at.input_shape(0).last().tokens(), at.rows_before_last());
        let (scale, shift, epsilon) = (at.parameter(0), at.parameter(1), self.epsilon.tokens());
        let (x, y) = (at.input(0), at.output());
        at.chunk("").read("x", x).write("y", y).call(quote! {
            sf::layer_norm::inference(#features, #rows, x, #scale, #shift, #epsilon, y);
        });
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let (features, rows, scale) = (
            at.input_shape(0).last().tokens(),
            at.rows_before_last(),
            at.parameter(0),
        );
        let (x, dy, saved) = (at.input(0), at.output_gradient(), at.kept("statistics"));
        at.gradient_or_scratch(0, |at, dx| {
            at.chunk("gradient")
                .read("x", x)
                .read("saved", saved)
                .read("dy", dy)
                .write("dx", dx)
                .gradient("dscale", 0)
                .gradient("dshift", 1)
                .call(quote!(sf::layer_norm::backward(#features, #rows, x, saved, #scale, dy, dx, dscale, dshift);));
        });
    }
}
