//! A number that tells data apart.

use crate::{Column, ColumnType};

/// A sum of 64 bits over values in their order: quick, not cryptographic.
#[derive(Debug, Clone, Copy)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Self::new()
    }
}

impl Fingerprint {
    /// The sum of nothing.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Add a word.
    #[inline]
    pub fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29);
    }

    /// Add bytes, and how many they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| self.word(u64::from(*byte)));
    }

    /// Add values, to the bit.
    pub fn values(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.word(value.to_bits()));
    }

    /// Add a column: its name, its kind and its values.
    pub fn column(&mut self, column: &Column) {
        self.bytes(column.name().as_bytes());
        self.bytes(column.column_type().name().as_bytes());
        let rows = column.len();
        match column.column_type() {
            ColumnType::Text => {
                for row in 0..rows {
                    self.bytes(column.text(row).unwrap_or_default().as_bytes());
                }
            }
            ColumnType::Category => {
                for name in column.categories() {
                    self.bytes(name.as_bytes());
                }
                let mut codes = vec![0; rows];
                column.read_codes(0, &mut codes);
                codes.iter().for_each(|code| self.word(u64::from(*code)));
            }
            _ => {
                let mut block = [0.0; 1024];
                for start in (0..rows).step_by(block.len()) {
                    let part = &mut block[..(rows - start).min(1024)];
                    column.read_f64(start, part);
                    self.values(part);
                }
            }
        }
    }

    /// The sum.
    pub fn finish(self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
