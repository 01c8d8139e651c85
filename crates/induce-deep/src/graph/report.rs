//! What a network of graphs shows of itself.

use induce_core::model::{Block, Graph, Grid, Lines, Section};
use induce_core::{Result, Run};

use super::filter::Response;
use super::model::Trained;

/// Layers and the response of their filters.
pub fn summary(model: &Trained) -> Vec<Section> {
    let shape = &model.network.shape;
    let inputs = std::iter::once(&shape.inputs).chain(&shape.widths);
    let rows = inputs
        .zip(&shape.widths)
        .enumerate()
        .map(|(i, (inputs, outputs))| {
            vec![
                format!("layers.{i}"),
                shape.terms.to_string(),
                inputs.to_string(),
                outputs.to_string(),
            ]
        });
    let grid = Grid::new(&["layer", "filters", "inputs", "outputs"], rows.collect());
    let facts = vec![
        ("filter".to_owned(), model.spec.filter.name().to_owned()),
        ("parameters".to_owned(), model.parameters.count().to_string()),
    ];
    vec![
        Section::new("Network", vec![Block::Grid(grid), Block::Facts(facts)]),
        responses(model),
    ]
}

/// How much of a signal of each frequency a layer lets through: `|sum_k p_k(lambda) W_k|` beside its mean over frequencies.
fn responses(model: &Trained) -> Section {
    /// Frequencies of a curve.
    const POINTS: usize = 101;
    let terms = model.network.shape.terms;
    let curve = |layer: usize| {
        let weights = model.network.weights(&model.parameters, layer);
        let point = |i: usize| {
            let lambda = 2.0 * i as f64 / (POINTS - 1) as f64;
            (lambda, passed(&model.header.response, weights, terms, lambda))
        };
        let all: Vec<(f64, f64)> = (0..POINTS).map(point).collect();
        let most = all.iter().fold(f64::MIN_POSITIVE, |most, own| most.max(own.1));
        let scaled = all.into_iter().map(|(lambda, own)| (lambda, own / most));
        (format!("layer {layer}"), scaled.collect())
    };
    let lines = Lines {
        x: "frequency: eigenvalue of the Laplacian".into(),
        y: "response beside its largest".into(),
        curves: (0..model.network.depth()).map(curve).collect(),
        mark: None,
    };
    let text = "Low frequencies are what neighbours have in common, high ones what sets them apart.";
    Section::new("Filters", vec![Block::Text(text.into()), Block::Lines(lines)])
}

/// The norm of `sum_k p_k(lambda) W_k`.
fn passed(response: &Response, weights: &[f32], terms: usize, lambda: f64) -> f64 {
    let factors = response.at(lambda);
    let size = weights.len() / terms;
    let square = |i: usize| {
        let own = factors
            .iter()
            .enumerate()
            .map(|(k, p)| p * f64::from(weights[k * size + i]));
        own.sum::<f64>().powi(2)
    };
    (0..size).map(square).sum::<f64>().sqrt()
}

/// The same, and what is seen on a graph.
///
/// # Errors
/// As a prediction.
pub fn report(model: &Trained, _: &Graph, _: &Run) -> Result<Vec<Section>> {
    Ok(summary(model))
}
