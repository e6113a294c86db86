//! The confusion matrix as a heat map: true classes down, predicted classes across.

use super::PlotError;
use super::canvas::{Drawing, Drawn, save};
use super::font::{fitted, font, width};
use super::palette::{GREY, GRID, INK, amount, text_on_amount};
use crate::metrics::ConfusionMatrix;
use ndarray::{Array2, ArrayView2};
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::path::Path;

/// A heat map of counts: the darker a cell, the larger its share of the true class's examples (the diagonal is the
/// recall).
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::ConfusionMatrix;
/// use shapeflow::plots::ConfusionPlot;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("confusion.png");
/// let matrix = ConfusionMatrix::from_classes(2, &[0, 0, 1, 1], &[0, 1, 1, 1])?.named(["cat", "dog"]);
/// ConfusionPlot::new(&matrix).title("Test pictures").save(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfusionPlot {
    counts: Array2<u64>,
    names: Vec<String>,
    title: String,
}

impl ConfusionPlot {
    /// The plot of a confusion matrix, with its names.
    pub fn new(matrix: &ConfusionMatrix) -> Self {
        let classes = matrix.classes();
        let names: Vec<String> = (0..classes).map(|class| matrix.name_of(class)).collect();
        let count = |(truth, predicted)| matrix.count(truth, predicted);
        Self::from_counts(Array2::from_shape_fn((classes, classes), count)).names(&names)
    }

    /// The plot of counts from elsewhere, `(true class, predicted class)`.
    pub fn from_counts(counts: Array2<u64>) -> Self {
        Self {
            counts,
            names: Vec::new(),
            title: String::new(),
        }
    }

    /// The classes' names, in the order of their numbers; without them the numbers stand there.
    pub fn names<S: AsRef<str>>(mut self, names: &[S]) -> Self {
        self.names = names.iter().map(|name| name.as_ref().to_string()).collect();
        self
    }

    /// A line of text above the matrix.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Draws it into a `.png` or `.svg` file.
    ///
    /// # Errors
    /// A [`PlotError`] if the matrix is empty or not square, if there aren't as many names as classes, if it has so many
    /// classes that the plot would be too large, for another ending, or if the disk refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        self.save_to(path.as_ref())
    }

    /// Compiled here, and not again in each crate that saves a plot.
    fn save_to(&self, path: &Path) -> Result<(), PlotError> {
        let content = |reason| PlotError::Content {
            what: "a confusion matrix",
            reason,
        };
        let (rows, columns) = self.counts.dim();
        if rows == 0 || rows != columns {
            return Err(content(format!(
                "expected a square matrix with at least one class, found {rows} × {columns}"
            )));
        }
        if !self.names.is_empty() && self.names.len() != rows {
            return Err(content(format!(
                "expected {rows} names, one per class, found {}",
                self.names.len()
            )));
        }
        let names = if self.names.is_empty() {
            (0..rows).map(|c| c.to_string()).collect()
        } else {
            self.names.clone()
        };
        save(&Matrix::new(self.counts.view(), names, &self.title), path)
    }
}

/// A matrix with its measures in pixels.
struct Matrix<'a> {
    counts: ArrayView2<'a, u64>,
    names: Vec<String>,
    title: &'a str,
    cell: u64,
    /// The height of the names' font.
    text: u32,
    /// The width of the longest name.
    name_width: u64,
    /// Whether names below the columns stand upright, for lack of room.
    upright: bool,
    /// Every so many classes have their name written.
    every: usize,
}

const MARGIN: u64 = 24;
/// Room for "true class" and "predicted class".
const DESCRIPTION: u64 = 36;
/// Room for the scale of colours at the right.
const SCALE: u64 = 110;
/// The longest name in pixels before it is cut.
const LONGEST: u32 = 180;

impl<'a> Matrix<'a> {
    fn new(counts: ArrayView2<'a, u64>, names: Vec<String>, title: &'a str) -> Self {
        let classes = names.len() as u64;
        let cell = (760 / classes).clamp(9, 90);
        let text = (cell as u32 * 2 / 5).clamp(14, 20);
        let every = (text as usize + 2).div_ceil(cell as usize);
        let names: Vec<String> = names
            .iter()
            .map(|name| fitted(name, text, LONGEST))
            .collect();
        let name_width = names
            .iter()
            .map(|name| u64::from(width(name, text)))
            .max()
            .unwrap_or(0);
        Self {
            counts,
            names,
            title,
            cell,
            text,
            name_width,
            upright: name_width + 6 > cell,
            every,
        }
    }

