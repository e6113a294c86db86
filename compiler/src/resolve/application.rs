//! One use of a layer: its arguments read, its shape worked out, its node added.

use super::Resolver;
use super::scope::{Scope, snake_case};
use crate::check::{Check, Condition};
use crate::diagnostic::{Diagnostic, Place};
use crate::graph::{LayerInstance, Node};
use crate::id::{LayerId, ValueId};
use crate::layer::alias::surely;
use crate::layer::arguments::Arguments;
use crate::layer::{Entry, Inputs, Layer};
use crate::parse::tree::{Argument, Expr};
use crate::shape::{Comparison, Dim, LARGEST, Shape};
use crate::tensor::Tensor;
use crate::words::words;
use shapeflow_terms::Link;

/// A layer that is ready to be applied.
pub struct Application {
    pub layer: Box<dyn Layer>,
    /// Whether it gives the shape it takes.
    pub keeps_shape: bool,
    /// Without the names of the blocks around it.
    pub name: String,
    pub place: Place,
    pub name_place: Place,
    pub written: String,
    pub arguments: Vec<(String, Place)>,
}

impl<'a> Resolver<'a> {
    #[expect(clippy::too_many_arguments, reason = "one call, in its parts")]
    pub fn layer(
        &mut self,
        entry: &'static Entry,
        arguments: &'a [Argument],
        stage: &'a Expr,
        path: &'a Expr,
        inputs: Vec<ValueId>,
        name: Option<String>,
        scope: &mut Scope<'a>,
    ) -> Vec<ValueId> {
        let name = name.unwrap_or_else(|| self.free_name(&snake_case(entry.signature.name), scope));
        let given = self.given(arguments, scope);
        let had_broken = self.broken;
        let frames = scope.notes();
        let mut arguments = Arguments::new(
            &entry.signature,
            surely,
            stage.place,
            given,
            self.diagnostics,
            &frames,
        );
        let built = (entry.build)(&mut arguments);
        let places = arguments.places();
        let refused = arguments.has_failed();
        self.graph.assertions.append(&mut arguments.assertions);
        self.broken = had_broken || refused || built.is_err();
        let layer = match built {
            Ok(layer) => layer,
            Err(_) => return vec![self.graph.unknown(stage.place)],
        };
        if entry.inputs == Inputs::One && inputs.len() != 1 {
            let message = format!(
                "`{}` takes one value, found {}",
                entry.signature.name,
                inputs.len()
            );
            let diagnostic = Diagnostic::error("wrong-number-of-values", path.place, message)
                .help("join them before it: `-> Concat(axis = -1)`");
            self.report(diagnostic, scope);
            return vec![self.graph.unknown(stage.place)];
        }
        if entry.inputs == Inputs::Several && inputs.len() < 2 {
            let message = format!("`{}` joins several values, found one", entry.signature.name);
            let diagnostic = Diagnostic::error("wrong-number-of-values", path.place, message)
                .help(format!("write `{}`", entry.signature.example));
            self.report(diagnostic, scope);
            return inputs;
        }
        let application = Application {
            layer,
            keeps_shape: entry.keeps_shape,
            name,
            place: stage.place,
            name_place: path.place,
            written: stage.to_string(),
            arguments: places,
        };
        // With a wrong argument it isn't known where a window stands on a picture; the channels are.
        let picture = refused && entry.signature.takes("padding");
        if picture {
            self.diagnostics.mute();
        }
        let arrived: Vec<Shape> = inputs
            .iter()
            .map(|v| self.graph.shape(*v).clone())
            .collect();
        let full = format!("{}{}", scope.prefix, application.name);
        let value = self.node(application, inputs, scope);
        if picture {
            self.diagnostics.unmute();
            let channels = self.graph.shape(value).last();
            let unknown = Shape::new(vec![Dim::anything(), Dim::anything(), channels]);
            self.graph.set_shape(value, unknown);
        }
        let (shape, instance) = (self.graph.shape(value), self.graph.producer(value));
        self.facts.stage(stage, &full, &arrived, shape, instance);
        vec![value]
    }

    /// Works out the shape of an application and adds its node.
    pub fn node(
        &mut self,
        application: Application,
        inputs: Vec<ValueId>,
        scope: &mut Scope<'a>,
    ) -> ValueId {
        let Application {
            layer,
            keeps_shape,
            name,
            place,
            name_place,
            written,
            arguments,
        } = application;
        let shapes: Vec<Shape> = inputs
            .iter()
            .map(|v| self.graph.shape(*v).clone())
            .collect();
        if shapes.iter().any(Shape::is_anything) {
            return self.graph.value(Shape::anything(), place, written);
        }
        self.softmax_twice(&*layer, &inputs, name_place, scope);
        let guessed = inputs.iter().any(|v| self.graph.guessed.contains(v));
        let origins = inputs.iter().map(|v| self.graph.origin(*v)).collect();
        let mut check = Check {
            place,
            written: &written,
            arguments: &arguments,
            origins,
            diagnostics: self.diagnostics,
            assertions: &mut self.graph.assertions,
            guessed,
            frames: scope.notes(),
        };
        let shape = match layer.infer(&shapes, &mut check) {
            Ok(shape) => shape,
            Err(failed) => {
                self.broken = true;
                let value = self.graph.value(failed.instead, place, written);
                self.graph.guessed.insert(value);
                return value;
            }
        };
        let tensors = layer.tensors(&shapes);
        let flops = layer.flops(&shapes, &shape);
        if !self.fits(&shape, &tensors, &written, place, scope)
            || !self.is_countable(&flops, &written, place, scope)
        {
            return self.graph.value(Shape::anything(), place, written);
        }
        let full = format!("{}{name}", scope.prefix);
        let existing = self.graph.layer_named(&full).filter(|_| scope.shared);
        let id = match existing {
            Some(id) => {
                self.check_shared(id, &tensors, inputs.first(), place, scope);
                id
            }
            None => {
                self.graph.take(full.clone(), place.line());
                let id = self.graph.layer(LayerInstance {
                    name: full,
                    layer,
                    span: name_place.start,
                    tensors,
                    written: written.clone(),
                });
                if keeps_shape {
                    self.graph.keepers.insert(id);
                }
                id
            }
        };
        let output = self.graph.value(shape, place, written);
        if guessed {
            self.graph.guessed.insert(output);
        }
        self.graph.node(Node {
            layer: id,
            inputs,
            output,
            block: scope.block,
            recomputed: scope.recomputed,
            span: name_place.start,
        });
        output
    }

