//! Real numbers in arguments: literals, or consts that only rustc knows.

use std::fmt;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

/// A real number, known here or not.
#[derive(Clone, Debug)]
pub struct Number {
    value: Option<f64>,
    text: String,
    tokens: TokenStream,
}

impl Number {
    pub fn new(value: f64) -> Self {
        let text = format!("{value}");
        Number {
            value: Some(value),
            tokens: literal(value),
            text,
        }
    }

    /// A const of type `f32`, by the tokens that name it.
    pub fn path(text: impl Into<String>, tokens: TokenStream) -> Self {
        Number {
            value: None,
            text: text.into(),
            tokens,
        }
    }

    /// The number, if it is known here.
    pub fn known(&self) -> Option<f64> {
        self.value
    }

    /// A formula over consts from outside that is better worked out by hand.
    pub fn is_too_long(&self) -> bool {
        const LONGEST: usize = 2048;
        self.text.len() > LONGEST
    }

    /// A const expression of type `f32`.
    pub fn tokens(&self) -> TokenStream {
        self.tokens.clone()
    }

    /// Works out `self op other`, here or in rustc.
    pub fn combine(&self, operator: char, other: &Number) -> Number {
        let compute = |a: f64, b: f64| match operator {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            _ => a / b,
        };
        if let (Some(a), Some(b)) = (self.value, other.value) {
            return Number::new(compute(a, b));
        }
        let (a, b) = (&self.tokens, &other.tokens);
        let sign = proc_macro2::Punct::new(operator, proc_macro2::Spacing::Alone);
        Number::path(
            format!("({} {operator} {})", self.text, other.text),
            quote!((#a #sign #b)),
        )
    }
}

/// The literal of type `f32` nearest to the value; infinities and NaN have none and become 0.
fn literal(value: f64) -> TokenStream {
    let narrow = value as f32;
    if !narrow.is_finite() {
        return quote!(0f32);
    }
    let magnitude = Literal::f32_suffixed(narrow.abs()).into_token_stream();
    if narrow < 0.0 {
        quote!((-#magnitude))
    } else {
        magnitude
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Number {
    /// Whether both are the same number, or the same words for one.
    fn eq(&self, other: &Self) -> bool {
        match (self.value, other.value) {
            (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
            (None, None) => self.text == other.text,
            _ => false,
        }
    }
}
