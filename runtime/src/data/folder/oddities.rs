//! What else lies in folders: links, other kinds of pictures, odd names, what can't be read.

use super::tests::save;
use super::*;
use std::fs;

/// A folder with a class `a` of one picture.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    save(&folder.path().join("a/one.png"), (2, 2), [9; 3]);
    folder
}

fn message(folder: &Path) -> String {
    PictureFolder::new(folder).read().unwrap_err().to_string()
}

#[test]
fn pictures_of_other_kinds_are_named_and_not_passed_over() {
    let folder = folder();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pillow");
    for name in ["other.gif", "other.webp", "other.bmp", "other.tif"] {
        fs::copy(golden.join(name), folder.path().join("a").join(name)).unwrap();
    }
    // As JPEGs, which they aren't.
    fs::copy(golden.join("other.webp"), folder.path().join("a/photo.jpg")).unwrap();
    fs::write(folder.path().join("a/empty.png"), "").unwrap();
    let message = message(folder.path());
    assert!(
        message.contains("found 6 of 7 that can't be taken"),
        "{message}"
    );
    for found in [
        "other.gif: expected a whole PNG or JPEG picture, found a GIF",
        "photo.jpg: expected a whole PNG or JPEG picture, found a WebP",
        "found an empty file",
    ] {
        assert!(message.contains(found), "{message}");
    }
    let read = PictureFolder::new(folder.path())
        .skip_damaged()
        .read()
        .unwrap();
    assert_eq!((read.files.len(), read.skipped.len()), (1, 6));
}

#[test]
fn the_content_decides_and_not_the_ending() {
    let folder = folder();
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    fs::write(folder.path().join("a/jpeg.png"), flat).unwrap();
    fs::rename(
        folder.path().join("a/one.png"),
        folder.path().join("a/one.jpe"),
    )
    .unwrap();
    let read = PictureFolder::new(folder.path()).size(2, 2).read().unwrap();
    assert_eq!(read.files.len(), 2);
}

#[test]
fn a_picture_of_one_pixel_is_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    save(&folder.path().join("a/one.png"), (1, 1), [51, 102, 255]);
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(
        read.pictures.input(0).as_slice(),
        Some(&[0.2, 0.4, 1.0][..])
    );
    let large = PictureFolder::new(folder.path()).size(3, 2).read().unwrap();
    assert_eq!(
        large.pictures.input(0).as_slice().unwrap(),
        [0.2, 0.4, 1.0].repeat(6)
    );
}

#[test]
fn names_are_ordered_by_their_bytes_and_differ_by_case() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["ant", "Zebra", "10", "9", "Ant", "\u{e4}"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    // Where names that differ by case are one, there is one folder less.
    let found = fs::read_dir(folder.path()).unwrap().count();
    for entry in fs::read_dir(folder.path()).unwrap() {
        save(&entry.unwrap().path().join("x.png"), (1, 1), [1; 3]);
    }
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(read.classes.len(), found);
    if found == 6 {
        assert_eq!(read.classes, ["10", "9", "Ant", "Zebra", "ant", "\u{e4}"]);
    }
    assert_eq!(
        read.pictures.targets().0,
        (0..found as u32).collect::<Vec<_>>()
    );
}

#[test]
fn a_folder_named_as_a_picture_is_a_folder() {
    let folder = folder();
    fs::create_dir(folder.path().join("a/x.png")).unwrap();
    save(&folder.path().join("a/x.png/two.png"), (2, 2), [1; 3]);
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(read.files.len(), 2);
    // A file in the place of a class folder is none, nor is a hidden folder.
    save(&folder.path().join("b.png"), (2, 2), [1; 3]);
    fs::create_dir(folder.path().join(".cache")).unwrap();
    assert_eq!(
        PictureFolder::new(folder.path()).read().unwrap().classes,
        ["a"]
    );
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn links_are_followed_and_must_lead_somewhere() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        symlink(at("a/one.png"), at("a/two.png")).unwrap();
        symlink(at("a"), at("b")).unwrap();
        let read = PictureFolder::new(folder.path()).read().unwrap();
        assert_eq!(read.pictures.targets().0, [0, 0, 1, 1]);
        symlink(at("nowhere"), at("a/lost.png")).unwrap();
        symlink(at("a/loop.png"), at("a/loop.png")).unwrap();
        let error = message(folder.path());
        for name in ["a/lost.png", "a/loop.png", "b/lost.png"] {
            assert!(
                error.contains(&format!("{}: can't be read", at(name).display())),
                "{error}"
            );
        }
        let read = PictureFolder::new(folder.path())
            .skip_damaged()
            .read()
            .unwrap();
        assert_eq!((read.files.len(), read.skipped.len()), (4, 4));
        // A class that leads nowhere would shift the numbers of the others.
        symlink(at("nowhere"), at("c")).unwrap();
        assert!(message(folder.path()).contains("/c: can't be read"));
    }

    #[test]
    fn links_in_a_circle_are_an_error() {
        let folder = folder();
        symlink(folder.path(), folder.path().join("a/again")).unwrap();
        let error = message(folder.path());
        assert!(
            error.contains("16 deep") && error.contains("a link may lead in a circle"),
            "{error}"
        );
    }

    #[test]
    fn names_that_are_not_utf_8_are_files_but_no_classes() {
        let folder = folder();
        let odd = |bytes: &[u8]| folder.path().join(OsStr::from_bytes(bytes));
        save(&odd(b"a/\xff.png"), (2, 2), [1; 3]);
        assert_eq!(
            PictureFolder::new(folder.path())
                .read()
                .unwrap()
                .files
                .len(),
            2
        );
        fs::create_dir(odd(b"b\xff")).unwrap();
        let error = message(folder.path());
        assert!(error.contains("is UTF-8, found \"b\\xFF\""), "{error}");
    }

    #[test]
    fn files_that_may_not_be_read_are_named() {
        let folder = folder();
        let path = folder.path().join("a/secret.png");
        save(&path, (2, 2), [1; 3]);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        // The administrator may read everything.
        if fs::File::open(&path).is_err() {
            let error = message(folder.path());
            assert!(error.contains("a/secret.png: can't be read"), "{error}");
        }
    }
}
