//! A sheet of pictures, each with its predicted class, and with the true one where that is another.

use super::PlotError;
use super::canvas::{Drawing, Drawn, save};
use super::font::{fitted, font};
use super::palette::{GRID, INK, RED};
use ndarray::{ArrayView3, ArrayView4, Axis};
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::path::Path;

/// Pictures in rows, captioned; wrong predictions have a red frame and both classes.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use ndarray::Array4;
/// use shapeflow::plots::PictureSheet;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("sheet.png");
/// let pictures = Array4::from_elem((2, 8, 8, 1), 0.5); // (pictures, height, width, channels)
/// PictureSheet::new(pictures.view(), &[0, 1], &[0, 0]).names(&["cat", "dog"]).save(&path)?;
/// # Ok::<(), shapeflow_runtime::plots::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PictureSheet<'a> {
    pictures: ArrayView4<'a, f32>,
    truth: &'a [u32],
    predicted: &'a [u32],
    names: Vec<String>,
    title: String,
    columns: usize,
    range: Option<(f32, f32)>,
}

/// The most pictures of one sheet.
const MOST: usize = 400;

impl<'a> PictureSheet<'a> {
    /// A sheet of pictures `(pictures, height, width, channels)`, with 1 channel (grey) or 3 (red, green, blue), their
    /// true classes and their predicted classes.
    pub fn new(pictures: ArrayView4<'a, f32>, truth: &'a [u32], predicted: &'a [u32]) -> Self {
        Self {
            pictures,
            truth,
            predicted,
            names: Vec::new(),
            title: String::new(),
            columns: 8,
            range: None,
        }
    }

    /// The classes' names, in the order of their numbers; without them the numbers stand there.
    pub fn names<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        self.names = names.iter().map(|name| name.as_ref().to_string()).collect();
        self
    }

    /// A line of text above the pictures.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The number of pictures side by side, 8 unless set.
    pub fn columns(mut self, columns: usize) -> Self {
        self.columns = columns;
        self
    }

    /// The values that are drawn black and white. Unless set these are 0 and 1, or the sheet's lowest and highest value
    /// if some lie outside of that, as with normalised pictures.
    pub fn range(mut self, black: f32, white: f32) -> Self {
        self.range = Some((black, white));
        self
    }

    /// Draws it into a `.png` or `.svg` file.
    ///
    /// # Errors
    /// A [`PlotError`] if there are no pictures or more than 400, if the sheet would be too large, if the classes aren't as
    /// many as the pictures or have no name, if the channels aren't 1 or 3, if a value is NaN or infinite or the range isn't
    /// one, for another ending, or if the disk refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        self.save_to(path.as_ref())
    }

    /// Compiled here, and not again in each crate that saves a plot.
    fn save_to(&self, path: &Path) -> Result<(), PlotError> {
        self.check().map_err(|reason| PlotError::Content {
            what: "a sheet of pictures",
            reason,
        })?;
        save(&Sheet::new(self), path)
    }

    fn check(&self) -> Result<(), String> {
        let (count, height, width, channels) = self.pictures.dim();
        if count == 0 || count > MOST {
            return Err(format!("expected 1 to {MOST} pictures, found {count}"));
        }
        if height == 0 || width == 0 || ![1, 3].contains(&channels) {
            return Err(format!(
                "expected pictures (height, width, 1 or 3), found ({height}, {width}, {channels})"
            ));
        }
        if self.columns == 0 {
            return Err("expected at least 1 column, found 0".into());
        }
        if let Some((black, white)) = self.range
            && !(black.is_finite() && white.is_finite() && black != white)
        {
            return Err(format!(
                "expected a range of two finite numbers that differ, found {black} to {white}"
            ));
        }
        let mut values = self.pictures.indexed_iter();
        if let Some(((picture, y, x, channel), value)) = values.find(|(_, v)| !v.is_finite()) {
            return Err(format!(
                "expected finite values, found {value} in picture {picture} at row {y}, column {x}, channel {channel}"
            ));
        }
        for (what, classes) in [("true", self.truth), ("predicted", self.predicted)] {
            if classes.len() != count {
                return Err(format!(
                    "expected {count} {what} classes, one per picture, found {}",
                    classes.len()
                ));
            }
            let largest = classes.iter().max().copied().unwrap_or(0) as usize;
            if !self.names.is_empty() && largest >= self.names.len() {
                return Err(format!(
                    "the {what} class {largest} has no name, there are {} names",
                    self.names.len()
                ));
            }
        }
        Ok(())
    }

    fn name(&self, class: u32) -> String {
        self.names
            .get(class as usize)
            .cloned()
            .unwrap_or_else(|| class.to_string())
    }

    /// The values that are black and white.
    fn black_and_white(&self) -> (f32, f32) {
        self.range.unwrap_or_else(|| {
            let values = self.pictures.iter();
            values.fold((0.0_f32, 1.0_f32), |(low, high), &v| {
                (low.min(v), high.max(v))
            })
        })
    }
}

