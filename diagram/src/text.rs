//! How wide a text is, and how it is written in XML.

/// The width of `text` in thousandths of its font's size, in DejaVu Sans: the widest of the fonts that a system is likely to
/// choose, so that a text fits its box in all of them.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(letter: char) -> usize {
    match letter {
        'i' | 'j' | 'l' | 'I' | 'J' | '\'' | '|' => 295,
        ' ' | '.' | ',' | '·' | ':' | ';' | '/' | '!' => 337,
        'f' | 't' | 'r' | '-' | '(' | ')' | '[' | ']' => 411,
        '_' | 's' | 'c' | 'z' | '*' | '"' => 550,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 989,
        '+' | '=' | '×' | '<' | '>' | '→' | '≤' | '≥' => 838,
        'a'..='z' | '0'..='9' => 636,
        'A'..='Z' => 770,
        // Letters of other alphabets, and signs that fill a square.
        _ => 1000,
    }
}

/// `text` as it stands between tags or quotes in XML; characters that XML forbids become U+FFFD.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            '\0'..=' ' if letter != ' ' => escaped.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_means_or_forbids_is_escaped() {
        assert_eq!(
            escaped("a<b> & \"c\"\u{1}\n"),
            "a&lt;b&gt; &amp; &quot;c&quot;\u{fffd} "
        );
        assert_eq!(escaped("28×28"), "28×28");
    }

    #[test]
    fn a_longer_text_is_wider() {
        assert!(width("Conv2d(16, 3×3)") > width("Conv2d(16)"));
        assert_eq!(width(""), 0);
    }
}
