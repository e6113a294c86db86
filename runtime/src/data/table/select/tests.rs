//! What becomes of clean tables, and what is said of others.

use super::*;
use crate::data::normalize::{MinMax, Standardize};
use crate::data::table::Preprocessing;
use ndarray::array;

#[test]
fn seconds() {
    let mut table = Table::new();
    let t = (0..60)
        .map(|i| Some(f64::from(1_700_000_000 + i)))
        .collect();
    table.push("t", Column::Numbers(t)).unwrap();
    let y = (0..60).map(|i| Some(f64::from(i))).collect();
    table.push("y", Column::Numbers(y)).unwrap();
    let set = table.regression(&["t"], &["y"]).unwrap();
    // 32 bits hold one of each 128 seconds; training on them would learn nothing.
    let message = set.check_resolved().unwrap_err().to_string();
    assert!(
        message.starts_with("input 0, column `t`: expected numbers that 32 bits tell apart")
            && message.ends_with("found 1700000000 to 1700000059"),
        "{message}"
    );
    assert!(set.clone().map_input(0, |x| x - 1.7e9).is_err());
    assert!(table.matrix(&["t"]).is_err());
    assert!(table.regression(&["y"], &["t"]).is_err());
    for normalizer in [
        Standardize::per_column().fit(set.input(0)).unwrap(),
        Standardize::per_column()
            .fit(&table.input(&["t"]).unwrap())
            .unwrap(),
    ] {
        // NumPy: mean 1700000029.5, standard deviation 17.318102282486574.
        assert!((normalizer.offset()[0] - 1_700_000_029.5).abs() < 1e-6);
        assert!((normalizer.scale()[0] - 17.318_102_282_486_574).abs() < 1e-9);
        let (train, test) = set.split(0.5, 1).unwrap();
        for part in [&set, &train, &test] {
            let part = part.clone().normalize(0, &normalizer).unwrap();
            part.check_resolved().unwrap();
            for (t, y) in part.input(0).iter().zip(part.targets().array()) {
                let expected = (f64::from(*y) - 29.5) / 17.318_102_282_486_574;
                assert!((f64::from(*t) - expected).abs() < 1e-6, "{t} {expected}");
            }
        }
        let wide = table.wide_matrix(&["t"]).unwrap();
        let normalized = normalizer.transform(wide.clone()).unwrap();
        let back = normalizer.inverse_wide(normalized).unwrap();
        assert!(back.iter().zip(&wide).all(|(a, b)| (a - b).abs() < 1e-5));
        let json = serde_json::to_string(&normalizer).unwrap();
        assert_eq!(
            serde_json::from_str::<Normalizer>(&json).unwrap(),
            normalizer
        );
    }
}

#[test]
fn a_normaliser_is_applied_to_the_columns_it_was_fitted_on() {
    let mut table = table();
    let normalizer = MinMax::per_column()
        .fit(&table.input(&["x", "z"]).unwrap())
        .unwrap();
    assert_eq!(normalizer.names().unwrap(), ["x", "z"]);
    let turned = table.classification(&["z", "x"], "t").unwrap().0;
    assert_eq!(
        turned.normalize(0, &normalizer).unwrap_err().to_string(),
        "the columns to normalise: expected the columns of the fit, `x`, `z`, found `z`, `x`, the same in another order"
    );
    let right = table.classification(&["x", "z"], "t").unwrap().0;
    assert_eq!(right.feature_names(0).unwrap(), ["x", "z"]);
    let right = right.normalize(0, &normalizer).unwrap();
    assert_eq!(right.input(0), &array![[0.0, 1.0], [1.0, 0.0]].into_dyn());
    // In a table, by name, whatever the order.
    table.normalize(&normalizer).unwrap();
    assert_eq!(table.numbers("z").unwrap(), [Some(1.0), Some(0.0)]);
    assert_eq!(table.report().to_string(), "x, z: normalised (min-max)");
    table.remove("z").unwrap();
    assert!(
        table
            .normalize(&normalizer)
            .unwrap_err()
            .to_string()
            .starts_with("no column `z`")
    );
}

#[test]
fn class_shift() {
    let of = |species: &[&str]| {
        let mut table = Table::new();
        let numbers = (0..species.len()).map(|i| Some(i as f64)).collect();
        table.push("x", Column::Numbers(numbers)).unwrap();
        let species = species.iter().map(|&name| Some(name.to_owned())).collect();
        table.push("s", Column::Text(species)).unwrap();
        table
    };
    let (train, names) = of(&["a", "b", "c"]).classification(&["x"], "s").unwrap();
    assert_eq!(
        (train.targets().0.as_slice(), names.len()),
        (&[0, 1, 2][..], 3)
    );
    let test = of(&["c", "a"])
        .classification_as(&["x"], "s", &names)
        .unwrap();
    assert_eq!(test.targets().0, [2, 0]);
    for set in [&train, &test] {
        assert_eq!(set.class_names(0), Some(&names[..]));
    }
    // Numbered for itself it has names of its own, by which training tells it from the other.
    let (own, _) = of(&["c", "a"]).classification(&["x"], "s").unwrap();
    assert_eq!(own.class_names(0).unwrap(), ["a", "c"]);
    let message = of(&["d"])
        .classification_as(&["x"], "s", &names)
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "column `s`: expected one of `a`, `b`, `c`, found `d` in row 0"
    );
}

