//! All that was learnt from a table at once, in JSON.

use crate::place::{with_file, written};
use crate::{Target, json, repair};
use shapeflow::data::normalize::Standardize;
use shapeflow::data::table::{
    DatePart, Fill, Outliers, Preprocessing, Preprocessor, Table, load_fitted, save_fitted,
};

/// [`load_fitted`] of a [`Preprocessor`], and tables prepared by it.
pub const TARGET: Target = Target::new("preprocessor", seeds, read)
    .altered(json::altered)
    .repaired(repair::packed);

const SOLD: &str = "area,town,size,sold,price,kind\n50,Ulm,S,2024-03-01,200,flat\n,Bonn,M,2024-03-02,310,flat\n\
                    80,Ulm,L,2024-05-07,320,house\n110,Bonn,S,2025-01-31,460,house\n";

fn table() -> Table {
    Table::parse_csv(SOLD).expect("a table")
}

/// With a step of every kind; for numbers to predict, or for classes.
fn sample(classes: bool) -> Preprocessor {
    let steps = Preprocessing::new(&["area", "town", "size", "sold"])
        .dates("sold", &[DatePart::Year, DatePart::Month])
        .fill("area", Fill::Median)
        .clip("area", Outliers::InterquartileRange(1.5))
        .one_hot_or("town", "other")
        .ordinal("size", &["S", "M", "L"])
        .normalize(Standardize::per_column());
    let steps = match classes {
        true => steps.classes("kind"),
        false => steps
            .targets(&["price"])
            .normalize_targets(Standardize::per_column()),
    };
    steps.fit(&table()).expect("a table to learn from")
}

fn seeds() -> Vec<Vec<u8>> {
    let seed = |classes| {
        written("preprocessor", |path| {
            save_fitted(path, &sample(classes)).expect("a file")
        })
    };
    vec![seed(false), seed(true)]
}

/// Prepares a table, and reads predictions back.
pub fn apply(preprocessor: &Preprocessor) {
    let table = table();
    let _ = preprocessor.inputs(&table);
    let _ = preprocessor.classification(&table);
    if let Ok(set) = preprocessor.regression(&table) {
        let _ = preprocessor.original(set.targets().array().to_owned());
    }
    if let Ok(again) = preprocessor.csv().parse(SOLD) {
        let _ = preprocessor.inputs(&again);
    }
    let _ = (preprocessor.features(), preprocessor.class_names());
    let _ = preprocessor.to_string();
}

fn read(bytes: &[u8]) {
    with_file("preprocessor", bytes, |path| {
        if let Ok(preprocessor) = load_fitted::<Preprocessor>(path) {
            apply(&preprocessor);
        }
    });
}
