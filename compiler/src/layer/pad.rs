//! `Pad(1)`, `Pad([[top, bottom], [left, right]])`: zeros around a picture.

use super::arguments::{Arguments, Datum, Extra, Signature};
use super::lower::{image_axes, pair_of_pairs};
use super::{Entry, Layer, image};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::layer::Lower;
use crate::shape::{Dim, Shape};
use crate::step::At;
use proc_macro2::Ident;
use quote::quote;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "Pad(1)",
        required: &["sides"],
        aliases: &["ZeroPadding2D", "ZeroPad2d", "ConstantPad2d"],
        meant_by_extra,
        ..Signature::new("Pad")
    },
    build,
);

#[derive(Debug)]
pub struct Pad {
    /// `[[top, bottom], [left, right]]`
    pub(crate) sides: [[Dim; 2]; 2],
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let sides = match arguments.raw("sides") {
        Some(given) => arguments.sides("sides", &given),
        None => std::array::from_fn(|_| [Dim::anything(), Dim::anything()]),
    };
    Ok(Box::new(Pad { sides }))
}

/// `Pad(1, 2)` for the two axes.
fn meant_by_extra(extra: &Extra<'_>) -> Option<String> {
    let (Datum::Whole(horizontal), [vertical]) = (&extra.given.datum, extra.before) else {
        return None;
    };
    let v = &vertical.written;
    Some(format!(
        "write `Pad([[{v}, {v}], [{horizontal}, {horizontal}]])`"
    ))
}

impl Layer for Pad {
    fn kind(&self) -> &'static str {
        "Pad"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let [height, width, channels] = image::axes("Pad", &inputs[0], at, Shape::anything())?;
        let [vertical, horizontal] = &self.sides;
        let padded = |size: &Dim, sides: &[Dim; 2]| size.plus(&sides[0]).plus(&sides[1]);
        Ok(Shape::new(vec![
            padded(&height, vertical),
            padded(&width, horizontal),
            channels,
        ]))
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Lower for Pad {
    fn forward(&self, at: &mut At<'_, '_>) {
        let spec = self.spec(at);
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .call(quote!(sf::pad::forward(&#spec, n, x, y);));
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let (spec, dy) = (self.spec(at), at.output_gradient());
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("dy", dy)
                .write("dx", dx)
                .call(quote! {
                    sf::pad::backward(&#spec, n, dy, dx);
                });
        });
    }
}

impl Pad {
    /// The const of its sizes.
    fn spec(&self, at: &mut At<'_, '_>) -> Ident {
        let [height, width, channels] = image_axes(at.input_shape(0)).map(|axis| axis.tokens());
        let padding = pair_of_pairs(&self.sides);
        at.spec(
            quote!(sf::pad::Pad2d),
            quote!(sf::pad::Pad2d { height: #height, width: #width, channels: #channels, padding: #padding }),
        )
    }
}