    fn side(&self) -> u64 {
        self.cell * self.names.len() as u64
    }

    fn top(&self) -> u64 {
        if self.title.is_empty() {
            MARGIN
        } else {
            MARGIN + 36
        }
    }

    fn left(&self) -> u64 {
        MARGIN + DESCRIPTION + self.name_width + 10
    }

    fn names_below(&self) -> u64 {
        if self.upright {
            self.name_width + 12
        } else {
            u64::from(self.text) + 12
        }
    }

    fn label_cells<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (left, top, cell) = (self.left() as i32, self.top() as i32, self.cell as i32);
        let largest = self.counts.iter().max().copied().unwrap_or(0).to_string();
        let height = (cell / 3).clamp(0, 20) as u32;
        // Counts that don't fit their cells would only make it unreadable.
        if height < 11 || u64::from(width(&largest, height)) + 4 > self.cell {
            return Ok(());
        }
        for ((row, column), &count) in self.counts.indexed_iter() {
            if count > 0 {
                let color = text_on_amount(self.share(row, column));
                let style = font(height)
                    .color(&color)
                    .pos(Pos::new(HPos::Center, VPos::Center));
                let at = (
                    left + column as i32 * cell + cell / 2,
                    top + row as i32 * cell + cell / 2,
                );
                area.draw(&Text::new(count.to_string(), at, style))?;
            }
        }
        Ok(())
    }

    fn label_classes<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (left, top, side) = (self.left() as i32, self.top() as i32, self.side() as i32);
        let middle = |index: usize| index as i32 * self.cell as i32 + self.cell as i32 / 2;
        for (index, name) in self.names.iter().enumerate().step_by(self.every) {
            let style = font(self.text)
                .color(&INK)
                .pos(Pos::new(HPos::Right, VPos::Center));
            area.draw(&Text::new(
                name.as_str(),
                (left - 8, top + middle(index)),
                style,
            ))?;
            let below = font(self.text).color(&INK);
            let (at, style) = if self.upright {
                // Read from below: the end of the name touches the matrix.
                let style = below
                    .transform(FontTransform::Rotate270)
                    .pos(Pos::new(HPos::Right, VPos::Center));
                ((left + middle(index), top + side + 8), style)
            } else {
                (
                    (left + middle(index), top + side + 8),
                    below.pos(Pos::new(HPos::Center, VPos::Top)),
                )
            };
            area.draw(&Text::new(name.as_str(), at, style))?;
        }
        let description = font(18).color(&GREY);
        let bottom = top + side + self.names_below() as i32 + 8;
        let style = description.pos(Pos::new(HPos::Center, VPos::Top));
        area.draw(&Text::new(
            "predicted class",
            (left + side / 2, bottom),
            style,
        ))?;
        let style = font(18)
            .transform(FontTransform::Rotate270)
            .color(&GREY)
            .pos(Pos::new(HPos::Center, VPos::Center));
        area.draw(&Text::new(
            "true class",
            (MARGIN as i32 + 10, top + side / 2),
            style,
        ))
    }

    fn scale<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let left = (self.left() + self.side() + 28) as i32;
        let (top, height) = (self.top() as i32, (self.side() as i32).min(300));
        for y in 0..height {
            let color = amount(1.0 - f64::from(y) / f64::from(height - 1).max(1.0));
            area.draw(&Rectangle::new(
                [(left, top + y), (left + 18, top + y + 1)],
                color.filled(),
            ))?;
        }
        area.draw(&Rectangle::new(
            [(left, top), (left + 18, top + height)],
            GREY,
        ))?;
        for (part, text) in [(0, "100 %"), (1, "50 %"), (2, "0 %")] {
            let style = font(15).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(
                text,
                (left + 26, top + height * part / 2),
                style,
            ))?;
        }
        Ok(())
    }

    /// The share of the true class's examples that got this prediction.
    fn share(&self, row: usize, column: usize) -> f64 {
        let all: f64 = self.counts.row(row).iter().map(|&count| count as f64).sum();
        self.counts[[row, column]] as f64 / all.max(1.0)
    }
}

