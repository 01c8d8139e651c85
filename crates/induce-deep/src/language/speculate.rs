//! Speculative sampling: several tokens per pass of the target, from exactly its distribution.
//!
//! A draft draws x_1 ... x_n from p_1 ... p_n; the target gives q_1 ... q_(n+1) in one pass. Guess x_i is accepted with
//! probability min(1, q_i(x_i) / p_i(x_i)); the first that is not is replaced by a draw from the positive part of
//! q_i - p_i, scaled to sum 1, and the rest is dropped; if all are accepted, one more token is drawn from q_(n+1)
//! (Leviathan et al. 2023, algorithm 1 and appendix A.1; Chen et al. 2023, algorithm 2). Temperature and truncation are
//! applied to both before, so that the distribution is the one that plain decoding draws from.

use induce_core::random::Stream;

use super::sampling::Distribution;

/// The streams of a text: what is drawn, and whether guesses are accepted.
#[derive(Clone, Copy)]
pub struct Streams {
    pub tokens: Stream,
    pub guesses: Stream,
    pub accepts: Stream,
}

/// How many guesses were accepted, and the token after them. `at` is the position of the first guess.
pub fn verify(
    guesses: &[(u32, Distribution)],
    target: &[Distribution],
    streams: Streams,
    at: u64,
) -> (usize, u32) {
    for (i, ((token, p), q)) in guesses.iter().zip(target).enumerate() {
        let index = at + i as u64;
        // u < q / p without the division: p is positive, for the token was drawn from it.
        let accepted = streams.accepts.uniform(index) * p.of(*token) < q.of(*token);
        if !accepted {
            // Where nothing is in excess, p and q are equal but for rounding, and a draw from q is one.
            let rest = q.excess(p);
            return (i, rest.as_ref().unwrap_or(q).draw(streams.tokens, index));
        }
    }
    let index = at + guesses.len() as u64;
    (guesses.len(), target[guesses.len()].draw(streams.tokens, index))
}

/// How many guesses to ask for: the number n with the most tokens per time,
///
/// (1 - a^(n+1)) / (1 - a) / (1 + n c)
///
/// (Leviathan et al. 2023, theorem 3.8), where a is the fraction of guesses accepted so far and c what a guess and its row cost
/// relative to a pass of the target. No clock is asked, so that the same seed gives the same text.
pub struct Length {
    accepted: f64,
    drafted: f64,
    cost: f64,
    most: usize,
}

/// What one more row of a pass costs, relative to a pass of one row, with a model of so many bytes.
///
/// Measured on passes of 2 to 9 rows with two threads. Weights that come from memory are there for the other rows already:
/// 0.05 to 0.10 for SmolLM2-135M in 8 bits, 0.10 to 0.18 in 4 bits, 0.07 to 0.19 in bfloat16. Where they are in the caches
/// (stories260K, 1 MB) arithmetic takes most of the time: 0.27 to 0.43.
pub fn row(bytes: usize) -> f64 {
    /// What is sure to be in the caches of one processor or another.
    const CACHED: usize = 16 << 20;
    if bytes < CACHED { 0.35 } else { 0.15 }
}

/// No draft is right so often that more guesses at once would pay; asking every number up to `usize::MAX` took for ever.
const MOST: usize = 1024;

impl Length {
    /// At most `most` guesses of this `cost`, their [rows](row) included; begins as if half of four had been accepted.
    pub fn new(most: usize, cost: f64) -> Self {
        Self {
            accepted: 2.0,
            drafted: 4.0,
            cost,
            most,
        }
    }

    /// Learn from a pass: guesses drafted, and accepted. Older passes count less.
    pub fn learn(&mut self, drafted: usize, accepted: usize) {
        const MEMORY: f64 = 0.95;
        self.accepted = self.accepted * MEMORY + accepted as f64;
        self.drafted = self.drafted * MEMORY + drafted as f64;
    }

