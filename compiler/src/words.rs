//! The text of a message, in which dimensions keep their meaning until it is known who prints it:
//! the macro (as the user wrote them) or rustc (with the numbers it found).

use std::fmt;

use proc_macro2::TokenStream;
use quote::quote;

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

    /// Calls of the const text builder of the runtime, `.text("..").number(..)`, with a dimension
    /// that isn't known here as `HIDDEN + 1 = 65`.
    pub fn builder_calls(&self) -> TokenStream {
        let calls = self.0.iter().map(|part| match part {
            Part::Text(text) => quote!(.text(#text)),
            Part::Dim(dim) => dim_calls(dim, true),
            Part::Shape(shape) => {
                let axes = shape.axes().iter().enumerate().map(|(index, dim)| {
                    let comma = (index > 0).then(|| quote!(.text(", ")));
                    let number = dim_calls(dim, false);
                    quote!(#comma #number)
                });
                quote!(.text("[") #(#axes)* .text("]"))
            }
        });
        quote!(#(#calls)*)
    }
}

fn dim_calls(dim: &Dim, with_name: bool) -> TokenStream {
    if dim.known().is_some() || dim.is_anything() {
        let text = dim.to_string();
        return quote!(.text(#text));
    }
    /// Longer formulas say less than their number.
    const LONGEST_NAME: usize = 24;
    let number = dim.tokens();
    let name = format!("{dim} = ");
    if with_name && name.len() <= LONGEST_NAME {
        quote!(.text(#name).number(#number))
    } else {
        quote!(.number(#number))
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
