//! A codebook by moving averages, of which no code stays dead.

use induce_core::random::Stream;

use super::spec::Spec;

/// N_k = gamma N_k + (1 - gamma) n_k and m_k = gamma m_k + (1 - gamma) sum x over the n_k vectors x nearest to code k, e_k = m_k / N_k
/// (van den Oord et al. 2017, appendix A.1).
pub struct Book {
    width: usize,
    decay: f32,
    revive: f32,
    /// N. // (codes)
    uses: Vec<f32>,
    /// m. // (codes, width)
    sums: Vec<f32>,
    /// The vectors of the mini-batch, and the code of each.
    seen: (Vec<f32>, Vec<u32>),
    /// Codes that began anew.
    pub revived: u64,
}

impl Book {
    /// A codebook that nothing is known of.
    pub fn new(spec: &Spec) -> Self {
        Self {
            width: spec.width,
            decay: spec.codebook_decay as f32,
            revive: spec.revive as f32,
            uses: vec![0.0; spec.codebook],
            sums: vec![0.0; spec.codebook * spec.width],
            seen: Default::default(),
            revived: 0,
        }
    }

    /// Vectors of a mini-batch and their codes. // (vectors, width), (vectors)
    pub fn see(&mut self, vectors: &[f32], codes: &[u32]) {
        self.seen.0.extend_from_slice(vectors);
        self.seen.1.extend_from_slice(codes);
    }

    /// What a checkpoint keeps.
    pub fn state(&self) -> Vec<f32> {
        [&self.uses[..], &self.sums].concat()
    }

    /// Go on from a state; one of another length changes nothing.
    pub fn go_on(&mut self, state: &[f32]) -> bool {
        let fits = state.len() == self.uses.len() + self.sums.len();
        if fits {
            let (uses, sums) = state.split_at(self.uses.len());
            self.uses.copy_from_slice(uses);
            self.sums.copy_from_slice(sums);
        }
        fits
    }

    /// Move the codes to what was seen. // (codes, width)
    pub fn step(&mut self, codes: &mut [f32], draws: Stream) {
        let (vectors, chosen) = std::mem::take(&mut self.seen);
        if chosen.is_empty() {
            return;
        }
        let first = self.uses.iter().all(|n| *n == 0.0);
        self.average(&vectors, &chosen);
        let mean = self.uses.iter().sum::<f32>() / self.uses.len() as f32;
        for k in 0..self.uses.len() {
            let own = k * self.width..(k + 1) * self.width;
            // At first every code begins at a vector, whatever is to be revived later.
            if first || self.uses[k] < self.revive * mean {
                let place = draws.below(k as u64, chosen.len()) * self.width;
                let vector = &vectors[place..place + self.width];
                self.uses[k] = mean;
                let sums = self.sums[own.clone()].iter_mut().zip(vector);
                sums.for_each(|(sum, x)| *sum = mean * x);
                self.revived += u64::from(!first);
            }
            if self.uses[k] > 0.0 {
                let n = self.uses[k];
                let all = codes[own.clone()].iter_mut().zip(&self.sums[own]);
                all.for_each(|(e, m)| *e = m / n);
            }
        }
    }

    fn average(&mut self, vectors: &[f32], chosen: &[u32]) {
        let (keep, add) = (self.decay, 1.0 - self.decay);
        self.uses
            .iter_mut()
            .chain(&mut self.sums)
            .for_each(|x| *x *= keep);
        for (x, &k) in vectors.chunks_exact(self.width).zip(chosen) {
            let k = k as usize;
            self.uses[k] += add;
            let own = self.sums[k * self.width..(k + 1) * self.width].iter_mut();
            own.zip(x).for_each(|(sum, x)| *sum += add * x);
        }
    }
}

/// exp(H) of the frequencies of codes: how many are used, if all were used alike.
pub fn perplexity(counts: &[f64]) -> f64 {
    let all: f64 = counts.iter().sum();
    let terms = counts
        .iter()
        .filter(|n| **n > 0.0)
        .map(|n| -(n / all) * (n / all).ln());
    terms.sum::<f64>().exp()
}

/// How often every code is among these. // (codes)
pub fn counts(codes: &[u32], of: usize) -> Vec<f64> {
    let mut all = vec![0.0; of];
    codes.iter().for_each(|&k| all[k as usize] += 1.0);
    all
}
