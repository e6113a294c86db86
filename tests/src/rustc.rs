//! Compiles a file against the build of Shapeflow that these tests themselves use.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How this crate was compiled.
const ARGUMENTS: &[&str] = &shapeflow_tests_externs::rustc_arguments!();

/// The root of the workspace, from which paths in messages are counted.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are a folder of the workspace")
}

/// The values of `option` among the arguments, written `--option value` or `--option=value`.
fn values(option: &str) -> impl Iterator<Item = &'static str> {
    ARGUMENTS
        .iter()
        .enumerate()
        .filter_map(move |(i, argument)| match argument.strip_prefix(option)? {
            "" => ARGUMENTS.get(i + 1).copied(),
            rest => rest.strip_prefix('='),
        })
}

/// Shapeflow as it was built for these tests; `extension` is `rmeta` for types alone, `rlib` for a program.
fn shapeflow(extension: &str) -> PathBuf {
    let path = values("--extern").find_map(|value| value.strip_prefix("shapeflow="));
    Path::new(path.expect("this crate was compiled with `--extern shapeflow=`"))
        .with_extension(extension)
}

/// rustc on the file at `source`, a path from the [root](root()), with Shapeflow of the given extension.
fn rustc(source: &Path, extension: &str) -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    command
        .current_dir(root())
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "bin",
            "--color",
            "never",
        ])
        .arg("--extern")
        .arg({
            let mut name = std::ffi::OsString::from("shapeflow=");
            name.push(shapeflow(extension));
            name
        });
    for folder in values("-L") {
        command.args(["-L", folder]);
    }
    command.arg(source);
    command
}

/// Checks the program at `source` without making one, as `cargo check` does.
pub fn check(source: &Path, folder: &Path) -> Output {
    let mut command = rustc(source, "rmeta");
    command
        .args(["--emit", "metadata", "--out-dir"])
        .arg(folder);
    command.output().expect("rustc starts")
}

/// Compiles the program at `source` to `program`.
pub fn build(source: &Path, program: &Path) -> Output {
    let mut command = rustc(source, "rlib");
    command.arg("-o").arg(program);
    command.output().expect("rustc starts")
}
