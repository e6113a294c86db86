//! What was fitted is applied to other tables, and comes back from files.

use super::super::{Column, Fill, Outliers, Remedy, Table};
use super::*;

fn table(ages: &[Option<f64>], towns: &[&str]) -> Table {
    let mut table = Table::new();
    table.push("age", Column::Numbers(ages.to_vec())).unwrap();
    let towns = towns.iter().map(|&town| Some(town.to_owned())).collect();
    table.push("town", Column::Text(towns)).unwrap();
    table
}

#[test]
fn fill_leaks() {
    let train = table(
        &[Some(1.0), None, Some(3.0), Some(2.0)],
        &["a", "b", "a", "c"],
    );
    let test = table(
        &[Some(100.0), None, Some(-7.0), Some(300.0)],
        &["a", "z", "b", "a"],
    );
    let fitted = (
        Fill::Mean.fit(&train, "age").unwrap(),
        Outliers::InterquartileRange(1.5)
            .fit(&train, "age")
            .unwrap(),
        Categories::fit(&train, "town")
            .unwrap()
            .with_other("other")
            .unwrap(),
    );
    // What the training table says, not the test table: mean 2, quartiles 1.5 and 2.5.
    assert_eq!(fitted.1.range(), (0.0, 4.0));
    let json = serde_json::to_string(&fitted).unwrap();
    let (mean, limits, towns): (Filling, OutlierLimits, Categories) =
        serde_json::from_str(&json).unwrap();
    assert_eq!((&mean, &limits, &towns), (&fitted.0, &fitted.1, &fitted.2));
    let mut clipped = test.clone();
    assert_eq!(mean.apply(&mut clipped).unwrap(), 1);
    assert_eq!(limits.apply(&mut clipped, Remedy::Clip).unwrap(), 3);
    assert_eq!(
        clipped.column("age").unwrap(),
        &Column::Numbers([4.0, 2.0, 0.0, 4.0].map(Some).to_vec())
    );
    towns.one_hot(&mut clipped).unwrap();
    assert_eq!(
        clipped.names().collect::<Vec<_>>(),
        ["age", "town=a", "town=b", "town=c", "town=other"]
    );
    assert_eq!(
        clipped.column("town=other").unwrap(),
        &Column::Numbers([0.0, 1.0, 0.0, 0.0].map(Some).to_vec())
    );
    assert_eq!(towns.classes(&test).unwrap().0, [0, 3, 1, 0]);
    let mut dropped = test.clone();
    assert_eq!(limits.apply(&mut dropped, Remedy::Drop).unwrap(), 3);
    // Without a category for others, one that is unknown is refused.
    let strict = Categories::fit(&train, "town").unwrap();
    assert_eq!(
        strict.one_hot(&mut test.clone()).unwrap_err().to_string(),
        "column `town`: expected one of `a`, `b`, `c`, found `z` in row 1"
    );
    assert!(strict.with_other("a").is_err());
    let often = towns.at_least(&train, 2).unwrap();
    assert_eq!(often.names(), ["a", "other"]);
    assert_eq!(often.classes(&train).unwrap().0, [0, 1, 0, 1]);
}

#[test]
fn damaged_objects_are_errors() {
    for json in [
        r#"{"column":"a","names":["x","x"],"other":false}"#,
        r#"{"column":"a","names":[],"other":false}"#,
        r#"{"column":"a","names":["x"]}"#,
    ] {
        assert!(serde_json::from_str::<Categories>(json).is_err(), "{json}");
    }
    let limits: OutlierLimits =
        serde_json::from_str(r#"{"column":"age","low":5.0,"high":1.0}"#).unwrap();
    let mut table = table(&[Some(1.0)], &["a"]);
    assert!(limits.apply(&mut table, Remedy::Clip).is_err());
    assert!(limits.apply(&mut table, Remedy::Drop).is_err());
}
