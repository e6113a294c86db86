//! The arguments of a layer: matched with what it takes, and read as what it wants.

use proc_macro2::TokenStream;

use super::Entry;
use super::alias;
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Reported, count, nearest};
use crate::shape::check::assertion;
use crate::shape::typed::Assertion;
use crate::shape::{Comparison, Dim, Number};
use crate::words::{Words, words};

/// An argument, worked out as far as it can be without knowing what it is for.
#[derive(Clone, Debug)]
pub enum Datum {
    /// A whole number; may be a negative constant.
    Whole(Dim),
    Real(Number),
    /// A const from outside the block: a whole or a real number, whichever is wanted.
    Const {
        text: String,
        tokens: TokenStream,
    },
    /// `3x3`
    Pair(Dim, Dim),
    /// `same`, `he_normal`
    Word(String),
    /// `normal(0.02)`
    Call(String, Vec<Datum>),
    Flag(bool),
    List(Vec<Datum>),
    /// `(3, 3)`, as Keras writes a kernel size.
    Tuple(Vec<Datum>),
    /// Reported already.
    Broken,
}

impl Datum {
    /// As a dimension, if it is one.
    pub fn dim(&self) -> Option<Dim> {
        match self {
            Datum::Whole(dim) => Some(dim.clone()),
            Datum::Const { text, tokens } => Some(Dim::path(text.clone(), tokens.clone())),
            Datum::Broken => Some(Dim::anything()),
            _ => None,
        }
    }

    /// As a real number, if it is one.
    pub fn number(&self) -> Option<Number> {
        match self {
            Datum::Real(number) => Some(number.clone()),
            Datum::Const { text, tokens } => Some(Number::path(text.clone(), tokens.clone())),
            Datum::Whole(dim) => Some(match dim.signed() {
                Some(number) => Number::new(number as f64),
                None => {
                    let tokens = dim.tokens();
                    Number::path(dim.to_string(), quote::quote!((#tokens as f32)))
                }
            }),
            _ => None,
        }
    }
}

/// One argument as the user gave it.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: Option<(String, Place)>,
    pub datum: Datum,
    /// The value.
    pub place: Place,
    pub written: String,
}

/// The arguments of one layer, matched by name.
pub struct Arguments<'a> {
    entry: &'a Entry,
    /// The layer with its arguments, and its name alone.
    place: Place,
    given: Vec<(String, Given)>,
    diagnostics: &'a mut Diagnostics,
    frames: &'a [Words],
    failed: Option<Reported>,
    /// Consts from outside the block that must be large enough.
    pub assertions: Vec<Assertion>,
}

impl<'a> Arguments<'a> {
    /// Finds out which argument is which.
    pub fn new(
        entry: &'a Entry,
        place: Place,
        given: Vec<Given>,
        diagnostics: &'a mut Diagnostics,
        frames: &'a [Words],
    ) -> Self {
        let mut arguments = Arguments {
            entry,
            place,
            given: Vec::new(),
            diagnostics,
            frames,
            failed: None,
            assertions: Vec::new(),
        };
        let mut position = 0;
        for given in given {
            arguments.accept(given, &mut position);
        }
        arguments
    }

    fn accept(&mut self, mut given: Given, position: &mut usize) {
        let entry = self.entry;
        let name = match &given.name {
            None => {
                if let Datum::Word(word) = &given.datum
                    && entry.flags.contains(&word.as_str())
                {
                    let word = word.clone();
                    given.datum = Datum::Flag(true);
                    word
                } else {
                    let by_position = entry.required.iter().chain(entry.optional);
                    let Some(name) = by_position.clone().nth(*position) else {
                        self.too_many(&given, by_position.count());
                        return;
                    };
                    *position += 1;
                    (*name).to_owned()
                }
            }
            Some((name, place)) => {
                if entry.required.contains(&name.as_str()) {
                    let layer = entry.name;
                    let help = format!("write `{layer}({}, ..)`", given.written);
                    self.report(
                        Diagnostic::error(
                            "required-by-name",
                            *place,
                            format!("`{name}` of `{layer}` is given by position"),
                        )
                        .help(help),
                    );
                    if !self.has(name) {
                        *position += 1;
                    }
                } else if !entry.all().any(|known| known == name) {
                    self.unknown(name, *place);
                    return;
                }
                name.clone()
            }
        };
        if self.has(&name) {
            let place = given.name.as_ref().map_or(given.place, |(_, place)| *place);
            self.report(Diagnostic::error(
                "duplicate-argument",
                place,
                format!("`{name}` of `{}` is given twice", entry.name),
            ));
            return;
        }
        self.given.push((name, given));
    }

