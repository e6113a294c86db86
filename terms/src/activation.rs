//! The list of activations.

/// Hands the list of activations to the macro `$callback`, after the tokens `$before`: a line for each with the module of its
/// vector function, its name with the name of its number, whether its derivative is computed from what comes out (`output`) or
/// what goes in (`input`), and its formula. [`Activation`] is made from it, and the runtime's table of vector functions.
#[macro_export]
macro_rules! activations {
    ($callback:ident! $($before:tt)*) => {
        $callback! {
            $($before)*
            relu: Relu, output, "`max(x, 0)`";
            relu6: Relu6, output, "`min(max(x, 0), 6)`";
            leaky_relu: LeakyRelu(slope), output, "`x` where positive, `slope * x` elsewhere.";
            elu: Elu(alpha), output, "`x` where positive, `alpha * (exp(x) - 1)` elsewhere.";
            gelu: Gelu, input, "`x * Φ(x)`, `Φ` the normal distribution function (exact, through `erf`).";
            gelu_tanh: GeluTanh, input, "`x / 2 * (1 + tanh(√(2/π) * (x + 0.044715 x³)))`";
            silu: Silu, input, "`x * sigmoid(x)`";
            mish: Mish, input, "`x * tanh(ln(1 + exp(x)))`";
            hard_swish: HardSwish, input, "`x * min(max(x + 3, 0), 6) / 6`";
            hard_sigmoid: HardSigmoid, output, "`min(max(x + 3, 0), 6) / 6`";
            sigmoid: Sigmoid, output, "`1 / (1 + exp(-x))`";
            tanh: Tanh, output, "`tanh(x)`";
            softplus: Softplus, output, "`ln(1 + exp(x))`";
        }
    };
}

macro_rules! define {
    ($($module:ident: $name:ident $(($number:ident))?, $saved:ident, $formula:literal;)*) => {
        /// An element-wise function after a layer, fused into its last pass where that pays; its number is of type `N`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Activation<N = f32> {
            /// `x`
            Identity,
            $(
                #[doc = $formula]
                $name $((#[doc = stringify!($number)] N))?,
            )*
        }

        impl<N> Activation<N> {
            /// The name of the variant, for code that is printed: `LeakyRelu`.
            pub const fn variant(&self) -> &'static str {
                match self {
                    Activation::Identity => "Identity",
                    $(Activation::$name { .. } => stringify!($name),)*
                }
            }

            /// Its number, if it has one.
            pub const fn number(&self) -> Option<&N> {
                match self {
                    Activation::Identity => None,
                    $(Activation::$name $(($number))? => optional!($($number)?),)*
                }
            }

            /// Whether the derivative is computed from the output `y` (else from the input `x`), which then is all that
            /// the forward pass has to keep.
            pub const fn saves_output(&self) -> bool {
                match self {
                    Activation::Identity => true,
                    $(Activation::$name { .. } => saves_output!($saved),)*
                }
            }
        }
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($number:ident) => {
        Some($number)
    };
}

macro_rules! saves_output {
    (output) => {
        true
    };
    (input) => {
        false
    };
}

activations!(define!);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_those_of_the_list() {
        assert_eq!(Activation::LeakyRelu(0.5).number(), Some(&0.5));
        assert_eq!(Activation::<f32>::Relu.number(), None);
        assert_eq!(Activation::Elu(1.0).variant(), "Elu");
        assert!(Activation::<f32>::Tanh.saves_output());
        assert!(!Activation::<f32>::Gelu.saves_output());
    }
}
