//! The arithmetic of sliding windows: kernel, stride, dilation and padding, along both axes of a picture.

use super::arguments::{Arguments, Datum, Extra, Meanings, fails};
use super::image;
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::words::{Words, words};

/// The words of `padding`.
pub const PADDING: (&str, Meanings) = (
    "padding",
    &[
        (
            "valid",
            "No zeros around the picture: windows stay inside it.",
        ),
        (
            "same",
            "As many zeros as give `input / stride` positions, rounded up.",
        ),
    ],
);
use crate::shape::{Dim, Shape};

/// `padding = valid`, `same`, a number, or numbers per side.
#[derive(Clone, Debug)]
pub enum Padding {
    /// None: windows stay inside the picture.
    Valid,
    /// As much as gives `ceil(input / stride)` positions, the odd pixel at the bottom and right (TensorFlow).
    Same,
    /// `[[top, bottom], [left, right]]`
    Sides([[Dim; 2]; 2]),
}

impl Padding {
    /// After an error.
    fn unknown() -> Padding {
        Padding::Sides(std::array::from_fn(|_| [Dim::anything(), Dim::anything()]))
    }

    pub fn read(arguments: &mut Arguments<'_>) -> Padding {
        let Some(given) = arguments.optional("padding") else {
            return Padding::Valid;
        };
        match &given.datum {
            Datum::Word(word) if word == "valid" => Padding::Valid,
            Datum::Word(word) if word == "same" => Padding::Same,
            Datum::Word(_) | Datum::Text(_) => {
                arguments.wrong_word("padding", &given);
                Padding::unknown()
            }
            Datum::Broken => Padding::unknown(),
            _ => Padding::Sides(arguments.sides("padding", &given)),
        }
    }
}

/// A window that slides over a picture; arrays are `[vertical, horizontal]`.
#[derive(Clone, Debug)]
pub struct Window {
    pub kernel: [Dim; 2],
    pub stride: [Dim; 2],
    pub dilation: [Dim; 2],
    pub padding: Padding,
}

/// What the windows of pooling layers have in common.
impl Window {
    /// The window of a pool: `size`, by which it moves on if no `stride` is given, and `padding`.
    pub fn of_pool(arguments: &mut Arguments<'_>) -> Window {
        let kernel = arguments.pair("size");
        Window {
            stride: arguments.pair_or("stride", 1, kernel.clone()),
            kernel,
            dilation: [Dim::new(1), Dim::new(1)],
            padding: Padding::read(arguments),
        }
    }

    /// The shape that a pool of this kind makes of a picture.
    ///
    /// # Errors
    /// If it isn't a picture, or a window doesn't fit.
    pub fn pooled(&self, kind: &str, input: &Shape, at: &mut Check<'_>) -> Result<Shape, Failed> {
        let channels = match input.rank() {
            3 => input.last(),
            _ => Dim::anything(),
        };
        let picture = |[h, w]: [Dim; 2]| Shape::new(vec![h, w, channels.clone()]);
        let unknown = picture([Dim::anything(), Dim::anything()]);
        let [height, width, _] = image::axes(kind, input, at, unknown)?;
        let size = self.infer(kind, &[height, width], true, at);
        size.map(picture).map_err(|size| Failed {
            instead: picture(size),
        })
    }

    /// The attributes of a pool over a picture.
    pub fn pool_attributes(&self, picture: &Shape) -> Attributes {
        let [height, width, _] = image::sizes(picture);
        vec![
            ("size", Attribute::sizes(&self.kernel)),
            ("stride", Attribute::sizes(&self.stride)),
            ("padding", Attribute::sides(&self.pads(&[height, width]))),
        ]
    }
}

impl Window {
    /// The pixels that a window spans: `(kernel - 1) * dilation + 1`.
    pub fn span(&self, axis: usize) -> Dim {
        let gaps = self.kernel[axis].minus(&Dim::new(1));
        gaps.times(&self.dilation[axis]).plus(&Dim::new(1))
    }

    /// `[[top, bottom], [left, right]]` for a picture of this height and width.
    pub fn pads(&self, size: &[Dim; 2]) -> [[Dim; 2]; 2] {
        match &self.padding {
            Padding::Valid => std::array::from_fn(|_| [Dim::new(0), Dim::new(0)]),
            Padding::Sides(sides) => sides.clone(),
            Padding::Same => std::array::from_fn(|axis| {
                let positions = size[axis].divided_up(&self.stride[axis]);
                let last = positions.minus(&Dim::new(1)).times(&self.stride[axis]);
                let total = last.plus(&self.span(axis)).minus(&size[axis]).or_zero();
                let before = total.divided_down(&Dim::new(2));
                let after = total.minus(&before);
                [before, after]
            }),
        }
    }

