//! Attention of new positions to all before them: softmax(q K' / sqrt(width)) V, head by head.

use induce_core::multiversion;
use induce_core::parallel::Team;

use crate::kernels::rows::dot;
use crate::math;
use crate::spread::{Shared, tasks};

/// The shape of attention.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    /// Heads of queries.
    pub queries: usize,
    /// Heads of keys and values: each serves `queries / shared` heads of queries (Ainslie et al. 2023).
    pub shared: usize,
    /// Numbers of a head.
    pub width: usize,
    /// Positions that the cache has room for.
    pub room: usize,
}

/// out = what the queries at positions `past, past + 1, ...` see of the cache up to their own position.
///
/// `q` and `out` have rows of queries x width; `keys` and `values` are (shared, room, width).
///
/// # Panics
/// If the lengths do not fit: a mistake of the caller.
pub fn attend(
    team: &mut Team,
    heads: Heads,
    past: usize,
    q: &[f32],
    keys: &[f32],
    values: &[f32],
    out: &mut [f32],
) {
    let (width, count) = (heads.width, q.len() / (heads.queries * heads.width).max(1));
    assert!(
        past + count <= heads.room && out.len() == q.len(),
        "no room for {count} positions after {past}"
    );
    let out = Shared::new(out);
    tasks(team, count * heads.queries, |task| {
        let (position, head) = (task / heads.queries, task % heads.queries);
        let seen = past + position + 1;
        let first = (head * heads.shared / heads.queries) * heads.room * width;
        let range = first..first + seen * width;
        let own = task * width..(task + 1) * width;
        one(
            &q[own.clone()],
            &keys[range.clone()],
            &values[range],
            out.own(own),
        );
    });
}

/// One head of one position.
fn one(q: &[f32], keys: &[f32], values: &[f32], out: &mut [f32]) {
    let scale = 1.0 / (q.len() as f32).sqrt();
    let mut scores: Vec<f32> = keys.chunks_exact(q.len()).map(|k| dot(q, k) * scale).collect();
    weigh(&mut scores, values, out);
}

multiversion! {
    /// out = softmax(scores) V
    fn weigh(scores: &mut [f32], values: &[f32], out: &mut [f32]) {
        let most = scores.iter().fold(f32::NEG_INFINITY, |most, s| if *s > most { *s } else { most });
        let mut sum = 0.0;
        for score in scores.iter_mut() {
            *score = math::exp(*score - most);
        }
        for score in scores.iter() {
            sum += *score;
        }
        out.fill(0.0);
        for (score, row) in scores.iter().zip(values.chunks_exact(out.len())) {
            let weight = *score / sum;
            out.iter_mut().zip(row).for_each(|(o, v)| *o += weight * v);
        }
    }
}
