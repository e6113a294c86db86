//! Plans of whole models: stages, places, and other kinds of number.

mod recompute;

use shapeflow_terms::Element;

use super::*;
use crate::check::{Check, Failed};
use crate::compile_for;
use crate::graph::Graph;
use crate::layer::{Layer, Lower};
use crate::shape::{Dim, Shape};
use crate::step::{At, arguments};

fn graph(text: &str) -> Graph {
    let compiled = crate::compile_text(text).expect("tokens");
    let errors: Vec<String> = compiled.diagnostics.errors().map(|e| e.text()).collect();
    assert_eq!(errors, Vec::<String>::new());
    compiled.graphs.into_iter().next().expect("a struct")
}

#[test]
fn a_norm_over_the_batch_cuts_training_into_stages() {
    let graph = graph(
        "struct N(x: [4]) -> [2] { x -> Dense(8, bias = false) -> BatchNorm -> Relu -> Dense(2) }",
    );
    let train = compile_for(Mode::Train, &graph);
    // Up to the statistics; the rest of forward and the sums of the norm's gradient; what is before it.
    assert_eq!(train.stages.len(), 3);
    assert_eq!(
        train
            .stages
            .iter()
            .map(|stage| stage.between.len())
            .collect::<Vec<_>>(),
        [1, 1, 0]
    );
    assert_eq!(train.weights.len(), 2, "two matrices");
    assert_eq!(compile_for(Mode::Infer, &graph).stages.len(), 1);
}

#[test]
fn every_buffer_that_a_step_touches_has_a_place_and_offsets_are_bytes() {
    let graph = graph(
        "struct N(x: [6, 6, 2]) -> [3] { x -> Conv2d(4, 3x3) -> Relu -> Flatten -> Dense(3) }",
    );
    for mode in [Mode::Train, Mode::Infer] {
        let plan = compile_for(mode, &graph);
        for step in &plan.steps.steps {
            for (buffer, _) in step.buffers() {
                assert_ne!(
                    plan.positions[buffer],
                    Position::Nowhere,
                    "{}",
                    step.purpose
                );
            }
        }
        let (offsets, total) = plan.kept.offsets.clone().expect("all sizes are known");
        assert!(
            offsets
                .iter()
                .all(|offset| offset % 64 == 0 && *offset < total)
        );
    }
}

#[test]
fn sizes_that_only_rustc_knows_are_left_to_it() {
    let plan = compile_for(
        Mode::Train,
        &graph("struct N(x: [WIDTH]) -> [2] { x -> Dense(HIDDEN) -> Tanh -> Dense(2) }"),
    );
    assert!(
        plan.kept.offsets.is_none(),
        "what `Dense` keeps is as long as a const"
    );
}

/// Reads whole numbers and makes others of them, or numbers that a network can go on with.
#[derive(Debug)]
struct Tokens {
    kernel: &'static str,
}

impl Layer for Tokens {
    fn kind(&self) -> &'static str {
        "Tokens"
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size()
    }
}

impl Lower for Tokens {
    fn forward(&self, at: &mut At<'_>) {
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .call("tokens", self.kernel, arguments!["x", "y"]);
    }
}

/// A model whose input and first value are tokens: `x -> shift -> embed -> Dense(2)`.
fn with_tokens() -> Graph {
    let mut graph =
        graph("struct N(x: [5]) -> [2] { x -> shift: Relu -> embed: Gelu -> Dense(2) }");
    for (layer, kernel) in [(0, "shift"), (1, "embed")] {
        graph.layers[layer].layer = Box::new(Tokens { kernel });
        let input = graph.nodes[layer].inputs[0];
        graph.values[input].element = Element::U32;
    }
    graph
}

