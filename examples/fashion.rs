//! Learns to tell pictures of clothes apart: Fashion-MNIST, from a `model!` block to saved weights and plots.
//!
//! `cargo run --release --example fashion` trains on the 6,000 pictures in the repository; `--data DIR` takes the
//! folder that holds the whole set of 70,000 (the four `.gz` files, as they are published).

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;
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

#[derive(Parser)]
#[command(about = "Learns to tell pictures of clothes apart")]
struct Options {
    /// Folder with the four files of Fashion-MNIST
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/fashion-mnist"))]
    data: PathBuf,
    /// How often all pictures are seen
    #[arg(long, default_value_t = 20)]
    epochs: usize,
    /// Pictures in one step
    #[arg(long, default_value_t = 32)]
    batch: usize,
    /// Seed of weights, order and dropout
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for the weights and the plots
    #[arg(long, default_value = "out")]
    out: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
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
