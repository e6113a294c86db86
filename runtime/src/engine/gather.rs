//! Adding the lanes' gradients up, and the norm of all gradients, piece by piece.

use super::pieces::{PIECE, pieces};
use super::program::LaneTensor;
use crate::optimizers::squared_norm;
use crate::tasks::{Cut, for_each_part};
use crate::trace::{Phase, phase};

/// The sums of gradients that lanes have made.
#[derive(Clone, Copy)]
pub(super) struct LaneSums<'a> {
    /// How many lanes there are.
    pub lanes: usize,
    /// Their gradients, one lane after the other.
    pub gradients: &'a [f32],
    /// The length of each.
    pub stride: usize,
    /// What lies where in a lane.
    pub tensors: &'a [LaneTensor],
}

impl LaneSums<'_> {
    /// Adds the lanes up, in their order, in the part of all gradients that begins with number `from`.
    fn add(&self, from: usize, sums: &mut [f32]) {
        let to = from + sums.len();
        for tensor in self.tensors {
            let (first, end) = (
                tensor.offset.max(from),
                (tensor.offset + tensor.len).min(to),
            );
            if first >= end {
                continue;
            }
            let sums = &mut sums[first - from..end - from];
            let start = tensor.lane_offset + first - tensor.offset;
            sums.copy_from_slice(&self.gradients[start..][..sums.len()]);
            for lane in 1..self.lanes {
                let parts = &self.gradients[lane * self.stride + start..][..sums.len()];
                for (sum, &part) in sums.iter_mut().zip(parts) {
                    *sum += part;
                }
            }
        }
    }
}

/// Sets the gradients of lane tensors to the sums over `lanes`, if there are any, and returns the global norm of all
/// gradients.
///
/// `squares` has room for a number for each of the [`pieces`] of `gradients`; they are added up in order, so that the
/// norm has the same bits on any number of threads.
pub(super) fn gather(
    lanes: Option<LaneSums<'_>>,
    gradients: &mut [f32],
    squares: &mut [f64],
    serial: bool,
) -> f64 {
    let count = pieces(gradients.len());
    let all = Gradients {
        from: 0,
        sums: gradients,
        squares: &mut squares[..count],
    };
    phase(Phase::Gathering);
    for_each_part(all, count, serial, &|_, piece: Gradients<'_>| {
        if let Some(lanes) = &lanes {
            lanes.add(piece.from, piece.sums);
        }
        piece.squares[0] = squared_norm(piece.sums);
    });
    phase(Phase::Other);
    squares.iter().sum::<f64>().sqrt()
}

/// Some pieces of the gradients, from number `from` of them on, with a number for each piece.
struct Gradients<'a> {
    from: usize,
    sums: &'a mut [f32],
    squares: &'a mut [f64],
}

impl Cut for Gradients<'_> {
    fn cut(self, piece: usize) -> (Self, Self) {
        let at = piece * PIECE - self.from;
        let (sums, rest) = self.sums.split_at_mut(at);
        let (squares, squares_rest) = self.squares.split_at_mut(at / PIECE);
        let before = Self {
            sums,
            squares,
            ..self
        };
        let rest = Self {
            from: piece * PIECE,
            sums: rest,
            squares: squares_rest,
        };
        (before, rest)
    }
}
