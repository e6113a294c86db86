//! A model's layers as a table.

use std::fmt;

use shapeflow_diagram::grouped;

use super::program::Program;

/// The table of a model's layers, shapes and parameters; its `Display` is what `summary()` prints.
#[derive(Clone, Copy)]
pub struct Summary(pub &'static Program);

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = self.0;
        let mut rows = vec![[
            "layer".to_owned(),
            "kind".to_owned(),
            "output shape".to_owned(),
            "parameters".to_owned(),
        ]];
        for port in program.inputs {
            rows.push([
                port.name.to_owned(),
                "input".to_owned(),
                format!("{:?}", port.shape),
                "0".to_owned(),
            ]);
        }
        let graph = program.graph;
        for (number, layer) in graph.layers.iter().enumerate() {
            // A layer that is applied several times shows what it makes first.
            let first = graph.uses(number).next().map(|node| &graph.nodes[node]);
            let made = first.map_or(&[][..], |node| node.outputs);
            let shapes: Vec<String> = made
                .iter()
                .map(|&value| format!("{:?}", graph.values[value].shape))
                .collect();
            rows.push([
                layer.name.to_owned(),
                layer.kind.to_owned(),
                shapes.join(", "),
                grouped(graph.parameters_of(layer) as u64),
            ]);
        }
        let widths: [usize; 4] = std::array::from_fn(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        });
        let total = widths.iter().sum::<usize>() + 3 * 3;
        writeln!(f, "{}", program.name)?;
        let line = "─".repeat(total);
        for (index, row) in rows.iter().enumerate() {
            if index < 2 {
                writeln!(f, "{line}")?;
            }
            writeln!(
                f,
                "{:<a$}   {:<b$}   {:<c$}   {:>d$}",
                row[0],
                row[1],
                row[2],
                row[3],
                a = widths[0],
                b = widths[1],
                c = widths[2],
                d = widths[3]
            )?;
        }
        writeln!(f, "{line}")?;
        writeln!(
            f,
            "trained parameters: {} ({})",
            grouped(program.parameters() as u64),
            bytes(4 * program.parameters())
        )?;
        if program.state() > 0 {
            writeln!(
                f,
                "state:              {} ({})",
                grouped(program.state() as u64),
                bytes(4 * program.state())
            )?;
        }
        write!(
            f,
            "operations:         {} per example",
            grouped(program.flops)
        )
    }
}

fn bytes(count: usize) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.2} MiB", count as f64 / 1_048_576.0),
    }
}
