//! `Flatten`: all axes become one, in memory order.

use super::arguments::Signature;
use super::lower::{Lower, Role};
use super::{Entry, Layer};
use crate::check::{Check, Failed};
use crate::shape::{Dim, Shape};

pub const ENTRY: Entry = Entry::new(Signature::new("Flatten"), |_| Ok(Box::new(Flatten)));

#[derive(Debug)]
pub struct Flatten;

impl Layer for Flatten {
    fn kind(&self) -> &'static str {
        "Flatten"
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(Shape::new(vec![inputs[0].size()]))
    }

    fn flops(&self, _inputs: &[Shape], _output: &Shape) -> Dim {
        Dim::new(0)
    }

    fn is_mistake_twice(&self) -> bool {
        true
    }
}

impl Lower for Flatten {
    fn role(&self) -> Role {
        Role::View
    }
}
