//! A folder of pictures: one folder inside it for each class.

use super::class_names::check_distinct;
use super::{Classes, Colors, DataError, Dataset, Limits, PictureReader, Pixels};
use crate::weights::nearest;
use ndarray::{Array3, Array4};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// How many folders deep a class folder may be: links may lead in a circle.
const DEEPEST: usize = 16;

/// Reads a folder with one folder of PNG and JPEG pictures for each class.
///
/// The classes are numbered in the alphabetical order of the folders' names, or as [`classes`](Self::classes) says: give
/// a part for testing the classes of the one for training, for a class without pictures there shifts all numbers after
/// it. The pictures come in the order of class folders and file names, those in folders inside a class folder too. What a
/// file holds is told by its first bytes. Files whose names begin with a dot are left out. How a picture becomes numbers
/// is told at [`PictureReader`]. (Feature `images`.)
///
/// ```
/// use shapeflow_runtime::data::{Colors, PictureFolder};
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
    /// Files in the classes' folders that weren't read: those that don't end in `.png`, `.jpg` or `.jpeg`, and the damaged
    /// ones with [`PictureFolder::skip_damaged`].
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
        } = self.listing()?;
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

    /// All files with their classes.
    fn listing(&self) -> Result<Listing, DataError> {
        let mut listing = Listing::default();
        if let Some(names) = &self.classes {
            check_distinct("classes of the folder", names)?;
            listing.classes.clone_from(names);
        }
        let folders: Vec<_> = sorted(&self.path)?
            .into_iter()
            .filter(|path| path.is_dir())
            .collect();
        if folders.is_empty() {
            return Err(DataError::damaged(
                &self.path,
                "one folder of pictures for each class",
                "no folders",
            ));
        }
        for folder in folders {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let label = match &self.classes {
                Some(names) => number(&folder, &name, names)?,
                None => {
                    listing.classes.push(name.clone().into_owned());
                    listing.classes.len() - 1
                }
            };
            let (mut pictures, mut others) = (Vec::new(), Vec::new());
            collect(&folder, DEEPEST, &mut pictures, &mut others)?;
            if pictures.is_empty() {
                let found = if others.is_empty() {
                    "no files".to_owned()
                } else {
                    format!("{} other files", others.len())
                };
                return Err(DataError::damaged(
                    &folder,
                    "pictures (.png, .jpg, .jpeg) of a class",
                    found,
                ));
            }
            listing.labels.extend(pictures.iter().map(|_| label as u32));
            listing.files.append(&mut pictures);
            listing.skipped.append(&mut others);
        }
        Ok(listing)
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

#[derive(Default)]
struct Listing {
    classes: Vec<String>,
    files: Vec<PathBuf>,
    labels: Vec<u32>,
    skipped: Vec<PathBuf>,
}

/// The number of a class folder among the names given.
fn number(folder: &Path, name: &str, names: &[String]) -> Result<usize, DataError> {
    names.iter().position(|given| given == name).ok_or_else(|| {
        let nearest = nearest(name, names.iter().map(String::as_str))
            .map_or(String::new(), |nearest| {
                format!("; the nearest is `{nearest}`")
            });
        DataError::damaged(
            folder,
            format!("a folder named as one of the {} classes given", names.len()),
            format!("`{name}`{nearest}"),
        )
    })
}

/// The files of a class folder and of all folders in it, by name.
fn collect(
    folder: &Path,
    deep: usize,
    pictures: &mut Vec<PathBuf>,
    others: &mut Vec<PathBuf>,
) -> Result<(), DataError> {
    for path in sorted(folder)? {
        if path.is_dir() {
            if deep == 0 {
                let expected = format!("folders at most {DEEPEST} deep in that of a class");
                return Err(DataError::damaged(&path, expected, "a deeper one"));
            }
            collect(&path, deep - 1, pictures, others)?;
        } else if path.is_file() && is_picture(&path) {
            pictures.push(path);
        } else {
            others.push(path);
        }
    }
    Ok(())
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
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    matches!(ending.as_str(), "png" | "jpg" | "jpeg")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG picture of one colour.
    fn save(path: &Path, (width, height): (u32, u32), color: [u8; 3]) {
        let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), width, height);
        encoder.set_color(png::ColorType::Rgb);
        let pixels = color.repeat((width * height) as usize);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&pixels).unwrap();
        writer.finish().unwrap();
    }

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let class = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            path
        };
        let (red, gray) = (class("red"), class("gray"));
        save(&red.join("b.png"), (3, 2), [255, 0, 51]);
        save(&red.join("a.PNG"), (3, 2), [0, 255, 0]);
        // Of 3 by 2 pixels, all 102.
        let flat = include_bytes!("../../tests/golden/pictures/flat.jpg");
        fs::write(gray.join("only.jpg"), flat).unwrap();
        fs::write(gray.join("notes.txt"), "not a picture").unwrap();
        fs::write(gray.join(".hidden.png"), "not a picture").unwrap();
        fs::write(folder.path().join("README"), "not a class").unwrap();
        folder
    }

    #[test]
    fn classes_and_files_come_in_the_order_of_their_names() {
        let folder = folder();
        let read = PictureFolder::new(folder.path()).read().unwrap();
        assert_eq!(read.classes, ["gray", "red"]);
        assert_eq!(read.pictures.targets().0, [0, 1, 1]);
        assert_eq!(read.pictures.shape(0), [2, 3, 3]);
        let names: Vec<_> = read
            .files
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["only.jpg", "a.PNG", "b.png"]);
        assert_eq!(read.skipped.len(), 1);
        let values = read.pictures.input(0).as_slice().unwrap();
        assert!((values[0] - 0.4).abs() < 0.01);
        assert_eq!(values[18..21], [0.0, 1.0, 0.0]);
        assert_eq!(values[36..39], [1.0, 0.0, 0.2]);
    }

    #[test]
    fn pictures_are_resized_and_turned_gray_if_asked() {
        let folder = folder();
        let read = PictureFolder::new(folder.path())
            .size(4, 5)
            .colors(Colors::Gray)
            .pixels(Pixels::Raw)
            .read()
            .unwrap();
        assert_eq!(read.pictures.shape(0), [4, 5, 1]);
        assert!((read.pictures.input(0).as_slice().unwrap()[0] - 102.0).abs() < 2.0);
    }

    #[test]
    fn pictures_of_another_size_are_named() {
        let folder = folder();
        let path = folder.path().join("red/c.png");
        save(&path, (4, 2), [0; 3]);
        let message = PictureFolder::new(folder.path())
            .read()
            .unwrap_err()
            .to_string();
        let first = folder.path().join("gray/only.jpg");
        let expected = format!(
            "{}: expected a picture of 2 × 3 pixels, as {} is (or ask for a size), found 2 × 4",
            path.display(),
            first.display()
        );
        assert_eq!(message, expected);
    }

    #[test]
    fn damaged_pictures_are_named() {
        let folder = folder();
        let path = folder.path().join("red/b.png");
        let whole = fs::read(&path).unwrap();
        for bytes in [&whole[..whole.len() / 2], b"not a picture", &[]] {
            fs::write(&path, bytes).unwrap();
            let message = PictureFolder::new(folder.path())
                .read()
                .unwrap_err()
                .to_string();
            let expected = format!(
                "{}: expected a whole PNG or JPEG picture, found ",
                path.display()
            );
            assert!(message.starts_with(&expected), "{message}");
        }
    }

    #[test]
    fn folders_without_classes_or_pictures_are_errors() {
        let folder = folder();
        let message = |path: &Path| PictureFolder::new(path).read().unwrap_err().to_string();
        assert!(
            message(&folder.path().join("red"))
                .ends_with("expected one folder of pictures for each class, found no folders")
        );
        assert!(message(&folder.path().join("blue")).contains("blue: can't be read: "));
        fs::create_dir(folder.path().join("blue")).unwrap();
        assert!(
            message(folder.path()).ends_with(
                "blue: expected pictures (.png, .jpg, .jpeg) of a class, found no files"
            )
        );
        assert!(PictureFolder::new(folder.path()).size(0, 4).read().is_err());
    }

    #[test]
    fn class_shift_numbers_are_those_of_the_names_given() {
        let folder = tempfile::tempdir().unwrap();
        for (part, classes) in [("train", vec!["a", "b", "c"]), ("test", vec!["a", "c"])] {
            for class in classes {
                let path = folder.path().join(part).join(class);
                fs::create_dir_all(&path).unwrap();
                save(&path.join("one.png"), (2, 2), [9; 3]);
            }
        }
        let train = PictureFolder::new(folder.path().join("train"))
            .read()
            .unwrap();
        let test = PictureFolder::new(folder.path().join("test")).classes(&train.classes);
        let read = test.clone().read().unwrap();
        assert_eq!(read.pictures.targets().0, [0, 2]);
        assert_eq!(read.pictures.class_names(0), train.pictures.class_names(0));
        let one = train.read_one(&read.files[0]).unwrap();
        assert_eq!(
            one.as_slice(),
            read.pictures.subset(&[0]).unwrap().input(0).as_slice()
        );
        let message = test.classes(["A", "b"]).read().unwrap_err().to_string();
        assert!(
            message.ends_with("test/a: expected a folder named as one of the 2 classes given, found `a`; the nearest is `A`"),
            "{message}"
        );
    }

    #[test]
    fn jpeg_cut_all_damaged_files_are_named_or_skipped() {
        let folder = folder();
        let flat = include_bytes!("../../tests/golden/pictures/flat.jpg");
        let paths = ["gray/cut.jpg", "red/cut.JPEG"].map(|name| folder.path().join(name));
        for path in &paths {
            fs::write(path, &flat[..flat.len() / 2]).unwrap();
        }
        for asked in [
            PictureFolder::new(folder.path()),
            PictureFolder::new(folder.path()).size(4, 4),
        ] {
            let message = asked.read().unwrap_err().to_string();
            assert!(message.contains("2 of 5 that can't be taken"), "{message}");
            for path in &paths {
                assert!(message.contains(&path.display().to_string()), "{message}");
            }
            let read = asked.skip_damaged().read().unwrap();
            assert_eq!(read.pictures.targets().0, [0, 1, 1]);
            assert!(paths.iter().all(|path| read.skipped.contains(path)));
            assert_eq!(read.files.len(), 3);
            let last = read.pictures.input(0).as_slice().unwrap().last().copied();
            assert_eq!(last, Some(0.2), "the last picture is b.png");
        }
    }

    #[test]
    fn a_large_picture_first_is_refused_before_memory_is_taken() {
        let folder = folder();
        save(&folder.path().join("gray/a.png"), (300, 200), [0; 3]);
        let read = PictureFolder::new(folder.path()).limits(Limits::new().memory_bytes(1 << 20));
        let message = read.clone().read().unwrap_err().to_string();
        assert!(
            message.contains("expected a picture of 200 × 300 pixels"),
            "{message}"
        );
        let message = read.size(100_000, 100_000).read().unwrap_err().to_string();
        assert!(
            message.contains(
                "4 pictures of 100000 × 100000 × 3 numbers: expected at most 1048576 bytes"
            ),
            "{message}"
        );
        let largest = PictureFolder::new(folder.path()).size(u32::MAX, u32::MAX);
        assert!(largest.read().is_err());
    }

    #[test]
    fn folders_in_a_class_belong_to_it() {
        let folder = folder();
        fs::create_dir(folder.path().join("red/more")).unwrap();
        save(&folder.path().join("red/more/c.png"), (3, 2), [1; 3]);
        let read = PictureFolder::new(folder.path()).read().unwrap();
        assert_eq!(read.pictures.targets().0, [0, 1, 1, 1]);
    }
}
