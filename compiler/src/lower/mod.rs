//! The graph of one mode to steps: every node forward, then, in training, losses and every node backward, where some of
//! forward may be run again before it.

mod recompute;

use shapeflow_terms::Activation;

use crate::fuse::{FusedGraph, FusedNode};
use crate::graph::Graph;
use crate::id::{BufferId, ValueId};
use crate::layer::{Layer, Role};
use crate::shape::Number;
use crate::step::{
    Access, At, Buffer, Call, Extent, Facts, FoldedNorm, Gradients, Held, Kernel, Mode, Seen,
    Sheet, Steps, Work, arguments,
};
use recompute::Recomputing;

/// The steps of a fused graph; none of a broken one.
pub fn lower(graph: &Graph, fused: &FusedGraph) -> Steps {
    if graph.broken {
        return Steps::default();
    }
    let sheet = Sheet::new(held_values(graph, fused), fused.nodes.len());
    let mut lowering = Lowering {
        graph,
        fused,
        sheet,
        facts: facts(graph, fused),
        recomputing: Recomputing::default(),
    };
    lowering.inputs();
    for index in 0..fused.nodes.len() {
        lowering.forward(index);
    }
    lowering.outputs();
    if fused.mode == Mode::Train {
        let gradients = lowering.losses();
        lowering.backward(gradients);
    }
    let mut steps = lowering.sheet.steps;
    steps.drop_useless_reruns();
    steps
}

/// What is known while steps are made.
struct Lowering<'g> {
    graph: &'g Graph,
    fused: &'g FusedGraph,
    sheet: Sheet,
    /// Of each node.
    facts: Vec<Facts>,
    recomputing: Recomputing,
}

/// All values before any is made.
fn held_values(graph: &Graph, fused: &FusedGraph) -> Vec<Held> {
    let values = graph.values.iter();
    let mut held: Vec<Held> = values
        .map(|value| Held {
            len: value.shape.size(),
            element: value.element,
            buffer: None,
            last_use: 0,
            is_relu_for_one: false,
        })
        .collect();
    let mut readers = vec![0usize; held.len()];
    for (index, node) in fused.nodes.iter().enumerate() {
        for value in node.reads() {
            held[value].last_use = index;
            readers[value] += 1;
        }
    }
    for value in fused.outputs(graph) {
        held[value].last_use = fused.nodes.len();
        readers[value] += 1;
    }
    for node in &fused.nodes {
        let relu = matches!(node.activation, Some(Activation::Relu));
        held[node.output].is_relu_for_one = relu && readers[node.output] == 1;
    }
    held
}

/// What each layer will see of its operation.
fn facts(graph: &Graph, fused: &FusedGraph) -> Vec<Facts> {
    let seen = |value: ValueId, under: ValueId| Seen {
        value,
        shape: graph.values[under].shape.clone(),
    };
    let facts = fused.nodes.iter().enumerate().map(|(number, node)| Facts {
        mode: fused.mode,
        number,
        name: node.name.clone(),
        layer: node.layer,
        covers: node
            .covers
            .iter()
            .map(|&layer| graph.layers[layer].name.clone())
            .collect(),
        block: node.block,
        inputs: node
            .inputs
            .iter()
            .zip(&node.seen)
            .map(|(&value, &under)| seen(value, under))
            .collect(),
        output: seen(node.output, node.output),
        norm: folded_norm(graph, node),
        residual: node.residual,
        activation: node.activation.clone(),
    });
    facts.collect()
}

/// The normalisation that is folded into a node, by its tensors.
fn folded_norm(graph: &Graph, node: &FusedNode) -> Option<FoldedNorm> {
    let layer = node.norm?;
    let Role::Norm(folding) = graph.layers[layer].layer.role() else {
        return None;
    };
    Some(FoldedNorm {
        gain: (layer, folding.scale),
        shift: (layer, folding.shift),
        mean: (layer, folding.mean),
        variance: (layer, folding.variance),
        epsilon: folding.epsilon,
    })
}

/// One call of a kernel as the work of a step.
fn one(
    module: &'static str,
    function: &'static str,
    arguments: Vec<crate::step::Argument>,
) -> Work {
    let kernel = Kernel::new(module, function);
    Work::Calls(vec![Call { kernel, arguments }])
}

