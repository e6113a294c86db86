//! One workload: a network, a batch, and what is timed with them.

use std::hint::black_box;

use clap::ValueEnum;
use rayon::ThreadPool;
use serde_json::{Value, json};
use shapeflow::engine::{Batch, EngineError, OptimizerSlots, TrainWorkspace};
use shapeflow::losses::{MeanSquaredError, OutputLoss, SparseCategoricalCrossEntropy, TargetsView};
use shapeflow::model::Model;
use shapeflow::optimizers::{Adam, Clip};

use crate::measure::{Runs, rounded, time};
use crate::models::{CifarCnn, Mlp, MobileNetV2, ResNet20, ResNet50, Tiny, UNet, Wide};
use crate::peak;

/// The workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Work {
    /// The CIFAR-10 network of the Keras tutorial, batch 128.
    CifarCnn,
    /// 784-256-128-10, batch 128.
    Mlp,
    /// ResNet-20 on 32 by 32, batch 64.
    #[value(name = "resnet20")]
    ResNet20,
    /// 16-32-32-4 with tanh, batch 1.
    Tiny,
    /// 1024-2048-2048-2048-2048-10, batch 128.
    Wide,
    /// MobileNetV2 on 224 by 224, batch 16.
    #[value(name = "mobilenet_v2")]
    MobileNetV2,
    /// An encoder and a decoder with skips on 128 by 128, batch 16.
    #[value(name = "unet")]
    UNet,
    /// ResNet-50 on 224 by 224, batch 16.
    #[value(name = "resnet50")]
    ResNet50,
    /// The first four, which take little time.
    All,
    /// The others.
    Large,
}

impl Work {
    /// The workloads it stands for.
    pub fn each(self) -> Vec<Work> {
        match self {
            Work::All => vec![Work::CifarCnn, Work::Mlp, Work::ResNet20, Work::Tiny],
            Work::Large => vec![Work::Wide, Work::UNet, Work::MobileNetV2, Work::ResNet50],
            one => vec![one],
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Times the workload on `pool` and returns its line.
    ///
    /// # Errors
    ///
    /// If a step or a prediction fails.
    pub fn run(
        self,
        pool: &ThreadPool,
        batch: Option<usize>,
        runs: Runs,
        train_only: bool,
    ) -> Result<Value, EngineError> {
        let case = self.case(pool, batch, runs, train_only);
        match self {
            Work::CifarCnn => case.measure::<CifarCnn>(),
            Work::Mlp => case.measure::<Mlp>(),
            Work::ResNet20 => case.measure::<ResNet20>(),
            Work::Wide => case.measure::<Wide>(),
            Work::MobileNetV2 => case.measure::<MobileNetV2>(),
            Work::UNet => case.measure::<UNet>(),
            Work::ResNet50 => case.measure::<ResNet50>(),
            Work::Tiny | Work::All | Work::Large => case.measure::<Tiny>(),
        }
    }
}

impl Work {
    fn case(
        self,
        pool: &ThreadPool,
        batch: Option<usize>,
        runs: Runs,
        train_only: bool,
    ) -> Case<'_> {
        let usual = match self {
            Work::Tiny => 1,
            Work::ResNet20 => 64,
            Work::MobileNetV2 | Work::UNet | Work::ResNet50 => 16,
            _ => 128,
        };
        Case {
            name: self.name(),
            batch: batch.unwrap_or(usual),
            runs,
            train_only,
            pool,
        }
    }

    /// Only trains, without a measurement of the peak beside it: a line with the batch.
    ///
    /// # Errors
    ///
    /// If a step fails.
    pub fn train(
        self,
        pool: &ThreadPool,
        batch: Option<usize>,
        runs: Runs,
    ) -> Result<Value, EngineError> {
        let case = self.case(pool, batch, runs, true);
        pool.install(|| match self {
            Work::CifarCnn => case.train::<CifarCnn>(),
            Work::Mlp => case.train::<Mlp>(),
            Work::ResNet20 => case.train::<ResNet20>(),
            Work::Wide => case.train::<Wide>(),
            Work::MobileNetV2 => case.train::<MobileNetV2>(),
            Work::UNet => case.train::<UNet>(),
            Work::ResNet50 => case.train::<ResNet50>(),
            Work::Tiny | Work::All | Work::Large => case.train::<Tiny>(),
        })?;
        Ok(json!({
            "peer": "shapeflow",
            "threads": pool.current_num_threads(),
            "work": case.name,
            "batch": case.batch,
        }))
    }
}

struct Case<'a> {
    name: String,
    batch: usize,
    runs: Runs,
    train_only: bool,
    pool: &'a ThreadPool,
}

