//! `BatchNorm`: each channel with mean 0 and variance 1 over the batch, then scaled and shifted
//! (Ioffe and Szegedy 2015).

use super::arguments::{Arguments, Signature};
use super::lower::{Folding, Lower, Role, Takes};
use super::{Entry, Layer};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, Mode, arguments};
use crate::tensor::{Initial, Tensor};
use shapeflow_terms::Init;

pub const ENTRY: Entry = Entry {
    keeps_shape: true,
    ..Entry::new(
        Signature {
            options: &["momentum", "epsilon"],
            aliases: &["BatchNormalization", "BatchNorm1d", "BatchNorm2d"],
            input_first: true,
            ..Signature::new("BatchNorm")
        },
        build,
    )
};

#[derive(Debug)]
pub struct BatchNorm {
    /// How much of the running statistics stays at each step.
    pub(crate) momentum: Number,
    pub(crate) epsilon: Number,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = BatchNorm {
        momentum: arguments.number_or("momentum", 0.99, &Range::TO_ONE),
        epsilon: arguments.number_or("epsilon", 1e-3, &Range::POSITIVE),
    };
    Ok(Box::new(layer))
}

/// The tensors of a norm over the channels.
pub fn scale_and_shift(channels: &Dim) -> Vec<Tensor> {
    let tensor = |name, rule| Tensor::trained(name, vec![channels.clone()], Initial::plain(&rule));
    vec![tensor("scale", Init::Ones), tensor("shift", Init::Zeros)]
}

/// What every norm wants: at least one axis.
pub fn check_axes(kind: &str, input: &Shape, at: &mut Check<'_>) -> Result<Shape, Failed> {
    if input.rank() > 0 {
        return Ok(input.clone());
    }
    let error = at
        .error(
            "wants-an-axis",
            format!("`{kind}` wants at least one axis, found []"),
        )
        .help("a single number is declared as `[1]`");
    Err(at.report(error).into())
}

impl Layer for BatchNorm {
    fn kind(&self) -> &'static str {
        "BatchNorm"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        check_axes(self.kind(), &inputs[0], at)
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        let channels = inputs[0].last();
        let state = |name, rule| Tensor::state(name, vec![channels.clone()], Initial::plain(&rule));
        let mut tensors = scale_and_shift(&channels);
        tensors.push(state("running_mean", Init::Zeros));
        tensors.push(state("running_variance", Init::Ones));
        tensors
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![
            ("momentum", Attribute::Number(self.momentum.clone())),
            ("epsilon", Attribute::Number(self.epsilon.clone())),
        ]
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(2))
    }

    fn batch_statistics(&self, inputs: &[Shape]) -> Option<Dim> {
        let (_, positions) = inputs[0].axes().split_last()?;
        Some(Dim::product(positions))
    }

    fn undoes_bias(&self) -> bool {
        true
    }
}

impl Lower for BatchNorm {
    fn role(&self) -> Role {
        Role::Norm(Folding {
            scale: 0,
            shift: 1,
            mean: 2,
            variance: 3,
            epsilon: self.epsilon.clone(),
        })
    }

    fn takes(&self) -> Takes {
        Takes {
            activation: true,
            activation_backward: true,
            residual: &[Mode::Train, Mode::Infer],
            norm: false,
        }
    }

    fn forward(&self, at: &mut At<'_>) {
        let (channels, positions) = (at.input_shape(0).last(), at.positions());
        let rows = Argument::Rows(positions.clone());
        let x = at.input(0);
        let partial = at.partial("chunk statistics", channels.times(&Dim::new(2)));
        let statistics = at.shared("statistics", channels.times(&Dim::new(3)));
        at.keep("statistics", statistics);
        at.chunk("statistics of the chunk")
            .read("x", x)
            .write("partial", partial)
            .if_shared()
            .call(
                "batch_norm",
                "partial_statistics_shared",
                arguments!["team", &channels, rows.clone(), "x", "partial"],
            );
        at.between("statistics of the batch")
            .read("partials", partial)
            .write("statistics", statistics)
            .state("running_mean", 2)
            .state("running_variance", 3)
            .then(
                "batch_norm",
                "combine_statistics",
                arguments![
                    &channels,
                    positions,
                    Argument::ChunkExamples,
                    "partials",
                    &self.epsilon,
                    "statistics"
                ],
            )
            .call(
                "batch_norm",
                "update_running",
                arguments![
                    &channels,
                    rows.clone(),
                    &self.momentum,
                    "statistics",
                    "running_mean",
                    "running_variance"
                ],
            );
        self.normalise(at);
    }

