//! Files of other formats that hold weights, known by their first bytes: what they are, and how they become safetensors.

/// How far from the beginning and the end of an archive the names in it are looked for.
const NAMES: usize = 1 << 16;

/// What a file that is no safetensors file seems to be, and one line on how to go on; `None` where that can't be told.
pub(super) fn recognise(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |with: &[u8]| bytes.starts_with(with);
    Some(if begins(b"PK\x03\x04") {
        archive(bytes)
    } else if begins(b"\x89HDF\r\n\x1a\n") {
        ("an HDF5 file (Keras' `.h5`)", KERAS)
    } else if begins(b"\x93NUMPY") {
        (
            "a single NumPy array (`.npy`)",
            "give it its name in Python with `safetensors.numpy.save_file({\"dense1.weight\": numpy.load(\"x.npy\")}, \
             \"x.safetensors\")`",
        )
    } else if begins(b"\x80")
        && bytes
            .get(1)
            .is_some_and(|version| (2..=5).contains(version))
    {
        (
            "a Python pickle (PyTorch's `.pt` and `.pth` before 1.6)",
            PYTORCH,
        )
    } else if is_onnx(bytes) {
        (
            "an ONNX model",
            "convert it in Python with `safetensors.numpy.save_file({t.name: onnx.numpy_helper.to_array(t) for t in \
             onnx.load(\"x.onnx\").graph.initializer}, \"x.safetensors\")`, with names as the model's tensors have them",
        )
    } else if begins(b"GGUF") {
        (
            "a GGUF file (llama.cpp's)",
            "take the safetensors file that it was made of",
        )
    } else if bytes.get(4..8) == Some(b"TFL3") {
        (
            "a TensorFlow Lite model",
            "convert the Keras model that it was made of",
        )
    } else if begins(b"\x1f\x8b") {
        ("packed with gzip", "unpack it first: `gzip -d`")
    } else if begins(b"version https://git-lfs") {
        (
            "a pointer of Git LFS, the file itself wasn't downloaded",
            "run `git lfs pull` where it came from",
        )
    } else if is_page(bytes) {
        (
            "a web page",
            "download the file itself: the link leads to a page about it",
        )
    } else {
        return None;
    })
}

const PYTORCH: &str = "convert it in Python with `safetensors.torch.save_file(torch.load(\"x.pt\", map_location=\"cpu\"), \
                       \"x.safetensors\")`, or the `state_dict()` of the model in it, and load that with `load_from(.., \
                       Layout::PyTorch)`";

const KERAS: &str = "convert it in Python with `safetensors.numpy.save_file({w.path.replace(\"/\", \".\"): numpy.asarray(w) for w in \
                     keras.models.load_model(\"x.keras\").weights}, \"x.safetensors\")`, with names as the model's tensors have them, \
                     and load that with `load_from(.., Layout::Shapeflow)`";

/// Which kind of zip archive this is, by the names in it.
fn archive(bytes: &[u8]) -> (&'static str, &'static str) {
    let (head, tail) = (
        &bytes[..bytes.len().min(NAMES)],
        &bytes[bytes.len().saturating_sub(NAMES)..],
    );
    let has = |name: &[u8]| {
        [head, tail]
            .iter()
            .any(|part| part.windows(name.len()).any(|window| window == name))
    };
    if has(b"data.pkl") {
        ("a file of PyTorch's (`.pt`, `.pth`)", PYTORCH)
    } else if has(b"model.weights.h5") {
        ("a Keras model (`.keras`)", KERAS)
    } else if has(b".npy") {
        (
            "a NumPy archive (`.npz`)",
            "convert it in Python with `safetensors.numpy.save_file(dict(numpy.load(\"x.npz\")), \"x.safetensors\")`, with names as \
             the model's tensors have them",
        )
    } else {
        (
            "a zip archive",
            "unpack it, and load the safetensors file in it",
        )
    }
}

/// ONNX is a protocol buffer without a mark: its first field is the version of its format, and a field with a length follows.
/// A header's length has zeros where that goes on.
fn is_onnx(bytes: &[u8]) -> bool {
    let [8, 1..=32, field, .., a, b, c, d] = bytes.first_chunk::<8>().copied().unwrap_or_default()
    else {
        return false;
    };
    matches!(field, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42) && [a, b, c, d] != [0; 4]
}

fn is_page(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    [&b"<!DOCTYPE"[..], b"<!doctype", b"<html"]
        .iter()
        .any(|begin| text.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use crate::weights::{WeightsError, WeightsFile};

    fn refusal(bytes: &[u8]) -> String {
        let error = WeightsFile::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, WeightsError::OtherFormat { .. }), "{error}");
        error.to_string()
    }

    #[test]
    fn files_of_other_formats_are_named_and_say_how_they_are_converted() {
        let zip = |name: &str| -> Vec<u8> {
            [
                &b"PK\x03\x04\x14\0\0\0"[..],
                &[0; 20],
                name.as_bytes(),
                b"...",
            ]
            .concat()
        };
        for (bytes, expected) in [
            (zip("archive/data.pkl"), "PyTorch's"),
            (zip("model.weights.h5"), "Keras"),
            (zip("dense1.weight.npy"), "NumPy archive"),
            (zip("readme.txt"), "zip archive"),
            (b"\x89HDF\r\n\x1a\n\0\0\0\0".to_vec(), "HDF5"),
            (b"\x93NUMPY\x01\0v\0{'descr'".to_vec(), "`.npy`"),
            (
                b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.".to_vec(),
                "pickle",
            ),
            (b"\x08\x07\x12\x07pytorch\x1a".to_vec(), "ONNX"),
            (b"GGUF\x03\0\0\0\0\0\0\0".to_vec(), "GGUF"),
            (b"\x1c\0\0\0TFL3\0\0".to_vec(), "TensorFlow Lite"),
            (b"\x1f\x8b\x08\0\0\0\0\0\0\0".to_vec(), "gzip"),
            (
                b"version https://git-lfs.github.com/spec/v1\n".to_vec(),
                "Git LFS",
            ),
            (b"\n<!DOCTYPE html><html>".to_vec(), "web page"),
        ] {
            let message = refusal(&bytes);
            assert!(message.contains(expected), "{message}");
            assert!(!message.contains("damaged"), "{message}");
        }
    }

    #[test]
    fn what_is_cut_off_is_still_damaged() {
        let length = 0x12_0708_u64.to_le_bytes();
        for bytes in [&length[..], &length[..5], b"PK", b"", b"\x08\x07\x12"] {
            let error = WeightsFile::from_bytes(bytes).unwrap_err();
            assert!(matches!(error, WeightsError::Damaged { .. }), "{error}");
        }
    }
}
