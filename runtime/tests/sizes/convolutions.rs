//! Convolutions and transposed ones.

use shapeflow_runtime::kernels::activation::Activation;
use shapeflow_runtime::kernels::conv_transpose2d::{self, ConvTranspose2d};
use shapeflow_runtime::kernels::conv2d::{self, Conv2d};
use shapeflow_runtime::kernels::team::{self, Team};

use super::{attempt, fitting, mutations, sweep};

/// Long enough for every layer of the sweep whose other slices fit.
const SCRATCH: usize = 1 << 20;

/// All passes of a layer of module `$layer`, with `n` examples; what `forward` takes besides is `$adds`.
macro_rules! passes {
    ($layer:ident, $spec:expr, $n:expr $(, $adds:expr)?) => {{
        let (spec, n, other) = ($spec, $n, 34);
        let _ = (spec.flops(), spec.output());
        let weight = fitting(spec.weight_len(), other);
        let mut forward = fitting(spec.packed_forward_len(), other);
        let mut backward = fitting(spec.packed_backward_len(), other);
        let x = fitting(n.wrapping_mul(spec.input_len()), other);
        let mut y = fitting(n.wrapping_mul(spec.output_len()), other);
        let (mut dx, mut dweight) = (x.clone(), weight.clone());
        let mut dbias = fitting(spec.filters(), other);
        let (row, mut scratch) = (dbias.clone(), vec![0.0; SCRATCH]);
        attempt!($layer::pack_forward(spec, &weight, &mut forward));
        attempt!($layer::pack_backward(spec, &weight, &mut backward));
        for (bias, act) in [(Some(&row[..]), Activation::Relu), (None, Activation::Tanh)] {
            attempt!($layer::forward(spec, n, &x, &forward, bias, act, &mut y, $($adds,)? &mut scratch));
        }
        for accumulate in [false, true] {
            attempt!($layer::backward_input(spec, n, &y, &backward, &mut dx, accumulate, &mut scratch));
        }
        attempt!($layer::backward_weight(spec, n, &x, &y, &mut dweight, Some(&mut dbias), &mut scratch));
        // What a layer asks for must do.
        let needed = [
            spec.forward_scratch_len(),
            spec.backward_input_scratch_len(),
            spec.backward_weight_scratch_len(),
        ];
        if let [Ok(mut first), Ok(mut second), Ok(mut third)] = needed.map(exactly) {
            let act = Activation::Identity;
            attempt!($layer::forward(spec, n, &x, &forward, None, act, &mut y, $($adds,)? &mut first));
            attempt!($layer::backward_input(spec, n, &y, &backward, &mut dx, true, &mut second));
            attempt!($layer::backward_weight(spec, n, &x, &y, &mut dweight, None, &mut third));
        }
    }};
}

/// A scratch as long as asked, if that is not absurd.
fn exactly(len: usize) -> Result<Vec<f32>, usize> {
    if len <= SCRATCH {
        Ok(vec![f32::NAN; len])
    } else {
        Err(len)
    }
}

fn any(
    [
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
    ]: [usize; 16],
) {
    let (picture, kernel, stride) = ([h, w, c], [kh, kw], [sh, sw]);
    let padding = [[top, bottom], [left, right]];
    let dilation = [dh, dw];
    if let Some(spec) = attempt!(Conv2d::new(
        picture, filters, kernel, stride, padding, dilation, groups
    )) {
        passes!(conv2d, &spec, n, false);
        let row = fitting(spec.filters(), 34);
        let mut packed = fitting(spec.packed_forward_len(), 34);
        attempt!(conv2d::fold_norm(&spec, &row, &row, 0.1, &mut packed));
        whole_gradients(&spec, n);
        shared_convolution(&spec, n);
    }
    let more = dilation.map(|dilation| dilation.wrapping_sub(1));
    if let Some(spec) = attempt!(ConvTranspose2d::new(
        picture, filters, kernel, stride, padding, more, groups
    )) {
        passes!(conv_transpose2d, &spec, n);
        shared_transposed(&spec, n);
    }
}

/// All passes of a layer of module `$layer` on the threads of a team, whose scratch is as long as asked, or too short.
macro_rules! shared {
    ($layer:ident, $spec:expr, $n:expr $(, $adds:expr)?) => {{
        let (spec, n, other) = ($spec, $n, 34);
        let mut x = fitting(n.wrapping_mul(spec.input_len()), other);
        let mut y = fitting(n.wrapping_mul(spec.output_len()), other);
        let mut weight = fitting(spec.weight_len(), other);
        let forward = fitting(spec.packed_forward_len(), other);
        let backward = fitting(spec.packed_backward_len(), other);
        let (act, mut scratch) = (Activation::Identity, vec![0.0; SCRATCH]);
        let needs = [spec.forward_team(), spec.backward_input_team(), spec.backward_weight_team()];
        let needs = team::most(&needs);
        let Ok(mut needed) = exactly(needs[1]) else {
            return;
        };
        assert!(Team::alone().again().is_alone() && Team::size(2, needs[0]) <= 2);
        for scratch_of_team in [&mut needed[..], &mut []] {
            attempt!(Team::with_pool(needs, scratch_of_team, |mut team| {
                $layer::forward_shared(&mut team.again(), spec, n, &x, &forward, None, act, &mut y, $($adds,)? &mut scratch);
                $layer::backward_input_shared(&mut team, spec, n, &y, &backward, &mut x, false, &mut scratch);
                $layer::backward_weight_shared(&mut team, spec, n, &x, &y, &mut weight, None, &mut scratch);
            }));
        }
    }};
}

