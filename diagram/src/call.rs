//! A layer as people write it: its kind with its arguments, such as `Conv2d(16, 3×3, stride = 2)`.

/// How the language has an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// By its place, as in `Dense(64)`; a flag by its name alone, where it is on.
    InPlace,
    /// By its name, as an option: `stride = 2`.
    ByName,
}

/// The value of an argument, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A number or a word.
    One(String),
    /// Sizes, one for each axis or side.
    Sizes(Vec<String>),
    /// Whether something is on.
    Flag(bool),
    /// The first values of weights: never shown.
    Init,
}

/// What is left out where an option has its usual value.
enum Usual {
    /// All of them this word.
    Word(&'static str),
    /// Whatever it is: it changes neither shapes nor what is computed from what, and a bias shows in the number of parameters.
    Any,
}

/// What options usually are, by their names: then they are left out. All others are written.
const USUAL: &[(&str, Usual)] = &[
    ("stride", Usual::Word("1")),
    ("padding", Usual::Word("0")),
    ("output_padding", Usual::Word("0")),
    ("dilation", Usual::Word("1")),
    ("groups", Usual::Word("1")),
    ("bias", Usual::Any),
    ("momentum", Usual::Any),
    ("epsilon", Usual::Any),
    ("offset", Usual::Word("0")),
];

/// `kind` with `arguments`, given with their names and how they are written, in the order of the language. What an option usually is, is left out.
///
/// ```
/// use shapeflow_diagram::Written::{ByName, InPlace};
/// use shapeflow_diagram::{Argument, call};
///
/// let sizes = |sizes: [u32; 2]| Argument::Sizes(sizes.map(|size| size.to_string()).to_vec());
/// let arguments = [
///     ("filters", InPlace, Argument::One("16".to_owned())),
///     ("kernel", InPlace, sizes([3, 3])),
///     ("stride", ByName, sizes([2, 2])),
///     ("dilation", ByName, sizes([1, 1])),
///     ("bias", ByName, Argument::Flag(false)),
///     ("init", ByName, Argument::Init),
/// ];
/// assert_eq!(call("Conv2d", &arguments), "Conv2d(16, 3×3, stride = 2)");
/// assert_eq!(call("Relu", &[]), "Relu");
/// ```
pub fn call(kind: &str, arguments: &[(&str, Written, Argument)]) -> String {
    let arguments = arguments.iter().filter_map(|(name, how, value)| {
        let usual = USUAL.iter().find(|(option, _)| option == name);
        let named = *how == Written::ByName;
        match usual {
            Some((_, usual)) if named && is_usual(value, usual) => None,
            _ => written(name, value, named),
        }
    });
    let arguments: Vec<String> = arguments.collect();
    match arguments.is_empty() {
        true => kind.to_owned(),
        false => format!("{kind}({})", arguments.join(", ")),
    }
}

fn is_usual(value: &Argument, usual: &Usual) -> bool {
    match (usual, value) {
        (Usual::Any, _) => true,
        (Usual::Word(usual), Argument::One(word)) => word == usual,
        (Usual::Word(usual), Argument::Sizes(sizes)) => sizes.iter().all(|size| size == usual),
        _ => false,
    }
}

fn written(name: &str, value: &Argument, named: bool) -> Option<String> {
    let text = match value {
        Argument::Init => return None,
        Argument::Flag(true) if !named => return Some(name.to_owned()),
        Argument::Flag(false) if !named => return None,
        Argument::Flag(flag) => flag.to_string(),
        Argument::One(text) => text.clone(),
        Argument::Sizes(sizes) => match &sizes[..] {
            [first, others @ ..]
                if (named || sizes.len() == 4) && others.iter().all(|other| other == first) =>
            {
                first.clone()
            }
            // The four sides of a picture.
            [_, _, _, _] => format!("({})", sizes.join(", ")),
            _ => sizes.join("×"),
        },
    };
    Some(match named {
        true => format!("{name} = {text}"),
        false => text,
    })
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Written::{ByName, InPlace};
    use super::*;

    #[test]
    fn options_have_names_and_flags_stand_alone() {
        let one = |text: &str| Argument::One(text.to_owned());
        assert_eq!(
            call("Concat", &[("axis", ByName, one("-1"))]),
            "Concat(axis = -1)"
        );
        let attention = [
            ("heads", InPlace, one("6")),
            ("causal", InPlace, Argument::Flag(true)),
            ("bias", ByName, Argument::Flag(true)),
        ];
        assert_eq!(call("Attention", &attention), "Attention(6, causal)");
        assert_eq!(
            call(
                "GroupNorm",
                &[
                    ("groups", InPlace, one("8")),
                    ("epsilon", ByName, one("0.001"))
                ]
            ),
            "GroupNorm(8)"
        );
    }

    #[test]
    fn equal_sides_are_written_once() {
        let sizes = |sizes: &[usize]| Argument::Sizes(sizes.iter().map(usize::to_string).collect());
        assert_eq!(
            call("Pool", &[("padding", ByName, sizes(&[1, 1, 1, 1]))]),
            "Pool(padding = 1)"
        );
        assert_eq!(
            call("Pad", &[("padding", InPlace, sizes(&[0, 1, 0, 1]))]),
            "Pad((0, 1, 0, 1))"
        );
        assert_eq!(
            call(
                "Conv2d",
                &[
                    ("kernel", InPlace, sizes(&[1, 7])),
                    ("padding", ByName, sizes(&[0; 4]))
                ]
            ),
            "Conv2d(1×7)"
        );
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(315_722), "315,722");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
