//! What can go wrong with a plot.

use std::io;
use std::path::PathBuf;

/// A plot that couldn't be drawn or written.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum PlotError {
    /// The file's ending is none that plots have.
    #[error("{}: the ending says what a plot becomes, expected .png or .svg", path.display())]
    Ending {
        /// The file.
        path: PathBuf,
    },
    /// The file can't be written; what stood there before is still there.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The plot would be too large to be drawn or looked at.
    #[error("cannot draw {}: it would be {width} × {height} pixels, expected at most {most} in all", path.display())]
    Size {
        /// The file.
        path: PathBuf,
        /// Its width in pixels.
        width: u64,
        /// Its height in pixels.
        height: u64,
        /// The most pixels of a plot.
        most: u64,
    },
    /// There is nothing to draw.
    #[error("cannot plot {what}: {reason}")]
    Content {
        /// The kind of plot.
        what: &'static str,
        /// What is missing or contradicts itself.
        reason: String,
    },
    /// The drawing library refused.
    #[error("cannot draw {}: {reason}", path.display())]
    Draw {
        /// The file.
        path: PathBuf,
        /// What it said.
        reason: String,
    },
}

crate::debug_as_display::debug_as_display!(PlotError);
