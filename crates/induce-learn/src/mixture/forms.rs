//! Log densities of rows under components.
//!
//! score_k(x) = constant_k - |W_k (x - m_k)|^2 / 2, with W a lower triangle or a diagonal: Gaussian densities, and their expectations
//! under a posterior. Thirty-two rows are scored together, a row per lane.

use induce_core::linalg::Cholesky;
use induce_core::multiversion;
use induce_prob::math::exp;

/// Rows that are scored together.
pub const BLOCK: usize = 32;
/// A value of every one of them.
pub type Lanes = [f64; BLOCK];

/// What differences from the mean are multiplied with, so that they are of unit variance.
#[derive(Debug, Clone, PartialEq)]
pub enum Whiten {
    /// A lower triangle, row-major. // (width, width)
    Lower(Vec<f64>),
    /// A diagonal. // (width)
    Diagonal(Vec<f64>),
}

/// A component as rows are scored by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// m. // (width)
    pub mean: Vec<f64>,
    /// W.
    pub whiten: Whiten,
    /// What is added.
    pub constant: f64,
}

impl Form {
    /// ln(pi) + ln N(x | mean, covariance); `None` if the covariance is not positive definite.
    pub fn gaussian(mean: &[f64], covariance: &Covariance, ln_weight: f64) -> Option<Self> {
        let width = mean.len();
        let (whiten, half_ln_determinant) = match covariance {
            Covariance::Full(all) => {
                let factor = Cholesky::new(all, width)?;
                (
                    Whiten::Lower(inverse_factor(&factor, width)),
                    0.5 * factor.ln_determinant(),
                )
            }
            Covariance::Diagonal(all) => {
                if all.iter().any(|v| !(*v > 0.0)) {
                    return None;
                }
                let ln: f64 = all.iter().map(|v| 0.5 * v.ln()).sum();
                (Whiten::Diagonal(all.iter().map(|v| 1.0 / v.sqrt()).collect()), ln)
            }
        };
        let ln_two_pi = (2.0 * std::f64::consts::PI).ln();
        Some(Self {
            mean: mean.to_vec(),
            whiten,
            constant: ln_weight - half_ln_determinant - 0.5 * width as f64 * ln_two_pi,
        })
    }

    /// Scores of a block of rows, whose coordinates are lanes; `difference` is room for x - m. // x, difference (width)
    pub fn score(&self, x: &[Lanes], difference: &mut [Lanes]) -> Lanes {
        match &self.whiten {
            Whiten::Lower(lower) => score_lower(x, &self.mean, lower, self.constant, difference),
            Whiten::Diagonal(scale) => score_diagonal(x, &self.mean, scale, self.constant),
        }
    }
}

/// Components that score rows together.
pub struct Scorer<'a> {
    /// The components.
    pub forms: &'a [Form],
    /// W (m_k - m_0) where they all have one W: a row is multiplied by it once, and not for each. // (components, width)
    places: Option<Vec<Vec<f64>>>,
    ones: Vec<f64>,
}

impl<'a> Scorer<'a> {
    /// Of these components.
    pub fn new(forms: &'a [Form]) -> Self {
        let alike = forms.windows(2).all(|pair| pair[0].whiten == pair[1].whiten);
        let first = forms.first().filter(|_| alike && forms.len() > 1);
        let places = first.and_then(|first| match &first.whiten {
            Whiten::Lower(lower) => Some(places(forms, &first.mean, lower)),
            Whiten::Diagonal(_) => None,
        });
        Self {
            forms,
            places,
            ones: vec![1.0; forms.first().map_or(0, |form| form.mean.len())],
        }
    }

    /// Scores of a block of rows by every component. // x, difference (width), scores (components)
    pub fn score(&self, x: &[Lanes], difference: &mut [Lanes], scores: &mut [Lanes]) {
        let Some(places) = &self.places else {
            for (score, form) in scores.iter_mut().zip(self.forms) {
                *score = form.score(x, difference);
            }
            return;
        };
        if let Whiten::Lower(lower) = &self.forms[0].whiten {
            multiply_lower(x, &self.forms[0].mean, lower, difference);
        }
        for ((score, form), place) in scores.iter_mut().zip(self.forms).zip(places) {
            *score = score_diagonal(difference, place, &self.ones, form.constant);
        }
    }
}

fn places(forms: &[Form], origin: &[f64], lower: &[f64]) -> Vec<Vec<f64>> {
    let width = origin.len();
    let of = |form: &Form| {
        let away: Vec<f64> = form.mean.iter().zip(origin).map(|(m, o)| m - o).collect();
        let row = |i: usize| lower[i * width..=i * width + i].iter().zip(&away);
        (0..width).map(|i| row(i).map(|(w, d)| w * d).sum()).collect()
    };
    forms.iter().map(of).collect()
}

/// A covariance.
#[derive(Debug, Clone, PartialEq)]
pub enum Covariance {
    /// All of it, row-major. // (width, width)
    Full(Vec<f64>),
    /// Its diagonal. // (width)
    Diagonal(Vec<f64>),
}

impl Covariance {
    /// All of it. // (width, width)
    pub fn dense(&self) -> Vec<f64> {
        match self {
            Self::Full(all) => all.clone(),
            Self::Diagonal(all) => {
                let width = all.len();
                let mut dense = vec![0.0; width * width];
                all.iter()
                    .enumerate()
                    .for_each(|(i, v)| dense[i * width + i] = *v);
                dense
            }
        }
    }
}

