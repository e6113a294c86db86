//! Blocks: inlined at every use, with their dimension names worked out from what flows in.

use super::Resolver;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::graph::Block;
use crate::id::ValueId;
use crate::layer::arguments::Datum;
use crate::parse::tree::{Argument, Definition, Expr, Outputs};
use crate::shape::{Dim, Shape};
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
        scope.block = Some(self.graph.block(Block {
            name: format!("{}{name}", outer.prefix),
            kind: block_name.clone(),
            parent: outer.block,
        }));
        scope.recomputed = outer.recomputed;
        scope.frames = outer.frames.clone();
        if !outer.shared {
            self.graph
                .take(format!("{}{name}", outer.prefix), stage.place.line());
        }
        for dim in &block.dims {
            let meaning = Meaning::Datum(Datum::Whole(Dim::open(dim.to_string())));
            scope.bind(&dim.to_string(), dim.into(), meaning, Role::Dimension);
        }
        let mut given = self.given(arguments, outer);
        if self.take_recompute(block, &mut given, outer) {
            scope.recomputed = Some(self.recomputed(block, stage, &scope, outer));
        }
        let left_out = self.bind_parameters(block, given, stage, &mut scope, outer);
        let solved = self.solve_dims(block, stage, &inputs, &mut scope, outer);
        // Defaults may speak of the dimensions, which are known only now.
        self.bind_defaults(block, &left_out, &mut scope);
        scope.frames.push(frame(block, stage.place, &scope));
        for dim in &block.dims {
            if let Some(Meaning::Datum(Datum::Whole(solved))) =
                scope.peek(&dim.to_string()).map(|binding| &binding.meaning)
            {
                self.facts.dimension(dim, solved);
            }
        }
        if !solved {
            return self.unknown_outputs(block, stage.place);
        }
        let declared = self.declared_outputs(block, &mut scope);
        for (input, value) in block.inputs.iter().zip(&inputs) {
            self.facts.value(&input.name, &[self.graph.shape(*value)]);
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
        let arrived: Vec<Shape> = inputs
            .iter()
            .map(|v| self.graph.shape(*v).clone())
            .collect();
        if let Some(output) = results.first() {
            let (name, output) = (
                scope.prefix.trim_end_matches('.'),
                self.graph.shape(*output),
            );
            self.facts.stage(stage, name, &arrived, output, None);
        }
        results
    }

    /// A block that nothing uses: checked with open dimensions, for its errors only.
    pub fn block_alone(&mut self, block: &'a Definition) {
        let mut scope = Scope::new(block);
        for dim in &block.dims {
            let path = Dim::path(dim.to_string(), quote!(#dim));
            let meaning = Meaning::Datum(Datum::Whole(path));
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
            self.facts.value(&input.name, &[&shape]);
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
            // A const of the same name is told with its value by rustc: `C = 8`, not `C = C = 8`.
            let same = dim.to_string() == name;
            let label = if same {
                String::new()
            } else {
                format!("{name} = ")
            };
            words = words.then(words![format!("{separator}{label}"), dim]);
            separator = ", ";
        }
    }
    words
}
