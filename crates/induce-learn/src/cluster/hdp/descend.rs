//! Alternating minimisation over local clusters, the global ones that they belong to, and the global means.

use induce_core::words::counted;
use induce_core::{Outcome, Run};

use crate::cluster::nearest::square;
use crate::points::Points;

/// What clusters cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Penalties {
    /// A cluster of one data set.
    pub local: f64,
    /// A cluster that data sets share.
    pub global: f64,
}

/// What a descent came to.
#[derive(Debug, Clone)]
pub struct Descent {
    /// The global means. // (clusters, width)
    pub centres: Vec<f64>,
    /// The global cluster of every row. // (rows)
    pub labels: Vec<u32>,
    /// Local clusters of every data set. // (data sets)
    pub local: Vec<usize>,
    /// J after every iteration: it never rises.
    pub trace: Vec<f64>,
    /// sum w |x - mu|^2.
    pub inertia: f64,
    /// Why it ended.
    pub outcome: Outcome,
}

/// A local cluster: its global one, and its rows.
#[derive(Debug, Clone, Default, PartialEq)]
struct Local {
    global: usize,
    rows: Vec<usize>,
}

struct State<'a> {
    points: &'a Points,
    penalties: Penalties,
    centres: Vec<Vec<f64>>,
    /// The local clusters of every data set.
    sets: Vec<Vec<Local>>,
}

/// From one global cluster at the mean until nothing changes; `groups` has the data set of every row, from 0 on.
pub fn descend(points: &Points, groups: &[u32], penalties: Penalties, max_iter: usize, run: &Run) -> Descent {
    let sets = groups.iter().map(|g| *g as usize + 1).max().unwrap_or(1);
    let mut state = State {
        points,
        penalties,
        centres: vec![points.mean()],
        sets: vec![Vec::new(); sets],
    };
    for (row, group) in groups.iter().enumerate() {
        let own = &mut state.sets[*group as usize];
        if own.is_empty() {
            own.push(Local::default());
        }
        own[0].rows.push(row);
    }
    let mut trace = Vec::new();
    let mut outcome = Outcome::Exhausted {
        reason: format!("all {max_iter} iterations are done (`max_iter`)"),
    };
    for step in 0..max_iter {
        let before = state.sets.clone();
        for set in 0..sets {
            state.assign_rows(set);
            state.assign_locals(set);
        }
        state.move_centres();
        trace.push(state.objective());
        if state.sets == before && !state.merge() {
            let reason = format!("nothing changed after {}", counted(step + 1, "iteration"));
            outcome = Outcome::Converged { reason };
            break;
        }
        if let Some(stopped) = run.stopped() {
            outcome = stopped;
            break;
        }
    }
    state.end(trace, outcome)
}

