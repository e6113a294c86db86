//! Mistakes in a model, one a file, each with the error it gives; and the models that follow its help, which compile.

#[test]
fn mistakes_give_one_clear_error_each() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
