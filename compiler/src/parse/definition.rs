//! A `struct` or `block`: its name and dimensions, and around what its inputs, outputs and body are.

use proc_macro2::{Delimiter, Ident, TokenStream};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Definition, Expr, Outputs};
use crate::diagnostic::{Diagnostic, Place};

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
        let name = self.free_name(name);
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

    /// The Rust that is made of a network speaks of these types and crates by their names.
    fn free_name(&mut self, name: Ident) -> Ident {
        const TAKEN: [&str; 8] = [
            "bool",
            "f32",
            "u32",
            "u64",
            "usize",
            "str",
            "sf",
            "shapeflow",
        ];
        let text = name.to_string();
        if !TAKEN.contains(&text.as_str()) {
            return name;
        }
        let free = format!("{}{}", text[..1].to_uppercase(), &text[1..]);
        let message = format!("`{text}` has a meaning already and can't name a network");
        self.diagnostics.push(
            Diagnostic::error("reserved-name", &name, message).help(format!("write `{free}`")),
        );
        Ident::new(&free, name.span())
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
