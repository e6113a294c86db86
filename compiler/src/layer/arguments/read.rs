//! Arguments read as what a layer wants: sizes, numbers, flags, words.

use super::{Arguments, Datum, Given, one_of};
use crate::check::{Assertion, Condition, Range};
use crate::diagnostic::{Diagnostic, nearest};
use crate::shape::{Comparison, Dim, LARGEST, Number};
use crate::words::words;
use shapeflow_diagram::grouped;

/// Numbers of pixels beyond this are refused in kernels, strides, dilation and padding: pictures are smaller.
const MOST_PIXELS: u64 = 65_536;

impl Arguments<'_> {
    fn as_dim(&mut self, name: &str, given: &Given, least: u64) -> Dim {
        let Some(dim) = given.datum.dim() else {
            let help = match (&given.datum, given.datum.number().and_then(|n| n.known())) {
                // Rust's hexadecimal numbers are kernel sizes here.
                (Datum::Pair(zero, digits), _) if zero.is_zero() => {
                    u64::from_str_radix(&digits.to_string(), 16)
                        .ok()
                        .map(|number| format!("write `{number}`"))
                }
                (Datum::Pair(..) | Datum::Tuple(_), _) => None,
                (Datum::Call(..), _) => Some(format!(
                    "write `const SIZE: usize = {};` beside the `model!`, and `SIZE` here",
                    given.written
                )),
                _ => rounded(&given.datum, &given.written),
            };
            self.wrong(name, given, "a whole number", help);
            return Dim::anything();
        };
        if dim.is_out_of_range() || Dim::new(least).minus(&dim).known().is_some_and(|n| n > 0) {
            let help = dim.is_zero().then(|| at_least(least));
            self.wrong(
                name,
                given,
                &format!("a whole number of at least {least}"),
                help,
            );
            return Dim::anything();
        }
        self.assert_most(name, given, &dim, LARGEST, "2^40");
        self.assert_least(name, given, &dim, least);
        dim
    }

    /// A required whole number of at least 1.
    pub fn dim(&mut self, name: &str) -> Dim {
        match self.required(name) {
            Some(given) => self.as_dim(name, &given, 1),
            None => Dim::anything(),
        }
    }

    /// An optional whole number of at least `least`.
    pub fn dim_or(&mut self, name: &str, least: u64, default: u64) -> Dim {
        match self.find(name) {
            Some(given) => self.as_dim(name, &given, least),
            None => Dim::new(default),
        }
    }

    /// What isn't known here is checked by rustc.
    fn assert_least(&mut self, name: &str, given: &Given, dim: &Dim, least: u64) {
        if dim.at_least(&Dim::new(least)) != Comparison::Unsure {
            return;
        }
        let message = words![
            format!(
                "`{name}` of `{}` wants a whole number of at least {least}, found ",
                self.signature.name
            ),
            dim
        ];
        let diagnostic =
            Diagnostic::error("wrong-argument", given.place, message).help(at_least(least));
        let framed = diagnostic.notes(self.frames.iter().cloned());
        let condition = Condition::AtLeast(dim.clone(), Dim::new(least));
        self.assertions.push(Assertion::new(condition, &framed));
    }

    fn as_pair(&mut self, name: &str, given: &Given, least: u64) -> [Dim; 2] {
        let pair = match &given.datum {
            Datum::Pair(a, b) => [a.clone(), b.clone()],
            Datum::Tuple(items) | Datum::List(items) if items.len() == 2 => {
                let written: Vec<String> = items
                    .iter()
                    .filter_map(Datum::dim)
                    .map(|d| d.to_string())
                    .collect();
                let help = (written.len() == 2).then(|| format!("write `{}`", written.join("x")));
                self.wrong(name, given, "a size such as `3x3`", help);
                return [Dim::anything(), Dim::anything()];
            }
            Datum::Whole(_) if is_product(&given.written) => {
                let help = format!("write `{}`", given.written.replace(" * ", "x"));
                self.wrong(name, given, "a size such as `3x3`", Some(help));
                return [Dim::anything(), Dim::anything()];
            }
            other => match other.dim() {
                Some(dim) => [dim.clone(), dim],
                None => {
                    let help = rounded(other, &given.written);
                    self.wrong(name, given, "a size such as `3x3`", help);
                    return [Dim::anything(), Dim::anything()];
                }
            },
        };
        let small = |d: &Dim| d.is_out_of_range() || d.known().is_some_and(|n| n < least);
        if pair.iter().any(small) {
            let wants = format!("whole numbers of at least {least}");
            let help = given.datum.dim().filter(Dim::is_zero);
            self.wrong(name, given, &wants, help.map(|_| at_least(least)));
            return [Dim::anything(), Dim::anything()];
        }
        if !self.has_pixels(name, given, &pair) {
            return [Dim::anything(), Dim::anything()];
        }
        for dim in &pair {
            self.assert_least(name, given, dim, least);
        }
        pair
    }

    /// Whether numbers of pixels (kernels, strides, padding) are such as make sense; reports those that aren't.
    fn has_pixels(&mut self, name: &str, given: &Given, dims: &[Dim]) -> bool {
        let written = grouped(MOST_PIXELS);
        let large = |dim: &Dim| dim.known().is_some_and(|n| n > MOST_PIXELS);
        if dims.iter().any(large) {
            let wants = format!("whole numbers up to {written}");
            self.wrong(
                name,
                given,
                &wants,
                Some("write a smaller number".to_owned()),
            );
            return false;
        }
        for dim in dims {
            self.assert_most(name, given, dim, MOST_PIXELS, &written);
        }
        true
    }

    /// What isn't known here is checked by rustc.
    fn assert_most(&mut self, name: &str, given: &Given, dim: &Dim, most: u64, written: &str) {
        let condition = Condition::AtMost(vec![dim.clone()], most);
        if condition.holds() != Comparison::Unsure || dim.is_anything() || dim.has_open() {
            return;
        }
        let message = format!(
            "`{name}` of `{}` wants a whole number up to {written}, and `{}` isn't",
            self.signature.name, given.written
        );
        let diagnostic = Diagnostic::error("wrong-argument", given.place, message)
            .help("write a smaller number");
        let framed = diagnostic.notes(self.frames.iter().cloned());
        self.assertions.push(Assertion::new(condition, &framed));
    }

    /// A required size, `3x3`, or `3` for the same.
    pub fn pair(&mut self, name: &str) -> [Dim; 2] {
        match self.required(name) {
            Some(given) => self.as_pair(name, &given, 1),
            None => [Dim::anything(), Dim::anything()],
        }
    }

    pub fn pair_or(&mut self, name: &str, least: u64, default: [Dim; 2]) -> [Dim; 2] {
        match self.find(name) {
            Some(given) => self.as_pair(name, &given, least),
            None => default,
        }
    }

    /// `name`, `name = true` or `name = false`.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let Some(given) = self.find(name) else {
            return default;
        };
        match given.datum {
            Datum::Flag(flag) => return flag,
            Datum::Broken => {}
            _ => {
                let constant = matches!(given.datum, Datum::Const { .. }).then(|| {
                    let name = &given.written;
                    format!("write `const {name}: bool = ..;` inside this `model!`")
                });
                let help = flag_meant(&given.written).or(constant);
                self.wrong(name, &given, "`true` or `false`", help);
            }
        }
        default
    }

    fn as_number(
        &mut self,
        name: &str,
        given: &Given,
        range: &Range,
        default: Option<f64>,
    ) -> Number {
        if matches!(given.datum, Datum::Broken) {
            return Number::new(0.5);
        }
        match given.datum.number() {
            Some(number) if number.known().is_none() => {
                self.assert_within(name, given, &number, range, default);
                number
            }
            Some(number) if number.known().is_some_and(|n| range.holds(n)) => number,
            Some(_) => {
                let number = given.datum.number().and_then(|n| n.known());
                let percent = number
                    .filter(|n| range.is_share && *n > 1.0 && *n < 100.0)
                    .map(|n| format!("write `{:?}` for {n}%", n / 100.0));
                let help = percent.unwrap_or_else(|| within(default));
                self.wrong(name, given, range.words, Some(help));
                Number::new(0.5)
            }
            None => {
                self.wrong(name, given, "a number", None);
                Number::new(0.5)
            }
        }
    }

    /// What isn't known here is checked by rustc.
    fn assert_within(
        &mut self,
        name: &str,
        given: &Given,
        number: &Number,
        range: &Range,
        default: Option<f64>,
    ) {
        let message = format!(
            "`{name}` of `{}` wants {}, and `{}` isn't",
            self.signature.name, range.words, given.written
        );
        let diagnostic =
            Diagnostic::error("wrong-argument", given.place, message).help(within(default));
        let framed = diagnostic.notes(self.frames.iter().cloned());
        let condition = Condition::Within(number.clone(), *range);
        self.assertions.push(Assertion::new(condition, &framed));
    }

    /// A required real number within a range.
    pub fn number(&mut self, name: &str, range: &Range) -> Number {
        match self.required(name) {
            Some(given) => self.as_number(name, &given, range, None),
            None => Number::new(0.5),
        }
    }

    pub fn number_or(&mut self, name: &str, default: f64, range: &Range) -> Number {
        match self.find(name) {
            Some(given) => self.as_number(name, &given, range, Some(default)),
            None => Number::new(default),
        }
    }

    /// One of the words that an argument takes; the first is the default.
    pub fn word(&mut self, name: &str) -> &'static str {
        let known = self.signature.words(name);
        let default = known.first().map_or("", |(word, _)| word);
        let Some(given) = self.find(name) else {
            return default;
        };
        let word = match &given.datum {
            Datum::Word(word) => word.clone(),
            Datum::Broken => return default,
            _ => given.written.clone(),
        };
        match known.iter().find(|(known, _)| *known == word) {
            Some((word, _)) => word,
            None => {
                self.wrong_word(name, &given);
                default
            }
        }
    }

    /// Says that an argument takes other words.
    pub fn wrong_word(&mut self, name: &str, given: &Given) {
        let known = self.signature.words(name).iter().map(|(word, _)| *word);
        let known: Vec<&str> = known.collect();
        let written = given.written.trim_matches('"');
        let help = match known.contains(&written) {
            true => Some(format!("write `{written}`, without quotes")),
            false => nearest(written, known.iter().copied())
                .map(|near| format!("did you mean `{near}`?")),
        };
        let wants = one_of(&known);
        self.wrong(name, given, &wants, help);
    }

    /// `[[top, bottom], [left, right]]`, or one number for all sides.
    pub fn sides(&mut self, name: &str, given: &Given) -> [[Dim; 2]; 2] {
        let anything = || {
            [
                [Dim::anything(), Dim::anything()],
                [Dim::anything(), Dim::anything()],
            ]
        };
        let wants = "a number of pixels or `[[top, bottom], [left, right]]`";
        let two = |datum: &Datum| match datum {
            Datum::List(items) if items.len() == 2 => Some([items[0].dim()?, items[1].dim()?]),
            _ => None,
        };
        let sides = match &given.datum {
            Datum::List(items) if items.len() == 2 => match (two(&items[0]), two(&items[1])) {
                (Some(vertical), Some(horizontal)) => Some([vertical, horizontal]),
                _ => None,
            },
            Datum::Pair(v, h) => Some([[v.clone(), v.clone()], [h.clone(), h.clone()]]),
            other => other
                .dim()
                .map(|d| [[d.clone(), d.clone()], [d.clone(), d]]),
        };
        let Some(sides) = sides else {
            let pytorch = match &given.datum {
                Datum::List(items) | Datum::Tuple(items) if items.len() == 4 => {
                    let known = items.iter().map(Datum::dim).collect::<Option<Vec<Dim>>>();
                    known.map(|d| {
                        format!(
                            "PyTorch's left, right, top, bottom are `[[{}, {}], [{}, {}]]` here",
                            d[2], d[3], d[0], d[1]
                        )
                    })
                }
                Datum::List(items) | Datum::Tuple(items) if items.len() == 2 => {
                    let known = items.iter().map(Datum::dim).collect::<Option<Vec<Dim>>>();
                    known.map(|d| format!("write `[[{0}, {0}], [{1}, {1}]]`", d[0], d[1]))
                }
                _ => None,
            };
            self.wrong(name, given, wants, pytorch);
            return anything();
        };
        if sides.iter().flatten().any(Dim::is_out_of_range) {
            self.wrong(name, given, "numbers that aren't negative", None);
            return anything();
        }
        if !self.has_pixels(name, given, sides.as_flattened()) {
            return anything();
        }
        sides
    }

    /// A number that counts axes, from the end if negative.
    pub fn axis(&mut self, name: &str, default: i64) -> i64 {
        let Some(given) = self.find(name) else {
            return default;
        };
        if matches!(given.datum, Datum::Broken) {
            return default;
        }
        match given.datum.dim().and_then(|dim| dim.signed()) {
            Some(axis) => i64::try_from(axis).unwrap_or(i64::MAX),
            None => {
                self.wrong(
                    name,
                    &given,
                    "the number of an axis, such as `-1` for the last",
                    None,
                );
                default
            }
        }
    }
}

