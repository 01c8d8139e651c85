//! Which rows a tree sees: Bernoulli subsampling and GOSS.

use induce_core::random::Stream;

use super::Spec;
use super::gradient::RowDerivatives;

/// The rows of this round's bag, `None` for all. GOSS also reweighs the derivatives.
pub(super) fn bag(
    spec: &Spec,
    stream: Stream,
    rows: usize,
    derivatives: &mut RowDerivatives,
) -> Option<Vec<bool>> {
    if spec.goss_top > 0.0 && spec.goss_top + spec.goss_other < 1.0 {
        return Some(goss(spec, stream, rows, derivatives));
    }
    if spec.subsample >= 1.0 {
        return None;
    }
    let drawn: Vec<bool> = (0..rows)
        .map(|i| stream.uniform(i as u64) < spec.subsample)
        .collect();
    // An empty bag has nothing to teach; a table of one row always has it.
    drawn.contains(&true).then_some(drawn)
}

/// Gradient-based one-side sampling (Ke et al. 2017, algorithm 2): the rows of
/// largest |g h|, and a random fraction of the others scaled up to stand for all of them.
fn goss(spec: &Spec, stream: Stream, rows: usize, derivatives: &mut RowDerivatives) -> Vec<bool> {
    let size = |i: usize| {
        derivatives
            .gradient
            .iter()
            .zip(&derivatives.curvature)
            .map(|(g, h)| (g[i] * h[i]).abs())
            .sum::<f32>()
    };
    let sizes: Vec<f32> = (0..rows).map(size).collect();
    let mut order: Vec<usize> = (0..rows).collect();
    let top = ((spec.goss_top * rows as f64).ceil() as usize).clamp(1, rows);
    order.select_nth_unstable_by(top - 1, |&a, &b| sizes[b].total_cmp(&sizes[a]).then(a.cmp(&b)));
    let mut bag = vec![false; rows];
    order[..top].iter().for_each(|&i| bag[i] = true);
    let chance = spec.goss_other / (1.0 - spec.goss_top);
    let factor = ((1.0 - spec.goss_top) / spec.goss_other) as f32;
    for (i, bag) in bag.iter_mut().enumerate() {
        if *bag {
            continue;
        }
        *bag = stream.uniform(i as u64) < chance;
        derivatives.reweigh(i, if *bag { factor } else { 0.0 });
    }
    derivatives.recount();
    bag
}
