//! A reader, and what its files look like.

use crate::random::Random;

/// Another file of the same kind, damaged in what it means.
pub type Alter = fn(&mut Random, &[u8]) -> Vec<u8>;

/// A reader of files that others made.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Valid files.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads a file and uses what came of it; must return, whatever the bytes are.
    pub read: fn(&[u8]),
    /// A valid file damaged in what it means, if its kind allows that: it passes the first checks.
    pub alter: Option<Alter>,
    /// Makes a damaged file pass the reader's first checks (checksums, lengths), so that the damage gets deeper.
    pub repair: fn(&mut Random, Vec<u8>) -> Vec<u8>,
}

impl Target {
    /// A target whose files have no checksums or packing.
    pub const fn new(name: &'static str, seeds: fn() -> Vec<Vec<u8>>, read: fn(&[u8])) -> Self {
        Self {
            name,
            seeds,
            read,
            alter: None,
            repair: |_, bytes| bytes,
        }
    }

    /// The same target with a third of the files altered in what they mean.
    pub const fn altered(mut self, alter: Alter) -> Self {
        self.alter = Some(alter);
        self
    }

    /// The same target with files that are repaired after every other damage.
    pub const fn repaired(mut self, repair: fn(&mut Random, Vec<u8>) -> Vec<u8>) -> Self {
        self.repair = repair;
        self
    }
}

/// A number below `end` that depends on the bytes alone: which of a reader's options a file is read with.
pub fn choice(bytes: &[u8], end: usize) -> usize {
    let sum = bytes.iter().fold(bytes.len(), |sum, &byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    sum % end
}
