//! Files of weights, whole and damaged.

use super::*;
use crate::weights::{NamedTensor, write};
use std::fs;

fn sample(path: &Path) {
    let tensors = [
        NamedTensor {
            name: "dense1.weight",
            shape: &[2, 3],
            values: &[1.0, 2.0, -3.5, f32::MIN_POSITIVE, -0.0, 6.0],
        },
        NamedTensor {
            name: "dense1.bias",
            shape: &[3],
            values: &[0.1, 0.2, 0.3],
        },
    ];
    let mut metadata = Metadata::new("Two");
    metadata.entries.insert("note".into(), "kept".into());
    write(path, &tensors, &metadata).unwrap();
}

#[test]
fn what_is_written_is_read_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    sample(&path);
    let file = WeightsFile::open(&path).unwrap();
    assert_eq!(file.metadata().unwrap().model, "Two");
    assert_eq!(file.metadata().unwrap().entries["note"], "kept");
    let weight = file.tensor("dense1.weight").unwrap();
    assert_eq!(weight.shape(), [2, 3]);
    let bits: Vec<u32> = weight
        .values()
        .unwrap()
        .iter()
        .map(|v| v.to_bits())
        .collect();
    assert_eq!(
        bits,
        [1.0, 2.0, -3.5, f32::MIN_POSITIVE, -0.0, 6.0].map(f32::to_bits)
    );
}

#[test]
fn the_same_tensors_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("a"), folder.path().join("b")];
    paths.iter().for_each(|path| sample(path));
    assert_eq!(fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
}

#[test]
fn every_truncation_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.safetensors");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let error = WeightsFile::open(&path).unwrap_err();
        assert!(
            matches!(error, WeightsError::Damaged { .. }),
            "{length} bytes: {error}"
        );
        assert!(error.to_string().contains("cut.safetensors"));
    }
    let mut longer = whole.clone();
    longer.push(0);
    fs::write(&path, &longer).unwrap();
    assert!(matches!(
        WeightsFile::open(&path),
        Err(WeightsError::Damaged { .. })
    ));
}

#[test]
fn a_damaged_header_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flipped.safetensors");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x15;
        fs::write(&path, &broken).unwrap();
        // Some changes only rename a tensor or change a value: those still open.
        if let Err(error) = WeightsFile::open(&path) {
            assert!(error.to_string().contains("flipped.safetensors"));
        }
    }
}

#[test]
fn a_later_version_is_refused_by_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.safetensors");
    let metadata = Metadata {
        version: 9,
        ..Metadata::new("Two")
    };
    write(&path, &[], &metadata).unwrap();
    let error = WeightsFile::open(&path).unwrap_err();
    assert!(error.to_string().contains("format version 9"), "{error}");
}

#[test]
fn doubled_names_and_wrong_shapes_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    let tensor = NamedTensor {
        name: "a",
        shape: &[1],
        values: &[1.0],
    };
    let twice = write(&path, &[tensor, tensor], &Metadata::new("M")).unwrap_err();
    assert!(twice.to_string().contains("given twice"));
    let wrong = NamedTensor {
        name: "a",
        shape: &[2],
        values: &[1.0],
    };
    let shape = write(&path, &[wrong], &Metadata::new("M")).unwrap_err();
    assert!(
        shape.to_string().contains("shape [2] but 1 values"),
        "{shape}"
    );
    assert!(!path.exists());
}

#[test]
fn a_missing_file_is_named() {
    let error = WeightsFile::open("no/such/file.safetensors").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read no/such/file.safetensors"),
        "{error}"
    );
}

/// A file with this header and these numbers behind it.
fn raw(header: &str, data: &[u8]) -> Result<WeightsFile, WeightsError> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    WeightsFile::from_bytes(&bytes)
}