impl Drawing for Matrix<'_> {
    fn size(&self) -> (u64, u64) {
        let width = (self.left() + self.side() + SCALE + MARGIN).max(360);
        (
            width,
            self.top() + self.side() + self.names_below() + DESCRIPTION + MARGIN,
        )
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (left, top, cell) = (self.left() as i32, self.top() as i32, self.cell as i32);
        if !self.title.is_empty() {
            let limit = (self.size().0 - 2 * MARGIN) as u32;
            area.draw(&Text::new(
                fitted(self.title, 24, limit),
                (MARGIN as i32, 18),
                font(24).color(&INK),
            ))?;
        }
        for (row, column) in ndarray::indices(self.counts.dim()) {
            let corner = (left + column as i32 * cell, top + row as i32 * cell);
            let square = [corner, (corner.0 + cell, corner.1 + cell)];
            area.draw(&Rectangle::new(
                square,
                amount(self.share(row, column)).filled(),
            ))?;
        }
        let side = self.side() as i32;
        if cell >= 20 {
            for line in 1..self.names.len() as i32 {
                let at = line * cell;
                area.draw(&PathElement::new(
                    [(left + at, top), (left + at, top + side)],
                    GRID,
                ))?;
                area.draw(&PathElement::new(
                    [(left, top + at), (left + side, top + at)],
                    GRID,
                ))?;
            }
        }
        area.draw(&Rectangle::new(
            [(left, top), (left + side, top + side)],
            GREY,
        ))?;
        self.label_cells(area)?;
        self.label_classes(area)?;
        self.scale(area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::canvas::png_size;
    use ndarray::array;

    fn counts(classes: usize) -> Array2<u64> {
        Array2::from_shape_fn((classes, classes), |(i, j)| {
            match (i as i64 - j as i64).unsigned_abs() {
                0 => 880 - 7 * i as u64,
                1 => 40 + 3 * j as u64,
                2 => 7,
                _ => 0,
            }
        })
    }

    #[test]
    fn two_ten_and_a_hundred_classes_are_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let fashion = [
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
        let ten = counts(10);
        let plot = ConfusionPlot::from_counts(ten)
            .names(&fashion)
            .title("Fashion-MNIST, test pictures");
        plot.save(folder.path().join("confusion10.png")).unwrap();
        plot.save(folder.path().join("confusion10.svg")).unwrap();
        let text = std::fs::read_to_string(folder.path().join("confusion10.svg")).unwrap();
        assert!(fashion.iter().all(|name| text.contains(name)) && text.contains("880"));
        ConfusionPlot::from_counts(array![[50, 2], [7, 41]])
            .save(folder.path().join("confusion2.png"))
            .unwrap();
        ConfusionPlot::from_counts(counts(100))
            .save(folder.path().join("confusion100.png"))
            .unwrap();
        let (width, _) = png_size(&folder.path().join("confusion100.png"));
        assert!(width < 1400, "{width}");
    }

    #[test]
    fn a_wrong_number_of_names_is_an_error() {
        let error = ConfusionPlot::from_counts(counts(3))
            .names(&["a", "b"])
            .save("x.png")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot plot a confusion matrix: expected 3 names, one per class, found 2"
        );
        let error = ConfusionPlot::from_counts(Array2::zeros((2, 3)))
            .save("x.png")
            .unwrap_err();
        assert!(error.to_string().contains("found 2 × 3"), "{error}");
    }

    #[test]
    fn more_classes_than_anybody_could_see_are_an_error() {
        let error = ConfusionPlot::from_counts(Array2::zeros((3_000, 3_000)))
            .save("x.png")
            .unwrap_err();
        assert!(
            matches!(
                error,
                PlotError::Size {
                    width: 27_000..,
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn a_class_without_examples_is_white() {
        let counts = array![[0, 0], [1, 3]];
        let matrix = Matrix::new(counts.view(), vec!["a".into(), "b".into()], "");
        assert_eq!([matrix.share(0, 0), matrix.share(1, 1)], [0.0, 0.75]);
        let many = array![[u64::MAX, u64::MAX], [0, 1]];
        let matrix = Matrix::new(many.view(), vec!["a".into(), "b".into()], "");
        assert_eq!([matrix.share(0, 0), matrix.share(1, 1)], [0.5, 1.0]);
    }
}
