//! Text from a file as it may stand in a message: short, on one line, and without characters that a terminal obeys.

/// The beginning of a name, control characters and the like escaped.
pub(crate) fn excerpt(name: &str) -> String {
    up_to(80, name)
}

/// The same of a sentence.
pub(crate) fn sentence(text: &str) -> String {
    up_to(300, text)
}

fn up_to(most: usize, text: &str) -> String {
    let mut shown = String::new();
    for (count, letter) in text.chars().enumerate() {
        if count == most {
            let all = text.chars().count();
            return format!("{shown}.. ({all} characters)");
        }
        match letter {
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
    fn control_characters_are_escaped_and_long_texts_cut() {
        assert_eq!(
            excerpt("a\n\u{1b}[31mb\u{202e}\0"),
            r"a\n\u{1b}[31mb\u{202e}\0"
        );
        let long = excerpt(&"x".repeat(70_000));
        assert_eq!(long, format!("{}.. (70000 characters)", "x".repeat(80)));
    }
}
