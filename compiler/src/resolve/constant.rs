//! Numbers and dimensions: expressions over literals, consts, dimension names and parameters.

use super::Resolver;
use super::division::{Operated, operate};
use super::scope::Scope;
use crate::check::Condition;
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::layer::arguments::{Datum, rounded};
use crate::parse::tree::{Expr, ExprKind, ShapeExpr};
use crate::shape::{Comparison, Dim, LARGEST, Number, Shape};
use crate::words::{Words, words};

/// More axes than this are refused, as by the kernels.
const MOST_AXES: usize = 6;

impl<'a> Resolver<'a> {
    /// A shape of which nothing can be said, since the parser reported it.
    pub fn unreadable(&mut self) -> Shape {
        self.broken = true;
        Shape::anything()
    }

    /// `[H / 2, W / 2, 2 * C]`
    pub fn shape(&mut self, shape: &ShapeExpr, scope: &mut Scope<'a>) -> Shape {
        if shape.axes.len() > MOST_AXES {
            let message = format!(
                "a shape has at most {MOST_AXES} axes, found {}",
                shape.axes.len()
            );
            let help = with_fewer_axes(shape).map(Into::into);
            let diagnostic = Diagnostic::error("too-many-axes", shape.place, message).help_if(help);
            self.report(diagnostic, scope);
            return Shape::anything();
        }
        let axes = shape.axes.iter().map(|axis| self.axis(axis, scope));
        let mut axes: Vec<Dim> = axes.collect();
        // A batch that was written, and reported.
        let batch = shape.axes.first().map(ToString::to_string);
        if matches!(batch.as_deref(), Some("None" | "-1")) {
            axes.remove(0);
        }
        let result = Shape::new(axes);
        if result
            .size()
            .signed()
            .is_some_and(|n| n > i128::from(LARGEST))
        {
            let message = words!["a value of shape ", &result, " fits no memory"];
            self.too_large(message, shape.place, scope);
            return Shape::new(vec![Dim::anything(); shape.axes.len()]);
        }
        result
    }

    /// Axes that only rustc knows have at least 1 element, and all of them together can be addressed.
    pub fn assert_not_empty(&mut self, shape: &Shape, place: Place, scope: &Scope<'a>) {
        let message = words!["a value of shape ", shape, " fits no memory"];
        self.assert_fits(shape.axes(), message, place, scope);
        for dim in shape.axes() {
            if dim.at_least(&Dim::new(1)) == Comparison::Unsure {
                let message = words!["an axis has at least 1 element, found ", dim];
                let diagnostic = Diagnostic::error("empty-axis", place, message);
                let condition = Condition::AtLeast(dim.clone(), Dim::new(1));
                self.graph.assert(condition, &diagnostic);
            }
        }
    }

    fn axis(&mut self, axis: &Expr, scope: &mut Scope<'a>) -> Dim {
        let dim = self.dim(axis, scope);
        if dim.is_zero() || dim.is_out_of_range() {
            let message = words!["an axis has at least 1 element, found ", &dim];
            let diagnostic = Diagnostic::error("empty-axis", axis.place, message).help(
                match dim.is_negative() {
                    true => "leave it out: the batch is never written",
                    false => "write a size of at least 1; the batch isn't written",
                },
            );
            self.report(diagnostic, scope);
            return Dim::anything();
        }
        dim
    }

    /// A whole number, known or not.
    pub fn dim(&mut self, expr: &Expr, scope: &mut Scope<'a>) -> Dim {
        let datum = self.datum(expr, scope);
        if let Some(dim) = datum.dim() {
            if dim.is_too_long() {
                self.too_long("this number", expr.place, scope);
                return Dim::anything();
            }
            return dim;
        }
        match &datum {
            Datum::Word(word) => {
                let known = scope.bindings().iter().map(|b| b.name.as_str());
                let consts = self.module.consts.iter().map(|c| c.name.to_string());
                let consts: Vec<String> = consts.collect();
                let all = known.chain(consts.iter().map(String::as_str));
                let help = nearest(word, all)
                    .map(|near| format!("did you mean `{near}`?"))
                    .unwrap_or_else(|| {
                        let name = &scope.definition.name;
                        match self.module.blocks.iter().any(|block| block.name == *name) {
                            true => format!("add it: `block {name}<{word}>(..)`"),
                            false => format!(
                                "write a number, or `const {0}: usize = 64;` above the struct and `{0}` here",
                                word.to_uppercase()
                            ),
                        }
                    });
                let message = format!("there is no dimension `{word}` here");
                let diagnostic =
                    Diagnostic::error("unknown-dimension", expr.place, message).help(help);
                self.report(diagnostic, scope);
            }
            _ => {
                let message = format!("expected a whole number, found `{expr}`");
                let help = rounded(&datum, &expr.to_string()).map(Into::into);
                let diagnostic =
                    Diagnostic::error("not-a-dimension", expr.place, message).help_if(help);
                self.report(diagnostic, scope);
            }
        }
        Dim::anything()
    }

