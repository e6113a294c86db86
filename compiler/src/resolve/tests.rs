//! Whole models through the front: graphs as text, and errors word for word.

use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::parse::parse;

fn compile(source: &str) -> (Vec<Graph>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let module = parse(source.parse().unwrap(), &mut diagnostics);
    let models = super::resolve(
        &module,
        &mut diagnostics,
        &mut crate::editor::Facts::default(),
    );
    (models, diagnostics)
}

/// The graph of a model without errors or warnings.
#[track_caller]
fn graph(source: &str) -> String {
    let (models, diagnostics) = compile(source);
    let texts: Vec<String> = diagnostics.list().iter().map(|d| d.text()).collect();
    assert!(texts.is_empty(), "{}", texts.join("\n\n"));
    models.iter().map(ToString::to_string).collect()
}

/// The errors and warnings of a model, as shown.
fn messages(source: &str) -> Vec<String> {
    let (_, diagnostics) = compile(source);
    diagnostics.list().iter().map(|d| d.text()).collect()
}

/// Only the first lines and codes.
fn codes(source: &str) -> Vec<&'static str> {
    let (_, diagnostics) = compile(source);
    diagnostics.list().iter().map(|d| d.code).collect()
}

const CIFAR10: &str = "
    pub struct Cifar10(image: [32, 32, 3]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }";

const RESNET20: &str = "
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false) -> BatchNorm;
        (x + y) -> Relu
    }
    block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
        let y = x
            -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false) -> BatchNorm -> Relu
            -> Conv2d(2 * C, 3x3, padding = same, bias = false) -> BatchNorm;
        let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm;
        (y + skip) -> Relu
    }
    pub struct ResNet20(image: [32, 32, 3]) -> [10] {
        image
            -> stem: Conv2d(16, 3x3, padding = same, bias = false) -> BatchNorm -> Relu
            -> [Basic; 3] -> Down -> [Basic; 2] -> Down -> [Basic; 2]
            -> GlobalAvgPool -> Dense(10) -> Softmax
    }";

/// The number of trained parameters, and of operations.
fn totals(model: &Graph) -> (u64, u64) {
    let parameters = model.layers.iter().flat_map(|layer| &layer.tensors);
    let trained = parameters.filter(|p| p.trained);
    let sizes = trained.map(|p| crate::shape::Dim::product(&p.shape).known().unwrap());
    let flops = model.nodes.iter().map(|node| {
        let inputs: Vec<_> = node
            .inputs
            .iter()
            .map(|v| model.values[*v].shape.clone())
            .collect();
        let output = &model.values[node.output].shape;
        model.layers[node.layer]
            .layer
            .flops(&inputs, output)
            .known()
            .unwrap()
    });
    (sizes.sum(), flops.sum())
}

#[test]
fn keras_cifar10_has_its_parameters() {
    let text = graph(CIFAR10);
    let (models, _) = compile(CIFAR10);
    assert_eq!(totals(&models[0]).0, 315_722, "{text}");
    assert!(text.contains("output v13 [10] -> Softmax"), "{text}");
    assert!(
        text.contains("v3 [15, 15, 32] = max_pool2d1: MaxPool2d(2)(v2)"),
        "{text}"
    );
}

#[test]
fn resnet20_is_inlined_with_its_names() {
    let text = graph(RESNET20);
    let (models, _) = compile(RESNET20);
    assert!(text.contains("stem: Conv2d(16, 3x3"), "{text}");
    assert!(text.contains("basic3.conv2d1: "), "{text}");
    assert!(text.contains("down2.conv2d3: "), "{text}");
    assert!(text.contains("[8, 8, 64] = basic7.add1: x + y"), "{text}");
    // He et al.: 0.27 million; the projections add 2,752.
    assert_eq!(totals(&models[0]).0, 272_474, "{text}");
}

