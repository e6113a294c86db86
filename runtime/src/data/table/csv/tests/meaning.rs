//! Files whose fields can be taken in two ways.

use super::*;

#[test]
fn sodium() {
    let file = "element,country,count\nNa,NA,1\nCl,DE,nan\nna,NA,3\nNull,,4\nNan,FR,5\n";
    let table = read(&CsvOptions::new(), file).unwrap();
    assert_eq!(
        texts(&table, "element"),
        some(["Na", "Cl", "na", "Null", "Nan"])
    );
    assert_eq!(table.column("country").unwrap().missing(), 3);
    assert_eq!(
        numbers(&table, "count"),
        [Some(1.0), None, Some(3.0), Some(4.0), Some(5.0)]
    );
    assert_eq!(
        table.report().to_string(),
        "element: `Na` and `na` differ in case, blanks or accents alone, and are taken for different values\n\
         country: took 2 fields `NA` for missing\ncountry: took 1 empty field for missing\n\
         count: took 1 field `nan` for missing"
    );
    // Namibia is a country.
    let table = read(&CsvOptions::new().missing_in("country", &[""]), file).unwrap();
    assert_eq!(table.column("country").unwrap().missing(), 1);
    assert_eq!(table.column("count").unwrap().missing(), 1);
    // Those given are all there are.
    let table = read(&CsvOptions::new().missing(&["-"]), "a\n1\n-\nnan\n").unwrap();
    let expected = [Some("1".to_owned()), None, Some("nan".to_owned())];
    assert_eq!(texts(&table, "a"), expected);
    // Markers count as written.
    let table = read(&CsvOptions::new().missing(&["na"]), "a,b\nNA,x\nna,y\n").unwrap();
    assert_eq!(texts(&table, "a"), [Some("NA".to_owned()), None]);
    let message = read(&CsvOptions::new().missing_in("c", &["x"]), "a,b\n1,2\n").unwrap_err();
    assert_eq!(message, "no column `c`; the table has `a`, `b`");
}

#[test]
fn long_ids() {
    let file = "id,x\n9007199254740992,1\n9007199254740993,2\n9007199254740993,2\n";
    let mut table = read(&CsvOptions::new(), file).unwrap();
    assert_eq!(
        table.report().to_string(),
        "id: kept as text (1 of 3 values are numbers, but `9007199254740993` in line 3 has more digits than a number of 64 bits)"
    );
    assert_eq!(table.drop_duplicates(), 1);
    assert_eq!(
        table.one_hot("id").unwrap(),
        ["9007199254740992", "9007199254740993"]
    );
    let message = read(&CsvOptions::new().numbers(&["id"]), file).unwrap_err();
    assert_eq!(
        message,
        ", line 3, column `id`: expected a whole number that 64 bits hold exactly (up to 2⁵³ all are), found `9007199254740993`"
    );
    // The last whole number up to which all are held is a number.
    let table = read(
        &CsvOptions::new(),
        "id\n9007199254740991\n-9007199254740992\n",
    )
    .unwrap();
    assert_eq!(numbers(&table, "id")[0], Some(9_007_199_254_740_991.0));
}

#[test]
fn zeros_before_ids_are_kept_unless_they_mean_nothing() {
    let file = "zip,minute\n01067,00\n80331,59\n";
    let table = read(&CsvOptions::new().numbers(&["minute"]), file).unwrap();
    assert_eq!(texts(&table, "zip"), some(["01067", "80331"]));
    assert_eq!(numbers(&table, "minute"), [Some(0.0), Some(59.0)]);
    let table = read(&CsvOptions::new(), file).unwrap();
    let message = table.matrix(&["minute"]).unwrap_err().to_string();
    assert!(
        message.contains("line 2, column `minute`: expected a number without zeros before it"),
        "{message}"
    );
}

#[test]
fn decimal_comma() {
    let file = "price;grams\n3,5;1.234\n4;999\n";
    let german = CsvOptions::new().delimiter(b';').decimal(',').grouping('.');
    let table = read(&german, file).unwrap();
    assert_eq!(numbers(&table, "price"), [Some(3.5), Some(4.0)]);
    assert_eq!(numbers(&table, "grams"), [Some(1234.0), Some(999.0)]);
    assert_eq!(
        damage(file),
        ", line 1: expected fields parted by ',' (if ';' parts them, read it with `CsvOptions::new().delimiter(b';').read(path)`, and \
         `.decimal(',')` before `.read` if numbers have a comma before their decimals), found `price;grams`"
    );
    // Nothing is half read.
    let semicolons = CsvOptions::new().delimiter(b';');
    assert_eq!(
        read(&semicolons, file).unwrap_err(),
        ", line 2, column `price`: expected numbers with `.` as decimal sign, found `3,5` (`.decimal(',')` makes it 3.5; \
         `CsvOptions::text` keeps the column as text)"
    );
    let message = read(&semicolons.decimal(','), file).unwrap_err();
    assert_eq!(
        message,
        ", line 2, column `grams`: expected numbers with `,` as decimal sign, found `1.234` (`.decimal('.')` makes it 1.234; \
         `.grouping('.')` makes it 1234; `CsvOptions::text` keeps the column as text)"
    );
    assert_eq!(
        damage("a;b\n1;2\n3;4\n"),
        damage("a;b\n1;2\n3;4\n").replace("price;grams", "a;b")
    );
    assert!(damage("a;b\n1;2\n3;4\n").contains("delimiter(b';')"));
    assert!(damage("a\tb\n1\t2\n").contains("delimiter(b'\\t')"));
    let message = read(&german.clone().decimal('.'), file).unwrap_err();
    assert!(
        message.starts_with("sign between groups of digits: expected another"),
        "{message}"
    );
    // English groups, in quotes.
    let english = "city,people\nUlm,\"126,949\"\nBonn,\"331,885\"\n";
    assert!(damage(english).contains("`.grouping(',')` makes it 126949"));
    let table = read(&CsvOptions::new().grouping(','), english).unwrap();
    assert_eq!(
        numbers(&table, "people"),
        [Some(126_949.0), Some(331_885.0)]
    );
    // Text with commas is text.
    let table = read(&semicolons_of(), "name;x\nA, B;1\n1,5 l;2\n").unwrap();
    assert_eq!(texts(&table, "name"), some(["A, B", "1,5 l"]));
}

