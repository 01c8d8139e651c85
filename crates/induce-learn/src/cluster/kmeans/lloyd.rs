//! Lloyd's iterations from given centres to the end.

use std::collections::BTreeSet;

use induce_core::words::number;
use induce_core::{Error, Outcome, Result, Run};

use super::assign::{Held, Moves, assign};
use super::update::{Members, Sums};
use super::{Algorithm, Empty, Metric};
use crate::cluster::nearest::{Singles, square};
use crate::points::Points;

/// When iterations end, and what happens on the way.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most iterations.
    pub max_iter: usize,
    /// All centres together move less than this squared distance.
    pub tol: f64,
    /// Which distances are not computed.
    pub algorithm: Algorithm,
    /// What "near" means.
    pub metric: Metric,
    /// What happens to a centre without rows.
    pub empty: Empty,
}

/// What a start came to.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The centres. // (clusters, width)
    pub centres: Vec<f64>,
    /// The cluster of every row. // (rows)
    pub labels: Vec<u32>,
    /// Weight of every cluster. // (clusters)
    pub sizes: Vec<f64>,
    /// sum w |x - c|^2.
    pub inertia: f64,
    /// The same after every assignment: it never rises.
    pub trace: Vec<f64>,
    /// Why it ended.
    pub outcome: Outcome,
}

/// Iterate from `centres`.
///
/// # Errors
/// If a centre has no rows and that is to be an error.
pub fn lloyd(
    points: &Points,
    singles: &Singles,
    centres: Vec<f64>,
    limits: &Limits,
    run: &Run,
) -> Result<Ended> {
    let mut state = State::new(points, singles, centres, limits, run.threads());
    let mut outcome = Outcome::Exhausted {
        reason: format!("all {} iterations are done (`max_iter`)", limits.max_iter),
    };
    for step in 0..limits.max_iter {
        let changed = state.assign();
        if step > 0 && changed == 0 {
            let reason = format!("no row changed its cluster after {} iterations", step + 1);
            state.sum();
            return Ok(state.end(Outcome::Converged { reason }));
        }
        let moved = state.update()?;
        if moved <= limits.tol {
            let reason = format!(
                "centres moved by {} after {} iterations (`tol`)",
                number(moved.sqrt()),
                step + 1
            );
            outcome = Outcome::Converged { reason };
            break;
        }
        if let Some(reason) = run.stop_reason() {
            outcome = Outcome::Stopped { reason };
            break;
        }
    }
    // Centres have moved since the last assignment.
    state.assign();
    state.sum();
    Ok(state.end(outcome))
}

struct State<'a> {
    points: &'a Points,
    singles: &'a Singles,
    limits: &'a Limits,
    threads: usize,
    centres: Vec<f64>,
    held: Vec<Held>,
    moves: Option<Moves>,
    sums: Sums,
    members: Members,
    /// Clusters that rows have left or joined since they were summed.
    touched: BTreeSet<usize>,
    trace: Vec<f64>,
}

impl<'a> State<'a> {
    fn new(
        points: &'a Points,
        singles: &'a Singles,
        centres: Vec<f64>,
        limits: &'a Limits,
        threads: usize,
    ) -> Self {
        let k = centres.len() / points.width;
        Self {
            points,
            singles,
            limits,
            threads,
            centres,
            held: vec![Held::NEW; points.rows()],
            moves: None,
            sums: Sums::new(k, points.width, points.has_missing()),
            members: Members::new(&[], k),
            touched: (0..k).collect(),
            trace: Vec::new(),
        }
    }

    fn k(&self) -> usize {
        self.centres.len() / self.points.width
    }

    /// How many rows changed their cluster.
    fn assign(&mut self) -> usize {
        let bounds = self.limits.algorithm.bounds(self.k(), self.points.width);
        if !bounds || self.moves.is_none() {
            self.held.iter_mut().for_each(|own| own.before = own.label);
        }
        let moves = self.moves.as_ref().filter(|_| bounds);
        let changed = assign(
            self.points,
            self.singles,
            &self.centres,
            moves,
            &mut self.held,
            self.threads,
        );
        for &row in &changed {
            let own = &self.held[row as usize];
            self.touched
                .extend([own.before, own.label].map(|label| label as usize));
        }
        self.touched.remove(&(u32::MAX as usize));
        changed.len()
    }

    /// Sum clusters about the centres as they are; the objective.
    fn sum(&mut self) {
        self.members = Members::new(&self.held, self.k());
        let which: Vec<usize> = std::mem::take(&mut self.touched).into_iter().collect();
        self.sums
            .refresh(self.points, &self.members, &self.centres, &which, self.threads);
        self.trace.push(self.sums.cost.iter().sum());
    }

