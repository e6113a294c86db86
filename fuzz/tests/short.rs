//! A few thousand damaged files for every reader; `cargo run --release -p shapeflow-fuzz` reads more.

use shapeflow_fuzz::{Outcome, Settings, Target, drive, memory, targets};
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

/// One after the other: memory is counted for the whole process.
#[test]
fn no_damaged_file_brings_a_reader_down() {
    assert!(memory::is_counted());
    let settings = Settings {
        count: 1500,
        time: Some(Duration::from_secs(2)),
        failures: concat!(env!("CARGO_TARGET_TMPDIR"), "/fuzz").into(),
        ..Settings::default()
    };
    let outcomes: Vec<Outcome> = targets::ALL
        .iter()
        .map(|target| drive(target, &settings))
        .collect();
    for outcome in &outcomes {
        println!("{outcome}");
    }
    assert!(outcomes.iter().all(|outcome| outcome.failures.is_empty()));
    what_is_looked_for_is_found();
}

/// A driver that finds nothing is only worth something if it finds what is there.
fn what_is_looked_for_is_found() {
    let settings = Settings {
        count: 2000,
        longest: Duration::from_millis(20),
        memory: 1 << 20,
        failures: concat!(env!("CARGO_TARGET_TMPDIR"), "/found").into(),
        ..Settings::default()
    };
    let seeds = || vec![b"abcdefgh".to_vec()];
    let panics = Target::new("panics", seeds, |bytes| {
        assert_ne!(bytes.first(), Some(&b'b'))
    });
    let slow = Target::new("slow", seeds, |bytes| {
        if bytes.is_empty() {
            // Sleeping would be no work.
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_millis(300) {
                std::hint::black_box([0_u8; 4096]);
            }
        }
    });
    let large = Target::new("large", seeds, |bytes| {
        drop(std::hint::black_box(vec![1_u8; bytes.len() * 1000]));
    });
    for (target, what) in [
        (panics, "panicked: "),
        (slow, "took "),
        (large, " bytes of memory"),
    ] {
        let outcome = drive(&target, &settings);
        assert!(!outcome.failures.is_empty(), "{outcome}");
        for failure in outcome.failures {
            assert!(failure.what.contains(what), "{}", failure.what);
            assert!(failure.file.is_file());
        }
    }
}
