//! Weights of 8 bits: w = d c, with an integer |c| <= 127 and a factor d for every 32 of them (`Q8_0` of ggml).
//!
//! Inputs stay in single precision: the product is that with the rounded weights, exactly as if they were kept as
//! floats, in a quarter of the memory that has to be read for every token.

use std::ops::Range;

/// Codes and their factors.
#[derive(Debug, Clone)]
pub struct Eight {
    pub codes: Vec<i8>,
    pub factors: Vec<f32>,
}

impl Eight {
    /// Codes that share a factor.
    pub const BLOCK: usize = 32;

    /// The nearest codes, with factors max |w| / 127.
    pub fn round(values: &[f32]) -> Self {
        let (mut codes, mut factors) = (Vec::with_capacity(values.len()), Vec::new());
        for block in values.chunks(Self::BLOCK) {
            let most = block.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
            let factor = most / 127.0;
            let inverse = if factor > 0.0 { 1.0 / factor } else { 0.0 };
            factors.push(factor);
            codes.extend(block.iter().map(|w| (w * inverse).round() as i8));
        }
        Self { codes, factors }
    }

    /// out = the values of a range of whole blocks.
    pub fn row(&self, range: Range<usize>, out: &mut [f32]) {
        let factors = &self.factors[range.start / Self::BLOCK..range.end / Self::BLOCK];
        let codes = self.codes[range].chunks_exact(Self::BLOCK);
        let blocks = out.chunks_exact_mut(Self::BLOCK).zip(codes).zip(factors);
        for ((out, codes), factor) in blocks {
            out.iter_mut()
                .zip(codes)
                .for_each(|(o, c)| *o = factor * f32::from(*c));
        }
    }
}
