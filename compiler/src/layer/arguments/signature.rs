//! How a layer is written, here and elsewhere.

use super::Given;

/// The names of a layer and of its arguments.
#[derive(Debug)]
pub struct Signature {
    pub name: &'static str,
    /// How it is written, for error messages.
    pub example: &'static str,
    /// Arguments by position, which must be given.
    pub required: &'static [&'static str],
    /// Arguments by position or name, which may be left out.
    pub optional: &'static [&'static str],
    /// Arguments by name.
    pub options: &'static [&'static str],
    /// Options that are true when their name stands alone.
    pub flags: &'static [&'static str],
    /// The words that an option takes.
    pub words: &'static [(&'static str, Meanings)],
    /// Its names in Keras, PyTorch and burn, for error messages.
    pub aliases: &'static [&'static str],
    /// Whether the argument by position is a list: `Reshape([4, 4, 1])`.
    pub takes_list: bool,
    /// Whether PyTorch's begins with the size of the input, which flows in here: `Linear(784, 10)`.
    pub input_first: bool,
    /// What is meant by one argument too many: how other frameworks write it.
    pub meant_by_extra: fn(&Extra<'_>) -> Option<String>,
}

/// Words, each with its meaning; what stands first is meant where nothing is said.
pub type Meanings = &'static [(&'static str, &'static str)];

impl Signature {
    /// Without arguments.
    pub const fn new(name: &'static str) -> Signature {
        Signature {
            name,
            example: name,
            required: &[],
            optional: &[],
            options: &[],
            flags: &[],
            words: &[],
            aliases: &[],
            takes_list: false,
            input_first: false,
            meant_by_extra: |_| None,
        }
    }

    /// The names of all arguments.
    pub fn all(&self) -> impl Iterator<Item = &'static str> {
        let by_position = self.required.iter().chain(self.optional);
        by_position.chain(self.options).chain(self.flags).copied()
    }

    /// Whether there is an argument of this name.
    pub fn takes(&self, argument: &str) -> bool {
        self.all().any(|known| known == argument)
    }

    /// The arguments by position: `filters, kernel`.
    pub fn by_position(&self) -> String {
        let names: Vec<&str> = self.required.iter().chain(self.optional).copied().collect();
        names.join(", ")
    }

    /// The words that an argument takes.
    pub fn words(&self, argument: &str) -> Meanings {
        let found = self.words.iter().find(|(name, _)| *name == argument);
        found.map_or(&[], |(_, words)| words)
    }

    /// The argument that takes this word.
    pub(super) fn argument_of(&self, word: &str) -> Option<&'static str> {
        let takes = |words: Meanings| words.iter().any(|(known, _)| *known == word);
        let found = self.words.iter().find(|(_, words)| takes(words));
        found.map(|(name, _)| *name)
    }
}

/// One argument too many by position.
pub struct Extra<'a> {
    /// Of the layer.
    pub name: &'static str,
    /// The arguments that stand before it.
    pub before: &'a [&'a Given],
    pub given: &'a Given,
}
