//! Where in a file the values of one tensor of a model stand.

use std::rc::Rc;

use crate::graph::TensorInfo;

/// The tensor of a file that a model's tensor is read from, and in which order.
pub(super) struct Source {
    /// The model's tensor.
    pub(super) info: &'static TensorInfo,
    /// The name in the file.
    pub(super) name: String,
    /// The shape in the file.
    pub(super) shape: Vec<usize>,
    /// For each axis of the model's tensor, how far apart two neighbours stand in the file.
    strides: Vec<usize>,
    /// For each place along the first axis, that in the file; the same without.
    rows: Option<Rc<[usize]>>,
}

impl Source {
    /// The same name and the same order.
    pub(super) fn same(info: &'static TensorInfo) -> Self {
        let axes: Vec<usize> = (0..info.shape.len()).collect();
        Self::permuted(info, info.name.into(), &axes)
    }

    /// Another name, and axes in another order: those of the file are our `axes`.
    pub(super) fn permuted(info: &'static TensorInfo, name: String, axes: &[usize]) -> Self {
        let shape: Vec<usize> = axes.iter().map(|&axis| info.shape[axis]).collect();
        let mut strides = vec![0; axes.len()];
        let mut stride = 1;
        for (&axis, len) in axes.iter().zip(&shape).rev() {
            strides[axis] = stride;
            stride *= len;
        }
        Self {
            info,
            name,
            shape,
            strides,
            rows: None,
        }
    }

    /// What stands at place `i` of our first axis stands at `rows[i]` in the file.
    pub(super) fn with_rows(self, rows: Rc<[usize]>) -> Self {
        Self {
            rows: Some(rows),
            ..self
        }
    }

    /// The file's values in the model's order.
    pub(super) fn arranged(&self, values: &[f32]) -> Vec<f32> {
        let shape = self.info.shape;
        let mut index = vec![0; shape.len()];
        let mut arranged = Vec::with_capacity(values.len());
        for _ in 0..values.len() {
            let places = index.iter().enumerate().map(|(axis, &i)| match &self.rows {
                Some(rows) if axis == 0 => rows[i],
                _ => i,
            });
            let at: usize = places
                .zip(&self.strides)
                .map(|(i, stride)| i * stride)
                .sum();
            arranged.push(values[at]);
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        arranged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Element;
    use crate::init::Init;

    const fn tensor(shape: &'static [usize]) -> TensorInfo {
        TensorInfo {
            name: "it.weight",
            shape,
            element: Element::F32,
            offset: 0,
            trained: true,
            init: Init::Zeros,
            fan_in: 1,
            fan_out: 1,
        }
    }

    static MATRIX: TensorInfo = tensor(&[2, 3]);
    static FILTERS: TensorInfo = tensor(&[1, 2, 2, 3]);

    #[test]
    fn a_transposed_matrix_comes_back_and_its_rows_may_move() {
        let source = Source::permuted(&MATRIX, "w".into(), &[1, 0]);
        assert_eq!(source.shape, [3, 2]);
        let file = [1.0, 4.0, 2.0, 5.0, 3.0, 6.0];
        assert_eq!(source.arranged(&file), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let source = source.with_rows(Rc::new([1, 0]));
        assert_eq!(source.arranged(&file), [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn filters_last_are_filters_first_in_the_file() {
        let source = Source::permuted(&FILTERS, "w".into(), &[3, 2, 0, 1]);
        assert_eq!(source.shape, [3, 2, 1, 2]);
        let file: Vec<f32> = (0..12).map(|i| i as f32).collect();
        // Of filter `f`, channel `c`, column `x` the file has number `(f * 2 + c) * 2 + x`.
        let mut expected = Vec::new();
        for x in 0..2 {
            for c in 0..2 {
                expected.extend((0..3).map(|f| ((f * 2 + c) * 2 + x) as f32));
            }
        }
        assert_eq!(source.arranged(&file), expected);
        assert_eq!(Source::same(&FILTERS).arranged(&file), file);
    }
}