#[test]
fn a_name_that_stands_twice_is_refused() {
    let twice = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#;
    let error = raw(twice, &[0; 8]).unwrap_err().to_string();
    assert!(error.ends_with("its header has `a` twice"), "{error}");
    let metadata = r#"{"__metadata__":{"shapeflow":"{}","shapeflow":"{}"}}"#;
    let error = raw(metadata, &[]).unwrap_err().to_string();
    assert!(
        error.ends_with("its header has `shapeflow` twice"),
        "{error}"
    );
    let within = r#"{"__metadata__":{"shapeflow":"{\"version\":1,\"model\":\"M\",\"entries\":{\"a\":{\"b\":1,\"b\":2}}}"}}"#;
    let error = raw(within, &[]).unwrap_err().to_string();
    assert!(
        error.ends_with("its metadata has `b` twice in one object"),
        "{error}"
    );
    raw(r#"{"__metadata__":null}"#, &[]).unwrap();
}

#[test]
fn absurd_sizes_are_refused_and_empty_tensors_are_not() {
    for shape in [
        "[9223372036854775807,4]",
        "[4294967296,4294967296]",
        "[1e30]",
        "[-1]",
    ] {
        let header = format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,8]}}}}"#);
        let error = raw(&header, &[0; 8]).unwrap_err();
        assert!(matches!(error, WeightsError::Damaged { .. }), "{error}");
    }
    let mut petabytes = (1_u64 << 60).to_le_bytes().to_vec();
    petabytes.extend_from_slice(b"{}");
    let error = WeightsFile::from_bytes(&petabytes).unwrap_err().to_string();
    assert!(
        error.contains("announce a header of 1152921504606846976 bytes"),
        "{error}"
    );
    let empty = raw(
        r#"{"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}}"#,
        &[],
    )
    .unwrap();
    assert_eq!(empty.tensor("a").unwrap().values().unwrap(), [0.0; 0]);
}

#[test]
fn every_number_format_is_converted_or_refused_by_name() {
    let file = |format: &str, data: &[u8]| {
        let header = format!(
            r#"{{"a":{{"dtype":"{format}","shape":[1],"data_offsets":[0,{}]}}}}"#,
            data.len()
        );
        let file = raw(&header, data).unwrap();
        file.values("a", file.tensor("a").unwrap())
    };
    assert_eq!(file("F32", &1.5_f32.to_le_bytes()).unwrap(), [1.5]);
    assert_eq!(file("F64", &0.1_f64.to_le_bytes()).unwrap(), [0.1_f32]);
    assert_eq!(file("F16", &0x3e00_u16.to_le_bytes()).unwrap(), [1.5]);
    assert_eq!(file("BF16", &0x3fc0_u16.to_le_bytes()).unwrap(), [1.5]);
    for (format, bytes) in [
        ("I64", 8),
        ("U8", 1),
        ("BOOL", 1),
        ("F8_E4M3", 1),
        ("I32", 4),
    ] {
        let error = file(format, &vec![0; bytes]).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("<bytes>: tensor `a` holds {format}, expected F32, F64, F16 or BF16")
        );
    }
    for (format, data, found) in [
        (
            "F32",
            f32::NAN.to_le_bytes().to_vec(),
            "a finite number, found NaN",
        ),
        (
            "F16",
            0x7c00_u16.to_le_bytes().to_vec(),
            "a finite number, found inf",
        ),
        (
            "BF16",
            0xff80_u16.to_le_bytes().to_vec(),
            "a finite number, found -inf",
        ),
        (
            "F64",
            1e300_f64.to_le_bytes().to_vec(),
            "a number that an `f32` holds, found 1e300",
        ),
    ] {
        let error = file(format, &data).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("<bytes>: tensor `a` at [0]: expected {found}")
        );
    }
}

#[test]
fn a_folder_a_device_and_a_pipe_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |path: &Path| WeightsFile::open(path).unwrap_err().to_string();
    let error = refusal(folder.path());
    assert!(
        error.ends_with("it is a folder, expected a file"),
        "{error}"
    );
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [Path::new("/dev/zero"), &pipe] {
            let error = refusal(path);
            assert!(
                error.ends_with("it is a device or a pipe, expected a file"),
                "{error}"
            );
        }
    }
}

