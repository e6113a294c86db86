//! Networks as text: what stands between the braces of `model!`.

use crate::Target;
use proc_macro2::TokenStream;

/// The compiler, from text to Rust. It runs where a program is built, so what it must keep off is a panic and an endless build.
pub const TARGET: Target = Target::new("network", seeds, read);

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "pub struct N(image: [8, 8, 3]) -> [10] { image -> Conv2d(4, 3x3, padding = same) -> BatchNorm -> Relu -> MaxPool2d(2)
            -> Dropout(0.25) -> Flatten -> fc: Dense(10) -> Softmax }",
        "const K: usize = 3; block B<H, W, C>(x: [H, W, C], n: usize = 2) -> [H / 2, W / 2, 2 * C] {
            let y: [H, W, C] = x -> Conv2d(C, 3x3, padding = same) -> BatchNorm -> Relu;
            (x + 0.5 * y) -> Conv2d(n * C, 3x3, stride = 2, padding = 1) }
        pub struct N(a: [16, 16, K], b: [OUT]) -> (p: [10], q: [1]) {
            let h = a -> [Conv2d(K, 1x1); 2] -> [B; 2] -> B(n = 2);
            let g = (h -> GlobalAvgPool, b) -> Concat(axis = -1);
            (g -> Dense(10) -> Softmax, g -> Dense(1) -> Sigmoid) }",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

fn read(bytes: &[u8]) {
    let Ok(tokens) = String::from_utf8_lossy(bytes).parse::<TokenStream>() else {
        return;
    };
    let shapeflow_compiler::Compiled {
        graphs,
        diagnostics,
        rust,
    } = shapeflow_compiler::compile(tokens);
    let broken = graphs.iter().any(|graph| graph.broken);
    assert!(
        diagnostics.has_errors() || !broken,
        "broken without an error"
    );
    drop((graphs, diagnostics, rust));
    // Outside of rustc every text that was ever read is kept, for its spans.
    proc_macro2::extra::invalidate_current_thread_spans();
}
