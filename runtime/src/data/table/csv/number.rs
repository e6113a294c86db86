//! How numbers are written, and what isn't one.

use serde::{Deserialize, Serialize};

/// The signs in a file's numbers: the one before the decimals, and the one between groups of three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signs {
    pub decimal: char,
    pub grouping: Option<char>,
}

/// `3.5`, as in the file formats of most programs.
pub(super) const PLAIN: Signs = Signs {
    decimal: '.',
    grouping: None,
};

/// Other ways of writing numbers that are common.
const OTHERS: [Signs; 8] = [
    PLAIN,
    signs(',', None),
    signs(',', Some('.')),
    signs('.', Some(',')),
    signs('.', Some('\'')),
    signs('.', Some('_')),
    signs('.', Some(' ')),
    signs(',', Some(' ')),
];

const fn signs(decimal: char, grouping: Option<char>) -> Signs {
    Signs { decimal, grouping }
}

/// Why a field isn't taken for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data::table) enum NoNumber {
    /// It has other characters than a number has.
    Text,
    /// Zeros before other digits, which a number would lose: `007`.
    LeadingZero,
    /// A whole number that no 64-bit floating point number is.
    TooLong,
    /// Beyond the largest number of 64 bits: `1e400`.
    TooLarge,
    /// Nearer to 0 than the smallest number of 64 bits, and not 0: `1e-400`.
    TooSmall,
    /// Without the unit that the column's first number has.
    NoUnit,
}

impl NoNumber {
    /// What a column of numbers should have held instead.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "a number",
            Self::LeadingZero => {
                "a number without zeros before it (a column that `CsvOptions::numbers` names may have them)"
            }
            Self::TooLong => "a whole number that 64 bits hold exactly (up to 2⁵³ all are)",
            Self::TooLarge => "a number within the range of 64 bits (up to 1.8e308)",
            Self::TooSmall => "a number within the range of 64 bits (0, or from 4.9e-324 on)",
            Self::NoUnit => "a number with the unit that the column's first one has",
        }
    }

    /// What is to be said of a column that is kept as text because of it.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Text => "is no number",
            Self::LeadingZero => "would lose its leading zeros as a number",
            Self::TooLong => "has more digits than a number of 64 bits",
            Self::TooLarge => "is beyond the range of numbers of 64 bits",
            Self::TooSmall => "is so small that 64 bits make it 0",
            Self::NoUnit => "hasn't the unit of the column's first number",
        }
    }
}

/// A field written with a point and no other sign, as a number.
pub(in crate::data::table) fn plain(text: &str) -> Result<f64, NoNumber> {
    PLAIN.number(text)
}

impl Signs {
    /// A field as a finite number that stands for nothing else.
    pub fn number(self, text: &str) -> Result<f64, NoNumber> {
        let unsigned = text.strip_prefix(['+', '-', MINUS]).unwrap_or(text);
        let (digits, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
            None => (unsigned, None),
        };
        let (whole, fraction) = digits.split_once(self.decimal).unwrap_or((digits, ""));
        let whole = self.ungrouped(whole).ok_or(NoNumber::Text)?;
        let exponent_digits =
            exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty()
            || !all_digits(fraction)
            || exponent_digits.is_some_and(|digits| digits.is_empty() || !all_digits(digits))
        {
            return Err(NoNumber::Text);
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(NoNumber::LeadingZero);
        }
        let sign = if text.starts_with(['-', MINUS]) {
            "-"
        } else {
            ""
        };
        let exponent = exponent.unwrap_or("0");
        let number: f64 = format!("{sign}{whole}.{fraction}e{exponent}")
            .parse()
            .map_err(|_| NoNumber::Text)?;
        if number.is_infinite() {
            return Err(NoNumber::TooLarge);
        }
        if number == 0.0
            && whole
                .bytes()
                .chain(fraction.bytes())
                .any(|digit| digit != b'0')
        {
            return Err(NoNumber::TooSmall);
        }
        let is_whole = exponent == "0" && fraction.bytes().all(|byte| byte == b'0');
        if is_whole && number.abs() >= EXACT && format!("{:.0}", number.abs()) != whole {
            return Err(NoNumber::TooLong);
        }
        // Adding 0 makes -0 into 0.
        Ok(number + 0.0)
    }

