//! Weights of a few bits: w = d (u - offset) + m, with a factor d and, in some forms, a least value m for every 32 of a row.
//!
//! | form | bits of u | offset | d and m | ggml |
//! |---|---|---|---|---|
//! | [`Form::Eight`] | 8 | 128 | d in 16 bits | `Q8_0` |
//! | [`Form::EightHalves`] | 8 | 128 | two d in 32 bits, one for every 16 | `Q6_K`; llama2.c |
//! | [`Form::Four`] | 4 | 8 | d in 16 bits | `Q4_0` |
//! | [`Form::FourAbove`] | 4 | 0 | d and m in 16 bits | `Q4_1` |
//! | [`Form::FourAboveWide`] | 4 | 0 | d and m in 32 bits | `Q4_K` |
//!
//! Inputs are [rounded](super::rounded) too, x = e c, and blocks are multiplied as integers, which is exact:
//!
//! sum w x = (d (sum u c - offset sum c)) e + m (e sum c)
//!
//! Blocks are added in their order, unfused: every instruction set gives the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod plain;
#[cfg(target_arch = "x86_64")]
mod vnni;

use half::f16;
use induce_core::simd::{Level, level};

use super::lines::{F32Panel, Halves, Line, ROWS, from_halves};
use super::rounded::{BLOCK, Rounded};

/// How weights are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// w = d (u - 128)
    Eight,
    /// w = d (u - 128), with a d for every half of a block
    EightHalves,
    /// w = d (u - 8)
    Four,
    /// w = d u + m
    FourAbove,
    /// w = d u + m in single precision
    FourAboveWide,
}

/// 32 weights of a row.
#[derive(Debug, Clone, Copy)]
pub struct Block {
    /// u
    pub codes: [u8; BLOCK],
    /// d; rounded to 16 bits by forms that have no more
    pub factor: f32,
    /// m, or the d of the second half; 0 where the form has neither
    pub second: f32,
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
    /// d of every block, and m where there is one, if they have 16 bits
    halves: Vec<Halves>,
    /// d and m, or two d, of every block, if they have 32
    wide: Vec<Line<F32Panel>>,
}

/// Sixteen rows of a matrix of codes.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    form: Form,
    codes: &'a [Codes],
    halves: &'a [Halves],
    wide: &'a [Line<F32Panel>],
}

impl Form {
    /// Weights of a block.
    pub const BLOCK: usize = BLOCK;

    /// w of a block.
    pub fn values(self, block: &Block) -> [f32; BLOCK] {
        let code = |i: usize| (i32::from(block.codes[i]) - self.offset()) as f32;
        std::array::from_fn(|i| match (self.two(), i < BLOCK / 2) {
            (true, false) => block.second * code(i),
            (true, true) => block.factor * code(i),
            _ => block.factor * code(i) + block.second,
        })
    }

    /// All there are, for kernels with a number for a parameter.
    const ALL: [Self; 5] = [
        Self::Eight,
        Self::EightHalves,
        Self::Four,
        Self::FourAbove,
        Self::FourAboveWide,
    ];

    /// The logarithm of the offset to base 2; nothing if there is none.
    const fn shift(self) -> Option<u32> {
        match self {
            Self::Eight | Self::EightHalves => Some(7),
            Self::Four => Some(3),
            Self::FourAbove | Self::FourAboveWide => None,
        }
    }

    const fn offset(self) -> i32 {
        match self.shift() {
            Some(shift) => 1 << shift,
            None => 0,
        }
    }

    /// Lines of codes of a block.
    const fn lines(self) -> usize {
        if self.eight() { QUADS } else { QUADS / 2 }
    }

    const fn eight(self) -> bool {
        matches!(self, Self::Eight | Self::EightHalves)
    }

    /// Whether every half of a block has a factor of its own.
    const fn two(self) -> bool {
        matches!(self, Self::EightHalves)
    }

    /// Whether there is a least value m.
    const fn above(self) -> bool {
        matches!(self, Self::FourAbove | Self::FourAboveWide)
    }

    /// Factors and least values of 16 bits that a block has.
    const fn halves(self) -> usize {
        match self {
            Self::Eight | Self::Four => 1,
            Self::FourAbove => 2,
            Self::EightHalves | Self::FourAboveWide => 0,
        }
    }

