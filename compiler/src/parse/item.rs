//! Items: `struct`, `block` and `const`, with their bodies.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Const, Module};
use crate::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::shape::ScalarType;

const ITEMS: [&str; 3] = ["struct", "block", "const"];

/// Reads all items; after an error goes on at the next one.
pub fn module(mut cursor: Cursor, diagnostics: &mut Diagnostics) -> Module {
    let mut parser = Parser::new(diagnostics);
    let mut module = Module::default();
    while !cursor.is_end() {
        let before = cursor.position();
        if parser.item(&mut cursor, &mut module).is_err() {
            recover(&mut cursor, before);
        }
    }
    let empty = module.models.is_empty() && module.blocks.is_empty() && module.consts.is_empty();
    if empty && !parser.diagnostics.has_errors() {
        parser.diagnostics.push(
            Diagnostic::error("no-model", Span::call_site(), "`model!` is empty").help(
                "write `struct Name(input: [784]) -> [10] { input -> Dense(10) -> Softmax }`",
            ),
        );
    }
    module
}

/// Skips at least one token, to behind the next `}` or `;`, or to the next item.
fn recover(cursor: &mut Cursor, before: usize) {
    if cursor.position() == before {
        cursor.advance();
    }
    loop {
        if cursor.is_end() || starts_item(cursor) {
            return;
        }
        let last = cursor.is_group(Delimiter::Brace) || cursor.is_punct(";");
        cursor.advance();
        if last {
            return;
        }
    }
}

fn starts_item(cursor: &Cursor) -> bool {
    cursor.is_punct("#")
        || cursor.is_keyword("pub")
        || ITEMS.iter().any(|word| cursor.is_keyword(word))
}

/// Whether a named item begins here, surely: `const { 3 }` is a value of Rust.
fn begins_item(cursor: &Cursor) -> bool {
    let named = matches!(cursor.peek_at(1), Some(TokenTree::Ident(_)));
    cursor.is_keyword("pub") || named && ITEMS.iter().any(|word| cursor.is_keyword(word))
}

