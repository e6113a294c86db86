//! The gradients of an operation's inputs, as its layer asks for them: where they go, and what is shared.

use quote::quote;

use super::BufferId;
use super::at::At;
use super::backward::{Gradients, Target};

impl At<'_, '_> {
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
        self.gradients().is_wanted(self.operation.inputs[index])
    }

    /// Lets `write` add the steps that compute the gradient of input `index`, if it is wanted. `write` gets the buffer
    /// and whether to add to it; a layer that can't add (`adds` is false) is always given a buffer to set.
    pub fn input_gradient(
        &mut self,
        index: usize,
        adds: bool,
        write: impl FnOnce(&mut Self, BufferId, bool),
    ) {
        let value = self.operation.inputs[index];
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
            let unused = self
                .lowering
                .rows_like("unused".to_owned(), self.operation.inputs[index]);
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
        let value = self.operation.inputs[index];
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
        let value = self.operation.inputs[index];
        let is_relu = self.wants_gradient(index) && self.lowering.is_relu_for_one(value);
        if is_relu {
            self.gradients_mut().undo_activation(value);
        }
        is_relu
    }

    fn target(&mut self, value: usize, adds: bool) -> Target {
        if let Some(held) = self.gradients().of(value)
            && adds
            && self.gradients().is_free(held)
            && held != self.gradients().current()
        {
            return Target::Add(held);
        }
        let label = format!("d input of {}", self.operation.name);
        Target::Set(self.lowering.rows_like(label, value))
    }

    /// Joins a freshly computed gradient with what was there.
    fn settle(&mut self, value: usize, fresh: BufferId) {
        let Some(held) = self.gradients().of(value) else {
            self.gradients_mut().replace(value, fresh);
            return;
        };
        self.chunk("add gradients")
            .update("dx", fresh)
            .read("other", held)
            .call(quote!(sf::elementwise::add_assign(dx, other);));
        self.gradients_mut().replace(value, fresh);
    }

    /// Makes the output's gradient that of input `index` too, without a copy where nothing is there yet.
    pub fn pass_gradient(&mut self, index: usize) {
        self.pass_gradient_to(self.operation.inputs[index]);
    }

    /// Makes the output's gradient that of `value` too.
    pub(super) fn pass_gradient_to(&mut self, value: usize) {
        if !self.gradients().is_wanted(value) {
            return;
        }
        let current = self.gradients().current();
        match self.gradients().of(value) {
            None => self.gradients_mut().replace(value, current),
            Some(held) if self.gradients().is_free(held) && held != current => {
                self.chunk("add gradients")
                    .update("dx", held)
                    .read("other", current)
                    .call(quote!(sf::elementwise::add_assign(dx, other);));
            }
            Some(held) => {
                let label = format!("d input of {}", self.operation.name);
                let fresh = self.lowering.rows_like(label, value);
                self.chunk("add gradients")
                    .read("x", held)
                    .write("y", fresh)
                    .call(quote!(sf::elementwise::copy(x, y);));
                self.chunk("add gradients")
                    .update("dx", fresh)
                    .read("other", current)
                    .call(quote!(sf::elementwise::add_assign(dx, other);));
                self.gradients_mut().replace(value, fresh);
            }
        }
    }
}
