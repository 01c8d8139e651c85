//! What a network shows of itself.

use induce_core::metrics::Score;
use induce_core::model::{Block, Grid, Lines, Section};
use induce_tensor::Parameters;

use super::network::Network;
use super::pruning::signals;

/// Layers, the deviation of the noise in the units of the target, and what is known of weights.
pub fn summary(network: &Network, parameters: &Parameters, noise: Option<f64>) -> Vec<Section> {
    let lengths = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ");
    let rows = network
        .shape
        .layers()
        .into_iter()
        .map(|(name, own)| vec![name, lengths(&own)]);
    let mut facts = vec![
        ("inputs".to_owned(), network.shape.inputs().to_string()),
        ("parameters".to_owned(), parameters.count().to_string()),
    ];
    facts.extend(noise.map(|noise| ("deviation of the noise".to_owned(), format!("{noise:.4}"))));
    if network.shape.rho.is_some() {
        let all = signals(network, parameters);
        let certain = all.iter().filter(|own| **own > 1.0).count();
        facts.push((
            "weights more than a deviation from 0".into(),
            format!("{:.1} %", 100.0 * certain as f64 / all.len().max(1) as f64),
        ));
    }
    let blocks = vec![
        Block::Grid(Grid::new(&["layer", "weights"], rows.collect())),
        Block::Facts(facts),
    ];
    vec![Section::new("Network", blocks)]
}

/// What is left of a metric without the weakest weights: shares that are taken away, weights that are left, values.
pub fn pruning(curve: &[(f64, usize, Score)]) -> Option<Section> {
    let metric = curve.first()?.2.name.clone();
    let points = curve
        .iter()
        .map(|(share, _, score)| (100.0 * share, score.value))
        .collect();
    let row = |(share, left, score): &(f64, usize, Score)| {
        vec![
            format!("{} %", 100.0 * share),
            left.to_string(),
            format!("{:.4}", score.value),
        ]
    };
    let rows = curve.iter().map(row).collect();
    let lines = Lines {
        x: "weights taken away, %".into(),
        y: metric.clone(),
        curves: vec![(metric.clone(), points)],
        mark: None,
    };
    let text = "Weights whose mean is nearest to 0 in deviations of their own are taken away; the others are at their means.";
    Some(Section::new(
        "Pruning",
        vec![
            Block::Text(text.into()),
            Block::Lines(lines),
            Block::Grid(Grid::new(&["taken away", "weights left", &metric], rows)),
        ],
    ))
}
