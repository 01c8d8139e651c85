//! Find a motion, and say how sure it is.

use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};
use serde::{Deserialize, Serialize};

use super::pairs::Pairs;
use super::problem::Plane;
use super::{Matrix, Motion, squares};
use crate::robust::{Mixture, Problem, Search, search};
use induce_core::linalg::invert;
use induce_core::words;

/// How to look for a motion.
///
/// ```
/// use induce_learn::robust::plane::Spec;
/// assert!(Spec::default().check().is_ok());
/// assert!(Spec { confidence: 1.0, ..Spec::default() }.check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spec {
    /// The family of maps.
    pub motion: Motion,
    /// Transfer error, in pixels, at which a pair is as likely right as wrong.
    pub threshold: f64,
    /// Probability with which one sample without a wrong pair must have been drawn.
    pub confidence: f64,
    /// Samples at most.
    pub trials: usize,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            motion: Motion::Homography,
            threshold: 4.0,
            confidence: 0.9999,
            trials: 100_000,
        }
    }
}

impl Spec {
    /// Checks every setting.
    ///
    /// # Errors
    /// If a value is out of its range.
    pub fn check(&self) -> Result<()> {
        if !(self.threshold > 0.0 && self.threshold.is_finite()) {
            return Err(Error::setting("threshold", self.threshold, "it must be above 0"));
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            let reason = "it must lie between 0 and 1, both excluded";
            return Err(Error::setting("confidence", self.confidence, reason));
        }
        if self.trials == 0 {
            return Err(Error::setting("trials", 0, "it must be at least 1"));
        }
        Ok(())
    }
}

/// A motion, and how it was found.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The map of pixels of the first picture to pixels of the second.
    pub matrix: Matrix,
    /// Covariance of the nine entries (9 x 9, row-major): that of the maximum-likelihood estimate, by the inverse of
    /// the information; of rank `parameters`.
    pub covariance: Vec<f64>,
    /// Estimated standard deviation of an inlier's error in each coordinate, in pixels.
    pub sigma: f64,
    /// The probability that a pair is right, per pair.
    pub posterior: Vec<f64>,
    /// Pairs more likely right than wrong.
    pub inliers: Vec<usize>,
}

/// Find the motion of most pairs.
///
/// `order` lists the pairs, best first, for PROSAC; `weight` counts as repetition. An error if there are too few
/// pairs, if they are degenerate (all on a line, all in one place), or if no more than a sample of them agree.
///
/// ```
/// use induce_core::Run;
/// use induce_learn::robust::plane::{Motion, Pairs, Spec, fit, transfer};
///
/// let a: Vec<[f64; 2]> = (0..40).map(|i| [f64::from(i * 37 % 100), f64::from(i * 61 % 90)]).collect();
/// let mut b: Vec<[f64; 2]> = a.iter().map(|p| [2.0 * p[0] + 10.0, 2.0 * p[1] - 5.0]).collect();
/// b[..15].iter_mut().for_each(|p| *p = [900.0 - p[1], p[0]]); // wrong pairs
/// let spec = Spec { motion: Motion::Similarity, ..Spec::default() };
/// let found = fit(&spec, &Pairs::new(&a, &b)?, None, None, &Run::new(0))?.model;
/// assert_eq!(found.inliers.len(), 25);
/// assert!((transfer(&found.matrix, [1.0, 1.0])[0] - 12.0).abs() < 1e-9);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, there are too few pairs, they are degenerate (all on a line, all in one place), or no
/// more than a sample of them agree.
pub fn fit(
    spec: &Spec,
    pairs: &Pairs,
    order: Option<&[u32]>,
    weight: Option<&[f64]>,
    run: &Run,
) -> Result<Fitted<Fit>> {
    spec.check()?;
    check(spec.motion, pairs, weight)?;
    let plane = Plane::new(spec.motion, pairs).ok_or_else(|| degenerate(spec.motion, pairs.len()))?;
    let how = Search {
        stream: "plane/samples",
        threshold: spec.threshold,
        confidence: spec.confidence,
        trials: spec.trials,
        order,
        mixed: false,
        weight,
    };
    let found = search(&plane, &how, run).ok_or_else(|| degenerate(spec.motion, pairs.len()))?;
    let model = finish(&plane, spec, &found.model, weight)?;
    let trace = Trace::new("train", "log_likelihood", found.trace);
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report: FitReport::new(found.trials as u64, vec![trace]),
    })
}

/// Improve a motion that is known already, by the pairs that are near it: what [`fit`] ends with, without a search.
///
/// # Errors
/// As [`fit`].
pub fn refit(spec: &Spec, pairs: &Pairs, weight: Option<&[f64]>, near: &Matrix) -> Result<Fit> {
    spec.check()?;
    check(spec.motion, pairs, weight)?;
    let plane = Plane::new(spec.motion, pairs).ok_or_else(|| degenerate(spec.motion, pairs.len()))?;
    finish(&plane, spec, &plane.framed(near), weight)
}

