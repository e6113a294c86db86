//! From the bytes of a file to a table.

use super::super::{Change, Report, Table};
use super::raw::{Kind, RawColumn, Wrong};
use super::{CsvOptions, encoding, header, lines};
use crate::data::{DataError, files};
use csv::{ByteRecord, ReaderBuilder, Trim};
use std::collections::HashSet;
use std::path::Path;

/// The fields of a file, column by column.
struct Fields {
    /// The names in the header, empty where there is none.
    header: Option<Vec<String>>,
    columns: Vec<RawColumn>,
    /// The line of each row.
    lines: Vec<u64>,
}

pub(super) fn read(options: &CsvOptions, path: &Path) -> Result<Table, DataError> {
    if Some(options.signs.decimal) == options.signs.grouping {
        return Err(DataError::argument(
            "sign between groups of digits",
            "another than the decimal sign",
            format!("`{}` for both", options.signs.decimal),
        ));
    }
    let bytes = files::read_within(path, &options.limits)?;
    let mut bytes = encoding::utf8(path, bytes)?;
    forget_excels_hint(&mut bytes, options.delimiter);
    if let Some(line) = lines::unclosed_quote(&bytes, options.delimiter) {
        return Err(line_error(
            path,
            line,
            "a quoted field with its closing quote",
            "the end of the file",
        ));
    }
    let fields = split(options, path, &bytes)?;
    drop(bytes);
    table(options, path, fields)
}

/// Excel writes `sep=;` into a first line of its own to say what parts the fields.
fn forget_excels_hint(bytes: &mut [u8], delimiter: u8) {
    let hint = [b"sep=", &[delimiter][..]].concat();
    if bytes.starts_with(&hint) && matches!(bytes.get(hint.len()), Some(b'\r' | b'\n')) {
        // The line becomes an empty one, so that those that follow keep their numbers.
        bytes[..hint.len()].fill(b'\r');
    }
}

/// Cuts the file into fields, each row as long as the first.
fn split(options: &CsvOptions, path: &Path, bytes: &[u8]) -> Result<Fields, DataError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(options.delimiter)
        .trim(Trim::All)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| -> Result<Option<(u64, u64)>, DataError> {
        let there = reader
            .read_byte_record(record)
            .map_err(|error| DataError::damaged(path, "a CSV file", error.to_string()))?;
        Ok(record.position().filter(|_| there).map(|position| {
            let empty = lines::empty_lines_before(bytes, position);
            (position.line() + empty, empty)
        }))
    };

    let mut fields = Fields {
        header: None,
        columns: Vec::new(),
        lines: Vec::new(),
    };
    let mut width = 0;
    // Whether each row ends with a delimiter that the header doesn't have, or the other way round.
    let mut trailing = None;
    let mut memory: u64 = 0;
    while let Some((line, empty)) = next(&mut record)? {
        if width == 0 {
            width = record.len();
            if options.header != Some(false) {
                let names: Result<Vec<String>, DataError> = record
                    .iter()
                    .map(|field| utf8(path, line, field).map(str::to_owned))
                    .collect();
                fields.header = Some(names?);
                continue;
            }
        }
        if fields.columns.is_empty() {
            fields.columns.resize_with(width, RawColumn::default);
        }
        let found = record.len();
        let last_is_empty = || record.get(found - 1).is_some_and(<[u8]>::is_empty);
        let nameless = || {
            fields
                .header
                .as_ref()
                .is_some_and(|names| names[width - 1].is_empty())
        };
        let fits = match *trailing.get_or_insert_with(|| found as i128 - width as i128) {
            0 => found == width,
            1 if fields.header.is_some() => found == width + 1 && last_is_empty(),
            -1 if width > 1 && nameless() => found + 1 == width,
            _ => false,
        };
        if !fits {
            return Err(ragged(options, path, bytes, line, width, found));
        }
        if width == 1 && empty > 0 && !fields.lines.is_empty() {
            return Err(line_error(
                path,
                line - 1,
                "a value (one that is missing needs a marker, such as `NA`)",
                "an empty line",
            ));
        }
        for position in 0..width {
            let field = utf8(path, line, record.get(position).unwrap_or_default())?.trim();
            memory += FIELD_BYTES + 2 * field.len() as u64;
            fields.columns[position].push(field);
        }
        if memory > options.limits.memory() {
            return Err(DataError::limit(
                path,
                "the table in memory",
                options.limits.memory(),
                format!(
                    "more after {} rows of {width} columns",
                    fields.lines.len() + 1
                ),
            ));
        }
        fields.lines.push(line);
    }
    if width == 0 {
        return Err(DataError::damaged(
            path,
            "a header and rows",
            "an empty file",
        ));
    }
    if width == 1
        && let Some(sign) = lines::other_delimiter(bytes, options.delimiter)
    {
        let found = fields
            .header
            .as_ref()
            .map_or("one field", |names| names[0].as_str());
        return Err(line_error(
            path,
            1,
            &delimiter_hint(options, sign),
            &format!("`{found}`"),
        ));
    }
    if fields.lines.is_empty() {
        return Err(DataError::damaged(
            path,
            "at least one row under the header",
            "none",
        ));
    }
    Ok(fields)
}