    /// Those of 32 bits.
    const fn wide(self) -> usize {
        if self.halves() == 0 { 2 } else { 0 }
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
            halves: vec![Halves([0; ROWS]); places * form.halves()],
            wide: vec![Line([0.0; ROWS]); places * form.wide()],
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
        for (i, value) in [block.factor, block.second].into_iter().enumerate() {
            let half = f16::from_f32(value);
            if i < self.form.halves() {
                self.halves[place * self.form.halves() + i].0[r] = half.to_bits();
            }
            if i < self.form.wide() {
                self.wide[place * self.form.wide() + i].0[r] = value;
            }
            if !(value.is_finite() && (half.is_finite() || self.form.wide() > 0)) {
                return None;
            }
        }
        let lines = &mut self.codes[place * self.form.lines()..][..self.form.lines()];
        for (quad, line) in lines.iter_mut().enumerate() {
            for (c, code) in line.0[4 * r..4 * r + 4].iter_mut().enumerate() {
                let own = block.codes[4 * quad + c];
                *code = if self.form.eight() {
                    own
                } else {
                    own & 15 | block.codes[BLOCK / 2 + 4 * quad + c] << 4
                };
            }
        }
        Some(())
    }

    /// Panel `i`.
    pub fn panel(&self, i: usize) -> Panel<'_> {
        let form = self.form;
        let part = |each: usize| i * self.blocks * each..(i + 1) * self.blocks * each;
        Panel {
            form,
            codes: &self.codes[part(form.lines())],
            halves: &self.halves[part(form.halves())],
            wide: &self.wide[part(form.wide())],
        }
    }

    /// out = row `i`
    pub fn row(&self, i: usize, out: &mut [f32]) {
        let (panel, r) = (self.panel(i / ROWS), i % ROWS);
        for (b, out) in out.chunks_exact_mut(BLOCK).enumerate() {
            let [factor, second] = panel.scales(b).map(|scale| scale[r]);
            for (c, out) in out.iter_mut().enumerate() {
                let code = (panel.code(b, r, c) - self.form.offset()) as f32;
                *out = match self.form {
                    Form::EightHalves if c >= BLOCK / 2 => second * code,
                    Form::EightHalves => factor * code,
                    _ => factor * code + second,
                };
            }
        }
    }

    pub fn bytes(&self) -> usize {
        let scales = size_of_val(self.halves.as_slice()) + size_of_val(self.wide.as_slice());
        size_of_val(self.codes.as_slice()) + scales
    }
}

impl Panel<'_> {
    /// u of row `r` and column `c` of block `b`.
    fn code(&self, b: usize, r: usize, c: usize) -> i32 {
        let lines = self.form.lines();
        let byte = self.codes[b * lines + c / 4 % lines].0[4 * r + c % 4];
        i32::from(match self.form.eight() {
            true => byte,
            _ if c < BLOCK / 2 => byte & 15,
            _ => byte >> 4,
        })
    }

    /// d, and m or the second d, of block `b`; zeros where there is none.
    #[inline(always)]
    fn scales(&self, b: usize) -> [[f32; ROWS]; 2] {
        match self.form.halves() {
            0 => [self.wide[2 * b].0, self.wide[2 * b + 1].0],
            1 => [from_halves(&self.halves[b].0), [0.0; ROWS]],
            _ => [
                from_halves(&self.halves[2 * b].0),
                from_halves(&self.halves[2 * b + 1].0),
            ],
        }
    }

    fn blocks(&self) -> usize {
        self.codes.len() / self.form.lines()
    }

    /// Whether there are inputs for `count` rows from `first` on, as kernels on pointers rely on.
    fn fits(&self, x: &Rounded, first: usize, count: usize) -> bool {
        let (blocks, form) = (self.blocks(), self.form);
        let inputs = (first + count) * blocks;
        x.codes.len() >= inputs
            && x.scales.len() >= inputs
            && self.halves.len() >= blocks * form.halves()
            && self.wide.len() >= blocks * form.wide()
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
        for form in Form::ALL {
            let block = |row: usize, b: usize| Block {
                codes: std::array::from_fn(|c| match b {
                    0 => [0, 255][row % 2],
                    1 => [0, 255][c % 2],
                    _ => (row * 31 + c * 17) as u8,
                }),
                factor: row as f32 / 1024.0 + 0.125,
                second: if form.above() || form.two() {
                    b as f32 / -64.0
                } else {
                    0.0
                },
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
            rounded.set(&induce_core::parallel::Team::alone(), &x);
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
            let u = f32::from(if form.eight() {
                own.codes[9]
            } else {
                own.codes[9] & 15
            });
            let least = if form.above() { own.second } else { 0.0 };
            assert_eq!(
                row[2 * BLOCK + 9],
                own.factor * (u - form.offset() as f32) + least
            );
        }
    }

    #[test]
    fn a_factor_that_is_no_number_is_refused() {
        for factor in [f32::INFINITY, f32::NAN, 1e6] {
            let block = Block {
                codes: [0; BLOCK],
                factor,
                second: 0.0,
            };
            assert!(Coded::new(Form::Four, 1, 1, |_, _| block).is_none());
        }
    }
}
