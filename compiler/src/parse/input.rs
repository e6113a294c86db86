//! Inputs and parameters: `x: [H, W, C]`, `heads: usize = 8`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::cursor::Cursor;
use super::parser::Parser;
use super::tree::{Definition, Input, ParameterItem};
use crate::diagnostic::Diagnostic;
use crate::shape::ScalarType;

impl Parser<'_> {
    /// `x: [H, W, C]` or `heads: usize = 8`.
    pub(super) fn input(
        &mut self,
        cursor: &mut Cursor,
        definition: &mut Definition,
    ) -> Result<(), ()> {
        self.attributes(cursor)?;
        let name = self.expect_name(cursor, "an input")?;
        let inputs = definition.inputs.iter().map(|i| &i.name);
        let mut known = inputs.chain(definition.parameters.iter().map(|p| &p.name));
        if known.any(|known| *known == name) {
            self.diagnostics.push(
                Diagnostic::error(
                    "duplicate-name",
                    &name,
                    format!("`{name}` stands here twice"),
                )
                .help("remove one of the two, or give it another name"),
            );
        }
        if cursor.eat_punct(":").is_none() {
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-shape",
                    &name,
                    format!("input `{name}` has no shape"),
                )
                .help(format!("write `{name}: [784]`, without the batch")),
            );
            definition.inputs.push(Input { name, shape: None });
            return Err(());
        }
        if cursor.is_group(Delimiter::Bracket) {
            let shape = Some(self.shape(cursor)?);
            definition.inputs.push(Input { name, shape });
            return Ok(());
        }
        let place = cursor.place();
        let word = cursor.eat_ident().map(|word| word.to_string());
        if cursor.is_group(Delimiter::Bracket) {
            let shape = self.shape(cursor)?;
            let word = word.unwrap_or_default();
            let message = match word.as_str() {
                "f32" => "values are `f32` without saying so".to_owned(),
                _ => format!("inputs of type `{word}` are not supported yet, only `f32`"),
            };
            let help = Some(shape.to_string())
                .filter(|sizes| !sizes.contains('?'))
                .map(|sizes| format!("write `{name}: {sizes}`").into());
            self.diagnostics
                .push(Diagnostic::error("element-type", place, message).help_if(help));
            definition.inputs.push(Input {
                name,
                shape: Some(shape),
            });
            return Ok(());
        }
        let Some(ty) = word.as_deref().and_then(ScalarType::new) else {
            let found = word.map_or_else(|| cursor.found(), |word| format!("`{word}`"));
            let help = match cursor.peek() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    format!("write `{name}: [{}]`, in brackets", commas(group.stream()))
                }
                _ if found.starts_with('`') && found[1..].starts_with(char::is_lowercase) => {
                    "parameters of blocks are `usize`, `f32` or `bool`".to_owned()
                }
                _ => format!("write the shape of one example, as in `{name}: [784]`"),
            };
            self.diagnostics.push(
                Diagnostic::error(
                    "missing-shape",
                    place,
                    format!("expected a shape such as `[28, 28, 1]`, found {found}"),
                )
                .help(help),
            );
            definition.inputs.push(Input { name, shape: None });
            return Err(());
        };
        let default = match cursor.eat_punct("=") {
            Some(_) => Some(self.sum(cursor)?),
            None => None,
        };
        definition.parameters.push(ParameterItem {
            name,
            ty: Some(ty),
            default,
        });
        Ok(())
    }
}

/// The tokens without the spaces that they are printed with.
fn commas(tokens: TokenStream) -> String {
    tokens.to_string().replace(" ,", ",")
}
