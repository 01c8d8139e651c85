//! What a division shows: its spectrum, its clusters, and where nodes are placed.

use induce_core::model::{Block, Grid, Lines, Points, Section};
use induce_core::words::{count, number};

use super::model::Spectral;

/// The most nodes that are drawn.
const MOST: usize = 2000;

impl Spectral {
    pub(super) fn sections(&self) -> Vec<Section> {
        vec![
            Section::new(
                "Division",
                vec![Block::Facts(self.facts_in_words()), Block::Grid(self.grid())],
            ),
            Section::new(
                "Spectrum",
                vec![Block::Text(self.gap()), Block::Lines(self.spectrum())],
            ),
        ]
    }

    pub(super) fn pictures(&self) -> Vec<Section> {
        let mut sections = self.sections();
        if let Some(points) = self.places() {
            sections[1].blocks.push(Block::Points(points));
        }
        sections
    }

    fn facts_in_words(&self) -> Vec<(String, String)> {
        let own = &self.division;
        let worst = own.residuals.iter().copied().fold(0.0, f64::max);
        let fact = |name: &str, value: String| (name.to_owned(), value);
        vec![
            fact("clusters", count(own.clusters)),
            fact("normalised cut", number(own.partition.normalized_cut())),
            fact("modularity", number(own.partition.modularity())),
            fact("components of the graph", count(own.components)),
            fact("largest residual of an eigenvector", format!("{worst:.1e}")),
        ]
    }

    fn grid(&self) -> Grid {
        let own = &self.division.partition;
        let row = |c: usize| {
            let conductance = if own.volume[c] > 0.0 {
                own.leaving[c] / own.volume[c]
            } else {
                0.0
            };
            vec![
                c.to_string(),
                count(own.nodes[c]),
                number(own.volume[c]),
                number(conductance),
            ]
        };
        Grid::new(
            &["cluster", "size", "volume", "share of it that is cut"],
            (0..own.nodes.len()).map(row).collect(),
        )
    }

    fn gap(&self) -> String {
        let (values, k) = (&self.division.values, self.division.clusters);
        match values.get(k) {
            Some(next) => format!(
                "Eigenvalue {k} is {}, the next {}: the larger this step, the clearer are {k} clusters.",
                number(values[k - 1].max(0.0)),
                number(*next)
            ),
            None => "There is no further eigenvalue to compare with.".into(),
        }
    }

    fn spectrum(&self) -> Lines {
        let points = self
            .division
            .values
            .iter()
            .zip(1..)
            .map(|(value, k)| (f64::from(k), value.max(0.0)));
        Lines {
            x: "eigenvalue number".into(),
            y: "eigenvalue".into(),
            curves: vec![("Laplacian".into(), points.collect())],
            mark: Some(self.division.clusters as f64 + 0.5),
        }
    }

    /// Nodes by their second and third coordinates, or by the first two where there are no three: the first is constant on a connected graph.
    fn places(&self) -> Option<Points> {
        let (own, width) = (&self.division, self.division.width);
        let first = usize::from(width > 2);
        let step = own.labels.len().div_ceil(MOST).max(1);
        let mut groups: Vec<(String, Vec<(f64, f64)>)> = (0..own.clusters)
            .map(|c| (format!("cluster {c}"), Vec::new()))
            .collect();
        for i in (0..own.labels.len()).step_by(step) {
            let row = &own.embedding[i * width..(i + 1) * width];
            groups[own.labels[i] as usize]
                .1
                .push((row[first], row[first + 1]));
        }
        (width > 1).then(|| Points {
            x: format!("eigenvector {}", first + 1),
            y: format!("eigenvector {}", first + 2),
            groups,
            line: None,
            strokes: Vec::new(),
        })
    }
}
