//! Reading a file whole: one that has an end.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// All bytes of a file; a folder, a device (which may never end) or a pipe (behind which nobody may write) is refused.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let there = fs::metadata(path)?;
    if !there.is_dir() && !there.is_file() {
        let reason = "it is a device or a pipe, expected a file";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    refuse_folder(&there)?;
    fs::read(path)
}

/// What the system says of reading a folder is no sentence.
pub(crate) fn refuse_folder(there: &Metadata) -> io::Result<()> {
    match there.is_dir() {
        true => Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "it is a folder, expected a file",
        )),
        false => Ok(()),
    }
}
