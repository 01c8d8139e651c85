//! Rotary positions: pairs of numbers turned by an angle that grows with the position (Su et al. 2021, equation 34).
//!
//! (x, y) -> (x cos t - y sin t, x sin t + y cos t),   t = position base^(-2 i / width) for pair i

/// Which numbers of a head form a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairing {
    /// 2 i and 2 i + 1: the paper, llama2.c and GGUF.
    Neighbours,
    /// i and i + width / 2: Hugging Face.
    Halves,
}

/// The turns of every pair.
#[derive(Debug, Clone)]
pub struct Turns {
    pairing: Pairing,
    /// Radians per position.
    speeds: Vec<f64>,
}

impl Turns {
    /// Of heads of `width`; an odd last number is not turned.
    pub fn new(base: f64, width: usize, pairing: Pairing) -> Self {
        let speed = |i: usize| base.powf(-2.0 * i as f64 / width as f64);
        Self::with_speeds((0..width / 2).map(speed).collect(), pairing)
    }

    /// With the radians per position of every pair.
    pub fn with_speeds(speeds: Vec<f64>, pairing: Pairing) -> Self {
        Self { pairing, speeds }
    }

    /// Which numbers form a pair.
    pub fn pairing(&self) -> Pairing {
        self.pairing
    }

    /// Radians per position of every pair.
    pub fn speeds(&self) -> &[f64] {
        &self.speeds
    }

    /// Turn every head of `row`, each `width` long, to `position`.
    pub fn apply(&self, row: &mut [f32], width: usize, position: usize) {
        let turn = |speed: &f64| (position as f64 * speed).sin_cos();
        let turns: Vec<(f64, f64)> = self.speeds.iter().map(turn).collect();
        for head in row.chunks_exact_mut(width.max(1)) {
            for (i, (sin, cos)) in turns.iter().enumerate() {
                let (a, b) = match self.pairing {
                    Pairing::Neighbours => (2 * i, 2 * i + 1),
                    Pairing::Halves => (i, i + self.speeds.len()),
                };
                let (sin, cos) = (*sin as f32, *cos as f32);
                let (x, y) = (head[a], head[b]);
                (head[a], head[b]) = (x * cos - y * sin, x * sin + y * cos);
            }
        }
    }
}
