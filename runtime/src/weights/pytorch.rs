//! Where the tensors of a model stand in a file of PyTorch's.

use std::rc::Rc;

use super::source::Source;
use crate::graph::{AttributeValue, Graph, Layer, Node, TensorInfo, product};

/// The order in which the features of a value lie here, against PyTorch.
#[derive(Clone, PartialEq)]
enum Order {
    /// The same; or a picture, channels last here and first there.
    Same,
    /// Our feature `i` is PyTorch's feature number `[i]`.
    Moved(Rc<[usize]>),
    /// It depends on how the network was written, since the layer of this name.
    Unknown(&'static str),
}

/// For each tensor of the model, in order, where its values stand; `epsilon` is that of all norms, PyTorch's own without. The reason
/// where that can't be known.
pub(super) fn sources(graph: &'static Graph, epsilon: Option<f32>) -> Result<Vec<Source>, String> {
    let orders = orders(graph)?;
    let mut sources = Vec::new();
    for (number, layer) in graph.layers.iter().enumerate() {
        check_epsilon(layer, epsilon)?;
        let mut read = graph
            .uses(number)
            .map(|node| &orders[graph.nodes[node].inputs[0]]);
        let order = read.next().unwrap_or(&Order::Same);
        if read.any(|other| other != order) {
            return Err(format!(
                "`{}` is used with features in different orders",
                layer.name
            ));
        }
        for info in graph.tensors_of(layer) {
            sources.push(source(layer, info, order)?);
        }
    }
    Ok(sources)
}

/// Whether a tensor of a file is one that PyTorch has and Shapeflow doesn't need.
pub(super) fn is_unneeded(graph: &Graph, name: &str) -> bool {
    let layer = name.strip_suffix(".num_batches_tracked");
    let mut layers = graph.layers.iter();
    layer.is_some_and(|name| layers.any(|layer| layer.name == name && layer.kind == "BatchNorm"))
}

/// PyTorch's name for a tensor, and which of our axes each of its axes is.
fn told(kind: &str, tensor: &str) -> Option<(&'static str, &'static [usize])> {
    Some(match (kind, tensor) {
        ("Dense", "weight") => ("weight", &[1, 0]),
        ("Conv2d", "weight") => ("weight", &[3, 2, 0, 1]),
        ("ConvTranspose2d", "weight") => ("weight", &[2, 3, 0, 1]),
        ("Dense" | "Conv2d" | "ConvTranspose2d", "bias") => ("bias", &[0]),
        ("BatchNorm" | "LayerNorm" | "GroupNorm" | "RmsNorm", "scale") => ("weight", &[0]),
        ("BatchNorm" | "LayerNorm" | "GroupNorm", "shift") => ("bias", &[0]),
        ("BatchNorm", "running_mean") => ("running_mean", &[0]),
        ("BatchNorm", "running_variance") => ("running_var", &[0]),
        _ => return None,
    })
}

fn source(layer: &Layer, info: &'static TensorInfo, order: &Order) -> Result<Source, String> {
    let tensor = info.name.rsplit('.').next().unwrap_or(info.name);
    let Some((name, axes)) = told(layer.kind, tensor) else {
        return Err(format!(
            "how PyTorch lays out `{}` of `{}` isn't known here",
            info.name, layer.kind
        ));
    };
    let source = Source::permuted(info, format!("{}.{name}", layer.name), axes);
    // The bias of a product belongs to what comes out of it.
    let of_input = layer.kind != "Dense" || tensor == "weight";
    match order {
        Order::Moved(_) if of_input && layer.kind == "GroupNorm" => Err(format!(
            "`{}` groups the features of a flattened picture, which lie in another order there",
            layer.name
        )),
        Order::Moved(order) if of_input => Ok(source.with_rows(Rc::clone(order))),
        Order::Unknown(at) => Err(format!(
            "in which order PyTorch has the values that `{}` reads can't be known after `{at}`: bring its tensors into the order of this \
             model yourself, and load them with `Layout::Shapeflow`",
            layer.name
        )),
        _ => Ok(source),
    }
}

fn check_epsilon(layer: &Layer, epsilon: Option<f32>) -> Result<(), String> {
    let Some(AttributeValue::Number(found)) = layer.attribute("epsilon") else {
        return Ok(());
    };
    let expected = epsilon.unwrap_or(match layer.kind {
        "RmsNorm" => f32::EPSILON,
        _ => 1e-5,
    });
    if found == expected {
        return Ok(());
    }
    let (name, kind) = (layer.name, layer.kind);
    Err(match epsilon {
        None => format!(
            "`{name}` has an epsilon of {found:?}, PyTorch's is {expected:?} where it isn't said otherwise, and the file doesn't hold it: \
             write `{kind}(epsilon = {expected:?})`, or, if the network was trained with another one, load with \
             `Layout::PyTorchEpsilon(..)`"
        ),
        Some(_) => format!(
            "`{name}` has an epsilon of {found:?}, but {expected:?} was given: write `{kind}(epsilon = {expected:?})`"
        ),
    })
}

/// The order of each value.
fn orders(graph: &'static Graph) -> Result<Vec<Order>, String> {
    let mut orders = vec![Order::Same; graph.values.len()];
    for node in graph.nodes {
        let order = after(graph, node, &orders)?;
        for &output in node.outputs {
            orders[output] = order.clone();
        }
    }
    Ok(orders)
}

/// The order of what a node makes.
fn after(graph: &'static Graph, node: &Node, orders: &[Order]) -> Result<Order, String> {
    let name = graph.layer(node).name;
    let shape = |value: &usize| graph.values[*value].shape;
    let read: Vec<&Order> = node.inputs.iter().map(|&input| &orders[input]).collect();
    let (first, to) = (shape(&node.inputs[0]), shape(&node.outputs[0]));
    if let Some(unknown) = read.iter().find(|order| matches!(order, Order::Unknown(_))) {
        return Ok((*unknown).clone());
    }
    let same = read.iter().all(|order| **order == Order::Same);
    let kept = |rank| first.len() <= rank && to.len() <= rank && same;
    Ok(match graph.layer(node).kind {
        "Dense" => Order::Same,
        "Flatten" => match *first {
            [height, width, channels] if height * width > 1 && channels > 1 => {
                Order::Moved(channels_first(height * width, channels))
            }
            [_, _, _] | [_, _] | [_] => read[0].clone(),
            _ => Order::Unknown(name),
        },
        "Reshape" if without_ones(first).eq(without_ones(to)) => read[0].clone(),
        "Reshape" if kept(2) || same && first.last() == to.last() => Order::Same,
        "Reshape" if to.len() > 2 => {
            return Err(format!(
                "`{name}` makes a picture of values of which PyTorch has another order: bring the tensors before it into the order of \
                 this model yourself, and load them with `Layout::Shapeflow`"
            ));
        }
        "Permute" if kept(2) => Order::Same,
        "Reshape" | "Permute" => Order::Unknown(name),
        "Concat" if to.len() == 1 && !same => {
            let (mut joined, mut before) = (Vec::new(), 0);
            for (input, order) in node.inputs.iter().zip(&read) {
                let len = product(shape(input));
                joined.extend((0..len).map(|i| match order {
                    Order::Moved(moved) => before + moved[i],
                    _ => before + i,
                }));
                before += len;
            }
            Order::Moved(joined.into())
        }
        _ if same => Order::Same,
        _ => {
            // Element by element: all must lie in one order, but for single numbers.
            let several = node.inputs.iter().zip(&read);
            let mut several = several.filter(|(input, _)| product(shape(input)) > 1);
            let order = several.next().map_or(read[0], |(_, order)| order);
            if to.len() != 1 || to != first || several.any(|(_, other)| other != &order) {
                return Err(format!(
                    "`{name}` takes values of which some come from a flattened picture, and lie in another order in PyTorch: bring \
                     the tensors before it into the order of this model yourself, and load them with `Layout::Shapeflow`"
                ));
            }
            order.clone()
        }
    })
}

/// For a flattened picture with its channels last, where each value stands when they come first.
fn channels_first(pixels: usize, channels: usize) -> Rc<[usize]> {
    let value = |i: usize| i % channels * pixels + i / channels;
    (0..pixels * channels).map(value).collect()
}

fn without_ones(shape: &[usize]) -> impl Iterator<Item = usize> {
    shape.iter().copied().filter(|&axis| axis != 1)
}
