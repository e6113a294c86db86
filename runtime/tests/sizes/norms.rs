//! Norms of groups of channels; those of rows and batches stand in `rows`.

use shapeflow_runtime::kernels::group_norm::{self, GroupNorm};

use super::{attempt, choices, fitting, sweep};

#[test]
fn group_norms() {
    sweep(|| {
        for [n, positions, channels, groups] in choices::<4>() {
            let Some(spec) = attempt!(GroupNorm::new(positions, channels, groups)) else {
                continue;
            };
            let _ = (spec.is_empty(), spec.group_len());
            let x = fitting(n.wrapping_mul(spec.len()), 17);
            let row = fitting(channels, 17);
            let mut saved = fitting(n.wrapping_mul(spec.saved_len()), 17);
            let (mut y, mut a, mut b) = (x.clone(), row.clone(), row.clone());
            attempt!(group_norm::forward(
                &spec, n, &x, &row, &row, 0.1, &mut y, &mut saved
            ));
            attempt!(group_norm::inference(&spec, n, &x, &row, &row, 0.1, &mut y));
            attempt!(group_norm::inference_in_place(
                &spec, n, &mut y, &row, &row, 0.1
            ));
            attempt!(group_norm::backward(
                &spec, n, &x, &saved, &row, &x, &mut y, &mut a, &mut b
            ));
            attempt!(group_norm::backward_in_place(
                &spec, n, &x, &saved, &row, &mut y, &mut a, &mut b
            ));
        }
    });
}
