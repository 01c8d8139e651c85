//! What models foretell that know less, as a table of metrics.

use induce_core::metrics::SplitScores;
use induce_deep::language::{baselines, scores};
use induce_plot::Metric;

use super::super::metrics;
use super::inputs::Inputs;

/// The model beside [baselines] on the whole text that judges.
pub(super) fn beside(inputs: &Inputs) -> Vec<Metric> {
    let own = inputs.scores.iter().find(|own| own.split == inputs.split);
    let mut all: Vec<SplitScores> = own
        .map(|own| SplitScores::new("this model", own.scores.clone()))
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