fn shared_convolution(spec: &Conv2d, n: usize) {
    shared!(conv2d, spec, n, false);
}

fn shared_transposed(spec: &ConvTranspose2d, n: usize) {
    shared!(conv_transpose2d, spec, n);
}

/// The gradients of a weight over the whole batch, all rows, some and too many.
fn whole_gradients(spec: &Conv2d, n: usize) {
    let x = fitting(n.wrapping_mul(spec.input_len()), 34);
    let dy = fitting(n.wrapping_mul(spec.output_len()), 34);
    let mut dbias = fitting(spec.filters(), 34);
    attempt!(conv2d::backward_bias(spec, n, &dy, &mut dbias));
    let rows = spec.weight_len() / spec.filters();
    let Ok(mut scratch) = exactly(spec.backward_weight_rows_scratch_len()) else {
        return;
    };
    for range in [0..rows, 1..2, 0..usize::MAX, usize::MAX - 1..usize::MAX] {
        let mut part = fitting(range.len().wrapping_mul(spec.filters()), 34);
        attempt!(conv2d::backward_weight_rows(
            spec,
            n,
            &x,
            &dy,
            range,
            false,
            &mut part,
            &mut scratch
        ));
    }
}

// Examples, picture, filters, kernel, stride, padding, dilation and groups.

#[test]
fn convolutions() {
    sweep(|| mutations([1, 5, 4, 3, 5, 3, 2, 2, 1, 1, 1, 0, 2, 1, 1, 1]).for_each(any));
}

#[test]
fn depthwise_convolutions() {
    sweep(|| mutations([2, 4, 5, 3, 3, 2, 3, 1, 2, 0, 1, 1, 0, 2, 1, 3]).for_each(any));
}

#[test]
fn convolutions_by_winograds_method() {
    sweep(|| mutations([1, 8, 8, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1]).for_each(any));
}

/// A stride of 20,000 took 13 seconds: its square was walked.
#[test]
fn the_longest_stride_is_one_window() {
    for stride in [7, 20_000, usize::MAX] {
        let spec = Conv2d::new([5, 5, 3], 4, [2, 2], [stride; 2], [[0; 2]; 2], [1, 1], 1);
        assert_eq!(spec.output(), [1, 1]);
        let weight: Vec<f32> = (0..spec.weight_len()).map(|i| i as f32).collect();
        let mut packed = vec![0.0; spec.packed_backward_len()];
        conv2d::pack_backward(&spec, &weight, &mut packed);
        let mut dx = vec![f32::NAN; spec.input_len()];
        let mut scratch = vec![0.0; spec.backward_input_scratch_len()];
        conv2d::backward_input(&spec, 1, &[1.0; 4], &packed, &mut dx, false, &mut scratch);
        for (at, dx) in dx.iter().enumerate() {
            let (row, column, channel) = (at / 15, at / 3 % 5, at % 3);
            let tap = row * 2 + column;
            // The sum of four weights that follow each other, where there is a tap.
            let expected = match row < 2 && column < 2 {
                true => (16 * (tap * 3 + channel) + 6) as f32,
                false => 0.0,
            };
            assert_eq!(*dx, expected, "at {at}");
        }
    }
}

/// With one input pixel a stride has no effect, and with one tap a dilation has none: products with them wrapped.
#[test]
fn what_has_no_effect_may_be_as_long_as_you_like() {
    let spec = ConvTranspose2d::new(
        [1, 1, 2],
        3,
        [2, 1],
        [usize::MAX; 2],
        [[0; 2]; 2],
        [0; 2],
        1,
    );
    assert_eq!(spec.output(), [2, 1]);
    let mut dweight = vec![0.0; spec.weight_len()];
    let mut scratch = vec![0.0; spec.backward_weight_scratch_len()];
    let (x, dy) = ([2.0, 3.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    conv_transpose2d::backward_weight(&spec, 1, &x, &dy, &mut dweight, None, &mut scratch);
    // By tap, channel and filter.
    let expected = [
        2.0, 4.0, 6.0, 3.0, 6.0, 9.0, 8.0, 10.0, 12.0, 12.0, 15.0, 18.0,
    ];
    assert_eq!(dweight, expected);

    let spec = Conv2d::new(
        [2, 1, 2],
        2,
        [1, 1],
        [1; 2],
        [[0; 2]; 2],
        [usize::MAX; 2],
        2,
    );
    let mut packed = vec![0.0; spec.packed_forward_len()];
    conv2d::pack_forward(&spec, &[10.0, 100.0], &mut packed);
    let (x, mut y) = ([1.0, 2.0, 3.0, 4.0], [0.0; 4]);
    let act = Activation::Identity;
    conv2d::forward(&spec, 1, &x, &packed, None, act, &mut y, false, &mut []);
    assert_eq!(y, [10.0, 200.0, 30.0, 400.0]);
}
