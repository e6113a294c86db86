//! Text from a file as it may stand in a message: short, on one line, and without characters that a terminal obeys.

/// The beginning of a name, control characters and the like escaped.
pub(crate) fn excerpt(name: &str) -> String {
    up_to(80, name)
}

/// The same of a name that may be taken for `other`: letters beyond ASCII that the other hasn't are told by their numbers, for they may
/// look like letters that it has.
pub(crate) fn excerpt_beside(name: &str, other: &str) -> String {
    escaped(80, name, |letter| {
        !letter.is_ascii() && !other.contains(letter)
    })
}

/// The same of a sentence.
pub(crate) fn sentence(text: &str) -> String {
    up_to(300, text)
}

fn up_to(most: usize, text: &str) -> String {
    escaped(most, text, |_| false)
}

fn escaped(most: usize, text: &str, also: impl Fn(char) -> bool) -> String {
    let mut shown = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == most {
            let all = text.chars().count();
            return format!("{shown}.. ({all} characters)");
        }
        match letter {
            letter if also(letter) => shown.extend(letter.escape_unicode()),
            // These turn the direction of writing, or can't be seen.
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => {
                shown.extend(letter.escape_unicode());
            }
            '\'' | '"' => shown.push(letter),
            letter => shown.extend(letter.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them_stay() {
        assert_eq!(excerpt("größe/层.weight \"a\""), "größe/层.weight \"a\"");
    }

    #[test]
    fn a_letter_that_looks_like_another_is_told_apart() {
        // Cyrillic; and `o` with a diaeresis behind it for the one letter.
        assert_eq!(excerpt_beside("а.weight", "a.weight"), r"\u{430}.weight");
        assert_eq!(excerpt_beside("Ko\u{308}ln", "Köln"), r"Ko\u{308}ln");
        assert_eq!(excerpt_beside("Köln", "Kölm"), "Köln");
    }

    #[test]
    fn control_characters_are_escaped_and_long_texts_cut() {
        assert_eq!(
            excerpt("a\n\u{1b}[31mb\u{202e}\0"),
            r"a\n\u{1b}[31mb\u{202e}\0"
        );
        let long = excerpt(&"x".repeat(70_000));
        assert_eq!(long, format!("{}.. (70000 characters)", "x".repeat(80)));
    }
}
