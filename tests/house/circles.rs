//! No two files of a crate import each other in a circle, however long, so that each can be read with what it stands on alone.
//!
//! A file that uses what its own parent module defines is usual in Rust and not counted. A file that only hands names on is seen
//! through: what counts is the file that defines the name. What is compiled for tests alone is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use shapeflow_tests::rustc::root;

/// A path of names: of a module from the crate's root on, or as it is written.
type Names = Vec<String>;

/// What one file has in it.
#[derive(Default)]
struct File {
    /// The names that it defines.
    defined: BTreeSet<String>,
    /// The names that it hands on, with where they come from.
    exported: BTreeMap<String, Names>,
    /// The paths that it uses.
    used: Vec<Names>,
    /// The modules that it declares for tests alone.
    tests: BTreeSet<String>,
}

impl File {
    fn of(text: &str) -> Self {
        let mut file = Self::default();
        let tokens: TokenStream = text.parse().expect("Rust");
        file.read(tokens);
        file
    }

    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut i = 0;
        while i < tokens.len() {
            let rest = &tokens[i..];
            i += if let Some(len) = self.test_module(rest) {
                len
            } else if word(rest, 0) == "use" && declares(&tokens, i) {
                self.uses(rest, public(&tokens[..i]))
            } else if let Some(len) = self.path(rest) {
                len
            } else if word(rest, 0) == "pub" {
                // Who may use it, as in `pub(in crate::kernels)`, is no use of that.
                1 + usize::from(word(rest, 1).starts_with('('))
            } else {
                if let TokenTree::Group(group) = &rest[0] {
                    self.read(group.stream());
                }
                self.definition(rest);
                1
            };
        }
    }

    /// `#[cfg(test)] mod name;` or `{ .. }`: its length, after noting the name.
    fn test_module(&mut self, tokens: &[TokenTree]) -> Option<usize> {
        let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else {
            return None;
        };
        let attribute = attribute.stream().to_string().replace(' ', "");
        if hash.as_char() != '#' || attribute != "cfg(test)" {
            return None;
        }
        let end = tokens.iter().position(|token| match token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            _ => false,
        })?;
        let item = tokens[..end]
            .iter()
            .position(|token| token.to_string() == "mod")?;
        self.tests.insert(word(tokens, item + 1));
        Some(end + 1)
    }

    /// A `use` declaration: its length, after noting its paths.
    fn uses(&mut self, tokens: &[TokenTree], public: bool) -> usize {
        let end = tokens.iter().position(|token| token.to_string() == ";");
        let end = end.expect("a `use` ends");
        for path in tree(&tokens[1..end]) {
            match path.last() {
                Some(name) if public => {
                    self.exported.insert(name.clone(), path);
                }
                _ => self.used.push(path),
            }
        }
        end + 1
    }

    /// A path from `crate`, `self` or `super` on: its length, after noting it.
    fn path(&mut self, tokens: &[TokenTree]) -> Option<usize> {
        if !["crate", "self", "super"].contains(&word(tokens, 0).as_str()) {
            return None;
        }
        let mut path = vec![word(tokens, 0)];
        let mut len = 1;
        while word(tokens, len) == ":"
            && word(tokens, len + 1) == ":"
            && matches!(tokens.get(len + 2), Some(TokenTree::Ident(_)))
        {
            path.push(word(tokens, len + 2));
            len += 3;
        }
        if path.len() > 1 {
            self.used.push(path);
        }
        Some(len)
    }

    fn definition(&mut self, tokens: &[TokenTree]) {
        let keywords = [
            "fn", "struct", "enum", "trait", "type", "const", "static", "union",
        ];
        let at = if keywords.contains(&word(tokens, 0).as_str()) {
            1
        } else if word(tokens, 0) == "macro_rules" {
            2
        } else {
            return;
        };
        if matches!(tokens.get(at), Some(TokenTree::Ident(_))) {
            self.defined.insert(word(tokens, at));
        }
    }
}

fn word(tokens: &[TokenTree], i: usize) -> String {
    tokens.get(i).map_or(String::new(), ToString::to_string)
}

