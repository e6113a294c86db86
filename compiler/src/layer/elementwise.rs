//! `a + b`, `a - b`, `a * b` with NumPy's broadcasting, and `0.5 * a`.

use super::Layer;
use super::lower::{Lower, Role, Takes};
use crate::attribute::{Attribute, Attributes};
use crate::check::{Check, Failed};
use crate::diagnostic::Reported;
use crate::id::SpecId;
use crate::parse::tree::Operator;
use crate::shape::{Comparison, Dim, Number, Shape, broadcast};
use crate::step::{Argument, At, Field, arguments};
use crate::words::{Words, words};

/// Two values, element by element.
#[derive(Debug)]
pub struct Elementwise {
    pub(crate) operation: Operation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
}

impl Operation {
    /// None for a division, which is for dimensions only.
    pub fn new(operator: Operator) -> Option<Operation> {
        match operator {
            Operator::Add => Some(Operation::Add),
            Operator::Subtract => Some(Operation::Subtract),
            Operator::Multiply => Some(Operation::Multiply),
            Operator::Divide => None,
        }
    }

    fn sign(self) -> char {
        match self {
            Operation::Add => '+',
            Operation::Subtract => '-',
            Operation::Multiply => '*',
        }
    }
}

impl Layer for Elementwise {
    fn kind(&self) -> &'static str {
        match self.operation {
            Operation::Add => "Add",
            Operation::Subtract => "Subtract",
            Operation::Multiply => "Multiply",
        }
    }

    fn infer(&self, inputs: &[Shape], at: &mut Check<'_>) -> Result<Shape, Failed> {
        let (a, b) = (&inputs[0], &inputs[1]);
        let (shape, unsure) = match broadcast(a, b) {
            Ok(result) => result,
            Err((from_end, x, y)) => {
                let reported = self.mismatch(a, b, from_end, &x, &y, at);
                return Err(reported.instead(common(a, b)));
            }
        };
        for (x, y) in unsure {
            at.equal(&x, &y, |at| {
                let message = words![
                    format!(
                        "`{}` wants values of the same shape, found ",
                        self.operation.sign()
                    ),
                    a,
                    " and ",
                    b
                ];
                at.error("shapes-differ", message)
                    .note_if(at.origin(1))
                    .help(words![&x, " and ", &y, " must be equal"])
            })?;
        }
        Ok(shape)
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size()
    }
}

impl Elementwise {
    fn mismatch(
        &self,
        a: &Shape,
        b: &Shape,
        from_end: usize,
        x: &Dim,
        y: &Dim,
        at: &mut Check<'_>,
    ) -> Reported {
        let message = words![
            format!(
                "`{}` wants values of the same shape, found ",
                self.operation.sign()
            ),
            a,
            " and ",
            b
        ];
        let error = at
            .error("shapes-differ", message)
            .note_if(at.origin(1))
            .help(residual_help(a, b, from_end, x, y, at));
        at.report(error)
    }
}

/// What two shapes have in common: `?` where they differ.
fn common(a: &Shape, b: &Shape) -> Shape {
    let (longer, shorter) = if a.rank() >= b.rank() { (a, b) } else { (b, a) };
    let mut axes = longer.axes().to_vec();
    for (axis, other) in axes.iter_mut().rev().zip(shorter.axes().iter().rev()) {
        if axis != other {
            *axis = Dim::anything();
        }
    }
    Shape::new(axes)
}

/// Which of the two to change, and how: the usual ways in which a residual differs.
fn residual_help(a: &Shape, b: &Shape, from_end: usize, x: &Dim, y: &Dim, at: &Check<'_>) -> Words {
    let name = |index: usize| {
        at.origins
            .get(index)
            .map_or("it".to_owned(), |o| format!("`{}`", o.written))
    };
    if a.rank() != 3 || b.rank() != 3 {
        return words![
            format!("axis {from_end} from the end differs: "),
            x,
            " and ",
            y,
            "; sizes must be equal, or one of them 1"
        ];
    }
    let (Some(wide), Some(narrow)) = (x.known(), y.known()) else {
        return words![x, " and ", y, " must be equal, or one of them 1"];
    };
    // Rows and columns differ in the same way, or only the channels do.
    if from_end == 1 {
        return words![format!(
            "insert `-> Conv2d({wide}, 1x1)` after {}, so that both have {wide} channels",
            name(1)
        )];
    }
    let (larger, smaller, index) = match wide > narrow {
        true => (wide, narrow, 0),
        false => (narrow, wide, 1),
    };
    let channels = if index == 0 { b.last() } else { a.last() };
    if smaller > 0 && larger.div_ceil(2) == smaller {
        return words![
            format!("give {} `-> Conv2d(", name(index)),
            channels,
            ", 1x1, stride = 2)`, so that both are ",
            y.known().unwrap_or(0).min(wide).to_string(),
            " pixels high"
        ];
    }
    words![
        "one convolution shrank the picture: write `padding = same` in it, so that ",
        smaller.to_string(),
        " becomes ",
        larger.to_string()
    ]
}