    /// The same, but zeros before a number are as good as none.
    pub fn number_with_zeros(self, text: &str) -> Result<f64, NoNumber> {
        self.number(text).or_else(|reason| match reason {
            NoNumber::LeadingZero => {
                let zeros = text.find(|sign: char| !['0', '+', '-', MINUS].contains(&sign));
                let from = zeros.unwrap_or(text.len());
                let rest = &text[from..];
                let rest = if rest.starts_with(|sign: char| sign.is_ascii_digit()) {
                    rest.to_owned()
                } else {
                    format!("0{rest}")
                };
                let sign = if text.starts_with(['-', MINUS]) {
                    "-"
                } else {
                    ""
                };
                self.number(&format!("{sign}{rest}"))
            }
            other => Err(other),
        })
    }

    /// The digits before the decimals, without the sign between their groups; `None` if they aren't digits in groups of three.
    fn ungrouped(self, whole: &str) -> Option<String> {
        let grouped = |sign| self.grouping.is_some_and(|grouping| same(grouping, sign));
        let mut groups = whole.split(grouped);
        let first = groups.next().unwrap_or("");
        let mut digits = first.to_owned();
        let mut more = false;
        for group in groups {
            if group.len() != 3 {
                return None;
            }
            digits.push_str(group);
            more = true;
        }
        let fits = !more || (1..=3).contains(&first.len());
        (fits && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    }
}

/// The minus of typesetters, which programs write too.
const MINUS: char = '\u{2212}';

/// Whole numbers below this, 2⁵³, are all held exactly; it is also what the next one is rounded to.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a sign is the one that groups digits: blanks are alike, and so are apostrophes.
fn same(grouping: char, sign: char) -> bool {
    const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
    const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];
    sign == grouping
        || BLANKS.contains(&grouping) && BLANKS.contains(&sign)
        || APOSTROPHES.contains(&grouping) && APOSTROPHES.contains(&sign)
}

/// Whether a field is a number in any of the common ways of writing one.
pub(super) fn is_number_somewhere(text: &str) -> bool {
    OTHERS.iter().any(|signs| match signs.number(text) {
        // Numbers of telephones have blanks and begin with 0.
        Err(NoNumber::LeadingZero) => signs.grouping != Some(' '),
        read => read != Err(NoNumber::Text),
    })
}

