//! From a drawing to a file: PNG or SVG by the ending, written whole or not at all.

use super::PlotError;
use super::palette::PAPER;
use crate::weights::atomic::write_atomically;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::prelude::{BitMapBackend, DrawingBackend, SVGBackend};
use std::io;
use std::path::Path;

/// What a drawing step returns.
pub(super) type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A drawing that any backend can take.
pub(super) trait Drawing {
    /// Width and height in pixels.
    fn size(&self) -> (u64, u64);
    /// Draws on a white ground of that size.
    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>) -> Drawn<DB>;
}

/// The most pixels of a plot: 200 MB of memory while it is drawn.
const MOST_PIXELS: u64 = 1 << 26;

/// Width and height of a drawing that is small enough.
fn size(drawing: &impl Drawing, path: &Path) -> Result<(u32, u32), PlotError> {
    let (width, height) = drawing.size();
    let most = MOST_PIXELS;
    let fits = width.checked_mul(height).is_some_and(|all| all <= most);
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(width), Ok(height)) if fits => Ok((width, height)),
        _ => Err(PlotError::Size {
            path: path.into(),
            width,
            height,
            most,
        }),
    }
}

/// Draws into the file `path`.
pub(super) fn save(drawing: &impl Drawing, path: &Path) -> Result<(), PlotError> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let bytes = match ending.as_deref() {
        Some("png") => png(drawing, size(drawing, path)?, path)?,
        Some("svg") => svg(drawing, size(drawing, path)?, path)?.into_bytes(),
        _ => return Err(PlotError::Ending { path: path.into() }),
    };
    write_atomically(path, |out| out.write_all(&bytes)).map_err(|source| PlotError::Write {
        path: path.into(),
        source,
    })
}

fn svg(drawing: &impl Drawing, size: (u32, u32), path: &Path) -> Result<String, PlotError> {
    let mut text = String::new();
    run(drawing, SVGBackend::with_string(&mut text, size))
        .map_err(|reason| refused(path, reason))?;
    Ok(text)
}

fn png(
    drawing: &impl Drawing,
    (width, height): (u32, u32),
    path: &Path,
) -> Result<Vec<u8>, PlotError> {
    let mut pixels = vec![0; width as usize * height as usize * 3];
    run(
        drawing,
        BitMapBackend::with_buffer(&mut pixels, (width, height)),
    )
    .map_err(|reason| refused(path, reason))?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&pixels)?;
        writer.finish()
    });
    written.map_err(|error| PlotError::Write {
        path: path.into(),
        source: io::Error::other(error),
    })?;
    Ok(bytes)
}

fn run<DB: DrawingBackend>(drawing: &impl Drawing, backend: DB) -> Result<(), String> {
    let area = backend.into_drawing_area();
    let drawn = area
        .fill(&PAPER)
        .and_then(|()| drawing.draw(&area))
        .and_then(|()| area.present());
    drawn.map_err(|error| error.to_string())
}

fn refused(path: &Path, reason: String) -> PlotError {
    PlotError::Draw {
        path: path.into(),
        reason,
    }
}

/// Width and height of a whole PNG file.
#[cfg(test)]
pub(super) fn png_size(path: &Path) -> (u32, u32) {
    let file = io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    reader.info().size()
}
