//! Learns to tell pictures of clothes apart: Fashion-MNIST, from a `model!` block to saved weights and plots.
//!
//! `cargo run --release --example fashion` trains on the 6,000 pictures in the repository; `--data DIR` takes the
//! folder that holds the whole set of 70,000 (the four `.gz` files, as they are published).

use std::error::Error;
use std::path::PathBuf;

use lexopt::prelude::*;
use shapeflow::prelude::*;

model! {
    /// The convolutional network of the Keras tutorial for MNIST, with a dense layer of 128.
    pub struct Fashion(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Conv2d(64, 3x3) -> Relu -> MaxPool2d(2) -> Dropout(0.25)
            -> Flatten
            -> Dense(128) -> Relu -> Dropout(0.5)
            -> Dense(10) -> Softmax
    }
}

const HELP: &str = "Learns to tell pictures of clothes apart.

  --data DIR  Folder with the four files of Fashion-MNIST [those in the repository]
  --epochs N  How often all pictures are seen [20]
  --batch N   Pictures in one step [32]
  --seed N    Seed of weights, order and dropout [1]
  --out DIR   Folder for the weights and the plots [out]
";

struct Options {
    data: PathBuf,
    epochs: usize,
    batch: usize,
    seed: u64,
    out: PathBuf,
}

impl Options {
    /// Those of the command line; `None` if only help was asked for.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            data: concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/fashion-mnist").into(),
            epochs: 20,
            batch: 32,
            seed: 1,
            out: "out".into(),
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("data") => options.data = arguments.value()?.into(),
                Long("epochs") => options.epochs = arguments.value()?.parse()?,
                Long("batch") => options.batch = arguments.value()?.parse()?,
                Long("seed") => options.seed = arguments.value()?.parse()?,
                Long("out") => options.out = arguments.value()?.into(),
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
    let Pictures {
        train,
        test,
        classes,
    } = fashion_mnist(&options.data)?;
    println!("{}\n", Fashion::summary());

    let mut network = Fashion::new(options.seed);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default())
        .batch_size(options.batch)
        .epochs(options.epochs)
        .seed(options.seed)
        .metric(Accuracy::new())
        .validation(&test)
        .run(&mut network, &train)?;
    println!("{history}");

    let predicted = predict_classes(&network, &test)?;
    let matrix = ConfusionMatrix::from_classes(classes.len(), &test.targets().0, &predicted)?
        .named(&classes);
    println!("{matrix}\n\n{}", matrix.report());
    println!(
        "Test accuracy: {:.1}% after {:.0} s of training",
        100.0 * matrix.accuracy(),
        history.seconds()
    );

    std::fs::create_dir_all(&options.out)?;
    network.save(options.out.join("fashion.safetensors"))?;
    LearningCurve::new(&history)
        .title("Fashion-MNIST")
        .save(options.out.join("learning_curve.png"))?;
    let first = test.subset(&(0..40.min(test.len())).collect::<Vec<_>>())?;
    let pictures = first.input(0).view().into_dimensionality()?;
    PictureSheet::new(pictures, &first.targets().0, &predicted[..first.len()])
        .names(&classes)
        .save(options.out.join("pictures.png"))?;
    println!(
        "Weights, learning curve and a sheet of pictures are in {}",
        options.out.display()
    );
    Ok(())
}
