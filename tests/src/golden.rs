//! Compares one training pass and one prediction of a model with the values of PyTorch in a file.

use std::path::Path;

use safetensors::{Dtype, SafeTensors};
use shapeflow::engine::{Batch, PredictWorkspace, TrainWorkspace};
use shapeflow::losses::{OutputLoss, TargetsView};
use shapeflow::model::Model;

/// How far values may be from PyTorch's.
const TOLERANCE: f64 = 1e-4;

/// One tensor of a file: numbers, or classes.
enum Numbers {
    Floats(Vec<f32>),
    Classes(Vec<u32>),
}

impl Numbers {
    fn floats(self) -> Vec<f32> {
        match self {
            Numbers::Floats(values) => values,
            Numbers::Classes(_) => panic!("numbers were expected, classes came"),
        }
    }
}

/// The tensor `name` with its shape; `None` if the file has none of that name.
fn read(file: &SafeTensors<'_>, name: &str) -> Option<(Vec<usize>, Numbers)> {
    let view = file.tensor(name).ok()?;
    let words = view
        .data()
        .chunks_exact(4)
        .map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four bytes")));
    let numbers = match view.dtype() {
        Dtype::U32 => Numbers::Classes(words.collect()),
        Dtype::F32 => Numbers::Floats(words.map(f32::from_bits).collect()),
        other => panic!("{name} is {other:?}"),
    };
    Some((view.shape().to_vec(), numbers))
}

/// The tensors `kind/0`, `kind/1` ...
fn all(file: &SafeTensors<'_>, kind: &str) -> Vec<Numbers> {
    (0..)
        .map_while(|index| read(file, &format!("{kind}/{index}")))
        .map(|(_, numbers)| numbers)
        .collect()
}

/// Checks `found` as a whole, by its norm, and each element, with a floor for those near 0.
fn close(what: &str, found: &[f32], expected: &[f32]) -> Result<(), String> {
    if found.len() != expected.len() {
        return Err(format!(
            "{what}: {} numbers came, PyTorch has {}",
            found.len(),
            expected.len()
        ));
    }
    let pairs = || {
        found
            .iter()
            .zip(expected)
            .map(|(&a, &b)| (f64::from(a), f64::from(b)))
    };
    let norm = pairs().map(|(_, b)| b * b).sum::<f64>().sqrt();
    let error = pairs().map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let mean_square = norm / (found.len() as f64).sqrt();
    // Written so that a NaN fails.
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE * (b.abs() + mean_square) + 1e-7;
    let far = pairs().position(|(a, b)| !near(a, b));
    if error <= TOLERANCE * norm + 1e-7 && far.is_none() {
        return Ok(());
    }
    let index = far.unwrap_or(0);
    Err(format!(
        "{what}: relative error {:.2e}; element {index} of {} is {}, PyTorch has {}",
        error / norm,
        found.len(),
        found[index],
        expected[index]
    ))
}

/// Runs `M` on the values of `tests/golden/{name}.safetensors` and compares everything.
pub fn check<M: Model>(name: &str, losses: &[&dyn OutputLoss]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{name}.safetensors"));
    let bytes = std::fs::read(&path).expect("the golden file is in the repository");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let mut model = M::with_seed(0);
    load(&mut model, &file);

    let inputs: Vec<Vec<f32>> = all(&file, "input")
        .into_iter()
        .map(Numbers::floats)
        .collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let targets = all(&file, "target");
    let targets: Vec<TargetsView<'_>> = targets
        .iter()
        .map(|target| match target {
            Numbers::Floats(values) => TargetsView::Values(values),
            Numbers::Classes(classes) => TargetsView::Classes(classes),
        })
        .collect();
    let examples = inputs[0].len() / M::PROGRAM.inputs[0].size();
    let batch = Batch {
        inputs: &inputs,
        targets: &targets,
        examples,
    };

    // Room for more than comes, so that rows of a smaller batch are tested too.
    let mut workspace = TrainWorkspace::new(M::PROGRAM, examples + 3);
    let mut wrong = Vec::new();
    // Twice from the same state: the second run must find nothing of the first.
    for run in 1..=2 {
        load(&mut model, &file);
        let loss = workspace
            .backward_and_gather(&mut model, &batch, losses, 0, 1)
            .expect("a step");
        let mut compare = |what: &str, found: &[f32], expected: &[f32]| {
            wrong.extend(close(&format!("run {run}, {what}"), found, expected).err());
        };
        compare(
            "loss",
            &[loss as f32],
            &read(&file, "loss").expect("a loss").1.floats(),
        );
        for (index, logits) in all(&file, "logits").into_iter().enumerate() {
            compare(
                &format!("logits {index}"),
                workspace.logits(index),
                &logits.floats(),
            );
        }
        for info in M::tensors() {
            if info.trained {
                let (_, gradient) =
                    read(&file, &format!("gradient/{}", info.name)).expect(info.name);
                let found = &workspace.gradients()[info.offset..info.offset + info.len()];
                compare(
                    &format!("gradient of {}", info.name),
                    found,
                    &gradient.floats(),
                );
            } else {
                let (_, after) =
                    read(&file, &format!("state_after/{}", info.name)).expect(info.name);
                compare(info.name, model.store().tensor(info), &after.floats());
            }
        }
    }

    let mut predictor = PredictWorkspace::new(M::PROGRAM, examples + 1);
    predictor
        .run(&model, &inputs, examples)
        .expect("a prediction");
    for (index, expected) in all(&file, "prediction").into_iter().enumerate() {
        let expected = expected.floats();
        wrong.extend(
            close(
                &format!("prediction {index}"),
                predictor.predictions(index),
                &expected,
            )
            .err(),
        );
    }
    // The last example alone takes other paths through the kernels.
    let last: Vec<&[f32]> = inputs
        .iter()
        .map(|all| &all[all.len() / examples * (examples - 1)..])
        .collect();
    predictor.run(&model, &last, 1).expect("a prediction");
    for (index, expected) in all(&file, "prediction").into_iter().enumerate() {
        let expected = expected.floats();
        let row = &expected[expected.len() / examples * (examples - 1)..];
        wrong.extend(
            close(
                &format!("prediction {index} of one"),
                predictor.predictions(index),
                row,
            )
            .err(),
        );
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

/// Sets every tensor of the model by its name.
fn load<M: Model>(model: &mut M, file: &SafeTensors<'_>) {
    let mut loaded = 0;
    for info in M::tensors() {
        let kind = if info.trained { "parameter" } else { "state" };
        let (shape, values) = read(file, &format!("{kind}/{}", info.name)).unwrap_or_else(|| {
            panic!(
                "PyTorch's side has no {}; it has {:?}",
                info.name,
                file.names()
            )
        });
        assert_eq!(shape, info.shape, "shape of {}", info.name);
        let mut tensor = model.tensor_mut(info.name).expect("a tensor of this name");
        tensor
            .iter_mut()
            .zip(values.floats())
            .for_each(|(place, value)| *place = value);
        loaded += 1;
    }
    let names = file.names();
    let theirs = names
        .iter()
        .filter(|n| n.starts_with("parameter/") || n.starts_with("state/"));
    assert_eq!(theirs.count(), loaded, "both sides have the same tensors");
}
