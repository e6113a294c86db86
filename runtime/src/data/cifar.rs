//! The binary versions of CIFAR-10 and CIFAR-100.
//!
//! A file is a row of records: one label byte (CIFAR-10) or two (CIFAR-100: the superclass, then the class), and 3072
//! bytes of a picture, 32 × 32: all of its red, then green, then blue. Described at
//! <https://www.cs.toronto.edu/~kriz/cifar.html>.

use super::idx::check_labels;
use super::pictures::names;
use super::{Classes, DataError, Dataset, Pictures, Pixels, files};
use ndarray::Array4;
use std::path::Path;

const SIDE: usize = 32;
const PLANE: usize = SIDE * SIDE;
const PICTURE: usize = 3 * PLANE;

/// The ten classes of CIFAR-10, in the order of their numbers.
pub const CIFAR10_CLASSES: [&str; 10] = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
];

/// Which of the two labels of a CIFAR-100 picture is its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cifar100Labels {
    /// One of 100 classes, such as `maple_tree`.
    Fine,
    /// One of 20 superclasses, such as `trees`.
    Coarse,
}

/// How the records of a file are laid out, and which label counts.
#[derive(Clone, Copy)]
struct Records {
    labels: usize,
    /// Which label byte is the target.
    target: usize,
    classes: usize,
}

/// CIFAR-10: pictures `[32, 32, 3]` with red, green and blue from 0 to 1, in ten classes.
///
/// The folder holds `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, or a folder `cifar-10-batches-bin`
/// with them, as it comes out of `cifar-10-binary.tar.gz`. Krizhevsky 2009, "Learning Multiple Layers of Features from
/// Tiny Images".
///
/// # Errors
///
/// If a file is missing, can't be read, isn't a whole number of records or has a label above 9.
pub fn cifar10(folder: impl AsRef<Path>) -> Result<Pictures, DataError> {
    let folder = inner(folder.as_ref(), "cifar-10-batches-bin");
    let records = Records {
        labels: 1,
        target: 0,
        classes: 10,
    };
    let batches = [
        "data_batch_1.bin",
        "data_batch_2.bin",
        "data_batch_3.bin",
        "data_batch_4.bin",
        "data_batch_5.bin",
    ];
    Ok(Pictures {
        train: load(&folder, &batches, records)?.with_class_names(CIFAR10_CLASSES)?,
        test: load(&folder, &["test_batch.bin"], records)?.with_class_names(CIFAR10_CLASSES)?,
        classes: names(&CIFAR10_CLASSES),
    })
}

/// CIFAR-100: pictures `[32, 32, 3]` with red, green and blue from 0 to 1, in 100 classes or 20 superclasses.
///
/// The folder holds `train.bin` and `test.bin`, or a folder `cifar-100-binary` with them, as it comes out of
/// `cifar-100-binary.tar.gz`. Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
///
/// # Errors
///
/// If a file is missing, can't be read, isn't a whole number of records or has a label that is too large.
pub fn cifar100(folder: impl AsRef<Path>, labels: Cifar100Labels) -> Result<Pictures, DataError> {
    let folder = inner(folder.as_ref(), "cifar-100-binary");
    let (records, classes) = match labels {
        Cifar100Labels::Coarse => (
            Records {
                labels: 2,
                target: 0,
                classes: 20,
            },
            names(&CIFAR100_SUPERCLASSES),
        ),
        Cifar100Labels::Fine => (
            Records {
                labels: 2,
                target: 1,
                classes: 100,
            },
            names(&CIFAR100_CLASSES),
        ),
    };
    Ok(Pictures {
        train: load(&folder, &["train.bin"], records)?.with_class_names(&classes)?,
        test: load(&folder, &["test.bin"], records)?.with_class_names(&classes)?,
        classes,
    })
}

/// The folder inside that the archive unpacks to, if it is there.
fn inner(folder: &Path, name: &str) -> std::path::PathBuf {
    let inside = folder.join(name);
    if inside.is_dir() {
        inside
    } else {
        folder.to_owned()
    }
}

fn load(folder: &Path, names: &[&str], records: Records) -> Result<Dataset<Classes>, DataError> {
    let size = records.labels + PICTURE;
    let mut labels = Vec::new();
    let mut values = Vec::new();
    for name in names {
        let path = files::find(folder, &[name])?;
        let bytes = files::read(&path)?;
        if bytes.is_empty() || bytes.len() % size != 0 {
            return Err(DataError::damaged(
                &path,
                format!("whole records of {size} bytes, at least one"),
                format!("{} bytes, {} too many", bytes.len(), bytes.len() % size),
            ));
        }
        let target = |record: &[u8]| record[records.target];
        check_labels(&path, bytes.chunks_exact(size).map(target), records.classes)?;
        labels.extend(
            bytes
                .chunks_exact(size)
                .map(|record| u32::from(target(record))),
        );
        values.reserve(bytes.len() / size * PICTURE);
        for record in bytes.chunks_exact(size) {
            let picture = &record[records.labels..];
            for pixel in 0..PLANE {
                values.extend(
                    [0, 1, 2].map(|channel| Pixels::Unit.scale(picture[channel * PLANE + pixel])),
                );
            }
        }
    }
    let examples = labels.len();
    let pictures = Array4::from_shape_vec((examples, SIDE, SIDE, 3), values).map_err(|error| {
        DataError::damaged(folder, format!("{examples} pictures"), error.to_string())
    })?;
    Dataset::new(pictures, Classes(labels))
}

