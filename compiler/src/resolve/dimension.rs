//! The dimension names of a block, worked out from what flows in.

use super::Resolver;
use super::scope::{Meaning, Scope};
use crate::check::Condition;
use crate::diagnostic::{Diagnostic, count};
use crate::layer::arguments::Datum;
use crate::layer::image::to_picture;
use crate::parse::tree::{Definition, Expr};
use crate::shape::typed::ValueId;
use crate::shape::{Comparison, Dim, Shape, Solution, Unsolved, solve_axis};
use crate::words::{Words, words};

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
            let names: Vec<String> = block.inputs.iter().map(|i| i.name.to_string()).collect();
            let help = match names.len() {
                1 => "join them before it: `-> Concat(axis = -1)`".to_owned(),
                _ => format!("write `({}) -> {}`", names.join(", "), block.name),
            };
            let diagnostic =
                Diagnostic::error("wrong-number-of-values", stage.place, message).help(help);
            self.report(diagnostic, outer);
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
                let help = match (pattern.rank(), shape.axes()) {
                    (3, [features]) => Some(to_picture(features)),
                    (1, _) => Some("insert `-> Flatten` before it".into()),
                    _ => None,
                };
                self.input_differs(block, stage, *value, pattern, (None, help), outer);
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
                        let condition = Condition::Divisible(divides.dim, divides.by);
                        self.graph.assert(condition, &diagnostic);
                    }
                    Err(unsolved) => {
                        let why = words![format!("`{pattern}` can't be "), *actual];
                        let (why, help) = match unsolved {
                            Unsolved::Leaves { over, by } => {
                                let next = actual.plus(&by).minus(&Dim::new(over));
                                let help = words!["the next size that fits is ", &next];
                                (
                                    why.then(format!(": it leaves {over} over")),
                                    next.known().map(|_| help),
                                )
                            }
                            Unsolved::TooSmall => (why.then(": it is too small"), None),
                        };
                        self.input_differs(
                            block,
                            stage,
                            inputs[*index],
                            &patterns[*index],
                            (Some(why), help),
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
                        let help = match block.inputs.len() {
                            1 => to_square(pattern, shape, &names),
                            _ => None,
                        };
                        let value = inputs[index];
                        self.input_differs(block, stage, value, pattern, (Some(why), help), outer);
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
                        let condition = Condition::Equal(p, s.clone());
                        self.graph.assert(condition, &diagnostic);
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
        (why, help): (Option<Words>, Option<Words>),
        outer: &Scope<'a>,
    ) {
        let shape = self.graph.shape(value).clone();
        let message = words![format!("`{}` wants {pattern}, found ", block.name), &shape];
        let diagnostic = Diagnostic::error("block-input", stage.place, message)
            .note(self.graph.origin(value).note())
            .note_if(why)
            .help_if(help);
        self.report(diagnostic, outer);
    }
}

/// The help for a picture whose sides should be equal: the padding that makes them so.
fn to_square(pattern: &Shape, shape: &Shape, names: &[String]) -> Option<Words> {
    let ([side, other, channels], [height, width, _]) = (pattern.axes(), shape.axes()) else {
        return None;
    };
    let is_name = names.contains(&side.to_string());
    let same = |dim: &Dim| dim.to_string() == side.to_string();
    if !is_name || !same(other) || same(channels) {
        return None;
    }
    let (height, width) = (height.known()?, width.known()?);
    let missing = height.abs_diff(width);
    let halves = format!("[{}, {}]", missing / 2, missing.div_ceil(2));
    let sides = match height < width {
        true => format!("[{halves}, [0, 0]]"),
        false => format!("[[0, 0], {halves}]"),
    };
    Some(format!("insert `-> Pad({sides})` before it").into())
}