    /// Works out an argument as far as it goes without knowing what it is for.
    pub fn datum(&mut self, expr: &Expr, scope: &mut Scope<'a>) -> Datum {
        match &expr.kind {
            ExprKind::Broken => {
                self.broken = true;
                Datum::Broken
            }
            ExprKind::Whole(number) => Datum::Whole(Dim::new(*number)),
            ExprKind::Real(number) => Datum::Real(Number::new(*number)),
            ExprKind::Text(text) => Datum::Text(text.clone()),
            ExprKind::Paren(inner) => self.datum(inner, scope),
            ExprKind::Path { text, tokens } => self.name(text, tokens, expr, scope),
            ExprKind::Kernel(height, width) => {
                let (height, width) = (self.dim(height, scope), self.dim(width, scope));
                Datum::Pair(height, width)
            }
            ExprKind::List(items) => {
                Datum::List(items.iter().map(|item| self.datum(item, scope)).collect())
            }
            ExprKind::Tuple(items) => {
                Datum::Tuple(items.iter().map(|item| self.datum(item, scope)).collect())
            }
            ExprKind::Negative(inner) => match self.datum(inner, scope) {
                Datum::Broken => Datum::Broken,
                Datum::Whole(dim) => Datum::Whole(Dim::new(0).minus(&dim)),
                other => match other.number() {
                    Some(number) => Datum::Real(Number::new(0.0).combine('-', &number)),
                    None => self.not_a_number(expr, scope),
                },
            },
            ExprKind::Arithmetic { first, rest } => {
                let mut result = self.datum(first, scope);
                for (operator, place, operand) in rest {
                    let operand = self.datum(operand, scope);
                    result = match operate(&result, *operator, &operand) {
                        Operated::Datum(Datum::Real(number)) if number.is_too_long() => {
                            self.too_long("this number", expr.place, scope);
                            Datum::Broken
                        }
                        Operated::Datum(datum) => datum,
                        Operated::Division(a, b) => self.divide(&a, &b, *place, expr, scope),
                        Operated::Wrong => self.not_a_number(expr, scope),
                    };
                }
                result
            }
            ExprKind::Call { path, arguments } => match path.word() {
                Some(word) if word.starts_with(char::is_lowercase) => {
                    let data = arguments.iter().map(|a| self.datum(&a.value, scope));
                    Datum::Call(word.to_owned(), data.collect())
                }
                _ => self.not_a_number(expr, scope),
            },
            ExprKind::Chain { .. } | ExprKind::Named { .. } | ExprKind::Repeat { .. } => {
                self.not_a_number(expr, scope)
            }
        }
    }

    /// Reports a formula that was given up.
    pub fn too_long(&mut self, what: &str, place: Place, scope: &Scope<'a>) {
        let message = format!(
            "{what} depends on consts from outside by a formula that is too long to be checked"
        );
        let diagnostic = Diagnostic::error("formula-too-long", place, message)
            .help("put the consts into this `model!`, or write numbers");
        self.report(diagnostic, scope);
    }

    /// Reports what fits no memory.
    pub(super) fn too_large(&mut self, message: Words, place: Place, scope: &Scope<'a>) {
        self.report(too_large(message, place), scope);
    }

    /// Leaves it to rustc whether a product that isn't known here is small enough.
    pub(super) fn assert_fits(
        &mut self,
        axes: &[Dim],
        message: Words,
        place: Place,
        scope: &Scope<'a>,
    ) {
        let condition = Condition::AtMost(axes.to_vec(), LARGEST);
        let open = axes.iter().any(|dim| dim.is_anything() || dim.has_open());
        if !open && condition.holds() == Comparison::Unsure {
            let diagnostic = too_large(message, place).notes(scope.notes());
            self.graph.assert(condition, &diagnostic);
        }
    }

    pub(super) fn not_a_number(&mut self, expr: &Expr, scope: &Scope<'a>) -> Datum {
        let message = format!("expected a number, found `{expr}`");
        self.error("not-a-number", expr.place, message, scope);
        Datum::Broken
    }
}

fn too_large(message: Words, place: Place) -> Diagnostic {
    Diagnostic::error("too-large", place, message)
        .help("write smaller sizes: their product is at most 2^40")
}

/// The help for too many axes: the first of them as one.
fn with_fewer_axes(shape: &ShapeExpr) -> Option<String> {
    /// Longer lists aren't written out.
    const LONGEST: usize = 12;
    let simple = |axis: &Expr| matches!(axis.kind, ExprKind::Whole(_) | ExprKind::Path { .. });
    let batch = |axis: &Expr| axis.word() == Some("None");
    if shape.axes.len() > LONGEST || !shape.axes.iter().all(|a| simple(a) && !batch(a)) {
        return None;
    }
    let written: Vec<String> = shape.axes.iter().map(ToString::to_string).collect();
    let (first, rest) = written.split_at(written.len() - MOST_AXES + 1);
    Some(format!(
        "write fewer, as in `[{}, {}]`",
        first.join(" * "),
        rest.join(", ")
    ))
}
