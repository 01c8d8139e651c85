//! Attention without the matrix of all scores: block of rows by block of rows, and only what is not masked (Dao et al. 2022).

use induce_core::multiversion;

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, product_alone};
use crate::kernels::rows::dot;
use crate::spread::{Shared, tasks_by};
use crate::tape::{Id, Work, value};

/// Queries that are done together.
const BLOCK: usize = 64;

#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    time: usize,
    width: usize,
    heads: usize,
}

impl Sizes {
    fn head(&self) -> usize {
        self.width / self.heads
    }

    /// The scale of scores.
    fn scale<T: Element>(&self) -> T {
        T::of(1.0 / (self.head() as f64).sqrt())
    }
}

fn sizes<T: Element>(work: &Work<T>, x: Id, heads: usize) -> Result<Sizes, String> {
    let shape = work.shape(x);
    match *shape.lengths() {
        [batch, time, three] if heads > 0 && three % 3 == 0 && (three / 3).is_multiple_of(heads) && three > 0 => Ok(Sizes {
            batch,
            time,
            width: three / 3,
            heads,
        }),
        _ => Err(format!("{heads} heads do not fit {shape}, which should be (batch, time, 3 width)")),
    }
}

multiversion! {
    /// Softmax of the first `first + i + 1` scores of row i, 0 for later keys; `kept` has the logarithm of each sum
    fn causal_softmax<T: Element>(scores: &mut [T], keys: usize, first: usize, scale: T, kept: &mut [T]) {
        for (i, (row, kept)) in scores.chunks_exact_mut(keys).zip(kept).enumerate() {
            let (seen, later) = row.split_at_mut(first + i + 1);
            later.fill(T::ZERO);
            let most = seen.iter().fold(T::LEAST, |m, s| m.largest(*s)) * scale;
            seen.iter_mut().for_each(|s| *s = (*s * scale - most).exp());
            let sum = crate::kernels::rows::sum(seen);
            let inverse = T::ONE / sum;
            seen.iter_mut().for_each(|s| *s = *s * inverse);
            *kept = most + sum.ln();
        }
    }
}

multiversion! {
    /// The same probabilities again, from what was kept
    fn probabilities_again<T: Element>(scores: &mut [T], keys: usize, first: usize, scale: T, kept: &[T]) {
        for (i, (row, kept)) in scores.chunks_exact_mut(keys).zip(kept).enumerate() {
            let (seen, later) = row.split_at_mut(first + i + 1);
            later.fill(T::ZERO);
            seen.iter_mut().for_each(|s| *s = (*s * scale - *kept).exp());
        }
    }
}

multiversion! {
    /// dS = P (dP - D) scale, in place of dP
    fn score_slope<T: Element>(p: &[T], dp: &mut [T], keys: usize, d: &[T], scale: T) {
        for ((p, dp), d) in p.chunks_exact(keys).zip(dp.chunks_exact_mut(keys)).zip(d) {
            p.iter().zip(dp).for_each(|(p, dp)| *dp = *p * (*dp - *d) * scale);
        }
    }
}

/// Rows `from..to` of the queries (0), keys (1) or values (2) of a head, among rows of 3 width.
fn block<'v, T>(s: Sizes, x: &'v [T], place: (usize, usize), which: usize, from: usize, to: usize) -> Matrix<'v, T> {
    let (batch, head) = place;
    let start = (batch * s.time + from) * 3 * s.width + which * s.width + head * s.head();
    Matrix::strided(&x[start..], to - from, s.head(), 3 * s.width, 1)
}

pub fn causal<T: Element>(work: &mut Work<T>, x: Id, heads: usize) -> Recorded {
    let s = sizes(work, x, heads)?;
    let shape = work.shape(x).with_last(s.width);
    let (mut y, mut kept) = (work.pool.take(shape.elements()), work.pool.take(s.batch * heads * s.time));
    let room = BLOCK * (s.time + s.head());
    let mut rooms = work.pool.take(work.team.size() * room);
    {
        let input = value(&work.nodes, work.parameters, x);
        let (y, kept, rooms) = (Shared::new(&mut y), Shared::new(&mut kept), Shared::new(&mut rooms));
        tasks_by(work.team, s.batch * heads, |member, task| {
            let place = (task / heads, task % heads);
            let room = rooms.own(member * room..(member + 1) * room);
            for from in (0..s.time).step_by(BLOCK) {
                let to = (from + BLOCK).min(s.time);
                let kept = kept.own(task * s.time + from..task * s.time + to);
                forward(s, input, place, (from, to), room, kept);
                for (t, own) in (from..to).zip(room[BLOCK * s.time..].chunks_exact(s.head())) {
                    let start = (place.0 * s.time + t) * s.width + place.1 * s.head();
                    y.own(start..start + s.head()).copy_from_slice(own);
                }
            }
        });
    }
    work.pool.give(rooms);
    Ok(work.push_with(Op::Attention { heads }, shape, &[x], y, kept, Vec::new()))
}

