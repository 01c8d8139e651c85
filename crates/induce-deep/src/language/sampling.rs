//! From logits to the distribution that a token is drawn from.
//!
//! p = softmax(logits / temperature), cut to the `top_k` most likely tokens, to the fewest of those that have `top_p` of
//! the probability (nucleus sampling: Holtzman et al. 2020), to those at least `min_p` times as likely as the likeliest
//! (Nguyen et al. 2024), each time scaled to sum 1: the order of Hugging Face's `generate`.

use induce_core::random::Stream;
use induce_core::{Error, Result};

/// The sampling settings: how tokens are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// What logits are divided by; 0 takes the likeliest token, the first of equals.
    pub temperature: f64,
    /// The largest number of tokens to choose from; 0 is all.
    pub top_k: usize,
    /// Probability of the tokens to choose from; 1 is all.
    pub top_p: f64,
    /// Least probability relative to the likeliest token; 0 is any.
    pub min_p: f64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.8,
            top_k: 0,
            top_p: 0.95,
            min_p: 0.0,
        }
    }
}

impl Sampling {
    /// The likeliest token, always.
    pub fn greedy() -> Self {
        Self {
            temperature: 0.0,
            top_p: 1.0,
            ..Self::default()
        }
    }

    /// Whether all values are in their ranges.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<()> {
        let shares = [
            ("top-p", self.top_p, self.top_p > 0.0),
            ("min-p", self.min_p, true),
        ];
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            return Err(wrong("temperature", self.temperature, "0, or a positive number"));
        }
        for (name, value, positive) in shares {
            if !(positive && (0.0..=1.0).contains(&value)) {
                return Err(wrong(name, value, "a probability between 0 and 1"));
            }
        }
        Ok(())
    }

    /// The distribution of the next token.
    ///
    /// # Errors
    /// If a logit is not finite.
    pub fn distribution(&self, logits: &[f32], p: &mut Distribution) -> Result<()> {
        let most = logits.iter().fold(f32::NEG_INFINITY, |most, l| most.max(*l));
        if !most.is_finite() || logits.iter().any(|l| l.is_nan()) {
            return Err(Error::data(
                "the model's logits are not finite",
                "its file may be damaged, or of a kind that is not quite what its header says",
            ));
        }
        let p = &mut p.0;
        p.clear();
        if self.temperature == 0.0 {
            let best = logits.iter().position(|l| *l == most);
            p.extend((0..logits.len()).map(|i| f64::from(u8::from(Some(i) == best))));
            return Ok(());
        }
        p.extend(
            logits
                .iter()
                .map(|l| (f64::from(l - most) / self.temperature).exp()),
        );
        scale(p);
        self.truncate(p);
        Ok(())
    }

    fn truncate(&self, p: &mut [f64]) {
        if self.top_k > 0 && self.top_k < p.len() {
            let mut order: Vec<usize> = (0..p.len()).collect();
            let (_, _, rest) = order.select_nth_unstable_by(self.top_k - 1, |a, b| likelier(p, *a, *b));
            rest.iter().for_each(|i| p[*i] = 0.0);
            scale(p);
        }
        if self.top_p < 1.0 {
            nucleus(p, self.top_p);
        }
        if self.min_p > 0.0 {
            let least = self.min_p * p.iter().fold(0.0, |most: f64, x| most.max(*x));
            p.iter_mut().filter(|x| **x < least).for_each(|x| *x = 0.0);
            scale(p);
        }
    }
}

fn wrong(name: &str, value: f64, expected: &str) -> Error {
    Error::data(
        format!("`--{name}` cannot be {value}"),
        format!("it is {expected}"),
    )
}

/// Order by probability, the first of equals first.
fn likelier(p: &[f64], a: usize, b: usize) -> std::cmp::Ordering {
    p[b].total_cmp(&p[a]).then(a.cmp(&b))
}

/// Keep the fewest tokens, likeliest first, that have `share` of the probability.
fn nucleus(p: &mut [f64], share: f64) {
    // Tokens up to this bound have 1 - share together at most: the nucleus is among the others, and few are sorted.
    let bound = (1.0 - share) / p.len() as f64;
    let mut order: Vec<usize> = (0..p.len()).filter(|i| p[*i] > bound).collect();
    order.sort_unstable_by(|a, b| likelier(p, *a, *b));
    let (mut sum, mut least) = (0.0, order.len());
    for (rank, i) in order.iter().enumerate() {
        sum += p[*i];
        if sum >= share {
            least = rank + 1;
            break;
        }
    }
    let mut kept = vec![0.0; p.len()];
    order[..least].iter().for_each(|i| kept[*i] = p[*i]);
    p.copy_from_slice(&kept);
    scale(p);
}

