//! Dimensions: polynomials with whole coefficients over names that only rustc, or only the run, knows.

mod division;
mod print;

use std::cmp::Ordering;

use proc_macro2::TokenStream;

/// Products with more terms than this stay unexpanded.
const MOST_TERMS: usize = 32;
/// A formula of more atoms than this is given up, and fits anything.
const MOST_ATOMS: usize = 64;

/// What a polynomial is made of. Always a whole number that isn't negative.
#[derive(Clone, Debug)]
pub enum Atom {
    /// A const from outside the block, or a symbolic dimension, as the user wrote it.
    Path { text: String, tokens: TokenStream },
    /// A dimension name of a block while it is worked out. No const outside the block is the same, even one of this name.
    Open(String),
    /// A quotient rounded down that can't be worked out here.
    Quotient(Box<Dim>, Box<Dim>),
    /// A product with too many terms to be expanded.
    Product(Box<Dim>, Box<Dim>),
    /// Stands where an error was reported: equals everything.
    Anything,
    /// The same, where a formula became too long: still to be reported.
    TooLong,
}

impl Atom {
    fn rank(&self) -> u8 {
        match self {
            Atom::Path { .. } => 0,
            Atom::Quotient(..) => 1,
            Atom::Product(..) => 2,
            Atom::Anything => 3,
            Atom::Open(_) => 4,
            Atom::TooLong => 5,
        }
    }
}

impl Atom {
    /// Whether an open dimension stands inside a quotient or a product.
    pub fn has_open_within(&self) -> bool {
        match self {
            Atom::Quotient(a, b) | Atom::Product(a, b) => a.has_open() || b.has_open(),
            _ => false,
        }
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Atom {}
impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Atom {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Atom::Path { text: a, .. }, Atom::Path { text: b, .. })
            | (Atom::Open(a), Atom::Open(b)) => a.cmp(b),
            (Atom::Quotient(a, b), Atom::Quotient(c, d))
            | (Atom::Product(a, b), Atom::Product(c, d)) => (a, b).cmp(&(c, d)),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// A whole number, known here or not: a sum of products of [`Atom`]s.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dim {
    /// Sorted by the product; no coefficient is 0. The empty product is the constant.
    terms: Vec<(Vec<Atom>, i128)>,
}

/// How two dimensions compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The relation holds, whatever the names stand for.
    Holds,
    /// It can't hold.
    Fails,
    /// Only rustc (or the run) can tell.
    Unsure,
}

/// The result of a division that must leave nothing over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Division {
    Exact(Dim),
    /// Known, and it leaves this much over.
    Leaves(u64),
    /// Exact if rustc finds that nothing is left over; the rounded quotient.
    Unsure(Dim),
    ByZero,
}

impl Dim {
    pub fn new(number: u64) -> Dim {
        Dim::constant(i128::from(number))
    }

    /// A constant with its sign: part of a sum that is being worked out.
    pub fn signed_number(number: i128) -> Dim {
        Dim::constant(number)
    }

    fn constant(number: i128) -> Dim {
        let terms = if number == 0 {
            Vec::new()
        } else {
            vec![(Vec::new(), number)]
        };
        Dim { terms }
    }

    pub fn atom(atom: Atom) -> Dim {
        Dim {
            terms: vec![(vec![atom], 1)],
        }
    }

    /// A const or a symbolic dimension, by the tokens that name it.
    pub fn path(text: impl Into<String>, tokens: TokenStream) -> Dim {
        let text = text.into();
        Dim::atom(Atom::Path { text, tokens })
    }

    /// The dimension that fits anything: what stands where an error was reported.
    pub fn anything() -> Dim {
        Dim::atom(Atom::Anything)
    }

    pub fn is_anything(&self) -> bool {
        self.any_atom(&|atom| matches!(atom, Atom::Anything | Atom::TooLong))
    }

    /// Given up, and not reported yet.
    pub fn is_too_long(&self) -> bool {
        self.any_atom(&|atom| matches!(atom, Atom::TooLong))
    }

    /// Whether a dimension name of a block in it isn't worked out yet.
    pub fn has_open(&self) -> bool {
        self.any_atom(&|atom| matches!(atom, Atom::Open(_)))
    }

    /// A dimension name of a block that isn't worked out yet.
    pub fn open(name: impl Into<String>) -> Dim {
        Dim::atom(Atom::Open(name.into()))
    }

    fn any_atom(&self, test: &dyn Fn(&Atom) -> bool) -> bool {
        self.terms.iter().flat_map(|(atoms, _)| atoms).any(|atom| {
            test(atom)
                || match atom {
                    Atom::Quotient(a, b) | Atom::Product(a, b) => {
                        a.any_atom(test) || b.any_atom(test)
                    }
                    _ => false,
                }
        })
    }

    /// The number, if it is known here.
    pub fn known(&self) -> Option<u64> {
        self.number().and_then(|n| u64::try_from(n).ok())
    }

    /// The number, which may be negative or too large while a sum is worked out.
    fn number(&self) -> Option<i128> {
        match self.terms.as_slice() {
            [] => Some(0),
            [(atoms, n)] if atoms.is_empty() => Some(*n),
            _ => None,
        }
    }

    /// Known, and below zero or beyond what a `u64` holds.
    pub fn is_out_of_range(&self) -> bool {
        self.number().is_some_and(|n| u64::try_from(n).is_err())
    }

