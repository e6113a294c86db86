//! Many models as one program: written, compiled by rustc, and run.

use std::fmt::Write;
use std::process::Command;

use shapeflow_tests::rustc;

use crate::sample::Sample;

/// A program with a module for each model.
pub struct Program {
    samples: Vec<Sample>,
}

impl Program {
    pub fn new(samples: Vec<Sample>) -> Program {
        Program { samples }
    }

    /// Its text, and for each model the line on which its module begins.
    fn text(&self) -> (String, Vec<usize>) {
        let folder = rustc::root().join("tests");
        let mut text = String::from("#![allow(warnings)]\n");
        for (name, file) in [("own", "src/own.rs"), ("train", "fuzz/train.rs")] {
            let path = folder.join(file);
            writeln!(text, "#[path = {path:?}]\nmod {name};").expect("a string takes all");
        }
        let mut lines = Vec::new();
        let mut calls = String::new();
        for (index, sample) in self.samples.iter().enumerate() {
            lines.push(text.lines().count() + 1);
            let outer = sample.outer.iter().map(|(name, ty)| {
                let value = if *ty == "f32" { "0.25" } else { "4" };
                format!("const {name}: {ty} = {value};\n")
            });
            let outer: String = outer.collect();
            let runs = sample
                .structs
                .iter()
                .map(|name| format!("crate::train::train::<{name}>(\"model {index}, {name}\");\n"));
            let runs: String = runs.collect();
            let model = &sample.text;
            write!(text, "mod m{index} {{\n{outer}shapeflow::model! {{ {model} }}\npub fn run() {{ {runs} }}\n}}\n").expect("a string takes all");
            writeln!(calls, "m{index}::run();").expect("a string takes all");
        }
        writeln!(text, "fn main() {{ {calls} }}").expect("a string takes all");
        (text, lines)
    }

    /// Compiles and runs it, without the models whose consts from outside don't fit, which only rustc can tell.
    pub fn run(mut self) {
        let made = self.samples.len();
        let folder = tempfile::tempdir().expect("a folder");
        let (source, program) = (
            folder.path().join("models.rs"),
            folder.path().join("models"),
        );
        loop {
            let (text, lines) = self.text();
            std::fs::write(&source, &text).expect("a file");
            let output = rustc::build(&source, &program);
            if output.status.success() {
                break;
            }
            let said = String::from_utf8_lossy(&output.stderr);
            let unfit = self.unfit(&said, &lines);
            assert!(!unfit.is_empty(), "rustc says nothing of a model\n{said}");
            for index in unfit.into_iter().rev() {
                self.samples.remove(index);
            }
        }
        let output = Command::new(&program).output().expect("it starts");
        let (told, said) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{told}\n{said}");
        print!("{told}");
        let trained = told.matches(", trained").count();
        assert!(
            2 * trained > made,
            "only {trained} of {made} models have learnt"
        );
    }

    /// The models whose own assertions fail. Whatever else rustc says is a mistake of the compiler's.
    fn unfit(&self, said: &str, lines: &[usize]) -> Vec<usize> {
        let mut unfit = Vec::new();
        for error in format!("\n{said}").split("\nerror").skip(1) {
            let Some(line) = line(error) else { continue };
            let index = lines
                .iter()
                .rposition(|first| *first <= line)
                .expect("a line of a model");
            let ours =
                error.starts_with("[E0080]: evaluation panicked") && error.contains("code: ");
            assert!(ours, "{}\n\nerror{error}", self.samples[index].text);
            unfit.push(index);
        }
        unfit.dedup();
        unfit
    }
}

/// The line at which an error points.
fn line(error: &str) -> Option<usize> {
    let (_, place) = error.split_once("--> ")?;
    let (_, place) = place.split_once("models.rs:")?;
    place.split(':').next()?.parse().ok()
}
