//! `MaxPool2d(2)`: the largest value of each window, per channel.

use super::arguments::{Arguments, Signature};
use super::lower::{Lower, forward_by_spec, pool_spec};
use super::window::{self, Padding, Window, same_padding};
use super::{Entry, Layer, image};
use crate::attribute::Attributes;
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Shape};
use crate::step::{Argument, At, arguments};
use crate::words::Words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "MaxPool2d(2)",
        required: &["size"],
        options: &["stride", "padding"],
        aliases: &["MaxPool", "MaxPooling2D"],
        words: &[window::PADDING],
        meant_by_extra: window::stride_by_position,
        ..Signature::new("MaxPool2d")
    },
    build,
);

#[derive(Debug)]
pub struct MaxPool2d {
    pub(crate) window: Window,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let kernel = arguments.pair("size");
    let layer = MaxPool2d {
        window: Window {
            stride: arguments.pair_or("stride", 1, kernel.clone()),
            kernel,
            dilation: [Dim::new(1), Dim::new(1)],
            padding: Padding::read(arguments),
        },
    };
    Ok(Box::new(layer))
}

impl Layer for MaxPool2d {
    fn kind(&self) -> &'static str {
        "MaxPool2d"
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

impl Lower for MaxPool2d {
    fn forward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        forward_by_spec("max_pool2d", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = pool_spec(&self.window, at);
        let (x, y, dy) = (at.input(0), at.output(), at.output_gradient());
        let function = match at.undo_relu_of_input(0) {
            true => "backward_through_relu",
            false => "backward",
        };
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("x", x)
                .read("y", y)
                .read("dy", dy)
                .write("dx", dx)
                .call(
                    "max_pool2d",
                    function,
                    arguments![spec, Argument::Examples, "x", "y", "dy", "dx"],
                );
        });
    }
}
