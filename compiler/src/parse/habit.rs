//! What newcomers write from habit: calls, comments and control flow of other languages. Each is told once, and read on as
//! what was meant.

use proc_macro2::{Delimiter, Ident, TokenTree};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Expr, ExprKind};
use crate::diagnostic::{Diagnostic, Place};

impl Parser<'_> {
    /// Keras' `Conv2d(32, 3x3)(image)`.
    pub(super) fn called(&mut self, layer: Expr, cursor: &mut Cursor) -> Result<Expr, ()> {
        let Some((mut inner, place)) = cursor.eat_group(Delimiter::Parenthesis) else {
            return Ok(layer);
        };
        let whole = layer.place.to(place);
        self.nested(place, |p| {
            let (mut items, _) = p.list(&mut inner, Parser::chain_item);
            let head = match (items.pop(), items.is_empty()) {
                (Some(only), true) => only,
                (last, _) => {
                    items.extend(last);
                    Expr {
                        kind: ExprKind::Tuple(items),
                        place,
                    }
                }
            };
            if matches!(
                head.kind,
                ExprKind::Whole(_) | ExprKind::Real(_) | ExprKind::Text(_) | ExprKind::Kernel(..)
            ) {
                let message = format!("`{layer}` has its arguments already");
                p.unexpected(place, message, format!("write `{layer}`"));
                return layer;
            }
            p.diagnostics.push(
                Diagnostic::error(
                    "layer-without-input",
                    place,
                    "data flows into a layer through `->`, not in parentheses behind it",
                )
                .help(format!("write `{head} -> {layer}`")),
            );
            Expr {
                kind: ExprKind::Chain {
                    head: Box::new(head),
                    stages: vec![layer],
                },
                place: whole,
            }
        })
    }

    /// `Basic<32>`: sizes of a block written where it is used.
    pub(super) fn sizes_at_use(&mut self, path: &Expr, cursor: &mut Cursor) {
        let layer = path
            .word()
            .is_some_and(|word| word.starts_with(char::is_uppercase));
        if !layer || !cursor.is_punct("<") || cursor.is_punct("<=") {
            return;
        }
        let start = cursor.place();
        let mut ahead = cursor.clone();
        ahead.skip_until(|c| c.is_punct(">") || c.is_punct(";") || c.is_punct("->"));
        if ahead.is_punct("->") || ahead.eat_punct(">").is_none() {
            return;
        }
        *cursor = ahead;
        self.unexpected(
            cursor.from(start),
            format!("the dimensions of `{path}` are worked out from what flows in"),
            format!("write `{path}`"),
        );
    }

    /// `///` or `#[..]` or a comment of Python within a body; gives whether there was one.
    pub(super) fn comment(&mut self, cursor: &mut Cursor) -> bool {
        if !cursor.is_punct("#") {
            return false;
        }
        let start = cursor.place();
        cursor.advance();
        if let Some((inner, place)) = cursor.eat_group(Delimiter::Bracket) {
            let doc = inner.is_keyword("doc");
            let (message, help) = match doc {
                true => (
                    "documentation stands before a `struct`, `block` or `const`",
                    "begin a comment with `//`",
                ),
                false => (
                    "attributes stand before a `struct`, `block` or `const`",
                    "remove it; a stage is named as in `stem: Conv2d(32, 3x3)`",
                ),
            };
            self.unexpected(start.to(place), message, help);
            return true;
        }
        self.unexpected(start, "comments begin with `//`, found `#`", "write `//`");
        // As far as the line goes.
        cursor.skip_until(|c| c.place().line() != start.line());
        true
    }

    /// `17 % 5`, `2 ** 4`, `N as usize`, `A.len()`: told, and read over.
    pub(super) fn foreign_operator(&mut self, start: Place, cursor: &mut Cursor) -> Option<Expr> {
        const OPERATORS: [&str; 6] = ["**", "%", "^", "<<", "&", "@"];
        let place = cursor.place();
        if cursor.is_keyword("as") {
            cursor.advance();
            cursor.eat_ident();
            self.unexpected(
                cursor.from(place),
                "numbers aren't converted here",
                "make the const a `usize`, or another one: `const SIZE: usize = .. as usize;`",
            );
            return Some(Expr::broken(cursor.from(start)));
        }
        if self.in_argument
            && cursor.is_punct(".")
            && matches!(cursor.peek_at(1), Some(TokenTree::Ident(_)))
        {
            cursor.skip_until(|c| c.is_punct(","));
            self.unexpected(
                cursor.from(start),
                "nothing is called here: numbers, consts and `+ - * /` stand in arguments",
                "write `const SIZE: usize = ..;` beside the `model!`, and `SIZE` here",
            );
            return Some(Expr::broken(cursor.from(start)));
        }
        let operator = OPERATORS
            .iter()
            .find(|operator| cursor.is_punct(operator))?;
        for _ in operator.chars() {
            cursor.advance();
        }
        let operand = self.operand(cursor);
        self.unexpected(
            place,
            format!("there is no `{operator}` here, only `+`, `-`, `*` and `/`"),
            "write the number, or `const SIZE: usize = ..;` beside the `model!` and `SIZE` here",
        );
        operand.ok()?;
        Some(Expr::broken(cursor.from(start)))
    }

    /// `env!("SIZE")`: a macro of Rust where a layer, a value or a number stands.
    pub(super) fn macro_call(&mut self, path: &Expr, cursor: &mut Cursor) -> Option<Expr> {
        if !cursor.is_punct("!") || !matches!(cursor.peek_at(1), Some(TokenTree::Group(_))) {
            return None;
        }
        cursor.advance();
        cursor.advance();
        let place = cursor.from(path.place);
        self.unexpected(
            place,
            format!("`{path}!` can't be called here"),
            "write a layer, a value or a number",
        );
        Some(Expr::broken(place))
    }

    /// `"fc": Dense(4)`
    pub(super) fn quoted_name(&mut self, cursor: &mut Cursor) -> Option<Ident> {
        let Some(TokenTree::Literal(literal)) = cursor.peek().cloned() else {
            return None;
        };
        if !cursor.is_punct_at(1, ":") || cursor.is_punct_at(1, "::") {
            return None;
        }
        let text = literal.to_string();
        let name = text.trim_matches('"');
        let ident: Ident = syn::parse_str(name).ok()?;
        self.unexpected(
            literal.span().into(),
            "a name stands without quotes",
            format!("write `{name}: ..`"),
        );
        Some(Ident::new(&ident.to_string(), literal.span()))
    }

    /// `if`, `for` and the like, with all that belongs to them.
    pub(super) fn control(&mut self, cursor: &mut Cursor) -> Option<Expr> {
        const WORDS: [&str; 6] = ["for", "while", "loop", "if", "match", "self"];
        let word = WORDS.iter().find(|word| cursor.is_keyword(word))?;
        let place = cursor.place();
        if *word == "self" {
            if cursor.is_punct_at(1, "::") {
                return None;
            }
            let help = "layers stand where they are used: `x -> Dense(10)`";
            self.unexpected(place, "there is no `self` in a network", help);
            cursor.skip_until(|c| c.is_punct(";") || c.is_punct(",") || c.is_punct("->"));
            return Some(Expr::broken(place));
        }
        let help = match *word {
            "if" | "match" => "the same stages run for every input: write a struct for each case",
            _ => "to repeat stages write `-> [Dense(64) -> Relu; 3]`",
        };
        self.unexpected(place, format!("there is no `{word}` in a network"), help);
        loop {
            cursor.skip_until(|c| c.is_group(Delimiter::Brace) || c.is_punct(";"));
            if cursor.eat_group(Delimiter::Brace).is_none() || !cursor.is_keyword("else") {
                return Some(Expr::broken(place));
            }
        }
    }

    /// A chain behind which something stands that can't be read: what comes out of it is unknown.
    pub(super) fn unfinished(chain: Expr) -> Expr {
        let place = chain.place;
        Expr {
            kind: ExprKind::Chain {
                head: Box::new(chain),
                stages: vec![Expr::broken(place)],
            },
            place,
        }
    }

    /// `x = ..` without `let`, or `x += y`: read as the `let` that was meant. Gives whether it is one.
    pub(super) fn assignment(&mut self, cursor: &mut Cursor) -> bool {
        let Some(name) = cursor.peek_ident().cloned() else {
            return false;
        };
        if cursor.is_punct_at(1, "=")
            && !cursor.is_punct_at(1, "==")
            && !cursor.is_punct_at(1, "=>")
        {
            self.unexpected(
                cursor.place(),
                format!("`{name}` is bound with `let`"),
                format!("write `let {name} = ..;`"),
            );
            return true;
        }
        for operator in ["+=", "-=", "*="] {
            if cursor.is_punct_at(1, operator) {
                let start = cursor.place();
                let mut place = start;
                let sign = cursor
                    .peek_at(1)
                    .map(TokenTree::to_string)
                    .unwrap_or_default();
                for _ in 0..3 {
                    cursor.advance();
                    place = cursor.from(start);
                }
                let value = self.chain(cursor);
                self.diagnostics.push(
                    Diagnostic::error("let-mut", place, "values never change here")
                        .help(format!("write `let {name} = {name} {sign} {value};`")),
                );
                cursor.eat_punct(";");
                return false;
            }
        }
        false
    }
}
