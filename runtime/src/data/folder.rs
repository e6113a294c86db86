//! A folder of pictures: one folder inside it for each class.

use super::bitmap::Bitmap;
use super::{Classes, DataError, Dataset, Pixels, decode};
use ndarray::Array4;
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// The channels of the pictures read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colors {
    /// One channel: grey levels.
    Gray,
    /// Three channels: red, green, blue. What is transparent loses its transparency.
    #[default]
    Rgb,
}

/// Reads a folder with one folder of PNG and JPEG pictures for each class.
///
/// The classes are numbered in the alphabetical order of the folders' names, and the pictures come in the order of
/// classes and file names. Files whose names begin with a dot are left out. (Feature `images`.)
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
    size: Option<(u32, u32)>,
    colors: Colors,
    pixels: Pixels,
}

/// What was read from a folder of pictures.
#[derive(Clone, Debug)]
pub struct FolderPictures {
    /// The pictures `(examples, height, width, channels)` and their classes.
    pub pictures: Dataset<Classes>,
    /// The name of each class, in the order of the class numbers.
    pub classes: Vec<String>,
    /// The file of each picture.
    pub files: Vec<PathBuf>,
    /// Files in the classes' folders that weren't read, because they don't end in `.png`, `.jpg` or `.jpeg`.
    pub skipped: Vec<PathBuf>,
}

impl PictureFolder {
    /// Pictures in colour, as large as they are (all must be the same), with values from 0 to 1.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            size: None,
            colors: Colors::Rgb,
            pixels: Pixels::Unit,
        }
    }

    /// Brings every picture to this size; its proportions may change.
    pub fn size(mut self, height: u32, width: u32) -> Self {
        self.size = Some((height, width));
        self
    }

    /// Which channels are read.
    pub fn colors(mut self, colors: Colors) -> Self {
        self.colors = colors;
        self
    }

    /// How the values are scaled.
    pub fn pixels(mut self, pixels: Pixels) -> Self {
        self.pixels = pixels;
        self
    }

    /// Reads all pictures, on all cores.
    ///
    /// # Errors
    ///
    /// If the folder can't be read or has no folders in it, if a class has no pictures, if a picture can't be read or
    /// is damaged, or if pictures differ in size and no [`size`](Self::size) is asked for.
    pub fn read(&self) -> Result<FolderPictures, DataError> {
        if let Some((height, width)) = self.size
            && (height == 0 || width == 0)
        {
            return Err(DataError::argument(
                "size of the pictures",
                "at least 1 × 1",
                format!("{height} × {width}"),
            ));
        }
        let (mut classes, mut files, mut skipped, mut labels) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for folder in sorted(&self.path)?.into_iter().filter(|path| path.is_dir()) {
            let (pictures, others): (Vec<_>, Vec<_>) = sorted(&folder)?
                .into_iter()
                .filter(|path| path.is_file())
                .partition(|path| is_picture(path));
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
            labels.extend(pictures.iter().map(|_| classes.len() as u32));
            files.extend(pictures);
            skipped.extend(others);
            classes.push(
                folder
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
        if classes.is_empty() {
            return Err(DataError::damaged(
                &self.path,
                "one folder of pictures for each class",
                "no folders",
            ));
        }
        let (height, width) = match self.size {
            Some((height, width)) => (height as usize, width as usize),
            None => {
                let first = read(&files[0])?;
                (first.height, first.width)
            }
        };
        let channels = match self.colors {
            Colors::Gray => 1,
            Colors::Rgb => 3,
        };
        let shape = (files.len(), height, width, channels);
        let mut pictures = Array4::zeros(shape);
        let each = shape.1 * shape.2 * channels;
        let values = pictures.as_slice_mut().unwrap_or_default();
        let results: Vec<_> = values
            .par_chunks_exact_mut(each)
            .zip(&files)
            .map(|(values, path)| self.read_one(path, (height, width), &files[0], values))
            .collect();
        // One after the other, so that of several damaged pictures it is always the first that is named.
        results.into_iter().collect::<Result<(), _>>()?;
        Ok(FolderPictures {
            pictures: Dataset::new(pictures, Classes(labels))?,
            classes,
            files,
            skipped,
        })
    }

    fn read_one(
        &self,
        path: &Path,
        (height, width): (usize, usize),
        first: &Path,
        values: &mut [f32],
    ) -> Result<(), DataError> {
        let mut picture = read(path)?;
        if (picture.height, picture.width) != (height, width) {
            if self.size.is_none() {
                return Err(DataError::damaged(
                    path,
                    format!(
                        "a picture of {height} × {width} pixels, as {} is (or ask for a size)",
                        first.display()
                    ),
                    format!("{} × {}", picture.height, picture.width),
                ));
            }
            picture = picture.resized(width, height);
        }
        let bytes = match self.colors {
            Colors::Gray => picture.gray(),
            Colors::Rgb => picture.rgb(),
        };
        for (value, byte) in values.iter_mut().zip(bytes) {
            *value = self.pixels.scale(byte);
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Bitmap, DataError> {
    let bytes = fs::read(path).map_err(|error| DataError::read(path, error))?;
    decode::decode(&bytes)
        .map_err(|found| DataError::damaged(path, "a whole PNG or JPEG picture", found))
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
}