    /// With the statistics of the first run, which alone changes the running ones.
    fn recompute(&self, at: &mut At<'_>) {
        self.normalise(at);
    }

    fn inference(&self, at: &mut At<'_>) {
        let (channels, rows) = (at.input_shape(0).last(), Argument::Rows(at.positions()));
        let (scale, shift, activation) = (at.parameter(0), at.parameter(1), at.activation());
        let (mean, variance) = (at.state(2), at.state(3));
        let (x, y) = (at.input(0), at.output());
        let (draft, residual) = at.chunk("").read("x", x).residual();
        draft.write("y", y).call(
            "batch_norm",
            "inference",
            arguments![
                channels,
                rows,
                "x",
                mean,
                variance,
                scale,
                shift,
                &self.epsilon,
                residual,
                activation,
                "y"
            ],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let (channels, rows) = (at.input_shape(0).last(), Argument::Rows(at.positions()));
        let (x, dy, statistics) = (at.input(0), at.output_gradient(), at.kept("statistics"));
        let partial = at.partial("chunk gradient sums", channels.times(&Dim::new(2)));
        let coefficients = at.shared("gradient coefficients", channels.times(&Dim::new(3)));
        let (scale, y, undo) = (at.parameter(0), at.output(), at.activation_to_undo());
        let draft = at
            .chunk("gradient sums of the chunk")
            .read("x", x)
            .read("statistics", statistics)
            .write("partial", partial)
            .if_shared();
        match undo {
            None => draft.read("dy", dy).call(
                "batch_norm",
                "backward_partial_shared",
                arguments![
                    "team",
                    &channels,
                    rows.clone(),
                    "x",
                    "statistics",
                    "dy",
                    "partial"
                ],
            ),
            Some(activation) => draft.read("y", y).update("dy", dy).call(
                "batch_norm",
                "backward_partial_in_place_shared",
                arguments![
                    "team",
                    &channels,
                    rows.clone(),
                    "x",
                    "statistics",
                    activation,
                    "y",
                    "dy",
                    "partial"
                ],
            ),
        }
        at.between("gradient sums of the batch")
            .read("partials", partial)
            .read("statistics", statistics)
            .write("coefficients", coefficients)
            .whole_gradient("dscale", 0)
            .whole_gradient("dshift", 1)
            .call(
                "batch_norm",
                "backward_combine",
                arguments![
                    &channels,
                    rows.clone(),
                    "partials",
                    "statistics",
                    scale,
                    "coefficients",
                    "dscale",
                    "dshift"
                ],
            );
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("x", x)
                .read("coefficients", coefficients)
                .read("dy", dy)
                .write("dx", dx)
                .if_shared()
                .call(
                    "batch_norm",
                    "backward_input_shared",
                    arguments!["team", &channels, rows, "x", "coefficients", "dy", "dx"],
                );
        });
    }
}

impl BatchNorm {
    /// The output, by the statistics that were kept.
    fn normalise(&self, at: &mut At<'_>) {
        let (channels, rows) = (at.input_shape(0).last(), Argument::Rows(at.positions()));
        let (x, y, statistics) = (at.input(0), at.output(), at.kept("statistics"));
        let (scale, shift, activation) = (at.parameter(0), at.parameter(1), at.activation());
        let (draft, residual) = at
            .chunk("")
            .read("x", x)
            .read("statistics", statistics)
            .residual();
        draft.write("y", y).again().if_shared().call(
            "batch_norm",
            "forward_shared",
            arguments![
                "team",
                channels,
                rows,
                "x",
                "statistics",
                scale,
                shift,
                residual,
                activation,
                "y"
            ],
        );
    }
}
