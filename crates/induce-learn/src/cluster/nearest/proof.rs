//! What scores in single precision prove of distances, for many rows at once.

use induce_core::multiversion;

use super::exact::Found;
use super::tile::Best;

/// Rows that are looked at together.
pub const BLOCK: usize = 96;

/// How far a score may be off.
#[derive(Clone, Copy)]
pub struct Slack {
    /// Rounding of a product and its sum, relative to what is summed.
    pub gamma: f64,
    /// The largest |c|.
    pub longest: f64,
}

impl Slack {
    /// A score is off by at most gamma (|x| |c| + |c|^2 / 2): inputs are rounded once, and every term of the sum.
    #[inline(always)]
    fn error(self, x: f64, c: f64) -> f64 {
        self.gamma * (x * c + 0.5 * c * c) + f32::MIN_POSITIVE as f64
    }

    /// Whether the centre with the first score is the nearest, if above 0; at most how far it is, and at least how far the others are.
    ///
    /// A centre that is as near as the best is not longer than |x| and that distance together.
    #[inline(always)]
    pub fn proof(self, x: f64, own: f64, first: f64, second: f64) -> (f64, f64, f64) {
        let far = distance(x, first - self.error(x, own));
        let reach = least(self.longest, x + far);
        let margin = first - second - self.error(x, own) - self.error(x, reach);
        (margin, far, self.apart(x, second))
    }

    /// How far from a row of length `x` centres are at least, of which none has a larger score.
    #[inline(always)]
    pub fn apart(self, x: f64, score: f64) -> f64 {
        let next = x + distance(x, score);
        let others = distance(x, score + self.error(x, least(self.longest, next)));
        let longer = if next < self.longest {
            next - x
        } else {
            f64::INFINITY
        };
        least(others, longer)
    }
}

/// |x - c| of |x| and a score.
#[inline(always)]
fn distance(x: f64, score: f64) -> f64 {
    let squared = x * x - 2.0 * score;
    if squared > 0.0 { squared.sqrt() } else { 0.0 }
}

#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Scores of rows, and what they prove.
pub struct Proofs {
    index: [u32; BLOCK],
    length: [f64; BLOCK],
    own: [f64; BLOCK],
    first: [f64; BLOCK],
    second: [f64; BLOCK],
    margin: [f64; BLOCK],
}

impl Proofs {
    /// Of no rows.
    pub fn new() -> Self {
        Self {
            index: [0; BLOCK],
            length: [0.0; BLOCK],
            own: [0.0; BLOCK],
            first: [0.0; BLOCK],
            second: [0.0; BLOCK],
            margin: [0.0; BLOCK],
        }
    }

    /// The scores of a row of length `x`, and the length of its best centre, if there is one.
    #[inline]
    pub fn put(&mut self, at: usize, x: f64, own: Option<&f64>, best: Best) {
        self.index[at] = best.index;
        self.length[at] = x;
        self.own[at] = own.copied().unwrap_or(f64::NAN);
        self.first[at] = f64::from(best.first);
        self.second[at] = f64::from(best.second);
    }

    /// The nearest centre, where that is proven: not of NaN, which is a row with a missing coordinate.
    #[inline]
    pub fn found(&self, at: usize) -> Option<Found> {
        (self.margin[at] > 0.0).then_some(Found {
            index: self.index[at],
            distance: self.first[at],
            second: self.second[at],
        })
    }
}

multiversion! {
    /// Distances in the place of scores.
    pub fn prove(rows: &mut Proofs, slack: Slack) {
        for i in 0..BLOCK {
            let (margin, far, apart) = slack.proof(rows.length[i], rows.own[i], rows.first[i], rows.second[i]);
            (rows.margin[i], rows.first[i], rows.second[i]) = (margin, far, apart);
        }
    }
}
