//! The segments of a JPEG file: its size, its orientation, and whether it is whole.

use super::exif;
use super::jpeg_scan::State;

/// What the segments say, without decoding.
pub(super) struct Layout {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) orientation: u8,
}

/// Walks through all segments to the end-of-image marker; the `Err` says what is wrong with the file.
///
/// Decoders fill what is missing from a file that was cut with grey, so it is found out here.
pub(super) fn layout(bytes: &[u8]) -> Result<Layout, String> {
    walk(bytes, None)
}

/// The same, and reads the codes of each scan, which may end too soon between two markers.
pub(super) fn whole(bytes: &[u8]) -> Result<Layout, String> {
    walk(bytes, Some(State::default()))
}

fn walk(bytes: &[u8], mut scans: Option<State>) -> Result<Layout, String> {
    let cut = || format!("one that breaks off after {} bytes", bytes.len());
    let (mut size, mut orientation, mut scanned) = (None, 1, false);
    let mut at = 2;
    loop {
        at += place(bytes.get(at..).unwrap_or_default(), |byte| byte == 0xff).ok_or_else(cut)?;
        at += place(&bytes[at..], |byte| byte != 0xff).ok_or_else(cut)?;
        let marker = bytes[at];
        at += 1;
        match marker {
            0xd9 => break,
            // Markers without a length, and a stuffed byte.
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = bytes
            .get(at..)
            .and_then(|rest| rest.first_chunk::<2>())
            .ok_or_else(cut)?;
        let end = at + usize::from(u16::from_be_bytes(*length)).max(2);
        let segment = bytes.get(at + 2..end).ok_or_else(cut)?;
        at = end;
        if let Some(state) = &mut scans {
            match marker {
                0xda => state.scan(segment, &bytes[at..])?,
                _ => state.segment(marker, segment),
            }
        }
        match (marker, segment) {
            (0xe1, [b'E', b'x', b'i', b'f', 0, 0, tiff @ ..]) => {
                orientation = exif::orientation(tiff);
            }
            // Start of frame; c4, c8 and cc are tables.
            (0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, [_, a, b, c, d, ..]) => {
                let number = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
                size = Some((number(*a, *b), number(*c, *d)));
            }
            (0xda, _) => {
                scanned = true;
                // Entropy-coded data up to a marker that isn't a stuffed byte or a restart.
                while !matches!(bytes.get(at..at + 2).ok_or_else(cut)?, [0xff, next] if !matches!(next, 0x00 | 0xd0..=0xd7))
                {
                    at += 1;
                }
            }
            _ => {}
        }
    }
    match size {
        Some((height, width)) if scanned && height > 0 && width > 0 => Ok(Layout {
            height,
            width,
            orientation,
        }),
        _ => Err("a JPEG without pixels".to_owned()),
    }
}

fn place(bytes: &[u8], fits: impl Fn(u8) -> bool) -> Option<usize> {
    bytes.iter().position(|&byte| fits(byte))
}