/// A sheet with its measures in pixels.
struct Sheet<'s, 'a> {
    sheet: &'s PictureSheet<'a>,
    /// How many pixels a pixel of the pictures becomes.
    zoom: u64,
    columns: u64,
    rows: u64,
    black: f32,
    white: f32,
}

const MARGIN: u64 = 20;
/// Room between two pictures.
const GAP: u64 = 18;
/// Room for two lines of text below a picture.
const CAPTION: u64 = 46;
const TEXT: u32 = 17;
/// Pictures narrower than this are enlarged.
const NARROWEST: u64 = 112;

impl<'s, 'a> Sheet<'s, 'a> {
    fn new(sheet: &'s PictureSheet<'a>) -> Self {
        let (count, height, width, _) = sheet.pictures.dim();
        let zoom = (NARROWEST / height.max(width) as u64).max(1);
        let columns = sheet.columns.min(count);
        let (black, white) = sheet.black_and_white();
        Self {
            sheet,
            zoom,
            columns: columns as u64,
            rows: count.div_ceil(columns) as u64,
            black,
            white,
        }
    }

    fn picture_size(&self) -> (u64, u64) {
        let (_, height, width, _) = self.sheet.pictures.dim();
        let zoomed = |side: usize| (side as u64).saturating_mul(self.zoom);
        (zoomed(width), zoomed(height))
    }

    /// Width and height of a place, at least wide enough for a caption.
    fn place(&self) -> (u64, u64) {
        let (width, height) = self.picture_size();
        (
            width.max(NARROWEST).saturating_add(GAP),
            height.saturating_add(CAPTION + GAP),
        )
    }

    fn top(&self) -> u64 {
        if self.sheet.title.is_empty() {
            MARGIN
        } else {
            MARGIN + 40
        }
    }

    fn shade(&self, value: f32) -> u8 {
        // In 64 bits, since the difference of two large numbers is infinite in 32.
        let [value, black, white] = [value, self.black, self.white].map(f64::from);
        let share = (value - black) / (white - black);
        (share * 255.0).round().clamp(0.0, 255.0) as u8
    }

    fn color(&self, pixel: &ndarray::ArrayView1<'_, f32>) -> RGBColor {
        let channel = |index: usize| self.shade(pixel[index.min(pixel.len() - 1)]);
        RGBColor(channel(0), channel(1), channel(2))
    }

    /// Rectangles instead of a bitmap, which SVG doesn't have here; neighbours of one colour become one rectangle.
    fn picture<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        (left, top): (i32, i32),
        picture: ArrayView3<'_, f32>,
    ) -> Drawn<DB> {
        let zoom = self.zoom as i32;
        for (y, line) in picture.outer_iter().enumerate() {
            let colors: Vec<RGBColor> = line.outer_iter().map(|pixel| self.color(&pixel)).collect();
            let mut start = 0;
            for run in colors.chunk_by(|a, b| a == b) {
                let end = start + run.len();
                let corner = (left + start as i32 * zoom, top + y as i32 * zoom);
                let opposite = (left + end as i32 * zoom, corner.1 + zoom);
                area.draw(&Rectangle::new([corner, opposite], run[0].filled()))?;
                start = end;
            }
        }
        Ok(())
    }
}

