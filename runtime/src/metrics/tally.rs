//! Hits and misses per class, and the ratios made of them.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::MetricError;
use crate::metrics::answers::{self, Reading};

/// How the figures of the classes become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Average {
    /// The mean over the classes, each counting the same, as scikit-learn's `average="macro"`: classes that are
    /// neither among the targets nor among the predictions are left out. For a single yes/no output, that of "yes".
    #[default]
    Macro,
    /// The figure of all hits and misses added up. Where every row has one class, this is the accuracy.
    Micro,
    /// The mean over the classes, each counting as often as it is among the targets.
    Weighted,
    /// That of one class, or of one column of yes/no answers, alone.
    Class(usize),
}

/// What was predicted of a class, against what was true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// It was predicted, and true.
    pub true_positives: u64,
    /// It was predicted, and something else was true.
    pub false_positives: u64,
    /// It was true, and something else was predicted.
    pub false_negatives: u64,
}

impl Hits {
    /// `TP / (TP + FP)`: how much of what was predicted is right; 0 where nothing was predicted.
    pub fn precision(self) -> f64 {
        ratio(
            self.true_positives,
            self.true_positives + self.false_positives,
        )
    }

    /// `TP / (TP + FN)`: how much of what is true was found; 0 where nothing is.
    pub fn recall(self) -> f64 {
        ratio(self.true_positives, self.support())
    }

    /// `2 TP / (2 TP + FP + FN)`, the harmonic mean of precision and recall; 0 where all three are 0.
    pub fn f1(self) -> f64 {
        let hits = 2 * self.true_positives;
        ratio(hits, hits + self.false_positives + self.false_negatives)
    }

    /// `TP + FN`: how often it is true.
    pub fn support(self) -> u64 {
        self.true_positives + self.false_negatives
    }

    /// Whether it is among neither targets nor predictions.
    pub fn is_absent(self) -> bool {
        self == Hits::default()
    }
}

/// 0 for nothing of nothing, as scikit-learn's `zero_division=0`.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// One figure of the classes' hits; NaN where there are no classes at all.
pub(crate) fn average(
    hits: &[Hits],
    leave_out_absent: bool,
    average: Average,
    figure: impl Fn(Hits) -> f64,
) -> f64 {
    match average {
        Average::Macro => {
            let counted = hits
                .iter()
                .filter(|hits| !(leave_out_absent && hits.is_absent()));
            let count = counted.clone().count();
            counted.map(|&hits| figure(hits)).sum::<f64>() / count as f64
        }
        Average::Micro => figure(hits.iter().fold(Hits::default(), |sum, hits| Hits {
            true_positives: sum.true_positives + hits.true_positives,
            false_positives: sum.false_positives + hits.false_positives,
            false_negatives: sum.false_negatives + hits.false_negatives,
        })),
        Average::Weighted => {
            let all: u64 = hits.iter().map(|hits| hits.support()).sum();
            if all == 0 {
                return 0.0;
            }
            let sum: f64 = hits
                .iter()
                .map(|&hits| hits.support() as f64 * figure(hits))
                .sum();
            sum / all as f64
        }
        Average::Class(class) => hits.get(class).map_or(f64::NAN, |&hits| figure(hits)),
    }
}

/// The hits of all classes, or of all columns of yes/no answers, over the batches seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tally {
    hits: Vec<Hits>,
    yes_no: bool,
    seen: bool,
}

impl Tally {
    pub(crate) fn reset(&mut self) {
        self.hits.fill(Hits::default());
        self.seen = false;
    }

    pub(crate) fn update(
        &mut self,
        metric: &str,
        threshold: Option<f32>,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        if self.seen && self.hits.len() != output.width {
            return Err(MetricError::Width {
                metric: metric.into(),
                expected: format!("{} as in the batches before", self.hits.len()),
                width: output.width,
            });
        }
        self.hits.resize(output.width, Hits::default());
        let hits = &mut self.hits;
        match Reading::of(output, threshold) {
            Reading::Classes => {
                self.yes_no = false;
                answers::rows(metric, output, predictions, targets, |class, row| {
                    let predicted = answers::largest(row);
                    if predicted == class {
                        hits[class].true_positives += 1;
                    } else {
                        hits[class].false_negatives += 1;
                        hits[predicted].false_positives += 1;
                    }
                })?;
            }
            Reading::YesNo { threshold } => {
                self.yes_no = true;
                answers::answers(
                    metric,
                    output,
                    predictions,
                    targets,
                    |column, yes, score| {
                        let hits = &mut hits[column];
                        match (score > threshold, yes) {
                            (true, true) => hits.true_positives += 1,
                            (true, false) => hits.false_positives += 1,
                            (false, true) => hits.false_negatives += 1,
                            (false, false) => {}
                        }
                    },
                )?;
            }
        }
        self.seen |= !predictions.is_empty();
        Ok(())
    }

