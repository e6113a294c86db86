//! Shapes as they are written: `[H, W, 2 * C]`.

use proc_macro2::{Delimiter, TokenTree};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Expr, ShapeExpr};
use crate::diagnostic::Diagnostic;

impl Parser<'_> {
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
}
