//! What a decoder says of a row: a Gaussian of every number, logits of every category. What is missing has no likelihood: it is integrated out
//! (Mattei & Frellsen 2019).

use std::f64::consts::TAU;

use induce_core::{Error, Result};
use induce_tensor::{Element, Tensor};

use super::form::Fields;

/// What is said of rows.
pub struct SaidOfRow<'t, T: Element = f32> {
    /// Mean and ln of the deviation of numbers, unless there are none. // (rows, numbers) each
    numbers: Option<[Tensor<'t, T>; 2]>,
    /// Logits of every column of categories. // (rows, levels) each
    logits: Vec<Tensor<'t, T>>,
}

/// The same as numbers.
pub struct Numbers {
    /// Means. // (rows, numbers)
    pub mean: Vec<f64>,
    /// Deviations. // (rows, numbers)
    pub deviation: Vec<f64>,
    /// Probabilities of the levels of every column of categories. // (rows, levels) each
    pub probabilities: Vec<Vec<f64>>,
}

impl Fields {
    /// What the last layer says: raw (rows, outputs).
    pub fn read<'t, T: Element>(&self, raw: Tensor<'t, T>) -> SaidOfRow<'t, T> {
        let n = self.numbers;
        let mut start = 2 * n;
        let logits = self.categories.iter().map(|&levels| {
            start += levels;
            raw.slice(1, start - levels, levels)
        });
        let logits = logits.collect();
        let least = self.floor.ln();
        // Never below the floor: values that repeat would have a density without bound.
        let floored = |x: Tensor<'t, T>| x.affine(1.0, -least).softplus().affine(1.0, least);
        SaidOfRow {
            numbers: (n > 0).then(|| [raw.slice(1, 0, n), floored(raw.slice(1, n, n))]),
            logits,
        }
    }
}

impl<'t, T: Element> SaidOfRow<'t, T> {
    /// -ln p(x | z) of every row; targets repeat where there are fewer of them: values of numbers, whether each is there, and levels, of which
    /// one below 0 is missing. targets (rows / times, numbers + numbers + categories)
    pub fn loss(&self, targets: Tensor<'t, T>) -> Tensor<'t, T> {
        let (rows, width) = (targets.shape().rows(), targets.shape().last());
        let first = width - self.logits.len();
        let levels = if self.logits.is_empty() {
            Vec::new()
        } else {
            targets.values().unwrap_or_default()
        };
        let of_numbers = self.numbers.map(|[mean, ln_scale]| {
            let n = mean.shape().last();
            let times = mean.shape().rows() / rows.max(1);
            let [mean, ln_scale] = [mean, ln_scale].map(|own| own.reshape(&[times, rows, n]));
            let away = (targets.slice(1, 0, n) - mean) * ln_scale.affine(-1.0, 0.0).exp();
            let terms = away.square().affine(0.5, 0.5 * TAU.ln()) + ln_scale;
            (terms * targets.slice(1, n, n))
                .sum_last()
                .reshape(&[times * rows])
        });
        let of_categories = self.logits.iter().enumerate().map(|(j, logits)| {
            let own = levels.iter().skip(first + j).step_by(width);
            let level = |x: &T| match x.to_f64() {
                x if x < 0.0 => u32::MAX,
                x => x as u32,
            };
            let own = own.map(level).cycle().take(logits.shape().rows());
            logits.cross_entropy(&own.collect::<Vec<u32>>())
        });
        let all = of_numbers.into_iter().chain(of_categories);
        all.reduce(|sum, own| sum + own)
            .unwrap_or_else(|| targets.sum_last())
    }

    /// The same as numbers.
    ///
    /// # Errors
    /// If the tape is poisoned.
    pub fn numbers(&self) -> Result<Numbers> {
        let values =
            |x: Tensor<'t, T>| Ok::<Vec<f64>, Error>(x.values()?.iter().map(|x| x.to_f64()).collect());
        let [mean, deviation] = match self.numbers {
            Some([mean, ln_scale]) => [values(mean)?, values(ln_scale.exp())?],
            None => Default::default(),
        };
        let probabilities = self.logits.iter().map(|own| values(own.softmax()));
        Ok(Numbers {
            mean,
            deviation,
            probabilities: probabilities.collect::<Result<_>>()?,
        })
    }
}
