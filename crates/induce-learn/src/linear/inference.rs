//! Inference about the coefficients: deviances, covariances, tests.

use induce_core::parallel::Team;
use induce_prob::{Family, special};

use super::gaussian::Curvatures;
use super::kernels::dot;
use super::matrix::{Matrix, Pass, Wanted, in_order};
use super::model::{Statistics, Test};
use super::penalty::Penalty;
use super::problem::Problem;
use super::smooth::ALIASED;
use crate::linear::spec::Covariance;
use induce_core::linalg::{Cholesky, Semidefinite};

/// Up to this many columns covariances are computed by default.
pub const USUAL: usize = 1000;

/// What inference starts from.
pub struct Fit<'a> {
    /// The problem, with all rows.
    pub problem: &'a Problem<'a>,
    /// The prior.
    pub penalty: &'a Penalty,
    /// The coefficients.
    pub beta: &'a [f64],
    /// The coefficients of the null model, the intercept alone.
    pub null: &'a [f64],
    /// The sum of the weights.
    pub rows: f64,
    /// The unit of the target.
    pub response: f64,
    /// The covariance asked for.
    pub covariance: Covariance,
}

impl Fit<'_> {
    /// The unit of the target within the fit.
    fn unit(&self) -> f64 {
        if self.problem.is_quadratic() {
            self.response
        } else {
            1.0
        }
    }
}

/// Statistics, and the covariance in the solver's units (over the target's unit squared); notes on what is missing.
pub fn infer(fit: &Fit, team: &mut Team) -> (Statistics, Vec<f64>, Vec<String>) {
    let mut notes = Vec::new();
    let own = Sums::of(fit, team, fit.beta);
    let null = Sums::of(fit, team, fit.null);
    let smooth = fit.penalty.prior.is_smooth() && !fit.penalty.is_bounded();
    let asked = match fit.covariance {
        Covariance::Auto if smooth && fit.beta.len() <= USUAL => Covariance::Model,
        Covariance::Auto => Covariance::None,
        other => other,
    };
    let information = (asked != Covariance::None && smooth).then(|| Information::new(fit, team));
    let parameters = information.as_ref().map_or_else(
        || fit.beta.iter().filter(|b| **b != 0.0).count() as f64,
        |i| i.parameters,
    );
    let mut s = statistics(fit, &own, &null, parameters);
    s.test = test(fit, &own, &null, &s);
    let Some(information) = information else {
        if asked != Covariance::None {
            notes.push(
                "no standard errors: under a prior with kinks, or within bounds, estimates are not normal"
                    .into(),
            );
        }
        return (s, Vec::new(), notes);
    };
    let free = fit.problem.likelihood.family.has_dispersion();
    let phi = if free { own.pearson / s.residual_df } else { 1.0 };
    if s.residual_df <= 0.0 || !phi.is_finite() {
        notes.push("no standard errors: there are as many parameters as rows".into());
        return (s, Vec::new(), notes);
    }
    let penalised = fit.penalty.ridges().iter().any(|r| *r > 0.0);
    s.covariance = Some(if asked == Covariance::Model && penalised {
        "posterior".into()
    } else {
        asked.name().into()
    });
    let covariance = match asked {
        Covariance::Model => information.inverse.iter().map(|v| v * phi).collect(),
        kind => information.sandwich(fit, team, kind, s.residual_df),
    };
    (s, covariance, notes)
}

/// Sums over the rows at some coefficients, in the solver's units.
struct Sums {
    deviance: f64,
    pearson: f64,
    /// Mean of every row; left out for squared loss, which needs none.
    mean: Vec<f64>,
}