/// The outputs of a block of queries, behind their scores in `room`.
fn forward<T: Element>(s: Sizes, x: &[T], place: (usize, usize), (from, to): (usize, usize), room: &mut [T], kept: &mut [T]) {
    let (scores, out) = room.split_at_mut(BLOCK * s.time);
    let (count, keys) = (to - from, to);
    let scores = &mut scores[..count * keys];
    let (q, k) = (block(s, x, place, 0, from, to), block(s, x, place, 1, 0, keys));
    product_alone(MatrixMut::new(scores, count, keys), q, k.transposed(), false);
    causal_softmax(scores, keys, from, s.scale(), kept);
    let v = block(s, x, place, 2, 0, keys);
    product_alone(MatrixMut::new(out, count, s.head()), Matrix::new(scores, count, keys), v, false);
}

pub fn back<T: Element>(heads: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Ok(s) = sizes(work, x, heads) else { return };
    let Some(mut slot) = work.slot(x) else { return };
    // Scores and their slopes, then the slopes by queries, keys and values.
    let room = BLOCK * (2 * s.time + 1) + 3 * s.time * s.head();
    let mut rooms = work.pool.take(work.team.size() * room);
    {
        let node = &work.nodes[y as usize];
        let input = value(&work.nodes, work.parameters, x);
        let add = slot.add;
        let (dx, rooms) = (Shared::new(slot.slice()), Shared::new(&mut rooms));
        tasks_by(work.team, s.batch * heads, |member, task| {
            let place = (task / heads, task % heads);
            let room = rooms.own(member * room..(member + 1) * room);
            let (scores, slopes) = room.split_at_mut(BLOCK * (2 * s.time + 1));
            slopes.fill(T::ZERO);
            for from in (0..s.time).step_by(BLOCK) {
                let to = (from + BLOCK).min(s.time);
                let kept = &node.saved[task * s.time + from..task * s.time + to];
                back_block(s, input, &node.value, dy, place, (from, to), (scores, slopes), kept);
            }
            for (which, own) in slopes.chunks_exact(s.time * s.head()).enumerate() {
                for (t, own) in own.chunks_exact(s.head()).enumerate() {
                    let start = ((place.0 * s.time + t) * 3 + which) * s.width + place.1 * s.head();
                    add_scaled(own, T::ONE, dx.own(start..start + s.head()), add);
                }
            }
        });
    }
    work.pool.give(rooms);
    work.put(slot);
}

#[expect(clippy::too_many_arguments, reason = "what a block is made of")]
fn back_block<T: Element>(
    s: Sizes,
    x: &[T],
    y: &[T],
    dy: &[T],
    place: (usize, usize),
    (from, to): (usize, usize),
    (room, slopes): (&mut [T], &mut [T]),
    kept: &[T],
) {
    let (count, keys, head, scale) = (to - from, to, s.head(), s.scale::<T>());
    let (p, rest) = room.split_at_mut(BLOCK * s.time);
    let (dp, d) = rest.split_at_mut(BLOCK * s.time);
    let (p, dp) = (&mut p[..count * keys], &mut dp[..count * keys]);
    let (q, k, v) = (block(s, x, place, 0, from, to), block(s, x, place, 1, 0, keys), block(s, x, place, 2, 0, keys));
    product_alone(MatrixMut::new(p, count, keys), q, k.transposed(), false);
    probabilities_again(p, keys, from, scale, kept);
    let own = |t: usize| ((place.0 * s.time + t) * s.width + place.1 * head, head);
    for (t, d) in (from..to).zip(d.iter_mut()) {
        let (start, head) = own(t);
        *d = dot(&y[start..start + head], &dy[start..start + head]);
    }
    let dout = Matrix::strided(&dy[own(from).0..], count, head, s.width, 1);
    product_alone(MatrixMut::new(dp, count, keys), dout, v.transposed(), false);
    score_slope(p, dp, keys, d, scale);
    let (dq, rest) = slopes.split_at_mut(s.time * head);
    let (dk, dv) = rest.split_at_mut(s.time * head);
    let (p, ds) = (Matrix::new(p, count, keys), Matrix::new(dp, count, keys));
    product_alone(MatrixMut::new(&mut dq[from * head..], count, head), ds, k, false);
    product_alone(MatrixMut::new(dk, keys, head), ds.transposed(), q, true);
    product_alone(MatrixMut::new(dv, keys, head), p.transposed(), dout, true);
}
