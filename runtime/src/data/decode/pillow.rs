//! Pictures of every kind against what Pillow makes of them: `tests/golden/pillow/pillow.py` writes them.

use super::*;
use std::path::PathBuf;

const LIMIT: usize = 1 << 20;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pillow")
}

fn golden() -> serde_json::Map<String, serde_json::Value> {
    let text = std::fs::read_to_string(folder().join("pillow.json")).unwrap();
    let mut golden: serde_json::Map<_, _> = serde_json::from_str(&text).unwrap();
    golden.remove("pillow").expect("the version");
    golden
}

fn picture(name: &str) -> Bitmap {
    decode(&std::fs::read(folder().join(name)).unwrap(), LIMIT).unwrap()
}

fn size_in(entry: &serde_json::Value) -> (usize, usize) {
    let side = |at: usize| entry["size"][at].as_u64().unwrap() as usize;
    (side(0), side(1))
}

fn levels_in(entry: &serde_json::Value) -> Vec<i32> {
    let text = entry["rgb"].as_str().unwrap().as_bytes();
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap() as i32;
    text.chunks(2)
        .map(|pair| 16 * digit(pair[0]) + digit(pair[1]))
        .collect()
}

/// The largest difference of a level.
fn difference(picture: &Bitmap, entry: &serde_json::Value) -> i32 {
    assert_eq!((picture.height, picture.width), size_in(entry));
    assert_eq!(picture.white(), 255);
    let expected = levels_in(entry);
    let found = picture.rgb();
    assert_eq!(found.len(), expected.len());
    let pairs = found.iter().zip(expected);
    pairs
        .map(|(&found, expected)| (i32::from(found) - expected).abs())
        .max()
        .unwrap()
}

#[test]
fn a_png_of_every_kind_has_the_levels_that_pillow_reads() {
    let golden = golden();
    let names: Vec<_> = golden
        .keys()
        .filter(|name| name.ends_with(".png"))
        .collect();
    assert_eq!(names.len(), 17);
    for name in names {
        assert_eq!(difference(&picture(name), &golden[name]), 0, "{name}");
    }
}

#[test]
fn a_jpeg_of_every_kind_is_as_pillow_reads_it_but_for_rounding() {
    let golden = golden();
    let names: Vec<_> = golden
        .keys()
        .filter(|name| name.ends_with(".jpg"))
        .collect();
    assert_eq!(names.len(), 13);
    for name in names {
        // Where colours have a half or a quarter of the pixels, decoders put them in between in their own ways.
        let most = match name.as_str() {
            "half.jpg" | "quarter.jpg" => 24,
            _ => 3,
        };
        let found = difference(&picture(name), &golden[name]);
        assert!(found <= most, "{name}: {found}");
    }
}

#[test]
fn pictures_are_resized_as_by_pillows_bilinear_but_for_rounding() {
    let golden = golden();
    let mut count = 0;
    for (name, entry) in &golden {
        for resized in entry["resized"].as_array().into_iter().flatten() {
            let (height, width) = size_in(resized);
            let small = picture(name).resized(width, height);
            let found = difference(&small, resized);
            assert!(
                found <= if name.ends_with(".jpg") { 3 } else { 1 },
                "{name} at {height} × {width}: {found}"
            );
            count += 1;
        }
    }
    assert_eq!(count, 20);
}

#[test]
fn an_animation_gives_its_first_picture() {
    let first = Bitmap::rgb(&picture("animated.png"));
    assert_eq!(first, picture("gamma.png").rgb(), "the same picture alone");
}

#[test]
fn files_of_another_kind_are_refused_by_their_name() {
    for (name, kind) in [
        ("gif", "a GIF"),
        ("webp", "a WebP"),
        ("bmp", "a BMP"),
        ("tif", "a TIFF"),
    ] {
        let bytes = std::fs::read(folder().join(format!("other.{name}"))).unwrap();
        let error = decode(&bytes, LIMIT).err().unwrap();
        assert_eq!(error, format!("{kind} (save it as PNG or JPEG)"));
        assert_eq!(size(&bytes).unwrap_err(), error);
    }
    for (bytes, found) in [
        (&b""[..], "an empty file"),
        (
            b"\0\0\0\x20ftypheic",
            "a HEIC or AVIF (save it as PNG or JPEG)",
        ),
        (
            b"\0\0\0\x20ftypavif",
            "a HEIC or AVIF (save it as PNG or JPEG)",
        ),
        (b"<!DOCTYPE html>", "a file of another kind"),
        (b"\xff", "a file of another kind"),
    ] {
        assert_eq!(decode(bytes, LIMIT).err().unwrap(), found);
    }
}
