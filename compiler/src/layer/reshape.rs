//! `Reshape([7, 7, 64])`: the same values under other axes; `-1` stands for what is left.

use super::arguments::{Arguments, Datum, Signature, divisors};
use super::lower::{Lower, Role};
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Division, Shape};
use crate::words::words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "Reshape([7, 7, 64])",
        required: &["shape"],
        aliases: &["Unflatten", "View"],
        takes_list: true,
        ..Signature::new("Reshape")
    },
    build,
);

#[derive(Debug)]
pub struct Reshape {
    /// None for `-1`, at most once.
    pub(crate) axes: Vec<Option<Dim>>,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let mut axes = Vec::new();
    if let Some(given) = arguments.raw("shape") {
        match &given.datum {
            Datum::List(items) => {
                let read: Option<Vec<Option<Dim>>> = items.iter().map(axis).collect();
                match read {
                    Some(read) if read.iter().filter(|a| a.is_none()).count() > 1 => {
                        arguments.refuse("shape", &given, "at most one `-1`", None);
                    }
                    Some(read) => axes = read,
                    None => arguments.refuse("shape", &given, "whole numbers of at least 1", None),
                }
            }
            Datum::Broken => {}
            _ => {
                let help = format!(
                    "write `Reshape([{}])`",
                    given.written.trim_matches(['(', ')'])
                );
                arguments.refuse("shape", &given, "a list", Some(help));
            }
        }
    }
    arguments.finish()?;
    Ok(Box::new(Reshape { axes }))
}

/// A whole number of at least 1, or `-1`.
fn axis(datum: &Datum) -> Option<Option<Dim>> {
    let dim = datum.dim()?;
    match dim.signed() {
        Some(-1) => Some(None),
        Some(n) if n < 1 => None,
        _ => Some(Some(dim)),
    }
}

impl Reshape {
    /// The shape that comes out, if the sizes fit.
    pub(crate) fn output(&self, input: &Shape) -> Shape {
        let given = Dim::product(self.axes.iter().flatten());
        let left = input.size().divided_down(&given);
        let axes = self.axes.iter();
        Shape::new(
            axes.map(|a| a.clone().unwrap_or_else(|| left.clone()))
                .collect(),
        )
    }
}

impl Layer for Reshape {
    fn kind(&self) -> &'static str {
        "Reshape"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let given = Dim::product(self.axes.iter().flatten());
        let size = inputs[0].size();
        let place = at.argument("shape");
        let instead = {
            let known = self.axes.iter();
            Shape::new(
                known
                    .map(|a| a.clone().unwrap_or_else(Dim::anything))
                    .collect(),
            )
        };
        let checked = if self.axes.iter().all(Option::is_some) {
            at.equal(&size, &given, |at| {
                let message = words![
                    format!("`{}` holds ", at.written),
                    &given,
                    " values, found ",
                    &inputs[0],
                    " with ",
                    &size
                ];
                let fitting = self.fitting(&size).map(Into::into);
                let mut d = at.error("reshape-size", message).help_if(fitting);
                d.place = place;
                d
            })
        } else {
            at.divisible(&size, &given, |at| {
                let message = words![
                    "the other axes hold ",
                    &given,
                    " values, which do not divide the ",
                    &size,
                    " of ",
                    &inputs[0]
                ];
                let mut d = at.error("reshape-size", message).help_if(divisors(&size));
                d.place = place;
                d
            })
        };
        match checked {
            Ok(()) => Ok(self.output(&inputs[0])),
            Err(reported) => Err(reported.instead(instead)),
        }
    }

    fn attributes(&self, inputs: &[Shape]) -> Attributes {
        vec![("shape", Attribute::sizes(self.output(&inputs[0]).axes()))]
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Reshape {
    /// A proposal: the same list with its last axis made to fit.
    fn fitting(&self, size: &Dim) -> Option<String> {
        size.known()?;
        let axes: Vec<&Dim> = self.axes.iter().flatten().collect();
        let (_, first) = axes.split_last()?;
        let Division::Exact(last) = size.divided(&Dim::product(first.iter().copied())) else {
            return None;
        };
        let mut written: Vec<String> = first.iter().map(ToString::to_string).collect();
        written.push(last.to_string());
        Some(format!("write `Reshape([{}])`", written.join(", ")))
    }
}

impl Lower for Reshape {
    fn role(&self) -> Role {
        Role::View
    }
}
