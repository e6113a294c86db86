//! Blocks: inlined at every use, with their dimension names worked out from what flows in.

use super::Resolver;
use super::scope::{Meaning, Role, Scope};
use super::value::tail;
use crate::diagnostic::{Diagnostic, Place, count, nearest};
use crate::layer::arguments::{Datum, Given, list};
use crate::parse::tree::{Argument, Definition, Expr, ExprKind, Kind, Outputs, ParameterItem};
use crate::shape::check::assertion;
use crate::shape::typed::ValueId;
use crate::shape::{Comparison, Dim, Shape, Solution, Unsolved, solve_axis};
use crate::words::{Words, words};
use quote::quote;

impl<'a> Resolver<'a> {
    /// One use of a block.
    pub fn block(
        &mut self,
        block: &'a Definition,
        arguments: &'a [Argument],
        stage: &'a Expr,
        inputs: Vec<ValueId>,
        name: String,
        outer: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        let block_name = block.name.to_string();
        self.used_blocks.push(block_name.clone());
        if self.active.contains(&block_name) {
            let message = format!("`{block_name}` uses itself");
            let diagnostic = Diagnostic::error("block-uses-itself", stage.place, message).help(
                format!("to stack copies write `-> [{block_name}; 3]` outside of it"),
            );
            self.report(diagnostic, outer);
            return self.unknown_outputs(block, stage.place);
        }
        let mut scope = Scope::new(block);
        scope.prefix = format!("{}{name}.", outer.prefix);
        scope.shared = outer.shared;
        scope.frames = outer.frames.clone();
        if !outer.shared {
            self.graph
                .taken
                .insert(format!("{}{name}", outer.prefix), stage.place.line());
        }
        for dim in &block.dims {
            let meaning = Meaning::Datum(Datum::Whole(placeholder(dim)));
            scope.bind(&dim.to_string(), dim.into(), meaning, Role::Dimension);
        }
        let given = self.given(arguments, outer);
        self.bind_parameters(block, given, stage, &mut scope, outer);
        let solved = self.solve_dims(block, stage, &inputs, &mut scope, outer);
        scope.frames.push(frame(block, stage.place, &scope));
        let declared = self.declared_outputs(block, &mut scope);
        if !solved {
            let values = declared.iter().map(|shape| {
                self.graph
                    .value(shape.clone(), stage.place, stage.to_string())
            });
            return values.collect();
        }
        for (input, value) in block.inputs.iter().zip(&inputs) {
            let meaning = Meaning::Values(vec![*value]);
            scope.bind(
                &input.name.to_string(),
                (&input.name).into(),
                meaning,
                Role::Input,
            );
        }
        self.active.push(block_name);
        let results = self.body(block, &mut scope);
        let results = self.check_outputs(block, results, &declared, &scope);
        self.active.pop();
        self.warn_unused(&scope);
        for value in results.iter().filter(|value| !inputs.contains(value)) {
            self.graph
                .set_origin(*value, &stage.to_string(), stage.place.line());
        }
        results
    }

    /// A block that nothing uses: checked with open dimensions, for its errors only.
    pub fn block_alone(&mut self, block: &'a Definition) {
        let mut scope = Scope::new(block);
        for dim in &block.dims {
            let meaning = Meaning::Datum(Datum::Whole(placeholder(dim)));
            scope.bind(&dim.to_string(), dim.into(), meaning, Role::Dimension);
        }
        for parameter in &block.parameters {
            let meaning = Meaning::Datum(Datum::Broken);
            scope.bind(
                &parameter.name.to_string(),
                (&parameter.name).into(),
                meaning,
                Role::Parameter,
            );
        }
        for input in &block.inputs {
            let shape = match &input.shape {
                Some(shape) => self.shape(shape, &mut scope),
                None => self.unreadable(),
            };
            let value = self.graph.input(&input.name, shape);
            let meaning = Meaning::Values(vec![value]);
            scope.bind(
                &input.name.to_string(),
                (&input.name).into(),
                meaning,
                Role::Input,
            );
        }
        self.active.push(block.name.to_string());
        let results = self.body(block, &mut scope);
        let declared = self.declared_outputs(block, &mut scope);
        self.check_outputs(block, results, &declared, &scope);
        self.warn_unused(&scope);
    }

    fn unknown_outputs(&mut self, block: &Definition, place: Place) -> Vec<ValueId> {
        let many = match &block.outputs {
            Outputs::Named(outputs) => outputs.len().max(1),
            _ => 1,
        };
        (0..many).map(|_| self.graph.unknown(place)).collect()
    }

    /// The parameters of a block, by position or name.
    fn bind_parameters(
        &mut self,
        block: &'a Definition,
        given: Vec<Given>,
        stage: &Expr,
        scope: &mut Scope<'a>,
        outer: &mut Scope<'a>,
    ) {
        let mut data: Vec<Option<Datum>> = vec![None; block.parameters.len()];
        let mut position = 0;
        let mut refused = false;
        for argument in given {
            let index = match &argument.name {
                None => {
                    position += 1;
                    Some(position - 1).filter(|index| *index < data.len())
                }
                Some((name, _)) => block.parameters.iter().position(|p| p.name == name),
            };
            let place = argument
                .name
                .as_ref()
                .map_or(argument.place, |(_, place)| *place);
            let Some(index) = index else {
                self.unknown_parameter(block, &argument, place, outer);
                refused = true;
                continue;
            };
            if data[index].is_some() {
                let message = format!(
                    "`{}` of `{}` is given twice",
                    block.parameters[index].name, block.name
                );
                self.error("duplicate-argument", place, message, outer);
                continue;
            }
            data[index] = Some(self.parameter(&block.parameters[index], block, &argument, outer));
        }
        for (parameter, datum) in block.parameters.iter().zip(data) {
            let datum = match (datum, &parameter.default) {
                (Some(datum), _) => datum,
                (None, Some(default)) => {
                    let given = Given {
                        name: None,
                        datum: self.datum(default, scope),
                        place: default.place,
                        written: default.to_string(),
                    };
                    self.parameter(parameter, block, &given, scope)
                }
                (None, None) => {
                    if !refused {
                        let name = &parameter.name;
                        let message = format!("`{}` needs `{name}`", block.name);
                        let diagnostic =
                            Diagnostic::error("missing-argument", stage.place, message)
                                .help(format!("write `{}({name} = ..)`", block.name));
                        self.report(diagnostic, outer);
                    }
                    Datum::Broken
                }
            };
            let name = parameter.name.to_string();
            scope.bind(
                &name,
                (&parameter.name).into(),
                Meaning::Datum(datum),
                Role::Parameter,
            );
        }
    }

