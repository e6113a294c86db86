//! What a person sees while a network trains: a bar in a terminal, a line per epoch anywhere else.

use super::EpochRecord;
use super::history::figure;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};

/// How often the figures in the bar change.
const REFRESH: Duration = Duration::from_millis(100);

/// Where progress is shown.
enum Place {
    Nowhere,
    /// One plain line per epoch on standard error, without control codes.
    Lines,
    Bar(ProgressBar),
}

/// The progress of one training run.
pub(super) struct ProgressView {
    place: Place,
    epochs: usize,
    shown: Instant,
    message: String,
}

impl ProgressView {
    /// A bar if standard error is a terminal, lines if it isn't, nothing if `quiet`.
    pub(super) fn new(quiet: bool, epochs: usize) -> Self {
        let place = if quiet {
            Place::Nowhere
        } else if std::io::stderr().is_terminal() {
            Place::Bar(ProgressBar::with_draw_target(
                None,
                ProgressDrawTarget::stderr_with_hz(10),
            ))
        } else {
            Place::Lines
        };
        Self {
            place,
            epochs,
            shown: Instant::now(),
            message: String::new(),
        }
    }

    /// An epoch (from 1) with that many examples begins.
    pub(super) fn begin_epoch(&mut self, epoch: usize, examples: usize) {
        let Place::Bar(bar) = &self.place else { return };
        bar.reset();
        bar.set_length(examples as u64);
        bar.set_style(style());
        bar.set_prefix(format!("Epoch {epoch}/{}", self.epochs));
        bar.set_message("");
        bar.tick();
    }

    /// So many examples of the epoch are done; `figures` gives what is known so far and is called ten times a second at
    /// most.
    pub(super) fn batch(
        &mut self,
        examples: usize,
        figures: impl FnOnce(&mut dyn FnMut(&str, f64)),
    ) {
        let Place::Bar(bar) = &self.place else { return };
        if self.shown.elapsed() >= REFRESH {
            self.shown = Instant::now();
            self.message.clear();
            let message = &mut self.message;
            figures(&mut |name, value| {
                // Writing to a string can't fail.
                let _ = write!(message, "  {name} {}", figure(value));
            });
            bar.set_message(self.message.clone());
            bar.set_position(examples as u64);
        }
    }

    /// The epoch's validation begins.
    pub(super) fn validating(&mut self, examples: usize, validation: usize) {
        if let Place::Bar(bar) = &self.place {
            bar.set_position(examples as u64);
            bar.set_message(format!("{}  validating {validation}", self.message));
            bar.tick();
        }
    }

    /// The epoch is over: its line replaces the bar.
    pub(super) fn end_epoch(&mut self, record: &EpochRecord, examples_per_second: f64) {
        let line = epoch_line(record, self.epochs, examples_per_second);
        match &self.place {
            Place::Nowhere => {}
            Place::Lines => print(&line),
            Place::Bar(bar) => bar.suspend(|| print(&line)),
        }
    }

    /// One more line, such as why training stops early.
    pub(super) fn note(&self, text: &str) {
        match &self.place {
            Place::Nowhere => {}
            Place::Lines => print(text),
            Place::Bar(bar) => bar.suspend(|| print(text)),
        }
    }
}

impl Drop for ProgressView {
    fn drop(&mut self) {
        if let Place::Bar(bar) = &self.place {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error; a closed pipe must not end training.
fn print(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn style() -> ProgressStyle {
    // The template is a constant of valid syntax, which the test below parses.
    ProgressStyle::with_template(TEMPLATE)
        .expect("the template is valid")
        .with_key(
            "speed",
            |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&grouped(state.per_sec()));
            },
        )
        .progress_chars("━╸─")
}

const TEMPLATE: &str = "{prefix} {bar:20} {pos}/{len}  {speed} examples/s  {eta} left{wide_msg}";

/// `Epoch  3/10  loss 0.4321  accuracy 0.8712  val_loss 0.4011  12,345 examples/s  4.9 s`
fn epoch_line(record: &EpochRecord, epochs: usize, examples_per_second: f64) -> String {
    let width = epochs.to_string().len();
    let mut line = format!("Epoch {:>width$}/{epochs}", record.epoch);
    for (name, value) in &record.figures {
        // Writing to a string can't fail.
        let _ = write!(line, "  {name} {}", figure(*value));
    }
    let _ = write!(
        line,
        "  {} examples/s  {}",
        grouped(examples_per_second),
        duration(record.seconds)
    );
    line
}

/// A whole number with commas between thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && number.is_finite() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.42 s`, `12.3 s`, `3 min 05 s`.
fn duration(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{seconds:.2} s")
    } else if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_valid() {
        style();
    }

    #[test]
    fn an_epoch_is_one_plain_line() {
        let record = EpochRecord {
            epoch: 3,
            figures: vec![("loss".into(), 0.43214), ("val_accuracy".into(), 0.8801)],
            learning_rate: 0.001,
            seconds: 4.86,
        };
        assert_eq!(
            epoch_line(&record, 10, 12345.4),
            "Epoch  3/10  loss 0.4321  val_accuracy 0.8801  12,345 examples/s  4.9 s"
        );
    }

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!(
            [0.0, 999.0, 1000.0, 1_234_567.0].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.123, 59.94, 185.2].map(duration),
            ["0.12 s", "59.9 s", "3 min 05 s"]
        );
    }
}
