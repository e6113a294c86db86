//! How a picture is to be turned before it is looked at: the orientation in Exif data, tag 0x0112 (CIPA DC-008, 4.6.4 A).

/// The orientation 1 to 8 in a TIFF structure, as JPEG's APP1 and PNG's `eXIf` hold it; 1, as stored, if it says nothing.
pub(super) fn orientation(tiff: &[u8]) -> u8 {
    found(tiff).unwrap_or(1)
}

fn found(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..)?.first_chunk::<2>()?;
        Some(if little {
            u16::from_le_bytes(*bytes)
        } else {
            u16::from_be_bytes(*bytes)
        })
    };
    let bytes = tiff.get(4..)?.first_chunk::<4>()?;
    let start = if little {
        u32::from_le_bytes(*bytes)
    } else {
        u32::from_be_bytes(*bytes)
    } as usize;
    for entry in 0..usize::from(short(start)?) {
        let at = start.checked_add(2 + 12 * entry)?;
        if short(at)? == 0x0112 {
            return u8::try_from(short(at + 8)?)
                .ok()
                .filter(|value| (1..=8).contains(value));
        }
    }
    None
}

/// Whether width and height change places.
pub(super) fn turns(orientation: u8) -> bool {
    orientation >= 5
}

/// Where the pixel at `(y, x)` of the picture as it is seen is stored, in a stored picture of `height` × `width`.
pub(super) fn stored(
    orientation: u8,
    (height, width): (usize, usize),
    (y, x): (usize, usize),
) -> (usize, usize) {
    match orientation {
        2 => (y, width - 1 - x),
        3 => (height - 1 - y, width - 1 - x),
        4 => (height - 1 - y, x),
        5 => (x, y),
        6 => (height - 1 - x, y),
        7 => (height - 1 - x, width - 1 - y),
        8 => (x, width - 1 - y),
        _ => (y, x),
    }
}
