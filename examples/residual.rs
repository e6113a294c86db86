//! ResNet-20 (He et al. 2015) in blocks, on Fashion-MNIST enlarged to 32 by 32.
//!
//! `cargo run --release --example residual -- --epochs 3`

use std::error::Error;
use std::path::PathBuf;

use lexopt::prelude::*;
use shapeflow::prelude::*;

model! {
    /// Two convolutions beside a shortcut.
    block Basic<H, W, C>(x: [H, W, C]) -> [H, W, C] {
        let y = x
            -> Conv2d(C, 3x3, padding = same, bias = false, init = he_normal) -> BatchNorm(momentum = 0.9) -> Relu
            -> Conv2d(C, 3x3, padding = same, bias = false, init = he_normal) -> BatchNorm(momentum = 0.9);
        (x + y) -> Relu
    }
    /// The same at half the size with twice the channels.
    block Down<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, 2 * C] {
        let y = x
            -> Conv2d(2 * C, 3x3, stride = 2, padding = same, bias = false, init = he_normal)
            -> BatchNorm(momentum = 0.9) -> Relu
            -> Conv2d(2 * C, 3x3, padding = same, bias = false, init = he_normal) -> BatchNorm(momentum = 0.9);
        let skip = x -> Conv2d(2 * C, 1x1, stride = 2, bias = false) -> BatchNorm(momentum = 0.9);
        (y + skip) -> Relu
    }
    /// ResNet-20 for grey pictures of clothes.
    pub struct ResNet20(image: [28, 28, 1]) -> [10] {
        image
            -> Pad(2)
            -> stem: Conv2d(16, 3x3, padding = same, bias = false, init = he_normal) -> BatchNorm(momentum = 0.9) -> Relu
            -> [Basic; 3] -> Down -> [Basic; 2] -> Down -> [Basic; 2]
            -> GlobalAvgPool -> Dense(10) -> Softmax
    }
}

const HELP: &str = "Trains a ResNet-20 on pictures of clothes.

  --data DIR  Folder with the four files of Fashion-MNIST [those in the repository]
  --epochs N  How often all pictures are seen [5]
";

struct Options {
    data: PathBuf,
    epochs: usize,
}

impl Options {
    /// Those of the command line; `None` if only help was asked for.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            data: concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/fashion-mnist").into(),
            epochs: 5,
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
    let Pictures { train, test, .. } = fashion_mnist(&options.data)?;
    println!("{}\n", ResNet20::summary());

    let shaken = Pipeline::new()
        .with(HorizontalFlip::default())
        .with(RandomCrop::new(2));
    let train = train.augment(shaken)?;
    let mut network = ResNet20::new(1);
    let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default())
        .batch_size(64)
        .epochs(options.epochs)
        .metric(Accuracy::new())
        .validation(&test)
        .schedule(CosineDecay::new())
        .run(&mut network, &train)?;
    println!("{history}");
    Ok(())
}
