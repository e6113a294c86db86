//! `Permute([2, 0, 1])`: axes in another order, counted from 0 without the batch.

use super::arguments::{Arguments, Datum, Signature};
use super::lower::{Lower, backward_by_spec, forward_by_spec};
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::shape::{Dim, Shape};
use crate::step::{At, Field};
use crate::words::words;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "Permute([1, 0])",
        required: &["order"],
        aliases: &["Transpose"],
        takes_list: true,
        ..Signature::new("Permute")
    },
    build,
);

#[derive(Debug)]
pub struct Permute {
    /// Output axis `i` is input axis `order[i]`.
    pub(crate) order: Vec<usize>,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let mut order = Vec::new();
    if let Some(given) = arguments.raw("order") {
        let items = match &given.datum {
            Datum::List(items) => items.as_slice(),
            _ => &[],
        };
        let known = items.iter().map(|item| {
            let number = item.dim()?.known()?;
            usize::try_from(number).ok()
        });
        match known.collect::<Option<Vec<usize>>>() {
            Some(read) if is_permutation(&read) && !read.is_empty() => order = read,
            _ => {
                let mut proposal: Vec<usize> = (0..items.len().clamp(2, 6)).collect();
                proposal.rotate_left(1);
                let wants = "each axis once, counted from 0";
                arguments.refuse(
                    "order",
                    &given,
                    wants,
                    Some(format!("as in `Permute({proposal:?})`")),
                );
            }
        }
    }
    arguments.finish()?;
    Ok(Box::new(Permute { order }))
}

fn is_permutation(order: &[usize]) -> bool {
    (0..order.len()).all(|axis| order.contains(&axis))
}

impl Layer for Permute {
    fn kind(&self) -> &'static str {
        "Permute"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let axes = inputs[0].axes();
        if axes.len() != self.order.len() {
            let message = words![
                format!("`{}` wants {} axes, found ", at.written, self.order.len()),
                &inputs[0]
            ];
            let mut error = at
                .error("permute-axes", message)
                .help("name every axis once; the batch isn't counted");
            error.place = at.argument("order");
            let unknown = self.order.iter().map(|_| Dim::anything());
            return Err(at.report(error).instead(Shape::new(unknown.collect())));
        }
        let permuted = self.order.iter().map(|axis| axes[*axis].clone());
        Ok(Shape::new(permuted.collect()))
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![(
            "order",
            Attribute::sizes(
                &self
                    .order
                    .iter()
                    .map(|&axis| Dim::new(axis as u64))
                    .collect::<Vec<_>>(),
            ),
        )]
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }
}

impl Lower for Permute {
    fn forward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        forward_by_spec("permute", spec, at);
    }

    fn backward(&self, at: &mut At<'_>) {
        let spec = self.spec(at);
        backward_by_spec("permute", spec, at);
    }
}

impl Permute {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let shape = at.input_shape(0).clone();
        let arguments = vec![Field::Shape(shape), Field::Axes(self.order.clone())];
        at.spec("permute", "Permute", arguments)
    }
}
