//! Models that are made from right ones and are right.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};

use crate::models::models;
use crate::mutation::{Edit, STAGES, balanced, edit, insert};

/// A model that the compiler finds right.
pub struct Sample {
    /// What stands between the braces of `model!`.
    pub text: String,
    /// The names of its structs.
    pub structs: Vec<String>,
    /// The consts that it takes from outside, with the types as which it takes them.
    pub outer: BTreeMap<String, &'static str>,
}

impl Sample {
    /// None for a model that isn't right, or whose consts can't be declared beside it.
    fn new(text: String) -> Option<Sample> {
        let tokens: TokenStream = text.parse().ok()?;
        if !has_plain_consts(tokens.clone()) {
            return None;
        }
        let shapeflow_compiler::Compiled {
            graphs,
            diagnostics,
            rust,
        } = shapeflow_compiler::compile(tokens);
        let structs = graphs.iter().map(|graph| graph.declared.name.to_string());
        let structs: Vec<String> = structs.collect();
        let right = !diagnostics.has_errors() && !structs.is_empty();
        let outer = right.then(|| outer(rust)).flatten();
        drop((graphs, diagnostics));
        // Outside of rustc every text that was ever read is kept, for its spans.
        proc_macro2::extra::invalidate_current_thread_spans();
        Some(Sample {
            text,
            structs,
            outer: outer?,
        })
    }

    /// Whether it takes a const of this type from outside.
    pub fn has_outer(&self, ty: &str) -> bool {
        self.outer.values().any(|known| *known == ty)
    }
}

/// Whether the consts are sums and products of numbers. What else stands there is Rust's, and left to rustc.
fn has_plain_consts(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        if tree.to_string() != "const" {
            continue;
        }
        let item = trees.by_ref().take_while(|tree| tree.to_string() != ";");
        let mut value = item.skip_while(|tree| tree.to_string() != "=").skip(1);
        let plain = |tree: TokenTree| match tree {
            TokenTree::Literal(_) => true,
            TokenTree::Punct(sign) => "+-*/".contains(sign.as_char()),
            _ => false,
        };
        if !value.all(plain) {
            return false;
        }
    }
    true
}

/// What is meant by `const GIVEN_OUTER_..: usize = NAME;` in the code; None for a path, and for a const of two types.
fn outer(code: TokenStream) -> Option<BTreeMap<String, &'static str>> {
    let mut outer = BTreeMap::new();
    let trees: Vec<TokenTree> = code.into_iter().collect();
    for (at, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            for (name, ty) in self::outer(group.stream())? {
                if outer.insert(name, ty).is_some_and(|before| before != ty) {
                    return None;
                }
            }
        }
        let declared = matches!(tree, TokenTree::Ident(word) if *word == "const")
            && trees[at + 1].to_string().starts_with("GIVEN_OUTER_");
        if !declared {
            continue;
        }
        let [_, _, colon, ty, equal, name, end] = trees.get(at..at + 7)? else {
            return None;
        };
        let signs = [colon, equal, end].map(ToString::to_string);
        if signs != [":", "=", ";"] {
            return None;
        }
        let ty = ["usize", "f32"]
            .into_iter()
            .find(|known| *known == ty.to_string())?;
        if outer
            .insert(name.to_string(), ty)
            .is_some_and(|before| before != ty)
        {
            return None;
        }
    }
    Some(outer)
}

/// Without end; the same in every run.
pub struct Samples {
    models: Vec<Vec<String>>,
    words: Vec<String>,
    stages: Vec<&'static str>,
    state: u64,
    made: usize,
}

impl Samples {
    pub fn new() -> Samples {
        let models = models();
        let mut words: Vec<String> = models.iter().flatten().cloned().collect();
        words.sort_unstable();
        words.dedup();
        let layers = shapeflow_compiler::layer::all().filter(|entry| entry.keeps_shape);
        let layers = layers.map(|entry| entry.signature.example);
        let stages = layers.chain(STAGES.iter().copied()).collect();
        Samples {
            models,
            words,
            stages,
            state: 1,
            made: 0,
        }
    }

    /// A number below `end`, by Steele's splitmix64.
    fn below(&mut self, end: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn model(&mut self) -> Vec<String> {
        let index = self.below(self.models.len());
        self.models[index].clone()
    }

    fn with_stages(&mut self, mut model: Vec<String>) -> Vec<String> {
        for _ in 0..1 + self.below(5) {
            let stage = self.below(self.stages.len());
            let stage = (self.below(2000), self.stages[stage]);
            insert(&mut model, &[stage]);
        }
        model
    }

    fn with_words_exchanged(&mut self, mut model: Vec<String>) -> Vec<String> {
        for _ in 0..1 + self.below(2) {
            let word = self.below(self.words.len());
            let (place, how) = (self.below(2000), self.below(5) as u8);
            let change: Edit<'_> = (place, &self.words[word], how);
            edit(&mut model, &[change]);
        }
        model
    }

    /// One more that may be right: with stages inserted, with words exchanged, or two models in one.
    fn candidate(&mut self) -> Vec<String> {
        let model = self.model();
        match self.made % 3 {
            0 => self.with_stages(model),
            1 => self.with_words_exchanged(model),
            _ => {
                let both = [model, self.model()].concat();
                self.with_stages(both)
            }
        }
    }
}

impl Iterator for Samples {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        loop {
            let words = self.candidate();
            // What is as it was is compiled elsewhere.
            if self.models.contains(&words) {
                continue;
            }
            if let Some(sample) = Sample::new(balanced(words.iter().map(String::as_str))) {
                self.made += 1;
                return Some(sample);
            }
        }
    }
}
