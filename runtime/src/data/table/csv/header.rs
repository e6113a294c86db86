//! The names of the columns: those of the header, those given, or numbered ones; and whether the header is one.

use super::super::Column;
use super::number::Signs;
use std::collections::HashSet;

/// The name of a column that has none.
pub(super) fn numbered(position: usize) -> String {
    format!("column{}", position + 1)
}

/// The first name that comes twice.
pub(super) fn repeated<'a>(names: &'a [String]) -> Option<&'a str> {
    let mut seen: HashSet<&'a str> = HashSet::with_capacity(names.len());
    names
        .iter()
        .map(String::as_str)
        .find(|name| !seen.insert(name))
}

/// Whether the first row looks like values and not like names, so that taking it for a header would lose it: each of its
/// fields is a number over a column of numbers or a value that comes again in its column, or one is a number with decimals
/// over a column of numbers.
pub(super) fn looks_like_values<'a>(
    columns: impl Iterator<Item = (&'a str, &'a Column)>,
    signs: Signs,
) -> bool {
    let (mut all, mut any, mut decimals) = (true, false, false);
    for (field, column) in columns {
        if field.is_empty() {
            continue;
        }
        let like_a_value = match column {
            Column::Numbers(numbers) => {
                let number = signs.number(field).is_ok();
                let there = numbers.iter().any(Option::is_some);
                decimals |= number && there && field.contains(signs.decimal);
                number && there
            }
            Column::Text(texts) => texts.iter().flatten().any(|text| text == field),
        };
        all &= like_a_value;
        any |= like_a_value;
    }
    any && (all || decimals)
}
