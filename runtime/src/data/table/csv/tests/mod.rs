//! What becomes of files as people have them.

mod forms;
mod layout;
mod meaning;

use super::super::Column;
use super::*;
use std::fs;

fn read(options: &CsvOptions, text: impl AsRef<[u8]>) -> Result<Table, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let prefix = file.path().display().to_string();
    options.read(file.path()).map_err(|error| {
        let message = error.to_string();
        message
            .strip_prefix(&prefix)
            .map(str::to_owned)
            .unwrap_or(message)
    })
}

fn damage(text: impl AsRef<[u8]>) -> String {
    read(&CsvOptions::new(), text).unwrap_err()
}

#[test]
fn columns_are_numbers_or_text_with_missing_values() {
    let text = "\u{feff}age, town ,size\n31, Ulm,1e3\n,\"Bad, Ems\",-2.5\r\n?,NA, nan\n";
    let table = read(&CsvOptions::new(), text).unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["age", "town", "size"]);
    assert_eq!(
        table.column("age").unwrap(),
        &Column::Numbers(vec![Some(31.0), None, None])
    );
    let towns = vec![Some("Ulm".to_owned()), Some("Bad, Ems".to_owned()), None];
    assert_eq!(table.column("town").unwrap(), &Column::Text(towns));
    assert_eq!(
        table.column("size").unwrap(),
        &Column::Numbers(vec![Some(1000.0), Some(-2.5), None])
    );
}

#[test]
fn a_column_with_something_else_than_numbers_is_text() {
    let table = read(&CsvOptions::new(), "a,b\n1,1\n2,inf\n").unwrap();
    assert!(matches!(table.column("b").unwrap(), Column::Text(_)));
    let table = read(&CsvOptions::new().text(&["a"]), "a,b\n01,1\n02,2\n").unwrap();
    assert_eq!(table.column("a").unwrap().text(0).as_deref(), Some("01"));
}

#[test]
fn a_ragged_row_is_an_error_with_its_line() {
    assert_eq!(
        damage("a,b\n1,2\n3\n4,5\n"),
        ", line 3: expected 2 fields, as in the header, found 1"
    );
    assert_eq!(
        damage("a,b\n1,2\n\n\n3,4,5\n"),
        ", line 5: expected 2 fields, as in the header, found 3"
    );
    assert_eq!(
        damage("a,b\r\n1,2\r\n\r\n3\r\n"),
        ", line 4: expected 2 fields, as in the header, found 1"
    );
}

#[test]
fn a_field_that_is_no_number_is_an_error_with_its_line_and_column() {
    let options = CsvOptions::new().numbers(&["price"]);
    let message = read(&options, "town,price\nUlm,1\n\"a\nb\",2\n\nBonn,about 3\n").unwrap_err();
    assert_eq!(
        message,
        ", line 6, column `price`: expected a number, found `about 3`"
    );
    let message = read(&options, "town,cost\nUlm,1\n").unwrap_err();
    assert_eq!(message, "no column `price`; the table has `town`, `cost`");
}

#[test]
fn a_file_that_breaks_off_in_a_quoted_field_is_an_error_with_its_line() {
    let expected =
        ", line 3: expected a quoted field with its closing quote, found the end of the file";
    assert_eq!(damage("a,b\n1,\"x\"\n2,\"y\n3,z\n"), expected);
    let table = read(&CsvOptions::new(), "a,b\n1,\"5\"\" \"\n2,6\"\n").unwrap();
    assert_eq!(table.column("b").unwrap().text(0).as_deref(), Some("5\""));
    assert_eq!(table.column("b").unwrap().text(1).as_deref(), Some("6\""));
}

#[test]
fn empty_files_and_double_names_are_errors() {
    assert_eq!(
        damage(""),
        ": expected a header and rows, found an empty file"
    );
    assert_eq!(
        damage("a,b\n"),
        ": expected at least one row under the header, found none"
    );
    assert_eq!(
        damage("a,b,a\n1,2,3\n"),
        ", line 1: expected a header with different names, found `a` twice"
    );
    assert_eq!(
        read(&CsvOptions::new(), ",b\n1,2\n")
            .unwrap()
            .names()
            .next(),
        Some("column1")
    );
}

