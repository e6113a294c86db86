//! The bytes of a file as UTF-8, whatever program wrote it.

use crate::data::DataError;
use std::path::Path;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF32_MARK: &[u8] = b"\xff\xfe\0\0";

/// The bytes in UTF-8 and without a mark at the beginning; UTF-16 with its mark, as Excel's "Unicode text", is turned into it.
/// That they are UTF-8 is checked field by field.
pub(super) fn utf8(path: &Path, mut bytes: Vec<u8>) -> Result<Vec<u8>, DataError> {
    let mut bytes = match bytes.as_slice() {
        [b'\xff', b'\xfe', ..] if bytes.starts_with(UTF32_MARK) => {
            return Err(DataError::damaged(
                path,
                "text in UTF-8 or UTF-16",
                "UTF-32",
            ));
        }
        [b'\xff', b'\xfe', rest @ ..] => utf16(path, rest, u16::from_le_bytes)?,
        [b'\xfe', b'\xff', rest @ ..] => utf16(path, rest, u16::from_be_bytes)?,
        _ => {
            if bytes.starts_with(UTF8_MARK) {
                bytes.drain(..UTF8_MARK.len());
            }
            bytes
        }
    };
    if let Some(place) = bytes.iter().position(|&byte| byte == 0) {
        return Err(DataError::damaged(
            path,
            "text in UTF-8, or in UTF-16 with its mark at the beginning",
            format!("a zero at byte {place}"),
        ));
    }
    if !bytes.contains(&b'\n') {
        // Lines that end as on old Macs: the places of rows are counted by `\n`.
        for byte in bytes.iter_mut().filter(|byte| **byte == b'\r') {
            *byte = b'\n';
        }
    }
    Ok(bytes)
}

fn utf16(path: &Path, bytes: &[u8], word: fn([u8; 2]) -> u16) -> Result<Vec<u8>, DataError> {
    let (words, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> =
        char::decode_utf16(words.iter().map(|&bytes| word(bytes))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text.into_bytes()),
        _ => Err(DataError::damaged(
            path,
            "whole text in UTF-16, as the mark at its beginning says",
            "half a character",
        )),
    }
}
