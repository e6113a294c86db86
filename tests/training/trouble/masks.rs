//! Targets at pixels, with pictures that are turned.

use shapeflow::data::augment::{HorizontalFlip, Pipeline};
use shapeflow::data::{ClassMaps, Dataset, Values};
use shapeflow::losses::{MeanSquaredError, SparseCategoricalCrossEntropy};
use shapeflow::metrics::{Accuracy, MeanAbsoluteError};
use shapeflow::model;
use shapeflow::ndarray::{Array3, Array4};
use shapeflow::optimizers::Adam;
use shapeflow::training::{Evaluate, Fit};

model! {
    /// A class for each pixel, by this pixel and its place.
    struct Mask(picture: [4, 4, 1]) -> [4, 4, 2] {
        picture -> Conv2d(2, 1x1) -> Softmax
    }
}

model! {
    /// The picture again.
    struct Copy(picture: [4, 4, 1]) -> [4, 4, 1] {
        picture -> Conv2d(1, 1x1)
    }
}

fn pictures() -> Array4<f32> {
    Array4::from_shape_fn((64, 4, 4, 1), |(_, _, x, _)| f32::from(x < 2))
}

fn flip() -> Pipeline {
    Pipeline::new().with(HorizontalFlip { probability: 1.0 })
}

#[test]
fn masks_not_turned() {
    let masks = Array3::from_shape_fn((64, 4, 4), |(_, _, x)| u32::from(x < 2));
    let data = Dataset::new(pictures(), ClassMaps::from(masks)).unwrap();
    let mut network = Mask::new(1);
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
        .batch_size(16)
        .epochs(20)
        .quiet()
        .run(&mut network, &data.augment(flip()).unwrap())
        .unwrap();
    let plain = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .metric(Accuracy::new())
        .run(&network, &data)
        .unwrap();
    assert_eq!(plain.get("accuracy"), Ok(1.0));
}

#[test]
fn masks_not_turned_pictures_to_draw() {
    let data = Dataset::new(pictures(), Values::from(pictures())).unwrap();
    let mut network = Copy::new(1);
    Fit::new(MeanSquaredError, Adam::new(0.1))
        .batch_size(16)
        .epochs(60)
        .quiet()
        .run(&mut network, &data.augment(flip()).unwrap())
        .unwrap();
    let plain = Evaluate::new(MeanSquaredError)
        .metric(MeanAbsoluteError::new())
        .run(&network, &data)
        .unwrap();
    assert!(plain.get("mean_absolute_error").unwrap() < 0.05, "{plain}");
}
