//! Pictures and labels in a pair of IDX files.

use super::idx;
use crate::place::{with_folder, write};
use crate::{Target, alter, repair};
use shapeflow::data::{fashion_mnist, mnist};

/// [`mnist`] and [`fashion_mnist`]; the pictures come first, then the labels.
pub const TARGET: Target = Target::new("mnist", seeds, read)
    .altered(alter::packed)
    .repaired(repair::packed);

fn seeds() -> Vec<Vec<u8>> {
    let pair = |pictures: u32, labels: u32| {
        let pictures = idx::file(0x08, &[pictures, 28, 28], 784 * pictures as usize);
        [pictures, idx::file(0x08, &[labels], labels as usize)].concat()
    };
    vec![pair(2, 2), pair(3, 2), pair(0, 0)]
}

fn read(bytes: &[u8]) {
    // Where the second file begins is seen from the first one's sizes.
    let pictures = bytes.get(4..8).map_or(0, |count| {
        u32::from_be_bytes(count.try_into().expect("four bytes"))
    });
    let end = 784_usize
        .saturating_mul(pictures as usize)
        .saturating_add(16);
    let (pictures, labels) = bytes.split_at(end.min(bytes.len()));
    with_folder(|place| {
        let folder = place.join("mnist");
        for part in ["train", "t10k"] {
            write(&folder.join(format!("{part}-images-idx3-ubyte")), pictures);
            write(&folder.join(format!("{part}-labels-idx1-ubyte")), labels);
        }
        let _ = mnist(&folder);
        let _ = fashion_mnist(&folder);
    });
}