impl Sums {
    fn of(fit: &Fit, team: &mut Team, beta: &[f64]) -> Self {
        let l = &fit.problem.likelihood;
        if fit.problem.is_quadratic() {
            let square = 2.0 * fit.rows * fit.problem.pass(team, beta, Wanted::default()).loss;
            return Self {
                deviance: square,
                pearson: square,
                mean: Vec::new(),
            };
        }
        let mut mean = fit.problem.matrix.times(team, beta);
        if let Some(offset) = l.offset {
            mean.iter_mut().zip(offset).for_each(|(m, o)| *m += o);
        }
        mean.iter_mut().for_each(|m| *m = l.link.mean_of(*m));
        let parts = by_blocks(team, mean.len(), |i| {
            let (y, mu, w) = (l.target[i], mean[i], l.weight[i] * fit.rows);
            if w == 0.0 {
                return [0.0, 0.0];
            }
            // A mean that has rounded to the end of its range is as near to it as numbers come.
            let mu = if l.family == Family::Bernoulli {
                mu.clamp(1e-300, 1.0 - f64::EPSILON / 2.0)
            } else {
                mu
            };
            [
                w * l.family.unit_deviance(y, mu),
                w * (y - mu).powi(2) / l.family.variance(mu),
            ]
        });
        Self {
            deviance: parts[0],
            pearson: parts[1],
            mean,
        }
    }

    /// The log-likelihood, with phi at deviance over rows where it is free.
    fn log_likelihood(&self, fit: &Fit) -> f64 {
        let l = &fit.problem.likelihood;
        if l.family == Family::Gaussian {
            // By its logarithm, since the square of a unit of 1e200 is not a number.
            let ln_phi = (self.deviance / fit.rows).ln() + 2.0 * fit.unit().ln();
            return -0.5 * fit.rows * ((2.0 * std::f64::consts::PI).ln() + ln_phi + 1.0);
        }
        let phi = if l.family.has_dispersion() {
            self.deviance / fit.rows
        } else {
            1.0
        };
        let each = (0..self.mean.len()).filter(|&i| l.weight[i] > 0.0).map(|i| {
            let mu = if l.family == Family::Bernoulli {
                self.mean[i].clamp(1e-300, 1.0 - f64::EPSILON / 2.0)
            } else {
                self.mean[i]
            };
            l.weight[i] * fit.rows * l.family.log_likelihood(l.target[i], mu, phi)
        });
        each.sum()
    }
}

fn by_blocks(team: &mut Team, rows: usize, f: impl Fn(usize) -> [f64; 2] + Sync) -> [f64; 2] {
    const ROWS: usize = 4096;
    let add = |a: [f64; 2], b: [f64; 2]| [a[0] + b[0], a[1] + b[1]];
    let parts = in_order(team, rows.div_ceil(ROWS), |k| {
        (k * ROWS..((k + 1) * ROWS).min(rows)).map(&f).fold([0.0; 2], add)
    });
    parts.into_iter().fold([0.0; 2], add)
}

fn statistics(fit: &Fit, own: &Sums, null: &Sums, parameters: f64) -> Statistics {
    let free = fit.problem.likelihood.family.has_dispersion();
    let residual_df = fit.rows - parameters;
    let log_likelihood = own.log_likelihood(fit);
    let square = fit.unit() * fit.unit();
    let counted = parameters + f64::from(u8::from(free));
    Statistics {
        rows: fit.rows,
        parameters,
        residual_df,
        dispersion: if free {
            own.pearson / residual_df * square
        } else {
            1.0
        },
        deviance: own.deviance * square,
        null_deviance: null.deviance * square,
        log_likelihood,
        aic: -2.0 * log_likelihood + 2.0 * counted,
        bic: -2.0 * log_likelihood + fit.rows.ln() * counted,
        ..Statistics::default()
    }
}

