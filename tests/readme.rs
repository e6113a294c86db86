//! The model and the error on the README's first screen are those of the UI tests.

const README: &str = include_str!("../README.md");

/// The text of the README's first block of this language.
fn block(language: &str) -> &'static str {
    let start = README
        .find(&format!("```{language}\n"))
        .expect("a block of the language")
        + language.len()
        + 4;
    let end = README[start..].find("```").expect("the block ends") + start;
    README[start..end].trim()
}

#[test]
fn the_model_is_the_one_that_the_ui_test_compiles() {
    let case = include_str!("ui/pass/readme.rs")
        .trim_end()
        .trim_end_matches("fn main() {}")
        .trim();
    assert_eq!(block("rust"), case);
}

#[test]
fn the_error_is_the_one_that_the_compiler_gives() {
    assert_eq!(block("text"), include_str!("ui/readme.stderr").trim());
}
