//! From fields to columns: their names, and whether they are numbers or text.

use super::super::{Change, Report, Table, alike};
use super::fields::{Fields, line_error};
use super::raw::{How, Kind, RawColumn, Wrong};
use super::{CsvOptions, header};
use crate::data::DataError;
use std::collections::HashSet;
use std::path::Path;

/// Gives the columns their names and kinds.
pub(super) fn table(options: &CsvOptions, path: &Path, fields: Fields) -> Result<Table, DataError> {
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
    let names = names(options, path, &lines, &written, &kept)?;
    for (name, &(position, _)) in names.iter().zip(&kept) {
        if header.is_some() && options.names.is_none() && written[position].is_empty() {
            report.add(Change::Named {
                position: position + 1,
                name: name.clone(),
            });
        }
    }
    check_named(options, &names)?;
    let text: HashSet<&str> = options.text.iter().map(String::as_str).collect();
    let numbers: HashSet<&str> = options.numbers.iter().map(String::as_str).collect();
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
        let how = How {
            kind,
            markers,
            signs: options.signs,
            units: &options.units,
        };
        let (column, changes) = raw.typed(name, &how, &lines).map_err(
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
        if let Some(change) = alike::note(name, &column) {
            report.add(change);
        }
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
                "names of columns (if the file has no header, read it with `CsvOptions::new().has_headers(false).read(path)`, and \
                 `.names(&[..])` before `.read` for names; if these are names, say `.has_headers(true)`)",
                &format!("what looks like values: {}", shown.join(", ")),
            ));
        }
    }
    Ok(Table::from_file(
        path,
        lines,
        typed,
        report,
        options.clone(),
    ))
}

/// The names of the columns that were kept: those given, those of the header, or numbered ones.
fn names(
    options: &CsvOptions,
    path: &Path,
    lines: &[u64],
    written: &[String],
    kept: &[(usize, RawColumn)],
) -> Result<Vec<String>, DataError> {
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
    match header::repeated(&names) {
        Some(name) => Err(line_error(
            path,
            1,
            "a header with different names",
            &format!("`{name}` twice"),
        )),
        None => Ok(names),
    }
}

/// Checks the columns that the options speak of by name.
fn check_named(options: &CsvOptions, names: &[String]) -> Result<(), DataError> {
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    if let Some(unknown) = options.named().find(|name| !known.contains(name)) {
        return Err(super::super::unknown::unknown_column(
            unknown,
            names.iter().map(String::as_str),
        ));
    }
    let text: HashSet<&str> = options.text.iter().map(String::as_str).collect();
    match options
        .numbers
        .iter()
        .find(|name| text.contains(name.as_str()))
    {
        Some(both) => Err(DataError::column(both, "text or numbers", "both")),
        None => Ok(()),
    }
}
