//! What a definition promises: `-> [10]`, `-> (score: [1], class: [5])`.

use proc_macro2::{Delimiter, Ident};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Outputs, ShapeExpr};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
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
    pub(super) fn second_output(&mut self, cursor: &mut Cursor) -> bool {
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
}
