//! What a file holds against what a model expects, as a list that can be read.

use super::nearest::nearest;
use std::collections::HashMap;
use std::fmt;

/// One tensor that stands in the way of loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The model has the tensor, the file doesn't.
    Missing {
        /// The tensor's name in the model.
        name: String,
        /// Its shape in the model.
        shape: Vec<usize>,
        /// A tensor of the file that the model doesn't use and whose name is similar.
        nearest: Option<String>,
    },
    /// The file has the tensor, the model doesn't.
    Unexpected {
        /// The tensor's name in the file.
        name: String,
        /// Its shape in the file.
        shape: Vec<usize>,
    },
    /// Both have the tensor, with different shapes.
    Shape {
        /// The tensor's name.
        name: String,
        /// Its shape in the model.
        expected: Vec<usize>,
        /// Its shape in the file.
        found: Vec<usize>,
    },
}

impl Difference {
    /// The name of the tensor.
    pub fn name(&self) -> &str {
        match self {
            Self::Missing { name, .. }
            | Self::Unexpected { name, .. }
            | Self::Shape { name, .. } => name,
        }
    }
}

/// All differences between a file's tensors and a model's, in the model's order; unexpected tensors come last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences(Vec<Difference>);

/// The number of differences that are printed before the rest is only counted.
const PRINTED: usize = 24;

impl Differences {
    /// Compares what a model expects with what a file holds, both as `(name, shape)`.
    ///
    /// ```
    /// use shapeflow_runtime::weights::Differences;
    /// let model = [("dense1.weight", &[4, 3][..]), ("dense1.bias", &[3])];
    /// let file = [("dense1.weight", &[4, 2][..]), ("dense.bias", &[3])];
    /// let differences = Differences::between(model, file);
    /// assert_eq!(differences.len(), 3);
    /// assert!(differences.to_string().contains("dense1.weight"));
    /// ```
    pub fn between<'a>(
        expected: impl IntoIterator<Item = (&'a str, &'a [usize])>,
        found: impl IntoIterator<Item = (&'a str, &'a [usize])>,
    ) -> Self {
        let found: Vec<_> = found.into_iter().collect();
        let by_name: HashMap<_, _> = found.iter().copied().collect();
        let expected: Vec<_> = expected.into_iter().collect();
        let wanted: HashMap<_, _> = expected.iter().copied().collect();
        let unused: Vec<_> = found
            .iter()
            .copied()
            .filter(|(name, _)| !wanted.contains_key(name))
            .collect();

        let mut list = Vec::new();
        for &(name, shape) in &expected {
            match by_name.get(name) {
                Some(&there) if there == shape => {}
                Some(&there) => list.push(Difference::Shape {
                    name: name.into(),
                    expected: shape.into(),
                    found: there.into(),
                }),
                None => {
                    let same_shape = unused.iter().filter(|(_, s)| *s == shape).map(|&(n, _)| n);
                    let any_shape = unused.iter().map(|&(n, _)| n);
                    let nearest = nearest(name, same_shape).or_else(|| nearest(name, any_shape));
                    list.push(Difference::Missing {
                        name: name.into(),
                        shape: shape.into(),
                        nearest: nearest.map(Into::into),
                    });
                }
            }
        }
        list.extend(unused.iter().map(|&(name, shape)| Difference::Unexpected {
            name: name.into(),
            shape: shape.into(),
        }));
        Self(list)
    }

    /// Whether file and model fit.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of tensors that differ.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The differences, one per tensor.
    pub fn iter(&self) -> std::slice::Iter<'_, Difference> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Differences {
    type Item = &'a Difference;
    type IntoIter = std::slice::Iter<'a, Difference>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Differences {
    /// One line per difference, names aligned; after 24 lines the rest is counted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(PRINTED)];
        let width = shown
            .iter()
            .map(|d| d.name().chars().count())
            .max()
            .unwrap_or(0);
        for (index, difference) in shown.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match difference {
                Difference::Missing {
                    name,
                    shape,
                    nearest,
                } => {
                    write!(
                        f,
                        "  missing     {name:width$}  the model has {shape:?}, the file has no such tensor"
                    )?;
                    if let Some(nearest) = nearest {
                        write!(f, " (nearest name: `{nearest}`)")?;
                    }
                }
                Difference::Unexpected { name, shape } => {
                    write!(
                        f,
                        "  unexpected  {name:width$}  the file has {shape:?}, the model has no such tensor"
                    )?;
                }
                Difference::Shape {
                    name,
                    expected,
                    found,
                } => {
                    write!(
                        f,
                        "  shape       {name:width$}  the model has {expected:?}, the file has {found:?}"
                    )?;
                }
            }
        }
        match self.0.len() - shown.len() {
            0 => Ok(()),
            more => write!(f, "\n  ... and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: [(&str, &[usize]); 3] = [
        ("conv2d1.weight", &[3, 3, 1, 8]),
        ("conv2d1.bias", &[8]),
        ("dense1.weight", &[128, 10]),
    ];

    #[test]
    fn the_same_names_and_shapes_have_no_differences_in_any_order() {
        let mut file = MODEL;
        file.reverse();
        assert!(Differences::between(MODEL, file).is_empty());
    }

    #[test]
    fn a_renamed_tensor_is_named_with_its_nearest_candidate() {
        let file: [(&str, &[usize]); 3] = [
            ("conv1.weight", &[3, 3, 1, 8]),
            ("conv2d1.bias", &[8]),
            ("dense1.weight", &[100, 10]),
        ];
        let text = Differences::between(MODEL, file).to_string();
        assert_eq!(
            text,
            "  missing     conv2d1.weight  the model has [3, 3, 1, 8], the file has no such tensor (nearest name: `conv1.weight`)\n  \
               shape       dense1.weight   the model has [128, 10], the file has [100, 10]\n  \
               unexpected  conv1.weight    the file has [3, 3, 1, 8], the model has no such tensor"
        );
    }

    #[test]
    fn a_candidate_of_the_same_shape_is_preferred() {
        let file: [(&str, &[usize]); 2] = [("conv2d1.weigh", &[1]), ("conv.weight", &[3, 3, 1, 8])];
        let differences = Differences::between(MODEL, file);
        let first = differences.iter().next().unwrap();
        assert!(
            matches!(first, Difference::Missing { nearest: Some(n), .. } if n == "conv.weight"),
            "{first:?}"
        );
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let names: Vec<String> = (0..40).map(|i| format!("layer{i}.weight")).collect();
        let found = names.iter().map(|n| (n.as_str(), &[1_usize][..]));
        let text = Differences::between([], found).to_string();
        assert!(text.ends_with("... and 16 more"));
        assert_eq!(text.lines().count(), PRINTED + 1);
    }
}
