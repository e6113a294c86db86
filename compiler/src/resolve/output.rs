//! What a body gives, against what is declared.

use super::Resolver;
use super::scope::Scope;
use super::value::tail;
use crate::check::Condition;
use crate::diagnostic::{Diagnostic, Place, count};
use crate::id::ValueId;
use crate::layer::Layer;
use crate::parse::tree::{Definition, ExprKind, Outputs};
use crate::shape::{Comparison, Shape};
use crate::words::{Words, words};

impl<'a> Resolver<'a> {
    /// The declared shapes, with the dimensions that are known by now.
    pub fn declared_outputs(
        &mut self,
        definition: &'a Definition,
        scope: &mut Scope<'a>,
    ) -> Vec<Shape> {
        match &definition.outputs {
            Outputs::Unknown => vec![self.unreadable()],
            Outputs::One(shape) => vec![self.shape(shape, scope)],
            Outputs::Named(outputs) if outputs.is_empty() => vec![self.unreadable()],
            Outputs::Named(outputs) => outputs
                .iter()
                .map(|(_, shape)| match shape {
                    Some(shape) => self.shape(shape, scope),
                    None => self.unreadable(),
                })
                .collect(),
        }
    }

    /// Checks the results of a body against what is declared; gives as many values as are declared.
    pub fn check_outputs(
        &mut self,
        definition: &'a Definition,
        mut results: Vec<ValueId>,
        declared: &[Shape],
        scope: &Scope<'a>,
    ) -> Vec<ValueId> {
        let Some(result) = &definition.result else {
            return self.declared_values(definition, declared);
        };
        if matches!(definition.outputs, Outputs::Unknown) {
            return self.declared_values(definition, declared);
        }
        if results.len() != declared.len() {
            let message = format!(
                "`{}` promises {}, found {}",
                definition.name,
                count(declared.len(), "output", "outputs"),
                results.len()
            );
            let help = match &definition.outputs {
                Outputs::Named(outputs) => {
                    let names: Vec<String> =
                        outputs.iter().map(|(name, _)| name.to_string()).collect();
                    format!("end the body with `({})`", names.join(", "))
                }
                _ => "declare several as `-> (score: [1], class: [5])`".to_owned(),
            };
            let known = !results.iter().any(|v| self.graph.shape(*v).is_anything());
            if known || results.len() > 1 {
                let diagnostic =
                    Diagnostic::error("wrong-number-of-values", tail(result), message).help(help);
                self.report(diagnostic, scope);
            }
            return self.declared_values(definition, declared);
        }
        for (index, (value, shape)) in results.iter_mut().zip(declared).enumerate() {
            let place = match &result.bare().kind {
                ExprKind::Tuple(items) => items.get(index).map_or(result.place, tail),
                _ => tail(result),
            };
            let (promise, declared_at) = match &definition.outputs {
                Outputs::Named(outputs) => {
                    let name = outputs.get(index).map(|(name, _)| name.to_string());
                    let at = outputs
                        .get(index)
                        .and_then(|(_, s)| s.as_ref())
                        .map(|s| s.place);
                    (
                        words![
                            format!(
                                "output `{}` of `{}` is declared as ",
                                name.unwrap_or_default(),
                                definition.name
                            ),
                            shape
                        ],
                        at,
                    )
                }
                Outputs::One(s) => (
                    words![format!("`{}` is declared to give ", definition.name), shape],
                    Some(s.place),
                ),
                Outputs::Unknown => (Words::default(), None),
            };
            let Some(declared_at) = declared_at else {
                continue;
            };
            let good = self.check_shape(*value, shape, place, promise, declared_at, scope);
            if !good || self.graph.shape(*value).is_anything() {
                *value = self
                    .graph
                    .value(shape.clone(), place, definition.name.to_string());
            }
        }
        results
    }

    fn declared_values(&mut self, definition: &Definition, declared: &[Shape]) -> Vec<ValueId> {
        let values = declared.iter().map(|shape| {
            self.graph
                .value(shape.clone(), definition.place, definition.name.to_string())
        });
        values.collect()
    }

    /// Checks a value against the shape that was declared for it; false after an error.
    pub fn check_shape(
        &mut self,
        value: ValueId,
        declared: &Shape,
        place: Place,
        promise: Words,
        declared_at: Place,
        scope: &Scope<'a>,
    ) -> bool {
        let shape = self.graph.shape(value).clone();
        let found = words![", found ", &shape];
        let mut diagnostic = Diagnostic::error("declared-shape", place, promise.then(found));
        let origin = self.graph.origin(value);
        if origin.line != place.line() {
            diagnostic = diagnostic.note(origin.note());
        }
        if declared_at.line() != place.line() {
            diagnostic = diagnostic.note(format!("it is declared on line {}", declared_at.line()));
        }
        let in_block = !scope.frames.is_empty();
        let comparison = shape.equals(declared);
        // To rustc a const is its number, by which it can't be written in a help.
        let written = comparison == Comparison::Fails
            || declared.axes().iter().all(|dim| dim.known().is_some());
        let help = match written {
            true => declared_help(&shape, declared, self.graph.maker(value), in_block),
            false => declare(&shape, in_block),
        };
        let diagnostic = diagnostic.help(help);
        match comparison {
            Comparison::Holds => return true,
            Comparison::Unsure => {
                let diagnostic = diagnostic.notes(scope.notes());
                let axes = shape.axes().iter().zip(declared.axes());
                for (a, b) in axes.filter(|(a, b)| a.equals(b) == Comparison::Unsure) {
                    let condition = Condition::Equal(a.clone(), b.clone());
                    self.graph.assert(condition, &diagnostic);
                }
                return true;
            }
            Comparison::Fails => {}
        }
        self.report(diagnostic, scope);
        self.graph.set_shape(value, declared.clone());
        false
    }
}

/// `declare [12]`; a block's shape is written with its dimensions.
fn declare(found: &Shape, in_block: bool) -> Words {
    match in_block {
        true => "declare what comes out".into(),
        false => words!["declare ", found],
    }
}

/// How to make a value what was declared, or to declare what it is.
fn declared_help(
    found: &Shape,
    declared: &Shape,
    maker: Option<&dyn Layer>,
    in_block: bool,
) -> Words {
    let declare = declare(found, in_block);
    let adapted = maker.and_then(|layer| layer.adapted(found, declared));
    let insert = match (declared.axes(), found.rank()) {
        ([units], 1) => Some(words!["insert `-> Dense(", units, ")`"]),
        ([units], 2 | 3) => Some(words!["insert `-> Flatten -> Dense(", units, ")`"]),
        _ => None,
    };
    match adapted.or(insert) {
        Some(help) => help.then(", or ").then(declare),
        None => declare,
    }
}