    /// The best number.
    pub fn best(&self) -> usize {
        let a = (self.accepted / self.drafted).clamp(0.0, 0.99);
        let speed = |n: usize| (1.0 - a.powi(n as i32 + 1)) / (1.0 - a) / (1.0 + n as f64 * self.cost);
        let better = |best: usize, n: usize| if speed(n) > speed(best) { n } else { best };
        // At least one guess: without any, a draft that has become good again would never be found out.
        (1..=self.most.min(MOST)).fold(1, better)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: usize = 4;

    /// A distribution that depends on the text, with some words impossible.
    fn distribution(text: &[u32], of: u64) -> Distribution {
        let context = text
            .iter()
            .fold(of, |hash, token| hash * 31 + u64::from(*token) + 1);
        let stream = Stream::new(of, "toy").child(context);
        let raw = |i: u64| (stream.uniform(i) - 0.2).max(0.0);
        let p: Vec<f64> = (0..WORDS as u64).map(raw).collect();
        let sum: f64 = p.iter().sum();
        Distribution(p.iter().map(|x| x / sum).collect())
    }

    /// Three words by speculation with `length` guesses at once, and (drafted, accepted).
    fn text(seed: u64, length: usize, draft: u64, target: u64) -> (Vec<u32>, usize, usize) {
        let named = |name| Stream::new(seed, name);
        let streams = Streams {
            tokens: named("t"),
            guesses: named("g"),
            accepts: named("k"),
        };
        let (mut text, mut drafted, mut accepted) = (Vec::new(), 0, 0);
        while text.len() < 3 {
            let at = text.len() as u64;
            let (mut whole, mut guesses) = (text.clone(), Vec::new());
            for i in 0..length as u64 {
                let p = distribution(&whole, draft);
                let token = p.draw(streams.guesses, at + i);
                whole.push(token);
                guesses.push((token, p));
            }
            let q: Vec<_> = (text.len()..=whole.len())
                .map(|n| distribution(&whole[..n], target))
                .collect();
            let (ok, last) = verify(&guesses, &q, streams, at);
            drafted += length.min(ok + 1);
            accepted += ok;
            text.extend(guesses[..ok].iter().map(|g| g.0).chain([last]));
        }
        text.truncate(3);
        (text, drafted, accepted)
    }

    /// Chi-square of whole strings against the product of the target's distributions: it would see a wrong residual,
    /// a wrong extra token, and draws that are used twice.
    #[test]
    fn strings_of_three_have_exactly_the_targets_distribution() {
        let n = 100_000;
        for length in [1, 2, 4] {
            let mut counts = vec![0.0_f64; WORDS.pow(3)];
            let place = |t: &[u32]| t.iter().fold(0, |place, w| place * WORDS + *w as usize);
            (0..n).for_each(|seed| counts[place(&text(seed, length, 5, 9).0)] += 1.0);
            let (mut chi, mut freedom) = (0.0, -1.0_f64);
            for a in 0..WORDS as u32 {
                for b in 0..WORDS as u32 {
                    for c in 0..WORDS as u32 {
                        let p = distribution(&[], 9).of(a)
                            * distribution(&[a], 9).of(b)
                            * distribution(&[a, b], 9).of(c);
                        let (count, expected) = (counts[place(&[a, b, c])], p * n as f64);
                        if expected == 0.0 {
                            assert_eq!(count, 0.0, "an impossible text");
                        } else {
                            chi += (count - expected).powi(2) / expected;
                            freedom += 1.0;
                        }
                    }
                }
            }
            // Mean and deviation of chi-square; four deviations.
            assert!(
                chi < freedom + 4.0 * (2.0 * freedom).sqrt(),
                "{chi} with {freedom} degrees of freedom"
            );
        }
    }

    /// P(accepted) = sum min(p, q) = 1 - TV(p, q) (Leviathan et al. 2023, corollary 3.6).
    #[test]
    fn the_share_of_kept_guesses_is_one_less_total_variation() {
        let (p, q, n) = (distribution(&[], 5), distribution(&[], 9), 100_000);
        let named = |name| Stream::new(1, name);
        let streams = Streams {
            tokens: named("t"),
            guesses: named("g"),
            accepts: named("k"),
        };
        let accepted: usize = (0..n)
            .map(|i| {
                verify(
                    &[(p.draw(streams.guesses, i), p.clone())],
                    &[q.clone(), q.clone()],
                    streams,
                    i,
                )
                .0
            })
            .sum();
        let share: f64 = p.0.iter().zip(&q.0).map(|(p, q)| p.min(*q)).sum();
        let sigma = (share * (1.0 - share) / n as f64).sqrt();
        assert!(
            (accepted as f64 / n as f64 - share).abs() < 4.0 * sigma,
            "{accepted} {share}"
        );
    }

    #[test]
    fn equal_drafts_are_always_kept_and_disjoint_ones_never() {
        for seed in 0..2000 {
            let (_, drafted, accepted) = text(seed, 3, 9, 9);
            assert_eq!(drafted, accepted);
        }
        let named = |name| Stream::new(1, name);
        let streams = Streams {
            tokens: named("t"),
            guesses: named("g"),
            accepts: named("k"),
        };
        let (p, q) = (Distribution(vec![1.0, 0.0]), Distribution(vec![0.0, 1.0]));
        for i in 0..100 {
            assert_eq!(
                verify(&[(0, p.clone())], &[q.clone(), q.clone()], streams, i),
                (0, 1)
            );
        }
    }

    #[test]
    fn good_drafts_are_asked_for_more() {
        assert!(Length::new(usize::MAX, 0.15).best() <= MOST);
        let (mut good, mut bad) = (Length::new(8, 0.15), Length::new(8, 0.15));
        for _ in 0..50 {
            good.learn(4, 4);
            bad.learn(1, 0);
        }
        assert_eq!((good.best(), bad.best()), (8, 1));
    }
}
