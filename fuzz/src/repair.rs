//! Checksums and lengths put right again after the damage.

use crate::random::Random;
use flate2::Compression;
use flate2::Crc;
use flate2::write::{GzEncoder, ZlibEncoder};
use std::io::Write;

/// Packs bytes as gzip does.
pub fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// Packs bytes as a PNG has them.
pub fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// Packs every fourth file: what was damaged is what was packed.
pub fn packed(random: &mut Random, bytes: Vec<u8>) -> Vec<u8> {
    match random.below(4) {
        0 => gzipped(&bytes),
        _ => bytes,
    }
}

/// The right checksum for each chunk of a PNG; sometimes its picture is noise, properly packed.
pub fn png(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let is_data = &head[4..] == b"IDAT";
        let Some(end) = at
            .checked_add(length)
            .and_then(|end| end.checked_add(8))
            .filter(|end| end + 4 <= bytes.len())
        else {
            break;
        };
        if is_data && random.below(4) == 0 {
            let noise: Vec<u8> = (0..random.below(200))
                .map(|_| random.next() as u8 % 6)
                .collect();
            let packed = zipped(&noise);
            let size = u32::try_from(packed.len())
                .expect("a few bytes")
                .to_be_bytes();
            bytes[at..at + 4].copy_from_slice(&size);
            bytes.splice(at + 8..end, packed.iter().copied());
            at = sealed(&mut bytes, at, packed.len());
        } else {
            at = sealed(&mut bytes, at, length);
        }
    }
    bytes
}

/// Writes the checksum of the chunk at `at` and returns where the next begins.
pub fn sealed(bytes: &mut [u8], at: usize, length: usize) -> usize {
    let end = at + 8 + length;
    let mut sum = Crc::new();
    sum.update(&bytes[at + 4..end]);
    bytes[end..end + 4].copy_from_slice(&sum.sum().to_be_bytes());
    end + 4
}

/// The right length of a safetensors file's header, which ends with the last brace that text can have before.
pub fn safetensors(_: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    let text = bytes
        .iter()
        .skip(8)
        .take_while(|byte| (b' '..0x7f).contains(*byte));
    let length = text.count();
    if let Some(end) = bytes
        .get(8..8 + length)
        .and_then(|text| text.iter().rposition(|b| *b == b'}'))
    {
        let length = (end as u64 + 1).to_le_bytes();
        bytes[..8].copy_from_slice(&length);
    }
    bytes
}
