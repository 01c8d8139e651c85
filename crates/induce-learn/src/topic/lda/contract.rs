//! What topics can do.

use induce_core::metrics::Score;
use induce_core::model::{Data, DataKind, Embedding, Entry, Evaluation, Fact, Inputs, Section, Transform};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use serde_json::Value;

use super::{Counts, LDA, Model, report, store};

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