#[test]
fn several_inputs_outputs_and_operators() {
    let text = graph(
        "struct Two(a: [64], b: [32]) -> (score: [1], class: [5]) {
            let h = (a -> Dense(32) -> Relu) + 0.5 * b;
            let joined = (h, b, 1.0 - h * b) -> Concat(axis = -1);
            (joined -> Dense(1) -> Sigmoid, joined -> Dense(5) -> LogSoftmax)
        }",
    );
    assert_eq!(
        text,
        "model Two
  input a: v0 [64]
  input b: v1 [32]
  v2 [32] = dense1: Dense(32)(v0) weight[64, 32] bias[32]
  v3 [32] = relu1: Relu(v2)
  v4 [32] = scale1: 0.5 * b(v1)
  v5 [32] = add1: (a -> Dense(32) -> Relu) + 0.5 * b(v3, v4)
  v6 [32] = multiply1: h * b(v5, v1)
  v7 [32] = scale2: 1.0 - h * b(v6)
  v8 [96] = concat1: Concat(axis = -1)(v5, v1, v7)
  v9 [1] = dense2: Dense(1)(v8) weight[96, 1] bias[1]
  v10 [5] = dense3: Dense(5)(v8) weight[96, 5] bias[5]
  output score: v9 [1] -> Sigmoid
  output class: v10 [5] -> LogSoftmax
"
    );
}

#[test]
fn bound_layers_share_their_weights() {
    let text = graph(
        "struct Twins(a: [8], b: [8]) -> [4] {
            let embed = Dense(4) -> Relu -> Dense(4);
            let last = Dense(4);
            ((a -> embed) - (b -> embed)) -> last -> last
        }",
    );
    assert_eq!(text.matches("embed.dense1: ").count(), 2, "{text}");
    let (models, _) = compile("struct T(a: [8]) -> [8] { let f = Dense(8); a -> f -> f }");
    assert_eq!(models[0].layers.len(), 1);
    assert_eq!(models[0].nodes.len(), 2);
}

#[test]
fn blocks_take_parameters_and_consts() {
    let text = graph(
        "const WIDTH: usize = 2 * 8;
         block Mix<T, C>(x: [T, C], heads: usize, rate: f32 = 0.1) -> [T, heads * C] {
             x -> Dropout(rate) -> Dense(heads * C)
         }
         struct Net(x: [3, WIDTH]) -> [3, 128] { x -> Mix(2) -> Mix(heads = 4, rate = 0.2) }",
    );
    assert!(
        text.contains("v3 [3, 32] = mix2.dropout1: Dropout(rate)(v2)"),
        "{text}"
    );
    assert!(
        text.contains("v4 [3, 128] = mix2.dense1: Dense(heads * C)(v3) weight[32, 128]"),
        "{text}"
    );
}

#[test]
fn outer_consts_stay_symbolic_and_become_assertions() {
    let text = graph(
        "struct Net(x: [SIZE, SIZE, 3]) -> [10] {
            x -> Conv2d(FILTERS, 3x3, stride = 2, padding = same) -> Conv2d(8, 3x3)
              -> Flatten -> Dense(crate::HIDDEN) -> Relu -> Dense(10)
        }",
    );
    assert!(
        text.contains("[(SIZE + 1) / 2, (SIZE + 1) / 2, FILTERS]"),
        "{text}"
    );
    assert!(
        text.contains("weight[3, 3, 3, FILTERS] bias[FILTERS]"),
        "{text}"
    );
    assert!(text.contains("assert"), "{text}");
}

