//! A figure that was asked for by a name that no figure has.

use crate::weights::{listed, nearest};

/// Why there is no value of that name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// No figure has this name.
    #[error("there is no figure `{}`{hint}", name.escape_debug())]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The name most like it.
        nearest: Option<String>,
        /// What it may have been, for the message.
        hint: String,
    },
    /// The figure was NaN whenever it was measured, so no epoch is its best.
    #[error("`{name}` is NaN in every epoch")]
    NeverANumber {
        /// The figure.
        name: String,
    },
}

crate::debug_as_display::debug_as_display!(FigureError);

impl FigureError {
    /// Of a name that is none of `known`.
    pub(super) fn unknown(name: &str, known: &[&str]) -> Self {
        let nearest = nearest(name, known.iter().copied());
        let hint = match nearest {
            _ if known.is_empty() => ": no epoch has been finished".into(),
            Some(nearest) => format!("; did you mean `{nearest}`?"),
            None => format!("; there are {}", listed(known.iter().copied())),
        };
        Self::Unknown {
            name: name.into(),
            nearest: nearest.map(Into::into),
            hint,
        }
    }

    /// The same of a training run, whose figures of validation begin with `val_`.
    pub(super) fn unknown_of_run(name: &str, known: &[&str]) -> Self {
        let validated = known.iter().any(|known| known.starts_with("val_"));
        if !name.starts_with("val_") || validated || known.is_empty() {
            return Self::unknown(name, known);
        }
        // The nearest is only what is left.
        Self::Unknown {
            name: name.into(),
            nearest: None,
            hint: "; give the run validation data with `.validation(&data)`".into(),
        }
    }
}
