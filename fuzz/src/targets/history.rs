//! Histories in JSON.

use crate::place::{with_file, written};
use crate::target::choice;
use crate::{Target, json};
use shapeflow::plots::LearningCurve;
use shapeflow::training::{EpochRecord, History};

/// [`History::load`].
pub const TARGET: Target = Target::new("history", seeds, read).altered(json::altered);

fn seeds() -> Vec<Vec<u8>> {
    let mut history = History::default();
    for epoch in 1..=3 {
        history.push(EpochRecord {
            epoch,
            figures: vec![
                ("loss".into(), 1.0 / epoch as f64),
                ("val_auc".into(), f64::NAN),
            ],
            learning_rate: 0.125,
            seconds: 2.5,
        });
    }
    let save =
        |history: &History| written("history", |path| history.save_json(path).expect("a file"));
    vec![save(&history), save(&History::default())]
}

fn read(bytes: &[u8]) {
    with_file("history", bytes, |path| {
        if let Ok(history) = History::load(path) {
            for name in history.names() {
                let _ = (history.series(name), history.last(name));
                let _ = (history.lowest(name), history.highest(name));
            }
            let _ = (history.seconds(), history.to_string());
            let _ = history.save_csv(path.with_extension("csv"));
            if choice(bytes, 8) == 0 {
                let _ = LearningCurve::new(&history).save(path.with_extension("svg"));
            }
        }
    });
}
