//! Rotary positions: pairs of values rotated by an angle that grows with the position (Su et al. 2021, equation 34).
//!
//! (x, y) -> (x cos t - y sin t, x sin t + y cos t),   t = position base^(-2 i / width) for pair i

use induce_core::multiversion;

/// Which values of a head form a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RopeLayout {
    /// 2 i and 2 i + 1: the paper, llama2.c and GGUF.
    Neighbours,
    /// i and i + width / 2: Hugging Face.
    Halves,
}

/// The turns of every pair.
#[derive(Debug, Clone)]
pub struct Rope {
    layout: RopeLayout,
    /// Radians per position.
    frequencies: Vec<f64>,
}

/// Sines and cosines of some positions: the same in all layers, so they are made once for all of them.
#[derive(Debug, Clone, Default)]
pub struct Angles {
    sines: Vec<f32>,
    cosines: Vec<f32>,
}

impl Rope {
    /// Of heads of `width`; an odd last number is not rotated.
    pub fn new(base: f64, width: usize, layout: RopeLayout) -> Self {
        let frequency = |i: usize| base.powf(-2.0 * i as f64 / width as f64);
        Self::with_frequencies((0..width / 2).map(frequency).collect(), layout)
    }

    /// With the radians per position of every pair.
    pub fn with_frequencies(frequencies: Vec<f64>, layout: RopeLayout) -> Self {
        Self { layout, frequencies }
    }

    /// Which values form a pair.
    pub fn layout(&self) -> RopeLayout {
        self.layout
    }

    /// Radians per position of every pair.
    pub fn frequencies(&self) -> &[f64] {
        &self.frequencies
    }

    /// The angles of `count` positions from `first` on.
    pub fn angles(&self, first: usize, count: usize, angles: &mut Angles) {
        angles.sines.clear();
        angles.cosines.clear();
        for position in first..first + count {
            for frequency in &self.frequencies {
                let (sine, cosine) = (position as f64 * frequency).sin_cos();
                angles.sines.push(sine as f32);
                angles.cosines.push(cosine as f32);
            }
        }
    }

    /// Turn rows of `heads` heads of `width`, one for every position of `angles`.
    pub fn apply(&self, rows: &mut [f32], heads: usize, width: usize, angles: &Angles) {
        let pairs = self.frequencies.len().max(1);
        let angles = angles
            .sines
            .chunks_exact(pairs)
            .zip(angles.cosines.chunks_exact(pairs));
        for (row, (sines, cosines)) in rows.chunks_exact_mut((heads * width).max(1)).zip(angles) {
            for head in row.chunks_exact_mut(width) {
                match self.layout {
                    RopeLayout::Neighbours => neighbours(head, sines, cosines),
                    RopeLayout::Halves => halves(head, sines, cosines),
                }
            }
        }
    }
}

#[inline(always)]
fn rotated(x: f32, y: f32, sine: f32, cosine: f32) -> (f32, f32) {
    (x * cosine - y * sine, x * sine + y * cosine)
}

multiversion! {
    fn neighbours(head: &mut [f32], sines: &[f32], cosines: &[f32]) {
        for ((pair, sine), cosine) in head.as_chunks_mut::<2>().0.iter_mut().zip(sines).zip(cosines) {
            (pair[0], pair[1]) = rotated(pair[0], pair[1], *sine, *cosine);
        }
    }
}

multiversion! {
    fn halves(head: &mut [f32], sines: &[f32], cosines: &[f32]) {
        let (first, second) = head.split_at_mut(sines.len());
        for (((x, y), sine), cosine) in first.iter_mut().zip(second).zip(sines).zip(cosines) {
            (*x, *y) = rotated(*x, *y, *sine, *cosine);
        }
    }
}
