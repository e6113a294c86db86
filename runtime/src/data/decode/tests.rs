use super::*;
use std::path::{Path, PathBuf};

const LIMIT: usize = 512 << 20;

fn golden() -> (PathBuf, serde_json::Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
    let golden = std::fs::read_to_string(folder.join("pictures.json")).unwrap();
    (folder, serde_json::from_str(&golden).unwrap())
}

fn bytes(samples: Vec<u16>, white: u16) -> Vec<u16> {
    let byte = |sample: u16| match white {
        255 => sample,
        _ => ((u32::from(sample) + 128) / 257) as u16,
    };
    samples.into_iter().map(byte).collect()
}

/// `tests/golden/pictures` has pictures of every kind with what the crate `image` 0.25.10 makes of them.
#[test]
fn pictures_are_what_other_readers_see() {
    let (folder, golden) = golden();
    let golden = golden.as_object().unwrap();
    assert_eq!(golden.len(), 12);
    for (name, expected) in golden {
        let picture = decode(&std::fs::read(folder.join(name)).unwrap(), LIMIT).unwrap();
        for (what, found) in [
            ("rgb", picture.rgb()),
            ("small", picture.resized(7, 5).rgb()),
        ] {
            let found = serde_json::json!(bytes(found, picture.white()));
            assert_eq!(found, expected[what], "{what} of {name}");
        }
    }
}

#[test]
fn a_small_jpeg_that_claims_to_be_large_is_refused_before_it_is_decoded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
    let mut bytes = std::fs::read(folder.join("rgb.jpg")).unwrap();
    // The frame's header: marker, length, precision, height, width.
    let frame = marker(&bytes, 0xc0);
    for (at, byte) in [(5, 0x2e), (6, 0xe0), (7, 0x2e), (8, 0xe0)] {
        bytes[frame + at] = byte;
    }
    let error = decode(&bytes, LIMIT).err().unwrap();
    let expected = "bytes, in which a picture of 12000 × 12000 can't be whole";
    assert!(error.ends_with(expected), "{error}");
    assert_eq!(size(&bytes).unwrap_err(), error);
}

#[test]
fn jpeg_cut_files_that_break_off_are_refused() {
    let (folder, golden) = golden();
    for name in golden.as_object().unwrap().keys() {
        let whole = std::fs::read(folder.join(name)).unwrap();
        for length in [whole.len() / 2, whole.len() * 3 / 4, whole.len() - 1] {
            assert!(
                decode(&whole[..length], LIMIT).is_err(),
                "{name} cut to {length}"
            );
            assert!(size(&whole[..length]).is_err(), "{name} cut to {length}");
        }
    }
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    for length in 0..flat.len() {
        assert!(decode(&flat[..length], LIMIT).is_err(), "{length}");
    }
}

#[test]
fn a_jpeg_without_a_scan_is_refused() {
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    let none = [&flat[..marker(flat, 0xda)], &[0xff, 0xd9]].concat();
    assert_eq!(size(&none).unwrap_err(), "a JPEG without pixels");
    assert!(decode(&none, LIMIT).is_err());
}

#[test]
fn a_jpeg_larger_than_memory_is_refused() {
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    let least = (1..64).find(|&limit| decode(flat, limit).is_ok());
    assert_eq!(least, Some(6), "3 × 2 pixels, grey");
    let error = decode(flat, 5).err().unwrap();
    let expected = "a picture that takes more than 5 bytes";
    assert!(error.starts_with(expected), "{error}");
}

/// Where a segment of a JPEG begins.
fn marker(bytes: &[u8], kind: u8) -> usize {
    let mut pairs = bytes.windows(2);
    pairs.position(|pair| pair == [0xff, kind]).unwrap()
}

/// The Exif data with an orientation, little-endian.
fn exif_data(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

#[test]
fn exif_every_orientation_is_applied() {
    let mut plain = Vec::new();
    let mut writer = png::Encoder::new(&mut plain, 3, 2).write_header().unwrap();
    writer.write_image_data(&[1, 2, 3, 4, 5, 6]).unwrap();
    writer.finish().unwrap();
    for (orientation, height, pixels) in [
        (1, 2, [1, 2, 3, 4, 5, 6]),
        (2, 2, [3, 2, 1, 6, 5, 4]),
        (3, 2, [6, 5, 4, 3, 2, 1]),
        (4, 2, [4, 5, 6, 1, 2, 3]),
        (5, 3, [1, 4, 2, 5, 3, 6]),
        (6, 3, [4, 1, 5, 2, 6, 3]),
        (7, 3, [6, 3, 5, 2, 4, 1]),
        (8, 3, [3, 6, 2, 5, 1, 4]),
        (9, 2, [1, 2, 3, 4, 5, 6]),
    ] {
        let data = exif_data(orientation);
        let mut chunk = b"eXIf".to_vec();
        chunk.extend(&data);
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        let length = (data.len() as u32).to_be_bytes();
        let file = [
            &plain[..33],
            &length,
            &chunk,
            &sum.sum().to_be_bytes(),
            &plain[33..],
        ]
        .concat();
        let picture = decode(&file, LIMIT).unwrap();
        assert_eq!(picture.gray(), pixels, "orientation {orientation}");
        assert_eq!(size(&file), Ok((height, 6 / height)));
        assert_eq!((picture.height, picture.width), (height, 6 / height));
    }
}

#[test]
fn exif_is_read_from_a_jpeg() {
    // 2 × 3 pixels.
    let flat = include_bytes!("../../../tests/golden/pictures/flat.jpg");
    // As Motorola has it, behind another entry.
    let mut big = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    big.extend(b"\x01\0\0\x03\0\0\0\x01\0\x02\0\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    for data in [exif_data(6), big] {
        let mut segment = b"\xff\xe1\0\x22Exif\0\0".to_vec();
        segment.extend(data);
        segment[3] = (segment.len() - 2) as u8;
        let file = [&flat[..2], &segment, &flat[2..]].concat();
        let picture = decode(&file, LIMIT).unwrap();
        assert_eq!((picture.height, picture.width), (3, 2));
        assert_eq!(size(&file), Ok((3, 2)));
    }
}

#[test]
fn a_picture_larger_than_memory_is_refused() {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::new(&mut bytes, 2, 2).write_header().unwrap();
    writer.write_image_data(&[0; 4]).unwrap();
    writer.finish().unwrap();
    let error = decode(&bytes, 3).err().unwrap();
    assert!(
        error.starts_with("a picture that takes more than 3 bytes"),
        "{error}"
    );
    // The width, in the header's first four bytes, with the checksum that it then has.
    bytes[16..20].copy_from_slice(&0x3000_0000u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    let error = decode(&bytes, LIMIT).err().unwrap();
    let expected = "bytes, in which a picture of 2 × 805306368 can't be whole";
    assert!(error.ends_with(expected), "{error}");
    assert_eq!(size(&bytes).unwrap_err(), error);
}

#[test]
fn a_palette_with_a_part_of_a_colour_is_refused() {
    let indexed = |palette: usize| {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette((0..palette as u8).collect::<Vec<u8>>());
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[0, 1]).unwrap();
        writer.finish().unwrap();
        decode(&bytes, LIMIT).map(|picture| (picture.height, picture.width))
    };
    assert_eq!(indexed(6), Ok((1, 2)));
    for bytes in [4, 5, 7] {
        assert_eq!(
            indexed(bytes),
            Err(format!(
                "a PNG with a palette of {bytes} bytes, which aren't three for each colour"
            ))
        );
    }
}
