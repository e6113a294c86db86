//! What more cores would give than there are here: each task of a step and of a prediction is timed on one thread, and laid out on
//! so many cores as `shapeflow_runtime::trace` does it. What one and two threads really take stands beside it.

use std::collections::BTreeMap;
use std::time::Instant;

use rayon::ThreadPool;
use shapeflow::engine::EngineError;
use shapeflow_runtime::trace::{
    Costs, Phase, Piece, Share, pieces, record, schedule, team_seconds,
};

use crate::case::Case;
use crate::measure::{Runs, time};

/// The cores that are asked for.
const CORES: [usize; 6] = [1, 2, 4, 8, 16, 64];

/// The cores of which it is said what holds them back.
const MANY: usize = 16;

/// What is simulated.
#[derive(Clone, Copy)]
enum What {
    Step,
    One,
}

impl What {
    fn of<R>(
        self,
        case: &Case,
        measure: impl FnOnce(&mut dyn FnMut()) -> R,
    ) -> Result<R, EngineError> {
        match self {
            What::Step => case.train(measure),
            What::One => case.predict(1, measure),
        }
    }
}

/// Prints a table of all `cases`: milliseconds.
///
/// # Errors
///
/// If there can be no threads, or a step or a prediction fails.
pub fn print(
    cases: impl Iterator<Item = Case>,
    runs: Runs,
) -> Result<(), Box<dyn std::error::Error>> {
    let pool = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let (one, two) = (pool(1)?, pool(2)?);
    let costs = costs(&two);
    println!(
        "Handing work to a second thread takes {:.1} µs, to a team {:.2} µs.\n",
        1e6 * costs.pool,
        1e6 * costs.team
    );
    println!(
        "| work | 1, measured | 1 | 2, measured | 2 | 4 | 8 | 16 | 64 | what the time of {MANY} cores is lost to |"
    );
    println!("|---|{}---|", "---:|".repeat(2 + CORES.len()));
    for case in cases {
        for what in [What::Step, What::One] {
            let measured = |pool: &ThreadPool| {
                pool.install(|| what.of(&case, |body| time(runs, 1, body).median))
            };
            let measured = [measured(&one)?, measured(&two)?];
            let recorded = two.install(|| what.of(&case, |body| recorded(runs, body)))?;
            println!("{}", row(&case, what, measured, &recorded, costs));
        }
    }
    Ok(())
}

/// The pieces of a step or a prediction, timed some times.
fn recorded(runs: Runs, body: &mut dyn FnMut()) -> Vec<Piece> {
    let start = Instant::now();
    body();
    let count = match runs {
        Runs::Count(count) => count.max(1),
        Runs::Seconds(seconds) => {
            ((seconds / start.elapsed().as_secs_f64()) as usize).clamp(3, 100)
        }
    };
    // The first has cold caches, and finds out how much room recordings take.
    record(&mut *body);
    let recordings: Vec<_> = (0..count).map(|_| record(&mut *body).1).collect();
    pieces(&recordings)
}

fn row(case: &Case, what: What, measured: [f64; 2], pieces: &[Piece], costs: Costs) -> String {
    let times = CORES.map(|cores| {
        let shares = schedule(pieces, cores, costs);
        shares.iter().map(|share| share.seconds).sum::<f64>()
    });
    let ms = |seconds: f64| format!("{:.3}", 1e3 * seconds);
    let speedup = |seconds: &f64| format!("{} (×{:.1})", ms(*seconds), times[0] / seconds);
    let more: Vec<String> = times[2..].iter().map(speedup).collect();
    let name = match what {
        What::Step => format!("`{}`, a step of {}", case.work.name, case.batch),
        What::One => format!("`{}`, predicting one", case.work.name),
    };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |",
        ms(measured[0]),
        ms(times[0]),
        ms(measured[1]),
        ms(times[1]),
        more.join(" | "),
        losses(what, &schedule(pieces, MANY, costs))
    )
}

/// To what the time is lost, as shares of all of it: the largest first.
fn losses(what: What, shares: &[Share]) -> String {
    let all: f64 = shares.iter().map(|share| share.seconds).sum();
    let mut lost: BTreeMap<String, f64> = BTreeMap::new();
    for share in shares {
        *lost.entry(reason(what, share)).or_default() += share.lost(MANY);
    }
    let mut lost: Vec<_> = lost.into_iter().collect();
    lost.sort_by(|a, b| b.1.total_cmp(&a.1));
    let named = |(reason, seconds): &(String, f64)| {
        let share = 100.0 * seconds / all;
        (share >= 5.0).then(|| format!("{reason} {share:.0}%"))
    };
    lost.iter().filter_map(named).collect::<Vec<_>>().join(", ")
}

/// A name for what a piece is, and into how many tasks it is cut.
fn reason(what: What, share: &Share) -> String {
    let what = match share.phase {
        _ if matches!(what, What::One) => "layers",
        Phase::Other => "the rest",
        Phase::Packing => "packing",
        Phase::Stage(_) => "lanes",
        Phase::Between(_) => "between stages",
        Phase::Weights => "weight gradients",
        Phase::Gathering => "sums of lanes",
        Phase::Update => "update",
    };
    match share.tasks {
        1 => format!("{what} (one thread)"),
        tasks => format!("{what} ({tasks} tasks)"),
    }
}

/// Hand-overs of `pool`, which has two threads: how much longer two equal tasks take together than one of them alone.
fn costs(pool: &ThreadPool) -> Costs {
    const TASK: f64 = 50e-6;
    let spin = || {
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < TASK {
            std::hint::spin_loop();
        }
    };
    let once = |_| {
        let start = Instant::now();
        rayon::join(spin, spin);
        start.elapsed().as_secs_f64()
    };
    let mut seconds: Vec<f64> = pool.install(|| (0..501).map(once).collect());
    seconds.sort_by(f64::total_cmp);
    Costs {
        pool: (seconds[seconds.len() / 2] - TASK).max(0.0),
        team: (pool.install(|| team_seconds(spin)) - TASK).max(0.0),
    }
}
