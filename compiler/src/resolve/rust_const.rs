//! The consts of a `model!`, worked out as Rust does.

use super::Resolver;
use super::division::{Operated, operate};
use crate::layer::arguments::Datum;
use crate::parse::tree::{Const, Expr, ExprKind};
use crate::shape::{Dim, Number, ScalarType};

impl<'a> Resolver<'a> {
    /// A const of the `model!`: its number if it can be worked out, else its name.
    pub(super) fn constant(
        &mut self,
        item: &'a Const,
        tokens: &proc_macro2::TokenStream,
        depth: usize,
    ) -> Datum {
        let name = item.name.to_string();
        let value = match self.consts.get(&name) {
            Some(value) => value.clone(),
            None => {
                // A const that needs itself finds nothing; rustc reports it.
                self.consts.insert(name.clone(), None);
                let value = item.value.as_ref();
                let value = value.and_then(|value| self.rust_value(value, depth));
                self.consts.insert(name.clone(), value.clone());
                value
            }
        };
        match (item.ty, value) {
            (Some(ScalarType::Usize), Some(Datum::Whole(dim))) if dim.known().is_some() => {
                Datum::Whole(dim)
            }
            (Some(ScalarType::F32), Some(datum))
                if datum.number().is_some_and(|n| n.known().is_some()) =>
            {
                datum.number().map_or(Datum::Broken, Datum::Real)
            }
            (Some(ScalarType::Bool), Some(Datum::Flag(flag))) => Datum::Flag(flag),
            (Some(ScalarType::Usize), _) => Datum::Whole(Dim::path(name, tokens.clone())),
            (Some(ScalarType::F32), _) => Datum::Real(Number::path(name, tokens.clone())),
            _ => Datum::Const {
                text: name,
                tokens: tokens.clone(),
            },
        }
    }

    /// The value of a const as Rust works it out (division rounds down); None where only rustc can.
    fn rust_value(&mut self, expr: &'a Expr, depth: usize) -> Option<Datum> {
        const DEEPEST: usize = 32;
        if depth > DEEPEST {
            return None;
        }
        match &expr.kind {
            ExprKind::Whole(number) => Some(Datum::Whole(Dim::new(*number))),
            ExprKind::Real(number) => Some(Datum::Real(Number::new(*number))),
            ExprKind::Paren(inner) => self.rust_value(inner, depth + 1),
            ExprKind::Path { text, .. } if text == "true" || text == "false" => {
                Some(Datum::Flag(text == "true"))
            }
            ExprKind::Path { text, tokens } => {
                let item = self.module.consts.iter().find(|item| item.name == text)?;
                Some(self.constant(item, tokens, depth + 1))
            }
            ExprKind::Negative(inner) => {
                let number = self.rust_value(inner, depth + 1)?.number()?.known()?;
                Some(Datum::Real(Number::new(-number)))
            }
            ExprKind::Arithmetic { first, rest } => {
                let mut result = self.rust_value(first, depth + 1)?;
                for (operator, _, operand) in rest {
                    let operand = self.rust_value(operand, depth + 1)?;
                    result = match operate(&result, *operator, &operand) {
                        Operated::Datum(datum) => datum,
                        Operated::Division(a, b) => match (a.known(), b.known()) {
                            (Some(a), Some(b)) => Datum::Whole(Dim::new(a.checked_div(b)?)),
                            _ => return None,
                        },
                        Operated::Wrong => return None,
                    };
                }
                Some(result)
            }
            _ => None,
        }
    }
}
