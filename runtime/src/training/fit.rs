//! `fit`: everything about a training run in one expression.

use super::options::{Options, Resume};
use super::trainer::train;
use super::{Callback, History, TrainError, threads};
use crate::data::Source;
use crate::losses::Loss;
use crate::metrics::Metric;
use crate::model::Model;
use crate::optimizers::{Clip, Optimizer};
use crate::schedules::Schedule;
use std::marker::PhantomData;
use std::path::PathBuf;

/// A training run: what is minimised, how, and what is measured.
///
/// ```text
/// let history = Fit::new(SparseCategoricalCrossEntropy::new(), Adam::default())
///     .batch_size(128)
///     .epochs(10)
///     .metric(Accuracy::new())
///     .validation(&test)
///     .callback(EarlyStopping::new("val_loss").patience(3).restore_best())
///     .run(&mut model, &train)?;
/// println!("{history}");
/// ```
///
/// Unless set otherwise: batches of 32, one epoch, examples in random order, seed 0, no clipping, the optimizer's own
/// learning rate, a progress bar (a line per epoch where standard error is no terminal), all of rayon's threads.
///
/// The same seed and data give the same weights, bit for bit, whatever the number of threads, and whether training was
/// interrupted and resumed or not, on machines with the same vector instructions (AVX-512, AVX2 or portable ones round
/// differently: [`Isa`](crate::simd::Isa)). A loss that doesn't fit the model's output or the targets doesn't compile.
#[must_use = "nothing happens until `run`"]
pub struct Fit<'a, L, T> {
    loss: L,
    options: Options<'a>,
    targets: PhantomData<fn() -> T>,
}

impl<'a, L, T> Fit<'a, L, T> {
    /// Minimises `loss` with `optimizer`. For a model with several outputs the loss is a tuple, one per output.
    pub fn new(loss: L, optimizer: impl Optimizer + 'a) -> Self {
        Self {
            loss,
            options: Options::new(optimizer),
            targets: PhantomData,
        }
    }