#[test]
fn text_that_is_not_utf8_is_an_error_with_its_line() {
    assert_eq!(
        damage(b"a,b\n1,2\n3,\xff\n"),
        ", line 3: expected UTF-8 text, found `\u{fffd}`"
    );
}

fn semicolons_of() -> CsvOptions {
    CsvOptions::new().delimiter(b';')
}

fn texts(table: &Table, column: &str) -> Vec<Option<String>> {
    let column = table.column(column).unwrap();
    assert!(matches!(column, Column::Text(_)), "{column:?}");
    (0..column.len()).map(|row| column.text(row)).collect()
}

fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    match table.column(column).unwrap() {
        Column::Numbers(numbers) => numbers.clone(),
        Column::Text(texts) => panic!("{column} is text: {texts:?}"),
    }
}

fn some<const N: usize>(values: [&str; N]) -> Vec<Option<String>> {
    values.map(|value| Some(value.to_owned())).to_vec()
}

#[test]
fn other_encodings_are_read_or_refused() {
    let text = "name,x\r\nJürgen,1\r\nZoë,2\r\n";
    let expected = some(["Jürgen", "Zoë"]);
    let little: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let big: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let old_mac = text.replace("\r\n", "\r").into_bytes();
    for bytes in [text.as_bytes(), &little, &big, &old_mac] {
        let table = read(&CsvOptions::new(), bytes).unwrap();
        assert_eq!(texts(&table, "name"), expected);
        assert_eq!(numbers(&table, "x"), [Some(1.0), Some(2.0)]);
    }
    assert!(damage(&little[..little.len() - 1]).ends_with("found half a character"));
    assert!(damage(&little[2..]).contains("found a zero at byte 1"));
    assert!(damage(b"\xff\xfe\0\0a").ends_with("found UTF-32"));
    assert!(damage(b"name,x\nJ\xfcrgen,1\n").contains("line 2: expected UTF-8 text"));
    // A blank that doesn't break is white space too.
    let table = read(&CsvOptions::new(), "a,b\n\u{a0}x\u{a0},1\n").unwrap();
    assert_eq!(texts(&table, "a"), some(["x"]));
    // Excel's hint is no header.
    let table = read(&semicolons_of(), "sep=;\r\na;b\r\n1;2\r\n").unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn an_empty_line_in_a_single_column_is_no_row_that_goes_unnoticed() {
    assert_eq!(
        damage("y\n1\n\n3\n"),
        ", line 3: expected a value (one that is missing needs a marker, such as `NA`), found an empty line"
    );
    assert_eq!(read(&CsvOptions::new(), "\ny\n1\n3\n\n").unwrap().rows(), 2);
}

#[test]
fn many_columns_are_read_in_linear_time() {
    // A quadratic search for names would take minutes in this.
    let columns = 200_001;
    let names: Vec<String> = (0..columns).map(|column| format!("c{column}")).collect();
    let row = vec!["1"; columns].join(",");
    let table = read(&CsvOptions::new(), format!("{}\n{row}\n", names.join(","))).unwrap();
    assert_eq!(table.names().count(), columns);
    assert_eq!(table.matrix(&names).unwrap().sum(), columns as f32);
}

#[test]
fn a_file_that_takes_too_much_memory_is_an_error() {
    let file = format!("a,b\n{}", "1,2\n".repeat(10_000));
    let small = Limits::new().memory_bytes(100_000);
    let message = read(&CsvOptions::new().limits(small), &file).unwrap_err();
    assert!(
        message.starts_with(
            ": the table in memory: expected at most 100000 bytes, found more after 14"
        ),
        "{message}"
    );
    let message = read(
        &CsvOptions::new().limits(Limits::new().file_bytes(1000)),
        &file,
    )
    .unwrap_err();
    assert_eq!(
        message,
        ": the file: expected at most 1000 bytes, found 40004; `Limits` sets how much is allowed"
    );
}
