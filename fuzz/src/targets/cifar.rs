//! The binary files of CIFAR-10 and CIFAR-100.

use crate::place::{with_folder, write};
use crate::{Target, alter, repair};
use shapeflow::data::{Cifar100Labels, cifar10, cifar100};

/// [`cifar10`] and [`cifar100`]: the damaged file is each of theirs.
pub const TARGET: Target = Target::new("cifar", seeds, read)
    .altered(alter::packed)
    .repaired(repair::packed);

fn records(labels: usize, count: usize) -> Vec<u8> {
    let length = (labels + 3072) * count;
    (0..length).map(|i| (i / 3072 % 10) as u8).collect()
}

fn seeds() -> Vec<Vec<u8>> {
    let ten = records(1, 2);
    vec![repair::gzipped(&ten), ten, records(2, 2), records(2, 1)]
}

fn read(bytes: &[u8]) {
    with_folder(|folder| {
        let folder = folder.join("cifar");
        for number in 1..=5 {
            write(&folder.join(format!("data_batch_{number}.bin")), bytes);
        }
        for name in ["test_batch.bin", "train.bin", "test.bin"] {
            write(&folder.join(name), bytes);
        }
        let _ = cifar10(&folder);
        let _ = cifar100(&folder, Cifar100Labels::Fine);
        let _ = cifar100(&folder, Cifar100Labels::Coarse);
    });
}
