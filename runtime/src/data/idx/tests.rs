use super::*;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;

fn file(bytes: &[u8]) -> tempfile::TempPath {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    file.into_temp_path()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(code: u8, shape: &[u32]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, shape.len() as u8];
    bytes.extend(shape.iter().flat_map(|axis| axis.to_be_bytes()));
    bytes
}

/// Two pictures of 2 × 3 pixels with the values 0, 1, .. 11.
fn pictures() -> Vec<u8> {
    [header(8, &[2, 2, 3]), (0..12).collect()].concat()
}

/// The error of reading these bytes as pictures, without the name of the file in front.
fn damage(bytes: &[u8]) -> String {
    let path = file(bytes);
    let message = read_idx_images(&path, Pixels::Raw).unwrap_err().to_string();
    message
        .strip_prefix(&format!("{}: ", path.display()))
        .expect("the file comes first")
        .to_owned()
}

#[test]
fn pictures_come_with_a_channel_axis_plain_or_gzipped() {
    for bytes in [pictures(), gzip(&pictures())] {
        let images = read_idx_images(file(&bytes), Pixels::Raw).unwrap();
        assert_eq!(images.shape(), [2, 2, 3, 1]);
        assert_eq!(images[[1, 0, 2, 0]], 8.0);
    }
    let images = read_idx_images(
        file(&[header(8, &[1, 1, 1, 2]), vec![0, 255]].concat()),
        Pixels::Unit,
    )
    .unwrap();
    assert_eq!(images.as_slice(), Some(&[0.0, 1.0][..]));
}

#[test]
fn every_element_type_is_read() {
    let read = |code, body: &[u8]| {
        let array = read_idx(file(&[header(code, &[2]), body.to_vec()].concat())).unwrap();
        array.into_raw_vec_and_offset().0
    };
    assert_eq!(read(0x08, &[1, 255]), [1.0, 255.0]);
    assert_eq!(read(0x09, &[1, 255]), [1.0, -1.0]);
    assert_eq!(read(0x0b, &[1, 0, 255, 255]), [256.0, -1.0]);
    assert_eq!(
        read(0x0c, &[0, 1, 0, 0, 255, 255, 255, 255]),
        [65536.0, -1.0]
    );
    assert_eq!(
        read(
            0x0d,
            &[1.5_f32.to_be_bytes(), (-2.0_f32).to_be_bytes()].concat()
        ),
        [1.5, -2.0]
    );
    assert_eq!(
        read(
            0x0e,
            &[1.5_f64.to_be_bytes(), (-2.0_f64).to_be_bytes()].concat()
        ),
        [1.5, -2.0]
    );
}

#[test]
fn a_truncated_header_is_an_error() {
    assert_eq!(
        damage(&[]),
        "expected an IDX magic number (4 bytes), found 0 bytes"
    );
    assert_eq!(
        damage(&[0, 0, 8]),
        "expected an IDX magic number (4 bytes), found 3 bytes"
    );
    assert_eq!(
        damage(&pictures()[..9]),
        "expected a header of 16 bytes for 3 axes, found 9 bytes"
    );
}

#[test]
fn a_wrong_magic_number_is_an_error() {
    for magic in [*b"PNG!", [0, 0, 8, 0], [0, 0, 7, 3], [0, 1, 8, 3]] {
        let [a, b, c, d] = magic;
        let message = damage(&[&magic[..], &[0; 40]].concat());
        assert!(
            message.starts_with("expected an IDX magic number (00 00,"),
            "{message}"
        );
        assert!(
            message.ends_with(&format!("found {a:02x} {b:02x} {c:02x} {d:02x}")),
            "{message}"
        );
    }
}

#[test]
fn a_body_of_the_wrong_length_is_an_error() {
    let expected = "expected 28 bytes for the shape [2, 2, 3] in its header, found";
    assert_eq!(damage(&pictures()[..20]), format!("{expected} 20 bytes"));
    assert_eq!(
        damage(&[pictures(), vec![0]].concat()),
        format!("{expected} 29 bytes")
    );
    let message = damage(&header(0x0e, &[u32::MAX; 3]));
    assert!(
        message.starts_with("expected more than memory can hold bytes"),
        "{message}"
    );
}

#[test]
fn a_gzip_stream_that_is_cut_short_or_changed_is_an_error() {
    let packed = gzip(&pictures());
    let message = damage(&packed[..packed.len() - 6]);
    assert!(
        message.starts_with("expected a whole gzip stream, found one that breaks off"),
        "{message}"
    );
    let mut changed = packed.clone();
    let crc = changed.len() - 8;
    changed[crc] ^= 1;
    assert!(damage(&changed).starts_with("expected a whole gzip stream"));
    assert!(damage(&[packed, vec![7, 7, 7]].concat()).starts_with("expected a whole gzip stream"));
}

#[test]
fn another_kind_of_file_is_an_error() {
    assert_eq!(
        damage(&[header(8, &[3]), vec![0, 1, 2]].concat()),
        "expected pictures: unsigned bytes with 3 axes, found U8 elements with the shape [3]"
    );
    let path = file(&pictures());
    let message = read_idx_labels(&path, 10).unwrap_err().to_string();
    assert!(message.ends_with(
        "expected labels: unsigned bytes with 1 axes, found U8 elements with the shape [2, 2, 3]"
    ));
}

#[test]
fn a_label_out_of_range_is_an_error() {
    let labels = file(&[header(8, &[3]), vec![0, 9, 10]].concat());
    assert_eq!(read_idx_labels(&labels, 11).unwrap().0, [0, 9, 10]);
    let message = read_idx_labels(&labels, 10).unwrap_err().to_string();
    assert!(
        message.ends_with(": expected labels below 10, found label 10 at example 2"),
        "{message}"
    );
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let message = read_idx(folder.path().join("nothing"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("nothing: can't be read: "), "{message}");
}

#[test]
fn numbers_that_32_bits_do_not_hold_are_errors() {
    let message = |code, body: &[u8]| {
        let path = file(&[header(code, &[2]), body.to_vec()].concat());
        read_idx(&path).unwrap_err().to_string()
    };
    let ids = [16_777_216_i32.to_be_bytes(), 16_777_217_i32.to_be_bytes()].concat();
    assert!(
        message(0x0c, &ids)
            .ends_with("expected numbers that `f32` holds, found 16777217 at element 1")
    );
    let large = [0.1_f64.to_be_bytes(), 1e39_f64.to_be_bytes()].concat();
    assert!(message(0x0e, &large).contains("at element 1"));
}

#[test]
fn pictures_without_pixels_are_errors() {
    for shape in [[2, 0, 3], [2, 3, 0]] {
        assert!(damage(&header(8, &shape)).starts_with("expected pictures of at least one pixel"));
    }
    let none = read_idx_images(file(&header(8, &[0, 2, 2])), Pixels::Unit).unwrap();
    assert_eq!(none.shape(), [0, 2, 2, 1]);
}
