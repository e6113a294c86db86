//! Expressions that can't stand where they do: a value behind an arrow, a layer without one. Each is told what was meant.

use proc_macro2::Ident;

use super::Resolver;
use super::scope::{Meaning, Scope};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::id::ValueId;
use crate::layer::{self, alias};
use crate::parse::tree::{Argument, Expr, ExprKind, Operator};

impl<'a> Resolver<'a> {
    /// What stands behind an arrow and is neither a layer nor a block.
    pub(super) fn no_stage(&mut self, stage: &Expr, scope: &Scope<'a>) {
        match &stage.kind {
            ExprKind::Arithmetic { .. } | ExprKind::Negative(_) => {
                let message = format!("`->` binds loosest, so `{stage}` is read as one stage");
                let help = match &stage.kind {
                    ExprKind::Arithmetic { first, rest } => match (&first.kind, rest.as_slice()) {
                        (ExprKind::Whole(copies), [(Operator::Multiply, _, body)]) => {
                            format!("to repeat it write `[{}; {copies}]`", body.bare())
                        }
                        (_, [(operator, _, operand)]) => format!(
                            "put the chain in parentheses: `(.. -> {first}) {} {operand}`",
                            operator.sign()
                        ),
                        _ => "put the chain in parentheses: `(x -> Dense(10)) + y`".to_owned(),
                    },
                    _ => "put the chain in parentheses: `(x -> Dense(10)) + y`".to_owned(),
                };
                let diagnostic =
                    Diagnostic::error("operator-in-stage", stage.place, message).help(help);
                self.report(diagnostic, scope);
            }
            ExprKind::Tuple(_) => {
                let message = "values don't flow into a tuple";
                let diagnostic = Diagnostic::error("tuple-as-stage", stage.place, message)
                    .help("write one chain for each: `(x -> Dense(1), x -> Dense(5))`");
                self.report(diagnostic, scope);
            }
            ExprKind::List(items) => {
                let message = format!("expected a layer, found the list `{stage}`");
                let help = match items.as_slice() {
                    [one] => format!("to repeat it write `[{one}; 2]`"),
                    [body, count] if matches!(count.kind, ExprKind::Whole(_)) => {
                        format!("to repeat it write `[{body}; {count}]`")
                    }
                    _ => "to change the shape write `-> Reshape([..])`".to_owned(),
                };
                let diagnostic = Diagnostic::error("not-a-stage", stage.place, message).help(help);
                self.report(diagnostic, scope);
            }
            _ => {
                let message = format!("expected a layer, found `{stage}`");
                let help = match &stage.kind {
                    ExprKind::Text(text) => match alias::surely(text) {
                        Some(meant) => format!("write `{meant}`, without quotes"),
                        None => {
                            "a layer is written without quotes, as in `-> Dense(10)`".to_owned()
                        }
                    },
                    ExprKind::Whole(units) => format!("write `-> Dense({units})`"),
                    _ => "a fully connected layer is written `-> Dense(10)`".to_owned(),
                };
                let diagnostic = Diagnostic::error("not-a-stage", stage.place, message).help(help);
                self.report(diagnostic, scope);
            }
        }
    }

    /// What isn't a value of the network: a number, a text or a list.
    pub(super) fn no_value(&mut self, expr: &Expr, what: &str, scope: &Scope<'a>) -> ValueId {
        let message = format!("`{expr}` is {what}; a value of the network stands here");
        let mut inputs = scope.definition.inputs.iter();
        let input = inputs.find(|input| expr.word() != Some(&input.name.to_string()));
        let help = input.map(|input| format!("write a value, such as `{}`", input.name).into());
        let diagnostic = Diagnostic::error("not-a-value", expr.place, message).help_if(help);
        self.report(diagnostic, scope);
        self.graph.unknown(expr.place)
    }

    /// `[a, b]` for `(a, b)`.
    pub(super) fn list_as_value(
        &mut self,
        items: &'a [Expr],
        expr: &Expr,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        if items.is_empty() || !items.iter().all(|item| is_value(item, scope)) {
            return vec![self.no_value(expr, "a list", scope)];
        }
        let names: Vec<String> = items.iter().map(ToString::to_string).collect();
        let message = format!("`{expr}` is a list; several values stand in parentheses");
        let diagnostic = Diagnostic::error("not-a-value", expr.place, message)
            .help(format!("write `({})`", names.join(", ")));
        self.report(diagnostic, scope);
        items.iter().map(|item| self.value(item, scope)).collect()
    }

    /// `Dense(10)` where nothing flows in, or `Dense(x)`.
    pub(super) fn call_as_value(
        &mut self,
        path: &Expr,
        arguments: &[Argument],
        expr: &Expr,
        scope: &Scope<'a>,
    ) -> ValueId {
        let (given, rest): (Vec<&Argument>, Vec<&Argument>) =
            arguments.iter().partition(|a| is_value(&a.value, scope));
        let given: Vec<String> = given.iter().map(|a| a.value.to_string()).collect();
        let applied = match given.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(format!("({})", several.join(", "))),
        };
        if is_value(path, scope) {
            let message = format!("`{path}` is a value, not a layer");
            let diagnostic = Diagnostic::error("value-as-stage", expr.place, message)
                .help(format!("write `{path}`"));
            self.report(diagnostic, scope);
            return self.graph.unknown(expr.place);
        }
        let path = self.surely(path);
        let input = scope.definition.inputs.first().map(|i| i.name.to_string());
        let help = match (&applied, input) {
            (Some(value), _) => {
                let rest: Vec<String> = rest
                    .iter()
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
        let message = format!("`{path}` has no input: data flows into a layer through `->`");
        let diagnostic = Diagnostic::error("layer-without-input", expr.place, message).help(help);
        self.report(diagnostic, scope);
        self.graph.unknown(expr.place)
    }

    /// `head: Dense(10)` where nothing flows in, or `x: Dense(10)` for `x -> Dense(10)`.
    pub(super) fn named_as_value(
        &mut self,
        name: &Ident,
        stage: &'a Expr,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        let named = scope.peek(&name.to_string()).map(|b| &b.meaning);
        if let Some(Meaning::Values(flow)) = named {
            let flow = flow.clone();
            let message = format!("data flows through `->`, and `{name}:` would be a name");
            let diagnostic = Diagnostic::error("wrong-arrow", Place::from(name), message)
                .help(format!("write `{name} -> {stage}`"));
            self.report(diagnostic, scope);
            return self.apply(stage, flow, None, scope);
        }
        if is_value(stage, scope) {
            let message = "only a stage has a name; outputs are named where they are declared";
            let diagnostic = Diagnostic::error("named-value", Place::from(name), message)
                .help(format!("remove `{name}:`"));
            self.report(diagnostic, scope);
            return self.values(stage, scope);
        }
        let message = format!("only a stage has a name, as in `input -> {name}: {stage}`");
        self.error("named-value", Place::from(name), message, scope);
        self.values(stage, scope)
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
}

/// Whether an expression is the name of a value.
fn is_value(expr: &Expr, scope: &Scope<'_>) -> bool {
    let binding = expr.word().and_then(|word| scope.peek(word));
    binding.is_some_and(|binding| matches!(binding.meaning, Meaning::Values(_)))
}
