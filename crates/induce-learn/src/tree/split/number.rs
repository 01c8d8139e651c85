//! Splits of ordered codes.

use super::super::histogram::{Sum, curvature, gradient};
use super::super::mask::CodeTest;
use super::node::{Node, Split};

/// A cut after code `last`, with missing values on one side.
#[derive(Clone, Copy)]
struct Cut {
    last: usize,
    missing_left: bool,
    left: Sum,
}

/// The best cut, if it gains more than `floor`.
pub(super) fn best(node: &Node, feature: usize, bins: &[Sum], monotone: i8, floor: f64) -> Option<Split> {
    let cut = if node.is_plain() && monotone == 0 && bins.len() <= LANES {
        fast(node, bins, floor)
    } else {
        careful(node, bins, monotone)
    }?;
    let gain = node.gain(cut.left, node.rules.lambda);
    let test = CodeTest::at_most(cut.last as u16, cut.missing_left);
    (gain >= floor).then_some(Split {
        gain,
        feature,
        test,
        missing_left: cut.missing_left,
        left: cut.left,
    })
}

/// With nothing missing here, later missing values follow the heavier side.
pub(super) fn missing_side(node: &Node, left: Sum) -> bool {
    2 * u64::from(curvature(left)) >= u64::from(curvature(node.total))
}

/// The last code a cut may follow: cutting after the last one only parts missing from present.
pub(super) fn last_cut(bins: &[Sum]) -> usize {
    bins.len() - if bins[0] == 0 { 2 } else { 1 }
}

/// Any rules, one cut at a time in double precision.
fn careful(node: &Node, bins: &[Sum], monotone: i8) -> Option<Cut> {
    let mut best: Option<(f64, Cut)> = None;
    let mut below: Sum = 0;
    for last in 1..=last_cut(bins) {
        below = below.wrapping_add(bins[last]);
        let mut consider = |left: Sum, missing_left: bool| {
            if node.admits(left, monotone) {
                let gain = node.gain(left, node.rules.lambda);
                if best.is_none_or(|(g, _)| gain > g) {
                    best = Some((
                        gain,
                        Cut {
                            last,
                            missing_left,
                            left,
                        },
                    ));
                }
            }
        };
        if bins[0] == 0 {
            consider(below, missing_side(node, below));
        } else {
            consider(below, false);
            consider(below.wrapping_add(bins[0]), true);
        }
    }
    best.map(|(_, cut)| cut)
}

/// Codes the fast path handles.
pub(super) const LANES: usize = 256;

/// Plain rules: all cuts at once in single precision, in fixed-point units.
/// Which cut wins may differ from [`careful`] only where gains agree to 6 digits.
fn fast(node: &Node, bins: &[Sum], floor: f64) -> Option<Cut> {
    // A little less than what the exact gain must reach.
    let units = Units::new(node, (floor + node.parent) / Units::one(node) * (1.0 - 1e-5));
    let cuts = last_cut(bins);
    let (top, cut) = best_cut(&units, &bins[1..=cuts], 0)?;
    let left = |cut: usize| {
        bins[1..=cut + 1]
            .iter()
            .fold(0, |sum: Sum, b| sum.wrapping_add(*b))
    };
    // Below the floor the index means nothing: it may be of a cut that leaves a side too light.
    if bins[0] == 0 {
        if top < units.floor {
            return None;
        }
        let left = left(cut);
        return Some(Cut {
            last: cut + 1,
            missing_left: missing_side(node, left),
            left,
        });
    }
    match best_cut(&units, &bins[1..=cuts], bins[0]) {
        Some((other, cut)) if other > top && other >= units.floor => Some(Cut {
            last: cut + 1,
            missing_left: true,
            left: left(cut).wrapping_add(bins[0]),
        }),
        _ if top >= units.floor => Some(Cut {
            last: cut + 1,
            missing_left: false,
            left: left(cut),
        }),
        _ => None,
    }
}

pub(super) struct Units {
    total: Sum,
    lambda: f32,
    least: f32,
    pub floor: f32,
}

/// Cuts scored at a time.
const CHUNK: usize = 16;

