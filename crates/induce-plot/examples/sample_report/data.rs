//! Made-up numbers that look like data.

/// A small generator; the samples must be the same everywhere.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    pub fn below(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count - 1)
    }
}

pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A loss that falls and levels out, and one that turns.
pub fn losses(rounds: usize, start: f64, floor: f64, turn: f64, seed: u64) -> Vec<f64> {
    let mut noise = Noise::new(seed);
    let round = |r: usize| {
        let t = r as f64 / rounds as f64;
        floor + (start - floor) * (-6.0 * t).exp() + turn * t * t + 0.0012 * noise.normal()
    };
    (0..rounds).map(round).collect()
}
