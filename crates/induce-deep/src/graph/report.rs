//! What a network of graphs shows of itself.

use induce_core::Result;
use induce_core::graph::{entries, layout, neighbourhood};
use induce_core::linalg::Csr;
use induce_core::model::{Block, Collection, Graph, Grid, Lines, Points, Section};
use induce_core::words::{count, counted};
use induce_tensor::Parameters;

use super::filter::{FilterKind, Response};
use super::network::Network;

/// The layers of a network.
pub fn layers(network: &Network, filter: FilterKind, parameters: usize) -> Section {
    let shape = &network.shape;
    let inputs = std::iter::once(&shape.inputs).chain(&shape.widths);
    let rows = inputs
        .zip(&shape.widths)
        .enumerate()
        .map(|(i, (inputs, outputs))| {
            vec![
                format!("layers.{i}"),
                shape.terms_of(i).to_string(),
                inputs.to_string(),
                outputs.to_string(),
            ]
        });
    let grid = Grid::new(&["layer", "filters", "inputs", "outputs"], rows.collect());
    let facts = vec![
        ("filter".to_owned(), filter.name().to_owned()),
        ("parameters".to_owned(), parameters.to_string()),
    ];
    Section::new("Network", vec![Block::Grid(grid), Block::Facts(facts)])
}