/// Running sums of `bins` from `start` on, into `sums`.
///
/// A running sum waits for every addition before it; four quarters summed side by
/// side, and shifted afterwards, wait a quarter as long.
#[inline(always)]
pub(super) fn running_sums(bins: &[Sum], start: Sum, sums: &mut [Sum; LANES]) {
    let quarter = bins.len().min(LANES) / 4;
    let (a, rest) = bins.split_at(quarter);
    let (b, rest) = rest.split_at(quarter);
    let (c, rest) = rest.split_at(quarter);
    let (d, rest) = rest.split_at(quarter);
    let (out_a, out) = sums.split_at_mut(quarter);
    let (out_b, out) = out.split_at_mut(quarter);
    let (out_c, out) = out.split_at_mut(quarter);
    let (out_d, out) = out.split_at_mut(quarter);
    let mut run: [Sum; 4] = [start, 0, 0, 0];
    for i in 0..quarter {
        run[0] = run[0].wrapping_add(a[i]);
        run[1] = run[1].wrapping_add(b[i]);
        run[2] = run[2].wrapping_add(c[i]);
        run[3] = run[3].wrapping_add(d[i]);
        out_a[i] = run[0];
        out_b[i] = run[1];
        out_c[i] = run[2];
        out_d[i] = run[3];
    }
    let mut before = run[0];
    for (quarter, out) in [out_b, out_c, out_d].into_iter().enumerate() {
        out.iter_mut().for_each(|s| *s = s.wrapping_add(before));
        before = before.wrapping_add(run[quarter + 1]);
    }
    for (out, bin) in out.iter_mut().zip(rest) {
        before = before.wrapping_add(*bin);
        *out = before;
    }
}

induce_core::multiversion! {
    /// The best score and its index among the cuts after each of `bins`, with `extra` on the left.
    ///
    /// `None` only if every cut leaves a side too light.
    fn best_cut(units: &Units, bins: &[Sum], extra: Sum) -> Option<(f32, usize)> {
        let n = bins.len().min(LANES);
        let mut sums = [0; LANES];
        running_sums(&bins[..n], extra, &mut sums);
        let used = n.next_multiple_of(CHUNK);
        // Beyond the last cut nothing is on the right, so padding scores -1.
        sums[n..used].fill(units.total);
        let mut scores = [0.0_f32; LANES];
        let mut top = [-1.0_f32; CHUNK];
        for (sums, scores) in sums[..used].chunks_exact(CHUNK).zip(scores.chunks_exact_mut(CHUNK)) {
            let (mut g, mut h) = ([0_i32; CHUNK], [0_u32; CHUNK]);
            for lane in 0..CHUNK {
                g[lane] = gradient(sums[lane]);
                h[lane] = curvature(sums[lane]);
            }
            for lane in 0..CHUNK {
                let score = units.score(g[lane], h[lane]);
                scores[lane] = score;
                top[lane] = if score > top[lane] { score } else { top[lane] };
            }
        }
        let best = top.iter().fold(-1.0_f32, |a, &b| if b > a { b } else { a });
        if best < 0.0 {
            return None;
        }
        if best < units.floor {
            return Some((best, 0)); // too little to care where
        }
        for (chunk, scores) in scores[..used].chunks_exact(CHUNK).enumerate() {
            let hits = scores.iter().enumerate().fold(0_u32, |hits, (lane, &s)| hits | u32::from(s == best) << lane);
            if hits != 0 {
                return Some((best, chunk * CHUNK + hits.trailing_zeros() as usize));
            }
        }
        None
    }
}

impl Units {
    /// Of this node, with a floor in units.
    pub(super) fn new(node: &Node, floor: f64) -> Self {
        Self {
            total: node.total,
            lambda: (node.rules.lambda * node.scale.curvature).min(1e18) as f32,
            least: ((node.least * node.scale.curvature).ceil() as f32).max(1.0),
            floor: floor as f32,
        }
    }

    /// A unit of gain.
    pub(super) fn one(node: &Node) -> f64 {
        node.scale.curvature / (node.scale.gradient * node.scale.gradient)
    }

    /// G_l^2 / (H_l + lambda) + G_r^2 / (H_r + lambda) over one common denominator; -1 if a side is too light.
    /// With |G| < 2^31 and H + lambda < 2^60 nothing overflows single precision.
    #[inline(always)]
    pub(super) fn score(&self, g: i32, h: u32) -> f32 {
        // Curvature sums have 31 bits (`Scale::new`), so a signed conversion will do.
        let (gl, hl) = (g as f32, h as i32 as f32);
        let gr = gradient(self.total).wrapping_sub(g) as f32;
        let hr = curvature(self.total).wrapping_sub(h) as i32 as f32;
        let (dl, dr) = (hl + self.lambda, hr + self.lambda);
        let value = (gl * gl * dr + gr * gr * dl) / (dl * dr);
        let heavy = (hl >= self.least) & (hr >= self.least);
        if heavy { value } else { -1.0 }
    }
}