    /// The number with its sign, if it is known here.
    pub fn signed(&self) -> Option<i128> {
        self.number()
    }

    pub fn is_negative(&self) -> bool {
        self.number().is_some_and(|n| n < 0)
    }

    /// 0 where it is known to be negative. (Unknown differences do the same in [`Dim::tokens`].)
    pub fn or_zero(self) -> Dim {
        if self.is_negative() {
            Dim::new(0)
        } else {
            self
        }
    }

    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn is_one(&self) -> bool {
        self.number() == Some(1)
    }

    fn from_terms(mut terms: Vec<(Vec<Atom>, i128)>) -> Dim {
        terms.sort_by(|a, b| a.0.cmp(&b.0));
        let mut merged: Vec<(Vec<Atom>, i128)> = Vec::with_capacity(terms.len());
        for (atoms, n) in terms {
            match merged.last_mut() {
                Some(last) if last.0 == atoms => last.1 = last.1.saturating_add(n),
                _ => merged.push((atoms, n)),
            }
        }
        merged.retain(|(_, n)| *n != 0);
        Dim { terms: merged }.or_too_long()
    }

    /// Given up beyond [`MOST_ATOMS`]: formulas within formulas would grow without end, and so would the compiler's stack.
    fn or_too_long(self) -> Dim {
        if self.weight() > MOST_ATOMS {
            return Dim {
                terms: vec![(vec![Atom::TooLong], 1)],
            };
        }
        self
    }

    pub fn plus(&self, other: &Dim) -> Dim {
        let terms = self.terms.iter().chain(&other.terms).cloned().collect();
        Dim::from_terms(terms)
    }

    pub fn minus(&self, other: &Dim) -> Dim {
        let negated = other
            .terms
            .iter()
            .map(|(atoms, n)| (atoms.clone(), n.saturating_neg()));
        Dim::from_terms(self.terms.iter().cloned().chain(negated).collect())
    }

    pub fn times(&self, other: &Dim) -> Dim {
        let (weight, other_weight) = (self.weight(), other.weight());
        if weight.saturating_add(other_weight) > MOST_ATOMS {
            return Dim::atom(Atom::TooLong);
        }
        let (count, other_count) = (self.terms.len(), other.terms.len());
        let expanded = weight * other_count + other_weight * count;
        if count * other_count > MOST_TERMS || (count * other_count > 1 && expanded > 256) {
            return Dim::atom(Atom::Product(
                Box::new(self.clone()),
                Box::new(other.clone()),
            ));
        }
        let mut terms = Vec::with_capacity(self.terms.len() * other.terms.len());
        for (a, n) in &self.terms {
            for (b, m) in &other.terms {
                let mut atoms: Vec<Atom> = a.iter().chain(b).cloned().collect();
                atoms.sort();
                terms.push((atoms, n.saturating_mul(*m)));
            }
        }
        Dim::from_terms(terms)
    }

    /// The number of atoms in it.
    fn weight(&self) -> usize {
        let atoms = self.terms.iter().flat_map(|(atoms, _)| atoms);
        atoms
            .map(|atom| match atom {
                Atom::Quotient(a, b) | Atom::Product(a, b) => 1 + a.weight() + b.weight(),
                Atom::Path { .. } | Atom::Open(_) | Atom::Anything | Atom::TooLong => 1,
            })
            .sum()
    }

    /// The product of all, 1 for none.
    pub fn product<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Dim {
        dims.into_iter()
            .fold(Dim::new(1), |product, dim| product.times(dim))
    }

    /// Whether both are the same number.
    pub fn equals(&self, other: &Dim) -> Comparison {
        if self.is_anything() || other.is_anything() {
            return Comparison::Holds;
        }
        match self.minus(other).number() {
            Some(0) => Comparison::Holds,
            Some(_) => Comparison::Fails,
            None => Comparison::Unsure,
        }
    }

    /// Whether this is at least as large as the other.
    pub fn at_least(&self, other: &Dim) -> Comparison {
        if self.is_anything() || other.is_anything() {
            return Comparison::Holds;
        }
        let difference = self.minus(other);
        if difference.terms.iter().all(|(_, n)| *n > 0) {
            return Comparison::Holds;
        }
        match difference.number() {
            Some(n) if n >= 0 => Comparison::Holds,
            Some(_) => Comparison::Fails,
            None => Comparison::Unsure,
        }
    }

    /// Puts dimensions in the place of open ones.
    pub fn replace(&self, with: &dyn Fn(&str) -> Option<Dim>) -> Dim {
        self.terms.iter().fold(Dim::new(0), |sum, (atoms, n)| {
            let product = atoms.iter().fold(Dim::constant(*n), |product, atom| {
                let factor = match atom {
                    Atom::Open(name) => with(name).unwrap_or_else(|| Dim::atom(atom.clone())),
                    Atom::Path { .. } | Atom::TooLong => Dim::atom(atom.clone()),
                    Atom::Quotient(a, b) => a.replace(with).divided_down(&b.replace(with)),
                    Atom::Product(a, b) => a.replace(with).times(&b.replace(with)),
                    Atom::Anything => Dim::anything(),
                };
                product.times(&factor)
            });
            sum.plus(&product)
        })
    }

    /// The terms, sorted: for solving.
    pub fn terms(&self) -> impl Iterator<Item = (&[Atom], i128)> {
        self.terms.iter().map(|(atoms, n)| (atoms.as_slice(), *n))
    }
}

#[cfg(test)]
mod tests;
