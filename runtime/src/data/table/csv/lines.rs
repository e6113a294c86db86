//! Where in a file records stand, and what parts their fields.

/// The line of a quoted field that the file breaks off in; a reader would take the rest of the file for the field.
pub(super) fn unclosed_quote(bytes: &[u8], delimiter: u8, comment: Option<u8>) -> Option<u64> {
    let (mut line, mut opened, mut at_start, mut at_line) = (1, None, true, true);
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if at_line && opened.is_none() && Some(byte) == comment {
            while bytes.next_if(|&byte| byte != b'\n').is_some() {}
            continue;
        }
        match byte {
            b'"' if opened.is_none() && at_start => opened = Some(line),
            // Two quotes within a quoted field stand for one.
            b'"' if opened.is_some() && bytes.next_if_eq(&b'"').is_none() => opened = None,
            _ => {}
        }
        line += u64::from(byte == b'\n');
        at_line = byte == b'\n' || byte == b'\r';
        at_start = at_line || byte == delimiter;
    }
    opened
}

/// The lines between the record before and one, which are no records.
pub(super) struct Before {
    pub all: u64,
    pub empty: u64,
}

/// How many empty lines and comments come before a record: its reader gives the place where the one before ended.
pub(super) fn before(bytes: &[u8], position: &csv::Position, comment: Option<u8>) -> Before {
    let start = usize::try_from(position.byte()).ok();
    let mut rest = start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default();
    let mut before = Before { all: 0, empty: 0 };
    while let Some(&byte) = rest.first() {
        if byte == b'\n' {
            (before.all, before.empty) = (before.all + 1, before.empty + 1);
        } else if Some(byte) == comment {
            let end = rest.iter().position(|&byte| byte == b'\n');
            before.all += u64::from(end.is_some());
            rest = &rest[end.unwrap_or(rest.len() - 1)..];
        } else if byte != b'\r' {
            break;
        }
        rest = &rest[1..];
    }
    before
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
