//! `Pad(1)`, `Pad([[top, bottom], [left, right]])`: zeros around a picture.

use super::arguments::{Arguments, Datum, Extra, Signature};
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

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![("padding", Attribute::sides(&self.sides))]
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Lower for Pad {
    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        forward_by_spec("pad", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        backward_by_spec("pad", spec, at);
    }
}

impl Pad {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let arguments = vec![picture(at), Field::Sides(self.sides.clone())];
        at.spec("pad", "Pad2d", arguments)
    }
}
