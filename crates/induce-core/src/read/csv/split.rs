//! Chunks of whole records, so that threads can work on them.

use std::ops::Range;

use super::fields::{Dialect, Quoted, equal_bytes};

/// Bytes per chunk of a text of `length` bytes: small files are cut into enough for every thread to
/// have its part. A matter of speed alone, and yet it does not depend on the machine.
pub(crate) fn chunk(length: usize) -> usize {
    (length / 32).clamp(1 << 16, 1 << 19)
}

/// Consecutive ranges of about `size` bytes that end where a record ends;
/// an error holds the byte of a quote that is never closed.
///
/// Records can hold newlines inside of quotes, so whether a newline ends one
/// depends on all the quotes before it. The quotes alone are walked over, in
/// order: a fast pass, and none at all in files without quotes.
pub(crate) fn split(text: &[u8], size: usize, dialect: Dialect) -> Result<Vec<Range<usize>>, usize> {
    let mut cuts = Cuts {
        text,
        size: size.max(1),
        newline: dialect.newline,
        cuts: vec![0],
    };
    let mut quoted = Quoted::default();
    let (mut opened, mut closed) = (0, 0);
    for at in quotes(text) {
        let was_open = quoted.open;
        quoted.quote(text, at, || opens(text, at, dialect));
        if !was_open && quoted.open {
            cuts.within(closed..at);
            opened = at;
        } else if was_open && !quoted.open {
            closed = at + 1;
        }
    }
    if quoted.open {
        return Err(opened);
    }
    cuts.within(closed..text.len());
    Ok(cuts.ranges())
}

/// Where the quotes are. Where there are any there are many, a few bytes apart,
/// and looking at eight bytes at a time then beats a search that begins anew at each.
fn quotes(text: &[u8]) -> impl Iterator<Item = usize> {
    let first = memchr::memchr(b'"', text).unwrap_or(text.len()) & !7;
    let (words, rest) = text[first..].as_chunks::<8>();
    let tail = first + words.len() * 8;
    let hits = move |(i, word): (usize, &[u8; 8])| {
        let mut hits = equal_bytes(u64::from_le_bytes(*word), b'"');
        std::iter::from_fn(move || {
            let next = (hits != 0).then(|| first + i * 8 + hits.trailing_zeros() as usize / 8);
            hits &= hits.wrapping_sub(1);
            next
        })
    };
    let within_rest = rest.iter().enumerate().filter(|(_, byte)| **byte == b'"');
    let words = words.iter().enumerate().flat_map(hits);
    words.chain(within_rest.map(move |(i, _)| tail + i))
}

/// Whether a quote at `at` is the first character of its field, but for spaces.
fn opens(text: &[u8], at: usize, dialect: Dialect) -> bool {
    let ends = |byte: u8| byte == dialect.delimiter || byte == dialect.newline;
    let before = text[..at]
        .iter()
        .rev()
        .find(|&&byte| ends(byte) || (byte != b' ' && byte != b'\t'));
    before.is_none_or(|&byte| ends(byte))
}

struct Cuts<'t> {
    text: &'t [u8],
    size: usize,
    newline: u8,
    cuts: Vec<usize>,
}

impl Cuts<'_> {
    /// Cut inside of `gap`, a stretch without quoted fields, wherever a chunk is long enough.
    fn within(&mut self, gap: Range<usize>) {
        loop {
            let last = self.cuts[self.cuts.len() - 1];
            let from = (last + self.size - 1).max(gap.start);
            if from >= gap.end {
                return;
            }
            match memchr::memchr(self.newline, &self.text[from..gap.end]) {
                Some(offset) => self.cuts.push(from + offset + 1),
                None => return,
            }
        }
    }

    fn ranges(mut self) -> Vec<Range<usize>> {
        if self.cuts[self.cuts.len() - 1] < self.text.len() {
            self.cuts.push(self.text.len());
        }
        self.cuts.windows(2).map(|pair| pair[0]..pair[1]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        newline: b'\n',
    };

    #[test]
    fn chunks_end_where_records_end() {
        let text = b"aa,b\n\"x\n,\"\"\n\",c\n d\"\n,e\n\nf,g";
        for size in 1..40 {
            let chunks = split(text, size, COMMA).unwrap();
            assert_eq!(
                chunks
                    .iter()
                    .map(|chunk| &text[chunk.clone()])
                    .collect::<Vec<_>>()
                    .concat(),
                text
            );
            for chunk in &chunks {
                assert!(
                    ![6, 8, 12].contains(&(chunk.end - 1)),
                    "{chunk:?} cuts a quoted newline"
                );
                assert!(chunk.end == text.len() || text[chunk.end - 1] == b'\n');
            }
        }
        assert_eq!(split(text, 1, COMMA).unwrap().len(), 6);
    }

    #[test]
    fn an_open_quote_is_found() {
        assert_eq!(split(b"a,\"b\n", 10, COMMA), Err(2));
    }
}
