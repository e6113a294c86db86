//! `+ - *` of values and numbers.

use super::Resolver;
use super::application::Application;
use super::scope::{Meaning, Scope, snake_case};
use crate::check::{Condition, Range};
use crate::diagnostic::{Diagnostic, Place};
use crate::id::ValueId;
use crate::layer::elementwise::{Elementwise, Operation, Scale};
use crate::layer::{self, alias};
use crate::parse::tree::{Expr, ExprKind, Operator};
use crate::shape::{Comparison, Number};

/// An operand of `+ - *`.
pub enum Operand {
    Value(ValueId),
    Number(Number),
}

impl<'a> Resolver<'a> {
    /// Whether an expression can only be a number: `0.5`, `2 * RATE`.
    fn is_number(&self, expr: &Expr, scope: &Scope<'a>) -> bool {
        match &expr.kind {
            ExprKind::Whole(_) | ExprKind::Real(_) => true,
            ExprKind::Paren(inner) | ExprKind::Negative(inner) => self.is_number(inner, scope),
            ExprKind::Arithmetic { first, rest } => {
                let mut all = rest.iter().map(|(_, _, e)| e).chain([&**first]);
                all.all(|operand| self.is_number(operand, scope))
            }
            ExprKind::Path { text, .. } => match scope.peek(text) {
                Some(binding) => matches!(binding.meaning, Meaning::Datum(_)),
                None => {
                    let last = text.rsplit("::").next().unwrap_or(text);
                    let known = self.module.blocks.iter().any(|b| b.name == text)
                        || layer::find(text).is_some()
                        || alias::layer(text).is_some();
                    !known && last.starts_with(char::is_uppercase)
                }
            },
            _ => false,
        }
    }

    pub(super) fn operand(&mut self, expr: &'a Expr, scope: &mut Scope<'a>) -> Operand {
        if self.is_number(expr, scope) {
            let datum = self.datum(expr, scope);
            if let Some(number) = datum.number() {
                return Operand::Number(number);
            }
            self.broken = true;
            return Operand::Value(self.graph.unknown(expr.place));
        }
        let operand = self.deeper(expr.place, scope, |resolver, scope| {
            resolver.operand_within(expr, scope)
        });
        operand.unwrap_or_else(|| Operand::Value(self.graph.unknown(expr.place)))
    }

    fn operand_within(&mut self, expr: &'a Expr, scope: &mut Scope<'a>) -> Operand {
        match &expr.kind {
            ExprKind::Paren(inner) => self.operand(inner, scope),
            ExprKind::Negative(inner) => {
                let value = self.value(inner, scope);
                let (factor, offset) = (Number::new(-1.0), Number::new(0.0));
                Operand::Value(self.scale(value, factor, offset, expr, expr.place, scope))
            }
            ExprKind::Arithmetic { first, rest } => {
                let mut result = self.operand(first, scope);
                for (operator, place, operand) in rest {
                    let operand = self.operand(operand, scope);
                    result = self.operation(result, *operator, *place, operand, expr, scope);
                }
                result
            }
            _ => Operand::Value(self.value(expr, scope)),
        }
    }

    fn operation(
        &mut self,
        left: Operand,
        operator: Operator,
        place: Place,
        right: Operand,
        expr: &'a Expr,
        scope: &mut Scope<'a>,
    ) -> Operand {
        let Some(operation) = Operation::new(operator) else {
            let help = match &right {
                Operand::Number(n) => match n.known() {
                    Some(n) if n != 0.0 => format!("multiply: `{:?} * ..`", 1.0 / n),
                    _ => "multiply by one over it".to_owned(),
                },
                Operand::Value(_) => "values know `+`, `-` and `*`".to_owned(),
            };
            let message = "`/` divides dimensions, not values of the network";
            let diagnostic = Diagnostic::error("division-of-values", place, message).help(help);
            self.report(diagnostic, scope);
            return match left {
                Operand::Value(value) => Operand::Value(value),
                Operand::Number(_) => Operand::Value(self.graph.unknown(place)),
            };
        };
        let number = Number::new;
        let negative = |n: &Number| number(0.0).combine('-', n);
        let (value, factor, offset) = match (left, right) {
            (Operand::Value(a), Operand::Value(b)) => {
                let layer = Box::new(Elementwise { operation });
                return Operand::Value(self.operator_node(layer, vec![a, b], expr, place, scope));
            }
            (Operand::Number(a), Operand::Number(b)) => {
                return Operand::Number(a.combine(operator.sign(), &b));
            }
            (Operand::Value(value), Operand::Number(n)) => match operation {
                Operation::Add => (value, number(1.0), n),
                Operation::Subtract => (value, number(1.0), negative(&n)),
                Operation::Multiply => (value, n, number(0.0)),
            },
            (Operand::Number(n), Operand::Value(value)) => match operation {
                Operation::Add => (value, number(1.0), n),
                Operation::Subtract => (value, number(-1.0), n),
                Operation::Multiply => (value, n, number(0.0)),
            },
        };
        Operand::Value(self.scale(value, factor, offset, expr, place, scope))
    }

    fn scale(
        &mut self,
        value: ValueId,
        factor: Number,
        offset: Number,
        expr: &'a Expr,
        place: Place,
        scope: &mut Scope<'a>,
    ) -> ValueId {
        for number in [&factor, &offset] {
            self.assert_finite(number, expr, scope);
        }
        let layer = Box::new(Scale { factor, offset });
        self.operator_node(layer, vec![value], expr, place, scope)
    }

    /// A number beyond `f32`, or one that is none, would make all values infinite or NaN.
    fn assert_finite(&mut self, number: &Number, expr: &'a Expr, scope: &Scope<'a>) {
        let condition = Condition::Within(number.clone(), Range::FINITE);
        let message = format!("a number in `{expr}` is none that an `f32` holds");
        let diagnostic =
            Diagnostic::error("bad-number", expr.place, message).help("write a number below 3e38");
        match condition.holds() {
            Comparison::Holds => {}
            Comparison::Fails => {
                self.report(diagnostic, scope);
            }
            Comparison::Unsure => {
                let framed = diagnostic.notes(scope.notes());
                self.graph.assert(condition, &framed);
            }
        }
    }

    fn operator_node(
        &mut self,
        layer: Box<dyn layer::Layer>,
        inputs: Vec<ValueId>,
        expr: &'a Expr,
        place: Place,
        scope: &mut Scope<'a>,
    ) -> ValueId {
        let name = scope.count(&snake_case(layer.kind()));
        let written = expr.to_string();
        let application = Application {
            layer,
            // A value and a number.
            keeps_shape: inputs.len() == 1,
            name,
            place,
            name_place: place,
            written,
            arguments: Vec::new(),
        };
        self.node(application, inputs, scope)
    }
}
