use super::*;
use std::fs;

/// A PNG picture of one colour.
pub(super) fn save(path: &Path, (width, height): (u32, u32), color: [u8; 3]) {
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let pixels = color.repeat((width * height) as usize);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let class = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let (red, gray) = (class("red"), class("gray"));
    save(&red.join("b.png"), (3, 2), [255, 0, 51]);
    save(&red.join("a.PNG"), (3, 2), [0, 255, 0]);
    // Of 3 by 2 pixels, all 102.
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    fs::write(gray.join("only.jpg"), flat).unwrap();
    fs::write(gray.join("notes.txt"), "not a picture").unwrap();
    fs::write(gray.join(".hidden.png"), "not a picture").unwrap();
    fs::write(gray.join("Thumbs.db"), "not a picture").unwrap();
    fs::write(folder.path().join("README"), "not a class").unwrap();
    folder
}

#[test]
fn classes_and_files_come_in_the_order_of_their_names() {
    let folder = folder();
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(read.classes, ["gray", "red"]);
    assert_eq!(read.pictures.class_names(0), Some(&read.classes[..]));
    assert_eq!(read.pictures.targets().0, [0, 1, 1]);
    assert_eq!(read.pictures.shape(0), [2, 3, 3]);
    let names: Vec<_> = read
        .files
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap())
        .collect();
    assert_eq!(names, ["only.jpg", "a.PNG", "b.png"]);
    assert_eq!(read.skipped.len(), 2);
    let values = read.pictures.input(0).as_slice().unwrap();
    assert!((values[0] - 0.4).abs() < 0.01);
    assert_eq!(values[18..21], [0.0, 1.0, 0.0]);
    assert_eq!(values[36..39], [1.0, 0.0, 0.2]);
}

#[test]
fn pictures_are_resized_and_turned_gray_if_asked() {
    let folder = folder();
    let read = PictureFolder::new(folder.path())
        .size(4, 5)
        .colors(Colors::Gray)
        .pixels(Pixels::Raw)
        .read()
        .unwrap();
    assert_eq!(read.pictures.shape(0), [4, 5, 1]);
    assert!((read.pictures.input(0).as_slice().unwrap()[0] - 102.0).abs() < 2.0);
}

#[test]
fn pictures_of_another_size_are_named() {
    let folder = folder();
    let path = folder.path().join("red/c.png");
    save(&path, (4, 2), [0; 3]);
    let message = PictureFolder::new(folder.path())
        .read()
        .unwrap_err()
        .to_string();
    let first = folder.path().join("gray/only.jpg");
    let expected = format!(
        "{}: expected a picture of 2 × 3 pixels, as {} is (or ask for a size), found 2 × 4",
        path.display(),
        first.display()
    );
    assert_eq!(message, expected);
}

#[test]
fn one_picture_later_has_the_size_of_the_others_or_is_refused() {
    let folder = folder();
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(read.read_one(&read.files[0]).unwrap().dim(), (2, 3, 3));
    let other = folder.path().join("other.png");
    save(&other, (4, 2), [0; 3]);
    let message = read.read_one(&other).unwrap_err().to_string();
    let expected =
        "expected a picture of 2 × 3 pixels, as the others are (or ask for a size), found 2 × 4";
    assert!(message.ends_with(expected), "{message}");
}

