//! Reads damaged files until a reader can't cope with one.
//!
//! `cargo run --release -p shapeflow-fuzz -- --count 1000000`

use lexopt::prelude::*;
use shapeflow_fuzz::{Settings, Target, drive, memory, targets};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

const HELP: &str = "Reads damaged files and fails on a panic, a file that takes more than a second, and one that takes more memory than allowed.

  --count N    Damaged files in all, divided among the targets [20000]
  --seconds N  The longest that a target runs
  --seed N     Which files [1]
  --memory N   The most memory that one file may take, in MiB [1024]
  --target T   Only this one; may be given again
  --out DIR    Where files that fail are put [target/fuzz]
  --read FILE  Reads one file with the target instead, to see what happens
  --seeds DIR  Writes the valid files from which the damaged ones are made instead, one folder for each target
";

struct Options {
    count: usize,
    settings: Settings,
    targets: Vec<String>,
    read: Option<PathBuf>,
    seeds: Option<PathBuf>,
}

fn options() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        count: 20_000,
        settings: Settings::default(),
        targets: Vec::new(),
        read: None,
        seeds: None,
    };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("count") => options.count = arguments.value()?.parse()?,
            Long("seconds") => {
                options.settings.time = Some(Duration::from_secs(arguments.value()?.parse()?));
            }
            Long("seed") => options.settings.seed = arguments.value()?.parse()?,
            Long("memory") => {
                options.settings.memory =
                    arguments.value()?.parse::<usize>()?.saturating_mul(1 << 20);
            }
            Long("target") => options.targets.push(arguments.value()?.parse()?),
            Long("out") => options.settings.failures = arguments.value()?.into(),
            Long("read") => options.read = Some(arguments.value()?.into()),
            Long("seeds") => options.seeds = Some(arguments.value()?.into()),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn chosen(names: &[String]) -> Result<Vec<&'static Target>, String> {
    let all = || targets::ALL.iter();
    if let Some(unknown) = names
        .iter()
        .find(|name| !all().any(|target| target.name == **name))
    {
        let known: Vec<&str> = all().map(|target| target.name).collect();
        return Err(format!("no target `{unknown}`, only {}", known.join(", ")));
    }
    Ok(all()
        .filter(|target| names.is_empty() || names.iter().any(|name| name == target.name))
        .collect())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(mut options) = options()? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let targets = chosen(&options.targets)?;
    if let Some(path) = &options.read {
        let bytes = std::fs::read(path)?;
        targets.iter().for_each(|target| (target.read)(&bytes));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(folder) = &options.seeds {
        for target in targets {
            let folder = folder.join(target.name);
            std::fs::create_dir_all(&folder)?;
            for (number, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(folder.join(number.to_string()), seed)?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    options.settings.count = options.count.div_ceil(targets.len());
    let (mut files, mut failures) = (0, 0);
    for target in targets {
        let outcome = drive(target, &options.settings);
        println!("{outcome}");
        files += outcome.files;
        failures += outcome.failures.len();
    }
    println!("{files} files, {failures} failures");
    Ok(if failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
