//! What holds itself, or more of itself than the compiler's stack: refused with one error, in an unoptimised macro on the
//! 2 MiB of a test's thread (rustc has 8).

use super::survives;

#[track_caller]
fn refused(source: &str, code: &str) {
    let errors = survives(source);
    let ends = |error: &String| error.ends_with(&format!("code: {code}"));
    assert!(
        matches!(errors.as_slice(), [one] if ends(one)),
        "{} errors: {:.3000}",
        errors.len(),
        errors.join("\n")
    );
}

#[track_caller]
fn right(source: &str) {
    assert_eq!(survives(source), Vec::<String>::new());
}

/// Items of which each uses the one before.
fn each(count: usize, item: impl Fn(usize, usize) -> String) -> String {
    (1..=count).map(|n| item(n, n - 1)).collect()
}

#[test]
fn a_layer_that_is_bound_to_itself_ends() {
    let refused = |source: &str| refused(source, "layer-contains-itself");
    refused("struct N(x: [4]) -> [4] { let f = Relu -> f; x -> f }");
    refused("struct N(x: [4]) -> [4] { let f = [f; 2]; x -> f }");
    refused("struct N(x: [4]) -> [4] { let f = Relu -> g; let g = Tanh -> f; x -> f }");
    refused(
        "block B<C>(x: [C]) -> [C] { let f = Relu -> f; x -> f } struct N(x: [4]) -> [4] { x -> B }",
    );
    survives("struct N(x: [4]) -> [4] { let f = f; x -> f }");
}

#[test]
fn a_const_outside_with_the_name_of_a_dimension_ends() {
    right(
        "block Half<H>(x: [H, 4]) -> [H / 2, 4] { x -> Reshape([H / 2, 8]) -> Dense(4) }
         struct N(x: [H, 4]) -> [4] { x -> [Half; 3] -> Flatten -> Dense(4) }",
    );
    right(
        "block Sum<W, H>(x: [W, W + H]) -> [H] { x -> Flatten -> Dense(H) }
         struct N(x: [H, H + 3]) -> [3] { x -> Sum }",
    );
}

#[test]
fn layers_through_layers_are_refused() {
    let lets = each(500, |n, before| format!("let f{n} = Relu -> f{before};"));
    refused(
        &format!("struct N(x: [4]) -> [4] {{ let f0 = Relu; {lets} x -> f500 }}"),
        "nested-too-deeply",
    );
    let repeats = each(500, |n, before| format!("let f{n} = [(f{before}); 1];"));
    refused(
        &format!("struct N(x: [4]) -> [4] {{ let f0 = Relu; {repeats} x -> f500 }}"),
        "nested-too-deeply",
    );
}

/// Thirty brackets of the kind that a block or a body may hold.
fn brackets(inside: &str) -> String {
    format!("{}{inside}{}", "(".repeat(60), ")".repeat(60))
}

#[test]
fn blocks_through_blocks_are_refused() {
    for body in [
        |before| format!("x -> B{before}"),
        |before| format!("x -> B{before} -> B{before} -> [B{before}; 2]"),
        |before| format!("let f = [Relu -> B{before}; 1]; let g = [f; 1]; x -> g"),
        |before| format!("x + (x + (x + (x -> a: [[(B{before}); 1]; 1])))"),
        |before| brackets(&format!("x -> B{before}")),
        |before| brackets(&format!("1.0 + (x -> B{before})")),
        |before| format!("x -> {}", brackets(&format!("B{before}"))),
        |before| {
            format!(
                "let (y, z) = (x, x -> {}); (y + z) * 0.5",
                brackets(&format!("B{before}"))
            )
        },
    ] {
        let blocks = each(300, |n, before| {
            format!("block B{n}<C>(x: [C]) -> [C] {{ {} }}", body(before))
        });
        let end = "struct N(x: [4]) -> [4] { x -> B300 }";
        let first = "block B0<C>(x: [C]) -> [C] { x -> Relu }";
        refused(&format!("{first} {blocks} {end}"), "nested-too-deeply");
    }
}

