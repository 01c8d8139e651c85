//! Where the fields of a chunk of text begin and end.

/// How the text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between two fields.
    pub(crate) delimiter: u8,
    /// After a record: `\n`, or `\r` in files that have no `\n` at all.
    pub(crate) newline: u8,
}

/// What is wrong with the layout, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A record has not as many fields as the first one.
    Ragged {
        /// Byte at which the record begins.
        at: usize,
        /// Fields it has.
        found: usize,
    },
}

/// The field ends of every record of a chunk.
///
/// Field `j` of a record runs from the end of field `j - 1`, past the
/// delimiter, to its own end; quotes and spaces around it are still there.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    ends: Vec<u32>,
    starts: Vec<u32>,
    width: usize,
}

impl Fields {
    /// Find the fields of records of `width` fields each. Blank lines are skipped.
    pub(crate) fn find(text: &[u8], width: usize, dialect: Dialect) -> Result<Self, Fault> {
        let mut scan = Scan::new(text, width, dialect);
        if memchr::memchr(b'"', text).is_some() {
            scan.with_quotes()?;
        } else {
            scan.without_quotes()?;
        }
        scan.finish()
    }

    /// How many records there are.
    pub(crate) fn rows(&self) -> usize {
        self.starts.len()
    }

    /// Where record `row` begins.
    pub(crate) fn start(&self, row: usize) -> usize {
        self.starts[row] as usize
    }

    /// The raw text of a field.
    #[inline]
    pub(crate) fn raw<'t>(&self, text: &'t [u8], row: usize, column: usize) -> &'t [u8] {
        let place = row * self.width + column;
        let start = if column == 0 {
            self.starts[row]
        } else {
            self.ends[place - 1] + 1
        };
        &text[start as usize..self.ends[place] as usize]
    }
}

/// A walk over the text, eight bytes at a time.
struct Scan<'t> {
    text: &'t [u8],
    dialect: Dialect,
    fields: Fields,
    /// Where the current record and the current field begin.
    record: usize,
    field: usize,
    /// Fields of the current record that have ended.
    count: usize,
}

impl<'t> Scan<'t> {
    fn new(text: &'t [u8], width: usize, dialect: Dialect) -> Self {
        let fields = Fields {
            ends: Vec::with_capacity(text.len() / 6),
            starts: Vec::with_capacity(text.len() / 6 / width.max(1)),
            width,
        };
        Self {
            text,
            dialect,
            fields,
            record: 0,
            field: 0,
            count: 0,
        }
    }

