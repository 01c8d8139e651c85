//! The topics of documents, given those of words.

use std::ops::Range;

use induce_core::linalg::Csr;
use induce_core::{multiversion, parallel};
use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;

use super::Spec;
use super::special::{exp_digammas, ln_gammas, lns};
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

/// Steps that documents are given in the first pass or mini-batch, and how many more in each after it.
const EARLY: usize = 5;

impl Local {
    /// With fewer steps while topics are still near to noise, which documents that take them at their word would fix: after `done` passes or
    /// mini-batches.
    #[must_use]
    pub fn early(self, done: u64) -> Self {
        let most = EARLY.saturating_mul(usize::try_from(done.saturating_add(1)).unwrap_or(usize::MAX));
        Self {
            max_iter: self.max_iter.min(most),
            ..self
        }
    }
}

/// q(theta_d) = Dirichlet(gamma_d), and what it adds to the topics.
#[derive(Debug, Clone)]
pub struct Documents {
    /// gamma. // (documents, topics)
    pub gamma: Vec<f64>,
    /// exp psi(gamma), which is exp E ln theta but for a factor of each document. // (documents, topics)
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
            let counts = rows.starts()[range.end] - rows.starts()[range.start];
            let mut part = Self::none(gamma[range.start * k..range.end * k].to_vec(), counts);
            let mut scratch = Scratch::new(k, local.alpha);
            for (at, d) in range.enumerate() {
                part.add(rows, d, at * k..(at + 1) * k, expected, local, &mut scratch);
            }
            part
        });
        let mut all = Self::none(Vec::with_capacity(gamma.len()), rows.index().len());
        for part in parts {
            all.gamma.extend(part.gamma);
            all.theta.extend(part.theta);
            all.ratio.extend(part.ratio);
            all.likelihood.extend(part.likelihood);
            all.divergence.extend(part.divergence);
        }
        all
    }

    /// Of every document the one with the higher bound.
    #[must_use]
    pub fn or_better(mut self, other: &Self, rows: &Csr) -> Self {
        let k = self.gamma.len() / rows.rows().max(1);
        for d in 0..rows.rows() {
            let bound = |own: &Self| own.likelihood[d] - own.divergence[d];
            if bound(other) <= bound(&self) {
                continue;
            }
            let (topics, counts) = (d * k..(d + 1) * k, rows.starts()[d]..rows.starts()[d + 1]);
            self.gamma[topics.clone()].copy_from_slice(&other.gamma[topics.clone()]);
            self.theta[topics.clone()].copy_from_slice(&other.theta[topics]);
            self.ratio[counts.clone()].copy_from_slice(&other.ratio[counts]);
            self.likelihood[d] = other.likelihood[d];
            self.divergence[d] = other.divergence[d];
        }
        self
    }

    fn none(gamma: Vec<f64>, counts: usize) -> Self {
        Self {
            theta: Vec::with_capacity(gamma.capacity()),
            gamma,
            ratio: Vec::with_capacity(counts),
            likelihood: Vec::new(),
            divergence: Vec::new(),
        }
    }

    /// One document (Blei, Ng & Jordan 2003, 6 and 7, with phi put into gamma).
    fn add(
        &mut self,
        rows: &Csr,
        d: usize,
        own: Range<usize>,
        expected: &Expected,
        local: &Local,
        scratch: &mut Scratch,
    ) {
        let words = rows.starts()[d]..rows.starts()[d + 1];
        let (index, counts) = (&rows.index()[words.clone()], &rows.value()[words]);
        let (first, gamma) = (self.ratio.len(), &mut self.gamma[own.clone()]);
        self.ratio.resize(first + index.len(), 0.0);
        self.theta.resize(own.end, 0.0);
        let (ratio, theta) = (&mut self.ratio[first..], &mut self.theta[own]);
        let beta = &expected.scaled;
        exp_digammas(gamma, theta);
        for _ in 0..local.max_iter {
            step(theta, beta, index, counts, ratio, &mut scratch.next);
            let mut change = 0.0;
            for ((g, n), t) in gamma.iter_mut().zip(&scratch.next).zip(theta.iter()) {
                let new = local.alpha + t * n;
                change += (new - *g).abs();
                *g = new;
            }
            exp_digammas(gamma, theta);
            if change < local.tol * gamma.len() as f64 {
                break;
            }
        }
        step(theta, beta, index, counts, ratio, &mut scratch.next);
        let psi = digamma(gamma.iter().sum());
        let ln_scale = |w: u32| expected.ln_scale[w as usize] - psi;
        let scales: f64 = index.iter().zip(counts).map(|(w, c)| c * ln_scale(*w)).sum();
        self.likelihood.push(scales + scratch.ln_sums(counts, ratio));
        self.divergence
            .push(scratch.divergence(gamma, theta, psi, local.alpha));
    }
}