/// How much of a signal of each frequency a layer lets through: `|sum_k p_k(lambda) W_k|` beside its mean over frequencies.
pub fn responses(network: &Network, parameters: &Parameters, response: &Response) -> Section {
    /// Frequencies of a curve.
    const POINTS: usize = 101;
    let curve = |layer: usize| {
        let (weights, terms) = (network.weights(parameters, layer), network.shape.terms_of(layer));
        let point = |i: usize| {
            let lambda = 2.0 * i as f64 / (POINTS - 1) as f64;
            (lambda, passed(response, weights, terms, lambda))
        };
        let all: Vec<(f64, f64)> = (0..POINTS).map(point).collect();
        let most = all.iter().fold(f64::MIN_POSITIVE, |most, own| most.max(own.1));
        let scaled = all.into_iter().map(|(lambda, own)| (lambda, own / most));
        (format!("layer {layer}"), scaled.collect())
    };
    let lines = Lines {
        x: "frequency: eigenvalue of the Laplacian".into(),
        y: "response beside its largest".into(),
        // A layer that pools has no frequencies.
        curves: (0..network.depth() - usize::from(network.shape.pooled))
            .map(curve)
            .collect(),
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

/// Nodes that are drawn: more would be one grey.
const DRAWN: usize = 800;
/// Edges that are drawn.
const EDGES: usize = 4_000;
/// Most classes whose confusion is shown.
const CONFUSED: usize = 20;

/// The graph, its nodes in the colours of the classes that are predicted.
///
/// # Errors
/// If a weight is not finite.
pub fn picture(classes: &[String], graph: &Graph, said: &[usize]) -> Result<Section> {
    let weights = graph.undirected().unwrap_or_else(|_| graph.edges.clone());
    let (drawn, part, places) = match &graph.collection {
        Some(own) => tiles(&weights, own)?,
        None => {
            let drawn = neighbourhood(&weights, DRAWN);
            let part = among(&weights, &drawn)?;
            let places = layout(&part);
            (drawn, part, places)
        }
    };
    let (truth, of) = (
        graph.examples().target.as_ref(),
        graph.collection.as_ref().map(|own| &own.of),
    );
    let example = |node: usize| of.map_or(node, |of| of[node] as usize);
    let wrong = |node: usize| {
        let i = example(node);
        truth.is_some_and(|own| !own.values[i].is_nan() && own.values[i] as usize != said[i])
    };
    let group = |name: &str, of: &dyn Fn(usize) -> bool| {
        let own = drawn.iter().zip(&places).filter(|(i, _)| of(**i));
        (name.to_owned(), own.map(|(_, place)| *place).collect::<Vec<_>>())
    };
    let mut groups: Vec<_> = classes
        .iter()
        .enumerate()
        .map(|(class, name)| group(name, &|i| said[example(i)] == class && !wrong(i)))
        .collect();
    groups.push(group("predicted wrongly", &wrong));
    let all: Vec<_> = entries(&part).filter(|(i, j, _)| i < j).collect();
    let every = all.len().div_ceil(EDGES).max(1);
    let edges = all
        .iter()
        .step_by(every)
        .map(|(i, j, _)| [places[*i], places[*j]]);
    let points = Points {
        groups: groups.into_iter().filter(|own| !own.1.is_empty()).collect(),
        edges: edges.collect(),
        ..Points::default()
    };
    let n = graph.nodes.rows();
    let text = match drawn.len() < n {
        true if graph.collection.is_some() => format!(
            "The first graphs, {} of {}, in the colours of the predicted classes.",
            count(drawn.len()),
            counted(n, "node")
        ),
        true => format!(
            "{} of {} are drawn: those around the node with the most neighbours, so that edges are not lost.",
            count(drawn.len()),
            counted(n, "node")
        ),
        false => "Nodes in the colours of the predicted classes.".into(),
    };
    let judged = truth.map_or(0, |own| own.values.iter().filter(|y| !y.is_nan()).count());
    let text = match judged {
        0 => text,
        n => format!(
            "{text} Whether it is wrong is said of the {} to judge by.",
            counted(n, graph.example())
        ),
    };
    let text = match every {
        1 => text,
        _ => format!(
            "{text} Of {} every {every}th is drawn.",
            counted(all.len(), "edge")
        ),
    };
    Ok(Section::new(
        "Graph",
        vec![Block::Text(text), Block::Points(points)],
    ))
}

/// Edges among some nodes, which are numbered anew.
fn among(weights: &Csr, drawn: &[usize]) -> Result<Csr> {
    let mut place = vec![u32::MAX; weights.rows()];
    drawn.iter().zip(0..).for_each(|(i, k)| place[*i] = k);
    let inner = entries(weights).filter_map(|(i, j, w)| {
        let (i, j) = (place[i], place[j]);
        (i != u32::MAX && j != u32::MAX).then_some((i, j, w))
    });
    Csr::from_entries(drawn.len(), drawn.len(), inner.collect())
}

/// Nodes, edges among them, and where they are drawn.
type Drawn = (Vec<usize>, Csr, Vec<(f64, f64)>);

/// The first graphs of a collection side by side, each in a tile of its own.
fn tiles(weights: &Csr, collection: &Collection) -> Result<Drawn> {
    /// Graphs that are drawn, and tiles of a row.
    const TILES: usize = 24;
    const ACROSS: usize = 6;
    /// What a graph takes of its tile.
    const FILLED: f64 = 0.8;
    let (starts, nodes) = collection.members();
    let (mut drawn, mut places) = (Vec::new(), Vec::new());
    for (tile, range) in starts.windows(2).take(TILES).enumerate() {
        let own: Vec<usize> = nodes[range[0]..range[1]].iter().map(|&i| i as usize).collect();
        if drawn.len() + own.len() > DRAWN {
            break;
        }
        let (x, y) = ((tile % ACROSS) as f64, -((tile / ACROSS) as f64));
        let within = layout(&among(weights, &own)?);
        places.extend(
            unit(&within)
                .into_iter()
                .map(|at| (x + FILLED * at.0, y + FILLED * at.1)),
        );
        drawn.extend(own);
    }
    let part = among(weights, &drawn)?;
    Ok((drawn, part, places))
}

/// Places in the unit square, of one scale both ways.
fn unit(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let bounds = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let own = || places.iter().map(of);
        (
            own().fold(f64::INFINITY, f64::min),
            own().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    let (x, y) = (bounds(&|at| at.0), bounds(&|at| at.1));
    let span = (x.1 - x.0).max(y.1 - y.0).max(f64::MIN_POSITIVE);
    places
        .iter()
        .map(|at| ((at.0 - x.0) / span, (at.1 - y.0) / span))
        .collect()
}

/// How many examples of each class are taken for each.
pub fn confusion(classes: &[String], graph: &Graph, said: &[usize]) -> Option<Section> {
    let target = graph.examples().target.as_ref()?;
    if classes.len() > CONFUSED {
        return None;
    }
    let mut counts = vec![0_usize; classes.len() * classes.len()];
    for (truth, said) in target.values.iter().zip(said).filter(|own| !own.0.is_nan()) {
        *counts.get_mut(*truth as usize * classes.len() + said)? += 1;
    }
    let head: Vec<&str> = std::iter::once("class")
        .chain(classes.iter().map(String::as_str))
        .collect();
    let row = |(name, own): (&String, &[usize])| {
        std::iter::once(name.clone())
            .chain(own.iter().map(|n| count(*n)))
            .collect()
    };
    let rows = classes
        .iter()
        .zip(counts.chunks(classes.len()))
        .map(row)
        .collect();
    let text = "Rows are the true classes, columns the predicted ones.";
    Some(Section::new(
        "Confusion",
        vec![Block::Text(text.into()), Block::Grid(Grid::new(&head, rows))],
    ))
}
