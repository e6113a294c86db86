//! `Conv2d(filters, 3x3)`: a filter slides over the picture; cross-correlation, as everywhere in the field.

use super::arguments::{Arguments, divisible};
use super::lower::{convolve_backward, image_axes, pair, pair_of_pairs, positive_pair};
use super::window::{Padding, Window};
use super::{Entry, Inputs, Layer, image, init};
use crate::diagnostic::{Diagnostic, Reported};
use crate::fuse::Mode;
use crate::layer::Lower;
use crate::shape::typed::{Parameter, Rule};
use crate::shape::{Check, Dim, Failed, Shape};
use crate::step::{At, FoldedNorm};
use crate::words::words;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

pub const ENTRY: Entry = Entry {
    name: "Conv2d",
    example: "Conv2d(32, 3x3)",
    required: &["filters", "kernel"],
    optional: &[],
    options: &[
        "stride",
        "padding",
        "dilation",
        "groups",
        "bias",
        "init",
        "bias_init",
    ],
    flags: &["depthwise"],
    inputs: Inputs::One,
    build,
};

#[derive(Debug)]
pub struct Conv2d {
    pub(crate) filters: Dim,
    pub(crate) window: Window,
    pub(crate) groups: Groups,
    pub(crate) bias: bool,
    pub(crate) init: Rule,
    pub(crate) bias_init: Rule,
}

/// Into how many parts the channels are split.
#[derive(Clone, Debug)]
pub enum Groups {
    Number(Dim),
    /// One group for each channel.
    Depthwise,
}

impl Groups {
    /// The number of groups for an input with these channels.
    pub fn number(&self, channels: &Dim) -> Dim {
        match self {
            Groups::Number(number) => number.clone(),
            Groups::Depthwise => channels.clone(),
        }
    }
}

fn build(arguments: &mut Arguments<'_>) -> Result<Box<dyn Layer>, Reported> {
    let one = || [Dim::new(1), Dim::new(1)];
    let depthwise = arguments.flag("depthwise", false);
    if depthwise && let Some(given) = arguments.optional("groups") {
        let message = "`depthwise` already says how many groups there are";
        arguments.report(
            Diagnostic::error("depthwise-and-groups", given.place, message).help("remove `groups`"),
        );
    }
    let layer = Conv2d {
        filters: arguments.dim("filters"),
        window: Window {
            kernel: arguments.pair("kernel"),
            stride: arguments.pair_or("stride", 1, one()),
            dilation: arguments.pair_or("dilation", 1, one()),
            padding: Padding::read(arguments),
        },
        groups: match depthwise {
            true => Groups::Depthwise,
            false => Groups::Number(arguments.dim_or("groups", 1, 1)),
        },
        bias: arguments.flag("bias", true),
        init: init::read(arguments, "init", Rule::GlorotUniform),
        bias_init: init::read(arguments, "bias_init", Rule::Zeros),
    };
    Ok(Box::new(layer))
}

impl Layer for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2d"
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let picture = |[h, w]: [Dim; 2]| Shape::new(vec![h, w, self.filters.clone()]);
        let unknown = picture([Dim::anything(), Dim::anything()]);
        let [height, width, channels] = image::axes("Conv2d", &inputs[0], at, unknown.clone())?;
        let size = self.window.infer("Conv2d", &[height, width], false, at);
        let groups = self.groups.number(&channels);
        check_groups(
            self.kind(),
            &self.groups,
            &groups,
            &channels,
            &self.filters,
            at,
        )
        .map_err(|reported| reported.instead(unknown))?;
        size.map(picture).map_err(|size| Failed {
            instead: picture(size),
        })
    }

    fn parameters(&self, inputs: &[Shape]) -> Vec<Parameter> {
        let channels = inputs[0].last();
        let per_group = channels.divided_down(&self.groups.number(&channels));
        let [height, width] = self.window.kernel.clone();
        let area = height.times(&width);
        let (fan_in, fan_out) = (area.times(&per_group), area.times(&self.filters));
        let mut parameters = vec![Parameter {
            name: "weight",
            shape: vec![height, width, per_group, self.filters.clone()],
            init: self.init.with_fans(fan_in, fan_out),
            trained: true,
        }];
        if self.bias {
            parameters.push(Parameter {
                name: "bias",
                shape: vec![self.filters.clone()],
                init: self.bias_init.clone().plain(),
                trained: true,
            });
        }
        parameters
    }

    fn flops(&self, inputs: &[Shape], output: &Shape) -> Dim {
        let weight = &self.parameters(inputs)[0].shape;
        let per_output = Dim::product(&weight[..3]).times(&Dim::new(2));
        let products = output.size().times(&per_output);
        match self.bias {
            true => products.plus(&output.size()),
            false => products,
        }
    }
}

