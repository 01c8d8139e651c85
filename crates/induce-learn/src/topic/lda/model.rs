//! Fitted topics.

use induce_core::linalg::Csr;
use induce_core::model::Schema;
use serde_json::Value;

use super::{Bound, Documents, Local, Topics};

/// Fitted topics.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The words, as columns.
    pub schema: Schema,
    /// Whether it learnt from a text, whose lines are documents.
    pub text: bool,
    /// The posterior of topics.
    pub topics: Topics,
    /// alpha, and when the steps for a document end.
    pub local: Local,
    /// eta.
    pub eta: f64,
    /// The ELBO of the training documents.
    pub bound: Bound,
    /// Words of the training documents.
    pub words: f64,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Model {
    /// Documents under the topics, each from the same start, so that its company decides nothing.
    pub fn documents(&self, rows: &Csr, threads: usize) -> Documents {
        let gamma = vec![1.0; rows.rows() * self.topics.count];
        let expected = self.topics.expected(threads);
        Documents::of(rows, &gamma, &expected, &self.local, threads)
    }

    /// E theta; of a document without words that of the prior. // (documents, topics)
    pub fn proportions(&self, rows: &Csr, threads: usize) -> Vec<f64> {
        let mut all = self.documents(rows, threads).gamma;
        for own in all.chunks_exact_mut(self.topics.count) {
            let sum: f64 = own.iter().sum();
            own.iter_mut().for_each(|g| *g /= sum);
        }
        all
    }

    /// exp(-bound / words), the bound being that of ln p(w_d | q(beta)) for each document; none without words.
    pub fn perplexity(&self, rows: &Csr, weight: Option<&[f64]>, threads: usize) -> Option<f64> {
        let found = self.documents(rows, threads);
        let (mut bound, mut words) = (0.0, 0.0);
        for d in 0..rows.rows() {
            let w = weight.map_or(1.0, |all| all[d]);
            bound += w * (found.likelihood[d] - found.divergence[d]);
            words += w * rows.row(d).map(|own| own.1).sum::<f64>();
        }
        (words > 0.0).then(|| (-bound / words).exp())
    }

    /// The likeliest words of every topic, with E beta.
    pub fn top_words(&self, count: usize) -> Vec<Vec<(String, f64)>> {
        let (k, mean) = (self.topics.count, self.topics.mean());
        let of = |topic: usize| {
            let mut order: Vec<usize> = (0..self.topics.words()).collect();
            order.sort_by(|&a, &b| mean[b * k + topic].total_cmp(&mean[a * k + topic]));
            let first = order.into_iter().take(count);
            first
                .map(|w| (self.schema.features[w].name.clone(), mean[w * k + topic]))
                .collect()
        };
        (0..k).map(of).collect()
    }
}
