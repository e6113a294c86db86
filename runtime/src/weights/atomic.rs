//! Whole files or none: write to a temporary file in the same folder, sync, rename.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::part::{self, Part};

/// Writes a file so that `path` holds either what it held before or all of the new content.
///
/// Folders that don't exist yet are made. Through a symbolic link the file that it points to is written. A file that is replaced
/// keeps its permissions, and one that is write-protected stays. What processes left behind that were killed as they wrote into
/// the same folder is removed. Devices and pipes are written to as they are.
///
/// # Errors
/// The path can't be written, or `write` fails.
pub(crate) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let target = Target::of(path)?;
    if target.special {
        let mut out = OpenOptions::new().write(true).open(&target.path)?;
        write(&mut out)?;
        return out.flush();
    }
    part::remove_abandoned(&target.folder);
    let mut part = Part::in_folder(&target.folder)?;
    let mut buffered = BufWriter::new(part.file());
    write(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    if let Some(permissions) = target.permissions {
        part.file().set_permissions(permissions)?;
    }
    part.file().sync_all()?;
    part.rename(&target.path)?;

    // The rename itself is on disk only once the folder is; not every file system can sync a folder, and then the
    // rename is as safe as that file system makes it.
    #[cfg(unix)]
    if let Ok(folder) = File::open(&target.folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Finds out whether [`write_atomically`] could write `path` now, without touching it: for a program that will write only after
/// hours. Makes the folders, and removes what killed processes left in the last one.
///
/// # Errors
/// As writing would give.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    let target = Target::of(path)?;
    if target.special {
        return OpenOptions::new()
            .write(true)
            .open(&target.path)
            .map(|_| ());
    }
    part::remove_abandoned(&target.folder);
    // A byte, for a full disk still makes empty files.
    Part::in_folder(&target.folder)?.file().write_all(b"x")
}

/// Where a file is to stand.
struct Target {
    /// Its path, links followed.
    path: PathBuf,
    folder: PathBuf,
    /// Those of the file that stands there.
    permissions: Option<fs::Permissions>,
    /// Whether it is a device or a pipe, which can't be replaced.
    special: bool,
}

impl Target {
    fn of(path: &Path) -> io::Result<Self> {
        if path.file_name().is_none() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidFilename,
                "the path names no file",
            ));
        }
        let path = followed(path)?;
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let there = match fs::metadata(&path) {
            Ok(there) => there,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&folder)?;
                return Ok(Self {
                    path,
                    folder,
                    permissions: None,
                    special: false,
                });
            }
            Err(error) => return Err(error),
        };
        if there.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a folder",
            ));
        }
        if there.permissions().readonly() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "the file that stands there is write-protected",
            ));
        }
        Ok(Self {
            path,
            folder,
            permissions: Some(there.permissions()),
            special: !there.is_file(),
        })
    }
}

