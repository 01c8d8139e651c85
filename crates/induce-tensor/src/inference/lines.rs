//! How constant matrices lie in memory: in panels of [`ROWS`] rows, whose values of a column are neighbours.
//!
//! The lanes of a vector are then rows: a product needs no sums across lanes, several rows of inputs share one reading, and
//! every number of it is a sum along the columns in a fixed order, whatever the instruction set.

use std::ops::Range;

use half::{bf16, f16};

/// Rows of a panel: the lanes of a vector of AVX-512. The last panel is filled up with zeros.
pub const ROWS: usize = 16;
/// Partial sums of an element of a product with panels of floats.
pub const PARTS: usize = 4;

/// Lines that are asked for ahead of their use: two pages of 4 KiB. What fetches ahead by itself stops at the end of a page; by
/// asking beyond it, a token of a 4-bit model takes a sixth less time.
pub const AHEAD: usize = 128;

/// A line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct Line<T>(pub T);

/// Sixteen values of half precision, by their bits.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(32))]
pub struct Halves(pub [u16; ROWS]);

/// A matrix of floats, as lines of one or two columns of a panel.
pub trait Columns: Copy + Send + Sync {
    /// Columns of a line.
    const COLUMNS: usize;
    const ZERO: Self;
    /// Column `c` of the line in single precision.
    fn column(&self, c: usize) -> [f32; ROWS];
    fn put(&mut self, c: usize, row: usize, value: f32);
}

/// Single precision.
pub type F32Panel = [f32; ROWS];
/// Half precision, by bits.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct F16Panel([[u16; ROWS]; 2]);
/// The upper halves of single precision.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Bf16Panel([[u16; ROWS]; 2]);

impl Columns for F32Panel {
    const COLUMNS: usize = 1;
    const ZERO: Self = [0.0; ROWS];

    #[inline(always)]
    fn column(&self, _: usize) -> [f32; ROWS] {
        *self
    }

    fn put(&mut self, _: usize, row: usize, value: f32) {
        self[row] = value;
    }
}

impl Columns for F16Panel {
    const COLUMNS: usize = 2;
    const ZERO: Self = Self([[0; ROWS]; 2]);

    #[inline(always)]
    fn column(&self, c: usize) -> [f32; ROWS] {
        from_halves(&self.0[c])
    }

    fn put(&mut self, c: usize, row: usize, value: f32) {
        self.0[c][row] = f16::from_f32(value).to_bits();
    }
}

impl Columns for Bf16Panel {
    const COLUMNS: usize = 2;
    const ZERO: Self = Self([[0; ROWS]; 2]);

    #[inline(always)]
    fn column(&self, c: usize) -> [f32; ROWS] {
        self.0[c].map(|bits| f32::from_bits(u32::from(bits) << 16))
    }

    fn put(&mut self, c: usize, row: usize, value: f32) {
        self.0[c][row] = bf16::from_f32(value).to_bits();
    }
}

/// 2^112: the biases of the exponents of single and half precision apart.
pub const BIAS: f32 = f32::from_bits((127 + 112) << 23);

/// Finite values of half precision, exactly: exponent and fraction are moved up, and the difference of the biases is a
/// factor of 2^112, which also takes values below the normal ones right.
#[inline(always)]
pub fn from_halves(bits: &[u16; ROWS]) -> [f32; ROWS] {
    bits.map(|bits| {
        let bits = u32::from(bits);
        let magnitude = f32::from_bits((bits & 0x7fff) << 13) * BIAS;
        f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
    })
}

/// A matrix of floats in panels.
#[derive(Debug, Clone)]
pub struct Floats<L> {
    columns: usize,
    lines: Vec<Line<L>>,
}

impl<L: Columns> Floats<L> {
    /// Of rows of `columns`.
    pub fn new(values: &[f32], columns: usize) -> Self {
        let rows = values.len() / columns.max(1);
        let per_panel = columns.div_ceil(L::COLUMNS);
        let mut lines = vec![Line(L::ZERO); rows.div_ceil(ROWS) * per_panel];
        for (i, row) in values.chunks_exact(columns.max(1)).enumerate() {
            let panel = &mut lines[i / ROWS * per_panel..][..per_panel];
            for (c, value) in row.iter().enumerate() {
                panel[c / L::COLUMNS].0.put(c % L::COLUMNS, i % ROWS, *value);
            }
        }
        Self { columns, lines }
    }

    /// Lines of a panel.
    pub fn apart(&self) -> usize {
        self.columns.div_ceil(L::COLUMNS)
    }

    /// Lines of some panels.
    pub fn panels(&self, range: Range<usize>) -> &[Line<L>] {
        &self.lines[range.start * self.apart()..range.end * self.apart()]
    }

    /// out = row `i`
    pub fn row(&self, i: usize, out: &mut [f32]) {
        let panel = self.panels(i / ROWS..i / ROWS + 1);
        for (c, out) in out.iter_mut().enumerate() {
            *out = panel[c / L::COLUMNS].0.column(c % L::COLUMNS)[i % ROWS];
        }
    }

    pub fn bytes(&self) -> usize {
        size_of_val(self.lines.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        let finite = (0..=u16::MAX).filter(|bits| f16::from_bits(*bits).is_finite());
        for bits in finite {
            let own = from_halves(&[bits; ROWS])[3];
            assert_eq!(own.to_bits(), f16::from_bits(bits).to_f32().to_bits());
        }
    }
}
