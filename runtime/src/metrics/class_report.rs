//! Precision, recall and F1 of every class in one table.

use std::fmt;

use crate::metrics::tally::{self, Average};
use crate::metrics::{ConfusionMatrix, Hits};

/// Precision, recall, F1 and support of each class, the accuracy, and their means; displayed as scikit-learn's
/// `classification_report`.
///
/// The mean over the classes (`macro avg`) leaves out those that are neither among targets nor predictions; the weighted
/// one (`weighted avg`) counts each class as often as it is among the targets. A figure without meaning is 0.
///
/// ```
/// # use shapeflow_runtime as shapeflow;
/// use shapeflow::metrics::ConfusionMatrix;
/// let matrix = ConfusionMatrix::from_classes(2, &[0, 0, 1, 1], &[0, 1, 1, 1])?.named(["cat", "dog"]);
/// let report = matrix.report();
/// assert_eq!(report.hits(1).recall(), 1.0);
/// assert_eq!(
///     report.to_string(),
///     "              precision    recall  f1-score   support\n\n\
///      \x20        cat       1.00      0.50      0.67         2\n\
///      \x20        dog       0.67      1.00      0.80         2\n\n\
///      \x20   accuracy                           0.75         4\n\
///      \x20  macro avg       0.83      0.75      0.73         4\n\
///      weighted avg       0.83      0.75      0.73         4\n"
/// );
/// # Ok::<(), shapeflow_runtime::metrics::MetricError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassReport {
    names: Vec<String>,
    hits: Vec<Hits>,
    accuracy: f64,
}

impl ClassReport {
    /// The report of a matrix, with its names.
    pub fn new(matrix: &ConfusionMatrix) -> Self {
        let classes = 0..matrix.counted_classes();
        ClassReport {
            names: classes.clone().map(|class| matrix.name_of(class)).collect(),
            hits: classes.map(|class| matrix.hits(class)).collect(),
            accuracy: matrix.accuracy(),
        }
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.hits.len()
    }

    /// Hits and misses of a class; they give its precision, recall and F1.
    ///
    /// # Panics
    /// When `class` isn't below [`ClassReport::classes`].
    pub fn hits(&self, class: usize) -> Hits {
        self.hits[class]
    }

    /// The part that was right; NaN where there were no examples.
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// Precision over all classes.
    pub fn precision(&self, average: Average) -> f64 {
        tally::average(&self.hits, true, average, Hits::precision)
    }

    /// Recall over all classes.
    pub fn recall(&self, average: Average) -> f64 {
        tally::average(&self.hits, true, average, Hits::recall)
    }

    /// F1 over all classes.
    pub fn f1(&self, average: Average) -> f64 {
        tally::average(&self.hits, true, average, Hits::f1)
    }

    /// How many examples there were.
    pub fn support(&self) -> u64 {
        self.hits.iter().map(|hits| hits.support()).sum()
    }
}

impl ConfusionMatrix {
    /// Precision, recall and F1 of each class, and their means.
    pub fn report(&self) -> ClassReport {
        ClassReport::new(self)
    }
}

impl fmt::Display for ClassReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.names.iter().map(|name| name.chars().count()).max();
        let first = longest.unwrap_or(0).max("weighted avg".len());
        let line = |f: &mut fmt::Formatter<'_>, name: &str, figures: [f64; 3], support: u64| {
            let [precision, recall, f1] = figures;
            writeln!(
                f,
                "{name:>first$}  {precision:>9.2} {recall:>9.2} {f1:>9.2} {support:>9}"
            )
        };
        writeln!(
            f,
            "{:first$}  {:>9} {:>9} {:>9} {:>9}\n",
            "", "precision", "recall", "f1-score", "support"
        )?;
        for (name, hits) in self.names.iter().zip(&self.hits) {
            let figures = [hits.precision(), hits.recall(), hits.f1()];
            line(f, name, figures, hits.support())?;
        }
        let support = self.support();
        writeln!(
            f,
            "\n{:>first$}  {:>9} {:>9} {:>9.2} {support:>9}",
            "accuracy", "", "", self.accuracy
        )?;
        for (name, average) in [
            ("macro avg", Average::Macro),
            ("weighted avg", Average::Weighted),
        ] {
            let figures = [
                self.precision(average),
                self.recall(average),
                self.f1(average),
            ];
            line(f, name, figures, support)?;
        }
        Ok(())
    }
}
