//! AAA: rational approximation that chooses its nodes (Nakatsukasa, Sete & Trefethen 2018).
//!
//! Of all samples the one with the largest error becomes a support point; weights are the right singular vector of the least
//! singular value of Loewner's matrix (f_i - f_j) / (z_i - z_j), i the other samples and j the support points, so that the
//! linearised error is least. That is repeated until the error is below the tolerance.

mod complex;
mod poles;
mod singular;

pub use complex::Complex;
pub use poles::Pole;

use induce_core::{Error, Result};

use super::rational::{Barycentric, check_nodes};

/// A rational function fitted to samples.
///
/// ```
/// use induce_prob::interpolation::Aaa;
/// let x: Vec<f64> = (0..100).map(|i| f64::from(i) / 50.0 - 1.0).collect();
/// let tangent = Aaa::new(&x, &x.iter().map(|x| (4.0 * x).tan()).collect::<Vec<_>>(), Aaa::TOLERANCE, 100)?;
/// assert!((tangent.form().at(0.123)? - 0.492_f64.tan()).abs() < 1e-10);
/// let nearest = tangent.poles().iter().map(|pole| (pole.at.re - 0.125 * std::f64::consts::PI).abs()).fold(9.0, f64::min);
/// assert!(nearest < 1e-10);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Aaa {
    form: Barycentric,
    poles: Vec<Pole>,
    error: f64,
    removed: usize,
    converged: bool,
}

/// A pole whose residue, over its distance from the samples, is smaller than this part of a typical value is no pole of the
/// function but a numerical accident, which a zero close by cancels: a Froissart doublet.
const SPURIOUS: f64 = 1e-13;

impl Aaa {
    /// The tolerance of scipy: eps^(3/4), of the largest value.
    pub const TOLERANCE: f64 = 1.818_989_403_545_856_5e-12;

    /// A fit to the values at `x`, of one output or several (row-major), to `tolerance` times the largest value, with at most
    /// `terms` support points.
    ///
    /// # Errors
    /// If there are no samples, one is repeated or not finite, or the values do not fit.
    pub fn new(x: &[f64], values: &[f64], tolerance: f64, terms: usize) -> Result<Self> {
        check_nodes(x)?;
        if values.is_empty() || !values.len().is_multiple_of(x.len()) {
            let what = format!("{} samples stand against {} values", x.len(), values.len());
            return Err(Error::data(
                what,
                "every sample has as many values as every other",
            ));
        }
        if let Some(at) = values.iter().position(|own| !own.is_finite()) {
            let what = format!("value {} is {}", at + 1, values[at]);
            return Err(Error::data(
                what,
                "leave out samples that are missing or infinite",
            ));
        }
        if terms == 0 || tolerance.is_nan() || tolerance < 0.0 {
            return Err(Error::setting(
                "tolerance",
                tolerance,
                "it is not negative, and at least one term is needed",
            ));
        }
        let samples = Samples {
            x,
            values,
            outputs: values.len() / x.len(),
        };
        let limit = tolerance * values.iter().fold(0.0_f64, |top, f| top.max(f.abs()));
        let mut support = samples.grow(limit, terms.min(x.len()))?;
        let (mut form, mut error) = samples.fit(&support)?;
        let mut poles = poles::of(&form);
        let mut removed = 0;
        // Each round takes out at least one support point.
        while let Some(kept) = samples.without_doublets(&support, &poles) {
            removed += support.len() - kept.len();
            support = kept;
            (form, error) = samples.fit(&support)?;
            poles = poles::of(&form);
        }
        Ok(Self {
            form,
            poles,
            error,
            removed,
            converged: error <= limit.max(f64::MIN_POSITIVE),
        })
    }

    /// The rational function.
    pub fn form(&self) -> &Barycentric {
        &self.form
    }

    /// Its poles and their residues of the first output, by distance from the samples' middle.
    pub fn poles(&self) -> &[Pole] {
        &self.poles
    }

    /// Its zeros, of the first output.
    pub fn zeros(&self) -> Vec<Complex> {
        poles::zeros(&self.form)
    }

    /// The largest error at the samples.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// Spurious poles that were taken out.
    pub fn removed(&self) -> usize {
        self.removed
    }

    /// Whether the error is within the tolerance.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Poles between the first and the last sample on the real line: there the approximation is not to be used.
    pub fn poles_between(&self, from: f64, to: f64) -> Vec<f64> {
        let slack = 1e-9 * (to - from);
        let real = |pole: &&Pole| pole.at.im.abs() < slack && pole.at.re > from && pole.at.re < to;
        self.poles.iter().filter(real).map(|pole| pole.at.re).collect()
    }
}