    fn too_many(&mut self, given: &Given, most: usize) {
        if matches!(given.datum, Datum::Broken) {
            self.failed = Some(self.diagnostics.reported_before());
            return;
        }
        let entry = self.entry;
        let message = match most {
            0 => format!("`{}` takes no argument by position", entry.name),
            _ => format!(
                "`{}` takes {} by position ({}), found one more",
                entry.name,
                count(most, "argument", "arguments"),
                entry.signature(),
            ),
        };
        let help = match entry.options {
            [] => None,
            options => Some(format!("options are given by name: {}", list(options))),
        };
        let sizes = (matches!(entry.name, "Dense" | "Conv2d" | "BatchNorm"))
            .then(|| "the input's size flows in and is never written".into());
        self.report(
            Diagnostic::error("too-many-arguments", given.place, message)
                .note_if(sizes)
                .help_if(help.map(Into::into)),
        );
    }

    fn unknown(&mut self, name: &str, place: Place) {
        let entry = self.entry;
        let message = format!("`{}` has no argument `{name}`", entry.name);
        let mut diagnostic = Diagnostic::error("unknown-argument", place, message);
        let meant = alias::argument(name)
            .filter(|(ours, _)| ours.is_empty() || entry.all().any(|known| known == *ours));
        diagnostic = match (meant, nearest(name, entry.all())) {
            (Some((_, help)), _) => diagnostic.help(help),
            (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
            (None, None) if entry.options.is_empty() && entry.flags.is_empty() => {
                diagnostic.help(format!(
                    "it takes {}",
                    match entry.signature() {
                        signature if signature.is_empty() => "no arguments".to_owned(),
                        signature => format!("only ({signature})"),
                    }
                ))
            }
            (None, None) => {
                let options: Vec<&str> = entry.options.iter().chain(entry.flags).copied().collect();
                diagnostic.help(format!("its options are {}", list(&options)))
            }
        };
        self.report(diagnostic);
    }

    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|(given, _)| given == name)
    }

    /// The names and places of what was given.
    pub fn places(&self) -> Vec<(String, Place)> {
        let places = self.given.iter();
        places
            .map(|(name, given)| (name.clone(), given.place))
            .collect()
    }

