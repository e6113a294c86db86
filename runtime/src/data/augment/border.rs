//! What stands beyond the edge of a picture.

/// What is seen beyond the edge of a picture that is moved, turned or made smaller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Border {
    /// This value in every channel.
    Constant(f32),
    /// The nearest pixel of the picture: `a a a | a b c d | d d d`.
    Nearest,
    /// The picture in a mirror, without its edge twice: `d c b | a b c d | c b a`.
    Reflect,
}

impl Default for Border {
    /// Zeros.
    fn default() -> Self {
        Self::Constant(0.0)
    }
}

impl Border {
    /// Where the value at `index` of an axis is taken from; `None` for a constant.
    pub(super) fn index(self, index: isize, length: usize) -> Option<usize> {
        if let Ok(inside) = usize::try_from(index)
            && inside < length
        {
            return Some(inside);
        }
        let last = length as isize - 1;
        match self {
            Self::Constant(_) => None,
            Self::Nearest => Some(index.clamp(0, last) as usize),
            Self::Reflect if last == 0 => Some(0),
            Self::Reflect => {
                let place = index.rem_euclid(2 * last);
                Some(place.min(2 * last - place) as usize)
            }
        }
    }

    pub(super) fn constant(self) -> f32 {
        match self {
            Self::Constant(value) => value,
            Self::Nearest | Self::Reflect => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_edge_stands_what_the_documentation_shows() {
        let row = |border: Border| {
            (-3..7)
                .map(|index| border.index(index, 4))
                .collect::<Vec<_>>()
        };
        let some = |indices: [usize; 10]| indices.map(Some).to_vec();
        assert_eq!(row(Border::Nearest), some([0, 0, 0, 0, 1, 2, 3, 3, 3, 3]));
        assert_eq!(row(Border::Reflect), some([3, 2, 1, 0, 1, 2, 3, 2, 1, 0]));
        assert_eq!(row(Border::default())[..3], [None; 3]);
        assert_eq!(Border::Reflect.index(-5, 1), Some(0));
        assert_eq!(Border::Reflect.index(isize::from(-100_i8), 4), Some(2));
    }
}