#[test]
fn no_header() {
    let row = "5.1,3.5,1.4,0.2,Iris-setosa\n";
    let iris = row.repeat(150);
    let message = damage(&iris);
    assert!(
        message.starts_with(", line 1: expected names of columns (if the file has no header, read it with `CsvOptions::new().has_headers(false).read(path)`"),
        "{message}"
    );
    let options = CsvOptions::new().has_headers(false);
    let table = read(&options, &iris).unwrap();
    assert_eq!((table.rows(), table.names().last()), (150, Some("column5")));
    let names = ["sl", "sw", "pl", "pw", "species"];
    let table = read(&options.clone().names(&names), &iris).unwrap();
    assert_eq!(table.names().collect::<Vec<_>>(), names);
    assert!(
        read(&options.names(&["a"]), &iris)
            .unwrap_err()
            .contains("1 fields, one for each name, found 5")
    );
    // Numbers may be names if that is said, and years beside words are.
    assert!(damage("0,1,2\n1,2,3\n").contains("what looks like values: `0`, `1`, `2`"));
    let said = CsvOptions::new().has_headers(true);
    assert_eq!(read(&said, "0,1,2\n1,2,3\n").unwrap().rows(), 1);
    let years = "country,2019,2020\nFR,1,2\nDE,3,4\n";
    assert_eq!(read(&CsvOptions::new(), years).unwrap().rows(), 2);
    assert!(damage("Ulm,x\nBonn,y\nUlm,x\n").contains("what looks like values"));
    // Names in place of those of the header.
    let table = read(&CsvOptions::new().names(&["a", "b"]), "x,y\n1,2\n").unwrap();
    assert_eq!((table.rows(), table.names().next()), (1, Some("a")));
}

#[test]
fn trailing_comma() {
    for file in [
        "a,b,\n1,2,\n3,4,\n",
        "a,b\n1,2,\n3,4,\n",
        "a,b,\n1,2\n3,4\n",
        "a,b,,,\n1,2,,,\n3,4,,,\n",
    ] {
        let mut table = read(&CsvOptions::new(), file).unwrap();
        assert_eq!(table.names().collect::<Vec<_>>(), ["a", "b"], "{file}");
        assert_eq!((table.drop_incomplete(), table.rows()), (0, 2), "{file}");
    }
    let table = read(&CsvOptions::new(), "a,b,\n1,2,\n3,4,\n").unwrap();
    assert_eq!(
        table.report().to_string(),
        "column 3: left out, having neither a name nor values"
    );
    let options = CsvOptions::new().has_headers(false);
    assert_eq!(read(&options, "1,2,\n3,4,\n").unwrap().names().count(), 2);
    // A comma in one line alone is a field too many.
    assert_eq!(
        damage("a,b\n1,2\n3,4,\n"),
        ", line 3: expected 2 fields, as in the header, found 3"
    );
    assert_eq!(
        damage("a,b\n1,2,x\n3,4,y\n"),
        ", line 2: expected 2 fields, as in the header, found 3"
    );
    let table = read(&CsvOptions::new(), ",a\n0,5\n1,6\n").unwrap();
    assert_eq!(
        table.report().to_string(),
        "column 1: has no name and is called column1"
    );
}

#[test]
fn columns_of_which_some_values_are_numbers_are_reported() {
    let table = read(&CsvOptions::new(), "a,b\n1,x\n2,3\n1e400,y\n0x10,z\n").unwrap();
    assert_eq!(
        table.report().to_string(),
        "a: kept as text (2 of 4 values are numbers, but `0x10` in line 5 is hexadecimal)"
    );
    let message = read(&CsvOptions::new().numbers(&["a"]), "a\n1\n1e400\n").unwrap_err();
    assert_eq!(
        message,
        ", line 3, column `a`: expected a number within the range of 64 bits (up to 1.8e308), found `1e400`"
    );
    let table = read(&CsvOptions::new(), "a,b\n1,5%\n2,7%\n").unwrap();
    assert_eq!(texts(&table, "b"), some(["5%", "7%"]));
    assert!(damage("a,b\n1,1_000\n2,2_000\n").contains("`.grouping('_')` makes it 1000"));
}

#[test]
fn minus_zero_is_zero() {
    let mut table = read(&CsvOptions::new(), "a\n-0\n0\n1\n").unwrap();
    assert_eq!(table.one_hot("a").unwrap(), ["0", "1"]);
    let mut table = Table::new();
    table
        .push("a", Column::Numbers(vec![Some(-0.0), Some(0.0)]))
        .unwrap();
    assert_eq!(table.encode("a").unwrap(), ["0"]);
}
