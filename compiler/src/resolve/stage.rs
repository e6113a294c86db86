//! Stages: what stands behind an arrow.

use super::recompute::is_recompute;
use super::scope::{Meaning, Scope, snake_case};
use super::{MOST_STAGES, Resolver};
use crate::diagnostic::{Diagnostic, Place};
use crate::id::ValueId;
use crate::layer;
use crate::parse::item::is_reserved;
use crate::parse::tree::{Argument, Expr, ExprKind};
use crate::words::{Words, words};
use shapeflow_diagram::grouped;

/// Copies of one repeat beyond this are refused.
const MOST_COPIES: u64 = 1000;

impl<'a> Resolver<'a> {
    /// Sends values through one stage.
    pub fn apply(
        &mut self,
        stage: &'a Expr,
        inputs: Vec<ValueId>,
        name: Option<String>,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        self.stages += 1;
        if self.stages > MOST_STAGES && !self.given_up {
            let most = grouped(MOST_STAGES as u64);
            let message = format!(
                "this network has more than {most} stages, and its release build would take more than a minute"
            );
            let diagnostic = Diagnostic::error("too-many-stages", stage.place, message)
                .help("write smaller numbers of copies");
            self.report(diagnostic, scope);
            self.given_up = true;
        }
        let flow = self.deeper(stage.place, scope, |resolver, scope| {
            resolver.stage(stage, inputs, name, scope)
        });
        flow.unwrap_or_else(|| vec![self.graph.unknown(stage.place)])
    }

