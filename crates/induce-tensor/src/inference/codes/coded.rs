//! Matrices of codes in panels.

use half::f16;

use crate::inference::lines::{F32Panel, Halves, Line, ROWS, from_halves};
use crate::inference::rounded::{BLOCK, Rounded};

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
pub(super) const QUADS: usize = BLOCK / 4;

/// Codes of 16 rows by four columns, row by row.
pub(super) type Codes = Line<[u8; 4 * ROWS]>;

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
    pub(super) form: Form,
    pub(super) codes: &'a [Codes],
    pub(super) halves: &'a [Halves],
    pub(super) wide: &'a [Line<F32Panel>],
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
    pub(super) const ALL: [Self; 5] = [
        Self::Eight,
        Self::EightHalves,
        Self::Four,
        Self::FourAbove,
        Self::FourAboveWide,
    ];

    /// The logarithm of the offset to base 2; nothing if there is none.
    pub(super) const fn shift(self) -> Option<u32> {
        match self {
            Self::Eight | Self::EightHalves => Some(7),
            Self::Four => Some(3),
            Self::FourAbove | Self::FourAboveWide => None,
        }
    }

    pub(super) const fn offset(self) -> i32 {
        match self.shift() {
            Some(shift) => 1 << shift,
            None => 0,
        }
    }

    /// Lines of codes of a block.
    pub(super) const fn lines(self) -> usize {
        if self.eight() { QUADS } else { QUADS / 2 }
    }

    pub(super) const fn eight(self) -> bool {
        matches!(self, Self::Eight | Self::EightHalves)
    }

    /// Whether every half of a block has a factor of its own.
    pub(super) const fn two(self) -> bool {
        matches!(self, Self::EightHalves)
    }

    /// Whether there is a least value m.
    pub(super) const fn above(self) -> bool {
        matches!(self, Self::FourAbove | Self::FourAboveWide)
    }

    /// Factors and least values of 16 bits that a block has.
    pub(super) const fn halves(self) -> usize {
        match self {
            Self::Eight | Self::Four => 1,
            Self::FourAbove => 2,
            Self::EightHalves | Self::FourAboveWide => 0,
        }
    }

    /// Those of 32 bits.
    pub(super) const fn wide(self) -> usize {
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
        let places = rows.div_ceil(ROWS).checked_mul(blocks)?;
        places.checked_mul(form.lines())?;
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
    pub(super) fn code(&self, b: usize, r: usize, c: usize) -> i32 {
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
    pub(super) fn scales(&self, b: usize) -> [[f32; ROWS]; 2] {
        match self.form.halves() {
            0 => [self.wide[2 * b].0, self.wide[2 * b + 1].0],
            1 => [from_halves(&self.halves[b].0), [0.0; ROWS]],
            _ => [
                from_halves(&self.halves[2 * b].0),
                from_halves(&self.halves[2 * b + 1].0),
            ],
        }
    }

    pub(super) fn blocks(&self) -> usize {
        self.codes.len() / self.form.lines()
    }

    /// Whether there are inputs for `count` rows from `first` on, as kernels on pointers rely on.
    pub(super) fn fits(&self, x: &Rounded, first: usize, count: usize) -> bool {
        let (blocks, form) = (self.blocks(), self.form);
        let inputs = (first + count) * blocks;
        x.codes.len() >= inputs
            && x.scales.len() >= inputs
            && self.halves.len() >= blocks * form.halves()
            && self.wide.len() >= blocks * form.wide()
    }
}
