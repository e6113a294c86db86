//! Which real numbers an argument takes: checked here, or by rustc for a const from outside.

/// From one number to another.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// As in "`rate` wants a number from 0 to below 1".
    pub words: &'static str,
    pub least: f32,
    /// Whether `least` itself belongs to it.
    pub with_least: bool,
    pub most: Option<f32>,
    pub with_most: bool,
    /// Whether it is a share of something, which some write in percent.
    pub is_share: bool,
}

impl Range {
    pub const BELOW_ONE: Range = Range {
        words: "a number from 0 to below 1",
        least: 0.0,
        with_least: true,
        most: Some(1.0),
        with_most: false,
        is_share: false,
    };
    pub const SHARE: Range = Range {
        is_share: true,
        ..Range::BELOW_ONE
    };
    pub const TO_ONE: Range = Range {
        words: "a number from 0 to 1",
        with_most: true,
        ..Range::BELOW_ONE
    };
    pub const FINITE: Range = Range {
        words: "a number that an `f32` holds",
        least: f32::MIN,
        with_least: true,
        most: None,
        with_most: false,
        is_share: false,
    };
    pub const POSITIVE: Range = Range {
        words: "a number above 0",
        least: 0.0,
        with_least: false,
        most: None,
        with_most: false,
        is_share: false,
    };

    pub fn holds(&self, number: f64) -> bool {
        // As the kernels will see it.
        let number = number as f32;
        let above = number > self.least || self.with_least && number == self.least;
        let below = |most| number < most || self.with_most && number == most;
        number.is_finite() && above && self.most.is_none_or(below)
    }
}