    fn with(mut self, set: impl FnOnce(&mut Options<'a>)) -> Self {
        set(&mut self.options);
        self
    }

    /// Examples per step. The last batch of an epoch is smaller where the examples don't divide evenly, unless
    /// [`drop_last`](Self::drop_last) is set. A model whose `BatchNorm` sees one value per channel and example can't be trained
    /// on a batch of one: such sizes are refused.
    pub fn batch_size(self, examples: usize) -> Self {
        self.with(|options| options.batch_size = examples)
    }

    /// How often all examples are seen. After a [`resume`](Self::resume) the epochs before count too.
    pub fn epochs(self, epochs: usize) -> Self {
        self.with(|options| options.epochs = epochs)
    }

    /// Measures loss and metrics on these examples after every epoch: figures named `val_...`. Where these and the training
    /// examples have class names, they must be the same in the same order.
    pub fn validation<S: Source<Targets = T>>(self, data: &'a S) -> Self {
        self.with(|options| options.validation = Some(data))
    }

    /// Measures a metric, on training data and on validation data.
    ///
    /// On training data it is that of the epoch while it runs, with dropout and changing weights, as in Keras.
    pub fn metric(self, metric: impl Metric + 'a) -> Self {
        self.with(|options| options.metrics.push(Box::new(metric)))
    }

    /// Adds a callback; they are called in the order in which they are added. `&mut callback` works too.
    pub fn callback(self, callback: impl Callback + 'a) -> Self {
        self.with(|options| options.callbacks.push(Box::new(callback)))
    }

    /// Lets the learning rate follow a schedule, which starts from the optimizer's. A callback may change the rate of each step
    /// further ([`Callback::on_batch_begin`]).
    pub fn schedule(self, schedule: impl Schedule + 'a) -> Self {
        self.with(|options| options.schedule = Some(Box::new(schedule)))
    }

    /// The figure that a schedule such as `ReduceOnPlateau` looks at; `val_loss` unless set, or `loss` without validation. The
    /// run knows in which direction it gets better.
    pub fn monitor(self, figure: impl Into<String>) -> Self {
        self.with(|options| options.monitor = Some(figure.into()))
    }

    /// Clips the gradients before each update.
    pub fn clip(self, clip: Clip) -> Self {
        self.with(|options| options.clip = clip)
    }

    /// Leaves tensors as they are, to the bit: those of a name (`conv2d1.weight`) and those of a layer or block (`conv2d1`,
    /// `stem1`). They get no update, also none by weight decay, their gradients don't count in [`clip`](Self::clip), and running
    /// statistics stay. As in PyTorch, a frozen `BatchNorm` goes on normalising by the batch while it trains.
    ///
    /// Transfer learning: load what fits, train the new head, then everything at a small rate.
    ///
    /// ```
    /// # use shapeflow_runtime as shapeflow;
    /// # use shapeflow::{data::Classes, losses::SparseCategoricalCrossEntropy, optimizers::Adam, training::Fit};
    /// # let fit: Fit<'_, _, Classes> =
    /// Fit::new(SparseCategoricalCrossEntropy::new(), Adam::new(0.001)).freeze(["conv2d1", "conv2d2"]);
    /// ```
    pub fn freeze(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(|options| options.frozen.extend(names.into_iter().map(Into::into)))
    }

    /// The seed of shuffling, augmentation and dropout. (Initial weights have the model's own seed.)
    pub fn seed(self, seed: u64) -> Self {
        self.with(|options| options.seed = seed)
    }

    /// Whether examples come in random order, another one in every epoch.
    pub fn shuffle(self, shuffle: bool) -> Self {
        self.with(|options| options.shuffle = shuffle)
    }

    /// Leaves out the last batch of each epoch if it isn't full; with [`shuffle`](Self::shuffle) that leaves out other examples
    /// in each epoch.
    pub fn drop_last(self) -> Self {
        self.with(|options| options.drop_last = true)
    }

    /// Continues from a file that [`Checkpoint`](super::Checkpoint) wrote: weights, optimizer, schedule, callbacks, order of
    /// the examples, place in the epoch and history, so that the result is the same, bit for bit, as without interruption (on
    /// processors with the same vector instructions; a note says where they are others).
    ///
    /// What would give other bits is refused, and the error names it: another architecture, loss, optimizer, schedule, clipping,
    /// seed, batch size, metric or augmentation, any other setting of these, and other training or validation data, in
    /// their numbers or their order. For that all data is read once more in each run that is resumed or writes a checkpoint:
    /// several gigabytes a second for what is in memory. `epochs` may be another number unless learning rates followed from it.
    /// To train on with other settings, load the file as weights ([`load`](crate::weights::load)).
    ///
    /// Callbacks may be added or left out: each gets the state that was saved under its
    /// [`identity`](Callback::identity); one that has none begins with the next epoch, and a note says so.
    pub fn resume(self, checkpoint: impl Into<PathBuf>) -> Self {
        self.with(|options| {
            options.resume = Some(Resume {
                path: checkpoint.into(),
                optional: false,
            })
        })
    }

    /// [`resume`](Self::resume) if the file is there, or else from the beginning: a program that may be ended and started
    /// again at any time. Only a file that isn't there begins afresh; one that is damaged or can't be looked at is an error.
    pub fn resume_if_present(self, checkpoint: impl Into<PathBuf>) -> Self {
        self.with(|options| {
            options.resume = Some(Resume {
                path: checkpoint.into(),
                optional: true,
            })
        })
    }

    /// Shows nothing on standard error.
    pub fn quiet(self) -> Self {
        self.with(|options| options.quiet = true)
    }

    /// Uses so many threads of its own instead of rayon's: 1 to 512. Results are the same on any number.
    pub fn threads(self, threads: usize) -> Self {
        self.with(|options| options.threads = Some(threads))
    }

    /// Trains the model.
    ///
    /// Every run begins with its optimizer's memory empty: to train a model a second time continues from its weights, but not
    /// from the moments of Adam, the schedule or the number of the epoch. [`resume`](Self::resume) continues all of them.
    ///
    /// # Errors
    /// A [`TrainError`] that says what is wrong and where: a setting, data that doesn't fit the model, a target that doesn't
    /// fit the loss, a loss that became NaN or infinite (with the layer in which that began), a file, a callback.
    pub fn run<M, S>(self, model: &mut M, data: &S) -> Result<History, TrainError>
    where
        M: Model,
        S: Source<Targets = T>,
        L: Loss<M::Kinds, T>,
    {
        let (loss, options) = (self.loss, self.options);
        threads::run(options.threads, || {
            train(model, data, &loss.parts(), options)
        })
    }
}
