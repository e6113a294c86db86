//! `Dense(units)`: `y = x W + b` over the last axis.

use super::arguments::{Arguments, Datum, Extra, Signature};
use super::{Entry, Layer, init};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::layer::Lower;
use crate::shape::typed::{Parameter, Rule};
use crate::shape::{Dim, Shape};
use crate::step::At;
use crate::words::{Words, words};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

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
    pub(crate) init: Rule,
    pub(crate) bias_init: Rule,
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let layer = Dense {
        units: arguments.dim("units"),
        bias: arguments.flag("bias", true),
        init: init::read(arguments, "init", Rule::GlorotUniform),
        bias_init: init::read(arguments, "bias_init", Rule::Zeros),
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

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        let features = inputs[0].last();
        let mut parameters = vec![Parameter {
            name: "weight",
            shape: vec![features.clone(), self.units.clone()],
            init: self.init.with_fans(features, self.units.clone()),
            trained: true,
        }];
        if self.bias {
            parameters.push(Parameter {
                name: "bias",
                shape: vec![self.units.clone()],
                init: self.bias_init.clone().plain(),
                trained: true,
            });
        }
        parameters
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
    fn takes_activation(&self) -> bool {
        true
    }

    fn forward(&self, at: &mut At<'_, '_>) {
        let (spec, rows) = self.spec(at);
        let weight = at.parameter(0);
        let packed = at.packed(
            "forward",
            0,
            quote!(#spec.packed_forward_len()),
            quote!(sf::dense::pack_forward(&#spec, weight, packed);),
        );
        let bias = self.bias_tokens(at);
        let activation = at.activation();
        let (x, y) = (at.input(0), at.output());
        at.chunk("")
            .read("x", x)
            .write("y", y)
            .scratch(quote!(#spec.forward_scratch_len()))
            .call(quote! {
                sf::dense::forward(&#spec, #rows, x, #weight, #packed, #bias, #activation, y, scratch);
            });
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let (spec, rows) = self.spec(at);
        let (x, dy) = (at.input(0), at.output_gradient());
        if self.bias {
            at.chunk("bias gradient")
                .read("dy", dy)
                .gradient("dbias", 1)
                .call(quote! {
                    sf::dense::backward_bias(&#spec, #rows, dy, dbias);
                });
        }
        at.weight("weight gradient", 0)
            .read("x", x)
            .read("dy", dy)
            .scratch(quote!(#spec.backward_weight_scratch_len()))
            .call(quote! {
                sf::dense::backward_weight(&#spec, #rows, x, dy, rows, accumulate, dweight, scratch);
            });
        at.input_gradient(0, true, |at, dx, accumulate| {
            let weight = at.parameter(0);
            let packed = at.packed(
                "backward",
                0,
                quote!(#spec.packed_backward_len()),
                quote!(sf::dense::pack_backward(&#spec, weight, packed);),
            );
            at.chunk("input gradient")
                .read("dy", dy)
                .put("dx", dx, accumulate)
                .scratch(quote!(#spec.backward_input_scratch_len()))
                .call(quote! {
                    sf::dense::backward_input(&#spec, #rows, dy, #weight, #packed, dx, #accumulate, scratch);
                });
        });
    }
}

impl Dense {
    /// The const of its sizes, and the expression for the number of rows.
    fn spec(&self, at: &mut At<'_, '_>) -> (Ident, TokenStream) {
        let shape = at.input_shape(0);
        let (inputs, units) = (shape.last().tokens(), self.units.tokens());
        let spec = at.spec(
            quote!(sf::dense::Dense),
            quote!(sf::dense::Dense { inputs: #inputs, units: #units }),
        );
        (spec, at.rows_before_last())
    }

    fn bias_tokens(&self, at: &At<'_, '_>) -> TokenStream {
        if self.bias {
            let bias = at.parameter(1);
            quote!(Some(#bias))
        } else {
            quote!(None)
        }
    }
}
