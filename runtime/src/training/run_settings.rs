//! What must be the same after a resume so that it gives the same bits, written down in every checkpoint.

use super::TrainError;
use super::data_mark::data_mark;
use super::meter::Meter;
use super::options::Options;
use super::visit::{TRAINING, VALIDATION};
use crate::data::BatchSource;
use crate::engine::Program;
use crate::losses::OutputLoss;
use serde::{Deserialize, Serialize};

/// All settings of a run that its result depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RunSettings(Vec<Setting>);

/// One part of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Setting {
    /// The part: `optimizer`, `seed`.
    part: String,
    /// What it is: `Adam`, `42`.
    value: String,
    /// What further tells it from others of that value, as text: `learning_rate: 0.001`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    details: String,
}

/// The parts whose details are marks, that say nothing to a reader.
const MARKED: [&str; 2] = ["training examples", "validation examples"];

impl RunSettings {
    /// Reads all data once, for its mark.
    pub(super) fn new(
        program: &'static Program,
        data: &dyn BatchSource,
        losses: &[&dyn OutputLoss],
        meter: &Meter<'_>,
        options: &Options<'_>,
        monitor: &str,
    ) -> Result<Self, TrainError> {
        let mut all = Self(Vec::new());
        let graph = program.graph.to_string();
        // The name alone is no difference: it is the first line.
        let layers = graph.split_once('\n').map_or("", |(_, layers)| layers);
        all.add("model", "", layers);
        let optimizer = &options.optimizer;
        let rate = format!("learning_rate: {:?}", optimizer.learning_rate());
        let settings = optimizer.settings();
        let details = if settings.is_empty() { rate } else { settings };
        all.add("optimizer", optimizer.name(), details);
        match &options.schedule {
            Some(schedule) => {
                let details = format!("{}, monitor: {monitor}", schedule.settings());
                all.add("schedule", schedule.name(), details);
            }
            None => all.add("schedule", "none", ""),
        }
        for (port, loss) in program.outputs.iter().zip(losses) {
            let part = match program.outputs.len() {
                1 => "loss".into(),
                _ => format!("loss of `{}`", port.name),
            };
            all.add(part, loss.name(), loss.settings());
        }
        all.add("clip", format!("{:?}", options.clip), "");
        if !options.frozen.is_empty() {
            all.add("frozen", options.frozen.join(", "), "");
        }
        all.add("seed", options.seed.to_string(), "");
        all.add("shuffle", options.shuffle.to_string(), "");
        all.add("batch size", options.batch_size.to_string(), "");
        all.add("drop last", options.drop_last.to_string(), "");
        all.add(
            "training examples",
            data.examples().to_string(),
            data_mark(data, TRAINING)?,
        );
        all.add("augmentation", "", data.settings());
        match options.validation {
            Some(data) => all.add(
                "validation examples",
                data.examples().to_string(),
                data_mark(data, VALIDATION)?,
            ),
            None => all.add("validation examples", "none", ""),
        }
        for (figure, settings) in meter.settings() {
            all.add(format!("metric `{figure}`"), "measured", settings);
        }
        Ok(all)
    }

    fn add(
        &mut self,
        part: impl Into<String>,
        value: impl Into<String>,
        details: impl Into<String>,
    ) {
        self.0.push(Setting {
            part: part.into(),
            value: value.into(),
            details: details.into(),
        });
    }

    fn get(&self, part: &str) -> Option<&Setting> {
        self.0.iter().find(|setting| setting.part == part)
    }

    /// What differs from the settings of a checkpoint, one line each.
    pub(super) fn differences(&self, saved: &Self) -> Vec<String> {
        let both = |part: &str, saved: &str, now: &str| {
            format!("{part}: {saved} in the checkpoint, {now} in this run")
        };
        let mut lines = Vec::new();
        for now in &self.0 {
            let part = now.part.as_str();
            match saved.get(part) {
                None => lines.push(both(part, "none", &now.value)),
                Some(old) if old.value != now.value => {
                    lines.push(both(part, &old.value, &now.value));
                }
                Some(old) if old.details != now.details => {
                    if MARKED.contains(&part) {
                        lines.push(format!("{part}: as many as in the checkpoint's run, but others, or in another order"));
                    } else {
                        let fields = differing_fields(&old.details, &now.details);
                        lines.extend(fields.iter().map(|[old, now]| both(part, old, now)));
                    }
                }
                Some(_) => {}
            }
        }
        let gone = saved.0.iter().filter(|old| self.get(&old.part).is_none());
        lines.extend(gone.map(|old| both(&old.part, &old.value, "none")));
        lines
    }
}

/// The fields that differ between two texts as `Debug` writes them, or lines for texts of several; all of both texts where
/// they haven't the same fields.
fn differing_fields(old: &str, now: &str) -> Vec<[String; 2]> {
    let several_lines = old.contains('\n') || now.contains('\n');
    let fields = |text: &str| -> Vec<String> {
        let ends = |c: char| {
            if several_lines {
                c == '\n'
            } else {
                "{}[](),".contains(c)
            }
        };
        text.split(ends)
            .map(|field| field.trim().to_string())
            .collect()
    };
    let (olds, nows) = (fields(old), fields(now));
    if olds.len() != nows.len() {
        let shown = |text: &str| match text {
            "" => "none".to_string(),
            text if several_lines => format!("{} lines", text.lines().count()),
            text => text.to_string(),
        };
        return vec![[shown(old), shown(now)]];
    }
    let pairs = olds.into_iter().zip(nows).filter(|(old, now)| old != now);
    pairs.map(|(old, now)| [old, now]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differing_fields_are_named() {
        let old = "Adam { means: Means { learning_rate: 0.02, beta1: 0.9 } }";
        let now = "Adam { means: Means { learning_rate: 0.2, beta1: 0.9 } }";
        assert_eq!(
            differing_fields(old, now),
            [["learning_rate: 0.02", "learning_rate: 0.2"]]
        );
        assert_eq!(
            differing_fields("", "class_weights: [1.0, 2.0]"),
            [["none", "class_weights: [1.0, 2.0]"]]
        );
        assert_eq!(
            differing_fields(
                "a: Dense(1)\nb: Dropout(0.5)",
                "a: Dense(1)\nb: Dropout(0.25)"
            ),
            [["b: Dropout(0.5)", "b: Dropout(0.25)"]]
        );
    }
}
