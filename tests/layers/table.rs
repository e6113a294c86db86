//! The table of cases: every layer of the language with every one of its options, once.
//!
//! **To add a layer, add a row** (or several, until each argument and each value that its page names stands in one):
//!
//! ```text
//! model! { pub struct NameOfTheRow(x: [..]) -> [..] { x -> before: Dense(4) -> it: Layer(..) } }
//! twin = |run, x| ..;
//! torch = "..";
//! ```
//!
//! - The model: what flows into the layer comes from `before: Dense(..)`, on pictures `before: Conv2d(.., 1x1)`, so that gradients
//!   flow through the layer under test too; a second value goes through one of its own.
//! - `twin`: the same in `f64`, by the slow twins of the kernels. `x` is what comes out of `before`; `&run["it.weight"]` is a
//!   tensor, `&run["b"]` an input, `run.examples` the size of the batch, `run.training` which pass it is. What a training pass
//!   does to state is told by `run.set("it.running_mean", ..)`.
//! - `torch`: the same as one expression of Python with the names of `tests/golden/layers.py`: `x` as above, `it.weight`, `b`,
//!   `training`. Its values stand in `tests/golden/layers.safetensors`; after a change both are made again by
//!
//! ```text
//! SHAPEFLOW_WRITE=1 cargo test --test layers pytorch
//! python tests/golden/layers.py
//! ```
//!
//! Read by every module beside this one, by the compiler's fuzzer (its right models) and by the compiler's test that no layer,
//! argument or documented value is without a row.

use shapeflow::kernels::activation::Activation;
use shapeflow::kernels::conv_transpose2d::ConvTranspose2d;
use shapeflow::kernels::conv2d::Conv2d;
use shapeflow::kernels::elementwise::Operation;
use shapeflow::kernels::group_norm::GroupNorm;
use shapeflow::kernels::pad::Pad2d;
use shapeflow::kernels::pool::{GlobalPool, Pool2d};
use shapeflow::kernels::upsample2d::{Interpolation, Upsample2d};
use shapeflow::kernels::{
    activation, avg_pool2d, batch_norm, conv_transpose2d, conv2d, elementwise, global_avg_pool,
    global_max_pool, group_norm, layer_norm, max_pool2d, pad, permute, softmax, upsample2d,
};

use crate::row::{Row, Run, rows};

