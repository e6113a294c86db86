//! What the safetensors library doesn't say of a header, or not in words.

use safetensors::tensor::SafeTensorError;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

use super::sentence;

/// The first name that stands twice in the header's JSON object: of two tensors with one name the library would take the later one.
pub(super) fn doubled(header: &[u8]) -> Option<String> {
    let Names { doubled } = serde_json::from_slice(header).ok()?;
    doubled
}

struct Names {
    doubled: Option<String>,
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let (mut seen, mut doubled) = (HashSet::new(), None);
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        let inner: Option<Names> = map.next_value()?;
                        doubled = doubled.or(inner.and_then(|names| names.doubled));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                    if let Some(name) = seen.replace(name) {
                        doubled.get_or_insert(name);
                    }
                }
                Ok(Names { doubled })
            }
        }
        deserializer.deserialize_map(NamesVisitor)
    }
}

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
        (error, _) => sentence(&error.to_string()),
    }
}
