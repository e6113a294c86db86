//! One argument as it was given, before anybody knows what it is for.

use proc_macro2::TokenStream;

use crate::diagnostic::Place;
use crate::shape::{Dim, Number, ScalarType, outer};

/// An argument, worked out as far as it can be without knowing what it is for.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A whole number; may be a negative constant.
    Whole(Dim),
    Real(Number),
    /// A const from outside the block: a whole or a real number, whichever is wanted.
    Const {
        text: String,
        tokens: TokenStream,
    },
    /// `3x3`
    Pair(Dim, Dim),
    /// `same`, `he_normal`
    Word(String),
    /// `normal(0.02)`
    Call(String, Vec<Datum>),
    Flag(bool),
    /// `"same"`
    Text(String),
    List(Vec<Datum>),
    /// `(3, 3)`, as Keras writes a kernel size.
    Tuple(Vec<Datum>),
    /// Reported already.
    Broken,
}

impl Datum {
    /// As a dimension, if it is one.
    pub fn dim(&self) -> Option<Dim> {
        match self {
            Datum::Whole(dim) => Some(dim.clone()),
            Datum::Const { text, tokens } => {
                let name = outer::name(text, ScalarType::Usize, tokens);
                Some(Dim::path(text.clone(), name))
            }
            Datum::Broken => Some(Dim::anything()),
            _ => None,
        }
    }

    /// As a real number, if it is one.
    pub fn number(&self) -> Option<Number> {
        match self {
            Datum::Real(number) => Some(number.clone()),
            Datum::Const { text, tokens } => {
                let name = outer::name(text, ScalarType::F32, tokens);
                Some(Number::path(text.clone(), name))
            }
            Datum::Whole(dim) => Some(match dim.signed() {
                Some(number) => Number::new(number as f64),
                None => {
                    let tokens = dim.tokens();
                    Number::path(dim.to_string(), quote::quote!((#tokens as f32)))
                }
            }),
            _ => None,
        }
    }
}

/// One argument as the user gave it.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Option<(String, Place)>,
    pub datum: Datum,
    /// The value.
    pub place: Place,
    pub written: String,
}
