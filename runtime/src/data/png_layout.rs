//! The chunks of a PNG file: its size, its orientation, and whether it is whole.

use super::exif;

/// What the chunks say, without decoding.
pub(super) struct Layout {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) orientation: u8,
}

/// Walks through all chunks to `IEND`; the `Err` says what is wrong with the file.
pub(super) fn layout(bytes: &[u8]) -> Result<Layout, String> {
    let cut = || format!("one that breaks off after {} bytes", bytes.len());
    let (mut size, mut orientation) = (None, 1);
    let mut rest = bytes.get(8..).ok_or_else(cut)?;
    loop {
        let length = u32::from_be_bytes(*rest.first_chunk::<4>().ok_or_else(cut)?) as usize;
        let end = length.checked_add(12).ok_or_else(cut)?;
        let chunk = rest.get(..end).ok_or_else(cut)?;
        let data = &chunk[8..8 + length];
        match &chunk[4..8] {
            b"IHDR" => {
                let side = |at: usize| Some(u32::from_be_bytes(*data.get(at..)?.first_chunk()?));
                size = side(0).zip(side(4));
            }
            b"eXIf" => orientation = exif::orientation(data),
            // The decoder panics at such a palette.
            b"PLTE" if !length.is_multiple_of(3) => {
                return Err(format!(
                    "a PNG with a palette of {length} bytes, which aren't three for each colour"
                ));
            }
            b"IEND" => break,
            _ => {}
        }
        rest = &rest[end..];
    }
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(Layout {
            height: height as usize,
            width: width as usize,
            orientation,
        }),
        _ => Err("a PNG without pixels".to_owned()),
    }
}
