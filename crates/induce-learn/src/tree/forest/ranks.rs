//! The losses of all prefixes of the rows of a node, in any order.
//!
//! A Fenwick tree over the ranks of the targets finds the median of the rows that were added so far, and the sums on both
//! sides of it, in O(log n). So the absolute losses of all prefixes of an order of the rows cost O(n log n), and one pass
//! from each end scores every threshold of a feature.

use super::tally::{Absolute, Item};

/// The rows of a node in the order of their targets; filled once per node, used for all its features.
#[derive(Default)]
pub(super) struct Ranks {
    /// The place in the node and the weight of every row, ascending by targets and weight: a row's number here does not
    /// depend on the order of the table.
    pub places: Vec<u32>,
    weight: Vec<f64>,
    targets: Vec<Ranked>,
    sums: Fenwick,
}

/// One target of those rows: the rank of every row, and the target of every rank.
#[derive(Default)]
struct Ranked {
    rank: Vec<u32>,
    value: Vec<f64>,
}

impl Ranks {
    /// Of the rows with these items.
    pub fn fill(&mut self, tally: &Absolute, items: &[Item]) {
        let target = |place: u32, output| tally.target(items[place as usize][1], output);
        let order = |a: u32, b: u32, output| target(a, output).total_cmp(&target(b, output));
        self.places = (0..items.len() as u32).collect();
        self.places.sort_unstable_by(|&a, &b| {
            let by_target =
                (0..tally.outputs).fold(std::cmp::Ordering::Equal, |o, k| o.then_with(|| order(a, b, k)));
            by_target.then_with(|| items[a as usize][0].total_cmp(&items[b as usize][0]))
        });
        self.weight = self
            .places
            .iter()
            .map(|&place| items[place as usize][0])
            .collect();
        self.targets.resize_with(tally.outputs, Ranked::default);
        for (output, own) in self.targets.iter_mut().enumerate() {
            let mut sorted: Vec<u32> = (0..items.len() as u32).collect();
            sorted.sort_by(|&a, &b| order(self.places[a as usize], self.places[b as usize], output));
            own.rank.resize(items.len(), 0);
            sorted
                .iter()
                .zip(0..)
                .for_each(|(&row, rank)| own.rank[row as usize] = rank);
            own.value = sorted
                .iter()
                .map(|&row| target(self.places[row as usize], output))
                .collect();
        }
    }

    /// The weight and the loss of every prefix of groups of rows, and the median of its first target.
    pub fn prefixes<'g>(&mut self, groups: &(impl Iterator<Item = &'g [u32]> + Clone)) -> Vec<[f64; 3]> {
        let mut out = Vec::new();
        for (output, own) in self.targets.iter().enumerate() {
            self.sums.clear(self.places.len());
            for (g, group) in groups.clone().enumerate() {
                for &row in group {
                    let (rank, weight) = (own.rank[row as usize] as usize, self.weight[row as usize]);
                    self.sums.add(rank, [weight, weight * own.value[rank]]);
                }
                let (loss, median) = self.sums.score(&own.value);
                if output == 0 {
                    out.push([self.sums.total[0], 0.0, median]);
                }
                out[g][1] += loss / self.targets.len() as f64;
            }
        }
        out
    }

    /// The median of a group's first target, by which categories are ordered.
    pub fn middle(&self, group: &[u32]) -> f64 {
        let half = 0.5 * group.iter().map(|&row| self.weight[row as usize]).sum::<f64>();
        let mut below = 0.0;
        // Rows are numbered in the order of the first target.
        let reached = group.iter().find(|&&row| {
            below += self.weight[row as usize];
            below >= half
        });
        let (first, row) = (&self.targets[0], reached.or(group.last()));
        row.map_or(0.0, |&row| first.value[first.rank[row as usize] as usize])
    }
}

/// Sums of w and w y by rank (Fenwick 1994): number i has the sum of the ranks that i's lowest bit spans.
#[derive(Default)]
struct Fenwick {
    sums: Vec<[f64; 2]>,
    total: [f64; 2],
}

