//! What documents add to the words of topics.

use induce_core::linalg::Csr;
use induce_core::parallel;

use super::Documents;
use super::topics::Expected;

/// Words that one task does.
const CHUNK: usize = 256;

/// Where every word is: documents and places in the order of the counts.
pub struct Words {
    /// Where the places of a word begin. // (words + 1)
    starts: Vec<usize>,
    /// (document, place).
    places: Vec<(u32, usize)>,
}

impl Words {
    /// Those of documents.
    pub fn of(rows: &Csr) -> Self {
        let mut starts = vec![0; rows.columns() + 1];
        rows.index().iter().for_each(|&w| starts[w as usize + 1] += 1);
        (0..rows.columns()).for_each(|w| starts[w + 1] += starts[w]);
        let (mut next, mut places) = (starts.clone(), vec![(0, 0); rows.index().len()]);
        for d in 0..rows.rows() {
            for at in rows.starts()[d]..rows.starts()[d + 1] {
                let slot = &mut next[rows.index()[at] as usize];
                places[*slot] = (d as u32, at);
                *slot += 1;
            }
        }
        Self { starts, places }
    }

    /// sum_d w_d c_dw phi_dwk, word by word, so that no task writes what another does. // (words, topics)
    pub fn sums(&self, found: &Documents, weight: &[f64], expected: &Expected, threads: usize) -> Vec<f64> {
        let words = self.starts.len() - 1;
        let k = expected.scaled.len() / words;
        let mut all = vec![0.0; words * k];
        parallel::for_each_chunk(threads, &mut all, CHUNK * k, |i, chunk| {
            for (at, sum) in chunk.chunks_exact_mut(k).enumerate() {
                let w = i * CHUNK + at;
                for &(d, place) in &self.places[self.starts[w]..self.starts[w + 1]] {
                    let factor = weight[d as usize] * found.ratio[place];
                    let theta = &found.theta[d as usize * k..][..k];
                    sum.iter_mut().zip(theta).for_each(|(s, t)| *s += factor * t);
                }
                let beta = &expected.scaled[w * k..][..k];
                sum.iter_mut().zip(beta).for_each(|(s, b)| *s *= b);
            }
        });
        all
    }
}