    pub fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        let framed = self
            .frames
            .iter()
            .fold(diagnostic, |d, frame| d.note(frame.clone()));
        let reported = self.diagnostics.push(framed);
        self.failed = Some(reported);
        reported
    }

    /// Whether an argument was wrong. Most layers are built even then, with `?` for its value, so
    /// that what follows can still be checked.
    pub fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    /// Asked by layers of which nothing can be said if an argument is wrong.
    pub fn finish(&self) -> Result<(), Reported> {
        match self.failed {
            Some(reported) => Err(reported),
            None => Ok(()),
        }
    }

    fn find(&self, name: &str) -> Option<Given> {
        let found = self.given.iter().find(|(given, _)| given == name);
        found.map(|(_, given)| given.clone())
    }

    /// An argument that must be there.
    fn required(&mut self, name: &str) -> Option<Given> {
        let found = self.find(name);
        // An argument that was refused may be the one that is missing.
        if found.is_none() && self.failed.is_none() {
            let layer = self.entry.name;
            let example = self.entry.example;
            self.report(
                Diagnostic::error(
                    "missing-argument",
                    self.place,
                    format!("`{layer}` needs `{name}`"),
                )
                .help(format!("write `{example}`")),
            );
        }
        found
    }

    fn wrong(&mut self, name: &str, given: &Given, wants: &str, help: Option<String>) {
        let message = format!(
            "`{name}` of `{}` wants {wants}, found `{}`",
            self.entry.name, given.written
        );
        self.report(
            Diagnostic::error("wrong-argument", given.place, message).help_if(help.map(Into::into)),
        );
    }

    fn as_dim(&mut self, name: &str, given: &Given, least: u64) -> Dim {
        let Some(dim) = given.datum.dim() else {
            let help = match (&given.datum, given.datum.number().and_then(|n| n.known())) {
                (Datum::Pair(..) | Datum::Tuple(_), _) => None,
                (_, Some(n)) if n >= 1.0 => Some(format!("write `{}`", n.round())),
                _ => None,
            };
            self.wrong(name, given, "a whole number", help);
            return Dim::anything();
        };
        if dim.is_out_of_range() || Dim::new(least).minus(&dim).known().is_some_and(|n| n > 0) {
            self.wrong(
                name,
                given,
                &format!("a whole number of at least {least}"),
                None,
            );
            return Dim::anything();
        }
        self.assert_least(name, given, &dim, least);
        dim
    }

    /// A required whole number of at least 1.
    pub fn dim(&mut self, name: &str) -> Dim {
        match self.required(name) {
            Some(given) => self.as_dim(name, &given, 1),
            None => Dim::anything(),
        }
    }

    /// An optional whole number of at least `least`.
    pub fn dim_or(&mut self, name: &str, least: u64, default: u64) -> Dim {
        match self.find(name) {
            Some(given) => self.as_dim(name, &given, least),
            None => Dim::new(default),
        }
    }

    /// What isn't known here is checked by rustc.
    fn assert_least(&mut self, name: &str, given: &Given, dim: &Dim, least: u64) {
        if dim.at_least(&Dim::new(least)) != Comparison::Unsure {
            return;
        }
        let message = words![
            format!(
                "`{name}` of `{}` wants a whole number of at least {least}, found ",
                self.entry.name
            ),
            dim
        ];
        let diagnostic = Diagnostic::error("wrong-argument", given.place, message);
        let framed = self
            .frames
            .iter()
            .fold(diagnostic, |d, f| d.note(f.clone()));
        let (a, b) = dim.minus(&Dim::new(least)).sides();
        self.assertions
            .push(assertion(quote::quote!(#a >= #b), &framed));
    }

    fn as_pair(&mut self, name: &str, given: &Given, least: u64) -> [Dim; 2] {
        let pair = match &given.datum {
            Datum::Pair(a, b) => [a.clone(), b.clone()],
            Datum::Tuple(items) | Datum::List(items) if items.len() == 2 => {
                let written: Vec<String> = items
                    .iter()
                    .filter_map(Datum::dim)
                    .map(|d| d.to_string())
                    .collect();
                let help = (written.len() == 2).then(|| format!("write `{}`", written.join("x")));
                self.wrong(name, given, "a size such as `3x3`", help);
                return [Dim::anything(), Dim::anything()];
            }
            other => match other.dim() {
                Some(dim) => [dim.clone(), dim],
                None => {
                    self.wrong(name, given, "a size such as `3x3`", None);
                    return [Dim::anything(), Dim::anything()];
                }
            },
        };
        let small = |d: &Dim| d.is_out_of_range() || d.known().is_some_and(|n| n < least);
        if pair.iter().any(small) {
            let wants = format!("whole numbers of at least {least}");
            self.wrong(name, given, &wants, None);
            return [Dim::anything(), Dim::anything()];
        }
        for dim in &pair {
            self.assert_least(name, given, dim, least);
        }
        pair
    }

    /// A required size, `3x3`, or `3` for the same.
    pub fn pair(&mut self, name: &str) -> [Dim; 2] {
        match self.required(name) {
            Some(given) => self.as_pair(name, &given, 1),
            None => [Dim::anything(), Dim::anything()],
        }
    }

    pub fn pair_or(&mut self, name: &str, least: u64, default: [Dim; 2]) -> [Dim; 2] {
        match self.find(name) {
            Some(given) => self.as_pair(name, &given, least),
            None => default,
        }
    }

    /// `name`, `name = true` or `name = false`.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        let Some(given) = self.find(name) else {
            return default;
        };
        match given.datum {
            Datum::Flag(flag) => return flag,
            Datum::Broken => {}
            _ => self.wrong(name, &given, "`true` or `false`", None),
        }
        default
    }

    fn as_number(
        &mut self,
        name: &str,
        given: &Given,
        fits: &str,
        test: fn(f64) -> bool,
    ) -> Number {
        if matches!(given.datum, Datum::Broken) {
            return Number::new(0.5);
        }
        match given.datum.number() {
            Some(number) if number.known().is_none_or(test) => number,
            Some(_) => {
                let percent = (self.entry.name == "Dropout")
                    .then(|| given.datum.number().and_then(|n| n.known()))
                    .flatten()
                    .filter(|n| *n > 1.0 && *n < 100.0)
                    .map(|n| format!("write `{:?}` for {n}%", n / 100.0));
                self.wrong(name, given, fits, percent);
                Number::new(0.5)
            }
            None => {
                self.wrong(name, given, "a number", None);
                Number::new(0.5)
            }
        }
    }

    /// A required real number for which `test` holds; `fits` says what that is.
    pub fn number(&mut self, name: &str, fits: &str, test: fn(f64) -> bool) -> Number {
        match self.required(name) {
            Some(given) => self.as_number(name, &given, fits, test),
            None => Number::new(0.5),
        }
    }

    pub fn number_or(
        &mut self,
        name: &str,
        default: f64,
        fits: &str,
        test: fn(f64) -> bool,
    ) -> Number {
        match self.find(name) {
            Some(given) => self.as_number(name, &given, fits, test),
            None => Number::new(default),
        }
    }

    /// One of a few words; the first is the default.
    pub fn word(&mut self, name: &str, known: &[&'static str]) -> &'static str {
        let default = known.first().copied().unwrap_or_default();
        let Some(given) = self.find(name) else {
            return default;
        };
        let word = match &given.datum {
            Datum::Word(word) => word.clone(),
            Datum::Broken => return default,
            _ => given.written.clone(),
        };
        match known.iter().find(|k| **k == word) {
            Some(word) => word,
            None => {
                self.wrong_word(name, &given, known);
                default
            }
        }
    }

    pub fn wrong_word(&mut self, name: &str, given: &Given, known: &[&'static str]) {
        let help = nearest(&given.written, known.iter().copied())
            .map(|near| format!("did you mean `{near}`?"));
        let wants = one_of(known);
        self.wrong(name, given, &wants, help);
    }

    /// The raw value of an optional argument, for layers that read it themselves.
    pub fn optional(&mut self, name: &str) -> Option<Given> {
        self.find(name)
    }

    /// The raw value of a required argument.
    pub fn raw(&mut self, name: &str) -> Option<Given> {
        self.required(name)
    }

    /// Says that an argument isn't what the layer wants.
    pub fn refuse(&mut self, name: &str, given: &Given, wants: &str, help: Option<String>) {
        self.wrong(name, given, wants, help);
    }

    /// `[[top, bottom], [left, right]]`, or one number for all sides.
    pub fn sides(&mut self, name: &str, given: &Given) -> [[Dim; 2]; 2] {
        let anything = || {
            [
                [Dim::anything(), Dim::anything()],
                [Dim::anything(), Dim::anything()],
            ]
        };
        let wants = "a number of pixels or `[[top, bottom], [left, right]]`";
        let two = |datum: &Datum| match datum {
            Datum::List(items) if items.len() == 2 => Some([items[0].dim()?, items[1].dim()?]),
            _ => None,
        };
        let sides = match &given.datum {
            Datum::List(items) if items.len() == 2 => match (two(&items[0]), two(&items[1])) {
                (Some(vertical), Some(horizontal)) => Some([vertical, horizontal]),
                _ => None,
            },
            Datum::Pair(v, h) => Some([[v.clone(), v.clone()], [h.clone(), h.clone()]]),
            other => other
                .dim()
                .map(|d| [[d.clone(), d.clone()], [d.clone(), d]]),
        };
        let Some(sides) = sides else {
            self.wrong(name, given, wants, None);
            return anything();
        };
        if sides.iter().flatten().any(Dim::is_out_of_range) {
            self.wrong(name, given, "numbers that aren't negative", None);
            return anything();
        }
        sides
    }

    /// A number that counts axes, from the end if negative.
    pub fn axis(&mut self, name: &str, default: i64) -> i64 {
        let Some(given) = self.find(name) else {
            return default;
        };
        if matches!(given.datum, Datum::Broken) {
            return default;
        }
        match given.datum.dim().and_then(|dim| dim.signed()) {
            Some(axis) => i64::try_from(axis).unwrap_or(i64::MAX),
            None => {
                self.wrong(
                    name,
                    &given,
                    "the number of an axis, such as `-1` for the last",
                    None,
                );
                default
            }
        }
    }
}

/// `` `a`, `b` and `c` ``.
pub fn list(items: &[&str]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{item}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `` `a`, `b` or `c` ``.
pub fn one_of(items: &[&str]) -> String {
    let listed = list(items);
    match listed.rsplit_once(" and ") {
        Some((most, last)) => format!("{most} or {last}"),
        None => listed,
    }
}

/// The divisors of a known number, for help lines: `1, 2, 4 and 8`.
pub fn divisors(dim: &Dim) -> Option<Words> {
    let number = dim.known().filter(|n| (1..=1_000_000).contains(n))?;
    let all: Vec<String> = (1..=number)
        .filter(|d| number % d == 0)
        .take(12)
        .map(|d| d.to_string())
        .collect();
    let (last, most) = all.split_last()?;
    let joined = match most {
        [] => last.clone(),
        most => format!("{} or {last}", most.join(", ")),
    };
    Some(words![format!("{number} can be divided by {joined}")])
}

/// Whether a comparison surely fails.
pub fn fails(comparison: Comparison) -> bool {
    comparison == Comparison::Fails
}
