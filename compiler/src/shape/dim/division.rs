//! Division of dimensions: exact, rounded down, rounded up.

use super::{Atom, Dim, Division};

impl Dim {
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
        let quotient = |a: Dim, b: &Dim| {
            Dim::atom(Atom::Quotient(Box::new(a), Box::new(b.clone()))).or_too_long()
        };
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
}