/// What steps and bounds of a document are worked out in.
struct Scratch {
    next: Vec<f64>,
    values: Vec<f64>,
    ln: Vec<f64>,
    /// -ln B(alpha, ..., alpha).
    constant: f64,
}

impl Scratch {
    fn new(k: usize, alpha: f64) -> Self {
        Self {
            next: vec![0.0; k],
            values: Vec::new(),
            ln: Vec::new(),
            constant: k as f64 * ln_gamma(alpha) - ln_gamma(k as f64 * alpha),
        }
    }

    /// sum c ln(c / ratio).
    fn ln_sums(&mut self, counts: &[f64], ratio: &[f64]) -> f64 {
        self.values.clear();
        self.values.extend(counts.iter().zip(ratio).map(|(c, r)| c / r));
        self.ln.resize(counts.len(), 0.0);
        lns(&self.values, &mut self.ln);
        counts.iter().zip(&self.ln).map(|(c, ln)| c * ln).sum()
    }

    /// KL(Dirichlet(gamma) || Dirichlet(alpha, ..., alpha)), with exp psi(gamma) and psi of their sum.
    fn divergence(&mut self, gamma: &[f64], theta: &[f64], psi: f64, alpha: f64) -> f64 {
        let k = gamma.len();
        self.ln.resize(2 * k, 0.0);
        lns(theta, &mut self.ln[..k]);
        ln_gammas(gamma, &mut self.ln[k..2 * k]);
        // Where exp psi is no number, gamma is alpha.
        let moved = |i: usize| match gamma[i] == alpha {
            true => 0.0,
            false => (gamma[i] - alpha) * (self.ln[i] - psi),
        };
        let parts: f64 = (0..k).map(|i| moved(i) - self.ln[k + i]).sum();
        ln_gamma(gamma.iter().sum()) + self.constant + parts
    }
}

/// Topics that are added up beside each other.
const LANES: usize = 4;
/// A word that no topic has is as likely as can be written.
const LEAST: f64 = 1e-290;

/// sum_k theta_k beta_wk of four words.
#[inline(always)]
fn dots(words: [&[f64]; 4], theta: &[f64]) -> [f64; 4] {
    let [p, q, r, s] = words.map(|word| word[..theta.len()].as_chunks::<LANES>());
    let (whole, last) = theta.as_chunks::<LANES>();
    let mut sums = ([0.0; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for ((((t, p), q), r), s) in whole.iter().zip(p.0).zip(q.0).zip(r.0).zip(s.0) {
        for l in 0..LANES {
            sums.0[l] += t[l] * p[l];
            sums.1[l] += t[l] * q[l];
            sums.2[l] += t[l] * r[l];
            sums.3[l] += t[l] * s[l];
        }
    }
    let mut all = [0.0; 4];
    let rests = [(sums.0, p.1), (sums.1, q.1), (sums.2, r.1), (sums.3, s.1)];
    for (all, (lanes, rest)) in all.iter_mut().zip(rests) {
        let tail: f64 = last.iter().zip(rest).map(|(t, b)| t * b).sum();
        *all = ((lanes[0] + lanes[2]) + (lanes[1] + lanes[3])) + tail;
    }
    all
}

multiversion! {
    /// `ratio_w = c_w / sum_k theta_k beta_wk`, and `next_k = sum_w ratio_w beta_wk`: four words at a time, whose rows are read once from
    /// memory.
    fn step(theta: &[f64], beta: &[f64], index: &[u32], counts: &[f64], ratio: &mut [f64], next: &mut [f64]) {
        let k = theta.len();
        next.fill(0.0);
        let row = |w: u32| &beta[w as usize * k..][..k];
        let whole = index.len() / 4 * 4;
        let fours = index[..whole].chunks_exact(4).zip(counts.chunks_exact(4)).zip(ratio.chunks_exact_mut(4));
        for ((four, c), out) in fours {
            let words = [row(four[0]), row(four[1]), row(four[2]), row(four[3])];
            let sums = dots(words, theta);
            let r: [f64; 4] = std::array::from_fn(|l| c[l] / if sums[l] > LEAST { sums[l] } else { LEAST });
            out.copy_from_slice(&r);
            let rows = words[0].iter().zip(words[1]).zip(words[2]).zip(words[3]);
            for (next, (((p, q), s), t)) in next.iter_mut().zip(rows) {
                *next += (r[0] * p + r[1] * q) + (r[2] * s + r[3] * t);
            }
        }
        for at in whole..index.len() {
            let word = row(index[at]);
            let sum = dots([word; 4], theta)[0];
            ratio[at] = counts[at] / if sum > LEAST { sum } else { LEAST };
            next.iter_mut().zip(word).for_each(|(next, b)| *next += ratio[at] * b);
        }
    }
}
