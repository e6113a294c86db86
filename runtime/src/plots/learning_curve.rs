//! The learning curve: loss and metrics over the epochs, training beside validation.

use super::PlotError;
use super::canvas::{Drawing, Drawn, save};
use super::font::font;
use super::palette::{BLUE, GREY, GRID, INK, PAPER, VERMILION};
use crate::training::History;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::*;
use std::path::Path;

/// A panel per figure (loss, each metric), each with its training and its validation line.
///
/// ```
/// # use shapeflow_runtime::training::{EpochRecord, History};
/// use shapeflow_runtime::plots::LearningCurve;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("learning.png");
/// # let mut history = History::default();
/// # history.push(EpochRecord { epoch: 1, figures: vec![("loss".into(), 0.5)], learning_rate: 0.1, seconds: 1.0 });
/// LearningCurve::new(&history).title("Fashion-MNIST").save(&path)?;
/// # Ok::<(), shapeflow_runtime::plots::PlotError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LearningCurve<'a> {
    history: &'a History,
    title: String,
}

/// The size of a panel in pixels.
const PANEL: (u32, u32) = (640, 440);
/// The height of the title in pixels.
const TITLE: u32 = 48;
/// The panels that stand side by side.
const COLUMNS: usize = 2;

/// One line of a panel: the epochs and the figure's values.
type Line = Vec<(f64, f64)>;

/// One figure: its name, its training line and its validation line.
struct Panel {
    name: String,
    training: Line,
    validation: Line,
}

impl<'a> LearningCurve<'a> {
    /// The curve of a history.
    pub fn new(history: &'a History) -> Self {
        Self {
            history,
            title: String::new(),
        }
    }

    /// A line of text above the panels.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Draws it into a `.png` or `.svg` file.
    ///
    /// # Errors
    /// A [`PlotError`] for a history without epochs, another ending, or a disk that refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), PlotError> {
        self.save_to(path.as_ref())
    }

    /// Compiled here, and not again in each crate that saves a plot.
    fn save_to(&self, path: &Path) -> Result<(), PlotError> {
        let panels = self.panels();
        if panels.is_empty() {
            let reason = "the history has no epoch with finite figures".to_string();
            return Err(PlotError::Content {
                what: "a learning curve",
                reason,
            });
        }
        save(
            &Curve {
                panels,
                title: &self.title,
            },
            path,
        )
    }

    fn line(&self, name: &str) -> Line {
        let values = self
            .history
            .epochs()
            .iter()
            .filter_map(|e| Some((e.epoch as f64, e.get(name)?)));
        values.filter(|(_, value)| value.is_finite()).collect()
    }

    fn panels(&self) -> Vec<Panel> {
        let names = self.history.names();
        let mut figures: Vec<&str> = Vec::new();
        for name in names {
            let plain = name.strip_prefix("val_").unwrap_or(name);
            if !figures.contains(&plain) {
                figures.push(plain);
            }
        }
        let panel = |name: &str| Panel {
            name: name.to_string(),
            training: self.line(name),
            validation: self.line(&format!("val_{name}")),
        };
        figures
            .into_iter()
            .map(panel)
            .filter(|p| !p.training.is_empty() || !p.validation.is_empty())
            .collect()
    }
}

struct Curve<'a> {
    panels: Vec<Panel>,
    title: &'a str,
}

impl Curve<'_> {
    fn columns(&self) -> usize {
        self.panels.len().min(COLUMNS)
    }

    fn title_height(&self) -> u32 {
        if self.title.is_empty() { 0 } else { TITLE }
    }
}

impl Drawing for Curve<'_> {
    fn size(&self) -> (u32, u32) {
        let (columns, rows) = (
            self.columns() as u32,
            self.panels.len().div_ceil(COLUMNS) as u32,
        );
        (PANEL.0 * columns, PANEL.1 * rows + self.title_height())
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (_, below) = area.split_vertically(self.title_height());
        if !self.title.is_empty() {
            let style = font(26).color(&INK);
            area.draw(&Text::new(self.title, (24, 16), style))?;
        }
        let rows = self.panels.len().div_ceil(COLUMNS);
        for (part, panel) in below
            .split_evenly((rows, self.columns()))
            .iter()
            .zip(&self.panels)
        {
            panel.draw(part)?;
        }
        Ok(())
    }
}

