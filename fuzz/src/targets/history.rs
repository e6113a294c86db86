//! Histories in JSON.

use crate::Target;
use crate::place::{with_file, written};
use shapeflow::training::{EpochRecord, History};

/// [`History::load`].
pub const TARGET: Target = Target::new("history", seeds, read);

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
        }
    });
}