/// `factor * x + offset`.
#[derive(Debug)]
pub struct Scale {
    pub(crate) factor: Number,
    pub(crate) offset: Number,
}

impl Layer for Scale {
    fn kind(&self) -> &'static str {
        "Scale"
    }

    fn infer(&self, inputs: &[Shape], _at: &mut Check<'_>) -> Result<Shape, Failed> {
        Ok(inputs[0].clone())
    }

    fn attributes(&self, _inputs: &[Shape]) -> Attributes {
        vec![
            ("factor", Attribute::Number(self.factor.clone())),
            ("offset", Attribute::Number(self.offset.clone())),
        ]
    }

    fn flops(&self, _inputs: &[Shape], output: &Shape) -> Dim {
        output.size()
    }
}

impl Lower for Elementwise {
    fn role(&self) -> Role {
        match self.operation {
            Operation::Add => Role::Sum,
            Operation::Subtract | Operation::Multiply => Role::Work,
        }
    }

    fn takes(&self) -> Takes {
        Takes {
            activation: true,
            ..Takes::default()
        }
    }

    fn forward(&self, at: &mut At<'_>) {
        let (spec, way) = (self.spec(at), self.way());
        let (a, b, y) = (at.input(0), at.input(1), at.output());
        let activation = at.fused_activation();
        let draft = at.chunk("").read("a", a).read("b", b).write("y", y);
        let arguments = arguments![way, spec, Argument::Examples, "a", "b", "y"];
        match activation {
            None => draft.call("elementwise", "forward", arguments),
            Some(activation) => draft.then("elementwise", "forward", arguments).call(
                "activation",
                "forward_in_place",
                arguments![activation, "y"],
            ),
        }
    }

    fn backward(&self, at: &mut At<'_>) {
        let (spec, way) = (self.spec(at), self.way());
        let (a, b, dy) = (at.input(0), at.input(1), at.output_gradient());
        for (index, function) in ["backward_left", "backward_right"].into_iter().enumerate() {
            let passes = index == 0 || self.operation == Operation::Add;
            let same = at.input_shape(index).equals(at.output_shape()) == Comparison::Holds;
            if passes && same && self.operation != Operation::Multiply {
                at.pass_gradient(index);
                continue;
            }
            let way = way.clone();
            at.input_gradient(index, true, |at, dx, accumulate| {
                at.chunk("input gradient")
                    .read("a", a)
                    .read("b", b)
                    .read("dy", dy)
                    .put("dx", dx, accumulate)
                    .call(
                        "elementwise",
                        function,
                        arguments![
                            way,
                            spec,
                            Argument::Examples,
                            "a",
                            "b",
                            "dy",
                            "dx",
                            accumulate
                        ],
                    );
            });
        }
    }
}

impl Elementwise {
    /// The description of its sizes.
    fn spec(&self, at: &mut At<'_>) -> SpecId {
        let (left, right) = (at.input_shape(0).clone(), at.input_shape(1).clone());
        let arguments = vec![Field::Shape(left), Field::Shape(right)];
        at.spec("elementwise", "Broadcast", arguments)
    }

    /// What is done with the two numbers.
    fn way(&self) -> Argument {
        let variant = match self.operation {
            Operation::Add => "Add",
            Operation::Subtract => "Subtract",
            Operation::Multiply => "Multiply",
        };
        Argument::Way("Operation", variant)
    }
}

impl Lower for Scale {
    fn forward(&self, at: &mut At<'_>) {
        let (x, y) = (at.input(0), at.output());
        at.chunk("").read("x", x).write("y", y).call(
            "elementwise",
            "affine",
            arguments![&self.factor, &self.offset, "x", "y"],
        );
    }

    fn backward(&self, at: &mut At<'_>) {
        let dy = at.output_gradient();
        at.input_gradient(0, false, |at, dx, _| {
            at.chunk("input gradient")
                .read("dy", dy)
                .write("dx", dx)
                .call("elementwise", "scale", arguments![&self.factor, "dy", "dx"]);
        });
    }
}
