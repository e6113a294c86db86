//! The learning curve: loss and metrics over the epochs, training beside validation.

use super::PlotError;
use super::axis::{drawable, extremes, labels};
use super::canvas::{Drawing, Drawn, save};
use super::font::{fitted, font};
use super::palette::{BLUE, GREY, GRID, INK, PAPER, VERMILION};
use crate::training::History;
use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::prelude::*;
use std::path::Path;

/// A panel per figure (loss, each metric), each with its training and its validation line.
///
/// A line has a gap where a value is NaN or infinite. Values beyond ±10¹⁰⁰ are drawn there.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// # use shapeflow_runtime::training::{EpochRecord, History};
/// use shapeflow::plots::LearningCurve;
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

/// One line of a panel: the epochs and the figure's values, cut where a value is no number. No piece is empty.
type Line = Vec<Vec<(f64, f64)>>;

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
        let epochs = self.history.epochs().iter();
        let values: Vec<(f64, f64)> = epochs
            .filter_map(|e| Some((e.epoch as f64, e.find(name)?)))
            .collect();
        let pieces = values.split(|(_, value)| !value.is_finite());
        pieces
            .filter(|piece| !piece.is_empty())
            .map(|piece| piece.iter().map(|&(e, v)| (e, drawable(v))).collect())
            .collect()
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

    fn width(&self) -> u32 {
        PANEL.0 * self.columns() as u32
    }
}

impl Drawing for Curve<'_> {
    fn size(&self) -> (u64, u64) {
        let rows = self.panels.len().div_ceil(COLUMNS) as u64;
        (
            self.width().into(),
            u64::from(PANEL.1) * rows + u64::from(self.title_height()),
        )
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let (_, below) = area.split_vertically(self.title_height());
        if !self.title.is_empty() {
            let style = font(26).color(&INK);
            let title = fitted(self.title, 26, self.width() - 48);
            area.draw(&Text::new(title, (24, 16), style))?;
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
    /// All points of both lines.
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        let lines = self.training.iter().chain(&self.validation);
        lines.flatten().copied()
    }

    /// The lowest and highest value with a little air, never empty.
    fn range(&self) -> (f64, f64) {
        let (low, high) = extremes(self.points().map(|(_, value)| value));
        let magnitude = high.abs().max(low.abs());
        let air = if high - low > magnitude * 1e-9 {
            (high - low) * 0.08
        } else {
            magnitude.max(1e-6) * 0.1
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
        let (first, last) = extremes(self.points().map(|(epoch, _)| epoch));
        // So far from 0 that half an epoch is nothing there is no such number of epochs either.
        if last > first {
            (first, last)
        } else {
            (first - 0.5, last + 0.5)
        }
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let ((bottom, top), (first, last)) = (self.range(), self.epochs());
        let count = ((last - first) as usize).saturating_add(1);
        let label = labels(bottom, top);
        let mut chart = ChartBuilder::on(area)
            .margin(20)
            .caption(
                fitted(&self.name.replace('_', " "), 22, PANEL.0 - 40),
                font(22).color(&INK),
            )
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
            .y_label_formatter(&|&value| label(value))
            .x_desc("epoch")
            .label_style(font(17).color(&INK))
            .axis_desc_style(font(18).color(&GREY))
            .axis_style(GREY)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .draw()?;

        // A single epoch has no line, so its points stand alone; many epochs would hide the line under points.
        let dots = |piece: &[_]| {
            if count <= 40 || piece.len() == 1 {
                4
            } else {
                0
            }
        };
        for (number, piece) in self.training.iter().enumerate() {
            let color = BLUE.stroke_width(3);
            let drawn = chart.draw_series(LineSeries::new(piece.iter().copied(), color))?;
            if number == 0 {
                drawn
                    .label("training")
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 26, y)], color));
            }
            let circle = |&at| Circle::new(at, dots(piece), BLUE.filled());
            chart.draw_series(piece.iter().map(circle))?;
        }
        for (number, piece) in self.validation.iter().enumerate() {
            let color = VERMILION.stroke_width(3);
            let drawn = chart.draw_series(LineSeries::new(piece.iter().copied(), color))?;
            if number == 0 {
                drawn
                    .label("validation")
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 26, y)], color));
            }
            // Squares tell the lines apart without colour.
            let half = dots(piece);
            chart.draw_series(piece.iter().map(|&at| {
                EmptyElement::at(at)
                    + Rectangle::new([(-half, -half), (half, half)], VERMILION.filled())
            }))?;
        }
        let values = || self.training.iter().flatten().map(|&(_, value)| value);
        let falling = values()
            .next()
            .zip(values().next_back())
            .is_none_or(|(a, b)| a >= b);
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
    fn a_value_that_is_no_number_is_a_gap() {
        let mut history = history(2);
        for (epoch, loss) in [(3, f64::NAN), (4, 0.5), (5, f64::INFINITY), (6, 1e300)] {
            history.push(EpochRecord {
                epoch,
                figures: vec![("loss".into(), loss)],
                learning_rate: 0.1,
                seconds: 0.0,
            });
        }
        let line = LearningCurve::new(&history).line("loss");
        let epochs: Vec<Vec<f64>> = line
            .iter()
            .map(|piece| piece.iter().map(|point| point.0).collect())
            .collect();
        assert_eq!(epochs, [vec![1.0, 2.0], vec![4.0], vec![6.0]]);
        assert_eq!(line[2][0].1, 1e100);
    }

    #[test]
    fn figures_of_any_size_are_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let tiny = f64::from_bits(1);
        for figures in [
            [1e308, -1e308, 0.0],
            [f64::MAX, f64::MAX, f64::MIN],
            [tiny, 2.0 * tiny, 0.0],
            [1e300, 1e300, 1e300],
            [0.7, 0.7 + f64::EPSILON, 0.7],
            [5e15, 5e15 + 1.0, 5e15],
            [f64::NAN, 1e30, f64::INFINITY],
            [0.0, 0.0, -0.0],
            [1e-9, 1e9, 1e20],
        ] {
            let mut history = History::default();
            for (epoch, loss) in [1, usize::MAX / 2, usize::MAX].into_iter().zip(figures) {
                history.push(EpochRecord {
                    epoch,
                    figures: vec![("loss".into(), loss), ("val_loss".into(), -loss)],
                    learning_rate: 0.1,
                    seconds: 0.0,
                });
            }
            let curve = LearningCurve::new(&history).title("long ".repeat(1000));
            curve.save(folder.path().join("learning.png")).unwrap();
            curve.save(folder.path().join("learning.svg")).unwrap();
        }
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
