//! What a file holds against what a model expects, as a list that can be read.

use super::excerpt::{excerpt, excerpt_beside, sentence};
use super::nearest::nearest;
use std::collections::HashMap;
use std::fmt;

/// One tensor or layer that stands in the way of loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The model has the tensor, the file doesn't.
    Missing {
        /// The tensor's name in the model.
        name: String,
        /// Its shape in the model.
        shape: Vec<usize>,
        /// A tensor of the file that the model doesn't use and whose name is similar; looked for in the first lines of a long list.
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
    /// The tensors of a layer have the same names and shapes, but the layer computes something else with them.
    Layer {
        /// The layer's name.
        name: String,
        /// What it is in the model: kind, settings, and what it reads.
        expected: String,
        /// The same in the file; empty if the file doesn't know it.
        found: String,
    },
}

impl Difference {
    /// The name of the tensor or layer.
    pub fn name(&self) -> &str {
        match self {
            Self::Missing { name, .. }
            | Self::Unexpected { name, .. }
            | Self::Shape { name, .. }
            | Self::Layer { name, .. } => name,
        }
    }
}

/// All differences between a file's tensors and a model's, in the model's order; unexpected tensors come after those, layers last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences(Vec<Difference>);

/// The number of differences that are printed before the rest is only counted.
const PRINTED: usize = 24;
/// As many of a file's names are looked through for the nearest one of each that is missing and printed.
const CANDIDATES: usize = 1000;

impl Differences {
    /// Compares what a model expects with what a file holds, both as `(name, shape)`.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// use shapeflow::weights::Differences;
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
                    let candidates = match list.len() < PRINTED {
                        true => &unused[..unused.len().min(CANDIDATES)],
                        false => &[],
                    };
                    let same_shape = candidates.iter().filter(|(_, s)| *s == shape);
                    let nearest = nearest(name, same_shape.map(|&(n, _)| n))
                        .or_else(|| nearest(name, candidates.iter().map(|&(n, _)| n)));
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

    /// Adds one at the end.
    pub(super) fn push(&mut self, difference: Difference) {
        self.0.push(difference);
    }

    /// Whether file and model fit.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of tensors (or whole layers) that differ.
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
        let names: Vec<String> = shown.iter().map(|d| excerpt(d.name())).collect();
        let width = names.iter().map(|name| name.chars().count()).max();
        let width = width.unwrap_or(0);
        for (index, (difference, name)) in shown.iter().zip(&names).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match difference {
                Difference::Missing { shape, nearest, .. } => {
                    write!(
                        f,
                        "  missing     {name:width$}  the model has {shape:?}, the file has no such tensor"
                    )?;
                    if let Some(nearest) = nearest {
                        write!(
                            f,
                            " (nearest name: `{}`)",
                            excerpt_beside(nearest, difference.name())
                        )?;
                    }
                }
                Difference::Unexpected { shape, .. } => {
                    write!(
                        f,
                        "  unexpected  {name:width$}  the file has {}, the model has no such tensor",
                        axes(shape)
                    )?;
                }
                Difference::Shape {
                    expected, found, ..
                } => {
                    write!(
                        f,
                        "  shape       {name:width$}  the model has {expected:?}, the file has {}",
                        axes(found)
                    )?;
                }
                Difference::Layer {
                    expected, found, ..
                } => {
                    let found = match found.as_str() {
                        "" => "the file doesn't know the layer".into(),
                        found => format!("the file has {}", sentence(found)),
                    };
                    write!(
                        f,
                        "  layer       {name:width$}  the model has {expected}, {found}"
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

/// A shape from a file, which may have any number of axes.
fn axes(shape: &[usize]) -> String {
    const SHOWN: usize = 8;
    match shape.len() {
        0..=SHOWN => format!("{shape:?}"),
        axes => format!("a shape of {axes} axes"),
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

    #[test]
    fn names_of_any_length_are_cut_and_escaped() {
        let name = format!("\u{1b}[2J{}", "x".repeat(1 << 17));
        let text = Differences::between(MODEL, [(name.as_str(), &[1_usize; 9][..])]).to_string();
        assert!(text.len() < 1000 && !text.contains('\u{1b}'), "{text}");
        assert!(
            text.contains(r"\u{1b}[2Jxxx") && text.contains("131076 characters"),
            "{text}"
        );
        assert!(text.contains("a shape of 9 axes"), "{text}");
    }

    #[test]
    fn a_hundred_thousand_foreign_tensors_are_refused_at_once() {
        let names: Vec<String> = (0..100_000)
            .map(|i| format!("transformer.layer{i}.attention.weight"))
            .collect();
        let model: Vec<String> = (0..1000)
            .map(|i| format!("encoder.stage{i}.conv2d1.weight"))
            .collect();
        let shape: &[usize] = &[3, 3];
        let pairs = |names: &'static [String]| names.iter().map(move |name| (name.as_str(), shape));
        let differences = Differences::between(pairs(model.leak()), pairs(names.leak()));
        assert_eq!(differences.len(), 101_000);
        // One look at all pairs would be a hundred million, so only those that are printed have a nearest name.
        let looked = differences.iter().filter(|difference| {
            matches!(
                difference,
                Difference::Missing {
                    nearest: Some(_),
                    ..
                }
            )
        });
        assert!(looked.count() <= PRINTED);
        assert_eq!(differences.to_string().lines().count(), PRINTED + 1);
    }
}
