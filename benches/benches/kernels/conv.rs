//! The convolutions.

use std::hint::black_box;

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::conv_transpose2d::{self, ConvTranspose2d};
use shapeflow_runtime::kernels::conv2d::{self, Conv2d};

use crate::Bench;
use crate::buffer::Buffer;

impl Bench {
    pub fn conv2d(&mut self, name: &str, n: usize, spec: Conv2d) {
        let x = Buffer::random(n * spec.input_len());
        let dy = Buffer::random(n * spec.output_len());
        let weight = Buffer::random(spec.weight_len());
        let bias = Buffer::random(spec.filters());
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
                false,
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
        let mut dbias = Buffer::zeros(spec.filters());
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

    pub fn conv_transpose2d(&mut self, name: &str, n: usize, spec: ConvTranspose2d) {
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
}
