//! One picture read as all pictures of a folder are.

use super::bitmap::Bitmap;
use super::{Colors, DataError, Limits, Pixels, decode, files};
use ndarray::Array3;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// How pictures become numbers: size, channels and range. It reads one picture exactly as training read all.
///
/// [`FolderPictures::reader`](super::FolderPictures::reader) is that of a folder; saved (it is `Serialize`) beside the
/// weights, it reads the pictures that the finished network is asked about. (Feature `images`.)
///
/// - **Orientation**: that of Exif (JPEG, PNG's `eXIf`) is applied: a picture stored as 2 × 4 with orientation 6 is 4 × 2.
/// - **Kinds**: PNG of every kind (of an animation the first picture) and JPEG (also progressive, CMYK and YCCK, which
///   become red, green and blue without a colour profile), told by the first bytes; levels are those that Pillow reads,
///   but for rounding in JPEG.
/// - **Size**: a mean weighted by a triangle as wide as two new pixels, and never narrower than two old ones, as Pillow's
///   `BILINEAR` (smoothed when made smaller); the whole picture is taken, so proportions may change, and nothing is cropped.
/// - **Grey** is `(19595 red + 38470 green + 7471 blue + 32768) / 65536`, rounded down: ITU-R BT.601's 0.299, 0.587
///   and 0.114 as Pillow computes them, so red is 76 of 255. It is taken after the size is changed.
/// - **Transparency** is dropped and the colour beneath it kept, as by Pillow's `convert("RGB")`. `gAMA` and colour
///   profiles aren't applied.
/// - **Range**: see [`Pixels`]; pictures of 16 bits keep all their levels.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::data::{Colors, PictureReader};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("red.png");
/// # let mut encoder = png::Encoder::new(std::fs::File::create(&path)?, 1, 1);
/// # encoder.set_color(png::ColorType::Rgb);
/// # let mut writer = encoder.write_header()?;
/// # writer.write_image_data(&[255, 0, 0])?;
/// # writer.finish()?;
/// let picture = PictureReader::new().size(8, 8).colors(Colors::Gray).read(&path)?;
/// assert_eq!(picture.shape(), [8, 8, 1]);
/// assert_eq!(picture[[0, 0, 0]], 76.0 / 255.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureReader {
    /// Height and width.
    size: Option<(u32, u32)>,
    /// Whether pictures of another size are brought to it; otherwise they are errors.
    resize: bool,
    colors: Colors,
    pixels: Pixels,
    #[serde(skip)]
    limits: Limits,
}

impl PictureReader {
    /// Pictures in colour, as large as they are, with values from 0 to 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Brings every picture to this size; its proportions may change.
    pub fn size(mut self, height: u32, width: u32) -> Self {
        self.size = Some((height, width));
        self.resize = true;
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

    /// How much memory files may take: the numbers of all pictures together [`Limits::memory`], one picture while it is
    /// decoded an eighth of that. Limits aren't saved.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a picture: `(height, width, channels)`.
    ///
    /// # Errors
    ///
    /// If the file can't be read, is no whole PNG or JPEG (of a progressive JPEG, what is missing between its markers isn't found out), or
    /// needs more memory than the limits allow; if the reader is that of a folder without a size asked for, and the picture isn't as large
    /// as those in the folder.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Array3<f32>, DataError> {
        let path = path.as_ref();
        self.check_size()?;
        let picture = self.decoded(path)?;
        let (height, width) = self.wanted().unwrap_or((picture.height, picture.width));
        let mut values = self.room(path, 1, (height, width))?;
        self.write(path, picture, (height, width), &mut values)?;
        let shape = (height, width, self.channels());
        Array3::from_shape_vec(shape, values).map_err(|error| {
            DataError::damaged(path, format!("{shape:?} numbers"), error.to_string())
        })
    }