    /// The number of positions along both axes.
    pub fn output(&self, size: &[Dim; 2]) -> [Dim; 2] {
        let pads = self.pads(size);
        std::array::from_fn(|axis| match self.padding {
            Padding::Same => size[axis].divided_up(&self.stride[axis]),
            _ => size[axis]
                .plus(&pads[axis][0])
                .plus(&pads[axis][1])
                .minus(&self.span(axis))
                .divided_down(&self.stride[axis])
                .plus(&Dim::new(1)),
        })
    }

    /// Checks that a window fits, and (for pooling) that none holds only padding.
    /// Gives the output, with `?` where it doesn't fit.
    pub fn infer(
        &self,
        kind: &str,
        size: &[Dim; 2],
        pooling: bool,
        at: &mut Check<'_>,
    ) -> Result<[Dim; 2], [Dim; 2]> {
        let pads = self.pads(size);
        let unknown = [Dim::anything(), Dim::anything()];
        let mut fits = true;
        let padded: [Dim; 2] =
            std::array::from_fn(|axis| size[axis].plus(&pads[axis][0]).plus(&pads[axis][1]));
        let too_large = |axis: usize| fails(padded[axis].at_least(&self.span(axis)));
        // One error for both axes.
        if !matches!(self.padding, Padding::Same) {
            let first = if too_large(0) { 0..1 } else { 0..2 };
            for axis in first {
                let checked = at.at_least(&padded[axis], &self.span(axis), |at| {
                    let (h, w) = (&padded[0], &padded[1]);
                    let dilated = self.dilation.iter().any(|d| !d.is_one());
                    let window = words!["a window of ", self.span(0), " by ", self.span(1)];
                    let message = words![format!("`{kind}` does not fit: ")]
                        .then(window)
                        .then(if dilated { " (with its gaps)" } else { "" })
                        .then(words![" on a picture of ", h, " by ", w]);
                    let help = if self.kernel.iter().all(Dim::is_one) {
                        "use fewer or smaller strides and pools before it"
                    } else {
                        "write `padding = same`, or use a smaller kernel"
                    };
                    at.error("window-too-large", message).help(help)
                });
                fits &= checked.is_ok();
            }
        }
        if pooling && let Padding::Sides(sides) = &self.padding {
            for (axis, pair) in sides.iter().enumerate() {
                for pad in pair {
                    let place = at.argument("padding");
                    let more = pad.plus(&Dim::new(1));
                    let checked = at.at_least(&self.kernel[axis], &more, |at| {
                        let mut d = at.error(
                            "padding-too-large",
                            words![
                                format!("the padding of `{kind}` must be smaller than its window, found "),
                                pad, " for a window of ", &self.kernel[axis]
                            ],
                        )
.help(words!["write `padding = same`, or at most ", self.kernel[axis].minus(&Dim::new(1))]);
                        d.place = place;
                        d
                    });
                    if checked.is_err() {
                        return Err(unknown);
                    }
                }
            }
        }
        if fits {
            Ok(self.output(size))
        } else {
            Err(unknown)
        }
    }
}

/// The stride of a pool by position, as PyTorch's `MaxPool2d(2, 2)`.
pub fn stride_by_position(extra: &Extra<'_>) -> Option<String> {
    let (Datum::Whole(stride), [size]) = (&extra.given.datum, extra.before) else {
        return None;
    };
    Some(match size.datum.dim().is_some_and(|size| size == *stride) {
        true => format!(
            "write `{}({})`: the stride is the size where nothing else is said",
            extra.name, size.written
        ),
        false => format!("write `stride = {}`", extra.given.written),
    })
}

/// `padding = same`, where a picture came out smaller than is wanted.
pub fn same_padding(found: &Shape, wanted: &Shape) -> Option<Words> {
    let pictures = found.rank() == 3 && wanted.rank() == 3;
    let known = sides(found).iter().all(Option::is_some);
    (pictures && known && sides(found) < sides(wanted))
        .then(|| "write `padding = same` in it".into())
}

/// Height and width, as far as they are known.
pub fn sides(shape: &Shape) -> Vec<Option<u64>> {
    shape.axes().iter().take(2).map(Dim::known).collect()
}
