//! Each way of writing a number gives its value, stays text that is reported, or is an error that says what helps.

use super::*;

/// A column of these fields, and what the report says of it without the name.
fn column(options: &CsvOptions, fields: &[&str]) -> Result<(Column, String), String> {
    let lines: String = fields
        .iter()
        .map(|field| format!("\"{field}\"\tx\n"))
        .collect();
    let options = options.clone().delimiter(b'\t');
    let table = read(&options, format!("a\tb\n{lines}"))?;
    let report = table.report().to_string().replace("a: ", "");
    Ok((table.column("a").unwrap().clone(), report))
}

#[test]
fn forms_of_one_meaning_are_numbers() {
    for (field, number) in [
        ("+5", 5.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("\u{2212}5", -5.0),
        ("1E3", 1000.0),
        ("-0", 0.0),
        (" 7\u{a0}", 7.0),
        ("1e-300", 1e-300),
    ] {
        let (found, report) = column(&CsvOptions::new(), &["1", field]).unwrap();
        assert_eq!(
            found,
            Column::Numbers(vec![Some(1.0), Some(number)]),
            "{field}"
        );
        assert_eq!(report, "", "{field}");
    }
}

#[test]
fn what_looks_like_a_number_and_is_none_stays_text_and_is_reported() {
    for (field, reason) in [
        (
            "45%",
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        ),
        (
            "$3",
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        ),
        (
            "-3 \u{20ac}",
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        ),
        (
            "$1,234.50",
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        ),
        (
            "12 kg",
            "has a unit or currency beside it (`CsvOptions::units` names those that don't count)",
        ),
        ("1e400", "is beyond the range of numbers of 64 bits"),
        ("1e-400", "is so small that 64 bits make it 0"),
        ("0x10", "is hexadecimal"),
        (
            "inf",
            "is infinite (`CsvOptions::missing_in` takes it for a missing value)",
        ),
        (
            "-Infinity",
            "is infinite (`CsvOptions::missing_in` takes it for a missing value)",
        ),
        (
            "-",
            "may stand for a missing value (`CsvOptions::missing_in` says so)",
        ),
        ("(5)", "has brackets, which may mean that it is negative"),
        ("5-", "has its sign at the end"),
        ("1.2.3", "is no number"),
        ("TRUE", "is no number"),
        ("yes", "is no number"),
        ("2024-01-02", "is no number"),
        ("007", "would lose its leading zeros as a number"),
    ] {
        let (texts, report) = column(&CsvOptions::new(), &["1", "2", field]).unwrap();
        assert_eq!(texts, Column::Text(some(["1", "2", field])), "{field}");
        assert_eq!(
            report,
            format!("kept as text (2 of 3 values are numbers, but `{field}` in line 4 {reason})")
        );
        let numbers = column(&CsvOptions::new().numbers(&["a"]), &[field]);
        match numbers {
            // Where it is said that a column has numbers, zeros before them mean nothing.
            Ok((numbers, _)) => {
                assert_eq!((numbers, field), (Column::Numbers(vec![Some(7.0)]), "007"))
            }
            Err(error) => assert!(
                error.starts_with(", line 2, column `a`: expected a ")
                    && error.ends_with(&format!("found `{field}`")),
                "{error}"
            ),
        }
    }
    // Late in a long file too.
    let mut fields = vec!["1"; 5_000];
    fields.push("n.a.");
    let (_, report) = column(&CsvOptions::new(), &fields).unwrap();
    assert_eq!(
        report,
        "kept as text (5000 of 5001 values are numbers, but `n.a.` in line 5002 is no number)"
    );
}

#[test]
fn columns_in_another_way_of_writing_are_errors_that_name_it() {
    for (fields, hint) in [
        (["1 000", "2 000"], "`.grouping(' ')` makes it 1000"),
        (["1\u{a0}000", "12"], "`.grouping(' ')` makes it 1000"),
        (
            ["1\u{202f}000,5", "12"],
            "`.decimal(',').grouping(' ')` makes it 1000.5",
        ),
        (["1'000", "2"], "makes it 1000"),
        (["1_000", "2"], "`.grouping('_')` makes it 1000"),
        (["1,5", "2"], "`.decimal(',')` makes it 1.5"),
    ] {
        let error = column(&CsvOptions::new(), &fields).unwrap_err();
        assert!(
            error.starts_with(", line 2, column `a`: ") && error.contains(hint),
            "{error}"
        );
    }
    // Numbers of telephones aren't grouped ones.
    let (found, _) = column(&CsvOptions::new(), &["030 123 456", "040 123 456"]).unwrap();
    assert!(matches!(found, Column::Text(_)));
}

#[test]
fn units_that_do_not_count_are_left_out_where_all_numbers_have_the_same() {
    let options = CsvOptions::new().units(&["%", "\u{20ac}", "$"]);
    for (fields, numbers) in [
        (["45%", "7 %"], [45.0, 7.0]),
        (["\u{20ac}3.50", "-\u{20ac}2"], [3.5, -2.0]),
        (["3", "4"], [3.0, 4.0]),
    ] {
        let (found, report) = column(&options, &fields).unwrap();
        assert_eq!(
            (found, report.as_str()),
            (Column::Numbers(numbers.map(Some).to_vec()), "")
        );
    }
    let (_, report) = column(&options, &["45%", "0.45"]).unwrap();
    assert_eq!(
        report,
        "kept as text (1 of 2 values are numbers, but `0.45` in line 3 hasn't the unit of the column's first number)"
    );
    for mixed in [["$3", "\u{20ac}3"], ["0.45", "45%"]] {
        assert!(
            matches!(column(&options, &mixed).unwrap().0, Column::Text(_)),
            "{mixed:?}"
        );
    }
    let german = options.decimal(',').grouping('.');
    let (found, _) = column(&german, &["1.234,5 \u{20ac}", "7 \u{20ac}"]).unwrap();
    assert_eq!(found, Column::Numbers(vec![Some(1234.5), Some(7.0)]));
}

#[test]
fn all_percentages_are_reported_too() {
    let (_, report) = column(&CsvOptions::new(), &["45%", "7%"]).unwrap();
    assert!(
        report.starts_with(
            "kept as text (0 of 2 values are numbers, but `45%` in line 2 has a unit or currency"
        ),
        "{report}"
    );
    for words in [
        ["TRUE", "False"],
        ["yes", "no"],
        ["red", "blue"],
        ["a1", "b2"],
        ["12 Main Street", "7 Elm Road"],
    ] {
        assert_eq!(
            column(&CsvOptions::new(), &words).unwrap().1,
            "",
            "{words:?}"
        );
    }
}
