//! `Dense(units)`: `y = x W + b` over the last axis.

use super::arguments::{Arguments, Datum, Extra, Signature};
use super::lower::{Lower, Takes, pack_call};
use super::{Entry, Layer, init};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::shape::{Dim, Number, Shape};
use crate::step::{Argument, At, Length, arguments};
use crate::tensor::{Initial, Tensor, bias};
use crate::words::{Words, words};
use shapeflow_terms::Init;

pub const ENTRY: Entry = Entry::new(
    Signature {
        example: "Dense(64)",
        required: &["units"],
        options: &["bias", "init", "bias_init"],
        aliases: &["Linear", "FullyConnected", "Fc"],
        words: &[init::WEIGHT, init::BIAS],
        input_first: true,
        meant_by_extra,
        ..Signature::new("Dense")
    },
    build,
);

#[derive(Debug)]
pub struct Dense {
    pub(crate) units: Dim,
    pub(crate) bias: bool,
    pub(crate) init: Init<Number>,
    pub(crate) bias_init: Init<Number>,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Dense {
        units: arguments.dim("units"),
        bias: arguments.flag("bias", true),
        init: init::weight(arguments),
        bias_init: init::bias(arguments),
    };
    Ok(Box::new(layer))
}

/// PyTorch's `Linear(784, 10)`.
fn meant_by_extra(extra: &Extra<'_>) -> Option<String> {
    let is_size = matches!(extra.given.datum, Datum::Whole(_) | Datum::Const { .. });
    (is_size && extra.before.len() == 1).then(|| format!("write `Dense({})`", extra.given.written))
}

impl Layer for Dense {
    fn kind(&self) -> &'static str {
        "Dense"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let input = &inputs[0];
        match input.rank() {
            1 | 2 => Ok(input.with_last(self.units.clone())),
            _ => {
                let wants = words!["`Dense` wants one axis, found ", input];
                let error = at.error("wants-one-axis", wants).help(flatten_help(input));
                Err(at
                    .report(error)
                    .instead(Shape::new(vec![self.units.clone()])))
            }
        }
    }

    fn tensors(&self, inputs: &[Shape]) -> Vec<Tensor> {
        let features = inputs[0].last();
        let init = Initial::with_fans(&self.init, features.clone(), self.units.clone());
        let mut tensors = vec![Tensor::trained(
            "weight",
            vec![features, self.units.clone()],
            init,
        )];
        if self.bias {
            tensors.push(bias(&self.units, &self.bias_init));
        }
        tensors
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        let mut attributes = vec![
            ("units", Attribute::Size(self.units.clone())),
            ("bias", Attribute::Flag(self.bias)),
            ("init", Attribute::Init(self.init.clone())),
        ];
        if self.bias {
            let init = Attribute::Init(self.bias_init.clone());
            attributes.push(("bias_init", init));
        }
        attributes
    }

    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim {
        let products = inputs[0].last().times(&output.size()).times(&Dim::new(2));
        match self.bias {
            true => products.plus(&output.size()),
            false => products,
        }
    }

    fn adapted(&self, found: &Shape, wanted: &Shape) -> Option<Words> {
        match (found.rank(), wanted.axes()) {
            (1, [units]) => Some(words!["write `Dense(", units, ")`"]),
            _ => None,
        }
    }
}

/// `` insert `-> Flatten` before it: 13 * 13 * 8 = 1352 features ``.
fn flatten_help(input: &Shape) -> Words {
    let factors: Vec<String> = input.axes().iter().map(ToString::to_string).collect();
    match (input.rank(), input.size().known()) {
        (0, _) => "its input is a single number: declare it as `[1]`".into(),
        (_, Some(size)) => words![format!(
            "insert `-> Flatten` before it: {} = {size} features",
            factors.join(" * ")
        )],
        _ => "insert `-> Flatten` before it".into(),
    }
}

impl Lower for Dense {
    fn takes(&self) -> Takes {
        Takes {
            activation: true,
            ..Takes::default()
        }
    }

    fn matrices(&self) -> &'static [usize] {
        &[0]
    }

    fn forward(&self, at: &mut At<'_>) {
        let scratch = |spec| Length::OfSpec(spec, "scratch_len");
        self.product(at, "trained_forward_len", scratch, "trained_team");
    }

    fn inference(&self, at: &mut At<'_>) {
        let scratch = |_| Length::Dim(Dim::new(0));
        self.product(at, "packed_forward_len", scratch, "forward_team");
    }

    fn backward(&self, at: &mut At<'_>) {
        let (spec, rows) = self.spec(at);
        let (x, dy) = (at.input(0), at.output_gradient());
        if self.bias {
            at.chunk("bias gradient")
                .read("dy", dy)
                .gradient("dbias", 1)
                .call(
                    "dense",
                    "backward_bias",
                    arguments![spec, rows.clone(), "dy", "dbias"],
                );
        }
        at.weight("weight gradient", 0)
            .read("x", x)
            .read("dy", dy)
            .scratch(Length::OfSpec(spec, "backward_weight_scratch_len"))
            .call(
                "dense",
                "backward_weight",
                arguments![
                    spec,
                    rows.clone(),
                    "x",
                    "dy",
                    "rows",
                    "accumulate",
                    "dweight",
                    "scratch"
                ],
            );
        at.input_gradient(0, true, |at, dx, accumulate| {
            let weight = at.parameter(0);
            let packed = at.packed(
                "backward",
                Length::OfSpec(spec, "trained_backward_len"),
                vec![pack_call(
                    "dense",
                    "pack_backward",
                    arguments![spec, weight.clone(), "packed"],
                )],
            );
            at.chunk("input gradient")
                .read("dy", dy)
                .put("dx", dx, accumulate)
                .scratch(Length::OfSpec(spec, "scratch_len"))
                .team(spec, "trained_team")
                .call(
                    "dense",
                    "backward_input_shared",
                    arguments![
                        "team", spec, rows, "dy", weight, packed, "dx", accumulate, "scratch"
                    ],
                );
        });
    }
}

impl Dense {
    /// The product, on a packed weight of this length, with this scratch and these needs of a team.
    fn product(
        &self,
        at: &mut At<'_>,
        packed_len: &'static str,
        scratch: impl Fn(SpecId) -> Length,
        team: &'static str,
    ) {
        let (spec, rows) = self.spec(at);
        let weight = at.parameter(0);
        let packed = at.packed(
            "forward",
            Length::OfSpec(spec, packed_len),
            vec![pack_call(
                "dense",
                "pack_forward",
                arguments![spec, weight.clone(), "packed"],
            )],
        );
        let bias = self.bias.then(|| at.parameter(1));
        let (x, y, activation) = (at.input(0), at.output(), at.activation());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .scratch(scratch(spec))
            .team(spec, team)
            .call(
                "dense",
                "forward_shared",
                arguments![
                    "team", spec, rows, "x", weight, packed, bias, activation, "y", "scratch"
                ],
            );
    }

    /// The description of its sizes, and the number of rows.
    fn spec(&self, at: &mut At<'_>) -> (SpecId, Argument) {
        let inputs = at.input_shape(0).last();
        let arguments = vec![inputs.into(), (&self.units).into()];
        (at.spec("dense", "Dense", arguments), at.rows_before_last())
    }
}
