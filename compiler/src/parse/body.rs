//! Bodies: `let`s, then the result.

use proc_macro2::Delimiter;

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Definition, Expr, ExprKind, Let};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    /// `let`s, then the result.
    pub(super) fn body(&mut self, mut cursor: Cursor, place: Place, definition: &mut Definition) {
        while !cursor.is_end() {
            let before = cursor.position();
            if self.comment(&mut cursor) {
                continue;
            }
            let assigned = self.assignment(&mut cursor);
            if cursor.is_end() {
                break;
            }
            if cursor.is_keyword("let") || assigned {
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
                let mut result = self.chain(&mut cursor);
                let end = cursor.is_end() || cursor.is_punct(";");
                if !end && !matches!(result.kind, ExprKind::Broken) && !cursor.is_keyword("let") {
                    let new_line = cursor.place().line() > cursor.last_place().end.end().line;
                    let found = cursor.found();
                    if cursor.peek_ident().is_some() && new_line {
                        self.unexpected(
                            cursor.place(),
                            format!("a body has one result, and {found} begins another"),
                            "bind the first as `let name = ..;`, or give both as `(.., ..)`",
                        );
                        definition.result = Some(Expr::broken(result.place));
                        continue;
                    } else {
                        self.unexpected(
                            cursor.place(),
                            format!("expected `->` or the end of the body, found {found}"),
                            format!("write `->` between two stages, or remove {found}"),
                        );
                    }
                    result = Parser::unfinished(result);
                    cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
                }
                if let Some(earlier) = &definition.result
                    && !matches!(earlier.kind, ExprKind::Broken)
                {
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
    pub(super) fn binding(&mut self, cursor: &mut Cursor) -> Result<Let, ()> {
        cursor.eat_keyword("let");
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
            Some(_) => match self.shape(cursor) {
                Ok(shape) => Some(shape),
                Err(()) => {
                    cursor.skip_until(|c| c.is_punct("=") || c.is_punct(";"));
                    None
                }
            },
            None => None,
        };
        if cursor.eat_punct("=").is_none() {
            let place = cursor.place();
            let message = format!("expected `=` in this `let`, found {}", cursor.found());
            self.unexpected(
                cursor.place(),
                message,
                format!(
                    "write `let {} = ..;`",
                    names.first().map_or("y".to_owned(), ToString::to_string)
                ),
            );
            // The name is kept, so that what speaks of it isn't wrong too.
            cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
            cursor.eat_punct(";");
            return Ok(Let {
                names,
                shape,
                value: Expr::broken(place),
            });
        }
        let mut value = self.chain(cursor);
        if cursor.eat_punct(";").is_none() {
            let readable = cursor.is_end() || cursor.is_keyword("let");
            if readable || cursor.peek_ident().is_some() {
                self.missing_semicolon(cursor, "this `let`");
            } else if !matches!(value.kind, ExprKind::Broken) {
                let message = format!("expected `->` or `;`, found {}", cursor.found());
                self.unexpected(
                    cursor.place(),
                    message,
                    format!(
                        "write `->` between two stages, or remove {}",
                        cursor.found()
                    ),
                );
                cursor.skip_until(|c| c.is_punct(";") || c.is_keyword("let"));
                cursor.eat_punct(";");
                value = Parser::unfinished(value);
            }
        }
        Ok(Let {
            names,
            shape,
            value,
        })
    }
}
