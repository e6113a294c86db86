//! A row with numbers: inputs, targets, and tensors that aren't at their start.

use std::collections::BTreeMap;

use shapeflow::data::TargetsView;
use shapeflow::engine::{Batch, Network, Program};

use crate::row::{Row, Values};
use shapeflow_tests::models::numbers;

pub struct Sample {
    pub row: &'static Row,
    pub network: Box<dyn Network>,
    pub examples: usize,
    pub inputs: Vec<Vec<f32>>,
    pub targets: Vec<f32>,
}

impl Sample {
    pub fn new(row: &'static Row, examples: usize) -> Self {
        let mut network = (row.make)(1);
        let program = network.program();
        assert_eq!(program.outputs.len(), 1, "{}: one output", row.name);
        for (seed, info) in (10..).zip(program.tensors) {
            let spread = (3.0 / info.fan_in as f32).sqrt().min(1.0);
            let values = numbers(info.len(), seed).into_iter().map(|x| spread * x);
            let values: Vec<f32> = match info.trained {
                true => values.collect(),
                // Variances are positive.
                false => values.map(|x| x.abs() + 0.3).collect(),
            };
            network
                .store_mut()
                .tensor_mut(info)
                .copy_from_slice(&values);
        }
        let inputs = program.inputs.iter().zip(1..);
        let inputs = inputs.map(|(port, seed)| numbers(examples * port.size(), seed));
        Self {
            row,
            network,
            examples,
            inputs: inputs.collect(),
            targets: numbers(examples * program.outputs[0].size(), 9),
        }
    }

    pub fn program(&self) -> &'static Program {
        self.network.program()
    }

    /// Enough examples that the engine shares a step and a prediction among threads.
    pub fn large(row: &'static Row) -> Self {
        let flops = (row.make)(0).program().flops;
        let examples = 1_000_000 / flops.max(100) as usize;
        Self::new(row, examples.clamp(40, 10_000))
    }

    /// The inputs of the first `examples` examples.
    pub fn inputs(&self, examples: usize) -> Vec<&[f32]> {
        let ports = self.program().inputs.iter().zip(&self.inputs);
        ports
            .map(|(port, values)| &values[..examples * port.size()])
            .collect()
    }

    /// Calls `f` with the batch of the first `examples` examples.
    pub fn with_batch<T>(
        &mut self,
        examples: usize,
        f: impl FnOnce(&mut dyn Network, &Batch<'_>) -> T,
    ) -> T {
        let program = self.program();
        let mut inputs: [&[f32]; 2] = [&[]; 2];
        for ((place, port), values) in inputs.iter_mut().zip(program.inputs).zip(&self.inputs) {
            *place = &values[..examples * port.size()];
        }
        let targets = &self.targets[..examples * program.outputs[0].size()];
        let batch = Batch {
            inputs: &inputs[..program.inputs.len()],
            targets: &[TargetsView::Values(targets)],
            examples,
        };
        f(&mut *self.network, &batch)
    }

    /// Tensors and inputs by name, in `f64`.
    pub fn named(&self) -> BTreeMap<String, Values> {
        let wide = |values: &[f32]| values.iter().copied().map(f64::from).collect();
        let program = self.program();
        let tensors = program.tensors.iter().map(|info| {
            let values = Values {
                shape: info.shape.to_vec(),
                values: wide(self.network.store().tensor(info)),
            };
            (info.name.to_owned(), values)
        });
        let inputs = program
            .inputs
            .iter()
            .zip(&self.inputs)
            .map(|(port, input)| {
                let values = Values {
                    shape: [&[self.examples], port.shape].concat(),
                    values: wide(input),
                };
                (port.name.to_owned(), values)
            });
        tensors.chain(inputs).collect()
    }
}
