//! The parameters of a block, by position or name.

use super::Resolver;
use super::recompute::{RECOMPUTE, is_recompute_elsewhere, recompute_meant};
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place, count, nearest};
use crate::layer::arguments::{Datum, Given, flag_meant, list, rounded, unquoted};
use crate::parse::tree::{Definition, Expr, ParameterItem};
use crate::shape::{Dim, ScalarType};

impl<'a> Resolver<'a> {
    /// The parameters of a block, by position or name. Gives those that were left out: their defaults may speak of
    /// dimensions that aren't worked out yet.
    pub(super) fn bind_parameters(
        &mut self,
        block: &'a Definition,
        given: Vec<Given>,
        stage: &Expr,
        scope: &mut Scope<'a>,
        outer: &mut Scope<'a>,
    ) -> Vec<&'a ParameterItem> {
        let mut data: Vec<Option<Datum>> = vec![None; block.parameters.len()];
        let mut position = 0;
        let mut refused = false;
        for argument in given {
            let index = match &argument.name {
                None => {
                    position += 1;
                    Some(position - 1).filter(|index| *index < data.len())
                }
                Some((name, _)) => block.parameters.iter().position(|p| p.name == name),
            };
            let place = argument
                .name
                .as_ref()
                .map_or(argument.place, |(_, place)| *place);
            let Some(index) = index else {
                self.unknown_parameter(block, &argument, place, outer);
                refused = true;
                continue;
            };
            if data[index].is_some() {
                let message = format!(
                    "`{}` of `{}` is given twice",
                    block.parameters[index].name, block.name
                );
                let diagnostic = Diagnostic::error("duplicate-argument", place, message)
                    .help("remove one of the two");
                self.report(diagnostic, outer);
                continue;
            }
            data[index] = Some(self.parameter(&block.parameters[index], block, &argument, outer));
        }
        let mut left_out = Vec::new();
        for (parameter, datum) in block.parameters.iter().zip(data) {
            let datum = match (datum, &parameter.default) {
                (Some(datum), _) => datum,
                (None, Some(default)) => {
                    left_out.push(parameter);
                    let assertions = self.graph.assertions.len();
                    let datum = self.default(parameter, default, block, scope);
                    self.graph.assertions.truncate(assertions);
                    datum
                }
                (None, None) => {
                    if !refused {
                        let name = &parameter.name;
                        let message = format!("`{}` needs `{name}`", block.name);
                        let diagnostic =
                            Diagnostic::error("missing-argument", stage.place, message).help(
                                format!(
                                    "write `{}({name} = {})`",
                                    block.name,
                                    match parameter.ty {
                                        Some(ScalarType::F32) => "0.5",
                                        Some(ScalarType::Bool) => "true",
                                        _ => "64",
                                    }
                                ),
                            );
                        self.report(diagnostic, outer);
                    }
                    Datum::Broken
                }
            };
            let name = parameter.name.to_string();
            scope.bind(
                &name,
                (&parameter.name).into(),
                Meaning::Datum(datum),
                Role::Parameter,
            );
        }
        left_out
    }

    /// The parameters that were left out once more, now that the dimensions are known.
    pub(super) fn bind_defaults(
        &mut self,
        block: &'a Definition,
        left_out: &[&'a ParameterItem],
        scope: &mut Scope<'a>,
    ) {
        for parameter in left_out {
            if let Some(default) = &parameter.default {
                let datum = self.default(parameter, default, block, scope);
                scope.rebind(&parameter.name.to_string(), Meaning::Datum(datum));
            }
        }
    }

    fn default(
        &mut self,
        parameter: &ParameterItem,
        default: &Expr,
        block: &Definition,
        scope: &mut Scope<'a>,
    ) -> Datum {
        let given = Given {
            name: None,
            datum: self.datum(default, scope),
            place: default.place,
            written: default.to_string(),
        };
        self.parameter(parameter, block, &given, scope)
    }

    pub(super) fn unknown_parameter(
        &mut self,
        block: &Definition,
        given: &Given,
        place: Place,
        scope: &Scope<'a>,
    ) {
        let names: Vec<String> = block
            .parameters
            .iter()
            .map(|p| p.name.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let diagnostic = match &given.name {
            None => {
                let (name, written) = (&block.name, &given.written);
                let error = |message| Diagnostic::error("too-many-arguments", place, message);
                let meant = recompute_meant(&given.datum);
                match names.is_empty() {
                    _ if meant.is_some() => error(format!("`{name}` has no option `{written}`"))
                        .help_if(meant.map(Into::into)),
                    true => error(format!("`{name}` takes no arguments, found `{written}`")).help(
                        format!("write `-> {name}`, or give the block a parameter: `block {name}(x: [..], n: usize)`"),
                    ),
                    false => error(format!(
                        "`{name}` takes {} ({}), and `{written}` is one more",
                        count(names.len(), "argument", "arguments"),
                        names.join(", "),
                    ))
                    .help(format!("remove `{written}`")),
                }
            }
            Some((name, _)) => {
                let message = format!("`{}` has no parameter `{name}`", block.name);
                let help = match nearest(name, names.iter().copied().chain([RECOMPUTE])) {
                    None if is_recompute_elsewhere(name) => format!("write `{RECOMPUTE}`"),
                    Some(near) => format!("did you mean `{near}`?"),
                    None if names.is_empty() => {
                        format!("add it: `block {}(x: [..], {name}: usize)`", block.name)
                    }
                    None => format!("its parameters are {}", list(&names)),
                };
                Diagnostic::error("unknown-argument", place, message).help(help)
            }
        };
        self.report(diagnostic, scope);
    }

    /// An argument as its parameter's type.
    pub(super) fn parameter(
        &mut self,
        parameter: &ParameterItem,
        block: &Definition,
        given: &Given,
        scope: &Scope<'a>,
    ) -> Datum {
        let datum = match (parameter.ty, &given.datum) {
            (None, _) | (_, Datum::Broken) => return Datum::Broken,
            (Some(ScalarType::Usize), datum) => datum
                .dim()
                .filter(|dim| !dim.is_out_of_range())
                .map(Datum::Whole),
            (Some(ScalarType::F32), datum) => datum.number().map(Datum::Real),
            (Some(ScalarType::Bool), Datum::Flag(flag)) => Some(Datum::Flag(*flag)),
            (Some(ScalarType::Bool), _) => None,
        };
        datum.unwrap_or_else(|| {
            let wants = match parameter.ty {
                Some(ScalarType::Usize) => "a whole number",
                Some(ScalarType::F32) => "a number",
                _ => "`true` or `false`",
            };
            let message = format!(
                "`{}` of `{}` wants {wants}, found `{}`",
                parameter.name, block.name, given.written
            );
            let help = match (parameter.ty, &given.datum) {
                (Some(ScalarType::Usize), Datum::Whole(dim)) if dim.is_negative() => {
                    Some(format!("write `{}`", Dim::new(0).minus(dim)))
                }
                (Some(ScalarType::Bool), _) => flag_meant(&given.written),
                (ty, Datum::Text(text)) => unquoted(text, ty == Some(ScalarType::Usize)),
                (_, Datum::Word(_)) if recompute_meant(&given.datum).is_some() => {
                    recompute_meant(&given.datum)
                }
                (Some(ScalarType::Usize), datum) => rounded(datum, &given.written),
                _ => None,
            };
            let diagnostic = Diagnostic::error("wrong-argument", given.place, message)
                .help_if(help.map(Into::into));
            self.report(diagnostic, scope);
            Datum::Broken
        })
    }
}
