//! Each kernel alone, on one thread, with its share of the multiply-add peak measured in the same run.
//!
//! `cargo bench -p shapeflow-bench --bench kernels [-- words that the name must contain]`; the variable
//! `SHAPEFLOW_ISA` (`portable`, `avx2`, `avx512`) chooses a lesser instruction set.

use std::hint::black_box;
use std::time::{Duration, Instant};

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::conv_transpose2d::{self, ConvTranspose2d};
use shapeflow_runtime::kernels::conv2d::{self, Conv2d};
use shapeflow_runtime::kernels::dense::{self, Dense};
use shapeflow_runtime::simd::{Isa, peak_flops};

/// A buffer that begins at a cache line, as those of the engine do.
struct Buffer(Vec<f32>, usize);

impl Buffer {
    fn new(len: usize, mut value: impl FnMut(usize) -> f32) -> Self {
        let mut numbers = vec![0.0; len + 16];
        let skip = numbers.as_ptr().align_offset(64);
        for (i, number) in numbers[skip..skip + len].iter_mut().enumerate() {
            *number = value(i);
        }
        Self(numbers, skip)
    }

    fn random(len: usize) -> Self {
        let mut state = 1u64;
        Self::new(len, |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
    }

    fn zeros(len: usize) -> Self {
        Self::new(len, |_| 0.0)
    }
}

impl std::ops::Deref for Buffer {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        &self.0[self.1..self.0.len() - 16 + self.1]
    }
}

