//! Chebyshev's polynomials as filters of a spectrum.

use crate::parallel::Team;

use super::block::CHUNK;
use super::operator::Symmetric;

/// What a filter damps: eigenvalues in `cut..high`. Those below `cut` grow, the faster the further they are below.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    pub(super) cut: f64,
    pub(super) high: f64,
}

impl Band {
    fn centre(self) -> f64 {
        0.5 * (self.cut + self.high)
    }

    fn half(self) -> f64 {
        0.5 * (self.high - self.cut)
    }

    /// `acosh |t|` of an eigenvalue below the band, t its place where the band is [-1, 1]: per degree, the logarithm of its growth.
    pub(super) fn growth(self, value: f64) -> f64 {
        ((self.centre() - value) / self.half()).max(1.0).acosh()
    }

    /// `T_d((c - A) / e) X / T_d((c - lowest) / e)`: the recurrence scaled so that nothing overflows.
    ///
    /// Zhou, Saad, Tiago & Chelikowsky 2006, *Self-consistent-field calculations using Chebyshev-filtered subspace
    /// iteration*, algorithm 4.3.
    pub(super) fn filter(
        self,
        a: &dyn Symmetric,
        x: Vec<f64>,
        width: usize,
        lowest: f64,
        degree: usize,
        team: &Team,
    ) -> Vec<f64> {
        let (centre, half) = (self.centre(), self.half());
        let first = half / (lowest - centre);
        let mut sigma = first;
        let mut before = x;
        let mut now = vec![0.0; before.len()];
        let step = |from: &[f64], into: &mut [f64], scale: f64, back: f64| {
            team.for_each_chunk(into, CHUNK * width, |c, into| {
                let rows = c * CHUNK..c * CHUNK + into.len() / width;
                let own = &from[rows.start * width..rows.end * width];
                let mut product = vec![0.0; into.len()];
                a.multiply_rows(rows, from, width, &mut product);
                let terms = into.iter_mut().zip(product.iter().zip(own));
                terms.for_each(|(y, (ax, x))| *y = scale * (ax - centre * x) - back * *y);
            });
        };
        step(&before, &mut now, sigma / half, 0.0);
        for _ in 1..degree {
            let next = 1.0 / (2.0 / first - sigma);
            step(&now, &mut before, 2.0 * next / half, sigma * next);
            std::mem::swap(&mut before, &mut now);
            sigma = next;
        }
        now
    }
}