    fn without_quotes(&mut self) -> Result<(), Fault> {
        let Dialect { delimiter, newline } = self.dialect;
        let (words, rest) = self.text.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let mut hits = equal_bytes(word, delimiter) | equal_bytes(word, newline);
            while hits != 0 {
                let at = i * 8 + hits.trailing_zeros() as usize / 8;
                self.end_field(at)?;
                hits &= hits - 1;
            }
        }
        for (i, &byte) in rest.iter().enumerate() {
            if byte == delimiter || byte == newline {
                self.end_field(words.len() * 8 + i)?;
            }
        }
        Ok(())
    }

    /// As [`without_quotes`](Self::without_quotes), but deaf inside of quotes.
    fn with_quotes(&mut self) -> Result<(), Fault> {
        let Dialect { delimiter, newline } = self.dialect;
        let (words, rest) = self.text.as_chunks::<8>();
        let mut quoted = Quoted::default();
        for (i, word) in words.iter().enumerate() {
            let word = u64::from_le_bytes(*word);
            let mut hits =
                equal_bytes(word, delimiter) | equal_bytes(word, newline) | equal_bytes(word, b'"');
            while hits != 0 {
                self.hit(i * 8 + hits.trailing_zeros() as usize / 8, &mut quoted)?;
                hits &= hits - 1;
            }
        }
        for (i, &byte) in rest.iter().enumerate() {
            if byte == delimiter || byte == newline || byte == b'"' {
                self.hit(words.len() * 8 + i, &mut quoted)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn hit(&mut self, at: usize, quoted: &mut Quoted) -> Result<(), Fault> {
        if self.text[at] == b'"' {
            let opens = || opens_field(self.text, self.field, at);
            quoted.quote(self.text, at, opens);
            Ok(())
        } else if quoted.open {
            Ok(())
        } else {
            self.end_field(at)
        }
    }

    #[inline]
    fn end_field(&mut self, at: usize) -> Result<(), Fault> {
        self.fields.ends.push(at as u32);
        self.count += 1;
        self.field = at + 1;
        if self.text[at] == self.dialect.newline {
            self.end_record(at)
        } else {
            Ok(())
        }
    }

    #[inline]
    fn end_record(&mut self, at: usize) -> Result<(), Fault> {
        if self.count == self.fields.width && (self.count > 1 || !is_blank(&self.text[self.record..at])) {
            self.fields.starts.push(self.record as u32);
        } else if self.count == 1 && is_blank(&self.text[self.record..at]) {
            self.fields.ends.pop();
        } else {
            return Err(Fault::Ragged {
                at: self.record,
                found: self.count,
            });
        }
        self.count = 0;
        self.record = at + 1;
        Ok(())
    }

    /// The last record may lack its newline.
    fn finish(mut self) -> Result<Fields, Fault> {
        let end = self.text.len();
        if self.record < end {
            self.fields.ends.push(end as u32);
            self.count += 1;
            self.end_record(end)?;
        }
        Ok(self.fields)
    }
}

/// Whether the walk is inside of quotes.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Quoted {
    pub(super) open: bool,
    /// The second half of `""`, already dealt with.
    skip: usize,
}

impl Quoted {
    /// Deal with the quote at `at`. `opens` says whether a quote there would open a field.
    #[inline]
    pub(super) fn quote(&mut self, text: &[u8], at: usize, opens: impl FnOnce() -> bool) {
        if self.open {
            if self.skip == at {
                return;
            }
            if text.get(at + 1) == Some(&b'"') {
                self.skip = at + 1;
            } else {
                self.open = false;
            }
        } else {
            self.open = opens();
        }
    }
}

/// Whether only spaces stand between `start` and the quote at `at`.
///
/// Looks backwards, where the quote before stops it: forwards, a field of many
/// spaces and then many quotes would take a time of the one times the other.
#[inline]
pub(super) fn opens_field(text: &[u8], start: usize, at: usize) -> bool {
    text[start..at]
        .iter()
        .rev()
        .all(|&byte| byte == b' ' || byte == b'\t')
}

fn is_blank(record: &[u8]) -> bool {
    record.iter().all(|&byte| matches!(byte, b' ' | b'\r' | b'\t'))
}

/// `0x80` in every byte of `word` that equals `byte`, exactly.
#[inline]
pub(super) fn equal_bytes(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let zero_where_equal = word ^ (u64::from(byte) * 0x0101_0101_0101_0101);
    !(((zero_where_equal & LOW) + LOW) | zero_where_equal | LOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Dialect = Dialect {
        delimiter: b',',
        newline: b'\n',
    };

    fn table(text: &str, width: usize) -> Result<Vec<Vec<&str>>, Fault> {
        let fields = Fields::find(text.as_bytes(), width, COMMA)?;
        let field = |row, column| std::str::from_utf8(fields.raw(text.as_bytes(), row, column)).unwrap();
        Ok((0..fields.rows())
            .map(|row| (0..width).map(|column| field(row, column)).collect())
            .collect())
    }

    #[test]
    fn fields_are_found_wherever_they_stand() {
        assert_eq!(table("a,b\nc,d\n", 2).unwrap(), [["a", "b"], ["c", "d"]]);
        assert_eq!(
            table("a,b\n\n \r\nccccccccccccccc,d", 2).unwrap(),
            [["a", "b"], ["ccccccccccccccc", "d"]]
        );
        assert_eq!(table(",\n", 2).unwrap(), [["", ""]]);
        assert_eq!(table("", 2).unwrap(), [[""; 0]; 0]);
    }

    #[test]
    fn quotes_hide_delimiters_and_newlines() {
        let text = "\"a,\n\"\"b\",c\n x\"y, \"p,q\"\n\"\",\"\"\"\"\n";
        assert_eq!(
            table(text, 2).unwrap(),
            [
                ["\"a,\n\"\"b\"", "c"],
                [" x\"y", " \"p,q\""],
                ["\"\"", "\"\"\"\""]
            ]
        );
    }

    #[test]
    fn a_ragged_record_is_reported_where_it_begins() {
        assert_eq!(
            table("a,b\nc\n", 2).unwrap_err(),
            Fault::Ragged { at: 4, found: 1 }
        );
        assert_eq!(
            table("a,b\nc,d,e", 2).unwrap_err(),
            Fault::Ragged { at: 4, found: 3 }
        );
    }

    #[test]
    fn bytes_are_compared_exactly() {
        let word = u64::from_le_bytes(*b",-,\x2b\xac,,\0");
        assert_eq!(
            equal_bytes(word, b','),
            u64::from_le_bytes([128, 0, 128, 0, 0, 128, 128, 0])
        );
    }
}
