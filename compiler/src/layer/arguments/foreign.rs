//! Arguments as Keras and PyTorch write them: what is meant, for help lines.

use super::{Arguments, Datum, Extra, Given};
use crate::diagnostic::Diagnostic;

impl Arguments<'_> {
    /// `Reshape(4, 4, 1)` for `Reshape([4, 4, 1])`: told once, and read as the list.
    pub(super) fn gather(&mut self, given: Vec<Given>) -> Vec<Given> {
        let plain = |g: &Given| {
            g.name.is_none() && matches!(g.datum, Datum::Whole(_) | Datum::Const { .. })
        };
        if !self.signature.takes_list || given.len() < 2 || !given.iter().all(plain) {
            return given;
        }
        let (Some(first), Some(last)) = (given.first(), given.last()) else {
            return given;
        };
        let written: Vec<&str> = given.iter().map(|g| g.written.as_str()).collect();
        let written = format!("[{}]", written.join(", "));
        let list = Given {
            name: None,
            datum: Datum::List(given.iter().map(|g| g.datum.clone()).collect()),
            place: first.place.to(last.place),
            written: written.clone(),
        };
        let name = self.signature.name;
        let message = format!(
            "`{}` of `{name}` wants a list, found {} numbers",
            self.signature.by_position(),
            given.len()
        );
        self.report(
            Diagnostic::error("wrong-argument", list.place, message)
                .help(format!("write `{name}({written})`")),
        );
        vec![list]
    }

    /// What is meant by an argument too many.
    pub(super) fn meant_by_extra(&self, given: &Given) -> Option<String> {
        let signature = self.signature;
        if let Datum::Word(word) = &given.datum
            && let Some(argument) = signature.argument_of(word)
        {
            return Some(format!("write `{argument} = {word}`"));
        }
        if let Datum::Word(word) = &given.datum
            && word == "recompute"
        {
            return Some(RECOMPUTED_BLOCKS.to_owned());
        }
        let before: Vec<&Given> = self.given.iter().map(|(_, given)| given).collect();
        if signature.input_first && before.is_empty() && matches!(given.datum, Datum::Whole(_)) {
            return Some(format!("write `{}`", signature.name));
        }
        (signature.meant_by_extra)(&Extra {
            name: signature.name,
            before: &before,
            given,
        })
    }

    /// The argument by position that another framework gives by a name of its own.
    pub(super) fn by_position(&self, theirs: &str) -> Option<&'static str> {
        let ours: &[&str] = match theirs {
            "kernel_size" | "pool_size" | "kernel" => &["kernel", "size"],
            "out_features" | "units" | "d_output" | "features" | "output_dim" => &["units"],
            "out_channels" | "filters" | "nb_filter" => &["filters"],
            "p" | "prob" | "drop_prob" => &["rate"],
            "num_groups" => &["groups"],
            "size" | "scale_factor" => &["factor"],
            "target_shape" => &["shape"],
            "dims" => &["order"],
            _ => return None,
        };
        let required = self.signature.required.iter();
        required.copied().find(|name| ours.contains(name))
    }

    /// What to write for `activation = relu`.
    pub(super) fn meant_by_activation(&self, given: &Given) -> Option<String> {
        let ours = (self.surely)(given.written.trim_matches('"'))?;
        Some(format!(
            "an activation is a stage of its own: write `-> {ours}` after it"
        ))
    }
}

/// The help where a layer is asked to be recomputed.
const RECOMPUTED_BLOCKS: &str = "blocks are recomputed, layers aren't: put it into a block with those around it, and write `recompute` where that is used, as in `-> Part(recompute)`";

/// What another framework calls an argument: our name for it (empty: for every layer), and the help.
pub(super) fn option(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "use_bias" => ("bias", "write `bias = false`"),
        "strides" => ("stride", "write `stride = 2`"),
        "dilation_rate" => ("dilation", "write `dilation = 2`"),
        "pads" | "pad" => ("padding", "write `padding = 1`"),
        "kernel_initializer" | "weight_init" | "initializer" | "weight" => {
            ("init", "write `init = he_normal`")
        }
        "bias_initializer" => ("bias_init", "write `bias_init = zeros`"),
        "eps" => ("epsilon", "write `epsilon = 1e-5`"),
        "alpha" | "negative_slope" => ("slope", "write `slope = 0.01`"),
        "dim" => ("axis", "write `axis = -1`"),
        "interpolation" => ("mode", "write `mode = nearest`"),
        "activation" | "act" => (
            "",
            "an activation is a stage of its own: write `-> Relu` after it",
        ),
        "in_features" | "in_channels" | "input_dim" | "input_shape" | "input_size"
        | "num_features" | "num_channels" | "normalized_shape" | "d_input" | "channels" => (
            "",
            "remove it: the input's size flows in and is never written",
        ),
        "out_features" | "units" | "d_output" | "out_channels" | "filters" | "features" => {
            ("", "the size is the first argument, by position")
        }
        "kernel_size" | "pool_size" | "size" => ("", "the size is given by position, as in `3x3`"),
        "p" | "prob" => ("", "the rate is given by position, as in `Dropout(0.5)`"),
        "num_groups" => (
            "",
            "the number of groups is given by position, as in `GroupNorm(8)`",
        ),
        "name" => (
            "",
            "a name stands before the layer, as in `stem: Conv2d(32, 3x3)`",
        ),
        "trainable" | "device" | "dtype" | "kernel_regularizer" | "data_format" => {
            ("", "remove it: layers have no such option here")
        }
        "recompute" => ("", RECOMPUTED_BLOCKS),
        _ => return None,
    })
}
