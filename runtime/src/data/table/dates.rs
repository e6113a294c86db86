//! Dates and times in text as numbers: parts of them, such as the month, or seconds since 1970.

use super::{Change, Column, Table};
use crate::data::DataError;

/// A number that a date gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatePart {
    /// The year.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
    /// The day of the year, 1 to 366.
    DayOfYear,
    /// The day of the week, 0 for Monday to 6 for Sunday.
    Weekday,
    /// The hour, 0 to 23.
    Hour,
    /// The minute, 0 to 59.
    Minute,
    /// The second, 0 up to 60, with its fraction.
    Second,
    /// Seconds since the beginning of 1970: in universal time where the dates say how far they are from it, else as if they were.
    Seconds,
}

impl DatePart {
    fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::DayOfYear => "day_of_year",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Seconds => "seconds",
        }
    }
}

/// A date with its time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Date {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: f64,
    /// Minutes before universal time.
    offset: Option<i64>,
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
        (hours < 24 && minutes < 60).then_some(east * (hours * 60 + minutes))
    }
}

impl Date {
    /// ISO 8601: `2024-02-29`, `2024-02-29T13:05`, `2024-02-29 13:05:09.25+02:00`.
    fn iso(text: &str) -> Option<Self> {
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

    /// In a format of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%z` and other signs.
    fn in_format(text: &str, format: &str) -> Option<Self> {
        let (mut text, mut date) = (Text(text), Self::default());
        let mut signs = format.chars();
        while let Some(sign) = signs.next() {
            if sign != '%' {
                text.sign(sign)?;
                continue;
            }
            match signs.next()? {
                'Y' => date.year = text.number(4, 4)?,
                'm' => date.month = text.number(1, 2)?,
                'd' => date.day = text.number(1, 2)?,
                'H' => date.hour = text.number(1, 2)?,
                'M' => date.minute = text.number(2, 2)?,
                'S' => date.second = text.seconds()?,
                'z' => date.offset = Some(text.offset()?),
                _ => return None,
            }
        }
        (text.0.is_empty() && date.exists()).then_some(date)
    }

    /// Whether there is such a day and such a time; there is a leap second at the end of a minute.
    fn exists(&self) -> bool {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return false,
        };
        (1..=days).contains(&self.day) && self.hour < 24 && self.minute < 60 && self.second < 61.0
    }

