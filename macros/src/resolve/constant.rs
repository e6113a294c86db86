//! Numbers and dimensions: expressions over literals, consts, dimension names and parameters.

use super::Resolver;
use super::scope::{Meaning, Role, Scope};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::layer::{self, arguments::Datum};
use crate::parse::tree::{Const, Definition, Expr, ExprKind, Kind, Operator, ShapeExpr};
use crate::shape::check::assertion;
use crate::shape::{Comparison, Dim, Division, Number, Shape};
use crate::words::words;
use quote::quote;

/// More axes than this are refused, as by the kernels.
const MOST_AXES: usize = 6;
/// Larger sizes don't fit any memory.
pub const LARGEST: u64 = 1 << 40;

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
            self.error("too-many-axes", shape.place, message, scope);
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
            self.error("too-large", shape.place, message, scope);
            return Shape::new(vec![Dim::anything(); shape.axes.len()]);
        }
        result
    }

    /// Axes that only rustc knows have at least 1 element.
    pub fn assert_not_empty(&mut self, shape: &Shape, place: Place) {
        for dim in shape.axes() {
            if dim.at_least(&Dim::new(1)) == Comparison::Unsure {
                let message = words!["an axis has at least 1 element, found ", dim];
                let diagnostic = Diagnostic::error("empty-axis", place, message);
                let (a, b) = dim.minus(&Dim::new(1)).sides();
                let checked = assertion(quote!(#a >= #b), &diagnostic);
                self.graph.assertions.push(checked);
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
        match datum {
            Datum::Word(word) => {
                let known = scope.bindings().iter().map(|b| b.name.as_str());
                let consts = self.module.consts.iter().map(|c| c.name.to_string());
                let consts: Vec<String> = consts.collect();
                let all = known.chain(consts.iter().map(String::as_str));
                let help = nearest(&word, all)
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
                self.error("not-a-dimension", expr.place, message, scope);
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
            ExprKind::Operation { first, rest } => {
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

    fn not_a_number(&mut self, expr: &Expr, scope: &Scope<'a>) -> Datum {
        let message = format!("expected a number, found `{expr}`");
        self.error("not-a-number", expr.place, message, scope);
        Datum::Broken
    }

    /// A name in the place of a number or an option.
    fn name(
        &mut self,
        text: &str,
        tokens: &proc_macro2::TokenStream,
        expr: &Expr,
        scope: &mut Scope<'a>,
    ) -> Datum {
        match scope.look_up(text) {
            Some(Meaning::Datum(datum)) => return datum,
            Some(Meaning::Values(_)) => {
                let message = format!("`{text}` is a value of the network; a number stands here");
                self.error("not-a-number", expr.place, message, scope);
                return Datum::Broken;
            }
            Some(Meaning::Stage(_)) => return self.not_a_number(expr, scope),
            None => {}
        }
        match text {
            "true" => return Datum::Flag(true),
            "false" => return Datum::Flag(false),
            _ => {}
        }
        if let Some(item) = self.module.consts.iter().find(|item| item.name == text) {
            let datum = self.constant(item, tokens, 0);
            if let Datum::Const { text, tokens } = &datum {
                self.graph.outer.insert(text.clone(), tokens.clone());
            }
            return datum;
        }
        if layer::find(text).is_some() {
            let message = format!("`{text}` is a layer; a number or an option stands here");
            let help = format!("write it as a stage of its own: `-> {text}`");
            let diagnostic = Diagnostic::error("layer-as-argument", expr.place, message).help(help);
            self.report(diagnostic, scope);
            return Datum::Broken;
        }
        if text == "None" {
            let diagnostic = Diagnostic::error(
                "unknown-dimension",
                expr.place,
                "sizes are numbers, found `None`",
            )
            .help("leave it out: the batch is never written");
            self.report(diagnostic, scope);
            return Datum::Broken;
        }
        if let Some(meant) = self.slip_of(text, scope) {
            let message = format!("there is no dimension `{text}` here");
            let diagnostic = Diagnostic::error("unknown-dimension", expr.place, message)
                .help(format!("did you mean `{meant}`?"))
                .help(format!(
                    "a const from outside the block whose name is so near is written by its path: `self::{text}`"
                ));
            self.report(diagnostic, scope);
            return Datum::Broken;
        }
        if let Some(block) = self.forgotten_dim(text, scope) {
            let message = format!("there is no dimension `{text}` here");
            let mut dims: Vec<String> = block.dims.iter().map(ToString::to_string).collect();
            dims.push(text.to_owned());
            let help = format!("write `block {}<{}>(..)`", block.name, dims.join(", "));
            let diagnostic = Diagnostic::error("unknown-dimension", expr.place, message)
                .help(help)
                .help(format!(
                    "a const from outside the block of one letter is written by its path: `self::{text}`"
                ));
            self.report(diagnostic, scope);
            // Once for each name.
            scope.bind(
                text,
                expr.place,
                Meaning::Datum(Datum::Broken),
                Role::Dimension,
            );
            return Datum::Broken;
        }
        let last = text.rsplit("::").next().unwrap_or(text);
        if text.contains("::") || last.starts_with(char::is_uppercase) {
            self.graph
                .outer
                .entry(text.to_owned())
                .or_insert_with(|| tokens.clone());
            return Datum::Const {
                text: text.to_owned(),
                tokens: tokens.clone(),
            };
        }
        Datum::Word(text.to_owned())
    }

    /// The block whose shapes speak of a dimension, a single capital, that isn't among its `<..>`.
    fn forgotten_dim(&self, text: &str, scope: &Scope<'a>) -> Option<&'a Definition> {
        let is_dim = text.len() == 1 && text.starts_with(|c: char| c.is_ascii_uppercase());
        let block = scope.definition;
        let is_block = self.module.blocks.iter().any(|b| std::ptr::eq(b, block));
        let shapes = block.inputs.iter().filter_map(|input| input.shape.as_ref());
        let mut axes = shapes.flat_map(|shape| &shape.axes);
        (is_dim && is_block && axes.any(|axis| axis.word() == Some(text))).then_some(block)
    }

    /// The name in the block of which this one, in capitals, is surely a slip: two letters exchanged, or one
    /// within it left out or doubled. Any other name may be that of a const from outside the block.
    fn slip_of(&self, text: &str, scope: &Scope<'a>) -> Option<String> {
        const SHORTEST: usize = 4;
        if text.len() < SHORTEST || !text.starts_with(char::is_uppercase) || text.contains("::") {
            return None;
        }
        let bound = scope.bindings().iter();
        let names = bound
            .filter(|b| matches!(b.meaning, Meaning::Datum(_)))
            .map(|b| b.name.clone());
        let consts = self.module.consts.iter().map(|c| c.name.to_string());
        let sorted = |word: &str| {
            let mut letters: Vec<char> = word.chars().collect();
            letters.sort_unstable();
            letters
        };
        names.chain(consts).find(|name| {
            let near = name.len() >= SHORTEST && strsim::damerau_levenshtein(name, text) == 1;
            let ends = name.chars().last() == text.chars().last();
            let exchanged = sorted(name) == sorted(text);
            near && (exchanged || ends && name.len() != text.len())
        })
    }

    /// A const of the `model!`: its number if it can be worked out, else its name.
    fn constant(
        &mut self,
        item: &'a Const,
        tokens: &proc_macro2::TokenStream,
        depth: usize,
    ) -> Datum {
        let name = item.name.to_string();
        let value = match self.consts.get(&name) {
            Some(value) => value.clone(),
            None => {
                // A const that needs itself finds nothing; rustc reports it.
                self.consts.insert(name.clone(), None);
                let value = item.value.as_ref();
                let value = value.and_then(|value| self.rust_value(value, depth));
                self.consts.insert(name.clone(), value.clone());
                value
            }
        };
        match (item.kind, value) {
            (Some(Kind::Usize), Some(Datum::Whole(dim))) if dim.known().is_some() => {
                Datum::Whole(dim)
            }
            (Some(Kind::F32), Some(datum))
                if datum.number().is_some_and(|n| n.known().is_some()) =>
            {
                datum.number().map_or(Datum::Broken, Datum::Real)
            }
            (Some(Kind::Bool), Some(Datum::Flag(flag))) => Datum::Flag(flag),
            (Some(Kind::Usize), _) => Datum::Whole(Dim::path(name, tokens.clone())),
            (Some(Kind::F32), _) => Datum::Real(Number::path(name, tokens.clone())),
            _ => Datum::Const {
                text: name,
                tokens: tokens.clone(),
            },
        }
    }

    /// The value of a const as Rust works it out (division rounds down); None where only rustc can.
    fn rust_value(&mut self, expr: &'a Expr, depth: usize) -> Option<Datum> {
        const DEEPEST: usize = 32;
        if depth > DEEPEST {
            return None;
        }
        match &expr.kind {
            ExprKind::Whole(number) => Some(Datum::Whole(Dim::new(*number))),
            ExprKind::Real(number) => Some(Datum::Real(Number::new(*number))),
            ExprKind::Paren(inner) => self.rust_value(inner, depth + 1),
            ExprKind::Path { text, .. } if text == "true" || text == "false" => {
                Some(Datum::Flag(text == "true"))
            }
            ExprKind::Path { text, tokens } => {
                let item = self.module.consts.iter().find(|item| item.name == text)?;
                Some(self.constant(item, tokens, depth + 1))
            }
            ExprKind::Negative(inner) => {
                let number = self.rust_value(inner, depth + 1)?.number()?.known()?;
                Some(Datum::Real(Number::new(-number)))
            }
            ExprKind::Operation { first, rest } => {
                let mut result = self.rust_value(first, depth + 1)?;
                for (operator, _, operand) in rest {
                    let operand = self.rust_value(operand, depth + 1)?;
                    result = match operate(&result, *operator, &operand) {
                        Operated::Datum(datum) => datum,
                        Operated::Division(a, b) => match (a.known(), b.known()) {
                            (Some(a), Some(b)) => Datum::Whole(Dim::new(a.checked_div(b)?)),
                            _ => return None,
                        },
                        Operated::Wrong => return None,
                    };
                }
                Some(result)
            }
            _ => None,
        }
    }

    /// Division of dimensions: exact, or an error that says by what.
    fn divide(
        &mut self,
        a: &Dim,
        b: &Dim,
        operator: Place,
        expr: &Expr,
        scope: &Scope<'a>,
    ) -> Datum {
        let inexact = || {
            Diagnostic::error(
                "inexact-division",
                expr.place,
                words![
                    format!("`{expr}` is no whole number: "),
                    a,
                    " can't be divided by ",
                    b
                ],
            )
        };
        match a.divided(b) {
            Division::Exact(dim) => Datum::Whole(dim),
            Division::ByZero => {
                let diagnostic = Diagnostic::error(
                    "division-by-zero",
                    operator,
                    format!("`{expr}` divides by 0"),
                )
                .help("divide by a number of at least 1");
                self.report(diagnostic, scope);
                Datum::Broken
            }
            Division::Leaves(over) => {
                let help = match (b.known(), over) {
                    (Some(2), _) if is_side_of_picture(expr, scope.definition) => words![
                        "make it even before: `-> Pad([[0, 1], [0, 1]])` gives ",
                        a.plus(&Dim::new(1)),
                        ", or choose another size"
                    ],
                    (Some(by), _) => {
                        let (below, above) =
                            (a.minus(&Dim::new(over)), a.plus(&Dim::new(by - over)));
                        let dividend = dividend(expr);
                        let constant = self
                            .module
                            .consts
                            .iter()
                            .find(|c| dividend.is_some_and(|name| c.name == name));
                        match (constant, below.is_zero()) {
                            (Some(item), _) => words![
                                format!("write `const {}: usize = ", item.name),
                                above,
                                format!(";`, which {by} divides")
                            ],
                            (None, true) => {
                                words![format!("the next size that {by} divides is "), above]
                            }
                            (None, false) => words![
                                format!("the next sizes that {by} divides are "),
                                below,
                                " and ",
                                above
                            ],
                        }
                    }
                    _ => "choose a size that can be divided".into(),
                };
                // `[H / 2, W / 2]` of a square is one mistake.
                let mistake = (a.clone(), b.clone(), operator.line());
                if self.last_inexact.as_ref() == Some(&mistake) {
                    self.broken = true;
                } else {
                    self.report(inexact().help(help), scope);
                    self.last_inexact = Some(mistake);
                }
                Datum::Broken
            }
            Division::Unsure(dim) => {
                let (x, y) = (a.tokens(), b.tokens());
                let framed = inexact().notes(scope.notes());
                // `[H / 2, W / 2]` of a square is one mistake.
                let mistake = (a.clone(), b.clone(), operator.line());
                if self.last_inexact.as_ref() == Some(&mistake) {
                    return Datum::Whole(dim);
                }
                self.last_inexact = Some(mistake);
                let checked = assertion(quote!(#y != 0 && #x % #y == 0), &framed);
                self.graph.assertions.push(checked);
                Datum::Whole(dim)
            }
        }
    }
}

/// The name that an expression `NAME / ..` divides.
fn dividend(expr: &Expr) -> Option<&str> {
    match &expr.bare().kind {
        ExprKind::Operation { first, .. } => first.word(),
        _ => None,
    }
}

/// Whether what is divided is the height or the width of a picture that flows into the body.
fn is_side_of_picture(expr: &Expr, definition: &Definition) -> bool {
    let Some(name) = dividend(expr) else {
        return false;
    };
    let shapes = definition.inputs.iter().filter_map(|i| i.shape.as_ref());
    shapes
        .filter(|shape| shape.axes.len() == 3)
        .any(|shape| shape.axes[..2].iter().any(|axis| axis.word() == Some(name)))
}

enum Operated {
    Datum(Datum),
    /// Of dimensions: who asks decides about what is left over.
    Division(Dim, Dim),
    Wrong,
}

/// `a op b` for whole and real numbers; a real one makes the result real.
fn operate(a: &Datum, operator: Operator, b: &Datum) -> Operated {
    if matches!(a, Datum::Broken) || matches!(b, Datum::Broken) {
        return Operated::Datum(Datum::Broken);
    }
    let real = matches!(a, Datum::Real(_)) || matches!(b, Datum::Real(_));
    if !real && let (Some(a), Some(b)) = (a.dim(), b.dim()) {
        return match operator {
            Operator::Add => Operated::Datum(Datum::Whole(a.plus(&b))),
            Operator::Subtract => Operated::Datum(Datum::Whole(a.minus(&b))),
            Operator::Multiply => Operated::Datum(Datum::Whole(a.times(&b))),
            Operator::Divide => Operated::Division(a, b),
        };
    }
    match (a.number(), b.number()) {
        (Some(a), Some(b)) => Operated::Datum(Datum::Real(a.combine(operator.sign(), &b))),
        _ => Operated::Wrong,
    }
}
