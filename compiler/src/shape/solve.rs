//! A block's dimension names from the shapes of its inputs: `[H, W, 2 * C]` against `[15, 15, 32]`.

use std::collections::BTreeMap;

use super::{Atom, Dim, Division};

/// What the names of a block stand for.
pub type Solution = BTreeMap<String, Dim>;

/// Why an axis has no solution.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsolved {
    /// `2 * C` can't be 15: divided by 2 it leaves 1 over.
    Leaves { over: u64, by: Dim },
    /// `C + 4` can't be 3.
    TooSmall,
}

/// A division that only rustc can check.
#[derive(Debug, PartialEq, Eq)]
pub struct Divides {
    pub dim: Dim,
    pub by: Dim,
}

/// Finds one more name from one axis, if it holds exactly one unknown one, in one term.
///
/// # Errors
/// When the axis can't have this size.
pub fn solve_axis(
    pattern: &Dim,
    actual: &Dim,
    solution: &mut Solution,
) -> Result<Option<Divides>, Unsolved> {
    let pattern = pattern.replace(&|name| solution.get(name).cloned());
    solve_replaced(&pattern, actual, solution)
}

/// The same, where the names that are known stand for themselves no more: what is open is unknown.
fn solve_replaced(
    pattern: &Dim,
    actual: &Dim,
    solution: &mut Solution,
) -> Result<Option<Divides>, Unsolved> {
    let unknown = |atom: &Atom| match atom {
        Atom::Open(name) => Some(name.clone()),
        _ => None,
    };
    // `H / 2` leaves nothing over: where it is 8, `H` is 16.
    let mut terms = pattern.terms();
    if let (Some(([Atom::Quotient(whole, by)], 1)), None) = (terms.next(), terms.next())
        && !by.has_open()
    {
        return solve_replaced(whole, &actual.times(by), solution);
    }
    let mut found: Option<(String, Dim)> = None;
    let mut rest = Dim::new(0);
    for (atoms, coefficient) in pattern.terms() {
        if atoms.iter().any(Atom::has_open_within) {
            return Ok(None);
        }
        let term = |atoms: &[Atom]| {
            let number = Dim::signed_number(coefficient);
            atoms.iter().fold(number, |product, atom| {
                product.times(&Dim::atom(atom.clone()))
            })
        };
        let position = atoms.iter().position(|atom| unknown(atom).is_some());
        let Some(position) = position else {
            rest = rest.plus(&term(atoms));
            continue;
        };
        let name = unknown(&atoms[position]);
        let others: Vec<Atom> = [&atoms[..position], &atoms[position + 1..]].concat();
        let another = others.iter().any(|atom| unknown(atom).is_some());
        match (name, &found) {
            (Some(name), None) if !another => found = Some((name, term(&others))),
            // Two unknown names, or one twice: another axis may tell.
            _ => return Ok(None),
        }
    }
    let Some((name, factor)) = found else {
        return Ok(None);
    };
    let left = actual.minus(&rest);
    if left.is_negative() {
        return Err(Unsolved::TooSmall);
    }
    match left.divided(&factor) {
        Division::Exact(dim) => {
            solution.insert(name, dim);
            Ok(None)
        }
        Division::Leaves(over) => Err(Unsolved::Leaves { over, by: factor }),
        Division::ByZero => Err(Unsolved::TooSmall),
        Division::Unsure(dim) => {
            solution.insert(name, dim);
            Ok(Some(Divides {
                dim: left,
                by: factor,
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Dim {
        Dim::open(text)
    }

    #[test]
    fn names_are_found_term_by_term() {
        let mut solution = Solution::new();
        let pattern = name("C").times(&Dim::new(2)).plus(&Dim::new(1));
        assert_eq!(solve_axis(&pattern, &Dim::new(9), &mut solution), Ok(None));
        assert_eq!(solution["C"], Dim::new(4));
        let product = name("C").times(&name("H"));
        assert_eq!(solve_axis(&product, &Dim::new(12), &mut solution), Ok(None));
        assert_eq!(solution["H"], Dim::new(3));
    }

    #[test]
    fn a_name_is_found_in_a_quotient() {
        let mut solution = Solution::new();
        let half = name("H").divided_down(&Dim::new(2));
        assert_eq!(solve_axis(&half, &Dim::new(8), &mut solution), Ok(None));
        assert_eq!(solution["H"], Dim::new(16));
    }

    #[test]
    fn a_const_outside_with_the_name_of_a_dimension_is_another() {
        let outside = Dim::path("H", "H".parse().unwrap());
        let half = outside.divided_down(&Dim::new(2));
        let mut solution = Solution::new();
        for _ in 0..2 {
            assert_eq!(solve_axis(&name("H"), &half, &mut solution), Ok(None));
        }
        assert_eq!(solution["H"], half);
    }

    #[test]
    fn impossible_sizes_are_told() {
        let twice = name("C").times(&Dim::new(2));
        let result = solve_axis(&twice, &Dim::new(9), &mut Solution::new());
        assert_eq!(
            result,
            Err(Unsolved::Leaves {
                over: 1,
                by: Dim::new(2)
            })
        );
        let more = name("C").plus(&Dim::new(4));
        let result = solve_axis(&more, &Dim::new(3), &mut Solution::new());
        assert_eq!(result, Err(Unsolved::TooSmall));
    }
}
