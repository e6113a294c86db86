//! Dimensions: polynomials with whole coefficients over names that only rustc, or only the run, knows.

use std::cmp::Ordering;
use std::fmt;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Products with more terms than this stay unexpanded.
const MOST_TERMS: usize = 32;
/// A dimension of more atoms than this is given up, and fits anything.
const MOST_ATOMS: usize = 4096;

/// What a polynomial is made of. Always a whole number that isn't negative.
#[derive(Clone, Debug)]
pub enum Atom {
    /// A const from outside the block, or a symbolic dimension, as the user wrote it.
    Path { text: String, tokens: TokenStream },
    /// A quotient rounded down that can't be worked out here.
    Quotient(Box<Dim>, Box<Dim>),
    /// A product with too many terms to be expanded.
    Product(Box<Dim>, Box<Dim>),
    /// Stands where an error was reported: equals everything.
    Anything,
}

impl Atom {
    fn rank(&self) -> u8 {
        match self {
            Atom::Path { .. } => 0,
            Atom::Quotient(..) => 1,
            Atom::Product(..) => 2,
            Atom::Anything => 3,
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
            (Atom::Path { text: a, .. }, Atom::Path { text: b, .. }) => a.cmp(b),
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
        self.any_atom(&|atom| matches!(atom, Atom::Anything))
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
        Dim { terms: merged }
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
            return Dim::anything();
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
                Atom::Path { .. } | Atom::Anything => 1,
            })
            .sum()
    }

    /// The product of all, 1 for none.
    pub fn product<'a>(dims: impl IntoIterator<Item = &'a Dim>) -> Dim {
        dims.into_iter()
            .fold(Dim::new(1), |product, dim| product.times(dim))
    }

    /// Division that must leave nothing over.
    pub fn divided(&self, by: &Dim) -> Division {
        if by.is_zero() {
            return Division::ByZero;
        }
        if let (Some(a), Some(b)) = (self.known(), by.known()) {
            return match a % b {
                0 => Division::Exact(Dim::new(a / b)),
                left => Division::Leaves(left),
            };
        }
        if self.is_anything() || by.is_anything() {
            return Division::Exact(Dim::anything());
        }
        match self.divided_by_term(by) {
            Some(exact) => Division::Exact(exact),
            None => Division::Unsure(self.divided_down(by)),
        }
    }

    /// Every term divided by a divisor of one term, if that goes.
    fn divided_by_term(&self, by: &Dim) -> Option<Dim> {
        if self == by {
            return Some(Dim::new(1));
        }
        let [(divisor, m)] = by.terms.as_slice() else {
            return None;
        };
        let mut terms = Vec::with_capacity(self.terms.len());
        for (atoms, n) in &self.terms {
            if n % m != 0 {
                return None;
            }
            let mut left = atoms.clone();
            for atom in divisor {
                let position = left.iter().position(|a| a == atom)?;
                left.remove(position);
            }
            terms.push((left, n / m));
        }
        Some(Dim::from_terms(terms))
    }

    /// Division rounded down. `by` must not be 0.
    pub fn divided_down(&self, by: &Dim) -> Dim {
        if self.is_anything() || by.is_anything() || by.is_zero() {
            return Dim::anything();
        }
        if let Some(exact) = self.divided_by_term(by) {
            return exact;
        }
        let quotient =
            |a: Dim, b: &Dim| Dim::atom(Atom::Quotient(Box::new(a), Box::new(b.clone())));
        let Some(m) = by.number() else {
            return quotient(self.clone(), by);
        };
        // floor((q*m + r) / m) = q + floor(r / m): take out of each term what divides.
        let mut whole = Vec::new();
        let mut rest = Vec::new();
        for (atoms, n) in &self.terms {
            whole.push((atoms.clone(), n.div_euclid(m)));
            rest.push((atoms.clone(), n.rem_euclid(m)));
        }
        let rest = Dim::from_terms(rest);
        let whole = Dim::from_terms(whole);
        match (rest.number(), rest.nested_quotient(m)) {
            (Some(n), _) => whole.plus(&Dim::constant(n.div_euclid(m))),
            (None, Some(flat)) => whole.plus(&flat),
            (None, None) => whole.plus(&quotient(rest, by)),
        }
    }

    /// `floor((floor(a / b) + c) / m) = floor((a + b * c) / (b * m))`: a chain of strides stays one
    /// quotient, however long it is.
    fn nested_quotient(&self, m: i128) -> Option<Dim> {
        let (constant, atom) = match self.terms.as_slice() {
            [(atoms, 1)] => (0, atoms),
            [(empty, c), (atoms, 1)] if empty.is_empty() => (*c, atoms),
            _ => return None,
        };
        let [Atom::Quotient(a, b)] = atom.as_slice() else {
            return None;
        };
        let b = b.number()?;
        let divisor = b.checked_mul(m).filter(|d| *d <= i128::from(u32::MAX))?;
        let dividend = a.plus(&Dim::constant(b.checked_mul(constant)?));
        Some(dividend.divided_down(&Dim::constant(divisor)))
    }

    /// Division rounded up. `by` must not be 0.
    pub fn divided_up(&self, by: &Dim) -> Dim {
        self.plus(by).minus(&Dim::new(1)).divided_down(by)
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

    /// Puts dimensions in the place of named ones.
    pub fn replace(&self, with: &dyn Fn(&str) -> Option<Dim>) -> Dim {
        self.terms.iter().fold(Dim::new(0), |sum, (atoms, n)| {
            let product = atoms.iter().fold(Dim::constant(*n), |product, atom| {
                let factor = match atom {
                    Atom::Path { text, .. } => {
                        with(text).unwrap_or_else(|| Dim::atom(atom.clone()))
                    }
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

    /// The names in it, each once, in the order they are sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    fn collect_names(&self, names: &mut Vec<String>) {
        for atom in self.terms.iter().flat_map(|(atoms, _)| atoms) {
            match atom {
                Atom::Path { text, .. } if !names.contains(text) => names.push(text.clone()),
                Atom::Quotient(a, b) | Atom::Product(a, b) => {
                    a.collect_names(names);
                    b.collect_names(names);
                }
                _ => {}
            }
        }
    }

    /// Two const expressions of type `usize` whose difference this is: for comparisons with 0 in
    /// which nothing may go below zero.
    pub fn sides(&self) -> (TokenStream, TokenStream) {
        let side = |positive: bool| {
            let terms = self.terms.iter().filter(|(_, n)| (*n > 0) == positive);
            let terms = terms.map(|(atoms, n)| (atoms.clone(), n.saturating_abs()));
            Dim::from_terms(terms.collect()).tokens()
        };
        (side(true), side(false))
    }

    /// A const expression of type `usize`. A difference below zero gives 0, so that the assertion
    /// that forbids it is the only error.
    pub fn tokens(&self) -> TokenStream {
        let sum = |positive: bool| {
            let parts: Vec<TokenStream> = self
                .ordered()
                .filter(|(_, n)| (*n > 0) == positive)
                .map(|(atoms, n)| term_tokens(atoms, n.unsigned_abs()))
                .collect();
            (parts.len(), quote!(#(#parts)+*))
        };
        let (positives, positive) = sum(true);
        let (negatives, negative) = sum(false);
        match (positives, negatives) {
            (0, 0) => quote!(0usize),
            (0, _) => quote!(0usize.saturating_sub(#negative)),
            (_, 0) if positives == 1 && self.is_simple() => positive,
            (_, 0) => quote!((#positive)),
            _ => quote!((#positive).saturating_sub(#negative)),
        }
    }

    /// A single number or name: needs no parentheses anywhere.
    fn is_simple(&self) -> bool {
        match self.terms.as_slice() {
            [] => true,
            [(atoms, n)] => {
                atoms.is_empty() || matches!((atoms.as_slice(), n), ([Atom::Path { .. }], 1))
            }
            _ => false,
        }
    }

    /// Terms with names first, the constant last, as one writes them.
    fn ordered(&self) -> impl Iterator<Item = (&[Atom], i128)> {
        let named = self.terms().filter(|(atoms, _)| !atoms.is_empty());
        named.chain(self.terms().filter(|(atoms, _)| atoms.is_empty()))
    }
}

fn term_tokens(atoms: &[Atom], n: u128) -> TokenStream {
    let number = Literal::usize_suffixed(usize::try_from(n).unwrap_or(usize::MAX));
    let mut factors = Vec::new();
    if n != 1 || atoms.is_empty() {
        factors.push(quote!(#number));
    }
    for atom in atoms {
        factors.push(match atom {
            Atom::Path { tokens, .. } => quote!(#tokens),
            Atom::Quotient(a, b) => {
                let (a, b) = (a.tokens(), b.tokens());
                quote!((#a / #b))
            }
            Atom::Product(a, b) => {
                let (a, b) = (a.tokens(), b.tokens());
                quote!((#a * #b))
            }
            Atom::Anything => quote!(0usize),
        });
    }
    let mut factors = factors.into_iter();
    let first = factors.next().unwrap_or_else(|| quote!(1usize));
    quote!(#first #(* #factors)*)
}

impl fmt::Display for Dim {
    /// As users write it: `2 * C`, `H / 2 + 1`, `HIDDEN - 3`; `?` where an error was reported.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_anything() {
            return f.write_str("?");
        }
        if self.terms.is_empty() {
            return f.write_str("0");
        }
        let (positive, negative): (Vec<_>, Vec<_>) = self.ordered().partition(|(_, n)| *n > 0);
        for (index, (atoms, n)) in positive.into_iter().chain(negative).enumerate() {
            match (index, n < 0) {
                (0, false) => {}
                (0, true) => f.write_str("-")?,
                (_, false) => f.write_str(" + ")?,
                (_, true) => f.write_str(" - ")?,
            }
            let n = n.unsigned_abs();
            if n != 1 || atoms.is_empty() {
                write!(f, "{n}")?;
            }
            for (position, atom) in atoms.iter().enumerate() {
                if position > 0 || n != 1 {
                    f.write_str(" * ")?;
                }
                match atom {
                    Atom::Path { text, .. } => f.write_str(text)?,
                    Atom::Quotient(a, b) if atoms.len() == 1 && n == 1 => {
                        write!(f, "{} / {}", Factor(a), Factor(b))?;
                    }
                    Atom::Quotient(a, b) => write!(f, "({} / {})", Factor(a), Factor(b))?,
                    Atom::Product(a, b) => write!(f, "{} * {}", Factor(a), Factor(b))?,
                    Atom::Anything => f.write_str("?")?,
                }
            }
        }
        Ok(())
    }
}

/// A dimension inside a product: in parentheses if it is a sum.
struct Factor<'a>(&'a Dim);

impl fmt::Display for Factor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_simple() {
            write!(f, "{}", self.0)
        } else {
            write!(f, "({})", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Dim {
        Dim::path(text, text.parse().unwrap())
    }

    #[test]
    fn prints_as_users_write_it() {
        let h = name("H");
        assert_eq!(h.times(&Dim::new(2)).to_string(), "2 * H");
        assert_eq!(h.minus(&Dim::new(3)).to_string(), "H - 3");
        assert_eq!(h.divided_down(&Dim::new(2)).to_string(), "H / 2");
        let odd = h.plus(&Dim::new(1)).divided_down(&Dim::new(2));
        assert_eq!(odd.to_string(), "(H + 1) / 2");
        assert_eq!(Dim::new(0).to_string(), "0");
    }

    #[test]
    fn sums_cancel() {
        let (a, b) = (name("A"), name("B"));
        let left = a.plus(&b).times(&a.minus(&b));
        let right = a.times(&a).minus(&b.times(&b));
        assert_eq!(left.equals(&right), Comparison::Holds);
        assert_eq!(a.equals(&a.plus(&Dim::new(1))), Comparison::Fails);
        assert_eq!(a.equals(&b), Comparison::Unsure);
    }

    #[test]
    fn division_is_exact_or_says_what_is_left() {
        assert_eq!(
            Dim::new(16).divided(&Dim::new(2)),
            Division::Exact(Dim::new(8))
        );
        assert_eq!(Dim::new(15).divided(&Dim::new(2)), Division::Leaves(1));
        assert_eq!(Dim::new(15).divided(&Dim::new(0)), Division::ByZero);
        let h = name("H");
        let twice = h.times(&Dim::new(2));
        assert_eq!(twice.divided(&Dim::new(2)), Division::Exact(h.clone()));
        assert!(matches!(h.divided(&Dim::new(2)), Division::Unsure(_)));
    }

    #[test]
    fn tokens_are_an_expression_that_never_underflows() {
        let h = name("H");
        let tokens = h.minus(&Dim::new(3)).tokens().to_string();
        assert_eq!(tokens, "(H) . saturating_sub (3usize)");
        assert_eq!(Dim::new(12).tokens().to_string(), "12usize");
    }

    #[test]
    fn long_products_stay_small() {
        let mut dim = Dim::new(1);
        for index in 0..40 {
            dim = dim.times(&name(&format!("A{index}")).plus(&Dim::new(1)));
        }
        assert!(dim.terms.len() <= MOST_TERMS);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn agrees_with_numbers(a in 0u64..99, b in 0u64..99, c in 1u64..9, h in 0u64..50) {
            let dim = name("H").times(&Dim::new(a)).plus(&Dim::new(b));
            let at = |d: &Dim| d.replace(&|_| Some(Dim::new(h))).known();
            prop_assert_eq!(at(&dim), Some(a * h + b));
            prop_assert_eq!(at(&dim.divided_down(&Dim::new(c))), Some((a * h + b) / c));
            prop_assert_eq!(at(&dim.divided_up(&Dim::new(c))), Some((a * h + b).div_ceil(c)));
            let halved = dim.divided_down(&Dim::new(c)).plus(&Dim::new(b)).divided_up(&Dim::new(2));
            prop_assert_eq!(at(&halved), Some(((a * h + b) / c + b).div_ceil(2)));
            prop_assert_eq!(at(&dim.times(&dim)), Some((a * h + b) * (a * h + b)));
        }
    }
}