/// Against the intercept alone; only maximum likelihood has these distributions.
fn test(fit: &Fit, own: &Sums, null: &Sums, s: &Statistics) -> Option<Test> {
    let df = s.parameters - f64::from(u8::from(fit.problem.intercept));
    if fit.penalty.prior != induce_prob::Prior::None
        || fit.penalty.is_bounded()
        || df <= 0.0
        || s.residual_df <= 0.0
    {
        return None;
    }
    let fall = null.deviance - own.deviance;
    if !fit.problem.likelihood.family.has_dispersion() {
        let p = special::chi_squared_tail(fall, df);
        return Some(Test {
            name: "likelihood ratio".into(),
            statistic: fall,
            df,
            denominator_df: None,
            p,
        });
    }
    let f = fall / df / (own.pearson / s.residual_df);
    (f.is_finite()).then(|| Test {
        name: "F".into(),
        statistic: f,
        df,
        denominator_df: Some(s.residual_df),
        p: special::fisher_tail(f, df, s.residual_df),
    })
}

/// Fisher's information at the estimate, the prior's curvature with it.
struct Information {
    /// (n (H + Lambda))^-1, the pseudo-inverse if that is singular.
    inverse: Vec<f64>,
    /// tr((H + Lambda)^-1 H)
    parameters: f64,
    pass: Pass,
}

impl Information {
    fn new(fit: &Fit, team: &mut Team) -> Self {
        let p = fit.beta.len();
        let wanted = Wanted {
            hessian: true,
            rows: fit.covariance.is_robust(),
            stride: 1,
        };
        let pass = fit.problem.expected().pass(team, fit.beta, wanted);
        let mut total = pass.hessian.clone();
        for (j, ridge) in fit.penalty.ridges().into_iter().enumerate() {
            total[j * p + j] += ridge;
        }
        total.iter_mut().for_each(|h| *h *= fit.rows);
        let inverse = match Cholesky::new(&total, p) {
            Some(factor) if factor.least_pivot > ALIASED => factor.inverse(),
            _ => Semidefinite::new(&total, p, ALIASED).inverse(),
        };
        let parameters = fit.rows
            * (0..p)
                .map(|j| dot(&inverse[j * p..(j + 1) * p], &pass.hessian[j * p..(j + 1) * p]))
                .sum::<f64>();
        Self {
            inverse,
            parameters,
            pass,
        }
    }

    /// A^-1 (sum_i w_i c_i s_i^2 x_i x_i') A^-1 with s the gradient in the score of a row: White (1980), and the corrections c of
    /// MacKinnon & White (1985).
    fn sandwich(&self, fit: &Fit, team: &mut Team, kind: Covariance, residual_df: f64) -> Vec<f64> {
        let p = fit.beta.len();
        let weight = fit.problem.likelihood.weight;
        let power = match kind {
            Covariance::Hc2 => 1,
            Covariance::Hc3 => 2,
            _ => 0,
        };
        let rows: Vec<f64> = (0..weight.len())
            .map(|i| {
                if weight[i] == 0.0 {
                    return 0.0;
                }
                let gradient = self.pass.row_gradient[i] / weight[i];
                let left = if power == 0 {
                    1.0
                } else {
                    1.0 - self.leverage(fit.problem.matrix, i, self.pass.curvature[i] / weight[i])
                };
                weight[i] * fit.rows * gradient * gradient / left.powi(power)
            })
            .collect();
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        let mut meat = fit
            .problem
            .matrix
            .pass(team, &vec![0.0; p], &Curvatures(&rows), wanted)
            .hessian;
        if kind == Covariance::Hc1 {
            meat.iter_mut().for_each(|m| *m *= fit.rows / residual_df);
        }
        product(&product(&self.inverse, &meat, p), &self.inverse, p)
    }

    /// h_i x_i' A^-1 x_i
    fn leverage(&self, matrix: &Matrix, row: usize, curvature: f64) -> f64 {
        let p = matrix.columns();
        let mut x = vec![0.0; p];
        matrix.read_row(row, &mut x);
        let rows = self.inverse.chunks_exact(p.max(1)).zip(&x);
        curvature * rows.map(|(row, a)| a * dot(row, &x)).sum::<f64>()
    }
}

/// A B for symmetric B.
pub fn product(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let entry = |ij: usize| dot(&a[ij / n * n..ij / n * n + n], &b[ij % n * n..ij % n * n + n]);
    (0..n * n).map(entry).collect()
}
