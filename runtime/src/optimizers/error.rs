//! What can be wrong with an optimizer's settings.

/// A setting outside the range in which the optimizer is defined.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("{optimizer}: {setting} is {value}, expected {expected}")]
pub struct OptimizerError {
    /// The optimizer (or `Clip`).
    pub optimizer: &'static str,
    /// The setting's name.
    pub setting: &'static str,
    /// What it is.
    pub value: f32,
    /// What it may be.
    pub expected: &'static str,
}

crate::debug_as_display::debug_as_display!(OptimizerError);

/// `value` is finite and not negative.
pub(crate) fn not_negative(
    optimizer: &'static str,
    setting: &'static str,
    value: f32,
) -> Result<(), OptimizerError> {
    require(
        optimizer,
        setting,
        value,
        "a finite number, 0 or more",
        value.is_finite() && value >= 0.0,
    )
}

/// `value` is finite and above 0.
pub(crate) fn positive(
    optimizer: &'static str,
    setting: &'static str,
    value: f32,
) -> Result<(), OptimizerError> {
    require(
        optimizer,
        setting,
        value,
        "a finite number above 0",
        value.is_finite() && value > 0.0,
    )
}

/// `value` is a decay rate: from 0 to just below 1.
pub(crate) fn decay(
    optimizer: &'static str,
    setting: &'static str,
    value: f32,
) -> Result<(), OptimizerError> {
    require(
        optimizer,
        setting,
        value,
        "0 or more and below 1",
        (0.0..1.0).contains(&value),
    )
}

pub(crate) fn require(
    optimizer: &'static str,
    setting: &'static str,
    value: f32,
    expected: &'static str,
    holds: bool,
) -> Result<(), OptimizerError> {
    if holds {
        return Ok(());
    }
    Err(OptimizerError {
        optimizer,
        setting,
        value,
        expected,
    })
}
