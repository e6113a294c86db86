//! Rows to come are prepared as the training rows were, or refused.

use super::super::{Column, DatePart, Field, Fill, Outliers, Preprocessing, Table};
use super::*;
use crate::data::normalize::{MinMax, Standardize};
use ndarray::array;

const TRAIN: &str = "day,town,size,price,sold\n2024-01-01,Ulm,S,1,10\n2024-02-29,Bonn,L,,20\n2024-03-03,Ulm,M,3,30\n2024-12-31,Kiel,S,100,60\n";

fn plan() -> Preprocessing {
    Preprocessing::new(&["day", "price", "size", "town"])
        .dates("day", &[DatePart::Month, DatePart::Weekday])
        .fill("price", Fill::Median)
        .clip("price", Outliers::InterquartileRange(1.5))
        .ordinal("size", &["S", "M", "L"])
        .one_hot_or("town", "other")
        .targets(&["sold"])
        .normalize_targets(MinMax::per_column())
}

fn fitted() -> Preprocessor {
    plan().fit(&Table::parse_csv(TRAIN).unwrap()).unwrap()
}

#[test]
fn every_step_is_learnt_from_the_training_rows_and_applied_to_others() {
    let prepared = fitted();
    let names = [
        "day.month",
        "day.weekday",
        "price",
        "size",
        "town=Bonn",
        "town=Kiel",
        "town=Ulm",
        "town=other",
    ];
    assert_eq!(prepared.features(), names);
    let train = prepared
        .regression(&Table::parse_csv(TRAIN).unwrap())
        .unwrap();
    assert_eq!(train.feature_names(0).unwrap(), names);
    // Median of 1, 3, 100 is 3; of 1, 3, 3, 100 the quartiles are 2.5 and 27.25, so the limit is 27.25 + 1.5 * 24.75 = 64.375.
    let expected = array![
        [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        [2.0, 3.0, 3.0, 2.0, 1.0, 0.0, 0.0, 0.0],
        [3.0, 6.0, 3.0, 1.0, 0.0, 0.0, 1.0, 0.0],
        [12.0, 1.0, 64.375, 0.0, 0.0, 1.0, 0.0, 0.0]
    ];
    assert_eq!(train.input(0), &expected.into_dyn());
    assert_eq!(train.targets().array(), array![[0.0], [0.2], [0.4], [1.0]]);
    assert_eq!(train.target_names(0).unwrap(), ["sold"]);
    assert_eq!(
        prepared.original(array![[0.5], [2.0]]).unwrap(),
        array![[35.0], [110.0]]
    );

    let json = serde_json::to_string(&prepared).unwrap();
    let prepared: Preprocessor = serde_json::from_str(&json).unwrap();
    assert_eq!(prepared, fitted());
    // One row without targets, its columns in another order, from text, a map or values.
    let expected = array![[7.0, 3.0, 3.0, 1.0, 0.0, 0.0, 0.0, 1.0]].into_dyn();
    let csv = prepared
        .csv()
        .parse("size,town,price,day,clerk\nM,Paris,NA,2024-07-04,x\n")
        .unwrap();
    let text = [
        ("size", "M"),
        ("town", "Paris"),
        ("price", ""),
        ("day", "2024-07-04"),
    ];
    let map = std::collections::HashMap::from(text);
    let fields = [
        ("size", Field::from("M")),
        ("town", "Paris".into()),
        ("price", Field::Missing),
        ("day", "2024-07-04".into()),
    ];
    let tables = [
        csv,
        Table::from_row(text).unwrap(),
        Table::from_row(map).unwrap(),
        Table::from_row(fields).unwrap(),
    ];
    for table in &tables {
        let input = prepared.inputs(table).unwrap();
        assert_eq!(input, expected);
        assert_eq!(input.names().unwrap(), names);
        assert_eq!(input.columns(), train.input(0).columns());
    }
    assert_eq!(
        prepared.to_string(),
        "day: numbers of dates\nprice: missing values become the median, 3\nprice: clipped to -34.625000 to 64.375000\nsize: the number in S, M, L\n\
         town: a column for each of Bonn, Kiel, Ulm, other\nfeatures: day.month, day.weekday, price, size, town=Bonn, town=Kiel, town=Ulm, \
         town=other\ntargets: sold"
    );
}

fn refused(text: &str) -> String {
    let prepared = fitted();
    let table = prepared.csv().parse(text);
    let result = table.and_then(|table| prepared.inputs(&table));
    result.unwrap_err().to_string()
}

#[test]
fn rows_that_are_not_as_in_training_are_errors_that_say_where() {
    for (text, message) in [
        (
            "day,town,size\n2024-01-01,Ulm,S\n",
            "no column `price`; the table has `day`, `town`, `size`",
        ),
        (
            "day,town,size,price\n2024-01-01,Ulm,XL,1\n",
            "text, line 2, column `size`: expected one of `S`, `M`, `L`, found `XL`",
        ),
        (
            "day,town,size,price\n2024-01-01,Ulm,s,1\n",
            "text, line 2, column `size`: expected one of `S`, `M`, `L`, found `s`",
        ),
        (
            "day,town,size,price\n2024-01-01,,S,1\n",
            "text, line 2, column `town`: expected a category, found a missing value (drop or fill it first)",
        ),
        (
            "day,town,size,price\n,Ulm,S,1\n",
            "text, line 2, column `day.month`: expected a number, found a missing value (drop or fill it first)",
        ),
        (
            "day,town,size,price\n2024-01-01,Ulm,S,1\n1/2/2024,Ulm,S,1\n",
            "text, line 3, column `day`: expected a date such as",
        ),
    ] {
        let found = refused(text);
        assert!(found.starts_with(message), "{found}");
    }
    let found = refused("day,town,size,price\n2024-01-01,Ulm,S,cheap\n");
    assert_eq!(
        found,
        "text, line 2, column `price`: expected a number, found `cheap`"
    );
    let row = |price: &str| {
        Table::from_row([
            ("day", "2024-01-01"),
            ("town", "Ulm"),
            ("size", "S"),
            ("price", price),
        ])
        .unwrap()
    };
    let found = fitted().inputs(&row("1,5")).unwrap_err().to_string();
    assert_eq!(
        found,
        "column `price`: expected a number (`.decimal(',')` makes it 1.5), found `1,5` in row 0"
    );
    assert_eq!(fitted().inputs(&row("1.5")).unwrap()[[0, 2]], 1.5);
    let mut number = row("1");
    number.remove("town").unwrap();
    number
        .push("town", Column::Numbers(vec![Some(89_073.0)]))
        .unwrap();
    let found = fitted().inputs(&number).unwrap_err().to_string();
    assert!(
        found.starts_with("column `town`: expected text, as in training"),
        "{found}"
    );
}

#[test]
fn a_file_is_read_as_the_training_file_was() {
    let options = CsvOptions::new()
        .delimiter(b';')
        .decimal(',')
        .missing(&["", "-99"])
        .units(&["€"]);
    let train = options
        .parse("zip;level;price\n01067;3,5;4 €\n80331;-99;6 €\n")
        .unwrap();
    let prepared = Preprocessing::new(&["zip", "level", "price"])
        .one_hot("zip")
        .fill("level", Fill::Mean)
        .fit(&train)
        .unwrap();
    let json = serde_json::to_string(&prepared).unwrap();
    let prepared: Preprocessor = serde_json::from_str(&json).unwrap();
    let rows = prepared
        .csv()
        .parse("price;zip;level\n5,5 €;80331;-99\n")
        .unwrap();
    assert_eq!(
        prepared.inputs(&rows).unwrap(),
        array![[0.0, 1.0, 3.5, 5.5]].into_dyn()
    );
    let form = Table::from_row([("zip", "01067"), ("level", "-99"), ("price", "€ 2,5")]).unwrap();
    assert_eq!(
        prepared.inputs(&form).unwrap(),
        array![[1.0, 0.0, 3.5, 2.5]].into_dyn()
    );
}

#[test]
fn what_cannot_be_learnt_or_used_is_an_error_of_the_fit() {
    let table = Table::parse_csv("a,b,t,e,y,k\n1,5,x,,1,p\n2,5,y,,2,q\n").unwrap();
    let fit = |plan: Preprocessing| {
        plan.fit(&table)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    for (plan, message) in [
        (
            Preprocessing::new(&["a", "t"]),
            "column `t`: expected numbers after all steps (`one_hot`",
        ),
        (
            Preprocessing::new(&["a", "e"]),
            "text, line 2, column `e`: expected a number, found a missing value",
        ),
        // A column without a value in the training rows has nothing to be filled with.
        (
            Preprocessing::new(&["e"]).fill("e", Fill::Median),
            "column `e`: expected at least one value to compute the filling from, found none",
        ),
        (
            Preprocessing::new(&["a"]).one_hot("t"),
            "no column `t`; the table has `a`",
        ),
        (
            Preprocessing::new(&["a", "a"]),
            "column `a`: expected a name that is not taken",
        ),
        (
            Preprocessing::new(&["a", "y"]).targets(&["y"]),
            "column `y`: expected a feature or a target, found both",
        ),
        (
            Preprocessing::new(&["k"]).one_hot("k").classes("k"),
            "column `k`: expected a feature or a target, found both",
        ),
        (
            Preprocessing::new(&["a"])
                .classes("k")
                .normalize_targets(MinMax::per_column()),
            "normalising of targets: expected numbers to predict",
        ),
        (
            Preprocessing::new(&["t"]).ordinal("t", &["x", "y", "x"]),
            "categories of `t`: expected each once",
        ),
    ] {
        let found = fit(plan).unwrap_err();
        assert!(found.starts_with(message), "{found}");
    }
    let prepared = Preprocessing::new(&["a", "b"])
        .normalize(Standardize::per_column())
        .classes("k")
        .fit(&table)
        .unwrap();
    assert_eq!(prepared.constant_features(), ["b"]);
    let rounded = Table::parse_csv("a,b\n0.3,1\n0.30000000000000004,2\n").unwrap();
    let rounded = Preprocessing::new(&["a", "b"]).fit(&rounded).unwrap();
    assert_eq!(
        rounded.constant_features(),
        ["a"],
        "what the normalizers take for one number"
    );
    assert_eq!(prepared.class_names().unwrap(), ["p", "q"]);
    let set = prepared.classification(&table).unwrap();
    assert_eq!(set.input(0), &array![[-1.0, 0.0], [1.0, 0.0]].into_dyn());
    assert_eq!(
        (set.class_names(0).unwrap(), set.target_names(0).unwrap()),
        (&["p", "q"].map(str::to_owned)[..], &["k".to_owned()][..])
    );
    assert!(
        prepared
            .regression(&table)
            .unwrap_err()
            .to_string()
            .ends_with("found the classes of `k`")
    );
    let other = Table::parse_csv("a,b,k\n1,5,r\n").unwrap();
    assert_eq!(
        prepared.classification(&other).unwrap_err().to_string(),
        "text, line 2, column `k`: expected one of `p`, `q`, found `r`"
    );
}

#[test]
fn rare_categories_count_with_the_others() {
    let table = Table::parse_csv("t\na\na\nb\nc\nb\n").unwrap();
    let prepared = Preprocessing::new(&["t"])
        .one_hot_of_common("t", "rare", 2)
        .fit(&table)
        .unwrap();
    assert_eq!(prepared.features(), ["t=a", "t=b", "t=rare"]);
    let sums = prepared.inputs(&table).unwrap().sum_axis(ndarray::Axis(0));
    assert_eq!(sums, array![2.0, 2.0, 1.0].into_dyn());
}

#[test]
fn rows_to_come_are_read_without_guesses_about_their_header() {
    let options = CsvOptions::new().missing_in("sold", &["-"]);
    let train = options.parse("town,sold\nUlm,10\nBonn,20\n").unwrap();
    let plan = Preprocessing::new(&["town"])
        .one_hot_or("town", "other")
        .targets(&["sold"]);
    let prepared = plan.fit(&train).unwrap();
    // There is no column of targets any more, and a town may be called `town`.
    let rows = prepared.csv().parse("town\ntown\nUlm\n").unwrap();
    assert_eq!(rows.rows(), 2);
    let expected = array![[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]].into_dyn();
    assert_eq!(prepared.inputs(&rows).unwrap(), expected);
}
