//! A picture out of the bytes of a PNG or JPEG file.

mod kind;
#[cfg(test)]
mod pillow;
#[cfg(test)]
mod tests;

use self::kind::Kind;
use super::bitmap::Bitmap;
use super::{exif, jpeg_layout, png_layout};
use std::io::Cursor;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The most pixels that a byte of a JPEG can hold: the component that isn't subsampled has a block for every 8 × 8 pixels, and a
/// Huffman code (for its first coefficient, in the first scan) has at least one bit. A file with fewer bytes is cut, and
/// filling the rest of the picture with grey would only take time.
const MOST_PIXELS_PER_BYTE: usize = 8 * 64;

/// The same of a PNG: Deflate makes at most 1,032 bytes of one, and a pixel has at least one bit.
const MOST_PNG_PIXELS_PER_BYTE: usize = 8 * 1032;

/// Refuses a size that can't be in so few bytes, before there is memory for it.
fn check_claim(bytes: &[u8], most: usize, height: usize, width: usize) -> Result<(), String> {
    if height.saturating_mul(width) <= bytes.len().saturating_mul(most) {
        return Ok(());
    }
    Err(format!(
        "{} bytes, in which a picture of {height} × {width} can't be whole",
        bytes.len()
    ))
}

/// Height and width of a picture as it is seen, by its headers; the `Err` says what was found instead.
pub(super) fn size(bytes: &[u8]) -> Result<(usize, usize), String> {
    let (height, width, orientation) = match Kind::of(bytes)? {
        Kind::Png => {
            let layout = png_layout::layout(bytes)?;
            check_claim(bytes, MOST_PNG_PIXELS_PER_BYTE, layout.height, layout.width)?;
            (layout.height, layout.width, layout.orientation)
        }
        Kind::Jpeg => {
            let layout = jpeg_layout::layout(bytes)?;
            check_claim(bytes, MOST_PIXELS_PER_BYTE, layout.height, layout.width)?;
            (layout.height, layout.width, layout.orientation)
        }
    };
    Ok(if exif::turns(orientation) {
        (width, height)
    } else {
        (height, width)
    })
}

/// Decodes a picture by its first bytes, whatever its file is called, and turns it as Exif says; its samples may take
/// `limit` bytes. The `Err` says what was found instead.
pub(super) fn decode(bytes: &[u8], limit: usize) -> Result<Bitmap, String> {
    match Kind::of(bytes)? {
        Kind::Png => {
            let layout = png_layout::layout(bytes)?;
            check_claim(bytes, MOST_PNG_PIXELS_PER_BYTE, layout.height, layout.width)?;
            Ok(png(bytes, limit)?.turned(layout.orientation))
        }
        Kind::Jpeg => {
            let layout = jpeg_layout::layout(bytes)?;
            check_claim(bytes, MOST_PIXELS_PER_BYTE, layout.height, layout.width)?;
            jpeg_layout::whole(bytes)?;
            Ok(jpeg(bytes, limit)?.turned(layout.orientation))
        }
    }
}

fn png(bytes: &[u8], limit: usize) -> Result<Bitmap, String> {
    let limits = png::Limits { bytes: limit };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    // Palettes become colours and 1, 2 and 4 bits become 8.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(|error| refused(error, limit))?;
    let (color, depth) = reader.output_color_type();
    let size = reader.output_buffer_size().filter(|size| *size <= limit);
    let mut samples = vec![0; size.ok_or_else(|| too_large(limit))?];
    reader
        .next_frame(&mut samples)
        .map_err(|error| refused(error, limit))?;
    let (width, height) = reader.info().size();
    let (width, height) = (width as usize, height as usize);
    let channels = color.samples();
    Ok(match depth {
        png::BitDepth::Sixteen => {
            let (pairs, _) = samples.as_chunks::<2>();
            let samples = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            Bitmap::new(width, height, channels, u16::MAX, samples)
        }
        _ => Bitmap::of_bytes(width, height, channels, &samples),
    })
}

fn refused(error: png::DecodingError, limit: usize) -> String {
    match error {
        png::DecodingError::LimitsExceeded => too_large(limit),
        error => error.to_string(),
    }
}

fn jpeg(bytes: &[u8], limit: usize) -> Result<Bitmap, String> {
    let options = || {
        DecoderOptions::default()
            .set_strict_mode(true)
            .set_max_width(usize::MAX)
            .set_max_height(usize::MAX)
    };
    let mut header = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options());
    header.decode_headers().map_err(|error| error.to_string())?;
    let (width, height) = header.dimensions().ok_or("no size")?;
    let color = match header.input_colorspace() {
        Some(
            color @ (ColorSpace::Luma | ColorSpace::LumaA | ColorSpace::RGB | ColorSpace::RGBA),
        ) => color,
        _ => ColorSpace::RGB,
    };
    let channels = color.num_components();
    if width.saturating_mul(height).saturating_mul(channels) > limit {
        return Err(too_large(limit));
    }
    check_claim(bytes, MOST_PIXELS_PER_BYTE, height, width)?;
    let options = options().jpeg_set_out_colorspace(color);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let samples = decoder.decode().map_err(|error| error.to_string())?;
    Ok(Bitmap::of_bytes(width, height, channels, &samples))
}

fn too_large(limit: usize) -> String {
    format!("a picture that takes more than {limit} bytes (`Limits` sets how much is allowed)")
}
