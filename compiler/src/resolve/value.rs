//! Expressions that are values of the network: names, sums, tuples and chains.

use super::Resolver;
use super::operator::Operand;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::layer::{self, alias};
use crate::parse::tree::{Argument, Definition, Expr, ExprKind, Let};
use crate::shape::typed::ValueId;
use crate::words::words;

impl<'a> Resolver<'a> {
    /// The `let`s of a body, then its result.
    pub fn body(&mut self, definition: &'a Definition, scope: &mut Scope<'a>) -> Vec<ValueId> {
        for item in &definition.lets {
            self.binding(item, scope);
        }
        match &definition.result {
            Some(result) => self.values(result, scope),
            None => {
                self.broken = true;
                vec![self.graph.unknown(definition.place)]
            }
        }
    }

    fn binding(&mut self, item: &'a Let, scope: &mut Scope<'a>) {
        if let [name] = item.names.as_slice()
            && self.is_stage(&item.value, scope)
        {
            let text = name.to_string();
            self.check_stage_name(&item.value, scope);
            if let Some(shape) = &item.shape {
                let message =
                    format!("`{text}` is a layer that isn't applied yet: it has no shape");
                let diagnostic = Diagnostic::error("shape-of-layer", shape.place, message)
                    .help(format!("write `let {text} = {};`", item.value));
                self.report(diagnostic, scope);
            }
            self.take_name(&text, name.into(), scope);
            scope.bind(&text, name.into(), Meaning::Stage(&item.value), Role::Let);
            return;
        }
        let values = self.values(&item.value, scope);
        if let Some(shape) = &item.shape {
            let declared = self.shape(shape, scope);
            if let [value] = values.as_slice() {
                let name = item
                    .names
                    .first()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                let promise = words![format!("`{name}` is declared as "), &declared];
                self.check_shape(
                    *value,
                    &declared,
                    tail(&item.value),
                    promise,
                    shape.place,
                    scope,
                );
            }
        }
        if let [name] = item.names.as_slice() {
            let shapes: Vec<_> = values.iter().map(|v| self.graph.shape(*v)).collect();
            self.facts.value(name, &shapes);
            scope.bind(
                &name.to_string(),
                name.into(),
                Meaning::Values(values),
                Role::Let,
            );
            return;
        }
        if values.len() != item.names.len() {
            let message = format!(
                "{} names for {}",
                item.names.len(),
                crate::diagnostic::count(values.len(), "value", "values")
            );
            let help = match (values.len(), item.names.first()) {
                (1, Some(name)) => Some(format!("write `let {name} = ..;`").into()),
                _ => None,
            };
            let place = tail(&item.value);
            let diagnostic =
                Diagnostic::error("wrong-number-of-values", place, message).help_if(help);
            self.report(diagnostic, scope);
        }
        for (index, name) in item.names.iter().enumerate() {
            let value = match values.get(index) {
                Some(value) => *value,
                None => self.graph.unknown(name.into()),
            };
            self.facts.value(name, &[self.graph.shape(value)]);
            scope.bind(
                &name.to_string(),
                name.into(),
                Meaning::Values(vec![value]),
                Role::Let,
            );
        }
    }

    /// The values of an expression: several for a tuple.
    pub fn values(&mut self, expr: &'a Expr, scope: &mut Scope<'a>) -> Vec<ValueId> {
        let values = self.deeper(expr.place, scope, |resolver, scope| {
            resolver.values_within(expr, scope)
        });
        values.unwrap_or_else(|| vec![self.graph.unknown(expr.place)])
    }

