//! Reading a file, unpacked if it is gzipped, and writing one so that it is never half there.

use super::DataError;
use crate::weights::atomic::write_atomically;
use std::fs;
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes of a file; a gzipped one, told by its first two bytes, is unpacked.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    let bytes = fs::read(path).map_err(|error| DataError::read(path, error))?;
    if bytes.starts_with(&GZIP_MAGIC) {
        unpacked(path, &bytes)
    } else {
        Ok(bytes)
    }
}

#[cfg(feature = "gzip")]
fn unpacked(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    use std::io::Read;
    let mut unpacked = Vec::new();
    match flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut unpacked) {
        Ok(_) => Ok(unpacked),
        Err(error) => Err(DataError::damaged(
            path,
            "a whole gzip stream",
            format!(
                "one that breaks off or is damaged after {} unpacked bytes ({error})",
                unpacked.len()
            ),
        )),
    }
}

#[cfg(not(feature = "gzip"))]
fn unpacked(path: &Path, _: &[u8]) -> Result<Vec<u8>, DataError> {
    let expected = "a file that isn't packed (gzip is read with the feature `gzip`)";
    Err(DataError::damaged(path, expected, "a gzip stream"))
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    write_atomically(path, |out| out.write_all(bytes))
        .map_err(|error| DataError::write(path, error))
}

/// The first of these names that is in the folder, or gzipped there under the name and `.gz`.
pub(crate) fn find(folder: &Path, names: &[&str]) -> Result<std::path::PathBuf, DataError> {
    for name in names {
        for candidate in [folder.join(name), folder.join(format!("{name}.gz"))] {
            if candidate.is_file() {
                return Ok(candidate);
            }
        }
    }
    let found = match fs::read_dir(folder) {
        Err(error) => return Err(DataError::read(folder, error)),
        Ok(entries) => {
            let mut names: Vec<_> = entries
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            let more = names.len().saturating_sub(8);
            names.truncate(8);
            match (names.is_empty(), more) {
                (true, _) => "an empty folder".to_owned(),
                (false, 0) => format!("only {}", names.join(", ")),
                (false, more) => format!("only {} and {more} more", names.join(", ")),
            }
        }
    };
    Err(DataError::damaged(
        folder,
        format!("a file `{}` or `{}.gz`", names[0], names[0]),
        found,
    ))
}
