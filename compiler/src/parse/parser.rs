//! What every part of the language is read with: errors, brackets and lists.

use proc_macro2::{Delimiter, TokenTree};

use super::cursor::Cursor;
use super::tree::Expr;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::words::Words;

/// Brackets within brackets beyond this are refused: the compiler's own stack is not endless.
pub(super) const DEEPEST: usize = 64;

/// Reads tokens and reports what can't be read.
pub struct Parser<'a> {
    pub diagnostics: &'a mut Diagnostics,
    pub(super) depth: usize,
    /// The first input of the definition that is read, for help lines.
    pub(super) input: String,
    /// Numbers are read, in which `.` is no arrow.
    pub(super) in_argument: bool,
}

impl<'a> Parser<'a> {
    pub fn new(diagnostics: &'a mut Diagnostics) -> Self {
        Parser {
            diagnostics,
            depth: 0,
            input: "input".to_owned(),
            in_argument: false,
        }
    }

    pub fn error(&mut self, code: &'static str, place: Place, message: impl Into<Words>) {
        self.diagnostics
            .push(Diagnostic::error(code, place, message));
    }

    /// A token that can't stand here, and what can.
    pub(super) fn unexpected(
        &mut self,
        place: Place,
        message: impl Into<Words>,
        help: impl Into<Words>,
    ) {
        self.diagnostics
            .push(Diagnostic::error("unexpected-token", place, message).help(help));
    }

    /// Runs `read` one bracket deeper.
    pub(super) fn nested(
        &mut self,
        place: Place,
        read: impl FnOnce(&mut Self) -> Expr,
    ) -> Result<Expr, ()> {
        if self.depth >= DEEPEST {
            let message = format!("brackets stand more than {DEEPEST} deep");
            self.diagnostics.push(
                Diagnostic::error("nested-too-deeply", place, message)
                    .help("remove those that mean nothing, or take a part out as a `let`"),
            );
            return Ok(Expr::broken(place));
        }
        self.depth += 1;
        let expr = read(self);
        self.depth -= 1;
        Ok(expr)
    }

    /// A list with commas, to the end of the cursor, and whether there was a comma.
    pub fn list<T>(
        &mut self,
        cursor: &mut Cursor,
        mut item: impl FnMut(&mut Self, &mut Cursor) -> T,
    ) -> (Vec<T>, bool) {
        let mut items = Vec::new();
        let mut commas = false;
        while !cursor.is_end() {
            let before = cursor.position();
            items.push(item(self, cursor));
            if cursor.is_end() {
                break;
            }
            if cursor.eat_punct(",").is_some() {
                commas = true;
                continue;
            }
            let place = cursor.place();
            if cursor.position() > before && cursor.peek().is_some_and(starts_operand) {
                let found = cursor.found();
                self.diagnostics.push(
                    Diagnostic::error(
                        "missing-comma",
                        place,
                        format!("`,` is missing before {found}"),
                    )
                    .help("write a comma between the two"),
                );
                commas = true;
                continue;
            }
            let message = format!(
                "expected `,` or the closing bracket, found {}",
                cursor.found()
            );
            self.unexpected(
                place,
                message,
                format!("write a comma, or remove {}", cursor.found()),
            );
            cursor.skip_until(|c| c.is_punct(","));
            cursor.eat_punct(",");
        }
        (items, commas)
    }
}

/// Whether an operand can begin with this token.
pub(super) fn starts_operand(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) | TokenTree::Literal(_) => true,
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace,
        TokenTree::Punct(_) => false,
    }
}
