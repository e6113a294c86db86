//! Sums, products, quotients and their printed form.

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
        let dim = Dim::open("H").times(&Dim::new(a)).plus(&Dim::new(b));
        let at = |d: &Dim| d.replace(&|_| Some(Dim::new(h))).known();
        prop_assert_eq!(at(&dim), Some(a * h + b));
        prop_assert_eq!(at(&dim.divided_down(&Dim::new(c))), Some((a * h + b) / c));
        prop_assert_eq!(at(&dim.divided_up(&Dim::new(c))), Some((a * h + b).div_ceil(c)));
        let halved = dim.divided_down(&Dim::new(c)).plus(&Dim::new(b)).divided_up(&Dim::new(2));
        prop_assert_eq!(at(&halved), Some(((a * h + b) / c + b).div_ceil(2)));
        prop_assert_eq!(at(&dim.times(&dim)), Some((a * h + b) * (a * h + b)));
    }
}
