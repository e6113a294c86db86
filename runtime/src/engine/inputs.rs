//! The inputs of a batch: flat arrays of whichever elements the model takes.

use shapeflow_terms::Element;

use super::port::Port;
use super::split::ExampleRange;
use crate::simd::all_finite;

/// A flat array of one kind of number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Elements<'a> {
    /// Floating point.
    F32(&'a [f32]),
    /// Whole numbers, such as tokens.
    U32(&'a [u32]),
}

impl<'a> Elements<'a> {
    /// What its elements are.
    pub const fn element(&self) -> Element {
        match self {
            Elements::F32(_) => Element::F32,
            Elements::U32(_) => Element::U32,
        }
    }

    /// Number of elements.
    pub const fn len(&self) -> usize {
        match self {
            Elements::F32(numbers) => numbers.len(),
            Elements::U32(numbers) => numbers.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements of an array of `f32`.
    ///
    /// # Panics
    ///
    /// If it holds something else.
    #[track_caller]
    #[inline]
    pub fn f32(&self) -> &'a [f32] {
        match self {
            Elements::F32(numbers) => numbers,
            Elements::U32(_) => panic!("this input holds u32, but is read as f32"),
        }
    }

    /// The elements of an array of `u32`.
    ///
    /// # Panics
    ///
    /// If it holds something else.
    #[track_caller]
    #[inline]
    pub fn u32(&self) -> &'a [u32] {
        match self {
            Elements::U32(numbers) => numbers,
            Elements::F32(_) => panic!("this input holds f32, but is read as u32"),
        }
    }
}

impl<'a> From<&'a [f32]> for Elements<'a> {
    fn from(numbers: &'a [f32]) -> Self {
        Elements::F32(numbers)
    }
}

impl<'a> From<&'a [u32]> for Elements<'a> {
    fn from(numbers: &'a [u32]) -> Self {
        Elements::U32(numbers)
    }
}

/// One array for each input of a model: a list of `f32` alone, or of several kinds.
#[derive(Clone, Copy, Debug)]
pub enum InputArrays<'a> {
    /// All of `f32`.
    Floats(&'a [&'a [f32]]),
    /// Of several kinds.
    Mixed(&'a [Elements<'a>]),
}

impl<'a> InputArrays<'a> {
    /// How many there are.
    pub const fn len(&self) -> usize {
        match self {
            InputArrays::Floats(arrays) => arrays.len(),
            InputArrays::Mixed(arrays) => arrays.len(),
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Array number `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Elements<'a> {
        match self {
            InputArrays::Floats(arrays) => Elements::F32(arrays[index]),
            InputArrays::Mixed(arrays) => arrays[index],
        }
    }
}

impl<'a> From<&'a [&'a [f32]]> for InputArrays<'a> {
    fn from(arrays: &'a [&'a [f32]]) -> Self {
        InputArrays::Floats(arrays)
    }
}

impl<'a> From<&'a [Elements<'a>]> for InputArrays<'a> {
    fn from(arrays: &'a [Elements<'a>]) -> Self {
        InputArrays::Mixed(arrays)
    }
}

/// The batch's inputs, as one chunk sees them.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub(super) batch: InputArrays<'a>,
    pub(super) ports: &'static [Port],
    pub(super) rows: ExampleRange,
}

impl<'a> Inputs<'a> {
    /// The rows of input `index`, of `f32`, that belong to the chunk.
    #[inline]
    pub fn get(&self, index: usize) -> &'a [f32] {
        self.rows(index, self.whole(index))
    }

    /// The rows of input `index`, of `u32`, that belong to the chunk.
    #[inline]
    pub fn get_u32(&self, index: usize) -> &'a [u32] {
        self.rows(index, self.whole_u32(index))
    }

    /// All rows of input `index`, of `f32`.
    #[inline]
    pub fn whole(&self, index: usize) -> &'a [f32] {
        self.batch.get(index).f32()
    }

    /// All rows of input `index`, of `u32`.
    #[inline]
    pub fn whole_u32(&self, index: usize) -> &'a [u32] {
        self.batch.get(index).u32()
    }

    /// Whether no number of the chunk's rows is NaN or infinite.
    pub(super) fn are_finite(&self) -> bool {
        (0..self.ports.len()).all(|index| match self.batch.get(index) {
            Elements::F32(all) => all_finite(self.rows(index, all)),
            Elements::U32(_) => true,
        })
    }

    #[inline]
    fn rows<T>(&self, index: usize, all: &'a [T]) -> &'a [T] {
        let size = self.ports[index].size();
        &all[self.rows.first * size..(self.rows.first + self.rows.len) * size]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PORTS: [Port; 2] = [
        Port {
            name: "tokens",
            shape: &[2],
            element: Element::U32,
        },
        Port {
            name: "weights",
            shape: &[3],
            element: Element::F32,
        },
    ];

    #[test]
    fn whole_numbers_are_read_beside_floats() {
        let (tokens, weights) = ([1, 2, 3, 4, 5, 6], [0.5; 9]);
        let arrays = [Elements::from(&tokens[..]), Elements::from(&weights[..])];
        let inputs = Inputs {
            batch: arrays[..].into(),
            ports: &PORTS,
            rows: ExampleRange { first: 1, len: 2 },
        };
        assert_eq!(inputs.get_u32(0), [3, 4, 5, 6]);
        assert_eq!(inputs.whole_u32(0).len(), 6);
        assert_eq!(inputs.get(1), [0.5; 6]);
        assert_eq!(inputs.whole(1).len(), 9);
        assert_eq!(arrays.map(|a| a.element()), [Element::U32, Element::F32]);
    }

    #[test]
    #[should_panic(expected = "this input holds u32, but is read as f32")]
    fn whole_numbers_are_not_floats() {
        Elements::from(&[1u32][..]).f32();
    }
}
