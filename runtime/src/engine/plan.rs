//! Where each buffer lies: offsets for buffers with lifetimes, computed while the user's crate compiles.
//!
//! All functions are `const`, because sizes may depend on consts that the macro can't see.

use super::aligned::LINE;

/// How long a buffer is, and from which step to which it is needed (both included).
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Length in floats (for one example, where the buffer grows with the batch).
    pub len: usize,
    /// The first step that touches it.
    pub first: usize,
    /// The last step that touches it.
    pub last: usize,
}

/// Offsets for `N` buffers, and the length of the memory that holds them.
#[derive(Clone, Copy, Debug)]
pub struct Plan<const N: usize> {
    /// Offset of each buffer, in floats; a multiple of a cache line.
    pub offsets: [usize; N],
    /// Length of the whole, in floats.
    pub total: usize,
}

/// The length `len` takes when the next buffer shall start on a cache line.
pub const fn padded(len: usize) -> usize {
    len.div_ceil(LINE) * LINE
}

/// Offsets such that buffers alive at the same step don't overlap: the best of three greedy orders
/// (largest first, longest-lived first, in order of birth), each placing a buffer in the lowest gap that holds it.
pub const fn plan<const N: usize>(lives: &[Life; N]) -> Plan<N> {
    let mut best = place(lives, &ordered(lives, 0));
    let mut order = 1;
    while order < 3 {
        let other = place(lives, &ordered(lives, order));
        if other.total < best.total {
            best = other;
        }
        order += 1;
    }
    best
}

/// What an order places first: the larger number.
const fn weight(life: &Life, order: usize) -> usize {
    match order {
        0 => life.len,
        1 => {
            (life.last - life.first) * (1 << 20)
                + if life.len < (1 << 20) {
                    life.len
                } else {
                    (1 << 20) - 1
                }
        }
        _ => usize::MAX - life.first,
    }
}

/// The buffers by weight, heaviest first; equal weights keep their order. A merge sort, for the compiler interprets
/// every step of it.
const fn ordered<const N: usize>(lives: &[Life; N], order: usize) -> [usize; N] {
    let mut weights = [0; N];
    let mut from = [0; N];
    let mut i = 0;
    while i < N {
        weights[i] = weight(&lives[i], order);
        from[i] = i;
        i += 1;
    }
    let mut run = 1;
    while run < N {
        let mut to = [0; N];
        let mut i = 0;
        while i < N {
            let middle = smaller(i + run, N);
            let end = smaller(i + 2 * run, N);
            let (mut left, mut right, mut k) = (i, middle, i);
            while k < end {
                let takes_left =
                    right == end || left < middle && weights[from[left]] >= weights[from[right]];
                if takes_left {
                    to[k] = from[left];
                    left += 1;
                } else {
                    to[k] = from[right];
                    right += 1;
                }
                k += 1;
            }
            i = end;
        }
        from = to;
        run *= 2;
    }
    from
}

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// A buffer that has its place.
#[derive(Clone, Copy)]
struct Taken {
    first: usize,
    last: usize,
    start: usize,
    end: usize,
}

/// No function is called in the inner loop: a call costs the compiler's interpreter as much as twenty operations.
const fn place<const N: usize>(lives: &[Life; N], order: &[usize; N]) -> Plan<N> {
    let mut offsets = [0; N];
    // Sorted by `start`, so that one pass over them finds the lowest gap.
    let mut taken = [Taken {
        first: 0,
        last: 0,
        start: 0,
        end: 0,
    }; N];
    let mut total = 0;
    let mut i = 0;
    while i < N {
        let Life { len, first, last } = lives[order[i]];
        let len = padded(len);
        let (mut at, mut end) = (0, len);
        let mut k = 0;
        while k < i {
            let other = taken[k];
            if other.start >= end {
                break;
            }
            if other.end > at && other.first <= last && first <= other.last {
                at = other.end;
                end = at + len;
            }
            k += 1;
        }
        offsets[order[i]] = at;
        let mut j = i;
        while j > 0 && taken[j - 1].start > at {
            taken[j] = taken[j - 1];
            j -= 1;
        }
        taken[j] = Taken {
            first,
            last,
            start: at,
            end,
        };
        if end > total {
            total = end;
        }
        i += 1;
    }
    Plan { offsets, total }
}

/// Offsets of `N` buffers laid one after the other, each on a cache line, and their length in all.
pub const fn offsets<const N: usize>(lens: &[usize; N]) -> Plan<N> {
    let mut offsets = [0; N];
    let mut total = 0;
    let mut i = 0;
    while i < N {
        offsets[i] = total;
        total += padded(lens[i]);
        i += 1;
    }
    Plan { offsets, total }
}

/// The largest of `values`, or 0.
pub const fn max(values: &[usize]) -> usize {
    let mut largest = 0;
    let mut i = 0;
    while i < values.len() {
        if values[i] > largest {
            largest = values[i];
        }
        i += 1;
    }
    largest
}

/// The number, or 1 in the place of 0: after an assertion has told that a const is 0, nothing divides by it.
pub const fn at_least_one(number: usize) -> usize {
    if number == 0 { 1 } else { number }
}

/// The sum of `values`.
pub const fn sum(values: &[u64]) -> u64 {
    let mut sum = 0;
    let mut i = 0;
    while i < values.len() {
        sum += values[i];
        i += 1;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const N: usize = 24;

    fn lives() -> impl Strategy<Value = [Life; N]> {
        proptest::collection::vec((0usize..500, 0usize..40, 0usize..12), N).prop_map(|all| {
            std::array::from_fn(|i| {
                let (len, first, more) = all[i];
                Life {
                    len,
                    first,
                    last: first + more,
                }
            })
        })
    }

    proptest! {
        #[test]
        fn nothing_overlaps_while_alive(lives in lives()) {
            let plan = plan(&lives);
            for i in 0..N {
                prop_assert_eq!(plan.offsets[i] % LINE, 0);
                prop_assert!(plan.offsets[i] + lives[i].len <= plan.total);
                for j in 0..i {
                    if lives[i].first <= lives[j].last && lives[j].first <= lives[i].last {
                        let apart = plan.offsets[i] + lives[i].len <= plan.offsets[j]
                            || plan.offsets[j] + lives[j].len <= plan.offsets[i];
                        prop_assert!(apart, "{i} and {j} overlap");
                    }
                }
            }
            // Never more than no reuse at all, never less than the fullest step needs.
            prop_assert!(plan.total <= lives.iter().map(|l| padded(l.len)).sum());
            let fullest = (0..60).map(|t| lives.iter().filter(|l| l.first <= t && t <= l.last).map(|l| l.len).sum::<usize>()).max().unwrap();
            prop_assert!(plan.total >= fullest);
        }
    }

    #[test]
    fn works_at_build_time() {
        const PLAN: Plan<3> = plan(&[
            Life {
                len: 100,
                first: 0,
                last: 1,
            },
            Life {
                len: 50,
                first: 1,
                last: 2,
            },
            Life {
                len: 100,
                first: 2,
                last: 3,
            },
        ]);
        const { assert!(PLAN.total == 112 + 64) };
        assert_eq!(PLAN.offsets[0], PLAN.offsets[2]);
    }
}
