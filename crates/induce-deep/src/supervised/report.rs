//! What a network shows of itself.

use induce_core::model::{Block, Data, Grid, Lines, Section};
use induce_core::{Result, Run};

use super::model::Trained;
use super::outcome::Outcome;
use super::pruning::signals;

/// Layers and what is known of weights.
pub fn summary(model: &Trained) -> Vec<Section> {
    let shape = &model.network.shape;
    let lengths = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let rows = shape
        .layers()
        .into_iter()
        .map(|(name, own)| vec![name, lengths(&own)]);
    let mut blocks = vec![Block::Grid(Grid::new(&["layer", "weights"], rows.collect()))];
    let mut facts = vec![
        ("inputs".to_owned(), shape.inputs().to_string()),
        ("parameters".to_owned(), model.parameters.count().to_string()),
    ];
    if let (Outcome::Quantity { scale, .. }, Some(noise)) = (&model.header.outcome, model.noise()) {
        facts.push(("deviation of the noise".into(), format!("{:.4}", scale * noise)));
    }
    if model.spec.bayes() {
        let all = signals(&model.network, &model.parameters);
        let certain = all.iter().filter(|own| **own > 1.0).count();
        facts.push((
            "weights more than a deviation from 0".into(),
            format!("{:.1} %", 100.0 * certain as f64 / all.len().max(1) as f64),
        ));
    }
    blocks.push(Block::Facts(facts));
    vec![Section::new("Network", blocks)]
}

/// The same, with what is left of it without its weakest weights.
///
/// # Errors
/// As an evaluation.
pub fn sections(model: &Trained, data: &Data, run: &Run) -> Result<Vec<Section>> {
    let mut all = summary(model);
    if !model.spec.bayes() {
        return Ok(all);
    }
    let curve = model.pruning_curve(data, run)?;
    let Some((_, _, first)) = curve.first() else {
        return Ok(all);
    };
    let metric = first.name.clone();
    let points = curve
        .iter()
        .map(|(share, _, score)| (100.0 * share, score.value))
        .collect();
    let row = |(share, left, score): &(f64, usize, induce_core::metrics::Score)| {
        vec![
            format!("{} %", 100.0 * share),
            left.to_string(),
            format!("{:.4}", score.value),
        ]
    };
    all.push(Section::new(
        "Pruning",
        vec![
            Block::Text(
                "Weights whose mean is nearest to 0 in deviations of their own are taken away; the others are at their means.".into(),
            ),
            Block::Lines(Lines {
                x: "weights taken away, %".into(),
                y: metric.clone(),
                curves: vec![(metric.clone(), points)],
                mark: None,
            }),
            Block::Grid(Grid::new(&["taken away", "weights left", &metric], curve.iter().map(row).collect())),
        ],
    ));
    Ok(all)
}
