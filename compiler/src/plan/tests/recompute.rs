//! Plans of models whose blocks are recomputed: what is run again, and where.

use super::graph;
use crate::compile_for;
use crate::plan::{Layout, Plan};
use crate::step::Mode;

/// The plans of training of a model, without `recompute` and with it.
fn both(block: &str, model: impl Fn(&str) -> String) -> [Plan; 2] {
    ["", "(recompute)"].map(|option| {
        let graph = graph(&format!("{block} struct {}", model(option)));
        compile_for(Mode::Train, &graph)
    })
}

/// What is run again, with its stage.
fn again(plan: &Plan) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (stage, steps) in plan.stages.iter().enumerate() {
        for step in plan.run(&steps.between) {
            assert!(!step.purpose.contains("again"), "{}", step.purpose);
        }
        for step in plan.run(&steps.chunk) {
            if let Some(purpose) = step.purpose.strip_prefix("again: ") {
                found.push((stage, purpose.split(':').next().unwrap_or(purpose)));
            }
        }
    }
    found
}

fn names(plan: &Plan) -> Vec<&str> {
    again(plan).into_iter().map(|(_, name)| name).collect()
}

fn bytes(layout: &Layout) -> usize {
    let (_, total) = layout.offsets.as_ref().expect("all sizes are known");
    *total
}

#[test]
fn a_block_keeps_its_inputs_and_the_statistics_of_the_batch() {
    let block = "block B<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        x + (x -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Dropout(0.5) -> Conv2d(C, 1x1, bias = false) -> BatchNorm)
    }";
    let [kept, recomputed] = both(block, |option| {
        format!(
            "N(x: [8, 8, 4]) -> [2] {{ x -> Conv2d(4, 1x1) -> [B{option}; 3] -> Flatten -> Dense(2) }}"
        )
    });
    assert!(again(&kept).is_empty() && kept.cut.is_none());
    // Up to what the last norm reads: what that makes the next layer has kept.
    let block = |b: usize| {
        let norm = format!("b{b}.batch_norm1, b{b}.relu1");
        [
            format!("b{b}.conv2d1"),
            norm,
            format!("b{b}.dropout1"),
            format!("b{b}.conv2d2"),
        ]
    };
    assert_eq!(names(&recomputed), [block(3), block(2), block(1)].concat());
    assert_eq!(recomputed.stages.len(), kept.stages.len());
    assert!(bytes(&recomputed.kept) < bytes(&kept.kept));
    let (cut, _) = recomputed.cut.as_ref().expect("something is recomputed");
    assert_eq!(bytes(cut), bytes(&kept.chunk), "a batch is cut as without");
}

#[test]
fn weight_gradients_end_with_the_backward_of_their_block() {
    let block = "block B<C>(x: [C]) -> [C] { x -> Dense(4 * C) -> Relu -> Dense(C) -> Tanh }";
    let [kept, recomputed] = both(block, |option| {
        format!("N(x: [8]) -> [2] {{ x -> Dense(16) -> [B{option}; 3] -> Dense(2) }}")
    });
    assert_eq!((kept.stages.len(), recomputed.stages.len()), (1, 3));
    let expected = [
        (0, "b3.dense1, b3.relu1"),
        (1, "b2.dense1, b2.relu1"),
        (2, "b1.dense1, b1.relu1"),
    ];
    assert_eq!(again(&recomputed), expected);
    // In the order of backward: the head, two for each block, the first layer. The last stage is the end.
    let (first, second) = (Some(0), Some(1));
    assert_eq!(
        recomputed.weight_ends,
        [None, first, first, second, second, None, None, None]
    );
    assert!(kept.weight_ends.iter().all(Option::is_none));
}

#[test]
fn what_others_need_is_kept_and_not_made_twice() {
    let block = "block B<C>(x: [C]) -> (a: [C], b: [C]) {
        let a = x -> Dense(C) -> Relu;
        (a, a -> Dense(C) -> Sigmoid -> Dense(C))
    }";
    let [_, recomputed] = both(block, |option| {
        format!(
            "N(x: [8]) -> [8] {{ let (a, b) = x -> Dense(8) -> B{option}; a + (a * b -> Dense(8)) }}"
        )
    });
    // The product's backward reads `a` and `b`.
    assert_eq!(names(&recomputed), ["b1.dense2, b1.sigmoid1"]);
    let [_, outputs] = both(block, |option| {
        format!("N(x: [8]) -> (a: [8], b: [8]) {{ x -> Dense(8) -> B{option} }}")
    });
    assert_eq!(names(&outputs), ["b1.dense2, b1.sigmoid1"]);
}

#[test]
fn a_block_within_a_recomputed_one_is_run_a_third_time() {
    let block = "
        block In<C>(x: [C]) -> [C] { x + (x -> Dense(C) -> Tanh -> Dense(C) -> Gelu) }
        block Out<C>(x: [C], inner: bool) -> [C] { x -> In(recompute = inner) -> Dense(C) -> Tanh }";
    let plan = |inner: bool| {
        let text = format!(
            "{block} struct N(x: [8]) -> [2] {{ x -> Dense(8) -> Out({inner}, recompute) -> Dense(2) }}"
        );
        compile_for(Mode::Train, &graph(&text))
    };
    let inner = ["out1.in1.dense1, out1.in1.tanh1", "out1.in1.dense2"];
    let sum = ["out1.in1.gelu1", "out1.in1.add1"];
    assert_eq!(names(&plan(false)), [&inner[..], &sum].concat());
    assert_eq!(names(&plan(true)), [&inner[..], &sum, &inner].concat());
}

#[test]
fn a_block_of_which_nothing_is_kept_is_refused() {
    for body in [
        "x",
        "x -> Relu",
        "x -> Dense(4) -> Relu",
        "x * 2 -> Reshape([4])",
    ] {
        let text = format!(
            "block B(x: [4]) -> [4] {{ {body} }}
            struct N(x: [4]) -> [2] {{ x -> Dense(4) -> Tanh -> [B(recompute); 2] -> Dense(2) }}"
        );
        let compiled = crate::compile_text(&text).expect("tokens");
        let errors = compiled.diagnostics.errors();
        let codes: Vec<&str> = errors.map(|error| error.code).collect();
        assert_eq!(codes, ["nothing-to-recompute"], "{body}");
        assert!(compiled.graphs[0].broken);
    }
}
