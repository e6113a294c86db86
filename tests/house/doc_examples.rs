//! Examples in the docs are what a user's program would say: parts of Shapeflow come from `shapeflow`.

use std::fs;
use std::path::Path;

use shapeflow_tests::rustc::root;

/// The lines of docs in a folder's files that show another crate than the user has.
fn inner_names(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            inner_names(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let docs = text.lines().map(str::trim_start);
            let docs = docs.filter(|line| line.starts_with("///") || line.starts_with("//!"));
            // What `#` hides is seen by nobody.
            let shown = docs.filter(|line| !line[3..].trim_start().starts_with("# "));
            let inner = shown.filter(|line| line.contains("shapeflow_runtime"));
            found.extend(inner.map(|line| format!("{}: {line}", path.display())));
        }
    }
}

#[test]
fn examples_in_the_docs_name_the_crate_that_users_have() {
    let mut found = Vec::new();
    inner_names(&root().join("runtime/src"), &mut found);
    assert!(
        found.is_empty(),
        "write `# use shapeflow_runtime as shapeflow;` and `shapeflow::`:\n{}",
        found.join("\n")
    );
}
