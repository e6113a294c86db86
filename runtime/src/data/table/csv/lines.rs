//! Where in a file records stand, and what parts their fields.

/// The line of a quoted field that the file breaks off in; a reader would take the rest of the file for the field.
pub(super) fn unclosed_quote(bytes: &[u8], delimiter: u8) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if opened.is_none() && at_start => opened = Some(line),
            // Two quotes within a quoted field stand for one.
            b'"' if opened.is_some() && bytes.next_if_eq(&b'"').is_none() => opened = None,
            _ => {}
        }
        line += u64::from(byte == b'\n');
        at_start = byte == delimiter || byte == b'\n' || byte == b'\r';
    }
    opened
}

/// How many empty lines come before a record: its reader gives the place where the one before ended.
pub(super) fn empty_lines_before(bytes: &[u8], position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte())
        .ok()
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    let empty = rest
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|&&byte| byte == b'\n');
    empty.count() as u64
}

/// The sign that parts the fields, if it isn't the one that was said: as often in each of the first lines, where the
/// other isn't.
pub(super) fn other_delimiter(bytes: &[u8], delimiter: u8) -> Option<u8> {
    const LINES: usize = 20;
    let constant = |sign: u8| {
        let mut counts = Vec::new();
        let (mut count, mut quoted, mut filled) = (0, false, false);
        for &byte in bytes {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
                    if filled {
                        counts.push(count);
                    }
                    (count, filled) = (0, false);
                    if counts.len() == LINES {
                        break;
                    }
                }
                b'\r' => {}
                _ => {
                    filled = true;
                    count += usize::from(byte == sign && !quoted);
                }
            }
        }
        if filled && counts.len() < LINES {
            counts.push(count);
        }
        counts.len() > 1 && counts[0] > 0 && counts.iter().all(|count| *count == counts[0])
    };
    if constant(delimiter) {
        return None;
    }
    [b';', b'\t', b'|', b',']
        .into_iter()
        .find(|&sign| sign != delimiter && constant(sign))
}
