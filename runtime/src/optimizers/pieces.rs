//! The pieces of the flat buffers that one update gets.

use crate::optimizers::Optimizer;

/// # Panics
/// When the pieces differ in length, or there are not as many slots as the optimizer has.
pub(crate) fn assert_fits(
    optimizer: &dyn Optimizer,
    parameters: &[f32],
    gradients: &[f32],
    slots: &[&mut [f32]],
) {
    assert_eq!(
        parameters.len(),
        gradients.len(),
        "{}: as many gradients as parameters",
        optimizer.name()
    );
    assert_eq!(
        slots.len(),
        optimizer.slots().len(),
        "{}: one piece of each slot",
        optimizer.name()
    );
    for (slot, name) in slots.iter().zip(optimizer.slots()) {
        assert_eq!(
            slot.len(),
            parameters.len(),
            "{}: slot {name} as long as the parameters",
            optimizer.name()
        );
    }
}
