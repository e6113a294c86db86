//! Blocks that were asked to be recomputed though that saves nothing.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Graph;
use crate::id::RecomputeId;
use crate::plan::Plan;

/// Reports the uses of blocks of which nothing is run again for backward, by the plan of training. Says whether there are any.
pub fn refuse_useless(graph: &Graph, train: &Plan, diagnostics: &mut Diagnostics) -> bool {
    if graph.broken {
        return false;
    }
    let reruns = &train.steps.reruns;
    let is_useless = |id: RecomputeId| reruns.iter().all(|rerun| rerun.of != id);
    let useless = (0..graph.recomputed.len()).filter(|&id| is_useless(id));
    diagnostics.about(Some(graph.name().clone()));
    let mut any = false;
    for one in useless.map(|id| &graph.recomputed[id]) {
        let message = format!(
            "`{}` saves nothing: training keeps nothing of it but what flows in and out",
            one.written
        );
        let diagnostic =
            Diagnostic::error("nothing-to-recompute", one.place, message).help(format!(
                "leave `recompute` out, or put more layers into `{}`",
                one.kind
            ));
        diagnostics.push(diagnostic.notes(one.notes.iter().cloned()));
        any = true;
    }
    diagnostics.about(None);
    any
}