/// The help for a number that is too small.
fn at_least(least: u64) -> String {
    format!("write `{least}` or more")
}

/// The help for a number that isn't within its range.
fn within(default: Option<f64>) -> String {
    match default {
        Some(default) => format!("leave it out: it is `{default:?}` by default"),
        None => "write a number such as `0.5`".to_owned(),
    }
}

/// The help for what other languages write for `true` and `false`.
pub fn flag_meant(written: &str) -> Option<String> {
    match written.trim_matches('"') {
        "True" | "true" | "yes" | "1" => Some("write `true`".to_owned()),
        "False" | "false" | "no" | "0" | "None" => Some("write `false`".to_owned()),
        _ => None,
    }
}

/// The help for a number in quotes.
pub fn unquoted(text: &str, whole: bool) -> Option<String> {
    let is_number = match whole {
        true => text.parse::<u64>().is_ok(),
        false => text.parse::<f64>().is_ok_and(f64::is_finite),
    };
    is_number.then(|| format!("write `{text}`, without quotes"))
}

/// The help for a decimal where a whole number is wanted.
pub fn rounded(datum: &Datum, written: &str) -> Option<String> {
    let number = match datum {
        Datum::Real(number) => number.known().filter(|n| (1.0..1e12).contains(n))?.round(),
        _ => return None,
    };
    let is_name = !written.contains(|c: char| !c.is_alphanumeric() && c != '_');
    Some(match is_name && written.starts_with(char::is_uppercase) {
        true => format!("write `const {written}: usize = {number};`"),
        false => format!("write `{number}`"),
    })
}

/// `3 * 3`, which is 9 and never meant as a size.
fn is_product(written: &str) -> bool {
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    written
        .split_once(" * ")
        .is_some_and(|(a, b)| digits(a) && digits(b))
}
