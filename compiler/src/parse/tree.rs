//! The syntax tree of one `model!`.

use std::fmt;

use proc_macro2::{Ident, TokenStream};

use crate::diagnostic::Place;
use crate::shape::ScalarType;

/// All items, in the order they were written.
#[derive(Debug, Default)]
pub struct Module {
    pub consts: Vec<Const>,
    pub blocks: Vec<Definition>,
    pub models: Vec<Definition>,
}

/// `const NAME: usize = value;`
#[derive(Debug)]
pub struct Const {
    pub name: Ident,
    /// `usize`, `f32`, `bool`; other types are kept for rustc.
    pub ty: Option<ScalarType>,
    /// None for a value that only rustc can work out.
    pub value: Option<Expr>,
    /// The whole item.
    pub tokens: TokenStream,
}

/// A `struct` or a `block`.
#[derive(Debug)]
pub struct Definition {
    pub attrs: Vec<TokenStream>,
    pub vis: TokenStream,
    pub name: Ident,
    /// `<H, W, C>`
    pub dims: Vec<Ident>,
    pub inputs: Vec<Input>,
    pub parameters: Vec<ParameterItem>,
    pub outputs: Outputs,
    pub lets: Vec<Let>,
    /// The last expression of the body; None if it is missing (which is reported).
    pub result: Option<Expr>,
    /// From the keyword to the name.
    pub place: Place,
}

/// `image: [32, 32, 3]`
#[derive(Debug)]
pub struct Input {
    pub name: Ident,
    /// None if it couldn't be read (which is reported).
    pub shape: Option<ShapeExpr>,
}

/// `heads: usize = 8`
#[derive(Debug)]
pub struct ParameterItem {
    pub name: Ident,
    pub ty: Option<ScalarType>,
    pub default: Option<Expr>,
}

/// What a definition promises.
#[derive(Debug)]
pub enum Outputs {
    One(ShapeExpr),
    Named(Vec<(Ident, Option<ShapeExpr>)>),
    /// Missing or unreadable (which is reported).
    Unknown,
}

/// `[H, W, 2 * C]`
#[derive(Debug)]
pub struct ShapeExpr {
    pub axes: Vec<Expr>,
    pub place: Place,
}

impl fmt::Display for ShapeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]", Listed(&self.axes))
    }
}

/// `let name: [shape] = value;`
#[derive(Debug)]
pub struct Let {
    /// More than one for `let (a, b) = ..`.
    pub names: Vec<Ident>,
    pub shape: Option<ShapeExpr>,
    pub value: Expr,
}

/// A value, a stage, a dimension or an argument: what it may be is decided where it is used.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `x`, `HIDDEN`, `Relu`, `my::Swish`, `true`
    Path {
        text: String,
        tokens: TokenStream,
    },
    /// `Conv2d(32, 3x3, padding = same)`
    Call {
        /// The name, with its place.
        path: Box<Expr>,
        arguments: Vec<Argument>,
    },
    /// A whole number.
    Whole(u64),
    /// A number with a point or an exponent.
    Real(f64),
    /// `"same"`: no text stands anywhere, but Keras and PyTorch write some.
    Text(String),
    /// `3x3`
    Kernel(Box<Expr>, Box<Expr>),
    Negative(Box<Expr>),
    /// `a + b - c`, or `a * b / c`.
    Arithmetic {
        first: Box<Expr>,
        rest: Vec<(Operator, Place, Expr)>,
    },
    /// `a -> B -> C`
    Chain {
        head: Box<Expr>,
        stages: Vec<Expr>,
    },
    /// `stem: Conv2d(..)`
    Named {
        name: Ident,
        stage: Box<Expr>,
    },
    /// `(a)`
    Paren(Box<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `[a; 3]`
    Repeat {
        body: Box<Expr>,
        count: Box<Expr>,
    },
    /// Couldn't be read; reported.
    Broken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    pub fn sign(self) -> char {
        match self {
            Operator::Add => '+',
            Operator::Subtract => '-',
            Operator::Multiply => '*',
            Operator::Divide => '/',
        }
    }
}

/// `32`, or `padding = same`.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expr,
}

impl Argument {
    pub fn place(&self) -> Place {
        match &self.name {
            Some(name) => Place::from(name).to(self.value.place),
            None => self.value.place,
        }
    }
}

impl Expr {
    pub fn broken(place: Place) -> Expr {
        Expr {
            kind: ExprKind::Broken,
            place,
        }
    }

    /// The name, if this is a single word.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Path { text, .. } if !text.contains(':') => Some(text),
            _ => None,
        }
    }

    /// Without the parentheses around it.
    pub fn bare(&self) -> &Expr {
        let mut expr = self;
        while let ExprKind::Paren(inner) = &expr.kind {
            expr = inner;
        }
        expr
    }
}

impl fmt::Display for Expr {
    /// As a careful user writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Path { text, .. } => f.write_str(text),
            ExprKind::Call { path, arguments } => {
                write!(f, "{path}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    match &argument.name {
                        Some(name) => write!(f, "{comma}{name} = {}", argument.value)?,
                        None => write!(f, "{comma}{}", argument.value)?,
                    }
                }
                f.write_str(")")
            }
            ExprKind::Whole(number) => write!(f, "{number}"),
            ExprKind::Real(number) => write!(f, "{number:?}"),
            ExprKind::Text(text) => write!(f, "{text:?}"),
            ExprKind::Kernel(a, b) => {
                let digits = |e: &Expr| matches!(e.kind, ExprKind::Whole(_));
                if digits(a) && digits(b) {
                    write!(f, "{a}x{b}")
                } else {
                    write!(f, "{a} x {b}")
                }
            }
            ExprKind::Negative(inner) => write!(f, "-{inner}"),
            ExprKind::Arithmetic { first, rest } => {
                write!(f, "{first}")?;
                rest.iter()
                    .try_for_each(|(operator, _, e)| write!(f, " {} {e}", operator.sign()))
            }
            ExprKind::Chain { head, stages } => {
                write!(f, "{head}")?;
                stages.iter().try_for_each(|stage| write!(f, " -> {stage}"))
            }
            ExprKind::Named { name, stage } => write!(f, "{name}: {stage}"),
            ExprKind::Paren(inner) => write!(f, "({inner})"),
            ExprKind::Tuple(items) => write!(f, "({})", Listed(items)),
            ExprKind::List(items) => write!(f, "[{}]", Listed(items)),
            ExprKind::Repeat { body, count } => write!(f, "[{body}; {count}]"),
            ExprKind::Broken => f.write_str("?"),
        }
    }
}

struct Listed<'a>(&'a [Expr]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}