/// What a field takes beside its characters: its end in the column as it is read, and its place in the column that is made.
const FIELD_BYTES: u64 = 8 + 24;

fn ragged(
    options: &CsvOptions,
    path: &Path,
    bytes: &[u8],
    line: u64,
    width: usize,
    found: usize,
) -> DataError {
    let other = lines::other_delimiter(bytes, options.delimiter).or_else(|| {
        (width == 1)
            .then(|| in_first_line(bytes, options.delimiter))
            .flatten()
    });
    if let Some(sign) = other {
        let first = bytes
            .split(|&byte| byte == b'\n')
            .find(|line| !line.trim_ascii().is_empty());
        let first = String::from_utf8_lossy(first.unwrap_or_default().trim_ascii());
        let first: String = first.chars().take(80).collect();
        return line_error(
            path,
            1,
            &delimiter_hint(options, sign),
            &format!("`{first}`"),
        );
    }
    let fields = if width == 1 { "field" } else { "fields" };
    let place = if options.header == Some(false) {
        "in the first row"
    } else {
        "in the header"
    };
    line_error(
        path,
        line,
        &format!("{width} {fields}, as {place}"),
        &found.to_string(),
    )
}

/// A common delimiter in the first line of a file that has none of the one that was said in it.
fn in_first_line(bytes: &[u8], delimiter: u8) -> Option<u8> {
    let line = bytes.split(|&byte| byte == b'\n').next()?;
    [b';', b'\t', b'|', b',']
        .into_iter()
        .find(|sign| *sign != delimiter && line.contains(sign))
}

fn delimiter_hint(options: &CsvOptions, sign: u8) -> String {
    format!(
        "fields parted by {:?} (if {sign:?} parts them, say `CsvOptions::new().delimiter(b{sign:?})`, and `.decimal(',')` if numbers \
         have a comma before their decimals)",
        char::from(options.delimiter),
        sign = char::from(sign),
    )
}

