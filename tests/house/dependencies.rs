//! `docs/dependencies.md` lists what a user's crate compiles, no more and no less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use shapeflow_tests::rustc::root;

/// The packages that a crate compiles which depends on Shapeflow with these features, with their licences.
fn packages(features: &[&str]) -> BTreeMap<String, String> {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--package", "shapeflow"])
        .args([
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}|{l}",
        ])
        .args(features)
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree: {said}");
    let text = String::from_utf8(output.stdout).expect("Unicode");
    let packages = text.lines().map(|line| {
        let (package, licence) = line.split_once('|').expect("a licence");
        let name = package.split(' ').next().expect("a name");
        (name.to_owned(), licence.trim_end_matches(" (*)").to_owned())
    });
    packages.collect()
}

/// The rows of the table: name, features, licence, reason.
fn rows() -> Vec<[String; 4]> {
    let page = fs::read_to_string(root().join("docs/dependencies.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let cells: [&str; 4] = cells.try_into().expect("four cells");
        cells.map(|cell| cell.replace('`', ""))
    });
    rows.collect()
}

/// What `cargo tree` shows depends on the system.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn the_table_lists_what_a_users_crate_compiles() {
    let features = ["gzip", "images", "plots", "tables"];
    let without = packages(&["--no-default-features"]);
    let with: Vec<BTreeMap<String, String>> = features
        .iter()
        .map(|feature| packages(&["--no-default-features", "--features", feature]))
        .collect();
    let mut expected = Vec::new();
    for (name, licence) in packages(&[]) {
        if name == "shapeflow" {
            continue;
        }
        let of = features
            .iter()
            .zip(&with)
            .filter(|(_, with)| with.contains_key(&name));
        let of = match without.contains_key(&name) {
            true => String::new(),
            false => of
                .map(|(feature, _)| *feature)
                .collect::<Vec<_>>()
                .join(", "),
        };
        expected.push([name, of, licence]);
    }
    let rows = rows();
    let found: BTreeSet<&[String]> = rows.iter().map(|row| &row[..3]).collect();
    let expected: BTreeSet<&[String]> = expected.iter().map(|row| &row[..]).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let superfluous: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && superfluous.is_empty(),
        "docs/dependencies.md lacks {missing:#?} and needn't have {superfluous:#?}"
    );
}

#[test]
fn each_dependency_has_a_reason() {
    for [name, _, _, reason] in rows() {
        assert!(
            reason.len() > 5,
            "{name} stands in docs/dependencies.md for `{reason}`"
        );
    }
}

#[test]
fn no_picture_plot_or_csv_code_without_default_features() {
    let packages = packages(&["--no-default-features"]);
    for name in [
        "png",
        "zune-jpeg",
        "plotters",
        "ttf-parser",
        "csv",
        "flate2",
    ] {
        assert!(!packages.contains_key(name), "{name} is compiled");
    }
}