#[test]
fn ten_blocks_within_each_other_are_right() {
    let blocks = each(10, |n, before| {
        format!(
            "block B{n}<C>(x: [C]) -> [C] {{ let f = [Relu -> B{before}; 1]; (x + (x -> f)) -> Tanh }}"
        )
    });
    right(&format!(
        "block B0<C>(x: [C]) -> [C] {{ x -> Relu }} {blocks} struct N(x: [4]) -> [4] {{ x -> B10 }}"
    ));
}

#[test]
fn brackets_of_every_kind_are_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", ";2]"),
        ("(x + ", ")"),
        ("-(1.0 * (", "))"),
        ("Relu(", ")"),
        ("Dense(", ")"),
        ("(x, ", ")"),
        ("[", "]"),
        ("a: (", ")"),
        ("3x(", ")"),
        ("(2 x (", "))"),
        ("(x -> ", " -> Relu)"),
    ] {
        for depth in [62, 5000] {
            let deep = format!("{}x{}", open.repeat(depth), close.repeat(depth));
            survives(&format!("struct N(x: [4]) -> [4] {{ x -> {deep} }}"));
            survives(&format!("struct N(x: [4]) -> [4] {{ {deep} }}"));
            survives(&format!(
                "struct N(x: [4]) -> [4] {{ let f = {deep}; x -> f }}"
            ));
            survives(&format!("struct N(x: [4]) -> [{deep}] {{ x }}"));
            survives(&format!("struct N(x: [4]) -> [4] {{ x -> Dense({deep}) }}"));
            survives(&format!(
                "const K: usize = {deep}; struct N(x: [K]) -> [4] {{ x }}"
            ));
        }
    }
}

#[test]
fn sizes_that_grow_are_refused() {
    // A quotient in a quotient in a quotient.
    let stages = "-> Conv2d(1, 3x3, stride = 3, padding = same) -> Upsample2d(2) ".repeat(1900);
    refused(
        &format!("struct N(x: [SIZE, SIZE, 1]) -> [4] {{ x {stages} -> Flatten -> Dense(4) }}"),
        "formula-too-long",
    );
    // Each block doubles what it was given.
    let blocks = each(100, |n, before| {
        format!(
            "block B{n}<C>(x: [C], n: usize, r: f32) -> [4] {{ x -> B{before}(n * n + n / 3, r * r) }}"
        )
    });
    let first =
        "block B0<C>(x: [C], n: usize, r: f32) -> [4] { x -> Dense(n) -> Dropout(r) -> Dense(4) }";
    for arguments in ["SIZE, 0.5", "3, RATE", "SIZE, RATE"] {
        let source =
            format!("{first} {blocks} struct N(x: [4]) -> [4] {{ x -> B30({arguments}) }}");
        assert!(!survives(&source).is_empty(), "{arguments}");
    }
}

#[test]
fn consts_that_need_each_other_end() {
    survives("const K: usize = K + K + K + K; struct N(x: [K]) -> [4] { x -> Dense(4) }");
    let consts = each(200, |n, before| {
        let sum = vec![format!("K{before}"); 8].join(" + ");
        format!("const K{n}: usize = {sum};")
    });
    survives(&format!(
        "const K0: usize = OUT; {consts} struct N(x: [K200]) -> [4] {{ x -> Dense(K30) -> Dense(4) }}"
    ));
}

#[test]
fn repeats_of_repeats_are_refused() {
    refused(
        "struct N(x: [4]) -> [4] { x -> [[[[Dense(4); 1000]; 1000]; 1000]; 1000] }",
        "too-many-stages",
    );
    refused(
        "block B<C>(x: [C]) -> [C] { x -> [[Dense(4) -> Relu; 1000]; 1000] } struct N(x: [4]) -> [4] { x -> [B; 900] }",
        "too-many-stages",
    );
}