fn scale(p: &mut [f64]) {
    let sum: f64 = p.iter().sum();
    p.iter_mut().for_each(|x| *x /= sum);
}

/// The probability of every token.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distribution(pub(super) Vec<f64>);

impl Distribution {
    /// All of them.
    pub fn probabilities(&self) -> &[f64] {
        &self.0
    }

    /// That of one token; 0 if there is no such token.
    pub fn of(&self, token: u32) -> f64 {
        self.0.get(token as usize).copied().unwrap_or(0.0)
    }

    /// The token at draw number `index` of `stream`: the first at which the cumulative probability exceeds it.
    pub fn draw(&self, stream: Stream, index: u64) -> u32 {
        let u = stream.uniform(index);
        let (mut sum, mut last) = (0.0, 0);
        for (token, p) in (0_u32..).zip(&self.0).filter(|(_, p)| **p > 0.0) {
            sum += p;
            last = token;
            if u < sum {
                break;
            }
        }
        // Rounding may leave the sum a little below 1: the last possible token has the rest.
        last
    }

    /// The positive part of self - other, scaled to sum 1; nothing if there is none.
    pub fn excess(&self, other: &Self) -> Option<Self> {
        let mut rest: Vec<f64> = self
            .0
            .iter()
            .zip(&other.0)
            .map(|(q, p)| (q - p).max(0.0))
            .collect();
        if rest.iter().sum::<f64>() <= 0.0 {
            return None;
        }
        scale(&mut rest);
        Some(Self(rest))
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::LN_2;

    use super::*;

    fn of(sampling: Sampling, logits: &[f32]) -> Vec<f64> {
        let mut p = Distribution::default();
        sampling.distribution(logits, &mut p).unwrap();
        p.0
    }

    /// ln of 0.5, 0.25, 0.125, 0.125
    const LOGITS: [f32; 4] = [-3.0 * LN_2, -LN_2, -2.0 * LN_2, -3.0 * LN_2];

    #[test]
    fn truncations_keep_what_they_should() {
        let all = Sampling {
            temperature: 1.0,
            top_p: 1.0,
            ..Sampling::default()
        };
        let near = |p: Vec<f64>, expected: [f64; 4]| {
            let close = p.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(close, "{p:?} {expected:?}");
        };
        near(of(all, &LOGITS), [0.125, 0.5, 0.25, 0.125]);
        near(
            of(Sampling { top_k: 3, ..all }, &LOGITS),
            [1.0 / 7.0, 4.0 / 7.0, 2.0 / 7.0, 0.0],
        );
        near(
            of(Sampling { top_p: 0.7, ..all }, &LOGITS),
            [0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0],
        );
        near(of(Sampling { top_p: 1e-9, ..all }, &LOGITS), [0.0, 1.0, 0.0, 0.0]);
        near(
            of(Sampling { min_p: 0.4, ..all }, &LOGITS),
            [0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0],
        );
        let cool = Sampling {
            temperature: 0.5,
            ..all
        };
        near(
            of(cool, &LOGITS),
            [1.0 / 22.0, 16.0 / 22.0, 4.0 / 22.0, 1.0 / 22.0],
        );
        near(of(Sampling::greedy(), &LOGITS), [0.0, 1.0, 0.0, 0.0]);
        near(
            of(Sampling::greedy(), &[1.0, 3.0, 3.0, 3.0]),
            [0.0, 1.0, 0.0, 0.0],
        );
    }

    #[test]
    fn draws_follow_the_distribution() {
        let p = Distribution(vec![0.125, 0.5, 0.0, 0.375]);
        let (stream, n) = (Stream::new(1, "draws"), 80_000);
        let mut counts = [0_u32; 4];
        (0..n).for_each(|i| counts[p.draw(stream, i) as usize] += 1);
        assert_eq!(counts[2], 0);
        for (count, p) in counts.iter().zip(&p.0) {
            let expected = p * n as f64;
            assert!(
                (f64::from(*count) - expected).abs() <= 4.0 * expected.sqrt(),
                "{counts:?}"
            );
        }
    }

    #[test]
    fn values_out_of_range_and_logits_that_are_none_are_errors() {
        let own = Sampling::default();
        for wrong in [
            Sampling {
                temperature: -1.0,
                ..own
            },
            Sampling {
                temperature: f64::NAN,
                ..own
            },
            Sampling { top_p: 0.0, ..own },
            Sampling { top_p: 1.5, ..own },
            Sampling { min_p: -0.1, ..own },
        ] {
            assert!(wrong.check().unwrap_err().hint().is_some());
        }
        for wrong in [[f32::NAN, 1.0], [f32::NEG_INFINITY; 2], [f32::INFINITY, 0.0]] {
            assert!(own.distribution(&wrong, &mut Distribution::default()).is_err());
        }
    }
}
