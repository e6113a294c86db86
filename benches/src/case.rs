//! A workload on one batch: its training steps and its predictions, to be timed or looked at in other ways.

use std::hint::black_box;

use rayon::ThreadPool;
use serde_json::{Value, json};
use shapeflow::engine::{Batch, EngineError, OptimizerSlots, Predictor, TrainWorkspace};
use shapeflow::link::Link;
use shapeflow::losses::{MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy, TargetsView};
use shapeflow::optimizers::{Adam, Clip};

use crate::measure::{Runs, rounded, time};
use crate::peak;
use crate::work::Work;

/// A workload and the examples in a batch of it.
pub struct Case {
    pub work: Work,
    pub batch: usize,
}

impl Case {
    /// A line that says what it is.
    pub fn line(&self, pool: &ThreadPool) -> Value {
        json!({
            "peer": "shapeflow",
            "threads": pool.current_num_threads(),
            "work": self.work.name,
            "batch": self.batch,
            "parameters": self.work.program.parameters(),
        })
    }

    /// Times training on `pool`, and predictions unless it is to `train_only`.
    ///
    /// # Errors
    ///
    /// If a step or a prediction fails.
    pub fn measure(
        &self,
        pool: &ThreadPool,
        runs: Runs,
        train_only: bool,
    ) -> Result<Value, EngineError> {
        let mut line = self.line(pool);
        let before = peak::gigaflops(pool);
        let train = pool.install(|| self.train(|step| time(runs, 1, step)))?;
        if !train_only {
            let all =
                pool.install(|| self.predict(self.batch, |predict| time(runs, 1, predict)))?;
            // Short predictions are timed many at once: reading the clock takes some tens of nanoseconds.
            let inner = (2_000_000 / self.work.program.flops.max(1)).clamp(1, 1000) as usize;
            let one = pool.install(|| self.predict(1, |predict| time(runs, inner, predict)))?;
            line["infer_batch_ms"] = json!(all.json(1e-3));
            line["infer1_us"] = json!(one.json(1e-6));
        }
        let peak = before.max(peak::gigaflops(pool));
        let achieved = self.work.training_flops() as f64 * self.batch as f64 / train.median / 1e9;
        line["train_ms"] = json!(train.json(1e-3));
        line["gflops"] = json!(rounded(achieved));
        line["peak_gflops"] = json!(rounded(peak));
        line["peak_share"] = json!(rounded(achieved / peak));
        Ok(line)
    }

    /// What `measure` finds out about a training step, which it is given.
    ///
    /// # Errors
    ///
    /// If a step fails.
    pub fn train<R>(&self, measure: impl FnOnce(&mut dyn FnMut()) -> R) -> Result<R, EngineError> {
        let program = self.work.program;
        let mut model = (self.work.make)();
        let inputs = self.inputs(self.batch);
        let port = &program.outputs[0];
        let (size, classes) = (port.size(), port.last_axis());
        let targets = self.batch * size / classes;
        let classes: Vec<u32> = (0..targets as u32)
            .map(|i| i * 7 % classes as u32)
            .collect();
        let values = vec![0.25; self.batch * size];
        let (cross_entropy, squared) = (SparseCategoricalCrossEntropy::default(), MeanSquaredError);
        let (loss, targets): (&dyn OutputLoss, _) = if port.link == Link::Plain {
            (&squared, TargetsView::Values(&values))
        } else {
            (&cross_entropy, TargetsView::Classes(&classes))
        };
        let adam = Adam::default();
        let mut slots = OptimizerSlots::new(program, &adam)?;
        let mut workspace = TrainWorkspace::new(program, self.batch);
        let batch = Batch {
            inputs: &[&inputs],
            targets: &[targets],
            examples: self.batch,
        };
        let mut failed = None;
        let result = measure(&mut || {
            let result = workspace.step(
                &mut *model,
                &batch,
                &[loss],
                &adam,
                &mut slots,
                1e-3,
                Clip::None,
                7,
            );
            if let Err(error) = result {
                failed.get_or_insert(error);
            }
        });
        failed.map_or(Ok(result), Err)
    }

    /// What `measure` finds out about a prediction of `examples` examples, which it is given.
    ///
    /// # Errors
    ///
    /// If a prediction fails.
    pub fn predict<R>(
        &self,
        examples: usize,
        measure: impl FnOnce(&mut dyn FnMut()) -> R,
    ) -> Result<R, EngineError> {
        let (model, inputs) = ((self.work.make)(), self.inputs(examples));
        let mut predictor = Predictor::new(&*model, examples);
        predictor.predict(&[&inputs], examples)?;
        Ok(measure(&mut || {
            black_box(predictor.predict(black_box(&[&inputs]), examples).is_ok());
        }))
    }

    /// Numbers between -1 and 1.
    fn inputs(&self, examples: usize) -> Vec<f32> {
        (0..examples * self.work.program.inputs[0].size())
            .map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
            .collect()
    }
}