#[test]
fn tensors_that_overlap_leave_holes_or_have_another_size_are_refused() {
    let two = |a: [usize; 2], b: [usize; 2]| {
        let header = format!(
            r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":{a:?}}},"b":{{"dtype":"F16","shape":[3],"data_offsets":{b:?}}}}}"#
        );
        let end = a[1].max(b[1]);
        raw(&header, &vec![0; end])
    };
    two([0, 8], [8, 14]).unwrap();
    two([6, 14], [0, 6]).unwrap();
    let apart =
        "doesn't begin where the one before it ends: tensors may neither overlap nor leave holes";
    for (a, b, reason) in [
        ([0, 8], [4, 10], format!("tensor `b` {apart}")),
        ([0, 8], [12, 18], format!("tensor `b` {apart}")),
        ([4, 12], [12, 18], format!("tensor `a` {apart}")),
        (
            [0, 8],
            [8, 12],
            "tensor `b` of F16 and shape [3] needs 6 bytes, its `data_offsets` are [8, 12]".into(),
        ),
        (
            [0, 0],
            [0, 6],
            "tensor `a` of F32 and shape [2] needs 8 bytes, its `data_offsets` are [0, 0]".into(),
        ),
    ] {
        let error = two(a, b).unwrap_err().to_string();
        assert!(error.ends_with(&reason), "{error}");
    }
}

#[test]
fn two_files_in_one_and_a_header_in_another_byte_order_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    sample(&path);
    let whole = fs::read(&path).unwrap();
    let error = WeightsFile::from_bytes(&[whole.clone(), whole.clone()].concat()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("need more or fewer bytes than the file has"),
        "{text}"
    );
    let mut turned = whole;
    turned[..8].reverse();
    let text = WeightsFile::from_bytes(&turned).unwrap_err().to_string();
    assert!(
        text.contains("its first 8 bytes announce a header of"),
        "{text}"
    );
}

#[test]
fn names_are_only_names() {
    let name = "../../etc/\0passwd/а.weight";
    let header = format!(
        r#"{{"{}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}}"#,
        name.replace('\0', "\\u0000")
    );
    let file = raw(&header, &1.5_f32.to_le_bytes()).unwrap();
    assert_eq!(file.tensor(name).unwrap().values().unwrap(), [1.5]);
    // A Latin letter for a Cyrillic one.
    let error = file.tensor("../../etc/\0passwd/a.weight").unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        r"<bytes> has no tensor `../../etc/\0passwd/a.weight`; did you mean `../../etc/\0passwd/\u{430}.weight`?"
    );
}

#[test]
fn an_unknown_tensor_is_an_error_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.safetensors");
    sample(&path);
    let file = WeightsFile::open(&path).unwrap();
    let refusal = |name: &str| {
        let error = file.tensor(name).unwrap_err().to_string();
        error.replace(&path.display().to_string(), "it")
    };
    for (name, said) in [
        (
            "dense1.wieght",
            "`dense1.wieght`; did you mean `dense1.weight`?",
        ),
        (
            "dense1",
            "`dense1`, that is a layer: its tensors are `dense1.bias`, `dense1.weight`",
        ),
        ("x", "`x`; it has `dense1.bias`, `dense1.weight`"),
    ] {
        assert_eq!(refusal(name), format!("it has no tensor {said}"));
    }
    assert!(matches!(
        file.tensor("dense1.wieght"),
        Err(WeightsError::UnknownTensor { nearest: Some(name), .. }) if name == "dense1.weight"
    ));
    let none = raw("{}", &[]).unwrap();
    assert_eq!(
        none.tensor("x").unwrap_err().to_string(),
        "<bytes> has no tensor `x`: it has none"
    );
}

#[test]
fn the_place_of_an_element_is_told_by_axes() {
    assert_eq!(index(&[2, 3, 4], 23), [1, 2, 3]);
    assert_eq!(index(&[2, 3, 4], 4), [0, 1, 0]);
    assert_eq!(index(&[], 0), [0; 0]);
}
