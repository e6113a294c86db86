//! What is checked: here as far as it goes, and by rustc where only it knows a number. Stands on shapes, and knows no layer.

mod assertion;
#[expect(
    clippy::module_inception,
    reason = "a check is what this room is about"
)]
mod check;
mod range;

pub use assertion::{Assertion, Condition};
pub use check::{Check, Failed, Origin};
pub use range::Range;
