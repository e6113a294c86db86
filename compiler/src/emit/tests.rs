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
