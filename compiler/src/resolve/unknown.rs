//! Layers that don't exist, and which one was meant.

use super::Resolver;
use super::scope::{Meaning, Scope};
use crate::diagnostic::{Diagnostic, nearest};
use crate::layer::alias::surely;
use crate::layer::arguments::one_of;
use crate::layer::{self, Entry, alias};
use crate::parse::tree::{Expr, ExprKind};

impl<'a> Resolver<'a> {
    /// Reports a layer that doesn't exist; gives the one that was surely meant.
    pub(super) fn unknown_layer(
        &mut self,
        text: &str,
        path: &Expr,
        scope: &Scope<'a>,
    ) -> Option<&'static Entry> {
        let mut meant = alias::layer(text).and_then(layer::find);
        let message = format!("there is no layer `{text}`");
        let diagnostic = Diagnostic::error("unknown-layer", path.place, message);
        let is_model = self.module.models.iter().any(|model| model.name == text);
        let diagnostic = if is_model {
            diagnostic.help(format!(
                "`{text}` is a struct: write `block {text}` to use it in another network"
            ))
        } else if let Some(ours) = text.rsplit_once("::").and_then(|(_, last)| surely(last)) {
            diagnostic.help(format!("write `{ours}`"))
        } else if text.contains("::") {
            let message = format!("layers of your own, such as `{text}`, are not supported yet");
            let name = text
                .rsplit("::")
                .next()
                .filter(|n| n.starts_with(char::is_uppercase));
            let help = name.map(|name| {
                format!(
                    "write `-> {name}`, and define it: `block {name}<C>(x: [C]) -> [C] {{ .. }}`"
                )
            });
            Diagnostic::error("own-layer", path.place, message).help_if(help.map(Into::into))
        } else if alias::is_planned(text) {
            let message = format!("the layer `{text}` is not supported yet");
            let meanwhile = alias::meanwhile(text).map(Into::into);
            Diagnostic::error("planned-layer", path.place, message).note_if(meanwhile)
        } else if let Some(ours) = alias::layer(text) {
            let written = match ours.contains(' ') {
                true if ours.starts_with(|c: char| c.is_uppercase()) => format!("write `{ours}`"),
                true => format!("write {ours}"),
                false => format!("here it is called `{ours}`"),
            };
            diagnostic.help(written)
        } else {
            let blocks: Vec<String> = self
                .module
                .blocks
                .iter()
                .map(|b| b.name.to_string())
                .collect();
            let bound = scope.bindings().iter();
            let bound = bound.filter(|b| matches!(b.meaning, Meaning::Stage(_)));
            let bound: Vec<&str> = bound.map(|b| b.name.as_str()).collect();
            let mut known: Vec<&str> = layer::names().collect();
            known.extend(blocks.iter().map(String::as_str));
            known.extend(bound);
            let begun: Vec<&str> = known
                .iter()
                .copied()
                .filter(|name| {
                    text.len() > 1 && name.to_lowercase().starts_with(&text.to_lowercase())
                })
                .collect();
            match nearest(text, known.iter().copied()) {
                Some(near) => {
                    meant = layer::find(near);
                    diagnostic.help(format!("did you mean `{near}`?"))
                }
                None if !begun.is_empty() => {
                    diagnostic.help(format!("did you mean {}?", one_of(&begun)))
                }
                None => diagnostic.help(format!(
                    "define it: `block {text}<C>(x: [C]) -> [C] {{ .. }}`"
                )),
            }
        };
        self.report(diagnostic, scope);
        meant
    }

    /// Tells a misspelt layer where it is bound, even if it is never applied.
    pub fn check_stage_name(&mut self, expr: &Expr, scope: &Scope<'a>) {
        let expr = expr.bare();
        let path = match &expr.kind {
            ExprKind::Call { path, .. } => path,
            _ => expr,
        };
        let ExprKind::Path { text, .. } = &path.kind else {
            return;
        };
        let known = layer::find(text).is_some()
            || self.module.blocks.iter().any(|block| block.name == text)
            || scope.peek(text).is_some();
        if !known {
            self.unknown_layer(text, path, scope);
        }
    }
}
