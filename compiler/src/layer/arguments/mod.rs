//! The arguments of a layer: matched with what it takes, and read as what it wants.

mod datum;
mod foreign;
mod read;
mod signature;
mod wording;

use crate::check::{Assertion, Condition};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Reported, count, nearest};
use crate::shape::{Comparison, Dim};
use crate::words::Words;

pub use datum::{Datum, Given};
pub use read::{flag_meant, rounded, unquoted};
pub use signature::{Extra, Meanings, Signature};
pub use wording::{divisible, divisors, fails, list, one_of};

/// The arguments of one layer, matched by name.
pub struct Arguments<'a> {
    signature: &'static Signature,
    /// The layer that another framework's word means for certain.
    surely: fn(&str) -> Option<&'static str>,
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
        signature: &'static Signature,
        surely: fn(&str) -> Option<&'static str>,
        place: Place,
        given: Vec<Given>,
        diagnostics: &'a mut Diagnostics,
        frames: &'a [Words],
    ) -> Self {
        let mut arguments = Arguments {
            signature,
            surely,
            place,
            given: Vec::new(),
            diagnostics,
            frames,
            failed: None,
            assertions: Vec::new(),
        };
        let mut position = 0;
        for given in arguments.gather(given) {
            arguments.accept(given, &mut position);
        }
        arguments
    }

    fn accept(&mut self, mut given: Given, position: &mut usize) {
        let signature = self.signature;
        let name = match &given.name {
            None => {
                if let Datum::Word(word) = &given.datum
                    && signature.flags.contains(&word.as_str())
                {
                    let word = word.clone();
                    given.datum = Datum::Flag(true);
                    word
                } else {
                    let by_position = signature.required.iter().chain(signature.optional);
                    let Some(name) = by_position.clone().nth(*position) else {
                        self.too_many(&given, by_position.count());
                        return;
                    };
                    *position += 1;
                    (*name).to_owned()
                }
            }
            Some((name, place)) => {
                let required = signature.required.iter().find(|known| *known == name);
                match required.copied().or_else(|| self.by_position(name)) {
                    Some(ours) => {
                        let (layer, example) = (signature.name, signature.example);
                        let written = match &given.datum {
                            Datum::Whole(n) if ours == "kernel" => format!("{n}x{n}"),
                            _ => given.written.clone(),
                        };
                        self.report(
                            Diagnostic::error(
                                "required-by-name",
                                *place,
                                format!("`{ours}` of `{layer}` is given by position"),
                            )
                            .help(format!(
                                "write `{written}` without a name, as in `{example}`"
                            )),
                        );
                        if !self.has(ours) {
                            *position += 1;
                        }
                        ours.to_owned()
                    }
                    None if signature.takes(name) => name.clone(),
                    None => {
                        let (name, place) = (name.clone(), *place);
                        self.unknown(&name, place, &given);
                        return;
                    }
                }
            }
        };
        if self.has(&name) {
            let place = given.name.as_ref().map_or(given.place, |(_, place)| *place);
            self.report(
                Diagnostic::error(
                    "duplicate-argument",
                    place,
                    format!("`{name}` of `{}` is given twice", signature.name),
                )
                .help("remove one of the two"),
            );
            return;
        }
        self.given.push((name, given));
    }

    fn too_many(&mut self, given: &Given, most: usize) {
        // What couldn't be read may have been all of them.
        let broken = self.given.iter().map(|(_, given)| given).chain([given]);
        if broken
            .into_iter()
            .any(|given| matches!(given.datum, Datum::Broken))
        {
            self.failed = Some(self.diagnostics.reported_before());
            return;
        }
        let signature = self.signature;
        let message = match most {
            0 => format!(
                "`{}` takes no argument by position, found `{}`",
                signature.name, given.written
            ),
            _ => format!(
                "`{}` takes {} by position ({}), and `{}` is one more",
                signature.name,
                count(most, "argument", "arguments"),
                signature.by_position(),
                given.written,
            ),
        };
        let meant = self.meant_by_extra(given);
        let sizes = (meant.is_none() && signature.input_first)
            .then(|| "the input's size flows in and is never written".into());
        let help = meant.unwrap_or_else(|| match signature.options {
            [] => format!("remove `{}`", given.written),
            options => format!("options are given by name: {}", list(options)),
        });
        self.report(
            Diagnostic::error("too-many-arguments", given.place, message)
                .note_if(sizes)
                .help(help),
        );
    }

    fn unknown(&mut self, name: &str, place: Place, given: &Given) {
        let signature = self.signature;
        let message = format!("`{}` has no argument `{name}`", signature.name);
        let mut diagnostic = Diagnostic::error("unknown-argument", place, message);
        let meant =
            foreign::option(name).filter(|(ours, _)| ours.is_empty() || signature.takes(ours));
        let activation = matches!(name, "activation" | "act" | "non_linearity")
            .then(|| self.meant_by_activation(given))
            .flatten();
        diagnostic = match (meant, nearest(name, signature.all())) {
            _ if activation.is_some() => diagnostic.help_if(activation.map(Into::into)),
            (Some((ours, _)), _)
                if matches!(
                    ours,
                    "bias" | "stride" | "dilation" | "padding" | "epsilon" | "slope"
                ) =>
            {
                let value = match given.written.trim_matches('"') {
                    "True" => "true",
                    "False" => "false",
                    other => other,
                };
                diagnostic.help(format!("write `{ours} = {value}`"))
            }
            (Some((_, help)), _) => diagnostic.help(help),
            (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
            (None, None) if signature.options.is_empty() && signature.flags.is_empty() => {
                diagnostic.help(format!(
                    "it takes {}",
                    match signature.by_position() {
                        signature if signature.is_empty() => "no arguments".to_owned(),
                        signature => format!("only ({signature})"),
                    }
                ))
            }
            (None, None) => {
                let options: Vec<&str> = signature
                    .options
                    .iter()
                    .chain(signature.flags)
                    .copied()
                    .collect();
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
        let framed = diagnostic.notes(self.frames.iter().cloned());
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
            let layer = self.signature.name;
            let example = self.signature.example;
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
        let diagnostic = self.refusal(name, given, wants, help);
        self.report(diagnostic);
    }

    fn refusal(&self, name: &str, given: &Given, wants: &str, help: Option<String>) -> Diagnostic {
        // What a const or a parameter stands for.
        let value = match given.written.starts_with(|c: char| c.is_alphabetic()) {
            true => given.datum.number().and_then(|number| number.known()),
            false => None,
        };
        let value = value.map_or_else(String::new, |value| format!(" = {value}"));
        let message = format!(
            "`{name}` of `{}` wants {wants}, found `{}`{value}",
            self.signature.name, given.written
        );
        let help = help.or_else(|| match &given.datum {
            Datum::Text(text) if wants.starts_with("a whole number") => unquoted(text, true),
            Datum::Text(text) if wants == "a number" => unquoted(text, false),
            Datum::Text(text) if !text.is_empty() => {
                Some(format!("write `{text}`, without quotes"))
            }
            Datum::Word(word) if wants.starts_with("a whole number") => Some(format!(
                "a const whose name isn't in capitals is written by its path: `self::{word}`"
            )),
            Datum::Whole(dim) if dim.is_negative() => {
                Some(format!("write `{}`", Dim::new(0).minus(dim)))
            }
            _ => None,
        });
        Diagnostic::error("wrong-argument", given.place, message).help_if(help.map(Into::into))
    }

    /// The raw value of an optional argument, for layers that read it themselves.
    pub fn optional(&mut self, name: &str) -> Option<Given> {
        self.find(name)
    }

    /// The raw value of a required argument.
    pub fn raw(&mut self, name: &str) -> Option<Given> {
        self.required(name)
    }

    /// What an argument must be; where only rustc knows its numbers, it checks them.
    pub fn demand(
        &mut self,
        condition: Condition,
        name: &str,
        given: &Given,
        wants: &str,
        help: String,
    ) {
        let holds = condition.holds();
        if holds == Comparison::Holds {
            return;
        }
        let diagnostic = self.refusal(name, given, wants, Some(help));
        if holds == Comparison::Fails {
            self.report(diagnostic);
            return;
        }
        let framed = diagnostic.notes(self.frames.iter().cloned());
        self.assertions.push(Assertion::new(condition, &framed));
    }

    /// Says that an argument isn't what the layer wants.
    pub fn refuse(&mut self, name: &str, given: &Given, wants: &str, help: Option<String>) {
        self.wrong(name, given, wants, help);
    }
}
