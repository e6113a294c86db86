//! No kernel allocates: each runs once under an allocator that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use shapeflow_runtime::kernels::activation::{self, Activation};
use shapeflow_runtime::kernels::elementwise::{self, Broadcast, Operation};
use shapeflow_runtime::kernels::group_norm::{self, GroupNorm};
use shapeflow_runtime::kernels::pad::{self, Pad2d};
use shapeflow_runtime::kernels::permute::{self, Permute};
use shapeflow_runtime::kernels::pool::{GlobalPool, Pool2d};
use shapeflow_runtime::kernels::upsample2d::{self, Interpolation, Upsample2d};
use shapeflow_runtime::kernels::{
    avg_pool2d, batch_norm, concat, dropout, global_avg_pool, global_max_pool, layer_norm,
    max_pool2d, softmax,
};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Fails if `kernel` allocates in this thread.
fn quiet(name: &str, kernel: impl FnOnce()) {
    let before = ALLOCATIONS.get();
    kernel();
    let count = ALLOCATIONS.get() - before;
    assert_eq!(count, 0, "{name} allocates");
}

#[test]
fn no_kernel_allocates() {
    let x: Vec<f32> = (0..4096).map(|k| (k % 37) as f32 - 18.0).collect();
    let mut y = vec![0.0; 4096];
    let mut small = vec![0.0; 512];
    let (mut dscale, mut dshift) = (vec![0.0; 16], vec![0.0; 16]);
    // The first kernel finds the instruction set, for which it may read an environment variable.
    activation::forward(Activation::Relu, &x, &mut y);

    for act in [
        Activation::Relu,
        Activation::Gelu,
        Activation::Mish,
        Activation::Softplus,
    ] {
        quiet("activation", || {
            activation::forward(act, &x, &mut y);
            activation::backward_in_place(act, &x, &mut y);
        });
    }
    for kernel in [2, 3] {
        let spec = Pool2d {
            height: 16,
            width: 16,
            channels: 16,
            kernel: [kernel; 2],
            stride: [2; 2],
            padding: [[0; 2]; 2],
        };
        let out = spec.output_len();
        let dy = vec![1.0; out];
        let mut pooled = vec![0.0; out];
        quiet("max_pool2d", || {
            max_pool2d::forward(&spec, 1, &x, &mut pooled);
            max_pool2d::backward(&spec, 1, &x, &pooled, &dy, &mut y);
        });
        quiet("avg_pool2d", || {
            avg_pool2d::forward(&spec, 1, &x, &mut pooled);
            avg_pool2d::backward(&spec, 1, &dy, &mut y);
        });
    }
    let spec = GlobalPool {
        positions: 256,
        channels: 16,
    };
    quiet("global pools", || {
        global_avg_pool::forward(&spec, 1, &x, &mut dscale);
        global_avg_pool::backward(&spec, 1, &dscale, &mut y);
        global_max_pool::forward(&spec, 1, &x, &mut dscale);
        global_max_pool::backward(&spec, 1, &x, &dscale, &dshift, &mut y);
    });
    quiet("batch_norm", || {
        let (partial, rest) = small.split_at_mut(32);
        let (statistics, coefficients) = rest[..96].split_at_mut(48);
        batch_norm::partial_statistics(16, 256, &x, partial);
        batch_norm::combine_statistics(16, 256, &[1], partial, 1e-3, statistics);
        batch_norm::forward(
            16,
            256,
            &x,
            statistics,
            &x[..16],
            &x[..16],
            Some(&x),
            Activation::Relu,
            &mut y,
        );
        batch_norm::backward_partial(16, 256, &x, statistics, &x, partial);
        batch_norm::backward_combine(
            16,
            256,
            partial,
            statistics,
            &x[..16],
            coefficients,
            &mut dscale,
            &mut dshift,
        );
        batch_norm::backward_input(16, 256, &x, coefficients, &x, &mut y);
        batch_norm::inference(
            16,
            256,
            &x,
            &x[..16],
            &x[20..36],
            &x[..16],
            &x[..16],
            30.0,
            None,
            Activation::Silu,
            &mut y,
        );
    });
    quiet("layer_norm", || {
        let saved = &mut small[..512];
        layer_norm::forward(16, 256, &x, &x[..16], &x[..16], 1e-3, &mut y, saved);
        layer_norm::backward(
            16,
            256,
            &x,
            saved,
            &x[..16],
            &x,
            &mut y,
            &mut dscale,
            &mut dshift,
        );
    });
    let spec = GroupNorm {
        positions: 256,
        channels: 16,
        groups: 4,
    };
    quiet("group_norm", || {
        let saved = &mut small[..8];
        group_norm::forward(&spec, 1, &x, &x[..16], &x[..16], 1e-3, &mut y, saved);
        group_norm::backward(
            &spec,
            1,
            &x,
            saved,
            &x[..16],
            &x,
            &mut y,
            &mut dscale,
            &mut dshift,
        );
    });
    quiet("dropout", || dropout::forward(0.5, 1, 0, &x, &mut y));
    let gate = Broadcast::new(&[256, 16], &[16]);
    quiet("elementwise", || {
        elementwise::forward(Operation::Multiply, &gate, 1, &x, &x[..16], &mut y);
        elementwise::backward_left(
            Operation::Multiply,
            &gate,
            1,
            &x,
            &x[..16],
            &x,
            &mut y,
            false,
        );
        elementwise::backward_right(
            Operation::Multiply,
            &gate,
            1,
            &x,
            &x[..16],
            &x,
            &mut dscale,
            true,
        );
        elementwise::add_assign(&mut y, &x);
        elementwise::scale(2.0, &x, &mut y);
    });
    quiet("softmax", || {
        softmax::forward(16, 256, &x, &mut y);
        softmax::backward_in_place(16, 256, &x, &mut y);
        softmax::log_softmax_forward(16, 256, &x, &mut y);
        softmax::log_softmax_backward_in_place(16, 256, &x, &mut y);
    });
    let spec = Permute::new(&[16, 16, 16], &[2, 0, 1]);
    quiet("permute", || {
        permute::forward(&spec, 1, &x, &mut y);
        permute::backward(&spec, 1, &x, &mut y);
    });
    let spec = Pad2d {
        height: 6,
        width: 6,
        channels: 64,
        padding: [[1; 2]; 2],
    };
    quiet("pad", || {
        pad::forward(&spec, 1, &x[..spec.input_len()], &mut y);
        pad::backward(&spec, 1, &x, &mut y[..spec.input_len()]);
    });
    quiet("concat", || {
        concat::forward_part(64, 64, 16, 32, &x[..2048], &mut y);
        concat::backward_part(64, 64, 16, 32, &x, &mut y[..2048]);
    });
    for interpolation in [Interpolation::Nearest, Interpolation::Bilinear] {
        let spec = Upsample2d {
            height: 8,
            width: 8,
            channels: 16,
            factor: [2; 2],
            interpolation,
        };
        quiet("upsample2d", || {
            upsample2d::forward(&spec, 1, &x[..1024], &mut y);
            upsample2d::backward(&spec, 1, &x, &mut y[..1024]);
        });
    }
}
