//! Plots: learning curves, confusion matrices, picture sheets, as PNG and SVG.
//!
//! The file's ending chooses the format. Text comes from a font in the crate, so plots look the same on every machine.
//! Colours are those of Okabe and Ito (2008), which people with colour blindness can tell apart.
//!
//! (Feature `plots`.)

mod axis;
mod canvas;
mod confusion;
mod error;
mod font;
mod learning_curve;
mod palette;
mod picture_sheet;

pub use confusion::ConfusionPlot;
pub use error::PlotError;
pub use learning_curve::LearningCurve;
pub use picture_sheet::PictureSheet;