    /// Whether the sizes of a layer can be worked with; reports those that can't.
    fn fits(
        &mut self,
        shape: &Shape,
        tensors: &[Tensor],
        written: &str,
        place: Place,
        scope: &Scope<'a>,
    ) -> bool {
        let mut weights = tensors.iter().map(Tensor::len);
        if shape.size().is_too_long() || weights.any(|size| size.is_too_long()) {
            self.too_long(&format!("the size of `{written}`"), place, scope);
            return false;
        }
        let huge = |size: &Dim| size.signed().is_some_and(|n| n > i128::from(LARGEST));
        let weight = tensors.iter().find(|tensor| huge(&tensor.len()));
        let message = match weight {
            Some(weight) => words![
                format!("the `{}` of `{written}` fits no memory: ", weight.name),
                &Shape::new(weight.shape.clone())
            ],
            None if huge(&shape.size()) => {
                words![format!("the output of `{written}` fits no memory: "), shape]
            }
            None => {
                for tensor in tensors {
                    let message = words![
                        format!("the `{}` of `{written}` fits no memory: ", tensor.name),
                        &Shape::new(tensor.shape.clone())
                    ];
                    self.assert_fits(&tensor.shape, message, place, scope);
                }
                let message = words![format!("the output of `{written}` fits no memory: "), shape];
                self.assert_fits(shape.axes(), message, place, scope);
                return true;
            }
        };
        self.too_large(message, place, scope);
        false
    }

    /// Whether the operations of a layer can be counted, with those of all others; reports what can't.
    fn is_countable(
        &mut self,
        flops: &Dim,
        written: &str,
        place: Place,
        scope: &Scope<'a>,
    ) -> bool {
        /// Hours for one example; and `MOST_STAGES` times as much is below 2^64.
        const MOST_FLOPS: u64 = 1 << 51;
        let condition = Condition::AtMost(vec![flops.clone()], MOST_FLOPS);
        let message =
            format!("`{written}` would take more than 2^51 operations for a single example");
        let diagnostic = Diagnostic::error("too-large", place, message).help("write smaller sizes");
        match condition.holds() {
            Comparison::Fails => {
                self.report(diagnostic, scope);
                return false;
            }
            Comparison::Unsure if !flops.is_anything() && !flops.has_open() => {
                self.graph
                    .assert(condition, &diagnostic.notes(scope.notes()));
            }
            _ => {}
        }
        true
    }

    /// A layer that is used again has the same tensors in both places.
    fn check_shared(
        &mut self,
        id: LayerId,
        tensors: &[Tensor],
        input: Option<&ValueId>,
        place: Place,
        scope: &Scope<'a>,
    ) {
        let first = &self.graph.layers[id];
        let shape = |tensor: &Tensor| Shape::new(tensor.shape.clone());
        let mut pairs = first.tensors.iter().zip(tensors);
        let differs = pairs.find(|(a, b)| shape(a).equals(&shape(b)) != Comparison::Holds);
        let Some((a, b)) = differs else { return };
        let message = words![
            format!(
                "`{}` shares its weights, but its `{}` would be ",
                first.name, a.name
            ),
            shape(a),
            " in one place and ",
            shape(b),
            " in the other"
        ];
        let origin = input.map(|value| self.graph.origin(*value).note());
        let diagnostic = Diagnostic::error("shared-weights-differ", place, message)
            .note_if(origin)
            .help("give it the same number of features in both, or bind a second layer");
        self.report(diagnostic, scope);
    }

    /// A softmax of a softmax is never meant.
    fn softmax_twice(
        &mut self,
        layer: &dyn Layer,
        inputs: &[ValueId],
        place: Place,
        scope: &Scope<'a>,
    ) {
        let softmax = |link| matches!(link, Some(Link::Softmax | Link::LogSoftmax));
        let (true, Some(input)) = (softmax(layer.link()), inputs.first()) else {
            return;
        };
        let Some(first) = self.graph.producer(*input) else {
            return;
        };
        if softmax(first.layer.link()) {
            let message = format!(
                "`{}` after `{}`: softmax is applied twice",
                layer.kind(),
                first.layer.kind()
            );
            let diagnostic = Diagnostic::error("softmax-twice", place, message)
                .note(self.graph.origin(*input).note())
                .help("remove one of the two");
            self.report(diagnostic, scope);
        }
    }
}
