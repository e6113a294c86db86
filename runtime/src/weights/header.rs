//! What the safetensors library doesn't say of a header, or not in words.

use safetensors::tensor::{SafeTensorError, TensorInfo};
use serde::Deserialize;
use std::collections::BTreeMap;

use super::{excerpt, sentence};

/// The reason in words that say what was expected and what was found.
pub(super) fn explain(error: &SafeTensorError, bytes: &[u8]) -> String {
    let announced = bytes
        .first_chunk::<8>()
        .map(|head| u64::from_le_bytes(*head));
    match (error, announced) {
        (SafeTensorError::HeaderTooSmall, _) => {
            "expected at least the 8 bytes that give the header's length".into()
        }
        (SafeTensorError::InvalidHeaderLength, Some(length)) => format!(
            "its first 8 bytes announce a header of {length} bytes, the file ends before that"
        ),
        (SafeTensorError::HeaderTooLarge, Some(length)) => format!(
            "its first 8 bytes announce a header of {length} bytes, more than the format allows"
        ),
        (SafeTensorError::MetadataIncompleteBuffer, _) => {
            "the header's tensors need more or fewer bytes than the file has; it was probably cut off"
                .into()
        }
        (SafeTensorError::InvalidOffset(name), _) => format!(
            "tensor `{}` doesn't begin where the one before it ends: tensors may neither overlap nor leave holes",
            excerpt(name)
        ),
        (
            SafeTensorError::TensorInvalidInfo
            | SafeTensorError::ValidationOverflow
            | SafeTensorError::MisalignedSlice,
            _,
        ) => wrong_size(bytes).unwrap_or_else(|| sentence(&error.to_string())),
        (error, _) => sentence(&error.to_string()),
    }
}

/// The first tensor whose bytes aren't as many as its shape and number format need.
fn wrong_size(bytes: &[u8]) -> Option<String> {
    let length = usize::try_from(u64::from_le_bytes(*bytes.first_chunk()?)).ok()?;
    let header = bytes.get(8..length.checked_add(8)?)?;
    let entries: BTreeMap<String, serde_json::Value> = serde_json::from_slice(header).ok()?;
    entries.iter().find_map(|(name, entry)| {
        let TensorInfo {
            dtype,
            shape,
            data_offsets: (start, end),
        } = TensorInfo::deserialize(entry).ok()?;
        let mut axes = shape.iter();
        let bits = axes.try_fold(dtype.bitsize(), |bits, &axis| bits.checked_mul(axis));
        let name = excerpt(name);
        let what = format!(
            "tensor `{name}` of {dtype:?} and shape {}",
            sentence(&format!("{shape:?}"))
        );
        match bits {
            None => Some(format!("{what} needs more bytes than can be counted")),
            Some(bits) if bits % 8 != 0 => Some(format!("{what} ends within a byte")),
            Some(bits) if end.checked_sub(start) != Some(bits / 8) => Some(format!(
                "{what} needs {} bytes, its `data_offsets` are [{start}, {end}]",
                bits / 8
            )),
            Some(_) => None,
        }
    })
}
