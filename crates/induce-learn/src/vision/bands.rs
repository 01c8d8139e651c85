//! Blending band by band.
//!
//! Each picture is split into bands of spatial frequency, the Laplacian pyramid; a band goes over from one picture to
//! the other within about its own wavelength (Burt and Adelson, *A multiresolution spline with application to image
//! mosaics*, ACM Transactions on Graphics 1983):
//!
//! ```text
//! out = sum_l expand_l( m_l L_l(a) + (1 - m_l) L_l(b) ),   m_l = reduce_l(mask)
//! ```
//!
//! Brightness changes over slowly and shows no seam; details change over at once and show no ghosts.

use induce_core::multiversion;

/// Halvings of the coarsest band: brightness goes over within some 2^5 pixels to either side.
const LEVELS: usize = 5;

/// Rows that a pixel's result depends on to either side, at most: 2 (2^5 - 1) while bands are made finer and as much
/// while they are made coarser, up to a whole pixel of the coarsest.
pub(super) const HALO: usize = 4 << LEVELS;

/// One channel, row-major.
#[derive(Clone, Default)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

impl Plane {
    fn zeros(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            values: vec![0.0; width * height],
        }
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..(y + 1) * self.width]
    }

    /// Every other pixel of every other row, after the binomial of width 5; edges repeat.
    fn reduced(&self) -> Self {
        let mut out = Self::zeros(self.width.div_ceil(2), self.height.div_ceil(2));
        let mut middle = vec![0.0; self.width];
        let last = self.height - 1;
        for (i, out) in out.values.chunks_exact_mut(self.width.div_ceil(2)).enumerate() {
            let y = 2 * i;
            let rows =
                [y.saturating_sub(2), y.saturating_sub(1), y, y + 1, y + 2].map(|y| self.row(y.min(last)));
            binomial(rows, &mut middle);
            halve(&middle, out);
        }
        out
    }

    /// Twice as large, to `width` x `height`: the transpose of [`reduced`](Self::reduced), so that constants stay.
    fn expanded(&self, width: usize, height: usize) -> Self {
        let mut out = Self::zeros(width, height);
        let mut middle = vec![0.0; self.width];
        let last = self.height - 1;
        for (y, out) in out.values.chunks_exact_mut(width).enumerate() {
            let i = y / 2;
            let near = [i.saturating_sub(1), i, (i + 1).min(last)].map(|i| self.row(i));
            let weights = if y % 2 == 0 {
                [0.125, 0.75, 0.125]
            } else {
                [0.0, 0.5, 0.5]
            };
            three(near, weights, &mut middle);
            double(&middle, out);
        }
        out
    }
}

multiversion! {
    fn binomial(rows: [&[f32]; 5], out: &mut [f32]) {
        let n = out.len();
        let [a, b, c, d, e] = rows.map(|row| &row[..n]);
        for x in 0..n {
            out[x] = (a[x] + e[x]) * 0.0625 + (b[x] + d[x]) * 0.25 + c[x] * 0.375;
        }
    }
}

multiversion! {
    fn halve(row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        for (i, out) in out.iter_mut().enumerate() {
            let x = 2 * i;
            let at = |x: usize| row[x.min(last)];
            let (left, far) = (at(x.saturating_sub(1)), at(x.saturating_sub(2)));
            *out = (far + at(x + 2)) * 0.0625 + (left + at(x + 1)) * 0.25 + row[x] * 0.375;
        }
    }
}

multiversion! {
    fn three(rows: [&[f32]; 3], weights: [f32; 3], out: &mut [f32]) {
        let n = out.len();
        let [a, b, c] = rows.map(|row| &row[..n]);
        for x in 0..n {
            out[x] = a[x] * weights[0] + b[x] * weights[1] + c[x] * weights[2];
        }
    }
}

multiversion! {
    fn double(row: &[f32], out: &mut [f32]) {
        let last = row.len() - 1;
        for (i, pair) in out.chunks_mut(2).enumerate() {
            let (left, here, right) = (row[i.saturating_sub(1)], row[i], row[(i + 1).min(last)]);
            pair[0] = (left + right) * 0.125 + here * 0.75;
            if let [_, odd] = pair {
                *odd = 0.5 * (here + right);
            }
        }
    }
}

multiversion! {
    /// `a - b`, into `a`.
    fn less(a: &mut [f32], b: &[f32]) {
        for (a, b) in a.iter_mut().zip(b) {
            *a -= b;
        }
    }
}

