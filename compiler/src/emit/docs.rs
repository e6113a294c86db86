//! The table of layers in a struct's rustdoc.

use crate::graph::Graph;
use crate::shape::Dim;

/// Lines of Markdown: the layers with their shapes and parameters, and a diagram of what feeds what.
pub fn table(graph: &Graph) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        " | layer | kind | output shape | parameters |".to_owned(),
    ];
    lines.push(" |---|---|---|---:|".to_owned());
    for input in &graph.inputs {
        lines.push(format!(
            " | `{}` | input | `{}` | |",
            input.name, graph.values[input.value].shape
        ));
    }
    let mut total = Dim::new(0);
    for (layer, node) in graph.layers.iter().zip(graph.first_uses()) {
        let shape = node.map_or_else(String::new, |node| {
            format!("`{}`", graph.values[node.output].shape)
        });
        let trained = layer.tensors.iter().filter(|tensor| tensor.trained);
        let count = trained.fold(Dim::new(0), |sum, tensor| sum.plus(&tensor.len()));
        total = total.plus(&count);
        let count = if count.is_zero() {
            String::new()
        } else {
            count.to_string()
        };
        lines.push(format!(
            " | `{}` | `{}` | {shape} | {count} |",
            layer.name,
            layer.written.replace('|', "\\|")
        ));
    }
    for output in &graph.outputs {
        let name = output.label();
        lines.push(format!(
            " | `{name}` | {:?} output | `{}` | |",
            output.link, output.shape
        ));
    }
    lines.push(String::new());
    lines.push(format!(" {total} trained parameters."));
    lines
}
