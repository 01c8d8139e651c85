//! What a division shows: its spectrum, its clusters, and where nodes are placed.

use induce_core::model::{Block, Grid, Lines, Section};
use induce_core::words::{count, number};

use super::model::Spectral;

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
        let own = &self.division;
        let graph = own.drawing.blocks(&own.labels, own.clusters);
        if !graph.is_empty() {
            sections.push(Section::new("Graph", graph));
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
}