#[test]
fn every_layer_has_its_shape() {
    let text = graph(
        "struct All(x: [9, 7, 4]) -> [3, 2] {
            let a = x
                -> Conv2d(8, 3x2, stride = 2x1, padding = [[1, 0], [0, 1]], dilation = 1, groups = 2, init = he_normal, bias_init = constant(0.1))
                -> LeakyRelu(0.2) -> Elu -> Gelu(approximate = tanh) -> Silu -> Mish -> HardSwish -> Relu6
                -> Conv2d(8, 3x3, padding = same, depthwise) -> GroupNorm(4) -> Softplus
                -> ConvTranspose2d(6, 3x3, stride = 2, padding = 1, output_padding = 1) -> LayerNorm
                -> Upsample2d(2, mode = bilinear) -> Pad([[0, 1], [2, 3]]) -> AvgPool2d(3x3, stride = 2, padding = 1)
                -> MaxPool2d(2, padding = same);
            let g = (a -> GlobalAvgPool) + (a -> GlobalMaxPool);
            g -> Tanh -> Reshape([2, -1]) -> Permute([1, 0]) -> Dense(2) -> Softmax
        }",
    );
    assert!(text.contains("[4, 7, 8] = conv2d1"), "{text}");
    assert!(text.contains("[8, 14, 6] = conv_transpose2d1"), "{text}");
    assert!(text.contains("[17, 33, 6] = pad1"), "{text}");
    assert!(text.contains("[9, 17, 6] = avg_pool2d1"), "{text}");
    assert!(text.contains("[5, 9, 6] = max_pool2d1"), "{text}");
    assert!(text.contains("[3, 2] = permute1"), "{text}");
}

#[test]
fn the_readme_error_is_word_for_word() {
    assert_eq!(
        messages(
            "struct Net(image: [28, 28, 1]) -> [10] {
                image
                    -> Conv2d(8, 3x3) -> Relu
                    -> MaxPool2d(2)
                    -> Dense(10)
            }"
        ),
        ["`Dense` wants one axis, found [13, 13, 8]
note: `MaxPool2d(2)` on line 4 produced [13, 13, 8]
help: insert `-> Flatten` before it: 13 * 13 * 8 = 1352 features
code: wants-one-axis"]
    );
}

#[test]
fn one_mistake_is_one_error() {
    let one =
        |source: &str, code: &str| assert_eq!(codes(source), [code], "{:#?}", messages(source));
    one(
        "struct N(x: [4]) -> [2] { x -> Linear(2) }",
        "unknown-layer",
    );
    one(
        "struct N(x: [4]) -> [2] { x -> Dense(2, activation = relu) }",
        "unknown-argument",
    );
    one("struct N(x: [4]) -> [2] { x -> Dense }", "missing-argument");
    one(
        "struct N(x: [4]) -> [2] { x -> Dense(3) }",
        "declared-shape",
    );
    one("struct N(x: [4]) -> [2] { y -> Dense(3) }", "unknown-value");
    one(
        "struct N(x: [4, 4, 3]) -> [2] { x -> Conv2d(8, 5x5) -> Flatten -> Dense(2) }",
        "window-too-large",
    );
    one(
        "struct N(x: [4, 4, 3]) -> [2] { x -> Conv2d(8, 3x3, groups = 2) -> Flatten -> Dense(2) }",
        "groups-do-not-divide",
    );
    one(
        "struct N(x: [4], y: [4]) -> [2] { x -> Dense(2) }",
        "unused-input",
    );
    one(
        "struct N(x: [4]) -> [2] { x -> Dense(2) -> Softmax -> Softmax }",
        "softmax-twice",
    );
    one(
        "struct N(x: [4]) -> [2] { (x -> Dense(3)) + (x -> Dense(2)) }",
        "shapes-differ",
    );
    one(
        "struct N(x: [4]) -> [2] { x -> a: Dense(2) -> a: Dense(2) }",
        "duplicate-name",
    );
    one(
        "block B<C>(x: [C]) -> [C / 2] { x -> Dense(C / 2) } struct N(x: [5]) -> [2] { x -> B -> Dense(2) }",
        "inexact-division",
    );
    one(
        "block B<C>(x: [C]) -> [C] { x -> B } struct N(x: [5]) -> [5] { x -> B }",
        "block-uses-itself",
    );
    one(
        "block B<C>(x: [C]) -> [C] { x -> Dense(C) -> Relux } struct N(x: [5]) -> [5] { x -> [B; 3] -> B }",
        "unknown-layer",
    );
    one(
        "block Unused<C>(x: [C]) -> [C] { x -> Dens(C) } struct N(x: [5]) -> [5] { x -> Dense(5) }",
        "unknown-layer",
    );
    one(
        "struct N<T>(x: [T]) -> [T] where T <= 5 { x -> Dense(T) }",
        "symbolic-dimension",
    );
    one(
        "struct N(x: u32[5]) -> [5] { x -> Dense(5) }",
        "element-type",
    );
    one(
        "struct N(x: [5]) -> [5] { x -> [Dense(5); 100000] }",
        "repeat-count",
    );
    one(
        "struct N(x: [5]) -> [5] { x -> Dropout(50) -> Dense(5) }",
        "wrong-argument",
    );
    one(
        "struct N(x: [5]) -> [5] { let y = x -> Relu; x -> Dense(5) }",
        "unused-let",
    );
    one("struct N(x: [5]) -> [5] { x -> Relu(x) }", "not-a-number");
    one("struct N(x: [5]) -> [5] { Relu(x) }", "layer-without-input");
}

