//! The user's words, each as a path to what it means. Depends on the text alone.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{MARKER, named, own, own_arguments, own_words, words};
use crate::layer;
use crate::parse::tree::{Argument, Definition, Expr, ExprKind, Module, Outputs, ShapeExpr};
use crate::resolve::RECOMPUTE;

/// The words of one `struct` or `block`, as the body of a function.
pub fn text(module: &Module, definition: &Definition, index: usize) -> TokenStream {
    let mut text = Text {
        module,
        definition,
        index,
        seen: definition.inputs.iter().map(|input| &input.name).collect(),
        code: TokenStream::new(),
    };
    for input in &definition.inputs {
        text.shape(input.shape.as_ref());
    }
    for default in definition
        .parameters
        .iter()
        .filter_map(|p| p.default.as_ref())
    {
        text.argument_value(default, At::Size);
    }
    match &definition.outputs {
        Outputs::One(shape) => text.shape(Some(shape)),
        Outputs::Named(outputs) => outputs
            .iter()
            .for_each(|(_, shape)| text.shape(shape.as_ref())),
        Outputs::Unknown => {}
    }
    for item in &definition.lets {
        text.shape(item.shape.as_ref());
        text.value(&item.value);
        text.seen.extend(&item.names);
    }
    if let Some(result) = &definition.result {
        text.value(result);
    }
    let (name, code) = (own("text", index), text.code);
    quote!(fn #name() { #code })
}

/// Where a number or a word stands.
#[derive(Clone, Copy)]
enum At<'s> {
    /// In a shape, or within a list.
    Size,
    /// Among a layer's arguments, by position.
    Position(&'s str),
    /// Behind the name of a layer's argument.
    Value(&'s str, &'s str),
}

struct Text<'a> {
    module: &'a Module,
    definition: &'a Definition,
    index: usize,
    /// The inputs and `let`s so far.
    seen: Vec<&'a Ident>,
    code: TokenStream,
}

impl<'a> Text<'a> {
    fn shape(&mut self, shape: Option<&ShapeExpr>) {
        for axis in shape.iter().flat_map(|shape| &shape.axes) {
            self.argument_value(axis, At::Size);
        }
    }

    /// A value, a chain, or a layer that isn't applied yet.
    fn value(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Path { text, tokens } => {
                let found = self.seen.iter().rposition(|name| *name == text);
                if found.is_none() && self.is_stage(text) {
                    return self.stage(expr);
                }
                self.may_stand(&own("values", self.index), text, tokens);
                if let Some(place) = found {
                    let item = super::value_module(self.index, place);
                    self.code.extend(quote!(let _ = &#item::#tokens;));
                }
            }
            ExprKind::Chain { head, stages } => {
                self.value(head);
                stages.iter().for_each(|stage| self.stage(stage));
            }
            ExprKind::Arithmetic { first, rest } => {
                self.value(first);
                rest.iter().for_each(|(_, _, operand)| self.value(operand));
            }
            ExprKind::Paren(inner) | ExprKind::Negative(inner) => self.value(inner),
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                items.iter().for_each(|item| self.value(item));
            }
            _ => self.stage(expr),
        }
    }

