//! Values and gradients against PyTorch's, which stand in `tests/golden/layers.safetensors`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use serde_json::json;

use crate::outcome::{EXAMPLES, Outcome, compare, outcome};
use crate::row::Values;
use crate::sample::Sample;
use crate::table::ROWS;

const AGAIN: &str = "make its values again as tests/layers/table.rs says";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// What PyTorch needs of one case.
fn question(sample: &Sample, seen: &[f64]) -> serde_json::Value {
    let array = |values: &Values| json!({"shape": values.shape, "values": values.values});
    let mut inputs = serde_json::Map::new();
    let mut tensors = serde_json::Map::new();
    let mut state = serde_json::Map::new();
    let program = sample.program();
    for (name, values) in sample.named() {
        let tensor = program.tensors.iter().find(|info| info.name == name);
        let group = match tensor {
            None => &mut inputs,
            Some(info) if info.trained => &mut tensors,
            Some(_) => &mut state,
        };
        group.insert(name, array(&values));
    }
    let shape = [&[sample.examples], program.outputs[0].shape].concat();
    let targets = sample.targets.iter().copied().map(f64::from).collect();
    json!({
        "name": sample.row.name,
        "torch": sample.row.torch,
        "first": program.inputs[0].name,
        "inputs": inputs,
        "tensors": tensors,
        "state": state,
        "target": array(&Values { shape: shape.clone(), values: targets }),
        "seen": array(&Values { shape, values: seen.to_vec() }),
    })
}

/// PyTorch's answers by row, and the expressions that gave them.
fn answers() -> (BTreeMap<String, Outcome>, BTreeMap<String, String>) {
    let bytes = std::fs::read(folder().join("layers.safetensors"));
    let bytes = bytes.expect("the golden file is in the repository");
    let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let (_, head) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
    let expressions = head.metadata().clone().unwrap_or_default();
    let mut answers: BTreeMap<String, Outcome> = BTreeMap::new();
    for (name, view) in file.tensors() {
        let (row, what) = name.split_once('/').expect("the row and what it is");
        let numbers = view.data().chunks_exact(4);
        let numbers = numbers.map(|b| f32::from_le_bytes(b.try_into().expect("four bytes")).into());
        let outcome = answers.entry(row.to_owned()).or_default();
        outcome.insert(what.to_owned(), numbers.collect());
    }
    (answers, expressions.into_iter().collect())
}

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let write = std::env::var_os("SHAPEFLOW_WRITE").is_some();
    let mut samples: Vec<Sample> = ROWS.iter().map(|row| Sample::new(row, EXAMPLES)).collect();
    let found: Vec<Outcome> = samples.iter_mut().map(outcome).collect();
    if write {
        let questions = samples.iter().zip(&found);
        let questions = questions.map(|(sample, found)| question(sample, &found["output"]));
        let text = serde_json::Value::Array(questions.collect()).to_string();
        let path = folder().join("layers.json");
        std::fs::write(&path, text).expect("the questions can be written");
        eprintln!("now: python tests/golden/layers.py");
        return;
    }
    let (answers, expressions) = answers();
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(rows.len(), ROWS.len(), "two rows have the same name");
    let known: BTreeSet<&str> = answers.keys().map(String::as_str).collect();
    assert_eq!(known, rows, "PyTorch's rows and the table's: {AGAIN}");
    let mut wrong = Vec::new();
    for (row, found) in ROWS.iter().zip(&found) {
        let expression = expressions.get(row.name).map(String::as_str);
        assert_eq!(expression, Some(row.torch), "{}: {AGAIN}", row.name);
        let differences = compare(found, &answers[row.name]);
        wrong.extend(
            differences
                .iter()
                .map(|line| format!("{}: {line}", row.name)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
