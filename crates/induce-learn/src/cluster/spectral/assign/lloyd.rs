//! k-means in the embedding.

use induce_core::Run;
use induce_core::parallel::map;
use induce_core::random::Stream;

use crate::graph::square;

/// Rows of a chunk, of which sums are made.
const CHUNK: usize = 2048;
/// Steps at most.
const STEPS: usize = 300;

/// The labels of the best of `starts` runs of Lloyd's algorithm from k-means++ (Arthur & Vassilvitskii 2007).
pub(super) fn kmeans(rows: &[f64], width: usize, k: usize, starts: usize, run: &Run) -> Vec<u32> {
    let stream = run.stream("spectral/kmeans");
    let mut best: Option<(f64, Vec<u32>)> = None;
    for start in 0..starts {
        let next = once(rows, width, k, stream.child(start as u64), run);
        if best.as_ref().is_none_or(|best| next.0 < best.0) {
            best = Some(next);
        }
        if run.stop().is_due() {
            break;
        }
    }
    best.map_or_else(Vec::new, |best| best.1)
}

fn once(rows: &[f64], width: usize, k: usize, stream: Stream, run: &Run) -> (f64, Vec<u32>) {
    let n = rows.len() / width;
    let mut centres = seeds(rows, width, k, stream, run);
    let (mut labels, mut inertia) = (vec![u32::MAX; n], f64::INFINITY);
    for _ in 0..STEPS {
        let parts = map(run.threads(), n.div_ceil(CHUNK), |c| {
            Part::of(rows, width, &centres, c)
        });
        let next: Vec<u32> = parts
            .iter()
            .flat_map(|part| part.labels.iter().copied())
            .collect();
        inertia = parts.iter().map(|part| part.inertia).sum();
        let settled = next == labels;
        labels = next;
        if settled || run.stop().is_due() {
            break;
        }
        centres = means(&parts, &centres, width, k);
    }
    (inertia, labels)
}

/// A chunk's rows at their nearest centres.
struct Part {
    labels: Vec<u32>,
    sums: Vec<f64>,
    counts: Vec<usize>,
    inertia: f64,
}

impl Part {
    fn of(rows: &[f64], width: usize, centres: &[f64], chunk: usize) -> Self {
        let k = centres.len() / width;
        let all = rows.len() / width;
        let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(all);
        let mut own = Self {
            labels: Vec::with_capacity(range.len()),
            sums: vec![0.0; k * width],
            counts: vec![0; k],
            inertia: 0.0,
        };
        for row in rows[range.start * width..range.end * width].chunks_exact(width) {
            let (label, distance) = nearest(row, centres, width);
            own.labels.push(label as u32);
            own.inertia += distance;
            own.counts[label] += 1;
            own.sums[label * width..(label + 1) * width]
                .iter_mut()
                .zip(row)
                .for_each(|(s, x)| *s += x);
        }
        own
    }
}

fn nearest(row: &[f64], centres: &[f64], width: usize) -> (usize, f64) {
    let distances = centres
        .chunks_exact(width)
        .map(|centre| square(row, centre))
        .enumerate();
    distances
        .reduce(|best, next| if next.1 < best.1 { next } else { best })
        .unwrap_or((0, 0.0))
}

/// Means of the clusters; one without rows stays where it was.
fn means(parts: &[Part], before: &[f64], width: usize, k: usize) -> Vec<f64> {
    let mut centres = before.to_vec();
    for c in 0..k {
        let count: usize = parts.iter().map(|part| part.counts[c]).sum();
        if count > 0 {
            for d in 0..width {
                let sum: f64 = parts.iter().map(|part| part.sums[c * width + d]).sum();
                centres[c * width + d] = sum / count as f64;
            }
        }
    }
    centres
}

/// Centres drawn with probabilities in proportion to squared distances, of some candidates each time the one that helps most.
fn seeds(rows: &[f64], width: usize, k: usize, stream: Stream, run: &Run) -> Vec<f64> {
    let n = rows.len() / width;
    let row = |i: usize| &rows[i * width..(i + 1) * width];
    let first = stream.below(0, n);
    let mut centres = row(first).to_vec();
    let mut near: Vec<f64> = (0..n).map(|i| square(row(i), row(first))).collect();
    let candidates = 2 + k.ilog2() as usize;
    for c in 1..k {
        let total: f64 = near.iter().sum();
        let draw = |t: usize| drawn(&near, total * stream.uniform((c * candidates + t) as u64));
        let tried = map(run.threads(), candidates, |t| {
            let chosen = draw(t);
            let next: Vec<f64> = (0..n).map(|i| near[i].min(square(row(i), row(chosen)))).collect();
            (next.iter().sum::<f64>(), chosen, next)
        });
        let Some((_, chosen, next)) = tried
            .into_iter()
            .reduce(|best, next| if next.0 < best.0 { next } else { best })
        else {
            break;
        };
        centres.extend_from_slice(row(chosen));
        near = next;
    }
    centres
}

fn drawn(weights: &[f64], mut place: f64) -> usize {
    for (i, weight) in weights.iter().enumerate() {
        place -= weight;
        if place < 0.0 {
            return i;
        }
    }
    weights.len() - 1
}
