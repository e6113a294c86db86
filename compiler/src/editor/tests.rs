//! Every layer that can be written has a page, with each of its arguments; the mirror doesn't move while a word is typed.

use std::path::Path;

use super::{Facts, MARKER, mirror};
use crate::diagnostic::Diagnostics;
use crate::layer;
use crate::resolve::snake_case;

#[test]
fn every_layer_and_argument_has_its_documentation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/layers");
    let Ok(files) = std::fs::read_dir(folder) else {
        return; // Published alone, without the crate that has the pages.
    };
    let pages: String = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for entry in layer::all() {
        let head = format!(
            "\n    {}, {} {{",
            entry.signature.name,
            snake_case(entry.signature.name)
        );
        let page = pages.split(&head).nth(1);
        let page =
            page.unwrap_or_else(|| panic!("{} has no page in src/layers", entry.signature.name));
        let arguments = page.split('}').next().unwrap();
        let documented: Vec<&str> = arguments
            .lines()
            .filter(|line| !line.trim_start().starts_with("///"))
            .filter_map(|line| Some(line.trim().split_once(':')?.0))
            .collect();
        let taken: Vec<&str> = entry.signature.all().collect();
        assert_eq!(
            documented, taken,
            "the arguments of {}",
            entry.signature.name
        );
        for (argument, meanings) in entry.signature.words {
            let own = arguments.split(&format!("\n        {argument}: ")).next();
            let own = own.and_then(|before| before.rsplit(",\n").next()).unwrap();
            // The words of initial values are the same for all layers, and stand with their type.
            let text = match argument.ends_with("init") {
                true => pages.split("pub type Init").next().unwrap(),
                false => own,
            };
            for (word, _) in *meanings {
                assert!(
                    text.contains(&format!("`{word}`")) || text.contains(&format!("`{word}(")),
                    "the page of {} doesn't name `{word}` as `{argument}`",
                    entry.signature.name
                );
            }
        }
    }
}

fn text(source: &str) -> String {
    let mut diagnostics = Diagnostics::new();
    let module = crate::parse::parse(source.parse().unwrap(), &mut diagnostics);
    let mut facts = Facts::default();
    crate::resolve::resolve(&module, &mut diagnostics, &mut facts);
    mirror(&module, &facts).to_string()
}

#[test]
fn a_word_that_is_being_typed_leads_to_what_may_stand_there() {
    for (before, after, place) in [
        (
            "struct N(x: [4]) -> [2] { x -> Den",
            " -> Relu }",
            "__stages :: ",
        ),
        ("struct N(x: [4]) -> [2] { x -> ", " }", "__stages :: "),
        (
            "struct N(x: [9, 9, 1]) -> [2] { x -> Conv2d(2, 3x3, padding = sa",
            ") }",
            "__words_0_Conv2d_padding :: ",
        ),
        (
            "struct N(x: [4]) -> [2] { x -> Dense(2, bi",
            ") }",
            "__arguments_0_Dense :: ",
        ),
        (
            "struct N(x: [4]) -> [2] { let y = x -> Dense(2); y + ",
            " }",
            "__values_0 :: ",
        ),
        (
            "struct N(x: [",
            "]) -> [2] { x -> Dense(2) }",
            "__sizes_0 :: ",
        ),
    ] {
        let marked = text(&format!("{before}{MARKER}{after}"));
        let (path, _) = marked.split_once(MARKER).unwrap_or((&marked, ""));
        let word = path.rfind(place).map(|start| &path[start + place.len()..]);
        assert!(
            word.is_some_and(|word| before.ends_with(word)),
            "{before}|{after}: {path}"
        );
    }
}

#[test]
fn words_of_rust_are_left_out() {
    let code =
        text("struct N(x: [4]) -> [2] { x -> Dense(2, bias = false) -> my::Own(crate::K, true) }");
    assert!(!code.contains("false") && !code.contains("true"), "{code}");
    let code = text("struct N(r#in: [4]) -> [2] { let r#type = r#in -> Dense(2); r#type -> Relu }");
    assert!(code.contains("static r#type"), "{code}");
}