#[test]
fn damaged_pictures_are_named() {
    let folder = folder();
    let path = folder.path().join("red/b.png");
    let whole = fs::read(&path).unwrap();
    for bytes in [&whole[..whole.len() / 2], b"not a picture", &[]] {
        fs::write(&path, bytes).unwrap();
        let message = PictureFolder::new(folder.path())
            .read()
            .unwrap_err()
            .to_string();
        let expected = format!(
            "{}: expected a whole PNG or JPEG picture, found ",
            path.display()
        );
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn folders_without_classes_or_pictures_are_errors() {
    let folder = folder();
    let message = |path: &Path| PictureFolder::new(path).read().unwrap_err().to_string();
    assert!(
        message(&folder.path().join("red"))
            .ends_with("expected one folder of pictures for each class, found no folders")
    );
    assert!(message(&folder.path().join("blue")).contains("blue: can't be read: "));
    fs::create_dir(folder.path().join("blue")).unwrap();
    assert!(
        message(folder.path())
            .ends_with("blue: expected pictures (.png, .jpg, .jpeg) of a class, found no files")
    );
    assert!(PictureFolder::new(folder.path()).size(0, 4).read().is_err());
}

#[test]
fn class_shift_numbers_are_those_of_the_names_given() {
    let folder = tempfile::tempdir().unwrap();
    for (part, classes) in [("train", vec!["a", "b", "c"]), ("test", vec!["a", "c"])] {
        for class in classes {
            let path = folder.path().join(part).join(class);
            fs::create_dir_all(&path).unwrap();
            save(&path.join("one.png"), (2, 2), [9; 3]);
        }
    }
    let train = PictureFolder::new(folder.path().join("train"))
        .read()
        .unwrap();
    let test = PictureFolder::new(folder.path().join("test")).classes(&train.classes);
    let read = test.clone().read().unwrap();
    assert_eq!(read.pictures.targets().0, [0, 2]);
    assert_eq!(read.pictures.class_names(0), train.pictures.class_names(0));
    let one = train.read_one(&read.files[0]).unwrap();
    assert_eq!(
        one.as_slice(),
        read.pictures.subset(&[0]).unwrap().input(0).as_slice()
    );
    let message = test.classes(["A", "b"]).read().unwrap_err().to_string();
    assert!(
        message.ends_with("test/a: expected a folder named as one of the 2 classes given, found `a`; the nearest is `A`"),
        "{message}"
    );
}

#[test]
fn jpeg_cut_all_damaged_files_are_named_or_skipped() {
    let folder = folder();
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    let paths = ["gray/cut.jpg", "red/cut.JPEG"].map(|name| folder.path().join(name));
    for path in &paths {
        fs::write(path, &flat[..flat.len() / 2]).unwrap();
    }
    for asked in [
        PictureFolder::new(folder.path()),
        PictureFolder::new(folder.path()).size(4, 4),
    ] {
        let message = asked.read().unwrap_err().to_string();
        assert!(message.contains("2 of 5 that can't be taken"), "{message}");
        for path in &paths {
            assert!(message.contains(&path.display().to_string()), "{message}");
        }
        let read = asked.skip_damaged().read().unwrap();
        assert_eq!(read.pictures.targets().0, [0, 1, 1]);
        assert!(paths.iter().all(|path| read.skipped.contains(path)));
        assert_eq!(read.files.len(), 3);
        let last = read.pictures.input(0).as_slice().unwrap().last().copied();
        assert_eq!(last, Some(0.2), "the last picture is b.png");
    }
}

#[test]
fn a_large_picture_first_is_refused_before_memory_is_taken() {
    let folder = folder();
    save(&folder.path().join("gray/a.png"), (300, 200), [0; 3]);
    let read = PictureFolder::new(folder.path()).limits(Limits::new().memory_bytes(1 << 20));
    let message = read.clone().read().unwrap_err().to_string();
    assert!(
        message.contains("expected a picture of 200 × 300 pixels"),
        "{message}"
    );
    let message = read.size(100_000, 100_000).read().unwrap_err().to_string();
    assert!(
        message
            .contains("4 pictures of 100000 × 100000 × 3 numbers: expected at most 1048576 bytes"),
        "{message}"
    );
    let largest = PictureFolder::new(folder.path()).size(u32::MAX, u32::MAX);
    assert!(largest.read().is_err());
}

#[test]
fn folders_in_a_class_belong_to_it() {
    let folder = folder();
    fs::create_dir(folder.path().join("red/more")).unwrap();
    save(&folder.path().join("red/more/c.png"), (3, 2), [1; 3]);
    let read = PictureFolder::new(folder.path()).read().unwrap();
    assert_eq!(read.pictures.targets().0, [0, 1, 1, 1]);
}
