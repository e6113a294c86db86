//! What kind of picture a file holds, by its first bytes.

/// The kinds that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
}

impl Kind {
    /// The `Err` says what else it is.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        let other = match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => return Ok(Self::Png),
            [0xff, 0xd8, 0xff, ..] => return Ok(Self::Jpeg),
            [] => return Err("an empty file".to_owned()),
            [b'G', b'I', b'F', b'8', ..] => "a GIF",
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => "a WebP",
            [b'B', b'M', ..] => "a BMP",
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF",
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => "a HEIC or AVIF",
            _ => return Err("a file of another kind".to_owned()),
        };
        Err(format!("{other} (save it as PNG or JPEG)"))
    }
}
