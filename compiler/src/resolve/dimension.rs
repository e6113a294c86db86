//! The dimension names of a block, worked out from what flows in.

use super::Resolver;
use super::scope::{Meaning, Scope};
use crate::check::Condition;
use crate::diagnostic::{Diagnostic, count};
use crate::id::ValueId;
use crate::layer::arguments::Datum;
use crate::layer::image::to_picture;
use crate::parse::tree::{Definition, Expr};
use crate::shape::{Comparison, Dim, Shape, Solution, Unsolved, solve_axis};
use crate::words::{Words, words};

/// One use of a block, before its body is looked at.
struct Use<'u, 'a> {
    block: &'a Definition,
    stage: &'u Expr,
    inputs: Vec<Flow>,
    /// The body around it.
    outer: &'u Scope<'a>,
}

/// What flows into one input.
struct Flow {
    value: ValueId,
    /// As the block wants it, with its dimension names.
    pattern: Shape,
    shape: Shape,
}

impl Flow {
    fn axes(&self) -> impl Iterator<Item = (&Dim, &Dim)> {
        self.pattern.axes().iter().zip(self.shape.axes())
    }
}

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
            self.wrong_number(block, stage, inputs.len(), outer);
            forget_dims(block, scope);
            return false;
        }
        let patterns = self.patterns(block, scope);
        let shapes = inputs.iter().map(|v| self.graph.shape(*v).clone());
        let flows = inputs.iter().zip(patterns).zip(shapes);
        let flows = flows.map(|((value, pattern), shape)| Flow {
            value: *value,
            pattern,
            shape,
        });
        let one = Use {
            block,
            stage,
            inputs: flows.collect(),
            outer,
        };
        let mut shapes = one.inputs.iter().flat_map(|f| [&f.pattern, &f.shape]);
        // Of an unknown input nothing can be said.
        if shapes.any(Shape::is_anything) || !self.same_ranks(&one) {
            forget_dims(block, scope);
            return false;
        }
        let Some(solution) = self.solution(&one) else {
            forget_dims(block, scope);
            return false;
        };
        self.bind_dims(&one, &solution, scope);
        self.check_sizes(&one, &solution)
    }

    fn wrong_number(&mut self, block: &Definition, stage: &Expr, found: usize, outer: &Scope<'a>) {
        let wants = count(block.inputs.len(), "value", "values");
        let message = format!("`{}` takes {wants}, found {found}", block.name);
        let names: Vec<String> = block.inputs.iter().map(|i| i.name.to_string()).collect();
        let help = match names.len() {
            1 => "join them before it: `-> Concat(axis = -1)`".to_owned(),
            _ => format!("write `({}) -> {}`", names.join(", "), block.name),
        };
        let diagnostic =
            Diagnostic::error("wrong-number-of-values", stage.place, message).help(help);
        self.report(diagnostic, outer);
    }

    /// The shapes that a block wants, with its dimension names.
    fn patterns(&mut self, block: &'a Definition, scope: &mut Scope<'a>) -> Vec<Shape> {
        // Divisions in patterns are checked again with the solution.
        let assertions = self.graph.assertions.len();
        let inputs = block.inputs.iter();
        let patterns = inputs.map(|input| match &input.shape {
            Some(shape) => self.shape(shape, scope),
            None => Shape::anything(),
        });
        let patterns = patterns.collect();
        self.graph.assertions.truncate(assertions);
        self.last_inexact = None;
        patterns
    }

    fn same_ranks(&mut self, one: &Use<'_, 'a>) -> bool {
        let mut good = true;
        for flow in &one.inputs {
            if flow.pattern.rank() != flow.shape.rank() {
                let help = match (flow.pattern.rank(), flow.shape.axes()) {
                    (3, [features]) => Some(to_picture(features)),
                    (1, _) => Some("insert `-> Flatten` before it".into()),
                    _ => None,
                };
                self.input_differs(one, flow, None, help);
                good = false;
            }
        }
        good
    }

    /// What the names stand for; None after an error.
    fn solution(&mut self, one: &Use<'_, 'a>) -> Option<Solution> {
        let mut solution = Solution::new();
        // Each round may find a name that the next one needs.
        for _ in 0..=one.block.dims.len() {
            for flow in &one.inputs {
                for (pattern, actual) in flow.axes() {
                    match solve_axis(pattern, actual, &mut solution) {
                        Ok(None) => {}
                        Ok(Some(divides)) => {
                            let message = words![
                                format!("`{}` wants `{pattern}`: ", one.block.name),
                                &divides.dim,
                                " can't be divided by ",
                                &divides.by
                            ];
                            let diagnostic =
                                Diagnostic::error("block-input", one.stage.place, message);
                            let condition = Condition::Divisible(divides.dim, divides.by);
                            self.graph.assert(condition, &diagnostic);
                        }
                        Err(unsolved) => {
                            let (why, help) = unsolvable(pattern, actual, unsolved);
                            self.input_differs(one, flow, Some(why), help);
                            return None;
                        }
                    }
                }
            }
        }
        Some(solution)
    }

    fn bind_dims(&mut self, one: &Use<'_, 'a>, solution: &Solution, scope: &mut Scope<'a>) {
        for dim in &one.block.dims {
            let name = dim.to_string();
            let found = solution.get(&name).cloned().unwrap_or_else(|| {
                let message = format!(
                    "`{name}` can't be worked out from the inputs of `{}`",
                    one.block.name
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
    }

    /// Whether all axes have the sizes that follow from the names.
    fn check_sizes(&mut self, one: &Use<'_, 'a>, solution: &Solution) -> bool {
        for flow in &one.inputs {
            for (pattern, found) in flow.axes() {
                let wanted = pattern.replace(&|name| solution.get(name).cloned());
                match wanted.equals(found) {
                    Comparison::Holds => {}
                    Comparison::Fails => {
                        let why = differs(&wanted, found, solution);
                        let help = match one.block.inputs.len() {
                            1 => to_square(&flow.pattern, &flow.shape, one.block),
                            _ => None,
                        };
                        self.input_differs(one, flow, Some(why), help);
                        return false;
                    }
                    Comparison::Unsure => {
                        let message = words![
                            format!("`{}` wants {}: ", one.block.name, flow.pattern),
                            &wanted,
                            " is not ",
                            found
                        ];
                        let diagnostic = Diagnostic::error("block-input", one.stage.place, message)
                            .note(self.graph.origin(flow.value).note());
                        let condition = Condition::Equal(wanted, found.clone());
                        self.graph.assert(condition, &diagnostic);
                    }
                }
            }
        }
        true
    }

    fn input_differs(
        &mut self,
        one: &Use<'_, 'a>,
        flow: &Flow,
        why: Option<Words>,
        help: Option<Words>,
    ) {
        let message = words![
            format!("`{}` wants {}, found ", one.block.name, flow.pattern),
            &flow.shape
        ];
        let diagnostic = Diagnostic::error("block-input", one.stage.place, message)
            .note(self.graph.origin(flow.value).note())
            .note_if(why)
            .help_if(help);
        self.report(diagnostic, one.outer);
    }
}

/// After an error: nothing is known of the names.
fn forget_dims(block: &Definition, scope: &mut Scope<'_>) {
    for dim in &block.dims {
        scope.rebind(&dim.to_string(), Meaning::Datum(Datum::Broken));
    }
}

/// Why no name makes an axis what flows in, and which size would fit.
fn unsolvable(pattern: &Dim, actual: &Dim, unsolved: Unsolved) -> (Words, Option<Words>) {
    let why = words![format!("`{pattern}` can't be "), actual];
    match unsolved {
        Unsolved::Leaves { over, by } => {
            let next = actual.plus(&by).minus(&Dim::new(over));
            let help = words!["the next size that fits is ", &next];
            (
                why.then(format!(": it leaves {over} over")),
                next.known().map(|_| help),
            )
        }
        Unsolved::TooSmall => (why.then(": it is too small"), None),
    }
}

/// `` with C = 8 this would be 16, not 15 ``.
fn differs(wanted: &Dim, found: &Dim, solution: &Solution) -> Words {
    let known: Vec<String> = solution.iter().map(|(n, d)| format!("{n} = {d}")).collect();
    match known.is_empty() {
        true => words![wanted, " is not ", found],
        false => words![
            format!("with {} this would be ", known.join(", ")),
            wanted,
            ", not ",
            found
        ],
    }
}

/// The help for a picture whose sides should be equal: the padding that makes them so.
fn to_square(pattern: &Shape, shape: &Shape, block: &Definition) -> Option<Words> {
    let ([side, other, channels], [height, width, _]) = (pattern.axes(), shape.axes()) else {
        return None;
    };
    let is_name = block.dims.iter().any(|dim| *dim == side.to_string());
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
