//! Paths of lambda with warm starts, and the choice of lambda by cross-validation.

use std::sync::{Mutex, PoisonError};

use induce_core::parallel::Team;
use induce_core::{Result, Run, Stop, resample};
use induce_prob::Family;

use super::descent::{Limits, Quadratic, descend};
use super::kernels::{axpy, dot};
use super::matrix::{Pass, Wanted, in_order};
use super::penalty::Penalty;
use super::problem::Problem;

/// Lambdas of a path with kinks, and without.
const STEPS: (usize, usize) = (100, 24);

/// What is done of a path, and of how many at a time: each counts.
struct Steps<'a> {
    run: &'a Run,
    done: Mutex<u64>,
}

impl Steps<'_> {
    fn one_more(&self) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        self.run.watched().step(*done, &[]);
    }
}

/// Falling lambdas: from the least that holds every coefficient at 0 down to a thousandth (a hundredth for more columns
/// than rows) of it; without a kink, from a thousand times the largest entry of the gradient down to 1e-8 of that.
///
/// `null` is the pass at the model of the intercept alone.
pub fn lambdas(null: &Pass, penalty: &Penalty, rows: usize) -> Vec<f64> {
    let unit = penalty.with_lambda(1.0);
    let kinked = unit.prior.kink(1.0) > 0.0;
    let reach = |j: usize| {
        let own = if kinked {
            unit.kink(j)
        } else {
            1e-3 * (unit.factor[j] / unit.unit[j])
        };
        null.gradient[j].abs() / own
    };
    let counted = (0..unit.factor.len()).filter(|&j| unit.factor[j] > 0.0);
    let top = counted.map(reach).fold(0.0, f64::max);
    let top = if top > 0.0 && top.is_finite() { top } else { 1.0 };
    let (steps, depth) = match (kinked, rows < unit.factor.len()) {
        (true, false) => (STEPS.0, 1e-3_f64),
        (true, true) => (STEPS.0, 1e-2),
        (false, _) => (STEPS.1, 1e-8),
    };
    (0..steps)
        .map(|k| top * depth.powf(k as f64 / (steps - 1) as f64))
        .collect()
}

/// The coefficients along falling `lambdas`, each from the one before.
///
/// Where the loss is quadratic and its Hessian is formed, no step touches the rows.
pub fn along(
    problem: &Problem,
    team: &mut Team,
    run: &Run,
    penalty: &Penalty,
    lambdas: &[f64],
    start: &[f64],
) -> Result<Vec<Vec<f64>>> {
    along_with(problem, team, run, penalty, lambdas, start, &|| ())
}

/// As [`along`], with `one_more` told of every lambda.
fn along_with(
    problem: &Problem,
    team: &mut Team,
    run: &Run,
    penalty: &Penalty,
    lambdas: &[f64],
    start: &[f64],
    one_more: &dyn Fn(),
) -> Result<Vec<Vec<f64>>> {
    if problem.is_quadratic() && problem.composite(penalty).explicit() {
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        let null = problem.pass(team, &vec![0.0; start.len()], wanted);
        return Ok(along_quadratic(
            &null,
            1.0,
            problem.rules.tolerance,
            run.stop(),
            penalty,
            lambdas,
            &|| (),
        ));
    }
    let mut beta = start.to_vec();
    let mut path = Vec::with_capacity(lambdas.len());
    for &lambda in lambdas {
        let penalty = penalty.with_lambda(lambda);
        beta = problem.solve(team, run, &penalty, beta)?.0.beta;
        path.push(beta.clone());
        one_more();
        if run.stop_reason().is_some() {
            break;
        }
    }
    Ok(path)
}

/// As [`along`], with all sums over the rows given by `null`, divided by `fraction`.
fn along_quadratic(
    null: &Pass,
    fraction: f64,
    tolerance: f64,
    stop: &Stop,
    penalty: &Penalty,
    lambdas: &[f64],
    one_more: &(dyn Fn() + Sync),
) -> Vec<Vec<f64>> {
    let p = null.gradient.len();
    let hessian: Vec<f64> = null.hessian.iter().map(|h| h / fraction).collect();
    let mut state: Vec<f64> = null.gradient.iter().map(|g| g / fraction).collect();
    let mut beta = vec![0.0; p];
    let limits = Limits {
        tolerance,
        cycles: 20_000,
    };
    // The first is there whenever the time is up.
    let begun = |(k, _): &(usize, &f64)| *k == 0 || !stop.is_due();
    lambdas
        .iter()
        .enumerate()
        .take_while(begun)
        .map(|(_, &lambda)| {
            let penalty = penalty.with_lambda(lambda);
            let quadratic = Quadratic::Gram(&hessian);
            descend(
                &quadratic,
                &penalty,
                limits,
                &mut Team::alone(),
                Some(stop),
                &mut beta,
                &mut state,
            );
            one_more();
            beta.clone()
        })
        .collect()
}

/// The index in `lambdas` of the smallest held-out loss.
pub fn cross_validate(
    problem: &Problem,
    team: &mut Team,
    run: &Run,
    penalty: &Penalty,
    lambdas: &[f64],
    start: &[f64],
    folds: usize,
) -> Result<usize> {
    let folds = folds.min(problem.likelihood.target.len());
    let held_out = HeldOut {
        problem,
        penalty,
        lambdas,
        fold: fold_of_rows(problem, run, folds)?,
        folds,
    };
    run.watched().begin("fits", (folds * lambdas.len()) as u64);
    let steps = Steps {
        run,
        done: Mutex::new(0),
    };
    let losses = if problem.is_quadratic() && problem.composite(penalty).explicit() {
        held_out.by_sums(team, &steps)
    } else {
        held_out.by_fits(team, &steps, start)?
    };
    run.watched().end();
    let best = (0..losses.len()).min_by(|&a, &b| losses[a].total_cmp(&losses[b]));
    Ok(best.unwrap_or(0))
}

