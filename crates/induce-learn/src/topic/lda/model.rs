//! Fitted topics.

use induce_core::linalg::Csr;
use induce_core::metrics::Score;
use induce_core::model::{
    Data, DataKind, Embedding, Entry, Evaluation, Fact, Inputs, Schema, Section, Transform,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use serde_json::Value;

use super::{Bound, Counts, Documents, LDA, Local, Topics, report, store};

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
        Documents::of(rows, gamma, &expected, &self.local, threads)
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

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        &LDA
    }

    fn reads(&self) -> DataKind {
        if self.text { DataKind::Text } else { DataKind::Rows }
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        store::to_file(self)
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn step_unit(&self) -> &'static str {
        "pass"
    }

    fn facts(&self) -> Vec<Fact> {
        let (k, mean) = (self.topics.count, self.topics.mean());
        let by_topic = |all: &[f64]| -> Vec<Vec<f64>> {
            (0..k)
                .map(|t| all.iter().skip(t).step_by(k).copied().collect())
                .collect()
        };
        vec![
            ("n_components", k.into()),
            ("doc_topic_prior", self.local.alpha.into()),
            ("topic_word_prior", self.eta.into()),
            ("components", by_topic(&self.topics.lambda).into()),
            ("topic_words", by_topic(&mean).into()),
            ("words", self.schema.names().into()),
            ("elbo", self.bound.values(self.words)[0].into()),
            ("elbo_terms", self.bound.values(self.words)[1..].into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        let rows = Counts::read(&self.schema, data)?;
        let weight = match data {
            Data::Rows(own) => own.weight.as_deref(),
            _ => None,
        };
        let perplexity = self.perplexity(&rows, weight, run.threads());
        let score = |value: f64| {
            [
                Score::bare("perplexity", value),
                Score::bare("log_likelihood", -value.ln()),
            ]
        };
        Ok(Evaluation {
            scores: perplexity.map(score).into_iter().flatten().collect(),
            prediction: None,
            facts: vec![("documents", rows.rows().into())],
        })
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }
}

impl Transform for Model {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let rows = Counts::of_inputs(&self.schema, inputs)?;
        Ok(Embedding {
            values: self.proportions(&rows, threads),
            names: (0..self.topics.count).map(|k| format!("topic{k}")).collect(),
        })
    }
}