impl State<'_> {
    /// Every row of a data set goes where it costs least: to a local cluster, to a new one of a global cluster, or to a new global one.
    fn assign_rows(&mut self, set: usize) {
        let mut rows: Vec<usize> = self.sets[set]
            .iter()
            .flat_map(|own| own.rows.iter().copied())
            .collect();
        rows.sort_unstable();
        self.sets[set].iter_mut().for_each(|own| own.rows.clear());
        for row in rows {
            let (x, w) = (self.points.row(row), self.points.weight(row));
            let local_of = |p: usize| self.sets[set].iter().position(|own| own.global == p);
            let price = |p: usize| {
                if local_of(p).is_some() {
                    0.0
                } else {
                    self.penalties.local
                }
            };
            let costs = self
                .centres
                .iter()
                .enumerate()
                .map(|(p, c)| w * square(x, c) + price(p));
            let (best, cost) = least(costs);
            if w > 0.0 && cost > self.penalties.local + self.penalties.global {
                self.centres.push(self.points.filled(row).collect());
                let global = self.centres.len() - 1;
                self.sets[set].push(Local {
                    global,
                    rows: vec![row],
                });
                continue;
            }
            match local_of(best) {
                Some(at) => self.sets[set][at].rows.push(row),
                None => self.sets[set].push(Local {
                    global: best,
                    rows: vec![row],
                }),
            }
        }
        self.sets[set].retain(|own| !own.rows.is_empty());
    }

    /// Every local cluster goes to the global one that suits its rows best, or makes a new one at its mean. Two that meet become
    /// one.
    fn assign_locals(&mut self, set: usize) {
        for at in 0..self.sets[set].len() {
            let rows = self.sets[set][at].rows.clone();
            let own = self.points.take(&rows);
            let mean = own.mean();
            let cost = |c: &[f64]| {
                (0..own.rows())
                    .map(|row| own.weight(row) * square(own.row(row), c))
                    .sum::<f64>()
            };
            let (best, least) = least(self.centres.iter().map(|c| cost(c)));
            self.sets[set][at].global = best;
            if least > self.penalties.global + cost(&mean) {
                self.sets[set][at].global = self.centres.len();
                self.centres.push(mean);
            }
        }
        self.unite(set);
    }

    /// Local clusters of one global cluster become one.
    fn unite(&mut self, set: usize) {
        let mut merged: Vec<Local> = Vec::new();
        for own in std::mem::take(&mut self.sets[set]) {
            match merged.iter_mut().find(|other| other.global == own.global) {
                Some(other) => other.rows.extend(own.rows),
                None => merged.push(own),
            }
        }
        merged.iter_mut().for_each(|own| own.rows.sort_unstable());
        self.sets[set] = merged;
    }

    /// Global clusters go to the means of their rows; those without any are dropped.
    fn move_centres(&mut self) {
        let mut rows = vec![Vec::new(); self.centres.len()];
        for own in self.sets.iter().flatten() {
            rows[own.global].extend_from_slice(&own.rows);
        }
        let mut number = vec![usize::MAX; rows.len()];
        let mut centres = Vec::new();
        for (p, rows) in rows.iter_mut().enumerate().filter(|own| !own.1.is_empty()) {
            rows.sort_unstable();
            number[p] = centres.len();
            centres.push(self.points.take(rows).mean());
        }
        self.centres = centres;
        for own in self.sets.iter_mut().flatten() {
            own.global = number[own.global];
        }
    }

    /// Make one of the two global clusters that cost least together, if that costs less than both. Two data sets that find a cluster in the
    /// same iteration each make a global one of it, and no row alone would leave its own.
    fn merge(&mut self) -> bool {
        let (mut mass, count) = (vec![0.0; self.centres.len()], self.centres.len());
        for own in self.sets.iter().flatten() {
            mass[own.global] += own.rows.iter().map(|&row| self.points.weight(row)).sum::<f64>();
        }
        let rise = |p: usize, q: usize| {
            let both: f64 = mass[p] + mass[q];
            mass[p] * mass[q] / both.max(f64::MIN_POSITIVE) * square(&self.centres[p], &self.centres[q])
        };
        let pairs = (0..count).flat_map(|p| (p + 1..count).map(move |q| (p, q)));
        let nearest = pairs
            .map(|(p, q)| (rise(p, q), p, q))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, p, q)) = nearest else {
            return false;
        };
        let (before, centres, sets) = (self.objective(), self.centres.clone(), self.sets.clone());
        for own in self.sets.iter_mut().flatten().filter(|own| own.global == q) {
            own.global = p;
        }
        (0..self.sets.len()).for_each(|set| self.unite(set));
        self.move_centres();
        let less = self.objective() < before;
        if !less {
            (self.centres, self.sets) = (centres, sets);
        }
        less
    }

    fn inertia(&self) -> f64 {
        let cost = |own: &Local| {
            let c = &self.centres[own.global];
            let of = |&row: &usize| self.points.weight(row) * square(self.points.row(row), c);
            own.rows.iter().map(of).sum::<f64>()
        };
        self.sets.iter().flatten().map(cost).sum()
    }

    fn objective(&self) -> f64 {
        let locals = self.sets.iter().map(Vec::len).sum::<usize>() as f64;
        self.inertia() + self.penalties.local * locals + self.penalties.global * self.centres.len() as f64
    }

    fn end(self, trace: Vec<f64>, outcome: Outcome) -> Descent {
        let mut labels = vec![0; self.points.rows()];
        for own in self.sets.iter().flatten() {
            own.rows.iter().for_each(|&row| labels[row] = own.global as u32);
        }
        Descent {
            inertia: self.inertia(),
            local: self.sets.iter().map(Vec::len).collect(),
            centres: self.centres.concat(),
            labels,
            trace,
            outcome,
        }
    }
}

/// The place of the least value, the first of equals, and the value.
fn least(values: impl Iterator<Item = f64>) -> (usize, f64) {
    let start = (0, f64::INFINITY);
    values
        .enumerate()
        .fold(start, |best, own| if own.1 < best.1 { own } else { best })
}
