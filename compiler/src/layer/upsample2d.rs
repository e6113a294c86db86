//! `Upsample2d(2)`: pictures enlarged by a whole factor, nearest or bilinear.

use super::arguments::{Arguments, Meanings, Signature};
use super::lower::{image_axes, pair};
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
        example: "Upsample2d(2)",
        required: &["factor"],
        options: &["mode"],
        aliases: &["UpSampling2D", "Upsample", "Interpolate2d"],
        words: &[("mode", MODES)],
        ..Signature::new("Upsample2d")
    },
    build,
);

/// The words of `mode`.
const MODES: Meanings = &[
    ("nearest", "Each pixel is repeated."),
    (
        "bilinear",
        "Pixels between are mixed from their neighbours.",
    ),
];

#[derive(Debug)]
pub struct Upsample2d {
    /// `[vertical, horizontal]`
    pub(crate) factor: [Dim; 2],
    pub(crate) mode: Mode,
}

/// Where a new pixel takes its value from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Nearest,
    /// The corners of the pictures coincide, not the centres of their pixels (`align_corners = false`).
    Bilinear,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Upsample2d {
        factor: arguments.pair("factor"),
        mode: match arguments.word("mode") {
            "bilinear" => Mode::Bilinear,
            _ => Mode::Nearest,
        },
    };
    Ok(Box::new(layer))
}

impl Layer for Upsample2d {
    fn kind(&self) -> &'static str {
        "Upsample2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let [height, width, channels] =
            image::axes("Upsample2d", &inputs[0], at, Shape::anything())?;
        let [vertical, horizontal] = &self.factor;
        Ok(Shape::new(vec![
            height.times(vertical),
            width.times(horizontal),
            channels,
        ]))
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        match self.mode {
            Mode::Nearest => Dim::new(0),
            Mode::Bilinear => output.size().times(&Dim::new(8)),
        }
    }
}

impl Lower for Upsample2d {
    fn forward(&self, at: &mut At<'_, '_>) {
        let spec = self.spec(at);
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .call(quote!(sf::upsample2d::forward(&#spec, n, x, y);));
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let (spec, dy) = (self.spec(at), at.output_gradient());
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("dy", dy)
                .write("dx", dx)
                .call(quote! {
                    sf::upsample2d::backward(&#spec, n, dy, dx);
                });
        });
    }
}

impl Upsample2d {
    /// The const of its sizes.
    fn spec(&self, at: &mut At<'_, '_>) -> Ident {
        let [height, width, channels] = image_axes(at.input_shape(0)).map(|axis| axis.tokens());
        let factor = pair(&self.factor);
        let interpolation = match self.mode {
            Mode::Nearest => quote!(sf::upsample2d::Interpolation::Nearest),
            Mode::Bilinear => quote!(sf::upsample2d::Interpolation::Bilinear),
        };
        at.spec(
            quote!(sf::upsample2d::Upsample2d),
            quote!(sf::upsample2d::Upsample2d {
                height: #height, width: #width, channels: #channels, factor: #factor, interpolation: #interpolation,
            }),
        )
    }
}
