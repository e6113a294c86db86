//! Every tile against the formula.

use super::*;
use crate::simd::on_every_isa;

#[test]
fn even_parts_cover_all_rows_once() {
    for total in 0..100 {
        for most in 1..15 {
            let mut next = 0;
            let mut tiles = 0;
            for (first, rows, count) in even_parts(total, most) {
                assert_eq!(first, next);
                assert!((1..=most).contains(&rows) && count > 0);
                next += rows * count;
                tiles += count;
            }
            assert_eq!((next, tiles), (total, total.div_ceil(most)));
        }
    }
}

/// Every number of rows and columns, both layouts, against the formula.
#[test]
fn every_tile_is_the_formula() {
    let depth = [2, 3, 4];
    let value = |i: usize| ((i * 7919) % 23) as f32 - 11.0;
    let bias: Vec<f32> = (0..64).map(|j| value(j + 5)).collect();
    let finishes: Vec<Finish> = [false, true]
        .into_iter()
        .flat_map(|add| {
            let bounds = [Finish::SET.bounds, [0.0, f32::INFINITY], [0.0, 6.0]];
            bounds.map(|bounds| Finish {
                add,
                bounds,
                ..Finish::SET
            })
        })
        .collect();
    for rows in 1..30 {
        for columns in [1, 5, 8, 9, 16, 17, 31, 32, 33, 48] {
            for (a_step, a_row) in [(1, 50), (40, 1)] {
                let a: Vec<f32> = (0..2000).map(value).collect();
                let b: Vec<f32> = (0..4 * 700).map(value).collect();
                let product = Product {
                    rows,
                    columns,
                    depth,
                    a: &a,
                    a_outer: 200,
                    a_inner: 6,
                    a_step,
                    a_row,
                    b: &b,
                    b_outer: 250,
                    b_inner: 70,
                    b_step: 17,
                    b_panel: 700,
                    bias: (rows % 2 == 0).then_some(&bias[..]),
                    c_row: columns + 3,
                    c_panel: PANEL,
                    finish: finishes[columns % 6],
                };
                let mut expected: Vec<f32> = (0..rows * (columns + 3)).map(value).collect();
                let before = expected.clone();
                for p in 0..rows {
                    for j in 0..columns {
                        let mut sum = product.bias.map_or(0.0, |bias| bias[j]);
                        for o in 0..2 {
                            for i in 0..3 {
                                for k in 0..4 {
                                    sum += a[o * 200 + i * 6 + k * a_step + p * a_row]
                                        * b[o * 250 + i * 70 + k * 17 + j / 16 * 700 + j % 16];
                                }
                            }
                        }
                        let c = &mut expected[p * (columns + 3) + j];
                        let [least, greatest] = product.finish.bounds;
                        let before = if product.finish.add { *c } else { 0.0 };
                        *c = (before + sum).clamp(least, greatest);
                    }
                }
                on_every_isa(|isa| {
                    let mut c = before.clone();
                    product.run(tiles(), &mut c);
                    assert_eq!(c, expected, "{isa:?}, {rows} rows, {columns} columns");
                });
            }
        }
    }
}

/// The second panel would end behind the last column, which alone was compared with the length.
#[test]
#[should_panic(expected = "panels of the output overlap")]
fn panels_of_the_output_do_not_overlap() {
    let product = Product {
        rows: 1,
        columns: PANEL + 1,
        depth: [1; 3],
        a: &[1.0],
        a_outer: 0,
        a_inner: 0,
        a_step: 1,
        a_row: 1,
        b: &[1.0; 2 * PANEL],
        b_outer: 0,
        b_inner: 0,
        b_step: 0,
        b_panel: PANEL,
        bias: None,
        c_row: 0,
        c_panel: 1,
        finish: Finish::SET,
    };
    product.run(tiles(), &mut [0.0; 2]);
}

/// Cut along its depth, each piece going on from the one before.
#[test]
fn a_product_in_pieces_has_the_bits_of_the_whole() {
    let value = |i: usize| ((i * 7919) % 23) as f32 / 7.0 - 1.5;
    let a: Vec<f32> = (0..20 * 90).map(value).collect();
    let b: Vec<f32> = (0..3 * 90 * PANEL).map(|i| value(i + 3)).collect();
    let bias: Vec<f32> = (0..40).map(|j| value(j + 5)).collect();
    for (rows, columns) in [(1, 40), (20, 40), (7, 16), (13, 5)] {
        let piece = |depth: std::ops::Range<usize>| Product {
            rows,
            columns,
            depth: [1, 1, depth.len()],
            a: &a[depth.start..],
            a_outer: 0,
            a_inner: 0,
            a_step: 1,
            a_row: 90,
            b: &b[depth.start * PANEL..],
            b_outer: 0,
            b_inner: 0,
            b_step: PANEL,
            b_panel: 90 * PANEL,
            bias: Some(&bias),
            c_row: columns,
            c_panel: PANEL,
            finish: Finish::SET,
        };
        on_every_isa(|isa| {
            let (bounded, _) = Finish::of(Activation::Relu);
            let mut whole = vec![f32::NAN; rows * columns];
            let product = Product {
                finish: bounded,
                ..piece(0..90)
            };
            product.run(tiles(), &mut whole);
            assert!(whole.contains(&0.0) && whole.iter().any(|&c| c > 0.0));
            let mut c = vec![f32::NAN; rows * columns];
            for (depth, finish) in [
                (0..33, Finish::SET),
                (33..64, Finish::SET),
                (64..90, bounded),
            ] {
                let product = Product {
                    finish: Finish {
                        resume: depth.start > 0,
                        ..finish
                    },
                    ..piece(depth)
                };
                product.run(tiles(), &mut c);
            }
            assert!(c == whole, "{isa:?}, {rows} rows, {columns} columns");
        });
    }
}