    /// Days since the beginning of 1970 in the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
    fn days(&self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    fn part(&self, part: DatePart) -> f64 {
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

impl Table {
    /// Replaces a column of dates by columns of numbers, named `column.year` and so on. The dates are written as ISO 8601 says:
    /// `2024-02-29`, or with a time, `2024-02-29T13:05:09.25+02:00`, where a blank may stand for the `T`, and seconds and the distance
    /// from universal time may be left out. Missing dates are missing numbers.
    ///
    /// # Errors
    ///
    /// If there is no such column, no part is asked for, a value isn't a date that there is, some dates say their distance from
    /// universal time and others don't, or the name of a new column is taken.
    ///
    /// ```
    /// use shapeflow_runtime::data::table::{Column, DatePart, Table};
    ///
    /// let mut table = Table::new();
    /// table.push("sold", Column::Text(vec![Some("2024-02-29".to_owned()), None]))?;
    /// table.date_parts("sold", &[DatePart::Month, DatePart::Weekday])?;
    /// assert_eq!(table.column("sold.month")?, &Column::Numbers(vec![Some(2.0), None]));
    /// assert_eq!(table.column("sold.weekday")?, &Column::Numbers(vec![Some(3.0), None])); // a Thursday
    /// # Ok::<(), shapeflow_runtime::data::DataError>(())
    /// ```
    pub fn date_parts(&mut self, column: &str, parts: &[DatePart]) -> Result<(), DataError> {
        self.replace_dates(column, parts, "a date such as `2024-02-29` or `2024-02-29T13:05:09` (`date_parts_in` takes other formats)", Date::iso)
    }

    /// Like [`date_parts`](Self::date_parts) for dates in another format, as in Python: `%d.%m.%Y` reads `29.2.2024`, `%m/%d/%Y %H:%M`
    /// reads `02/29/2024 13:05`. There are `%Y`, `%m`, `%d`, `%H`, `%M`, `%S` (with decimals if there are some) and `%z` (`+02:00`).
    ///
    /// # Errors
    ///
    /// Those of [`date_parts`](Self::date_parts), and if the format has another letter after `%` or lacks year, month or day.
    pub fn date_parts_in(
        &mut self,
        column: &str,
        format: &str,
        parts: &[DatePart],
    ) -> Result<(), DataError> {
        let mut after = format.split('%').skip(1).map(|piece| piece.chars().next());
        let known = after.all(|letter| letter.is_some_and(|letter| "YmdHMSz".contains(letter)));
        if !known
            || ["%Y", "%m", "%d"]
                .iter()
                .any(|part| format.matches(part).count() != 1)
        {
            return Err(DataError::argument(
                "format of dates",
                "`%Y`, `%m` and `%d`, perhaps with `%H`, `%M`, `%S` and `%z`, as in `%d.%m.%Y`",
                format!("`{format}`"),
            ));
        }
        let expected = format!("a date in the format `{format}`");
        self.replace_dates(column, parts, &expected, |text| {
            Date::in_format(text, format)
        })
    }

    fn replace_dates(
        &mut self,
        name: &str,
        parts: &[DatePart],
        expected: &str,
        read: impl Fn(&str) -> Option<Date>,
    ) -> Result<(), DataError> {
        if parts.is_empty() {
            return Err(DataError::argument(
                "parts of dates",
                "at least one",
                "none",
            ));
        }
        let column = self.column(name)?;
        let mut dates = Vec::with_capacity(self.rows);
        let mut first: Option<Date> = None;
        for row in 0..self.rows {
            let Some(text) = column.text(row) else {
                dates.push(None);
                continue;
            };
            let Some(date) = read(&text) else {
                return Err(self.wrong(row, name, expected, format!("`{text}`")));
            };
            let offset = first.get_or_insert(date).offset.is_some();
            if offset != date.offset.is_some() {
                let expected = if offset {
                    "a date with its distance from universal time, as the first has"
                } else {
                    "a date without its distance from universal time, as the first"
                };
                return Err(self.wrong(row, name, expected, format!("`{text}`")));
            }
            dates.push(Some(date));
        }
        let columns: Vec<(String, Column)> = parts
            .iter()
            .map(|part| {
                let numbers = dates.iter().map(|date| date.map(|date| date.part(*part)));
                (
                    format!("{name}.{}", part.name()),
                    Column::Numbers(numbers.collect()),
                )
            })
            .collect();
        self.replace(name, columns)?;
        self.report.add(Change::Dates {
            column: name.to_owned(),
            parts: parts.iter().map(|part| part.name()).collect(),
        });
        Ok(())
    }
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
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn other_formats_are_read_when_said() {
        let date = |text, format| Date::in_format(text, format).map(|date| (date.month, date.day));
        assert_eq!(date("3.4.2024", "%d.%m.%Y"), Some((4, 3)));
        assert_eq!(date("03/04/2024 7:05", "%m/%d/%Y %H:%M"), Some((3, 4)));
        assert_eq!(date("20240403", "%Y%m%d"), Some((4, 3)));
        assert_eq!(date("31/04/2024", "%d/%m/%Y"), None);
        let mut table = Table::new();
        table
            .push("d", Column::Numbers(vec![Some(20_240_403.0), None]))
            .unwrap();
        assert!(
            table
                .date_parts_in("d", "%d.%m.%y", &[DatePart::Day])
                .is_err()
        );
        let message = table
            .date_parts("d", &[DatePart::Day])
            .unwrap_err()
            .to_string();
        assert!(message.ends_with("found `20240403` in row 0"), "{message}");
        table
            .date_parts_in("d", "%Y%m%d", &[DatePart::Day, DatePart::Year])
            .unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["d.day", "d.year"]);
        assert_eq!(table.report().to_string(), "d: replaced by day, year");
        let mixed = ["2024-01-01T10:00Z", "2024-01-01T10:00"].map(|text| Some(text.to_owned()));
        table.push("m", Column::Text(mixed.to_vec())).unwrap();
        assert!(table.date_parts("m", &[DatePart::Seconds]).is_err());
    }
}
