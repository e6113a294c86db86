//! A date with its time, read from text.

use super::part::DatePart;

/// A date with its time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Date {
    year: i64,
    pub month: i64,
    pub day: i64,
    hour: i64,
    minute: i64,
    second: f64,
    /// Minutes before universal time.
    pub offset: Option<i64>,
}

/// What is read from the text, piece by piece.
struct Text<'a>(&'a str);

impl Text<'_> {
    /// A number of at least `least` and at most `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        if digits < least {
            None
        } else {
            number.parse().ok()
        }
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.0 = self.0.strip_prefix(sign)?;
        Some(())
    }

    /// Seconds, with decimals if there are some.
    fn seconds(&mut self) -> Option<f64> {
        let whole = self.number(2, 2)?;
        let Some(rest) = self.0.strip_prefix('.') else {
            return Some(whole as f64);
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        self.0 = &rest[digits..];
        format!("{whole}.{}", &rest[..digits])
            .parse()
            .ok()
            .filter(|_| digits > 0)
    }

    /// `Z`, `+02:00`, `+0200` or `+02`.
    fn offset(&mut self) -> Option<i64> {
        if self.sign('Z').is_some() {
            return Some(0);
        }
        let east = match self.0.bytes().next()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.number(2, 2)?;
        let colon = self.sign(':').is_some();
        let minutes = if colon || !self.0.is_empty() {
            self.number(2, 2)?
        } else {
            0
        };
        let distance = hours * 60 + minutes;
        (distance <= FARTHEST && minutes < 60).then_some(east * distance)
    }
}

/// The most minutes that a place on Earth is before or behind universal time.
const FARTHEST: i64 = 14 * 60;

impl Date {
    /// ISO 8601: `2024-02-29`, `2024-02-29T13:05`, `2024-02-29 13:05:09.25+02:00`.
    pub fn iso(text: &str) -> Option<Self> {
        let mut text = Text(text);
        let mut date = Self {
            year: text.number(4, 4)?,
            ..Self::default()
        };
        text.sign('-')?;
        date.month = text.number(2, 2)?;
        text.sign('-')?;
        date.day = text.number(2, 2)?;
        if text.sign('T').or_else(|| text.sign(' ')).is_some() {
            date.hour = text.number(2, 2)?;
            text.sign(':')?;
            date.minute = text.number(2, 2)?;
            if text.sign(':').is_some() {
                date.second = text.seconds()?;
            }
            if !text.0.is_empty() {
                date.offset = Some(text.offset()?);
            }
        }
        (text.0.is_empty() && date.exists()).then_some(date)
    }

    /// In a format of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%z` and other signs. Month, day and hour may have one digit where no digit
    /// stands beside them.
    pub fn in_format(text: &str, format: &str) -> Option<Self> {
        let (mut text, mut date) = (Text(text), Self::default());
        let (mut signs, mut after_digits) = (format.chars(), false);
        while let Some(sign) = signs.next() {
            if sign != '%' {
                after_digits = sign.is_ascii_digit();
                text.sign(sign)?;
                continue;
            }
            let letter = signs.next()?;
            // Where digits follow on digits, `113` could be 1 and 13 or 11 and 3.
            let rest = signs.as_str();
            let before_digits = rest.starts_with(|sign: char| sign.is_ascii_digit())
                || rest.starts_with('%') && !rest.starts_with("%z");
            let least = if after_digits || before_digits { 2 } else { 1 };
            after_digits = letter != 'z';
            match letter {
                'Y' => date.year = text.number(4, 4)?,
                'm' => date.month = text.number(least, 2)?,
                'd' => date.day = text.number(least, 2)?,
                'H' => date.hour = text.number(least, 2)?,
                'M' => date.minute = text.number(2, 2)?,
                'S' => date.second = text.seconds()?,
                'z' => date.offset = Some(text.offset()?),
                _ => return None,
            }
        }
        (text.0.is_empty() && date.exists()).then_some(date)
    }

