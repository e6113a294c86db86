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

/// All that turns a table into what the network takes; serde writes it as a tuple.
type Prepared = (Filling, Categories, Normalizer, Normalizer);

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
    table.date_parts("day", &[DatePart::Month, DatePart::Weekday])?;
    Ok(table)
}

fn main() -> Result<(), Box<dyn Error>> {
    // Cut first, learn then: from the training rows alone.
    let (mut train, mut test) = sales(0, 600, 3)?.split(0.8, 1)?;
    let filling = Fill::Median.fit(&train, "price")?;
    let towns = Categories::fit(&train, "town")?.with_other("other")?;
    for table in [&mut train, &mut test] {
        filling.apply(table)?;
        towns.one_hot(table)?;
    }
    let features = train.names_except(&["sold"])?;
    let train = train.regression(&features, &["sold"])?;
    let test = test.regression(&features, &["sold"])?;
    let scaling = Standardize::per_column().fit(train.input(0))?;
    let sold = Standardize::per_column().fit(&train.targets().array())?;
    let train = train.normalize(0, &scaling)?.normalize_targets(&sold)?;
    let test = test.normalize(0, &scaling)?.normalize_targets(&sold)?;

    let mut network = Sales::new(1);
    let history = Fit::new(MeanSquaredError, Adam::new(0.003))
        .batch_size(16)
        .epochs(60)
        .metric(R2::new())
        .validation(&test)
        .run(&mut network, &train)?;
    let reached = history.last("val_r2").ok_or("R2 was measured")?;
    println!("R2 of the test rows: {reached:.3}");
    assert!(reached > 0.8);

    std::fs::create_dir_all("out")?;
    let prepared: Prepared = (filling, towns, scaling, sold);
    let extras = Extras::new().with("prepared", &prepared)?;
    network.save_with("out/sales.safetensors", &extras)?;

    // Another day, another program: new rows, among them a town that wasn't there.
    let (network, extras) = Sales::load_with("out/sales.safetensors")?;
    let (filling, towns, scaling, sold): Prepared = extras.get("prepared")?;
    let mut rows = sales(601, 12, 4)?;
    filling.apply(&mut rows)?;
    towns.one_hot(&mut rows)?;
    let rows = rows.regression(&rows.names_except(&["sold"])?, &["sold"])?;
    let truth = rows.targets().clone();
    let predicted = predict(&network, &rows.normalize(0, &scaling)?)?.remove(0);
    let predicted = sold.inverse(predicted)?;
    println!("sold  predicted");
    for (truth, predicted) in truth.array().iter().zip(&predicted) {
        println!("{truth:>4.0} {predicted:>10.0}");
    }
    Ok(())
}
