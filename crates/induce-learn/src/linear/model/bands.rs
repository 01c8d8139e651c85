//! Prediction intervals: intervals of means, and quantiles of new observations.
//!
//! The posterior of the coefficients is normal, exactly so for the Gaussian family under the identity given phi, else by
//! Laplace's approximation (MacKay 2003, chapter 27), and so is that of a score: eta ~ N(x'b, x'Cx). An interval of the
//! mean is that of the score through the link. A new observation has the mixture of the family's distributions over the
//! posterior of its score; one integral, by Gauss and Hermite.

use induce_core::parallel::Team;
use induce_core::{Error, Result, Table};
use induce_prob::{Family, Link, special};

use super::Model;
use super::invert::invert;
use crate::linear::matrix::in_order;
use induce_core::linalg::Eigen;

/// Nodes of the integral over a score.
const NODES: usize = 9;

/// Rows whose design is held at a time.
const ROWS: usize = 4096;

/// Means with intervals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bands {
    /// Means, row-major (rows, outputs): one output, or the probability of each of more than two classes.
    pub mean: Vec<f64>,
    /// Lower ends of the means' intervals.
    pub low: Vec<f64>,
    /// Upper ends of the means' intervals.
    pub high: Vec<f64>,
    /// Ends of the interval of a new observation, for a quantity whose family has a distribution function.
    pub new: Option<(Vec<f64>, Vec<f64>)>,
}

/// A score and its posterior deviation.
#[derive(Clone, Copy)]
struct Score {
    eta: f64,
    deviation: f64,
}

impl Model {
    /// Means with intervals of coverage `confidence`, and intervals of new observations.
    ///
    /// Of the mean: g^-1(eta -+ t s), s^2 = x'Cx, with t Student's where phi is estimated. For more than two classes
    /// the same on the log-odds of each class against all others, by the delta method. Of a new observation: the
    /// [`Model::quantiles`] (1 -+ confidence) / 2.
    ///
    /// # Errors
    /// If the model has no covariance, `confidence` is not within (0, 1), or as [`Model::predict`].
    pub fn bands(&self, table: &Table, confidence: f64, threads: usize) -> Result<Bands> {
        if !(confidence > 0.0 && confidence < 1.0) {
            let reason = "it must lie between 0 and 1, such as 0.95";
            return Err(Error::setting("interval", confidence, reason));
        }
        let t = special::student_quantile(1.0 - confidence, self.test_df());
        if self.intercepts.len() > 1 {
            return self.bands_of_classes(table, t);
        }
        let scores = self.posterior(table)?;
        let mut bands = Bands::default();
        for s in &scores {
            let ends = [-t, t].map(|t| self.link.mean_of(s.eta + t * s.deviation));
            bands.mean.push(self.link.mean_of(s.eta));
            bands.low.push(ends[0].min(ends[1]));
            bands.high.push(ends[0].max(ends[1]));
        }
        if self.schema.classes.is_empty() && self.has_quantiles() {
            let tails = [0.5 * (1.0 - confidence), 0.5 * (1.0 + confidence)];
            let ends = self.quantiles_at(&scores, &tails, threads);
            let side = |k: usize| ends.iter().skip(k).step_by(2).copied().collect();
            bands.new = Some((side(0), side(1)));
        }
        Ok(bands)
    }

    /// Quantiles of a new observation at `probabilities`, row-major (rows, probabilities).
    ///
    /// Gaussian under the identity: eta + t_p sqrt(phi + x'Cx), exact (Student's t). Else the least y at which the mean
    /// over the posterior of the score, 9 nodes of Gauss and Hermite (Golub & Welsch 1969), of P(Y <= y | mu, phi)
    /// reaches p, with phi taken as known.
    ///
    /// # Errors
    /// If the model has no covariance, the target has classes, or the family no distribution function: fractions
    /// (`bernoulli`), and Tweedie powers outside 0, (1, 2], 3.
    pub fn quantiles(&self, table: &Table, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        if !self.schema.classes.is_empty() || !self.has_quantiles() {
            return Err(Error::data(
                "the model's likelihood has no quantiles",
                "`--proba` has the probabilities of classes; `--set family=poisson` (or gaussian, gamma, \
                 inverse-gaussian, negative-binomial, tweedie) has quantiles",
            ));
        }
        Ok(self.quantiles_at(&self.posterior(table)?, probabilities, threads))
    }

    fn has_quantiles(&self) -> bool {
        self.family.is_some_and(Family::has_distribution)
    }

    fn quantiles_at(&self, scores: &[Score], probabilities: &[f64], threads: usize) -> Vec<f64> {
        let nodes = hermite(NODES);
        let exact = self.family == Some(Family::Gaussian) && self.link == Link::Identity;
        let wanted = probabilities.len();
        let student: Vec<f64> = probabilities
            .iter()
            .map(|&p| student(p, self.test_df()))
            .collect();
        Team::with(threads, |team| {
            in_order(team, scores.len() * wanted, |k| {
                let (score, p) = (scores[k / wanted], probabilities[k % wanted]);
                if exact {
                    let square = score.deviation.powi(2) + self.statistics.dispersion;
                    return score.eta + student[k % wanted] * square.sqrt();
                }
                self.quantile(score, p, &nodes)
            })
        })
    }

