//! Which class is taken for which.

use std::fmt;

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::answers::{self, Reading};
use crate::metrics::{Hits, Metric, MetricError};

/// How often each class was predicted for each: rows are the true classes, columns the predicted ones.
///
/// For an output of classes, or for one yes/no output (two classes, `no` and `yes`). As a [`Metric`] its value is the
/// accuracy, and one lent as `&mut matrix` can be read when evaluation is done. Displayed as an aligned table.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::ConfusionMatrix;
/// let matrix = ConfusionMatrix::from_classes(2, &[0, 0, 1, 1, 1], &[0, 1, 1, 1, 0])?.named(["cat", "dog"]);
/// assert_eq!(matrix.count(1, 1), 2);
/// assert_eq!(
///     matrix.to_string(),
///     "true \\ predicted  cat  dog\n\
///      cat                 1    1\n\
///      dog                 1    2\n"
/// );
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
    names: Vec<String>,
    threshold: Option<f32>,
}

/// The most classes of a matrix: its counts take 2 GiB then.
const MOST_CLASSES: usize = 1 << 14;

impl ConfusionMatrix {
    /// Of so many classes, nothing counted yet. There is no matrix of more than 16,384 classes: one of more counts nothing, and
    /// is refused when it is to.
    pub fn new(classes: usize) -> Self {
        ConfusionMatrix {
            classes,
            counts: if classes <= MOST_CLASSES {
                vec![0; classes * classes]
            } else {
                Vec::new()
            },
            names: Vec::new(),
            threshold: None,
        }
    }

    /// Of these true and predicted classes, example by example.
    ///
    /// # Errors
    /// When the lengths differ, or a class isn't below `classes`.
    pub fn from_classes(
        classes: usize,
        truth: &[u32],
        predicted: &[u32],
    ) -> Result<Self, MetricError> {
        let metric = || "confusion_matrix".to_string();
        if truth.len() != predicted.len() {
            return Err(MetricError::Length {
                metric: metric(),
                predictions: predicted.len(),
                expected: predicted.len(),
                found: truth.len(),
            });
        }
        let mut matrix = ConfusionMatrix::new(classes);
        matrix.check_size(classes)?;
        for (row, (&t, &p)) in truth.iter().zip(predicted).enumerate() {
            let class = t.max(p);
            if class as usize >= classes {
                return Err(MetricError::Class {
                    metric: metric(),
                    row,
                    class,
                    classes,
                });
            }
            matrix.counts[t as usize * classes + p as usize] += 1;
        }
        Ok(matrix)
    }

    /// An error where there are too many classes for a matrix.
    fn check_size(&self, width: usize) -> Result<(), MetricError> {
        if self.classes <= MOST_CLASSES {
            return Ok(());
        }
        Err(MetricError::Width {
            metric: "confusion_matrix".into(),
            expected: format!(
                "{MOST_CLASSES} classes at most and was made for {}",
                self.classes
            ),
            width,
        })
    }

    /// With names for the classes, in their order; classes without one keep their number.
    pub fn named(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Reads a single number as a yes/no answer: yes above `threshold`.
    pub fn threshold(mut self, threshold: f32) -> Self {
        self.threshold = Some(threshold);
        self
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The classes that have counts: none where there are too many for a matrix.
    pub(crate) fn counted_classes(&self) -> usize {
        if self.classes <= MOST_CLASSES {
            self.classes
        } else {
            0
        }
    }

    /// The class's name, or its number where it has none.
    pub fn name_of(&self, class: usize) -> String {
        self.names
            .get(class)
            .cloned()
            .unwrap_or_else(|| class.to_string())
    }

    /// How often `predicted` was predicted where `truth` was true.
    ///
    /// # Panics
    /// When one of them isn't below [`ConfusionMatrix::classes`].
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        assert!(
            truth < self.classes && predicted < self.classes,
            "the matrix has {} classes",
            self.classes
        );
        let index = truth.checked_mul(self.classes);
        let index = index.and_then(|row| row.checked_add(predicted));
        index.map_or(0, |index| self.counts.get(index).copied().unwrap_or(0))
    }

    /// All counted examples.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The part that was right; NaN where nothing was counted.
    pub fn accuracy(&self) -> f64 {
        if self.counts.is_empty() {
            return f64::NAN;
        }
        let right: u64 = (0..self.classes)
            .map(|class| self.count(class, class))
            .sum();
        right as f64 / self.total() as f64
    }

    /// Hits and misses of a class.
    ///
    /// # Panics
    /// When `class` isn't below [`ConfusionMatrix::classes`].
    pub fn hits(&self, class: usize) -> Hits {
        let true_positives = self.count(class, class);
        let predicted: u64 = (0..self.counted_classes())
            .map(|other| self.count(other, class))
            .sum();
        let truth: u64 = (0..self.counted_classes())
            .map(|other| self.count(class, other))
            .sum();
        Hits {
            true_positives,
            false_positives: predicted - true_positives,
            false_negatives: truth - true_positives,
        }
    }
}

impl Metric for ConfusionMatrix {
    fn name(&self) -> &str {
        "matrix_accuracy"
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn settings(&self) -> String {
        format!("threshold: {:?}", self.threshold)
    }

    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        self.check_size(output.width)?;
        answers::check_threshold("confusion_matrix", self.threshold)?;
        let found = match Reading::of(output, self.threshold) {
            Reading::Classes => output.width,
            Reading::YesNo { .. } if output.width == 1 => 2,
            Reading::YesNo { .. } => 0,
        };
        if found != self.classes {
            return Err(MetricError::Width {
                metric: "confusion_matrix".into(),
                expected: match self.classes {
                    2 => "an output of 2 classes, or one yes/no output".into(),
                    classes => format!("an output of {classes} classes"),
                },
                width: output.width,
            });
        }
        Ok(())
    }

    fn reads_logits(&self, output: OutputSpec) -> bool {
        Reading::is_of_logits(output, self.threshold)
    }

    fn reset(&mut self) {
        self.counts.fill(0);
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        self.validate(output)?;
        let reading = Reading::of(output, self.threshold);
        let (counts, classes) = (&mut self.counts, self.classes);
        match reading {
            Reading::Classes => answers::rows(
                "confusion_matrix",
                output,
                predictions,
                targets,
                |t, row| {
                    counts[t * classes + answers::largest(row)] += 1;
                },
            ),
            Reading::YesNo { threshold } => {
                let count = |_, yes, score| {
                    counts[usize::from(yes) * classes + usize::from(score > threshold)] += 1;
                };
                answers::answers("confusion_matrix", output, predictions, targets, count)
            }
        }
    }

    fn value(&self) -> f64 {
        self.accuracy()
    }
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let names: Vec<String> = (0..self.counted_classes())
            .map(|class| self.name_of(class))
            .collect();
        let length = |text: &String| text.chars().count();
        let first = names
            .iter()
            .map(length)
            .max()
            .unwrap_or(0)
            .max(CORNER.len());
        let widths: Vec<usize> = (0..self.counted_classes())
            .map(|column| {
                let counts = (0..self.counted_classes())
                    .map(|row| self.count(row, column).to_string().len());
                counts.max().unwrap_or(0).max(length(&names[column]))
            })
            .collect();
        write!(f, "{CORNER:first$}")?;
        for (name, width) in names.iter().zip(&widths) {
            write!(f, "  {name:>width$}")?;
        }
        writeln!(f)?;
        for (row, name) in names.iter().enumerate() {
            write!(f, "{name:first$}")?;
            for (column, width) in widths.iter().enumerate() {
                write!(f, "  {:>width$}", self.count(row, column))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
