//! Errors and warnings: one collector, one wording, printed together at the end.
//!
//! Stable Rust gives a macro only `compile_error!`, so notes and helps are lines of the message.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{
    Group, Ident, LineColumn, Literal, Punct, Spacing, Span, TokenStream, TokenTree,
};
use quote::{quote, quote_spanned};

use crate::words::Words;

/// From the first to the last token of what is wrong; stable Rust can't join spans, `compile_error!` can.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub start: Span,
    pub end: Span,
}

impl Place {
    pub fn new(start: Span, end: Span) -> Self {
        Place { start, end }
    }

    /// From the start of this place to the end of another.
    pub fn to(self, other: Place) -> Place {
        Place::new(self.start, other.end)
    }

    /// The line in the user's file, counted from 1.
    pub fn line(self) -> usize {
        self.start.start().line
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place::new(span, span)
    }
}

impl From<&Ident> for Place {
    fn from(ident: &Ident) -> Self {
        ident.span().into()
    }
}

/// Proof that an error was reported: whoever holds one stays silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported(());

/// One message with its place, notes and helps.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The short stable name, one of [`crate::codes::THEMES`].
    pub code: &'static str,
    pub place: Place,
    pub message: Words,
    pub notes: Vec<Words>,
    pub helps: Vec<Words>,
    warning: bool,
    /// The struct that it is about, if it is about one.
    model: Option<Ident>,
}

impl Diagnostic {
    pub fn error(code: &'static str, place: impl Into<Place>, message: impl Into<Words>) -> Self {
        #[cfg(test)]
        assert!(
            crate::codes::is_known(code),
            "`{code}` isn't in the table of codes"
        );
        Diagnostic {
            code,
            place: place.into(),
            message: message.into(),
            notes: Vec::new(),
            helps: Vec::new(),
            warning: false,
            model: None,
        }
    }

    pub fn warning(code: &'static str, place: impl Into<Place>, message: impl Into<Words>) -> Self {
        Diagnostic {
            warning: true,
            ..Diagnostic::error(code, place, message)
        }
    }

