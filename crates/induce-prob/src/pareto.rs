//! Tails of weights: generalized Pareto distributions, and importance sampling smoothed by them.

/// A generalized Pareto distribution of excesses x >= 0: p(x) = (1 + k x / sigma)^(-1 - 1 / k) / sigma, exponential at k = 0.
///
/// Moments of order 1 / k and above do not exist.
///
/// ```
/// use induce_prob::pareto::GeneralizedPareto;
/// // Quantiles of k = 0.4 and sigma = 2.
/// let x: Vec<f64> = (0..2000).map(|i| 2.0 / 0.4 * ((1.0 - (f64::from(i) + 0.5) / 2000.0).powf(-0.4) - 1.0)).collect();
/// let fitted = GeneralizedPareto::fit(&x).expect("excesses that differ");
/// assert!((fitted.shape - 0.4).abs() < 0.02 && (fitted.scale - 2.0).abs() < 0.05);
/// assert!((fitted.quantile(0.5) - 1.6).abs() < 0.05);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GeneralizedPareto {
    /// k.
    pub shape: f64,
    /// sigma.
    pub scale: f64,
}

/// Observations of k = 1/2 that the shape is drawn towards, for few excesses (Vehtari et al. 2024, appendix C).
const PRIOR: f64 = 10.0;

impl GeneralizedPareto {
    /// The posterior mean of Zhang & Stephens (2009) over a grid of b = -k / sigma, its shape drawn towards 1/2 as by ten observations.
    ///
    /// `excesses` rise. `None` where there are fewer than five, the largest is not finite, or a quarter of them is 0.
    pub fn fit(excesses: &[f64]) -> Option<Self> {
        let n = excesses.len();
        let largest = *excesses.last()?;
        let quartile = excesses[((n as f64 / 4.0 + 0.5) as usize).max(1) - 1];
        if n < 5 || !largest.is_finite() || !(quartile > 0.0) {
            return None;
        }
        let points = 30 + (n as f64).sqrt() as usize;
        let grid = |i: usize| {
            let share = points as f64 / (i as f64 + 0.5);
            (1.0 - share.sqrt()) / (3.0 * quartile) + 1.0 / largest
        };
        let all: Vec<(f64, f64)> = (0..points).map(grid).map(|b| (b, profile(b, excesses))).collect();
        let b = posterior_mean(&all);
        let shape = mean_ln(b, excesses);
        let count = n as f64;
        Some(Self {
            shape: (count * shape + 0.5 * PRIOR) / (count + PRIOR),
            scale: -shape / b,
        })
    }

    /// The excess that a share `p` of all are below.
    pub fn quantile(self, p: f64) -> f64 {
        let ln_rest = (-p).ln_1p();
        if self.shape.abs() < 1e-12 {
            return -self.scale * ln_rest;
        }
        self.scale * (-self.shape * ln_rest).exp_m1() / self.shape
    }
}

/// k at b: the mean of ln(1 - b x).
fn mean_ln(b: f64, excesses: &[f64]) -> f64 {
    excesses.iter().map(|x| (-b * x).ln_1p()).sum::<f64>() / excesses.len() as f64
}

/// The profile log-likelihood at b.
fn profile(b: f64, excesses: &[f64]) -> f64 {
    let k = mean_ln(b, excesses);
    excesses.len() as f64 * ((-b / k).ln() - k - 1.0)
}

/// The mean of b, weighted by its likelihood.
fn posterior_mean(all: &[(f64, f64)]) -> f64 {
    let most = all.iter().map(|own| own.1).fold(f64::NEG_INFINITY, f64::max);
    let weights = all.iter().map(|own| (own.0, (own.1 - most).exp()));
    let (sum, total) = weights
        .filter(|own| own.1.is_finite())
        .fold((0.0, 0.0), |(sum, total), (b, w)| (sum + b * w, total + w));
    sum / total
}

/// Log weights of importance sampling after Pareto smoothing, and what their tail says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Smoothed {
    /// ln of weights that sum to 1, in the order in which they came.
    pub ln_weights: Vec<f64>,
    /// The shape of the tail of the raw weights: above 0.7 importance sampling is not to be trusted. Infinite where the tail is too
    /// short to be fitted.
    pub khat: f64,
    /// 1 / sum w^2, the effective number of draws.
    pub effective: f64,
    /// ln of the mean of the smoothed weights before they were scaled to sum to 1: an estimate of the ratio of two constants.
    pub ln_mean: f64,
}

/// Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry 2024, algorithm 1).
///
/// The largest min(n / 5, 3 sqrt n) weights become the expected order statistics of the generalized Pareto distribution that
/// is fitted to them, and none is above the largest there was. A weight of 0 is a log weight of -infinity; no log weight may be NaN
/// or +infinity, and not all of them -infinity.
///
/// ```
/// use induce_prob::pareto::smooth;
/// // Weights that are all the same say that nothing is wrong.
/// let smoothed = smooth(&[-3.0; 100]);
/// assert!((smoothed.ln_weights[7] + 100.0_f64.ln()).abs() < 1e-12);
/// assert!(smoothed.khat < 0.0 && (smoothed.effective - 100.0).abs() < 1e-9);
/// ```
pub fn smooth(ln_weights: &[f64]) -> Smoothed {
    let n = ln_weights.len();
    let most = ln_weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut own: Vec<f64> = ln_weights.iter().map(|w| w - most).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| own[*a].total_cmp(&own[*b]).then(a.cmp(b)));
    let length = ((0.2 * n as f64) as usize).min((3.0 * (n as f64).sqrt()).ceil() as usize);
    let khat = match length {
        0..5 => f64::INFINITY,
        _ => smooth_tail(&mut own, &order, length),
    };
    normalized(own, khat, most)
}

/// Smooth the last `length` in the order; the shape of their tail.
fn smooth_tail(own: &mut [f64], order: &[usize], length: usize) -> f64 {
    let (below, tail) = order.split_at(order.len() - length);
    let cutoff = below.last().map_or(f64::NEG_INFINITY, |i| own[*i]);
    let cutoff = cutoff.max(f64::MIN_POSITIVE.ln());
    let base = cutoff.exp();
    let excesses: Vec<f64> = tail.iter().map(|i| (own[*i].exp() - base).max(0.0)).collect();
    let spread = excesses.last().copied().unwrap_or_default();
    // Weights that differ by rounding only have no tail.
    if spread <= 1e-12 {
        return f64::NEG_INFINITY;
    }
    let Some(fitted) = GeneralizedPareto::fit(&excesses) else {
        return f64::INFINITY;
    };
    if fitted.shape.is_finite() {
        for (rank, i) in tail.iter().enumerate() {
            let share = (rank as f64 + 0.5) / length as f64;
            own[*i] = (base + fitted.quantile(share)).ln().min(0.0);
        }
    }
    fitted.shape
}

/// Weights that sum to 1, of which the largest is near 1 now and was e^`most`.
fn normalized(mut ln_weights: Vec<f64>, khat: f64, most: f64) -> Smoothed {
    let total = ln_weights.iter().map(|w| w.exp()).sum::<f64>().ln();
    ln_weights.iter_mut().for_each(|w| *w -= total);
    let squares: f64 = ln_weights.iter().map(|w| (2.0 * w).exp()).sum();
    Smoothed {
        ln_mean: total + most - (ln_weights.len() as f64).ln(),
        ln_weights,
        khat,
        effective: squares.recip(),
    }
}

#[cfg(test)]
mod tests;
