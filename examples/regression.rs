//! A table to a price: CSV with a header, cleaning, normalising, regression.
//!
//! `cargo run --release --example regression` works on a small table of made-up flats in the repository.

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
use shapeflow::prelude::*;

model! {
    /// Area, rooms, age, distance to the centre and three districts; out comes the price.
    pub struct Price(features: [7]) -> [1] {
        features -> [Dense(32) -> Relu; 2] -> Dense(1)
    }
}

#[derive(Parser)]
#[command(about = "Learns the price of flats from a table")]
struct Options {
    /// The table
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/flats.csv"))]
    data: PathBuf,
    /// How often all rows are seen
    #[arg(long, default_value_t = 60)]
    epochs: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let mut table = Table::read_csv(&options.data)?;
    table.drop_duplicates();
    table.drop_missing(&["price"])?;
    table.fill_missing("age", Fill::Median)?;
    table.outliers("area", Outliers::InterquartileRange(3.0), Remedy::Drop)?;
    table.one_hot("district")?;
    println!("{}\n", table.report());

    let data = table.regression(&table.names_except(&["price"])?, &["price"])?;
    let (train, test) = data.split(0.8, 1)?;
    // Both are fitted on the training part only.
    let scaling = Standardize::per_column().fit(train.input(0))?;
    let prices = Standardize::per_column().fit(&train.targets().array())?;
    let train = train.normalize(0, &scaling)?.normalize_targets(&prices)?;
    let scaled = test
        .clone()
        .normalize(0, &scaling)?
        .normalize_targets(&prices)?;

    let mut network = Price::new(1);
    let history = Fit::new(MeanSquaredError, Adam::default())
        .batch_size(16)
        .epochs(options.epochs)
        .metric(R2::new())
        .validation(&scaled)
        .callback(EarlyStopping::new("val_loss").patience(15).restore_best())
        .run(&mut network, &train)?;
    println!(
        "{} epochs, best validation loss {:?}\n",
        history.len(),
        history.lowest("val_loss")
    );

    let predicted =
        prices.inverse(network.predict(scaled.input(0).view().into_dimensionality()?)?)?;
    println!("      price   predicted");
    for (truth, predicted) in test.targets().array().iter().zip(&predicted).take(8) {
        println!("{truth:>11.0} {predicted:>11.0}");
    }
    Ok(())
}
