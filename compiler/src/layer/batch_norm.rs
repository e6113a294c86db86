//! `BatchNorm`: each channel with mean 0 and variance 1 over the batch, then scaled and shifted
//! (Ioffe and Szegedy 2015).

use super::arguments::{Arguments, Signature};
use super::{Entry, Layer};
use crate::check::{Check, Failed, Range};
use crate::diagnostic::Reported;
use crate::fuse::Mode;
use crate::layer::{Folding, Lower};
use crate::shape::typed::{Parameter, Rule};
use crate::shape::{Dim, Number, Shape};
use crate::step::At;
use quote::quote;

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
pub fn scale_and_shift(channels: &Dim) -> Vec<Parameter> {
    let parameter = |name, rule: Rule| Parameter {
        name,
        shape: vec![channels.clone()],
        init: rule.plain(),
        trained: true,
    };
    vec![
        parameter("scale", Rule::Ones),
        parameter("shift", Rule::Zeros),
    ]
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

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        let channels = inputs[0].last();
        let mut parameters = scale_and_shift(&channels);
        for (name, rule) in [
            ("running_mean", Rule::Zeros),
            ("running_variance", Rule::Ones),
        ] {
            parameters.push(Parameter {
                name,
                shape: vec![channels.clone()],
                init: rule.plain(),
                trained: false,
            });
        }
        parameters
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size().times(&Dim::new(2))
    }

    fn undoes_bias(&self) -> bool {
        true
    }
}

impl Lower for BatchNorm {
    fn takes_activation(&self) -> bool {
        true
    }

    fn takes_residual(&self, _mode: Mode) -> bool {
        true
    }

    fn folding(&self) -> Option<Folding> {
        Some(Folding {
            scale: 0,
            shift: 1,
            mean: 2,
            variance: 3,
            epsilon: self.epsilon.tokens(),
        })
    }

    fn undoes_activation(&self) -> bool {
        true
    }

    fn forward(&self, at: &mut At<'_, '_>) {
        let channels = at.input_shape(0).last();
        let (c, positions) = (channels.tokens(), at.positions().tokens());
        let (momentum, epsilon) = (self.momentum.tokens(), self.epsilon.tokens());
        let (scale, shift, activation) = (at.parameter(0), at.parameter(1), at.activation());
        let (x, y) = (at.input(0), at.output());
        let partial = at.partial("chunk statistics", channels.times(&Dim::new(2)));
        let statistics = at.shared("statistics", channels.times(&Dim::new(3)));
        at.keep("statistics", statistics);
        at.chunk("statistics of the chunk")
            .read("x", x)
            .write("partial", partial)
            .call(quote! {
                sf::batch_norm::partial_statistics(#c, n * #positions, x, partial);
            });
        at.between("statistics of the batch")
            .read("partials", partial)
            .write("statistics", statistics)
            .state("running_mean", 2)
            .state("running_variance", 3)
            .call(quote! {
                sf::batch_norm::combine_statistics(#c, #positions, chunks, partials, #epsilon, statistics);
                sf::batch_norm::update_running(#c, #momentum, statistics, running_mean, running_variance);
            });
        let (draft, residual) = at
            .chunk("")
            .read("x", x)
            .read("statistics", statistics)
            .residual();
        draft.write("y", y).call(quote! {
            sf::batch_norm::forward(#c, n * #positions, x, statistics, #scale, #shift, #residual, #activation, y);
        });
    }

    fn inference(&self, at: &mut At<'_, '_>) {
        let (c, positions) = (at.input_shape(0).last().tokens(), at.positions().tokens());
        let (scale, shift, activation) = (at.parameter(0), at.parameter(1), at.activation());
        let (mean, variance, epsilon) = (at.state(2), at.state(3), self.epsilon.tokens());
        let (x, y) = (at.input(0), at.output());
        let (draft, residual) = at.chunk("").read("x", x).residual();
        draft.write("y", y).call(quote! {
            sf::batch_norm::inference(
                #c, n * #positions, x, #mean, #variance, #scale, #shift, #epsilon, #residual, #activation, y,
            );
        });
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let channels = at.input_shape(0).last();
        let (c, positions, scale) = (channels.tokens(), at.positions().tokens(), at.parameter(0));
        let (x, dy, statistics) = (at.input(0), at.output_gradient(), at.kept("statistics"));
        let partial = at.partial("chunk gradient sums", channels.times(&Dim::new(2)));
        let coefficients = at.shared("gradient coefficients", channels.times(&Dim::new(3)));
        let draft = at
            .chunk("gradient sums of the chunk")
            .read("x", x)
            .read("statistics", statistics)
            .write("partial", partial);
        match draft.activation_to_undo() {
            None => draft.read("dy", dy).call(quote! {
                sf::batch_norm::backward_partial(#c, n * #positions, x, statistics, dy, partial);
            }),
            Some((activation, y)) => draft.read("y", y).update("dy", dy).call(quote! {
                sf::batch_norm::backward_partial_in_place(
                    #c, n * #positions, x, statistics, #activation, y, dy, partial,
                );
            }),
        }
        at.between("gradient sums of the batch")
            .read("partials", partial)
            .read("statistics", statistics)
            .write("coefficients", coefficients)
            .whole_gradient("dscale", 0)
            .whole_gradient("dshift", 1)
            .call(quote! {
                sf::batch_norm::backward_combine(
                    #c, n * #positions, partials, statistics, #scale, coefficients, dscale, dshift,
                );
            });
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("x", x)
                .read("coefficients", coefficients)
                .read("dy", dy)
                .write("dx", dx)
                .call(quote!(sf::batch_norm::backward_input(#c, n * #positions, x, coefficients, dy, dx);));
        });
    }
}