/// The path behind symbolic links, which need not exist.
fn followed(path: &Path) -> io::Result<PathBuf> {
    // As many as Linux follows.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(there) if there.is_symlink() => {
                let to = fs::read_link(&path)?;
                path = path
                    .parent()
                    .map_or_else(|| to.clone(), |folder| folder.join(&to));
            }
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

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
        assert_eq!(names(path.parent().unwrap()), ["file.txt"]);
    }

    #[test]
    fn what_killed_processes_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let strangers = [
            ".shapeflow-notes.part",
            ".shapeflow-1-2.part.bak",
            "shapeflow-1-2.part",
            ".other-1-2.part",
            ".shapeflow-1-2-3.part",
        ];
        for name in strangers
            .iter()
            .chain(&[".shapeflow-4000000-0.part", ".shapeflow-1-7.part"])
        {
            fs::write(at(name), "half").unwrap();
        }
        fs::create_dir(at(".shapeflow-5-5.part")).unwrap();
        // A process that still writes holds its file's lock, under whatever number.
        let living = File::create(at(".shapeflow-9-9.part")).unwrap();
        living.lock().unwrap();
        write_atomically(&at("w"), |out| out.write_all(b"x")).unwrap();
        let mut expected: Vec<&str> = strangers.into();
        expected.extend([".shapeflow-5-5.part", ".shapeflow-9-9.part", "w"]);
        expected.sort_unstable();
        assert_eq!(names(folder.path()), expected);
        drop(living);
        prepare(&at("w")).unwrap();
        expected.retain(|name| *name != ".shapeflow-9-9.part");
        assert_eq!(names(folder.path()), expected);
    }

    #[test]
    fn many_threads_write_into_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        write_atomically(path, |out| out.write_all(&[thread; 1000])).unwrap();
                    }
                });
            }
        });
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() == 1000 && bytes.iter().all(|byte| *byte == bytes[0]));
        assert_eq!(names(folder.path()), ["w"]);
    }

    #[test]
    fn a_folder_a_nameless_path_and_a_file_as_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &Path| write_atomically(path, |out| out.write_all(b"x")).unwrap_err();
        assert_eq!(write(folder.path()).to_string(), "it is a folder");
        assert_eq!(write(Path::new("/")).to_string(), "the path names no file");
        fs::write(folder.path().join("file"), "").unwrap();
        let below = folder.path().join("file/w");
        assert_eq!(write(&below).kind(), io::ErrorKind::NotADirectory);
        assert_eq!(
            prepare(&below).unwrap_err().kind(),
            io::ErrorKind::NotADirectory
        );
        assert_eq!(names(folder.path()), ["file"]);
    }

    #[test]
    fn a_rename_that_fails_leaves_what_stands_there_and_no_rubbish() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        let failed = write_atomically(&path, |out| {
            // Somebody makes a folder of that name meanwhile.
            fs::create_dir_all(path.join("theirs"))?;
            out.write_all(b"new")
        });
        failed.unwrap_err();
        assert!(path.join("theirs").is_dir());
        assert_eq!(names(folder.path()), ["w"]);
    }

    #[test]
    fn who_has_the_old_file_open_reads_on_in_it() {
        use std::io::Read;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        write_atomically(&path, |out| out.write_all(b"old")).unwrap();
        let mut open = File::open(&path).unwrap();
        let mut begun = [0; 1];
        open.read_exact(&mut begun).unwrap();
        // Where an open file can't be replaced, that is an error, and the old one stays.
        let replaced = write_atomically(&path, |out| out.write_all(b"the new one"));
        let mut rest = String::new();
        open.read_to_string(&mut rest).unwrap();
        assert_eq!((begun, rest.as_str()), (*b"o", "ld"));
        let now: &[u8] = match replaced {
            Ok(()) => b"the new one",
            Err(_) => b"old",
        };
        assert_eq!(fs::read(&path).unwrap(), now);
        assert_eq!(names(folder.path()), ["w"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_may_not_be_written_is_an_error() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        fs::write(&path, "old").unwrap();
        let set =
            |mode| fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
        set(0o555);
        let rights = File::create(folder.path().join("probe")).is_ok();
        let written = write_atomically(&path, |out| out.write_all(b"new"));
        set(0o755);
        // Who administers the machine may write everywhere.
        if !rights {
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
            assert_eq!(fs::read(&path).unwrap(), b"old");
            assert_eq!(names(folder.path()), ["w"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_write_protected_files_too() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let set = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let (plain, path) = (folder.path().join("plain"), folder.path().join("ours"));
        fs::write(&plain, "x").unwrap();
        write_atomically(&path, |out| out.write_all(b"x")).unwrap();
        assert_eq!(mode(&path), mode(&plain));
        set(&path, 0o640);
        write_atomically(&path, |out| out.write_all(b"y")).unwrap();
        assert_eq!(mode(&path), 0o640);
        set(&path, 0o444);
        let error = write_atomically(&path, |out| out.write_all(b"z")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"y");
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("runs")).unwrap();
        symlink("runs/one", at("latest")).unwrap();
        for text in ["first", "second"] {
            write_atomically(&at("latest"), |out| out.write_all(text.as_bytes())).unwrap();
            assert!(fs::symlink_metadata(at("latest")).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(at("runs/one")).unwrap(), text);
        }
        symlink("round", at("round")).unwrap();
        write_atomically(&at("round"), |out| out.write_all(b"x")).unwrap_err();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_says_so_and_stays_a_device() {
        use std::os::unix::fs::FileTypeExt;
        let full = Path::new("/dev/full");
        let error = write_atomically(full, |out| out.write_all(b"x")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(fs::metadata(full).unwrap().file_type().is_char_device());
        write_atomically(Path::new("/dev/null"), |out| out.write_all(b"x")).unwrap();
    }
}
