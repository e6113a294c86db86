//! Small graphs for tests, written by hand as `model!` writes them.

use shapeflow_terms::{Element, Link};

use super::*;
use crate::init::Init;

const fn tensor(name: &'static str, shape: &'static [usize], trained: bool) -> TensorInfo {
    TensorInfo {
        name,
        shape,
        element: Element::F32,
        offset: 0,
        trained,
        init: Init::Zeros,
        fan_in: 1,
        fan_out: 1,
    }
}

const fn layer(
    name: &'static str,
    kind: &'static str,
    tensors: std::ops::Range<usize>,
    block: Option<usize>,
) -> Layer {
    Layer {
        name,
        kind,
        attributes: &[],
        tensors,
        block,
    }
}

const fn node(
    layer: usize,
    inputs: &'static [usize],
    outputs: &'static [usize],
    flops: u64,
) -> Node {
    Node {
        layer,
        inputs,
        outputs,
        flops,
    }
}

const FOUR: Value = Value {
    shape: &[4],
    element: Element::F32,
};

/// `x -> dense -> r; r + (r -> Relu -> dense)`, its square, and a norm: a shared layer, a residual and a value read twice.
pub static RESIDUAL: Graph = Graph {
    name: "Residual",
    inputs: &[Input {
        name: "x",
        value: 0,
    }],
    outputs: &[Output {
        name: "output",
        value: 6,
        link: Link::Softmax,
    }],
    values: &[FOUR; 7],
    layers: &[
        Layer {
            attributes: &[
                Attribute {
                    name: "units",
                    in_place: true,
                    value: AttributeValue::Size(4),
                },
                Attribute {
                    name: "init",
                    in_place: false,
                    value: AttributeValue::Init(Init::Zeros),
                },
            ],
            ..layer("dense1", "Dense", 0..2, None)
        },
        layer("inner1.relu1", "Relu", 2..2, Some(0)),
        layer("inner1.add1", "Add", 2..2, Some(0)),
        layer("multiply1", "Multiply", 2..2, None),
        layer("batch_norm1", "BatchNorm", 2..6, None),
    ],
    nodes: &[
        node(0, &[0], &[1], 36),
        node(1, &[1], &[2], 4),
        node(0, &[2], &[3], 36),
        node(2, &[1, 3], &[4], 4),
        node(3, &[4, 4], &[5], 4),
        node(4, &[5], &[6], 12),
    ],
    blocks: &[Block {
        name: "inner1",
        kind: "Inner",
        parent: None,
    }],
    tensors: &[
        tensor("dense1.weight", &[4, 4], true),
        tensor("dense1.bias", &[4], true),
        tensor("batch_norm1.scale", &[4], true),
        tensor("batch_norm1.shift", &[4], true),
        tensor("batch_norm1.mean", &[4], false),
        tensor("batch_norm1.variance", &[4], false),
    ],
};
