//! A folder of pictures as a whole: names, classes, and files that aren't all alike.

use super::pictures;
use crate::Target;
use crate::place::with_folder;
use crate::target::choice;
use shapeflow::data::{Limits, PictureFolder};
use std::fs;
use std::path::Path;

/// [`PictureFolder`]; a file stands for a folder: the names and contents of what is in it, each with its length before it.
pub const TARGET: Target = Target::new("folder", seeds, read);

/// As one file: of each entry a byte and the path, two bytes and the content.
fn together(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (path, content) in entries {
        bytes.push(u8::try_from(path.len()).expect("a short path"));
        bytes.extend(path.as_bytes());
        bytes.extend(
            u16::try_from(content.len())
                .expect("a small picture")
                .to_le_bytes(),
        );
        bytes.extend(*content);
    }
    bytes
}

fn seeds() -> Vec<Vec<u8>> {
    let png = &pictures::pngs()[0][..];
    let gray = &pictures::pngs()[2][..];
    let jpeg = &pictures::jpegs()[2][..];
    vec![
        together(&[("a/1.png", png), ("a/2.png", gray), ("b/1.png", png)]),
        together(&[
            ("a/deep/er/1.PNG", png),
            ("b/x.jpg", png),
            ("b/.hidden", b"x"),
            ("notes", b"x"),
        ]),
        together(&[("a/1.png", png), ("b/1.jpeg", jpeg), ("c/none", b"x")]),
    ]
}

/// Makes the folder; paths that the system doesn't take, or that lead elsewhere, are left out.
fn unfold(root: &Path, mut bytes: &[u8]) {
    for _ in 0..20 {
        let Some((&length, rest)) = bytes.split_first() else {
            return;
        };
        let (path, rest) = rest.split_at(rest.len().min(length.into()));
        let Some((length, rest)) = rest.split_first_chunk() else {
            return;
        };
        let (content, rest) = rest.split_at(rest.len().min(u16::from_le_bytes(*length).into()));
        bytes = rest;
        let Ok(path) = std::str::from_utf8(path) else {
            continue;
        };
        let mut parts = path.split('/');
        if parts.any(|part| part.is_empty() || part == "." || part == "..") {
            continue;
        }
        let path = root.join(path);
        if let Some(folder) = path.parent()
            && fs::create_dir_all(folder).is_ok()
        {
            let _ = fs::write(path, content);
        }
    }
}

fn read(bytes: &[u8]) {
    with_folder(|place| {
        let root = place.join("folder");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(&root).expect("a folder for temporary files");
        unfold(&root, bytes);
        let limits = Limits::new().file_bytes(1 << 16).memory_bytes(1 << 20);
        let folder = PictureFolder::new(&root).limits(limits);
        let folder = match choice(bytes, 4) {
            0 => folder,
            1 => folder.size(8, 8),
            2 => folder.size(5, 300).skip_damaged(),
            _ => folder.classes(["b", "a"]).skip_damaged(),
        };
        if let Ok(read) = folder.read() {
            let shape = read.pictures.len();
            assert_eq!(read.files.len(), shape, "a file for each picture");
            let _ = read
                .read_one(&read.files[0])
                .expect("a picture that was read");
        }
    });
}