rows! {
    // Weights

    model! { pub struct DensePlain(x: [3, 4]) -> [3, 5] { x -> before: Dense(4) -> it: Dense(5) } }
    twin = |run, x| run.dense("it", x);
    torch = "dense(x, it)";

    model! {
        pub struct DenseOptions(x: [4]) -> [3] {
            x -> before: Dense(5, bias = true, init = truncated_normal(0.3), bias_init = constant(0.1))
                -> it: Dense(3, bias = false, init = he_normal)
        }
    }
    twin = |run, x| run.dense("it", x);
    torch = "x @ it.weight";

    model! {
        pub struct DenseInits(x: [4]) -> [3] {
            let h = x -> before: Dense(4, init = lecun_normal, bias_init = ones);
            let uniform = (h -> a: Dense(3, init = glorot_uniform)) + (h -> b: Dense(3, init = he_uniform))
                + (h -> c: Dense(3, init = lecun_uniform)) + (h -> d: Dense(3, init = uniform))
                + (h -> e: Dense(3, init = uniform(-0.1, 0.1), bias_init = uniform(0.5, 0.6)));
            let normal = (h -> f: Dense(3, init = glorot_normal)) + (h -> g: Dense(3, init = normal))
                + (h -> h: Dense(3, init = normal(0.02), bias_init = normal))
                + (h -> m: Dense(3, init = truncated_normal(0.05), bias_init = truncated_normal));
            let fixed = (h -> i: Dense(3, init = zeros, bias_init = ones)) + (h -> j: Dense(3, init = orthogonal, bias_init = zeros))
                + (h -> k: Dense(3, init = constant(-0.5), bias_init = ones)) + (h -> l: Dense(3, init = orthogonal(1.5)));
            uniform + normal + fixed
        }
    }
    twin = |run, x| {
        let layers = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"].map(|layer| run.dense(layer, x));
        (0..layers[0].len()).map(|at| layers.iter().map(|y| y[at]).sum()).collect()
    };
    torch = "sum(dense(x, layer) for layer in (a, b, c, d, e, f, g, h, i, j, k, l, m))";

    model! { pub struct Conv2dPlain(x: [5, 4, 2]) -> [3, 2, 4] { x -> before: Conv2d(3, 1x1) -> it: Conv2d(4, 3x3) } }
    twin = |run, x| {
        let spec = Conv2d::new([5, 4, 3], 4, [3, 3], [1, 1], [[0, 0], [0, 0]], [1, 1], 1);
        conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv2d(nchw(x), oihw(it.weight), it.bias))";

    model! {
        pub struct Conv2dStrided(x: [7, 6, 2]) -> [4, 3, 6] {
            x -> before: Conv2d(4, 1x1)
                -> it: Conv2d(6, 3x2, stride = 2, padding = same, groups = 2, bias = true, init = lecun_uniform, bias_init = ones)
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([7, 6, 4], 6, [3, 2], [2, 2], [[1, 1], [0, 0]], [1, 1], 2);
        conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv2d(same(nchw(x), (3, 2), (2, 2)), oihw(it.weight), it.bias, stride=2, groups=2))";

    model! {
        pub struct Conv2dDilated(x: [6, 7, 2]) -> [5, 4, 3] {
            x -> before: Conv2d(3, 1x1)
                -> it: Conv2d(3, 2x3, stride = 1x2, padding = [[1, 0], [2, 1]], dilation = 2x1, groups = 1, bias = false,
                    init = orthogonal(0.5))
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([6, 7, 3], 3, [2, 3], [1, 2], [[1, 0], [2, 1]], [2, 1], 1);
        conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], None)
    };
    torch = "nhwc(F.conv2d(F.pad(nchw(x), (2, 1, 1, 0)), oihw(it.weight), stride=(1, 2), dilation=(2, 1)))";

    // Weights so large that their gradients are products over the whole batch.
    model! {
        pub struct Conv2dLarge(x: [4, 5, 2]) -> [2, 3, 20] {
            x -> before: Conv2d(8, 1x1) -> it: Conv2d(20, 3x3, stride = 2, padding = 1)
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([4, 5, 8], 20, [3, 3], [2, 2], [[1, 1], [1, 1]], [1, 1], 1);
        conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv2d(nchw(x), oihw(it.weight), it.bias, stride=2, padding=1))";

    model! {
        pub struct Conv2dShared(x: [2, 2, 3]) -> [2, 2, 40] {
            let it = Conv2d(40, 1x1, bias = false);
            x -> before: Conv2d(40, 1x1) -> it -> Tanh -> it -> Relu
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([2, 2, 40], 40, [1, 1], [1, 1], [[0, 0], [0, 0]], [1, 1], 1);
        let h = conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], None);
        let h = activation::reference::forward(Activation::Tanh, &h);
        let y = conv2d::reference::forward(&spec, run.examples, &h, &run["it.weight"], None);
        activation::reference::forward(Activation::Relu, &y)
    };
    torch = "nhwc(F.conv2d(nchw(nhwc(F.conv2d(nchw(x), oihw(it.weight))).tanh()), oihw(it.weight))).relu()";

    model! {
        pub struct Conv2dSpread(x: [7, 6, 2]) -> [5, 2, 2] {
            x -> before: Conv2d(3, 1x1) -> it: Conv2d(2, 2x3, padding = valid, dilation = 2, depthwise = false) -> Tanh
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([7, 6, 3], 2, [2, 3], [1, 1], [[0, 0], [0, 0]], [2, 2], 1);
        let y = conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]));
        activation::reference::forward(Activation::Tanh, &y)
    };
    torch = "nhwc(F.conv2d(nchw(x), oihw(it.weight), it.bias, dilation=2)).tanh()";

    model! {
        pub struct Conv2dDepthwise(x: [4, 5, 2]) -> [4, 5, 6] {
            x -> before: Conv2d(3, 1x1) -> it: Conv2d(6, 3x3, padding = 1, depthwise)
        }
    }
    twin = |run, x| {
        let spec = Conv2d::new([4, 5, 3], 6, [3, 3], [1, 1], [[1, 1], [1, 1]], [1, 1], 3);
        conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv2d(nchw(x), oihw(it.weight), it.bias, padding=1, groups=3))";

    model! {
        pub struct Conv2dWide(x: [3, 3, 4]) -> [3, 3, 16] { x -> before: Conv2d(16, 1x1) -> it: Conv2d(16, 1, depthwise = true) -> Relu }
    }
    twin = |run, x| {
        let spec = Conv2d::new([3, 3, 16], 16, [1, 1], [1, 1], [[0, 0], [0, 0]], [1, 1], 16);
        let y = conv2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]));
        activation::reference::forward(Activation::Relu, &y)
    };
    torch = "nhwc(F.conv2d(nchw(x), oihw(it.weight), it.bias, groups=16)).relu()";

    model! {
        pub struct ConvTranspose2dPlain(x: [3, 4, 2]) -> [5, 5, 4] { x -> before: Conv2d(3, 1x1) -> it: ConvTranspose2d(4, 3x2) }
    }
    twin = |run, x| {
        let spec = ConvTranspose2d::new([3, 4, 3], 4, [3, 2], [1, 1], [[0, 0], [0, 0]], [0, 0], 1);
        conv_transpose2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv_transpose2d(nchw(x), iohw(it.weight), it.bias))";

    model! {
        pub struct ConvTranspose2dGrouped(x: [3, 2, 2]) -> [6, 4, 6] {
            x -> before: Conv2d(4, 1x1)
                -> it: ConvTranspose2d(
                    6, 3x3, stride = 2, padding = 1, output_padding = 1, groups = 2, bias = true, init = normal(0.2), bias_init = ones,
                )
        }
    }
    twin = |run, x| {
        let spec = ConvTranspose2d::new([3, 2, 4], 6, [3, 3], [2, 2], [[1, 1], [1, 1]], [1, 1], 2);
        conv_transpose2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv_transpose2d(nchw(x), iohw(it.weight), it.bias, 2, 1, 1, 2))";

    model! {
        pub struct ConvTranspose2dCut(x: [3, 4, 2]) -> [4, 10, 3] {
            x -> before: Conv2d(3, 1x1)
                -> it: ConvTranspose2d(3, 3x3, stride = 1x3, padding = [[1, 0], [0, 3]], output_padding = 0x1, bias = false)
        }
    }
    twin = |run, x| {
        let spec = ConvTranspose2d::new([3, 4, 3], 3, [3, 3], [1, 3], [[1, 0], [0, 3]], [0, 1], 1);
        conv_transpose2d::reference::forward(&spec, run.examples, x, &run["it.weight"], None)
    };
    torch = "F.pad(nhwc(F.conv_transpose2d(nchw(x), iohw(it.weight), None, (1, 3), 0, (0, 1))), (0, 0, 0, -3, -1, 0))";

    model! {
        pub struct ConvTranspose2dSame(x: [3, 2, 2]) -> [6, 4, 2] {
            x -> before: Conv2d(3, 1x1) -> it: ConvTranspose2d(2, 4x2, stride = 2, padding = same) -> Relu
        }
    }
    twin = |run, x| {
        let spec = ConvTranspose2d::new([3, 2, 3], 2, [4, 2], [2, 2], [[1, 1], [0, 0]], [0, 0], 1);
        let y = conv_transpose2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]));
        activation::reference::forward(Activation::Relu, &y)
    };
    torch = "nhwc(F.conv_transpose2d(nchw(x), iohw(it.weight), it.bias, 2, (1, 0))).relu()";

    model! {
        pub struct ConvTranspose2dWhole(x: [2, 3, 2]) -> [4, 6, 2] {
            x -> before: Conv2d(2, 1x1) -> it: ConvTranspose2d(2, 2, stride = 2, padding = valid)
        }
    }
    twin = |run, x| {
        let spec = ConvTranspose2d::new([2, 3, 2], 2, [2, 2], [2, 2], [[0, 0], [0, 0]], [0, 0], 1);
        conv_transpose2d::reference::forward(&spec, run.examples, x, &run["it.weight"], Some(&run["it.bias"]))
    };
    torch = "nhwc(F.conv_transpose2d(nchw(x), iohw(it.weight), it.bias, 2))";

    // Windows over pictures, and pictures made larger

    model! { pub struct MaxPool2dPlain(x: [5, 4, 2]) -> [2, 2, 3] { x -> before: Conv2d(3, 1x1) -> it: MaxPool2d(2) } }
    twin = |run, x| {
        let spec = Pool2d::new([5, 4, 3], [2, 2], [2, 2], [[0, 0], [0, 0]]);
        max_pool2d::reference::forward(&spec, run.examples, x)
    };
    torch = "nhwc(F.max_pool2d(nchw(x), 2))";

    model! {
        pub struct MaxPool2dSame(x: [5, 6, 2]) -> [3, 6, 3] {
            x -> before: Conv2d(3, 1x1) -> it: MaxPool2d(2x3, stride = 2x1, padding = same)
        }
    }
    twin = |run, x| {
        let spec = Pool2d::new([5, 6, 3], [2, 3], [2, 1], [[0, 1], [1, 1]]);
        max_pool2d::reference::forward(&spec, run.examples, x)
    };
    torch = "nhwc(F.max_pool2d(same(nchw(x), (2, 3), (2, 1), -inf), (2, 3), (2, 1)))";

    model! {
        pub struct MaxPool2dPadded(x: [5, 6, 2]) -> [3, 3, 2] {
            x -> before: Conv2d(2, 1x1) -> a: MaxPool2d(3, stride = 1, padding = 1) -> b: MaxPool2d(2, padding = [[0, 1], [0, 0]])
                -> c: MaxPool2d(1, padding = valid)
        }
    }
    twin = |run, x| {
        let first = Pool2d::new([5, 6, 2], [3, 3], [1, 1], [[1, 1], [1, 1]]);
        let second = Pool2d::new([5, 6, 2], [2, 2], [2, 2], [[0, 1], [0, 0]]);
        max_pool2d::reference::forward(&second, run.examples, &max_pool2d::reference::forward(&first, run.examples, x))
    };
    torch = "nhwc(F.max_pool2d(F.pad(F.max_pool2d(nchw(x), 3, 1, 1), (0, 0, 0, 1), value=-inf), 2))";

    model! { pub struct AvgPool2dPlain(x: [5, 4, 2]) -> [2, 2, 3] { x -> before: Conv2d(3, 1x1) -> it: AvgPool2d(2) } }
    twin = |run, x| {
        let spec = Pool2d::new([5, 4, 3], [2, 2], [2, 2], [[0, 0], [0, 0]]);
        avg_pool2d::reference::forward(&spec, run.examples, x)
    };
    torch = "nhwc(F.avg_pool2d(nchw(x), 2))";

    model! {
        pub struct AvgPool2dSame(x: [5, 6, 2]) -> [3, 6, 3] {
            x -> before: Conv2d(3, 1x1) -> it: AvgPool2d(2x3, stride = 2x1, padding = same)
        }
    }
    twin = |run, x| {
        let spec = Pool2d::new([5, 6, 3], [2, 3], [2, 1], [[0, 1], [1, 1]]);
        avg_pool2d::reference::forward(&spec, run.examples, x)
    };
    torch = "mean_of_pixels(lambda x: F.avg_pool2d(same(x, (2, 3), (2, 1)), (2, 3), (2, 1)), x)";

    model! {
        pub struct AvgPool2dPadded(x: [5, 6, 2]) -> [3, 3, 2] {
            x -> before: Conv2d(2, 1x1) -> a: AvgPool2d(3, stride = 1, padding = 1) -> b: AvgPool2d(2, padding = [[0, 1], [0, 0]])
                -> c: AvgPool2d(1, padding = valid)
        }
    }
    twin = |run, x| {
        let first = Pool2d::new([5, 6, 2], [3, 3], [1, 1], [[1, 1], [1, 1]]);
        let second = Pool2d::new([5, 6, 2], [2, 2], [2, 2], [[0, 1], [0, 0]]);
        avg_pool2d::reference::forward(&second, run.examples, &avg_pool2d::reference::forward(&first, run.examples, x))
    };
    torch = "mean_of_pixels(lambda x: F.avg_pool2d(F.pad(x, (0, 0, 0, 1)), 2), nhwc(F.avg_pool2d(nchw(x), 3, 1, 1, count_include_pad=False)))";

    model! { pub struct GlobalAvgPoolPlain(x: [3, 4, 2]) -> [3] { x -> before: Conv2d(3, 1x1) -> it: GlobalAvgPool } }
    twin = |run, x| global_avg_pool::reference::forward(&GlobalPool::new(12, 3), run.examples, x);
    torch = "x.mean((1, 2))";

    model! { pub struct GlobalMaxPoolPlain(x: [3, 4, 2]) -> [3] { x -> before: Conv2d(3, 1x1) -> it: GlobalMaxPool } }
    twin = |run, x| global_max_pool::reference::forward(&GlobalPool::new(12, 3), run.examples, x);
    torch = "x.amax((1, 2))";

    model! {
        pub struct PadSides(x: [3, 2, 2]) -> [6, 7, 3] { x -> before: Conv2d(3, 1x1) -> a: Pad([[1, 0], [2, 1]]) -> b: Pad(1) }
    }
    twin = |run, x| {
        let first = Pad2d::new([3, 2, 3], [[1, 0], [2, 1]]);
        let second = Pad2d::new([4, 5, 3], [[1, 1], [1, 1]]);
        pad::reference::forward(&second, run.examples, &pad::reference::forward(&first, run.examples, x))
    };
    torch = "F.pad(x, (0, 0, 3, 2, 2, 1))";

    model! { pub struct Upsample2dPlain(x: [2, 3, 2]) -> [4, 6, 3] { x -> before: Conv2d(3, 1x1) -> it: Upsample2d(2) } }
    twin = |run, x| {
        let spec = Upsample2d::new([2, 3, 3], [2, 2], Interpolation::Nearest);
        upsample2d::reference::forward(&spec, run.examples, x)
    };
    torch = "nhwc(F.interpolate(nchw(x), scale_factor=2))";

    model! {
        pub struct Upsample2dModes(x: [2, 3, 2]) -> [6, 12, 2] {
            x -> before: Conv2d(2, 1x1) -> a: Upsample2d(3x1, mode = nearest) -> b: Upsample2d(1x4, mode = bilinear)
        }
    }
    twin = |run, x| {
        let first = Upsample2d::new([2, 3, 2], [3, 1], Interpolation::Nearest);
        let second = Upsample2d::new([6, 3, 2], [1, 4], Interpolation::Bilinear);
        upsample2d::reference::forward(&second, run.examples, &upsample2d::reference::forward(&first, run.examples, x))
    };
    torch = "nhwc(F.interpolate(F.interpolate(nchw(x), scale_factor=(3, 1)), scale_factor=(1, 4), mode='bilinear', align_corners=False))";

    // Norms and noise

    model! { pub struct BatchNormPlain(x: [3, 2, 4]) -> [3, 2, 5] { x -> before: Conv2d(5, 1x1, bias = false) -> it: BatchNorm } }
    twin = |run, x| moving_norm(run, 0.99, 1e-3, x);
    torch = "moving_norm(x, it, 0.99, 1e-3)";

    model! {
        pub struct BatchNormOptions(x: [4]) -> [3] {
            x -> before: Dense(3) -> Tanh -> it: BatchNorm(momentum = 0.5, epsilon = 1e-5) -> Relu
        }
    }
    twin = |run, x| {
        let h = activation::reference::forward(Activation::Tanh, x);
        activation::reference::forward(Activation::Relu, &moving_norm(run, 0.5, 1e-5, &h))
    };
    torch = "moving_norm(x.tanh(), it, 0.5, 1e-5).relu()";

    model! { pub struct LayerNormPlain(x: [3, 4]) -> [3, 5] { x -> before: Dense(5) -> it: LayerNorm } }
    twin = |run, x| layer_norm::reference::forward(5, 3 * run.examples, x, &run["it.scale"], &run["it.shift"], 1e-3);
    torch = "F.layer_norm(x, (5,), it.scale, it.shift, 1e-3)";

    model! { pub struct LayerNormOptions(x: [4]) -> [7] { x -> before: Dense(7) -> it: LayerNorm(epsilon = 0.1) -> Gelu } }
    twin = |run, x| {
        let y = layer_norm::reference::forward(7, run.examples, x, &run["it.scale"], &run["it.shift"], f64::from(0.1_f32));
        activation::reference::forward(Activation::Gelu, &y)
    };
    torch = "F.gelu(F.layer_norm(x, (7,), it.scale, it.shift, 0.1))";

    model! { pub struct RmsNormPlain(x: [3, 4]) -> [3, 5] { x -> before: Dense(5) -> it: RmsNorm } }
    twin = |run, x| shapeflow::kernels::rms_norm::reference::forward(5, x, &run["it.scale"], f64::from(1e-6_f32));
    torch = "F.rms_norm(x, (5,), it.scale, 1e-6)";

    model! { pub struct RmsNormOptions(x: [4]) -> [7] { x -> before: Dense(7) -> it: RmsNorm(epsilon = 0.1) -> Tanh } }
    twin = |run, x| {
        let y = shapeflow::kernels::rms_norm::reference::forward(7, x, &run["it.scale"], f64::from(0.1_f32));
        activation::reference::forward(Activation::Tanh, &y)
    };
    torch = "torch.tanh(F.rms_norm(x, (7,), it.scale, 0.1))";

    model! { pub struct GroupNormPlain(x: [3, 2, 4]) -> [3, 2, 6] { x -> before: Conv2d(6, 1x1) -> it: GroupNorm(3) } }
    twin = |run, x| {
        let spec = GroupNorm::new(6, 6, 3);
        group_norm::reference::forward(&spec, run.examples, x, &run["it.scale"], &run["it.shift"], 1e-3)
    };
    torch = "nhwc(F.group_norm(nchw(x), 3, it.scale, it.shift, 1e-3))";

    model! {
        pub struct GroupNormOptions(x: [5]) -> [8] { x -> before: Dense(8) -> it: GroupNorm(2, epsilon = 1e-5) -> Silu }
    }
    twin = |run, x| {
        let spec = GroupNorm::new(1, 8, 2);
        let y = group_norm::reference::forward(&spec, run.examples, x, &run["it.scale"], &run["it.shift"], 1e-5);
        activation::reference::forward(Activation::Silu, &y)
    };
    torch = "F.silu(F.group_norm(x, 2, it.scale, it.shift, 1e-5))";

    // Which values are dropped is a hash that the kernel's tests check; here it is read off the result.
    model! { pub struct DropoutPlain(x: [5, 4]) -> [5, 4] { x -> before: Dense(4) -> it: Dropout(0.25) -> Tanh } }
    twin = |run, x| {
        let kept = |(x, &seen): (&f64, &f64)| if seen == 0.0 { 0.0 } else { x / 0.75 };
        let dropped: Vec<f64> = x.iter().zip(run.seen).map(kept).collect();
        activation::reference::forward(Activation::Tanh, if run.training { &dropped } else { x })
    };
    torch = "torch.tanh(torch.where(seen == 0, 0.0, x / 0.75) if training else x)";

    // Shapes

    model! { pub struct FlattenPlain(x: [2, 3, 2]) -> [24] { x -> before: Conv2d(4, 1x1) -> it: Flatten } }
    twin = |_, x| x.to_vec();
    torch = "x.flatten(1)";

    model! { pub struct ReshapePlain(x: [2, 3, 2]) -> [4, 6] { x -> before: Conv2d(4, 1x1) -> it: Reshape([4, -1]) } }
    twin = |_, x| x.to_vec();
    torch = "x.reshape(-1, 4, 6)";

    model! { pub struct PermutePlain(x: [2, 3, 2]) -> [4, 2, 3] { x -> before: Conv2d(4, 1x1) -> it: Permute([2, 0, 1]) } }
    twin = |run, x| permute::reference::forward(&[2, 3, 4], &[2, 0, 1], run.examples, x);
    torch = "x.permute(0, 3, 1, 2)";

    model! {
        pub struct ConcatLast(x: [3, 2], b: [3, 4]) -> [3, 7] { (x -> before: Dense(2), b -> other: Dense(5)) -> it: Concat }
    }
    twin = |run, x| side_by_side(3 * run.examples, &[x, &run.dense("other", &run["b"])]);
    torch = "torch.cat([x, dense(b, other)], -1)";

    model! {
        pub struct ConcatFirst(x: [3, 2], b: [1, 4]) -> [7, 2] {
            let h = x -> before: Dense(2);
            (h, b -> other: Dense(2), h) -> it: Concat(axis = 0)
        }
    }
    twin = |run, x| side_by_side(run.examples, &[x, &run.dense("other", &run["b"]), x]);
    torch = "torch.cat([x, dense(b, other), x], 1)";

    // Activations: taken into the layer before, after a difference, and after a product.

    model! {
        pub struct ReluWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Relu;
            let b = (a - x) -> Relu;
            (1.5 * b -> Relu) + a
        }
    }
    twin = |run, x| ways(Activation::Relu, run, x);
    torch = "ways(F.relu, x, raw)";

    model! {
        pub struct Relu6Ways(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Relu6;
            let b = (a - x) -> Relu6;
            (1.5 * b -> Relu6) + a
        }
    }
    twin = |run, x| ways(Activation::Relu6, run, x);
    torch = "ways(F.relu6, x, raw)";

    model! {
        pub struct LeakyReluWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> LeakyRelu(0.05);
            let b = (a - x) -> LeakyRelu(slope = 0.05);
            (1.5 * b -> LeakyRelu(0.05)) + a
        }
    }
    twin = |run, x| ways(Activation::LeakyRelu(0.05), run, x);
    torch = "ways(lambda x: F.leaky_relu(x, 0.05), x, raw)";

    model! { pub struct LeakyReluPlain(x: [6]) -> [6] { x -> before: Dense(6) -> LeakyRelu } }
    twin = |_, x| activation::reference::forward(Activation::LeakyRelu(0.01), x);
    torch = "F.leaky_relu(x)";

    model! {
        pub struct EluWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Elu(0.7);
            let b = (a - x) -> Elu(alpha = 0.7);
            (1.5 * b -> Elu(0.7)) + a
        }
    }
    twin = |run, x| ways(Activation::Elu(0.7), run, x);
    torch = "ways(lambda x: F.elu(x, 0.7), x, raw)";

    model! { pub struct EluPlain(x: [6]) -> [6] { x -> before: Dense(6) -> Elu } }
    twin = |_, x| activation::reference::forward(Activation::Elu(1.0), x);
    torch = "F.elu(x)";

    model! {
        pub struct GeluWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Gelu;
            let b = (a - x) -> Gelu(approximate = none);
            (1.5 * b -> Gelu) + a
        }
    }
    twin = |run, x| ways(Activation::Gelu, run, x);
    torch = "ways(F.gelu, x, raw)";

    model! {
        pub struct GeluTanhWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Gelu(approximate = tanh);
            let b = (a - x) -> Gelu(approximate = tanh);
            (1.5 * b -> Gelu(approximate = tanh)) + a
        }
    }
    twin = |run, x| ways(Activation::GeluTanh, run, x);
    torch = "ways(lambda x: F.gelu(x, approximate='tanh'), x, raw)";

    model! {
        pub struct SiluWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Silu;
            let b = (a - x) -> Silu;
            (1.5 * b -> Silu) + a
        }
    }
    twin = |run, x| ways(Activation::Silu, run, x);
    torch = "ways(F.silu, x, raw)";

    model! {
        pub struct MishWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Mish;
            let b = (a - x) -> Mish;
            (1.5 * b -> Mish) + a
        }
    }
    twin = |run, x| ways(Activation::Mish, run, x);
    torch = "ways(F.mish, x, raw)";

    model! {
        pub struct HardSwishWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> HardSwish;
            let b = (a - x) -> HardSwish;
            (1.5 * b -> HardSwish) + a
        }
    }
    twin = |run, x| ways(Activation::HardSwish, run, x);
    torch = "ways(F.hardswish, x, raw)";

    model! {
        pub struct HardSigmoidWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> HardSigmoid;
            let b = (a - x) -> HardSigmoid;
            (1.5 * b -> HardSigmoid) + a
        }
    }
    twin = |run, x| ways(Activation::HardSigmoid, run, x);
    torch = "ways(F.hardsigmoid, x, raw)";

    model! {
        pub struct SigmoidWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Sigmoid;
            let b = (a - x) -> Sigmoid;
            (1.5 * b -> Sigmoid) + a
        }
    }
    twin = |run, x| ways(Activation::Sigmoid, run, x);
    torch = "ways(torch.sigmoid, x, raw)";

    model! {
        pub struct TanhWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Tanh;
            let b = (a - x) -> Tanh;
            (1.5 * b -> Tanh) + a
        }
    }
    twin = |run, x| ways(Activation::Tanh, run, x);
    torch = "ways(torch.tanh, x, raw)";

    model! {
        pub struct SoftplusWays(x: [6]) -> [6] {
            let a = x -> before: Dense(6) -> Softplus;
            let b = (a - x) -> Softplus;
            (1.5 * b -> Softplus) + a
        }
    }
    twin = |run, x| ways(Activation::Softplus, run, x);
    torch = "ways(F.softplus, x, raw)";

    // In the middle of a model, where they are computed, and at its end, where predictions pass through them.

    model! { pub struct SoftmaxMiddle(x: [3, 4]) -> [3, 5] { 2.0 * (x -> before: Dense(5) -> Softmax) } }
    twin = |_, x| softmax::reference::forward(5, x).iter().map(|y| 2.0 * y).collect();
    torch = "2.0 * torch.softmax(x, -1)";

    model! { pub struct SoftmaxEnd(x: [3, 4]) -> [3, 5] { x -> before: Dense(5) -> Softmax } }
    twin = |_, x| x.to_vec();
    torch = "x if training else torch.softmax(x, -1)";

    model! { pub struct LogSoftmaxMiddle(x: [3, 4]) -> [3, 5] { 2.0 * (x -> before: Dense(5) -> LogSoftmax) } }
    twin = |_, x| softmax::reference::log_softmax_forward(5, x).iter().map(|y| 2.0 * y).collect();
    torch = "2.0 * torch.log_softmax(x, -1)";

    model! { pub struct LogSoftmaxEnd(x: [4]) -> [5] { x -> before: Dense(5) -> LogSoftmax } }
    twin = |_, x| x.to_vec();
    torch = "x if training else torch.log_softmax(x, -1)";

    model! { pub struct SigmoidEnd(x: [4]) -> [5] { x -> before: Dense(5) -> Sigmoid } }
    twin = |_, x| x.to_vec();
    torch = "x if training else torch.sigmoid(x)";

    // Operators, which are layers without a name

    model! { pub struct Sum(x: [3, 2, 2], b: [2]) -> [3, 2, 4] { (x -> before: Conv2d(4, 1x1)) + (b -> other: Dense(4)) } }
    twin = |run, x| {
        elementwise::reference::forward(Operation::Add, &[3, 2, 4], &[4], run.examples, x, &run.dense("other", &run["b"]))
    };
    torch = "x + dense(b, other).reshape(-1, 1, 1, 4)";

    model! { pub struct Difference(x: [3, 2], b: [1, 3]) -> [3, 4] { (b -> other: Dense(4)) - (x -> before: Dense(1)) } }
    twin = |run, x| {
        elementwise::reference::forward(Operation::Subtract, &[1, 4], &[3, 1], run.examples, &run.dense("other", &run["b"]), x)
    };
    torch = "dense(b, other) - x";

    model! { pub struct Product(x: [2, 3, 2], b: [2, 1, 2]) -> [2, 3, 4] { (x -> before: Conv2d(4, 1x1)) * (b -> other: Conv2d(4, 1x1)) } }
    twin = |run, x| {
        elementwise::reference::forward(Operation::Multiply, &[2, 3, 4], &[2, 1, 4], run.examples, x, &run.dense("other", &run["b"]))
    };
    torch = "x * dense(b, other)";

    model! { pub struct Numbers(x: [4]) -> [4] { let h = x -> before: Dense(4); 0.5 - h * 3.0 + -h * (h - 0.25) } }
    twin = |_, x| x.iter().map(|h| 0.5 - 3.0 * h - h * (h - 0.25)).collect();
    torch = "0.5 - 3.0 * x - x * (x - 0.25)";
}

