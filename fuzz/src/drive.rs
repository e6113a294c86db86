//! Damaged files by a seed, handed to readers, with the time and memory that each takes.

use crate::clock::Clock;
use crate::damage::damaged;
use crate::random::Random;
use crate::{Target, memory};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is allowed, and how much is tried.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Damaged files for each target.
    pub count: usize,
    /// No more are begun after so long.
    pub time: Option<Duration>,
    /// The seed: the same one gives the same files.
    pub seed: u64,
    /// The longest that one file may take.
    pub longest: Duration,
    /// The most memory that one file may take, in bytes.
    pub memory: usize,
    /// Where files that fail are put.
    pub failures: PathBuf,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            count: 1000,
            time: None,
            seed: 1,
            longest: Duration::from_secs(1),
            memory: 1 << 30,
            failures: "target/fuzz".into(),
        }
    }
}

/// What came of a target.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The target's name.
    pub target: &'static str,
    /// The files that were read.
    pub files: usize,
    /// The longest time of one.
    pub longest: Duration,
    /// The most memory of one, in bytes.
    pub memory: usize,
    /// What went wrong.
    pub failures: Vec<Failure>,
}

/// A file that a reader can't cope with.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Where the file is.
    pub file: PathBuf,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<12} {:>8} files, at most {:>7.1} ms and {:>7.2} MiB",
            self.target,
            self.files,
            self.longest.as_secs_f64() * 1e3,
            self.memory as f64 / f64::from(1 << 20)
        )?;
        for Failure { file, what } in &self.failures {
            write!(f, "\n    {}: {what}", file.display())?;
        }
        Ok(())
    }
}

/// More failures than these are not looked for: they are mostly the same one.
const MOST_FAILURES: usize = 5;

/// Reads the target's valid files, those of `fuzz/corpus` that once failed, and damaged ones.
pub fn drive(target: &Target, settings: &Settings) -> Outcome {
    let seeds = (target.seeds)();
    let mut outcome = Outcome {
        target: target.name,
        files: 0,
        longest: Duration::ZERO,
        memory: 0,
        failures: Vec::new(),
    };
    let begun = Instant::now();
    // What a reader makes once for all files, such as a pool of threads, is no file's memory.
    (target.read)(&seeds[0]);
    for bytes in seeds.iter().chain(&corpus(target)) {
        try_one(target, settings, bytes, &mut outcome);
    }
    let mut random = Random::new(settings.seed);
    for _ in 0..settings.count {
        if outcome.failures.len() >= MOST_FAILURES
            || settings.time.is_some_and(|time| begun.elapsed() > time)
        {
            break;
        }
        let bytes = next(target, &seeds, &mut random);
        try_one(target, settings, &bytes, &mut outcome);
    }
    outcome
}

/// One more damaged file.
fn next(target: &Target, seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    match target.alter {
        Some(alter) if random.below(3) == 0 => {
            let seed = random.of(seeds);
            alter(random, seed)
        }
        _ => {
            let bytes = damaged(random, seeds);
            match random.below(2) {
                0 => (target.repair)(random, bytes),
                _ => bytes,
            }
        }
    }
}

/// The files in the repository that a reader once couldn't cope with.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a file of the corpus");
    paths.into_iter().map(read).collect()
}

fn try_one(target: &Target, settings: &Settings, bytes: &[u8], outcome: &mut Outcome) {
    outcome.files += 1;
    let mut measured = measure(target, bytes);
    // On a machine with other work a second is soon over: the file's own time is the shortest of a few.
    for _ in 0..4 {
        match &measured {
            Ok((time, memory)) if *time > settings.longest => {
                measured =
                    measure(target, bytes).map(|again| (again.0.min(*time), again.1.max(*memory)));
            }
            _ => break,
        }
    }
    let what = match measured {
        Err(message) => Some(format!("panicked: {message}")),
        Ok((time, memory)) => {
            outcome.longest = outcome.longest.max(time);
            outcome.memory = outcome.memory.max(memory);
            if time > settings.longest {
                Some(format!("took {time:?}"))
            } else if memory > settings.memory {
                Some(format!("took {memory} bytes of memory"))
            } else {
                None
            }
        }
    };
    if let Some(what) = what {
        let name = format!("{}-{:016x}", target.name, fingerprint(bytes));
        let file = settings.failures.join(name);
        std::fs::create_dir_all(&settings.failures).expect("a folder for the failures");
        std::fs::write(&file, bytes).expect("room for the failure");
        outcome.failures.push(Failure { file, what });
    }
}

/// The time and memory of reading a file, or the message of a panic.
fn measure(target: &Target, bytes: &[u8]) -> Result<(Duration, usize), String> {
    let begun = Clock::now();
    let mut result = Ok(());
    let memory = memory::peak(|| {
        result = catch_unwind(AssertUnwindSafe(|| (target.read)(bytes)));
    });
    match result {
        Ok(()) => Ok((begun.elapsed(), memory)),
        Err(payload) => Err(payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| {
                payload
                    .downcast_ref::<&str>()
                    .map(|text| (*text).to_owned())
            })
            .unwrap_or_else(|| "without a message".to_owned())),
    }
}

/// FNV-1a: the same file has the same name in every run.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
