//! Values of a program read as the training file's were.

use super::super::{Column, Table};
use super::CsvOptions;
use super::raw::{How, Kind, RawColumn, Wrong};
use crate::data::DataError;

impl Table {
    /// Makes a column what it was in training: numbers, or text. Text is read as the fields of the training file were; without such a
    /// file text stays as it is.
    pub(in crate::data::table) fn read_again(
        &mut self,
        name: &str,
        numbers: bool,
        file: Option<&CsvOptions>,
    ) -> Result<(), DataError> {
        let texts = match self.column(name)? {
            Column::Numbers(there) if numbers || there.iter().all(Option::is_none) => {
                let rows = there.len();
                if !numbers {
                    *self.column_mut(name)? = Column::Text(vec![None; rows]);
                }
                return Ok(());
            }
            Column::Numbers(_) => {
                return Err(DataError::column(
                    name,
                    "text, as in training (`Preprocessor::csv` reads a file so)",
                    "numbers",
                ));
            }
            Column::Text(texts) if numbers || file.is_some() => texts,
            Column::Text(_) => return Ok(()),
        };
        let fields: Vec<&String> = texts.iter().flatten().collect();
        let mut raw = RawColumn::default();
        fields.iter().for_each(|field| raw.push(field));
        let plain = CsvOptions::new();
        let options = file.unwrap_or(&plain);
        let how = How {
            kind: if numbers { Kind::Numbers } else { Kind::Text },
            markers: &options.markers(name),
            signs: options.signs,
            units: &options.units,
        };
        let read = raw.typed(name, &how, &[]).map(|(column, _)| column);
        let read = read.map_err(
            |Wrong {
                 row,
                 expected,
                 found,
             }| {
                let rows = texts.iter().enumerate().filter(|(_, text)| text.is_some());
                let at = rows.map(|(at, _)| at).nth(row).unwrap_or_default();
                self.wrong(at, name, &expected, found)
            },
        )?;
        let mut there = texts
            .iter()
            .map(Option::is_some)
            .collect::<Vec<_>>()
            .into_iter();
        *self.column_mut(name)? = match read {
            Column::Numbers(numbers) => Column::Numbers(spread(numbers, &mut there)),
            Column::Text(texts) => Column::Text(spread(texts, &mut there)),
        };
        Ok(())
    }
}

/// Values in the places that have one.
fn spread<T>(values: Vec<Option<T>>, there: &mut dyn Iterator<Item = bool>) -> Vec<Option<T>> {
    let mut values = values.into_iter();
    there
        .map(|there| if there { values.next().flatten() } else { None })
        .collect()
}