impl std::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        let end = self.0.len() - 16 + self.1;
        &mut self.0[self.1..end]
    }
}

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

    fn conv2d(&mut self, name: &str, n: usize, spec: Conv2d) {
        let x = Buffer::random(n * spec.input_len());
        let dy = Buffer::random(n * spec.output_len());
        let weight = Buffer::random(spec.weight_len());
        let bias = Buffer::random(spec.filters);
        let flops = n as u64 * spec.flops();

        let mut packed = Buffer::zeros(spec.packed_forward_len());
        let mut scratch = Buffer::zeros(spec.forward_scratch_len());
        let mut y = Buffer::zeros(dy.len());
        conv2d::pack_forward(&spec, &weight, &mut packed);
        self.measure(&format!("conv2d {name} forward"), flops, || {
            conv2d::forward(
                &spec,
                n,
                &x,
                &packed,
                Some(&bias),
                Activation::Relu,
                &mut y,
                &mut scratch,
            );
            black_box(&mut y);
        });

        let mut packed = Buffer::zeros(spec.packed_backward_len());
        let mut scratch = Buffer::zeros(spec.backward_input_scratch_len());
        let mut dx = Buffer::zeros(x.len());
        conv2d::pack_backward(&spec, &weight, &mut packed);
        self.measure(&format!("conv2d {name} backward_input"), flops, || {
            conv2d::backward_input(&spec, n, &dy, &packed, &mut dx, false, &mut scratch);
            black_box(&mut dx);
        });

        let mut scratch = Buffer::zeros(spec.backward_weight_scratch_len());
        let mut dweight = Buffer::zeros(weight.len());
        let mut dbias = Buffer::zeros(spec.filters);
        self.measure(&format!("conv2d {name} backward_weight"), flops, || {
            conv2d::backward_weight(
                &spec,
                n,
                &x,
                &dy,
                &mut dweight,
                Some(&mut dbias),
                &mut scratch,
            );
            black_box(&mut dweight);
        });
        self.measure(&format!("conv2d {name} pack (both)"), 0, || {
            let mut packed_forward = Buffer::zeros(spec.packed_forward_len());
            conv2d::pack_forward(&spec, &weight, &mut packed_forward);
            conv2d::pack_backward(&spec, &weight, &mut packed);
            black_box(&mut packed);
        });
    }

    fn conv_transpose2d(&mut self, name: &str, n: usize, spec: ConvTranspose2d) {
        let x = Buffer::random(n * spec.input_len());
        let dy = Buffer::random(n * spec.output_len());
        let weight = Buffer::random(spec.weight_len());
        let flops = n as u64 * spec.flops();

        let mut packed = Buffer::zeros(spec.packed_forward_len());
        let mut scratch = Buffer::zeros(spec.forward_scratch_len());
        let mut y = Buffer::zeros(dy.len());
        conv_transpose2d::pack_forward(&spec, &weight, &mut packed);
        self.measure(&format!("conv_transpose2d {name} forward"), flops, || {
            conv_transpose2d::forward(
                &spec,
                n,
                &x,
                &packed,
                None,
                Activation::Relu,
                &mut y,
                &mut scratch,
            );
            black_box(&mut y);
        });

        let mut packed = Buffer::zeros(spec.packed_backward_len());
        let mut scratch = Buffer::zeros(spec.backward_input_scratch_len());
        let mut dx = Buffer::zeros(x.len());
        conv_transpose2d::pack_backward(&spec, &weight, &mut packed);
        self.measure(
            &format!("conv_transpose2d {name} backward_input"),
            flops,
            || {
                conv_transpose2d::backward_input(
                    &spec,
                    n,
                    &dy,
                    &packed,
                    &mut dx,
                    false,
                    &mut scratch,
                );
                black_box(&mut dx);
            },
        );

        let mut scratch = Buffer::zeros(spec.backward_weight_scratch_len());
        let mut dweight = Buffer::zeros(weight.len());
        self.measure(
            &format!("conv_transpose2d {name} backward_weight"),
            flops,
            || {
                conv_transpose2d::backward_weight(
                    &spec,
                    n,
                    &x,
                    &dy,
                    &mut dweight,
                    None,
                    &mut scratch,
                );
                black_box(&mut dweight);
            },
        );
    }

    fn dense(&mut self, inputs: usize, units: usize, rows: usize) {
        let spec = Dense { inputs, units };
        let name = format!("dense {inputs} -> {units}, {rows} rows");
        let x = Buffer::random(rows * inputs);
        let dy = Buffer::random(rows * units);
        let weight = Buffer::random(spec.weight_len());
        let bias = Buffer::random(units);
        let flops = rows as u64 * spec.flops();

        let mut packed = Buffer::zeros(spec.packed_forward_len());
        let mut scratch = Buffer::zeros(spec.forward_scratch_len());
        let mut y = Buffer::zeros(dy.len());
        dense::pack_forward(&spec, &weight, &mut packed);
        self.measure(&format!("{name} forward"), flops, || {
            dense::forward(
                &spec,
                rows,
                &x,
                &weight,
                &packed,
                Some(&bias),
                Activation::Relu,
                &mut y,
                &mut scratch,
            );
            black_box(&mut y);
        });
        self.measure(&format!("{name} forward by gemm"), flops, || {
            // SAFETY: the buffers have the lengths that sizes and strides say.
            unsafe {
                gemm::gemm(
                    rows,
                    units,
                    inputs,
                    y.as_mut_ptr(),
                    1,
                    units as isize,
                    false,
                    x.as_ptr(),
                    1,
                    inputs as isize,
                    weight.as_ptr(),
                    1,
                    units as isize,
                    0.0f32,
                    1.0f32,
                    false,
                    false,
                    false,
                    gemm::Parallelism::None,
                );
            }
            black_box(&mut y);
        });

        let mut packed = Buffer::zeros(spec.packed_backward_len());
        let mut scratch = Buffer::zeros(spec.backward_input_scratch_len());
        let mut dx = Buffer::zeros(x.len());
        dense::pack_backward(&spec, &weight, &mut packed);
        self.measure(&format!("{name} backward_input"), flops, || {
            dense::backward_input(
                &spec,
                rows,
                &dy,
                &weight,
                &packed,
                &mut dx,
                false,
                &mut scratch,
            );
            black_box(&mut dx);
        });

        let mut scratch = Buffer::zeros(spec.backward_weight_scratch_len());
        let mut dweight = Buffer::zeros(weight.len());
        self.measure(&format!("{name} backward_weight"), flops, || {
            dense::backward_weight(&spec, rows, &x, &dy, 0..inputs, &mut dweight, &mut scratch);
            black_box(&mut dweight);
        });
        self.measure(&format!("{name} backward_weight by gemm"), flops, || {
            // SAFETY: the buffers have the lengths that sizes and strides say.
            unsafe {
                gemm::gemm(
                    inputs,
                    units,
                    rows,
                    dweight.as_mut_ptr(),
                    1,
                    units as isize,
                    true,
                    x.as_ptr(),
                    inputs as isize,
                    1,
                    dy.as_ptr(),
                    1,
                    units as isize,
                    1.0f32,
                    1.0f32,
                    false,
                    false,
                    false,
                    gemm::Parallelism::None,
                );
            }
            black_box(&mut dweight);
        });
        let mut packed_forward = Buffer::zeros(spec.packed_forward_len());
        self.measure(&format!("{name} pack (both)"), 0, || {
            dense::pack_forward(&spec, &weight, &mut packed_forward);
            dense::pack_backward(&spec, &weight, &mut packed);
            black_box((&mut packed_forward, &mut packed));
        });
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
    let valid = Conv2d {
        height: 32,
        width: 32,
        channels: 3,
        filters: 32,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [[0, 0], [0, 0]],
        dilation: [1, 1],
        groups: 1,
    };
    let same = Conv2d {
        padding: [[1, 1], [1, 1]],
        ..valid
    };
    bench.conv2d("32x32x3 -> 32, 3x3", 8, valid);
    bench.conv2d(
        "15x15x32 -> 64, 3x3",
        8,
        Conv2d {
            height: 15,
            width: 15,
            channels: 32,
            filters: 64,
            ..valid
        },
    );
    bench.conv2d(
        "32x32x3 -> 16, 3x3 same",
        8,
        Conv2d {
            filters: 16,
            ..same
        },
    );
    bench.conv2d(
        "32x32x16 -> 16, 3x3 same",
        8,
        Conv2d {
            channels: 16,
            filters: 16,
            ..same
        },
    );
    bench.conv2d(
        "16x16x32 -> 32, 3x3 same",
        8,
        Conv2d {
            height: 16,
            width: 16,
            channels: 32,
            ..same
        },
    );
    bench.conv2d(
        "8x8x64 -> 64, 3x3 same",
        8,
        Conv2d {
            height: 8,
            width: 8,
            channels: 64,
            filters: 64,
            ..same
        },
    );
    let halving = Conv2d {
        stride: [2, 2],
        padding: [[0, 1], [0, 1]],
        ..valid
    };
    bench.conv2d(
        "32x32x16 -> 32, 3x3 same, stride 2",
        8,
        Conv2d {
            channels: 16,
            ..halving
        },
    );
    bench.conv2d(
        "16x16x32 -> 64, 3x3 same, stride 2",
        8,
        Conv2d {
            height: 16,
            width: 16,
            channels: 32,
            filters: 64,
            ..halving
        },
    );
    let pointwise = Conv2d {
        kernel: [1, 1],
        height: 16,
        width: 16,
        channels: 64,
        filters: 64,
        ..valid
    };
    bench.conv2d("16x16x64 -> 64, 1x1", 8, pointwise);
    bench.conv2d(
        "16x16x64 -> 64, 1x1, stride 2",
        8,
        Conv2d {
            stride: [2, 2],
            ..pointwise
        },
    );
    bench.conv2d(
        "28x28x1 -> 32, 3x3",
        8,
        Conv2d {
            height: 28,
            width: 28,
            channels: 1,
            ..valid
        },
    );
    bench.conv2d(
        "13x13x32 -> 64, 3x3",
        8,
        Conv2d {
            height: 13,
            width: 13,
            channels: 32,
            filters: 64,
            ..valid
        },
    );
    bench.conv2d(
        "28x28x192 depthwise 3x3",
        1,
        Conv2d {
            height: 28,
            width: 28,
            channels: 192,
            filters: 192,
            groups: 192,
            ..same
        },
    );
    bench.conv2d(
        "56x56x128 -> 128, 3x3 same",
        1,
        Conv2d {
            height: 56,
            width: 56,
            channels: 128,
            filters: 128,
            ..same
        },
    );
    bench.conv2d(
        "7x7x256 -> 256, 3x3 same",
        4,
        Conv2d {
            height: 7,
            width: 7,
            channels: 256,
            filters: 256,
            ..same
        },
    );
    bench.conv_transpose2d(
        "8x8x64 -> 32, 4x4, stride 2",
        8,
        ConvTranspose2d {
            height: 8,
            width: 8,
            channels: 64,
            filters: 32,
            kernel: [4, 4],
            stride: [2, 2],
            padding: [[1, 1], [1, 1]],
            output_padding: [0, 0],
            groups: 1,
        },
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
