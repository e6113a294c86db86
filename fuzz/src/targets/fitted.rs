//! What was learnt from a table, in JSON.

use crate::place::{with_file, written};
use crate::{Target, json, repair};
use shapeflow::data::table::{
    Categories, Column, Fill, Filling, OutlierLimits, Outliers, Remedy, Table, load_fitted,
    save_fitted,
};

/// [`load_fitted`], and another table prepared by it.
pub const TARGET: Target = Target::new("fitted", seeds, read)
    .altered(json::altered)
    .repaired(repair::packed);

/// Fitted objects of every kind.
pub type Fitted = (Filling, Filling, OutlierLimits, Categories);

fn table() -> Table {
    let mut table = Table::new();
    let ages = [1.0, 2.0, 3.0, 90.0].map(Some).into_iter().chain([None]);
    let towns = ["Ulm", "Bonn", "Ulm", "Köln"].map(|town| Some(town.to_owned()));
    let towns = towns.into_iter().chain([None]);
    table
        .push("age", Column::Numbers(ages.collect()))
        .and_then(|()| table.push("town", Column::Text(towns.collect())))
        .expect("columns of one length");
    table
}

/// What the table teaches.
pub fn sample() -> Fitted {
    let mut table = table();
    let mut fit = || {
        let towns = Fill::MostFrequent.fit(&table, "town")?;
        towns.apply(&mut table)?;
        Ok::<_, shapeflow::data::DataError>((
            Fill::Median.fit(&table, "age")?,
            towns,
            Outliers::InterquartileRange(1.5).fit(&table, "age")?,
            Categories::fit(&table, "town")?.with_other("other")?,
        ))
    };
    fit().expect("a table to learn from")
}

fn seeds() -> Vec<Vec<u8>> {
    let (ages, towns, limits, names) = sample();
    vec![
        written("fitted", |path| {
            save_fitted(path, &sample()).expect("a file")
        }),
        written("fitted", |path| {
            save_fitted(path, &(ages, towns)).expect("a file")
        }),
        written("fitted", |path| {
            save_fitted(path, &(limits, names)).expect("a file")
        }),
    ]
}

/// Prepares a table.
pub fn apply((ages, towns, limits, names): &Fitted) {
    let mut table = table();
    let _ = limits.apply(&mut table, Remedy::Clip);
    let _ = ages.apply(&mut table);
    let _ = towns.apply(&mut table);
    let _ = (names.classes(&table), names.names().len(), limits.range());
    let _ = names.encode(&mut table.clone());
    let _ = names.one_hot(&mut table);
    let _ = limits.apply(&mut table, Remedy::Drop);
}

fn read(bytes: &[u8]) {
    with_file("fitted", bytes, |path| {
        if let Ok(fitted) = load_fitted::<Fitted>(path) {
            apply(&fitted);
        }
        if let Ok((ages, _)) = load_fitted::<(Filling, Filling)>(path) {
            let _ = ages.apply(&mut table());
        }
        if let Ok((limits, names)) = load_fitted::<(OutlierLimits, Categories)>(path) {
            let _ = limits.apply(&mut table(), Remedy::Drop);
            let _ = names.one_hot(&mut table());
        }
    });
}
