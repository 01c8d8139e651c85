//! The rows' part of the objective: losses of scores with two derivatives, a chunk at a time.

use std::ops::Range;

use induce_core::multiversion;
use induce_prob::{Family, Link, math};

use super::matrix::{CHUNK, Rows};

/// Which second derivative of the loss in the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curvature {
    /// Of these rows where it cannot be negative, else expected: what solvers step with.
    Observed,
    /// Expected under the model (Fisher's information): what standard errors rest on.
    Expected,
}

/// A family and a link on weighted rows.
#[derive(Clone, Copy)]
pub struct Likelihood<'a> {
    /// The family.
    pub family: Family,
    /// The link.
    pub link: Link,
    /// The targets.
    pub target: &'a [f64],
    /// Weights of the rows.
    pub weight: &'a [f64],
    /// Added to the scores.
    pub offset: Option<&'a [f64]>,
    /// Which curvature.
    pub curvature: Curvature,
}

impl Rows for Likelihood<'_> {
    fn derivatives(
        &self,
        rows: Range<usize>,
        eta: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) -> f64 {
        if let Some(offset) = self.offset {
            eta.iter_mut()
                .zip(&offset[rows.clone()])
                .for_each(|(eta, o)| *eta += o);
        }
        let mut loss = [0.0; CHUNK];
        let loss = &mut loss[..eta.len()];
        let y = &self.target[rows.clone()];
        let expected = self.curvature == Curvature::Expected;
        match (self.family, self.link) {
            (Family::Gaussian, Link::Identity) => gaussian(y, eta, loss, row_gradient, curvature),
            (Family::Bernoulli, Link::Logit) => logistic(y, eta, loss, row_gradient, curvature),
            (Family::Poisson, Link::Log) => poisson(y, eta, loss, row_gradient, curvature),
            (Family::Gamma, Link::Log) if !expected => gamma(y, eta, loss, row_gradient, curvature),
            (Family::Tweedie(p), Link::Log) if !expected && p > 1.0 && p < 2.0 => {
                tweedie(p, y, eta, loss, row_gradient, curvature);
            }
            _ => self.each(y, eta, loss, row_gradient, curvature),
        }
        weigh(&self.weight[rows], loss, row_gradient, curvature)
    }
}

impl Likelihood<'_> {
    /// The loss, and the sum of the absolute values of the gradient in the scores, where every row has score `eta` before its offset.
    pub fn at_constant(&self, eta: f64) -> (f64, f64) {
        let (mut loss, mut sum) = (0.0, 0.0);
        let (mut score, mut row_gradient, mut curvature) = ([0.0; CHUNK], [0.0; CHUNK], [0.0; CHUNK]);
        for start in (0..self.target.len()).step_by(CHUNK) {
            let n = CHUNK.min(self.target.len() - start);
            score[..n].fill(eta);
            let row_gradient = &mut row_gradient[..n];
            loss += self.derivatives(
                start..start + n,
                &mut score[..n],
                row_gradient,
                &mut curvature[..n],
            );
            sum += row_gradient.iter().map(|s| s.abs()).sum::<f64>();
        }
        (loss, sum)
    }

    /// Any family under any link, row by row.
    fn each(
        &self,
        y: &[f64],
        eta: &[f64],
        loss: &mut [f64],
        row_gradient: &mut [f64],
        curvature: &mut [f64],
    ) {
        for i in 0..y.len() {
            (loss[i], row_gradient[i], curvature[i]) = match self.family {
                Family::Bernoulli => self.chance(y[i], eta[i]),
                _ => self.mean(y[i], eta[i]),
            };
        }
    }

    fn chance(&self, y: f64, eta: f64) -> (f64, f64, f64) {
        let c = self.link.chance(eta);
        if !(c.ln_mean <= 0.0 && c.ln_rest <= 0.0) {
            return (f64::INFINITY, 0.0, 0.0);
        }
        let part = |fraction: f64, value: f64| if fraction == 0.0 { 0.0 } else { fraction * value };
        let loss = -part(y, c.ln_mean) - part(1.0 - y, c.ln_rest);
        (loss, part(1.0 - y, c.fall) - part(y, c.rise), c.rise * c.fall)
    }

    fn mean(&self, y: f64, eta: f64) -> (f64, f64, f64) {
        let (mu, d) = (self.link.mean_of(eta), self.link.derivative_of(eta));
        if !self.family.has_mean(mu) {
            return (f64::INFINITY, 0.0, 0.0);
        }
        let rate = d / self.family.variance(mu);
        (0.5 * self.family.unit_deviance(y, mu), -(y - mu) * rate, d * rate)
    }
}

multiversion! {
    /// l = (y - s)^2 / 2
    fn gaussian(y: &[f64], s: &[f64], loss: &mut [f64], row_gradient: &mut [f64], curvature: &mut [f64]) {
        let n = y.len();
        let (s, loss, row_gradient, curvature) = (&s[..n], &mut loss[..n], &mut row_gradient[..n], &mut curvature[..n]);
        for i in 0..n {
            let r = s[i] - y[i];
            loss[i] = 0.5 * r * r;
            row_gradient[i] = r;
            curvature[i] = 1.0;
        }
    }
}

multiversion! {
    /// l = ln(1 + exp(s)) - y s. With e = exp(-|s|) each probability keeps its digits in its own tail.
    fn logistic(y: &[f64], s: &[f64], loss: &mut [f64], row_gradient: &mut [f64], curvature: &mut [f64]) {
        let n = y.len();
        let (s, loss, row_gradient, curvature) = (&s[..n], &mut loss[..n], &mut row_gradient[..n], &mut curvature[..n]);
        for i in 0..n {
            let e = math::exp(-s[i].abs());
            let q = e / (1.0 + e);
            loss[i] = math::softplus(s[i]) - y[i] * s[i];
            row_gradient[i] = if s[i] < 0.0 { q - y[i] } else { (1.0 - y[i]) - q };
            curvature[i] = q * (1.0 - q);
        }
    }
}

