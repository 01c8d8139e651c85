//! Weights of a few bits: w = d (u - offset) + m, with a factor d and, in some forms, a least value m for every 32 of a row.
//!
//! | form | bits of u | offset | ggml |
//! |---|---|---|---|
//! | [`Form::Eight`] | 8 | 128 | `Q8_0` |
//! | [`Form::Four`] | 4 | 8 | `Q4_0` |
//! | [`Form::FourAbove`] | 4 | 0, and m | `Q4_1` |
//!
//! Inputs are [rounded](super::rounded) too, x = e c, and blocks are multiplied as integers, which is exact:
//!
//! sum w x = e (d (sum u c - offset sum c)) + m (e sum c)
//!
//! Blocks are added in their order, unfused: every instruction set gives the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod plain;
#[cfg(target_arch = "x86_64")]
mod vnni;

use half::f16;
use induce_core::simd::{Level, level};

use super::lines::{Halves, Line, ROWS, from_halves};
use super::rounded::{BLOCK, Rounded};

/// How weights are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// w = d (u - 128)
    Eight,
    /// w = d (u - 8)
    Four,
    /// w = d u + m
    FourAbove,
}

/// 32 weights of a row.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// u
    pub codes: [u8; BLOCK],
    /// d, in half precision
    pub factor: f16,
    /// m, in half precision; 0 where the form has none
    pub least: f16,
}

/// Columns whose codes are four neighbouring bytes of a row.
const QUADS: usize = BLOCK / 4;

/// Codes of 16 rows by four columns, row by row.
type Codes = Line<[u8; 4 * ROWS]>;

/// A matrix of codes in panels: for each block of a panel eight lines of codes, one for every four columns; or four lines, of
/// which the upper halves of the bytes are the last 16 columns.
#[derive(Debug, Clone)]
pub struct Coded {
    form: Form,
    blocks: usize,
    codes: Vec<Codes>,
    factors: Vec<Halves>,
    least: Vec<Halves>,
}

/// Sixteen rows of a matrix of codes.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    form: Form,
    codes: &'a [Codes],
    factors: &'a [Halves],
    least: &'a [Halves],
}

impl Form {
    fn offset(self) -> i32 {
        match self {
            Self::Eight => 128,
            Self::Four => 8,
            Self::FourAbove => 0,
        }
    }

    fn lines(self) -> usize {
        match self {
            Self::Eight => QUADS,
            _ => QUADS / 2,
        }
    }
}

impl Coded {
    /// A matrix of `rows` with so many blocks each, asked for in order; nothing if a factor is none.
    pub fn new(
        form: Form,
        rows: usize,
        blocks: usize,
        mut block: impl FnMut(usize, usize) -> Block,
    ) -> Option<Self> {
        let places = rows.div_ceil(ROWS) * blocks;
        let mut own = Self {
            form,
            blocks,
            codes: vec![Line([0; 4 * ROWS]); places * form.lines()],
            factors: vec![Halves([0; ROWS]); places],
            least: vec![Halves([0; ROWS]); if form == Form::FourAbove { places } else { 0 }],
        };
        for row in 0..rows {
            for b in 0..blocks {
                own.put(row, b, &block(row, b))?;
            }
        }
        Some(own)
    }

    fn put(&mut self, row: usize, b: usize, block: &Block) -> Option<()> {
        let (place, r) = (row / ROWS * self.blocks + b, row % ROWS);
        if !(block.factor.is_finite() && block.least.is_finite()) {
            return None;
        }
        self.factors[place].0[r] = block.factor.to_bits();
        if let Some(least) = self.least.get_mut(place) {
            least.0[r] = block.least.to_bits();
        }
        let lines = &mut self.codes[place * self.form.lines()..][..self.form.lines()];
        for (quad, line) in lines.iter_mut().enumerate() {
            for (c, code) in line.0[4 * r..4 * r + 4].iter_mut().enumerate() {
                let own = block.codes[4 * quad + c];
                *code = match self.form {
                    Form::Eight => own,
                    _ => own & 15 | block.codes[BLOCK / 2 + 4 * quad + c] << 4,
                };
            }
        }
        Some(())
    }

