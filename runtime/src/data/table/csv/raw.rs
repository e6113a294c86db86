//! The fields of one column as they stand in the file, and what they turn out to be.

use super::super::{Change, Column};
use super::hints::hint;
use super::number::{NoNumber, Signs, is_number_somewhere, other_readings};
use super::units;

/// The fields of a column, one after the other in one text: a file of many short fields takes little more memory than it has
/// bytes.
#[derive(Default)]
pub(super) struct RawColumn {
    text: String,
    ends: Vec<usize>,
    /// How many had blanks around them.
    blanks: usize,
}

/// What is to be made of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Numbers if all its values are, else text.
    Found,
    Text,
    Numbers,
}

/// A field that can't be taken as it must be.
pub(super) struct Wrong {
    pub row: usize,
    pub expected: String,
    pub found: String,
}

/// How a column is to be read.
pub(super) struct How<'a> {
    pub kind: Kind,
    pub markers: &'a Markers<'a>,
    pub signs: Signs,
    /// Units that may stand beside a number.
    pub units: &'a [String],
}

/// What stands for a missing value in a column.
pub(super) struct Markers<'a> {
    /// In any column.
    pub always: Vec<&'a str>,
    /// In a column whose other values are numbers, where a word can mean nothing else.
    pub among_numbers: &'a [&'a str],
}

impl RawColumn {
    /// Adds a field; blanks around it don't count.
    pub fn push(&mut self, field: &str) {
        let inner = field.trim();
        self.blanks += usize::from(inner.len() < field.len() && !inner.is_empty());
        self.text.push_str(inner);
        self.ends.push(self.text.len());
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let field = &self.text[start..end];
            start = end;
            field
        })
    }

    /// Whether no field has anything in it.
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The values, with what was taken for missing and what else should be known of them.
    pub fn typed(
        &self,
        name: &str,
        how: &How<'_>,
        lines: &[u64],
    ) -> Result<(Column, Vec<Change>), Wrong> {
        let &How {
            kind,
            markers,
            signs,
            ..
        } = how;
        let mut changes = Vec::new();
        if kind != Kind::Text {
            let census = Census::of(self, how);
            match census.first_other {
                None if census.numbers > 0 || census.words == 0 => {
                    let missing =
                        |field: &str| markers.among_numbers.contains(&field) || markers.is(field);
                    let numbers = self
                        .fields()
                        .map(|field| (!missing(field)).then(|| census.read(field).ok()).flatten())
                        .collect();
                    self.report_missing(name, missing, &mut changes);
                    return Ok((Column::Numbers(numbers), changes));
                }
                None => {}
                Some((row, field, reason)) if kind == Kind::Numbers => {
                    let mut expected = reason.expected().to_owned();
                    let mut readings = other_readings(field, signs);
                    if reason == NoNumber::Text
                        && let Some(hint) = hint(field, signs)
                    {
                        readings.push(format!("this {hint}"));
                    }
                    if !readings.is_empty() {
                        expected += &format!(" ({})", readings.join("; "));
                    }
                    return Err(Wrong {
                        row,
                        expected,
                        found: format!("`{field}`"),
                    });
                }
                Some((row, field, reason)) => {
                    let present = census.numbers + census.others;
                    if reason == NoNumber::Text && census.elsewhere == present {
                        return Err(other_signs(row, field, signs));
                    }
                    if reason != NoNumber::Text || (census.elsewhere + census.hinted) * 2 >= present
                    {
                        let hint = hint(field, signs).filter(|_| reason == NoNumber::Text);
                        changes.push(Change::KeptAsText {
                            column: name.to_owned(),
                            numbers: census.numbers,
                            values: present,
                            first: field.to_owned(),
                            line: lines.get(row).copied(),
                            reason: hint.unwrap_or_else(|| reason.reason()),
                        });
                    }
                }
            }
        }
        let missing = |field: &str| markers.is(field);
        let texts = self
            .fields()
            .map(|field| (!missing(field)).then(|| field.to_owned()))
            .collect::<Vec<_>>();
        self.report_missing(name, missing, &mut changes);
        if self.blanks > 0 && self.blanks < texts.iter().flatten().count() {
            changes.push(Change::Blanks {
                column: name.to_owned(),
                values: self.blanks,
            });
        }
        Ok((Column::Text(texts), changes))
    }

    /// Writes down how often each marker was taken for a missing value.
    fn report_missing(
        &self,
        name: &str,
        missing: impl Fn(&str) -> bool,
        changes: &mut Vec<Change>,
    ) {
        let mut counts: Vec<(&str, usize)> = Vec::new();
        for field in self.fields().filter(|field| missing(field)) {
            match counts.iter_mut().find(|(marker, _)| *marker == field) {
                Some((_, count)) => *count += 1,
                None => counts.push((field, 1)),
            }
        }
        changes.extend(
            counts
                .into_iter()
                .map(|(marker, values)| Change::TakenForMissing {
                    column: name.to_owned(),
                    marker: marker.to_owned(),
                    values,
                }),
        );
    }
}

