//! Expressions that are values of the network: names, sums, tuples and chains.

use super::Resolver;
use super::operator::Operand;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::id::ValueId;
use crate::layer;
use crate::parse::tree::{Definition, Expr, ExprKind, Let};
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
            ExprKind::List(items) => self.list_as_value(items, expr, scope),
            ExprKind::Call { path, arguments } => {
                vec![self.call_as_value(path, arguments, expr, scope)]
            }
            ExprKind::Named { name, stage } => self.named_as_value(name, stage, scope),
            ExprKind::Repeat { .. } => {
                let message = format!("`{expr}` has no input: data flows into it through `->`");
                self.error("layer-without-input", expr.place, message, scope);
                vec![self.graph.unknown(expr.place)]
            }
        }
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
