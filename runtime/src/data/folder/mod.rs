//! A folder of pictures: one folder inside it for each class.

mod listing;
#[cfg(test)]
mod oddities;
#[cfg(test)]
mod tests;

use self::listing::Listing;
use super::{Classes, Colors, DataError, Dataset, Limits, PictureReader, Pixels};
use ndarray::{Array3, Array4};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Reads a folder with one folder of PNG and JPEG pictures for each class.
///
/// The classes are numbered in the order of the folders' names, or as [`classes`](Self::classes) says: give
/// a part for testing the classes of the one for training, for a class without pictures there shifts all numbers after
/// it. The pictures come in the order of class folders and file names, those in folders inside a class folder too. Names are
/// ordered by their bytes, on every file system: `10` before `9`, `Zebra` before `ant`; `cat` and `Cat` are two classes.
///
/// Files that end as pictures do must be pictures (what a file holds is told by its first bytes: a JPEG may be called
/// `.png`), and links must lead somewhere. GIF, WebP, BMP, TIFF, HEIC and AVIF aren't read: they are errors, as damaged files
/// are, and [`skip_damaged`](Self::skip_damaged) leaves them out. Other files are named in [`FolderPictures::skipped`];
/// files and folders whose names begin with a dot are left out. How a picture becomes numbers is told at
/// [`PictureReader`]. (Feature `images`.)
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::{Colors, PictureFolder};
///
/// # let folder = tempfile::tempdir()?;
/// # for class in ["dogs", "cats"] {
/// #     std::fs::create_dir(folder.path().join(class))?;
/// #     let file = std::fs::File::create(folder.path().join(class).join("one.png"))?;
/// #     png::Encoder::new(file, 4, 3).write_header()?.write_image_data(&[0; 12])?;
/// # }
/// # let animals = folder.path();
/// let read = PictureFolder::new(animals).size(32, 32).colors(Colors::Gray).read()?;
/// assert_eq!(read.classes, ["cats", "dogs"]);
/// assert_eq!(read.pictures.shape(0), [32, 32, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PictureFolder {
    path: PathBuf,
    reader: PictureReader,
    classes: Option<Vec<String>>,
    skip_damaged: bool,
}

/// What was read from a folder of pictures.
#[derive(Clone, Debug)]
pub struct FolderPictures {
    /// The pictures `(examples, height, width, channels)` and their classes, with the classes' names.
    pub pictures: Dataset<Classes>,
    /// The name of each class, in the order of the class numbers.
    pub classes: Vec<String>,
    /// The file of each picture.
    pub files: Vec<PathBuf>,
    /// Files in the classes' folders that weren't read: those that don't end as pictures do, and the damaged ones with
    /// [`PictureFolder::skip_damaged`].
    pub skipped: Vec<PathBuf>,
    /// Reads one picture exactly as these were read.
    pub reader: PictureReader,
}

impl FolderPictures {
    /// Reads one more picture exactly as these were read: `(height, width, channels)`.
    ///
    /// # Errors
    ///
    /// Those of [`PictureReader::read`].
    pub fn read_one(&self, path: impl AsRef<Path>) -> Result<Array3<f32>, DataError> {
        self.reader.read(path)
    }
}

