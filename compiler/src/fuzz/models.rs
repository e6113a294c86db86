//! Right models, from which wrong ones are made: one for each option of each layer from the table of cases, the networks that
//! are compared with PyTorch, and two with what those have not (parameters of blocks, consts from outside, names).

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const SOURCES: [&str; 2] = [
    include_str!("../../../tests/layers/table.rs"),
    include_str!("../../../tests/networks.rs"),
];

const OWN: [&str; 2] = [
    "const K: usize = 3; const HALF: f32 = 0.5;
    block B<H, W, C>(x: [H, W, C], n: usize = 2, bias: bool = false) -> [H / 2, W / 2, 2 * C] {
        let y: [H, W, C] = x -> Conv2d(C, 3x3, padding = same, bias = bias) -> BatchNorm -> Relu;
        let f = Conv2d(C, 1x1);
        (x + HALF * y) -> f -> f -> Conv2d(n * C, 3x3, stride = 2, padding = 1)
    }
    pub struct N(a: [16, 16, K], b: [OUT]) -> (p: [10], q: [1]) {
        let h = a -> stem: Conv2d(8, 3x3, padding = [[1, 1], [1, 1]]) -> [B(recompute); 2] -> [Relu -> Tanh; 2] -> B(n = 2, recompute = true);
        let g = (h -> GlobalAvgPool, h -> Flatten, b) -> Concat(axis = -1) -> Reshape([-1]);
        (g -> Dense(10, init = he_normal) -> Softmax, g -> Dense(1) -> Sigmoid)
    }",
    "const DEPTH: usize = 2;
    block Inner<T, C>(x: [T, C], rate: f32 = 0.1) -> [T, C] {
        let (a, b) = (x -> Dense(C, init = uniform(-0.1, 0.1)), x -> Dropout(rate));
        (a - b) * 0.5 + -x
    }
    block Outer<H, W, C>(x: [H, W, C], y: [H * W, C], k: usize = C / 2) -> (big: [2 * H, W, C], small: [H * W, C]) {
        let wide = x -> Conv2d(2 * k, 1x3, padding = 0x1, dilation = 1, init = normal(0.02), bias_init = zeros)
            -> Upsample2d(2x1, mode = nearest);
        let flat = y -> [Inner(rate = 0.2); DEPTH] -> last: Inner;
        (wide, flat)
    }
    struct M(image: [H, 4, 6], rows: [ROWS, COLUMNS]) -> (up: [2 * H, 4, 6], down: [4 * H, 6], sums: [ROWS * COLUMNS]) {
        let (big, small) = (image, image -> Reshape([4 * H, 6])) -> Outer;
        let up = big
            -> ConvTranspose2d(6, 1x1, bias = true, init = constant(0.1), bias_init = ones)
            -> twice: [Conv2d(6, 1x1) -> Silu; 2];
        (up, small, rows -> Flatten -> Dense(ROWS * COLUMNS) -> Elu(alpha = RATE))
    }",
];

/// The words of each.
pub fn models() -> Vec<Vec<String>> {
    let mut models = Vec::new();
    for source in SOURCES {
        collect(source.parse().expect("a test that compiles"), &mut models);
    }
    let own = OWN
        .iter()
        .map(|model| words(&model.parse().expect("brackets that match")));
    models.extend(own);
    models
}

/// Adds what stands between the braces of each `model!`, also of one within other braces.
fn collect(source: TokenStream, models: &mut Vec<Vec<String>>) {
    let mut last = String::new();
    for tree in source {
        match tree {
            TokenTree::Group(group) => {
                if last == "model!" && group.delimiter() == Delimiter::Brace {
                    models.push(words(&group.stream()));
                } else {
                    collect(group.stream(), models);
                }
                last.clear();
            }
            TokenTree::Ident(ident) => last = ident.to_string(),
            TokenTree::Punct(punct) if punct.as_char() == '!' => last.push('!'),
            _ => last.clear(),
        }
    }
}

/// The tokens with spaces between them, without doc comments.
fn words(tokens: &TokenStream) -> Vec<String> {
    let mut text = Vec::new();
    let mut trees = tokens.clone().into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                trees.next();
            }
            TokenTree::Punct(punct) if punct.as_char() == '-' => match trees.peek() {
                Some(TokenTree::Punct(next)) if next.as_char() == '>' => {
                    trees.next();
                    text.push("->".to_owned());
                }
                _ => text.push("-".to_owned()),
            },
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    _ => ("{", "}"),
                };
                text.push(open.to_owned());
                text.extend(words(&group.stream()));
                text.push(close.to_owned());
            }
            other => text.push(other.to_string()),
        }
    }
    text
}
