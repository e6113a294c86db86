//! What the parser reads, and how it goes on after mistakes.

use super::tree::*;
use super::*;

fn read(source: &str) -> (Module, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let module = parse(source.parse().unwrap(), &mut diagnostics);
    let errors = diagnostics.list().iter();
    (module, errors.map(|d| format!("{}", d.message)).collect())
}

fn body(source: &str) -> (String, Vec<String>) {
    let (module, errors) = read(&format!("struct N(x: [1]) -> [1] {{ {source} }}"));
    let result = module.models.first().and_then(|m| m.result.as_ref());
    (result.map_or(String::new(), ToString::to_string), errors)
}

#[track_caller]
fn prints(source: &str, expected: &str) {
    assert_eq!(body(source), (expected.to_owned(), vec![]));
}

#[track_caller]
fn fails(source: &str, expected: &[&str]) {
    assert_eq!(body(source).1, expected);
}

#[test]
fn chains_calls_and_options() {
    prints(
        "x -> stem: Conv2d(32, 3x3, padding = same) -> Relu",
        "x -> stem: Conv2d(32, 3x3, padding = same) -> Relu",
    );
}

#[test]
fn kernel_sizes_with_and_without_spaces() {
    prints("x -> Conv2d(2 * C, 3 x 3)", "x -> Conv2d(2 * C, 3x3)");
    prints("x -> Conv2d(C, K x K)", "x -> Conv2d(C, K x K)");
    prints("x -> Conv2d(C, 3x K)", "x -> Conv2d(C, 3 x K)");
}

#[test]
fn sums_bind_tighter_than_arrows() {
    prints("x + 0.5 * y -> Relu", "x + 0.5 * y -> Relu");
    prints("(x + y) * -1.0 - z", "(x + y) * -1.0 - z");
}

#[test]
fn tuples_repeats_and_lists() {
    prints("(x, y) -> Concat(axis = -1)", "(x, y) -> Concat(axis = -1)");
    prints("x -> [Dense(64) -> Relu; 3]", "x -> [Dense(64) -> Relu; 3]");
    prints("x -> Pad([[1, 1], [2, 2]])", "x -> Pad([[1, 1], [2, 2]])");
}

#[test]
fn several_items() {
    let (module, errors) = read(
        "const A: usize = 3; const B: f32 = { 1.0 };
         block Mix<T, C>(x: [T, C], heads: usize, rate: f32 = 0.1) -> [T, C] { x }
         pub(crate) struct Two(a: [64], b: [32]) -> (score: [1], class: [5]) {
             let y: [3] = a -> Dense(3);
             (y, b)
         }",
    );
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(module.consts.len(), 2);
    assert!(module.consts[1].value.is_none());
    assert_eq!(module.blocks[0].parameters.len(), 2);
    assert_eq!(module.models[0].inputs.len(), 2);
}

#[test]
fn symbolic_dimensions_are_read() {
    let (module, errors) = read("struct G<T>(t: [T]) -> [T] where T <= 256 { t }");
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(module.models[0].dims.len(), 1);
}

#[test]
fn every_mistake_is_told_once() {
    fails("x -> -> Relu", &["a stage is missing after `->`"]);
    fails("x => Relu", &["data flows through `->`, found `=>`"]);
    fails(
        "x -> Dropout(.5)",
        &["a number starts with a digit, found `.5`"],
    );
    fails("x -> Conv2d(32 3x3)", &["`,` is missing before `3x3`"]);
    fails("x -> Dense(3) Relu", &["`->` is missing before `Relu`"]);
    fails(
        "x -> ? -> Dense(.5) -> !",
        &[
            "expected a layer, a value or a number, found `?`",
            "a number starts with a digit, found `.5`",
            "expected a layer, a value or a number, found `!`",
        ],
    );
    fails(
        "let y = x -> Relu\nlet z = x; y",
        &["`;` is missing after this `let`"],
    );
    fails("x -> Relu;", &["the result of the body stands without `;`"]);
    fails("x -> ", &["a stage is missing after `->`"]);
}

#[test]
fn goes_on_with_the_next_item() {
    let (module, errors) = read(
        "strukt A(x: [1]) -> [1] { x } struct B(x: [1]) -> [1] { x } fn f() {} block C(x: [1]) -> [1] { x }",
    );
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!((module.models.len(), module.blocks.len()), (1, 1));
}

#[test]
fn deep_brackets_are_refused() {
    let deep = format!("{}x{}", "(".repeat(200), ")".repeat(200));
    fails(&deep, &["brackets stand more than 64 deep"]);
    let kernels = "3x ".repeat(5000);
    assert!(!body(&kernels).1.is_empty());
}
