//! Tree to graph: names, constants, blocks inlined, repeats, sharing; shapes are worked out on the way.

mod application;
mod argument;
mod block;
mod constant;
mod dimension;
mod division;
mod finish;
mod growing;
mod misplaced;
mod name;
mod operator;
mod output;
mod parameter;
mod recompute;
mod rust_const;
mod scope;
mod stage;
mod unknown;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Reported};
use crate::editor::Facts;
use crate::graph::Graph;
use crate::layer::{self, arguments::Datum};
use crate::parse::stages::each_stage;
use crate::parse::tree::{Definition, Module};
use crate::shape::Dim;
use crate::words::Words;
use growing::Growing;
pub use recompute::RECOMPUTE;
pub use scope::snake_case;
use scope::{Meaning, Role, Scope};

/// Applications of stages in one model beyond this are refused: no build may be endless, and one of as many takes about a
/// minute (`docs/compile.md`).
const MOST_STAGES: usize = 4_000;
/// Stages and values within each other beyond this are refused, through brackets, `let`s and blocks together: the compiler's
/// own stack ends. An unoptimised macro needs up to 9 KB for each, and has 2 MB in an editor.
const DEEPEST: usize = 160;

/// Works out all structs of a `model!`, and keeps what an editor shows of each word. Those with errors are marked as broken.
pub fn resolve(module: &Module, diagnostics: &mut Diagnostics, facts: &mut Facts) -> Vec<Graph> {
    let mut used = Vec::new();
    let mut given_up = false;
    check_names(module, diagnostics);
    let taken = module.blocks.iter().filter_map(recompute::refuse_parameter);
    taken.for_each(|diagnostic| {
        diagnostics.push(diagnostic);
    });
    let models = module.models.iter();
    let models = models
        .map(|definition| {
            diagnostics.about(Some(definition.name.clone()));
            let mut resolver = Resolver::new(module, diagnostics);
            let model = resolver.model(definition);
            given_up |= resolver.given_up;
            used.extend(resolver.used_blocks);
            facts.extend(resolver.facts);
            model
        })
        .collect();
    diagnostics.about(None);
    // Blocks that nothing uses are checked with their dimensions left open; those that others use come last, since they are
    // checked with them.
    let words: Vec<_> = module.blocks.iter().map(words_of).collect();
    let is_used = |block: &Definition| {
        let name = block.name.to_string();
        words.iter().any(|words| words.contains(name.as_str()))
    };
    let (inner, outer): (Vec<_>, Vec<_>) = module.blocks.iter().partition(|block| is_used(block));
    for block in outer.into_iter().chain(inner.into_iter().rev()) {
        if !given_up && !used.contains(&block.name.to_string()) {
            let mut resolver = Resolver::new(module, diagnostics);
            resolver.block_alone(block);
            given_up = resolver.given_up;
            used.extend(resolver.used_blocks);
            facts.extend(resolver.facts);
        }
    }
    models
}

/// The names of the stages in a body.
fn words_of(definition: &Definition) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    let lets = definition.lets.iter().map(|item| &item.value);
    for expr in lets.chain(&definition.result) {
        each_stage(expr, &mut |_, text, _| {
            words.insert(text);
        });
    }
    words
}

/// Everything that is known while one struct is worked out.
struct Resolver<'a> {
    module: &'a Module,
    diagnostics: &'a mut Diagnostics,
    graph: Growing,
    /// The blocks that are being inlined, outermost first.
    active: Vec<String>,
    used_blocks: Vec<String>,
    stages: usize,
    /// How many stages and values are being worked out within each other.
    depth: usize,
    /// The network is too large or too deep: what is left of it isn't looked at.
    given_up: bool,
    /// The consts of the `model!` that were asked for; None for what only rustc can work out.
    consts: BTreeMap<String, Option<Datum>>,
    /// The last division that left something over, with its line.
    last_inexact: Option<(Dim, Dim, usize)>,
    /// Something was left out by the parser, or an error was reported.
    broken: bool,
    /// What the editor shows.
    facts: Facts,
}

impl<'a> Resolver<'a> {
    fn new(module: &'a Module, diagnostics: &'a mut Diagnostics) -> Self {
        Resolver {
            module,
            diagnostics,
            graph: Growing::default(),
            active: Vec::new(),
            used_blocks: Vec::new(),
            stages: 0,
            depth: 0,
            given_up: false,
            consts: BTreeMap::new(),
            last_inexact: None,
            broken: false,
            facts: Facts::default(),
        }
    }

