//! Which features a tree, a level and a node may use.

use induce_core::random::Stream;

/// Random fractions of the features, each drawn from what the wider one left.
#[derive(Debug, Clone)]
pub struct ColumnSample {
    stream: Stream,
    by_level: f64,
    by_node: f64,
    tree: Option<Vec<bool>>,
    features: usize,
}

impl ColumnSample {
    /// Fractions in (0, 1] of `features` features; `stream` belongs to this tree alone.
    pub fn new(stream: Stream, features: usize, by_tree: f64, by_level: f64, by_node: f64) -> Self {
        let tree = (by_tree < 1.0).then(|| draw(stream.child(0), &vec![true; features], by_tree));
        Self {
            stream,
            by_level,
            by_node,
            tree,
            features,
        }
    }

    /// The features allowed in node `node` at `depth`; `None` is all of them.
    pub fn at(&self, depth: usize, node: usize) -> Option<Vec<bool>> {
        if self.by_level >= 1.0 && self.by_node >= 1.0 {
            return self.tree.clone();
        }
        let mut allowed = self.tree.clone().unwrap_or_else(|| vec![true; self.features]);
        if self.by_level < 1.0 {
            allowed = draw(self.stream.child(1 + depth as u64), &allowed, self.by_level);
        }
        if self.by_node < 1.0 {
            allowed = draw(self.stream.child(1 << 32 | node as u64), &allowed, self.by_node);
        }
        Some(allowed)
    }
}

/// A random `fraction` (at least one) of what is on in `from`.
fn draw(stream: Stream, from: &[bool], fraction: f64) -> Vec<bool> {
    let mut on: Vec<(u64, usize)> = (0..from.len())
        .filter(|&f| from[f])
        .map(|f| (stream.bits(f as u64), f))
        .collect();
    let count = ((fraction * on.len() as f64).round() as usize)
        .max(1)
        .min(on.len());
    on.sort_unstable();
    let mut drawn = vec![false; from.len()];
    on[..count].iter().for_each(|&(_, f)| drawn[f] = true);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_nest() {
        let stream = Stream::new(1, "columns");
        let sample = ColumnSample::new(stream, 20, 0.5, 0.5, 1.0);
        let tree = sample.tree.clone().unwrap();
        assert_eq!(tree.iter().filter(|&&on| on).count(), 10);
        let level = sample.at(3, 9).unwrap();
        assert_eq!(level.iter().filter(|&&on| on).count(), 5);
        assert!(level.iter().zip(&tree).all(|(&l, &t)| t || !l));
        assert_eq!(ColumnSample::new(stream, 20, 1.0, 1.0, 1.0).at(0, 0), None);
    }
}
