//! The dimension names of a block, worked out from what flows in.

use super::Resolver;
use super::scope::{Meaning, Scope};
use crate::diagnostic::{Diagnostic, count};
use crate::layer::arguments::Datum;
use crate::parse::tree::{Definition, Expr};
use crate::shape::check::assertion;
use crate::shape::typed::ValueId;
use crate::shape::{Comparison, Dim, Shape, Solution, Unsolved, solve_axis};
use crate::words::{Words, words};
use quote::quote;

impl<'a> Resolver<'a> {
    /// Works out the dimension names from the inputs; false after an error.
    pub(super) fn solve_dims(
        &mut self,
        block: &'a Definition,
        stage: &Expr,
        inputs: &[ValueId],
        scope: &mut Scope<'a>,
        outer: &Scope<'a>,
    ) -> bool {
        if inputs.len() != block.inputs.len() {
            let wants = count(block.inputs.len(), "value", "values");
            let message = format!("`{}` takes {wants}, found {}", block.name, inputs.len());
            self.error("wrong-number-of-values", stage.place, message, outer);
            self.forget_dims(block, scope);
            return false;
        }
        // Divisions in patterns are checked again with the solution.
        let assertions = self.graph.assertions.len();
        let patterns: Vec<Shape> = block
            .inputs
            .iter()
            .map(|input| match &input.shape {
                Some(shape) => self.shape(shape, scope),
                None => Shape::anything(),
            })
            .collect();
        self.graph.assertions.truncate(assertions);
        self.last_inexact = None;
        let shapes: Vec<Shape> = inputs
            .iter()
            .map(|v| self.graph.shape(*v).clone())
            .collect();
        let unknown = patterns.iter().chain(&shapes).any(Shape::is_anything);
        let names: Vec<String> = block.dims.iter().map(ToString::to_string).collect();
        let mut solution = Solution::new();
        let mut good = true;
        for ((pattern, shape), value) in patterns.iter().zip(&shapes).zip(inputs) {
            if unknown {
                break;
            }
            if pattern.rank() != shape.rank() {
                self.input_differs(block, stage, *value, pattern, None, outer);
                good = false;
            }
        }
        if unknown || !good {
            self.forget_dims(block, scope);
            return unknown && good && {
                // The body is still checked once its inputs are known; here nothing can be said.
                false
            };
        }
        let pairs: Vec<(&Dim, &Dim, usize)> = patterns
            .iter()
            .zip(&shapes)
            .enumerate()
            .flat_map(|(index, (p, s))| {
                p.axes()
                    .iter()
                    .zip(s.axes())
                    .map(move |(p, s)| (p, s, index))
            })
            .collect();
        // Each round may find a name that the next one needs.
        for _ in 0..=names.len() {
            for (pattern, actual, index) in &pairs {
                match solve_axis(pattern, actual, &mut solution) {
                    Ok(None) => {}
                    Ok(Some(divides)) => {
                        let message = words![
                            format!("`{}` wants `{pattern}`: ", block.name),
                            &divides.dim,
                            " can't be divided by ",
                            &divides.by
                        ];
                        let diagnostic = Diagnostic::error("block-input", stage.place, message);
                        let (a, b) = (divides.dim.tokens(), divides.by.tokens());
                        let checked = assertion(quote!(#b != 0 && #a % #b == 0), &diagnostic);
                        self.graph.assertions.push(checked);
                    }
                    Err(unsolved) => {
                        let why = match unsolved {
                            Unsolved::Leaves(over) => words![
                                format!("`{pattern}` can't be "),
                                *actual,
                                format!(": it leaves {over} over")
                            ],
                            Unsolved::TooSmall => words![
                                format!("`{pattern}` can't be "),
                                *actual,
                                ": it is too small"
                            ],
                        };
                        self.input_differs(
                            block,
                            stage,
                            inputs[*index],
                            &patterns[*index],
                            Some(why),
                            outer,
                        );
                        self.forget_dims(block, scope);
                        return false;
                    }
                }
            }
        }
        for dim in &block.dims {
            let name = dim.to_string();
            let found = solution.get(&name).cloned().unwrap_or_else(|| {
                let message = format!(
                    "`{name}` can't be worked out from the inputs of `{}`",
                    block.name
                );
                let diagnostic =
                    Diagnostic::error("unsolved-dimension", dim, message).help(format!(
                        "let an input have an axis `{name}`, or make it a parameter: `{}: usize`",
                        name.to_lowercase()
                    ));
                self.report(diagnostic, scope);
                Dim::anything()
            });
            scope.rebind(&name, Meaning::Datum(Datum::Whole(found)));
        }
        for (index, (pattern, shape)) in patterns.iter().zip(&shapes).enumerate() {
            for (p, s) in pattern.axes().iter().zip(shape.axes()) {
                let p = p.replace(&|name| solution.get(name).cloned());
                match p.equals(s) {
                    Comparison::Holds => {}
                    Comparison::Fails => {
                        let known: Vec<String> =
                            solution.iter().map(|(n, d)| format!("{n} = {d}")).collect();
                        let why = match known.is_empty() {
                            true => words![&p, " is not ", s],
                            false => words![
                                format!("with {} this would be ", known.join(", ")),
                                &p,
                                ", not ",
                                s
                            ],
                        };
                        self.input_differs(block, stage, inputs[index], pattern, Some(why), outer);
                        return false;
                    }
                    Comparison::Unsure => {
                        let message = words![
                            format!("`{}` wants {pattern}: ", block.name),
                            &p,
                            " is not ",
                            s
                        ];
                        let diagnostic = Diagnostic::error("block-input", stage.place, message)
                            .note(self.graph.origin(inputs[index]).note());
                        let (a, b) = p.minus(s).sides();
                        self.graph
                            .assertions
                            .push(assertion(quote!(#a == #b), &diagnostic));
                    }
                }
            }
        }
        good
    }

    pub(super) fn forget_dims(&mut self, block: &Definition, scope: &mut Scope<'a>) {
        for dim in &block.dims {
            scope.rebind(&dim.to_string(), Meaning::Datum(Datum::Broken));
        }
    }

    pub(super) fn input_differs(
        &mut self,
        block: &Definition,
        stage: &Expr,
        value: ValueId,
        pattern: &Shape,
        why: Option<Words>,
        outer: &Scope<'a>,
    ) {
        let shape = self.graph.shape(value).clone();
        let message = words![format!("`{}` wants {pattern}, found ", block.name), &shape];
        let flatten = (pattern.rank() == 1 && shape.rank() > 1)
            .then(|| "insert `-> Flatten` before it".into());
        let diagnostic = Diagnostic::error("block-input", stage.place, message)
            .note(self.graph.origin(value).note())
            .note_if(why)
            .help_if(flatten);
        self.report(diagnostic, outer);
    }
}
