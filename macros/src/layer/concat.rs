//! `(a, b) -> Concat(axis = -1)`: values side by side along one axis.

use super::arguments::Arguments;
use super::{Entry, Inputs, Layer};
use crate::diagnostic::Reported;
use crate::shape::{Check, Dim, Failed, Shape};
use crate::words::words;

pub const ENTRY: Entry = Entry {
    name: "Concat",
    example: "(a, b) -> Concat(axis = -1)",
    required: &[],
    optional: &[],
    options: &["axis"],
    flags: &[],
    inputs: Inputs::Several,
    build,
};

#[derive(Debug)]
pub struct Concat {
    /// As written: from 0 without the batch, or from the end if negative.
    pub(crate) axis: i64,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let axis = arguments.axis("axis", -1);
    arguments.finish()?;
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
                    at.error("concat-shapes", message).note_if(at.origin(index))
                })?;
                if axes[position].is_anything() {
                    axes[position] = dim.clone();
                }
            }
        }
        Ok(Shape::new(axes))
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}