    fn stage(
        &mut self,
        stage: &'a Expr,
        inputs: Vec<ValueId>,
        name: Option<String>,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        match &stage.kind {
            ExprKind::Broken => {
                self.broken = true;
                vec![self.graph.unknown(stage.place)]
            }
            ExprKind::Paren(inner) => self.apply(inner, inputs, name, scope),
            ExprKind::Named { name, stage } => {
                let text = name.to_string();
                if is_reserved(name) {
                    let message = format!("`{text}` is a word of Rust and can't name a stage");
                    let diagnostic = Diagnostic::error("reserved-name", Place::from(name), message)
                        .help(format!("write `{}_`", text.trim_matches('_')));
                    self.report(diagnostic, scope);
                    return self.apply(stage, inputs, None, scope);
                }
                let suffix: Vec<String> = scope.copies.iter().map(ToString::to_string).collect();
                let full = format!("{text}{}", suffix.join("_"));
                let free = self.take_name(&full, name.into(), scope);
                self.apply(stage, inputs, free.then_some(full), scope)
            }
            ExprKind::Chain { head, stages } => {
                let run = |resolver: &mut Self, scope: &mut Scope<'a>| {
                    let first = resolver.apply(head, inputs, None, scope);
                    stages.iter().fold(first, |flow, stage| {
                        resolver.apply(stage, flow, None, scope)
                    })
                };
                match name {
                    Some(name) => scope.nested(&name, |scope| run(self, scope)),
                    None => run(self, scope),
                }
            }
            ExprKind::Repeat { body, count } => {
                self.repeat(stage, body, count, inputs, name, scope)
            }
            ExprKind::Path { text, .. } => self.call(stage, text, &[], stage, inputs, name, scope),
            ExprKind::Call { path, arguments } => match &path.kind {
                ExprKind::Path { text, .. } => {
                    self.call(stage, text, arguments, path, inputs, name, scope)
                }
                _ => vec![self.graph.unknown(stage.place)],
            },
            ExprKind::Arithmetic { .. }
            | ExprKind::Negative(_)
            | ExprKind::Tuple(_)
            | ExprKind::List(_)
            | ExprKind::Whole(_)
            | ExprKind::Real(_)
            | ExprKind::Kernel(..)
            | ExprKind::Text(_) => {
                self.no_stage(stage, scope);
                vec![self.graph.unknown(stage.place)]
            }
        }
    }

    /// `[Basic; 3]`
    fn repeat(
        &mut self,
        stage: &'a Expr,
        body: &'a Expr,
        count: &'a Expr,
        inputs: Vec<ValueId>,
        name: Option<String>,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        let number = self.dim(count, scope);
        if number.is_anything() {
            return vec![self.graph.unknown(stage.place)];
        }
        let copies = match number.known() {
            None if number.is_negative() => {
                let message = words![
                    format!("a repeat has 1 to {MOST_COPIES} copies, found "),
                    &number
                ];
                let diagnostic = Diagnostic::error("repeat-count", count.place, message)
                    .help("write a number from 1, or leave the repeat out");
                self.report(diagnostic, scope);
                return vec![self.graph.unknown(stage.place)];
            }
            Some(copies) if (1..=MOST_COPIES).contains(&copies) => copies as usize,
            Some(_) => {
                let message = words![
                    format!("a repeat has 1 to {MOST_COPIES} copies, found "),
                    &number
                ];
                let few = number.known() == Some(1) || number.is_zero() || number.is_out_of_range();
                let help = match few {
                    true => "write a number from 1, or leave the repeat out".to_owned(),
                    false => format!("write `[{body}; {MOST_COPIES}]` or less"),
                };
                let diagnostic = Diagnostic::error("repeat-count", count.place, message).help(help);
                self.report(diagnostic, scope);
                return vec![self.graph.unknown(stage.place)];
            }
            None => {
                let message = words![
                    "how often to repeat must be known here, found `",
                    &number,
                    "`"
                ];
                let diagnostic = Diagnostic::error("repeat-count", count.place, message)
                    .help("write the number, or put the const into this `model!`");
                self.report(diagnostic, scope);
                return vec![self.graph.unknown(stage.place)];
            }
        };
        // A layer that is bound by `let` has its name already.
        let bound = body.bare().word().and_then(|word| scope.peek(word));
        let bound = bound.is_some_and(|binding| matches!(binding.meaning, Meaning::Stage(_)));
        let name = name.filter(|_| !bound);
        let mut flow = inputs;
        for copy in 1..=copies {
            let frame: Words = words![format!(
                "in copy {copy} of {copies} of the repeat on line {}",
                stage.place.line()
            )];
            scope.frames.push(frame);
            let before = self.diagnostics.errors_reported();
            flow = match &name {
                Some(name) => self.apply(body, flow, Some(format!("{name}{copy}")), scope),
                None => {
                    scope.copies.push(copy);
                    let flow = self.apply(body, flow, None, scope);
                    scope.copies.pop();
                    flow
                }
            };
            scope.frames.pop();
            // What is wrong in one copy is told once.
            if self.diagnostics.errors_reported() > before {
                let unknown = flow.iter().map(|_| self.graph.unknown(stage.place));
                return unknown.collect::<Vec<_>>();
            }
        }
        flow
    }

    /// A layer, a block, or a layer that was bound by `let`.
    #[expect(clippy::too_many_arguments, reason = "one call, in its parts")]
    fn call(
        &mut self,
        stage: &'a Expr,
        text: &'a str,
        arguments: &'a [Argument],
        path: &'a Expr,
        inputs: Vec<ValueId>,
        name: Option<String>,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        match scope.look_up(text) {
            Some(Meaning::Stage(bound)) => {
                if let Some(argument) = arguments.first() {
                    let message = format!("`{text}` has its arguments already");
                    let help = match is_recompute(argument) {
                        true => format!(
                            "write it behind `let {text} =`, as in `let {text} = Part(recompute);`"
                        ),
                        false => format!("write `-> {text}`"),
                    };
                    let diagnostic =
                        Diagnostic::error("arguments-twice", argument.place(), message).help(help);
                    self.report(diagnostic, scope);
                }
                if name.is_some() {
                    let message = format!("`{text}` is named by its `let`");
                    let diagnostic = Diagnostic::error("named-twice", path.place, message)
                        .help(format!("write `-> {text}`"));
                    self.report(diagnostic, scope);
                }
                if scope
                    .applying
                    .iter()
                    .any(|outer| std::ptr::eq(*outer, bound))
                {
                    let message = format!("`{text}` would contain itself");
                    let diagnostic =
                        Diagnostic::error("layer-contains-itself", path.place, message)
                            .help("give the inner one a name of its own, or leave it out");
                    self.report(diagnostic, scope);
                    return vec![self.graph.unknown(stage.place)];
                }
                let shared = std::mem::replace(&mut scope.shared, true);
                let copies = std::mem::take(&mut scope.copies);
                scope.applying.push(bound);
                let flow = self.apply(bound, inputs, Some(text.to_owned()), scope);
                scope.applying.pop();
                scope.shared = shared;
                scope.copies = copies;
                for value in &flow {
                    self.graph.set_origin(*value, text, stage.place.line());
                }
                return flow;
            }
            Some(Meaning::Values(_)) => {
                let message = format!("`{text}` is a value, not a layer: nothing flows into it");
                let diagnostic = Diagnostic::error("value-as-stage", stage.place, message)
                    .help(format!("to add the two write `(x -> ..) + {text}`; to join them, `(x, {text}) -> Concat(axis = -1)`"));
                self.report(diagnostic, scope);
                return vec![self.graph.unknown(stage.place)];
            }
            Some(Meaning::Datum(_)) => {
                let message = format!("`{text}` is a number, not a layer");
                self.error("not-a-stage", stage.place, message, scope);
                return vec![self.graph.unknown(stage.place)];
            }
            None => {}
        }
        if let Some(block) = self.module.blocks.iter().find(|block| block.name == text) {
            let name = name.unwrap_or_else(|| self.free_name(&snake_case(text), scope));
            return self.block(block, arguments, stage, inputs, name, scope);
        }
        if let Some(entry) = layer::find(text) {
            return self.layer(entry, arguments, stage, path, inputs, name, scope);
        }
        // What follows is checked with the layer that was surely meant.
        match self.unknown_layer(text, path, scope) {
            Some(meant) => {
                self.diagnostics.mute();
                let flow = self.layer(meant, arguments, stage, path, inputs, name, scope);
                self.diagnostics.unmute();
                flow
            }
            None => vec![self.graph.unknown(stage.place)],
        }
    }

    /// Whether an expression is a layer that isn't applied, rather than a value.
    pub fn is_stage(&self, expr: &Expr, scope: &Scope<'a>) -> bool {
        match &expr.kind {
            ExprKind::Paren(inner) => self.is_stage(inner, scope),
            ExprKind::Chain { head, .. } => self.is_stage(head, scope),
            ExprKind::Repeat { .. } => true,
            ExprKind::Call { arguments, .. } => !arguments.iter().any(|argument| {
                let word = argument.value.word().and_then(|word| scope.peek(word));
                word.is_some_and(|binding| matches!(binding.meaning, Meaning::Values(_)))
            }),
            ExprKind::Path { text, .. } => match scope.peek(text) {
                Some(binding) => matches!(binding.meaning, Meaning::Stage(_)),
                None => {
                    let constant = self.module.consts.iter().any(|item| item.name == text);
                    !constant && text.starts_with(char::is_uppercase)
                }
            },
            _ => false,
        }
    }

    /// Takes a name that the user gave; it may stand once in a body. False if it stands already.
    pub fn take_name(&mut self, name: &str, place: Place, scope: &Scope<'a>) -> bool {
        let full = format!("{}{name}", scope.prefix);
        if scope.shared {
            return true;
        }
        if let Some((first, line)) = self.graph.taken(&full) {
            let (message, note) = match *first == full {
                true => (
                    format!("two stages are named `{name}`"),
                    format!("the first one is on line {line}"),
                ),
                false => (
                    format!("`{full}` and `{first}` would have the same methods"),
                    format!(
                        "`{first}` on line {line} already gives `{}_..`",
                        first.replace('.', "_")
                    ),
                ),
            };
            let diagnostic = Diagnostic::error("duplicate-name", place, message)
                .note(note)
                .help(format!("write `{name}2`, or leave the name out"));
            self.report(diagnostic, scope);
            return false;
        }
        self.graph.take(full, place.line());
        true
    }

    /// The next name of a kind that isn't taken: `conv2d3`.
    pub fn free_name(&mut self, kind: &str, scope: &mut Scope<'a>) -> String {
        loop {
            let name = scope.count(kind);
            let full = format!("{}{name}", scope.prefix);
            if scope.shared || self.graph.taken(&full).is_none() {
                return name;
            }
        }
    }
}
