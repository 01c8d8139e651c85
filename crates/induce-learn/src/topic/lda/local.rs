//! The topics of documents, given those of words.

use induce_core::linalg::{Csr, dot};
use induce_core::{multiversion, parallel};
use induce_prob::math::exp;

use super::Spec;
use super::bound::dirichlet;
use super::topics::Expected;

/// When the steps for a document end.
#[derive(Debug, Clone, Copy)]
pub struct Local {
    /// alpha.
    pub alpha: f64,
    /// Most steps.
    pub max_iter: usize,
    /// The mean change of gamma is less.
    pub tol: f64,
}

impl Local {
    /// That of the settings.
    pub fn of(spec: &Spec) -> Self {
        Self {
            alpha: spec.alpha(),
            max_iter: spec.max_doc_update_iter,
            tol: spec.mean_change_tol,
        }
    }
}

/// q(theta_d) = Dirichlet(gamma_d), and what it adds to the topics.
#[derive(Debug, Clone)]
pub struct Documents {
    /// gamma. // (documents, topics)
    pub gamma: Vec<f64>,
    /// exp E ln theta but for a factor of each document. // (documents, topics)
    pub theta: Vec<f64>,
    /// Counts divided by sum_k theta_k beta_k, in the order of the counts.
    pub ratio: Vec<f64>,
    /// sum_n c_n ln sum_k exp(E ln theta_k + E ln beta_kn). // (documents)
    pub likelihood: Vec<f64>,
    /// KL(q(theta) || p). // (documents)
    pub divergence: Vec<f64>,
}

/// Documents that one task does.
const CHUNK: usize = 32;

impl Documents {
    /// Steps from `gamma`, every one of which raises the bound. // gamma (documents, topics)
    pub fn of(rows: &Csr, gamma: &[f64], expected: &Expected, local: &Local, threads: usize) -> Self {
        let (documents, k) = (rows.rows(), gamma.len() / rows.rows().max(1));
        let parts = parallel::map(threads, documents.div_ceil(CHUNK), |i| {
            let range = i * CHUNK..((i + 1) * CHUNK).min(documents);
            let mut part = Self::none(gamma[range.start * k..range.end * k].to_vec());
            for (at, d) in range.enumerate() {
                part.add(rows, d, at * k..(at + 1) * k, expected, local);
            }
            part
        });
        let mut all = Self::none(Vec::with_capacity(gamma.len()));
        for part in parts {
            all.gamma.extend(part.gamma);
            all.theta.extend(part.theta);
            all.ratio.extend(part.ratio);
            all.likelihood.extend(part.likelihood);
            all.divergence.extend(part.divergence);
        }
        all
    }

    fn none(gamma: Vec<f64>) -> Self {
        Self {
            theta: Vec::with_capacity(gamma.len()),
            gamma,
            ratio: Vec::new(),
            likelihood: Vec::new(),
            divergence: Vec::new(),
        }
    }

    /// One document (Blei, Ng & Jordan 2003, 6 and 7, with phi put into gamma).
    fn add(&mut self, rows: &Csr, d: usize, own: std::ops::Range<usize>, expected: &Expected, local: &Local) {
        let k = own.len();
        let words = rows.starts()[d]..rows.starts()[d + 1];
        let (index, counts) = (&rows.index()[words.clone()], &rows.value()[words]);
        let mut beta = Vec::with_capacity(index.len() * k);
        index
            .iter()
            .for_each(|&w| beta.extend_from_slice(&expected.scaled[w as usize * k..][..k]));
        let gamma = &mut self.gamma[own];
        let (mut theta, mut next) = (vec![0.0; k], vec![0.0; k]);
        let mut ratio = vec![0.0; index.len()];
        exp_digamma(gamma, &mut theta);
        for _ in 0..local.max_iter {
            ratios(&theta, &beta, counts, &mut ratio);
            next.fill(0.0);
            add_topics(&ratio, &beta, &mut next);
            let mut change = 0.0;
            for ((g, n), t) in gamma.iter_mut().zip(&next).zip(&theta) {
                let new = local.alpha + t * n;
                change += (new - *g).abs();
                *g = new;
            }
            exp_digamma(gamma, &mut theta);
            if change < local.tol * k as f64 {
                break;
            }
        }
        ratios(&theta, &beta, counts, &mut ratio);
        let all = induce_prob::polygamma::digamma(gamma.iter().sum());
        let scale = counts.iter().zip(index).zip(&ratio);
        let ln = scale.map(|((c, &w), r)| c * ((c / r).ln() + expected.ln_scale[w as usize] - all));
        self.likelihood.push(ln.sum());
        self.divergence.push(dirichlet(gamma, local.alpha));
        self.theta.extend(theta);
        self.ratio.extend(ratio);
    }
}

/// c / sum_k theta_k beta_k of every word; a word that no topic has is as likely as can be written.
fn ratios(theta: &[f64], beta: &[f64], counts: &[f64], ratio: &mut [f64]) {
    let words = beta.chunks_exact(theta.len()).zip(counts);
    for ((word, c), ratio) in words.zip(ratio) {
        *ratio = c / dot(theta, word).max(1e-290);
    }
}

multiversion! {
    /// `sum += ratio_w beta_w` over the words.
    fn add_topics(ratio: &[f64], beta: &[f64], sum: &mut [f64]) {
        let k = sum.len();
        for (r, word) in ratio.iter().zip(beta.chunks_exact(k)) {
            for (sum, b) in sum.iter_mut().zip(word) {
                *sum += r * b;
            }
        }
    }
}

multiversion! {
    /// exp psi(x) = y exp(-1 / (2 y) - 1 / (12 y^2) + ... - sum_{i<6} 1 / (x + i)), y = x + 6 (DLMF 5.11.2 and 5.5.2), to 1e-12: no
    /// logarithm, so that it vectorises.
    pub fn exp_digamma(x: &[f64], out: &mut [f64]) {
        for (x, out) in x.iter().zip(out) {
            let below = 1.0 / x + 1.0 / (x + 1.0) + 1.0 / (x + 2.0) + 1.0 / (x + 3.0) + 1.0 / (x + 4.0) + 1.0 / (x + 5.0);
            let y = x + 6.0;
            let (u, v) = (1.0 / y, 1.0 / (y * y));
            let series = v * (1.0 / 12.0 - v * (1.0 / 120.0 - v * (1.0 / 252.0 - v * (1.0 / 240.0 - v * (1.0 / 132.0 - v * (691.0 / 32760.0 - v / 12.0))))));
            *out = y * exp(-0.5 * u - series - below);
        }
    }
}