    pub(crate) fn value(&self, average: Average, figure: impl Fn(Hits) -> f64) -> f64 {
        if !self.seen {
            return f64::NAN;
        }
        self::average(&self.hits, !self.yes_no, average, figure)
    }

    pub(crate) fn per_class(&self, figure: impl Fn(Hits) -> f64) -> Vec<f64> {
        self.hits.iter().map(|&hits| figure(hits)).collect()
    }
}

/// A metric that is one of the figures of [`Hits`].
macro_rules! figure {
    ($(#[$doc:meta])* $metric:ident, $name:literal, $figure:expr) => {
        $(#[$doc])*
        ///
        /// Outputs are read as [`Accuracy`](super::Accuracy) reads them. A figure without meaning, as that of a class
        /// that never comes up, is 0 (scikit-learn's `zero_division=0`); before any example was seen, NaN.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $metric {
            average: $crate::metrics::Average,
            name: String,
            threshold: Option<f32>,
            tally: $crate::metrics::tally::Tally,
        }

        impl $metric {
            /// The mean over the classes ([`Average::Macro`](super::Average::Macro)); of a single yes/no output, that
            /// of "yes".
            pub fn new() -> Self {
                Self::averaged($crate::metrics::Average::Macro)
            }

            /// That of one class alone, or of one column of yes/no answers.
            pub fn of_class(class: usize) -> Self {
                Self::averaged($crate::metrics::Average::Class(class))
            }

            /// With this way to average.
            pub fn averaged(average: $crate::metrics::Average) -> Self {
                use $crate::metrics::Average;
                let name = match average {
                    Average::Macro => $name.to_string(),
                    Average::Micro => concat!($name, "_micro").to_string(),
                    Average::Weighted => concat!($name, "_weighted").to_string(),
                    Average::Class(class) => format!(concat!($name, "_class_{}"), class),
                };
                $metric { average, name, threshold: None, tally: Default::default() }
            }

            /// Reads each number as a yes/no answer: yes above `threshold`.
            pub fn threshold(mut self, threshold: f32) -> Self {
                self.threshold = Some(threshold);
                self
            }

            /// The figure of each class, or of each column of yes/no answers.
            pub fn per_class(&self) -> Vec<f64> {
                self.tally.per_class($figure)
            }
        }

        impl Default for $metric {
            fn default() -> Self {
                Self::new()
            }
        }

        impl $crate::metrics::Metric for $metric {
            fn name(&self) -> &str {
                &self.name
            }

            fn higher_is_better(&self) -> bool {
                true
            }

            fn settings(&self) -> String {
                format!("average: {:?}, threshold: {:?}", self.average, self.threshold)
            }

            fn validate(
                &self,
                output: $crate::link::OutputSpec,
            ) -> Result<(), $crate::metrics::MetricError> {
                if let $crate::metrics::Average::Class(class) = self.average
                    && class >= output.width
                {
                    return Err($crate::metrics::MetricError::Width {
                        metric: self.name.clone(),
                        expected: format!("{} classes or more", class.saturating_add(1)),
                        width: output.width,
                    });
                }
                $crate::metrics::answers::check_threshold(&self.name, self.threshold)
            }

            fn reads_logits(&self, output: $crate::link::OutputSpec) -> bool {
                $crate::metrics::answers::Reading::is_of_logits(output, self.threshold)
            }

            fn reset(&mut self) {
                self.tally.reset();
            }

            fn update(
                &mut self,
                output: $crate::link::OutputSpec,
                predictions: &[f32],
                targets: $crate::data::TargetsView<'_>,
            ) -> Result<(), $crate::metrics::MetricError> {
                self.validate(output)?;
                self.tally.update(&self.name, self.threshold, output, predictions, targets)
            }

            fn value(&self) -> f64 {
                self.tally.value(self.average, $figure)
            }
        }
    };
}
pub(crate) use figure;