#[test]
fn a_table_without_rows_says_what_became_of_them() {
    let mut table = table();
    table.push("e", Column::Numbers(vec![None; 2])).unwrap();
    table.drop_incomplete();
    let message = table.regression(&["x"], &["z"]).unwrap_err().to_string();
    assert_eq!(
        message,
        "the table (last: all columns: dropped 2 rows with missing values): expected at least one example, found none"
    );
}

fn table() -> Table {
    let mut table = Table::new();
    table
        .push("x", Column::Numbers(vec![Some(1.0), Some(2.0)]))
        .unwrap();
    table
        .push("y", Column::Numbers(vec![Some(10.0), None]))
        .unwrap();
    table
        .push("z", Column::Numbers(vec![Some(7.0), Some(3.0)]))
        .unwrap();
    table
        .push(
            "t",
            Column::Text(vec![Some("b".to_owned()), Some("a".to_owned())]),
        )
        .unwrap();
    table
}

#[test]
fn features_and_targets_come_in_the_order_asked_for() {
    let set = table().regression(&["z", "x"], &["x", "z"].map(|name| name.to_owned())[..0]);
    assert_eq!(
        set.unwrap_err().to_string(),
        "targets: expected at least one column, found none"
    );
    let mut table = table();
    table.remove("y").unwrap();
    table.encode("t").unwrap();
    let set = table.regression(&["z", "x"], &["t"]).unwrap();
    assert_eq!(set.input(0), &array![[7.0, 1.0], [3.0, 2.0]].into_dyn());
    assert_eq!(set.targets().array(), array![[1.0], [0.0]]);
}

#[test]
fn classes_of_numbers_are_named_by_them() {
    let (set, names) = table().classification(&["x"], "z").unwrap();
    assert_eq!(names, ["3", "7"]);
    assert_eq!(set.targets().0, [1, 0]);
}

#[test]
fn what_is_not_clean_is_an_error() {
    let message = |result: Result<Array2<f32>, DataError>| result.unwrap_err().to_string();
    assert_eq!(
        message(table().matrix(&["x", "y"])),
        "column `y`: expected a number, found a missing value (drop or fill it first) in row 1"
    );
    assert_eq!(
        message(table().matrix(&["t"])),
        "column `t`: expected a number, found `b` in row 0"
    );
    let mut large = Table::new();
    large.push("x", Column::Numbers(vec![Some(1e39)])).unwrap();
    assert!(
        message(large.matrix(&["x"]))
            .starts_with("column `x`: expected a number that fits in 32 bits")
    );
    let both = table().regression(&["x"], &["x"]).unwrap_err().to_string();
    assert_eq!(
        both,
        "column `x`: expected a feature or a target, found both"
    );
}

#[test]
fn names_of_targets_go_with_the_rows_and_a_change_of_the_input_is_told() {
    let table = Table::parse_csv("a,b\n1,2\n3,4\n").unwrap();
    let set = table.regression(&["a"], &["b"]).unwrap();
    let part = set.subset(&[1]).unwrap();
    assert_eq!(part.target_names(0).unwrap(), ["b"]);
    assert_eq!(set.input(0).columns().unwrap().change(0), "");
    let doubled = set.map_input(0, |input| input * 2.0).unwrap();
    let columns = doubled.input(0).columns().unwrap();
    assert_eq!(columns.change(0), "changed by `map_input`");
    assert_eq!(doubled.target_names(0).unwrap(), ["b"]);
}

#[test]
fn measured_numbers_are_no_classes() {
    let mut table = Table::new();
    let column = |number: fn(u32) -> f64| {
        let numbers = (0..200).map(|i| Some(number(i)));
        Column::Numbers(numbers.collect())
    };
    for (name, number) in [
        ("x", (|i| f64::from(i)) as fn(u32) -> f64),
        ("price", |i| f64::from(i * 37 % 1009)),
        ("weight", |i| f64::from(i % 30) * 0.5),
        ("digit", |i| f64::from(i % 10)),
        ("stars", |i| f64::from(i % 10) * 0.5),
        ("hundred", |i| f64::from(i % 100)),
        ("code", |i| f64::from(i % 90) * 100.0),
    ] {
        table.push(name, column(number)).unwrap();
    }
    for (name, count) in [("price", 200), ("weight", 30)] {
        let message = table.classification(&["x"], name).unwrap_err().to_string();
        assert!(
            message.contains(&format!("{count} different numbers in 200 rows"))
                && message.contains("`regression`"),
            "{message}"
        );
        let prepared = Preprocessing::new(&["x"]).classes(name).fit(&table);
        assert_eq!(prepared.unwrap_err().to_string(), message);
    }
    for name in ["digit", "stars", "hundred", "code"] {
        table.classification(&["x"], name).unwrap();
    }
}