impl Drawing for Sheet<'_, '_> {
    fn size(&self) -> (u64, u64) {
        let (width, height) = self.place();
        let columns = self.columns.saturating_mul(width);
        let rows = self.rows.saturating_mul(height);
        (
            (columns - GAP).saturating_add(2 * MARGIN),
            (rows - GAP).saturating_add(self.top() + MARGIN),
        )
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        if !self.sheet.title.is_empty() {
            let limit = (self.size().0 - 2 * MARGIN) as u32;
            let title = fitted(&self.sheet.title, 24, limit);
            area.draw(&Text::new(title, (MARGIN as i32, 16), font(24).color(&INK)))?;
        }
        let (place, size) = (self.place(), self.picture_size());
        for (index, picture) in self.sheet.pictures.axis_iter(Axis(0)).enumerate() {
            let (row, column) = (index as u64 / self.columns, index as u64 % self.columns);
            let left = (MARGIN + column * place.0 + (place.0 - GAP - size.0) / 2) as i32;
            let top = (self.top() + row * place.1) as i32;
            let (width, height) = (size.0 as i32, size.1 as i32);
            self.picture(area, (left, top), picture)?;

            let (truth, predicted) = (self.sheet.truth[index], self.sheet.predicted[index]);
            let wrong = truth != predicted;
            let color = if wrong { RED } else { GRID };
            for ring in 1..=if wrong { 4 } else { 1 } {
                let frame = [
                    (left - ring, top - ring),
                    (left + width + ring - 1, top + height + ring - 1),
                ];
                area.draw(&Rectangle::new(frame, color))?;
            }
            let caption = |line: i32, text: &str, color: &RGBColor| {
                let style = font(TEXT)
                    .color(color)
                    .pos(Pos::new(HPos::Center, VPos::Top));
                let at = (
                    left + width / 2,
                    top + height + 8 + line * (TEXT as i32 + 2),
                );
                area.draw(&Text::new(
                    fitted(text, TEXT, place.0 as u32 - 6),
                    at,
                    style,
                ))
            };
            if wrong {
                caption(0, &format!("✗ {}", self.sheet.name(predicted)), &RED)?;
                caption(1, &format!("is {}", self.sheet.name(truth)), &INK)?;
            } else {
                caption(0, &self.sheet.name(predicted), &INK)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array4;

    fn pictures(count: usize, side: usize, channels: usize) -> Array4<f32> {
        Array4::from_shape_fn((count, side, side, channels), |(n, y, x, c)| {
            let middle = side as f32 / 2.0;
            let distance =
                ((y as f32 - middle).hypot(x as f32 - middle) / middle - 0.08 * n as f32).abs();
            (1.0 - distance * (1.0 + 0.3 * c as f32)).clamp(0.0, 1.0)
        })
    }

    #[test]
    fn grey_and_coloured_sheets_are_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "an unusually long class name",
        ];
        let truth: Vec<u32> = (0..19).map(|n| n % 4).collect();
        let mut predicted = truth.clone();
        (predicted[2], predicted[11]) = (3, 0);
        let grey = pictures(19, 28, 1);
        let sheet = PictureSheet::new(grey.view(), &truth, &predicted)
            .names(&names)
            .title("19 test pictures, 2 wrong");
        sheet.save(folder.path().join("sheet.png")).unwrap();
        sheet.save(folder.path().join("sheet.svg")).unwrap();
        let text = std::fs::read_to_string(folder.path().join("sheet.svg")).unwrap();
        assert_eq!(text.matches('✗').count(), 2);
        let colour = pictures(19, 32, 3) * 4.0 - 2.0;
        PictureSheet::new(colour.view(), &truth, &predicted)
            .columns(5)
            .save(folder.path().join("colour.png"))
            .unwrap();
    }

    #[test]
    fn normalised_pictures_use_their_own_range() {
        let values = pictures(1, 4, 1) * 2.0 - 1.5;
        let sheet = PictureSheet::new(values.view(), &[0], &[0]);
        let (black, white) = sheet.black_and_white();
        assert!(black < 0.0 && white == 1.0, "{black} {white}");
        assert_eq!(sheet.range(-3.0, 3.0).black_and_white(), (-3.0, 3.0));
    }

    #[test]
    fn what_contradicts_itself_is_an_error() {
        let two = pictures(2, 4, 2);
        let error = PictureSheet::new(two.view(), &[0, 0], &[0, 0])
            .save("x.png")
            .unwrap_err();
        assert!(error.to_string().contains("1 or 3"), "{error}");
        let grey = pictures(2, 4, 1);
        let error = PictureSheet::new(grey.view(), &[0], &[0, 0])
            .save("x.png")
            .unwrap_err();
        assert!(
            error.to_string().contains("expected 2 true classes"),
            "{error}"
        );
        let error = PictureSheet::new(grey.view(), &[0, 1], &[0, 5])
            .names(&["a", "b"])
            .save("x.png")
            .unwrap_err();
        assert!(
            error.to_string().contains("predicted class 5 has no name"),
            "{error}"
        );
        for range in [(0.5, 0.5), (f32::NAN, 1.0), (0.0, f32::INFINITY)] {
            let error = PictureSheet::new(grey.view(), &[0, 1], &[0, 1])
                .range(range.0, range.1)
                .save("x.png")
                .unwrap_err();
            assert!(error.to_string().contains("expected a range"), "{error}");
        }
        let mut broken = grey.clone();
        broken[[1, 2, 3, 0]] = f32::NAN;
        let error = PictureSheet::new(broken.view(), &[0, 1], &[0, 1])
            .save("x.png")
            .unwrap_err();
        assert!(
            error
                .to_string()
                .contains("found NaN in picture 1 at row 2, column 3"),
            "{error}"
        );
        let wide = ndarray::ArrayView4::from_shape((1, 1, 1, 1), &[0.5]).unwrap();
        let wide = wide.broadcast((1, 100_000, 100_000, 1)).unwrap();
        let sheet = PictureSheet::new(wide, &[0], &[0]).range(0.0, 1.0);
        let error = save(&Sheet::new(&sheet), Path::new("x.png")).unwrap_err();
        assert!(matches!(error, PlotError::Size { .. }), "{error}");
    }
}
