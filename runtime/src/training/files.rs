//! The files that callbacks will write: found fit for it before training, not after an epoch.

use super::{Callback, TrainError};
use crate::weights::atomic;
use std::path::{Path, PathBuf};

/// Checks that every file can be written and that no two callbacks write the same one; removes what writers that were
/// killed left beside them.
pub(super) fn prepare(callbacks: &[Box<dyn Callback + '_>]) -> Result<(), TrainError> {
    let mut known: Vec<(PathBuf, String)> = Vec::new();
    for callback in callbacks {
        for path in callback.writes() {
            atomic::prepare(&path).map_err(|source| TrainError::write(&path, source))?;
            let place = resolved(&path);
            if let Some((_, other)) = known.iter().find(|(known, _)| *known == place) {
                return Err(TrainError::SameFile {
                    path,
                    callbacks: [other.clone(), callback.identity()],
                });
            }
            known.push((place, callback.identity()));
        }
    }
    Ok(())
}

/// The path from the root on, so that it stays the same file when the program changes its working directory.
pub(super) fn fixed(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.into())
}

/// The path by which two names of one file are the same.
fn resolved(path: &Path) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.into(),
    }
}