impl Fenwick {
    fn clear(&mut self, ranks: usize) {
        self.sums.clear();
        self.sums.resize(ranks + 1, [0.0; 2]);
        self.total = [0.0; 2];
    }

    fn add(&mut self, rank: usize, [w, wy]: [f64; 2]) {
        self.total = [self.total[0] + w, self.total[1] + wy];
        let mut i = rank + 1;
        while i < self.sums.len() {
            self.sums[i][0] += w;
            self.sums[i][1] += wy;
            i += i & i.wrapping_neg();
        }
    }

    /// The loss of all that was added, m (2 W< - W) + S - 2 S<, where < stands for the ranks below the median m; and m,
    /// midway where both sides weigh the same.
    fn score(&self, value: &[f64]) -> (f64, f64) {
        let half = 0.5 * self.total[0];
        let (rank, below) = self.descend(|sum| sum < half);
        let (next, _) = self.descend(|sum| sum <= half);
        let at = |rank: usize| value[rank.min(value.len() - 1)];
        let loss = at(rank) * (2.0 * below[0] - self.total[0]) + self.total[1] - 2.0 * below[1];
        (loss.max(0.0), 0.5 * (at(rank) + at(next)))
    }

    /// The first rank up to which the weight is not `before` any more, and the sums below it.
    fn descend(&self, before: impl Fn(f64) -> bool) -> (usize, [f64; 2]) {
        let (mut rank, mut below) = (0, [0.0; 2]);
        let mut step = self.sums.len().next_power_of_two() / 2;
        while step > 0 {
            let next = rank + step;
            if next < self.sums.len() && before(below[0] + self.sums[next][0]) {
                rank = next;
                below = [below[0] + self.sums[next][0], below[1] + self.sums[next][1]];
            }
            step /= 2;
        }
        (rank, below)
    }
}

#[cfg(test)]
mod tests {
    use super::super::absolute::median;
    use super::*;
    use crate::tree::forest::tally::Tally;
    use induce_core::random::Stream;

    /// The loss as it is defined.
    fn loss(rows: &[Item]) -> f64 {
        let mut rows = rows.to_vec();
        rows.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let m = median(&rows, rows.iter().map(|r| r[1]).sum());
        rows.iter().map(|[y, w]| w * (y - m).abs()).sum()
    }

    #[test]
    fn the_losses_of_prefixes_are_those_of_their_rows() {
        let stream = Stream::new(8, "absolute");
        let values: Vec<f64> = (0..80).map(|i| (9.0 * stream.uniform(i)).floor()).collect();
        let tally = Absolute {
            values: &values,
            outputs: 2,
            centres: &[4.0, 4.0],
        };
        let items: Vec<Item> = (0..40).map(|i| tally.item(i, 1.0 + (i % 3) as f64)).collect();
        let mut ranks = Ranks::default();
        ranks.fill(&tally, &items);
        let order: Vec<u32> = (0..40).map(|i| (i * 7) % 40).collect();
        let found = ranks.prefixes(&order.chunks(5));
        for (count, [weight, mean, median]) in found.iter().enumerate() {
            let rows: Vec<usize> = order[..5 * (count + 1)]
                .iter()
                .map(|&row| ranks.places[row as usize] as usize)
                .collect();
            let of = |k: usize| {
                loss(
                    &rows
                        .iter()
                        .map(|&r| [values[2 * r + k], items[r][0]])
                        .collect::<Vec<_>>(),
                )
            };
            assert!((mean - 0.5 * (of(0) + of(1))).abs() < 1e-12);
            let mut sorted: Vec<Item> = rows.iter().map(|&r| [values[2 * r] - 4.0, items[r][0]]).collect();
            sorted.sort_by(|a, b| a[0].total_cmp(&b[0]));
            assert!((median - super::super::absolute::median(&sorted, *weight)).abs() < 1e-12);
            assert!((weight - rows.iter().map(|&r| items[r][0]).sum::<f64>()).abs() < 1e-12);
        }
    }
}
