//! Files damaged in what they mean, with checksums, lengths and packing as they must be.

use crate::damage::damaged;
use crate::json;
use crate::random::Random;
use crate::repair::{gzipped, sealed, zipped};
use flate2::read::ZlibDecoder;
use serde_json::Value;
use std::io::Read;

/// A safetensors file with another header, whose length is right; its tensors stay, or are as many bytes as the header says.
pub fn safetensors(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let Some((header, data)) = split(bytes) else {
        return bytes.to_vec();
    };
    let Ok(mut header) = serde_json::from_slice::<Value>(header) else {
        return bytes.to_vec();
    };
    let mut data = data.to_vec();
    for _ in 0..1 + random.below(3) {
        json::alter(random, &mut header);
    }
    match random.below(4) {
        0 => data = damaged(random, &[data]),
        1 => data.resize(end(&header).min(1 << 16), 0),
        _ => {}
    }
    let header = header.to_string();
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), &data].concat()
}

/// Header and data of a safetensors file.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

/// The last byte that a header speaks of.
fn end(header: &Value) -> usize {
    let entries = header.as_object().into_iter().flat_map(|map| map.values());
    let ends = entries.filter_map(|entry| entry["data_offsets"][1].as_u64());
    usize::try_from(ends.max().unwrap_or(0)).unwrap_or(usize::MAX)
}

/// A PNG with other values in its header or other pixels, packed and with checksums as they must be.
pub fn png(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.get(..8).unwrap_or_default().to_vec();
    for (name, content) in chunks(bytes) {
        let mut content = content.to_vec();
        match &name {
            b"IHDR" if content.len() == 13 && random.below(2) == 0 => header(random, &mut content),
            b"IDAT" if random.below(2) == 0 => {
                let mut pixels = Vec::new();
                // What was damaged before may not unpack.
                let _ = ZlibDecoder::new(&content[..])
                    .take(1 << 16)
                    .read_to_end(&mut pixels);
                content = zipped(&damaged(random, &[pixels]));
            }
            _ if random.below(8) == 0 => content = damaged(random, &[content]),
            _ => {}
        }
        for _ in 0..1 + usize::from(random.below(16) == 0) {
            let (at, length) = (file.len(), content.len());
            file.extend((length as u32).to_be_bytes());
            file.extend(name);
            file.extend(&content);
            file.extend([0; 4]);
            sealed(&mut file, at, length);
        }
    }
    file
}

/// The chunks of a PNG, as far as they are whole.
fn chunks(bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    let mut chunks = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk()
        && let Some((name, after)) = after.split_first_chunk()
        && let Some((content, after)) = after.split_at_checked(u32::from_be_bytes(*length) as usize)
        && let Some((_, after)) = after.split_first_chunk::<4>()
    {
        chunks.push((*name, content));
        rest = after;
    }
    chunks
}

/// Another size, depth, colour or interlacing.
fn header(random: &mut Random, content: &mut [u8]) {
    const SIDES: [u32; 9] = [0, 1, 2, 5, 6, 7, 255, 65_536, u32::MAX >> 1];
    match random.below(4) {
        0 => content[..4].copy_from_slice(&random.of(&SIDES).to_be_bytes()),
        1 => content[4..8].copy_from_slice(&random.of(&SIDES).to_be_bytes()),
        2 => (content[8], content[9]) = (1 << random.below(6), random.below(8) as u8),
        _ => content[12] ^= 1,
    }
}

/// A JPEG with one segment damaged, its length as it must be, or with segments that go, come twice or change places.
pub fn jpeg(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut segments = Vec::new();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, ..] = *rest
        && marker != 0xda
        && let Some((segment, after)) =
            rest.split_at_checked(2 + usize::from(u16::from_be_bytes([high, low])))
        && segment.len() >= 4
    {
        segments.push((marker, segment[4..].to_vec()));
        rest = after;
    }
    if segments.is_empty() {
        return bytes.to_vec();
    }
    let at = random.below(segments.len());
    match random.below(5) {
        0 => drop(segments.remove(at)),
        1 => segments.insert(at, segments[at].clone()),
        2 => segments.reverse(),
        _ => {
            let content = &mut segments[at].1;
            *content = damaged(random, &[std::mem::take(content)]);
            content.truncate(65_533);
        }
    }
    let mut file = bytes[..2].to_vec();
    for (marker, content) in segments {
        file.extend([0xff, marker]);
        file.extend((content.len() as u16 + 2).to_be_bytes());
        file.extend(content);
    }
    file.extend(rest);
    file
}

/// A file of its own, damaged and then packed.
pub fn packed(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    gzipped(&damaged(random, &[bytes.to_vec()]))
}
