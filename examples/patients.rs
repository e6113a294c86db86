//! A rare class and missing values: classes weigh what they should, and what was learnt from the table is saved with the weights for
//! rows to come.
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
    // Cut first, learn then: from the training rows alone.
    let (train, test) = patients(0, 1_500)?.stratified_split("state", 0.8, 1)?;
    let preprocessor = Preprocessing::new(&["age", "pressure", "smokes"])
        .fill("pressure", Fill::Median)
        .fill("smokes", Fill::MostFrequent)
        .one_hot("smokes")
        .normalize(Standardize::per_column())
        .classes("state")
        .fit(&train)?;
    println!("{preprocessor}\n");
    let train = preprocessor.classification(&train)?;
    let test = preprocessor.classification(&test)?;

    // Without weights a network that calls everybody well is right in five of six cases.
    let weights = train.targets().balanced_weights(2)?;
    println!("weights of the classes: {weights:.2?}");
    let mut network = Risk::new(1);
    Fit::new(
        SparseCategoricalCrossEntropy::new().class_weights(weights),
        Adam::new(0.01),
    )
    .epochs(40)
    .metric(Recall::of_class(0))
    .validation(&test)
    .run(&mut network, &train)?;
    let names = preprocessor.class_names().ok_or("classes are predicted")?;
    let found = predict_classes(&network, &test)?;
    let matrix = ConfusionMatrix::from_classes(2, &test.targets().0, &found)?.named(names);
    println!("{matrix}");
    assert!(matrix.hits(0).recall() > 0.8);
    std::fs::create_dir_all("out")?;
    let extras = Extras::new().with("preprocessor", &preprocessor)?;
    network.save_with("out/risk.safetensors", &extras)?;

    // Another day, another program: rows of a file, and one patient from a form.
    let (network, extras) = Risk::load_with("out/risk.safetensors")?;
    let preprocessor: Preprocessor = extras.get("preprocessor")?;
    let names = network.class_names(0).ok_or("the model knows them")?;
    let file = preprocessor
        .csv()
        .parse("smokes,age,pressure\nyes,77,175\nno,24,\n")?;
    let form = Table::from_row([("age", "61"), ("pressure", "140"), ("smokes", "no")])?;
    for table in [&file, &form] {
        for row in network.predict(&preprocessor.inputs(table)?)?.rows() {
            println!("{} {:.2}, {} {:.2}", names[0], row[0], names[1], row[1]);
        }
    }
    Ok(())
}