    fn values_within(&mut self, expr: &'a Expr, scope: &mut Scope<'a>) -> Vec<ValueId> {
        match &expr.kind {
            ExprKind::Broken => {
                self.broken = true;
                vec![self.graph.unknown(expr.place)]
            }
            ExprKind::Paren(inner) => self.values(inner, scope),
            ExprKind::Chain { head, stages } => {
                let mut flow = self.values(head, scope);
                for stage in stages {
                    flow = self.apply(stage, flow, None, scope);
                }
                flow
            }
            ExprKind::Tuple(items) => {
                let values = items.iter().map(|item| self.value(item, scope));
                values.collect()
            }
            ExprKind::Path { text, .. } => self.named_value(text, expr, scope),
            ExprKind::Arithmetic { .. } | ExprKind::Negative(_) => {
                match self.operand(expr, scope) {
                    Operand::Value(value) => vec![value],
                    Operand::Number(_) => vec![self.no_value(expr, "a number", scope)],
                }
            }
            ExprKind::Whole(_) | ExprKind::Real(_) | ExprKind::Kernel(..) => {
                vec![self.no_value(expr, "a number", scope)]
            }
            ExprKind::Text(_) => vec![self.no_value(expr, "a text", scope)],
            ExprKind::List(items) => {
                let is_value = |item: &Expr| {
                    let binding = item.word().and_then(|word| scope.peek(word));
                    binding.is_some_and(|b| matches!(b.meaning, Meaning::Values(_)))
                };
                if items.is_empty() || !items.iter().all(is_value) {
                    return vec![self.no_value(expr, "a list", scope)];
                }
                let names: Vec<String> = items.iter().map(ToString::to_string).collect();
                let message = format!("`{expr}` is a list; several values stand in parentheses");
                let diagnostic = Diagnostic::error("not-a-value", expr.place, message)
                    .help(format!("write `({})`", names.join(", ")));
                self.report(diagnostic, scope);
                items.iter().map(|item| self.value(item, scope)).collect()
            }
            ExprKind::Call { path, arguments } => {
                let is_value = |argument: &Argument| {
                    let binding = argument.value.word().and_then(|word| scope.peek(word));
                    binding.is_some_and(|b| matches!(b.meaning, Meaning::Values(_)))
                };
                let given = arguments.iter().filter(|argument| is_value(argument));
                let given: Vec<String> = given.map(|a| a.value.to_string()).collect();
                let applied = match given.as_slice() {
                    [] => None,
                    [one] => Some(one.clone()),
                    several => Some(format!("({})", several.join(", "))),
                };
                let called = path.word().and_then(|word| scope.peek(word));
                if called.is_some_and(|b| matches!(b.meaning, Meaning::Values(_))) {
                    let message = format!("`{path}` is a value, not a layer");
                    let diagnostic = Diagnostic::error("value-as-stage", expr.place, message)
                        .help(format!("write `{path}`"));
                    self.report(diagnostic, scope);
                    return vec![self.graph.unknown(expr.place)];
                }
                let path = self.surely(path);
                let input = scope.definition.inputs.first().map(|i| i.name.to_string());
                let help = match (&applied, input) {
                    (Some(value), _) => {
                        let rest = arguments.iter().filter(|a| !is_value(a));
                        let rest: Vec<String> = rest
                            .map(|a| match &a.name {
                                Some(name) => format!("{name} = {}", a.value),
                                None => a.value.to_string(),
                            })
                            .collect();
                        let list = match rest.is_empty() {
                            true => String::new(),
                            false => format!("({})", rest.join(", ")),
                        };
                        format!("write `{value} -> {path}{list}`")
                    }
                    (None, Some(input)) => format!("write `{input} -> {expr}`"),
                    (None, None) => format!("write `input -> {expr}`"),
                };
                let message =
                    format!("`{path}` has no input: data flows into a layer through `->`");
                let diagnostic =
                    Diagnostic::error("layer-without-input", expr.place, message).help(help);
                self.report(diagnostic, scope);
                vec![self.graph.unknown(expr.place)]
            }
            ExprKind::Named { name, stage } => {
                let values = |word: &str| match scope.peek(word).map(|b| &b.meaning) {
                    Some(Meaning::Values(values)) => Some(values.clone()),
                    _ => None,
                };
                if let Some(flow) = values(&name.to_string()) {
                    let message = format!("data flows through `->`, and `{name}:` would be a name");
                    let diagnostic = Diagnostic::error("wrong-arrow", Place::from(name), message)
                        .help(format!("write `{name} -> {stage}`"));
                    self.report(diagnostic, scope);
                    return self.apply(stage, flow, None, scope);
                }
                if stage.word().and_then(values).is_some() {
                    let message =
                        "only a stage has a name; outputs are named where they are declared";
                    let diagnostic = Diagnostic::error("named-value", Place::from(name), message)
                        .help(format!("remove `{name}:`"));
                    self.report(diagnostic, scope);
                    return self.values(stage, scope);
                }
                let message = format!("only a stage has a name, as in `input -> {name}: {stage}`");
                self.error("named-value", Place::from(name), message, scope);
                self.values(stage, scope)
            }
            ExprKind::Repeat { .. } => {
                let message = format!("`{expr}` has no input: data flows into it through `->`");
                self.error("layer-without-input", expr.place, message, scope);
                vec![self.graph.unknown(expr.place)]
            }
        }
    }

