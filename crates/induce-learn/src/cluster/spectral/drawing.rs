//! The graph as it is drawn: nodes in two eigenvectors, and lines for its edges.

use induce_core::Result;
use induce_core::linalg::Csr;
use induce_core::model::{Block, Points};
use induce_core::model_file::ModelFile;
use induce_core::words::{count, counted};
use serde::{Deserialize, Serialize};

use crate::graph::Spectrum;

/// Nodes that are drawn.
const NODES: usize = 2_000;
/// Edges that are drawn, and kept for it: more would be one grey.
const EDGES: usize = 3_000;

/// What is drawn of a graph: the first two eigenvectors that differ within components, and edges, evenly chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// The place of the first eigenvector among all, from 0.
    first: usize,
    /// How many edges there are.
    all: usize,
    /// Two coordinates of every node. // (n, 2)
    #[serde(skip)]
    places: Vec<f64>,
    /// Two nodes of every edge that is drawn. // (edges, 2)
    #[serde(skip)]
    edges: Vec<u32>,
}

impl Drawing {
    /// Of a graph of so many components whose spectrum has `m` vectors; nothing if these are fewer than two.
    pub fn of(weights: &Csr, spectrum: &Spectrum, m: usize, components: usize) -> Self {
        if m < 2 {
            return Self::default();
        }
        // As many vectors as there are components say which node is in which; 0 and 1 are all there are of two.
        let first = components.min(m - 2);
        let pairs = || {
            let row = |i: usize| weights.row(i).filter(move |own| own.0 > i && own.1 > 0.0);
            (0..weights.rows()).flat_map(move |i| row(i).map(move |(j, _)| [i as u32, j as u32]))
        };
        let all = pairs().count();
        Self {
            first,
            all,
            places: spectrum
                .vectors
                .chunks_exact(m)
                .flat_map(|row| [row[first], row[first + 1]])
                .collect(),
            edges: evenly(pairs(), all, EDGES).flatten().collect(),
        }
    }

    /// The picture of nodes in the colours of their clusters over the edges, and what was left out of it.
    pub fn blocks(&self, labels: &[u32], clusters: usize) -> Vec<Block> {
        if self.places.is_empty() {
            return Vec::new();
        }
        let place = |i: usize| (self.places[2 * i], self.places[2 * i + 1]);
        let shown: Vec<usize> = evenly(0..labels.len(), labels.len(), NODES).collect();
        let of = |c: usize| {
            let own = shown.iter().copied().filter(|&i| labels[i] as usize == c);
            (format!("cluster {c}"), own.map(place).collect())
        };
        let ends = self.edges.chunks_exact(2).map(|pair| [pair[0], pair[1]]);
        let picture = Points {
            x: format!("eigenvector {}", self.first + 1),
            y: format!("eigenvector {}", self.first + 2),
            groups: (0..clusters).map(of).collect(),
            edges: ends.map(|ends| ends.map(|i| place(i as usize))).collect(),
            ..Points::default()
        };
        let left_out = self.left_out(shown.len(), labels.len());
        left_out
            .map(Block::Text)
            .into_iter()
            .chain([Block::Points(picture)])
            .collect()
    }

    fn left_out(&self, shown: usize, nodes: usize) -> Option<String> {
        let part = |few: usize, all: usize, what: &str| {
            (few < all).then(|| format!("{} of {}", count(few), counted(all, what)))
        };
        let parts = [
            part(shown, nodes, "node"),
            part(self.edges.len() / 2, self.all, "edge"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("Of the graph {} are drawn, evenly chosen.", parts.join(" and ")))
    }

    /// Put it into a model file.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn store(&self, file: &mut ModelFile) -> Result<()> {
        file.put_json("drawing", self)?;
        file.put("drawn_places", self.places.clone());
        file.put("drawn_edges", self.edges.clone());
        Ok(())
    }

    /// That of a file with `n` nodes.
    ///
    /// # Errors
    /// If a node has no place, or an edge no node.
    pub fn read(file: &ModelFile, n: usize) -> Result<Self> {
        let own = Self {
            places: file.values::<f64>("drawn_places")?.to_vec(),
            edges: file.values::<u32>("drawn_edges")?.to_vec(),
            ..file.json("drawing")?
        };
        let placed =
            [0, n.saturating_mul(2)].contains(&own.places.len()) && own.places.iter().all(|x| x.is_finite());
        let joined = own.edges.len().is_multiple_of(2)
            && own.edges.iter().all(|i| (*i as usize) < own.places.len() / 2);
        match placed && joined && own.first < usize::MAX - 2 {
            true => Ok(own),
            false => Err(file.fault("a node of its picture has no place")),
        }
    }
}

/// As many of `count` as are drawn, evenly chosen.
fn evenly<T>(all: impl Iterator<Item = T>, count: usize, most: usize) -> impl Iterator<Item = T> {
    let few = count.min(most);
    all.enumerate()
        .filter(move |(i, _)| (i + 1) * few / count > i * few / count)
        .map(|own| own.1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn spectrum(n: usize) -> Spectrum {
        Spectrum {
            values: vec![0.0; 3],
            vectors: (0..3 * n).map(|i| i as f64).collect(),
            residuals: vec![0.0; 3],
            products: 0,
            outcome: induce_core::Outcome::Converged {
                reason: String::new(),
            },
        }
    }

    /// Each edge once, from place to place, in the first two vectors that are not constant.
    #[test]
    fn edges_are_drawn_once_between_their_nodes() {
        let both = [(0, 1), (1, 2)]
            .iter()
            .flat_map(|&(i, j)| [(i, j, 1.0), (j, i, 1.0)])
            .collect();
        let weights = Csr::from_entries(3, 3, both).unwrap();
        let blocks = Drawing::of(&weights, &spectrum(3), 3, 1).blocks(&[0, 0, 1], 2);
        let [Block::Points(own)] = &blocks[..] else {
            panic!("{blocks:?}")
        };
        assert_eq!((&own.x[..], &own.y[..]), ("eigenvector 2", "eigenvector 3"));
        assert_eq!(own.edges, [[(1.0, 2.0), (4.0, 5.0)], [(4.0, 5.0), (7.0, 8.0)]]);
        assert_eq!(own.groups[1].1, [(7.0, 8.0)]);
    }

    #[test]
    fn what_is_left_out_of_a_large_graph_is_said() {
        let n = 5_000_u32;
        let both = (0..n)
            .flat_map(|i| [(i, (i + 1) % n, 1.0), ((i + 1) % n, i, 1.0)])
            .collect();
        let weights = Csr::from_entries(n as usize, n as usize, both).unwrap();
        let blocks = Drawing::of(&weights, &spectrum(n as usize), 3, 1).blocks(&vec![0; n as usize], 1);
        let [Block::Text(said), Block::Points(own)] = &blocks[..] else {
            panic!()
        };
        assert_eq!(
            said,
            "Of the graph 2,000 of 5,000 nodes and 3,000 of 5,000 edges are drawn, evenly chosen."
        );
        assert_eq!((own.groups[0].1.len(), own.edges.len()), (2_000, 3_000));
    }
}
