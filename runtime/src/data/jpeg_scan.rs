//! Whether the Huffman-coded data of a sequential JPEG has all blocks of the picture.
//!
//! A file that was cut and then closed by an end marker has whole segments, and decoders fill what is missing. So the codes
//! are read once more, without making anything of them. Progressive files are passed over: what a later scan refines can't be
//! counted without decoding. ITU-T T.81, annexes A, E and F.

/// Components, tables and the restart interval as they are where a scan begins.
#[derive(Default)]
pub(super) struct State {
    /// `None` where the frame isn't a sequential one with Huffman codes.
    frame: Option<Frame>,
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    /// MCUs between restart markers; 0 for none.
    interval: usize,
}

struct Frame {
    height: usize,
    width: usize,
    /// Identifier, horizontal and vertical sampling factor of each.
    components: Vec<(u8, usize, usize)>,
}

impl State {
    /// Takes in a segment that isn't a scan.
    pub(super) fn segment(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            (0xc0 | 0xc1, [_, a, b, c, d, _, components @ ..]) => {
                let number = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
                let component = |part: &[u8; 3]| {
                    (
                        part[0],
                        usize::from(part[1] >> 4),
                        usize::from(part[1] & 15),
                    )
                };
                self.frame = Some(Frame {
                    height: number(*a, *b),
                    width: number(*c, *d),
                    components: components.as_chunks().0.iter().map(component).collect(),
                });
            }
            (0xc4, mut rest) => {
                while let [class, tables @ ..] = rest {
                    let Some((table, after)) = Table::read(tables) else {
                        return;
                    };
                    let all = if class >> 4 == 0 {
                        &mut self.dc
                    } else {
                        &mut self.ac
                    };
                    all[usize::from(class & 3)] = Some(table);
                    rest = after;
                }
            }
            (0xdd, [high, low, ..]) => {
                self.interval = usize::from(u16::from_be_bytes([*high, *low]));
            }
            _ => {}
        }
    }

    /// Counts the MCUs of a scan with this header, of which the data begins `bytes`; the `Err` says how many of how many there are.
    /// What isn't understood is left to the decoder.
    pub(super) fn scan(&self, header: &[u8], bytes: &[u8]) -> Result<(), String> {
        let Some((mcus, blocks)) = self.plan(header) else {
            return Ok(());
        };
        let mut bits = Bits::new(bytes);
        for mcu in 0..mcus {
            let mut read = Ok(());
            if self.interval > 0 && mcu > 0 && mcu % self.interval == 0 {
                read = bits.restart();
            }
            for (dc, ac) in &blocks {
                read = read.and_then(|()| bits.block(dc, ac));
            }
            match read {
                Ok(()) => {}
                Err(End::Over) => {
                    return Err(format!(
                        "one whose pixels break off: {mcu} of {mcus} blocks"
                    ));
                }
                Err(End::Unknown) => return Ok(()),
            }
        }
        Ok(())
    }

    /// How many MCUs a scan has, and the tables of the blocks of each.
    fn plan(&self, header: &[u8]) -> Option<(usize, Vec<(&Table, &Table)>)> {
        let frame = self.frame.as_ref()?;
        let (&count, rest) = header.split_first()?;
        let chosen = rest.as_chunks::<2>().0.get(..usize::from(count))?;
        let most =
            |factor: fn(&(u8, usize, usize)) -> usize| frame.components.iter().map(factor).max();
        let (most_h, most_v) = (most(|part| part.1)?, most(|part| part.2)?);
        let mut blocks = Vec::new();
        let mut mcus = (0, 0);
        for [identifier, tables] in chosen {
            let all = &mut frame.components.iter();
            let &(_, h, v) = all.find(|(known, ..)| known == identifier)?;
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return None;
            }
            let dc = self.dc[usize::from(tables >> 4 & 3)].as_ref()?;
            let ac = self.ac[usize::from(tables & 3)].as_ref()?;
            // A component alone has an MCU for each of its own blocks.
            let (each, across, down) = match count {
                1 => (
                    1,
                    (frame.width * h).div_ceil(most_h),
                    (frame.height * v).div_ceil(most_v),
                ),
                _ => (
                    h * v,
                    frame.width.div_ceil(most_h),
                    frame.height.div_ceil(most_v),
                ),
            };
            mcus = (across.div_ceil(8), down.div_ceil(8));
            blocks.extend(std::iter::repeat_n((dc, ac), each));
        }
        Some((mcus.0 * mcus.1, blocks))
    }
}

/// The symbol of each code.
struct Table {
    /// By the next [`Table::FAST`] bits: the length of the code and its symbol; 0 where it is longer.
    fast: Vec<(u8, u8)>,
    /// For each length from 1: the first number of 16 bits that isn't a code of this length or a shorter one.
    ends: [u32; 16],
    /// What is added to a code of each length to make it a place among the symbols.
    places: [i32; 16],
    symbols: Vec<u8>,
}

impl Table {
    const FAST: u32 = 9;

    /// The table, and what follows it.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (counts, rest) = bytes.split_first_chunk::<16>()?;
        let all = counts.iter().map(|&count| usize::from(count)).sum();
        let (symbols, rest) = rest.split_at_checked(all)?;
        let mut table = Table {
            fast: vec![(0, 0); 1 << Self::FAST],
            ends: [0; 16],
            places: [0; 16],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0_u32, 0);
        for (length, &count) in (1_u32..).zip(counts) {
            let at = length as usize - 1;
            table.places[at] = place as i32 - code as i32;
            for _ in 0..count {
                if let Some(spare) = Self::FAST.checked_sub(length) {
                    let first = (code << spare) as usize;
                    let same = table.fast.get_mut(first..first + (1 << spare))?;
                    same.fill((length as u8, symbols[place]));
                }
                code += 1;
                place += 1;
            }
            table.ends[at] = code << (16 - length);
            code <<= 1;
        }
        Some((table, rest))
    }
}

