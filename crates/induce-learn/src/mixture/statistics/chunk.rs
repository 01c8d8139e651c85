//! Rows on their way into sums.

use induce_core::linalg::sum_of;

use super::kernels::{PAD, about_expected, add_diagonal, differences, turn};
use crate::mixture::forms::{BLOCK, Form, Lanes, Scorer, normalize};
use crate::points::Points;

/// Numbers of a chunk of differences: with their multiples they stay in the second cache.
const CACHED: usize = 1 << 15;
/// Rows whose responsibilities sum to less than this share of a chunk's are left out: they change no bit of a sum that rounds at 1e-16,
/// and where components are apart most rows are such.
const NOTHING: f64 = 1e-26;

/// Rows that are scored by all components before any is summed.
pub struct Chunk {
    pub rows: usize,
    width: usize,
    /// w, 0 where there is no complete row. // (rows)
    weight: Vec<f64>,
    /// w r. // (components, rows)
    responsibilities: Vec<f64>,
    /// x - m of the rows that count, and its multiples by r. // (rows, padded width)
    away: Vec<f64>,
    scaled: Vec<f64>,
    /// Rows that count.
    active: Vec<usize>,
    x: Vec<Lanes>,
    difference: Vec<Lanes>,
    scores: Vec<Lanes>,
}

/// Rows that count for a component.
pub struct Active<'a> {
    /// x - m. // (rows, padded width)
    pub away: &'a [f64],
    /// r (x - m). // (rows, padded width)
    pub scaled: &'a [f64],
}

impl Chunk {
    pub fn new(width: usize, components: usize) -> Self {
        let padded = width.next_multiple_of(PAD);
        let rows = (CACHED / padded).clamp(64, 1024).next_multiple_of(BLOCK);
        Self {
            rows,
            width,
            weight: vec![0.0; rows],
            responsibilities: vec![0.0; components * rows],
            away: vec![0.0; rows * padded],
            scaled: vec![0.0; rows * padded],
            active: Vec::with_capacity(rows),
            x: vec![[0.0; BLOCK]; width],
            difference: vec![[0.0; BLOCK]; width],
            scores: vec![[0.0; BLOCK]; components],
        }
    }

    /// The responsibilities of `range`; rows with missing values are left to `incomplete`. The sums of w ln p and of -w sum r ln r.
    pub fn score(
        &mut self,
        points: &Points,
        range: std::ops::Range<usize>,
        scorer: &Scorer,
        beta: f64,
        mut incomplete: impl FnMut(usize),
    ) -> [f64; 2] {
        let mut sums = [0.0; 2];
        for (b, start) in range.clone().step_by(BLOCK).enumerate() {
            let rows = start..(start + BLOCK).min(range.end);
            let weight = load(points, rows.clone(), &mut self.x);
            for (row, _) in rows.zip(&weight).filter(|own| own.1.is_nan()) {
                incomplete(row);
            }
            let weight = weight.map(|w| if w.is_nan() { 0.0 } else { w });
            scorer.score(&self.x, &mut self.difference, &mut self.scores);
            self.scores.iter_mut().flatten().for_each(|s| *s *= beta);
            let normal = normalize(&mut self.scores);
            for l in (0..BLOCK).filter(|&l| weight[l] > 0.0) {
                sums[0] += weight[l] * normal.ln[l];
                sums[1] += weight[l] * normal.entropy[l];
            }
            self.weight[b * BLOCK..][..BLOCK].copy_from_slice(&weight);
            for (k, score) in self.scores.iter().enumerate() {
                let place = &mut self.responsibilities[k * self.rows + b * BLOCK..][..BLOCK];
                for l in 0..BLOCK {
                    place[l] = weight[l] * score[l];
                }
            }
        }
        // Blocks of an earlier chunk that was longer.
        let filled = range.len().next_multiple_of(BLOCK);
        self.weight[filled..].fill(0.0);
        for own in self.responsibilities.chunks_exact_mut(self.rows) {
            own[filled..].fill(0.0);
        }
        sums
    }

