//! The posterior of topics.

use induce_core::parallel;
use induce_core::random::Stream;
use induce_prob::math::exp;
use induce_prob::polygamma::digamma;

use super::special::digammas;

/// q(beta_k) = Dirichlet(lambda_k).
#[derive(Debug, Clone, PartialEq)]
pub struct Topics {
    /// Number of topics.
    pub count: usize,
    /// lambda, a word after the other. // (words, topics)
    pub lambda: Vec<f64>,
}

/// exp E ln beta, divided by the largest of every word.
pub struct Expected {
    /// A word after the other. // (words, topics)
    pub scaled: Vec<f64>,
    /// The logarithm of what each was divided by. // (words)
    pub ln_scale: Vec<f64>,
}

/// Words that one task does.
const CHUNK: usize = 256;

impl Topics {
    /// Near to uniform, each in its own way: deviations of a tenth, as those of Hoffman et al.
    pub fn random(words: usize, count: usize, stream: Stream) -> Self {
        let spread = 0.1 * 12.0_f64.sqrt();
        let value = |i: usize| 1.0 + spread * (stream.uniform(i as u64) - 0.5);
        Self {
            count,
            lambda: (0..words * count).map(value).collect(),
        }
    }

    /// Number of words.
    pub fn words(&self) -> usize {
        self.lambda.len() / self.count
    }

    /// sum_w lambda_kw. // (topics)
    pub fn totals(&self) -> Vec<f64> {
        totals(&self.lambda, self.count)
    }

    /// E beta. // (words, topics)
    pub fn mean(&self) -> Vec<f64> {
        let totals = self.totals();
        let share = |(i, l): (usize, &f64)| l / totals[i % self.count];
        self.lambda.iter().enumerate().map(share).collect()
    }

    /// What E-steps read.
    pub fn expected(&self, threads: usize) -> Expected {
        Expected::of(&self.lambda, &self.totals(), threads)
    }
}

/// The sums over words. // values (words, topics)
pub fn totals(values: &[f64], count: usize) -> Vec<f64> {
    let mut all = vec![0.0; count];
    for word in values.chunks_exact(count) {
        all.iter_mut().zip(word).for_each(|(t, l)| *t += l);
    }
    all
}

impl Expected {
    /// That of some words, given what all words of a topic add up to. // lambda (words, topics), totals (topics)
    pub fn of(lambda: &[f64], totals: &[f64], threads: usize) -> Self {
        let (k, all): (usize, Vec<f64>) = (totals.len(), totals.iter().map(|t| digamma(*t)).collect());
        let mut scaled = vec![0.0; lambda.len()];
        parallel::for_each_chunk(threads, &mut scaled, CHUNK * k, |i, chunk| {
            digammas(&lambda[i * CHUNK * k..][..chunk.len()], chunk);
            for word in chunk.chunks_exact_mut(k) {
                word.iter_mut().zip(&all).for_each(|(l, all)| *l -= all);
            }
        });
        let most = |word: &[f64]| word.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let ln_scale: Vec<f64> = scaled.chunks_exact(k).map(most).collect();
        parallel::for_each_chunk(threads, &mut scaled, CHUNK * k, |i, chunk| {
            for (word, most) in chunk.chunks_exact_mut(k).zip(&ln_scale[i * CHUNK..]) {
                word.iter_mut().for_each(|l| *l = exp(*l - most));
            }
        });
        Self { scaled, ln_scale }
    }
}
