//! What a layer's shape rule sees of the world: where its words stand, and where its inputs come from.

use super::{Assertion, Condition};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Reported};
use crate::shape::{Comparison, Dim, Shape};
use crate::words::{Words, words};

/// A shape rule that failed: the error is reported, and the graph goes on with `instead`.
#[derive(Clone, Debug)]
pub struct Failed {
    pub instead: Shape,
}

impl From<Reported> for Failed {
    fn from(_: Reported) -> Self {
        Failed {
            instead: Shape::anything(),
        }
    }
}

impl Reported {
    /// The graph goes on with this shape.
    pub fn instead(self, shape: Shape) -> Failed {
        Failed { instead: shape }
    }
}

/// Where an input of a stage comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// As the user wrote it: `MaxPool2d(2)`, or the name of an input or a `let`.
    pub written: String,
    pub line: usize,
    pub shape: Shape,
    /// The shape that went into the stage, if it took one value.
    pub from: Option<Shape>,
}

impl Origin {
    /// `` `MaxPool2d(2)` on line 5 produced [13, 13, 8] ``.
    pub fn note(&self) -> Words {
        words![
            format!("`{}` on line {} produced ", self.written, self.line),
            &self.shape
        ]
    }
}

/// The surroundings of one use of a layer.
pub struct Check<'a> {
    /// The layer's name with its arguments.
    pub place: Place,
    /// As written.
    pub written: &'a str,
    /// The arguments that were given: name and place.
    pub arguments: &'a [(String, Place)],
    pub origins: Vec<Origin>,
    pub diagnostics: &'a mut Diagnostics,
    pub assertions: &'a mut Vec<Assertion>,
    /// Whether the number of axes that came in is only a guess, after an error before.
    pub guessed: bool,
    /// Said at the end of every error: in which block, used where.
    pub frames: Vec<Words>,
}

impl Check<'_> {
    /// The place of an argument, or of the layer if it wasn't given.
    pub fn argument(&self, name: &str) -> Place {
        self.arguments
            .iter()
            .find(|(given, _)| given == name)
            .map_or(self.place, |(_, place)| *place)
    }

    /// Whether the user wrote this argument.
    pub fn has_argument(&self, name: &str) -> bool {
        self.arguments.iter().any(|(given, _)| given == name)
    }

    /// What produced input `index`.
    pub fn origin(&self, index: usize) -> Option<Words> {
        self.origins.get(index).map(Origin::note)
    }

    /// An error under the layer, with the note that says what came in.
    pub fn error(&self, code: &'static str, message: impl Into<Words>) -> Diagnostic {
        Diagnostic::error(code, self.place, message).note_if(self.origin(0))
    }

    pub fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        let framed = diagnostic.notes(self.frames.iter().cloned());
        self.diagnostics.push(framed)
    }

    fn settle(
        &mut self,
        condition: Condition,
        diagnostic: impl FnOnce(&Self) -> Diagnostic,
    ) -> Result<(), Reported> {
        match condition.holds() {
            Comparison::Holds => Ok(()),
            Comparison::Fails => {
                let diagnostic = diagnostic(self);
                Err(self.report(diagnostic))
            }
            Comparison::Unsure => {
                let framed = diagnostic(self).notes(self.frames.iter().cloned());
                self.assertions.push(Assertion::new(condition, &framed));
                Ok(())
            }
        }
    }

    /// Both must be the same number; what only rustc can tell becomes an assertion.
    pub fn equal(
        &mut self,
        a: &Dim,
        b: &Dim,
        diagnostic: impl FnOnce(&Self) -> Diagnostic,
    ) -> Result<(), Reported> {
        self.settle(Condition::Equal(a.clone(), b.clone()), diagnostic)
    }

    /// `a >= b`.
    pub fn at_least(
        &mut self,
        a: &Dim,
        b: &Dim,
        diagnostic: impl FnOnce(&Self) -> Diagnostic,
    ) -> Result<(), Reported> {
        self.settle(Condition::AtLeast(a.clone(), b.clone()), diagnostic)
    }

    /// `by` must divide `dim`.
    pub fn divisible(
        &mut self,
        dim: &Dim,
        by: &Dim,
        diagnostic: impl FnOnce(&Self) -> Diagnostic,
    ) -> Result<(), Reported> {
        self.settle(Condition::Divisible(dim.clone(), by.clone()), diagnostic)
    }
}
