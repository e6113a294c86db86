//! `Upsample2d(2)`: pictures enlarged by a whole factor, nearest or bilinear.

use super::arguments::{Arguments, Meanings, Signature};
use super::lower::{Lower, backward_by_spec, forward_by_spec, picture};
use super::{Entry, Layer, image};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::shape::{Dim, Shape};
use crate::step::{At, Field};

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

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        let mode = match self.mode {
            Mode::Nearest => "nearest",
            Mode::Bilinear => "bilinear",
        };
        vec![
            ("factor", Attribute::sizes(&self.factor)),
            ("mode", Attribute::Word(mode)),
        ]
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        match self.mode {
            Mode::Nearest => Dim::new(0),
            Mode::Bilinear => output.size().times(&Dim::new(8)),
        }
    }
}

impl Lower for Upsample2d {
    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        forward_by_spec("upsample2d", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        backward_by_spec("upsample2d", spec, at);
    }
}

impl Upsample2d {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let way = match self.mode {
            Mode::Nearest => "Nearest",
            Mode::Bilinear => "Bilinear",
        };
        let arguments = vec![
            picture(at),
            Field::Pair(self.factor.clone()),
            Field::Way("Interpolation", way),
        ];
        at.spec("upsample2d", "Upsample2d", arguments)
    }
}
