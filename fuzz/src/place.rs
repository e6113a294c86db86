//! The folder in which a thread hands its damaged file to a reader.

use std::path::Path;

thread_local! {
    static FOLDER: tempfile::TempDir = in_memory();
}

/// A folder in memory where the system has one: a million files are written.
fn in_memory() -> tempfile::TempDir {
    let made = match Path::new("/dev/shm") {
        shared if shared.is_dir() => tempfile::tempdir_in(shared),
        _ => tempfile::tempdir(),
    };
    made.expect("a folder for temporary files")
}

/// Runs with a path that has this name and is the thread's own; the file there has these bytes.
pub fn with_file<T>(name: &str, bytes: &[u8], run: impl FnOnce(&Path) -> T) -> T {
    with_folder(|folder| {
        let path = folder.join(name);
        write(&path, bytes);
        run(&path)
    })
}

/// Runs with a folder that is the thread's own and stays from call to call.
pub fn with_folder<T>(run: impl FnOnce(&Path) -> T) -> T {
    FOLDER.with(|folder| run(folder.path()))
}

/// Writes a file, and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    if std::fs::write(path, bytes).is_err() {
        let folder = path.parent().expect("a path in the folder");
        std::fs::create_dir_all(folder).expect("a folder for temporary files");
        std::fs::write(path, bytes).expect("room for temporary files");
    }
}

/// The bytes of the file that `write` writes at the path it is given.
pub fn written(name: &str, write: impl FnOnce(&Path)) -> Vec<u8> {
    with_folder(|folder| {
        let path = folder.join(name);
        write(&path);
        let bytes = std::fs::read(&path).expect("the file that was just written");
        std::fs::remove_file(&path).expect("the file that was just read");
        bytes
    })
}
