//! Fitted topics.

use induce_core::linalg::Csr;
use induce_core::model::Schema;
use induce_core::{Error, Result};
use serde_json::Value;

use super::pass::{bound, total};
use super::{Bound, Counts, Documents, Local, Spec, Topics};

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
    /// Mini-batches that it has learnt from.
    pub steps: u64,
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

    /// The bound of documents under the topics, and their words.
    pub fn bound_of(&self, rows: &Csr, weight: Option<&[f64]>, threads: usize) -> (Bound, f64) {
        let found = self.documents(rows, threads);
        let weight = weight.map_or_else(|| vec![1.0; rows.rows()], <[f64]>::to_vec);
        let bound = Bound {
            topics: self.topics.divergence(self.eta, threads),
            ..bound(&found, &weight)
        };
        (bound, total(rows, &weight))
    }

    /// The topics for a fit that goes on from them.
    ///
    /// # Errors
    /// If it has other words, or another number of topics.
    pub fn known(&self, spec: &Spec, counts: &Counts) -> Result<Topics> {
        let own = (self.topics.count, self.topics.words());
        let asked = (spec.n_components, counts.rows.columns());
        match own == asked {
            true => Ok(self.topics.clone()),
            false => Err(Error::data(
                format!(
                    "the model has {} topics of {} words, and {} of {} are asked for",
                    own.0, own.1, asked.0, asked.1
                ),
                "go on with the settings and the words of the model",
            )),
        }
    }

    /// exp(-bound / words), the bound being that of ln p(w_d | q(beta)) for each document; none without words.
    pub fn perplexity(&self, rows: &Csr, weight: Option<&[f64]>, threads: usize) -> Option<f64> {
        let (found, words) = self.bound_of(rows, weight, threads);
        let bound = found.likelihood - found.documents;
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
