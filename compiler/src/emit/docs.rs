//! The table of layers in a struct's rustdoc.

use crate::shape::Dim;
use crate::shape::typed::TypedModel;

/// Lines of Markdown: the layers with their shapes and parameters, and a diagram of what feeds what.
pub fn table(model: &TypedModel) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        " | layer | kind | output shape | parameters |".to_owned(),
    ];
    lines.push(" |---|---|---|---:|".to_owned());
    for input in &model.inputs {
        lines.push(format!(
            " | `{}` | input | `{}` | |",
            input.name, model.values[input.value].shape
        ));
    }
    let mut total = Dim::new(0);
    for (id, layer) in model.layers.iter().enumerate() {
        let node = model.nodes.iter().find(|node| node.layer == id);
        let shape = node.map_or_else(String::new, |node| {
            format!("`{}`", model.values[node.output].shape)
        });
        let trained = layer
            .parameters
            .iter()
            .filter(|parameter| parameter.trained);
        let count = trained.fold(Dim::new(0), |sum, parameter| {
            sum.plus(&Dim::product(&parameter.shape))
        });
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
    for output in &model.outputs {
        let name = output
            .name
            .as_ref()
            .map_or_else(|| "output".to_owned(), ToString::to_string);
        lines.push(format!(
            " | `{name}` | {:?} output | `{}` | |",
            output.link, output.shape
        ));
    }
    lines.push(String::new());
    lines.push(format!(" {total} trained parameters."));
    lines
}
