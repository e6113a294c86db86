//! `docs/promises.md` names tests that are there.

use std::fs;

use shapeflow_tests::rustc::root;

/// The tests that the page names: file and function.
fn named(page: &str) -> Vec<(&str, &str)> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("- `"));
    let pairs = lines.filter_map(|line| {
        let (file, rest) = line.split_once("` `")?;
        Some((file, rest.split_once('`')?.0))
    });
    pairs.collect()
}

/// Whether a source has a test of this name.
fn has(source: &str, name: &str) -> bool {
    let head = format!("fn {name}() {{");
    let mut attributes = "";
    for line in source.lines().map(str::trim) {
        if line == head {
            return attributes == "#[test]";
        }
        // What stands between `#[test]` and the function.
        if !line.starts_with("#[cfg") {
            attributes = line;
        }
    }
    false
}

#[test]
fn the_tests_on_the_page_of_promises_exist() {
    let page = fs::read_to_string(root().join("docs/promises.md")).expect("the page");
    let named = named(&page);
    assert!(named.len() >= 12, "only {} tests", named.len());
    for (file, name) in named {
        let source = fs::read_to_string(root().join(file)).expect(file);
        assert!(has(&source, name), "{file} has no `{name}`");
    }
}

#[test]
fn a_test_that_is_gone_is_found() {
    assert!(has("#[test]\nfn here() {\n}", "here"));
    assert!(!has("#[test]\nfn here_too() {\n}", "here"));
    assert!(!has("fn here() {\n}", "here"));
    assert_eq!(named("- `a.rs` `b` (c)\n- `d`: e"), [("a.rs", "b")]);
}
