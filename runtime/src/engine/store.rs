//! The values of a model: its parameters and state, each in one flat buffer.

use std::sync::atomic::{AtomicU64, Ordering};

use super::aligned::AlignedBuffer;
use super::data_names::DataNames;
use super::program::Program;
use crate::graph::TensorInfo;
use crate::init;

/// A model's parameters and state.
#[derive(Clone, Debug)]
pub struct Store {
    parameters: AlignedBuffer,
    state: AlignedBuffer,
    version: u64,
    parameters_version: u64,
    names: DataNames,
}

impl Store {
    /// Parameters and state as the program's initialisers give them for `seed`.
    pub fn new(program: &Program, seed: u64) -> Self {
        let version = next_version();
        let mut store = Self {
            parameters: AlignedBuffer::zeroed(program.parameters_len),
            state: AlignedBuffer::zeroed(program.state_len),
            version,
            parameters_version: version,
            names: DataNames::default(),
        };
        for info in program.tensors {
            init::fill(
                info.init,
                info.shape,
                (info.fan_in, info.fan_out),
                seed,
                info.name,
                store.tensor_mut(info),
            );
        }
        store
    }

    /// The flat buffer of parameters. Tensors begin on cache lines, so there are gaps of zeros between them.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// The flat buffer of state.
    pub fn state(&self) -> &[f32] {
        &self.state
    }

    /// Both, to be changed.
    pub fn both_mut(&mut self) -> (&mut [f32], &mut [f32]) {
        self.parameters_change();
        (&mut self.parameters, &mut self.state)
    }

    /// The parameters, and the state, to be changed.
    pub(super) fn state_mut(&mut self) -> (&[f32], &mut [f32]) {
        self.version = next_version();
        (&self.parameters, &mut self.state)
    }

    /// The parameters, to be changed or put in the place of others.
    pub(super) fn parameters_mut(&mut self) -> &mut AlignedBuffer {
        self.parameters_change();
        &mut self.parameters
    }

    /// The elements of a tensor.
    pub fn tensor(&self, info: &TensorInfo) -> &[f32] {
        let buffer = if info.trained {
            &self.parameters
        } else {
            &self.state
        };
        &buffer[info.offset..info.offset + info.len()]
    }

    /// The elements of a tensor, to be changed.
    pub fn tensor_mut(&mut self, info: &TensorInfo) -> &mut [f32] {
        let buffer = if info.trained {
            self.parameters_change();
            &mut self.parameters
        } else {
            self.version = next_version();
            &mut self.state
        };
        &mut buffer[info.offset..info.offset + info.len()]
    }

    /// What the numbers mean that the model takes and gives, as far as it is known.
    pub fn names(&self) -> &DataNames {
        &self.names
    }

    /// The same, to be changed.
    pub fn names_mut(&mut self) -> &mut DataNames {
        &mut self.names
    }

    /// A number that every change replaces by one never used before, so that packed copies know when they are stale:
    /// two stores of the same version hold the same values.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The same for the parameters alone.
    pub(super) fn parameters_version(&self) -> u64 {
        self.parameters_version
    }

    fn parameters_change(&mut self) {
        self.version = next_version();
        self.parameters_version = self.version;
    }
}

/// A version that no store has had.
fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A model without its types: what training, saving and inference work on.
///
/// `model!` implements it. It is object safe, so that the training loop is compiled once and not for every model.
pub trait Network: Send + Sync {
    /// The compiled program.
    fn program(&self) -> &'static Program;

    /// The values.
    fn store(&self) -> &Store;

    /// The values, to be changed.
    fn store_mut(&mut self) -> &mut Store;
}