    /// Find the rows that count for a component; sum w r.
    pub fn select(&mut self, k: usize) -> f64 {
        let r = &self.responsibilities[k * self.rows..][..self.rows];
        let mass = sum_of(r, r, |r, _| r);
        let least = NOTHING * mass;
        self.active.clear();
        self.active.extend((0..self.rows).filter(|&l| r[l] > least));
        mass
    }

    /// The rows that were selected, about a mean; the points and where in them the chunk begins.
    pub fn gather(&mut self, (points, start): (&Points, usize), k: usize, mean: &[f64]) -> Active<'_> {
        let r = &self.responsibilities[k * self.rows..][..self.rows];
        let values = &points.values[start * self.width..];
        differences(values, &self.active, r, mean, &mut self.away, &mut self.scaled);
        let count = self.active.len() * self.width.next_multiple_of(PAD);
        Active {
            away: &self.away[..count],
            scaled: &self.scaled[..count],
        }
    }

    /// `sum += r d`, `square += r d^2` over the rows that were selected.
    pub fn add_diagonal(
        &self,
        (points, start): (&Points, usize),
        k: usize,
        mean: &[f64],
        sum: &mut [f64],
        square: &mut [f64],
    ) {
        let r = &self.responsibilities[k * self.rows..][..self.rows];
        add_diagonal(
            &points.values[start * self.width..],
            &self.active,
            r,
            mean,
            sum,
            square,
        );
    }

    /// All rows about what is expected of them under their responsibilities, by their weights.
    pub fn about_expected(
        &mut self,
        points: &Points,
        start: usize,
        forms: &[Form],
        probabilities: &[Vec<f64>],
    ) -> Active<'_> {
        let padded = self.width.next_multiple_of(PAD);
        let mut means = vec![0.0; forms.len() * padded];
        for (place, form) in means.chunks_exact_mut(padded).zip(forms) {
            place[..self.width].copy_from_slice(&form.mean);
        }
        self.active.clear();
        self.active
            .extend((0..self.rows).filter(|&l| self.weight[l] > 0.0));
        about_expected(
            &points.values[start * self.width..],
            &self.active,
            &self.weight,
            probabilities,
            &means,
            self.width,
            [&mut self.away, &mut self.scaled],
        );
        let count = self.active.len() * padded;
        Active {
            away: &self.away[..count],
            scaled: &self.scaled[..count],
        }
    }

    /// r without w. // (components, rows)
    pub fn probabilities(&self) -> Vec<Vec<f64>> {
        let share = |(r, w): (&f64, &f64)| if *w > 0.0 { r / w } else { 0.0 };
        let of = |own: &[f64]| own.iter().zip(&self.weight).map(share).collect();
        self.responsibilities.chunks_exact(self.rows).map(of).collect()
    }

    /// sum w r_k of what every row has.
    pub fn expected(&self, k: usize, of_rows: &[f64]) -> f64 {
        sum_of(
            &self.responsibilities[k * self.rows..][..self.rows],
            of_rows,
            |r, x| r * x,
        )
    }
}

/// Rows as lanes; their weights, NaN for rows with missing values, 0 where there is no row.
pub fn load(points: &Points, rows: std::ops::Range<usize>, x: &mut [Lanes]) -> Lanes {
    let mut weight = [0.0; BLOCK];
    for (weight, row) in weight.iter_mut().zip(rows.clone()) {
        *weight = points.weight(row);
    }
    if rows.len() < BLOCK {
        x.iter_mut().for_each(|lanes| lanes.fill(0.0));
    }
    turn(
        &points.values[rows.start * points.width..rows.end * points.width],
        x,
    );
    if points.has_missing() {
        for (l, row) in rows.enumerate() {
            if points.row(row).iter().any(|x| x.is_nan()) {
                weight[l] = f64::NAN;
                x.iter_mut().for_each(|lanes| lanes[l] = 0.0);
            }
        }
    }
    weight
}
