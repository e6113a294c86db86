//! Where each buffer lies: offsets for buffers with lifetimes.
//!
//! All functions are `const` and work on slices: the compiler runs them where it knows all sizes, and rustc interprets them
//! (some thousand times more slowly) where sizes depend on consts that only rustc knows. Lengths and offsets are bytes.

/// Bytes of a cache line: every buffer begins on one.
pub const LINE: usize = 64;

/// How long a buffer is, and from which step to which it is needed (both included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Length in bytes (for one example, where the buffer grows with the batch).
    pub len: usize,
    /// The first step that touches it.
    pub first: usize,
    /// The last step that touches it.
    pub last: usize,
}

/// Offsets for `N` buffers, and the length of the memory that holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan<const N: usize> {
    /// Offset of each buffer, in bytes; a multiple of a cache line.
    pub offsets: [usize; N],
    /// Length of the whole, in bytes.
    pub total: usize,
}

/// The length `len` takes when the next buffer shall start on a cache line.
pub const fn padded(len: usize) -> usize {
    len.div_ceil(LINE) * LINE
}

/// Offsets such that buffers alive at the same step don't overlap: the best of three greedy orders
/// (largest first, longest-lived first, in order of birth), each placing a buffer in the lowest gap that holds it.
///
/// # Panics
///
/// If all buffers together are longer than can be counted ([`fits`] tells): for a user an error of the build.
pub const fn plan<const N: usize>(lives: &[Life; N]) -> Plan<N> {
    let mut offsets = [0; N];
    let mut desk = Desk {
        weights: &mut [0; N],
        order: &mut [0; N],
        merged: &mut [0; N],
        trial: &mut [0; N],
        taken: &mut [Taken::NOTHING; N],
    };
    let total = place(lives, &mut offsets, &mut desk);
    Plan { offsets, total }
}

/// Whether all buffers together have a length that can be counted, so that [`place`] doesn't panic.
pub const fn fits(lives: &[Life]) -> bool {
    let mut sum: usize = 0;
    let mut i = 0;
    while i < lives.len() {
        sum = match lives[i].len.checked_next_multiple_of(LINE) {
            Some(len) => match sum.checked_add(len) {
                Some(sum) => sum,
                None => return false,
            },
            None => return false,
        };
        i += 1;
    }
    true
}

/// Room to work in, every slice as long as there are buffers.
#[derive(Debug)]
pub struct Desk<'a> {
    /// What an order places first, for each buffer.
    pub weights: &'a mut [u128],
    /// The buffers in an order, and in the one before.
    pub order: &'a mut [usize],
    /// The order while it is merged.
    pub merged: &'a mut [usize],
    /// Offsets that are tried.
    pub trial: &'a mut [usize],
    /// Buffers that have their place.
    pub taken: &'a mut [Taken],
}

/// A buffer that has its place.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    first: usize,
    last: usize,
    start: usize,
    end: usize,
}

impl Taken {
    /// No buffer.
    pub const NOTHING: Taken = Taken {
        first: 0,
        last: 0,
        start: 0,
        end: 0,
    };
}

/// What [`plan`] does, on slices: sets `offsets` and returns the length of the whole.
///
/// # Panics
///
/// As [`plan`].
pub const fn place(lives: &[Life], offsets: &mut [usize], desk: &mut Desk<'_>) -> usize {
    assert!(
        fits(lives),
        "the model's buffers are longer than can be counted"
    );
    let mut best = usize::MAX;
    let mut order = 0;
    while order < 3 {
        sort(lives, order, desk);
        let total = place_in_order(lives, desk);
        if total < best {
            best = total;
            offsets.copy_from_slice(desk.trial);
        }
        order += 1;
    }
    best
}

/// What an order places first: the larger number.
const fn weight(life: &Life, order: usize) -> u128 {
    match order {
        0 => life.len as u128,
        1 => ((life.last - life.first) as u128) << 64 | life.len as u128,
        _ => (usize::MAX - life.first) as u128,
    }
}

