//! A name in the place of a number or an option: a dimension, a const, a word, or a slip.

use super::Resolver;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::Diagnostic;
use crate::layer::{self, arguments::Datum};
use crate::parse::tree::{Definition, Expr};

impl<'a> Resolver<'a> {
    /// A name in the place of a number or an option.
    pub(super) fn name(
        &mut self,
        text: &str,
        tokens: &proc_macro2::TokenStream,
        expr: &Expr,
        scope: &mut Scope<'a>,
    ) -> Datum {
        match scope.look_up(text) {
            Some(Meaning::Datum(datum)) => return datum,
            Some(Meaning::Values(_)) => {
                let message = format!("`{text}` is a value of the network; a number stands here");
                let diagnostic = Diagnostic::error("not-a-number", expr.place, message)
                    .help("write a number, or the name of a const");
                self.report(diagnostic, scope);
                return Datum::Broken;
            }
            Some(Meaning::Stage(_)) => return self.not_a_number(expr, scope),
            None => {}
        }
        match text {
            "true" => return Datum::Flag(true),
            "false" => return Datum::Flag(false),
            _ => {}
        }
        if let Some(item) = self.module.consts.iter().find(|item| item.name == text) {
            let datum = self.constant(item, tokens, 0);
            if let Datum::Const { text, tokens } = &datum {
                self.graph.outer.insert(text.clone(), tokens.clone());
            }
            return datum;
        }
        if self.misnamed(text, expr, scope) {
            return Datum::Broken;
        }
        let last = text.rsplit("::").next().unwrap_or(text);
        if text.contains("::") || last.starts_with(char::is_uppercase) {
            self.graph
                .outer
                .entry(text.to_owned())
                .or_insert_with(|| tokens.clone());
            return Datum::Const {
                text: text.to_owned(),
                tokens: tokens.clone(),
            };
        }
        Datum::Word(text.to_owned())
    }

    /// Reports a name that surely isn't that of a const from outside; false for any other.
    fn misnamed(&mut self, text: &str, expr: &Expr, scope: &mut Scope<'a>) -> bool {
        if layer::find(text).is_some() {
            let message = format!("`{text}` is a layer; a number or an option stands here");
            let help = format!("write it as a stage of its own: `-> {text}`");
            let diagnostic = Diagnostic::error("layer-as-argument", expr.place, message).help(help);
            self.report(diagnostic, scope);
            return true;
        }
        if text == "None" {
            let diagnostic = Diagnostic::error(
                "unknown-dimension",
                expr.place,
                "sizes are numbers, found `None`",
            )
            .help("leave it out: the batch is never written");
            self.report(diagnostic, scope);
            return true;
        }
        if let Some((height, width)) = text.split_once('x')
            && !width.is_empty()
            && (height == width
                || self.names_number(height, scope) && self.names_number(width, scope))
            && height.starts_with(char::is_uppercase)
        {
            let message = format!("`{text}` is read as one name");
            let diagnostic = Diagnostic::error("bad-kernel-size", expr.place, message)
                .help(format!("write `{height} x {width}`"));
            self.report(diagnostic, scope);
            return true;
        }
        if let Some(meant) = self.slip_of(text, scope) {
            let message = format!("there is no dimension `{text}` here");
            let diagnostic = Diagnostic::error("unknown-dimension", expr.place, message)
                .help(format!("did you mean `{meant}`?"))
                .help(format!(
                    "a const from outside the block whose name is so near is written by its path: `self::{text}`"
                ));
            self.report(diagnostic, scope);
            return true;
        }
        if let Some(block) = self.forgotten_dim(text, scope) {
            let message = format!("there is no dimension `{text}` here");
            let mut dims: Vec<String> = block.dims.iter().map(ToString::to_string).collect();
            dims.push(text.to_owned());
            let help = format!("write `block {}<{}>(..)`", block.name, dims.join(", "));
            let diagnostic = Diagnostic::error("unknown-dimension", expr.place, message)
                .help(help)
                .help(format!(
                    "a const from outside the block of one letter is written by its path: `self::{text}`"
                ));
            self.report(diagnostic, scope);
            // Once for each name.
            scope.bind(
                text,
                expr.place,
                Meaning::Datum(Datum::Broken),
                Role::Dimension,
            );
            return true;
        }
        false
    }

    /// Whether a part of a name is a number of this `model!`.
    fn names_number(&self, part: &str, scope: &Scope<'a>) -> bool {
        let bound = scope.peek(part).map(|binding| &binding.meaning);
        let constant = self.module.consts.iter().any(|item| item.name == part);
        constant || matches!(bound, Some(Meaning::Datum(_)))
    }

    /// The block whose shapes speak of a dimension, a single capital, that isn't among its `<..>`.
    fn forgotten_dim(&self, text: &str, scope: &Scope<'a>) -> Option<&'a Definition> {
        let is_dim = text.len() == 1 && text.starts_with(|c: char| c.is_ascii_uppercase());
        let block = scope.definition;
        let is_block = self.module.blocks.iter().any(|b| std::ptr::eq(b, block));
        let shapes = block.inputs.iter().filter_map(|input| input.shape.as_ref());
        let mut axes = shapes.flat_map(|shape| &shape.axes);
        (is_dim && is_block && axes.any(|axis| axis.word() == Some(text))).then_some(block)
    }

    /// The name in the block of which this one, in capitals, is surely a slip: two letters exchanged, or one
    /// within it left out or doubled. Any other name may be that of a const from outside the block.
    fn slip_of(&self, text: &str, scope: &Scope<'a>) -> Option<String> {
        const SHORTEST: usize = 4;
        if text.len() < SHORTEST || !text.starts_with(char::is_uppercase) || text.contains("::") {
            return None;
        }
        let bound = scope.bindings().iter();
        let names = bound
            .filter(|b| matches!(b.meaning, Meaning::Datum(_)))
            .map(|b| b.name.clone());
        let consts = self.module.consts.iter().map(|c| c.name.to_string());
        let sorted = |word: &str| {
            let mut letters: Vec<char> = word.chars().collect();
            letters.sort_unstable();
            letters
        };
        names.chain(consts).find(|name| {
            let near = name.len() >= SHORTEST && strsim::damerau_levenshtein(name, text) == 1;
            let ends = name.chars().last() == text.chars().last();
            let exchanged = sorted(name) == sorted(text);
            near && (exchanged || ends && name.len() != text.len())
        })
    }
}
