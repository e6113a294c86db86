//! What is published: each package with its licences and its first page, and without data, expected messages or golden values.

use std::process::Command;

use shapeflow_tests::rustc::root;

/// The packages that are published, each after those that it depends on.
const PUBLISHED: [&str; 6] = [
    "shapeflow-terms",
    "shapeflow-diagram",
    "shapeflow-compiler",
    "shapeflow-macros",
    "shapeflow-runtime",
    "shapeflow",
];

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .current_dir(root())
        .arg("--offline")
        .args(arguments)
        .output()
        .expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("Unicode")
}

#[test]
fn archives_hold_the_code_and_what_belongs_to_it() {
    for package in PUBLISHED {
        let list = cargo(&["package", "--allow-dirty", "--list", "--package", package]);
        let files: Vec<&str> = list.lines().collect();
        for needed in ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "src/lib.rs"] {
            assert!(files.contains(&needed), "{package} lacks {needed}");
        }
        let superfluous = files.iter().find(|file| {
            let folders = ["tests/", "docs/", "benches/data", "examples/data", ".ci/"];
            folders.iter().any(|folder| file.starts_with(folder))
        });
        assert_eq!(superfluous, None, "in the archive of {package}");
    }
}

#[test]
fn manifests_are_complete() {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let mut published = Vec::new();
    for package in packages
        .iter()
        .filter(|package| package["publish"].is_null())
    {
        let name = package["name"].as_str().expect("a name");
        for field in [
            "description",
            "license",
            "repository",
            "readme",
            "rust_version",
        ] {
            assert!(package[field].is_string(), "{name} has no {field}");
        }
        for field in ["keywords", "categories"] {
            let words = package[field].as_array().expect("a list").len();
            assert!((1..=5).contains(&words), "{name} has {words} {field}");
        }
        published.push(name);
    }
    published.sort_unstable();
    let mut expected = PUBLISHED;
    expected.sort_unstable();
    assert_eq!(published, expected);
}
