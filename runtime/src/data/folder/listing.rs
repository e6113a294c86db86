//! The files of a folder of pictures, with their classes.

use crate::data::DataError;
use crate::data::class_names::check_distinct;
use crate::weights::{excerpt_beside, nearest};
use std::fs;
use std::path::{Path, PathBuf};

/// How many folders deep a class folder may be: links may lead in a circle.
const DEEPEST: usize = 16;

/// What files of pictures end in, also of kinds that aren't read.
const ENDINGS: [&str; 15] = [
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "gif", "webp", "bmp", "tif", "tiff", "heic",
    "heif", "avif", "jp2",
];

/// All files with their classes.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) classes: Vec<String>,
    pub(super) files: Vec<PathBuf>,
    pub(super) labels: Vec<u32>,
    pub(super) skipped: Vec<PathBuf>,
}

impl Listing {
    /// Those of a folder; its class folders are numbered as these names, or in order.
    pub(super) fn of(path: &Path, names: Option<&[String]>) -> Result<Self, DataError> {
        let mut listing = Self::default();
        if let Some(names) = names {
            check_distinct("classes of the folder", names)?;
            names.clone_into(&mut listing.classes);
        }
        let mut empty = true;
        for folder in sorted(path)? {
            let what = fs::metadata(&folder).map_err(|error| DataError::read(&folder, error))?;
            if what.is_dir() {
                listing.add_class(&folder, names)?;
                empty = false;
            }
        }
        if empty {
            let expected = "one folder of pictures for each class";
            return Err(DataError::damaged(path, expected, "no folders"));
        }
        Ok(listing)
    }

    fn add_class(&mut self, folder: &Path, names: Option<&[String]>) -> Result<(), DataError> {
        let name = class_name(folder)?;
        let label = match names {
            Some(names) => number(folder, name, names)?,
            None => {
                self.classes.push(name.to_owned());
                self.classes.len() - 1
            }
        };
        let (before, others) = (self.files.len(), self.skipped.len());
        self.collect(folder, DEEPEST)?;
        let found = self.files.len() - before;
        if found == 0 {
            let found = match self.skipped.len() - others {
                0 => "no files".to_owned(),
                1 => "1 other file".to_owned(),
                others => format!("{others} other files"),
            };
            let expected = "pictures (.png, .jpg, .jpeg) of a class";
            return Err(DataError::damaged(folder, expected, found));
        }
        self.labels.extend(std::iter::repeat_n(label as u32, found));
        Ok(())
    }

    /// The files of a class folder and of all folders in it, by name.
    fn collect(&mut self, folder: &Path, deep: usize) -> Result<(), DataError> {
        for path in sorted(folder)? {
            match fs::metadata(&path) {
                Ok(what) if what.is_dir() && deep == 0 => {
                    let expected = format!("folders at most {DEEPEST} deep in that of a class");
                    let found = "a deeper one (a link may lead in a circle)";
                    return Err(DataError::damaged(&path, expected, found));
                }
                Ok(what) if what.is_dir() => self.collect(&path, deep - 1)?,
                // What can't be looked at is found to be so when it is read, with all others that can't be.
                Ok(what) if what.is_file() && is_picture(&path) => self.files.push(path),
                Err(_) if is_picture(&path) => self.files.push(path),
                _ => self.skipped.push(path),
            }
        }
        Ok(())
    }
}

/// The name of a class folder, which must be text to name a class.
fn class_name(folder: &Path) -> Result<&str, DataError> {
    let name = folder.file_name().unwrap_or_default();
    name.to_str().ok_or_else(|| {
        let expected = "a folder whose name, which is that of its class, is UTF-8";
        DataError::damaged(folder, expected, format!("{name:?}"))
    })
}

/// The number of a class folder among the names given.
fn number(folder: &Path, name: &str, names: &[String]) -> Result<usize, DataError> {
    names.iter().position(|given| given == name).ok_or_else(|| {
        let nearest = nearest(name, names.iter().map(String::as_str))
            .map_or(String::new(), |nearest| {
                format!("; the nearest is `{}`", excerpt_beside(nearest, name))
            });
        DataError::damaged(
            folder,
            format!("a folder named as one of the {} classes given", names.len()),
            format!("`{name}`{nearest}"),
        )
    })
}

/// What is in a folder, by name, without what is hidden.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = fs::read_dir(folder).map_err(|error| DataError::read(folder, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| DataError::read(folder, error))?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}
