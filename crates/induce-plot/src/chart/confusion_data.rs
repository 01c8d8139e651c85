//! The counts behind a confusion matrix, and which of many classes are worth a look.

use serde::{Deserialize, Serialize};

/// How often each class was predicted as each class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Confusion {
    /// The class names, in the order of the rows and the columns.
    pub classes: Vec<String>,
    /// `counts[actual][predicted]`; missing entries count as 0.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Counts pairs of class indices; a pair with an index beyond the classes is left out.
    pub fn from_labels(classes: Vec<String>, actual: &[usize], predicted: &[usize]) -> Self {
        let size = classes.len();
        let mut counts = vec![vec![0; size]; size];
        for (&actual, &predicted) in actual.iter().zip(predicted) {
            if let Some(cell) = counts.get_mut(actual).and_then(|row| row.get_mut(predicted)) {
                *cell += 1;
            }
        }
        Self { classes, counts }
    }

    /// How often `actual` was predicted as `predicted`.
    pub fn count(&self, actual: usize, predicted: usize) -> u64 {
        self.counts
            .get(actual)
            .and_then(|row| row.get(predicted))
            .copied()
            .unwrap_or(0)
    }

    /// How many rows are of class `actual`.
    pub fn total(&self, actual: usize) -> u64 {
        (0..self.classes.len())
            .map(|predicted| self.count(actual, predicted))
            .fold(0, u64::saturating_add)
    }

    /// The fraction of the rows of class `actual` that were predicted as `predicted`.
    pub fn fraction(&self, actual: usize, predicted: usize) -> f64 {
        match self.total(actual) {
            0 => 0.0,
            total => self.count(actual, predicted) as f64 / total as f64,
        }
    }

    /// The matrix of the `most` classes with the most errors, in their old order; all others become one last class.
    pub fn most_confused(&self, most: usize) -> Self {
        if self.classes.len() <= most {
            return self.clone();
        }
        let mut order: Vec<usize> = (0..self.classes.len()).collect();
        order.sort_by_key(|&class| std::cmp::Reverse(self.errors(class)));
        let mut kept = order[..most].to_vec();
        kept.sort_unstable();
        self.grouped(&kept)
    }

    fn errors(&self, class: usize) -> u64 {
        let others = (0..self.classes.len()).filter(|&other| other != class);
        others
            .map(|other| self.count(class, other).saturating_add(self.count(other, class)))
            .fold(0, u64::saturating_add)
    }

    fn grouped(&self, kept: &[usize]) -> Self {
        let place = |class: usize| kept.binary_search(&class).unwrap_or(kept.len());
        let mut counts = vec![vec![0u64; kept.len() + 1]; kept.len() + 1];
        for actual in 0..self.classes.len() {
            for predicted in 0..self.classes.len() {
                let cell = &mut counts[place(actual)][place(predicted)];
                *cell = cell.saturating_add(self.count(actual, predicted));
            }
        }
        let mut classes: Vec<String> = kept.iter().map(|&class| self.classes[class].clone()).collect();
        classes.push(format!("{} others", self.classes.len() - kept.len()));
        Self { classes, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouping_loses_no_row() {
        let classes: Vec<String> = (0..50).map(|class| class.to_string()).collect();
        let actual: Vec<usize> = (0..5000).map(|row| row % 50).collect();
        let predicted: Vec<usize> = (0..5000)
            .map(|row| if row % 7 == 0 { (row * 3) % 50 } else { row % 50 })
            .collect();
        let all = Confusion::from_labels(classes, &actual, &predicted);
        let some = all.most_confused(20);
        assert_eq!(some.classes.len(), 21);
        assert_eq!((0..21).map(|class| some.total(class)).sum::<u64>(), 5000);
    }
}
