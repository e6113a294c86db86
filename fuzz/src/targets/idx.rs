//! IDX files, plain and gzipped.

use crate::place::with_file;
use crate::{Target, alter, repair};
use shapeflow::data::{Pixels, read_idx, read_idx_images, read_idx_labels};

/// [`read_idx`] and its sisters.
pub const TARGET: Target = Target::new("idx", seeds, read)
    .altered(alter::packed)
    .repaired(repair::packed);

pub fn file(code: u8, shape: &[u32], elements: usize) -> Vec<u8> {
    let axes = u8::try_from(shape.len()).expect("a few axes");
    let mut bytes = vec![0, 0, code, axes];
    bytes.extend(shape.iter().flat_map(|axis| axis.to_be_bytes()));
    bytes.extend((0..elements).map(|i| (i % 10) as u8));
    bytes
}

fn seeds() -> Vec<Vec<u8>> {
    let plain = [
        file(0x08, &[5, 4, 3], 60),
        file(0x08, &[3, 2, 2, 3], 36),
        file(0x08, &[12], 12),
        file(0x0b, &[3, 2], 12),
        file(0x0c, &[5], 20),
        file(0x0e, &[2, 2], 32),
    ];
    let packed = repair::gzipped(&plain[0]);
    // Much out of little.
    let large = repair::gzipped(&file(0x08, &[1 << 20, 1, 1], 1 << 20));
    plain.into_iter().chain([packed, large]).collect()
}

fn read(bytes: &[u8]) {
    with_file("idx", bytes, |path| {
        let _ = read_idx(path);
        let _ = read_idx_images(path, Pixels::Unit);
        let _ = read_idx_labels(path, 10);
    });
}
