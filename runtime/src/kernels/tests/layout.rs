//! Kernels that move values: padding, permuting, joining, enlarging.

use super::compare::{
    DIFFERENCES, cases, close, differences, near, on_every_isa, random, unwritten, wide,
};
use crate::kernels::concat;
use crate::kernels::pad::{self, Pad2d};
use crate::kernels::permute::{self, Permute};
use crate::kernels::upsample2d::{self, Interpolation, Upsample2d};
use proptest::prelude::*;

fn upsample() -> impl Strategy<Value = Upsample2d> {
    (
        1..6_usize,
        1..6_usize,
        1..20_usize,
        1..4_usize,
        1..4_usize,
        any::<bool>(),
    )
        .prop_map(
            |(height, width, channels, rows, columns, nearest)| Upsample2d {
                height,
                width,
                channels,
                factor: [rows, columns],
                interpolation: if nearest {
                    Interpolation::Nearest
                } else {
                    Interpolation::Bilinear
                },
            },
        )
}

/// A shape and an order of its axes.
fn permutation() -> impl Strategy<Value = (Vec<usize>, Vec<usize>)> {
    prop::collection::vec(1..6_usize, 0..6).prop_flat_map(|shape| {
        let axes: Vec<usize> = (0..shape.len()).collect();
        (Just(shape), Just(axes).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn pad_agrees_with_its_twin(
        height in 1..6_usize, width in 1..6_usize, channels in 1..20_usize, pads in any::<[u8; 4]>(), n in 1..4_usize,
        seed: u64,
    ) {
        on_every_isa(|| {
            let [top, bottom, left, right] = pads.map(|pad| usize::from(pad % 4));
            let spec = Pad2d { height, width, channels, padding: [[top, bottom], [left, right]] };
            let (x, dy) = (random(n * spec.input_len(), seed), random(n * spec.output_len(), seed + 1));
            let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
            pad::forward(&spec, n, &x, &mut y);
            close("y", &y, &pad::reference::forward(&spec, n, &wide(&x)), 0.0)?;
            pad::backward(&spec, n, &dy, &mut dx);
            close("dx", &dx, &pad::reference::backward(&spec, n, &wide(&dy)), 0.0)?;
            Ok(())
        })?;
    }

    #[test]
    fn permute_agrees_with_its_twin((shape, axes) in permutation(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let spec = Permute::new(&shape, &axes);
            let (x, dy) = (random(n * spec.len(), seed), random(n * spec.len(), seed + 1));
            let (mut y, mut dx) = (unwritten(x.len()), unwritten(x.len()));
            permute::forward(&spec, n, &x, &mut y);
            close("y", &y, &permute::reference::forward(&shape, &axes, n, &wide(&x)), 0.0)?;
            permute::backward(&spec, n, &dy, &mut dx);
            close("dx", &dx, &permute::reference::backward(&shape, &axes, n, &wide(&dy)), 0.0)?;
            Ok(())
        })?;
    }

    #[test]
    fn upsample2d_agrees_with_its_twin(spec in upsample(), n in 1..4_usize, seed: u64) {
        on_every_isa(|| {
            let (x, dy) = (random(n * spec.input_len(), seed), random(n * spec.output_len(), seed + 1));
            let (mut y, mut dx) = (unwritten(dy.len()), unwritten(x.len()));
            upsample2d::forward(&spec, n, &x, &mut y);
            close("y", &y, &upsample2d::reference::forward(&spec, n, &wide(&x)), 1e-6)?;
            upsample2d::backward(&spec, n, &dy, &mut dx);
            close("dx", &dx, &upsample2d::reference::backward(&spec, n, &wide(&dy)), 1e-5)?;
            Ok(())
        })?;
    }

    #[test]
    fn joining_and_taking_apart_are_inverse(
        outer in 0..5_usize, sizes in prop::collection::vec(1..9_usize, 1..4), seed: u64,
    ) {
        on_every_isa(|| {
            let total: usize = sizes.iter().sum();
            let parts: Vec<Vec<f32>> = (seed..).zip(&sizes).map(|(seed, size)| random(outer * size, seed)).collect();
            let mut joined = unwritten(outer * total);
            let mut offset = 0;
            for (part, &size) in parts.iter().zip(&sizes) {
                concat::forward_part(outer, total, offset, size, part, &mut joined);
                offset += size;
            }
            let expected: Vec<f32> = (0..outer)
                .flat_map(|row| parts.iter().zip(&sizes).flat_map(move |(part, size)| part[row * size..][..*size].to_vec()))
                .collect();
            prop_assert_eq!(&joined, &expected);
            offset = 0;
            for (part, &size) in parts.iter().zip(&sizes) {
                let mut taken = unwritten(part.len());
                concat::backward_part(outer, total, offset, size, &joined, &mut taken);
                prop_assert_eq!(&taken, part);
                offset += size;
            }
            Ok(())
        })?;
    }

    #[test]
    fn twins_of_layout_agree_with_differences(spec in upsample(), (shape, axes) in permutation(), seed: u64) {
        let spec = Upsample2d { channels: 1, ..spec };
        let (x, dy) = (wide(&random(spec.input_len(), seed)), wide(&random(spec.output_len(), seed + 1)));
        let expected = differences(&x, &dy, |x| upsample2d::reference::forward(&spec, 1, x));
        near("upsample2d", &upsample2d::reference::backward(&spec, 1, &dy), &expected, DIFFERENCES)?;
        let pad = Pad2d { height: spec.height, width: spec.width, channels: 1, padding: [[1, 0], [2, 1]] };
        let dy = wide(&random(pad.output_len(), seed + 2));
        let expected = differences(&x, &dy, |x| pad::reference::forward(&pad, 1, x));
        near("pad", &pad::reference::backward(&pad, 1, &dy), &expected, DIFFERENCES)?;
        let len = shape.iter().product::<usize>();
        prop_assume!(len < 200);
        let (x, dy) = (wide(&random(len, seed)), wide(&random(len, seed + 1)));
        let expected = differences(&x, &dy, |x| permute::reference::forward(&shape, &axes, 1, x));
        near("permute", &permute::reference::backward(&shape, &axes, 1, &dy), &expected, DIFFERENCES)?;
    }
}
