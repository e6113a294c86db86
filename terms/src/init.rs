//! How the values of a tensor begin.

/// Defines [`Init`] and what is known of each of its variants from one list: the word of the language, the variant with the names
/// of its numbers, and its meaning.
macro_rules! inits {
    ($($word:literal: $variant:ident $(($($number:ident),+))?, $meaning:literal;)*) => {
        /// How a tensor's first values are drawn, with numbers of type `N`.
        ///
        /// As in Keras, the `..Normal` initialisers that scale with the fans, and `TruncatedNormal`, draw no value beyond two
        /// standard deviations.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Init<N = f32> {
            $(
                #[doc = $meaning]
                $variant $(($(#[doc = stringify!($number)] N),+))?,
            )*
        }

        impl<N> Init<N> {
            /// The words of the language with their meanings, in the order in which messages name them.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($word, $meaning)),*];

            /// The initialiser of a word with its numbers; `None` for another word, or more or fewer numbers.
            pub fn new(word: &str, numbers: &[N]) -> Option<Init<N>>
            where
                N: Clone,
            {
                match (word, numbers) {
                    $(($word, [$($($number),+)?]) => Some(Init::$variant $(($($number.clone()),+))?),)*
                    _ => None,
                }
            }

            /// The name of the variant, for code that is printed: `HeNormal`.
            pub const fn variant(&self) -> &'static str {
                match self {
                    $(Init::$variant { .. } => stringify!($variant),)*
                }
            }

            /// Its word in the language: `he_normal`.
            pub const fn word(&self) -> &'static str {
                match self {
                    $(Init::$variant { .. } => $word,)*
                }
            }

            /// Its numbers, in order.
            pub fn numbers(&self) -> impl Iterator<Item = &N> {
                let numbers: [Option<&N>; 2] = match self {
                    $(Init::$variant $(($($number),+))? => pair([$($(Some($number)),+)?]),)*
                };
                numbers.into_iter().flatten()
            }
        }
    };
}

inits! {
    "glorot_uniform": GlorotUniform, "Uniform within `sqrt(6 / (fan_in + fan_out))` of 0 (Glorot and Bengio 2010): Keras' default.";
    "glorot_normal": GlorotNormal, "Truncated normal with variance `2 / (fan_in + fan_out)`.";
    "he_uniform": HeUniform, "Uniform within `sqrt(6 / fan_in)` of 0 (He et al. 2015).";
    "he_normal": HeNormal, "Truncated normal with variance `2 / fan_in`.";
    "lecun_uniform": LecunUniform, "Uniform within `sqrt(3 / fan_in)` of 0 (LeCun et al. 1998).";
    "lecun_normal": LecunNormal, "Truncated normal with variance `1 / fan_in`.";
    "zeros": Zeros, "All 0.";
    "ones": Ones, "All 1.";
    "uniform": Uniform(low, high), "Uniform between two numbers: `uniform(-0.05, 0.05)`.";
    "normal": Normal(deviation), "Normal with this standard deviation: `normal(0.05)`.";
    "truncated_normal": TruncatedNormal(deviation), "Normal, drawn again beyond two standard deviations: `truncated_normal(0.05)`.";
    "orthogonal": Orthogonal(gain), "At right angles, and of this length, the weights of each output or of each input: `orthogonal(1.0)` (Saxe et al. 2014).";
    "constant": Constant(value), "All this number: `constant(0.5)`.";
}

/// As many as there are, and nothing for the rest.
fn pair<T: Copy, const N: usize>(some: [Option<T>; N]) -> [Option<T>; 2] {
    let mut pair = [None; 2];
    pair[..N].copy_from_slice(&some);
    pair
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_its_numbers_is_an_initialiser() {
        for (word, _) in Init::<f32>::WORDS {
            let counts = [&[][..], &[0.5], &[0.5, 1.5]];
            let mut made = counts
                .into_iter()
                .filter_map(|numbers| Init::new(word, numbers));
            assert_eq!(made.next().map(|init| init.word()), Some(*word));
            assert!(
                made.next().is_none(),
                "{word} takes so many numbers and no others"
            );
        }
        assert_eq!(
            Init::new("uniform", &[-1.0, 2.0]),
            Some(Init::Uniform(-1.0, 2.0))
        );
        assert_eq!(Init::new("uniform", &[-1.0]), None);
        assert_eq!(Init::new("zeros", &[0.0]), None);
    }

    #[test]
    fn numbers_stand_in_order() {
        assert!(Init::Uniform(-1.0, 2.0).numbers().eq(&[-1.0, 2.0]));
        assert!(Init::Normal(0.5).numbers().eq(&[0.5]));
        assert_eq!(Init::<f32>::HeNormal.numbers().count(), 0);
        assert_eq!(Init::Constant(1.0).variant(), "Constant");
        assert_eq!(Init::<f32>::LecunUniform.word(), "lecun_uniform");
    }
}
