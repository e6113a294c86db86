//! Arithmetic of numbers, and division, which is exact or an error that says by what.

use super::Resolver;
use super::scope::Scope;
use crate::check::Condition;
use crate::diagnostic::{Diagnostic, Place};
use crate::layer::arguments::Datum;
use crate::parse::tree::{Definition, Expr, ExprKind, Operator};
use crate::shape::{Dim, Division};
use crate::words::words;

impl<'a> Resolver<'a> {
    /// Division of dimensions: exact, or an error that says by what.
    pub(super) fn divide(
        &mut self,
        a: &Dim,
        b: &Dim,
        operator: Place,
        expr: &Expr,
        scope: &Scope<'a>,
    ) -> Datum {
        let inexact = || {
            Diagnostic::error(
                "inexact-division",
                expr.place,
                words![
                    format!("`{expr}` is no whole number: "),
                    a,
                    " can't be divided by ",
                    b
                ],
            )
        };
        match a.divided(b) {
            Division::Exact(dim) => Datum::Whole(dim),
            Division::ByZero => {
                let diagnostic = Diagnostic::error(
                    "division-by-zero",
                    operator,
                    format!("`{expr}` divides by 0"),
                )
                .help("divide by a number of at least 1");
                self.report(diagnostic, scope);
                Datum::Broken
            }
            Division::Leaves(over) => {
                let help = match (b.known(), over) {
                    (Some(2), _) if is_side_of_picture(expr, scope.definition) => words![
                        "make it even before: `-> Pad([[0, 1], [0, 1]])` gives ",
                        a.plus(&Dim::new(1)),
                        ", or choose another size"
                    ],
                    (Some(by), _) => {
                        let (below, above) =
                            (a.minus(&Dim::new(over)), a.plus(&Dim::new(by - over)));
                        let dividend = dividend(expr);
                        let constant = self
                            .module
                            .consts
                            .iter()
                            .find(|c| dividend.is_some_and(|name| c.name == name));
                        match (constant, below.is_zero()) {
                            (Some(item), _) => words![
                                format!("write `const {}: usize = ", item.name),
                                above,
                                format!(";`, which {by} divides")
                            ],
                            (None, true) => {
                                words![format!("the next size that {by} divides is "), above]
                            }
                            (None, false) => words![
                                format!("the next sizes that {by} divides are "),
                                below,
                                " and ",
                                above
                            ],
                        }
                    }
                    _ => "choose a size that can be divided".into(),
                };
                // `[H / 2, W / 2]` of a square is one mistake.
                let mistake = (a.clone(), b.clone(), operator.line());
                if self.last_inexact.as_ref() == Some(&mistake) {
                    self.broken = true;
                } else {
                    self.report(inexact().help(help), scope);
                    self.last_inexact = Some(mistake);
                }
                Datum::Broken
            }
            Division::Unsure(dim) => {
                let framed = inexact()
                    .help(words!["choose a multiple of ", b])
                    .notes(scope.notes());
                // `[H / 2, W / 2]` of a square is one mistake.
                let mistake = (a.clone(), b.clone(), operator.line());
                if self.last_inexact.as_ref() == Some(&mistake) {
                    return Datum::Whole(dim);
                }
                self.last_inexact = Some(mistake);
                let condition = Condition::Divisible(a.clone(), b.clone());
                self.graph.assert(condition, &framed);
                Datum::Whole(dim)
            }
        }
    }
}

/// The name that an expression `NAME / ..` divides.
fn dividend(expr: &Expr) -> Option<&str> {
    match &expr.bare().kind {
        ExprKind::Arithmetic { first, .. } => first.word(),
        _ => None,
    }
}

/// Whether what is divided is the height or the width of a picture that flows into the body.
fn is_side_of_picture(expr: &Expr, definition: &Definition) -> bool {
    let Some(name) = dividend(expr) else {
        return false;
    };
    let shapes = definition.inputs.iter().filter_map(|i| i.shape.as_ref());
    shapes
        .filter(|shape| shape.axes.len() == 3)
        .any(|shape| shape.axes[..2].iter().any(|axis| axis.word() == Some(name)))
}

pub enum Operated {
    Datum(Datum),
    /// Of dimensions: who asks decides about what is left over.
    Division(Dim, Dim),
    Wrong,
}

/// `a op b` for whole and real numbers; a real one makes the result real.
pub fn operate(a: &Datum, operator: Operator, b: &Datum) -> Operated {
    if matches!(a, Datum::Broken) || matches!(b, Datum::Broken) {
        return Operated::Datum(Datum::Broken);
    }
    let real = matches!(a, Datum::Real(_)) || matches!(b, Datum::Real(_));
    if !real && let (Some(a), Some(b)) = (a.dim(), b.dim()) {
        return match operator {
            Operator::Add => Operated::Datum(Datum::Whole(a.plus(&b))),
            Operator::Subtract => Operated::Datum(Datum::Whole(a.minus(&b))),
            Operator::Multiply => Operated::Datum(Datum::Whole(a.times(&b))),
            Operator::Divide => Operated::Division(a, b),
        };
    }
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => Operated::Datum(Datum::Real(a.combine(operator.sign(), &b))),
        _ => Operated::Wrong,
    }
}