/// The 20 superclasses of CIFAR-100, in the order of their numbers.
#[rustfmt::skip]
pub const CIFAR100_SUPERCLASSES: [&str; 20] = [
    "aquatic_mammals", "fish", "flowers", "food_containers", "fruit_and_vegetables", "household_electrical_devices",
    "household_furniture", "insects", "large_carnivores", "large_man-made_outdoor_things",
    "large_natural_outdoor_scenes", "large_omnivores_and_herbivores", "medium_mammals", "non-insect_invertebrates",
    "people", "reptiles", "small_mammals", "trees", "vehicles_1", "vehicles_2",
];

/// The 100 classes of CIFAR-100, in the order of their numbers.
#[rustfmt::skip]
pub const CIFAR100_CLASSES: [&str; 100] = [
    "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle",
    "bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle",
    "chair", "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur",
    "dolphin", "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard",
    "lamp", "lawn_mower", "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain",
    "mouse", "mushroom", "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree",
    "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket",
    "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
    "squirrel", "streetcar", "sunflower", "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor",
    "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn record(labels: &[u8], red: u8, green: u8, blue: u8) -> Vec<u8> {
        let mut bytes = labels.to_vec();
        for value in [red, green, blue] {
            bytes.extend([value; PLANE]);
        }
        bytes
    }

    fn cifar10_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for batch in 1..=5 {
            fs::write(
                folder.path().join(format!("data_batch_{batch}.bin")),
                record(&[batch], 255, 51, 0),
            )
            .unwrap();
        }
        fs::write(
            folder.path().join("test_batch.bin"),
            record(&[9], 0, 0, 255),
        )
        .unwrap();
        folder
    }

    #[test]
    fn planes_become_channels_and_batches_keep_their_order() {
        let folder = cifar10_folder();
        let pictures = cifar10(folder.path()).unwrap();
        assert_eq!(pictures.train.targets().0, [1, 2, 3, 4, 5]);
        assert_eq!(pictures.test.targets().0, [9]);
        assert_eq!(pictures.train.shape(0), [32, 32, 3]);
        assert_eq!(
            &pictures.train.input(0).as_slice().unwrap()[..6],
            [1.0, 0.2, 0.0, 1.0, 0.2, 0.0]
        );
        assert_eq!(pictures.classes[9], "truck");
    }

    #[test]
    fn the_folder_in_the_archive_is_found() {
        let outer = tempfile::tempdir().unwrap();
        fs::rename(
            cifar10_folder().keep(),
            outer.path().join("cifar-10-batches-bin"),
        )
        .unwrap();
        assert_eq!(cifar10(outer.path()).unwrap().train.len(), 5);
    }

    #[test]
    fn cifar100_takes_the_label_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("train.bin"), record(&[17, 47], 1, 2, 3)).unwrap();
        fs::write(folder.path().join("test.bin"), record(&[0, 99], 1, 2, 3)).unwrap();
        let fine = cifar100(folder.path(), Cifar100Labels::Fine).unwrap();
        assert_eq!(
            fine.classes[fine.train.targets().0[0] as usize],
            "maple_tree"
        );
        assert_eq!(fine.classes[fine.test.targets().0[0] as usize], "worm");
        let coarse = cifar100(folder.path(), Cifar100Labels::Coarse).unwrap();
        assert_eq!(
            coarse.classes[coarse.train.targets().0[0] as usize],
            "trees"
        );
    }

    #[test]
    fn damaged_files_are_errors_that_name_them() {
        let folder = cifar10_folder();
        let path = folder.path().join("data_batch_3.bin");
        let message = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let message = cifar10(folder.path()).unwrap_err().to_string();
            message
                .strip_prefix(&format!("{}: ", path.display()))
                .expect("the file comes first")
                .to_owned()
        };
        let whole = record(&[3], 0, 0, 0);
        let records = "expected whole records of 3073 bytes, at least one, found";
        assert_eq!(
            message(&whole[..3000]),
            format!("{records} 3000 bytes, 3000 too many")
        );
        assert_eq!(
            message(&[whole.clone(), vec![0]].concat()),
            format!("{records} 3074 bytes, 1 too many")
        );
        assert_eq!(message(&[]), format!("{records} 0 bytes, 0 too many"));
        assert_eq!(
            message(&[whole, record(&[10], 0, 0, 0)].concat()),
            "expected labels below 10, found label 10 at example 1"
        );
    }

    #[test]
    fn a_missing_file_is_named_with_what_is_there() {
        let folder = cifar10_folder();
        fs::remove_file(folder.path().join("test_batch.bin")).unwrap();
        let message = cifar10(folder.path()).unwrap_err().to_string();
        assert!(
            message.contains("expected a file `test_batch.bin` or `test_batch.bin.gz`"),
            "{message}"
        );
        assert!(
            message.contains("found only data_batch_1.bin, data_batch_2.bin"),
            "{message}"
        );
    }
}