    fn unknown_parameter(
        &mut self,
        block: &Definition,
        given: &Given,
        place: Place,
        scope: &Scope<'a>,
    ) {
        let names: Vec<String> = block
            .parameters
            .iter()
            .map(|p| p.name.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let diagnostic = match &given.name {
            None => {
                let takes = count(names.len(), "argument", "arguments");
                let message = format!("`{}` takes {takes}, found one more", block.name);
                Diagnostic::error("too-many-arguments", place, message)
            }
            Some((name, _)) => {
                let message = format!("`{}` has no parameter `{name}`", block.name);
                let help = match nearest(name, names.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if names.is_empty() => {
                        format!("add it: `block {}(x: [..], {name}: usize)`", block.name)
                    }
                    None => format!("its parameters are {}", list(&names)),
                };
                Diagnostic::error("unknown-argument", place, message).help(help)
            }
        };
        self.report(diagnostic, scope);
    }

    /// An argument as its parameter's type.
    fn parameter(
        &mut self,
        parameter: &ParameterItem,
        block: &Definition,
        given: &Given,
        scope: &Scope<'a>,
    ) -> Datum {
        let datum = match (parameter.kind, &given.datum) {
            (None, _) | (_, Datum::Broken) => return Datum::Broken,
            (Some(Kind::Usize), datum) => datum
                .dim()
                .filter(|dim| !dim.is_out_of_range())
                .map(Datum::Whole),
            (Some(Kind::F32), datum) => datum.number().map(Datum::Real),
            (Some(Kind::Bool), Datum::Flag(flag)) => Some(Datum::Flag(*flag)),
            (Some(Kind::Bool), _) => None,
        };
        datum.unwrap_or_else(|| {
            let wants = match parameter.kind {
                Some(Kind::Usize) => "a whole number",
                Some(Kind::F32) => "a number",
                _ => "`true` or `false`",
            };
            let message = format!(
                "`{}` of `{}` wants {wants}, found `{}`",
                parameter.name, block.name, given.written
            );
            self.error("wrong-argument", given.place, message, scope);
            Datum::Broken
        })
    }

    /// Works out the dimension names from the inputs; false after an error.
    fn solve_dims(
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
                match solve_axis(pattern, actual, &names, &mut solution) {
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

    fn forget_dims(&mut self, block: &Definition, scope: &mut Scope<'a>) {
        for dim in &block.dims {
            scope.rebind(&dim.to_string(), Meaning::Datum(Datum::Broken));
        }
    }

    fn input_differs(
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
        match shape.equals(declared) {
            Comparison::Holds => return true,
            Comparison::Unsure => {
                let frames = scope.frames.iter().rev();
                let diagnostic = frames.fold(diagnostic, |d, frame| d.note(frame.clone()));
                let axes = shape.axes().iter().zip(declared.axes());
                for (a, b) in axes.filter(|(a, b)| a.equals(b) == Comparison::Unsure) {
                    let (x, y) = a.minus(b).sides();
                    self.graph
                        .assertions
                        .push(assertion(quote!(#x == #y), &diagnostic));
                }
                return true;
            }
            Comparison::Fails => {}
        }
        let help = declared_help(
            &shape,
            declared,
            self.graph.producer(value).map(|l| l.layer.kind()),
        );
        self.report(diagnostic.help(help), scope);
        self.graph.set_shape(value, declared.clone());
        false
    }
}

/// How to make a value what was declared, or to declare what it is.
fn declared_help(found: &Shape, declared: &Shape, kind: Option<&str>) -> Words {
    let declare = words!["declare ", found];
    match (kind, declared.axes(), found.rank()) {
        (Some("Dense"), [units], 1) => words!["write `Dense(", units, ")`, or "].then(declare),
        (_, [units], 1) => words!["insert `-> Dense(", units, ")`, or "].then(declare),
        (_, [units], 2 | 3) => {
            words!["insert `-> Flatten -> Dense(", units, ")`, or "].then(declare)
        }
        _ => declare,
    }
}

/// A dimension name while it isn't worked out.
fn placeholder(dim: &proc_macro2::Ident) -> Dim {
    Dim::path(dim.to_string(), quote!(#dim))
}

/// `` in `Basic` used on line 12, here H = 15, W = 15, C = 3 ``.
fn frame(block: &Definition, place: Place, scope: &Scope<'_>) -> Words {
    let mut words = words![format!("in `{}` used on line {}", block.name, place.line())];
    let mut separator = ", here ";
    for dim in &block.dims {
        let name = dim.to_string();
        let meaning = scope.peek(&name).map(|binding| &binding.meaning);
        if let Some(Meaning::Datum(Datum::Whole(dim))) = meaning
            && !dim.is_anything()
        {
            words = words.then(words![format!("{separator}{name} = "), dim]);
            separator = ", ";
        }
    }
    words
}
