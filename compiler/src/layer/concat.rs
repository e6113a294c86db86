//! `(a, b) -> Concat(axis = -1)`: values side by side along one axis.

use super::arguments::{Arguments, Signature};
use super::lower::Lower;
use super::{Entry, Inputs, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Comparison, Dim, Shape};
use crate::step::{Argument, At, arguments};
use crate::words::words;

pub const ENTRY: Entry = Entry {
    inputs: Inputs::Several,
    ..Entry::new(
        Signature {
            example: "(a, b) -> Concat(axis = -1)",
            options: &["axis"],
            aliases: &["Concatenate", "Cat", "cat", "concat"],
            ..Signature::new("Concat")
        },
        build,
    )
};

#[derive(Debug)]
pub struct Concat {
    /// As written: from 0 without the batch, or from the end if negative.
    pub(crate) axis: i64,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let axis = arguments.axis("axis", -1);
    Ok(Box::new(Concat { axis }))
}

impl Concat {
    /// The axis counted from 0, for inputs of this many axes.
    pub(crate) fn axis(&self, rank: usize) -> Option<usize> {
        let rank = i64::try_from(rank).ok()?;
        let axis = if self.axis < 0 {
            self.axis.checked_add(rank)?
        } else {
            self.axis
        };
        usize::try_from(axis).ok().filter(|_| axis < rank)
    }
}

impl Layer for Concat {
    fn kind(&self) -> &'static str {
        "Concat"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let rank = inputs[0].rank();
        let Some(axis) = self.axis(rank) else {
            let message = words![format!("there is no axis {} in ", self.axis), &inputs[0]];
            let mut error = at
                .error("no-such-axis", message)
                .help("write `axis = -1` for the last axis; the batch isn't counted");
            error.place = at.argument("axis");
            return Err(at.report(error).into());
        };
        let mut axes = inputs[0].axes().to_vec();
        for (index, input) in inputs.iter().enumerate().skip(1) {
            if input.rank() != rank {
                let message = words![
                    "`Concat` wants values with the same number of axes, found ",
                    &inputs[0],
                    " and ",
                    input
                ];
                let error = at
                    .error("concat-shapes", message)
                    .note_if(at.origin(index))
                    .help("insert `-> Flatten` before the one with more axes");
                return Err(at.report(error).into());
            }
            for (position, dim) in input.axes().iter().enumerate() {
                if position == axis {
                    axes[axis] = axes[axis].plus(dim);
                    continue;
                }
                at.equal(&inputs[0].axes()[position], dim, |at| {
                    let message = words![
                        format!("`Concat` along axis {axis} wants all other axes equal, found "),
                        &inputs[0],
                        " and ",
                        input
                    ];
                    let others = input.axes().iter().zip(inputs[0].axes());
                    let differing = others
                        .filter(|(a, b)| a.equals(b) != Comparison::Holds)
                        .count();
                    let help = match differing == 1 && inputs.len() == 2 {
                        true => format!("write `Concat(axis = {position})`: only this axis differs"),
                        false => format!(
                            "make axis {position} of both equal first, with `Pad`, `stride` or a pool"
                        ),
                    };
                    at.error("concat-shapes", message)
                        .note_if(at.origin(index))
                        .help(help)
                })?;
                if axes[position].is_anything() {
                    axes[position] = dim.clone();
                }
            }
        }
        Ok(Shape::new(axes))
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![("axis", Attribute::Integer(self.axis))]
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Lower for Concat {
    fn forward(&self, at: &mut At<'_>) {
        let y = at.output();
        for index in 0..at.inputs() {
            let [rows, total, offset, part] = self.part(at, index);
            let x = at.input(index);
            let role = match index {
                0 => String::new(),
                _ => format!("part {}", index + 1),
            };
            at.chunk(&role).read("x", x).put("y", y, index > 0).call(
                "concat",
                "forward_part",
                arguments![rows, total, offset, part, "x", "y"],
            );
        }
    }

    fn backward(&self, at: &mut At<'_>) {
        let dy = at.output_gradient();
        for index in 0..at.inputs() {
            let [rows, total, offset, part] = self.part(at, index);
            at.input_gradient(index, false, |at, dx, _| {
                at.chunk(&format!("gradient of part {}", index + 1))
                    .read("dy", dy)
                    .write("dx", dx)
                    .call(
                        "concat",
                        "backward_part",
                        arguments![rows, total, offset, part, "dy", "dx"],
                    );
            });
        }
    }
}

impl Concat {
    /// Rows, the length of one row of the output, and where in it input `index` begins and how long it is.
    fn part(&self, at: &At<'_>, index: usize) -> [Argument; 4] {
        let output = at.output_shape();
        let axis = self.axis(output.rank()).unwrap_or(0);
        let outer = Dim::product(&output.axes()[..axis]);
        let inner = Dim::product(&output.axes()[axis + 1..]);
        let length = |index: usize| at.input_shape(index).axes()[axis].times(&inner);
        let offset = (0..index).fold(Dim::new(0), |sum, index| sum.plus(&length(index)));
        let total = output.axes()[axis].times(&inner);
        [
            Argument::Rows(outer),
            total.into(),
            offset.into(),
            length(index).into(),
        ]
    }
}
