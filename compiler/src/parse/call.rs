//! Names, calls and their arguments.

use proc_macro2::Delimiter;

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Argument, Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    /// `name`, `path::to::Name` or `Name(arguments)`.
    pub(super) fn path_or_call(&mut self, cursor: &mut Cursor) -> Result<Expr, ()> {
        let start = cursor.place();
        let position = cursor.position();
        let mut text = String::new();
        if cursor.eat_punct("::").is_some() {
            text.push_str("::");
        }
        loop {
            let Some(ident) = cursor.eat_ident() else {
                let message = format!("expected a name after `::`, found {}", cursor.found());
                self.unexpected(cursor.place(), message, "write a path, as in `my::Layer`");
                return Err(());
            };
            text.push_str(&ident.to_string());
            if cursor.eat_punct("::").is_none() {
                break;
            }
            text.push_str("::");
        }
        let path = Expr {
            kind: ExprKind::Path {
                text,
                tokens: cursor.since(position),
            },
            place: cursor.from(start),
        };
        if let Some(broken) = self.macro_call(&path, cursor) {
            return Ok(broken);
        }
        self.sizes_at_use(&path, cursor);
        let Some((mut inner, place)) = cursor.eat_group(Delimiter::Parenthesis) else {
            return Ok(path);
        };
        let call = self.nested(place, |p| {
            let (arguments, _) = p.list(&mut inner, Parser::argument);
            Expr {
                kind: ExprKind::Call {
                    path: Box::new(path),
                    arguments,
                },
                place: start.to(place),
            }
        })?;
        self.called(call, cursor)
    }

    /// `32` or `padding = same`.
    fn argument(&mut self, cursor: &mut Cursor) -> Argument {
        let name = cursor.peek_ident().cloned().filter(|_| {
            (cursor.is_punct_at(1, "=") && !cursor.is_punct_at(1, "=>"))
                || (cursor.is_punct_at(1, ":") && !cursor.is_punct_at(1, "::"))
        });
        let Some(name) = name else {
            return Argument {
                name: None,
                value: self.argument_value(cursor),
            };
        };
        cursor.advance();
        if cursor.is_punct(":") {
            let place = cursor.place();
            self.diagnostics.push(
                Diagnostic::error(
                    "colon-in-argument",
                    place,
                    "an option is given with `=`, found `:`",
                )
                .help(format!("write `{name} = ..`")),
            );
        }
        if cursor.is_punct("==") {
            self.diagnostics.push(
                Diagnostic::error(
                    "colon-in-argument",
                    cursor.place(),
                    "an option is given with `=`, found `==`",
                )
                .help(format!("write `{name} = ..`")),
            );
            cursor.advance();
        }
        cursor.advance();
        if cursor.is_end() || cursor.is_punct(",") {
            let place = Place::from(&name);
            self.error("missing-value", place, format!("`{name}` has no value"));
            return Argument {
                name: Some(name),
                value: Expr::broken(place),
            };
        }
        Argument {
            name: Some(name),
            value: self.argument_value(cursor),
        }
    }

    fn argument_value(&mut self, cursor: &mut Cursor) -> Expr {
        let outside = std::mem::replace(&mut self.in_argument, true);
        let value = self.chain_item(cursor);
        self.in_argument = outside;
        value
    }
}
