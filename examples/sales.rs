//! Predicts sales from dates and towns, some of which come for the first time later; all that was learnt is in one file.
//!
//! `cargo run --release --example sales`

use std::error::Error;

use shapeflow::prelude::*;

model! {
    /// Month, weekday, price, and the town as one of three or another.
    pub struct Sales(features: [7]) -> [1] {
        features -> [Dense(32) -> Relu; 2] -> Dense(1)
    }
}

const TOWNS: [&str; 4] = ["Bonn", "Kiel", "Ulm", "Jena"];

/// A number in 0..1 that depends on `i` alone.
fn noise(i: usize) -> f64 {
    f64::from((i as u32).wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24)
}

/// Sales of days in 2024 in the first few towns; every tenth price is missing.
fn sales(first: usize, rows: usize, towns: usize) -> Result<Table, DataError> {
    let (mut day, mut town, mut price, mut sold) = (vec![], vec![], vec![], vec![]);
    for i in first..first + rows {
        let (month, date) = (1 + i % 12, 1 + i % 28);
        let at = (i / 3) % towns;
        let euros = 1.0 + 4.0 * noise(i);
        day.push(Some(format!("2024-{month:02}-{date:02}")));
        town.push(Some(TOWNS[at].to_owned()));
        price.push((i % 10 != 0).then_some(euros));
        let season = 30.0 * (month as f64 - 6.5).abs();
        sold.push(Some(400.0 - season - 40.0 * euros + 25.0 * at as f64));
    }
    let mut table = Table::new();
    table.push("day", Column::Text(day))?;
    table.push("town", Column::Text(town))?;
    table.push("price", Column::Numbers(price))?;
    table.push("sold", Column::Numbers(sold))?;
    Ok(table)
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cut first, learn then: from the training rows alone.
    let (train, test) = sales(0, 600, 3)?.split(0.8, 1)?;
    let preprocessor = Preprocessing::new(&["day", "town", "price"])
        .dates("day", &[DatePart::Month, DatePart::Weekday])
        .fill("price", Fill::Median)
        .one_hot_or("town", "other")
        .normalize(Standardize::per_column())
        .targets(&["sold"])
        .normalize_targets(Standardize::per_column())
        .fit(&train)?;
    let train = preprocessor.regression(&train)?;
    let test = preprocessor.regression(&test)?;

    let mut network = Sales::new(1);
    let history = Fit::new(MeanSquaredError, Adam::new(0.003))
        .batch_size(16)
        .epochs(60)
        .metric(R2::new())
        .validation(&test)
        .run(&mut network, &train)?;
    let reached = history.last("val_r2")?;
    println!("R2 of the test rows: {reached:.3}");
    assert!(reached > 0.8);
    std::fs::create_dir_all("out")?;
    let extras = Extras::new().with("preprocessor", &preprocessor)?;
    network.save_with("out/sales.safetensors", &extras)?;

    // Another day, another program: new rows, among them a town that wasn't there.
    let (network, extras) = Sales::load_with("out/sales.safetensors")?;
    let preprocessor: Preprocessor = extras.get("preprocessor")?;
    let rows = sales(601, 12, 4)?;
    let predicted = preprocessor.original(network.predict(&preprocessor.inputs(&rows)?)?)?;
    println!("sold  predicted");
    for (truth, predicted) in rows.matrix(&["sold"])?.iter().zip(&predicted) {
        println!("{truth:>4.0} {predicted:>10.0}");
    }
    Ok(())
}
