//! Similarity graphs of points.

use induce_core::choices;
use induce_core::linalg::Csr;
use induce_core::{Result, Run};

use super::connect::joining;
use super::pairs::{Pair, of_neighbours, within};
use super::{Neighbours, Points};
use induce_core::graph::{Components, Sets};

choices! {
    /// Which points a similarity graph joins.
    pub enum Edges {
        /// Two points of which each is among the nearest of the other.
        Mutual = "mutual",
        /// Two points of which one is among the nearest of the other.
        Neighbors = "neighbors",
        /// Points no further apart than a radius.
        Radius = "radius",
        /// All points, which takes memory that grows with the square of their number.
        All = "all",
    }
}

choices! {
    /// How similar two points of an edge are, d being their distance.
    pub enum Weights {
        /// `exp(-d^2 / (s_i s_j))`, s the distance of a point to its 7th neighbour (Zelnik-Manor & Perona 2004).
        SelfTuning = "self_tuning",
        /// `exp(-gamma d^2)`
        Rbf = "rbf",
        /// 1; one half where only one is among the nearest of the other.
        Connectivity = "connectivity",
    }
}

/// A similarity graph: what is joined, and how strongly.
#[derive(Debug, Clone, Copy)]
pub struct Similarity {
    /// Which points are joined.
    pub edges: Edges,
    /// How strongly.
    pub weights: Weights,
    /// How many nearest neighbours each point has; no more than there are others.
    pub neighbors: usize,
    /// How near two points are that are joined, in the unit of the data.
    pub radius: f64,
    /// `gamma` of `rbf`, per squared unit of the data.
    pub gamma: f64,
    /// Whether components are joined by the shortest edges between them.
    pub connect: bool,
}

/// The neighbour whose distance is the local scale of a point.
pub(crate) const LOCAL: usize = 7;

/// A similarity graph of points.
#[derive(Debug, Clone)]
pub struct SimilarityGraph {
    /// Weights, symmetric, without loops. // (n, n)
    pub weights: Csr,
    /// The local scale of each point, in units of the points, where it is asked. // (n)
    pub scale: Option<Vec<f64>>,
    /// Components before they were joined.
    pub components: usize,
}

impl Similarity {
    /// The graph of points, in memory that grows with the number of its edges.
    ///
    /// ```
    /// use induce_core::Run;
    /// use induce_learn::graph::{Edges, Points, Similarity, Weights};
    /// let points = Points::new(vec![0.0, 1.0, 2.0, 10.0], 1)?;
    /// let kind = Similarity {
    ///     edges: Edges::Radius, weights: Weights::Connectivity,
    ///     neighbors: 1, radius: 1.5, gamma: 1.0, connect: false,
    /// };
    /// let graph = kind.of(&points, &Run::new(0))?;
    /// assert_eq!(graph.components, 2);
    /// assert_eq!(graph.weights.row(1).collect::<Vec<_>>(), [(0, 1.0), (2, 1.0)]);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it does not fit into memory, or the run is to stop.
    pub fn of(&self, points: &Points, run: &Run) -> Result<SimilarityGraph> {
        let n = points.len();
        let most = n.saturating_sub(1);
        let nearest = matches!(self.edges, Edges::Mutual | Edges::Neighbors);
        let asked = match (nearest, self.weights) {
            (true, Weights::SelfTuning) => self.neighbors.max(LOCAL),
            (true, _) => self.neighbors,
            (false, Weights::SelfTuning) => LOCAL,
            (false, _) => 0,
        };
        let near = match asked.min(most) {
            0 => None,
            k => Some(Neighbours::of(points, k, run)?),
        };
        let mut pairs = match (&near, self.edges) {
            (Some(near), Edges::Mutual | Edges::Neighbors) => self.of_nearest(near),
            (_, Edges::Radius) => within(points, self.radius / points.unit(), run)?,
            (_, Edges::All) => within(points, f64::INFINITY, run)?,
            (None, _) => Vec::new(),
        };
        let components = components(n, &pairs);
        let own = pairs.len();
        if self.connect && components.count > 1 {
            pairs.extend(joining(points, near.as_ref(), &components, run.threads()));
        }
        let scale = near
            .filter(|_| self.weights == Weights::SelfTuning)
            .map(|near| scales(&near));
        let weigh = |(k, pair): (usize, &Pair)| self.weight(pair, k >= own, scale.as_deref(), points.unit());
        let weights: Vec<f64> = pairs.iter().enumerate().map(weigh).collect();
        Ok(SimilarityGraph {
            weights: symmetric(n, &pairs, &weights),
            scale,
            components: components.count,
        })
    }