    /// Move the centres; the sum of their squared moves.
    fn update(&mut self) -> Result<f64> {
        self.sum();
        let width = self.points.width;
        let mut new = Vec::with_capacity(self.centres.len());
        for c in 0..self.k() {
            let mut centre = self.sums.centre(c, &self.centres[c * width..][..width]);
            if self.limits.metric == Metric::Cosine {
                normalize(&mut centre);
            }
            new.extend(centre);
        }
        if self.sums.size.iter().any(|size| *size == 0.0) {
            new = self.fill_empty(new)?;
        }
        let dropped = new.len() < self.centres.len();
        let moves = match dropped {
            true => None,
            false => Some(Moves::new(&self.centres, &new, width, self.points.rows())),
        };
        let moved = moves
            .as_ref()
            .map_or(f64::INFINITY, |own| own.each.iter().map(|m| m * m).sum());
        for (c, m) in moves.iter().flat_map(|own| own.each.iter().enumerate()) {
            // Its cost is about another centre now.
            if *m > 0.0 {
                self.touched.insert(c);
            }
        }
        (self.centres, self.moves) = (new, moves);
        if dropped {
            self.forget();
        }
        Ok(moved)
    }

    /// Begin with other centres.
    fn forget(&mut self) {
        self.held.fill(Held::NEW);
        self.sums = Sums::new(self.k(), self.points.width, self.points.has_missing());
        self.touched = (0..self.k()).collect();
    }

    /// Centres without rows: moved to the rows farthest from theirs, each of which leaves its cluster, or dropped.
    fn fill_empty(&mut self, mut new: Vec<f64>) -> Result<Vec<f64>> {
        let width = self.points.width;
        let empty: Vec<usize> = (0..self.k()).filter(|&c| self.sums.size[c] == 0.0).collect();
        match self.limits.empty {
            Empty::Error => {
                return Err(Error::data(
                    format!("{} of {} clusters have no rows", empty.len(), self.k()),
                    "ask for fewer clusters, or let `empty_clusters=farthest` move their centres",
                ));
            }
            Empty::Drop => {
                let kept = (0..self.k()).filter(|c| !empty.contains(c));
                return Ok(kept.flat_map(|c| new[c * width..][..width].to_vec()).collect());
            }
            Empty::Farthest => {}
        }
        for (c, row) in empty.iter().zip(self.farthest(empty.len())) {
            let x = self.points.row(row).to_vec();
            let left = self.held[row].label as usize;
            self.without(left, row, &mut new[left * width..][..width]);
            for (place, x) in new[c * width..][..width].iter_mut().zip(&x) {
                *place = if x.is_nan() { 0.0 } else { *x };
            }
        }
        Ok(new)
    }

    /// The rows farthest from their centres, one of every cluster that has others: farther than 0.
    fn farthest(&self, count: usize) -> Vec<usize> {
        let width = self.points.width;
        let cost = |row: usize| {
            let label = self.held[row].label as usize;
            square(self.points.row(row), &self.centres[label * width..][..width])
        };
        let mut rows: Vec<(f64, usize)> = (0..self.points.rows())
            .filter(|&row| self.points.weight(row) > 0.0)
            .map(|row| (cost(row), row))
            .filter(|own| own.0 > 0.0)
            .collect();
        let count = count.min(rows.len());
        rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rows.truncate(count);
        rows.into_iter().map(|own| own.1).collect()
    }

    /// The mean of a cluster after a row has left it.
    fn without(&self, cluster: usize, row: usize, centre: &mut [f64]) {
        let (w, size) = (self.points.weight(row), self.sums.size[cluster]);
        if size <= w {
            return;
        }
        for (c, x) in centre.iter_mut().zip(self.points.row(row)) {
            if !x.is_nan() {
                *c += w * (*c - x) / (size - w);
            }
        }
    }

    fn end(self, outcome: Outcome) -> Ended {
        Ended {
            labels: self.held.iter().map(|own| own.label).collect(),
            sizes: self.sums.size.clone(),
            inertia: self.trace.last().copied().unwrap_or(0.0),
            centres: self.centres,
            trace: self.trace,
            outcome,
        }
    }
}

/// Scale to length 1; what has none stays.
pub fn normalize(x: &mut [f64]) {
    let length = square(x, &vec![0.0; x.len()]).sqrt();
    if length > 0.0 {
        x.iter_mut().for_each(|x| *x /= length);
    }
}