multiversion! {
    /// l = exp(s) - y s
    fn poisson(y: &[f64], s: &[f64], loss: &mut [f64], row_gradient: &mut [f64], curvature: &mut [f64]) {
        let n = y.len();
        let (s, loss, row_gradient, curvature) = (&s[..n], &mut loss[..n], &mut row_gradient[..n], &mut curvature[..n]);
        for i in 0..n {
            let mu = math::exp(s[i]);
            loss[i] = mu - y[i] * s[i];
            row_gradient[i] = mu - y[i];
            curvature[i] = mu;
        }
    }
}

multiversion! {
    /// l = y exp(-s) + s
    fn gamma(y: &[f64], s: &[f64], loss: &mut [f64], row_gradient: &mut [f64], curvature: &mut [f64]) {
        let n = y.len();
        let (s, loss, row_gradient, curvature) = (&s[..n], &mut loss[..n], &mut row_gradient[..n], &mut curvature[..n]);
        for i in 0..n {
            let ratio = y[i] * math::exp(-s[i]);
            loss[i] = ratio + s[i];
            row_gradient[i] = 1.0 - ratio;
            curvature[i] = ratio;
        }
    }
}

multiversion! {
    /// l = y exp((1 - p) s) / (p - 1) + exp((2 - p) s) / (2 - p), for p in (1, 2)
    fn tweedie(p: f64, y: &[f64], s: &[f64], loss: &mut [f64], row_gradient: &mut [f64], curvature: &mut [f64]) {
        let n = y.len();
        let (s, loss, row_gradient, curvature) = (&s[..n], &mut loss[..n], &mut row_gradient[..n], &mut curvature[..n]);
        for i in 0..n {
            let down = y[i] * math::exp((1.0 - p) * s[i]);
            let up = math::exp((2.0 - p) * s[i]);
            loss[i] = down / (p - 1.0) + up / (2.0 - p);
            row_gradient[i] = up - down;
            curvature[i] = (2.0 - p) * up + (p - 1.0) * down;
        }
    }
}

multiversion! {
    /// Multiply by the weights; the weighted sum of the losses. A row of weight 0 does not count, whatever it holds.
    fn weigh(w: &[f64], loss: &[f64], row_gradient: &mut [f64], curvature: &mut [f64]) -> f64 {
        let mut sums = [0.0; 8];
        for i in 0..w.len() {
            let none = w[i] == 0.0;
            row_gradient[i] = if none { 0.0 } else { w[i] * row_gradient[i] };
            curvature[i] = if none { 0.0 } else { w[i] * curvature[i] };
            sums[i % 8] += if none { 0.0 } else { w[i] * loss[i] };
        }
        ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(family: Family, link: Link, y: f64, eta: f64, curvature: Curvature) -> (f64, f64, f64) {
        let likelihood = Likelihood {
            family,
            link,
            target: &[y],
            weight: &[2.0],
            offset: None,
            curvature,
        };
        let (mut g, mut h) = ([0.0], [0.0]);
        let loss = likelihood.derivatives(0..1, &mut [eta], &mut g, &mut h);
        (loss, g[0], h[0])
    }

    #[test]
    fn gradients_and_observed_curvatures_are_derivatives() {
        let log = [Family::Poisson, Family::Gamma, Family::Tweedie(1.5)].map(|f| (f, Link::Log));
        let others = [
            (Family::Gaussian, Link::Identity),
            (Family::Bernoulli, Link::Logit),
            (Family::Bernoulli, Link::Probit),
            (Family::Bernoulli, Link::Cloglog),
            (Family::Bernoulli, Link::Cauchit),
            (Family::Gamma, Link::Power(-1.0)),
            (Family::InverseGaussian, Link::Log),
            (Family::NegativeBinomial(0.5), Link::Log),
        ];
        for (k, (family, link)) in log.into_iter().chain(others).enumerate() {
            for eta in [0.3, 1.2] {
                let f = |eta: f64| at(family, link, 1.0, eta, Curvature::Observed);
                let h = 1e-5;
                let gradient = (f(eta + h).0 - f(eta - h).0) / (2.0 * h);
                assert!((gradient - f(eta).1).abs() < 1e-6, "{family:?} {link:?}");
                let curvature = (f(eta + h).1 - f(eta - h).1) / (2.0 * h);
                assert!(
                    k > 4 || (curvature - f(eta).2).abs() < 1e-6,
                    "{family:?} {link:?}"
                );
            }
        }
    }

    #[test]
    fn the_fast_losses_agree_with_the_general_one() {
        for (family, link) in [(Family::Bernoulli, Link::Logit), (Family::Poisson, Link::Log)] {
            for y in [0.0, 1.0] {
                let fast = at(family, link, y, 0.4, Curvature::Expected);
                let general = Likelihood {
                    family,
                    link,
                    target: &[y],
                    weight: &[1.0],
                    offset: None,
                    curvature: Curvature::Expected,
                };
                let (_, row_gradient, curvature) = if family == Family::Bernoulli {
                    general.chance(y, 0.4)
                } else {
                    general.mean(y, 0.4)
                };
                assert!(
                    (fast.1 - 2.0 * row_gradient).abs() < 1e-14 && (fast.2 - 2.0 * curvature).abs() < 1e-14
                );
            }
        }
    }
}
