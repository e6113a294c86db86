//! The end of a model: trailing links, what nothing uses, and what is surely not meant.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};

use super::Resolver;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place};
use crate::graph::{Block, Declared};
use crate::graph::{Graph, Input, Node, Output};
use crate::id::BlockId;
use crate::id::ValueId;
use crate::parse::tree::{Definition, Outputs};
use crate::shape::{Dim, Shape};
use shapeflow_terms::Link;

impl<'a> Resolver<'a> {
    /// An input that is never used is an error, a `let` is only wasteful.
    pub fn warn_unused(&mut self, scope: &Scope<'a>) {
        if self.broken {
            return;
        }
        let unused = scope
            .bindings()
            .iter()
            .filter(|b| !b.used && !b.name.starts_with('_'));
        let told: Vec<(Role, String, Place, bool)> = unused
            .map(|b| {
                (
                    b.role,
                    b.name.clone(),
                    b.place,
                    matches!(b.meaning, Meaning::Stage(_)),
                )
            })
            .collect();
        for (role, name, place, is_stage) in told {
            let diagnostic = match role {
                Role::Input => Diagnostic::error(
                    "unused-input",
                    place,
                    format!("input `{name}` is never used: the output doesn't depend on it"),
                )
                .help(format!("use it, or write `_{name}`")),
                Role::Let if is_stage => Diagnostic::warning(
                    "unused-let",
                    place,
                    format!("the layer `{name}` is never applied, and left out"),
                )
                .help("remove it, or send a value through it"),
                Role::Let => Diagnostic::warning(
                    "unused-let",
                    place,
                    format!("`{name}` is never used, and left out"),
                )
                .help(format!("remove it, or write `_{name}`")),
                Role::Parameter => Diagnostic::warning(
                    "unused-parameter",
                    place,
                    format!("parameter `{name}` is never used"),
                )
                .help("remove it"),
                Role::Dimension => continue,
            };
            // A block's `let` is told once, without the place of its use.
            match role {
                Role::Input => self.report(diagnostic, scope),
                _ => self.diagnostics.push(diagnostic),
            };
        }
    }

    /// A square picture of one or three rows is surely PyTorch's `[channels, height, width]`.
    pub fn warn_channels_first(
        &mut self,
        name: &Ident,
        shape: &Shape,
        place: Place,
        scope: &Scope<'a>,
    ) {
        const SMALLEST: u64 = 16;
        let known: Option<Vec<u64>> = shape.axes().iter().map(Dim::known).collect();
        let Some([channels @ (1 | 3), height, width]) = known.as_deref() else {
            return;
        };
        if height != width || *height < SMALLEST {
            return;
        }
        let message = format!(
            "`{name}` is declared as a picture of {channels} by {height} with {width} channels"
        );
        let diagnostic = Diagnostic::warning("channels-first", place, message).help(format!(
            "channels come last: write `{name}: [{height}, {width}, {channels}]`"
        ));
        self.report(diagnostic, scope);
    }

    /// The typed graph: links taken off the outputs, dead nodes left out, everything numbered anew.
    pub fn finish(
        &mut self,
        definition: &Definition,
        inputs: Vec<(Ident, ValueId)>,
        results: Vec<ValueId>,
        declared: Vec<Shape>,
        consts: Vec<TokenStream>,
    ) -> Graph {
        let names: Vec<Option<Ident>> = match &definition.outputs {
            Outputs::Named(outputs) => outputs.iter().map(|(name, _)| Some(name.clone())).collect(),
            _ => vec![None],
        };
        let links: Vec<(ValueId, Link)> = results.iter().map(|v| self.link(*v, &results)).collect();
        let roots: Vec<ValueId> = links.iter().map(|(value, _)| *value).collect();
        let graph = std::mem::take(&mut self.graph);

        let mut live = vec![false; graph.values.len()];
        roots.iter().for_each(|root| live[*root] = true);
        for node in graph.nodes.iter().rev() {
            if live[node.output] {
                node.inputs.iter().for_each(|input| live[*input] = true);
            }
        }
        inputs.iter().for_each(|(_, value)| live[*value] = true);
        // What no layer made stands for something that couldn't be read: the steps can't be written.
        let mut made = vec![false; graph.values.len()];
        graph.nodes.iter().for_each(|node| made[node.output] = true);
        inputs.iter().for_each(|(_, value)| made[*value] = true);
        self.broken |= live.iter().zip(&made).any(|(live, made)| *live && !made);

        let mut value_ids = BTreeMap::new();
        let mut values = Vec::new();
        for (id, value) in graph.values.into_iter().enumerate() {
            if live[id] {
                value_ids.insert(id, values.len());
                values.push(value);
            }
        }
        let mut layer_ids: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nodes = Vec::new();
        for node in graph.nodes.iter().filter(|node| live[node.output]) {
            let next = layer_ids.len();
            let layer = *layer_ids.entry(node.layer).or_insert(next);
            nodes.push(Node {
                layer,
                inputs: node.inputs.iter().map(|v| value_ids[v]).collect(),
                output: value_ids[&node.output],
                block: node.block,
                recomputed: node.recomputed,
                span: node.span,
            });
        }
        let mut layers: Vec<_> = graph
            .layers
            .into_iter()
            .enumerate()
            .filter_map(|(id, layer)| Some((*layer_ids.get(&id)?, layer)))
            .collect();
        layers.sort_by_key(|(id, _)| *id);

        let outputs = links.iter().zip(declared).enumerate();
        let outputs = outputs.map(|(index, ((value, link), shape))| Output {
            name: names.get(index).cloned().flatten(),
            value: value_ids[value],
            link: *link,
            shape,
        });
        let model = Graph {
            declared: Declared {
                name: definition.name.clone(),
                vis: definition.vis.clone(),
                attrs: definition.attrs.clone(),
                consts,
            },
            blocks: live_blocks(&mut nodes, graph.blocks),
            recomputed: graph.recomputed,
            inputs: inputs
                .into_iter()
                .map(|(name, value)| Input {
                    name,
                    value: value_ids[&value],
                })
                .collect(),
            outputs: outputs.collect(),
            layers: layers.into_iter().map(|(_, layer)| layer).collect(),
            nodes,
            values,
            assertions: graph.assertions,
            outer: graph.outer.into_iter().collect(),
            broken: self.broken,
        };
        if !model.broken {
            self.lint(&model);
        }
        model
    }