#[test]
fn a_mistake_inside_a_block_names_its_use() {
    assert_eq!(
        messages(
            "block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
                x -> MaxPool2d(2)
            }
            struct Net(image: [28, 28, 1]) -> [3, 3, 1] {
                image -> [Half; 3]
            }"
        ),
        ["`H / 2` is no whole number: 7 can't be divided by 2
note: in `Half` used on line 5, here H = 7, W = 7, C = 1
note: in copy 3 of 3 of the repeat on line 5
help: make it even before: `-> Pad([[0, 1], [0, 1]])` gives 8, or choose another size
code: inexact-division"]
    );
}

#[test]
fn a_mistake_in_the_first_of_fifty_layers_is_one_error() {
    let chain = "-> Conv2d(8, 3x3, padding = same) -> Relu ".repeat(25);
    let source = format!(
        "struct N(x: [9, 9, 3]) -> [2] {{ x -> Conv2d(8) {chain} -> Flatten -> Dense(2) }}"
    );
    assert_eq!(codes(&source), ["missing-argument"]);
}

#[test]
fn endless_builds_are_refused() {
    let mut source = "block B0<C>(x: [C]) -> [C] { x -> Relu -> Tanh } ".to_owned();
    for level in 1..40 {
        let before = level - 1;
        source += &format!("block B{level}<C>(x: [C]) -> [C] {{ x -> B{before} -> B{before} }} ");
    }
    source += "struct N(x: [2]) -> [2] { x -> B39 }";
    assert!(codes(&source).contains(&"too-many-stages"));
}

#[test]
fn five_mistakes_are_five_errors() {
    let source = "struct N(image: [28, 28, 1]) -> [10] {
        image -> Conv2D(8, 3x3, padding = smae, activation = relu) -> ReLU
            -> MaxPool2d(2, strides = 2)
            -> Dropout(25)
            -> Dense(10)
            -> BatchNorm(momentum = 2.0) -> Dense(12)
    }";
    let codes = codes(source);
    let expected = [
        "unknown-layer",
        "unknown-layer",
        "unknown-argument",
        "wrong-argument",
        "wants-one-axis",
        "wrong-argument",
        "declared-shape",
    ];
    assert_eq!(codes, expected, "{:#?}", messages(source));
}

#[test]
fn a_repeat_has_up_to_a_thousand_copies() {
    let of = |copies| format!("pub struct N(x: [2]) -> [2] {{ x -> [Relu; {copies}] }}");
    assert!(!codes(&of(1000)).contains(&"repeat-count"));
    assert!(codes(&of(1001)).contains(&"repeat-count"));
}

#[test]
fn bounds_that_are_one_as_f32_are_refused() {
    let of = |high| {
        format!("pub struct N(x: [2]) -> [3] {{ x -> Dense(3, init = uniform(1.0, {high})) }}")
    };
    assert!(codes(&of("1.001")).is_empty());
    assert_eq!(codes(&of("1.00000001")), codes(&of("1.0")));
    assert!(!codes(&of("1.00000001")).is_empty());
}
