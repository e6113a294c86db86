//! What a layer says of its tensors: names, shapes and how their values begin.

use shapeflow_terms::{Element, Init};

use crate::shape::{Dim, Number};

/// A tensor of a layer: trained, or state such as running statistics.
#[derive(Clone, Debug)]
pub struct Tensor {
    pub name: &'static str,
    pub shape: Vec<Dim>,
    pub element: Element,
    pub init: Initial,
    /// Whether training changes it by gradients; if not, it is state.
    pub trained: bool,
}

/// How the values of a tensor begin.
#[derive(Clone, Debug)]
pub struct Initial {
    pub rule: Init<Number>,
    /// Inputs that feed one output, for the scale of the values.
    pub fan_in: Dim,
    /// Outputs fed by one input.
    pub fan_out: Dim,
}

impl Initial {
    /// With the number of inputs and outputs that each weight connects.
    pub fn with_fans(rule: &Init<Number>, fan_in: Dim, fan_out: Dim) -> Initial {
        Initial {
            rule: rule.clone(),
            fan_in,
            fan_out,
        }
    }

    /// For tensors to which fans mean nothing.
    pub fn plain(rule: &Init<Number>) -> Initial {
        Initial::with_fans(rule, Dim::new(1), Dim::new(1))
    }
}

impl Tensor {
    /// A trained tensor of floating-point numbers.
    pub fn trained(name: &'static str, shape: Vec<Dim>, init: Initial) -> Tensor {
        Tensor {
            name,
            shape,
            element: Element::F32,
            init,
            trained: true,
        }
    }

    /// A tensor that training changes otherwise than by gradients.
    pub fn state(name: &'static str, shape: Vec<Dim>, init: Initial) -> Tensor {
        Tensor {
            trained: false,
            ..Tensor::trained(name, shape, init)
        }
    }

    /// The number of its elements.
    pub fn len(&self) -> Dim {
        Dim::product(&self.shape)
    }
}

/// The bias of a layer with so many outputs.
pub fn bias(outputs: &Dim, rule: &Init<Number>) -> Tensor {
    Tensor::trained("bias", vec![outputs.clone()], Initial::plain(rule))
}
