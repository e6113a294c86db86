//! Time per element of the kernels that are no matrix products, on values that fit in the L2 cache, one thread.
//!
//! `cargo bench -p shapeflow-runtime --bench layers -- [NAME]`; `SHAPEFLOW_ISA=avx2` or `portable` asks for a lesser
//! instruction set. Each line: kernel, nanoseconds per element of its larger side, GB/s that it reads and writes.

use std::hint::black_box;
use std::time::Instant;

use shapeflow_runtime::kernels::activation::{self, Activation};
use shapeflow_runtime::kernels::elementwise::{self, Broadcast, Operation};
use shapeflow_runtime::kernels::group_norm::{self, GroupNorm};
use shapeflow_runtime::kernels::pool::{GlobalPool, Pool2d};
use shapeflow_runtime::kernels::{
    avg_pool2d, batch_norm, dropout, global_avg_pool, layer_norm, max_pool2d, softmax,
};
use shapeflow_runtime::simd::Isa;

/// 256 KiB of floats.
const LEN: usize = 1 << 16;

/// Runs `kernel` for about a tenth of a second in batches, and prints the fastest batch.
fn time(name: &str, elements: usize, floats_moved: usize, mut kernel: impl FnMut()) {
    let wanted = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    if wanted.is_some_and(|wanted| !name.contains(&wanted)) {
        return;
    }
    let mut best = f64::INFINITY;
    let start = Instant::now();
    while start.elapsed().as_millis() < 100 {
        let batch = Instant::now();
        for _ in 0..8 {
            kernel();
        }
        best = best.min(batch.elapsed().as_secs_f64() / 8.0);
    }
    let ns = best * 1e9 / elements as f64;
    println!(
        "{name:<34} {ns:>8.3} ns {:>8.1} GB/s",
        floats_moved as f64 * 4.0 / best / 1e9
    );
}

fn values(seed: u32) -> Vec<f32> {
    (0..LEN as u32)
        .map(|k| {
            (k.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) as f32 / (1 << 22) as f32 - 2.0
        })
        .collect()
}

fn main() {
    println!("{:?}", Isa::current());
    let (x, dy) = (values(1), values(2));
    let mut y = vec![0.0; LEN];
    let mut dx = vec![0.0; LEN];
    activations(&x, &dy, &mut y);
    pools(&x, &dy, &mut y, &mut dx);
    norms(&x, &dy, &mut y, &mut dx);
    time("dropout", LEN, 2 * LEN, || {
        dropout::forward(0.25, black_box(7), 0, &x, &mut y)
    });
    let plain = Broadcast::new(&[LEN], &[LEN]);
    time("add", LEN, 3 * LEN, || {
        elementwise::forward(Operation::Add, &plain, 1, &x, &dy, &mut y)
    });
    time("add in place", LEN, 3 * LEN, || {
        elementwise::add_assign(&mut y, &x)
    });
    time("scale", LEN, 2 * LEN, || {
        elementwise::scale(0.5, &x, &mut y)
    });
    for channels in [16, 64] {
        let gate = Broadcast::new(&[LEN / channels, channels], &[channels]);
        let op = Operation::Multiply;
        let name = format!("multiply by channel ({channels})");
        time(&name, LEN, 2 * LEN, || {
            elementwise::forward(op, &gate, 1, &x, &dy[..channels], &mut y)
        });
        let mut db = vec![0.0; channels];
        let name = format!("its gradient by channel ({channels})");
        time(&name, LEN, 2 * LEN, || {
            elementwise::backward_right(op, &gate, 1, &x, &[], &dy, &mut db, false)
        });
    }
    for size in [10, 1000] {
        let (rows, len) = (LEN / size, LEN / size * size);
        let name = format!("softmax ({size})");
        time(&name, len, 2 * len, || {
            softmax::forward(size, rows, &x[..len], &mut y[..len])
        });
        let name = format!("log_softmax ({size})");
        time(&name, len, 2 * len, || {
            softmax::log_softmax_forward(size, rows, &x[..len], &mut y[..len])
        });
        let name = format!("softmax backward ({size})");
        time(&name, len, 3 * len, || {
            softmax::backward(size, rows, &x[..len], &dy[..len], &mut dx[..len])
        });
    }
}

fn activations(x: &[f32], dy: &[f32], y: &mut [f32]) {
    for act in [
        Activation::Relu,
        Activation::LeakyRelu(0.01),
        Activation::Elu(1.0),
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Mish,
        Activation::HardSwish,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Softplus,
    ] {
        time(&format!("{act:?}"), LEN, 2 * LEN, || {
            activation::forward(act, x, y)
        });
        time(&format!("{act:?} backward"), LEN, 3 * LEN, || {
            activation::backward(act, x, dy, y)
        });
    }
}

