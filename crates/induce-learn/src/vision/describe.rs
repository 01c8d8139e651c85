//! Descriptors of key points.

use induce_core::multiversion;

use super::grey::Grey;
use super::trigonometry::turns;

/// Length of a descriptor: 4 x 4 cells of 8 directions.
pub(super) const LENGTH: usize = CELLS * CELLS * DIRECTIONS;

const CELLS: usize = 4;
const DIRECTIONS: usize = 8;

/// Side of a cell in units of the key point's scale.
const CELL: f32 = 3.0;

/// No entry may exceed this fraction of the descriptor's length: a single edge or a highlight shall not decide.
const CAP: f32 = 0.2;

/// Cells with a margin of one all around, directions with one more: additions need not ask where they fall.
const MARGIN: usize = CELLS + 2;
const BINS: usize = DIRECTIONS + 1;
type Histogram = [f32; MARGIN * MARGIN * BINS];

/// The histogram of gradients around (x, y), turned by `direction` (in turns), of length 512 and cut to bytes.
///
/// Lowe (2004), section 6: each gradient is shared among the 8 nearest of 4 x 4 x 8 bins, weighed by a Gaussian as
/// wide as two cells.
pub(super) fn describe(picture: &Grey, x: f32, y: f32, scale: f32, direction: f32) -> [u8; LENGTH] {
    let window = Window::new(picture, x, y, scale, direction);
    let mut histogram: Histogram = [0.0; MARGIN * MARGIN * BINS];
    for row in window.top..=window.bottom {
        let (left, right) = window.columns(row);
        if left <= right {
            add_row(picture, &window, row, left, right, &mut histogram);
        }
    }
    quantised(folded(&histogram))
}

/// The turned square around a key point.
struct Window {
    x: f32,
    y: f32,
    /// Cosine and sine of the direction, over the side of a cell.
    cos: f32,
    sin: f32,
    direction: f32,
    top: usize,
    bottom: usize,
    width: usize,
    /// The Gaussian weight of a distance in pixels, which is a product over the axes.
    weight: Vec<f32>,
    radius: usize,
}

/// Half the side of the square, in cells: beyond, a gradient contributes to no bin.
const REACH: f32 = (CELLS as f32 + 1.0) * 0.5;

impl Window {
    fn new(picture: &Grey, x: f32, y: f32, scale: f32, direction: f32) -> Self {
        let cell = CELL * scale;
        let (sin, cos) = (direction * std::f32::consts::TAU).sin_cos();
        let reach = REACH * cell * (sin.abs() + cos.abs());
        let (x0, y0) = (x.round(), y.round());
        let top = (y0 - reach).ceil().max(1.0) as usize;
        let bottom = (y0 + reach).floor().min(picture.height as f32 - 2.0) as usize;
        let radius = reach.ceil() as usize + 1;
        let half = 0.5 / (0.5 * CELLS as f32 * cell).powi(2);
        Self {
            x: x0,
            y: y0,
            cos: cos / cell,
            sin: sin / cell,
            direction,
            top,
            bottom,
            width: picture.width,
            weight: (0..=radius).map(|d| (-half * (d * d) as f32).exp()).collect(),
            radius,
        }
    }

    /// The columns of a row that lie in the square: where two strips meet.
    fn columns(&self, row: usize) -> (usize, usize) {
        let dy = row as f32 - self.y;
        let (mut low, mut high) = (-(self.radius as f32) + 1.0, self.radius as f32 - 1.0);
        for (a, b) in [(self.cos, self.sin * dy), (-self.sin, self.cos * dy)] {
            // |a dx + b| < REACH
            if a.abs() > 1e-6 {
                let (p, q) = ((-REACH - b) / a, (REACH - b) / a);
                low = low.max(p.min(q));
                high = high.min(p.max(q));
            }
        }
        let left = (self.x + low).ceil().max(1.0);
        let right = (self.x + high).floor().min(self.width as f32 - 2.0);
        if right < left {
            (1, 0)
        } else {
            (left as usize, right as usize)
        }
    }
}

