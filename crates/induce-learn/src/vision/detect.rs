//! Extrema of the difference of Gaussians.

use induce_core::multiversion;

use super::pyramid::{Octave, SCALES};
use super::workspace::Workspace;

/// Differences per octave.
const LAYERS: usize = SCALES + 2;

/// Rows per task.
const STRIP: usize = 32;

/// Pixels at the border that are not searched.
pub(super) const BORDER: usize = 5;

/// A refined extremum, in the octave's pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extremum {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Which picture of the octave, with its fraction.
    pub(super) layer: f32,
    /// The difference there, in grey values.
    pub(super) contrast: f32,
}

/// The extrema of an octave in the order of their rows.
///
/// A pixel counts if none of its 26 neighbours in place and scale is farther out on its side, the quadric through
/// them has contrast at least `contrast` (grey values, over the scales of an octave), and the ratio of its principal
/// curvatures is below `edge` (Lowe, *Distinctive image features from scale-invariant keypoints*, IJCV 2004).
pub(super) fn extrema(octave: &Octave, contrast: f32, edge: f32, workspace: &mut Workspace) -> Vec<Extremum> {
    let (width, height) = (octave.width(), octave.height());
    if width <= 2 * BORDER || height <= 2 * BORDER {
        return Vec::new();
    }
    let rows = height - 2 * BORDER;
    let strips = workspace.map(rows.div_ceil(STRIP), |strip| {
        let first = BORDER + strip * STRIP;
        let end = (first + STRIP).min(height - BORDER);
        let least = 0.5 * contrast / SCALES as f32;
        let found = candidates(octave, first, end, least);
        let refined = found
            .into_iter()
            .filter_map(|place| refine(octave, place, contrast, edge));
        refined.collect::<Vec<_>>()
    });
    strips.concat()
}

/// A pixel of a layer: (layer, x, y).
type Place = (usize, usize, usize);

/// The largest and smallest of each pixel's column of three, per layer.
#[derive(Default, Clone)]
struct Bands {
    high: Vec<f32>,
    low: Vec<f32>,
}

fn candidates(octave: &Octave, first: usize, end: usize, least: f32) -> Vec<Place> {
    let width = octave.width();
    // Three rows of every layer; row y stands at y % 3.
    let mut differences = vec![vec![0.0_f32; 3 * width]; LAYERS];
    let mut bands = vec![
        Bands {
            high: vec![0.0; width],
            low: vec![0.0; width]
        };
        LAYERS
    ];
    let mut marks = vec![0_u8; width];
    let mut found = Vec::new();
    for y in first - 1..=end {
        for (layer, rows) in differences.iter_mut().enumerate() {
            let (below, above) = (octave.pictures[layer].row(y), octave.pictures[layer + 1].row(y));
            subtract(below, above, &mut rows[y % 3 * width..(y % 3 + 1) * width]);
        }
        if y < first + 1 {
            continue;
        }
        let middle = (y - 1) % 3 * width;
        for (rows, bands) in differences.iter().zip(&mut bands) {
            extremes(rows, width, &mut bands.high, &mut bands.low);
        }
        for layer in 1..=SCALES {
            let values = &differences[layer][middle..middle + width];
            let [a, b, c] = [0, 1, 2].map(|k| &bands[layer + k - 1]);
            mark(
                values,
                [&a.high, &b.high, &c.high],
                [&a.low, &b.low, &c.low],
                least,
                &mut marks,
            );
            collect(&marks, |x| found.push((layer, x, y - 1)));
        }
    }
    found
}

multiversion! {
    fn subtract(below: &[f32], above: &[f32], out: &mut [f32]) {
        for (out, (a, b)) in out.iter_mut().zip(above.iter().zip(below)) {
            *out = a - b;
        }
    }
}

/// `max` of the hardware, one instruction where `f32::max` must care for NaN.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

multiversion! {
    /// The extremes of each 3 x 3 neighbourhood, from three rows.
    fn extremes(rows: &[f32], width: usize, high: &mut [f32], low: &mut [f32]) {
        let (a, rest) = rows.split_at(width);
        let (b, c) = rest.split_at(width);
        let n = width - 2;
        let (high, low) = (&mut high[1..1 + n], &mut low[1..1 + n]);
        let [a0, a1, a2] = [&a[..n], &a[1..1 + n], &a[2..2 + n]];
        let [b0, b1, b2] = [&b[..n], &b[1..1 + n], &b[2..2 + n]];
        let [c0, c1, c2] = [&c[..n], &c[1..1 + n], &c[2..2 + n]];
        for x in 0..n {
            let left = larger(larger(a0[x], b0[x]), c0[x]);
            let middle = larger(larger(a1[x], b1[x]), c1[x]);
            let right = larger(larger(a2[x], b2[x]), c2[x]);
            high[x] = larger(larger(left, middle), right);
            let left = smaller(smaller(a0[x], b0[x]), c0[x]);
            let middle = smaller(smaller(a1[x], b1[x]), c1[x]);
            let right = smaller(smaller(a2[x], b2[x]), c2[x]);
            low[x] = smaller(smaller(left, middle), right);
        }
    }
}

