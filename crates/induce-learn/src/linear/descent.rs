//! Coordinate descent on a quadratic with a separable penalty, on working sets, with extrapolation.
//!
//! One coordinate's minimum is a proximal map; coordinates are visited in cycles (Friedman, Hastie & Tibshirani
//! 2010). Only those that violate their optimality most are visited (working sets), and every few cycles the
//! iterates are extrapolated to their limit (Anderson 1965; Bertrand & Massias 2021, algorithm 1; celer, skglm).

use induce_core::Stop;
use induce_core::parallel::Team;

use super::kernels::{axpy, dot};
use super::matrix::Matrix;
use super::penalty::Penalty;
use induce_core::linalg::{Cholesky, Eigen};

/// The quadratic part: its Hessian, explicit or as X' diag(curvature) X.
pub enum Quadratic<'a> {
    /// The Hessian itself, (p, p). The state that goes with it is the gradient.
    Gram(&'a [f64]),
    /// The Hessian by rows. The state is the gradient in every row's score.
    Rows(&'a Matrix<'a>, &'a [f64]),
}

impl Quadratic<'_> {
    fn gradient(&self, j: usize, state: &[f64]) -> f64 {
        match self {
            Self::Gram(_) => state[j],
            Self::Rows(x, _) => x.dot(j, state),
        }
    }

    fn shift(&self, j: usize, by: f64, state: &mut [f64]) {
        match self {
            Self::Gram(h) => {
                let p = state.len();
                axpy(by, &h[j * p..(j + 1) * p], state);
            }
            Self::Rows(x, w) => x.add_column(j, by, w, state),
        }
    }

    fn gradients(&self, team: &mut Team, state: &[f64]) -> Vec<f64> {
        match self {
            Self::Gram(_) => state.to_vec(),
            Self::Rows(x, _) => x.transposed_times(team, state),
        }
    }

    fn curvatures(&self, team: &mut Team, p: usize) -> Vec<f64> {
        match self {
            Self::Gram(h) => (0..p).map(|j| h[j * p + j]).collect(),
            Self::Rows(x, w) => super::matrix::in_order(team, p, |j| x.square(j, w)),
        }
    }
}

/// When to end.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest violation that counts as none.
    pub tolerance: f64,
    /// Most cycles over coordinates.
    pub cycles: usize,
}

/// Cycles between two extrapolations.
const MEMORY: usize = 5;

/// The minimum over `beta`, whose `state` belongs to it; the number of cycles and the last violation.
pub fn descend(
    quadratic: &Quadratic,
    penalty: &Penalty,
    limits: Limits,
    team: &mut Team,
    stop: Option<&Stop>,
    beta: &mut [f64],
    state: &mut [f64],
) -> (usize, f64) {
    let mut curvature = quadratic.curvatures(team, beta.len()); // (p)
    curvature
        .iter_mut()
        .enumerate()
        .for_each(|(j, c)| *c = penalty.guarded(j, *c));
    let mut cycles = 0;
    let mut size = 10;
    loop {
        let gradient = quadratic.gradients(team, state); // (p)
        let scores: Vec<f64> = (0..beta.len())
            .map(|j| penalty.violation(j, beta[j], gradient[j], curvature[j]))
            .collect(); // (p)
        let worst = scores.iter().fold(0.0_f64, |m, v| v.max(m));
        if worst <= limits.tolerance || cycles >= limits.cycles || stop.is_some_and(Stop::is_due) {
            return (cycles, worst);
        }
        let set = working_set(
            &scores,
            beta,
            &curvature,
            &mut size,
            matches!(quadratic, Quadratic::Gram(_)),
        );
        let goal = (0.1 * worst).max(0.5 * limits.tolerance);
        let inner = WorkingSet {
            quadratic,
            penalty,
            set: &set,
            curvature: &curvature,
            stop,
        };
        let limits = Limits {
            tolerance: goal,
            cycles: limits.cycles - cycles,
        };
        cycles += inner.descend(limits, beta, state);
    }
}

/// Every coordinate that is not 0, and as many of the worst others; all of them where the Hessian is explicit.
fn working_set(scores: &[f64], beta: &[f64], curvature: &[f64], size: &mut usize, all: bool) -> Vec<usize> {
    let usable = (0..beta.len()).filter(|&j| curvature[j] > 0.0);
    if all {
        return usable.filter(|&j| beta[j] != 0.0 || scores[j] > 0.0).collect();
    }
    let (mut set, mut others): (Vec<usize>, Vec<usize>) = usable.partition(|&j| beta[j] != 0.0);
    *size = (2 * set.len()).max(*size);
    others.retain(|&j| scores[j] > 0.0);
    others.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let added = (*size).saturating_sub(set.len()).max(1);
    set.extend(others.into_iter().take(added));
    set.sort_unstable();
    *size = (*size).max(set.len()) + *size / 2;
    set
}

