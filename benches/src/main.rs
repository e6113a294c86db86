//! Times training and prediction of the benchmark's networks, one JSON line for each.
//!
//! `cargo run --release -p shapeflow-bench -- --work cifar_cnn --threads 2`
#![deny(missing_docs)]

mod measure;
mod memory;
mod models;
mod peak;
mod work;

use clap::Parser;
use measure::Runs;
use work::Work;

#[derive(Parser)]
#[command(about = "Times training and prediction, one JSON line for each workload")]
struct Arguments {
    /// What to run.
    #[arg(long, default_value = "all")]
    work: Work,
    /// Threads of the pool.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Runs of each measurement, in place of a fixed time.
    #[arg(long)]
    steps: Option<usize>,
    /// Examples in a batch, in place of the workload's own number.
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
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.threads)
        .build()?;
    let runs = arguments
        .steps
        .map_or(Runs::Seconds(arguments.seconds), Runs::Count);
    if arguments.memory {
        for work in arguments.work.each() {
            println!(
                "{}",
                memory::measure(work, &pool, arguments.batch, arguments.steps)?
            );
        }
        return Ok(());
    }
    for work in arguments.work.each() {
        let line = work.run(&pool, arguments.batch, runs, arguments.train_only)?;
        println!("{line}");
    }
    Ok(())
}
