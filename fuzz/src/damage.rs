//! The ways in which a file is damaged.

use crate::random::Random;

/// No damaged file is longer, so that what a reader takes can be compared with what it was given.
const LONGEST: usize = 1 << 16;

/// Sizes that readers multiply, add and compare.
const NUMBERS: [u64; 22] = [
    0,
    1,
    2,
    3,
    7,
    16,
    127,
    128,
    255,
    256,
    4096,
    0x7fff,
    0xffff,
    0x1_0000,
    0x0fff_ffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0001,
    1 << 61,
    1 << 63,
    u64::MAX,
];

/// What stands for a number in a text.
const WORDS: [&str; 24] = [
    "0",
    "-1",
    "1e308",
    "-1e39",
    "1e-400",
    "NaN",
    "inf",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"NaN\"",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "4294967296",
    "-9223372036854775809",
    "0.1.2",
    "1,5",
    "\u{fffd}",
    "\"a\nb\"",
    "2024-02-30",
    "1970-01-01T00:00:60Z",
];

/// A damaged copy of one of the seeds.
pub fn damaged(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.of(seeds).clone();
    // Mostly little: what is damaged all over is refused at its first byte.
    let times = 1 + random.below(4) * random.below(4);
    for _ in 0..times {
        hit(random, &mut bytes, seeds);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn hit(random: &mut Random, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    match random.below(13) {
        0 | 1 => {
            let at = random.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        2 => {
            let at = random.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        3 | 4 => number(random, bytes),
        5 | 6 => word(random, bytes),
        7 => {
            let (start, end) = range(random, bytes.len());
            bytes.drain(start..end);
        }
        8 => {
            let (start, end) = range(random, bytes.len());
            let copy = bytes[start..end].to_vec();
            let at = random.below(bytes.len() + 1);
            // Once or many times.
            let times = 1 << random.below(8);
            let copies = copy.iter().copied().cycle();
            let copies: Vec<u8> = copies.take((copy.len() * times).min(LONGEST)).collect();
            bytes.splice(at..at, copies);
        }
        9 => {
            let (start, end) = range(random, bytes.len());
            bytes[start..end].reverse();
        }
        10 => bytes.truncate(random.below(bytes.len() + 1)),
        11 => {
            let other = random.of(seeds);
            let (start, end) = range(random, other.len());
            let (from, to) = range(random, bytes.len());
            bytes.splice(from..to, other[start..end].iter().copied());
        }
        _ => {
            let at = random.below(bytes.len() + 1);
            let length = random.below(20);
            let noise: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            bytes.splice(at..at, noise);
        }
    }
    // A limit here too: copies of copies would grow without one.
    bytes.truncate(2 * LONGEST);
}

/// Puts a size where one may stand: 1 to 8 bytes, in either order.
fn number(random: &mut Random, bytes: &mut [u8]) {
    let width = *random.of(&[1, 2, 4, 4, 8, 8]);
    if bytes.len() < width {
        return;
    }
    // Headers stand in front.
    let end = bytes.len() - width + 1;
    let at = match random.below(2) {
        0 => random.below(end.min(64)),
        _ => random.below(end),
    };
    let value = random.of(&NUMBERS).wrapping_add(match random.below(4) {
        0 => random.next() % 5,
        _ => 0,
    });
    let mut part = value.to_le_bytes()[..width].to_vec();
    if random.below(2) == 0 {
        part.reverse();
    }
    bytes[at..at + width].copy_from_slice(&part);
}

/// Puts a word in the place of a number in a text, if there is one.
fn word(random: &mut Random, bytes: &mut Vec<u8>) {
    let from = random.below(bytes.len());
    let is_digit = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = from + start;
    let length = bytes[start..]
        .iter()
        .take_while(|byte| is_digit(byte))
        .count();
    let word = random.of(&WORDS);
    bytes.splice(start..start + length, word.bytes());
}

/// A range of what has this length, mostly a short one.
fn range(random: &mut Random, length: usize) -> (usize, usize) {
    let start = random.below(length + 1);
    let most = match random.below(3) {
        0 => length,
        _ => 16,
    };
    let end = start + random.below((length - start).min(most) + 1);
    (start, end)
}