/// L^-1, row-major.
fn inverse_factor(factor: &Cholesky, width: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; width * width];
    let mut column = vec![0.0; width];
    for j in 0..width {
        column.fill(0.0);
        column[j] = 1.0;
        factor.forward(&mut column);
        (j..width).for_each(|i| inverse[i * width + j] = column[i]);
    }
    inverse
}

/// x - m, within code that is compiled for several instruction sets.
#[inline(always)]
fn subtract(x: &[Lanes], mean: &[f64], difference: &mut [Lanes]) {
    for ((d, x), m) in difference.iter_mut().zip(x).zip(mean) {
        for l in 0..BLOCK {
            d[l] = x[l] - m;
        }
    }
}

multiversion! {
    fn score_lower(x: &[Lanes], mean: &[f64], lower: &[f64], constant: f64, difference: &mut [Lanes]) -> Lanes {
        let width = mean.len();
        subtract(x, mean, difference);
        let mut squared = [0.0; BLOCK];
        for i in 0..width {
            let mut sum = [0.0; BLOCK];
            for (w, d) in lower[i * width..=i * width + i].iter().zip(&*difference) {
                for l in 0..BLOCK {
                    sum[l] += w * d[l];
                }
            }
            for l in 0..BLOCK {
                squared[l] += sum[l] * sum[l];
            }
        }
        for score in &mut squared {
            *score = constant - 0.5 * *score;
        }
        squared
    }
}

multiversion! {
    /// W (x - m). // out (width)
    fn multiply_lower(x: &[Lanes], mean: &[f64], lower: &[f64], out: &mut [Lanes]) {
        let width = mean.len();
        subtract(x, mean, out);
        // From below, where no difference is asked for again.
        for i in (0..width).rev() {
            let mut sum = [0.0; BLOCK];
            for (w, d) in lower[i * width..=i * width + i].iter().zip(&*out) {
                for l in 0..BLOCK {
                    sum[l] += w * d[l];
                }
            }
            out[i] = sum;
        }
    }
}

multiversion! {
    fn score_diagonal(x: &[Lanes], mean: &[f64], scale: &[f64], constant: f64) -> Lanes {
        let mut squared = [0.0; BLOCK];
        for ((x, m), w) in x.iter().zip(mean).zip(scale) {
            for l in 0..BLOCK {
                let own = w * (x[l] - m);
                squared[l] += own * own;
            }
        }
        for score in &mut squared {
            *score = constant - 0.5 * *score;
        }
        squared
    }
}

/// What normalising rows tells of each.
pub struct Normal {
    /// ln sum exp(score).
    pub ln: Lanes,
    /// -sum p ln p.
    pub entropy: Lanes,
}

multiversion! {
    /// Scores become probabilities.
    pub fn normalize(scores: &mut [Lanes]) -> Normal {
        let mut most = [f64::NEG_INFINITY; BLOCK];
        for score in &*scores {
            for l in 0..BLOCK {
                most[l] = if score[l] > most[l] { score[l] } else { most[l] };
            }
        }
        // With t = score - most: -sum p ln p = ln sum e^t - sum t e^t / sum e^t, whose terms are all of one sign.
        let (mut sum, mut weighted) = ([0.0; BLOCK], [0.0; BLOCK]);
        for score in &mut *scores {
            for l in 0..BLOCK {
                let t = score[l] - most[l];
                let own = exp(t);
                score[l] = own;
                sum[l] += own;
                weighted[l] -= if own > 0.0 { t * own } else { 0.0 };
            }
        }
        for score in scores {
            for l in 0..BLOCK {
                score[l] /= sum[l];
            }
        }
        let ln = sum.map(f64::ln);
        Normal {
            ln: std::array::from_fn(|l| most[l] + ln[l]),
            entropy: std::array::from_fn(|l| ln[l] + weighted[l] / sum[l]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_log_densities() {
        let covariance = Covariance::Full(vec![2.0, 0.6, 0.6, 0.5]);
        let form = Form::gaussian(&[1.0, -1.0], &covariance, 0.0).unwrap();
        let (x, mut d) = ([[2.0; BLOCK], [0.5; BLOCK]], [[0.0; BLOCK]; 2]);
        // scipy.stats.multivariate_normal([1, -1], [[2, .6], [.6, .5]]).logpdf([2, .5])
        let wanted = -4.114_733_515_095_137;
        assert!(
            (form.score(&x, &mut d)[7] - wanted).abs() < 1e-13,
            "{:?}",
            form.score(&x, &mut d)[7]
        );
        let diagonal = Covariance::Diagonal(vec![2.0, 0.5]);
        let a = Form::gaussian(&[1.0, -1.0], &diagonal, -1.0)
            .unwrap()
            .score(&x, &mut d);
        let full = Covariance::Full(diagonal.dense());
        let b = Form::gaussian(&[1.0, -1.0], &full, -1.0)
            .unwrap()
            .score(&x, &mut d);
        assert!((a[0] - b[0]).abs() < 1e-14);
        assert!(Form::gaussian(&[0.0], &Covariance::Diagonal(vec![0.0]), 0.0).is_none());
    }

    #[test]
    fn probabilities_sum_to_one_however_small_the_scores() {
        let mut scores = [[-5_000.0; BLOCK], [-5_001.0; BLOCK], [-9_000.0; BLOCK]];
        let normal = normalize(&mut scores);
        assert!((scores.iter().map(|s| s[3]).sum::<f64>() - 1.0).abs() < 1e-15);
        assert!((normal.ln[3] - (-5_000.0 + (1.0 + (-1.0_f64).exp()).ln())).abs() < 1e-12);
    }
}