    /// A trailing softmax or sigmoid that nothing else uses is the output's link.
    fn link(&self, value: ValueId, results: &[ValueId]) -> (ValueId, Link) {
        let plain = (value, Link::Plain);
        let Some(node) = self.graph.nodes.iter().find(|node| node.output == value) else {
            return plain;
        };
        let Some(link) = self.graph.layers[node.layer].layer.link() else {
            return plain;
        };
        let used = self
            .graph
            .nodes
            .iter()
            .any(|node| node.inputs.contains(&value));
        let twice = results.iter().filter(|result| **result == value).count() > 1;
        match node.inputs.as_slice() {
            [input] if !used && !twice => (*input, link),
            _ => plain,
        }
    }

    /// Warnings: allowed, but surely not meant.
    fn lint(&mut self, model: &Graph) {
        let mut warnings = Vec::new();
        let mut makers: Vec<Option<&Node>> = vec![None; model.values.len()];
        let mut users = vec![0usize; model.values.len()];
        for node in &model.nodes {
            makers[node.output] = Some(node);
            let inputs: BTreeSet<ValueId> = node.inputs.iter().copied().collect();
            inputs.into_iter().for_each(|input| users[input] += 1);
        }
        for node in &model.nodes {
            let instance = &model.layers[node.layer];
            let producer = node.inputs.first().and_then(|&input| makers[input]);
            let Some(before) = producer else { continue };
            let first = &model.layers[before.layer];
            let kind = instance.layer.kind();
            let uses = users[before.output];
            let repeated = kind == first.layer.kind() && instance.layer.is_mistake_twice();
            if repeated {
                warnings.push(
                    Diagnostic::warning(
                        "twice",
                        node.span,
                        format!("`{kind}` right after `{kind}`"),
                    )
                    .help("remove one of the two"),
                );
            }
            let bias = first.tensors.iter().any(|p| p.name == "bias");
            if bias && uses == 1 && instance.layer.undoes_bias() {
                warnings.push(
                    Diagnostic::warning(
                        "bias-before-norm",
                        first.span,
                        format!(
                            "the bias of `{}` is undone by the `{kind}` after it",
                            first.written
                        ),
                    )
                    .help("write `bias = false`"),
                );
            }
        }
        for output in &model.outputs {
            let Some(node) = makers[output.value] else {
                continue;
            };
            let layer = &model.layers[node.layer].layer;
            if let Some(what) = layer.mistake_at_end() {
                warnings.push(
                    Diagnostic::warning(
                        "dropout-at-end",
                        node.span,
                        format!("`{}` at the end {what}", layer.kind()),
                    )
                    .help("remove it"),
                );
            }
        }
        for warning in warnings {
            self.diagnostics.push(warning);
        }
    }
}

/// The blocks that nodes stand in, numbered anew.
fn live_blocks(nodes: &mut [Node], blocks: Vec<Block>) -> Vec<Block> {
    let mut live = vec![false; blocks.len()];
    for mut block in nodes.iter().map(|node| node.block) {
        while let Some(id) = block {
            live[id] = true;
            block = blocks[id].parent;
        }
    }
    let mut next = 0..;
    let numbers: Vec<Option<BlockId>> = live
        .iter()
        .map(|live| live.then(|| next.next()).flatten())
        .collect();
    let renumbered = |block: Option<BlockId>| block.and_then(|id| numbers[id]);
    for node in nodes {
        node.block = renumbered(node.block);
    }
    let blocks = blocks.into_iter().zip(&live).filter(|(_, live)| **live);
    let blocks = blocks.map(|(block, _)| Block {
        parent: renumbered(block.parent),
        ..block
    });
    blocks.collect()
}
