//! Columns of codes.

/// Rows that masks and predictions work on at a time.
pub const BLOCK: usize = 64;

/// One feature's codes, padded with zeros to whole blocks and one more.
#[derive(Debug, Clone)]
pub enum CodeColumn {
    /// At most 256 different codes.
    Narrow(Vec<u8>),
    /// At most 65,536 different codes.
    Wide(Vec<u16>),
}

/// The codes of a table, column by column.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// One per feature.
    pub columns: Vec<CodeColumn>,
    /// Rows, without the padding.
    pub rows: usize,
}

impl CodeColumn {
    /// All zeros for `rows` rows, as bytes if `codes` many fit.
    pub fn zeros(codes: usize, rows: usize) -> Self {
        // One more block than needed: vector code may read a few bytes past the last row.
        let padded = rows.next_multiple_of(BLOCK) + BLOCK;
        if codes <= 256 {
            Self::Narrow(vec![0; padded])
        } else {
            Self::Wide(vec![0; padded])
        }
    }

    /// The code of `row`.
    #[inline]
    pub fn get(&self, row: usize) -> u16 {
        match self {
            Self::Narrow(codes) => u16::from(codes[row]),
            Self::Wide(codes) => codes[row],
        }
    }

    /// The codes of a narrow column; empty for a wide one.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Narrow(codes) => codes,
            Self::Wide(_) => &[],
        }
    }
}