/// Whether the `use` at `i` begins a declaration and isn't the `use<..>` of a type.
fn declares(tokens: &[TokenTree], i: usize) -> bool {
    word(tokens, i + 1) != "<"
}

/// Whether `pub` or `pub(..)` stands last.
fn public(tokens: &[TokenTree]) -> bool {
    let end = match tokens.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => 2,
        _ => 1,
    };
    tokens.len() >= end && word(tokens, tokens.len() - end) == "pub"
}

/// The paths of `a::b::{c, d as e, f::*}`.
fn tree(tokens: &[TokenTree]) -> Vec<Names> {
    let mut head = Vec::new();
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        match token {
            TokenTree::Ident(ident) if ident == "as" => break,
            TokenTree::Ident(ident) => head.push(ident.to_string()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let parts = inner.split(|token| token.to_string() == ",");
                let parts = parts.flat_map(tree).map(|part| {
                    let part = if part == ["self"] { Vec::new() } else { part };
                    [head.clone(), part].concat()
                });
                return parts.collect();
            }
            _ => {}
        }
        i += 1;
    }
    if head.is_empty() {
        Vec::new()
    } else {
        vec![head]
    }
}

/// The files of a crate by module.
struct Crate(BTreeMap<Names, File>);

impl Crate {
    /// Reads the files of the folder `src`.
    fn read(src: &Path) -> Self {
        let mut texts = Vec::new();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of the crate") {
                let path = entry.expect("a readable entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let inside = path.strip_prefix(src).expect("inside").with_extension("");
                    let names = inside.iter().map(|name| name.to_str().expect("Unicode"));
                    let mut module: Names = names.map(str::to_owned).collect();
                    if matches!(
                        module.last().map(String::as_str),
                        Some("mod" | "lib" | "main")
                    ) {
                        module.pop();
                    }
                    texts.push((module, fs::read_to_string(&path).expect("a readable file")));
                }
            }
        }
        let texts = texts
            .iter()
            .map(|(module, text)| (module.clone(), text.as_str()));
        Self::of(texts)
    }

    fn of<'a>(texts: impl IntoIterator<Item = (Names, &'a str)>) -> Self {
        let files = texts
            .into_iter()
            .map(|(module, text)| (module, File::of(text)));
        let mut files: BTreeMap<Names, File> = files.collect();
        let tests = files.iter().flat_map(|(module, file)| {
            let tests = file.tests.iter();
            tests.map(|name| [module.clone(), vec![name.clone()]].concat())
        });
        let tests: Vec<Names> = tests.collect();
        files.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Self(files)
    }

    /// The path from the crate's root on, of a path as it is written in `module`; `None` for one of another crate.
    fn absolute(&self, path: &[String], module: &[String]) -> Option<Names> {
        let mut from = module.to_vec();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => return Some(path[1..].to_vec()),
            Some("self" | "super") => {}
            Some(_) => {
                let child = [module, &path[..1]].concat();
                return self.0.contains_key(&child).then(|| [module, path].concat());
            }
            None => return None,
        }
        while let Some(("self" | "super", tail)) =
            rest.split_first().map(|(name, tail)| (name.as_str(), tail))
        {
            if rest[0] == "super" {
                from.pop();
            }
            rest = tail;
        }
        Some([&from, rest].concat())
    }

    /// The file that defines what the path from the root on names.
    fn origin(&self, path: &[String], seen: &mut BTreeSet<Names>) -> Option<&Names> {
        let len = (0..=path.len())
            .rev()
            .find(|&len| self.0.contains_key(&path[..len]))?;
        let (module, file) = self.0.get_key_value(&path[..len])?;
        let Some(name) = path.get(len) else {
            return Some(module);
        };
        match file.exported.get(name) {
            Some(from) if !file.defined.contains(name) && seen.insert(path[..=len].to_vec()) => {
                let from = self.absolute(from, module)?;
                self.origin(&[&from, &path[len + 1..]].concat(), seen)
            }
            _ => Some(module),
        }
    }

    /// The files that a file uses.
    fn uses(&self, module: &Names) -> BTreeSet<&Names> {
        let used = self.0[module].used.iter().filter_map(|path| {
            let path = self.absolute(path, module)?;
            self.origin(&path, &mut BTreeSet::new())
        });
        let parent = module.split_last().map(|(_, parent)| parent);
        used.filter(|file| *file != module && Some(file.as_slice()) != parent)
            .collect()
    }

    /// The groups of files of which each uses each other, by way of others or not.
    fn circles(&self) -> Vec<Vec<String>> {
        let uses: BTreeMap<&Names, BTreeSet<&Names>> = self
            .0
            .keys()
            .map(|module| (module, self.uses(module)))
            .collect();
        let reached = |from: &Names| {
            let mut reached = BTreeSet::new();
            let mut next: Vec<&Names> = uses[from].iter().copied().collect();
            while let Some(module) = next.pop() {
                if reached.insert(module) {
                    next.extend(&uses[module]);
                }
            }
            reached
        };
        let reached: BTreeMap<&Names, BTreeSet<&Names>> = self
            .0
            .keys()
            .map(|module| (module, reached(module)))
            .collect();
        let mut circles = BTreeSet::new();
        for (module, others) in &reached {
            let circle = others
                .iter()
                .filter(|other| reached[*other].contains(module));
            let circle: Vec<String> = circle.map(|module| module.join("::")).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    for name in ["terms", "diagram", "compiler", "macros", "runtime"] {
        let files = Crate::read(&root().join(name).join("src"));
        let circles = files.circles();
        assert!(
            circles.is_empty(),
            "{name}: these files import each other: {circles:#?}"
        );
    }
}

/// The circles of a made-up crate.
fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let files = files.iter().map(|(module, text)| {
        let module = module.split("::").filter(|name| !name.is_empty());
        (module.map(str::to_owned).collect(), *text)
    });
    Crate::of(files).circles()
}