impl Panel {
    /// The lowest and highest value with a little air, never empty.
    fn range(&self) -> (f64, f64) {
        let values = || {
            self.training
                .iter()
                .chain(&self.validation)
                .map(|&(_, value)| value)
        };
        let (low, high) = values().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
            (low.min(v), high.max(v))
        });
        let air = if high > low {
            (high - low) * 0.08
        } else {
            high.abs().max(1e-6) * 0.1
        };
        // A loss or an accuracy close to 0 shouldn't have an axis that goes below it.
        let bottom = if low >= 0.0 {
            (low - air).max(0.0)
        } else {
            low - air
        };
        (bottom, high + air)
    }

    fn epochs(&self) -> (f64, f64) {
        let epochs = || {
            self.training
                .iter()
                .chain(&self.validation)
                .map(|&(epoch, _)| epoch)
        };
        let (first, last) = epochs().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), e| {
            (a.min(e), b.max(e))
        });
        if last > first {
            (first, last)
        } else {
            (first - 0.5, last + 0.5)
        }
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let ((bottom, top), (first, last)) = (self.range(), self.epochs());
        let count = (last - first) as usize + 1;
        let digits = decimals(top - bottom);
        let mut chart = ChartBuilder::on(area)
            .margin(20)
            .caption(self.name.replace('_', " "), font(22).color(&INK))
            .x_label_area_size(48)
            .y_label_area_size(72)
            .build_cartesian_2d(first..last, bottom..top)?;
        chart
            .configure_mesh()
            .x_labels(count.min(10))
            .y_labels(8)
            .x_label_formatter(&|epoch| {
                if (epoch - epoch.round()).abs() < 1e-6 {
                    format!("{epoch:.0}")
                } else {
                    String::new()
                }
            })
            .y_label_formatter(&|value| format!("{value:.digits$}"))
            .x_desc("epoch")
            .label_style(font(17).color(&INK))
            .axis_desc_style(font(18).color(&GREY))
            .axis_style(GREY)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .draw()?;

        // A single epoch has no line, so its points stand alone; many epochs would hide the line under points.
        let dots = if count <= 40 { 4 } else { 0 };
        if !self.training.is_empty() {
            let color = BLUE.stroke_width(3);
            let line = LineSeries::new(self.training.iter().copied(), color);
            let key = move |(x, y)| PathElement::new([(x, y), (x + 26, y)], color);
            chart.draw_series(line)?.label("training").legend(key);
            chart.draw_series(
                self.training
                    .iter()
                    .map(|&at| Circle::new(at, dots, BLUE.filled())),
            )?;
        }
        if !self.validation.is_empty() {
            let color = VERMILION.stroke_width(3);
            let line = LineSeries::new(self.validation.iter().copied(), color);
            let key = move |(x, y)| PathElement::new([(x, y), (x + 26, y)], color);
            chart.draw_series(line)?.label("validation").legend(key);
            // Squares tell the lines apart without colour.
            chart.draw_series(self.validation.iter().map(|&at| {
                let half = if dots > 0 { 4 } else { 0 };
                EmptyElement::at(at)
                    + Rectangle::new([(-half, -half), (half, half)], VERMILION.filled())
            }))?;
        }
        let falling = self
            .training
            .first()
            .zip(self.training.last())
            .is_none_or(|(a, b)| a.1 >= b.1);
        let place = if falling {
            SeriesLabelPosition::UpperRight
        } else {
            SeriesLabelPosition::LowerRight
        };
        chart
            .configure_series_labels()
            .position(place)
            .margin(14)
            .legend_area_size(34)
            .background_style(PAPER.mix(0.9))
            .border_style(GRID)
            .label_font(font(18).color(&INK))
            .draw()
    }
}

/// Decimals that tell the labels of an axis of this length apart.
fn decimals(length: f64) -> usize {
    (-(length / 8.0).log10()).ceil().clamp(0.0, 9.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plots::canvas::png_size;
    use crate::training::EpochRecord;

    fn history(epochs: usize) -> History {
        let mut history = History::default();
        for epoch in 1..=epochs {
            let t = epoch as f64;
            let figures = [
                ("loss", 0.2 + 1.1 * (-t / 4.0).exp()),
                ("accuracy", 0.93 - 0.4 * (-t / 4.0).exp()),
                (
                    "val_loss",
                    0.29 + 0.9 * (-t / 3.0).exp() + 0.004 * t + 0.01 * (t * 2.3).sin(),
                ),
                (
                    "val_accuracy",
                    0.905 - 0.35 * (-t / 3.0).exp() + 0.004 * (t * 1.7).sin(),
                ),
            ];
            let figures = figures
                .map(|(name, value)| (name.to_string(), value))
                .into();
            history.push(EpochRecord {
                epoch,
                figures,
                learning_rate: 0.001,
                seconds: 3.0,
            });
        }
        history
    }

    #[test]
    fn png_and_svg_have_the_size_of_their_panels() {
        let folder = tempfile::tempdir().unwrap();
        for epochs in [1, 15, 200] {
            let history = history(epochs);
            let curve = LearningCurve::new(&history).title("Fashion-MNIST, Adam, batch 128");
            let path = folder.path().join(format!("learning{epochs}.png"));
            curve.save(&path).unwrap();
            assert_eq!(png_size(&path), (1280, 488));
            let path = folder.path().join(format!("learning{epochs}.svg"));
            curve.save(&path).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            for word in ["validation", "training", "accuracy", "Fashion-MNIST"] {
                assert!(text.contains(word), "{word} is missing");
            }
        }
    }

    #[test]
    fn a_figure_that_is_never_finite_gets_no_panel() {
        let mut history = history(3);
        history.push(EpochRecord {
            epoch: 4,
            figures: vec![("auc".into(), f64::NAN), ("loss".into(), f64::INFINITY)],
            learning_rate: 0.1,
            seconds: 0.0,
        });
        let names: Vec<String> = LearningCurve::new(&history)
            .panels()
            .into_iter()
            .map(|p| p.name)
            .collect();
        assert_eq!(names, ["loss", "accuracy"]);
    }

    #[test]
    fn nothing_to_draw_and_unknown_endings_are_errors() {
        let error = LearningCurve::new(&History::default())
            .save("x.png")
            .unwrap_err();
        assert!(error.to_string().contains("no epoch"), "{error}");
        let error = LearningCurve::new(&history(2)).save("x.jpeg").unwrap_err();
        assert!(
            error.to_string().contains("expected .png or .svg"),
            "{error}"
        );
    }
}
