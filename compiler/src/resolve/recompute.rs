//! `recompute`, the option that every use of a block has: `Basic(recompute)`.

use super::Resolver;
use super::scope::Scope;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::graph::Recomputed;
use crate::id::RecomputeId;
use crate::layer::arguments::{Datum, Given, flag_meant};
use crate::parse::tree::{Argument, Definition, Expr};

/// The option's name, which no parameter of a block may have.
pub const RECOMPUTE: &str = "recompute";

/// Whether another framework calls it so.
pub fn is_recompute_elsewhere(name: &str) -> bool {
    matches!(
        name,
        "checkpoint" | "checkpointing" | "gradient_checkpointing" | "remat" | "rematerialize"
    )
}

/// Whether an argument is the option.
pub fn is_recompute(argument: &Argument) -> bool {
    match &argument.name {
        Some(name) => name == RECOMPUTE,
        None => argument.value.word() == Some(RECOMPUTE),
    }
}

/// The help for a word that surely is the option, misspelt or as elsewhere.
pub fn recompute_meant(datum: &Datum) -> Option<String> {
    let Datum::Word(word) = datum else {
        return None;
    };
    if is_recompute_elsewhere(word) {
        return Some(format!("write `{RECOMPUTE}`"));
    }
    nearest(word, [RECOMPUTE]).map(|near| format!("did you mean `{near}`?"))
}

impl<'a> Resolver<'a> {
    /// Takes the option out of a block's arguments. It is a flag as those of layers: true where its name stands alone.
    pub(super) fn take_recompute(
        &mut self,
        block: &Definition,
        given: &mut Vec<Given>,
        outer: &Scope<'a>,
    ) -> bool {
        if block.parameters.iter().any(|item| item.name == RECOMPUTE) {
            // That it can't be one was reported.
            return false;
        }
        let alone = |given: &Given| matches!(&given.datum, Datum::Word(word) if word == RECOMPUTE);
        let options: Vec<Given> = given
            .extract_if(.., |given| match &given.name {
                Some((name, _)) => name == RECOMPUTE,
                None => alone(given),
            })
            .collect();
        let [option, more @ ..] = options.as_slice() else {
            return false;
        };
        if let Some(second) = more.first() {
            let place = second.name.as_ref().map_or(second.place, |(_, at)| *at);
            let message = format!("`{RECOMPUTE}` of `{}` is given twice", block.name);
            let diagnostic = Diagnostic::error("duplicate-argument", place, message)
                .help("remove one of the two");
            self.report(diagnostic, outer);
        }
        match &option.datum {
            Datum::Flag(flag) => *flag,
            Datum::Word(_) if option.name.is_none() => true,
            Datum::Broken => false,
            _ => {
                let message = format!(
                    "`{RECOMPUTE}` of `{}` wants `true` or `false`, found `{}`",
                    block.name, option.written
                );
                let help = match (flag_meant(&option.written), &option.datum) {
                    (Some(help), _) => help,
                    (None, Datum::Const { .. }) => {
                        "put the const into this `model!`: `const AGAIN: bool = true;`".to_owned()
                    }
                    (None, _) => format!("write `{RECOMPUTE}`, or leave it out"),
                };
                let diagnostic =
                    Diagnostic::error("wrong-argument", option.place, message).help(help);
                self.report(diagnostic, outer);
                false
            }
        }
    }

    /// Notes that a use of a block, whose body is `scope`, is recomputed.
    pub(super) fn recomputed(
        &mut self,
        block: &Definition,
        stage: &Expr,
        scope: &Scope<'a>,
        outer: &Scope<'a>,
    ) -> RecomputeId {
        self.graph.recomputed.push(Recomputed {
            name: scope.prefix.trim_end_matches('.').to_owned(),
            written: stage.to_string(),
            kind: block.name.to_string(),
            around: outer.recomputed,
            place: stage.place,
            notes: outer.notes(),
        });
        self.graph.recomputed.len() - 1
    }
}

/// A parameter with the name of the option.
pub fn refuse_parameter(block: &Definition) -> Option<Diagnostic> {
    let item = block
        .parameters
        .iter()
        .find(|item| item.name == RECOMPUTE)?;
    let message = format!("`{RECOMPUTE}` is an option of every block and can't name a parameter");
    let diagnostic = Diagnostic::error("reserved-name", Place::from(&item.name), message);
    Some(diagnostic.help(format!("write `{RECOMPUTE}_`")))
}
