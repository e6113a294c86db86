//! Expressions: chains, sums, products, calls, tuples, repeats, numbers, kernel sizes.
//!
//! ```text
//! chain   = sum ("->" stage)*          stage = [name ":"] sum
//! sum     = product (("+" | "-") product)*
//! product = atom (("*" | "/") atom)*
//! atom    = number ["x" number] | path ["(" arguments ")"] | "(" .. ")" | "[" .. "]" | "-" atom
//! ```

use proc_macro2::{Delimiter, TokenTree};

use super::cursor::Cursor;
use super::number::is_digits;
use super::parser::{Parser, starts_operand};
use super::tree::{Expr, ExprKind, Operator};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    /// A sum of products. `Err` means that an error was reported and the cursor stands at it.
    pub fn sum(&mut self, cursor: &mut Cursor) -> Result<Expr, ()> {
        self.arithmetic(
            cursor,
            &[('+', Operator::Add), ('-', Operator::Subtract)],
            |p, c| {
                p.arithmetic(
                    c,
                    &[('*', Operator::Multiply), ('/', Operator::Divide)],
                    Parser::atom,
                )
            },
        )
    }

    fn arithmetic(
        &mut self,
        cursor: &mut Cursor,
        operators: &[(char, Operator)],
        operand: impl Fn(&mut Self, &mut Cursor) -> Result<Expr, ()>,
    ) -> Result<Expr, ()> {
        let start = cursor.place();
        let first = operand(self, cursor)?;
        let mut rest = Vec::new();
        let arrow = |c: &Cursor| {
            c.is_punct("-") && c.is_punct_at(1, ">") || c.is_punct("-->") || c.is_punct("--->")
        };
        while !arrow(cursor) {
            if let Some(broken) = self.foreign_operator(start, cursor) {
                return Ok(broken);
            }
            let found = operators
                .iter()
                .find(|(sign, _)| cursor.is_punct(sign.encode_utf8(&mut [0; 4])));
            let Some((_, operator)) = found else {
                break;
            };
            let place = cursor.place();
            cursor.advance();
            rest.push((*operator, place, operand(self, cursor)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(Expr {
            kind: ExprKind::Arithmetic {
                first: Box::new(first),
                rest,
            },
            place: cursor.from(start),
        })
    }

    /// An atom, and the kernel size that may begin with it: `3x3`, `K x K`.
    fn atom(&mut self, cursor: &mut Cursor) -> Result<Expr, ()> {
        let start = cursor.place();
        let first = self.operand(cursor)?;
        let numeric = matches!(
            first.kind,
            ExprKind::Whole(_) | ExprKind::Path { .. } | ExprKind::Paren(_)
        );
        let Some(x) = cursor
            .peek_ident()
            .map(ToString::to_string)
            .filter(|_| numeric)
        else {
            return Ok(first);
        };
        // `3 x 3` is three tokens, `3 x3` two.
        let second = if x == "x" && cursor.peek_at(1).is_some_and(starts_operand) {
            cursor.advance();
            self.operand(cursor)?
        } else if let Some(digits) = x.strip_prefix('x').filter(|d| is_digits(d)) {
            let place = cursor.place();
            cursor.advance();
            self.whole(digits, place)?
        } else {
            return Ok(first);
        };
        Ok(Expr {
            kind: ExprKind::Kernel(Box::new(first), Box::new(second)),
            place: cursor.from(start),
        })
    }

    pub(super) fn operand(&mut self, cursor: &mut Cursor) -> Result<Expr, ()> {
        let start = cursor.place();
        if let Some(literal) = cursor.eat_literal() {
            let number = self.literal(&literal, cursor)?;
            if matches!(number.kind, ExprKind::Text(_)) {
                // `"Dense"(4)`: that it is a text is told where it is used.
                cursor.eat_group(Delimiter::Parenthesis);
            }
            return Ok(self.percent(number, cursor));
        }
        if let Some(broken) = self.control(cursor) {
            return Ok(broken);
        }
        if cursor.peek_ident().is_some() || cursor.is_punct("::") {
            return self.path_or_call(cursor);
        }
        if let Some((mut inner, place)) = cursor.eat_group(Delimiter::Parenthesis) {
            return self.nested(place, |p| {
                let (mut items, comma) = p.list(&mut inner, Parser::chain_item);
                let kind = match (items.pop(), comma) {
                    (Some(only), false) if items.is_empty() => ExprKind::Paren(Box::new(only)),
                    (last, _) => {
                        items.extend(last);
                        ExprKind::Tuple(items)
                    }
                };
                Expr { kind, place }
            });
        }
        if let Some((inner, place)) = cursor.eat_group(Delimiter::Bracket) {
            return self.nested(place, |p| p.bracket(inner, place));
        }
        if let Some((mut inner, place)) = cursor.eat_group(Delimiter::Brace) {
            self.unexpected(
                place,
                "a part of a chain stands in parentheses, found `{`",
                "write `(` and `)`",
            );
            return self.nested(place, |p| {
                let only = p.chain(&mut inner);
                Expr {
                    kind: ExprKind::Paren(Box::new(only)),
                    place,
                }
            });
        }
        if cursor.is_punct("-") && !cursor.is_punct("->") {
            let mut negative = false;
            while cursor.is_punct("-") && !cursor.is_punct("->") {
                cursor.advance();
                negative = !negative;
            }
            let inner = self.operand(cursor)?;
            if !negative {
                return Ok(inner);
            }
            return Ok(Expr {
                kind: ExprKind::Negative(Box::new(inner)),
                place: cursor.from(start),
            });
        }
        if cursor.is_punct(".") && matches!(cursor.peek_at(1), Some(TokenTree::Literal(_))) {
            cursor.advance();
            let digits = cursor
                .eat_literal()
                .map(|l| l.to_string())
                .unwrap_or_default();
            let place = cursor.from(start);
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-zero",
                    place,
                    format!("a number starts with a digit, found `.{digits}`"),
                )
                .help(format!("write `0.{digits}`")),
            );
            return Ok(Expr::broken(place));
        }
        let message = format!(
            "expected a layer, a value or a number, found {}",
            cursor.found()
        );
        self.unexpected(
            start,
            message,
            format!(
                "remove {}, or write a layer, as in `Dense(10)`",
                cursor.found()
            ),
        );
        Err(())
    }

    /// `[a, b]` or `[a; 3]`.
    fn bracket(&mut self, mut inner: Cursor, place: Place) -> Expr {
        let mut ahead = inner.clone();
        ahead.skip_until(|c| c.is_punct(";"));
        if ahead.is_end() {
            let (items, _) = self.list(&mut inner, Parser::chain_item);
            return Expr {
                kind: ExprKind::List(items),
                place,
            };
        }
        let body = self.chain(&mut inner);
        if matches!(body.kind, ExprKind::Whole(_)) && inner.is_punct(";") {
            inner.advance();
            let stage = self.chain(&mut inner);
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-count",
                    place,
                    "what is repeated stands before the `;`, the number behind it",
                )
                .help(format!("write `[{stage}; {body}]`")),
            );
            return Expr {
                kind: ExprKind::Repeat {
                    body: Box::new(stage),
                    count: Box::new(body),
                },
                place,
            };
        }
        if inner.eat_punct(";").is_none() {
            let message = format!("expected `;` in a repeat, found {}", inner.found());
            self.unexpected(
                inner.place(),
                message,
                "write `[Relu; 3]`: what is repeated, `;`, how often",
            );
            inner.skip_until(|c| c.is_punct(";"));
            inner.advance();
        }
        let count = match inner.is_end() {
            true => {
                self.diagnostics.push(
                    Diagnostic::error("missing-count", place, "how often to repeat is missing")
                        .help(format!("write `[{body}; 2]`")),
                );
                Expr::broken(place)
            }
            false => {
                let start = inner.place();
                self.sum(&mut inner)
                    .unwrap_or_else(|()| Expr::broken(start))
            }
        };
        let count = match inner.is_end() || matches!(count.kind, ExprKind::Broken) {
            true => count,
            false => {
                let message = format!("expected `]`, found {}", inner.found());
                self.unexpected(
                    inner.place(),
                    message,
                    format!("write one number, as in `[{body}; 3]`"),
                );
                Expr::broken(count.place)
            }
        };
        Expr {
            kind: ExprKind::Repeat {
                body: Box::new(body),
                count: Box::new(count),
            },
            place,
        }
    }
}