#[test]
fn tokens_go_through_plan_and_code_as_whole_numbers() {
    let graph = with_tokens();
    let [train, infer] = [Mode::Train, Mode::Infer].map(|mode| compile_for(mode, &graph));
    let elements: Vec<Element> = infer
        .steps
        .buffers
        .iter()
        .map(|buffer| buffer.element)
        .collect();
    let whole = elements
        .iter()
        .filter(|element| **element == Element::U32)
        .count();
    assert_eq!(whole, 2, "{elements:?}");
    let code = crate::emit::emit(&graph, &train, &infer).to_string();
    let has = |text: &str| code.replace(' ', "").contains(&text.replace(' ', ""));
    assert!(has(
        "sf::Port { name: \"x\", shape: &[5usize], element: sf::Element::U32 }"
    ));
    assert!(has("let x = c.inputs.get_u32(0usize);"));
    assert!(has(
        "sf::Slot::chunk(INFER_CHUNK.offsets[0usize], 5usize).holding(sf::Element::U32)"
    ));
    assert!(has(
        "let [x, y] = c.buffers.get_mixed([INFER_SHIFT, INFER_EMBED]); let x = x.u32(); let y = y.f32();"
    ));
    assert!(has(
        "sf::Value { shape: &[5usize], element: sf::Element::U32 }"
    ));
}

/// The chunk steps of each stage that call a kernel of this name.
fn calls_by_stage(plan: &Plan, module: &str, function: &str) -> Vec<usize> {
    let calls = |step: &&Step| {
        let mut kernels = step.calls().iter().map(|call| &call.kernel);
        kernels.any(|kernel| kernel.module == module && kernel.function == function)
    };
    let stages = plan.stages.iter();
    stages
        .map(|stage| plan.run(&stage.chunk).filter(calls).count())
        .collect()
}

fn kept_labels(plan: &Plan) -> Vec<&str> {
    let placed = plan.kept.buffers.iter();
    placed
        .map(|placed| plan.steps.buffers[placed.buffer].label.as_str())
        .collect()
}

#[test]
fn normalised_values_are_made_again_where_they_are_read_and_not_kept() {
    let graph = graph(
        "struct N(x: [8, 8, 4]) -> [2] {
            x -> Conv2d(6, 3x3, bias = false) -> BatchNorm -> Gelu -> Conv2d(6, 3x3, bias = false) -> BatchNorm -> Relu
                -> GlobalAvgPool -> Dense(2)
        }",
    );
    let plan = compile_for(Mode::Train, &graph);
    // The first: beside the second convolution, and with Gelu again in its backward. The second: not read elsewhere but in
    // forward's last stage, where backward begins.
    assert_eq!(
        calls_by_stage(&plan, "batch_norm", "forward_shared"),
        [0, 1, 1, 1, 0]
    );
    assert_eq!(
        calls_by_stage(&plan, "activation", "forward"),
        [0, 1, 0, 1, 0]
    );
    // Forward of both convolutions and of the dense layer, whose backward begins in the stage that its forward ends in; then the second
    // convolution's. Nobody asks for the gradient of the input.
    assert_eq!(plan.packs, [[0, 0], [1, 1], [2, 2], [2, 2], [3, 3]]);
    let kept = kept_labels(&plan);
    for made_again in ["batch_norm1", "gelu1", "batch_norm2"] {
        assert!(!kept.contains(&made_again), "{made_again} in {kept:?}");
    }
    for kept_anyway in ["conv2d1", "conv2d2"] {
        assert!(kept.contains(&kept_anyway), "{kept_anyway} in {kept:?}");
    }
}

#[test]
fn of_residuals_each_second_is_kept_and_the_others_are_made_of_those() {
    let graph = graph(
        "block B(x: [8, 8, 4]) -> [8, 8, 4] {
            let y = x -> Conv2d(4, 3x3, padding = same, bias = false) -> BatchNorm;
            (x + y) -> Relu
        }
        struct N(x: [8, 8, 4]) -> [2] { x -> [B; 4] -> GlobalAvgPool -> Dense(2) }",
    );
    let plan = compile_for(Mode::Train, &graph);
    let kept = kept_labels(&plan);
    let sums = kept.iter().filter(|label| label.contains("batch_norm"));
    // The fourth is read where it is made, in forward's last stage and backward's first.
    assert_eq!(sums.collect::<Vec<_>>(), [&"b2.batch_norm1"]);
}