/// The buffers by weight, heaviest first, into `desk.order`; equal weights keep their order. A merge sort, for the compiler
/// interprets every step of it.
const fn sort(lives: &[Life], order: usize, desk: &mut Desk<'_>) {
    let n = lives.len();
    let mut i = 0;
    while i < n {
        desk.weights[i] = weight(&lives[i], order);
        desk.order[i] = i;
        i += 1;
    }
    let mut run = 1;
    while run < n {
        let mut i = 0;
        while i < n {
            let middle = smaller(i + run, n);
            let end = smaller(i + 2 * run, n);
            let (mut left, mut right, mut k) = (i, middle, i);
            while k < end {
                let takes_left = right == end
                    || left < middle
                        && desk.weights[desk.order[left]] >= desk.weights[desk.order[right]];
                if takes_left {
                    desk.merged[k] = desk.order[left];
                    left += 1;
                } else {
                    desk.merged[k] = desk.order[right];
                    right += 1;
                }
                k += 1;
            }
            i = end;
        }
        desk.order.copy_from_slice(desk.merged);
        run *= 2;
    }
}

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Places the buffers one after the other into `desk.trial`. No function is called in the inner loop: a call costs the
/// compiler's interpreter as much as twenty operations.
const fn place_in_order(lives: &[Life], desk: &mut Desk<'_>) -> usize {
    let mut total = 0;
    let mut i = 0;
    while i < lives.len() {
        let index = desk.order[i];
        let Life { len, first, last } = lives[index];
        let len = padded(len);
        let (mut at, mut end) = (0, len);
        // Sorted by `start`, so that one pass over them finds the lowest gap.
        let mut k = 0;
        while k < i {
            let other = desk.taken[k];
            if other.start >= end {
                break;
            }
            if other.end > at && other.first <= last && first <= other.last {
                at = other.end;
                end = at + len;
            }
            k += 1;
        }
        desk.trial[index] = at;
        let mut j = i;
        while j > 0 && desk.taken[j - 1].start > at {
            desk.taken[j] = desk.taken[j - 1];
            j -= 1;
        }
        desk.taken[j] = Taken {
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
    total
}

/// Offsets of `N` buffers of these lengths laid one after the other, each on a cache line, and their length in all.
pub const fn one_after_the_other<const N: usize>(lens: &[usize; N]) -> Plan<N> {
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

/// Bytes of packed weights that are there at a time, where one stage doesn't need more: enough for all threads to have some to pack,
/// and no more than the caches that cores share hold.
pub const TURN_BYTES: usize = 32 << 20;

/// Places for `N` packed weights that take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turns<const N: usize> {
    /// Offset of each, in bytes; a multiple of a cache line.
    pub offsets: [usize; N],
    /// The stage before which each is packed, the first of its turn.
    pub stages: [usize; N],
    /// Their numbers by turns, and in a turn by offsets.
    pub order: [usize; N],
    /// Length of the memory that holds each turn, in bytes.
    pub total: usize,
    /// Bytes of all, as if there were no turns.
    pub sum: usize,
}

/// Cuts the stages into turns, each of packed weights that take `room` bytes, or what one stage needs where that is more. Weight `i` is
/// `lens[i]` bytes long and `read[i]` from its first to its last stage.
///
/// Those of a turn lie where those of the turn before lay. One that is read in several turns, or stands behind others of a later
/// turn, is packed in the first stage and stays.
pub const fn in_turns<const N: usize>(
    lens: &[usize; N],
    read: &[[usize; 2]; N],
    room: usize,
) -> Turns<N> {
    const STAYS: usize = usize::MAX;
    let mut turns = Turns {
        offsets: [0; N],
        stages: [0; N],
        order: [0; N],
        total: 0,
        sum: 0,
    };
    // Of each its turn, and of each turn its first stage.
    let (mut turn_of, mut begins) = ([0; N], [0; N]);
    let (mut turn, mut used, mut stage, mut i) = (0, 0, 0, 0);
    while i < N {
        let [first, _] = read[i];
        turns.sum += padded(lens[i]);
        if first > stage {
            stage = first;
            let (mut need, mut j) = (0, i);
            while j < N && read[j][0] == first {
                need += padded(lens[j]);
                j += 1;
            }
            if used > 0 && used + need > room {
                turn += 1;
                begins[turn] = first;
                used = 0;
            }
        }
        if first < begins[turn] {
            turn_of[i] = STAYS;
        } else {
            turn_of[i] = turn;
            used += padded(lens[i]);
        }
        i += 1;
    }
    let (mut placed, mut i) = (0, 0);
    while i < N {
        let of = turn_of[i];
        if of == STAYS || of < turn && read[i][1] >= begins[of + 1] {
            turn_of[i] = STAYS;
            turns.offsets[i] = turns.total;
            turns.total += padded(lens[i]);
            turns.order[placed] = i;
            placed += 1;
        }
        i += 1;
    }
    let base = turns.total;
    let (mut at, mut i) = (base, 0);
    turn = 0;
    while i < N {
        let of = turn_of[i];
        if of != STAYS {
            if of > turn {
                at = base;
                turn = of;
            }
            turns.offsets[i] = at;
            turns.stages[i] = begins[of];
            at += padded(lens[i]);
            if at > turns.total {
                turns.total = at;
            }
            turns.order[placed] = i;
            placed += 1;
        }
        i += 1;
    }
    turns
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Numbers that look random, the same at each run.
    fn lives(seed: u64, count: usize) -> Vec<Life> {
        let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |below: u64| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            ((x >> 20) % below) as usize
        };
        (0..count)
            .map(|_| {
                let (len, first) = (next(2000), next(40));
                Life {
                    len,
                    first,
                    last: first + next(12),
                }
            })
            .collect()
    }

    fn check(lives: &[Life], offsets: &[usize], total: usize) {
        for (i, a) in lives.iter().enumerate() {
            assert_eq!(offsets[i] % LINE, 0);
            assert!(offsets[i] + a.len <= total);
            for (j, b) in lives[..i].iter().enumerate() {
                let together = a.first <= b.last && b.first <= a.last;
                let apart = offsets[i] + a.len <= offsets[j] || offsets[j] + b.len <= offsets[i];
                assert!(!together || apart, "{i} and {j} overlap");
            }
        }
        // Never more than no reuse at all, never less than the fullest step needs.
        assert!(total <= lives.iter().map(|life| padded(life.len)).sum());
        let alive = |t: usize| {
            lives
                .iter()
                .filter(move |l| l.first <= t && t <= l.last)
                .map(|l| l.len)
        };
        assert!(
            (0..60)
                .map(|t| alive(t).sum::<usize>())
                .all(|fullest| total >= fullest)
        );
    }

    #[test]
    fn nothing_overlaps_while_alive() {
        for seed in 1..400 {
            let lives: [Life; 24] = lives(seed, 24).try_into().unwrap();
            let plan = plan(&lives);
            check(&lives, &plan.offsets, plan.total);
        }
        for seed in 1..200 {
            let lives: [Life; 5] = lives(seed, 5).try_into().unwrap();
            let plan = plan(&lives);
            check(&lives, &plan.offsets, plan.total);
        }
        assert_eq!(plan(&[]).total, 0);
    }

    #[test]
    fn works_at_build_time() {
        const fn life(len: usize, first: usize, last: usize) -> Life {
            Life { len, first, last }
        }
        const PLAN: Plan<3> = plan(&[life(400, 0, 1), life(200, 1, 2), life(400, 2, 3)]);
        const { assert!(PLAN.total == 448 + 256) };
        assert_eq!(PLAN.offsets[0], PLAN.offsets[2]);
    }

    #[test]
    fn packed_weights_take_turns_and_never_lie_on_one_another() {
        for seed in 0..300 {
            let mut lives: [Life; 17] = lives(seed, 17).try_into().expect("17");
            // Most are read in the stage where they are first read.
            for (i, life) in lives.iter_mut().enumerate() {
                if i % 5 > 0 {
                    life.last = life.first;
                }
            }
            // As they come, but for some.
            if seed % 3 > 0 {
                lives.sort_by_key(|life| life.first);
            }
            for room in [0, 1000, 5000, usize::MAX] {
                let turns = in_turns(
                    &lives.map(|life| life.len),
                    &lives.map(|life| [life.first, life.last]),
                    room,
                );
                let packed = |i: usize| turns.stages[i];
                let sum: usize = lives.iter().map(|life| padded(life.len)).sum();
                assert!(turns.sum == sum && turns.total <= sum);
                if room == usize::MAX {
                    assert_eq!((turns.total, turns.stages), (sum, [0; 17]));
                }
                for (i, life) in lives.iter().enumerate() {
                    assert!(packed(i) <= life.first);
                    let end = turns.offsets[i] + life.len;
                    assert!(end <= turns.total && turns.offsets[i] % LINE == 0);
                    for (j, other) in lives.iter().enumerate().filter(|(j, _)| *j != i) {
                        let apart = turns.offsets[j] + other.len <= turns.offsets[i]
                            || end <= turns.offsets[j];
                        // From where one is packed to where it is read last, the other isn't packed.
                        let free = packed(j) < packed(i) && other.last < packed(i)
                            || packed(j) > life.last;
                        assert!(apart || free, "{i} {j} of {lives:?}: {turns:?}");
                    }
                }
                let mut order = turns.order;
                let by_turn = |&i: &usize| (packed(i), turns.offsets[i]);
                assert!(order.is_sorted_by_key(by_turn));
                order.sort();
                assert_eq!(order, std::array::from_fn(|i| i));
            }
        }
    }

    #[test]
    fn buffers_one_after_the_other_begin_on_lines() {
        let plan = one_after_the_other(&[4, 0, 64, 65]);
        assert_eq!(plan.offsets, [0, 64, 64, 128]);
        assert_eq!(plan.total, 256);
    }

    #[test]
    fn lengths_beyond_count_are_told() {
        let life = Life {
            len: usize::MAX / 2,
            first: 0,
            last: 1,
        };
        assert!(fits(&[life]));
        assert!(!fits(&[life, life, life]));
        assert!(!fits(&[Life {
            len: usize::MAX,
            ..life
        }]));
    }
}
