//! A mark of all examples of a data set, to tell whether a resumed run has the same.

use super::{TrainError, visit};
use crate::data::{BatchPool, BatchSource, Pass, TargetsView};
use std::ops::ControlFlow;

/// Examples that are read together.
const BATCH: usize = 256;

/// 64 bits that depend on every input and target, on their order and on the shapes, written as hexadecimal.
///
/// Reads the data once, in order and without augmentation: several gigabytes a second for data in memory, as long as a
/// validation's reading for what is read from elsewhere, unless the source has a fingerprint of its own.
pub(super) fn data_mark(data: &dyn BatchSource, what: &'static str) -> Result<String, TrainError> {
    if let Some(fingerprint) = data.fingerprint() {
        return Ok(fingerprint);
    }
    let mut mark = Mark::default();
    for shape in data.input_shapes() {
        mark.number(shape.len() as u64);
        shape.iter().for_each(|&size| mark.number(size as u64));
    }
    visit::batches(
        data,
        what,
        data.examples(),
        &Pass::evaluation(BATCH),
        &mut BatchPool::new(),
        &mut |batch| {
            batch.with_views(|inputs, targets| {
                for &input in inputs {
                    mark.words(input, |value| value.to_bits());
                }
                for &target in targets {
                    match target {
                        TargetsView::Classes(classes) => mark.words(classes, |class| class),
                        TargetsView::Values(values) => mark.words(values, |value| value.to_bits()),
                    }
                }
            });
            Ok(ControlFlow::Continue(()))
        },
    )?;
    Ok(format!("{:016x}", mark.value()))
}

/// Odd, with as many ones as zeros: the fraction of the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// Sums that don't wait for each other, so that the processor works on all at once.
const LANES: usize = 8;

struct Mark {
    lanes: [u64; LANES],
}

impl Default for Mark {
    fn default() -> Self {
        Self {
            lanes: std::array::from_fn(|lane| FACTOR.wrapping_mul(lane as u64 + 1)),
        }
    }
}

/// One to one in `word`, and in `lane`.
fn mix(lane: u64, word: u64) -> u64 {
    (lane ^ word).wrapping_mul(FACTOR).rotate_left(31)
}

impl Mark {
    fn number(&mut self, number: u64) {
        self.lanes[0] = mix(self.lanes[0], number);
    }

    fn words<T: Copy>(&mut self, values: &[T], bits: impl Fn(T) -> u32) {
        self.number(values.len() as u64);
        let (chunks, rest) = values.as_chunks::<LANES>();
        for chunk in chunks {
            for (lane, &value) in self.lanes.iter_mut().zip(chunk) {
                *lane = mix(*lane, u64::from(bits(value)));
            }
        }
        for (lane, &value) in self.lanes.iter_mut().zip(rest) {
            *lane = mix(*lane, u64::from(bits(value)));
        }
    }

    fn value(&self) -> u64 {
        let all = self.lanes.iter().fold(0, |all, &lane| mix(all, lane));
        all ^ (all >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Classes, Dataset};
    use ndarray::Array2;

    fn mark_of(change: impl FnOnce(&mut Array2<f32>, &mut Vec<u32>)) -> String {
        let mut inputs = Array2::from_shape_fn((300, 5), |(i, j)| (i * 5 + j) as f32);
        let mut classes: Vec<u32> = (0..300).map(|i| i % 3).collect();
        change(&mut inputs, &mut classes);
        data_mark(&Dataset::new(inputs, Classes(classes)).unwrap(), "data").unwrap()
    }

    #[test]
    fn every_number_and_the_order_count() {
        let plain = mark_of(|_, _| {});
        assert_eq!(plain, mark_of(|_, _| {}));
        let others = [
            mark_of(|inputs, _| inputs[[299, 4]] += 1.0),
            mark_of(|inputs, _| inputs[[0, 0]] = -0.0),
            mark_of(|_, classes| classes[17] = 1),
            mark_of(|_, classes| classes.swap(0, 1)),
            mark_of(|inputs, _| inputs.swap([3, 0], [3, 1])),
            // Eight apart: the same lane.
            mark_of(|inputs, _| {
                let flat = inputs.as_slice_mut().unwrap();
                flat.swap(16, 24);
            }),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(other, &plain, "change {index}");
            assert!(!others[..index].contains(other), "change {index}");
        }
    }
}
