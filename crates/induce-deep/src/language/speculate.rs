//! Speculative sampling: several tokens per pass of the target, from exactly its distribution.
//!
//! A draft draws x_1 ... x_n from p_1 ... p_n; the target gives q_1 ... q_(n+1) in one pass. Guess x_i is kept with
//! probability min(1, q_i(x_i) / p_i(x_i)); the first that is not is replaced by a draw from the positive part of
//! q_i - p_i, scaled to sum 1, and the rest is dropped; if all are kept, one more token is drawn from q_(n+1)
//! (Leviathan et al. 2023, algorithm 1 and appendix A.1; Chen et al. 2023, algorithm 2). Temperature and truncation are
//! applied to both before, so that the distribution is the one that plain decoding draws from.

use induce_core::random::Stream;

use super::sampling::Distribution;

/// The streams of a text: what is drawn, and whether guesses are kept.
#[derive(Clone, Copy)]
pub struct Streams {
    pub tokens: Stream,
    pub guesses: Stream,
    pub keeps: Stream,
}

/// How many guesses were kept, and the token after them. `at` is the position of the first guess.
pub fn verify(
    guesses: &[(u32, Distribution)],
    target: &[Distribution],
    streams: Streams,
    at: u64,
) -> (usize, u32) {
    for (i, ((token, p), q)) in guesses.iter().zip(target).enumerate() {
        let index = at + i as u64;
        // u < q / p without the division: p is positive, for the token was drawn from it.
        let kept = streams.keeps.uniform(index) * p.of(*token) < q.of(*token);
        if !kept {
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
/// (Leviathan et al. 2023, theorem 3.8), where a is the share of guesses kept so far and c what a guess costs relative
/// to a pass of the target. No clock is asked, so that the same seed gives the same text.
pub struct Length {
    kept: f64,
    judged: f64,
    cost: f64,
    most: usize,
}

/// What one more row of a pass costs, relative to a pass of one row: the weights are there already.
const ROW: f64 = 0.1;

impl Length {
    /// At most `most` guesses of this `cost`; begins as if half of four had been kept.
    pub fn new(most: usize, cost: f64) -> Self {
        Self {
            kept: 2.0,
            judged: 4.0,
            cost: cost + ROW,
            most,
        }
    }

    /// Learn from a pass: guesses judged, and kept. Older passes count less.
    pub fn learn(&mut self, judged: usize, kept: usize) {
        const MEMORY: f64 = 0.95;
        self.kept = self.kept * MEMORY + kept as f64;
        self.judged = self.judged * MEMORY + judged as f64;
    }

    /// The best number.
    pub fn best(&self) -> usize {
        let a = (self.kept / self.judged).clamp(0.0, 0.99);
        let speed = |n: usize| (1.0 - a.powi(n as i32 + 1)) / (1.0 - a) / (1.0 + n as f64 * self.cost);
        let better = |best: usize, n: usize| if speed(n) > speed(best) { n } else { best };
        // At least one guess: without any, a draft that has become good again would never be found out.
        (1..=self.most).fold(1, better)
    }
}
