//! MNIST and Fashion-MNIST, from a folder with their four files.

use super::pictures::names;
use super::{DataError, Dataset, Pictures, Pixels, files, read_idx_images, read_idx_labels};
use std::path::Path;

/// The ten classes of Fashion-MNIST, in the order of their numbers.
pub const FASHION_MNIST_CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// The ten classes of MNIST, in the order of their numbers.
pub const MNIST_CLASSES: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Fashion-MNIST: pictures `[28, 28, 1]` of clothes, grey levels from 0 to 1, in ten classes.
///
/// The folder holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or gzipped (`.gz`), as they stand at
/// <https://github.com/zalandoresearch/fashion-mnist>. Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747.
///
/// # Errors
///
/// If a file is missing, can't be read or is damaged, or if there aren't as many labels as pictures.
pub fn fashion_mnist(folder: impl AsRef<Path>) -> Result<Pictures, DataError> {
    load(folder.as_ref(), &FASHION_MNIST_CLASSES)
}

/// MNIST: pictures `[28, 28, 1]` of handwritten digits, grey levels from 0 to 1.
///
/// The files are named as those of [`fashion_mnist`]. LeCun, Bottou, Bengio and Haffner 1998.
///
/// # Errors
///
/// If a file is missing, can't be read or is damaged, or if there aren't as many labels as pictures.
pub fn mnist(folder: impl AsRef<Path>) -> Result<Pictures, DataError> {
    load(folder.as_ref(), &MNIST_CLASSES)
}

fn load(folder: &Path, classes: &[&str]) -> Result<Pictures, DataError> {
    let part = |name: &str| {
        // Some copies have a dot where the original names have a hyphen.
        let images = files::find(
            folder,
            &[
                &format!("{name}-images-idx3-ubyte"),
                &format!("{name}-images.idx3-ubyte"),
            ],
        )?;
        let labels = files::find(
            folder,
            &[
                &format!("{name}-labels-idx1-ubyte"),
                &format!("{name}-labels.idx1-ubyte"),
            ],
        )?;
        let pictures = read_idx_images(&images, Pixels::Unit)?;
        let targets = read_idx_labels(&labels, classes.len())?;
        if targets.0.len() != pictures.shape()[0] {
            return Err(DataError::damaged(
                &labels,
                format!(
                    "{} labels, one for each picture in {}",
                    pictures.shape()[0],
                    images.display()
                ),
                format!("{} labels", targets.0.len()),
            ));
        }
        if targets.0.is_empty() {
            return Err(DataError::damaged(&images, "at least one picture", "none"));
        }
        Dataset::new(pictures, targets)?.with_class_names(classes)
    };
    Ok(Pictures {
        train: part("train")?,
        test: part("t10k")?,
        classes: names(classes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(train_labels: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, bytes: Vec<u8>| fs::write(folder.path().join(name), bytes).unwrap();
        let count = train_labels.len() as u8;
        write(
            "train-images-idx3-ubyte",
            [
                &[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1][..],
                &[0, 255],
            ]
            .concat(),
        );
        write(
            "train-labels-idx1-ubyte",
            [&[0, 0, 8, 1, 0, 0, 0, count][..], train_labels].concat(),
        );
        write(
            "t10k-images.idx3-ubyte",
            vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 51],
        );
        write("t10k-labels.idx1-ubyte", vec![0, 0, 8, 1, 0, 0, 0, 1, 7]);
        folder
    }

    #[test]
    fn the_four_files_are_found_by_their_names() {
        let folder = folder(&[3, 4]);
        let digits = mnist(folder.path()).unwrap();
        assert_eq!(digits.train.targets().0, [3, 4]);
        assert_eq!(digits.train.input(0).as_slice(), Some(&[0.0, 1.0][..]));
        assert_eq!(digits.test.input(0).as_slice(), Some(&[0.2][..]));
        assert_eq!(digits.classes[7], "7");
        assert_eq!(fashion_mnist(folder.path()).unwrap().classes[7], "Sneaker");
    }

    #[test]
    fn labels_must_be_as_many_as_pictures() {
        let folder = folder(&[3, 4, 5]);
        let message = mnist(folder.path()).unwrap_err().to_string();
        assert!(
            message.contains("train-labels-idx1-ubyte: expected 2 labels, one for each picture in"),
            "{message}"
        );
        assert!(message.ends_with("found 3 labels"), "{message}");
    }

    #[test]
    fn the_pictures_in_the_repository_are_whole_and_balanced() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/fashion-mnist");
        let pictures = fashion_mnist(folder).unwrap();
        for (part, each) in [(&pictures.train, 600), (&pictures.test, 100)] {
            assert_eq!(part.shape(0), [28, 28, 1]);
            let mut counts = [0; 10];
            part.targets()
                .0
                .iter()
                .for_each(|&class| counts[class as usize] += 1);
            assert_eq!(counts, [each; 10]);
        }
    }
}
