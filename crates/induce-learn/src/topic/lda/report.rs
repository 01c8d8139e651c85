//! What topics show of themselves.

use induce_core::model::{Block, Grid, Section};
use induce_core::words::number;

use super::{Bound, Model};

/// Words of a topic that are shown.
const WORDS: usize = 10;

/// The likeliest words of every topic, and the bound term by term.
pub fn summary(model: &Model) -> Vec<Section> {
    let totals = model.topics.totals();
    let all: f64 = totals.iter().sum();
    let row = |(k, words): (usize, Vec<(String, f64)>)| {
        let names: Vec<String> = words
            .iter()
            .map(|(name, p)| format!("{name} ({})", number(*p)))
            .collect();
        vec![k.to_string(), number(totals[k] / all), names.join(", ")]
    };
    let rows = model.top_words(WORDS).into_iter().enumerate().map(row).collect();
    let grid = Grid::new(&["topic", "share", "likeliest words"], rows);
    let facts = Bound::NAMES.iter().zip(model.bound.values(model.words));
    let facts = facts.map(|(name, value)| ((*name).to_owned(), number(value)));
    vec![
        Section::new("Topics", vec![Block::Grid(grid)]),
        Section::new(
            "ELBO per word: likelihood - divergences",
            vec![Block::Facts(facts.collect())],
        ),
    ]
}
