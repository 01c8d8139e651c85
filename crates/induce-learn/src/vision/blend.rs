//! Mosaics of two pictures.

use std::ops::Range;

use induce_core::picture::Picture;
use induce_core::{Error, Result, multiversion, parallel};

use super::bands::{HALO, Plane, blended, masks};
use super::coverage::Mosaic;
use crate::robust::plane::{Matrix, adjugate, determinant, multiply, transfer};

/// Most pixels of a mosaic.
const MOST: f64 = 100e6;

/// A mosaic may be this many times as large as both pictures; beyond, the homography stretches the first one beyond
/// recognition.
const STRETCH: f64 = 6.0;

/// Rows per task.
const STRIP: usize = 16;

/// How one picture gives way to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blend {
    /// Band by band of spatial frequency (Burt and Adelson 1983): no seam and no ghosting.
    #[default]
    Bands,
    /// By the distance to their borders: faster, but misalignments show as ghosts.
    Feather,
}

/// Lay picture `a` over picture `b`, in the coordinates of `b`, shifted so that both fit.
///
/// Where they overlap, the picture is taken whose border is farther away, or a mean weighed by that distance, as
/// `blend` says; each is brightened or darkened first so that both agree there (Brown and Lowe, *Automatic panoramic
/// image stitching using invariant features*, IJCV 2007, section 6, for two pictures). `a` is sampled bilinearly. What
/// neither shows is black and not covered; pixels at borders are covered in part. The result does not depend on `threads`;
/// beside it, blending needs the memory of some hundred bytes for each pixel of a few strips.
///
/// # Errors
/// If the mosaic would be far larger than the pictures.
pub fn mosaic(a: &Picture, b: &Picture, h: &Matrix, blend: Blend, threads: usize) -> Result<Mosaic> {
    let frame = frame(a, b, h)?;
    let shift = frame.shift();
    let (a, b) = (Layer::new(a, &multiply(&shift, h))?, Layer::new(b, &shift)?);
    let gains = gains(&a, &b, &frame);
    // Colours and coverage lie side by side, so that a strip is one chunk.
    let mut pixels = vec![0_u8; frame.width * frame.height * 4];
    let rows = match blend {
        Blend::Feather => STRIP,
        Blend::Bands => TALL,
    };
    parallel::for_each_chunk(threads, &mut pixels, rows * frame.width * 4, |strip, out| {
        let first = strip * rows;
        let last = first + out.len() / (4 * frame.width);
        match blend {
            Blend::Feather => feather(&a, &b, &gains, first..last, out),
            Blend::Bands => banded(&a, &b, &gains, &frame, first..last, out),
        }
    });
    Mosaic::of(frame.width, frame.height, &pixels)
}

fn feather(a: &Layer, b: &Layer, gains: &[f32; 2], rows: Range<usize>, out: &mut [u8]) {
    let width = out.len() / (4 * rows.len());
    let [mut first, mut second] = [vec![[0.0; 4]; width], vec![[0.0; 4]; width]];
    for (y, out) in rows.zip(out.chunks_exact_mut(4 * width)) {
        a.sample(y, &mut first);
        b.sample(y, &mut second);
        mix(&first, &second, gains, out);
    }
}

/// Rows of a strip that is blended by bands: as many as its halo, and on the grid of the coarsest band, so that strips
/// fit together as if there were one.
const TALL: usize = 2 * HALO;

/// Blend `rows`, and what their bands depend on above and below.
fn banded(a: &Layer, b: &Layer, gains: &[f32; 2], frame: &Frame, rows: Range<usize>, out: &mut [u8]) {
    let around = rows.start.saturating_sub(HALO)..(rows.end + HALO).min(frame.height);
    let (width, height) = (frame.width, around.len());
    let plane = || Plane {
        width,
        height,
        values: vec![0.0; width * height],
    };
    let (mut mask, mut soft, mut shown) = (plane(), plane(), vec![0_u8; rows.len() * width]);
    let skip = (rows.start - around.start) * width;
    let mut colours = [[plane(), plane(), plane()], [plane(), plane(), plane()]];
    let [mut first, mut second] = [vec![[0.0; 4]; width], vec![[0.0; 4]; width]];
    for (i, y) in around.clone().enumerate() {
        a.sample(y, &mut first);
        b.sample(y, &mut second);
        for (x, (p, q)) in first.iter().zip(&second).enumerate() {
            let at = i * width + x;
            if let Some(shown) = at.checked_sub(skip).and_then(|at| shown.get_mut(at)) {
                *shown = coverage(p[3].max(q[3]));
            }
            mask.values[at] = f32::from(u8::from(p[3] > q[3]));
            soft.values[at] = p[3] / (p[3] + q[3]).max(f32::MIN_POSITIVE);
            for c in 0..3 {
                // Where one picture ends it goes on as the other: nothing changes at its border but what has to.
                let (own, other) = (p[c] * gains[0], q[c] * gains[1]);
                colours[0][c].values[at] = if p[3] > 0.0 { own } else { other };
                colours[1][c].values[at] = if q[3] > 0.0 { other } else { own };
            }
        }
    }
    let masks = masks(mask, soft);
    let [p, q] = colours;
    for (c, (p, q)) in p.into_iter().zip(q).enumerate() {
        let blended = blended(p, q, &masks);
        let values = &blended.values[skip..];
        let pixels = out[c..].iter_mut().step_by(4).zip(values).zip(&shown);
        for ((out, value), _) in pixels.filter(|(_, shown)| **shown > 0) {
            *out = value.round().clamp(0.0, 255.0) as u8;
        }
    }
    let opacity = out[3..].iter_mut().step_by(4).zip(shown);
    opacity.for_each(|(out, shown)| *out = shown);
}

