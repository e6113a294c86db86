//! Text put together in consts: the messages of assertions that only rustc can check.

/// Longer messages are cut off.
const LONGEST: usize = 2048;

/// A text that grows in a `const`; `assert!` in a `const` takes no numbers of its own.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::engine::text::Text;
///
/// const HIDDEN: usize = 65;
/// const MESSAGE: &str = {
///     const TEXT: Text = Text::new().text("HIDDEN = ").number(HIDDEN).text(" is odd");
///     TEXT.as_str()
/// };
/// assert_eq!(MESSAGE, "HIDDEN = 65 is odd");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Text {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Text {
    /// The empty text.
    pub const fn new() -> Self {
        Text {
            bytes: [0; LONGEST],
            length: 0,
        }
    }

    /// Appends a text; a character that doesn't fit any more is left out with all that follow.
    pub const fn text(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut end = bytes.len();
        if end > LONGEST - self.length {
            end = LONGEST - self.length;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
        }
        let mut index = 0;
        while index < end {
            self.bytes[self.length + index] = bytes[index];
            index += 1;
        }
        self.length += end;
        self
    }

    /// Appends a number in decimal digits.
    pub const fn number(mut self, number: usize) -> Self {
        let mut digits = [0; 20];
        let mut start = digits.len();
        let mut left = number;
        loop {
            start -= 1;
            digits[start] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                break;
            }
        }
        while start < digits.len() && self.length < LONGEST {
            self.bytes[self.length] = digits[start];
            self.length += 1;
            start += 1;
        }
        self
    }

    /// The whole text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            // Only whole characters are ever appended.
            Err(_) => "",
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_all_their_digits() {
        for number in [0, 9, 10, 1352, 100_000, usize::MAX] {
            assert_eq!(Text::new().number(number).as_str(), number.to_string());
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let long = "ü".repeat(LONGEST);
        let text = Text::new().text("a").text(&long);
        assert_eq!(text.as_str().len(), LONGEST - 1);
        assert_eq!(text.number(12345).as_str().len(), LONGEST);
    }
}
