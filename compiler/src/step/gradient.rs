//! The gradients of an operation's inputs, as its layer asks for them: where they go, and what is shared.

use super::at::At;
use super::{Gradients, arguments};
use crate::id::{BufferId, ValueId};

/// Where a layer puts the gradient of one of its inputs.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// Into this new buffer.
    Set(BufferId),
    /// Added to what this buffer holds.
    Add(BufferId),
}

impl At<'_> {
    /// The gradient of the output, before a fused activation.
    pub fn output_gradient(&self) -> BufferId {
        self.gradients().current()
    }

    pub(super) fn gradients(&self) -> &Gradients {
        self.gradients
            .as_deref()
            .expect("only backward asks for gradients")
    }

    pub(super) fn gradients_mut(&mut self) -> &mut Gradients {
        self.gradients
            .as_deref_mut()
            .expect("only backward asks for gradients")
    }

    /// Whether the gradient of input `index` is of use to anybody.
    pub fn wants_gradient(&self, index: usize) -> bool {
        self.gradients().is_wanted(self.input_value(index))
    }

    /// Lets `write` add the steps that compute the gradient of input `index`, if it is wanted. `write` gets the buffer
    /// and whether to add to it; a layer that can't add (`adds` is false) is always given a buffer to set.
    pub fn input_gradient(
        &mut self,
        index: usize,
        adds: bool,
        write: impl FnOnce(&mut Self, BufferId, bool),
    ) {
        let value = self.input_value(index);
        if !self.gradients().is_wanted(value) {
            return;
        }
        match self.target(value, adds) {
            Target::Add(buffer) => write(self, buffer, true),
            Target::Set(buffer) => {
                write(self, buffer, false);
                self.settle(value, buffer);
            }
        }
    }

    /// Like [`At::input_gradient`] for layers that compute the gradients of inputs and parameters in one pass: where the
    /// input's isn't wanted, it goes into a buffer that nobody reads.
    pub fn gradient_or_scratch(&mut self, index: usize, write: impl FnOnce(&mut Self, BufferId)) {
        if self.wants_gradient(index) {
            self.input_gradient(index, false, |at, dx, _| write(at, dx));
        } else {
            let value = self.input_value(index);
            let unused = self.sheet.rows_like("unused".to_owned(), value);
            write(self, unused);
        }
    }

    /// Lets `write` add the step that makes the output's gradient into that of input `index` in its own buffer, if
    /// nobody else reads the one and there is nothing yet of the other. Says whether it did.
    pub fn overwrite_gradient(
        &mut self,
        index: usize,
        write: impl FnOnce(&mut Self, BufferId),
    ) -> bool {
        let value = self.input_value(index);
        let current = self.output_gradient();
        let gradients = self.gradients();
        let possible = gradients.is_wanted(value)
            && gradients.of(value).is_none()
            && gradients.is_free(current);
        if possible {
            write(self, current);
            self.gradients_mut().replace(value, current);
        }
        possible
    }

    /// Takes it on this operation to put the gradient of input `index` in as it is before the `Relu` that made the
    /// input, if that is how it was made and nobody else reads it. Says whether it is.
    pub fn undo_relu_of_input(&mut self, index: usize) -> bool {
        let value = self.input_value(index);
        let is_relu = self.wants_gradient(index) && self.sheet.values[value].is_relu_for_one;
        if is_relu {
            self.gradients_mut().undo_activation(value);
        }
        is_relu
    }

    fn target(&mut self, value: ValueId, adds: bool) -> Target {
        if let Some(held) = self.gradients().of(value)
            && adds
            && self.gradients().is_free(held)
            && held != self.gradients().current()
        {
            return Target::Add(held);
        }
        Target::Set(self.gradient_rows(value))
    }

    /// Joins a freshly computed gradient with what was there.
    fn settle(&mut self, value: ValueId, fresh: BufferId) {
        if let Some(held) = self.gradients().of(value) {
            self.add_gradients(fresh, held);
        }
        self.gradients_mut().replace(value, fresh);
    }

    fn add_gradients(&mut self, to: BufferId, other: BufferId) {
        self.chunk("add gradients")
            .update("dx", to)
            .read("other", other)
            .call("elementwise", "add_assign", arguments!["dx", "other"]);
    }

    /// Makes the output's gradient that of input `index` too, without a copy where nothing is there yet.
    pub fn pass_gradient(&mut self, index: usize) {
        self.pass_gradient_to(self.input_value(index));
    }

    /// Makes the output's gradient that of `value` too.
    pub fn pass_gradient_to(&mut self, value: ValueId) {
        if !self.gradients().is_wanted(value) {
            return;
        }
        let current = self.gradients().current();
        match self.gradients().of(value) {
            None => self.gradients_mut().replace(value, current),
            Some(held) if self.gradients().is_free(held) && held != current => {
                self.add_gradients(held, current);
            }
            Some(held) => {
                let fresh = self.gradient_rows(value);
                self.chunk("add gradients")
                    .read("x", held)
                    .write("y", fresh)
                    .call("elementwise", "copy", arguments!["x", "y"]);
                self.add_gradients(fresh, current);
                self.gradients_mut().replace(value, fresh);
            }
        }
    }
}
