//! What was found out about each word of the user's: the shapes that its hover shows.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use crate::graph::LayerInstance;
use crate::parse::stages::path_of;
use crate::parse::tree::Expr;
use crate::shape::{Dim, Shape};

/// Lines told of one word; a block used more often is told by its first uses.
const MOST: usize = 6;

/// By the place of a word in the syntax tree, in the order in which they were found out.
#[derive(Debug, Default)]
pub struct Facts {
    lines: BTreeMap<usize, Lines>,
}

#[derive(Debug, Default)]
struct Lines {
    lines: Vec<String>,
    more: usize,
}

impl Facts {
    /// One use of a layer or block.
    pub fn stage(
        &mut self,
        stage: &Expr,
        name: &str,
        inputs: &[Shape],
        output: &Shape,
        layer: Option<&LayerInstance>,
    ) {
        let key = of_stage(stage);
        self.tell(key, || {
            let inputs: Vec<String> = inputs.iter().map(ToString::to_string).collect();
            let inputs = match inputs.as_slice() {
                [one] => one.clone(),
                several => format!("({})", several.join(", ")),
            };
            let mut line = format!("`{name}`: `{inputs}` → `{output}`");
            if let Some(layer) = layer {
                let trained = layer.tensors.iter().filter(|p| p.trained);
                let count = trained.fold(Dim::new(0), |sum, p| sum.plus(&Dim::product(&p.shape)));
                if !count.is_zero() {
                    line.push_str(&format!(", {count} parameters"));
                }
                let tensors = layer.tensors.iter().map(|p| {
                    let axes: Vec<String> = p.shape.iter().map(ToString::to_string).collect();
                    format!("`{}` `[{}]`", p.name, axes.join(", "))
                });
                let tensors: Vec<String> = tensors.collect();
                if !tensors.is_empty() {
                    line.push_str(&format!(" ({})", tensors.join(", ")));
                }
            }
            line
        });
    }

    /// The shape of a named value.
    pub fn value(&mut self, name: &Ident, shapes: &[&Shape]) {
        self.tell(of_ident(name), || {
            let shapes: Vec<String> = shapes.iter().map(|shape| format!("`{shape}`")).collect();
            shapes.join(", ")
        });
    }

    /// What a dimension stands for.
    pub fn dimension(&mut self, name: &Ident, dim: &Dim) {
        self.tell(of_ident(name), || format!("`{name} = {dim}`"));
    }

    fn tell(&mut self, key: usize, line: impl FnOnce() -> String) {
        let lines = self.lines.entry(key).or_default();
        if lines.lines.len() == MOST {
            lines.more += 1;
            return;
        }
        let line = line();
        if !lines.lines.contains(&line) {
            lines.lines.push(line);
        }
    }

    /// What is known of a layer or block at its use, as Markdown.
    pub fn told_of_stage(&self, stage: &Expr) -> Option<String> {
        self.told(of_stage(stage))
    }

    /// What is known of a named value or dimension, as Markdown.
    pub fn told_of_name(&self, name: &Ident) -> Option<String> {
        self.told(of_ident(name))
    }

    fn told(&self, key: usize) -> Option<String> {
        let lines = self.lines.get(&key)?;
        let mut text = lines.lines.join("  \n");
        if lines.more > 0 {
            text.push_str(&format!("  \nand {} more uses", lines.more));
        }
        Some(text)
    }

    /// Adds what another struct of the same `model!` found out.
    pub fn extend(&mut self, other: Facts) {
        for (key, lines) in other.lines {
            let more = lines.more;
            for line in lines.lines {
                self.tell(key, || line);
            }
            self.lines.entry(key).or_default().more += more;
        }
    }
}

fn of_stage(stage: &Expr) -> usize {
    std::ptr::from_ref(path_of(stage)).addr()
}

fn of_ident(name: &Ident) -> usize {
    std::ptr::from_ref(name).addr()
}
