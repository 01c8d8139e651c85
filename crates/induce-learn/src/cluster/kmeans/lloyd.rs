//! Lloyd's iterations from given centres to the end.

use induce_core::words::{counted, number};
use induce_core::{Error, Outcome, Result, Run};

use super::assign::{Held, Moves, assign};
use super::groups::Groups;
use super::update::{Sums, exact_cost};
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

/// To the end: no row changes its cluster.
impl Default for Limits {
    fn default() -> Self {
        Self {
            max_iter: 300,
            tol: 0.0,
            algorithm: Algorithm::Auto,
            metric: Metric::Euclidean,
            empty: Empty::Farthest,
        }
    }
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
    /// Iterations that were done.
    pub steps: u64,
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
    let mut steps = 0;
    for step in 0..limits.max_iter {
        steps = step as u64 + 1;
        let changed = state.assign();
        if step > 0 && changed.is_empty() {
            let reason = format!(
                "no row changed its cluster after {}",
                counted(step + 1, "iteration")
            );
            return Ok(state.end(Outcome::Converged { reason }, steps));
        }
        let moved = state.update(&changed)?;
        if moved <= limits.tol {
            let reason = format!(
                "centres moved by {} after {} (`tol`)",
                number(moved.sqrt()),
                counted(step + 1, "iteration")
            );
            outcome = Outcome::Converged { reason };
            break;
        }
        if let Some(stopped) = run.stopped() {
            outcome = stopped;
            break;
        }
    }
    // Centres have moved since the last assignment.
    state.assign();
    Ok(state.end(outcome, steps))
}

struct State<'a> {
    points: &'a Points,
    singles: &'a Singles,
    limits: &'a Limits,
    threads: usize,
    centres: Vec<f64>,
    held: Vec<Held>,
    moves: Option<Moves>,
    groups: Option<Groups>,
    sums: Sums,
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
            groups: None,
            sums: Sums::new(k, points.width, points.has_missing()),
            trace: Vec::new(),
        }
    }

    fn k(&self) -> usize {
        self.centres.len() / self.points.width
    }

    /// The rows that changed their cluster.
    fn assign(&mut self) -> Vec<u32> {
        let algorithm = self.limits.algorithm.chosen(self.k(), self.points.width);
        if let (Algorithm::Yinyang, Some(moves)) = (algorithm, &self.moves) {
            let new = || Groups::new(&self.centres, self.points.width, self.points.rows());
            let groups = self.groups.get_or_insert_with(new);
            return groups.assign(
                self.points,
                self.singles,
                &self.centres,
                moves,
                &mut self.held,
                self.threads,
            );
        }
        let moves = self.moves.as_ref().filter(|_| algorithm != Algorithm::Lloyd);
        if moves.is_none() {
            self.held.iter_mut().for_each(|own| own.before = own.label);
        }
        assign(
            self.points,
            self.singles,
            &self.centres,
            moves,
            &mut self.held,
            self.threads,
        )
    }

    /// Move the centres; the sum of their squared moves.
    fn update(&mut self, changed: &[u32]) -> Result<f64> {
        // Where many rows move, summing all again is as fast, and exact.
        match self.moves.is_none() || 4 * changed.len() > self.points.rows() {
            true => self.sums.refresh(self.points, &self.held, self.threads),
            false => self.sums.shift(self.points, &self.held, changed, self.threads),
        }
        self.trace.push(self.sums.cost(&self.centres));
        let width = self.points.width;
        let mut new = Vec::with_capacity(self.centres.len());
        for c in 0..self.k() {
            let mut centre = self.sums.centre(c, &self.centres[c * width..][..width]);
            if self.limits.metric == Metric::Cosine {
                normalize(&mut centre);
            }
            new.extend(centre);
        }
        if self.sums.size.contains(&0.0) {
            new = self.fill_empty(new)?;
        }
        let dropped = new.len() < self.centres.len();
        let moves = match dropped {
            true => None,
            false => Some(Moves::new(&self.centres, &new, self.points)),
        };
        let moved = moves
            .as_ref()
            .map_or(f64::INFINITY, |own| own.each.iter().map(|m| m * m).sum());
        (self.centres, self.moves) = (new, moves);
        if dropped {
            self.forget();
        }
        Ok(moved)
    }

    /// Begin with other centres.
    fn forget(&mut self) {
        self.held.fill(Held::NEW);
        self.groups = None;
        self.sums = Sums::new(self.k(), self.points.width, self.points.has_missing());
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
        let mut sizes = self.sums.size.clone();
        for (c, row) in empty.iter().zip(self.farthest(empty.len())) {
            let left = self.held[row].label as usize;
            self.without(row, &mut sizes[left], &mut new[left * width..][..width]);
            let place = new[c * width..][..width].iter_mut();
            place
                .zip(self.points.filled(row))
                .for_each(|(place, x)| *place = x);
        }
        Ok(new)
    }

    /// The rows farthest from their centres, none of which lies on its own.
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

    /// The mean and the size of a cluster after a row has left it.
    fn without(&self, row: usize, size: &mut f64, centre: &mut [f64]) {
        let w = self.points.weight(row);
        *size -= w;
        if *size <= 0.0 {
            return;
        }
        for (c, x) in centre.iter_mut().zip(self.points.row(row)) {
            if !x.is_nan() {
                *c += w * (*c - x) / *size;
            }
        }
    }

    fn end(mut self, outcome: Outcome, steps: u64) -> Ended {
        self.sums.refresh(self.points, &self.held, self.threads);
        let inertia = exact_cost(self.points, &self.held, &self.centres, self.threads);
        self.trace.push(inertia);
        Ended {
            labels: self.held.iter().map(|own| own.label).collect(),
            sizes: self.sums.size,
            inertia,
            centres: self.centres,
            trace: self.trace,
            steps,
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
