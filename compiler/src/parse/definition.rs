//! The head of a `struct` or `block`: dimensions, inputs, parameters, outputs.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Definition, Expr, Input, Outputs, ParameterItem, ShapeExpr};
use crate::diagnostic::{Diagnostic, Place};
use crate::shape::ScalarType;

impl Parser<'_> {
    /// From behind the keyword to the closing brace.
    pub(super) fn definition(
        &mut self,
        cursor: &mut Cursor,
        attrs: Vec<TokenStream>,
        vis: TokenStream,
        keyword: Place,
        is_block: bool,
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
            self.dims(cursor, &mut definition, is_block);
        }
        if cursor.is_group(Delimiter::Brace) {
            // A struct of Rust. What is in its braces can't be read without inputs.
            let message = format!("`{}` has neither inputs nor an output", definition.name);
            self.diagnostics.push(
                Diagnostic::error("no-input", definition.place, message).help(format!(
                    "write `{}(input: [784]) -> [10]` before the braces",
                    definition.name
                )),
            );
            cursor.advance();
            definition.result = Some(Expr::broken(definition.place));
            return Ok(definition);
        }
        match cursor.eat_group(Delimiter::Parenthesis) {
            Some((mut inner, place)) => {
                if inner.is_end() {
                    let name = &definition.name;
                    self.diagnostics.push(
                        Diagnostic::error("no-input", place, format!("`{name}` has no input"))
                            .help(format!("write `{name}(input: [784]) -> [10]`")),
                    );
                }
                self.list(&mut inner, |p, c| {
                    if p.input(c, &mut definition).is_err() {
                        c.skip_until(|c| c.is_punct(","));
                    }
                });
                let mut seen = Vec::new();
                definition.inputs.retain(|input| {
                    let first = !seen.contains(&input.name);
                    seen.push(input.name.clone());
                    first
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
        let first = definition.inputs.first();
        self.input = first.map_or("input".to_owned(), |input| input.name.to_string());
        definition.outputs = self.outputs(cursor, &definition.name);
        if self.second_output(cursor) {
            definition.outputs = Outputs::Unknown;
        }
        if let Some(place) = cursor.eat_keyword("where") {
            self.where_clause(cursor, place, &definition);
        }
        let Some((body, place)) = cursor.eat_group(Delimiter::Brace) else {
            let message = format!("expected the body in braces, found {}", cursor.found());
            self.diagnostics.push(
                Diagnostic::error("no-body", cursor.place(), message)
                    .help("write `{` before the body and `}` behind it"),
            );
            return Err(());
        };
        self.body(body, place, &mut definition);
        Ok(definition)
    }

    /// `<H, W, C>`
    pub(super) fn dims(
        &mut self,
        cursor: &mut Cursor,
        definition: &mut Definition,
        is_block: bool,
    ) {
        cursor.advance();
        while !cursor.is_end() && cursor.eat_punct(">").is_none() {
            let start = cursor.place();
            let mut generic = cursor.eat_keyword("const").is_some();
            match cursor.eat_ident() {
                Some(dim) if definition.dims.contains(&dim) => {
                    let message = format!("dimension `{dim}` stands here twice");
                    self.diagnostics.push(
                        Diagnostic::error("duplicate-name", &dim, message)
                            .help("remove one of the two"),
                    );
                }
                Some(dim) => definition.dims.push(dim),
                None => {
                    let message =
                        format!("expected the name of a dimension, found {}", cursor.found());
                    self.unexpected(cursor.place(), message, "write names, as in `<H, W, C>`");
                    cursor.skip_until(|c| {
                        c.is_punct(">") || c.is_punct(",") || c.is_group(Delimiter::Parenthesis)
                    });
                }
            }
            if cursor.is_punct(":") {
                generic = true;
                cursor.skip_until(|c| {
                    c.is_punct(">") || c.is_punct(",") || c.is_group(Delimiter::Parenthesis)
                });
            }
            // A struct's dimensions are refused anyway.
            if generic && is_block {
                let names: Vec<String> = definition.dims.iter().map(ToString::to_string).collect();
                self.unexpected(
                    cursor.from(start),
                    "a dimension is a name alone",
                    format!("write `<{}>`", names.join(", ")),
                );
            }
            if cursor.eat_punct(",").is_none() && !cursor.is_punct(">") {
                if cursor.is_group(Delimiter::Parenthesis) {
                    let names: Vec<String> =
                        definition.dims.iter().map(ToString::to_string).collect();
                    self.diagnostics.push(
                        Diagnostic::error(
                            "unclosed-dimensions",
                            cursor.place(),
                            "`>` is missing before `(`",
                        )
                        .help(format!("write `<{}>`", names.join(", "))),
                    );
                    return;
                }
                if cursor.peek_ident().is_none() {
                    let message = format!("expected `,` or `>`, found {}", cursor.found());
                    self.unexpected(cursor.place(), message, "write names, as in `<H, W, C>`");
                    cursor.skip_until(|c| c.is_punct(">") || c.is_group(Delimiter::Parenthesis));
                }
            }
        }
    }

    /// `x: [H, W, C]` or `heads: usize = 8`.
    pub(super) fn input(
        &mut self,
        cursor: &mut Cursor,
        definition: &mut Definition,
    ) -> Result<(), ()> {
        self.attributes(cursor)?;
        let name = self.expect_name(cursor, "an input")?;
        let inputs = definition.inputs.iter().map(|i| &i.name);
        let mut known = inputs.chain(definition.parameters.iter().map(|p| &p.name));
        if known.any(|known| *known == name) {
            self.diagnostics.push(
                Diagnostic::error(
                    "duplicate-name",
                    &name,
                    format!("`{name}` stands here twice"),
                )
                .help("remove one of the two, or give it another name"),
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
            let message = match word.as_str() {
                "f32" => "values are `f32` without saying so".to_owned(),
                _ => format!("inputs of type `{word}` are not supported yet, only `f32`"),
            };
            let help = Some(Listing(&shape).to_string())
                .filter(|sizes| !sizes.contains('?'))
                .map(|sizes| format!("write `{name}: {sizes}`").into());
            self.diagnostics
                .push(Diagnostic::error("element-type", place, message).help_if(help));
            definition.inputs.push(Input {
                name,
                shape: Some(shape),
            });
            return Ok(());
        }
        let Some(ty) = word.as_deref().and_then(ScalarType::new) else {
            let found = word.map_or_else(|| cursor.found(), |word| format!("`{word}`"));
            let help = match cursor.peek() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    format!("write `{name}: [{}]`, in brackets", commas(group.stream()))
                }
                _ if found.starts_with('`') && found[1..].starts_with(char::is_lowercase) => {
                    "parameters of blocks are `usize`, `f32` or `bool`".to_owned()
                }
                _ => format!("write the shape of one example, as in `{name}: [784]`"),
            };
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-shape",
                    place,
                    format!("expected a shape such as `[28, 28, 1]`, found {found}"),
                )
                .help(help),
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
            ty: Some(ty),
            default,
        });
        Ok(())
    }

    /// `[H, W, C]`
    pub(super) fn shape(&mut self, cursor: &mut Cursor) -> Result<ShapeExpr, ()> {
        let Some((mut inner, place)) = cursor.eat_group(Delimiter::Bracket) else {
            let message = format!("expected a shape such as `[10]`, found {}", cursor.found());
            let help = match cursor.peek() {
                Some(TokenTree::Literal(number)) => Some(format!("write `[{number}]`").into()),
                Some(TokenTree::Ident(_)) => {
                    Some("write the sizes in brackets, as in `[10]`".into())
                }
                _ => None,
            };
            self.diagnostics
                .push(Diagnostic::error("missing-shape", cursor.place(), message).help_if(help));
            return Err(());
        };
        if let (Some(kind), true) = (inner.peek_ident().cloned(), inner.is_punct_at(1, ";")) {
            // `[f32; 784]`
            inner.advance();
            inner.advance();
            let axis = self
                .sum(&mut inner)
                .unwrap_or_else(|()| Expr::broken(place));
            self.diagnostics.push(
                Diagnostic::error(
                    "element-type",
                    &kind,
                    "a shape is a list of sizes; values are `f32` without saying so",
                )
                .help(format!("write `[{axis}]`")),
            );
            let axes = vec![axis];
            return Ok(ShapeExpr { axes, place });
        }
        let (axes, _) = self.list(&mut inner, |p, c| {
            let start = c.place();
            p.sum(c).unwrap_or_else(|()| {
                c.skip_until(|c| c.is_punct(","));
                Expr::broken(c.from(start))
            })
        });
        Ok(ShapeExpr { axes, place })
    }

    pub(super) fn outputs(&mut self, cursor: &mut Cursor, name: &Ident) -> Outputs {
        if cursor.eat_punct("->").is_none() {
            let found = cursor.found();
            self.diagnostics.push(
                Diagnostic::error(
                    "no-output",
                    cursor.last_place().end,
                    format!("expected `->` and the output of `{name}`, found {found}"),
                )
                .help("write the shape that comes out, as in `-> [10]`"),
            );
            cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_keyword("where"));
            return Outputs::Unknown;
        }
        if let Some((mut inner, place)) = cursor.eat_group(Delimiter::Parenthesis) {
            let mut outputs: Vec<(Ident, Option<ShapeExpr>)> = Vec::new();
            let mut unreadable = false;
            self.list(&mut inner, |p, c| {
                let read = p.output(c);
                if read.is_err() {
                    unreadable = true;
                    c.skip_until(|c| c.is_punct(","));
                }
                let Ok(output) = read else { return };
                if outputs.iter().any(|(known, _)| *known == output.0) {
                    let message = format!("output `{}` stands here twice", output.0);
                    p.diagnostics.push(
                        Diagnostic::error("duplicate-name", &output.0, message)
                            .help("give it another name"),
                    );
                }
                outputs.push(output);
            });
            if outputs.is_empty() && !self.diagnostics.has_errors() {
                self.error("no-output", place, format!("`{name}` has no output"));
            }
            return match unreadable {
                true => Outputs::Unknown,
                false => Outputs::Named(outputs),
            };
        }
        match self.shape(cursor) {
            Ok(shape) => Outputs::One(shape),
            Err(()) => {
                cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_keyword("where"));
                Outputs::Unknown
            }
        }
    }

    /// `-> [10], [2]`
    fn second_output(&mut self, cursor: &mut Cursor) -> bool {
        if !cursor.is_punct(",") {
            return false;
        }
        let start = cursor.place();
        cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_keyword("where"));
        self.diagnostics.push(
            Diagnostic::error(
                "unnamed-output",
                cursor.from(start),
                "several outputs stand in parentheses, each with a name",
            )
            .help("write `-> (score: [1], class: [5])`"),
        );
        true
    }

    pub(super) fn output(&mut self, cursor: &mut Cursor) -> Result<(Ident, Option<ShapeExpr>), ()> {
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
    pub(super) fn where_clause(
        &mut self,
        cursor: &mut Cursor,
        place: Place,
        definition: &Definition,
    ) {
        let start = cursor.position();
        cursor.skip_until(|c| c.is_group(Delimiter::Brace));
        if cursor.position() == start {
            self.diagnostics.push(
                Diagnostic::error("empty-where", place, "a condition is missing after `where`")
                    .help("remove `where`"),
            );
        } else if definition.dims.is_empty() {
            self.diagnostics.push(
                Diagnostic::error(
                    "empty-where",
                    cursor.from(place),
                    "`where` limits a dimension of `<..>`, and there is none",
                )
                .help("remove it"),
            );
        }
    }
}

/// The tokens without the spaces that they are printed with.
fn commas(tokens: TokenStream) -> String {
    tokens.to_string().replace(" ,", ",")
}

struct Listing<'a>(&'a ShapeExpr);

impl std::fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let axes: Vec<String> = self.0.axes.iter().map(ToString::to_string).collect();
        write!(f, "[{}]", axes.join(", "))
    }
}
