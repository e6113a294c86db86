//! Each kernel alone, on one thread, with its share of the multiply-add peak measured in the same run.
//!
//! `cargo bench -p shapeflow-bench --bench kernels [-- words that the name must contain]`; the variable
//! `SHAPEFLOW_ISA` (`portable`, `avx2`, `avx512`) chooses a lesser instruction set.

mod buffer;
mod conv;
mod dense;

use std::time::{Duration, Instant};

use shapeflow_runtime::kernels::conv_transpose2d::ConvTranspose2d;
use shapeflow_runtime::kernels::conv2d::Conv2d;
use shapeflow_runtime::simd::{Isa, peak_flops};

struct Bench {
    words: Vec<String>,
    peak: f64,
}

impl Bench {
    /// Times `run` (the fastest of many) and prints its operations per second and share of the peak.
    fn measure(&mut self, name: &str, flops: u64, mut run: impl FnMut()) {
        if !self.words.iter().all(|word| name.contains(word.as_str())) {
            return;
        }
        self.peak = self.peak.max(peak_flops(Duration::from_millis(5)));
        run();
        let start = Instant::now();
        let mut best = Duration::MAX;
        while start.elapsed() < Duration::from_millis(120) {
            let one = Instant::now();
            run();
            best = best.min(one.elapsed());
        }
        let rate = flops as f64 / best.as_secs_f64();
        println!(
            "{name:<58} {:>9.1} µs {:>7.1} GFLOP/s {:>5.1} %",
            best.as_secs_f64() * 1e6,
            rate / 1e9,
            100.0 * rate / self.peak
        );
    }
}

fn main() {
    let words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let peak = peak_flops(Duration::from_millis(200));
    println!(
        "{:?}, multiply-add peak of one core {:.1} GFLOP/s",
        Isa::current(),
        peak / 1e9
    );
    let mut bench = Bench { words, peak };
    let valid = Conv2d::new([32, 32, 3], 32, [3, 3], [1, 1], [[0, 0], [0, 0]], [1, 1], 1);
    bench.conv2d("32x32x3 -> 32, 3x3", 8, valid);
    bench.conv2d(
        "15x15x32 -> 64, 3x3",
        8,
        Conv2d::new(
            [15, 15, 32],
            64,
            [3, 3],
            [1, 1],
            [[0, 0], [0, 0]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "32x32x3 -> 16, 3x3 same",
        8,
        Conv2d::new([32, 32, 3], 16, [3, 3], [1, 1], [[1, 1], [1, 1]], [1, 1], 1),
    );
    bench.conv2d(
        "32x32x16 -> 16, 3x3 same",
        8,
        Conv2d::new(
            [32, 32, 16],
            16,
            [3, 3],
            [1, 1],
            [[1, 1], [1, 1]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "16x16x32 -> 32, 3x3 same",
        8,
        Conv2d::new(
            [16, 16, 32],
            32,
            [3, 3],
            [1, 1],
            [[1, 1], [1, 1]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "8x8x64 -> 64, 3x3 same",
        8,
        Conv2d::new([8, 8, 64], 64, [3, 3], [1, 1], [[1, 1], [1, 1]], [1, 1], 1),
    );
    bench.conv2d(
        "32x32x16 -> 32, 3x3 same, stride 2",
        8,
        Conv2d::new(
            [32, 32, 16],
            32,
            [3, 3],
            [2, 2],
            [[0, 1], [0, 1]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "16x16x32 -> 64, 3x3 same, stride 2",
        8,
        Conv2d::new(
            [16, 16, 32],
            64,
            [3, 3],
            [2, 2],
            [[0, 1], [0, 1]],
            [1, 1],
            1,
        ),
    );
    let pointwise = Conv2d::new(
        [16, 16, 64],
        64,
        [1, 1],
        [1, 1],
        [[0, 0], [0, 0]],
        [1, 1],
        1,
    );
    bench.conv2d("16x16x64 -> 64, 1x1", 8, pointwise);
    bench.conv2d(
        "16x16x64 -> 64, 1x1, stride 2",
        8,
        Conv2d::new(
            [16, 16, 64],
            64,
            [1, 1],
            [2, 2],
            [[0, 0], [0, 0]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "28x28x1 -> 32, 3x3",
        8,
        Conv2d::new([28, 28, 1], 32, [3, 3], [1, 1], [[0, 0], [0, 0]], [1, 1], 1),
    );
    bench.conv2d(
        "13x13x32 -> 64, 3x3",
        8,
        Conv2d::new(
            [13, 13, 32],
            64,
            [3, 3],
            [1, 1],
            [[0, 0], [0, 0]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "28x28x192 depthwise 3x3",
        1,
        Conv2d::new(
            [28, 28, 192],
            192,
            [3, 3],
            [1, 1],
            [[1, 1], [1, 1]],
            [1, 1],
            192,
        ),
    );
    bench.conv2d(
        "56x56x128 -> 128, 3x3 same",
        1,
        Conv2d::new(
            [56, 56, 128],
            128,
            [3, 3],
            [1, 1],
            [[1, 1], [1, 1]],
            [1, 1],
            1,
        ),
    );
    bench.conv2d(
        "7x7x256 -> 256, 3x3 same",
        4,
        Conv2d::new(
            [7, 7, 256],
            256,
            [3, 3],
            [1, 1],
            [[1, 1], [1, 1]],
            [1, 1],
            1,
        ),
    );
    bench.conv_transpose2d(
        "8x8x64 -> 32, 4x4, stride 2",
        8,
        ConvTranspose2d::new([8, 8, 64], 32, [4, 4], [2, 2], [[1, 1], [1, 1]], [0, 0], 1),
    );
    for rows in [1, 8, 32, 128] {
        bench.dense(2304, 128, rows);
        bench.dense(784, 256, rows);
    }
    bench.dense(256, 128, 128);
    bench.dense(128, 10, 128);
    bench.dense(1024, 1024, 64);
    println!(
        "multiply-add peak over the run {:.1} GFLOP/s",
        bench.peak / 1e9
    );
}
