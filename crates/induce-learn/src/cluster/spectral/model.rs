//! A fitted division, and what it says of other rows and nodes.

use std::collections::HashMap;

use induce_core::model::{Embedding, Graph, Inputs, Prediction};
use induce_core::{Error, Result, Run};

use crate::graph::{Neighbours, Points, Weights, of_scales};
use crate::points::Frame;

use super::divide::Division;
use super::fit::gap;
use super::spec::Spec;

/// A graph divided by its spectrum.
#[derive(Debug, Clone)]
pub struct Spectral {
    /// The settings it was fitted with.
    pub spec: Spec,
    /// The division, with its eigenvalues and its embedding.
    pub division: Division,
    pub(super) learnt: Learnt,
}

/// What was divided.
#[derive(Debug, Clone)]
pub(super) enum Learnt {
    /// Rows, in whose neighbourhood others may lie.
    Rows(Neighbourhood),
    /// Nodes, which others may have edges to.
    Graph(Named),
}

/// Rows as points, with their scales where weights ask for them.
#[derive(Debug, Clone)]
pub(super) struct Neighbourhood {
    pub(super) frame: Frame,
    pub(super) points: Points,
    pub(super) scale: Option<Vec<f64>>,
}

/// The names of nodes.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) names: Vec<String>,
}

impl Named {
    pub(super) fn of(graph: &Graph) -> Self {
        Self { names: graph.names() }
    }
}

/// What a row or a node has of each known one: numbers and weights that add up to 1.
type Steps = Vec<(usize, f64)>;

impl Spectral {
    /// The cluster of each row or node, with the probability that a step of the random walk from it leads into each.
    ///
    /// What was learnt keeps its cluster. Another row steps to its nearest, in proportion to how similar they are, as
    /// the graph was made: `p(c | x) = sum_{j in c} w(x, j) / sum_j w(x, j)`.
    ///
    /// # Errors
    /// If a column is missing or of another type, a value is missing, or a node has no edge to a known one.
    pub fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let k = self.division.clusters;
        let mut probabilities = Vec::new();
        for steps in self.steps(inputs, threads)? {
            let mut row = vec![0.0; k];
            steps
                .iter()
                .for_each(|&(j, w)| row[self.division.labels[j] as usize] += w);
            probabilities.extend(row);
        }
        Ok(Prediction::of_classes(probabilities, k))
    }

    /// Where rows or nodes are in the embedding: where a step of the random walk leads on average (Bengio et al. 2004).
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn embed(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let width = self.division.width;
        let mut values = Vec::new();
        for steps in self.steps(inputs, threads)? {
            let mut row = vec![0.0; width];
            for (j, w) in steps {
                let own = &self.division.embedding[j * width..(j + 1) * width];
                row.iter_mut().zip(own).for_each(|(x, y)| *x += w * y);
            }
            values.extend(row);
        }
        Ok(Embedding {
            values,
            names: (1..=width).map(|k| format!("eigenvector{k}")).collect(),
        })
    }

    fn steps(&self, inputs: Inputs, threads: usize) -> Result<Vec<Steps>> {
        match (&self.learnt, inputs) {
            (Learnt::Rows(own), inputs) => own.steps(&self.spec, inputs, threads),
            (Learnt::Graph(own), Inputs::Graph(graph)) => own.steps(graph),
            (Learnt::Graph(_), _) => Err(Error::data(
                "the model divides the nodes of a graph, and this is none",
                "give it the graph, as it was trained with",
            )),
        }
    }
}

impl Neighbourhood {
    fn steps(&self, spec: &Spec, inputs: Inputs, threads: usize) -> Result<Vec<Steps>> {
        let run = Run::new(0).with_threads(threads);
        let rows = self.frame.points(inputs, &run)?.values;
        if let Some(at) = rows.iter().position(|x| x.is_nan()) {
            return Err(gap(&self.frame, at));
        }
        let others = self.points.like(&rows)?;
        let k = spec.n_neighbors.max(crate::graph::LOCAL).min(self.points.len());
        let near = Neighbours::among(&self.points, &others, k, &run)?;
        let scale = crate::graph::scales(&near);
        Ok((0..near.points())
            .map(|i| self.of_row(spec, &near, i, scale[i]))
            .collect())
    }

    fn of_row(&self, spec: &Spec, near: &Neighbours, i: usize, own: f64) -> Steps {
        let all = || near.of_point(i).take(spec.n_neighbors.max(1));
        if let Some((j, _)) = all().next().filter(|(_, square)| *square == 0.0) {
            return vec![(j, 1.0)];
        }
        let weight = |j: usize, square: f64| match (&self.scale, spec.weights) {
            (Some(scale), _) => (-of_scales(square, own, scale[j])).exp(),
            (None, Weights::Rbf) => spec.similarity().rbf(square, self.points.unit()),
            (None, _) => 1.0,
        };
        let steps: Steps = all().map(|(j, square)| (j, weight(j, square))).collect();
        let total: f64 = steps.iter().map(|(_, w)| w).sum();
        match total > 0.0 {
            true => steps.into_iter().map(|(j, w)| (j, w / total)).collect(),
            // So far away that no similarity can be written: the nearest is the most similar still.
            false => all().take(1).map(|(j, _)| (j, 1.0)).collect(),
        }
    }
}

impl Named {
    fn steps(&self, graph: &Graph) -> Result<Vec<Steps>> {
        let known: HashMap<&str, usize> = self
            .names
            .iter()
            .enumerate()
            .map(|(j, name)| (name.as_str(), j))
            .collect();
        let here = Self::of(graph).names;
        let of = |name: &String| known.get(name.as_str()).copied();
        let step = |(i, name): (usize, &String)| {
            if let Some(j) = of(name) {
                return Ok(vec![(j, 1.0)]);
            }
            let edges: Steps = graph
                .edges
                .row(i)
                .filter_map(|(j, w)| Some((of(&here[j])?, w)))
                .collect();
            let total: f64 = edges.iter().map(|(_, w)| w).sum();
            if total <= 0.0 {
                return Err(Error::data(
                    format!("node `{name}` is new and has no edge to a node that was learnt from"),
                    "leave it out, or train on this graph",
                ));
            }
            Ok(edges.into_iter().map(|(j, w)| (j, w / total)).collect())
        };
        here.iter().enumerate().map(step).collect()
    }
}
