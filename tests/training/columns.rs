//! Columns of a table keep their meaning: a model that was trained on some refuses others, also after it was saved.

use shapeflow::prelude::*;

model! {
    pub struct Price(features: [2]) -> [1] {
        features -> Dense(1)
    }
}
model! {
    pub struct Kind(features: [2]) -> [2] {
        features -> Dense(2) -> Softmax
    }
}

fn flats() -> Table {
    let mut table = Table::new();
    for (name, factor) in [("area", 10.0), ("rooms", 1.0), ("price", 100.0)] {
        let numbers = (0..8).map(|i| Some(f64::from(i * i % 5) * factor + factor));
        table
            .push(name, Column::Numbers(numbers.collect()))
            .unwrap();
    }
    let kinds = (0..8).map(|i| Some(["flat", "house"][i % 2].to_owned()));
    table.push("kind", Column::Text(kinds.collect())).unwrap();
    table
}

fn set(features: [&str; 2]) -> Dataset<Values> {
    flats().regression(&features, &["price"]).unwrap()
}

fn fit<'a>() -> Fit<'a, MeanSquaredError, Values> {
    Fit::new(MeanSquaredError, Sgd::new(1e-4)).quiet()
}

const TURNED: &str = "expected the columns of the training data, `area`, `rooms`; found `rooms`, `area`, the same in another order";

#[test]
fn columns_in_another_order_are_refused_in_training_measuring_and_predicting() {
    let (train, turned) = (set(["area", "rooms"]), set(["rooms", "area"]));
    let mut net = Price::new(1);
    let error = fit().validation(&turned).run(&mut net, &train).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("validation data, input `features`: {TURNED}")
    );
    assert_eq!(net.feature_names(0), None);
    fit().validation(&train).run(&mut net, &train).unwrap();
    assert_eq!(net.feature_names(0).unwrap(), ["area", "rooms"]);
    assert_eq!(net.target_names(0).unwrap(), ["price"]);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("price.safetensors");
    net.save(&path).unwrap();
    let bytes = Price::from_bytes(&std::fs::read(&path).unwrap()).unwrap().0;
    for net in [&net, &net.clone(), &Price::load(&path).unwrap(), &bytes] {
        let error = Evaluate::new(MeanSquaredError)
            .run(net, &turned)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("data, input `features`: {TURNED}")
        );
        let error = predict(net, &turned).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("data, input `features`: {TURNED}")
        );
        let error = net.predict(turned.input(0)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("input `features` of `Price`: {TURNED}")
        );
        // What has no names is taken by its shape.
        let array = turned.input(0).clone().into_array();
        net.predict(&array).unwrap();
        assert_eq!(
            predict(net, &train).unwrap()[0],
            net.predict(train.input(0)).unwrap().into_dyn()
        );
    }
}

#[test]
fn columns_of_other_names_are_refused() {
    let mut table = flats();
    table.rename("rooms", "baths").unwrap();
    let other = table.regression(&["area", "baths"], &["price"]).unwrap();
    let mut net = Price::new(1);
    fit().run(&mut net, &set(["area", "rooms"])).unwrap();
    let error = net.predict(other.input(0)).unwrap_err().to_string();
    assert!(
        error.ends_with("the training data, `area`, `rooms`; found `area`, `baths`"),
        "{error}"
    );
    let other = flats().regression(&["area", "rooms"], &["area"].map(|_| "kind"));
    assert!(other.is_err());
    table.rename("price", "rent").unwrap();
    table.rename("baths", "rooms").unwrap();
    let rents = table.regression(&["area", "rooms"], &["rent"]).unwrap();
    let error = Evaluate::new(MeanSquaredError)
        .run(&net, &rents)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "data, targets of output `output`: expected the columns of the training data, `price`; found `rent`"
    );
    // Predicting needs no targets, so theirs don't matter.
    predict(&net, &rents).unwrap();
}

#[test]
fn what_was_normalised_otherwise_is_refused() {
    let (raw, table) = (set(["area", "rooms"]), flats());
    let scaling = Standardize::per_column().fit(raw.input(0)).unwrap();
    let prices = Standardize::per_column()
        .fit(&raw.targets().array())
        .unwrap();
    let train = raw.clone().normalize(0, &scaling).unwrap();
    let train = train.normalize_targets(&prices).unwrap();
    assert_eq!(train.feature_names(0).unwrap(), ["area", "rooms"]);
    let mut net = Price::new(1);
    fit().run(&mut net, &train).unwrap();

    let error = net.predict(raw.input(0)).unwrap_err().to_string();
    let start = "input `features` of `Price`: expected column `area` as in the training data, normalised (standardize: less 28.75, over ";
    assert!(error.starts_with(start), "{error}");
    assert!(
        error.contains(
            "; found as it came (what is fitted on the training data is applied to all data)"
        ),
        "{error}"
    );
    let own = MinMax::per_column().fit(raw.input(0)).unwrap();
    let own = raw.clone().normalize(0, &own).unwrap();
    assert!(net.predict(own.input(0)).is_err());
    let twice = train.clone().normalize(0, &scaling).unwrap();
    assert!(net.predict(twice.input(0)).is_err());
    let changed = raw.clone().map_input(0, |input| input / 10.0).unwrap();
    assert!(net.predict(changed.input(0)).is_err());
    let half = raw.clone().normalize(0, &scaling).unwrap();
    let error = Evaluate::new(MeanSquaredError)
        .run(&net, &half)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("data, targets of output `output`: expected column `price`"),
        "{error}"
    );

    // The same normaliser is the same, read from JSON and applied to the table too.
    let json = serde_json::to_string(&scaling).unwrap();
    let scaling: Normalizer = serde_json::from_str(&json).unwrap();
    let mut table = table;
    table.normalize(&scaling).unwrap();
    net.predict(&table.input(&["area", "rooms"]).unwrap())
        .unwrap();
    table.normalize(&scaling).unwrap();
    assert!(
        net.predict(&table.input(&["area", "rooms"]).unwrap())
            .is_err()
    );
}

#[test]
fn class_numbers_of_other_names_are_refused_by_a_trained_model() {
    let (train, names) = flats().classification(&["area", "rooms"], "kind").unwrap();
    let mut net = Kind::new(1);
    let loss = SparseCategoricalCrossEntropy::new;
    Fit::new(loss(), Sgd::new(1e-4))
        .quiet()
        .run(&mut net, &train)
        .unwrap();
    assert_eq!(net.class_names(0).unwrap(), names);
    let turned: Vec<&String> = names.iter().rev().collect();
    let test = flats()
        .classification_as(&["area", "rooms"], "kind", &turned)
        .unwrap();
    let error = Evaluate::new(loss())
        .run(&net, &test)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("0 `flat`, 1 `house`; found 0 `house`, 1 `flat`"),
        "{error}"
    );
    // Training anew learns the names anew.
    Fit::new(loss(), Sgd::new(1e-4))
        .quiet()
        .run(&mut net, &test)
        .unwrap();
    assert_eq!(net.class_names(0).unwrap(), ["house", "flat"]);
}
