//! The types that consts and the parameters of blocks have.

/// A type of Rust for one number, or for yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarType {
    Usize,
    F32,
    Bool,
}

impl ScalarType {
    /// The type that a word names.
    pub fn new(word: &str) -> Option<ScalarType> {
        let all = [ScalarType::Usize, ScalarType::F32, ScalarType::Bool];
        all.into_iter().find(|ty| ty.name() == word)
    }

    pub fn name(self) -> &'static str {
        match self {
            ScalarType::Usize => "usize",
            ScalarType::F32 => "f32",
            ScalarType::Bool => "bool",
        }
    }
}