impl PictureFolder {
    /// Pictures in colour, as large as they are (all must be the same), with values from 0 to 1.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            reader: PictureReader::new(),
            classes: None,
            skip_damaged: false,
        }
    }

    /// Brings every picture to this size; its proportions may change.
    pub fn size(mut self, height: u32, width: u32) -> Self {
        self.reader = self.reader.size(height, width);
        self
    }

    /// Which channels are read.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.reader = self.reader.colors(colors);
        self
    }

    /// How the values are scaled.
    pub fn pixels(mut self, pixels: Pixels) -> Self {
        self.reader = self.reader.pixels(pixels);
        self
    }

    /// How much memory the files may take; see [`PictureReader::limits`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.reader = self.reader.limits(limits);
        self
    }

    /// The classes in the order of their numbers, such as those of the pictures trained on. A folder of another name is an
    /// error; a class may have no folder.
    pub fn classes(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let names = names.into_iter().map(|name| name.as_ref().to_owned());
        self.classes = Some(names.collect());
        self
    }

    /// Leaves out files that are damaged or can't be read, and names them in [`FolderPictures::skipped`]; otherwise they
    /// are an error that names them all.
    pub fn skip_damaged(mut self) -> Self {
        self.skip_damaged = true;
        self
    }

    /// Reads all pictures, on all cores.
    ///
    /// # Errors
    ///
    /// If the folder can't be read or has no folders in it, if a class folder has no pictures or isn't among the
    /// [`classes`](Self::classes) given, if pictures can't be read or are damaged (all are named), if they differ in size
    /// and no [`size`](Self::size) is asked for, or if they take more memory than the [`limits`](Self::limits) allow.
    pub fn read(&self) -> Result<FolderPictures, DataError> {
        self.reader.check_size()?;
        let Listing {
            classes,
            mut files,
            mut labels,
            mut skipped,
        } = Listing::of(&self.path, self.classes.as_deref())?;
        let (height, width) = match self.reader.wanted() {
            Some(size) => size,
            None => self.common_size(&files)?,
        };
        let reader = self.reader.fixed((height, width));
        let mut values = reader.room(&self.path, files.len(), (height, width))?;
        let each = height * width * reader.channels();
        let results: Vec<_> = values
            .par_chunks_exact_mut(each)
            .zip(&files)
            .map(|(values, path)| {
                let picture = reader.decoded(path)?;
                reader.write(path, picture, (height, width), values)
            })
            .collect();
        let fine: Vec<bool> = results.iter().map(Result::is_ok).collect();
        let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        if !errors.is_empty() {
            if !self.skip_damaged || errors.len() == files.len() {
                return Err(self.all(errors, files.len()));
            }
            let mut kept = 0;
            for (old, fine) in fine.into_iter().enumerate() {
                let file = std::mem::take(&mut files[old]);
                if !fine {
                    skipped.push(file);
                    continue;
                }
                values.copy_within(old * each..(old + 1) * each, kept * each);
                (files[kept], labels[kept]) = (file, labels[old]);
                kept += 1;
            }
            values.truncate(kept * each);
            files.truncate(kept);
            labels.truncate(kept);
        }
        skipped.sort();
        let shape = (files.len(), height, width, reader.channels());
        let pictures = Array4::from_shape_vec(shape, values).map_err(|error| {
            DataError::damaged(&self.path, format!("{shape:?} numbers"), error.to_string())
        })?;
        Ok(FolderPictures {
            pictures: Dataset::new(pictures, Classes(labels))?.with_class_names(&classes)?,
            classes,
            files,
            skipped,
            reader,
        })
    }

    /// The size that all pictures have, by their headers: before anything is allocated for them.
    fn common_size(&self, files: &[PathBuf]) -> Result<(usize, usize), DataError> {
        let sizes: Vec<_> = files
            .par_iter()
            .map(|path| self.reader.measured(path))
            .collect();
        let mut whole = files
            .iter()
            .zip(&sizes)
            .filter_map(|(path, size)| Some((path, *size.as_ref().ok()?)));
        let Some((first, (height, width))) = whole.next() else {
            let errors = sizes.into_iter().filter_map(Result::err).collect();
            return Err(self.all(errors, files.len()));
        };
        match whole.find(|(_, size)| *size != (height, width)) {
            None => Ok((height, width)),
            Some((path, size)) => Err(DataError::damaged(
                path,
                format!(
                    "a picture of {height} × {width} pixels, as {} is (or ask for a size)",
                    first.display()
                ),
                format!("{} × {}", size.0, size.1),
            )),
        }
    }

    /// One error that names all files that can't be taken.
    fn all(&self, mut errors: Vec<DataError>, files: usize) -> DataError {
        if errors.len() == 1 {
            return errors.remove(0);
        }
        let lines: Vec<_> = errors.iter().map(|error| format!("\n  {error}")).collect();
        DataError::damaged(
            &self.path,
            "whole PNG and JPEG pictures (`skip_damaged` leaves the others out)",
            format!(
                "{} of {files} that can't be taken:{}",
                errors.len(),
                lines.concat()
            ),
        )
    }
}
