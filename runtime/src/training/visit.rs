//! A pass over a source, which is held to what it announced: a source of one's own may lie.

use super::TrainError;
use crate::data::{BatchBuffers, BatchPool, BatchSource, Pass};
use std::ops::ControlFlow;

/// How errors call the data that is learnt from.
pub(super) const TRAINING: &str = "training data";
/// How they call the data that is measured after each epoch.
pub(super) const VALIDATION: &str = "validation data";

/// What is done with a batch; `Break` ends the pass.
type Visit<'a> = dyn FnMut(&BatchBuffers) -> Result<ControlFlow<()>, TrainError> + 'a;

/// Hands the batches of a pass to `visit`, each as large as the pass asks for and as many as `examples` make.
///
/// # Errors
/// That of `visit`, that of the source, and one that says what came if it isn't what was announced.
pub(super) fn batches(
    data: &dyn BatchSource,
    what: &'static str,
    examples: usize,
    pass: &Pass,
    pool: &mut BatchPool,
    visit: &mut Visit<'_>,
) -> Result<(), TrainError> {
    let mut came = Came::new(what, examples, pass);
    let mut outcome = Ok(ControlFlow::Continue(()));
    let read = data.pass(pass, pool, &mut |batch| {
        // A source may go on though it was told to stop.
        if matches!(outcome, Ok(ControlFlow::Continue(()))) {
            outcome = came.add(batch.examples()).and_then(|()| visit(batch));
        }
        match outcome {
            Ok(flow) => flow,
            Err(_) => ControlFlow::Break(()),
        }
    });
    let flow = outcome?;
    read?;
    match flow {
        ControlFlow::Break(()) => Ok(()),
        ControlFlow::Continue(()) => came.check_all(),
    }
}

/// What has come of a pass, against what was announced.
struct Came<'a> {
    what: &'static str,
    announced: usize,
    pass: &'a Pass,
    batches: usize,
    examples: usize,
}

impl<'a> Came<'a> {
    fn new(what: &'static str, announced: usize, pass: &'a Pass) -> Self {
        let room = pass.batches(announced).saturating_mul(pass.batch_size);
        let announced = announced.min(room);
        Self {
            what,
            announced,
            pass,
            batches: pass.skip,
            examples: pass.skip.saturating_mul(pass.batch_size).min(announced),
        }
    }

    /// One more batch, before anything is done with it.
    fn add(&mut self, examples: usize) -> Result<(), TrainError> {
        let place = self.pass.places(self.batches, self.announced);
        // Only the last may be smaller, which is seen once another follows.
        if self.examples < place.start {
            let full = self.pass.places(self.batches - 1, self.announced).len();
            let short = place.start - self.examples;
            return Err(self.wrong(self.batches, full, full - short));
        }
        self.batches += 1;
        self.examples += examples;
        if place.is_empty() {
            return self.check_all();
        }
        if examples == 0 || examples > place.len() {
            return Err(self.wrong(self.batches, place.len(), examples));
        }
        Ok(())
    }

    fn wrong(&self, batch: usize, expected: usize, found: usize) -> TrainError {
        TrainError::BatchLength {
            data: self.what,
            batch,
            expected,
            found,
        }
    }

    /// Checks that all that was announced came, and no more.
    fn check_all(&self) -> Result<(), TrainError> {
        let batches = self.pass.batches(self.announced);
        if self.examples == 0 {
            return Err(TrainError::Empty { data: self.what });
        }
        if (self.batches, self.examples) == (batches.max(self.pass.skip), self.announced) {
            return Ok(());
        }
        Err(TrainError::Pass {
            data: self.what,
            batches: [batches, self.batches],
            examples: [self.announced, self.examples],
        })
    }
}
