//! Reading a file, unpacked if it is gzipped, and writing one so that it is never half there.

use super::{DataError, Limits};
use crate::json;
use crate::weights::{atomic::write_atomically, whole};
use serde::{Serialize, de::DeserializeOwned};
use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The bytes of a file, within the usual limits; a gzipped one, told by its first two bytes, is unpacked.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    read_within(path, &Limits::new())
}

/// The bytes of a file that has no more than the limits allow, packed or unpacked.
pub(crate) fn read_within(path: &Path, limits: &Limits) -> Result<Vec<u8>, DataError> {
    let failed = |error| DataError::read(path, error);
    let file = fs::File::open(path).map_err(failed)?;
    let there = file.metadata().map_err(failed)?;
    whole::refuse_folder(&there)
        .and_then(|()| refuse_device(&there))
        .map_err(failed)?;
    // What the system says about the length of pipes is 0; those are read up to the limit.
    let length = there.len();
    if length > limits.file() {
        return Err(too_large(path, limits, length.to_string()));
    }
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(length).unwrap_or(usize::MAX))
        .map_err(|_| failed(io::ErrorKind::OutOfMemory.into()))?;
    file.take(limits.file().saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > limits.file() {
        return Err(too_large(path, limits, "more".to_owned()));
    }
    if bytes.starts_with(&GZIP_MAGIC) {
        unpacked(path, &bytes, limits)
    } else {
        Ok(bytes)
    }
}

/// A device may never end.
#[cfg(unix)]
fn refuse_device(there: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let kind = there.file_type();
    if kind.is_char_device() || kind.is_block_device() {
        let reason = "it is a device, expected a file or a pipe";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_device(_: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

fn too_large(path: &Path, limits: &Limits, found: String) -> DataError {
    DataError::limit(path, "the file", limits.file(), found)
}

#[cfg(feature = "gzip")]
fn unpacked(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, DataError> {
    let too_large = |found| DataError::limit(path, "the unpacked file", limits.file(), found);
    if let Some(length) = said_length(bytes)
        && length > limits.file()
    {
        return Err(too_large(format!("{length}")));
    }
    let mut unpacked = Vec::new();
    let result = flate2::read::MultiGzDecoder::new(bytes)
        .take(limits.file().saturating_add(1))
        .read_to_end(&mut unpacked);
    if unpacked.len() as u64 > limits.file() {
        return Err(too_large(format!("more, from {} packed ones", bytes.len())));
    }
    match result {
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

/// The unpacked length that stands in the last four bytes of a gzip stream (less a multiple of 4 GiB), unless it is more than
/// deflate can make of so many bytes: then the stream is cut short, and its last bytes are no length.
#[cfg(feature = "gzip")]
fn said_length(bytes: &[u8]) -> Option<u64> {
    const MOST_PER_BYTE: u64 = 1032;
    let length = u64::from(u32::from_le_bytes(*bytes.last_chunk()?));
    (length <= bytes.len() as u64 * MOST_PER_BYTE).then_some(length)
}

#[cfg(not(feature = "gzip"))]
fn unpacked(path: &Path, _: &[u8], _: &Limits) -> Result<Vec<u8>, DataError> {
    let expected = "a file that isn't packed (gzip is read with the feature `gzip`)";
    Err(DataError::damaged(path, expected, "a gzip stream"))
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    write_atomically(path, |out| out.write_all(bytes))
        .map_err(|error| DataError::write(path, error))
}

/// Writes a thing of this kind in JSON.
pub(crate) fn write_json(path: &Path, kind: &str, value: &impl Serialize) -> Result<(), DataError> {
    let bytes =
        json::to_bytes(kind, value).map_err(|error| DataError::write(path, error.into()))?;
    write(path, &bytes)
}

/// Reads a thing of this kind; `what` is what errors say was expected.
pub(crate) fn read_json<T: DeserializeOwned>(
    path: &Path,
    kind: &str,
    what: &str,
) -> Result<T, DataError> {
    json::from_bytes(kind, &read(path)?).map_err(|found| DataError::damaged(path, what, found))
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

#[cfg(all(test, feature = "gzip"))]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// This many zeros, packed as one member.
    fn member(zeros: usize) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; zeros]).unwrap();
        encoder.finish().unwrap()
    }

    fn message(bytes: &[u8], limits: &Limits) -> Result<usize, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        let prefix = format!("{}: ", file.path().display());
        match read_within(file.path(), limits) {
            Ok(bytes) => Ok(bytes.len()),
            Err(error) => Err(error.to_string().replace(&prefix, "")),
        }
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_an_error() {
        let limits = Limits::new().file_bytes(100_000);
        let end = "; `Limits` sets how much is allowed";
        assert_eq!(
            message(&member(100_001), &limits).unwrap_err(),
            format!("the unpacked file: expected at most 100000 bytes, found 100001{end}")
        );
        assert_eq!(message(&member(100_000), &limits), Ok(100_000));
        // Of several members, the last alone is within the limit.
        let two = [member(90_000), member(90_000)].concat();
        assert_eq!(
            message(&two, &limits).unwrap_err(),
            format!(
                "the unpacked file: expected at most 100000 bytes, found more, from {} packed ones{end}",
                two.len()
            )
        );
        // A length that lies.
        let mut lies = member(200_000);
        let length = lies.len() - 4;
        lies[length..].copy_from_slice(&1_u32.to_le_bytes());
        assert!(message(&lies, &limits).unwrap_err().contains("found more"));
        assert_eq!(message(&two, &Limits::none()), Ok(180_000));
    }

    #[test]
    fn a_folder_and_a_device_are_refused_and_a_pipe_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = |path: &Path| read_within(path, &Limits::none()).unwrap_err().to_string();
        let text = refusal(folder.path());
        assert!(text.ends_with("it is a folder, expected a file"), "{text}");
        #[cfg(unix)]
        {
            let text = refusal(Path::new("/dev/zero"));
            assert!(
                text.ends_with("it is a device, expected a file or a pipe"),
                "{text}"
            );
            let pipe = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            let read = std::thread::scope(|scope| {
                scope.spawn(|| fs::write(&pipe, member(5)).unwrap());
                read_within(&pipe, &Limits::new())
            });
            assert_eq!(read.unwrap(), [0; 5]);
        }
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(1 << 40).unwrap();
        let text = read_within(file.path(), &Limits::new())
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("expected at most 1073741824 bytes, found 1099511627776"),
            "{text}"
        );
    }

    #[test]
    fn a_plain_file_is_limited_too() {
        let limits = Limits::new().file_bytes(3);
        assert_eq!(message(b"abc", &limits), Ok(3));
        assert_eq!(
            message(b"abcd", &limits).unwrap_err(),
            "the file: expected at most 3 bytes, found 4; `Limits` sets how much is allowed"
        );
    }
}