fn pools(x: &[f32], dy: &[f32], y: &mut [f32], dx: &mut [f32]) {
    for (channels, kernel, stride) in [(32, 2, 2), (64, 2, 2), (64, 3, 2), (64, 3, 1)] {
        let side = 32;
        let spec = Pool2d::new(
            [side, side, channels],
            [kernel; 2],
            [stride; 2],
            [[0; 2]; 2],
        );
        let (input, output) = (spec.input_len(), spec.output_len());
        let (x, y, dx) = (&x[..input], &mut y[..output], &mut dx[..input]);
        let dy = &dy[..output];
        let name = format!("{kernel}x{kernel}/{stride} ({channels})");
        time(&format!("max_pool2d {name}"), input, input + output, || {
            max_pool2d::forward(&spec, 1, x, y)
        });
        time(
            &format!("max_pool2d backward {name}"),
            input,
            2 * input + 2 * output,
            || {
                max_pool2d::backward(&spec, 1, x, y, dy, dx);
            },
        );
        time(&format!("avg_pool2d {name}"), input, input + output, || {
            avg_pool2d::forward(&spec, 1, x, y)
        });
        time(
            &format!("avg_pool2d backward {name}"),
            input,
            input + output,
            || {
                avg_pool2d::backward(&spec, 1, dy, dx);
            },
        );
    }
    let spec = GlobalPool::new(64, 64);
    let n = LEN / spec.input_len();
    time("global_avg_pool (64)", LEN, LEN, || {
        global_avg_pool::forward(&spec, n, x, &mut y[..n * 64])
    });
}

fn norms(x: &[f32], dy: &[f32], y: &mut [f32], dx: &mut [f32]) {
    for channels in [16, 64] {
        let rows = LEN / channels;
        let ones = vec![1.0; channels];
        let mut partial = vec![0.0; 2 * channels];
        let mut statistics = vec![0.5; 3 * channels];
        time(
            &format!("batch_norm statistics ({channels})"),
            LEN,
            LEN,
            || {
                batch_norm::partial_statistics(channels, rows, x, &mut partial);
            },
        );
        batch_norm::combine_statistics(channels, rows, &[1], &partial, 1e-3, &mut statistics);
        time(
            &format!("batch_norm forward ({channels})"),
            LEN,
            2 * LEN,
            || {
                batch_norm::forward(
                    channels,
                    rows,
                    x,
                    &statistics,
                    &ones,
                    &ones,
                    None,
                    Activation::Relu,
                    y,
                );
            },
        );
        time(
            &format!("batch_norm backward partial ({channels})"),
            LEN,
            2 * LEN,
            || {
                batch_norm::backward_partial(channels, rows, x, &statistics, dy, &mut partial);
            },
        );
        time(
            &format!("batch_norm backward input ({channels})"),
            LEN,
            3 * LEN,
            || {
                batch_norm::backward_input(channels, rows, x, &statistics, dy, dx);
            },
        );
    }
    let features = 256;
    let rows = LEN / features;
    let ones = vec![1.0; features];
    let (mut dscale, mut dshift) = (vec![0.0; features], vec![0.0; features]);
    let mut saved = vec![0.5; 2 * rows];
    time("layer_norm (256)", LEN, 2 * LEN, || {
        layer_norm::forward(features, rows, x, &ones, &ones, 1e-3, y, &mut saved);
    });
    time("layer_norm backward (256)", LEN, 3 * LEN, || {
        layer_norm::backward(
            features,
            rows,
            x,
            &saved,
            &ones,
            dy,
            dx,
            &mut dscale,
            &mut dshift,
        );
    });
    let spec = GroupNorm::new(256, 64, 4);
    let n = LEN / spec.len();
    let mut saved = vec![0.5; n * spec.saved_len()];
    time("group_norm (64, 4 groups)", LEN, 2 * LEN, || {
        group_norm::forward(&spec, n, x, &ones[..64], &ones[..64], 1e-3, y, &mut saved);
    });
    time("group_norm backward (64, 4 groups)", LEN, 3 * LEN, || {
        group_norm::backward(
            &spec,
            n,
            x,
            &saved,
            &ones[..64],
            dy,
            dx,
            &mut dscale[..64],
            &mut dshift[..64],
        );
    });
}
