//! A step while it is written.

use super::{Access, Argument, At, Call, Kernel, Length, Operand, Site, Step, What, Work};
use crate::id::{BufferId, SpecId};

impl<'a> At<'a> {
    /// A step over one chunk. `role` is what it does beside forward: `weight gradient`.
    pub fn chunk(&mut self, role: &str) -> Draft<'_, 'a> {
        Draft::new(self, Site::Chunk, role)
    }

    /// A step between two stages.
    pub fn between(&mut self, role: &str) -> Draft<'_, 'a> {
        Draft::new(self, Site::Between, role)
    }

    /// A step over the whole batch, for some rows of tensor `index`: its operands are `rows`, their gradient `dweight`, and
    /// whether to `accumulate`.
    pub fn weight(&mut self, role: &str, index: usize) -> Draft<'_, 'a> {
        let site = Site::Weight(self.tensor(index));
        // It runs after all others.
        let gradient = self.output_gradient();
        self.gradients_mut().freeze(gradient);
        Draft::new(self, site, role)
            .with("rows", What::WeightRows)
            .with("accumulate", What::WeightAccumulate)
            .with("dweight", What::WeightGradient)
    }
}

/// A step being written: its operands by name, then its calls.
pub struct Draft<'d, 'a> {
    at: &'d mut At<'a>,
    site: Site,
    purpose: String,
    operands: Vec<Operand>,
    calls: Vec<Call>,
    again: bool,
}

impl<'d, 'a> Draft<'d, 'a> {
    pub(super) fn new(at: &'d mut At<'a>, site: Site, role: &str) -> Self {
        let purpose = at.purpose(role);
        Self {
            at,
            site,
            purpose,
            operands: Vec::new(),
            calls: Vec::new(),
            again: false,
        }
    }

    pub(super) fn with(mut self, name: &'static str, what: What) -> Self {
        self.operands.push(Operand { name, what });
        self
    }

    /// `name` is a buffer that is read.
    pub fn read(self, name: &'static str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Read))
    }

    /// `name` is a buffer that is set.
    pub fn write(self, name: &'static str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Write))
    }

    /// `name` is a buffer that is read and changed.
    pub fn update(self, name: &'static str, buffer: BufferId) -> Self {
        self.with(name, What::Buffer(buffer, Access::Update))
    }

    /// `name` is a buffer that is set, or added to.
    pub fn put(self, name: &'static str, buffer: BufferId, add: bool) -> Self {
        if add {
            self.update(name, buffer)
        } else {
            self.write(name, buffer)
        }
    }

    /// Reads the value that the operation adds to its result, if there is one: the draft, and the argument of type
    /// `Option<&[f32]>`.
    pub fn residual(self) -> (Self, Argument) {
        match self.at.residual() {
            None => (self, Argument::Optional(None)),
            Some(buffer) => (
                self.read("residual", buffer),
                Argument::optional(Some("residual".into())),
            ),
        }
    }

    /// `name` is the lane's gradient of tensor `index`.
    pub fn gradient(self, name: &'static str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::Gradient(tensor))
    }

    /// `name` is the whole batch's gradient of tensor `index`.
    pub fn whole_gradient(self, name: &'static str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::WholeGradient(tensor))
    }

    /// `name` is tensor of state `index`, to be changed.
    pub fn state(self, name: &'static str, index: usize) -> Self {
        let tensor = self.at.tensor(index);
        self.with(name, What::State(tensor))
    }

    /// `name` is a random key of the operation for this step.
    pub fn key(self, name: &'static str) -> Self {
        let number = self.at.number();
        self.with(name, What::Key(number))
    }

    /// `scratch` is scratch of this length.
    pub fn scratch(self, len: Length) -> Self {
        self.with("scratch", What::Scratch(len))
    }

    /// `team` is the threads that may share the work on few examples, as `needs` of `spec` says: into how many parts, with how much
    /// scratch.
    pub fn team(self, spec: SpecId, needs: &'static str) -> Self {
        self.with("team", What::Team(Some((spec, needs))))
    }

    /// `team` is the threads that share the work on few examples where other steps have asked for them: the work of this one alone
    /// isn't worth it.
    pub fn if_shared(self) -> Self {
        self.with("team", What::Team(None))
    }

    /// The step is a cheap pass: a later stage had better run it again than keep its result.
    pub fn again(mut self) -> Self {
        self.again = true;
        self
    }

    /// One of several calls of the step.
    pub fn then(
        mut self,
        module: &'static str,
        function: &'static str,
        arguments: Vec<Argument>,
    ) -> Self {
        let kernel = Kernel::new(module, function);
        self.calls.push(Call { kernel, arguments });
        self
    }

    /// The last call of the step, which is then done.
    pub fn call(self, module: &'static str, function: &'static str, arguments: Vec<Argument>) {
        let Draft {
            at,
            site,
            purpose,
            operands,
            calls,
            again,
        } = self.then(module, function, arguments);
        at.push(Step {
            site,
            purpose,
            operands,
            work: Work::Calls(calls),
            block: at.block(),
            again,
        });
    }
}
