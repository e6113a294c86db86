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
    let folder = folder_of(path);
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

/// Finds out whether a file could be written, without touching it: makes its folder, and writes there for a moment. Files that
/// writers left in that folder when they were killed are removed.
///
/// # Errors
/// That of the write that will fail.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    remove_abandoned(folder)?;
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut part = Part::beside(path, folder)?;
    part.file.write_all(b"x")
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Removes the files of writers that are no more: those that nobody holds a lock on.
fn remove_abandoned(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_str().is_some_and(is_part) || !entry.file_type()?.is_file() {
            continue;
        }
        // What can't be opened or locked may be somebody's, and what is gone has been removed by another.
        if let Ok(file) = File::options().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Whether [`Part::beside`] could have given a file this name.
fn is_part(name: &str) -> bool {
    let numbers = name
        .strip_prefix(".shapeflow-")
        .and_then(|rest| rest.strip_suffix(".part"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers
        .and_then(|numbers| numbers.split_once('-'))
        .is_some_and(|(process, count)| is_number(process) && is_number(count))
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
            let file = match File::create_new(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            // The lock says that the writer lives; it ends with the process. A file system that knows no locks gives
            // none to `remove_abandoned` either.
            let _ = file.lock();
            // Between the two calls above another process may have taken the file for abandoned.
            if path.exists() {
                return Ok(Self {
                    path,
                    file,
                    kept: false,
                });
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

    #[test]
    fn what_killed_writers_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let stays = [
            "plain.part",
            ".shapeflow-1-x.part",
            ".shapeflow-12.part",
            ".shapeflow-1-2.part.bak",
        ];
        for name in stays.iter().chain(&[".shapeflow-4000000000-7.part"]) {
            fs::write(at(name), "half").unwrap();
        }
        let living = Part::beside(&at("file"), folder.path()).unwrap();
        prepare(&at("file")).unwrap();
        let mut names: Vec<PathBuf> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        let mut expected: Vec<PathBuf> = stays.map(at).into();
        expected.push(living.path.clone());
        expected.sort();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_path_that_cannot_be_written_is_found_without_writing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "kept").unwrap();
        prepare(&file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"kept");
        assert!(prepare(folder.path()).is_err(), "a folder");
        assert!(prepare(&file.join("below")).is_err(), "below a file");
        assert!(prepare(Path::new("")).is_err(), "no name");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
