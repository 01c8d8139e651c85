//! What models foretell that know less, as a table of metrics.

use induce_core::metrics::SplitScores;
use induce_core::words::number;
use induce_deep::language::{baselines, scores};
use induce_plot::{Metric, Note, NoteKind};

use super::super::metrics;
use super::inputs::Inputs;

/// The model beside [baselines] on the whole text that judges.
pub(super) fn beside(inputs: &Inputs) -> Vec<Metric> {
    let own = inputs.scores.iter().find(|own| own.split == inputs.split);
    let mut all: Vec<SplitScores> = own
        .map(|own| SplitScores::new(OWN, own.scores.clone()))
        .into_iter()
        .collect();
    let text = inputs.training.as_ref().map_or(&[][..], |training| training.text);
    let language = inputs.language;
    let (vocabulary, context) = (language.tokens.size(), language.model.context());
    for (name, loss) in baselines(text, inputs.judged, vocabulary, context) {
        all.push(SplitScores::new(name, scores(&loss, inputs.tokens_per_byte)));
    }
    metrics(&all)
}

/// A warning, if a model that knows less foretells the text better; of several the best.
pub(super) fn beaten(all: &[Metric]) -> Option<Note> {
    let losses = || all.iter().filter(|own| own.name == "loss");
    let own = losses().find(|own| own.split == OWN)?;
    let best = losses().min_by(|a, b| a.value.total_cmp(&b.value))?;
    (best.value < own.value).then(|| Note {
        kind: NoteKind::Warning,
        text: format!(
            "A {} model, which only counts, foretells the text better: {} nats per token against {}. More steps, or a larger \
             model, should change that.",
            best.split,
            number(best.value),
            number(own.value)
        ),
    })
}

/// What the model is called among those that know less.
const OWN: &str = "this model";

#[cfg(test)]
mod tests {
    use super::*;

    /// 2.41 against the bigrams' 2.38 was drawn, and not said.
    #[test]
    fn a_model_that_counting_beats_is_told_so() {
        let loss = |split: &str, value| Metric {
            split: split.into(),
            name: "loss".into(),
            value,
            ..Metric::default()
        };
        let said = beaten(&[loss(OWN, 2.41), loss("unigram", 3.2), loss("bigram", 2.38)]);
        assert!(said.is_some_and(|own| own.text.contains("bigram") && own.text.contains("2.3800")));
        assert_eq!(beaten(&[loss(OWN, 2.3), loss("bigram", 2.38)]), None);
    }
}
