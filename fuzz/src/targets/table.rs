//! Tables in CSV, plain and gzipped, through cleaning to a data set.

use crate::place::with_file;
use crate::target::choice;
use crate::{Target, alter, repair};
use shapeflow::data::table::{CsvOptions, Fill, Outliers, Remedy, Table};
use shapeflow::data::{DataError, Limits};

/// `CsvOptions::read`, and what is done with a table.
pub const TARGET: Target = Target::new("table", seeds, read)
    .altered(alter::packed)
    .repaired(repair::packed);

fn seeds() -> Vec<Vec<u8>> {
    let flats = "area,district,built,price\n55.5,north,1970-01-31,210000\n?,south,2001-12-24,99000\n\
        70,north,,1e5\n88,\"west, far\",1999-02-28,350000\n";
    let german = "preis;gramm;ort\n3,5;1.234;Köln\n4;999;\"Na\"\"me\"\n";
    let headerless = "5.1,3.5,1.4\n4.9,3.0,1.4\n4.7,3.2,1.3\n";
    let trailing = "\u{feff}a,b,\r\n1,2,\r\n3,NA,\r\n";
    let large = format!("{}\n", "a,".repeat(2000));
    let packed = repair::gzipped(flats.as_bytes());
    [flats, german, headerless, trailing, &large]
        .map(|text| text.as_bytes().to_vec())
        .into_iter()
        .chain([packed])
        .collect()
}

fn read(bytes: &[u8]) {
    with_file("table.csv", bytes, |path| {
        let options = match choice(bytes, 6) {
            0 => CsvOptions::new(),
            1 => CsvOptions::new().missing(&["-", "?"]),
            2 => CsvOptions::new().text(&["price"]).numbers(&["area"]),
            3 => CsvOptions::new().limits(Limits::new().file_bytes(1 << 12).memory_bytes(1 << 12)),
            4 => CsvOptions::new().delimiter(bytes.len() as u8),
            _ => CsvOptions::new().delimiter(b','),
        };
        // What the file is most likely to be written with, so that damage gets to the cells.
        let options = match delimiter(bytes) {
            Some(sign) if choice(bytes, 7) > 0 => options.delimiter(sign),
            _ => options,
        };
        if let Ok(table) = options.read(path) {
            let _ = used(table);
        }
    });
}

/// The sign that may stand between the cells of the first line, if one is there.
fn delimiter(bytes: &[u8]) -> Option<u8> {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    [b';', b'\t', b'|']
        .into_iter()
        .find(|sign| line.contains(sign))
}

/// What a user does with a table, by its own columns' names.
fn used(mut table: Table) -> Result<(), DataError> {
    table.drop_duplicates();
    let names: Vec<String> = table.names().take(20).map(str::to_owned).collect();
    for (number, name) in names.iter().enumerate() {
        let fill = match number % 3 {
            0 => Fill::MostFrequent,
            1 => Fill::Mean,
            _ => Fill::Median,
        };
        let _ = table.fill_missing(name, fill);
        let _ = table.outliers(name, Outliers::InterquartileRange(1.5), Remedy::Clip);
        let _ = table.outliers(name, Outliers::ZScore(3.0), Remedy::Drop);
    }
    table.drop_incomplete();
    if let Some(last) = names.last() {
        let _ = table.classification(&names[..names.len() - 1], last);
        let _ = table.regression(&names[..1], &[last]);
    }
    for name in names {
        let _ = table.one_hot(&name);
    }
    let _ = table.report().to_string();
    let _ = table.names_except(&[] as &[&str])?;
    Ok(())
}
