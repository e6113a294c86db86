//! What a program that ends in an error shows: the sentence, not the fields.
//!
//! `fn main() -> Result<(), Box<dyn Error>>` prints `Error: ` and then the error's `Debug`. So `Debug` of every public error
//! writes what `Display` writes, and below it the causes of which `Display` doesn't tell.

use std::error::Error;
use std::fmt;

/// Writes the error's message, and a line for each cause that no line before holds.
pub(crate) fn write_with_causes(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut told = error.to_string();
    f.write_str(&told)?;
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !told.contains(&text) {
            write!(f, "\nCaused by: {text}")?;
            told.push_str(&text);
        }
        cause = error.source();
    }
    Ok(())
}

/// `Debug` of error types, as [`write_with_causes`] writes it: `debug_as_display!(WeightsError);` below the type.
macro_rules! debug_as_display {
    ($($error:ty),+ $(,)?) => {$(
        impl ::std::fmt::Debug for $error {
            /// The message of `Display`, and the causes that it doesn't name: what a `main` that returns the error prints.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::debug_as_display::write_with_causes(self, f)
            }
        }
    )+};
}
pub(crate) use debug_as_display;

#[cfg(test)]
mod tests {
    #[derive(thiserror::Error)]
    #[error("the disk is full")]
    struct Disk;

    #[derive(thiserror::Error)]
    enum Outer {
        #[error("cannot write w.safetensors: {source}")]
        Told { source: Disk },
        #[error("cannot write w.safetensors")]
        Untold { source: Disk },
        #[error(transparent)]
        Transparent(Disk),
        #[error("callback: {0}")]
        Deep(#[source] Box<Outer>),
    }

    debug_as_display!(Disk, Outer);

    #[test]
    fn a_cause_is_told_once() {
        let told = Outer::Told { source: Disk };
        assert_eq!(
            format!("{told:?}"),
            "cannot write w.safetensors: the disk is full"
        );
        let untold = Outer::Untold { source: Disk };
        assert_eq!(
            format!("{untold:?}"),
            "cannot write w.safetensors\nCaused by: the disk is full"
        );
        assert_eq!(
            format!("{:?}", Outer::Transparent(Disk)),
            "the disk is full"
        );
        assert_eq!(
            format!("{:?}", Outer::Deep(Box::new(untold))),
            "callback: cannot write w.safetensors\nCaused by: the disk is full"
        );
    }

    #[test]
    fn what_main_returns_is_the_sentence() {
        let error: Box<dyn std::error::Error> = Box::new(Outer::Told { source: Disk });
        assert_eq!(
            format!("Error: {error:?}"),
            "Error: cannot write w.safetensors: the disk is full"
        );
    }
}