    /// What stands behind an arrow.
    fn stage(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Path { text, tokens } => self.name(text, tokens),
            ExprKind::Call { path, arguments } => {
                let ExprKind::Path { text, tokens } = &path.kind else {
                    return;
                };
                self.name(text, tokens);
                let text = if self.is_stage(text) { text } else { "" };
                arguments
                    .iter()
                    .for_each(|argument| self.argument(argument, text));
            }
            ExprKind::Named { stage, .. } => self.stage(stage),
            ExprKind::Paren(inner) => self.stage(inner),
            ExprKind::Chain { head, stages } => {
                self.stage(head);
                stages.iter().for_each(|stage| self.stage(stage));
            }
            ExprKind::Repeat { body, count } => {
                self.stage(body);
                self.argument_value(count, At::Size);
            }
            ExprKind::Arithmetic { .. } | ExprKind::Tuple(_) => self.value(expr),
            // What is missing leads to the layers, as the word will that is typed there.
            ExprKind::Broken => self.code.extend(quote!(let _: __stages::__missing;)),
            _ => {}
        }
    }

    /// The name of a layer, a block, or a layer bound by `let`.
    fn name(&mut self, text: &str, tokens: &TokenStream) {
        let found = self.seen.iter().rposition(|name| *name == text);
        self.may_stand(&Ident::new("__stages", Span::call_site()), text, tokens);
        if let Some(place) = found {
            let item = super::value_module(self.index, place);
            self.code.extend(quote!(let _ = &#item::#tokens;));
        } else if self.is_stage(text) {
            self.code.extend(quote!(let _: __stages::#tokens;));
        }
    }

    /// What completion proposes for a word are the items of a module: both expansions have this path, in the one with the
    /// marker it leads to the user's cursor.
    fn may_stand(&mut self, module: &Ident, text: &str, tokens: &TokenStream) {
        if word(tokens).is_none() {
            return; // `true`, or a path.
        }
        let path: TokenStream = match text.contains(MARKER) {
            true => tokens.clone(),
            false => tokens
                .clone()
                .into_iter()
                .map(|mut token| {
                    token.set_span(Span::call_site());
                    token
                })
                .collect(),
        };
        self.code.extend(quote!(let _: #module::#path;));
    }

    fn is_stage(&self, text: &str) -> bool {
        layer::find(text).is_some() || self.module.blocks.iter().any(|block| block.name == text)
    }

    fn argument(&mut self, argument: &Argument, stage: &str) {
        let Some(name) = &argument.name else {
            let at = if stage.is_empty() {
                At::Size
            } else {
                At::Position(stage)
            };
            return self.argument_value(&argument.value, at);
        };
        self.argument_name(name, stage);
        let text = name.to_string();
        let known = layer::find(stage).is_some() && self.takes(stage, &text);
        let at = if known {
            At::Value(stage, &text)
        } else {
            At::Size
        };
        self.argument_value(&argument.value, at);
    }

    /// `padding` in `padding = same`, or `depthwise`.
    fn argument_name(&mut self, name: &Ident, stage: &str) {
        let text = name.to_string();
        let arguments = self.arguments(stage);
        self.may_stand(&arguments, &text, &quote!(#name));
        self.known_argument(name, &text, stage);
    }

    fn known_argument(&mut self, name: &Ident, text: &str, stage: &str) {
        if self.takes(stage, text) {
            let stage = named(stage, Span::call_site());
            self.code
                .extend(quote!(let __stages::#stage { #name: _, .. } = __any();));
        }
    }

    fn arguments(&self, stage: &str) -> Ident {
        match stage {
            "" => own("sizes", self.index),
            stage => own_arguments(self.index, stage),
        }
    }

    fn takes(&self, stage: &str, argument: &str) -> bool {
        match layer::find(stage) {
            Some(entry) => entry.signature.takes(argument),
            None => self
                .module
                .blocks
                .iter()
                .filter(|block| block.name == stage)
                .any(|block| {
                    argument == RECOMPUTE || block.parameters.iter().any(|p| p.name == argument)
                }),
        }
    }

    /// A dimension, a number, or a word: as an argument of a stage, or of nothing.
    fn argument_value(&mut self, expr: &Expr, at: At<'_>) {
        match &expr.kind {
            ExprKind::Path { text, tokens } => {
                let declared = self.definition.dims.iter();
                let declared =
                    declared.chain(self.definition.parameters.iter().map(|item| &item.name));
                let constant = text.starts_with(char::is_uppercase);
                let module = match at {
                    At::Size => self.arguments(""),
                    At::Position(stage) => self.arguments(stage),
                    At::Value(stage, argument) => own_words(self.index, stage, argument),
                };
                self.may_stand(&module, text, tokens);
                if declared.into_iter().any(|name| name == text) {
                    let dims = own("dimensions", self.index);
                    self.code.extend(quote!(let _ = &#dims::#tokens;));
                } else if constant && !text.contains(MARKER) {
                    self.code.extend(quote!(let _ = &#tokens;));
                } else if let Some(name) = word(tokens) {
                    match at {
                        At::Position(stage) => self.known_argument(&name, text, stage),
                        At::Value(stage, argument)
                            if words(stage, argument).iter().any(|(word, _)| word == text) =>
                        {
                            self.code.extend(quote!(let _: #module::#name;));
                        }
                        _ => {}
                    }
                }
            }
            ExprKind::Call { arguments, .. } => {
                for argument in arguments {
                    self.argument_value(&argument.value, At::Size);
                }
            }
            ExprKind::Arithmetic { first, rest } => {
                self.argument_value(first, at);
                for (_, _, operand) in rest {
                    self.argument_value(operand, at);
                }
            }
            ExprKind::Kernel(a, b) => {
                self.argument_value(a, at);
                self.argument_value(b, at);
            }
            ExprKind::Paren(inner) | ExprKind::Negative(inner) => {
                self.argument_value(inner, at);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                for item in items {
                    self.argument_value(item, At::Size);
                }
            }
            _ => {}
        }
    }
}

/// A name that isn't a keyword of Rust.
pub fn word(tokens: &TokenStream) -> Option<Ident> {
    syn::parse2(tokens.clone()).ok()
}
