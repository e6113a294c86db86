//! A position in a list of token trees.

use proc_macro2::{Delimiter, Ident, Literal, Spacing, Span, TokenStream, TokenTree};

use crate::diagnostic::Place;

/// Walks over one delimited list of tokens; groups are entered with a cursor of their own.
#[derive(Clone)]
pub struct Cursor {
    trees: std::rc::Rc<[TokenTree]>,
    position: usize,
    /// Where the list ends: its closing bracket.
    end: Span,
}

impl Cursor {
    pub fn new(tokens: TokenStream) -> Self {
        Cursor::within(tokens, Span::call_site())
    }

    fn within(tokens: TokenStream, end: Span) -> Self {
        let trees: Vec<TokenTree> = flat(tokens);
        Cursor {
            trees: trees.into(),
            position: 0,
            end,
        }
    }

    pub fn is_end(&self) -> bool {
        self.position >= self.trees.len()
    }

    pub fn peek(&self) -> Option<&TokenTree> {
        self.peek_at(0)
    }

    pub fn peek_at(&self, ahead: usize) -> Option<&TokenTree> {
        self.trees.get(self.position + ahead)
    }

    pub fn advance(&mut self) -> Option<TokenTree> {
        let tree = self.trees.get(self.position).cloned();
        self.position += usize::from(tree.is_some());
        tree
    }

    /// How many tokens were read.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The tokens from an earlier position to this one.
    pub fn since(&self, position: usize) -> TokenStream {
        self.trees[position.min(self.position)..self.position]
            .iter()
            .cloned()
            .collect()
    }

    /// Where the next token stands, or the closing bracket.
    pub fn place(&self) -> Place {
        self.peek().map_or(self.end.into(), place_of)
    }

    /// The last token read, or the next one if there is none.
    pub fn last_place(&self) -> Place {
        match self.position.checked_sub(1) {
            Some(last) => place_of(&self.trees[last]),
            None => self.place(),
        }
    }

    /// From a place to the last token read.
    pub fn from(&self, start: Place) -> Place {
        start.to(self.last_place())
    }

    pub fn peek_ident(&self) -> Option<&Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => Some(ident),
            _ => None,
        }
    }

    pub fn is_keyword(&self, word: &str) -> bool {
        self.peek_ident().is_some_and(|ident| ident == word)
    }

    pub fn eat_keyword(&mut self, word: &str) -> Option<Place> {
        if !self.is_keyword(word) {
            return None;
        }
        let place = self.place();
        self.position += 1;
        Some(place)
    }

    pub fn eat_ident(&mut self) -> Option<Ident> {
        let ident = self.peek_ident().cloned()?;
        self.position += 1;
        Some(ident)
    }

    pub fn eat_literal(&mut self) -> Option<Literal> {
        let Some(TokenTree::Literal(literal)) = self.peek() else {
            return None;
        };
        let literal = literal.clone();
        self.position += 1;
        Some(literal)
    }

    /// Whether the next tokens are this punctuation, written without spaces: `->`, `::`, `+`.
    pub fn is_punct(&self, text: &str) -> bool {
        self.is_punct_at(0, text)
    }

    pub fn is_punct_at(&self, ahead: usize, text: &str) -> bool {
        let last = text.chars().count().saturating_sub(1);
        text.chars().enumerate().all(|(index, character)| {
            matches!(self.peek_at(ahead + index), Some(TokenTree::Punct(punct))
                if punct.as_char() == character
                    && (index == last || punct.spacing() == Spacing::Joint))
        })
    }

    pub fn eat_punct(&mut self, text: &str) -> Option<Place> {
        if !self.is_punct(text) {
            return None;
        }
        let start = self.place();
        self.position += text.chars().count();
        Some(self.from(start))
    }

    pub fn is_group(&self, delimiter: Delimiter) -> bool {
        matches!(self.peek(), Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
    }

    /// Enters a group; this cursor goes on behind it.
    pub fn eat_group(&mut self, delimiter: Delimiter) -> Option<(Cursor, Place)> {
        let Some(TokenTree::Group(group)) = self.peek() else {
            return None;
        };
        if group.delimiter() != delimiter {
            return None;
        }
        let place = Place::new(group.span_open(), group.span_close());
        let inner = Cursor::within(group.stream(), group.span_close());
        self.position += 1;
        Some((inner, place))
    }

    /// Skips to the next token for which `stop` holds, or to the end.
    pub fn skip_until(&mut self, stop: impl Fn(&Cursor) -> bool) {
        while !self.is_end() && !stop(self) {
            self.position += 1;
        }
    }

    /// What stands next, in words: `` `;` ``, or "the end".
    pub fn found(&self) -> String {
        match self.peek() {
            None => "the end".to_owned(),
            Some(TokenTree::Group(group)) => match group.delimiter() {
                Delimiter::Parenthesis => "`(`".to_owned(),
                Delimiter::Brace => "`{`".to_owned(),
                _ => "`[`".to_owned(),
            },
            Some(TokenTree::Punct(_)) => {
                let mut text = String::new();
                let mut ahead = 0;
                while let Some(TokenTree::Punct(punct)) = self.peek_at(ahead) {
                    text.push(punct.as_char());
                    ahead += 1;
                    if punct.spacing() == Spacing::Alone {
                        break;
                    }
                }
                format!("`{text}`")
            }
            Some(tree) => format!("`{tree}`"),
        }
    }
}

/// The first and last token of a tree.
fn place_of(tree: &TokenTree) -> Place {
    match tree {
        TokenTree::Group(group) => Place::new(group.span_open(), group.span_close()),
        other => other.span().into(),
    }
}

/// The trees of a list, with the invisible groups of `macro_rules!` fragments opened.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    let mut waiting = vec![tokens.into_iter()];
    while let Some(trees) = waiting.last_mut() {
        match trees.next() {
            None => {
                waiting.pop();
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                waiting.push(group.stream().into_iter());
            }
            Some(tree) => flat.push(tree),
        }
    }
    flat
}
