//! Items: `struct`, `block` and `const`, with their bodies.

use proc_macro2::{Delimiter, Ident, Span, TokenStream};
use quote::quote;

use super::cursor::Cursor;
use super::expression::Parser;
use super::tree::{
    Const, Definition, Expr, ExprKind, Input, Kind, Let, Module, Outputs, ParameterItem, ShapeExpr,
};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, nearest};

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

impl Parser<'_> {
    fn item(&mut self, cursor: &mut Cursor, module: &mut Module) -> Result<(), ()> {
        let start = cursor.position();
        let attrs = self.attributes(cursor)?;
        let vis = visibility(cursor);
        let place = cursor.place();
        if cursor.eat_keyword("const").is_some() {
            let item = self.constant(cursor, start)?;
            module.consts.push(item);
        } else if cursor.eat_keyword("struct").is_some() {
            let definition = self.definition(cursor, attrs, vis, place)?;
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
                        parameter.kind.map_or("usize", Kind::name)
                    )),
                );
            }
            module.models.push(definition);
        } else if cursor.eat_keyword("block").is_some() {
            let definition = self.definition(cursor, attrs, vis, place)?;
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
                _ => None,
            };
            self.diagnostics.push(
                Diagnostic::error("unknown-item", place, message).help_if(help.map(Into::into)),
            );
            return Err(());
        }
        Ok(())
    }

    /// `#[doc = ".."]`, as they are.
    fn attributes(&mut self, cursor: &mut Cursor) -> Result<Vec<TokenStream>, ()> {
        let mut attrs = Vec::new();
        while cursor.is_punct("#") {
            let start = cursor.position();
            cursor.advance();
            if cursor.eat_group(Delimiter::Bracket).is_none() {
                let message = format!("expected `[` after `#`, found {}", cursor.found());
                self.error("unexpected-token", cursor.place(), message);
                return Err(());
            }
            attrs.push(cursor.since(start));
        }
        Ok(attrs)
    }

    fn expect_name(&mut self, cursor: &mut Cursor, what: &str) -> Result<Ident, ()> {
        match cursor.eat_ident() {
            Some(name) if is_reserved(&name) => {
                self.error(
                    "reserved-name",
                    Place::from(&name),
                    format!("`{name}` is a word of Rust and can't name {what}"),
                );
                // The name is kept so that the rest is read; the item is broken anyway.
                Ok(Ident::new_raw(&format!("{name}_"), name.span()))
            }
            Some(name) => Ok(name),
            None => {
                let message = format!("expected the name of {what}, found {}", cursor.found());
                self.error("unexpected-token", cursor.place(), message);
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
        let kind_word = cursor.peek_ident().map(ToString::to_string);
        let kind_at = cursor.position();
        cursor.skip_until(|c| c.is_punct("=") || c.is_punct(";"));
        let single = cursor.position() == kind_at + 1;
        let kind = kind_word.filter(|_| single).and_then(|word| kind(&word));
        if cursor.eat_punct("=").is_none() {
            self.error(
                "missing-value",
                Place::from(&name),
                format!("const `{name}` has no value"),
            );
            return Err(());
        }
        let mut ahead = cursor.clone();
        cursor.skip_until(|c| c.is_punct(";"));
        let end = cursor.position();
        if cursor.eat_punct(";").is_none() {
            self.missing_semicolon(cursor, "this const");
        }
        // What isn't written in the language of dimensions is left to rustc.
        let mut scratch = Diagnostics::new();
        let value = Parser::new(&mut scratch).sum(&mut ahead).ok();
        let value = value.filter(|_| !scratch.has_errors() && ahead.position() == end);
        Ok(Const {
            name,
            kind,
            value,
            tokens: cursor.since(start),
        })
    }

    fn missing_semicolon(&mut self, cursor: &Cursor, what: &str) {
        self.diagnostics.push(
            Diagnostic::error(
                "missing-semicolon",
                cursor.last_place(),
                format!("`;` is missing after {what}"),
            )
            .help("write `;` here"),
        );
    }

    /// From behind the keyword to the closing brace.
    fn definition(
        &mut self,
        cursor: &mut Cursor,
        attrs: Vec<TokenStream>,
        vis: TokenStream,
        keyword: Place,
    ) -> Result<Definition, ()> {
        let name = self.expect_name(cursor, "a network")?;
        let mut definition = Definition {
            attrs,
            vis,
            place: keyword.to(Place::from(&name)),
            name,
            dims: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            outputs: Outputs::Unknown,
            lets: Vec::new(),
            result: None,
        };
        if cursor.is_punct("<") {
            self.dims(cursor, &mut definition);
        }
        match cursor.eat_group(Delimiter::Parenthesis) {
            Some((mut inner, place)) => {
                if inner.is_end() {
                    self.error(
                        "no-input",
                        place,
                        format!("`{}` has no input", definition.name),
                    );
                }
                self.list(&mut inner, |p, c| {
                    if p.input(c, &mut definition).is_err() {
                        c.skip_until(|c| c.is_punct(","));
                    }
                });
            }
            None => {
                let message = format!(
                    "expected the inputs of `{}` in parentheses, found {}",
                    definition.name,
                    cursor.found()
                );
                self.diagnostics.push(
                    Diagnostic::error("no-input", cursor.place(), message)
                        .help(format!("write `{}(input: [784]) -> [10]`", definition.name)),
                );
                cursor.skip_until(|c| c.is_punct("->") || c.is_group(Delimiter::Brace));
            }
        }
        definition.outputs = self.outputs(cursor, &definition.name);
        if let Some(place) = cursor.eat_keyword("where") {
            self.where_clause(cursor, place, &definition);
        }
        let Some((body, place)) = cursor.eat_group(Delimiter::Brace) else {
            let message = format!("expected the body in braces, found {}", cursor.found());
            self.error("no-body", cursor.place(), message);
            return Err(());
        };
        self.body(body, place, &mut definition);
        Ok(definition)
    }

    /// `<H, W, C>`
    fn dims(&mut self, cursor: &mut Cursor, definition: &mut Definition) {
        cursor.advance();
        while !cursor.is_end() && cursor.eat_punct(">").is_none() {
            match cursor.eat_ident() {
                Some(dim) if definition.dims.contains(&dim) => {
                    let message = format!("dimension `{dim}` stands here twice");
                    self.error("duplicate-name", Place::from(&dim), message);
                }
                Some(dim) => definition.dims.push(dim),
                None => {
                    let message =
                        format!("expected the name of a dimension, found {}", cursor.found());
                    self.error("unexpected-token", cursor.place(), message);
                    cursor.skip_until(|c| {
                        c.is_punct(">") || c.is_punct(",") || c.is_group(Delimiter::Parenthesis)
                    });
                }
            }
            if cursor.eat_punct(",").is_none() && !cursor.is_punct(">") {
                if cursor.is_group(Delimiter::Parenthesis) {
                    self.error(
                        "unclosed-dimensions",
                        cursor.place(),
                        "`>` is missing before `(`",
                    );
                    return;
                }
                if cursor.peek_ident().is_none() {
                    let message = format!("expected `,` or `>`, found {}", cursor.found());
                    self.error("unexpected-token", cursor.place(), message);
                    cursor.skip_until(|c| c.is_punct(">") || c.is_group(Delimiter::Parenthesis));
                }
            }
        }
    }

    /// `x: [H, W, C]` or `heads: usize = 8`.
    fn input(&mut self, cursor: &mut Cursor, definition: &mut Definition) -> Result<(), ()> {
        self.attributes(cursor)?;
        let name = self.expect_name(cursor, "an input")?;
        let inputs = definition.inputs.iter().map(|i| &i.name);
        let known = inputs.chain(definition.parameters.iter().map(|p| &p.name));
        if known.into_iter().any(|known| *known == name) {
            self.error(
                "duplicate-name",
                Place::from(&name),
                format!("`{name}` stands here twice"),
            );
        }
        if cursor.eat_punct(":").is_none() {
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-shape",
                    &name,
                    format!("input `{name}` has no shape"),
                )
                .help(format!("write `{name}: [784]`, without the batch")),
            );
            definition.inputs.push(Input { name, shape: None });
            return Err(());
        }
        if cursor.is_group(Delimiter::Bracket) {
            let shape = Some(self.shape(cursor)?);
            definition.inputs.push(Input { name, shape });
            return Ok(());
        }
        let place = cursor.place();
        let word = cursor.eat_ident().map(|word| word.to_string());
        if cursor.is_group(Delimiter::Bracket) {
            let shape = self.shape(cursor)?;
            let word = word.unwrap_or_default();
            if word == "f32" {
                self.diagnostics.push(
                    Diagnostic::error("element-type", place, "values are `f32` without saying so")
                        .help(format!("write `{name}: {}`", Listing(&shape))),
                );
            } else {
                self.error(
                    "element-type",
                    place,
                    format!("inputs of type `{word}` are not supported yet, only `f32`"),
                );
            }
            definition.inputs.push(Input {
                name,
                shape: Some(shape),
            });
            return Ok(());
        }
        let Some(kind) = word.as_deref().and_then(kind) else {
            let found = word.map_or_else(|| cursor.found(), |word| format!("`{word}`"));
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-shape",
                    place,
                    format!("expected a shape such as `[28, 28, 1]`, found {found}"),
                )
                .help("parameters of blocks are `usize`, `f32` or `bool`"),
            );
            definition.inputs.push(Input { name, shape: None });
            return Err(());
        };
        let default = match cursor.eat_punct("=") {
            Some(_) => Some(self.sum(cursor)?),
            None => None,
        };
        definition.parameters.push(ParameterItem {
            name,
            kind: Some(kind),
            default,
        });
        Ok(())
    }

    /// `[H, W, C]`
    fn shape(&mut self, cursor: &mut Cursor) -> Result<ShapeExpr, ()> {
        let Some((mut inner, place)) = cursor.eat_group(Delimiter::Bracket) else {
            let message = format!("expected a shape such as `[10]`, found {}", cursor.found());
            self.error("missing-shape", cursor.place(), message);
            return Err(());
        };
        let (axes, _) = self.list(&mut inner, |p, c| {
            let start = c.place();
            p.sum(c).unwrap_or_else(|()| {
                c.skip_until(|c| c.is_punct(","));
                Expr::broken(c.from(start))
            })
        });
        Ok(ShapeExpr { axes, place })
    }

    fn outputs(&mut self, cursor: &mut Cursor, name: &Ident) -> Outputs {
        if cursor.eat_punct("->").is_none() {
            let found = cursor.found();
            self.diagnostics.push(
                Diagnostic::error(
                    "no-output",
                    cursor.place(),
                    format!("expected `->` and the output of `{name}`, found {found}"),
                )
                .help("write the shape that comes out, as in `-> [10]`"),
            );
            cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_keyword("where"));
            return Outputs::Unknown;
        }
        if let Some((mut inner, place)) = cursor.eat_group(Delimiter::Parenthesis) {
            let mut outputs: Vec<(Ident, Option<ShapeExpr>)> = Vec::new();
            self.list(&mut inner, |p, c| {
                let read = p.output(c);
                if read.is_err() {
                    c.skip_until(|c| c.is_punct(","));
                }
                let Ok(output) = read else { return };
                if outputs.iter().any(|(known, _)| *known == output.0) {
                    let message = format!("output `{}` stands here twice", output.0);
                    p.error("duplicate-name", Place::from(&output.0), message);
                }
                outputs.push(output);
            });
            if outputs.is_empty() && !self.diagnostics.has_errors() {
                self.error("no-output", place, format!("`{name}` has no output"));
            }
            return Outputs::Named(outputs);
        }
        match self.shape(cursor) {
            Ok(shape) => Outputs::One(shape),
            Err(()) => {
                cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_keyword("where"));
                Outputs::Unknown
            }
        }
    }

    fn output(&mut self, cursor: &mut Cursor) -> Result<(Ident, Option<ShapeExpr>), ()> {
        if cursor.is_group(Delimiter::Bracket) {
            let place = cursor.place();
            self.diagnostics.push(
                Diagnostic::error(
                    "unnamed-output",
                    place,
                    "each of several outputs has a name",
                )
                .help("write `-> (score: [1], class: [5])`"),
            );
            return Err(());
        }
        let name = self.expect_name(cursor, "an output")?;
        if cursor.eat_punct(":").is_none() {
            self.error(
                "missing-shape",
                Place::from(&name),
                format!("output `{name}` has no shape"),
            );
            return Ok((name, None));
        }
        let shape = self.shape(cursor)?;
        Ok((name, Some(shape)))
    }

    /// `where T <= 256, ..` is read as far as the next brace.
    fn where_clause(&mut self, cursor: &mut Cursor, place: Place, definition: &Definition) {
        let start = cursor.position();
        cursor.skip_until(|c| c.is_group(Delimiter::Brace));
        if cursor.position() == start {
            self.error("empty-where", place, "a condition is missing after `where`");
        } else if definition.dims.is_empty() {
            self.error(
                "empty-where",
                cursor.from(place),
                "`where` limits a dimension of `<..>`, and there is none",
            );
        }
    }

    /// `let`s, then the result.
    fn body(&mut self, mut cursor: Cursor, place: Place, definition: &mut Definition) {
        while !cursor.is_end() {
            let before = cursor.position();
            if self.attributes(&mut cursor).is_err() {
                cursor.skip_until(|c| c.is_punct(";"));
            }
            if cursor.is_keyword("let") {
                if let Ok(item) = self.binding(&mut cursor) {
                    definition.lets.push(item);
                } else {
                    cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
                    cursor.eat_punct(";");
                }
            } else if let Some(semicolon) = cursor.eat_punct(";") {
                if cursor.is_end() && definition.result.is_some() {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "semicolon-after-result",
                            semicolon,
                            "the result of the body stands without `;`",
                        )
                        .help("remove this `;`"),
                    );
                }
            } else if cursor.is_keyword("return") {
                self.diagnostics.push(
                    Diagnostic::error(
                        "return",
                        cursor.place(),
                        "the last expression is the result, without `return`",
                    )
                    .help("remove `return`"),
                );
                cursor.advance();
            } else {
                let result = self.chain(&mut cursor);
                let end = cursor.is_end() || cursor.is_punct(";");
                if !end && !matches!(result.kind, ExprKind::Broken) && !cursor.is_keyword("let") {
                    let message = format!(
                        "expected `->` or the end of the body, found {}",
                        cursor.found()
                    );
                    self.error("unexpected-token", cursor.place(), message);
                    cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
                }
                if let Some(earlier) = &definition.result {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "value-not-used",
                            earlier.place,
                            format!("the value of `{earlier}` goes nowhere"),
                        )
                        .help(format!("write `let name = {earlier};`, or remove it")),
                    );
                }
                definition.result = Some(result);
            }
            if cursor.position() == before {
                cursor.advance();
            }
        }
        if let (None, Some(last)) = (&definition.result, definition.lets.last()) {
            let name = last.names.first().map(ToString::to_string);
            let message = format!("the body of `{}` ends without a result", definition.name);
            let help = name.map(|n| format!("write `{n}` as the last line").into());
            self.diagnostics
                .push(Diagnostic::error("no-result", place.end, message).help_if(help));
        } else if definition.result.is_none() {
            let first = definition.inputs.first().map(|i| i.name.to_string());
            let first = first.unwrap_or_else(|| "input".to_owned());
            let message = format!("the body of `{}` is empty", definition.name);
            self.diagnostics.push(
                Diagnostic::error("no-result", place, message)
                    .help(format!("write `{{ {first} -> Dense(10) }}`")),
            );
        }
    }

    /// `let y: [15, 15, 32] = ..;`
    fn binding(&mut self, cursor: &mut Cursor) -> Result<Let, ()> {
        cursor.advance();
        if let Some(place) = cursor.eat_keyword("mut") {
            self.diagnostics.push(
                Diagnostic::error("let-mut", place, "values never change here")
                    .help("remove `mut`"),
            );
        }
        let names = match cursor.eat_group(Delimiter::Parenthesis) {
            Some((mut inner, _)) => {
                let (names, _) = self.list(&mut inner, |p, c| {
                    let name = p.expect_name(c, "a value");
                    if name.is_err() {
                        c.skip_until(|c| c.is_punct(","));
                    }
                    name
                });
                names.into_iter().collect::<Result<Vec<_>, ()>>()?
            }
            None => vec![self.expect_name(cursor, "a value")?],
        };
        let shape = match cursor.eat_punct(":") {
            Some(_) => Some(self.shape(cursor)?),
            None => None,
        };
        if cursor.eat_punct("=").is_none() {
            let message = format!("expected `=` in this `let`, found {}", cursor.found());
            self.error("unexpected-token", cursor.place(), message);
            return Err(());
        }
        let value = self.chain(cursor);
        if cursor.eat_punct(";").is_none() {
            let readable = cursor.is_end() || cursor.is_keyword("let");
            if readable || cursor.peek_ident().is_some() {
                self.missing_semicolon(cursor, "this `let`");
            } else if !matches!(value.kind, ExprKind::Broken) {
                let message = format!("expected `->` or `;`, found {}", cursor.found());
                self.error("unexpected-token", cursor.place(), message);
                cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
                cursor.eat_punct(";");
            }
        }
        Ok(Let {
            names,
            shape,
            value,
        })
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

fn kind(word: &str) -> Option<Kind> {
    let found = Kind::NAMES.iter().find(|(name, _)| *name == word);
    found.map(|(_, kind)| *kind)
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

struct Listing<'a>(&'a ShapeExpr);

impl std::fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let axes: Vec<String> = self.0.axes.iter().map(ToString::to_string).collect();
        write!(f, "[{}]", axes.join(", "))
    }
}