/// What a field that is a number in another way of writing would be: what to say to read it so, and the number.
pub(super) fn other_readings(text: &str, now: Signs) -> Vec<String> {
    let mut readings = Vec::new();
    for other in OTHERS.iter().filter(|&&other| other != now) {
        let Ok(number) = other.number(text) else {
            continue;
        };
        let uses =
            |sign: Option<char>| sign.is_some_and(|sign| text.chars().any(|c| same(sign, c)));
        let decimal = (text.contains(other.decimal)).then_some(other.decimal);
        let grouping = other.grouping.filter(|_| uses(other.grouping));
        let mut say = String::new();
        if let Some(sign) = decimal.or((now.decimal != '.' && grouping.is_none()).then_some('.')) {
            say += &format!(".decimal({sign:?})");
        }
        if let Some(sign) = grouping {
            say += &format!(".grouping({sign:?})");
        }
        let reading = format!("`{say}` makes it {number}");
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// A number as text: a whole one with all its digits, 3 and not 3.0, and one zero.
pub(in crate::data::table) fn text(number: f64) -> String {
    let number = number + 0.0;
    if number.abs() > EXACT {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_for_one_number_is_one() {
        for (text, number) in [
            ("1", 1.0),
            ("-2.5", -2.5),
            ("+3", 3.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("2E-2", 0.02),
            ("0", 0.0),
            ("0.25", 0.25),
            ("9007199254740992", 9_007_199_254_740_992.0),
            ("9007199254740994", 9_007_199_254_740_994.0),
            ("1700000000", 1_700_000_000.0),
            ("−1", -1.0),
            ("−0.5", -0.5),
            ("+5", 5.0),
            ("4.9e-324", 5e-324),
            ("0e999", 0.0),
            ("1.7976931348623157e308", f64::MAX),
        ] {
            assert_eq!(plain(text), Ok(number), "{text}");
        }
        for text in [
            "", "-", ".", "e5", "1e", "inf", "-inf", "infinity", "nan", "NaN", "0x10", "1_000",
            "1,5", "45%", "$3", "3 €", "1 000", "true", "--1", "1-2", "1.2.3", "١", "1e5.0", "- 1",
            "−", "1−", "+-1", "1e−5", "½", "1²",
        ] {
            assert_eq!(plain(text), Err(NoNumber::Text), "{text}");
        }
        for text in ["007", "-01", "00", "01.5"] {
            assert_eq!(plain(text), Err(NoNumber::LeadingZero), "{text}");
        }
        assert_eq!(plain("1e400"), Err(NoNumber::TooLarge));
        assert_eq!(plain("-1e400"), Err(NoNumber::TooLarge));
        assert_eq!(plain("1e-400"), Err(NoNumber::TooSmall));
        assert_eq!(plain("0.0000e-400"), Ok(0.0));
        for text in [
            "9007199254740993",
            "-9007199254740993",
            "9007199254740993.0",
            "18446744073709551615",
        ] {
            assert_eq!(plain(text), Err(NoNumber::TooLong), "{text}");
        }
        assert!(plain("-0").is_ok_and(|zero| zero.is_sign_positive()));
    }

    #[test]
    fn zeros_before_a_number_are_allowed_where_they_are_said_to_mean_nothing() {
        for (text, number) in [
            ("007", 7.0),
            ("-01", -1.0),
            ("00", 0.0),
            ("01.5", 1.5),
            ("00.5", 0.5),
        ] {
            assert_eq!(PLAIN.number_with_zeros(text), Ok(number), "{text}");
        }
        assert_eq!(
            PLAIN.number_with_zeros("009007199254740993"),
            Err(NoNumber::TooLong)
        );
    }

    #[test]
    fn signs_of_decimals_and_groups_are_those_asked_for() {
        let german = signs(',', Some('.'));
        for (text, number) in [
            ("3,5", 3.5),
            ("1.234", 1234.0),
            ("1.234.567,89", 1_234_567.89),
            ("999", 999.0),
            ("-0,5", -0.5),
        ] {
            assert_eq!(german.number(text), Ok(number), "{text}");
        }
        for text in [
            "1.23", "1234.567", "1.2345", ".123", "1,5,5", "1,234.5", "1..234",
        ] {
            assert_eq!(german.number(text), Err(NoNumber::Text), "{text}");
        }
        let french = signs(',', Some(' '));
        assert_eq!(french.number("1\u{202f}234\u{a0}567,5"), Ok(1_234_567.5));
        assert_eq!(signs('.', Some('\'')).number("1’234.5"), Ok(1234.5));
    }

    #[test]
    fn other_readings_say_how_to_get_them() {
        assert_eq!(
            other_readings("3,5", PLAIN),
            ["`.decimal(',')` makes it 3.5"]
        );
        assert_eq!(
            other_readings("1,234", PLAIN),
            [
                "`.decimal(',')` makes it 1.234",
                "`.grouping(',')` makes it 1234"
            ]
        );
        assert_eq!(
            other_readings("1.234", signs(',', None)),
            [
                "`.decimal('.')` makes it 1.234",
                "`.grouping('.')` makes it 1234"
            ]
        );
        assert_eq!(
            other_readings("1.234,5", PLAIN),
            ["`.decimal(',').grouping('.')` makes it 1234.5"]
        );
    }

    #[test]
    fn a_number_as_text_has_all_its_digits() {
        assert_eq!(text(3.0), "3");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(0.5), "0.5");
        assert_eq!(
            text(1_180_591_620_717_411_303_424.0),
            "1180591620717411303424"
        );
    }
}
