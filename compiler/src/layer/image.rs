//! What all layers of pictures check first: height, width, channels.

use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};
use crate::words::{Words, words};

/// The axes of a picture, `[height, width, channels]`.
///
/// # Errors
/// Reports an input with another number of axes.
pub fn axes(
    kind: &str,
    input: &Shape,
    at: &mut Check<'_>,
    instead: Shape,
) -> Result<[Dim; 3], Failed> {
    if let [height, width, channels] = input.axes() {
        return Ok([height.clone(), width.clone(), channels.clone()]);
    }
    if at.guessed {
        return Err(at.diagnostics.reported_before().instead(instead));
    }
    let help = match input.axes() {
        [_, _] => "give the picture an axis of channels, as in `[28, 28, 1]`, or insert `-> Reshape([28, 28, 1])`".into(),
        [features] => match at.origins.first() {
            Some(origin) if origin.from.as_ref().is_some_and(|from| from.rank() == 3) => words![
                format!(
                    "put it before `{}`, or go on with `Dense`: ",
                    origin.written
                ),
                features,
                " features flow in"
            ],
            _ => to_picture(features),
        },
        [first, rest @ ..] if rest.len() == 3 => words![
            "shapes are those of one example: leave out the batch, here ",
            first
        ],
        _ => "its input is a picture, as in `[32, 32, 3]`".into(),
    };
    let diagnostic = at
        .error(
            "wants-picture",
            words![
                format!("`{kind}` wants [height, width, channels], found "),
                input
            ],
        )
        .help(help);
    Err(at.report(diagnostic).instead(instead))
}

/// Height, width and channels of a picture; the shape rule has checked that there are three axes.
pub fn sizes(picture: &Shape) -> [Dim; 3] {
    let axes = picture.axes();
    std::array::from_fn(|axis| axes.get(axis).cloned().unwrap_or_else(|| Dim::new(1)))
}

/// The help for features that should be a picture.
pub fn to_picture(features: &Dim) -> Words {
    match features.known().and_then(side) {
        Some(side) => words![format!(
            "insert `-> Reshape([{side}, {side}, 1])` before it"
        )],
        None => "insert `-> Reshape([height, width, channels])` before it".into(),
    }
}

/// The side of a square of this size, for the proposal in a help line.
fn side(size: u64) -> Option<u64> {
    let side = size.isqrt();
    (side * side == size && side > 1).then_some(side)
}
