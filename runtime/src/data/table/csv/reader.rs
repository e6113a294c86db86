//! From the bytes of a file to a table.

use super::super::Table;
use super::columns::table;
use super::fields::{Fields, line_error};
use super::raw::RawColumn;
use super::{CsvOptions, encoding, lines};
use crate::data::{DataError, files};
use csv::{ByteRecord, ReaderBuilder};
use std::path::Path;

pub(super) fn read(options: &CsvOptions, path: &Path) -> Result<Table, DataError> {
    parse(options, path, files::read_within(path, &options.limits)?)
}

/// Reads the bytes of a file; errors name the path.
pub(super) fn parse(options: &CsvOptions, path: &Path, bytes: Vec<u8>) -> Result<Table, DataError> {
    if Some(options.signs.decimal) == options.signs.grouping {
        return Err(DataError::argument(
            "sign between groups of digits",
            "another than the decimal sign",
            format!("`{}` for both", options.signs.decimal),
        ));
    }
    let mut bytes = encoding::utf8(path, bytes)?;
    forget_excels_hint(&mut bytes, options.delimiter);
    if let Some(line) = lines::unclosed_quote(&bytes, options.delimiter, options.comment) {
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
        .comment(options.comment)
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| -> Result<Option<(u64, u64)>, DataError> {
        let there = reader
            .read_byte_record(record)
            .map_err(|error| DataError::damaged(path, "a CSV file", error.to_string()))?;
        Ok(record.position().filter(|_| there).map(|position| {
            let before = lines::before(bytes, position, options.comment);
            (position.line() + before.all, before.empty)
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
                    .map(|field| utf8(path, line, field).map(|name| name.trim().to_owned()))
                    .collect();
                fields.header = Some(names?);
                continue;
            }
        }
        if fields.columns.is_empty() {
            fields.columns.resize_with(width, RawColumn::default);
        }
        let found = record.len();
        let last_is_empty = || {
            record
                .get(found - 1)
                .is_some_and(|field| field.trim_ascii().is_empty())
        };
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
            let field = utf8(path, line, record.get(position).unwrap_or_default())?;
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
    let comment = match bytes.contains(&b'#')
        && options.comment.is_none()
        && has_comment(bytes, line)
    {
        true => {
            " (if lines that begin with `#` are comments, read it with `CsvOptions::new().comment(b'#').read(path)`)"
        }
        false => "",
    };
    let fields = if width == 1 { "field" } else { "fields" };
    let place = if options.header == Some(false) {
        "in the first row"
    } else {
        "in the header"
    };
    line_error(
        path,
        line,
        &format!("{width} {fields}, as {place}{comment}"),
        &found.to_string(),
    )
}

/// Whether the first line of a file or this one begins as comments do.
fn has_comment(bytes: &[u8], line: u64) -> bool {
    let at = usize::try_from(line)
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let first = lines.clone().next();
    let comment = |line: &[u8]| line.trim_ascii_start().starts_with(b"#");
    first.is_some_and(comment) || lines.nth(at).is_some_and(comment)
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
        "fields parted by {:?} (if {sign:?} parts them, read it with `CsvOptions::new().delimiter(b{sign:?}).read(path)`, and \
         `.decimal(',')` before `.read` if numbers have a comma before their decimals)",
        char::from(options.delimiter),
        sign = char::from(sign),
    )
}

fn utf8<'a>(path: &Path, line: u64, field: &'a [u8]) -> Result<&'a str, DataError> {
    std::str::from_utf8(field).map_err(|_| {
        let found = format!("`{}`", String::from_utf8_lossy(field));
        line_error(path, line, "UTF-8 text", &found)
    })
}