/// Groups must divide the channels that come in and the filters that go out.
pub fn check_groups(
    kind: &str,
    written: &Groups,
    groups: &Dim,
    channels: &Dim,
    filters: &Dim,
    at: &mut Check<'_>,
) -> Result<(), Reported> {
    let depthwise = matches!(written, Groups::Depthwise);
    for (number, what) in [(channels, "channels that come in"), (filters, "filters")] {
        let place = at.argument(if depthwise { "filters" } else { "groups" });
        at.divisible(number, groups, |at| {
            let message = match depthwise {
                true => words![
                    format!("a depthwise `{kind}` wants a multiple of its "),
                    groups,
                    " channels as filters, found ",
                    number
                ],
                false => words![
                    groups,
                    format!(" groups do not divide the "),
                    number,
                    " ",
                    what
                ],
            };
            let help = match depthwise {
                true => Some(words!["write ", groups, ", or a multiple of it"]),
                false => divisible(number, what, groups),
            };
            let mut d = at.error("groups-do-not-divide", message).help_if(help);
            d.place = place;
            d
        })?;
    }
    Ok(())
}

impl Lower for Conv2d {
    fn takes_activation(&self) -> bool {
        true
    }

    /// In inference only: in training the value that it would be added to is kept for backward.
    fn takes_residual(&self, mode: Mode) -> bool {
        mode == Mode::Infer
    }

    fn takes_norm(&self) -> bool {
        true
    }

    fn forward(&self, at: &mut At<'_, '_>) {
        let spec = self.spec(at);
        convolve(&spec, self.bias, at);
    }

    fn backward(&self, at: &mut At<'_, '_>) {
        let spec = self.spec(at);
        convolve_backward(&format_ident!("conv2d"), &spec, self.bias, at);
    }
}

impl Conv2d {
    /// The const of its sizes.
    fn spec(&self, at: &mut At<'_, '_>) -> Ident {
        let [h, w, c] = image_axes(at.input_shape(0));
        let pads = self.window.pads(&[h.clone(), w.clone()]);
        let groups = self.groups.number(&c).positive_tokens();
        let (kernel, stride) = (
            pair(&self.window.kernel),
            positive_pair(&self.window.stride),
        );
        let (padding, dilation) = (pair_of_pairs(&pads), pair(&self.window.dilation));
        let (height, width, channels, filters) =
            (h.tokens(), w.tokens(), c.tokens(), self.filters.tokens());
        at.spec(
            quote!(sf::conv2d::Conv2d),
            quote!(sf::conv2d::Conv2d {
                height: #height, width: #width, channels: #channels, filters: #filters,
                kernel: #kernel, stride: #stride, padding: #padding, dilation: #dilation, groups: #groups,
            }),
        )
    }
}

/// The forward step, with a normalisation folded into its weights and a residual added to its result where there are any.
fn convolve(spec: &Ident, bias_term: bool, at: &mut At<'_, '_>) {
    let plain_bias = bias_term.then(|| at.parameter(1));
    let option = |bias: &Option<TokenStream>| match bias {
        Some(bias) => quote!(Some(#bias)),
        None => quote!(None),
    };
    let (mut scale, mut bias) = (TokenStream::new(), plain_bias.clone());
    if let Some(norm) = at.norm() {
        let FoldedNorm {
            gain,
            shift,
            mean,
            variance,
            epsilon,
        } = norm;
        scale = quote! {
            sf::conv2d::fold_norm(&#spec, #variance, #gain, #epsilon, packed);
        };
        let before = option(&plain_bias);
        let filters = quote!(#spec.filters);
        let fold = quote!(sf::batch_norm::fold_bias(#before, #mean, #variance, #gain, #shift, #epsilon, packed););
        bias = Some(at.packed("bias", 0, filters, fold));
    }
    let packed = at.packed(
        "forward",
        0,
        quote!(#spec.packed_forward_len()),
        quote!(sf::conv2d::pack_forward(&#spec, weight, packed); #scale),
    );
    let (bias, activation) = (option(&bias), at.activation());
    let accumulate = at.residual_in_output();
    let (x, y) = (at.input(0), at.output());
    at.chunk("")
        .read("x", x)
        .put("y", y, accumulate)
        .scratch(quote!(#spec.forward_scratch_len()))
        .call(quote! {
            sf::conv2d::forward(&#spec, n, x, #packed, #bias, #activation, y, #accumulate, scratch);
        });
}
