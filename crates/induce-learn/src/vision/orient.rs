//! Orientation of key points.

use induce_core::multiversion;

use super::grey::Grey;
use super::trigonometry::turns;

/// Directions that are told apart.
const BINS: usize = 36;

/// Radius of the surroundings in units of the Gaussian that weighs them.
const RADII: f32 = 3.0;

/// Width of that Gaussian in units of the key point's scale.
const WIDTH: f32 = 1.5;

/// A direction counts if it is at least this strong beside the strongest.
const PEAK: f32 = 0.8;

/// The directions of the gradient around (x, y), in turns: the strongest, and those almost as strong.
pub(super) fn directions(picture: &Grey, x: f32, y: f32, scale: f32) -> Vec<f32> {
    let smooth = smoothed(&histogram(picture, x, y, WIDTH * scale));
    let strongest = smooth.iter().fold(0.0_f32, |m, v| m.max(*v));
    let mut found = Vec::new();
    for i in 0..BINS {
        let (left, here, right) = (smooth[(i + BINS - 1) % BINS], smooth[i], smooth[(i + 1) % BINS]);
        if here > left && here > right && here >= PEAK * strongest {
            let bin = i as f32 + 0.5 * (left - right) / (left - 2.0 * here + right);
            found.push((bin / BINS as f32).rem_euclid(1.0));
        }
    }
    found
}

fn histogram(picture: &Grey, x: f32, y: f32, sigma: f32) -> [f32; BINS] {
    let radius = (RADII * sigma).round() as usize;
    let (cx, cy) = (x.round() as usize, y.round() as usize);
    let left = cx.saturating_sub(radius).max(1);
    let right = (cx + radius).min(picture.width - 2);
    let top = cy.saturating_sub(radius).max(1);
    let bottom = (cy + radius).min(picture.height - 2);
    let weight = |d: f32| (-0.5 * (d / sigma) * (d / sigma)).exp();
    let across: Vec<f32> = (left..=right).map(|u| weight(u as f32 - cx as f32)).collect();
    let mut out = [0.0; BINS];
    for v in top..=bottom {
        let down = weight(v as f32 - cy as f32);
        add_row(picture, left, v, &across, down, &mut out);
    }
    out
}

multiversion! {
    /// Add the gradients of row `y`, from column `left` on, to the histogram.
    fn add_row(picture: &Grey, left: usize, y: usize, across: &[f32], down: f32, out: &mut [f32; BINS]) {
        const MOST: usize = 64;
        let (above, here, below) = (picture.row(y - 1), picture.row(y), picture.row(y + 1));
        let (mut bins, mut sizes) = ([0_i32; MOST], [0.0_f32; MOST]);
        for (block, across) in across.chunks(MOST).enumerate() {
            let (n, x) = (across.len(), left + block * MOST);
            let (up, down_row) = (&above[x..x + n], &below[x..x + n]);
            let (west, east) = (&here[x - 1..x - 1 + n], &here[x + 1..x + 1 + n]);
            for j in 0..n {
                let (dx, dy) = (east[j] - west[j], down_row[j] - up[j]);
                sizes[j] = (dx * dx + dy * dy).sqrt() * across[j] * down;
                bins[j] = (turns(dx, dy) * BINS as f32 + 0.5) as i32;
            }
            for j in 0..n {
                out[bins[j] as usize % BINS] += sizes[j];
            }
        }
    }
}

/// The histogram with a binomial of width 5 over it.
fn smoothed(raw: &[f32; BINS]) -> [f32; BINS] {
    std::array::from_fn(|i| {
        let at = |d: usize| raw[(i + BINS + d - 2) % BINS];
        (at(0) + at(4)) * (1.0 / 16.0) + (at(1) + at(3)) * (4.0 / 16.0) + at(2) * (6.0 / 16.0)
    })
}