/// An activation taken into the layer before, after a difference, and after a product.
fn ways(function: Activation, run: &Run<'_>, x: &[f64]) -> Vec<f64> {
    let f = |x: f64| activation::reference::value(function, x);
    let one = |(x, raw): (&f64, &f64)| f(1.5 * f(f(*x) - raw)) + f(*x);
    x.iter().zip(&run["x"]).map(one).collect()
}

/// `BatchNorm` named `it`, whose running statistics move in training.
fn moving_norm(run: &mut Run<'_>, momentum: f64, epsilon: f64, x: &[f64]) -> Vec<f64> {
    let (scale, shift) = (run["it.scale"].to_vec(), run["it.shift"].to_vec());
    let names = ["it.running_mean", "it.running_variance"];
    let running = names.map(|name| run[name].to_vec());
    if !run.training {
        let [mean, variance] = &running;
        return batch_norm::reference::inference(
            scale.len(),
            x,
            mean,
            variance,
            &scale,
            &shift,
            epsilon,
        );
    }
    let rows = x.len() / scale.len();
    let [mean, variance] = &running;
    let moved = batch_norm::reference::running(scale.len(), rows, x, momentum, [mean, variance]);
    for (name, moved) in names.into_iter().zip(moved) {
        run.set(name, moved);
    }
    batch_norm::reference::forward(scale.len(), rows, x, &scale, &shift, epsilon)
}

/// The rows of each part one after the other.
fn side_by_side(rows: usize, parts: &[&[f64]]) -> Vec<f64> {
    let mut joined = Vec::new();
    for row in 0..rows {
        for part in parts {
            let len = part.len() / rows;
            joined.extend_from_slice(&part[row * len..][..len]);
        }
    }
    joined
}
