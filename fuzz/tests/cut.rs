//! A small file of each kind cut at every byte, and with more behind it: none is taken for whole.

use shapeflow::data::normalize::Normalizer;
use shapeflow::data::table::{Categories, Filling, OutlierLimits, Preprocessor, load_fitted};
use shapeflow::data::{Limits, PictureReader, fashion_mnist, read_idx};
use shapeflow::training::History;
use shapeflow::weights::WeightsFile;
use shapeflow_fuzz::targets;
use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

/// A kind of file: the target that has seeds of it, and which; how it is read.
struct Kind {
    target: &'static str,
    seed: usize,
    read: fn(&Path) -> Outcome,
}

const KINDS: [Kind; 13] = [
    kind("weights", 0, weights),
    kind("extras", 0, weights),
    kind("checkpoint", 0, weights),
    kind("pytorch", 1, weights),
    kind("normalizer", 0, |path| read_to(Normalizer::load(path))),
    kind("fitted", 0, |path| {
        read_to(load_fitted::<(Filling, Filling, OutlierLimits, Categories)>(path))
    }),
    kind("preprocessor", 0, |path| {
        read_to(load_fitted::<Preprocessor>(path))
    }),
    kind("history", 0, |path| read_to(History::load(path))),
    kind("idx", 0, |path| read_to(read_idx(path))),
    kind("idx", 6, |path| read_to(read_idx(path))),
    kind("png", 0, picture),
    kind("png", 5, picture),
    kind("jpeg", 2, picture),
];

const fn kind(target: &'static str, seed: usize, read: fn(&Path) -> Outcome) -> Kind {
    Kind { target, seed, read }
}

/// Whether it could be read.
fn read_to<T>(read: Result<T, impl Error + 'static>) -> Outcome {
    read.map(drop).map_err(Into::into)
}

fn weights(path: &Path) -> Outcome {
    read_to(WeightsFile::open(path))
}

fn picture(path: &Path) -> Outcome {
    read_to(
        PictureReader::new()
            .limits(Limits::new().memory_bytes(1 << 24))
            .read(path),
    )
}

impl Kind {
    fn bytes(&self) -> Vec<u8> {
        let target = targets::ALL
            .iter()
            .find(|target| target.name == self.target);
        let seeds = (target.expect("a target of this name").seeds)();
        let mut bytes = seeds[self.seed].clone();
        // An end of line is no part of JSON.
        while bytes.last() == Some(&b'\n') && self.target != "idx" {
            bytes.pop();
        }
        bytes
    }
}

#[test]
fn a_file_cut_at_any_byte_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let path = folder.path().join(format!("cut.{}", kind.target));
        let whole = kind.bytes();
        fs::write(&path, &whole).unwrap();
        (kind.read)(&path).unwrap_or_else(|error| panic!("{}: {error}", kind.target));
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let what = || format!("{} cut to {length} of {}", kind.target, whole.len());
            let error = (kind.read)(&path)
                .err()
                .unwrap_or_else(|| panic!("{} is read", what()));
            let text = error.to_string();
            assert!(text.contains("cut."), "{}: {text}", what());
        }
    }
}

#[test]
fn what_stands_behind_a_file_is_refused_or_no_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let path = folder.path().join(format!("longer.{}", kind.target));
        let whole = kind.bytes();
        // Cameras and editors write notes of their own behind the end of a picture, which every reader passes over.
        let passes = matches!(kind.target, "png" | "jpeg");
        for more in [&b"x"[..], b"\0\0\0\0", b"{}", &whole] {
            fs::write(&path, [&whole, more].concat()).unwrap();
            let read = (kind.read)(&path);
            assert_eq!(
                read.is_ok(),
                passes,
                "{} and {} bytes: {read:?}",
                kind.target,
                more.len()
            );
        }
    }
}

/// A pair of files of which one has been exchanged for the other.
#[test]
fn labels_in_the_place_of_pictures_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = targets::ALL
        .iter()
        .find(|target| target.name == "mnist")
        .unwrap();
    let both = &(target.seeds)()[0];
    let (pictures, labels) = both.split_at(16 + 2 * 784);
    let write = |images: &[u8], classes: &[u8]| {
        for part in ["train", "t10k"] {
            fs::write(
                folder.path().join(format!("{part}-images-idx3-ubyte")),
                images,
            )
            .unwrap();
            fs::write(
                folder.path().join(format!("{part}-labels-idx1-ubyte")),
                classes,
            )
            .unwrap();
        }
        fashion_mnist(folder.path()).map(|pictures| pictures.train.len())
    };
    assert_eq!(write(pictures, labels).unwrap(), 2);
    let text = write(labels, pictures).unwrap_err().to_string();
    assert!(text.contains("train-images-idx3-ubyte"), "{text}");
}