multiversion! {
    /// 1 where a value is an extreme of its 27.
    fn mark(values: &[f32], high: [&[f32]; 3], low: [&[f32]; 3], least: f32, marks: &mut [u8]) {
        let n = marks.len();
        let values = &values[..n];
        let [h0, h1, h2] = [&high[0][..n], &high[1][..n], &high[2][..n]];
        let [l0, l1, l2] = [&low[0][..n], &low[1][..n], &low[2][..n]];
        for x in 0..n {
            let v = values[x];
            let top = v > least && v >= larger(larger(h0[x], h1[x]), h2[x]);
            let bottom = v < -least && v <= smaller(smaller(l0[x], l1[x]), l2[x]);
            marks[x] = u8::from(top | bottom);
        }
    }
}

/// Call `f` with every marked column inside the border.
fn collect(marks: &[u8], mut f: impl FnMut(usize)) {
    let end = marks.len() - BORDER;
    let mut x = BORDER;
    while x < end {
        let run = &marks[x..(x + 16).min(end)];
        if run.iter().fold(0, |any, m| any | m) != 0 {
            for (i, _) in run.iter().enumerate().filter(|(_, m)| **m != 0) {
                f(x + i);
            }
        }
        x += 16;
    }
}

/// Steps to the extremum of the quadric, at most.
const STEPS: usize = 5;

/// Where between the pixels the extremum is; none if it runs away, is too flat, or stands on an edge.
fn refine(octave: &Octave, (mut layer, mut x, mut y): Place, contrast: f32, edge: f32) -> Option<Extremum> {
    for _ in 0..STEPS {
        let d = Neighbours::of(octave, layer, x, y);
        let [dx, dy, ds] = d.offset()?;
        if dx.abs() < 0.5 && dy.abs() < 0.5 && ds.abs() < 0.5 {
            let value = d.value + 0.5 * (d.gradient[0] * dx + d.gradient[1] * dy + d.gradient[2] * ds);
            let strong = value.abs() * SCALES as f32 >= contrast;
            return (strong && d.is_blob(edge)).then_some(Extremum {
                x: x as f32 + dx,
                y: y as f32 + dy,
                layer: layer as f32 + ds,
                contrast: value.abs(),
            });
        }
        x = moved(x, dx, BORDER, octave.width() - BORDER)?;
        y = moved(y, dy, BORDER, octave.height() - BORDER)?;
        layer = moved(layer, ds, 1, SCALES + 1)?;
    }
    None
}

/// `from` and the nearest whole of `step`, if that lies in `low..end`.
fn moved(from: usize, step: f32, low: usize, end: usize) -> Option<usize> {
    let to = from as f32 + step.round();
    (to >= low as f32 && to < end as f32).then_some(to as usize)
}

/// Value, gradient and curvatures of the difference at a pixel, by central differences.
struct Neighbours {
    value: f32,
    gradient: [f32; 3],
    xx: f32,
    yy: f32,
    ss: f32,
    xy: f32,
    xs: f32,
    ys: f32,
}

impl Neighbours {
    fn of(octave: &Octave, layer: usize, x: usize, y: usize) -> Self {
        let at = |dx: isize, dy: isize, ds: isize| {
            let (x, y) = (x.wrapping_add_signed(dx), y.wrapping_add_signed(dy));
            let below = &octave.pictures[layer.wrapping_add_signed(ds)];
            let above = &octave.pictures[layer.wrapping_add_signed(ds) + 1];
            above.at(x, y) - below.at(x, y)
        };
        let value = at(0, 0, 0);
        let second = |up: f32, down: f32| up + down - 2.0 * value;
        let (right, left) = (at(1, 0, 0), at(-1, 0, 0));
        let (bottom, top) = (at(0, 1, 0), at(0, -1, 0));
        let (next, last) = (at(0, 0, 1), at(0, 0, -1));
        Self {
            value,
            gradient: [0.5 * (right - left), 0.5 * (bottom - top), 0.5 * (next - last)],
            xx: second(right, left),
            yy: second(bottom, top),
            ss: second(next, last),
            xy: 0.25 * (at(1, 1, 0) - at(-1, 1, 0) - at(1, -1, 0) + at(-1, -1, 0)),
            xs: 0.25 * (at(1, 0, 1) - at(-1, 0, 1) - at(1, 0, -1) + at(-1, 0, -1)),
            ys: 0.25 * (at(0, 1, 1) - at(0, -1, 1) - at(0, 1, -1) + at(0, -1, -1)),
        }
    }

    /// Minus the inverse of the Hessian times the gradient; none if it is singular.
    fn offset(&self) -> Option<[f32; 3]> {
        let h = [
            self.xx, self.xy, self.xs, self.xy, self.yy, self.ys, self.xs, self.ys, self.ss,
        ]
        .map(f64::from);
        let determinant = crate::robust::plane::determinant(&h);
        let inverse = crate::robust::plane::adjugate(&h);
        let step: [f64; 3] = std::array::from_fn(|i| {
            let dot: f64 = (0..3)
                .map(|k| inverse[i * 3 + k] * f64::from(self.gradient[k]))
                .sum();
            -dot / determinant
        });
        step.iter().all(|s| s.is_finite()).then(|| step.map(|s| s as f32))
    }

    fn is_blob(&self, edge: f32) -> bool {
        let trace = self.xx + self.yy;
        let determinant = self.xx * self.yy - self.xy * self.xy;
        determinant > 0.0 && trace * trace * edge < (edge + 1.0) * (edge + 1.0) * determinant
    }
}
