//! A batch of examples in buffers that are used again and again.

use super::TargetsView;

/// Up to how many inputs or outputs [`BatchBuffers::with_views`] keeps its views on the stack.
const ON_STACK: usize = 8;

/// The inputs and targets of some examples, copied together.
///
/// Buffers grow when the first batch is written and are reused afterwards, so a training loop that keeps its
/// `BatchBuffers` doesn't allocate.
#[derive(Clone, Debug, Default)]
pub struct BatchBuffers {
    pub(crate) examples: usize,
    pub(crate) inputs: Vec<Vec<f32>>,
    pub(crate) targets: Vec<TargetBuffer>,
}

/// The targets of one output, owned.
#[derive(Clone, Debug)]
pub(crate) enum TargetBuffer {
    Classes(Vec<u32>),
    Values(Vec<f32>),
}

impl TargetBuffer {
    fn view(&self) -> TargetsView<'_> {
        match self {
            Self::Classes(classes) => TargetsView::Classes(classes),
            Self::Values(values) => TargetsView::Values(values),
        }
    }

    /// Writes the targets of `indices`, `width` numbers for each.
    fn gather(&mut self, all: TargetsView<'_>, width: usize, indices: &[usize]) {
        match (&mut *self, all) {
            (Self::Classes(to), TargetsView::Classes(from)) => gather(from, width, indices, to),
            (Self::Values(to), TargetsView::Values(from)) => gather(from, width, indices, to),
            (_, TargetsView::Classes(from)) => {
                let mut to = Vec::new();
                gather(from, width, indices, &mut to);
                *self = Self::Classes(to);
            }
            (_, TargetsView::Values(from)) => {
                let mut to = Vec::new();
                gather(from, width, indices, &mut to);
                *self = Self::Values(to);
            }
        }
    }
}

/// Copies rows of `width` elements in the order of `indices`.
fn gather<T: Copy>(from: &[T], width: usize, indices: &[usize], to: &mut Vec<T>) {
    to.clear();
    to.reserve(indices.len() * width);
    for &index in indices {
        to.extend_from_slice(&from[index * width..(index + 1) * width]);
    }
}

impl BatchBuffers {
    /// Empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many examples the batch holds.
    pub fn examples(&self) -> usize {
        self.examples
    }

    /// How many inputs each example has.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// One input of all examples, row-major, the batch axis first.
    ///
    /// # Panics
    ///
    /// If there is no such input.
    pub fn input(&self, input: usize) -> &[f32] {
        &self.inputs[input]
    }

    /// For how many outputs the batch has targets.
    pub fn outputs(&self) -> usize {
        self.targets.len()
    }

    /// The targets of all examples for one output.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn target(&self, output: usize) -> TargetsView<'_> {
        self.targets[output].view()
    }

    /// Calls `use_them` with views of all inputs and all targets; doesn't allocate for up to eight of each.
    pub fn with_views<R>(&self, use_them: impl FnOnce(&[&[f32]], &[TargetsView<'_>]) -> R) -> R {
        let (inputs, outputs) = (self.inputs.len(), self.targets.len());
        if inputs <= ON_STACK && outputs <= ON_STACK {
            let mut input_views: [&[f32]; ON_STACK] = [&[]; ON_STACK];
            let mut target_views = [TargetsView::Classes(&[]); ON_STACK];
            for (view, input) in input_views.iter_mut().zip(&self.inputs) {
                *view = input;
            }
            for (view, target) in target_views.iter_mut().zip(&self.targets) {
                *view = target.view();
            }
            use_them(&input_views[..inputs], &target_views[..outputs])
        } else {
            let input_views: Vec<&[f32]> = self.inputs.iter().map(Vec::as_slice).collect();
            let target_views: Vec<_> = self.targets.iter().map(TargetBuffer::view).collect();
            use_them(&input_views, &target_views)
        }
    }

    /// Makes room for this many inputs and outputs; buffers that are there stay.
    pub(crate) fn prepare(&mut self, inputs: usize, outputs: usize, examples: usize) {
        self.examples = examples;
        self.inputs.resize_with(inputs, Vec::new);
        self.targets
            .resize_with(outputs, || TargetBuffer::Values(Vec::new()));
    }

    /// Writes an input: rows of `width` elements of `from`, in the order of `indices`.
    pub(crate) fn gather_input(
        &mut self,
        input: usize,
        from: &[f32],
        width: usize,
        indices: &[usize],
    ) {
        gather(from, width, indices, &mut self.inputs[input]);
    }

    /// Writes the targets of an output, in the order of `indices`.
    pub(crate) fn gather_target(
        &mut self,
        output: usize,
        all: TargetsView<'_>,
        width: usize,
        indices: &[usize],
    ) {
        self.targets[output].gather(all, width, indices);
    }
}
