//! The evidence lower bound, term by term.

use induce_core::parallel;
use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;

use super::Topics;
use super::special::{digammas, ln_gammas};

/// ELBO = likelihood - documents - topics.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bound {
    /// E ln p(w, z | theta, beta) and the entropy of z.
    pub likelihood: f64,
    /// Divergences of the documents' topics from their prior.
    pub documents: f64,
    /// Divergences of the topics' words from their prior.
    pub topics: f64,
}

impl Bound {
    /// Names of the terms, as reports call them.
    pub const NAMES: [&'static str; 4] = ["elbo", "expected_log_likelihood", "kl_documents", "kl_topics"];

    /// The ELBO.
    pub fn total(&self) -> f64 {
        self.likelihood - self.documents - self.topics
    }

    /// The ELBO and its terms, per word.
    pub fn values(&self, words: f64) -> [f64; 4] {
        [self.total(), self.likelihood, self.documents, self.topics].map(|x| x / words)
    }
}

/// Words that one task does.
const CHUNK: usize = 256;

impl Topics {
    /// sum_k KL(q(beta_k) || Dirichlet(eta, ..., eta)).
    pub fn divergence(&self, eta: f64, threads: usize) -> f64 {
        let (k, totals) = (self.count, self.totals());
        let all: Vec<f64> = totals.iter().map(|t| digamma(*t)).collect();
        let chunk = CHUNK * k;
        let parts = parallel::map(threads, self.lambda.len().div_ceil(chunk), |i| {
            let own = &self.lambda[i * chunk..((i + 1) * chunk).min(self.lambda.len())];
            let (mut psi, mut ln) = (vec![0.0; own.len()], vec![0.0; own.len()]);
            digammas(own, &mut psi);
            ln_gammas(own, &mut ln);
            let term = |at: usize| (own[at] - eta) * (psi[at] - all[at % k]) - ln[at];
            (0..own.len()).map(term).sum::<f64>()
        });
        let words = self.words() as f64;
        let constant = words * ln_gamma(eta) - ln_gamma(words * eta);
        let ends: f64 = totals.iter().map(|t| ln_gamma(*t) + constant).sum();
        ends + parts.into_iter().sum::<f64>()
    }
}