#[test]
fn circles_of_two_and_three_are_found() {
    let two = [
        ("", "mod a; mod b;"),
        ("a", "use crate::b::B; pub struct A;"),
        ("b", "fn f() { super::a::A } pub struct B;"),
    ];
    assert_eq!(circles(&two), [["a", "b"]]);
    let three = [
        ("a", "use super::{c, b::{self, B as Other}}; pub fn a() {}"),
        ("b", "use crate::c::*; pub struct B;"),
        ("c", "pub fn c() { let x = vec![crate::a::a()]; }"),
        ("d", "use crate::a::a;"),
    ];
    assert_eq!(circles(&three), [["a", "b", "c"]]);
}

#[test]
fn a_child_may_use_its_parent_but_not_the_file_beside_it() {
    let family = [
        ("", "mod a;"),
        ("a", "mod one; mod two; pub use one::One; pub struct A;"),
        ("a::one", "use super::A; pub struct One;"),
        ("a::two", "use super::One;"),
    ];
    assert_eq!(circles(&family), Vec::<Vec<String>>::new());
    let shown_to_all = [
        ("a", "mod b; use b::B;"),
        ("a::b", "mod c; pub use c::B;"),
        ("a::b::c", "pub(in crate::a) struct B;"),
    ];
    assert_eq!(circles(&shown_to_all), Vec::<Vec<String>>::new());
    let beside = [
        ("a", "mod one; mod two; pub use {one::One, two::Two};"),
        ("a::one", "use super::Two; pub struct One;"),
        ("a::two", "use super::One; pub struct Two;"),
    ];
    assert_eq!(circles(&beside), [["a::one", "a::two"]]);
}

#[test]
fn comments_texts_and_tests_are_left_out() {
    let files = [
        (
            "a",
            "#[cfg(test)] mod tests; #[cfg(test)] mod inner { use crate::b::B; } pub struct A;",
        ),
        ("a::tests", "use crate::b::B;"),
        ("b", "use crate::a::A; pub struct B;"),
        (
            "c",
            "// crate::b::B\n/* crate::b */ const C: &str = \"crate::b::B\"; pub struct D;",
        ),
        ("b::e", "use crate::c::D;"),
    ];
    assert_eq!(circles(&files), Vec::<Vec<String>>::new());
}
