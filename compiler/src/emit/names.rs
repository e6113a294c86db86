//! The names of consts in generated code.

use std::collections::HashMap;

use proc_macro2::Ident;
use quote::format_ident;

use crate::graph::Graph;
use crate::id::TensorId;
use crate::plan::Plan;
use crate::step::Mode;

/// A name in SCREAMING_CASE for the tensor or operation `path`, a different one for each: capitals become small
/// letters, and what follows a `#` (the second use of a layer) comes first, where no name has a digit.
pub fn const_name(path: &str) -> String {
    if let Some((name, rest)) = path.split_once('#') {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (time, rest) = rest.split_at(digits);
        return format!("{time}_{}", const_name(&format!("{name}{rest}")));
    }
    path.trim_start_matches("r#")
        .chars()
        .map(|c| match c {
            c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
            c if c.is_ascii_uppercase() => c.to_ascii_lowercase(),
            c if c.is_ascii_digit() || !c.is_ascii() => c,
            _ => '_',
        })
        .collect()
}

/// The name of the const of a tensor: `TENSOR_CONV2D1_WEIGHT`.
pub fn tensor_const(graph: &Graph, tensor: TensorId) -> Ident {
    let (layer, tensor) = graph.tensor(tensor);
    format_ident!(
        "TENSOR_{}_{}",
        const_name(&layer.name),
        const_name(tensor.name)
    )
}

/// What stands before the names of a mode's consts: `TRAIN`.
pub fn prefix(mode: Mode) -> &'static str {
    match mode {
        Mode::Train => "TRAIN",
        Mode::Infer => "INFER",
    }
}

/// A const of the mode: `TRAIN_CHUNK`.
pub fn of_mode(mode: Mode, rest: &str) -> Ident {
    format_ident!("{}_{}", prefix(mode), rest)
}

/// The regions of memory, each with a const of the mode.
const REGIONS: [&str; 7] = [
    "CHUNK", "KEPT", "CUT", "PARTIAL", "SHARED", "LANE", "PACKED",
];

/// A const name for each buffer, from its label.
pub fn buffers(plan: &Plan) -> Vec<Ident> {
    let regions = REGIONS.iter().map(|name| ((*name).to_owned(), 1));
    let mut used: HashMap<String, usize> = regions.collect();
    let names = plan.steps.buffers.iter().map(|buffer| {
        let name = const_name(&buffer.label);
        let count = used.entry(name.clone()).or_insert(0);
        *count += 1;
        match *count {
            1 => of_mode(plan.mode, &name),
            // In small letters, as in no name but that of a layer in capitals.
            more => of_mode(plan.mode, &format!("{name}_no{more}")),
        }
    });
    names.collect()
}

/// A const name for each packed weight.
pub fn packs(plan: &Plan) -> Vec<Ident> {
    let packs = plan.steps.packs.iter();
    packs
        .map(|pack| of_mode(plan.mode, &format!("PACK_{}", const_name(&pack.name))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::const_name;

    #[test]
    fn names_that_differ_have_consts_that_differ() {
        let names = [
            "embed", "Embed", "EMBED", "embed#2", "embed_2", "embéd", "embèd",
        ];
        let consts: std::collections::BTreeSet<String> =
            names.iter().map(|name| const_name(name)).collect();
        assert_eq!(consts.len(), names.len(), "{consts:?}");
        assert_eq!(const_name("basic3.conv2d1"), "BASIC3_CONV2D1");
        assert_eq!(const_name("norm1#2 statistics"), "2_NORM1_STATISTICS");
    }
}