impl Case<'_> {
    fn measure<M: Model>(&self) -> Result<Value, EngineError> {
        let before = peak::gigaflops(self.pool);
        let train = self.pool.install(|| self.train::<M>())?;
        let mut line = json!({
            "peer": "shapeflow",
            "threads": self.pool.current_num_threads(),
            "work": self.name,
            "batch": self.batch,
        });
        if !self.train_only {
            let (all, one) = self.pool.install(|| self.predict::<M>())?;
            line["infer_batch_ms"] = json!(all.json(1e-3));
            line["infer1_us"] = json!(one.json(1e-6));
        }
        let peak = before.max(peak::gigaflops(self.pool));
        let achieved = training_flops::<M>() as f64 * self.batch as f64 / train.median / 1e9;
        line["train_ms"] = json!(train.json(1e-3));
        line["gflops"] = json!(rounded(achieved));
        line["peak_gflops"] = json!(rounded(peak));
        line["peak_share"] = json!(rounded(achieved / peak));
        Ok(line)
    }

    fn train<M: Model>(&self) -> Result<crate::measure::Timing, EngineError> {
        let mut model = M::with_seed(1);
        let inputs = inputs::<M>(self.batch);
        let size = M::PROGRAM.outputs[0].size();
        let classes = M::PROGRAM.outputs[0].last_axis();
        let targets = self.batch * size / classes;
        let classes: Vec<u32> = (0..targets as u32)
            .map(|i| i * 7 % classes as u32)
            .collect();
        let values = vec![0.25; self.batch * size];
        let (cross_entropy, squared) = (SparseCategoricalCrossEntropy::default(), MeanSquaredError);
        let plain = M::PROGRAM.outputs[0].link == shapeflow::link::Link::Plain;
        let (loss, targets): (&dyn OutputLoss, _) = if plain {
            (&squared, TargetsView::Values(&values))
        } else {
            (&cross_entropy, TargetsView::Classes(&classes))
        };
        let adam = Adam::default();
        let mut slots = OptimizerSlots::new(M::PROGRAM, &adam)?;
        let mut workspace = TrainWorkspace::new(M::PROGRAM, self.batch);
        let batch = Batch {
            inputs: &[&inputs],
            targets: &[targets],
            examples: self.batch,
        };
        let mut failed = None;
        let timing = time(self.runs, 1, || {
            let result = workspace.step(
                &mut model,
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
        failed.map_or(Ok(timing), Err)
    }

    /// A batch, then one example at a time.
    fn predict<M: Model>(
        &self,
    ) -> Result<(crate::measure::Timing, crate::measure::Timing), EngineError> {
        let model = M::with_seed(1);
        let inputs = inputs::<M>(self.batch);
        let one = &inputs[..M::PROGRAM.inputs[0].size()];
        let mut predictor = model.predictor(self.batch);
        predictor.predict(&[&inputs], self.batch)?;
        let all = time(self.runs, 1, || {
            black_box(predictor.predict(black_box(&[&inputs]), self.batch).is_ok());
        });
        let mut predictor = model.predictor(1);
        predictor.predict(&[one], 1)?;
        // Short predictions are timed many at once: reading the clock takes some tens of nanoseconds.
        let inner = (2_000_000 / M::FLOPS.max(1)).clamp(1, 1000) as usize;
        let single = time(self.runs, inner, || {
            black_box(predictor.predict(black_box(&[one]), 1).is_ok());
        });
        Ok((all, single))
    }
}

/// Numbers between -1 and 1.
fn inputs<M: Model>(examples: usize) -> Vec<f32> {
    (0..examples * M::PROGRAM.inputs[0].size())
        .map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
        .collect()
}

/// Operations of a training step for one example: forward, and twice that backward, less the gradient of the model's
/// input, which nobody computes.
fn training_flops<M: Model>() -> u64 {
    let first = M::PROGRAM
        .graph
        .nodes
        .iter()
        .map(|node| node.flops)
        .find(|&flops| flops > 0)
        .unwrap_or(0);
    3 * M::FLOPS - first
}
