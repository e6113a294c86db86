//! The last part of a step: lanes' gradients added up, clipped, and the optimizer's update, piece by piece.

use super::aligned::AlignedBuffer;
use super::error::EngineError;
use super::parallel::{Shared, for_each};
use super::program::Program;
use crate::optimizers::{Clip, Optimizer, squared_norm};

/// Floats in one piece: small enough for the first-level cache with all the optimizer's vectors.
const PIECE: usize = 2048;

/// The optimizer's memory: so many vectors as long as the flat buffer of parameters, and the number of steps done.
#[derive(Clone, Debug)]
pub struct OptimizerSlots {
    vectors: Vec<AlignedBuffer>,
    steps: u64,
}

/// The most vectors an optimizer may keep.
const MOST_SLOTS: usize = 4;

impl OptimizerSlots {
    /// Zeros, for `optimizer` on `program`.
    ///
    /// # Errors
    ///
    /// If the optimizer's settings are out of range.
    pub fn new(program: &Program, optimizer: &dyn Optimizer) -> Result<Self, EngineError> {
        optimizer.validate()?;
        let count = optimizer.slots().len();
        assert!(
            count <= MOST_SLOTS,
            "{} keeps {count} vectors, at most {MOST_SLOTS} are possible",
            optimizer.name()
        );
        Ok(Self {
            vectors: vec![AlignedBuffer::zeroed(program.parameters_len); count],
            steps: 0,
        })
    }

    /// Steps done so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Sets the number of steps done, when training is resumed.
    pub fn set_steps(&mut self, steps: u64) {
        self.steps = steps;
    }

    /// The vectors, in the order of [`Optimizer::slots`].
    pub fn vectors(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.vectors.iter().map(|v| &v[..])
    }

    /// The vectors, to be filled when training is resumed.
    pub fn vectors_mut(&mut self) -> impl ExactSizeIterator<Item = &mut [f32]> {
        self.vectors.iter_mut().map(|v| &mut v[..])
    }

    pub(super) fn check(
        &self,
        program: &Program,
        optimizer: &dyn Optimizer,
    ) -> Result<(), EngineError> {
        let found_len = self
            .vectors
            .first()
            .map_or(program.parameters_len, |v| v.len());
        let expected = optimizer.slots().len();
        if self.vectors.len() == expected && found_len == program.parameters_len {
            return Ok(());
        }
        Err(EngineError::Slots {
            model: program.name,
            optimizer: optimizer.name(),
            expected,
            expected_len: program.parameters_len,
            found: self.vectors.len(),
            found_len,
        })
    }
}

/// Pieces of a buffer of `len` floats.
pub(super) const fn pieces(len: usize) -> usize {
    len.div_ceil(PIECE)
}

/// Adds the lanes' gradients up, in the order of lanes, and returns the global norm of all gradients.
///
/// `squares` has room for a number for each of the [`pieces`] of `gradients`; they are added up in order, so that the
/// norm has the same bits on any number of threads.
pub(super) fn reduce(
    program: &Program,
    lanes: usize,
    lane_stride: usize,
    lane_gradients: &[f32],
    gradients: &mut [f32],
    squares: &mut [f64],
    serial: bool,
) -> f64 {
    let len = gradients.len();
    let gradients = Shared::new(gradients);
    let all_squares = Shared::new(squares);
    for_each(pieces(len), serial, &|piece| {
        let from = piece * PIECE;
        let to = len.min(from + PIECE);
        // SAFETY: pieces are disjoint, and both buffers are borrowed by this function alone.
        let (sums, squares) =
            unsafe { (gradients.part(from, to - from), all_squares.part(piece, 1)) };
        for tensor in program.train.lane_tensors {
            let (first, end) = (
                tensor.offset.max(from),
                (tensor.offset + tensor.len).min(to),
            );
            if first >= end {
                continue;
            }
            let sums = &mut sums[first - from..end - from];
            let start = tensor.lane_offset + first - tensor.offset;
            sums.copy_from_slice(&lane_gradients[start..][..sums.len()]);
            for lane in 1..lanes {
                let parts = &lane_gradients[lane * lane_stride + start..][..sums.len()];
                for (sum, &part) in sums.iter_mut().zip(parts) {
                    *sum += part;
                }
            }
        }
        squares[0] = squared_norm(sums);
    });
    squares.iter().sum::<f64>().sqrt()
}

/// Clips and updates, piece by piece.
#[allow(clippy::too_many_arguments)]
pub(super) fn update(
    optimizer: &dyn Optimizer,
    slots: &mut OptimizerSlots,
    learning_rate: f32,
    clip: Clip,
    norm: f64,
    parameters: &mut [f32],
    gradients: &mut [f32],
    serial: bool,
) {
    slots.steps += 1;
    let step = slots.steps;
    let len = parameters.len();
    let count = slots.vectors.len();
    let mut empty: [&mut [f32]; MOST_SLOTS] = Default::default();
    for (vector, place) in slots.vectors.iter_mut().zip(&mut empty) {
        *place = vector;
    }
    let vectors: [Shared<f32>; MOST_SLOTS] = empty.map(Shared::new);
    let parameters = Shared::new(parameters);
    let gradients = Shared::new(gradients);
    for_each(len.div_ceil(PIECE), serial, &|piece| {
        let from = piece * PIECE;
        let len = PIECE.min(len - from);
        // SAFETY: pieces are disjoint, and each buffer is borrowed by this function alone.
        let (parameters, gradients) =
            unsafe { (parameters.part(from, len), gradients.part(from, len)) };
        let mut parts: [&mut [f32]; MOST_SLOTS] = Default::default();
        for (part, vector) in parts.iter_mut().zip(&vectors[..count]) {
            // SAFETY: as above.
            *part = unsafe { vector.part(from, len) };
        }
        clip.apply(norm, gradients);
        optimizer.update(
            step,
            learning_rate,
            parameters,
            gradients,
            &mut parts[..count],
        );
    });
}
