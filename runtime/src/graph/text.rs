//! A graph as text, a line for each use of a layer.

use std::fmt;

use shapeflow_diagram::grouped;

use super::structure::Graph;

/// One line for each input, use of a layer and output: `%3 = dense1: Dense(10) (%2) -> 10, 1,290 parameters`.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |values: &[usize]| {
            let values: Vec<String> = values.iter().map(|value| format!("%{value}")).collect();
            values.join(", ")
        };
        let shapes = |values: &[usize]| {
            let shapes: Vec<String> = values
                .iter()
                .map(|&value| self.values[value].written())
                .collect();
            shapes.join(", ")
        };
        write!(f, "{}", self.name)?;
        for input in self.inputs {
            let shape = self.values[input.value].written();
            write!(f, "\n%{} = input {}: {shape}", input.value, input.name)?;
        }
        for node in self.nodes {
            let layer = self.layer(node);
            write!(
                f,
                "\n{} = {}: {} ({}) -> {}",
                list(node.outputs),
                layer.name,
                layer.written(),
                list(node.inputs),
                shapes(node.outputs)
            )?;
            if !self.tensors_of(layer).is_empty() {
                let parameters = self.parameters_of(layer) as u64;
                write!(f, ", {} parameters", grouped(parameters))?;
            }
        }
        for output in self.outputs {
            write!(
                f,
                "\noutput {}: %{}, {}",
                output.name,
                output.value,
                output.link.variant()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::RESIDUAL;

    #[test]
    fn each_use_of_a_layer_is_a_line() {
        let expected = "\
Residual
%0 = input x: 4
%1 = dense1: Dense(4) (%0) -> 4, 20 parameters
%2 = inner1.relu1: Relu (%1) -> 4
%3 = dense1: Dense(4) (%2) -> 4, 20 parameters
%4 = inner1.add1: Add (%1, %3) -> 4
%5 = multiply1: Multiply (%4, %4) -> 4
%6 = batch_norm1: BatchNorm (%5) -> 4, 8 parameters
output output: %6, Softmax";
        assert_eq!(RESIDUAL.to_string(), expected);
    }
}
