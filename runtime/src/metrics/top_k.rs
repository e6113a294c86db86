//! The part of examples whose class is among the likeliest few.

use crate::data::TargetsView;
use crate::link::OutputSpec;
use crate::metrics::{Metric, MetricError, answers};

/// The part of rows in which the right class is one of the `k` with the largest numbers.
///
/// Of equal numbers the one with the lower class counts as larger, so that a model that can't tell classes apart isn't
/// always right. Targets are class numbers or one-hot rows. NaN before any example was seen.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::{Metric, TopK};
/// assert_eq!(TopK::new(5).name(), "top_5_accuracy");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TopK {
    k: usize,
    name: String,
    right: u64,
    all: u64,
}

impl TopK {
    /// Among the `k` likeliest: 1 to the number of classes; another is refused before training or measuring begins.
    pub fn new(k: usize) -> Self {
        TopK {
            k,
            name: format!("top_{k}_accuracy"),
            right: 0,
            all: 0,
        }
    }
}

impl Metric for TopK {
    fn name(&self) -> &str {
        &self.name
    }

    fn higher_is_better(&self) -> bool {
        true
    }

    fn settings(&self) -> String {
        format!("k: {}", self.k)
    }

    fn validate(&self, output: OutputSpec) -> Result<(), MetricError> {
        if self.k == 0 {
            return Err(MetricError::Setting {
                metric: self.name.clone(),
                setting: "k",
                value: 0.0,
                expected: "1 or more",
            });
        }
        if output.width < self.k {
            return Err(MetricError::Width {
                metric: self.name.clone(),
                expected: format!("an output of {} classes or more", self.k),
                width: output.width,
            });
        }
        Ok(())
    }

    fn reset(&mut self) {
        (self.right, self.all) = (0, 0);
    }

    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        targets: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        self.validate(output)?;
        let (mut right, mut all) = (0, 0);
        answers::rows(&self.name, output, predictions, targets, |class, row| {
            let before = row[..class].iter().filter(|&&score| score >= row[class]);
            let after = row[class + 1..].iter().filter(|&&score| score > row[class]);
            right += u64::from(before.count() + after.count() < self.k);
            all += 1;
        })?;
        self.right += right;
        self.all += all;
        Ok(())
    }

    fn value(&self) -> f64 {
        self.right as f64 / self.all as f64
    }
}