impl Markers<'_> {
    fn is(&self, field: &str) -> bool {
        self.always.contains(&field)
    }
}

/// What there is in a column.
struct Census<'a> {
    kind: Kind,
    signs: Signs,
    /// The unit that stands beside all numbers, if one does beside the first.
    unit: Option<&'a str>,
    /// Numbers.
    numbers: usize,
    /// What is there and is no number.
    others: usize,
    /// What is there and would be a number in some way of writing.
    elsewhere: usize,
    /// What is there and would be a number without what stands beside it.
    hinted: usize,
    /// Words that mean a missing value if the others are numbers.
    words: usize,
    /// The first that is no number: row, field and why. What is no number anywhere comes before what only can't be held.
    first_other: Option<(usize, &'a str, NoNumber)>,
}

impl<'a> Census<'a> {
    fn of(raw: &'a RawColumn, how: &How<'a>) -> Self {
        let How { markers, signs, .. } = *how;
        let first = raw
            .fields()
            .find(|field| !markers.is(field) && !markers.among_numbers.contains(field));
        let mut census = Self {
            kind: how.kind,
            signs,
            unit: first.and_then(|first| units::beside(first, how.units)),
            numbers: 0,
            others: 0,
            elsewhere: 0,
            hinted: 0,
            words: 0,
            first_other: None,
        };
        for (row, field) in raw.fields().enumerate() {
            if markers.is(field) {
                continue;
            }
            if markers.among_numbers.contains(&field) {
                census.words += 1;
                continue;
            }
            match census.read(field) {
                Ok(_) => {
                    census.numbers += 1;
                    census.elsewhere += 1;
                }
                Err(reason) => {
                    census.others += 1;
                    let elsewhere = is_number_somewhere(field);
                    census.elsewhere += usize::from(elsewhere);
                    census.hinted += usize::from(!elsewhere && hint(field, signs).is_some());
                    let earlier = census.first_other;
                    if earlier.is_none_or(|(_, _, earlier)| {
                        earlier != NoNumber::Text && reason == NoNumber::Text
                    }) {
                        census.first_other = Some((row, field, reason));
                    }
                }
            }
        }
        census
    }

    fn read(&self, field: &str) -> Result<f64, NoNumber> {
        let without;
        let field = match self.unit {
            Some(unit) => {
                without = units::without(field, unit).ok_or(NoNumber::NoUnit)?;
                without.as_str()
            }
            None => field,
        };
        if self.kind == Kind::Numbers {
            self.signs.number_with_zeros(field)
        } else {
            self.signs.number(field)
        }
    }
}

/// All values of a column are numbers, but not all in the way that was said.
fn other_signs(row: usize, field: &str, signs: Signs) -> Wrong {
    let grouped = match signs.grouping {
        Some(sign) => format!(" and `{sign}` between groups of three digits"),
        None => String::new(),
    };
    let mut readings = other_readings(field, signs);
    readings.push("`CsvOptions::text` keeps the column as text".to_owned());
    Wrong {
        row,
        expected: format!("numbers with `{}` as decimal sign{grouped}", signs.decimal),
        found: format!("`{field}` ({})", readings.join("; ")),
    }
}
