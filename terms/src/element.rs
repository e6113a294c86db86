//! The kinds of number that values, buffers and tensors hold.

/// A kind of number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Element {
    /// 32-bit floating point: activations, weights, gradients.
    #[default]
    F32,
    /// 32-bit whole numbers from 0: tokens, class numbers.
    U32,
}

impl Element {
    /// Bytes of one number.
    #[inline]
    pub const fn bytes(self) -> usize {
        match self {
            Element::F32 | Element::U32 => 4,
        }
    }

    /// Its name in Rust and in the language: `f32`.
    pub const fn name(self) -> &'static str {
        match self {
            Element::F32 => "f32",
            Element::U32 => "u32",
        }
    }

    /// The name of the variant, for code that is printed: `F32`.
    pub const fn variant(self) -> &'static str {
        match self {
            Element::F32 => "F32",
            Element::U32 => "U32",
        }
    }
}

impl core::fmt::Display for Element {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
