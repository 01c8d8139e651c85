//! How far the means of the components are apart that rows are divided between.
//!
//! With x^ = sum_k p_k m_k: sum_k p_k (x - m_k)(x - m_k)' = (x - x^)(x - x^)' + sum_{k < l} p_k p_l (m_k - m_l)(m_k - m_l)', so that second moments
//! that components share are one product of a row, and not one for each component; no term is negative, and no digit is lost.

use super::chunk::Chunk;
use crate::mixture::forms::Form;

/// sum w p_k p_l over rows, for k < l. // (components, components)
pub struct Pairs(Vec<f64>);

impl Pairs {
    /// No rows; nothing where moments are not shared.
    pub fn none(components: usize, shared: bool) -> Self {
        Self(vec![0.0; if shared { components * components } else { 0 }])
    }

    /// Add those of other rows.
    pub fn add(&mut self, other: &Self) {
        self.0
            .iter_mut()
            .zip(&other.0)
            .for_each(|(own, other)| *own += other);
    }

    /// Add the rows of a chunk. // probabilities (components, rows)
    pub fn add_chunk(&mut self, chunk: &Chunk, probabilities: &[Vec<f64>]) {
        let components = probabilities.len();
        for (k, share) in probabilities.iter().enumerate() {
            for l in k + 1..components {
                self.0[k * components + l] += chunk.expected(l, share);
            }
        }
    }

    /// `square += sum_{k < l} G_kl (m_k - m_l)(m_k - m_l)'` below and on the diagonal.
    pub fn add_spread(&self, forms: &[Form], square: &mut [f64]) {
        let (components, width) = (forms.len(), forms[0].mean.len());
        let pairs = (0..components).flat_map(|k| (k + 1..components).map(move |l| (k, l)));
        for (k, l) in pairs {
            let shared = self.0[k * components + l];
            if shared == 0.0 {
                continue;
            }
            let apart: Vec<f64> = forms[k]
                .mean
                .iter()
                .zip(&forms[l].mean)
                .map(|(a, b)| a - b)
                .collect();
            for i in 0..width {
                let own = shared * apart[i];
                let place = &mut square[i * width..=i * width + i];
                place.iter_mut().zip(&apart).for_each(|(q, d)| *q += own * d);
            }
        }
    }
}