    /// Reports with the blocks and copies around the place.
    fn report(&mut self, diagnostic: Diagnostic, scope: &Scope<'_>) -> Reported {
        self.broken |= !diagnostic.is_warning();
        self.diagnostics.push(diagnostic.notes(scope.notes()))
    }

    /// Runs one level deeper, or gives up: the only way by which stages and values hold others.
    fn deeper<T>(
        &mut self,
        place: Place,
        scope: &mut Scope<'a>,
        run: impl FnOnce(&mut Self, &mut Scope<'a>) -> T,
    ) -> Option<T> {
        if self.given_up {
            return None;
        }
        if self.depth == DEEPEST {
            let message = format!(
                "this stands more than {DEEPEST} levels deep in blocks, `let`s and brackets"
            );
            let diagnostic = Diagnostic::error("nested-too-deeply", place, message)
                .help("remove brackets and blocks around it; one after the other, stages may be as many as you like");
            self.report(diagnostic, scope);
            self.given_up = true;
            return None;
        }
        self.depth += 1;
        let result = run(self, scope);
        self.depth -= 1;
        Some(result)
    }

    fn error(
        &mut self,
        code: &'static str,
        place: impl Into<Place>,
        message: impl Into<Words>,
        scope: &Scope<'_>,
    ) -> Reported {
        self.report(Diagnostic::error(code, place, message), scope)
    }

    fn model(&mut self, definition: &'a Definition) -> Graph {
        let before = self.diagnostics.errors_reported();
        let mut scope = Scope::new(definition);
        if let Some(dim) = definition.dims.first() {
            let message = format!("symbolic dimensions such as `{dim}` are not supported yet");
            let diagnostic = Diagnostic::error("symbolic-dimension", dim, message).help(format!(
                "write a number, or `const {dim}: usize = 64;` above the struct"
            ));
            self.report(diagnostic, &scope);
            for dim in &definition.dims {
                let meaning = Meaning::Datum(Datum::Broken);
                scope.bind(&dim.to_string(), dim.into(), meaning, Role::Dimension);
            }
        }
        let mut inputs = Vec::new();
        for input in &definition.inputs {
            let shape = match &input.shape {
                Some(axes) => {
                    let shape = self.shape(axes, &mut scope);
                    self.assert_not_empty(&shape, axes.place, &scope);
                    self.warn_channels_first(&input.name, &shape, axes.place, &scope);
                    shape
                }
                None => self.unreadable(),
            };
            self.facts.value(&input.name, &[&shape]);
            let value = self.graph.input(&input.name, shape);
            inputs.push((input.name.clone(), value));
            let name = input.name.to_string();
            let meaning = Meaning::Values(vec![value]);
            scope.bind(&name, (&input.name).into(), meaning, Role::Input);
        }
        for parameter in &definition.parameters {
            // That a struct has none was reported.
            self.broken = true;
            let meaning = Meaning::Datum(Datum::Broken);
            let (name, place) = (parameter.name.to_string(), (&parameter.name).into());
            scope.bind(&name, place, meaning, Role::Parameter);
        }
        let results = self.body(definition, &mut scope);
        let outputs = self.declared_outputs(definition, &mut scope);
        self.broken |= self.diagnostics.errors_reported() > before;
        let results = self.check_outputs(definition, results, &outputs, &scope);
        self.warn_unused(&scope);
        self.broken |= self.diagnostics.errors_reported() > before;
        let consts = self.module.consts.iter().map(|item| item.tokens.clone());
        let consts = consts.collect();
        self.finish(definition, inputs, results, outputs, consts)
    }
}

/// Two definitions of one name, and names that layers have.
fn check_names(module: &Module, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let consts = module.consts.iter().map(|item| &item.name);
    let definitions = module.blocks.iter().chain(&module.models).map(|d| &d.name);
    for name in consts.chain(definitions) {
        let place = Place::from(name);
        let text = name.to_string();
        if let Some(line) = seen.get(&text) {
            diagnostics.push(
                Diagnostic::error(
                    "duplicate-name",
                    place,
                    format!("`{text}` is defined twice"),
                )
                .note(format!("it was defined first on line {line}"))
                .help("remove one of the two, or give it another name"),
            );
        } else if layer::find(&text).is_some() {
            diagnostics.push(
                Diagnostic::error(
                    "name-of-layer",
                    place,
                    format!("`{text}` is the name of a layer"),
                )
                .help(format!("call it `My{text}`, or what it is for")),
            );
        }
        seen.insert(text, place.line());
    }
}

#[cfg(test)]
mod tests;