/// In which fold each row is held out; classes are dealt alike.
fn fold_of_rows(problem: &Problem, run: &Run, folds: usize) -> Result<Vec<usize>> {
    let target = problem.likelihood.target;
    let strata: Option<Vec<u32>> = (problem.likelihood.family == Family::Bernoulli)
        .then(|| target.iter().map(|&y| u32::from(y > 0.5)).collect());
    deal(target.len(), strata.as_deref(), run, folds)
}

/// In which of `folds` each row is held out; the classes in `strata` are dealt alike.
pub fn deal(rows: usize, strata: Option<&[u32]>, run: &Run, folds: usize) -> Result<Vec<usize>> {
    let splits = resample::folds(rows, strata, folds.min(rows), run)?;
    let mut fold = vec![0; rows];
    for (k, split) in splits.iter().enumerate() {
        split.test.iter().for_each(|&row| fold[row] = k);
    }
    Ok(fold)
}

/// The weights of the rows whose fold is kept, 0 elsewhere.
pub fn part(weight: &[f64], fold: &[usize], keep: impl Fn(usize) -> bool) -> Vec<f64> {
    weight
        .iter()
        .zip(fold)
        .map(|(w, f)| if keep(*f) { *w } else { 0.0 })
        .collect()
}

/// Rows dealt to folds, and the lambdas that are compared on them.
struct HeldOut<'a> {
    problem: &'a Problem<'a>,
    penalty: &'a Penalty,
    lambdas: &'a [f64],
    /// The fold that holds each row out. // (rows)
    fold: Vec<usize>,
    folds: usize,
}

impl HeldOut<'_> {
    /// Squared loss: the sums of all folds less those of one are the sums of the others.
    fn by_sums(&self, team: &mut Team, steps: &Steps) -> Vec<f64> {
        let Self {
            problem,
            penalty,
            lambdas,
            folds,
            ..
        } = *self;
        let zero = vec![0.0; problem.matrix.columns()];
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        let all = problem.pass(team, &zero, wanted);
        let parts: Vec<(f64, Pass)> = (0..folds)
            .map(|k| {
                let weight = part(problem.likelihood.weight, &self.fold, |f| f == k);
                let fraction: f64 = weight.iter().sum();
                (fraction, problem.weighted(&weight).pass(team, &zero, wanted))
            })
            .collect();
        let each = in_order(team, folds, |k| {
            let (fraction, held) = &parts[k];
            if *fraction >= 1.0 || *fraction == 0.0 {
                return vec![0.0; lambdas.len()];
            }
            let mut rest = Pass {
                gradient: all.gradient.clone(),
                hessian: all.hessian.clone(),
                ..Pass::default()
            };
            axpy(-1.0, &held.gradient, &mut rest.gradient);
            axpy(-1.0, &held.hessian, &mut rest.hessian);
            let path = along_quadratic(
                &rest,
                1.0 - fraction,
                problem.rules.tolerance,
                steps.run.stop(),
                penalty,
                lambdas,
                &|| steps.one_more(),
            );
            let mut losses = vec![f64::INFINITY; lambdas.len()];
            let found = path.iter().map(|beta| quadratic_at(held, beta));
            losses.iter_mut().zip(found).for_each(|(own, found)| *own = found);
            losses
        });
        (0..lambdas.len())
            .map(|l| each.iter().map(|own| own[l]).sum())
            .collect()
    }

    /// The loss of every fold by models of the others.
    fn by_fits(&self, team: &mut Team, steps: &Steps, start: &[f64]) -> Result<Vec<f64>> {
        let Self {
            problem,
            penalty,
            lambdas,
            folds,
            ..
        } = *self;
        let mut losses = vec![0.0; lambdas.len()];
        // What a lambda is worth is known long before its coefficients are known to the last digit.
        let mut rough = *problem;
        rough.rules.tolerance = rough
            .rules
            .tolerance
            .max(1e-5 * mean_gradient(problem, team, start));
        for k in 0..folds {
            let held = part(problem.likelihood.weight, &self.fold, |f| f == k);
            let fraction: f64 = held.iter().sum();
            let mut rest = part(problem.likelihood.weight, &self.fold, |f| f != k);
            rest.iter_mut().for_each(|w| *w /= 1.0 - fraction);
            let rest = rough.weighted(&rest);
            let path = along_with(&rest, team, steps.run, penalty, lambdas, start, &|| {
                steps.one_more();
            })?;
            let held_out = problem.weighted(&held);
            for (loss, beta) in losses.iter_mut().zip(&path) {
                *loss += held_out.pass(team, beta, Wanted::default()).loss;
            }
            losses
                .iter_mut()
                .skip(path.len())
                .for_each(|loss| *loss = f64::INFINITY);
        }
        Ok(losses)
    }
}

/// c + g' b + b' H b / 2
fn quadratic_at(null: &Pass, beta: &[f64]) -> f64 {
    let p = beta.len();
    let quadratic: f64 = (0..p)
        .filter(|&j| beta[j] != 0.0)
        .map(|j| beta[j] * dot(&null.hessian[j * p..(j + 1) * p], beta))
        .sum();
    null.loss + dot(&null.gradient, beta) + 0.5 * quadratic
}

/// The sum of the absolute gradients in the scores of all rows.
fn mean_gradient(problem: &Problem, team: &mut Team, start: &[f64]) -> f64 {
    let wanted = Wanted {
        rows: true,
        ..Wanted::default()
    };
    problem
        .pass(team, start, wanted)
        .row_gradient
        .iter()
        .map(|s| s.abs())
        .sum()
}
