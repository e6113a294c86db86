//! Shapeflow's own files in JSON: what they hold, in which version, and the thing itself.

use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;

use crate::weights::{excerpt, sentence};

/// The newest layout of such a file that this version writes and reads.
const VERSION: u32 = 1;

/// What every version begins with.
#[derive(Deserialize)]
#[serde(expecting = "an object with `kind`, `version` and `value`")]
struct Head {
    kind: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<T> {
    kind: String,
    version: u32,
    value: T,
}

/// The bytes of a file that holds `value`, a thing of this kind.
pub(crate) fn to_bytes<T: Serialize>(kind: &str, value: T) -> serde_json::Result<Vec<u8>> {
    let (kind, version) = (kind.to_owned(), VERSION);
    let mut bytes = serde_json::to_vec_pretty(&Whole {
        kind,
        version,
        value,
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What [`to_bytes`] was given, or why these bytes don't hold it.
pub(crate) fn from_bytes<T: DeserializeOwned>(kind: &str, bytes: &[u8]) -> Result<T, String> {
    let said = |error: serde_json::Error| sentence(&error.to_string());
    let head: Head = serde_json::from_slice(bytes).map_err(said)?;
    if head.kind != kind {
        return Err(format!(
            "a file of the kind `{}`, expected `{kind}`",
            excerpt(&head.kind)
        ));
    }
    if head.version != VERSION {
        return Err(format!(
            "format version {}, this version of Shapeflow reads version {VERSION}",
            head.version
        ));
    }
    if let Some(name) = doubled(bytes) {
        return Err(format!("`{}` twice in one object", excerpt(&name)));
    }
    let whole: Whole<T> = serde_json::from_slice(bytes).map_err(said)?;
    Ok(whole.value)
}

/// The first name that stands twice in an object, at any depth: which of the two is meant can't be known.
pub(crate) fn doubled(json: &[u8]) -> Option<String> {
    let Doubled(name) = serde_json::from_slice(json).ok()?;
    name
}

struct Doubled(Option<String>);

impl<'de> Deserialize<'de> for Doubled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Doubled;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Doubled, A::Error> {
        let (mut seen, mut doubled) = (HashSet::new(), None);
        while let Some((name, Doubled(within))) = map.next_entry::<String, Doubled>()? {
            doubled = doubled.or(within);
            if let Some(name) = seen.replace(name) {
                doubled.get_or_insert(name);
            }
        }
        Ok(Doubled(doubled))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Doubled, A::Error> {
        let mut doubled = None;
        while let Some(Doubled(within)) = seq.next_element()? {
            doubled = doubled.or(within);
        }
        Ok(Doubled(doubled))
    }

    fn visit_unit<E>(self) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Doubled, E> {
        Ok(Doubled(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let bytes = to_bytes("pair", (0.1, "a")).unwrap();
        let pair: (f64, String) = from_bytes("pair", &bytes).unwrap();
        assert_eq!(pair, (0.1, "a".into()));
        let refusal = |text: &str| from_bytes::<Vec<f64>>("list", text.as_bytes()).unwrap_err();
        assert_eq!(
            refusal(r#"{"kind": "pair", "version": 1, "value": []}"#),
            "a file of the kind `pair`, expected `list`"
        );
        assert_eq!(
            refusal(r#"{"kind": "list", "version": 9, "value": {"new": 1}}"#),
            "format version 9, this version of Shapeflow reads version 1"
        );
        assert_eq!(
            refusal(r#"{"kind": "list", "version": 1, "value": [], "value": [1]}"#),
            "`value` twice in one object"
        );
        for (text, part) in [
            (
                r#"{"kind": "list", "version": 1, "value": []} 2"#,
                "trailing characters",
            ),
            (
                r#"{"kind": "list", "version": 1, "value": [], "more": 1}"#,
                "unknown field `more`",
            ),
            (r#"{"kind": "list", "version": 1}"#, "missing field `value`"),
            (
                "[]",
                "expected an object with `kind`, `version` and `value`",
            ),
            ("", "EOF"),
        ] {
            let reason = refusal(text);
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_found_at_any_depth() {
        let name = |json: &str| doubled(json.as_bytes());
        assert_eq!(
            name(r#"{"a": [1, {"b": 0, "c": -1.5, "b": true}]}"#),
            Some("b".into())
        );
        assert_eq!(name(r#"{"a": {"a": null}, "b": {"a": "a"}}"#), None);
        assert_eq!(name("nonsense"), None);
    }
}
