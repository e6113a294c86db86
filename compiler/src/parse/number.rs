//! Numbers: `3`, `0.25`, `1e-3`, and the kernel size `3x3`, which Rust reads as one literal.

use proc_macro2::Literal;

use super::cursor::Cursor;
use super::parser::{DEEPEST, Parser, starts_operand};
use super::tree::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    pub(super) fn whole(&mut self, digits: &str, place: Place) -> Result<Expr, ()> {
        let digits = digits.replace('_', "");
        match digits.parse() {
            Ok(number) => Ok(Expr {
                kind: ExprKind::Whole(number),
                place,
            }),
            Err(_) => {
                let message = format!("`{digits}` is no whole number below 2^64");
                self.diagnostics.push(
                    Diagnostic::error("bad-number", place, message).help("write a smaller number"),
                );
                Ok(Expr::broken(place))
            }
        }
    }

    /// `3`, `0.25`, `1e-3`, `3x3`, `2f32`.
    pub(super) fn literal(&mut self, literal: &Literal, cursor: &mut Cursor) -> Result<Expr, ()> {
        let place: Place = literal.span().into();
        let text = literal.to_string();
        if let Some((height, width)) = text.split_once('x')
            && is_digits(height)
            && !(height == "0" && text.len() > 2 && !is_digits(width))
        {
            let first = self.whole(height, place)?;
            let second = match is_digits(width) {
                true => self.whole(width, place)?,
                false if width.is_empty() && cursor.peek().is_some_and(starts_operand) => {
                    self.depth += 1;
                    let second = match self.depth > DEEPEST {
                        true => {
                            self.error("nested-too-deeply", place, "too many `x`");
                            Err(())
                        }
                        false => self.operand(cursor),
                    };
                    self.depth -= 1;
                    second?
                }
                false => {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "bad-kernel-size",
                            place,
                            format!("`{text}` is no kernel size"),
                        )
                        .help(format!("write `{height}x{height}`")),
                    );
                    return Ok(Expr::broken(place));
                }
            };
            return Ok(Expr {
                kind: ExprKind::Kernel(Box::new(first), Box::new(second)),
                place: cursor.from(place),
            });
        }
        let number = text.replace('_', "");
        let whole = number.strip_suffix("usize").unwrap_or(&number);
        if is_digits(whole) {
            return self.whole(whole, place);
        }
        let real = number
            .strip_suffix("f32")
            .or_else(|| number.strip_suffix("f64"))
            .unwrap_or(&number);
        if number.starts_with(|c: char| c.is_ascii_digit())
            && let Ok(value) = real.parse::<f64>()
            && value.is_finite()
        {
            return Ok(Expr {
                kind: ExprKind::Real(value),
                place,
            });
        }
        if let Some(inside) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
            return Ok(Expr {
                kind: ExprKind::Text(inside.to_owned()),
                place,
            });
        }
        let message = format!("expected a number such as `64`, `0.25` or `3x3`, found `{text}`");
        let help = meant(&text).map(|number| format!("write `{number}`").into());
        self.diagnostics
            .push(Diagnostic::error("bad-number", place, message).help_if(help));
        Ok(Expr::broken(place))
    }

    /// `50%`
    pub(super) fn percent(&mut self, number: Expr, cursor: &mut Cursor) -> Expr {
        let value = match number.kind {
            ExprKind::Whole(n) => n as f64,
            ExprKind::Real(n) => n,
            _ => return number,
        };
        if !cursor.is_punct("%") || cursor.peek_at(1).is_some_and(starts_operand) {
            return number;
        }
        cursor.advance();
        let place = cursor.from(number.place);
        let message = format!("a share is written as a number from 0 to 1, found `{number}%`");
        self.diagnostics.push(
            Diagnostic::error("bad-number", place, message)
                .help(format!("write `{:?}`", value / 100.0)),
        );
        Expr::broken(place)
    }
}

/// The number in `3X3` or in `1_000u32`.
fn meant(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_')?;
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() {
        return None;
    }
    match rest.strip_prefix('X') {
        Some(width) if is_digits(width) => Some(format!("{digits}x{width}")),
        _ => Some(digits.replace('_', "")),
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(digit)
}
