//! `AvgPool2d(2)`: the mean of each window, per channel; padding isn't counted.

use super::arguments::{Arguments, Signature};
use super::lower::{Lower, backward_by_spec, forward_by_spec, pool_spec};
use super::window::{self, Padding, Window, same_padding};
use super::{Entry, Layer, image};
use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Shape};
use crate::step::At;
use crate::words::Words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "AvgPool2d(2)",
        required: &["size"],
        options: &["stride", "padding"],
        aliases: &["AvgPool", "AveragePooling2D", "AveragePool2d"],
        words: &[window::PADDING],
        meant_by_extra: window::stride_by_position,
        ..Signature::new("AvgPool2d")
    },
    build,
);

#[derive(Debug)]
pub struct AvgPool2d {
    pub(crate) window: Window,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let kernel = arguments.pair("size");
    let layer = AvgPool2d {
        window: Window {
            stride: arguments.pair_or("stride", 1, kernel.clone()),
            kernel,
            dilation: [Dim::new(1), Dim::new(1)],
            padding: Padding::read(arguments),
        },
    };
    Ok(Box::new(layer))
}

impl Layer for AvgPool2d {
    fn kind(&self) -> &'static str {
        "AvgPool2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let channels = match inputs[0].rank() {
            3 => inputs[0].last(),
            _ => Dim::anything(),
        };
        let picture = |[h, w]: [Dim; 2]| Shape::new(vec![h, w, channels.clone()]);
        let unknown = picture([Dim::anything(), Dim::anything()]);
        let [height, width, _] = image::axes(self.kind(), &inputs[0], at, unknown)?;
        let size = self.window.infer(self.kind(), &[height, width], true, at);
        size.map(picture).map_err(|size| Failed {
            instead: picture(size),
        })
    }

    fn attributes(&self, inputs: &[Shape]) -> Attributes {
        self.window.attributes(&inputs[0])
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::product(&self.window.kernel))
    }

    fn adapted(&self, found: &Shape, wanted: &Shape) -> Option<Words> {
        same_padding(found, wanted)
    }
}

impl Lower for AvgPool2d {
    fn forward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        forward_by_spec("avg_pool2d", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        backward_by_spec("avg_pool2d", spec, at);
    }
}
