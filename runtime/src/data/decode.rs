//! A picture out of the bytes of a PNG or JPEG file.

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
            Ok(jpeg(bytes, limit)?.turned(layout.orientation))
        }
    }
}

enum Kind {
    Png,
    Jpeg,
}

impl Kind {
    fn of(bytes: &[u8]) -> Result<Self, String> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else if bytes.is_empty() {
            Err("an empty file".into())
        } else {
            Err("a file of another kind".into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    const LIMIT: usize = 512 << 20;

    fn golden() -> (PathBuf, serde_json::Value) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
        let golden = std::fs::read_to_string(folder.join("pictures.json")).unwrap();
        (folder, serde_json::from_str(&golden).unwrap())
    }

    fn bytes(samples: Vec<u16>, white: u16) -> Vec<u16> {
        let byte = |sample: u16| match white {
            255 => sample,
            _ => ((u32::from(sample) + 128) / 257) as u16,
        };
        samples.into_iter().map(byte).collect()
    }

    /// `tests/golden/pictures` has pictures of every kind with what the crate `image` 0.25.10 makes of them.
    #[test]
    fn pictures_are_what_other_readers_see() {
        let (folder, golden) = golden();
        let golden = golden.as_object().unwrap();
        assert_eq!(golden.len(), 12);
        for (name, expected) in golden {
            let picture = decode(&std::fs::read(folder.join(name)).unwrap(), LIMIT).unwrap();
            for (what, found) in [
                ("rgb", picture.rgb()),
                ("small", picture.resized(7, 5).rgb()),
            ] {
                let found = serde_json::json!(bytes(found, picture.white()));
                assert_eq!(found, expected[what], "{what} of {name}");
            }
        }
    }

    #[test]
    fn a_small_jpeg_that_claims_to_be_large_is_refused_before_it_is_decoded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
        let mut bytes = std::fs::read(folder.join("rgb.jpg")).unwrap();
        // The frame's header: marker, length, precision, height, width.
        let frame = bytes
            .windows(2)
            .position(|marker| marker == [0xff, 0xc0])
            .unwrap();
        for (at, byte) in [(5, 0x2e), (6, 0xe0), (7, 0x2e), (8, 0xe0)] {
            bytes[frame + at] = byte;
        }
        let error = decode(&bytes, LIMIT).err().unwrap();
        let expected = "bytes, in which a picture of 12000 × 12000 can't be whole";
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(size(&bytes).unwrap_err(), error);
    }

    #[test]
    fn jpeg_cut_files_that_break_off_are_refused() {
        let (folder, golden) = golden();
        for name in golden.as_object().unwrap().keys() {
            let whole = std::fs::read(folder.join(name)).unwrap();
            for length in [whole.len() / 2, whole.len() * 3 / 4, whole.len() - 1] {
                assert!(
                    decode(&whole[..length], LIMIT).is_err(),
                    "{name} cut to {length}"
                );
                assert!(size(&whole[..length]).is_err(), "{name} cut to {length}");
            }
        }
        let flat = include_bytes!("../../tests/golden/pictures/flat.jpg");
        for length in 0..flat.len() {
            assert!(decode(&flat[..length], LIMIT).is_err(), "{length}");
        }
    }

    /// The Exif data with an orientation, little-endian.
    fn exif_data(orientation: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        tiff
    }

    #[test]
    fn exif_every_orientation_is_applied() {
        let mut plain = Vec::new();
        let mut writer = png::Encoder::new(&mut plain, 3, 2).write_header().unwrap();
        writer.write_image_data(&[1, 2, 3, 4, 5, 6]).unwrap();
        writer.finish().unwrap();
        for (orientation, height, pixels) in [
            (1, 2, [1, 2, 3, 4, 5, 6]),
            (2, 2, [3, 2, 1, 6, 5, 4]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (4, 2, [4, 5, 6, 1, 2, 3]),
            (5, 3, [1, 4, 2, 5, 3, 6]),
            (6, 3, [4, 1, 5, 2, 6, 3]),
            (7, 3, [6, 3, 5, 2, 4, 1]),
            (8, 3, [3, 6, 2, 5, 1, 4]),
            (9, 2, [1, 2, 3, 4, 5, 6]),
        ] {
            let data = exif_data(orientation);
            let mut chunk = b"eXIf".to_vec();
            chunk.extend(&data);
            let mut sum = flate2::Crc::new();
            sum.update(&chunk);
            let length = (data.len() as u32).to_be_bytes();
            let file = [
                &plain[..33],
                &length,
                &chunk,
                &sum.sum().to_be_bytes(),
                &plain[33..],
            ]
            .concat();
            let picture = decode(&file, LIMIT).unwrap();
            assert_eq!(picture.gray(), pixels, "orientation {orientation}");
            assert_eq!(size(&file), Ok((height, 6 / height)));
            assert_eq!((picture.height, picture.width), (height, 6 / height));
        }
    }

    #[test]
    fn exif_is_read_from_a_jpeg() {
        // 2 × 3 pixels.
        let flat = include_bytes!("../../tests/golden/pictures/flat.jpg");
        let mut segment = b"\xff\xe1\0\x22Exif\0\0".to_vec();
        segment.extend(exif_data(6));
        segment[3] = (segment.len() - 2) as u8;
        let file = [&flat[..2], &segment, &flat[2..]].concat();
        let picture = decode(&file, LIMIT).unwrap();
        assert_eq!((picture.height, picture.width), (3, 2));
        assert_eq!(size(&file), Ok((3, 2)));
    }

    #[test]
    fn a_picture_larger_than_memory_is_refused() {
        let mut bytes = Vec::new();
        let mut writer = png::Encoder::new(&mut bytes, 2, 2).write_header().unwrap();
        writer.write_image_data(&[0; 4]).unwrap();
        writer.finish().unwrap();
        let error = decode(&bytes, 3).err().unwrap();
        assert!(
            error.starts_with("a picture that takes more than 3 bytes"),
            "{error}"
        );
        // The width, in the header's first four bytes, with the checksum that it then has.
        bytes[16..20].copy_from_slice(&0x3000_0000u32.to_be_bytes());
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        let error = decode(&bytes, LIMIT).err().unwrap();
        let expected = "bytes, in which a picture of 2 × 805306368 can't be whole";
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(size(&bytes).unwrap_err(), error);
    }
}