impl<'g> Lowering<'g> {
    fn layer(&self, index: usize) -> &'g dyn Layer {
        self.graph.layers[self.fused.nodes[index].layer]
            .layer
            .as_ref()
    }

    fn inputs(&mut self) {
        for (index, input) in self.graph.inputs.iter().enumerate() {
            let value = &self.sheet.values[input.value];
            let buffer = Buffer {
                label: input.name.to_string(),
                element: value.element,
                len: value.len.clone(),
                extent: Extent::Input(index),
                lasting: false,
            };
            let buffer = self.sheet.add(buffer);
            self.sheet.values[input.value].buffer = Some(buffer);
        }
    }

    fn forward(&mut self, index: usize) {
        let (layer, facts) = (self.layer(index), &self.facts[index]);
        let value = facts.output.value;
        let output = self.sheet.rows_like(facts.name.clone(), value);
        self.sheet.values[value].buffer = Some(output);
        let mut at = At::forward(facts, &mut self.sheet);
        match facts.mode {
            Mode::Infer => layer.inference(&mut at),
            Mode::Train => {
                layer.forward(&mut at);
                // A fused activation makes nothing infinite out of finite numbers: it would be the layer before it.
                let operands = [("values", output, Access::Read)];
                let watch = Work::Watch(facts.layer);
                self.sheet.push("", facts.block, &operands, watch);
            }
        }
    }

    /// Gives each output a buffer of its own that outlives the step.
    fn outputs(&mut self) {
        for value in self.fused.outputs(self.graph) {
            let mut buffer = self.sheet.value(value);
            let taken = self.sheet.steps.outputs.contains(&buffer);
            let extent = self.sheet.steps.buffers[buffer].extent;
            if taken || matches!(extent, Extent::Input(_)) {
                let copy = self.sheet.rows_like("output".to_owned(), value);
                let operands = [("x", buffer, Access::Read), ("y", copy, Access::Write)];
                let work = one("elementwise", "copy", arguments!["x", "y"]);
                self.sheet.push("output", None, &operands, work);
                buffer = copy;
            }
            self.sheet.steps.buffers[buffer].lasting = true;
            self.sheet.steps.outputs.push(buffer);
        }
    }

    /// The losses, which begin the gradients.
    fn losses(&mut self) -> Gradients {
        let mut gradients = Gradients::new(self.wanted());
        for (index, value) in self.fused.outputs(self.graph).enumerate() {
            let buffer = self.sheet.steps.outputs[index];
            let gradient = self.sheet.rows_like("d output".to_owned(), value);
            let operands = [
                ("outputs", buffer, Access::Read),
                ("gradients", gradient, Access::Write),
            ];
            self.sheet.push("loss", None, &operands, Work::Loss(index));
            if let Some(first) = gradients.take_over(value, gradient) {
                let operands = [
                    ("dx", first, Access::Update),
                    ("other", gradient, Access::Read),
                ];
                let work = one("elementwise", "add_assign", arguments!["dx", "other"]);
                self.sheet.push("", None, &operands, work);
            }
        }
        gradients
    }

    /// For each value, whether anything trained lies before it.
    fn wanted(&self) -> Vec<bool> {
        let mut wanted = vec![false; self.graph.values.len()];
        for node in &self.fused.nodes {
            let trained = self.graph.layers[node.layer].is_trained();
            wanted[node.output] = trained || node.reads().any(|value| wanted[value]);
        }
        wanted
    }

    fn backward(&mut self, mut gradients: Gradients) {
        let fused = self.fused;
        for (index, node) in fused.nodes.iter().enumerate().rev() {
            let Some(gradient) = gradients.of(node.output) else {
                continue;
            };
            let trained = self.graph.layers[node.layer].is_trained();
            if trained || node.reads().any(|value| gradients.is_wanted(value)) {
                self.recompute_around(index, gradient);
                let first = self.sheet.steps.steps.len();
                self.backward_of(index, gradient, &mut gradients);
                self.end_backward_of(index, first);
            }
            gradients.release(node.output);
        }
    }

    fn backward_of(&mut self, index: usize, gradient: BufferId, gradients: &mut Gradients) {
        let (node, layer) = (&self.fused.nodes[index], self.layer(index));
        let activation = node.activation.clone();
        let activation = activation.filter(|_| !gradients.is_undone(node.output));
        let left_to_layer = gradients.is_free(gradient) && layer.takes().activation_backward;
        let (gradient, undo) = match activation {
            Some(activation) if left_to_layer => (gradient, Some(activation)),
            Some(activation) => {
                let before = self.through_activation(node, activation, gradient, gradients);
                (before, None)
            }
            None => (gradient, None),
        };
        gradients.begin(gradient);
        let mut at = At::backward(&self.facts[index], &mut self.sheet, gradients, undo);
        layer.backward(&mut at);
        if let Some(residual) = node.residual {
            at.pass_gradient_to(residual);
        }
    }

    /// Takes the gradient of a fused node back through its activation, in place where nobody else reads it.
    fn through_activation(
        &mut self,
        node: &FusedNode,
        activation: Activation<Number>,
        gradient: BufferId,
        gradients: &Gradients,
    ) -> BufferId {
        let saved = self.sheet.value(node.output);
        let purpose = format!("{} backward: activation", node.name);
        if gradients.is_free(gradient) {
            let operands = [("y", saved, Access::Read), ("dy", gradient, Access::Update)];
            let arguments = arguments![activation, "y", "dy"];
            let work = one("activation", "backward_in_place", arguments);
            self.sheet.push(&purpose, node.block, &operands, work);
            return gradient;
        }
        let label = format!("d {} before activation", node.name);
        let before = self.sheet.rows_like(label, node.output);
        let operands = [
            ("y", saved, Access::Read),
            ("dy", gradient, Access::Read),
            ("dx", before, Access::Write),
        ];
        let work = one(
            "activation",
            "backward",
            arguments![activation, "y", "dy", "dx"],
        );
        self.sheet.push(&purpose, node.block, &operands, work);
        before
    }
}
