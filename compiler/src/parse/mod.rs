//! Tokens to syntax tree. Never fails: what can't be read is reported and left out.

mod body;
mod call;
mod chain;
mod cursor;
mod definition;
mod expression;
mod habit;
mod input;
pub mod item;
mod number;
mod output;
mod parser;
mod shape;
pub mod stages;
pub mod tree;

use proc_macro2::TokenStream;

use crate::diagnostic::Diagnostics;
use tree::Module;

/// Reads everything between the braces of one `model!`.
pub fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Module {
    item::module(cursor::Cursor::new(tokens), diagnostics)
}

#[cfg(test)]
mod tests;
