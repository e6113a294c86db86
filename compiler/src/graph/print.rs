//! The graph as text: what tests compare, and what the dump of a model shows.

use std::fmt;

use shapeflow_terms::Link;

use super::Graph;

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "model {}{}",
            self.name(),
            if self.broken { " (broken)" } else { "" }
        )?;
        for input in &self.inputs {
            let shape = &self.values[input.value].shape;
            writeln!(f, "  input {}: v{} {shape}", input.name, input.value)?;
        }
        for node in &self.nodes {
            let instance = &self.layers[node.layer];
            let inputs: Vec<String> = node.inputs.iter().map(|v| format!("v{v}")).collect();
            write!(
                f,
                "  v{} {} = {}: {}({})",
                node.output,
                self.values[node.output].shape,
                instance.name,
                instance.written,
                inputs.join(", ")
            )?;
            for tensor in &instance.tensors {
                let axes: Vec<String> = tensor.shape.iter().map(ToString::to_string).collect();
                let state = if tensor.trained { "" } else { " (state)" };
                write!(f, " {}[{}]{state}", tensor.name, axes.join(", "))?;
            }
            writeln!(f)?;
        }
        for output in &self.outputs {
            f.write_str("  output ")?;
            if let Some(name) = &output.name {
                write!(f, "{name}: ")?;
            }
            write!(f, "v{} {}", output.value, output.shape)?;
            match output.link {
                Link::Plain => writeln!(f)?,
                link => writeln!(f, " -> {link:?}")?,
            }
        }
        for one in &self.recomputed {
            writeln!(f, "  recomputed for backward: {}", one.name)?;
        }
        for assertion in &self.assertions {
            writeln!(f, "  assert {}", assertion.condition)?;
        }
        Ok(())
    }
}