/// What is fitted. // values: (n, outputs)
struct Samples<'a> {
    x: &'a [f64],
    values: &'a [f64],
    outputs: usize,
}

impl Samples<'_> {
    fn value(&self, i: usize, output: usize) -> f64 {
        self.values[i * self.outputs + output]
    }

    /// Support points, one after the other, until the error is within `limit`.
    fn grow(&self, limit: f64, terms: usize) -> Result<Vec<usize>> {
        let mean = |o: usize| (0..self.x.len()).map(|i| self.value(i, o)).sum::<f64>() / self.x.len() as f64;
        let means: Vec<f64> = (0..self.outputs).map(mean).collect();
        let off = |i: usize| {
            (0..self.outputs)
                .map(|o| (self.value(i, o) - means[o]).abs())
                .fold(0.0, f64::max)
        };
        let mut errors: Vec<f64> = (0..self.x.len()).map(off).collect();
        let mut support = Vec::new();
        while support.len() < terms {
            let worst = (0..errors.len()).fold(0, |best, i| if errors[i] > errors[best] { i } else { best });
            if support.contains(&worst) {
                break;
            }
            support.push(worst);
            let (form, error) = self.fit(&support)?;
            if error <= limit {
                break;
            }
            errors = self.errors(&form);
        }
        Ok(support)
    }

    /// The best weights for these support points, and the largest error.
    fn fit(&self, support: &[usize]) -> Result<(Barycentric, f64)> {
        let loewner = self.loewner(support);
        let weights = match loewner.is_empty() {
            true => self.alternating(support),
            false => singular::least(&loewner, support.len()),
        };
        let used: Vec<usize> = (0..support.len()).filter(|&j| weights[j] != 0.0).collect();
        let values = used
            .iter()
            .flat_map(|&j| (0..self.outputs).map(move |o| self.value(support[j], o)));
        let form = Barycentric::new(
            used.iter().map(|&j| self.x[support[j]]).collect(),
            used.iter().map(|&j| weights[j]).collect(),
            values.collect(),
        )?;
        let error = self.errors(&form).into_iter().fold(0.0, f64::max);
        Ok((form, error))
    }

    /// Weights of alternating sign in the order of the nodes, which have no poles between them (Berrut 1988): for where all
    /// samples are support points and no error is left to be made small.
    fn alternating(&self, support: &[usize]) -> Vec<f64> {
        let before = |j: usize| support.iter().filter(|&&i| self.x[i] < self.x[j]).count();
        support
            .iter()
            .map(|&j| if before(j) % 2 == 0 { 1.0 } else { -1.0 })
            .collect()
    }

    /// The errors at the samples; where a pole hits one, infinity.
    fn errors(&self, form: &Barycentric) -> Vec<f64> {
        let one = |i: usize| {
            let own = form.evaluate(self.x[i]);
            let off = own.iter().zip(0..).map(|(r, o)| (r - self.value(i, o)).abs());
            off.map(|e| if e.is_nan() { f64::INFINITY } else { e })
                .fold(0.0, f64::max)
        };
        (0..self.x.len()).map(one).collect()
    }

    /// Loewner's matrix, the outputs below each other. // (others x outputs, support)
    fn loewner(&self, support: &[usize]) -> Vec<f64> {
        let others = (0..self.x.len()).filter(|i| !support.contains(i));
        let row = |(i, o): (usize, usize)| {
            support
                .iter()
                .map(move |&j| (self.value(i, o) - self.value(j, o)) / (self.x[i] - self.x[j]))
        };
        others
            .flat_map(|i| (0..self.outputs).map(move |o| (i, o)))
            .flat_map(row)
            .collect()
    }

    /// The support without those nearest to spurious poles, if there are any.
    fn without_doublets(&self, support: &[usize], poles: &[Pole]) -> Option<Vec<usize>> {
        let logs: Vec<f64> = self
            .values
            .iter()
            .filter(|f| **f != 0.0)
            .map(|f| f.abs().ln())
            .collect();
        let typical = (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp();
        let mut kept = support.to_vec();
        for pole in poles {
            let near = self
                .x
                .iter()
                .map(|x| pole.at.minus(*x).abs())
                .fold(f64::INFINITY, f64::min);
            if pole.residue.abs() / near < SPURIOUS * typical && kept.len() > 1 {
                let to = |j: usize| pole.at.minus(self.x[kept[j]]).abs();
                let nearest = (0..kept.len()).fold(0, |best, j| if to(j) < to(best) { j } else { best });
                kept.remove(nearest);
            }
        }
        (kept.len() < support.len()).then_some(kept)
    }
}

#[cfg(test)]
mod tests;
