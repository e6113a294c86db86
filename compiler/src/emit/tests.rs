//! What the code of whole models has and hasn't.

use crate::compile_text;

fn code(text: &str) -> String {
    let compiled = compile_text(text).expect("tokens");
    assert!(!compiled.diagnostics.has_errors());
    compiled.rust.to_string().replace(' ', "")
}

const BLOCKS: &str = "
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm;
        (x + y) -> Relu
    }";

/// A model with so many copies of one block.
fn copies(count: usize) -> String {
    code(&format!(
        "{BLOCKS} struct N(x: [8, 8, 3]) -> [2] {{
            x -> Conv2d(4, 3x3, padding = same) -> [Basic; {count}] -> GlobalAvgPool -> Dense(2)
        }}"
    ))
}

#[test]
fn copies_of_a_block_share_their_functions() {
    let (four, eight) = (copies(4), copies(8));
    let kernels = |code: &str| code.matches("sf::conv2d::forward(").count();
    assert_eq!(
        kernels(&four),
        kernels(&eight),
        "calls of kernels grow with what is written"
    );
    let functions = |code: &str| code.matches("fninfer_basic_").count();
    assert_eq!((functions(&four), functions(&eight)), (1, 1));
    let calls = |code: &str| code.matches("infer_basic_1(c,").count();
    assert_eq!((calls(&four), calls(&eight)), (4, 8));
}

#[test]
fn blocks_of_other_sizes_share_nothing() {
    let code = code(&format!(
        "{BLOCKS} struct N(x: [8, 8, 3]) -> [2] {{
            x -> Conv2d(4, 3x3, padding = same) -> Basic -> MaxPool2d(2) -> Basic -> GlobalAvgPool -> Dense(2)
        }}"
    ));
    assert_eq!(code.matches("fninfer_basic_").count(), 0);
}

#[test]
fn the_graph_is_emitted_with_edges_attributes_and_blocks() {
    let code = copies(2);
    assert!(code.contains("sf::Block{name:\"basic2\",kind:\"Basic\",parent:None}"));
    assert!(code.contains(
        "name:\"kernel\",in_place:true,value:sf::AttributeValue::Sizes(&[3usize,3usize])"
    ));
    assert!(code.contains("sf::Output{name:\"output\",value:"));
}

#[test]
fn a_struct_with_mistakes_keeps_its_signatures() {
    let compiled = compile_text("struct N(x: [4, 4, 1]) -> [2] { x -> Dense(2) }").expect("tokens");
    assert!(compiled.diagnostics.has_errors() && compiled.graphs[0].broken);
    let code = compiled.rust.to_string();
    assert!(code.contains("compile_error") && code.contains("fn predict_one"));
}

#[test]
fn functions_have_a_limit_of_length() {
    let length = |layers: usize| {
        let text = format!(
            "struct N(x: [4]) -> [4] {{ x {} }}",
            "-> Dense(4) -> Tanh ".repeat(layers)
        );
        let code = code(&text);
        let functions = code
            .split("fntrain_")
            .flat_map(|code| code.split("fninfer_"))
            .map(|function| function.matches("sf::dense::").count());
        functions.max()
    };
    assert_eq!(length(100), length(400), "the longest function");
}

#[test]
fn parts_run_every_step_once_and_in_order() {
    let code = code(&format!(
        "struct N(x: [4]) -> [4] {{ x {} }}",
        "-> Tanh ".repeat(100)
    ));
    let (parts, whole) = code.split_once("fninfer_forward(").expect("a function");
    let calls: Vec<&str> = whole
        .split('}')
        .next()
        .expect("a body")
        .split(';')
        .collect();
    let called = calls.iter().filter_map(|call| {
        call.rsplit("infer_forward_part")
            .next()?
            .strip_suffix("(c)")
    });
    let called: Vec<usize> = called
        .map(|number| number.parse().expect("a number"))
        .collect();
    assert_eq!(called, (0..4).collect::<Vec<_>>());
    let defined: Vec<&str> = parts.split("fninfer_forward_part").skip(1).collect();
    let steps = defined
        .iter()
        .map(|part| part.matches("sf::activation::forward(").count());
    assert_eq!(steps.collect::<Vec<_>>(), [32, 32, 32, 4]);
    let after = |text: &str| code.find(text).expect("a call");
    assert!(after("[INFER_TANH1,INFER_TANH2]") < after("[INFER_TANH99,INFER_TANH100]"));
}

#[test]
fn checks_of_a_const_from_outside_are_written_once() {
    let asserts = |layers: usize| {
        let text = format!(
            "struct N(x: [H]) -> [H] {{ x {} }}",
            "-> Dense(H) -> Tanh ".repeat(layers)
        );
        code(&text).matches("assert!(HELD!=").count()
    };
    assert!(asserts(1) > 0);
    assert_eq!(asserts(2), asserts(200), "however many layers");
}

#[test]
fn the_dump_shows_what_is_run_again_and_how_much_memory_there_is() {
    let text = "
        block B<C>(x: [C]) -> [C] { x -> Dense(C) -> Tanh -> Dense(C) }
        struct N(x: [8]) -> [2] { x -> Dense(8) -> [B(recompute); 2] -> Dense(2) }";
    let graph = &compile_text(text).expect("tokens").graphs[0];
    let plan = crate::compile_for(crate::step::Mode::Train, graph);
    let shown = super::dump::describe(&plan);
    for line in [
        "    again: b2.dense1, b2.tanh1: [8] -> [8]\n",
        "  after stage 0, by rows of the weight: b2.dense2: weight gradient\n",
        "  at the end, by rows of the weight: b1.dense2: weight gradient\n",
        "8 f32, alive 0..=0: b2.dense1 again\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    let kept = plan.kept.offsets.as_ref().map(|(_, total)| *total);
    let kept = kept.expect("all sizes are known");
    let line = format!("  buffers kept for the batch, one example, {kept} bytes:\n");
    assert!(shown.contains(&line), "{shown}");
    let shown = graph.to_string();
    assert!(shown.contains("  recomputed for backward: b1\n"), "{shown}");
}
