//! Every public function of the kernels stands in the sweep.

use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// What a source declares at its outermost level, without its slow twin and its tests.
#[derive(Default)]
struct Declared<'a> {
    types: Vec<&'a str>,
    functions: Vec<&'a str>,
    /// With the types that they belong to.
    methods: Vec<(&'a str, &'a str)>,
}

impl<'a> Declared<'a> {
    fn of(source: &'a str) -> Self {
        let mut declared = Declared::default();
        let (mut skipped, mut owner) = (false, None);
        for line in source.lines() {
            if line.ends_with("mod reference {") || line.ends_with("mod tests {") {
                skipped = true;
            } else if let Some(head) = line.strip_prefix("impl ") {
                owner = Some(word(head));
            } else if line == "}" {
                (skipped, owner) = (false, None);
            } else if !skipped {
                declared.line(line, owner);
            }
        }
        declared
    }

    fn line(&mut self, line: &'a str, owner: Option<&'a str>) {
        let item = line.trim_start();
        let function = item
            .strip_prefix("pub fn ")
            .or(item.strip_prefix("pub const fn "))
            .map(word);
        let kind = item
            .strip_prefix("pub struct ")
            .or(item.strip_prefix("pub enum "));
        match (function, owner) {
            (Some(name), Some(owner)) => self.methods.push((owner, name)),
            (Some(name), None) => self.functions.push(name),
            (None, _) => self.types.extend(kind.map(word)),
        }
    }
}

/// The word that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// Whether the module that a file holds can be reached from outside: `pub mod` stands for it, and for the folder around it.
fn reachable(file: &Path, sources: &Path) -> bool {
    let inside = file.strip_prefix(sources).expect("a source of the kernels");
    let mut folder = sources.to_path_buf();
    inside.with_extension("").iter().all(|part| {
        let declared = fs::read_to_string(folder.join("mod.rs")).is_ok_and(|registry| {
            let name = part.to_str().expect("a name in ASCII");
            name == "mod"
                || registry.contains(&format!("pub mod {name};"))
                || registry.contains(&format!("pub use {name}::"))
        });
        folder.push(part);
        declared
    })
}

#[test]
fn every_public_kernel_is_swept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("src/kernels");
    let read = |file: &PathBuf| fs::read_to_string(file).expect("a source");
    let sweeps: String = files(&root.join("tests/sizes")).iter().map(read).collect();
    let sources = files(&folder);
    // The twins are loops over checked slices, and `math` takes neither sizes nor slices.
    let sources = sources
        .iter()
        .filter(|file| !file.ends_with("reference.rs") && !file.starts_with(folder.join("math")));
    let sources: Vec<(&PathBuf, String)> = sources.map(|file| (file, read(file))).collect();
    let public = |file: &Path| reachable(file, &folder);
    let shown = sources.iter().filter(|(file, _)| public(file));
    let types: Vec<&str> = shown
        .flat_map(|(_, text)| Declared::of(text).types)
        .collect();
    let (mut seen, mut missing) = (0, Vec::new());
    for (file, text) in &sources {
        let inside = file.strip_prefix(&folder).expect("a source of the kernels");
        let module = inside.iter().next().and_then(|part| part.to_str());
        let module = module.expect("a name").trim_end_matches(".rs");
        let declared = Declared::of(text);
        let mut expect = |name: &str, calls: [String; 2]| {
            seen += 1;
            if !calls.iter().any(|call| sweeps.contains(call)) {
                missing.push(format!("{}: {name}", inside.display()));
            }
        };
        for name in declared.functions.into_iter().filter(|_| public(file)) {
            expect(
                name,
                [format!("{module}::{name}("), format!("$layer::{name}(")],
            );
        }
        for (owner, name) in declared.methods {
            if types.contains(&owner) {
                expect(name, [format!("{owner}::{name}("), format!(".{name}(")]);
            }
        }
    }
    assert!(seen > 100, "only {seen} functions were found");
    assert!(
        missing.is_empty(),
        "not in the sweep of sizes:\n{}",
        missing.join("\n")
    );
}

#[test]
fn what_is_public_is_found() {
    let source = "pub fn a(x: usize) {\n}\npub struct B {\n}\nimpl B {\n    pub const fn b() {}\n    pub(super) fn c() {}\n\
        }\npub mod reference {\n    pub fn d() {}\n}\npub fn e<T>(\n";
    let declared = Declared::of(source);
    assert_eq!(declared.functions, ["a", "e"]);
    assert_eq!(declared.methods, [("B", "b")]);
    assert_eq!(declared.types, ["B"]);
}
