//! Pooling in windows and over whole pictures.

use shapeflow_runtime::kernels::pool::{GlobalPool, Pool2d};
use shapeflow_runtime::kernels::{avg_pool2d, global_avg_pool, global_max_pool, max_pool2d};

use super::{LENGTHS, attempt, choices, fitting, mutations, sweep};

#[test]
fn pools() {
    // Examples, picture, kernel, stride and padding: side by side, and with overlaps and a border.
    for base in [
        [2, 3, 4, 5, 2, 2, 2, 2, 0, 0, 0, 0],
        [1, 5, 4, 3, 3, 2, 1, 2, 1, 2, 1, 0],
    ] {
        sweep(|| mutations(base).for_each(windows));
    }
}

fn windows(
    [
        n,
        height,
        width,
        channels,
        kh,
        kw,
        sh,
        sw,
        top,
        bottom,
        left,
        right,
    ]: [usize; 12],
) {
    let picture = [height, width, channels];
    let padding = [[top, bottom], [left, right]];
    let Some(spec) = attempt!(Pool2d::new(picture, [kh, kw], [sh, sw], padding)) else {
        return;
    };
    let _ = spec.output();
    for other in [0, 17] {
        let x = fitting(n.wrapping_mul(spec.input_len()), other);
        let mut y = fitting(n.wrapping_mul(spec.output_len()), other);
        let (dy, mut dx) = (y.clone(), x.clone());
        attempt!(max_pool2d::forward(&spec, n, &x, &mut y));
        attempt!(max_pool2d::backward(&spec, n, &x, &y, &dy, &mut dx));
        attempt!(max_pool2d::backward_through_relu(
            &spec, n, &x, &y, &dy, &mut dx
        ));
        attempt!(avg_pool2d::forward(&spec, n, &x, &mut y));
        attempt!(avg_pool2d::backward(&spec, n, &dy, &mut dx));
    }
}

#[test]
fn global_pools() {
    sweep(|| {
        for [n, positions, channels] in choices::<3>() {
            let Some(spec) = attempt!(GlobalPool::new(positions, channels)) else {
                continue;
            };
            for other in LENGTHS {
                let x = fitting(n.wrapping_mul(spec.input_len()), other);
                let mut y = fitting(n.wrapping_mul(spec.output_len()), other);
                let (dy, mut dx) = (y.clone(), x.clone());
                attempt!(global_max_pool::forward(&spec, n, &x, &mut y));
                attempt!(global_max_pool::backward(&spec, n, &x, &y, &dy, &mut dx));
                attempt!(global_avg_pool::forward(&spec, n, &x, &mut y));
                attempt!(global_avg_pool::backward(&spec, n, &dy, &mut dx));
            }
        }
    });
}

/// The window of 2 pixels met a picture of 1, and the gradient went to a column that isn't there.
#[test]
#[should_panic(expected = "a window is larger than the padded picture")]
fn a_window_larger_than_the_picture_is_refused() {
    let spec = Pool2d::new([1, 1, 4], [2, 2], [2, 2], [[0; 2]; 2]);
    max_pool2d::backward(&spec, 1, &[0.0; 4], &[0.0; 4], &[0.0; 4], &mut [0.0; 4]);
}
