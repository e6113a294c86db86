//! The same rate throughout.

use crate::schedules::{Progress, Schedule};

/// The optimizer's rate at every step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Constant;

impl Schedule for Constant {
    fn name(&self) -> &'static str {
        "Constant"
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    fn learning_rate(&mut self, base: f32, _: &Progress) -> f32 {
        base
    }
}
