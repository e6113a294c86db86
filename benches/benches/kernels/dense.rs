//! The dense layer, beside the `gemm` crate.

use std::hint::black_box;

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::dense::{self, Dense};

use crate::Bench;
use crate::buffer::Buffer;

impl Bench {
    pub fn dense(&mut self, inputs: usize, units: usize, rows: usize) {
        let spec = Dense::new(inputs, units);
        let name = format!("dense {inputs} -> {units}, {rows} rows");
        let x = Buffer::random(rows * inputs);
        let dy = Buffer::random(rows * units);
        let weight = Buffer::random(spec.weight_len());
        let bias = Buffer::random(units);
        let flops = rows as u64 * spec.flops();

        let mut packed = Buffer::zeros(spec.packed_forward_len());
        let mut scratch = Buffer::zeros(spec.scratch_len());
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
        let mut scratch = Buffer::zeros(spec.scratch_len());
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
            dense::backward_weight(
                &spec,
                rows,
                &x,
                &dy,
                0..inputs,
                true,
                &mut dweight,
                &mut scratch,
            );
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
