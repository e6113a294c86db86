//! Whole files or none: write to a temporary file in the same folder, sync, rename.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes a file so that `path` holds either what it held before or all of the new content.
///
/// Folders that don't exist yet are made.
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;

    let mut part = Part::beside(path, folder)?;
    let mut buffered = BufWriter::new(&mut part.file);
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    part.file.sync_all()?;
    fs::rename(&part.path, path)?;
    part.kept = true;

    // The rename itself is on disk only once the folder is; not every file system can sync a folder, and then the
    // rename is as safe as that file system makes it.
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// A file that is being written, removed again where that fails.
struct Part {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Part {
    /// A new file in `folder`, under a name that no other has.
    fn beside(path: &Path, folder: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if path.file_name().is_none() {
            return Err(io::ErrorKind::InvalidFilename.into());
        }
        loop {
            // Another process has another number, and one that ended early may have left files of this.
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!(".shapeflow-{}-{count}.part", std::process::id());
            let path = folder.join(name);
            match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                file => {
                    return Ok(Self {
                        path,
                        file: file?,
                        kept: false,
                    });
                }
            }
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing more can be done, and the error that led here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_no_rubbish() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("made/on/the/way/file.txt");
        write_atomically(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write_atomically(&path, |out| {
            out.write_all(b"half of the n")?;
            Err(io::Error::other("disk full"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "disk full");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_readable_like_any_other_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("plain");
        fs::write(&plain, "x").unwrap();
        let path = folder.path().join("ours");
        write_atomically(&path, |out| out.write_all(b"x")).unwrap();
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode(),
            fs::metadata(plain).unwrap().permissions().mode()
        );
    }
}
