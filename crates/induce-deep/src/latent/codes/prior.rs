//! p(c): how often every code stands at a place.

use induce_tensor::Parameters;

use super::network::Network;

/// ln p(c) of places, that codes are judged by and drawn from.
pub struct Prior {
    codes: usize,
    /// ln p. // (places, codes)
    ln: Vec<f64>,
}

impl Prior {
    /// That of a model.
    pub fn of(network: &Network, parameters: &Parameters) -> Self {
        let codes = network.shape.codes;
        let mut ln: Vec<f64> = parameters
            .values(network.prior)
            .iter()
            .map(|x| f64::from(*x))
            .collect();
        for row in ln.chunks_exact_mut(codes) {
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|x| (x - largest).exp()).sum();
            row.iter_mut().for_each(|x| *x -= largest + sum.ln());
        }
        Self { codes, ln }
    }

    /// The frequencies at every place with one half more of each code (Krichevsky & Trofimov 1981): none is impossible. // ln p (places, codes)
    pub fn from_codes(codes: &[u32], (places, of): (usize, usize)) -> Vec<f32> {
        let mut counts = vec![0.5_f64; places * of];
        for (i, &k) in codes.iter().enumerate() {
            counts[i % places * of + k as usize] += 1.0;
        }
        let all = (codes.len() / places.max(1)) as f64 + 0.5 * of as f64;
        counts.into_iter().map(|n| (n / all).ln() as f32).collect()
    }

    /// ln p of the codes of an image. // (places)
    pub fn ln_density(&self, codes: &[u32]) -> f64 {
        let of = |(place, code): (usize, &u32)| self.ln[place * self.codes + *code as usize];
        codes.iter().enumerate().map(of).sum()
    }

    /// The code of a place at a uniform number.
    pub fn draw(&self, place: usize, uniform: f64) -> u32 {
        let mut left = uniform;
        let row = &self.ln[place * self.codes..(place + 1) * self.codes];
        let found = row.iter().position(|ln| {
            left -= ln.exp();
            left < 0.0
        });
        found.unwrap_or(self.codes - 1) as u32
    }
}
