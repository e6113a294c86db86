//! The stages within an expression: layers and blocks, as the words that name them.

use proc_macro2::TokenStream;

use super::tree::{Expr, ExprKind};

/// The word that names a stage.
pub fn path_of(stage: &Expr) -> &Expr {
    match &stage.kind {
        ExprKind::Call { path, .. } => path,
        _ => stage,
    }
}

/// Calls a function with each stage of an expression: layers and blocks, with and without arguments.
pub fn each_stage<'a>(expr: &'a Expr, visit: &mut impl FnMut(&'a Expr, &'a str, &'a TokenStream)) {
    match &expr.kind {
        ExprKind::Path { .. } | ExprKind::Call { .. } => {
            if let ExprKind::Path { text, tokens } = &path_of(expr).kind {
                visit(expr, text, tokens);
            }
        }
        ExprKind::Chain { head, stages } => {
            each_stage(head, visit);
            stages.iter().for_each(|stage| each_stage(stage, visit));
        }
        ExprKind::Named { stage: inner, .. }
        | ExprKind::Paren(inner)
        | ExprKind::Negative(inner)
        | ExprKind::Repeat { body: inner, .. } => each_stage(inner, visit),
        ExprKind::Arithmetic { first, rest } => {
            each_stage(first, visit);
            rest.iter()
                .for_each(|(_, _, operand)| each_stage(operand, visit));
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|item| each_stage(item, visit));
        }
        _ => {}
    }
}
