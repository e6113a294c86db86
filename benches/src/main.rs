//! Times training and prediction of the benchmark's networks, one JSON line for each.
//!
//! `cargo run --release -p shapeflow-bench -- --work cifar_cnn --threads 2`
#![deny(missing_docs)]

mod case;
mod input;
mod measure;
mod memory;
mod models;
mod peak;
#[cfg(feature = "simulate")]
mod simulate;
mod work;

use case::Case;
use clap::Parser;
use measure::Runs;
use std::path::PathBuf;
use work::Work;

#[derive(Parser)]
#[command(about = "Times training and prediction, one JSON line for each workload")]
struct Arguments {
    /// What to run: the name of a workload, the four quick ones (`all`), the others (`large`), or the whole `set`.
    #[arg(long, default_value = "all", value_parser = Work::named)]
    work: &'static [Work],
    /// Threads of the pool.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Runs of each measurement, in place of a fixed time.
    #[arg(long)]
    steps: Option<usize>,
    /// Examples in a batch, in place of the workload's own number; two where a norm can't be trained on one.
    #[arg(long)]
    batch: Option<usize>,
    /// Seconds for each measurement.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Leaves out the predictions.
    #[arg(long)]
    train_only: bool,
    /// Measures memory in place of time: by how many MiB training raises the process above its idle peak (Linux).
    #[arg(long)]
    memory: bool,
    /// Measures reading and augmenting pictures in place of a network: a folder with `pictures` and `cifar`, as
    /// `benches/pytorch_input.py` makes it.
    #[arg(long)]
    input: Option<PathBuf>,
    /// Prints what more cores would give, from the times of tasks on one.
    #[cfg(feature = "simulate")]
    #[arg(long)]
    simulate: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()?;
    let runs = arguments
        .steps
        .map_or(Runs::Seconds(arguments.seconds), Runs::Count);
    if let Some(folder) = arguments.input {
        println!("{}", input::measure(&folder, &pool, runs)?);
        return Ok(());
    }
    let cases = arguments.work.iter().map(|&work| Case {
        work,
        batch: work.batch(arguments.batch),
    });
    #[cfg(feature = "simulate")]
    if arguments.simulate {
        return simulate::print(cases, runs);
    }
    for case in cases {
        let line = if arguments.memory {
            memory::measure(&case, &pool, arguments.steps.unwrap_or(20))?
        } else {
            case.measure(&pool, runs, arguments.train_only)?
        };
        println!("{line}");
    }
    Ok(())
}
