//! Dimensions as const expressions, and as users write them.

use std::fmt;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Atom, Dim};

impl Dim {
    /// Two const expressions of type `usize` whose difference this is: for comparisons with 0 in
    /// which nothing may go below zero.
    pub fn sides(&self) -> (TokenStream, TokenStream) {
        let side = |positive: bool| {
            let terms = self.terms.iter().filter(|(_, n)| (*n > 0) == positive);
            let terms = terms.map(|(atoms, n)| (atoms.clone(), n.saturating_abs()));
            Dim::from_terms(terms.collect()).tokens()
        };
        (side(true), side(false))
    }

    /// A const expression of type `usize`. A difference below zero gives 0, so that the assertion
    /// that forbids it is the only error.
    pub fn tokens(&self) -> TokenStream {
        let sum = |positive: bool| {
            let parts: Vec<TokenStream> = self
                .ordered()
                .filter(|(_, n)| (*n > 0) == positive)
                .map(|(atoms, n)| term_tokens(atoms, n.unsigned_abs()))
                .collect();
            (parts.len(), quote!(#(#parts)+*))
        };
        let (positives, positive) = sum(true);
        let (negatives, negative) = sum(false);
        match (positives, negatives) {
            (0, 0) => quote!(0usize),
            (0, _) => quote!(0usize.saturating_sub(#negative)),
            (_, 0) if positives == 1 && self.is_simple() => positive,
            (_, 0) => quote!((#positive)),
            _ => quote!((#positive).saturating_sub(#negative)),
        }
    }

    /// About this number, as a const expression of type `f64` that no size makes overflow.
    pub fn float_tokens(&self) -> TokenStream {
        let float = |n: f64| Literal::f64_suffixed(n);
        let terms = self.ordered().map(|(atoms, n)| {
            let magnitude = float(n.unsigned_abs() as f64);
            let number = match n < 0 {
                true => quote!(-#magnitude),
                false => quote!(#magnitude),
            };
            let factors = atoms.iter().map(|atom| match atom {
                Atom::Path { tokens, .. } => quote!((#tokens as f64)),
                Atom::Quotient(a, b) => {
                    let (a, b) = (a.float_tokens(), b.float_tokens());
                    quote!((#a / #b))
                }
                Atom::Product(a, b) => {
                    let (a, b) = (a.float_tokens(), b.float_tokens());
                    quote!((#a * #b))
                }
                Atom::Open(_) | Atom::Anything | Atom::TooLong => quote!(0f64),
            });
            quote!(#number #(* #factors)*)
        });
        let terms: Vec<TokenStream> = terms.collect();
        match terms.is_empty() {
            true => quote!(0f64),
            false => quote!((#(#terms)+*)),
        }
    }

    /// A single number or name: needs no parentheses anywhere.
    fn is_simple(&self) -> bool {
        match self.terms.as_slice() {
            [] => true,
            [(atoms, n)] => {
                atoms.is_empty()
                    || matches!(
                        (atoms.as_slice(), n),
                        ([Atom::Path { .. } | Atom::Open(_)], 1)
                    )
            }
            _ => false,
        }
    }

    /// Terms with names first, the constant last, as one writes them.
    fn ordered(&self) -> impl Iterator<Item = (&[Atom], i128)> {
        let named = self.terms().filter(|(atoms, _)| !atoms.is_empty());
        named.chain(self.terms().filter(|(atoms, _)| atoms.is_empty()))
    }
}

impl Dim {
    /// For what must not be 0: 1 in its place, where an assertion has told that a const is 0.
    pub fn positive_tokens(&self) -> TokenStream {
        let tokens = self.tokens();
        if self.known().is_some() {
            return tokens;
        }
        quote!(::shapeflow::__private::at_least_one(#tokens))
    }
}

fn term_tokens(atoms: &[Atom], n: u128) -> TokenStream {
    let number = Literal::usize_suffixed(usize::try_from(n).unwrap_or(usize::MAX));
    let mut factors = Vec::new();
    if n != 1 || atoms.is_empty() {
        factors.push(quote!(#number));
    }
    for atom in atoms {
        factors.push(match atom {
            Atom::Path { tokens, .. } => quote!(#tokens),
            Atom::Quotient(a, b) => {
                let (a, b) = (a.tokens(), b.positive_tokens());
                quote!((#a / #b))
            }
            Atom::Product(a, b) => {
                let (a, b) = (a.tokens(), b.tokens());
                quote!((#a * #b))
            }
            Atom::Open(_) | Atom::Anything | Atom::TooLong => quote!(0usize),
        });
    }
    let mut factors = factors.into_iter();
    let first = factors.next().unwrap_or_else(|| quote!(1usize));
    quote!(#first #(* #factors)*)
}

impl fmt::Display for Dim {
    /// As users write it: `2 * C`, `H / 2 + 1`, `HIDDEN - 3`; `?` where an error was reported.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_anything() {
            return f.write_str("?");
        }
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        let (positive, negative): (Vec<_>, Vec<_>) = self.ordered().partition(|(_, n)| *n > 0);
        for (index, (atoms, n)) in positive.into_iter().chain(negative).enumerate() {
            match (index, n < 0) {
                (0, false) => {}
                (0, true) => f.write_str("-")?,
                (_, false) => f.write_str(" + ")?,
                (_, true) => f.write_str(" - ")?,
            }
            let n = n.unsigned_abs();
            if n != 1 || atoms.is_empty() {
                write!(f, "{n}")?;
            }
            for (position, atom) in atoms.iter().enumerate() {
                if position > 0 || n != 1 {
                    f.write_str(" * ")?;
                }
                match atom {
                    Atom::Path { text, .. } | Atom::Open(text) => f.write_str(text)?,
                    Atom::Quotient(a, b) if atoms.len() == 1 && n == 1 => {
                        write!(f, "{} / {}", Factor(a), Factor(b))?;
                    }
                    Atom::Quotient(a, b) => write!(f, "({} / {})", Factor(a), Factor(b))?,
                    Atom::Product(a, b) => write!(f, "{} * {}", Factor(a), Factor(b))?,
                    Atom::Anything | Atom::TooLong => f.write_str("?")?,
                }
            }
        }
        Ok(())
    }
}

/// A dimension inside a product: in parentheses if it is a sum.
struct Factor<'a>(&'a Dim);

impl fmt::Display for Factor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_simple() {
            write!(f, "{}", self.0)
        } else {
            write!(f, "({})", self.0)
        }
    }
}
