//! Learning to rank: LambdaRank.

use std::ops::Range;

use induce_core::{Error, Result};

use super::contract::{Derivatives, Loss};

/// Pairwise logistic loss weighted by the change of NDCG a swap would bring
/// (Burges 2010, *From RankNet to LambdaRank to LambdaMART*, section 4).
///
/// Targets are relevance grades 0, 1, 2, ... with gain 2^grade - 1; the
/// discount of position i (from 0) is 1 / log2(i + 2).
pub struct LambdaRank {
    groups: Vec<usize>,
    depth: usize,
}

/// Gains beyond 2^31 - 1 would drown every other pair.
const MAX_GRADE: f64 = 31.0;

impl LambdaRank {
    /// Query boundaries `0, end of the first, ..., rows`; `depth` 0 counts every position.
    ///
    /// # Errors
    /// If there are no boundaries, or they do not rise from 0.
    pub fn new(groups: Option<Vec<usize>>, depth: usize) -> Result<Self> {
        let Some(groups) = groups else {
            return Err(Error::data(
                "ranking needs to know which rows belong to one query",
                "name the column with `--group COL`",
            ));
        };
        Ok(Self { groups, depth })
    }

    /// The groups that lie in `rows`, relative to its start.
    fn groups_in(&self, rows: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let first = self.groups.partition_point(|&g| g < rows.start);
        let base = rows.start;
        let end = rows.end;
        self.groups[first..]
            .windows(2)
            .take_while(move |w| w[1] <= end)
            .map(move |w| w[0] - base..w[1] - base)
    }

    fn positions(&self, n: usize) -> usize {
        if self.depth == 0 { n } else { self.depth.min(n) }
    }

    fn lambdas(&self, target: &[f64], score: &[f64], gradient: &mut [f32], curvature: &mut [f32]) {
        let order = descending(score);
        let depth = self.positions(target.len());
        let ideal = ideal_dcg(target, depth);
        if ideal <= 0.0 {
            return;
        }
        let (mut g, mut h) = (vec![0.0; target.len()], vec![0.0; target.len()]);
        let mut total = 0.0;
        for (i, &a) in order.iter().enumerate().take(depth) {
            for (j, &b) in order.iter().enumerate().skip(i + 1) {
                if target[a] == target[b] {
                    continue;
                }
                let (better, worse) = if target[a] > target[b] { (a, b) } else { (b, a) };
                let swap = (gain(target[a]) - gain(target[b])) * (discount(i) - discount_at(j, depth));
                let weight = swap.abs() / ideal;
                let p = 1.0 / (1.0 + (score[better] - score[worse]).exp());
                let (lambda, curvature) = (weight * p, weight * p * (1.0 - p));
                g[better] -= lambda;
                g[worse] += lambda;
                h[better] += curvature;
                h[worse] += curvature;
                total += 2.0 * lambda;
            }
        }
        // Queries with many pairs would drown the others (as LightGBM's `lambdarank_norm`).
        let norm = if total > 0.0 {
            (1.0 + total).log2() / total
        } else {
            0.0
        };
        for i in 0..target.len() {
            gradient[i] = (g[i] * norm) as f32;
            curvature[i] = (h[i] * norm).max(1e-16) as f32;
        }
    }
}

impl Loss for LambdaRank {
    fn name(&self) -> &str {
        "lambdarank"
    }
    fn check(&self, target: &[f64]) -> Result<()> {
        match target.iter().find(|y| !(**y >= 0.0 && **y <= MAX_GRADE)) {
            None => Ok(()),
            Some(y) => Err(Error::data(
                format!("ranking needs relevance grades from 0 to {MAX_GRADE}, found {y}"),
                "map the relevance to small grades: 0 irrelevant, 1 fair, 2 good, ...",
            )),
        }
    }
    fn start(&self, _: &[f64], _: Option<&[f64]>) -> Vec<f64> {
        vec![0.0]
    }
    fn derivatives(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut Derivatives) {
        out.gradient[0].fill(0.0);
        out.curvature[0].fill(1e-16);
        for group in self.groups_in(&rows) {
            let (gradient, curvature) = (
                &mut out.gradient[0][group.clone()],
                &mut out.curvature[0][group.clone()],
            );
            self.lambdas(&target[group.clone()], &scores[0][group], gradient, curvature);
        }
    }
    fn values(&self, rows: Range<usize>, target: &[f64], scores: &[&[f64]], out: &mut [f64]) {
        for group in self.groups_in(&rows) {
            let value = 1.0 - ndcg(&target[group.clone()], &scores[0][group.clone()], self.depth);
            out[group].fill(value);
        }
    }
    fn groups(&self) -> Option<&[usize]> {
        Some(&self.groups)
    }
    fn metric(&self) -> &'static str {
        "ndcg_loss"
    }
}

/// Normalised discounted cumulative gain of one query at `depth` (0: all); 1 if nothing is relevant.
pub fn ndcg(target: &[f64], score: &[f64], depth: usize) -> f64 {
    let depth = if depth == 0 {
        target.len()
    } else {
        depth.min(target.len())
    };
    let ideal = ideal_dcg(target, depth);
    if ideal <= 0.0 {
        return 1.0;
    }
    let order = descending(score);
    order
        .iter()
        .take(depth)
        .enumerate()
        .map(|(i, &r)| gain(target[r]) * discount(i))
        .sum::<f64>()
        / ideal
}

fn gain(grade: f64) -> f64 {
    grade.exp2() - 1.0
}

fn discount(position: usize) -> f64 {
    1.0 / (position as f64 + 2.0).log2()
}

fn discount_at(position: usize, depth: usize) -> f64 {
    if position < depth { discount(position) } else { 0.0 }
}

fn ideal_dcg(target: &[f64], depth: usize) -> f64 {
    let mut grades = target.to_vec();
    grades.sort_unstable_by(|a, b| b.total_cmp(a));
    grades
        .iter()
        .take(depth)
        .enumerate()
        .map(|(i, &g)| gain(g) * discount(i))
        .sum()
}

/// Indices by falling score, ties in row order.
fn descending(score: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]));
    order
}
