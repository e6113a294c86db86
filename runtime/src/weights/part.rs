//! A file that is being written, beside the one that it will become.
//!
//! It is locked for as long as it is written. The system lets go of the lock when the process ends, however it ends; so a file of this
//! kind that can be locked belongs to nobody any more. That holds in containers and on shared folders too, where a process number
//! would say nothing.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// How old a part must be to be removed on file systems that have no locks.
const LONG_AGO: Duration = Duration::from_secs(24 * 60 * 60);

/// A new file, removed again where it isn't renamed.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl Part {
    /// A new file in `folder`, under a name that no other has.
    pub(super) fn in_folder(folder: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!(".shapeflow-{}-{count}.part", std::process::id());
            let path = folder.join(name);
            let file = match File::create_new(&path) {
                // Another process has another number, but one of the same number may have been killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            match file.lock() {
                Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
                _ => {}
            }
            // Between the two another process may have taken it for abandoned and removed it.
            if path.try_exists()? {
                return Ok(Self {
                    path,
                    file,
                    renamed: false,
                });
            }
        }
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Lets the file take the place of what stands at `target`.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.renamed {
            // Nothing more can be done, and the error that led here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the parts in `folder` whose writers are gone. What can't be removed stays: it stands in nobody's way.
pub(super) fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(is_part);
        if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            remove_if_abandoned(&entry.path());
        }
    }
}

/// `.shapeflow-<number>-<number>.part`.
fn is_part(name: &str) -> bool {
    let numbers = name
        .strip_prefix(".shapeflow-")
        .and_then(|name| name.strip_suffix(".part"))
        .and_then(|name| name.split_once('-'));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(process, count)| number(process) && number(count))
}

fn remove_if_abandoned(path: &Path) {
    // Opened for writing, since some systems lock nothing else.
    let Ok(file) = OpenOptions::new().write(true).open(path) else {
        return;
    };
    let abandoned = match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => {
            let written = file.metadata().and_then(|metadata| metadata.modified());
            written.is_ok_and(|written| {
                SystemTime::now()
                    .duration_since(written)
                    .is_ok_and(|age| age > LONG_AGO)
            })
        }
    };
    if abandoned {
        let _ = fs::remove_file(path);
    }
}
