//! Arguments as Keras and PyTorch write them: what is meant, for help lines.

use super::{Arguments, Datum, Given};
use crate::diagnostic::Diagnostic;
use crate::layer::{self, alias};

impl Arguments<'_> {
    /// `Reshape(4, 4, 1)` for `Reshape([4, 4, 1])`: told once, and read as the list.
    pub(super) fn gather(&mut self, given: Vec<Given>) -> Vec<Given> {
        let lists = matches!(self.entry.name, "Reshape" | "Permute");
        let plain = |g: &Given| {
            g.name.is_none() && matches!(g.datum, Datum::Whole(_) | Datum::Const { .. })
        };
        if !lists || given.len() < 2 || !given.iter().all(plain) {
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
        let name = self.entry.name;
        let message = format!(
            "`{}` of `{name}` wants a list, found {} numbers",
            self.entry.signature(),
            given.len()
        );
        self.report(
            Diagnostic::error("wrong-argument", list.place, message)
                .help(format!("write `{name}({written})`")),
        );
        vec![list]
    }

    /// What is meant by an argument too many.
    pub(super) fn meant_by_extra(&self, extra: &Given) -> Option<String> {
        let entry = self.entry;
        let name = entry.name;
        let windows = entry.options.contains(&"stride");
        let before: Vec<&Given> = self.given.iter().map(|(_, given)| given).collect();
        match (&extra.datum, before.as_slice()) {
            (Datum::Word(word), _) if windows && (word == "same" || word == "valid") => {
                Some(format!("write `padding = {word}`"))
            }
            // PyTorch's `Conv2d(3, 32, 3)` begins with the channels that flow in here.
            (Datum::Whole(kernel), [channels, filters])
                if name.starts_with("Conv") && matches!(filters.datum, Datum::Whole(_)) =>
            {
                Some(format!(
                    "write `{name}({}, {kernel}x{kernel})`: the {} channels flow in",
                    filters.written, channels.written
                ))
            }
            (Datum::Whole(_), [_, kernel])
                if name.starts_with("Conv") && matches!(kernel.datum, Datum::Pair(..)) =>
            {
                Some(format!("write `stride = {}`", extra.written))
            }
            (Datum::Whole(stride), [size]) if name.ends_with("Pool2d") => {
                Some(match size.datum.dim().is_some_and(|size| size == *stride) {
                    true => format!(
                        "write `{name}({})`: the stride is the size where nothing else is said",
                        size.written
                    ),
                    false => format!("write `stride = {}`", extra.written),
                })
            }
            (Datum::Whole(_) | Datum::Const { .. }, [_]) if name == "Dense" => {
                Some(format!("write `Dense({})`", extra.written))
            }
            (Datum::Whole(horizontal), [vertical]) if name == "Pad" => {
                let v = &vertical.written;
                Some(format!(
                    "write `Pad([[{v}, {v}], [{horizontal}, {horizontal}]])`"
                ))
            }
            (Datum::Whole(_), [zero]) if name == "Dropout" && zero.written == "0" => Some(format!(
                "write `Dropout(0.{})`, with a point",
                extra.written
            )),
            (Datum::Whole(_), []) if name.ends_with("Norm") => Some(format!("write `{name}`")),
            _ => None,
        }
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
        let required = self.entry.required.iter();
        required.copied().find(|name| ours.contains(name))
    }

    /// What to write for `activation = relu`.
    pub(super) fn meant_by_activation(&self, given: &Given) -> Option<String> {
        let word = given.written.trim_matches('"');
        let known = layer::names().find(|name| name.eq_ignore_ascii_case(word));
        let ours =
            known.or_else(|| alias::layer(word).filter(|ours| layer::find(ours).is_some()))?;
        Some(format!(
            "an activation is a stage of its own: write `-> {ours}` after it"
        ))
    }
}