/// Gives the columns their names and kinds.
fn table(options: &CsvOptions, path: &Path, fields: Fields) -> Result<Table, DataError> {
    let Fields {
        header,
        columns,
        lines,
    } = fields;
    let mut report = Report::default();
    let written = header
        .clone()
        .unwrap_or_else(|| vec![String::new(); columns.len()]);
    // A column without name and content is none.
    let width = columns.len();
    let named = options.names.as_ref().map(Vec::len);
    let left_out = |position: usize, raw: &RawColumn| {
        let may = header.is_some() || position + 1 == width && width > 1;
        may && written[position].is_empty() && raw.is_blank() && named != Some(width)
    };
    let kept: Vec<(usize, RawColumn)> = columns
        .into_iter()
        .enumerate()
        .filter(|(position, raw)| {
            let out = left_out(*position, raw);
            if out {
                report.add(Change::LeftOut {
                    position: position + 1,
                });
            }
            !out
        })
        .collect();
    let names: Vec<String> = match &options.names {
        Some(names) if names.len() != kept.len() => {
            return Err(line_error(
                path,
                lines[0],
                &format!("{} fields, one for each name", names.len()),
                &kept.len().to_string(),
            ));
        }
        Some(names) => names.clone(),
        None => kept
            .iter()
            .map(|&(position, _)| match written[position].as_str() {
                "" => header::numbered(position),
                name => name.to_owned(),
            })
            .collect(),
    };
    if let Some(name) = header::repeated(&names) {
        return Err(line_error(
            path,
            1,
            "a header with different names",
            &format!("`{name}` twice"),
        ));
    }
    for (name, &(position, _)) in names.iter().zip(&kept) {
        if header.is_some() && options.names.is_none() && written[position].is_empty() {
            report.add(Change::Named {
                position: position + 1,
                name: name.clone(),
            });
        }
    }
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    if let Some(unknown) = options.named().find(|name| !known.contains(name)) {
        return Err(super::super::unknown_column(
            unknown,
            names.iter().map(String::as_str),
        ));
    }
    let text: HashSet<&str> = options.text.iter().map(String::as_str).collect();
    let numbers: HashSet<&str> = options.numbers.iter().map(String::as_str).collect();
    if let Some(both) = numbers.intersection(&text).next() {
        return Err(DataError::column(both, "text or numbers", "both"));
    }
    let shared = options.markers("");
    let with_markers: HashSet<&str> = options
        .missing_in
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();

    let mut typed = Vec::with_capacity(names.len());
    let mut positions = Vec::with_capacity(names.len());
    for (name, (position, raw)) in names.iter().zip(kept) {
        let kind = if text.contains(name.as_str()) {
            Kind::Text
        } else if numbers.contains(name.as_str()) {
            Kind::Numbers
        } else {
            Kind::Found
        };
        let own;
        let markers = if with_markers.contains(name.as_str()) {
            own = options.markers(name);
            &own
        } else {
            &shared
        };
        let (column, changes) = raw
            .typed(name, kind, markers, options.signs, &lines)
            .map_err(
                |Wrong {
                     row,
                     expected,
                     found,
                 }| DataError::Field {
                    path: path.to_owned(),
                    line: lines[row],
                    column: name.clone(),
                    expected,
                    found,
                },
            )?;
        changes.into_iter().for_each(|change| report.add(change));
        typed.push((name.clone(), column));
        positions.push(position);
    }
    if header.is_some() && options.header.is_none() {
        let columns = positions
            .iter()
            .zip(&typed)
            .map(|(&position, (_, column))| (written[position].as_str(), column));
        if header::looks_like_values(columns, options.signs) {
            let shown: Vec<String> = written
                .iter()
                .take(5)
                .map(|name| format!("`{name}`"))
                .collect();
            return Err(line_error(
                path,
                1,
                "names of columns (if the file has no header, say `CsvOptions::new().has_headers(false)`, with `.names(&[..])` for \
                 names; if these are names, say `.has_headers(true)`)",
                &format!("what looks like values: {}", shown.join(", ")),
            ));
        }
    }
    Ok(Table::from_file(path, lines, typed, report))
}

fn utf8<'a>(path: &Path, line: u64, field: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(field).map_err(|_| {
        let found = format!("`{}`", String::from_utf8_lossy(field));
        line_error(path, line, "UTF-8 text", &found)
    })
}

fn line_error(path: &Path, line: u64, expected: &str, found: &str) -> DataError {
    DataError::Line {
        path: path.to_owned(),
        line,
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
