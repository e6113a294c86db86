//! Kernels with sizes out of a file: each is refused with words, or stays within its slices.

use crate::Target;
use shapeflow::kernels::activation::Activation;
use shapeflow::kernels::conv_transpose2d::{self, ConvTranspose2d};
use shapeflow::kernels::conv2d::{self, Conv2d};
use shapeflow::kernels::dense::{self, Dense};
use shapeflow::kernels::group_norm::{self, GroupNorm};
use shapeflow::kernels::pool::Pool2d;
use shapeflow::kernels::upsample2d::{self, Interpolation, Upsample2d};
use shapeflow::kernels::{avg_pool2d, max_pool2d};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The descriptions of kernels, and the kernels where the sizes are small.
pub const TARGET: Target = Target::new("kernels", seeds, read);

/// Sizes for which products wrap.
const LARGE: [usize; 6] = [
    1 << 16,
    1 << 31,
    (1 << 32) + 1,
    (1 << 61) + 1,
    1 << 63,
    usize::MAX,
];

/// No slice is longer.
const LONGEST: usize = 1 << 14;

fn seeds() -> Vec<Vec<u8>> {
    let sizes: [&[u8]; 4] = [
        &[0, 2, 6, 5, 3, 4, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        &[1, 1, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        &[2, 2, 4, 5, 3, 3, 2, 3, 1, 2, 0, 1, 1, 0, 2, 1, 3],
        &[3, 3, 7, 5, 3, 2, 2, 2, 2, 2, 0, 1, 0, 1, 1, 1, 1],
    ];
    sizes.map(<[u8]>::to_vec).to_vec()
}

/// Bytes below 128 are sizes, the others stand for large ones.
fn size(byte: u8) -> usize {
    match byte.checked_sub(128) {
        None => byte.into(),
        Some(large) => LARGE[usize::from(large) % LARGE.len()],
    }
}

/// Numbers for a slice of this length, or for another one if it is too long.
fn numbers(length: usize) -> Vec<f32> {
    vec![0.5; if length <= LONGEST { length } else { 34 }]
}

/// A call that may be refused by a panic with words.
fn attempt(call: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(call))
        && !(panic.is::<String>() || panic.is::<&str>())
    {
        resume_unwind(panic);
    }
}

/// Packing and all passes of a convolution, plain or transposed; `adds` is what only one of the two takes.
macro_rules! passes {
    ($layer:ident, $spec:expr, $n:expr $(, $adds:expr)?) => {{
        let (spec, n) = (&$spec, $n);
        let weight = numbers(spec.weight_len());
        let mut forward = numbers(spec.packed_forward_len());
        let mut backward = numbers(spec.packed_backward_len());
        let x = numbers(n.wrapping_mul(spec.input_len()));
        let mut y = numbers(n.wrapping_mul(spec.output_len()));
        let (mut dx, mut dweight, mut dbias) = (x.clone(), weight.clone(), numbers(spec.filters()));
        let (bias, mut scratch) = (dbias.clone(), vec![0.0; 1 << 18]);
        let act = Activation::Relu;
        attempt(|| $layer::pack_forward(spec, &weight, &mut forward));
        attempt(|| $layer::pack_backward(spec, &weight, &mut backward));
        attempt(|| $layer::forward(spec, n, &x, &forward, Some(&bias), act, &mut y, $($adds,)? &mut scratch));
        attempt(|| $layer::backward_input(spec, n, &y, &backward, &mut dx, false, &mut scratch));
        attempt(|| $layer::backward_weight(spec, n, &x, &y, &mut dweight, Some(&mut dbias), &mut scratch));
    }};
}

fn read(bytes: &[u8]) {
    let mut sizes = [1; 17];
    for (place, &byte) in sizes.iter_mut().zip(bytes) {
        *place = size(byte);
    }
    let [
        kind,
        n,
        h,
        w,
        c,
        filters,
        kh,
        kw,
        sh,
        sw,
        top,
        bottom,
        left,
        right,
        dh,
        dw,
        groups,
    ] = sizes;
    let (picture, kernel, stride) = ([h, w, c], [kh, kw], [sh, sw]);
    let padding = [[top, bottom], [left, right]];
    attempt(|| match kind % 4 {
        0 => passes!(
            conv2d,
            Conv2d::new(picture, filters, kernel, stride, padding, [dh, dw], groups),
            n,
            false
        ),
        1 => passes!(
            conv_transpose2d,
            ConvTranspose2d::new(picture, filters, kernel, stride, padding, [dh, dw], groups),
            n
        ),
        2 => pool(n, &Pool2d::new(picture, kernel, stride, padding)),
        _ => others(n, picture, filters, groups, stride),
    });
}

fn pool(n: usize, spec: &Pool2d) {
    let (x, mut y) = (
        numbers(n.wrapping_mul(spec.input_len())),
        numbers(n.wrapping_mul(spec.output_len())),
    );
    let (dy, mut dx) = (y.clone(), x.clone());
    attempt(|| max_pool2d::forward(spec, n, &x, &mut y));
    attempt(|| max_pool2d::backward(spec, n, &x, &y, &dy, &mut dx));
    attempt(|| avg_pool2d::forward(spec, n, &x, &mut y));
    attempt(|| avg_pool2d::backward(spec, n, &dy, &mut dx));
}

fn others(n: usize, picture: [usize; 3], units: usize, groups: usize, factors: [usize; 2]) {
    attempt(|| {
        let spec = Dense::new(picture[2], units);
        let (weight, mut packed) = (
            numbers(spec.weight_len()),
            numbers(spec.packed_forward_len()),
        );
        let (x, mut y) = (
            numbers(n.wrapping_mul(picture[2])),
            numbers(n.wrapping_mul(units)),
        );
        attempt(|| dense::pack_forward(&spec, &weight, &mut packed));
        attempt(|| {
            dense::forward(
                &spec,
                n,
                &x,
                &weight,
                &packed,
                None,
                Activation::Relu,
                &mut y,
                &mut [],
            )
        });
    });
    attempt(|| {
        let spec = Upsample2d::new(picture, factors, Interpolation::Bilinear);
        let (x, mut y) = (
            numbers(n.wrapping_mul(spec.input_len())),
            numbers(n.wrapping_mul(spec.output_len())),
        );
        let mut dx = x.clone();
        attempt(|| upsample2d::forward(&spec, n, &x, &mut y));
        attempt(|| upsample2d::backward(&spec, n, &y, &mut dx));
    });
    attempt(|| {
        let spec = GroupNorm::new(picture[0].wrapping_mul(picture[1]), picture[2], groups);
        let (x, row) = (numbers(n.wrapping_mul(spec.len())), numbers(picture[2]));
        let (mut y, mut saved) = (x.clone(), numbers(n.wrapping_mul(spec.saved_len())));
        attempt(|| group_norm::forward(&spec, n, &x, &row, &row, 0.1, &mut y, &mut saved));
    });
}