    /// Panel `i`.
    pub fn panel(&self, i: usize) -> Panel<'_> {
        let (range, lines) = (i * self.blocks..(i + 1) * self.blocks, self.form.lines());
        Panel {
            form: self.form,
            codes: &self.codes[range.start * lines..range.end * lines],
            factors: &self.factors[range.clone()],
            least: if self.least.is_empty() {
                &[]
            } else {
                &self.least[range]
            },
        }
    }

    /// out = row `i`
    pub fn row(&self, i: usize, out: &mut [f32]) {
        let (panel, r) = (self.panel(i / ROWS), i % ROWS);
        for (b, out) in out.chunks_exact_mut(BLOCK).enumerate() {
            let factor = from_halves(&panel.factors[b].0)[r];
            let least = panel.least.get(b).map_or(0.0, |least| from_halves(&least.0)[r]);
            for (c, out) in out.iter_mut().enumerate() {
                *out = factor * (panel.code(b, r, c) - self.form.offset()) as f32 + least;
            }
        }
    }

    pub fn bytes(&self) -> usize {
        let halves = size_of_val(self.factors.as_slice()) + size_of_val(self.least.as_slice());
        size_of_val(self.codes.as_slice()) + halves
    }
}

impl Panel<'_> {
    /// u of row `r` and column `c` of block `b`.
    fn code(&self, b: usize, r: usize, c: usize) -> i32 {
        let lines = self.form.lines();
        let byte = self.codes[b * lines + c / 4 % lines].0[4 * r + c % 4];
        i32::from(match self.form {
            Form::Eight => byte,
            _ if c < BLOCK / 2 => byte & 15,
            _ => byte >> 4,
        })
    }

    fn blocks(&self) -> usize {
        self.factors.len()
    }
}

/// out = X panel' for as many rows of inputs, from the given one on.
pub type Kernel = fn(Panel, &Rounded, usize, &mut [[f32; ROWS]]);

/// The kernel of this machine.
pub fn kernel() -> Kernel {
    #[cfg(target_arch = "x86_64")]
    match level() {
        Level::Avx512 if vnni::there() => return vnni::product,
        Level::Avx512 | Level::Avx2 => return avx2::product,
        Level::Baseline => {}
    }
    plain::product
}

/// All kernels that this machine can run.
#[cfg(test)]
pub fn kernels() -> Vec<Kernel> {
    let mut all: Vec<Kernel> = vec![plain::product];
    #[cfg(target_arch = "x86_64")]
    {
        all.extend((level() >= Level::Avx2).then_some(avx2::product as Kernel));
        all.extend((level() >= Level::Avx512 && vnni::there()).then_some(vnni::product as Kernel));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Extreme codes everywhere, where pairs of products are largest, and all others.
    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        const BLOCKS: usize = 3;
        for form in [Form::Eight, Form::Four, Form::FourAbove] {
            let block = |row: usize, b: usize| Block {
                codes: std::array::from_fn(|c| match b {
                    0 => [0, 255][row % 2],
                    1 => [0, 255][c % 2],
                    _ => (row * 31 + c * 17) as u8,
                }),
                factor: f16::from_f32(row as f32 / 900.0 + 1e-6),
                least: f16::from_f32(-0.01 * b as f32),
            };
            let w = Coded::new(form, ROWS - 1, BLOCKS, block).unwrap();
            let x: Vec<f32> = (0..15 * BLOCKS * BLOCK)
                .map(|i| match i / BLOCK % 4 {
                    0 => 1.0,
                    1 => -1.0,
                    2 => [1.0, -1.0][i % 2],
                    _ => (i * 7919 % 2003) as f32 / 700.0 - 1.4,
                })
                .collect();
            let mut rounded = Rounded::default();
            rounded.set(&mut induce_core::parallel::Team::alone(), &x);
            let results: Vec<_> = kernels()
                .into_iter()
                .map(|kernel| {
                    let mut out = [[0.0; ROWS]; 14];
                    kernel(w.panel(0), &rounded, 1, &mut out);
                    out.map(|row| row.map(f32::to_bits))
                })
                .collect();
            assert!(results.iter().all(|result| *result == results[0]), "{form:?}");
            let mut row = vec![0.0; BLOCKS * BLOCK];
            w.row(3, &mut row);
            let own = block(3, 2);
            let u = f32::from(own.codes[9]);
            let u = if form == Form::Eight { u } else { u % 16.0 };
            let low = if form == Form::FourAbove {
                own.least.to_f32()
            } else {
                0.0
            };
            assert_eq!(
                row[2 * BLOCK + 9],
                own.factor.to_f32() * (u - form.offset() as f32) + low
            );
        }
    }

    #[test]
    fn a_factor_that_is_no_number_is_refused() {
        for factor in [f16::INFINITY, f16::NAN] {
            let block = Block {
                codes: [0; BLOCK],
                factor,
                least: f16::ZERO,
            };
            assert!(Coded::new(Form::Four, 1, 1, |_, _| block).is_none());
        }
    }
}
