//! The names that can be seen in one body, and the names that its layers get.

use std::collections::BTreeMap;

use crate::diagnostic::Place;
use crate::id::ValueId;
use crate::id::{BlockId, RecomputeId};
use crate::layer::arguments::Datum;
use crate::parse::tree::{Definition, Expr};
use crate::words::Words;

/// One body, of a struct or of one use of a block.
pub struct Scope<'a> {
    pub definition: &'a Definition,
    bindings: Vec<Binding<'a>>,
    /// `basic3.`: stands before the names of all layers of this body.
    pub prefix: String,
    /// The block that this body belongs to.
    pub block: Option<BlockId>,
    /// The innermost use of a block around it that is recomputed.
    pub recomputed: Option<RecomputeId>,
    /// How many of each kind there are.
    counters: BTreeMap<String, usize>,
    /// In which blocks and copies this body stands: notes of every error.
    pub frames: Vec<Words>,
    /// The copies of repeats around the stage, outermost first.
    pub copies: Vec<usize>,
    /// A layer of a name that exists is the same layer: its weights are shared.
    pub shared: bool,
    /// The layers bound by `let` that are being applied, outermost first.
    pub applying: Vec<&'a Expr>,
}

pub struct Binding<'a> {
    pub name: String,
    pub place: Place,
    pub meaning: Meaning<'a>,
    pub role: Role,
    pub used: bool,
}

#[derive(Clone, Debug)]
pub enum Meaning<'a> {
    Values(Vec<ValueId>),
    /// A layer that isn't applied yet.
    Stage(&'a Expr),
    /// A dimension or a parameter.
    Datum(Datum),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Input,
    Let,
    Dimension,
    Parameter,
}

impl<'a> Scope<'a> {
    pub fn new(definition: &'a Definition) -> Self {
        Scope {
            definition,
            bindings: Vec::new(),
            prefix: String::new(),
            block: None,
            recomputed: None,
            counters: BTreeMap::new(),
            frames: Vec::new(),
            copies: Vec::new(),
            shared: false,
            applying: Vec::new(),
        }
    }

    pub fn bind(&mut self, name: &str, place: Place, meaning: Meaning<'a>, role: Role) {
        self.bindings.push(Binding {
            name: name.to_owned(),
            place,
            meaning,
            role,
            used: false,
        });
    }

    /// What a name means here; marks it as used.
    pub fn look_up(&mut self, name: &str) -> Option<Meaning<'a>> {
        let found = self.bindings.iter_mut().rev().find(|b| b.name == name)?;
        found.used = true;
        Some(found.meaning.clone())
    }

    /// What a name means here, without using it.
    pub fn peek(&self, name: &str) -> Option<&Binding<'a>> {
        self.bindings.iter().rev().find(|b| b.name == name)
    }

    pub fn bindings(&self) -> &[Binding<'a>] {
        &self.bindings
    }

    /// The blocks and copies around this body as notes, innermost first; of very many those that are nearest.
    pub fn notes(&self) -> Vec<Words> {
        const MOST: usize = 8;
        let mut notes: Vec<Words> = self.frames.iter().rev().take(MOST).cloned().collect();
        let more = self.frames.len() - notes.len();
        if more > 0 {
            notes.push(format!("and {more} more around them").into());
        }
        notes
    }

    /// Changes what the dimensions stand for.
    pub fn rebind(&mut self, name: &str, meaning: Meaning<'a>) {
        if let Some(found) = self.bindings.iter_mut().rev().find(|b| b.name == name) {
            found.meaning = meaning;
        }
    }

    /// Counts one more of a kind: `conv2d` gives `conv2d3`.
    pub fn count(&mut self, kind: &str) -> String {
        let counter = self.counters.entry(kind.to_owned()).or_insert(0);
        *counter += 1;
        format!("{kind}{counter}")
    }

    /// Runs a part of this body whose layers stand under a name of their own.
    pub fn nested<T>(&mut self, name: &str, run: impl FnOnce(&mut Self) -> T) -> T {
        let longer = format!("{}{name}.", self.prefix);
        let prefix = std::mem::replace(&mut self.prefix, longer);
        let counters = std::mem::take(&mut self.counters);
        let copies = std::mem::take(&mut self.copies);
        let result = run(self);
        self.prefix = prefix;
        self.counters = counters;
        self.copies = copies;
        result
    }
}

/// `Conv2d` as a name: `conv2d`; `GlobalAvgPool`: `global_avg_pool`.
pub fn snake_case(kind: &str) -> String {
    let mut name = String::with_capacity(kind.len() + 4);
    let mut previous_lower = false;
    for character in kind.chars() {
        if character.is_uppercase() && previous_lower {
            name.push('_');
        }
        previous_lower = character.is_lowercase() || character.is_ascii_digit();
        name.extend(character.to_lowercase());
    }
    name
}
