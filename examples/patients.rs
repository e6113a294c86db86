//! A rare class and missing values: classes weigh what they should, and the table's fillings are saved for rows to come.
//!
//! `cargo run --release --example patients`

use std::error::Error;

use shapeflow::prelude::*;

model! {
    /// Age, pressure, and smokes: no or yes.
    pub struct Risk(features: [4]) -> [2] {
        features -> Dense(16) -> Relu -> Dense(2) -> Softmax
    }
}

/// A number in 0..1 that depends on `i` alone.
fn noise(i: usize) -> f64 {
    f64::from((i as u32).wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24)
}

/// About one in six is ill; every seventh pressure and every eleventh answer about smoking is missing.
fn patients(first: usize, rows: usize) -> Result<Table, DataError> {
    let (mut age, mut pressure, mut smokes, mut state) = (vec![], vec![], vec![], vec![]);
    for i in first..first + rows {
        let (years, over, smoker) = (20.0 + 60.0 * noise(i), noise(i * i + 7), i % 3 == 0);
        let risk = years / 80.0 + over + if smoker { 0.5 } else { 0.0 };
        let text = |text: &str| Some(text.to_owned());
        age.push(Some(years.round()));
        pressure.push((i % 7 != 0).then_some(100.0 + 80.0 * over));
        smokes.push(if i % 11 == 0 {
            None
        } else {
            text(if smoker { "yes" } else { "no" })
        });
        state.push(text(if risk > 1.75 { "ill" } else { "well" }));
    }
    let mut table = Table::new();
    table.push("age", Column::Numbers(age))?;
    table.push("pressure", Column::Numbers(pressure))?;
    table.push("smokes", Column::Text(smokes))?;
    table.push("state", Column::Text(state))?;
    Ok(table)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut train, mut test) = patients(0, 1_500)?.stratified_split("state", 0.8, 1)?;
    let fillings = [
        Fill::Median.fit(&train, "pressure")?,
        Fill::MostFrequent.fit(&train, "smokes")?,
    ];
    for table in [&mut train, &mut test] {
        for filling in &fillings {
            let values = filling.apply(table)?;
            println!("{values} missing values of `{}` filled", filling.column());
        }
    }
    let smokes = Categories::fit(&train, "smokes")?;
    smokes.one_hot(&mut train)?;
    smokes.one_hot(&mut test)?;
    let features = train.names_except(&["state"])?;
    let (train, names) = train.classification(&features, "state")?;
    let test = test.classification_as(&features, "state", &names)?;
    let scaling = Standardize::per_column().fit(train.input(0))?;
    let (train, test) = (train.normalize(0, &scaling)?, test.normalize(0, &scaling)?);

    // Without weights a network that calls everybody well is right in five of six cases.
    let weights = train.targets().balanced_weights(names.len())?;
    println!("weights of {names:?}: {weights:.2?}");
    let mut network = Risk::new(1);
    Fit::new(
        SparseCategoricalCrossEntropy::new().class_weights(weights),
        Adam::new(0.01),
    )
    .epochs(40)
    .metric(Recall::of_class(0))
    .validation(&test)
    .run(&mut network, &train)?;
    let found = predict_classes(&network, &test)?;
    let matrix = ConfusionMatrix::from_classes(2, &test.targets().0, &found)?.named(&names);
    println!("{matrix}");
    assert!(matrix.hits(0).recall() > 0.8);

    // Weights and what was learnt from the table, each in a file (`sales` puts all into one).
    std::fs::create_dir_all("out")?;
    network.save("out/risk.safetensors")?;
    save_fitted("out/risk.json", &(fillings, smokes, scaling, names))?;

    let network = Risk::load("out/risk.safetensors")?;
    let (fillings, smokes, scaling, names): ([Filling; 2], Categories, Normalizer, Vec<String>) =
        load_fitted("out/risk.json")?;
    let mut rows = patients(5_000, 8)?;
    for filling in &fillings {
        filling.apply(&mut rows)?;
    }
    smokes.one_hot(&mut rows)?;
    let rows = rows.classification_as(&rows.names_except(&["state"])?, "state", &names)?;
    for class in predict_classes(&network, &rows.normalize(0, &scaling)?)? {
        println!("{}", names[class as usize]);
    }
    Ok(())
}