    pub(super) fn check_size(&self) -> Result<(), DataError> {
        match self.size {
            Some((height, width)) if height == 0 || width == 0 => Err(DataError::argument(
                "size of the pictures",
                "at least 1 × 1",
                format!("{height} × {width}"),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn wanted(&self) -> Option<(usize, usize)> {
        self.size
            .map(|(height, width)| (height as usize, width as usize))
    }

    /// The same for pictures that must have this size.
    pub(super) fn fixed(mut self, (height, width): (usize, usize)) -> Self {
        if self.size.is_none() {
            self.size = Some((height as u32, width as u32));
            self.resize = false;
        }
        self
    }

    pub(super) fn channels(&self) -> usize {
        match self.colors {
            Colors::Gray => 1,
            Colors::Rgb => 3,
        }
    }

    /// Zeros for so many pictures, unless they are more than the limits allow.
    pub(super) fn room(
        &self,
        path: &Path,
        examples: usize,
        (height, width): (usize, usize),
    ) -> Result<Vec<f32>, DataError> {
        let channels = self.channels();
        let elements = [examples, height, width, channels]
            .into_iter()
            .try_fold(1_u128, |product, side| product.checked_mul(side as u128))
            .unwrap_or(u128::MAX / 4);
        let refused = || {
            let what = format!("{examples} pictures of {height} × {width} × {channels} numbers");
            DataError::limit(
                path,
                what,
                self.limits.memory(),
                format!("{}", elements.saturating_mul(4)),
            )
        };
        if elements.saturating_mul(4) > u128::from(self.limits.memory()) {
            return Err(refused());
        }
        let elements = usize::try_from(elements).map_err(|_| refused())?;
        let mut values = Vec::new();
        values.try_reserve_exact(elements).map_err(|_| refused())?;
        values.resize(elements, 0.0);
        Ok(values)
    }

    /// Height and width of the picture in a file, which isn't decoded.
    pub(super) fn measured(&self, path: &Path) -> Result<(usize, usize), DataError> {
        let bytes = files::read_within(path, &self.limits)?;
        decode::size(&bytes).map_err(|found| damaged(path, found))
    }

    pub(super) fn decoded(&self, path: &Path) -> Result<Bitmap, DataError> {
        let bytes = files::read_within(path, &self.limits)?;
        let limit = usize::try_from(self.limits.memory() / 8).unwrap_or(usize::MAX);
        decode::decode(&bytes, limit).map_err(|found| damaged(path, found))
    }

    /// Writes the numbers of a picture of this size into `values`.
    pub(super) fn write(
        &self,
        path: &Path,
        mut picture: Bitmap,
        (height, width): (usize, usize),
        values: &mut [f32],
    ) -> Result<(), DataError> {
        if (picture.height, picture.width) != (height, width) {
            if !self.resize {
                return Err(DataError::damaged(
                    path,
                    format!(
                        "a picture of {height} × {width} pixels, as the others are (or ask for a size)"
                    ),
                    format!("{} × {}", picture.height, picture.width),
                ));
            }
            // Rows are changed first: up to four channels as wide as the picture was.
            let between = 16_u128 * height as u128 * picture.width as u128;
            if between > u128::from(self.limits.memory()) {
                let what = format!("the picture brought to {height} rows");
                return Err(DataError::limit(
                    path,
                    what,
                    self.limits.memory(),
                    between.to_string(),
                ));
            }
            picture = picture.resized(width, height);
        }
        let samples = match self.colors {
            Colors::Gray => picture.gray(),
            Colors::Rgb => picture.rgb(),
        };
        for (value, sample) in values.iter_mut().zip(samples) {
            *value = self.pixels.scale_sample(sample, picture.white());
        }
        Ok(())
    }
}

fn damaged(path: &Path, found: String) -> DataError {
    DataError::damaged(path, "a whole PNG or JPEG picture", found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(
        path: &Path,
        (height, width): (u32, u32),
        depth: png::BitDepth,
        color: png::ColorType,
        bytes: &[u8],
    ) {
        let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), width, height);
        encoder.set_color(color);
        encoder.set_depth(depth);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(bytes).unwrap();
        writer.finish().unwrap();
    }

    #[test]
    fn grey_weights_are_those_of_itu_601() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rgb.png");
        let bytes = [255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 50];
        png_of(
            &path,
            (1, 4),
            png::BitDepth::Eight,
            png::ColorType::Rgb,
            &bytes,
        );
        let reader = PictureReader::new().colors(Colors::Gray);
        let unit = reader.read(&path).unwrap();
        assert_eq!(unit[[0, 0, 0]], 76.0 / 255.0);
        let raw = reader.pixels(Pixels::Raw).read(&path).unwrap();
        // Pillow's `convert("L")`.
        assert_eq!(raw.as_slice().unwrap(), [76.0, 150.0, 29.0, 124.0]);
    }

    #[test]
    fn png_16_all_levels_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scan.png");
        let bytes: Vec<u8> = (0..4096_u16).flat_map(u16::to_be_bytes).collect();
        png_of(
            &path,
            (64, 64),
            png::BitDepth::Sixteen,
            png::ColorType::Grayscale,
            &bytes,
        );
        for colors in [Colors::Gray, Colors::Rgb] {
            let read = PictureReader::new().colors(colors).read(&path).unwrap();
            let channels = read.shape()[2];
            for (place, value) in read.iter().enumerate() {
                assert_eq!(*value, (place / channels) as f32 / 65535.0);
            }
        }
        let raw = PictureReader::new()
            .pixels(Pixels::Raw)
            .read(&path)
            .unwrap();
        assert_eq!(raw[[4, 1, 0]], 1.0, "257 of 65535 is 1 of 255");
        let bytes: Vec<u8> = [1_u16, 2, 3, 9]
            .into_iter()
            .flat_map(u16::to_be_bytes)
            .collect();
        png_of(
            &path,
            (1, 1),
            png::BitDepth::Sixteen,
            png::ColorType::Rgba,
            &bytes,
        );
        let read = PictureReader::new().read(&path).unwrap();
        assert_eq!(
            read.as_slice().unwrap(),
            [1.0, 2.0, 3.0].map(|level| level / 65535.0)
        );
    }

    #[test]
    fn what_a_file_may_take_is_limited() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("small.png");
        png_of(
            &path,
            (2, 2),
            png::BitDepth::Eight,
            png::ColorType::Grayscale,
            &[0; 4],
        );
        for side in [100_000, u32::MAX] {
            let message = PictureReader::new()
                .size(side, side)
                .read(&path)
                .unwrap_err()
                .to_string();
            assert!(
                message.contains("expected at most 4294967296 bytes"),
                "{message}"
            );
        }
        let small = Limits::new().memory_bytes(8);
        let message = PictureReader::new()
            .limits(small)
            .read(&path)
            .unwrap_err()
            .to_string();
        assert!(message.contains("`Limits`"), "{message}");
        // Sizes for which there would be memory: it is the limit that refuses them.
        let mega = PictureReader::new().limits(Limits::new().memory_bytes(1 << 20));
        let message = mega.size(600, 600).read(&path).unwrap_err().to_string();
        let words = "1 pictures of 600 × 600 × 3 numbers: expected at most 1048576 bytes";
        assert!(message.contains(words), "{message}");
        let wide = folder.path().join("wide.png");
        let (eight, gray) = (png::BitDepth::Eight, png::ColorType::Grayscale);
        png_of(&wide, (1, 5000), eight, gray, &[0; 5000]);
        let message = mega.size(100, 1).read(&wide).unwrap_err().to_string();
        let words = "the picture brought to 100 rows: expected at most 1048576 bytes";
        assert!(message.contains(words), "{message}");
        assert!(mega.size(1, 100).read(&wide).is_ok());
        assert!(PictureReader::new().size(0, 1).read(&path).is_err());
        assert!(
            PictureReader::new()
                .limits(Limits::none())
                .size(u32::MAX, u32::MAX)
                .read(&path)
                .is_err()
        );
    }

    #[test]
    fn a_reader_can_be_saved() {
        let reader = PictureReader::new()
            .size(32, 16)
            .colors(Colors::Gray)
            .pixels(Pixels::Raw);
        let saved = serde_json::to_string(&reader).unwrap();
        assert_eq!(
            serde_json::from_str::<PictureReader>(&saved).unwrap(),
            reader
        );
    }
}