/// The objective, and the coordinates that are visited.
struct WorkingSet<'a> {
    quadratic: &'a Quadratic<'a>,
    penalty: &'a Penalty,
    /// Coordinates in rising order. // (k)
    set: &'a [usize],
    /// Curvature of the quadratic in every coordinate. // (p)
    curvature: &'a [f64],
    stop: Option<&'a Stop>,
}

impl WorkingSet<'_> {
    /// Cycles over the set until no step is larger than the tolerance; how many.
    fn descend(&self, limits: Limits, beta: &mut [f64], state: &mut [f64]) -> usize {
        let most = limits.cycles.max(1);
        let mut past: Vec<(Vec<f64>, Vec<f64>)> = vec![(beta.to_vec(), state.to_vec())];
        for cycle in 1..=most {
            let mut worst = 0.0_f64;
            for &j in self.set {
                let (g, h) = (self.quadratic.gradient(j, state), self.curvature[j]);
                let next = self.penalty.proximal(j, beta[j] - g / h, 1.0 / h);
                let change = next - beta[j];
                if change != 0.0 {
                    beta[j] = next;
                    self.quadratic.shift(j, change, state);
                    worst = worst.max(change.abs() * h);
                }
            }
            if worst <= limits.tolerance || self.stop.is_some_and(Stop::is_due) {
                return cycle;
            }
            past.push((beta.to_vec(), state.to_vec()));
            if past.len() > MEMORY {
                self.extrapolate(&past, beta, state);
                past = vec![(beta.to_vec(), state.to_vec())];
            }
        }
        most
    }

    /// The affine combination of the iterates whose change would be least, if the objective is smaller there.
    fn extrapolate(&self, past: &[(Vec<f64>, Vec<f64>)], beta: &mut [f64], state: &mut [f64]) {
        let Some(weights) = anderson_weights(self.set, past) else {
            return;
        };
        let (mut b, mut s) = (vec![0.0; beta.len()], vec![0.0; state.len()]);
        for (weight, (old_b, old_s)) in weights.iter().zip(&past[1..]) {
            axpy(*weight, old_b, &mut b);
            axpy(*weight, old_s, &mut s);
        }
        let (lower, upper) = (&self.penalty.lower, &self.penalty.upper);
        if self.set.iter().any(|&j| !(lower[j]..=upper[j]).contains(&b[j])) {
            return;
        }
        // q(b) - q(beta) = (g(b) + g(beta))' (b - beta) / 2 for a quadratic q.
        let gradients = |j: usize| self.quadratic.gradient(j, &s) + self.quadratic.gradient(j, state);
        let moved = self.set.iter().filter(|&&j| b[j] != beta[j]);
        let rows: f64 = moved.map(|&j| 0.5 * gradients(j) * (b[j] - beta[j])).sum();
        if rows + self.penalty.value(&b) - self.penalty.value(beta) < 0.0 {
            beta.copy_from_slice(&b);
            state.copy_from_slice(&s);
        }
    }
}

/// z / sum z with (U' U) z = 1 and U (set, iterates - 1) the changes from iterate to iterate.
fn anderson_weights(set: &[usize], past: &[(Vec<f64>, Vec<f64>)]) -> Option<Vec<f64>> {
    let changes: Vec<Vec<f64>> = past
        .windows(2)
        .map(|w| set.iter().map(|&j| w[1].0[j] - w[0].0[j]).collect())
        .collect(); // (k, set)
    let k = changes.len();
    let mut gram: Vec<f64> = (0..k * k)
        .map(|ij| dot(&changes[ij / k], &changes[ij % k]))
        .collect(); // (k, k)
    let trace: f64 = (0..k).map(|i| gram[i * k + i]).sum();
    (0..k).for_each(|i| gram[i * k + i] += 1e-12 * trace);
    let mut z = vec![1.0; k];
    match Cholesky::new(&gram, k) {
        Some(factor) => factor.solve(&mut z),
        None => z = Eigen::new(&gram, k).solve(&z, 1e-12),
    }
    let total: f64 = z.iter().sum();
    (total.is_finite() && total != 0.0).then(|| z.iter().map(|z| z / total).collect())
}