/// More rows than one block has, and listed ones, by bits what each row alone gives.
#[test]
fn blocks_and_lists_of_rows_have_the_bits_of_single_rows() {
    let value = |i: usize| ((i * 7919) % 23) as f32 / 7.0 - 1.5;
    let (rows, columns, deep) = (BLOCK_ROWS * 3 + 5, 40, BLOCK / BLOCK_ROWS + 3);
    assert!(blocks(rows, [1, 1, deep]) == 3);
    let a: Vec<f32> = (0..rows * deep).map(value).collect();
    let b: Vec<f32> = (0..3 * deep * PANEL).map(|i| value(i + 3)).collect();
    let bias: Vec<f32> = (0..columns).map(|j| value(j + 5)).collect();
    let product = Product {
        rows,
        columns,
        depth: [1, 1, deep],
        a: &a,
        a_outer: 0,
        a_inner: 0,
        a_step: 1,
        a_row: deep,
        b: &b,
        b_outer: 0,
        b_inner: 0,
        b_step: PANEL,
        b_panel: deep * PANEL,
        bias: Some(&bias),
        c_row: columns + 1,
        c_panel: PANEL,
        finish: Finish::of(Activation::Relu).0,
    };
    let alone = |row: usize| {
        let mut alone = vec![f32::NAN; columns];
        let product = Product {
            rows: 1,
            a: &a[row * deep..],
            ..product
        };
        product.run(tiles(), &mut alone);
        alone
    };
    on_every_isa(|isa| {
        let mut c = vec![f32::NAN; rows * product.c_row];
        product.run(tiles(), &mut c);
        for (row, c) in c.chunks_exact(product.c_row).enumerate() {
            assert!(c[..columns] == alone(row), "{isa:?}, row {row}");
            assert!(c[columns].is_nan());
        }
        if tiles().listed_rows.is_empty() {
            return;
        }
        for count in 0..30 {
            // Backwards, every other row.
            let listed = |i: usize| [(rows - 1 - 2 * i) * deep, i * product.c_row];
            let list: Vec<[usize; 2]> = (0..count).map(listed).collect();
            let mut c = vec![f32::NAN; count * product.c_row];
            product.run_listed(tiles(), &list, &mut c);
            for (i, c) in c.chunks_exact(product.c_row).enumerate() {
                let row = rows - 1 - 2 * i;
                assert!(c[..columns] == alone(row), "{isa:?}, row {row} of a list");
                assert!(c[columns].is_nan());
            }
        }
    });
}

/// Rows that lie on one set of the cache go by tiles of fewer, with the bits of rows that lie side by side.
#[test]
fn rows_far_apart_have_the_bits_of_rows_side_by_side() {
    let value = |i: usize| ((i * 7919) % 23) as f32 / 7.0 - 1.5;
    let (rows, deep) = (33, 21);
    let side_by_side: Vec<f32> = (0..rows * deep).map(value).collect();
    let mut apart = vec![f32::NAN; rows * ALIAS];
    for (to, from) in apart.chunks_mut(ALIAS).zip(side_by_side.chunks(deep)) {
        to[..deep].copy_from_slice(from);
    }
    let b: Vec<f32> = (0..3 * deep * PANEL).map(|i| value(i + 3)).collect();
    for columns in [5, 16, 40] {
        let product = |a, a_row| Product {
            rows,
            columns,
            depth: [1, 1, deep],
            a,
            a_outer: 0,
            a_inner: 0,
            a_step: 1,
            a_row,
            b: &b,
            b_outer: 0,
            b_inner: 0,
            b_step: PANEL,
            b_panel: deep * PANEL,
            bias: None,
            c_row: columns,
            c_panel: PANEL,
            finish: Finish::SET,
        };
        on_every_isa(|isa| {
            let (mut c, mut expected) = (vec![f32::NAN; rows * columns], vec![0.0; rows * columns]);
            product(&apart, ALIAS).run(tiles(), &mut c);
            product(&side_by_side, deep).run(tiles(), &mut expected);
            assert!(c == expected, "{isa:?}, {columns} columns");
        });
    }
}

/// A list that reaches behind an operand or the result.
#[test]
fn listed_rows_lie_in_operand_and_result() {
    let product = Product {
        rows: 0,
        columns: 3,
        depth: [1, 1, 2],
        a: &[1.0; 10],
        a_outer: 0,
        a_inner: 0,
        a_step: 1,
        a_row: 0,
        b: &[1.0; 2 * PANEL],
        b_outer: 0,
        b_inner: 0,
        b_step: PANEL,
        b_panel: 2 * PANEL,
        bias: None,
        c_row: 0,
        c_panel: PANEL,
        finish: Finish::SET,
    };
    if tiles().listed_rows.is_empty() {
        return;
    }
    let panics = |list: &[[usize; 2]]| {
        let run = || product.run_listed(tiles(), list, &mut [0.0; 6]);
        std::panic::catch_unwind(run).is_err()
    };
    assert!(!panics(&[[0, 3], [8, 0]]));
    assert!(panics(&[[9, 0], [0, 3]]));
    assert!(panics(&[[0, 4], [8, 0]]));
}
