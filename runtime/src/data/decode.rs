//! A picture out of the bytes of a PNG or JPEG file.

use super::bitmap::Bitmap;
use std::io::Cursor;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// What one picture may take decoded, in bytes, so that a damaged file can't ask for all memory.
const LIMIT: usize = 512 << 20;

/// The most pixels that a byte of a JPEG can hold: the component that isn't subsampled has a block for every 8 × 8 pixels, and a
/// Huffman code (for its first coefficient, in the first scan) has at least one bit. A file with fewer bytes is cut, and
/// filling the rest of the picture with grey would only take time.
const MOST_PIXELS_PER_BYTE: usize = 8 * 64;

/// Decodes a picture by its first bytes, whatever its file is called; the `Err` says what was found instead.
pub(super) fn decode(bytes: &[u8]) -> Result<Bitmap, String> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        jpeg(bytes)
    } else if bytes.is_empty() {
        Err("an empty file".into())
    } else {
        Err("a file of another kind".into())
    }
}

fn png(bytes: &[u8]) -> Result<Bitmap, String> {
    let limits = png::Limits { bytes: LIMIT };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    // Palettes become colours and 1, 2 and 4 bits become 8.
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(refused)?;
    let (color, depth) = reader.output_color_type();
    let size = reader.output_buffer_size().filter(|size| *size <= LIMIT);
    let mut samples = vec![0; size.ok_or_else(too_large)?];
    reader.next_frame(&mut samples).map_err(refused)?;
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

fn refused(error: png::DecodingError) -> String {
    match error {
        png::DecodingError::LimitsExceeded => too_large(),
        error => error.to_string(),
    }
}

fn jpeg(bytes: &[u8]) -> Result<Bitmap, String> {
    let options = || {
        DecoderOptions::default()
            .set_strict_mode(false)
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
    if width.saturating_mul(height).saturating_mul(channels) > LIMIT {
        return Err(too_large());
    }
    let most = bytes.len().saturating_mul(MOST_PIXELS_PER_BYTE);
    if width.saturating_mul(height) > most {
        return Err(format!(
            "{} bytes, in which a picture of {height} × {width} can't be whole",
            bytes.len()
        ));
    }
    let options = options().jpeg_set_out_colorspace(color);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let samples = decoder.decode().map_err(|error| error.to_string())?;
    Ok(Bitmap::of_bytes(width, height, channels, &samples))
}

fn too_large() -> String {
    format!("a picture that takes more than {} MiB", LIMIT >> 20)
}

#[cfg(test)]
mod tests {
    use super::decode;
    use std::path::Path;

    /// `tests/golden/pictures` has pictures of every kind with what the crate `image` 0.25.10 makes of them.
    #[test]
    fn pictures_are_what_other_readers_see() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
        let golden = std::fs::read_to_string(folder.join("pictures.json")).unwrap();
        let golden: serde_json::Value = serde_json::from_str(&golden).unwrap();
        let golden = golden.as_object().unwrap();
        assert_eq!(golden.len(), 12);
        for (name, expected) in golden {
            let picture = decode(&std::fs::read(folder.join(name)).unwrap()).unwrap();
            for (what, found) in [
                ("rgb", picture.rgb()),
                ("gray", picture.gray()),
                ("small", picture.resized(7, 5).rgb()),
                ("large_gray", picture.resized(23, 17).gray()),
            ] {
                assert_eq!(serde_json::json!(found), expected[what], "{what} of {name}");
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
        let error = decode(&bytes).err().unwrap();
        let expected = "bytes, in which a picture of 12000 × 12000 can't be whole";
        assert!(error.ends_with(expected), "{error}");
    }

    #[test]
    fn a_picture_larger_than_memory_is_refused() {
        let mut bytes = Vec::new();
        let mut writer = png::Encoder::new(&mut bytes, 2, 2).write_header().unwrap();
        writer.write_image_data(&[0; 4]).unwrap();
        writer.finish().unwrap();
        // The width, in the header's first four bytes, with the checksum that it then has.
        bytes[16..20].copy_from_slice(&0x3000_0000u32.to_be_bytes());
        let mut sum = flate2::Crc::new();
        sum.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        let error = decode(&bytes).err();
        assert_eq!(
            error.as_deref(),
            Some("a picture that takes more than 512 MiB")
        );
    }
}
