//! The CIFAR-10 program of the Keras tutorial: the same network, optimizer, batch size and epochs.
//!
//! `cargo run --release --example cifar10 -- --data DIR`, where DIR holds the files of the binary version
//! (`data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`).

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;
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

const HELP: &str = "Trains the CIFAR-10 network of the Keras tutorial.

  --data DIR  Folder with the binary version of CIFAR-10
  --epochs N  How often all pictures are seen [10]
";

struct Options {
    data: Option<PathBuf>,
    epochs: usize,
}

impl Options {
    /// Those of the command line; `None` if only help was asked for.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            data: None,
            epochs: 10,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("data") => options.data = Some(arguments.value()?.into()),
                Long("epochs") => options.epochs = arguments.value()?.parse()?,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(options) = Options::read()? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
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
