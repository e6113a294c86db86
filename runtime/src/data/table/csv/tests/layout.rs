//! Rows, lines, quotes and names as files have them.

use super::*;

#[test]
fn lines_end_in_any_way_and_errors_name_the_right_one() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,x", "", "2,y", ""].join(end);
        let table = read(&CsvOptions::new(), &text).unwrap();
        assert_eq!(numbers(&table, "a"), [Some(1.0), Some(2.0)]);
        let error = damage(["a,b", "1,x", "", "2,y,z", ""].join(end));
        assert_eq!(
            error,
            ", line 4: expected 2 fields, as in the header, found 3"
        );
        let error = read(&CsvOptions::new().numbers(&["b"]), &text).unwrap_err();
        assert_eq!(error, ", line 2, column `b`: expected a number, found `x`");
    }
}

#[test]
fn quotes_say_nothing_of_the_kind_and_hold_delimiters_and_lines() {
    let table = read(
        &CsvOptions::new(),
        "a,b,c\n\"1\",\"x,y\",\"NA\"\n2,\"line\n\"\"two\"\"\",NA\n\"3\",z,w\n",
    )
    .unwrap();
    assert_eq!(numbers(&table, "a"), [Some(1.0), Some(2.0), Some(3.0)]);
    assert_eq!(texts(&table, "b"), some(["x,y", "line\n\"two\"", "z"]));
    // `NA` is a marker in quotes too, and the report counts both.
    assert_eq!(texts(&table, "c"), [None, None, Some("w".to_owned())]);
    assert_eq!(
        table.report().to_string(),
        "c: took 2 fields `NA` for missing"
    );
    let error = read(
        &CsvOptions::new().numbers(&["c"]),
        "a,c\n\"x\ny\",1\nz,two\n",
    )
    .unwrap_err();
    assert_eq!(
        error,
        ", line 4, column `c`: expected a number, found `two`"
    );
}

#[test]
fn comments_are_left_out_where_that_is_said_and_named_where_it_is_not() {
    let options = CsvOptions::new().comment(b'#');
    let text = "# made by \"a program\na,b\n# 1,\"2\n1,x\n\n#\n#end\n2,y\n";
    let table = read(&options, text).unwrap();
    assert_eq!(numbers(&table, "a"), [Some(1.0), Some(2.0)]);
    let error = read(&options.clone().numbers(&["b"]), text.replace("1,x", "1,1")).unwrap_err();
    assert_eq!(error, ", line 8, column `b`: expected a number, found `y`");
    let single = read(&options, "a\n1\n# x\n2\n").unwrap();
    assert_eq!(numbers(&single, "a"), [Some(1.0), Some(2.0)]);
    assert!(read(&options, "a\n1\n\n2\n").is_err());
    for text in ["# made by a program\na,b\n1,x\n", "a,b\n1,x\n# the end\n"] {
        let error = damage(text);
        assert!(
            error.contains("read it with `CsvOptions::new().comment(b'#').read(path)`"),
            "{error}"
        );
    }
    // A name may begin so.
    let table = read(&CsvOptions::new(), "#id,b\n1,x\n").unwrap();
    assert_eq!(table.names().next(), Some("#id"));
}

#[test]
fn names_are_trimmed_and_differ() {
    let table = read(&CsvOptions::new(), " a , first name ,\n1,x,y\n").unwrap();
    assert_eq!(
        table.names().collect::<Vec<_>>(),
        ["a", "first name", "column3"]
    );
    assert!(damage("a, a\n1,2\n").contains("found `a` twice"));
    assert!(damage("a,,column2\n1,2,3\n").contains("found `column2` twice"));
    assert_eq!(
        read(&CsvOptions::new(), "a,A\n1,2\n")
            .unwrap()
            .names()
            .count(),
        2
    );
}

#[test]
fn blanks_around_some_values_are_reported() {
    let table = read(&CsvOptions::new(), "a,b\nyes,1\nyes ,2\n\u{a0}no, 3\n").unwrap();
    assert_eq!(texts(&table, "a"), some(["yes", "yes", "no"]));
    assert_eq!(
        table.report().to_string(),
        "a: 2 values had blanks around, which don't count"
    );
    // After each comma they are a way of writing.
    let table = read(&CsvOptions::new(), "b, a\n1, yes\n2, no\n").unwrap();
    assert_eq!(table.report().to_string(), "");
    let table = read(&CsvOptions::new(), "a,b\nyes,1\nYes,2\nno,3\n").unwrap();
    assert_eq!(
        table.report().to_string(),
        "a: `Yes` and `yes` differ in case, blanks or accents alone, and are taken for different values"
    );
}

#[test]
fn a_whole_number_stays_one_beside_missing_ones() {
    let mut table = read(&CsvOptions::new(), "rooms,b\n2,x\n,y\n10,z\n2,w\n").unwrap();
    assert_eq!(
        numbers(&table, "rooms"),
        [Some(2.0), None, Some(10.0), Some(2.0)]
    );
    table.drop_missing(&["rooms"]).unwrap();
    assert_eq!(table.one_hot("rooms").unwrap(), ["2", "10"]);
}

#[test]
fn a_first_row_with_decimals_is_none_of_names() {
    let error = damage("5.1,3.5,setosa\n4.9,3.0,virginica\n");
    assert!(
        error.contains("what looks like values: `5.1`, `3.5`, `setosa`"),
        "{error}"
    );
    // Whole numbers may be names, as those of years are.
    let table = read(&CsvOptions::new(), "2023,2024,town\n1.5,2,Ulm\n").unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["2023", "2024", "town"]);
}

#[test]
fn a_mark_of_the_encoding_may_stand_before_excels_hint() {
    let options = CsvOptions::new().delimiter(b';');
    let table = read(&options, "\u{feff}sep=;\na;b\n1;2\n").unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b"]);
}