    fn of_nearest(&self, near: &Neighbours) -> Vec<Pair> {
        let k = self.neighbors.min(near.k);
        let first = Neighbours {
            k,
            index: near
                .index
                .chunks_exact(near.k)
                .flat_map(|row| row[..k].to_vec())
                .collect(),
            square: near
                .square
                .chunks_exact(near.k)
                .flat_map(|row| row[..k].to_vec())
                .collect(),
        };
        let mut pairs = of_neighbours(&first);
        if self.edges == Edges::Mutual {
            pairs.retain(|pair| pair.mutual);
        }
        pairs
    }

    fn weight(&self, pair: &Pair, joins: bool, scale: Option<&[f64]>, unit: f64) -> f64 {
        let tail = |ratio: f64| if joins { JOIN / (1.0 + ratio) } else { LEAST };
        match (self.weights, scale) {
            (Weights::SelfTuning, Some(scale)) => {
                let ratio = of_scales(pair.square, scale[pair.i as usize], scale[pair.j as usize]);
                (-ratio).exp().max(tail(ratio))
            }
            (Weights::Rbf, _) => self.rbf(pair.square, unit).max(tail(0.0)),
            (Weights::Connectivity, _) if self.edges == Edges::Neighbors && !pair.mutual => 0.5,
            _ => 1.0,
        }
    }

    /// `exp(-gamma d^2)` of a squared distance in units of the points.
    pub(crate) fn rbf(&self, square: f64, unit: f64) -> f64 {
        if square == 0.0 {
            1.0
        } else {
            (-(self.gamma.sqrt() * unit * square.sqrt()).powi(2)).exp()
        }
    }
}

/// `d^2 / (s_i s_j)`; points at the same place are alike whatever their scales.
pub(crate) fn of_scales(square: f64, one: f64, other: f64) -> f64 {
    if square == 0.0 { 0.0 } else { square / one / other }
}

/// What an edge that joins components weighs at most: it holds them together, but no cut is dear that goes through it.
const JOIN: f64 = 1e-3;

/// No edge vanishes because its weight is too small to be written.
const LEAST: f64 = 1e-12;

/// Distances to the 7th neighbours, or to the last there are; where that is 0, the least that is not.
pub(crate) fn scales(near: &Neighbours) -> Vec<f64> {
    let local = LOCAL.min(near.k) - 1;
    let mut scale: Vec<f64> = near
        .square
        .iter()
        .skip(local)
        .step_by(near.k)
        .map(|s| s.sqrt())
        .collect();
    let positive = scale.iter().copied().filter(|s| *s > 0.0);
    let least = positive.reduce(f64::min).unwrap_or(1.0);
    scale.iter_mut().for_each(|s| *s = s.max(least));
    scale
}

fn components(n: usize, pairs: &[Pair]) -> Components {
    let mut sets = Sets::new(n);
    pairs.iter().for_each(|pair| {
        sets.join(pair.i as usize, pair.j as usize);
    });
    sets.components()
}

/// Both directions of every pair, by rows.
fn symmetric(n: usize, pairs: &[Pair], weights: &[f64]) -> Csr {
    let mut starts = vec![0; n + 1];
    for pair in pairs {
        starts[pair.i as usize + 1] += 1;
        starts[pair.j as usize + 1] += 1;
    }
    (0..n).for_each(|i| starts[i + 1] += starts[i]);
    let mut entries = vec![(0_u32, 0.0); 2 * pairs.len()];
    let mut next = starts.clone();
    let mut put = |i: u32, j: u32, w: f64| {
        entries[next[i as usize]] = (j, w);
        next[i as usize] += 1;
    };
    for (pair, &w) in pairs.iter().zip(weights) {
        put(pair.i, pair.j, w);
        put(pair.j, pair.i, w);
    }
    starts
        .windows(2)
        .for_each(|row| entries[row[0]..row[1]].sort_unstable_by_key(|entry| entry.0));
    let (index, value) = entries.into_iter().unzip();
    Csr::trusted(n, starts, index, value)
}