/// How much of a pixel a picture covers whose border is `weight` - 1/2 pixels away.
fn coverage(weight: f32) -> u8 {
    (weight.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Where the mosaic lies in the coordinates of the second picture.
struct Frame {
    left: f64,
    top: f64,
    width: usize,
    height: usize,
}

impl Frame {
    /// From the second picture to the mosaic.
    fn shift(&self) -> Matrix {
        [1.0, 0.0, -self.left, 0.0, 1.0, -self.top, 0.0, 0.0, 1.0]
    }
}

fn frame(a: &Picture, b: &Picture, h: &Matrix) -> Result<Frame> {
    let corners = |p: &Picture| {
        let (x, y) = (p.width as f64 - 1.0, p.height as f64 - 1.0);
        [[0.0, 0.0], [x, 0.0], [0.0, y], [x, y]]
    };
    let behind = corners(a)
        .iter()
        .any(|p| h[6] * p[0] + h[7] * p[1] + h[8] <= 1e-12);
    let all: Vec<[f64; 2]> = corners(a)
        .map(|p| transfer(h, p))
        .into_iter()
        .chain(corners(b))
        .collect();
    let low = |axis: usize| all.iter().fold(f64::INFINITY, |m, p| m.min(p[axis])).floor();
    let high = |axis: usize| all.iter().fold(f64::NEG_INFINITY, |m, p| m.max(p[axis])).ceil();
    let (width, height) = (high(0) - low(0) + 1.0, high(1) - low(1) + 1.0);
    let area = |p: &Picture| (p.width * p.height) as f64;
    let most = (STRETCH * (area(a) + area(b))).min(MOST);
    let fits = width * height <= most;
    if behind || !fits {
        let size = if behind {
            "an infinite size".into()
        } else {
            format!("{width} x {height} pixels")
        };
        return Err(Error::data(
            format!("the mosaic would have {size}: the first picture is seen from too far aside"),
            "name the pictures in the other order, or take one in between",
        ));
    }
    Ok(Frame {
        left: low(0),
        top: low(1),
        width: width as usize,
        height: height as usize,
    })
}

/// A picture and the map from the mosaic to it.
struct Layer<'a> {
    picture: &'a Picture,
    back: Matrix,
}

impl<'a> Layer<'a> {
    fn new(picture: &'a Picture, forth: &Matrix) -> Result<Self> {
        let d = determinant(forth);
        let back = adjugate(forth).map(|v| v / d);
        if back.iter().all(|v| v.is_finite()) {
            return Ok(Self { picture, back });
        }
        Err(Error::data(
            "the homography has no inverse",
            "give other pictures",
        ))
    }

    /// Colours and weight along row `y` of the mosaic: half a pixel more than the distance to the border, so that a pixel
    /// which the border cuts has a weight from 0 to 1; 0 outside the picture.
    fn sample(&self, y: usize, out: &mut [[f32; 4]]) {
        let Picture {
            width,
            height,
            channels,
            pixels,
        } = self.picture;
        sample(&self.back, *width, *height, *channels, pixels, y, out);
    }

    /// The colours at one pixel of the mosaic.
    fn at(&self, x: usize, y: usize) -> Option<[f32; 3]> {
        let mut out = [[0.0; 4]];
        let mut shifted = Self { ..*self };
        (0..3).for_each(|r| shifted.back[3 * r + 2] += self.back[3 * r] * x as f64);
        shifted.sample(y, &mut out);
        (out[0][3] > 0.0).then_some([out[0][0], out[0][1], out[0][2]])
    }
}

multiversion! {
    fn sample(
        back: &Matrix, width: usize, height: usize, channels: usize, pixels: &[u8], y: usize, out: &mut [[f32; 4]],
    ) {
        let (right, bottom) = (width as f64 - 1.0, height as f64 - 1.0);
        let y = y as f64;
        for (x, out) in out.iter_mut().enumerate() {
            let x = x as f64;
            let w = 1.0 / (back[6] * x + back[7] * y + back[8]);
            let u = (back[0] * x + back[1] * y + back[2]) * w;
            let v = (back[3] * x + back[4] * y + back[5]) * w;
            // The border is half a pixel past the outermost centres, and cuts pixels up to half of one further.
            if !(w > 0.0 && u > -1.0 && v > -1.0 && u < right + 1.0 && v < bottom + 1.0) {
                *out = [0.0; 4];
                continue;
            }
            let edge = (u + 0.5).min(right + 0.5 - u).min((v + 0.5).min(bottom + 0.5 - v));
            let (u, v) = (u.clamp(0.0, right), v.clamp(0.0, bottom));
            let (i, j) = (u as usize, v as usize);
            let (fu, fv) = ((u - i as f64) as f32, (v - j as f64) as f32);
            let (next, under) = ((i + 1).min(width - 1), (j + 1).min(height - 1));
            for c in 0..3 {
                let channel = if channels == 1 { 0 } else { c };
                let value = |x: usize, y: usize| f32::from(pixels[(y * width + x) * channels + channel]);
                let top = value(i, j) + fu * (value(next, j) - value(i, j));
                let low = value(i, under) + fu * (value(next, under) - value(i, under));
                out[c] = top + fv * (low - top);
            }
            out[3] = (edge + 0.5) as f32;
        }
    }
}

/// Along each axis, places of the mosaic at which brightness is compared.
const PROBES: usize = 200;

/// No picture is changed by more than this factor.
const MOST_GAIN: f32 = 2.0;

/// Brightness from which on differences are hard to see.
const NEARLY_WHITE: f32 = 250.0;

/// The factors of both pictures by which their means agree where they overlap; 1 where they do not.
///
/// For two pictures the least-squares gains of the paper with a prior at 1 are the square roots of the ratio of means,
/// one up and one down; one factor for all colours, which keeps hues. The picture that is brightened is not brightened
/// beyond what its own bright places bear, sky and clouds; the other one is darkened the more.
fn gains(a: &Layer, b: &Layer, frame: &Frame) -> [f32; 2] {
    let (mut sums, mut count) = ([0.0_f64; 2], 0);
    let mut brightest = [Vec::new(), Vec::new()];
    for (py, px) in (0..PROBES).flat_map(|py| (0..PROBES).map(move |px| (py, px))) {
        let (x, y) = (px * frame.width / PROBES, py * frame.height / PROBES);
        let both = [a.at(x, y), b.at(x, y)];
        for (bright, colours) in brightest.iter_mut().zip(&both) {
            bright.extend(colours.map(|own| own.into_iter().fold(0.0, f32::max)));
        }
        if let [Some(p), Some(q)] = both {
            sums[0] += f64::from(p.iter().sum::<f32>());
            sums[1] += f64::from(q.iter().sum::<f32>());
            count += 1;
        }
    }
    if count == 0 || sums[0] <= 0.0 || sums[1] <= 0.0 {
        return [1.0; 2];
    }
    let ratio = ((sums[1] / sums[0]) as f32).clamp(MOST_GAIN.powi(-2), MOST_GAIN.powi(2));
    let darker = usize::from(ratio < 1.0);
    let up = ratio
        .max(1.0 / ratio)
        .sqrt()
        .min(headroom(&mut brightest[darker]))
        .max(1.0);
    let mut gains = [up / ratio.max(1.0 / ratio); 2];
    gains[darker] = up;
    gains
}

/// By how much a picture can be brightened before more than a hundredth of it is nearly white.
fn headroom(brightest: &mut [f32]) -> f32 {
    let place = brightest.len() * 99 / 100;
    if place >= brightest.len() {
        return 1.0;
    }
    let (_, bright, _) = brightest.select_nth_unstable_by(place, f32::total_cmp);
    NEARLY_WHITE / bright.max(1.0)
}

/// How sharply one picture gives way to the other: near the middle of the overlap both are mixed, elsewhere the
/// nearer one is taken almost alone, so that small misalignments do not appear twice.
const SHARPNESS: i32 = 4;

fn mix(a: &[[f32; 4]], b: &[[f32; 4]], gains: &[f32; 2], out: &mut [u8]) {
    let (out, _) = out.as_chunks_mut::<4>();
    for ((a, b), out) in a.iter().zip(b).zip(out) {
        let larger = a[3].max(b[3]);
        if larger <= 0.0 {
            *out = [0; 4];
            continue;
        }
        let (wa, wb) = ((a[3] / larger).powi(SHARPNESS), (b[3] / larger).powi(SHARPNESS));
        *out = std::array::from_fn(|c| match c {
            3 => coverage(larger),
            _ => {
                let value = (wa * a[c] * gains[0] + wb * b[c] * gains[1]) / (wa + wb);
                value.round().clamp(0.0, 255.0) as u8
            }
        });
    }
}
