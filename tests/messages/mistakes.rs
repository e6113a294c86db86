//! The mistakes: the `main`s of small programs.

use std::error::Error;
use std::fs;

use shapeflow::prelude::*;

pub type Run = Result<(), Box<dyn Error>>;

/// Mistakes of one kind, by name.
type Mistakes = &'static [(&'static str, fn() -> Run)];

macro_rules! mistakes {
    ($($theme:literal: $($name:ident)*;)*) => {
        pub const MISTAKES: &[(&str, Mistakes)] = &[$(($theme, &[$((stringify!($name), $name)),*])),*];
    };
}

mistakes! {
    "Data": rows_differ label_out_of_range nan_in_data wrong_shape no_examples split_of_everything nan_in_targets;
    "Tables": missing_table unknown_column text_in_a_number cells_differ missing_values too_many_values;
    "Pictures": missing_folder empty_folder cut_picture;
    "Settings": batch_of_none no_epochs rate_nan negative_rate bad_clip unknown_figure unknown_layer_frozen;
    "Training": numbers_explode wrong_number_of_classes early_stopping_without_validation;
    "Predicting": prediction_of_another_shape one_example_for_a_batch prediction_of_nan;
    "Weights and checkpoints": missing_weights cut_weights weights_of_another_model resume_with_another_rate
        resume_of_nothing folder_that_is_a_file;
}

// The models of the page.
model! {
    /// Two features to three classes.
    pub struct Flowers(features: [2]) -> [3] {
        features -> Dense(8) -> Relu -> Dense(3) -> Softmax
    }
    /// Two features to a number.
    pub struct Price(features: [2]) -> [1] {
        features -> Dense(8) -> Relu -> Dense(1)
    }
}

/// The text of the models and of the data.
pub fn models() -> &'static str {
    let source = include_str!("mistakes.rs");
    let (_, rest) = source
        .split_once("// The models of the page.\n")
        .expect("a mark");
    let (models, _) = rest
        .split_once("/// The text of the models")
        .expect("an end");
    models
}

/// Thirty flowers, good data.
fn flowers() -> Result<Dataset<Classes>, DataError> {
    let features =
        ndarray::Array2::from_shape_fn((30, 2), |(i, j)| ((i * 7 + j * 3) % 10) as f32 / 10.0);
    Dataset::new(features, Classes((0..30).map(|i| i % 3).collect()))
}

fn fit<'a>() -> Fit<'a, SparseCategoricalCrossEntropy, Classes> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .epochs(2)
        .quiet()
}

/// More targets than rows of inputs.
fn rows_differ() -> Run {
    let features = ndarray::Array2::zeros((30, 2));
    Dataset::new(features, Classes(vec![0; 31]))?;
    Ok(())
}