fn check(motion: Motion, pairs: &Pairs, weight: Option<&[f64]>) -> Result<()> {
    let needed = motion.sample_size();
    if let Some(weight) = weight {
        let fault = weight.iter().find(|w| !w.is_finite() || **w < 0.0);
        if weight.len() != pairs.len() || fault.is_some() {
            let what = format!(
                "{} weights for {} pairs, one of them {}",
                weight.len(),
                pairs.len(),
                fault.unwrap_or(&f64::NAN)
            );
            return Err(Error::data(
                what,
                "give one weight per pair, finite and not negative",
            ));
        }
    }
    let counted = weight.map_or(pairs.len(), |w| w.iter().filter(|w| **w > 0.0).count());
    if counted < needed {
        let what = format!(
            "{} cannot determine {}",
            words::counted(counted, "pair"),
            name(motion)
        );
        return Err(Error::data(what, format!("give at least {needed}")));
    }
    Ok(())
}

fn name(motion: Motion) -> &'static str {
    match motion {
        Motion::Translation => "a translation",
        Motion::Similarity => "a similarity",
        Motion::Affine => "an affine map",
        Motion::Homography => "a homography",
    }
}

fn degenerate(motion: Motion, pairs: usize) -> Error {
    let what = format!(
        "no sample of {} determines {}: too many of them coincide or stand on a line",
        words::counted(pairs, "pair"),
        name(motion)
    );
    Error::data(
        what,
        "give points that spread over the plane, or ask for a simpler motion",
    )
}

/// Refine, and take stock.
fn finish(plane: &Plane, spec: &Spec, found: &Matrix, weight: Option<&[f64]>) -> Result<Fit> {
    let n = plane.pairs.len();
    let mixture = Mixture::new(spec.threshold);
    let h = refine(plane, &mixture, found, weight);
    let (mut squared, mut posterior, mut counted) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    plane.squared(&h, &mut squared);
    mixture.posteriors(&squared, None, &mut posterior);
    mixture.posteriors(&squared, weight, &mut counted);
    let inliers: Vec<usize> = (0..n)
        .filter(|&i| posterior[i] > 0.5 && weight.is_none_or(|w| w[i] > 0.0))
        .collect();
    if inliers.len() < spec.motion.sample_size() {
        return Err(degenerate(spec.motion, n));
    }
    let sigma = noise(&squared, &counted, spec.motion.parameters());
    let information = squares::normal_equations(spec.motion, &plane.pairs, &h, &counted).0;
    Ok(Fit {
        matrix: plane.in_pixels(&h),
        covariance: covariance(plane, &h, &information, sigma),
        sigma,
        posterior,
        inliers,
    })
}

/// Rounds of the last refinement.
const ROUNDS: usize = 30;

/// Expectation-maximisation until the motion stands still; the search stopped once it gained little.
///
/// The noise stays what the threshold says. Estimating it too makes the threshold shrink onto the best-placed pairs:
/// on photographs, whose scenes are never quite plane, the homography of those is worse elsewhere.
fn refine(plane: &Plane, mixture: &Mixture, found: &Matrix, weight: Option<&[f64]>) -> Matrix {
    let n = plane.pairs.len();
    let mut h = *found;
    let (mut squared, mut counted) = (vec![0.0; n], vec![0.0; n]);
    for _ in 0..ROUNDS {
        plane.squared(&h, &mut squared);
        mixture.posteriors(&squared, weight, &mut counted);
        let Some(moved) = plane.refit(&h, &counted) else {
            break;
        };
        let still = h.iter().zip(&moved).all(|(a, b)| (a - b).abs() < 1e-10);
        h = moved;
        if still {
            break;
        }
    }
    h
}

/// The inliers' standard deviation per coordinate: `sigma^2 = sum p |r|^2 / (2 sum p - parameters)`.
fn noise(squared: &[f64], counted: &[f64], parameters: usize) -> f64 {
    let total: f64 = counted.iter().sum();
    let sum: f64 = counted.iter().zip(squared).map(|(p, r2)| p * r2).sum();
    (sum / (2.0 * total - parameters as f64).max(1.0)).sqrt()
}

/// `sigma^2 J (J' W J)^-1 J'` of the nine entries in pixels, the frames' maps and the scaling included.
fn covariance(plane: &Plane, h: &Matrix, information: &[f64], sigma: f64) -> Vec<f64> {
    let n = plane.motion.parameters();
    let mut out = vec![0.0; 81];
    let Some(inverse) = invert(information, n) else {
        return vec![f64::INFINITY; 81];
    };
    let columns: Vec<Matrix> = (0..n).map(|k| derivative(plane, h, k)).collect();
    let variance = (sigma * plane.b.scale).powi(2);
    for (i, cell) in out.iter_mut().enumerate() {
        let (r, c) = (i / 9, i % 9);
        let terms = (0..n * n).map(|jk| columns[jk / n][r] * inverse[jk] * columns[jk % n][c]);
        *cell = variance * terms.sum::<f64>();
    }
    out
}

/// How the nine entries in pixels move with parameter `k` (central difference; the maps are smooth and well scaled).
fn derivative(plane: &Plane, h: &Matrix, k: usize) -> Matrix {
    const STEP: f64 = 1e-5;
    let at = |step: f64| {
        let mut parameters = vec![0.0; plane.motion.parameters()];
        parameters[k] = step;
        plane.in_pixels(&squares::moved(plane.motion, h, &parameters))
    };
    let (up, down) = (at(STEP), at(-STEP));
    std::array::from_fn(|i| (up[i] - down[i]) / (2.0 * STEP))
}
