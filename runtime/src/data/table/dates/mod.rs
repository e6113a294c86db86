//! Dates and times in text as numbers: parts of them, such as the month, or seconds since 1970.

mod date;
mod part;

pub use part::DatePart;

use super::{Change, Column, Table};
use crate::data::DataError;
use date::Date;
pub(super) use date::looks_like_date;

/// What a column must hold to be split by.
const SPLIT_BY: &str = "a date such as `2024-02-29` (`date_parts_in` with `DatePart::Seconds` makes a column to split by of other formats)";

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
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::data::table::{Column, DatePart, Table};
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
    /// Month, day and hour may have one digit, as in `3.4.2024`, unless digits stand right beside them, as in `%Y%m%d`.
    ///
    /// # Errors
    ///
    /// Those of [`date_parts`](Self::date_parts), and if the format has another letter after `%` or lacks year, month or day, or has a part twice.
    pub fn date_parts_in(
        &mut self,
        column: &str,
        format: &str,
        parts: &[DatePart],
    ) -> Result<(), DataError> {
        let mut after = format.split('%').skip(1).map(|piece| piece.chars().next());
        let known = after.all(|letter| letter.is_some_and(|letter| "YmdHMSz".contains(letter)));
        let count = |part: &&str| format.matches(part).count();
        let day = ["%Y", "%m", "%d"];
        let time = ["%H", "%M", "%S", "%z"];
        if !known
            || day.iter().any(|part| count(part) != 1)
            || time.iter().any(|part| count(part) > 1)
        {
            return Err(DataError::argument(
                "format of dates",
                "`%Y`, `%m` and `%d`, perhaps with `%H`, `%M`, `%S` and `%z`, each once, as in `%d.%m.%Y`",
                if format.contains("%y") {
                    format!("`{format}`: two digits of a year say no century")
                } else {
                    format!("`{format}`")
                },
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
        let dates = self.dates(name, expected, read)?;
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

    /// The dates of a column, all with their distance from universal time or all without.
    fn dates(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<Date>,
    ) -> Result<Vec<Option<Date>>, DataError> {
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
        Ok(dates)
    }

    /// When each row was: seconds since 1970 of the dates of a column, or its numbers as they are.
    pub(super) fn moments(&self, name: &str) -> Result<Vec<f64>, DataError> {
        let moments = match self.column(name)? {
            Column::Numbers(numbers) => numbers.clone(),
            Column::Text(_) => {
                let dates = self.dates(name, SPLIT_BY, Date::iso)?;
                let seconds = |date: Date| date.part(DatePart::Seconds);
                dates.into_iter().map(|date| date.map(seconds)).collect()
            }
        };
        let at = |(row, moment): (usize, Option<f64>)| {
            let missing = "a missing value (drop its row first)".to_owned();
            moment.ok_or_else(|| self.wrong(row, name, "a date", missing))
        };
        moments.into_iter().enumerate().map(at).collect()
    }

    /// A moment in text, as those of a column are written.
    pub(super) fn moment(&self, name: &str, text: &str) -> Result<f64, DataError> {
        let read = match self.column(name)? {
            Column::Numbers(_) => super::csv::number::plain(text).ok(),
            Column::Text(texts) => Date::iso(text)
                .filter(|date| {
                    // With and without distance from universal time there is no order.
                    let first = texts.iter().flatten().next();
                    let first = first.and_then(|text| Date::iso(text));
                    first.is_none_or(|first| first.offset.is_some() == date.offset.is_some())
                })
                .map(|date| date.part(DatePart::Seconds)),
        };
        read.ok_or_else(|| {
            DataError::argument(
                "moment to split at",
                format!("one written as those of the column `{name}`"),
                format!("`{text}`"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_has_each_part_once() {
        let text = Some("2024-02-29 13 14".to_owned());
        for part in ["H", "M", "S"] {
            let mut table = Table::new();
            table.push("d", Column::Text(vec![text.clone()])).unwrap();
            let format = format!("%Y-%m-%d %{part} %{part}");
            let read = table.date_parts_in("d", &format, &[DatePart::Hour]);
            let message = read.unwrap_err().to_string();
            assert!(
                message.contains("each once") && message.contains(&format),
                "{message}"
            );
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

    #[test]
    fn a_date_without_signs_between_its_digits_has_all_of_them() {
        let date = |text, format| Date::in_format(text, format).map(|date| (date.month, date.day));
        // The 13th of January or the 3rd of November.
        for (text, format) in [
            ("2024113", "%Y%m%d"),
            ("2024111", "%Y%m%d"),
            ("1132024", "%m%d%Y"),
            ("2024-0101 705", "%Y-%m%d %H%M"),
            ("2024-01-011", "%Y-%m-0%d1"),
        ] {
            assert_eq!(date(text, format), None, "{text}");
        }
        for (text, format) in [
            ("20240403", "%Y%m%d"),
            ("03042024", "%d%m%Y"),
            ("2024-4-3 7:05+02:00", "%Y-%m-%d %H:%M%z"),
            ("2024-4-3 7+02:00", "%Y-%m-%d %H%z"),
        ] {
            assert_eq!(date(text, format), Some((4, 3)), "{text}");
        }
        let mut table = Table::new();
        table
            .push("d", Column::Numbers(vec![Some(2_024_113.0)]))
            .unwrap();
        let message = table
            .date_parts_in("d", "%Y%m%d", &[DatePart::Month])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `d`: expected a date in the format `%Y%m%d`, found `2024113` in row 0"
        );
    }

    #[test]
    fn dates_that_can_be_read_in_two_ways_are_refused_or_read_as_was_said() {
        let of = |texts: &[&str]| {
            let mut table = Table::new();
            let texts = texts.iter().map(|&text| Some(text.to_owned()));
            table.push("d", Column::Text(texts.collect())).unwrap();
            table
        };
        let message = of(&["03/04/2024"])
            .date_parts("d", &[DatePart::Day])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `d`: expected a date such as `2024-02-29` or `2024-02-29T13:05:09` (`date_parts_in` takes other formats), found \
             `03/04/2024` in row 0"
        );
        for (format, month) in [("%d/%m/%Y", 4.0), ("%m/%d/%Y", 3.0)] {
            let mut table = of(&["03/04/2024", "12/12/1969"]);
            table
                .date_parts_in("d", format, &[DatePart::Month, DatePart::Seconds])
                .unwrap();
            assert_eq!(table.numbers("d.month").unwrap(), [Some(month), Some(12.0)]);
            assert_eq!(
                table.numbers("d.seconds").unwrap()[1],
                Some(-20.0 * 86_400.0)
            );
        }
        // One that can't be so gives the other reading away.
        let message = of(&["03/04/2024", "04/25/2024"])
            .date_parts_in("d", "%d/%m/%Y", &[DatePart::Day])
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "column `d`: expected a date in the format `%d/%m/%Y`, found `04/25/2024` in row 1"
        );
        // Two digits of a year say no century.
        for text in ["03.04.24", "24-04-03"] {
            assert!(
                of(&[text])
                    .date_parts_in("d", "%d.%m.%Y", &[DatePart::Year])
                    .is_err(),
                "{text}"
            );
        }
        let message = of(&["3.4.24"])
            .date_parts_in("d", "%d.%m.%y", &[DatePart::Year])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("expected `%Y`, `%m` and `%d`")
                && message.ends_with("two digits of a year say no century"),
            "{message}"
        );
        for mixed in [
            ["2024-01-02", "02.01.2024"],
            ["2024-01-02", "20240102"],
            ["2024-01-02T10:00Z", "2024-01-02T10:00"],
        ] {
            let message = of(&mixed)
                .date_parts("d", &[DatePart::Day])
                .unwrap_err()
                .to_string();
            assert!(
                message.ends_with(&format!("found `{}` in row 1", mixed[1])),
                "{message}"
            );
        }
    }

    #[test]
    fn a_date_as_a_feature_is_an_error_that_says_what_makes_numbers_of_it() {
        for text in ["2024-01-02", "03/04/2024 10:00", "3.4.24"] {
            let mut table = Table::new();
            table
                .push("d", Column::Text(vec![Some(text.to_owned())]))
                .unwrap();
            assert_eq!(
                table.matrix(&["d"]).unwrap_err().to_string(),
                format!(
                    "column `d`: expected a number (`date_parts` makes numbers of dates), found `{text}` in row 0"
                )
            );
        }
    }
}