/// Pixels of a row that are prepared together.
const MOST: usize = 64;

multiversion! {
    /// Distribute the gradients of columns `left..=right` of a row among the bins.
    fn add_row(picture: &Grey, window: &Window, y: usize, left: usize, right: usize, out: &mut Histogram) {
        let (above, here, below) = (picture.row(y - 1), picture.row(y), picture.row(y + 1));
        let dy = y as f32 - window.y;
        let down = window.weight[(y as i32 - window.y as i32).unsigned_abs() as usize];
        let middle = window.x as i32;
        let (mut place, mut turn) = ([0_i32; MOST], [0.0_f32; MOST]);
        let (mut fu, mut fv, mut size) = ([0.0_f32; MOST], [0.0_f32; MOST], [0.0_f32; MOST]);
        let mut start = left;
        while start <= right {
            let n = MOST.min(right + 1 - start);
            let (up, under) = (&above[start..start + n], &below[start..start + n]);
            let (west, east) = (&here[start - 1..start - 1 + n], &here[start + 1..start + 1 + n]);
            for j in 0..n {
                let dx = (start + j) as f32 - window.x;
                // Cell coordinates, 0 the middle of the first cell; the margin makes them positive.
                let u = window.cos * dx + window.sin * dy + (0.5 * CELLS as f32 + 0.5);
                let v = window.cos * dy - window.sin * dx + (0.5 * CELLS as f32 + 0.5);
                let (gx, gy) = (east[j] - west[j], under[j] - up[j]);
                let o = turns(gx, gy) - window.direction;
                let o = (if o < 0.0 { o + 1.0 } else { o }) * DIRECTIONS as f32;
                let clamp = |v: f32| if v < 0.0 { 0.0 } else if v > CELLS as f32 + 0.999 { CELLS as f32 + 0.999 } else { v };
                let (u, v) = (clamp(u), clamp(v));
                let o = if o >= DIRECTIONS as f32 { 0.0 } else { o };
                let (iu, iv, io) = (u as i32, v as i32, o as i32);
                place[j] = (iv * MARGIN as i32 + iu) * BINS as i32 + io;
                (fu[j], fv[j], turn[j]) = (u - iu as f32, v - iv as f32, o - io as f32);
                size[j] = (gx * gx + gy * gy).sqrt() * down;
            }
            for j in 0..n {
                let across = window.weight[(start as i32 + j as i32 - middle).unsigned_abs() as usize];
                let size = size[j] * across;
                let (bottom, right) = (size * fv[j], fu[j]);
                let top = size - bottom;
                let corners = [top - top * right, top * right, bottom - bottom * right, bottom * right];
                let place = place[j] as usize;
                for (corner, offset) in corners.into_iter().zip([0, BINS, MARGIN * BINS, (MARGIN + 1) * BINS]) {
                    let next = corner * turn[j];
                    if let [a, b] = &mut out[place + offset..place + offset + 2] {
                        *a += corner - next;
                        *b += next;
                    }
                }
            }
            start += n;
        }
    }
}

/// Without the margin; the direction after the last is the first.
fn folded(histogram: &Histogram) -> [f32; LENGTH] {
    std::array::from_fn(|i| {
        let (cell, direction) = (i / DIRECTIONS, i % DIRECTIONS);
        let (v, u) = (cell / CELLS + 1, cell % CELLS + 1);
        let bins = &histogram[(v * MARGIN + u) * BINS..][..BINS];
        if direction == 0 {
            bins[0] + bins[DIRECTIONS]
        } else {
            bins[direction]
        }
    })
}

fn quantised(mut raw: [f32; LENGTH]) -> [u8; LENGTH] {
    let length = |v: &[f32; LENGTH]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
    let cap = CAP * length(&raw);
    raw.iter_mut().for_each(|v| *v = v.min(cap));
    let scale = 512.0 / length(&raw).max(1e-20);
    raw.map(|v| (v * scale).round().min(255.0) as u8)
}
