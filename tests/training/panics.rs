//! Losses, metrics and callbacks of the user's that panic within a run, or that run in parallel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::networks::{Small, bits, flowers};
use rayon::prelude::*;
use shapeflow::data::{Classes, TargetsView};
use shapeflow::link::OutputSpec;
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::metrics::{Metric, MetricError};
use shapeflow::model::Model;
use shapeflow::optimizers::Adam;
use shapeflow::training::{BatchEnd, Callback, CallbackError, Control, Fit};

type Classifier<'a> = Fit<'a, SparseCategoricalCrossEntropy, Classes>;

fn classifier<'a>() -> Classifier<'a> {
    Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.01))
        .batch_size(10)
        .epochs(2)
        .quiet()
}

/// The mean of the largest predictions, taken on all threads; panics in a batch, if it is told to.
struct Own<'a> {
    left: &'a AtomicUsize,
    sum: f64,
    rows: usize,
}

impl<'a> Own<'a> {
    fn new(left: &'a AtomicUsize) -> Self {
        let (sum, rows) = (0.0, 0);
        Self { left, sum, rows }
    }
}

impl Metric for Own<'_> {
    fn name(&self) -> &str {
        "own"
    }
    fn higher_is_better(&self) -> bool {
        true
    }
    fn reset(&mut self) {
        (self.sum, self.rows) = (0.0, 0);
    }
    fn update(
        &mut self,
        output: OutputSpec,
        predictions: &[f32],
        _: TargetsView<'_>,
    ) -> Result<(), MetricError> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            panic!("of the user's");
        }
        let rows = predictions.par_chunks(output.size());
        let largest: Vec<f64> = rows
            .map(|row| f64::from(row.iter().copied().fold(0.0, f32::max)))
            .collect();
        self.sum += largest.iter().sum::<f64>();
        self.rows += largest.len();
        Ok(())
    }
    fn value(&self) -> f64 {
        self.sum / self.rows as f64
    }
}

/// Ends a run, one way or another, after so many steps.
struct After {
    steps: u64,
    panics: bool,
}

impl Callback for After {
    fn on_batch_end(&mut self, batch: &BatchEnd) -> Result<Control, CallbackError> {
        if batch.step < self.steps {
            return Ok(Control::Continue);
        }
        assert!(!self.panics, "of the user's");
        Ok(Control::Stop("enough".into()))
    }
}

#[test]
fn a_metric_or_callback_that_panics_leaves_the_model_after_that_step() {
    let data = flowers(50, 0);
    for threads in [1, 4] {
        for steps in [1, 7] {
            let mut stopped = Small::with_seed(0);
            let after = |panics| After { steps, panics };
            classifier()
                .threads(threads)
                .callback(after(false))
                .run(&mut stopped, &data)
                .expect("it stops");
            let left = AtomicUsize::new(steps as usize);
            for fit in [
                classifier().metric(Own::new(&left)),
                classifier().callback(after(true)),
            ] {
                let mut model = Small::with_seed(0);
                let run = AssertUnwindSafe(|| fit.threads(threads).run(&mut model, &data));
                assert!(catch_unwind(run).is_err());
                assert!(bits(&model) == bits(&stopped), "{steps} steps");
                // Nothing is left locked, and the model learns on.
                let again = classifier().threads(threads).run(&mut model, &data);
                assert_eq!(again.expect("a run").len(), 2);
            }
        }
    }
}

#[test]
fn a_metric_that_runs_in_parallel_gives_the_same_figures_on_any_number_of_threads() {
    let data = flowers(50, 0);
    let run = |threads| {
        let never = AtomicUsize::new(usize::MAX);
        let mut model = Small::with_seed(0);
        let history = classifier()
            .threads(threads)
            .metric(Own::new(&never))
            .validation(&data)
            .run(&mut model, &data)
            .expect("a run");
        let figures = ["own", "val_own"].map(|figure| {
            let records = history.epochs().iter();
            let values = records.map(|record| record.get(figure).expect("measured").to_bits());
            values.collect::<Vec<_>>()
        });
        (figures, bits(&model))
    };
    let one = run(1);
    for threads in 2..=8 {
        assert!(run(threads) == one, "{threads} threads");
    }
}