impl Parser<'_> {
    fn item(&mut self, cursor: &mut Cursor, module: &mut Module) -> Result<(), ()> {
        let start = cursor.position();
        let attrs = self.attributes(cursor)?;
        let attrs = self.without_derives(attrs);
        let vis = visibility(cursor);
        let place = cursor.place();
        if cursor.eat_keyword("const").is_some() {
            let item = self.constant(cursor, start)?;
            module.consts.push(item);
        } else if cursor.eat_keyword("struct").is_some() {
            let definition = self.definition(cursor, attrs, vis, place, false)?;
            if let Some(parameter) = definition.parameters.first() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "parameter-of-struct",
                        &parameter.name,
                        "a `struct` takes inputs only",
                    )
                    .help(format!(
                        "write `const {}: {} = ..;` above it",
                        parameter.name.to_string().to_uppercase(),
                        parameter.ty.map_or("usize", ScalarType::name)
                    )),
                );
            }
            module.models.push(definition);
        } else if cursor.eat_keyword("block").is_some() {
            let definition = self.definition(cursor, attrs, vis, place, true)?;
            module.blocks.push(definition);
        } else {
            let found = cursor.found();
            let message = format!("expected `struct`, `block` or `const`, found {found}");
            let near = nearest(found.trim_matches('`'), ITEMS);
            let help = match (near, found.as_str()) {
                (Some(word), _) => Some(format!("write `{word}`")),
                (None, "`fn`" | "`enum`" | "`impl`" | "`let`" | "`type`" | "`use`") => {
                    Some("only networks stand in `model!`: put Rust items beside it".to_owned())
                }
                (None, "`static`") => Some("write `const`".to_owned()),
                (None, "`;`") => Some("remove `;`".to_owned()),
                _ => Some(
                    "write `struct Name(input: [784]) -> [10] { input -> Dense(10) }`".to_owned(),
                ),
            };
            self.diagnostics.push(
                Diagnostic::error("unknown-item", place, message).help_if(help.map(Into::into)),
            );
            return Err(());
        }
        Ok(())
    }

    /// `#[doc = ".."]`, as they are.
    pub(super) fn attributes(&mut self, cursor: &mut Cursor) -> Result<Vec<TokenStream>, ()> {
        let mut attrs = Vec::new();
        while cursor.is_punct("#") {
            let start = cursor.position();
            cursor.advance();
            if cursor.eat_group(Delimiter::Bracket).is_none() {
                let message = format!("expected `[` after `#`, found {}", cursor.found());
                self.unexpected(
                    cursor.place(),
                    message,
                    "write `#[doc = \"..\"]`, or a comment with `///`",
                );
                return Err(());
            }
            attrs.push(cursor.since(start));
        }
        Ok(attrs)
    }

    /// Models are `Clone` and `Debug`, and hold what other traits can't be derived for.
    fn without_derives(&mut self, attrs: Vec<TokenStream>) -> Vec<TokenStream> {
        let mut kept = Vec::new();
        for attr in attrs {
            let mut inner = Cursor::new(attr.clone());
            inner.advance();
            let derive = inner.eat_group(Delimiter::Bracket);
            match derive.filter(|(inner, _)| inner.is_keyword("derive")) {
                Some((_, place)) => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "derive",
                            place,
                            "a model is `Clone` and `Debug` already, and derives nothing else",
                        )
                        .help("remove this line; `save` and `load` write and read its weights"),
                    );
                }
                None => kept.push(attr),
            }
        }
        kept
    }

    pub(super) fn expect_name(&mut self, cursor: &mut Cursor, what: &str) -> Result<Ident, ()> {
        match cursor.eat_ident() {
            Some(name) if is_reserved(&name) => {
                let message = format!("`{name}` is a word of Rust and can't name {what}");
                self.diagnostics.push(
                    Diagnostic::error("reserved-name", &name, message)
                        .help(format!("write `{}_`", name.to_string().trim_matches('_'))),
                );
                // The name is kept so that the rest is read; the item is broken anyway.
                Ok(Ident::new_raw(&format!("{name}_"), name.span()))
            }
            Some(name) => Ok(name),
            None => {
                let message = format!("expected the name of {what}, found {}", cursor.found());
                self.unexpected(
                    cursor.place(),
                    message,
                    "write a name of letters, digits and `_`, as in `hidden`",
                );
                Err(())
            }
        }
    }

    fn constant(&mut self, cursor: &mut Cursor, start: usize) -> Result<Const, ()> {
        let name = self.expect_name(cursor, "a const")?;
        if cursor.eat_punct(":").is_none() {
            self.diagnostics.push(
                Diagnostic::error("missing-type", &name, format!("const `{name}` has no type"))
                    .help(format!("write `const {name}: usize = ..;`")),
            );
            return Err(());
        }
        let type_word = cursor.peek_ident().map(ToString::to_string);
        let type_at = cursor.position();
        cursor.skip_until(|c| c.is_punct("=") || c.is_punct(";"));
        let single = cursor.position() == type_at + 1;
        let ty = type_word
            .filter(|_| single)
            .and_then(|word| ScalarType::new(&word));
        if cursor.eat_punct("=").is_none() {
            let example = match ty {
                Some(ScalarType::Usize) => Some(format!("write `const {name}: usize = 64;`")),
                Some(ScalarType::F32) => Some(format!("write `const {name}: f32 = 0.5;`")),
                Some(ScalarType::Bool) => Some(format!("write `const {name}: bool = true;`")),
                None => None,
            };
            let message = format!("const `{name}` has no value");
            self.diagnostics.push(
                Diagnostic::error("missing-value", &name, message).help_if(example.map(Into::into)),
            );
            return Err(());
        }
        let mut ahead = cursor.clone();
        cursor.skip_until(|c| c.is_punct(";") || begins_item(c));
        let end = cursor.position();
        let mut tokens = cursor.since(start);
        tokens.extend(quote!(;));
        if cursor.eat_punct(";").is_none() {
            self.missing_semicolon(cursor, "this const");
        }
        // What isn't written in the language of dimensions is left to rustc.
        let mut scratch = Diagnostics::new();
        let value = Parser::new(&mut scratch).sum(&mut ahead).ok();
        let value = value.filter(|_| !scratch.has_errors() && ahead.position() == end);
        Ok(Const {
            name,
            ty,
            value,
            tokens,
        })
    }

    pub(super) fn missing_semicolon(&mut self, cursor: &Cursor, what: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                "missing-semicolon",
                cursor.last_place(),
                format!("`;` is missing after {what}"),
            )
            .help("write `;` here"),
        );
    }
}

/// `pub`, `pub(crate)` or nothing.
fn visibility(cursor: &mut Cursor) -> TokenStream {
    let start = cursor.position();
    if cursor.eat_keyword("pub").is_some() && cursor.is_group(Delimiter::Parenthesis) {
        cursor.advance();
    }
    let tokens = cursor.since(start);
    quote!(#tokens)
}

/// Words that can't be names of generated fields and methods.
pub fn is_reserved(name: &Ident) -> bool {
    const WORDS: [&str; 36] = [
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum",
        "extern", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move",
        "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
        "true", "type", "where", "while",
    ];
    WORDS.iter().any(|word| name == word) || name == "_"
}