/// A class number beyond the model's outputs: classes are counted from 0.
fn label_out_of_range() -> Run {
    let features = ndarray::Array2::zeros((30, 2));
    let data = Dataset::new(features, Classes((0..30).map(|i| 1 + i % 3).collect()))?;
    fit().run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// NaN among the inputs.
fn nan_in_data() -> Run {
    let mut features = ndarray::Array2::zeros((30, 2));
    features[[17, 1]] = f32::NAN;
    let data = Dataset::new(features, Classes(vec![0; 30]))?;
    fit().run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// Three features where the model declares two.
fn wrong_shape() -> Run {
    let data = Dataset::new(ndarray::Array2::zeros((30, 3)), Classes(vec![0; 30]))?;
    fit().run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// A data set without examples.
fn no_examples() -> Run {
    let data = Dataset::new(ndarray::Array2::zeros((0, 2)), Classes(vec![]))?;
    fit().run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// A split that leaves nothing for the second part.
fn split_of_everything() -> Run {
    let (_train, _test) = flowers()?.split(1.0, 7)?;
    Ok(())
}

/// A target that is infinite.
fn nan_in_targets() -> Run {
    let mut prices = ndarray::Array2::zeros((30, 1));
    prices[[4, 0]] = f32::INFINITY;
    let data = Dataset::new(ndarray::Array2::zeros((30, 2)), Values::new(prices))?;
    let fit = Fit::new(MeanSquaredError::new(), Adam::new(0.01)).quiet();
    fit.run(&mut Price::new(1), &data)?;
    Ok(())
}

/// A table that isn't there.
fn missing_table() -> Run {
    Table::read_csv("flowers.csv")?;
    Ok(())
}

/// A column whose name is misspelt.
fn unknown_column() -> Run {
    fs::write("flowers.csv", "length,width,species\n1,2,rose\n2,3,iris\n")?;
    let table = Table::read_csv("flowers.csv")?;
    table.classification(&["length", "widht"], "species")?;
    Ok(())
}

/// Text in a column of numbers.
fn text_in_a_number() -> Run {
    fs::write(
        "flowers.csv",
        "length,width,species\n1,2,rose\n2,wide,iris\n",
    )?;
    let table = Table::read_csv("flowers.csv")?;
    table.classification(&["length", "width"], "species")?;
    Ok(())
}

/// A row with a cell too many.
fn cells_differ() -> Run {
    fs::write(
        "flowers.csv",
        "length,width,species\n1,2,rose\n2,3,4,iris\n",
    )?;
    Table::read_csv("flowers.csv")?;
    Ok(())
}

/// Cells without a value.
fn missing_values() -> Run {
    fs::write("flowers.csv", "length,width,species\n1,2,rose\n2,,iris\n")?;
    let table = Table::read_csv("flowers.csv")?;
    table.classification(&["length", "width"], "species")?;
    Ok(())
}

/// One-hot columns that the model doesn't count.
fn too_many_values() -> Run {
    fs::write(
        "flowers.csv",
        "length,color,species\n1,red,a\n2,blue,b\n3,white,c\n",
    )?;
    let mut table = Table::read_csv("flowers.csv")?;
    table.one_hot("color")?;
    let (data, _) = table.classification(&table.names_except(&["species"])?, "species")?;
    fit().run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// A folder of pictures that isn't there.
fn missing_folder() -> Run {
    PictureFolder::new("photos").read()?;
    Ok(())
}

/// A folder without pictures.
fn empty_folder() -> Run {
    fs::create_dir_all("empty/cats")?;
    PictureFolder::new("empty").read()?;
    Ok(())
}

/// A picture that was cut off while it was copied.
fn cut_picture() -> Run {
    fs::create_dir_all("photos/cats")?;
    fs::write("photos/cats/tom.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0")?;
    PictureFolder::new("photos").read()?;
    Ok(())
}

/// Batches without examples.
fn batch_of_none() -> Run {
    fit().batch_size(0).run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// No epochs.
fn no_epochs() -> Run {
    fit().epochs(0).run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// A learning rate that is no number.
fn rate_nan() -> Run {
    let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Sgd::new(f32::NAN)).quiet();
    fit.run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// A learning rate below zero.
fn negative_rate() -> Run {
    let fit = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(-0.01)).quiet();
    fit.run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// Gradients clipped to a limit that none can keep.
fn bad_clip() -> Run {
    fit()
        .clip(Clip::Value(-1.0))
        .run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// A callback watches a figure that isn't taken.
fn unknown_figure() -> Run {
    let data = flowers()?;
    let stopping = EarlyStopping::new("val_acuracy");
    let fit = fit()
        .metric(Accuracy::new())
        .validation(&data)
        .callback(stopping);
    fit.run(&mut Flowers::new(1), &data)?;
    Ok(())
}

/// Layers are frozen that the model doesn't have.
fn unknown_layer_frozen() -> Run {
    fit()
        .freeze(["dense1", "dense3"])
        .run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// A rate at which numbers explode.
fn numbers_explode() -> Run {
    let prices = ndarray::Array2::from_elem((30, 1), 1e30);
    let data = Dataset::new(ndarray::Array2::ones((30, 2)), Values::new(prices))?;
    let fit = Fit::new(MeanSquaredError::new(), Sgd::new(0.1)).quiet();
    fit.run(&mut Price::new(1), &data)?;
    Ok(())
}

/// Class weights for another number of classes.
fn wrong_number_of_classes() -> Run {
    let loss = SparseCategoricalCrossEntropy::new().class_weights(vec![1.0, 2.0]);
    Fit::new(loss, Adam::new(0.01))
        .quiet()
        .run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// Early stopping watches validation, and there is none.
fn early_stopping_without_validation() -> Run {
    let fit = fit().callback(EarlyStopping::new("val_loss"));
    fit.run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// Predictions for examples of another shape.
fn prediction_of_another_shape() -> Run {
    Flowers::new(1).predict(ndarray::Array2::zeros((5, 3)).view())?;
    Ok(())
}

/// One example where a batch is taken.
fn one_example_for_a_batch() -> Run {
    let data = flowers()?;
    let first = data.input(0).index_axis(ndarray::Axis(0), 0);
    Flowers::new(1).predict(first)?;
    Ok(())
}

/// Classes of examples with NaN in them.
fn prediction_of_nan() -> Run {
    let features = ndarray::Array2::from_elem((3, 2), f32::NAN);
    let data = Dataset::new(features, Classes(vec![0; 3]))?;
    predict_classes(&Flowers::new(1), &data)?;
    Ok(())
}

/// Weights that aren't there.
fn missing_weights() -> Run {
    Flowers::load("flowers.safetensors")?;
    Ok(())
}

/// A file of weights that was cut off.
fn cut_weights() -> Run {
    Flowers::new(1).save("whole.safetensors")?;
    let whole = fs::read("whole.safetensors")?;
    fs::write("cut.safetensors", &whole[..whole.len() - 40])?;
    Flowers::load("cut.safetensors")?;
    Ok(())
}

/// The weights of another model.
fn weights_of_another_model() -> Run {
    Price::new(1).save("price.safetensors")?;
    Flowers::load("price.safetensors")?;
    Ok(())
}

/// A run goes on with another learning rate.
fn resume_with_another_rate() -> Run {
    let checkpoint = Checkpoint::every(1, "run.checkpoint");
    fit()
        .callback(checkpoint)
        .run(&mut Flowers::new(1), &flowers()?)?;
    let other = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.1))
        .epochs(4)
        .quiet();
    let other = other
        .callback(Checkpoint::every(1, "run.checkpoint"))
        .resume("run.checkpoint");
    other.run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// A run is to go on from a checkpoint that isn't there.
fn resume_of_nothing() -> Run {
    fit()
        .resume("last.checkpoint")
        .run(&mut Flowers::new(1), &flowers()?)?;
    Ok(())
}

/// Weights are written into a folder that is a file.
fn folder_that_is_a_file() -> Run {
    fs::write("out", "")?;
    Flowers::new(1).save("out/flowers.safetensors")?;
    Ok(())
}
