//! What is the matter with a field that a reader would take for a number, and the program doesn't.

use super::number::{NoNumber, Signs};

/// Signs of currencies and percentages.
const SIGNS: [char; 12] = ['%', '‰', '$', '€', '£', '¥', '₹', '₽', '₩', '₺', '°', '¢'];

/// Why a field that is no number isn't one, and what helps; `None` if it doesn't look like one.
pub(super) fn hint(field: &str, signs: Signs) -> Option<&'static str> {
    let number = |text: &str| signs.number(text) != Err(NoNumber::Text);
    let unsigned = field.trim_start_matches(['+', '-', '\u{2212}']);
    let digits = field.bytes().filter(u8::is_ascii_digit).count();
    let lower = unsigned.to_ascii_lowercase();
    if ["inf", "infinity", "∞"].contains(&lower.as_str()) {
        return Some("is infinite (`CsvOptions::missing_in` takes it for a missing value)");
    }
    if ["-", "\u{2013}", "\u{2014}", "."].contains(&field) {
        return Some("may stand for a missing value (`CsvOptions::missing_in` says so)");
    }
    if digits == 0 {
        return None;
    }
    if let Some(hex) = lower.strip_prefix("0x") {
        let hexadecimal = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return hexadecimal.then_some("is hexadecimal");
    }
    if let Some(inner) = field
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return number(inner).then_some("has brackets, which may mean that it is negative");
    }
    if field.strip_suffix(['-', '+']).is_some_and(number) {
        return Some("has its sign at the end");
    }
    let bare = unsigned.trim_matches(SIGNS).trim();
    if bare.len() < unsigned.len() && grouped(bare, signs) {
        return Some(
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        );
    }
    let unit = unsigned.trim_end_matches(|sign: char| sign.is_alphabetic() || "²³/".contains(sign));
    if unit.len() < unsigned.len()
        && unit.ends_with(char::is_whitespace)
        && grouped(unit.trim(), signs)
    {
        return Some(
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        );
    }
    None
}

/// Whether a text is a number, perhaps with signs between its digits.
fn grouped(text: &str, signs: Signs) -> bool {
    signs.number(text) != Err(NoNumber::Text) || super::number::is_number_somewhere(text)
}
