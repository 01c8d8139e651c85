//! The evidence lower bound, term by term.

use induce_prob::polygamma::digamma;
use induce_prob::special::ln_gamma;

use super::Topics;

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

/// KL(Dirichlet(own) || Dirichlet(prior, ..., prior)).
pub fn dirichlet(own: &[f64], prior: f64) -> f64 {
    let (sum, count) = (own.iter().sum::<f64>(), own.len() as f64);
    let all = digamma(sum);
    let part = |a: &f64| (a - prior) * (digamma(*a) - all) - ln_gamma(*a);
    let parts: f64 = own.iter().map(part).sum();
    ln_gamma(sum) - ln_gamma(count * prior) + count * ln_gamma(prior) + parts
}

impl Topics {
    /// sum_k KL(q(beta_k) || p).
    pub fn divergence(&self, eta: f64) -> f64 {
        let of = |k: usize| {
            let own: Vec<f64> = self.lambda.iter().skip(k).step_by(self.count).copied().collect();
            dirichlet(&own, eta)
        };
        (0..self.count).map(of).sum()
    }
}