    /// Adds a fact: what was found, and where it comes from.
    pub fn note(mut self, note: impl Into<Words>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds what to write instead.
    pub fn help(mut self, help: impl Into<Words>) -> Self {
        self.helps.push(help.into());
        self
    }

    pub fn notes(self, notes: impl IntoIterator<Item = Words>) -> Self {
        notes.into_iter().fold(self, Diagnostic::note)
    }

    pub fn note_if(self, note: Option<Words>) -> Self {
        match note {
            Some(note) => self.note(note),
            None => self,
        }
    }

    pub fn help_if(self, help: Option<Words>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    pub fn is_warning(&self) -> bool {
        self.warning
    }

    /// The message with its notes, helps and code, line by line.
    pub fn words(&self) -> Words {
        let mut words = self.message.clone();
        for note in &self.notes {
            words = words.then("\nnote: ").then(note.clone());
        }
        for help in &self.helps {
            words = words.then("\nhelp: ").then(help.clone());
        }
        words.then(format!("\ncode: {}", self.code))
    }

    /// The whole text, as the compiler shows it.
    pub fn text(&self) -> String {
        self.words().to_string()
    }

    /// A warning, as the `number`th of its kind about its struct.
    ///
    /// Of all warnings of stable Rust, one about what is deprecated is the only one that says our words whole and in its first
    /// line. It begins with what is used, and that reads best of a method of the struct: "use of deprecated method
    /// `Net::bias_before_norm`: the bias of .."
    fn warning_tokens(&self, number: usize) -> TokenStream {
        let text = self.text();
        let (word, place) = (self.code.replace('-', "_"), self.place.start);
        let name = match number {
            1 => Ident::new(&word, place),
            _ => Ident::new(&format!("{word}_{number}"), place),
        };
        let method = |model: &Ident| {
            let used = quote_spanned!(place=> #name);
            let method = quote! {
                impl #model {
                    #[doc(hidden)]
                    #[deprecated(note = #text)]
                    fn #name(&self) {}
                }
            };
            (method, quote!(let _ = #model::#used;))
        };
        match &self.model {
            Some(model) => {
                let mut model = model.clone();
                model.set_span(Span::call_site());
                let (method, used) = method(&model);
                // Beside the struct: elsewhere rustc calls it `_::<impl Net>::bias_before_norm`.
                quote!(#method const _: () = { #used };)
            }
            // Of a block that no struct uses.
            None => {
                let (method, used) = method(&Ident::new("Model", Span::call_site()));
                quote!(const _: () = { struct Model; #method #used };)
            }
        }
    }

    fn to_tokens(&self) -> TokenStream {
        compile_error(self.place, &self.text())
    }
}

/// `::core::compile_error! { "text" }`, underlined from the start to the end of `place`.
fn compile_error(place: Place, text: &str) -> TokenStream {
    let punct = |character, spacing, span| {
        let mut punct = Punct::new(character, spacing);
        punct.set_span(span);
        TokenTree::Punct(punct)
    };
    let mut literal = Literal::string(text);
    literal.set_span(place.end);
    let mut group = Group::new(
        proc_macro2::Delimiter::Brace,
        TokenTree::Literal(literal).into(),
    );
    group.set_span(place.end);
    TokenStream::from_iter([
        punct(':', Spacing::Joint, place.start),
        punct(':', Spacing::Alone, place.start),
        TokenTree::Ident(Ident::new("core", place.start)),
        punct(':', Spacing::Joint, place.start),
        punct(':', Spacing::Alone, place.start),
        TokenTree::Ident(Ident::new("compile_error", place.start)),
        punct('!', Spacing::Alone, place.start),
        TokenTree::Group(group),
    ])
}

/// All that was found wrong in one `model!`.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    /// Which errors are in the list, and where. Asking a span for its line is a call to rustc, so it is asked once.
    known: BTreeSet<(&'static str, LineColumn, LineColumn)>,
    /// The struct that is looked at.
    model: Option<Ident>,
    errors_reported: usize,
    /// While it isn't 0, errors are counted but not kept.
    muted: usize,
}

impl Diagnostics {
    pub fn new() -> Self {
        Diagnostics::default()
    }

    /// Keeps an error or a warning. The same error at the same place is kept once: a block used
    /// twenty times tells its mistake once.
    pub fn push(&mut self, mut diagnostic: Diagnostic) -> Reported {
        diagnostic.model = self.model.clone();
        self.errors_reported += usize::from(!diagnostic.warning);
        let Place { start, end } = diagnostic.place;
        let key = (diagnostic.code, start.start(), end.end());
        if self.muted == 0 && self.known.insert(key) {
            self.list.push(diagnostic);
        }
        Reported(())
    }

    /// What comes from here on is about this struct, or about none.
    pub fn about(&mut self, model: Option<Ident>) {
        self.model = model;
    }

    /// From here on nothing is kept, until [`Diagnostics::unmute`]: after a guess at what was meant.
    pub fn mute(&mut self) {
        self.muted += 1;
    }

    pub fn unmute(&mut self) {
        self.muted = self.muted.saturating_sub(1);
    }

    /// For what is wrong because of an error that was reported before.
    pub fn reported_before(&self) -> Reported {
        Reported(())
    }

    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// How many errors were reported, those at the same place counted again: tells whether
    /// something that was worked out twice was wrong twice.
    pub fn errors_reported(&self) -> usize {
        self.errors_reported
    }

    /// Errors and warnings, in the order in which they were found.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The errors, in the order in which they were found.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter().filter(|diagnostic| !diagnostic.warning)
    }

    /// The `compile_error!`s and warnings, in the order of the source.
    pub fn to_tokens(&self) -> TokenStream {
        let mut ordered: Vec<&Diagnostic> = self.list.iter().collect();
        ordered.sort_by_cached_key(|d| {
            let start = d.place.start.start();
            (start.line, start.column)
        });
        let mut numbers: BTreeMap<(Option<String>, &str), usize> = BTreeMap::new();
        let tokens = ordered.iter().map(|d| {
            if !d.warning {
                return d.to_tokens();
            }
            let key = (d.model.as_ref().map(Ident::to_string), d.code);
            let number = numbers.entry(key).or_default();
            *number += 1;
            d.warning_tokens(*number)
        });
        tokens.collect()
    }
}

/// The nearest of `words` to what the user wrote, if it is near enough to be meant.
pub fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    words
        .into_iter()
        .map(|word| {
            let distance = strsim::damerau_levenshtein(&lower, &word.to_lowercase());
            (distance, word)
        })
        .filter(|(distance, word)| {
            let length = word.chars().count().max(written.chars().count());
            *distance <= (length / 3).max(1) && *distance < length
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// `1 axis`, `2 axes`: a number with its word.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_holds_notes_helps_and_code() {
        let d = Diagnostic::error(
            "wants-one-axis",
            Span::call_site(),
            "`Dense` wants one axis",
        )
        .note("found [2, 2]")
        .help("insert `-> Flatten`");
        assert_eq!(
            d.text(),
            "`Dense` wants one axis\nnote: found [2, 2]\nhelp: insert `-> Flatten`\ncode: wants-one-axis"
        );
    }

    #[test]
    fn nearest_word_is_found_and_far_ones_are_not() {
        let words = ["Conv2d", "Dense", "Dropout"];
        assert_eq!(nearest("Conv2D", words), Some("Conv2d"));
        assert_eq!(nearest("Dens", words), Some("Dense"));
        assert_eq!(nearest("Attention", words), None);
    }
}
