//! Units beside numbers: `45%`, `€ 3.50`, `12 kg`.

/// The unit, of several, that stands before or after a number in a field; the longest where one ends as another does.
pub(super) fn beside<'a>(field: &str, units: &'a [String]) -> Option<&'a str> {
    let beside = units.iter().filter(|unit| without(field, unit).is_some());
    beside.max_by_key(|unit| unit.len()).map(String::as_str)
}

/// A field without the unit before or after it; `None` if it has none or both. The sign of a number may stand before the unit.
pub(super) fn without(field: &str, unit: &str) -> Option<String> {
    if unit.is_empty() {
        return None;
    }
    let sign = field
        .chars()
        .next()
        .filter(|sign| ['+', '-', '\u{2212}'].contains(sign));
    let rest = &field[sign.map_or(0, char::len_utf8)..];
    let sign = sign.map(String::from).unwrap_or_default();
    match (rest.strip_prefix(unit), rest.strip_suffix(unit)) {
        (Some(after), None) => Some(format!("{sign}{}", after.trim_start())),
        (None, Some(before)) => Some(format!("{sign}{}", before.trim_end())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_before_or_after_a_number() {
        for (field, unit, expected) in [
            ("45%", "%", Some("45")),
            ("45 %", "%", Some("45")),
            ("€3.50", "€", Some("3.50")),
            ("-€ 3", "€", Some("-3")),
            ("12\u{a0}kg", "kg", Some("12")),
            ("45", "%", None),
            ("%45%", "%", None),
            ("%", "%", None),
            ("45", "", None),
        ] {
            let found = without(field, unit);
            assert_eq!(found.as_deref(), expected, "{field}");
        }
        let units = ["g", "kg", "€"].map(str::to_owned);
        assert_eq!(beside("3 kg", &units), Some("kg"));
        assert_eq!(beside("3 m", &units), None);
    }
}
