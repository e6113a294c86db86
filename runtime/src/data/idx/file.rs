//! An IDX file: its header, and the elements that the header tells of.

use crate::data::{DataError, files};
use std::path::Path;

/// The type of the elements of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Kind {
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// A file in memory whose length fits its header.
pub(super) struct Idx {
    pub(super) kind: Kind,
    pub(super) shape: Vec<usize>,
    bytes: Vec<u8>,
    /// Where the elements begin.
    start: usize,
}

impl Idx {
    pub(super) fn read(path: &Path) -> Result<Self, DataError> {
        let bytes = files::read(path)?;
        let Some(magic) = bytes.first_chunk::<4>() else {
            return Err(DataError::damaged(
                path,
                "an IDX magic number (4 bytes)",
                format!("{} bytes", bytes.len()),
            ));
        };
        let [0, 0, code, axes @ 1..=255] = *magic else {
            return Err(wrong_magic(path, *magic));
        };
        let Some(kind) = Kind::from_code(code) else {
            return Err(wrong_magic(path, *magic));
        };
        let start = 4 + 4 * usize::from(axes);
        let Some(header) = bytes.get(4..start) else {
            return Err(DataError::damaged(
                path,
                format!("a header of {start} bytes for {axes} axes"),
                format!("{} bytes", bytes.len()),
            ));
        };
        let shape: Vec<usize> = header
            .chunks_exact(4)
            .map(|axis| u32::from_be_bytes([axis[0], axis[1], axis[2], axis[3]]) as usize)
            .collect();
        let expected = shape
            .iter()
            .try_fold(kind.size(), |size, &axis| size.checked_mul(axis))
            .and_then(|size| size.checked_add(start));
        if expected != Some(bytes.len()) {
            let size = expected.map_or("more than memory can hold".to_owned(), |size| {
                size.to_string()
            });
            return Err(DataError::damaged(
                path,
                format!("{size} bytes for the shape {shape:?} in its header"),
                format!("{} bytes", bytes.len()),
            ));
        }
        Ok(Self {
            kind,
            shape,
            bytes,
            start,
        })
    }

    pub(super) fn elements(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Checks that the elements are unsigned bytes and that there are so many axes.
    pub(super) fn expect(&self, path: &Path, axes: usize, what: &str) -> Result<(), DataError> {
        if self.kind == Kind::U8 && self.shape.len() == axes {
            Ok(())
        } else {
            Err(DataError::damaged(
                path,
                format!("{what}: unsigned bytes with {axes} axes"),
                format!("{:?} elements with the shape {:?}", self.kind, self.shape),
            ))
        }
    }
}

fn wrong_magic(path: &Path, magic: [u8; 4]) -> DataError {
    let [a, b, c, d] = magic;
    DataError::damaged(
        path,
        "an IDX magic number (00 00, the element type 08, 09, 0b, 0c, 0d or 0e, the number of axes)",
        format!("{a:02x} {b:02x} {c:02x} {d:02x}"),
    )
}
