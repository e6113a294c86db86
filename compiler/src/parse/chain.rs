//! Chains: stages with arrows between them.

use proc_macro2::{Ident, TokenTree};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    /// `a -> B -> C`; after an error goes on at the next `->`.
    pub fn chain(&mut self, cursor: &mut Cursor) -> Expr {
        while self.comment(cursor) {}
        let start = cursor.place();
        let head = match cursor.eat_punct("->") {
            Some(arrow) => {
                self.diagnostics.push(
                    Diagnostic::error("missing-stage", arrow, "nothing flows into this `->`")
                        .help(format!("write `{} -> ..`", self.input)),
                );
                let mut head = Expr::broken(arrow);
                if !cursor.is_end() {
                    let stages = vec![self.stage(cursor)];
                    head = Expr {
                        kind: ExprKind::Chain {
                            head: Box::new(head),
                            stages,
                        },
                        place: cursor.from(start),
                    };
                }
                head
            }
            None => self.stage(cursor),
        };
        let mut stages = Vec::new();
        while let Some(arrow) = self.arrow(cursor) {
            while self.comment(cursor) {}
            if cursor.is_end() || cursor.is_punct(";") || cursor.is_punct("->") {
                self.diagnostics.push(
                    Diagnostic::error("missing-stage", arrow, "a stage is missing after `->`")
                        .help("write a layer, as in `-> Relu`, or remove the arrow"),
                );
                stages.push(Expr::broken(arrow));
                continue;
            }
            stages.push(self.stage(cursor));
        }
        if stages.is_empty() {
            return head;
        }
        Expr {
            kind: ExprKind::Chain {
                head: Box::new(head),
                stages,
            },
            place: cursor.from(start),
        }
    }

    /// The next arrow; a wrong or missing one is reported and taken for right.
    pub(super) fn arrow(&mut self, cursor: &mut Cursor) -> Option<Place> {
        while self.comment(cursor) {}
        if let Some(place) = cursor.eat_punct("->") {
            return Some(place);
        }
        for wrong in ["=>", "|>", "~>", ">>", "-->", "--->", "<-", ">"] {
            // `x > 0` compares.
            let compares = wrong == ">" && matches!(cursor.peek_at(1), Some(TokenTree::Literal(_)));
            if cursor.is_punct(wrong) && !compares {
                let place = cursor.eat_punct(wrong)?;
                self.diagnostics.push(
                    Diagnostic::error(
                        "wrong-arrow",
                        place,
                        format!("data flows through `->`, found `{wrong}`"),
                    )
                    .help("write `->`"),
                );
                return Some(place);
            }
        }
        if cursor.is_punct("-") && cursor.is_punct_at(1, ">") {
            let start = cursor.place();
            cursor.advance();
            cursor.advance();
            let place = cursor.from(start);
            self.diagnostics.push(
                Diagnostic::error("wrong-arrow", place, "`->` is written without a space")
                    .help("write `->`"),
            );
            return Some(place);
        }
        if cursor.is_punct(".") && matches!(cursor.peek_at(1), Some(TokenTree::Ident(_))) {
            let place = cursor.place();
            self.diagnostics.push(
                Diagnostic::error(
                    "wrong-arrow",
                    place,
                    "stages follow each other with `->`, not `.`",
                )
                .help("write ` -> `"),
            );
            cursor.advance();
            return Some(place);
        }
        let next = cursor.peek_ident()?;
        let upper = next.to_string().starts_with(char::is_uppercase);
        if upper {
            let place = cursor.place();
            let message = format!("`->` is missing before `{next}`");
            let help = format!("write `-> {next}`");
            self.diagnostics
                .push(Diagnostic::error("missing-arrow", place, message).help(help));
            return Some(place);
        }
        None
    }

    /// A stage with or without a name; after an error skips to the next `->` or `;`.
    pub(super) fn stage(&mut self, cursor: &mut Cursor) -> Expr {
        let start = cursor.place();
        let named = cursor
            .peek_ident()
            .cloned()
            .filter(|_| cursor.is_punct_at(1, ":") && !cursor.is_punct_at(1, "::"));
        let named = named.or_else(|| self.quoted_name(cursor));
        let expr = match named {
            Some(name) => {
                cursor.advance();
                cursor.advance();
                self.second_name(&name, cursor);
                let stage = self.sum(cursor);
                stage.map(|stage| Expr {
                    place: cursor.from(start),
                    kind: ExprKind::Named {
                        name,
                        stage: Box::new(stage),
                    },
                })
            }
            None => self.sum(cursor),
        };
        expr.unwrap_or_else(|()| {
            cursor.skip_until(|c| c.is_punct("->") || c.is_punct(";") || c.is_punct(","));
            Expr::broken(cursor.from(start))
        })
    }

    /// `first: second: Dense(2)`: reads over all names but the first.
    fn second_name(&mut self, first: &Ident, cursor: &mut Cursor) {
        while cursor.is_punct_at(1, ":") && !cursor.is_punct_at(1, "::") {
            let Some(second) = cursor.peek_ident().cloned() else {
                return;
            };
            self.diagnostics.push(
                Diagnostic::error(
                    "two-names",
                    Place::from(&second),
                    format!("a stage has one name, found `{first}` and `{second}`"),
                )
                .help(format!("write `{first}: ..` or `{second}: ..`")),
            );
            cursor.advance();
            cursor.advance();
        }
    }

    pub(super) fn chain_item(&mut self, cursor: &mut Cursor) -> Expr {
        if cursor.is_punct(",") {
            let place = cursor.place();
            self.unexpected(
                place,
                "something is missing before this comma",
                "remove the comma, or write what belongs before it",
            );
            return Expr::broken(place);
        }
        self.chain(cursor)
    }
}
