//! The text of a message, in which dimensions keep their meaning until it is known who prints it:
//! the macro (as the user wrote them) or rustc (with the numbers it found).

use std::fmt;

use crate::shape::{Dim, Shape};

/// A piece of a message.
#[derive(Clone, Debug)]
pub enum Part {
    Text(String),
    Dim(Dim),
    Shape(Shape),
}

/// A message, or a line of one.
#[derive(Clone, Debug, Default)]
pub struct Words(pub Vec<Part>);

/// Joins texts, dimensions and shapes to [`Words`].
macro_rules! words {
    ($($part:expr),* $(,)?) => {
        $crate::words::Words(vec![$($crate::words::Part::from($part)),*])
    };
}
pub(crate) use words;

impl Words {
    pub fn then(mut self, other: impl Into<Words>) -> Words {
        self.0.extend(other.into().0);
        self
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Dim(dim) => dim.fmt(f),
            Part::Shape(shape) => shape.fmt(f),
        })
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Part::Text(text.to_owned())
    }
}
impl From<String> for Part {
    fn from(text: String) -> Self {
        Part::Text(text)
    }
}
impl From<&String> for Part {
    fn from(text: &String) -> Self {
        Part::Text(text.clone())
    }
}
impl From<Dim> for Part {
    fn from(dim: Dim) -> Self {
        Part::Dim(dim)
    }
}
impl From<&Dim> for Part {
    fn from(dim: &Dim) -> Self {
        Part::Dim(dim.clone())
    }
}
impl From<&Shape> for Part {
    fn from(shape: &Shape) -> Self {
        Part::Shape(shape.clone())
    }
}
impl From<Shape> for Part {
    fn from(shape: Shape) -> Self {
        Part::Shape(shape)
    }
}

impl<T: Into<Part>> From<T> for Words {
    fn from(part: T) -> Self {
        Words(vec![part.into()])
    }
}