/// Why a block couldn't be read.
enum End {
    /// The data ends before it does.
    Over,
    /// There is no such code.
    Unknown,
}

/// The bits of a scan up to the next marker.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, from the highest on, and how many they are.
    next: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let (at, next, count) = (0, 0, 0);
        Bits {
            bytes,
            at,
            next,
            count,
        }
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let byte = match self.bytes.get(self.at..) {
                Some([0xff, 0, ..]) => {
                    self.at += 1;
                    0xff
                }
                None | Some([] | [0xff, ..]) => return,
                Some([byte, ..]) => *byte,
            };
            self.at += 1;
            self.next |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Passes over so many bits.
    fn pass(&mut self, count: u32) -> Result<(), End> {
        if count > self.count {
            return Err(End::Over);
        }
        self.next <<= count;
        self.count -= count;
        Ok(())
    }

    /// A symbol, and then the bits of the number whose size its lower half is.
    fn symbol(&mut self, table: &Table) -> Result<u8, End> {
        if self.count < 32 {
            self.fill();
        }
        let (mut length, mut symbol) = table.fast[(self.next >> (64 - Table::FAST)) as usize];
        if length == 0 {
            let code = (self.next >> 48) as u32;
            let Some(at) = table.ends.iter().position(|&end| code < end) else {
                let over = self.count < 16;
                return Err(if over { End::Over } else { End::Unknown });
            };
            let place = (code >> (15 - at)) as i32 + table.places[at];
            let known = usize::try_from(place)
                .ok()
                .and_then(|place| table.symbols.get(place));
            symbol = *known.ok_or(End::Unknown)?;
            length = at as u8 + 1;
        }
        self.pass(u32::from(length) + u32::from(symbol & 15))?;
        Ok(symbol)
    }

    /// The 64 coefficients of a block.
    fn block(&mut self, dc: &Table, ac: &Table) -> Result<(), End> {
        self.symbol(dc)?;
        let mut at = 1;
        while at < 64 {
            let symbol = self.symbol(ac)?;
            match symbol {
                0xf0 => at += 16,
                _ if symbol & 15 == 0 => break,
                _ => at += usize::from(symbol >> 4) + 1,
            }
        }
        Ok(())
    }

    /// Goes on behind the restart marker that must come now.
    fn restart(&mut self) -> Result<(), End> {
        (self.next, self.count) = (0, 0);
        loop {
            match self.bytes.get(self.at..) {
                Some([0xff, 0xd0..=0xd7, ..]) => break,
                Some([0xff, 0x01..=0xfe, ..]) | Some([] | [_]) | None => return Err(End::Over),
                Some(_) => self.at += 1,
            }
        }
        self.at += 2;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{decode, jpeg_layout};
    use std::path::Path;

    fn picture(name: &str) -> Vec<u8> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures");
        std::fs::read(folder.join(name)).unwrap()
    }

    /// Where the data of the only scan begins.
    fn data(bytes: &[u8]) -> usize {
        let scan = bytes
            .windows(2)
            .position(|pair| pair == [0xff, 0xda])
            .unwrap();
        scan + 2 + usize::from(bytes[scan + 3])
    }

    #[test]
    fn jpeg_cut_a_scan_closed_by_an_end_marker_before_it_is_over_is_refused() {
        for name in ["rgb.jpg", "gray.jpg"] {
            let whole = picture(name);
            decode::decode(&whole, 1 << 20).unwrap();
            for length in data(&whole)..whole.len() - 2 {
                let cut = [&whole[..length], &[0xff, 0xd9]].concat();
                let layout = jpeg_layout::layout(&cut);
                assert!(
                    layout.is_ok() || whole[length - 1] == 0xff,
                    "{name} cut to {length}"
                );
                let error = decode::decode(&cut, 1 << 20).err();
                let error = error.unwrap_or_else(|| panic!("{name} cut to {length}"));
                assert!(error.contains("break"), "{name} cut to {length}: {error}");
            }
        }
    }

    #[test]
    fn blocks_between_restart_markers_are_counted() {
        let one = picture("flat.jpg");
        let (begin, end) = (data(&one), one.len() - 2);
        let mut head = one[..begin].to_vec();
        let frame = head
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        // 3 × 2 pixels become 20 × 2: three blocks.
        head[frame + 7..frame + 9].copy_from_slice(&[0, 20]);
        let scan = head
            .windows(2)
            .position(|pair| pair == [0xff, 0xda])
            .unwrap();
        head.splice(scan..scan, [0xff, 0xdd, 0, 4, 0, 1]);
        let with = |restarts: &[&[u8]]| {
            let blocks: Vec<u8> = restarts
                .iter()
                .flat_map(|mark| [&one[begin..end], *mark].concat())
                .collect();
            decode::decode(&[&head[..], &blocks, &[0xff, 0xd9]].concat(), 1 << 20)
        };
        let whole = with(&[&[0xff, 0xd0], &[0xff, 0xd1], &[]]).map(|picture| picture.rgb());
        let pixel = decode::decode(&one, 1 << 20).unwrap().rgb()[0];
        assert_eq!(whole, Ok(vec![pixel; 20 * 2 * 3]));
        let short: [(&[&[u8]], usize); 2] = [(&[&[0xff, 0xd0], &[]], 2), (&[&[]], 1)];
        for (cut, found) in short {
            let error = with(cut).map(|_| ()).unwrap_err();
            let expected = format!("one whose pixels break off: {found} of 3 blocks");
            assert_eq!(error, expected);
        }
    }
}
