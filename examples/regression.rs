//! A table to a price: CSV with a header, cleaning, normalising, regression.
//!
//! `cargo run --release --example regression` works on a small table of made-up flats in the repository.

use std::error::Error;
use std::path::PathBuf;

use lexopt::prelude::*;
use shapeflow::prelude::*;

model! {
    /// Area, rooms, age, distance to the centre and three districts; out comes the price.
    pub struct Price(features: [7]) -> [1] {
        features -> [Dense(32) -> Relu; 2] -> Dense(1)
    }
}

const HELP: &str = "Learns the price of flats from a table.

  --data FILE  The table [the one in the repository]
  --epochs N   How often all rows are seen [60]
";

struct Options {
    data: PathBuf,
    epochs: usize,
}

impl Options {
    /// Those of the command line; `None` if only help was asked for.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            data: concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/flats.csv").into(),
            epochs: 60,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("data") => options.data = arguments.value()?.into(),
                Long("epochs") => options.epochs = arguments.value()?.parse()?,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::read()? else {
        print!("{HELP}");
        return Ok(());
    };
    let mut table = Table::read_csv(&options.data)?;
    table.drop_duplicates();
    table.drop_missing(&["price"])?;
    println!("{}\n", table.report());

    // What is learnt, is learnt from the training rows: limits, fillings, categories, means.
    let (mut train, test) = table.split(0.8, 1)?;
    train.outliers("area", Outliers::InterquartileRange(3.0), Remedy::Drop)?;
    let preprocessor = Preprocessing::new(&["area", "rooms", "age", "distance", "district"])
        .fill("age", Fill::Median)
        .one_hot("district")
        .normalize(Standardize::per_column())
        .targets(&["price"])
        .normalize_targets(Standardize::per_column())
        .fit(&train)?;
    println!("{preprocessor}\n");
    let (training, validation) = (
        preprocessor.regression(&train)?,
        preprocessor.regression(&test)?,
    );

    let mut network = Price::new(1);
    let history = Fit::new(MeanSquaredError, Adam::default())
        .batch_size(16)
        .epochs(options.epochs)
        .metric(R2::new())
        .validation(&validation)
        .callback(EarlyStopping::new("val_loss").patience(15).restore_best())
        .run(&mut network, &training)?;
    println!(
        "{} epochs, best epoch and its validation loss {:?}\n",
        history.len(),
        history.lowest("val_loss")?
    );

    let predicted = preprocessor.original(network.predict(validation.input(0))?)?;
    println!("      price   predicted");
    for (truth, predicted) in test.matrix(&["price"])?.iter().zip(&predicted).take(8) {
        println!("{truth:>11.0} {predicted:>11.0}");
    }
    Ok(())
}
