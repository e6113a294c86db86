//! The CIFAR-10 program of the Keras tutorial: the same network, optimizer, batch size and epochs.
//!
//! `cargo run --release --example cifar10 -- --data DIR`, where DIR holds the files of the binary version
//! (`data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`).

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use shapeflow::prelude::*;

model! {
    /// The CIFAR-10 network of the Keras tutorial: 315,722 parameters.
    pub struct Cifar10(image: [32, 32, 3]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }
}

#[derive(Parser)]
#[command(about = "Trains the CIFAR-10 network of the Keras tutorial")]
struct Options {
    /// Folder with the binary version of CIFAR-10
    #[arg(long)]
    data: Option<PathBuf>,
    /// How often all pictures are seen
    #[arg(long, default_value_t = 10)]
    epochs: usize,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Options::parse();
    let Some(folder) = options.data else {
        eprintln!(
            "No data: download `cifar-10-binary.tar.gz` (the binary version) from\n\
             https://www.cs.toronto.edu/~kriz/cifar.html, unpack it, and pass its folder with `--data`."
        );
        return Ok(ExitCode::from(2));
    };
    let Pictures { train, test, .. } = cifar10(folder)?;
    println!("{}\n", Cifar10::summary());

    let mut network = Cifar10::new(1);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default())
        .batch_size(128)
        .epochs(options.epochs)
        .metric(Accuracy::new())
        .validation(&test)
        .run(&mut network, &train)?;
    println!("{history}");

    let score = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .metric(Accuracy::new())
        .run(&network, &test)?;
    println!("Test: {score}");
    network.save("cifar10.safetensors")?;
    Ok(ExitCode::SUCCESS)
}