    /// Whether there is such a day and such a time. A leap second is the last of a day in universal time; where the distance from it
    /// isn't known, of an hour.
    fn exists(&self) -> bool {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        let minute = self.hour * 60 + self.minute;
        let seconds = match self.offset {
            None if self.minute == 59 => 61.0,
            Some(offset) if (minute - offset).rem_euclid(24 * 60) == 24 * 60 - 1 => 61.0,
            _ => 60.0,
        };
        (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < seconds
    }

    /// Days since the beginning of 1970 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
    fn days(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    pub fn part(&self, part: DatePart) -> f64 {
        let whole = match part {
            DatePart::Year => self.year,
            DatePart::Month => self.month,
            DatePart::Day => self.day,
            DatePart::DayOfYear => {
                let first = Self {
                    month: 1,
                    day: 1,
                    ..*self
                };
                self.days() - first.days() + 1
            }
            // The first day of 1970 was a Thursday.
            DatePart::Weekday => (self.days() + 3).rem_euclid(7),
            DatePart::Hour => self.hour,
            DatePart::Minute => self.minute,
            DatePart::Second => return self.second,
            DatePart::Seconds => {
                let minutes = self.hour * 60 + self.minute - self.offset.unwrap_or(0);
                return (self.days() * 86_400 + minutes * 60) as f64 + self.second;
            }
        };
        whole as f64
    }
}

/// Whether a text is a date, or looks like one in some way of writing it: digits in two or three groups with the same sign between.
pub(in crate::data::table) fn looks_like_date(text: &str) -> bool {
    if Date::iso(text).is_some() {
        return true;
    }
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    ['/', '.', '-'].iter().any(|&sign| {
        let groups: Vec<&str> = day.split(sign).collect();
        let digits = |group: &&str| {
            (1..=4).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
        };
        groups.len() == 3 && groups.iter().all(digits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<Vec<f64>> {
        use DatePart::{Day, DayOfYear, Hour, Minute, Month, Second, Seconds, Weekday, Year};
        let all = [
            Year, Month, Day, DayOfYear, Weekday, Hour, Minute, Second, Seconds,
        ];
        Date::iso(text).map(|date| all.iter().map(|part| date.part(*part)).collect())
    }

    #[test]
    fn iso_dates_give_the_parts_that_python_gives() {
        for (text, expected) in [
            (
                "1970-01-01",
                [1970.0, 1.0, 1.0, 1.0, 3.0, 0.0, 0.0, 0.0, 0.0],
            ),
            (
                "2024-02-29",
                [2024.0, 2.0, 29.0, 60.0, 3.0, 0.0, 0.0, 0.0, 1_709_164_800.0],
            ),
            (
                "2023-11-14T22:13:20Z",
                [
                    2023.0,
                    11.0,
                    14.0,
                    318.0,
                    1.0,
                    22.0,
                    13.0,
                    20.0,
                    1_700_000_000.0,
                ],
            ),
            (
                "2023-11-15 00:13:20.5+02:00",
                [
                    2023.0,
                    11.0,
                    15.0,
                    319.0,
                    2.0,
                    0.0,
                    13.0,
                    20.5,
                    1_700_000_000.5,
                ],
            ),
            (
                "1900-12-31T23:59",
                [
                    1900.0,
                    12.0,
                    31.0,
                    365.0,
                    0.0,
                    23.0,
                    59.0,
                    0.0,
                    -2_177_452_860.0,
                ],
            ),
        ] {
            assert_eq!(parts(text), Some(expected.to_vec()), "{text}");
        }
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-04-31",
            "24-01-01",
            "2024-1-1",
            "2024-01-01T24:00",
            "2024-01-01T10:60",
            "2024-01-01T10:00:61",
            "2024-01-01T10",
            "2024-01-01x",
            "03/04/2024",
            "2024-01-01T10:00:00.",
            "2024-01-01T10:00 CET",
            "",
            "2024-01-01T10:00+2",
            "2024-01-01T10:00+15:00",
            "2024-01-01T24:00:00",
            "2016-12-31T10:30:60",
            "2016-12-31T23:59:60+02:00",
            "2016-02-30",
            "2024-01-01T10:00:5",
            " 2024-01-01",
            "-0001-01-01",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_are_counted_through_leap_days_and_leap_seconds_and_before_1970() {
        let seconds = |text| Date::iso(text).map(|date| date.part(DatePart::Seconds));
        for (text, expected) in [
            ("1969-12-31T23:59:59", -1.0),
            ("1969-12-31T23:59:59.5Z", -0.5),
            ("1900-03-01", -2_203_891_200.0),
            ("2000-02-29", 951_782_400.0),
            ("2000-03-01", 951_868_800.0),
            ("2016-12-31T23:59:60Z", 1_483_228_800.0),
            ("2017-01-01T01:59:60+02:00", 1_483_228_800.0),
            ("2017-01-01T00:00:00Z", 1_483_228_800.0),
            ("2024-03-31T02:30:00-03:30", 1_711_864_800.0),
            ("0001-01-01", -62_135_596_800.0),
            ("9999-12-31T23:59:59", 253_402_300_799.0),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }
}