    /// The layer or block that a word surely means, for a help line.
    fn surely(&self, path: &Expr) -> String {
        let text = path.to_string();
        let blocks = || {
            self.module
                .blocks
                .iter()
                .map(|block| block.name.to_string())
        };
        if layer::find(&text).is_some() || blocks().any(|block| block == text) {
            return text;
        }
        let ours = alias::layer(&text).filter(|ours| layer::find(ours).is_some());
        let near = ours.or_else(|| nearest(&text, layer::names()));
        near.map_or(text.clone(), ToOwned::to_owned)
    }

    /// An expression that must be a single value.
    pub fn value(&mut self, expr: &'a Expr, scope: &mut Scope<'a>) -> ValueId {
        let values = self.values(expr, scope);
        match values.as_slice() {
            [value] => *value,
            _ => {
                let message = format!("one value is wanted here, `{expr}` has {}", values.len());
                let diagnostic = Diagnostic::error("wrong-number-of-values", expr.place, message)
                    .help("join them: `(a, b) -> Concat(axis = -1)`");
                self.report(diagnostic, scope);
                self.graph.unknown(expr.place)
            }
        }
    }

    fn no_value(&mut self, expr: &Expr, what: &str, scope: &Scope<'a>) -> ValueId {
        let message = format!("`{expr}` is {what}; a value of the network stands here");
        let mut inputs = scope.definition.inputs.iter();
        let input = inputs.find(|input| expr.word() != Some(&input.name.to_string()));
        let help = input.map(|input| format!("write a value, such as `{}`", input.name).into());
        let diagnostic = Diagnostic::error("not-a-value", expr.place, message).help_if(help);
        self.report(diagnostic, scope);
        self.graph.unknown(expr.place)
    }

    fn named_value(&mut self, text: &str, expr: &Expr, scope: &mut Scope<'a>) -> Vec<ValueId> {
        let head = scope.definition;
        if head.inputs.is_empty() && head.parameters.is_empty() && scope.peek(text).is_none() {
            // That there is no input was reported.
            self.broken = true;
            return vec![self.graph.unknown(expr.place)];
        }
        let input = scope.definition.inputs.first();
        let input = input.map_or("input".to_owned(), |i| i.name.to_string());
        match scope.look_up(text) {
            Some(Meaning::Values(values)) => return values,
            Some(Meaning::Stage(_)) => {
                let message = format!("`{text}` is a layer that isn't applied yet");
                let diagnostic = Diagnostic::error("layer-without-input", expr.place, message)
                    .help(format!("write `{input} -> {text}`"));
                self.report(diagnostic, scope);
                return vec![self.graph.unknown(expr.place)];
            }
            Some(Meaning::Datum(_)) => return vec![self.no_value(expr, "a number", scope)],
            None => {}
        }
        let is_block = self.module.blocks.iter().any(|block| block.name == text);
        let diagnostic = if is_block || layer::find(text).is_some() {
            let message = format!("`{text}` has no input: data flows into a layer through `->`");
            Diagnostic::error("layer-without-input", expr.place, message)
                .help(format!("write `{input} -> {text}`"))
        } else {
            let known = scope.bindings().iter();
            let values = known.filter(|b| matches!(b.meaning, Meaning::Values(_)));
            let names: Vec<String> = values.map(|b| b.name.clone()).collect();
            let near = nearest(text, names.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "here are {}",
                    layer::arguments::list(&names.iter().map(String::as_str).collect::<Vec<_>>(),)
                ),
            };
            Diagnostic::error(
                "unknown-value",
                expr.place,
                format!("there is no value `{text}` here"),
            )
            .help(help)
        };
        self.report(diagnostic, scope);
        vec![self.graph.unknown(expr.place)]
    }
}

/// Whether a stage is a layer that gives the shape it takes.
fn keeps_shape(stage: &Expr) -> bool {
    let path = match &stage.bare().kind {
        ExprKind::Call { path, .. } => path,
        _ => stage.bare(),
    };
    let entry = path.word().and_then(layer::find);
    entry.is_some_and(|entry| entry.keeps_shape)
}

/// The stage of an expression that made its value's shape.
pub fn tail(expr: &Expr) -> Place {
    match &expr.kind {
        ExprKind::Chain { stages, .. } => {
            // What keeps a shape has not made it.
            let made = stages.iter().rev().find(|stage| !keeps_shape(stage));
            made.or(stages.last()).map_or(expr.place, tail)
        }
        ExprKind::Named { stage, .. } => tail(stage),
        ExprKind::Paren(inner) => tail(inner),
        _ => expr.place,
    }
}