multiversion! {
    /// `b + m (a - b)`, into `a`.
    fn mix(a: &mut [f32], b: &[f32], m: &[f32]) {
        for ((a, b), m) in a.iter_mut().zip(b).zip(m) {
            *a = b + m * (*a - b);
        }
    }
}

multiversion! {
    fn add(a: &mut [f32], b: &[f32]) {
        for (a, b) in a.iter_mut().zip(b) {
            *a += b;
        }
    }
}

/// A mask at every level, finest first; the same for all channels.
///
/// The coarsest band, plain brightness, has no details that could show double: it goes over as slowly as `soft` does,
/// for pictures that grow darker towards their corners differ over more than that band's wavelength.
pub(super) fn masks(mask: Plane, mut soft: Plane) -> Vec<Plane> {
    let mut levels = vec![mask];
    while levels.len() <= LEVELS && levels.last().is_some_and(|m| m.width.min(m.height) > 1) {
        let next = levels.last().map(Plane::reduced).unwrap_or_default();
        levels.push(next);
        soft = soft.reduced();
    }
    if let Some(last) = levels.last_mut() {
        *last = soft;
    }
    levels
}

/// Where the mask is 1 `a`, where it is 0 `b`, and each band mixed between.
pub(super) fn blended(a: Plane, b: Plane, masks: &[Plane]) -> Plane {
    let (mut a, mut b) = (a, b);
    let mut bands = Vec::with_capacity(masks.len());
    for mask in masks {
        let coarser = bands.len() + 1 < masks.len();
        let next = if coarser {
            [a.reduced(), b.reduced()]
        } else {
            [Plane::default(), Plane::default()]
        };
        if coarser {
            less(&mut a.values, &next[0].expanded(a.width, a.height).values);
            less(&mut b.values, &next[1].expanded(b.width, b.height).values);
        }
        mix(&mut a.values, &b.values, &mask.values);
        bands.push(a);
        [a, b] = next;
    }
    let coarsest = bands.pop().unwrap_or_default();
    bands.into_iter().rev().fold(coarsest, |sum, mut band| {
        add(&mut band.values, &sum.expanded(band.width, band.height).values);
        band
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, height: usize, value: impl Fn(usize, usize) -> f32) -> Plane {
        let values = (0..width * height).map(|i| value(i % width, i / width)).collect();
        Plane {
            width,
            height,
            values,
        }
    }

    /// Whatever the mask, a picture blended with itself is itself.
    #[test]
    fn bands_add_up() {
        for (width, height) in [(1, 1), (2, 7), (33, 64), (131, 70)] {
            let a = plane(width, height, |x, y| ((x * x * 7 + y * 31) % 255) as f32);
            let mask = plane(width, height, |x, y| ((x / 5 + y / 7) % 2) as f32);
            let got = blended(a.clone(), a.clone(), &masks(mask.clone(), mask));
            let off = got.values.iter().zip(&a.values).map(|(g, a)| (g - a).abs());
            assert!(off.fold(0.0, f32::max) < 1e-3, "{width} x {height}");
        }
    }

    /// A step of brightness becomes a slope; a pattern changes over at once.
    #[test]
    fn coarse_bands_go_over_slowly_and_fine_ones_at_once() {
        let fine = |x: usize, y: usize| if (x + y).is_multiple_of(2) { 10.0 } else { -10.0 };
        let a = plane(256, 32, |x, y| 100.0 + fine(x, y));
        let b = plane(256, 32, |_, _| 140.0);
        let mask = plane(256, 32, |x, _| f32::from(u8::from(x < 128)));
        let got = blended(a, b, &masks(mask.clone(), mask));
        let row = got.row(16);
        let smooth: Vec<f32> = row.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
        let steepest = smooth.windows(2).skip(10).take(230).map(|w| (w[1] - w[0]).abs());
        assert!(steepest.fold(0.0, f32::max) < 6.0);
        let pattern = |x: usize| (row[x] - 0.5 * (row[x - 1] + row[x + 1])).abs();
        assert!(
            pattern(122) > 15.0 && pattern(134) < 2.0,
            "{} {}",
            pattern(122),
            pattern(134)
        );
        assert!(
            (row[2] - 100.0).abs() > 8.0 && (smooth[2] - 100.0).abs() < 2.0 && (row[250] - 140.0).abs() < 2.0
        );
    }
}