    /// The least y with P(Y <= y) >= p.
    fn quantile(&self, score: Score, p: f64, nodes: &[(f64, f64)]) -> f64 {
        let Some(family) = self.family else {
            return f64::NAN;
        };
        let phi = self.statistics.dispersion;
        let means: Vec<(f64, f64)> = nodes
            .iter()
            .map(|(x, w)| (self.link.mean_of(score.eta + x * score.deviation), *w))
            // A score far out may have no mean under this link.
            .filter(|(mu, _)| family.has_mean(*mu))
            .collect();
        let total: f64 = means.iter().map(|m| m.1).sum();
        let fraction = |y: f64| {
            let each = means
                .iter()
                .map(|(mu, w)| w * family.cdf(y, *mu, phi).unwrap_or(f64::NAN));
            each.sum::<f64>() / total
        };
        let mean = means.iter().map(|(mu, w)| w * mu).sum::<f64>() / total;
        let unit = (phi * family.variance(mean)).sqrt();
        if !(mean.is_finite() && unit.is_finite() && unit > 0.0) {
            return f64::NAN;
        }
        invert(fraction, p, (mean, unit), family)
    }

    /// Scores with their posterior deviations.
    fn posterior(&self, table: &Table) -> Result<Vec<Score>> {
        let scores = self.scores(table)?;
        let mut out = Vec::with_capacity(scores.len());
        self.each_design(table, |z| {
            let variance = self.variance(&[1.0], z).unwrap_or(f64::NAN);
            let deviation = variance.max(0.0).sqrt() * self.response;
            out.push(Score {
                eta: scores[out.len()],
                deviation,
            });
        })?;
        Ok(out)
    }

    fn bands_of_classes(&self, table: &Table, t: f64) -> Result<Bands> {
        let outputs = self.intercepts.len();
        let mean = self.predict(table)?;
        let (mut low, mut high) = (Vec::with_capacity(mean.len()), Vec::with_capacity(mean.len()));
        self.each_design(table, |z| {
            let row = &mean[low.len()..low.len() + outputs];
            for k in 0..outputs {
                // ln(pi_k / (1 - pi_k)) has the derivative 1 in its own score, and in those of the others less their shares
                // among themselves.
                let others: f64 = (0..outputs).filter(|&l| l != k).map(|l| row[l]).sum();
                let derivative = |l: usize| {
                    if l == k {
                        1.0
                    } else {
                        -row[l] / others.max(f64::MIN_POSITIVE)
                    }
                };
                let gradient: Vec<f64> = (0..outputs).map(derivative).collect();
                let deviation = self.variance(&gradient, z).unwrap_or(f64::NAN).max(0.0).sqrt();
                let odds = row[k].ln() - others.ln();
                low.push(Link::Logit.mean_of(odds - t * deviation));
                high.push(Link::Logit.mean_of(odds + t * deviation));
            }
        })?;
        Ok(Bands {
            mean,
            low,
            high,
            new: None,
        })
    }

    /// Call `f` with the standardised design of every row, the intercept's 1 last.
    fn each_design(&self, table: &Table, mut f: impl FnMut(&[f64])) -> Result<()> {
        if self.covariance.is_empty() {
            return Err(Error::data(
                "the model has no covariance to make intervals from",
                "train it with `--set covariance=model` and a prior without kinks",
            ));
        }
        let width = self.width();
        for start in (0..table.rows()).step_by(ROWS) {
            let end = (start + ROWS).min(table.rows());
            let part = table.take(&(start..end).collect::<Vec<_>>());
            let mut design = vec![1.0; part.rows() * width];
            self.each_block(&part, |rows, t, column| {
                let term = &self.terms[t];
                for (i, x) in rows.zip(column) {
                    design[i * width + t] = x / term.scale - term.centre / term.scale;
                }
            })?;
            (0..part.rows()).for_each(|i| f(&design[i * width..(i + 1) * width]));
        }
        Ok(())
    }
}

/// The p quantile of Student's t.
fn student(p: f64, df: f64) -> f64 {
    match p {
        0.0 => f64::NEG_INFINITY,
        1.0 => f64::INFINITY,
        _ if p < 0.5 => -special::student_quantile(2.0 * p, df),
        _ => special::student_quantile(2.0 * (1.0 - p), df),
    }
}

/// Nodes and weights of the mean over a standard normal: eigenvalues of the Jacobi matrix of the Hermite polynomials,
/// and squares of the first entries of its eigenvectors (Golub & Welsch 1969).
fn hermite(n: usize) -> Vec<(f64, f64)> {
    let mut jacobi = vec![0.0; n * n];
    for k in 1..n {
        jacobi[k * n + k - 1] = (k as f64).sqrt();
        jacobi[(k - 1) * n + k] = (k as f64).sqrt();
    }
    let eigen = Eigen::new(&jacobi, n);
    let weight = |k: usize| eigen.vectors[k * n].powi(2);
    (0..n).map(|k| (eigen.values[k], weight(k))).collect()
}
