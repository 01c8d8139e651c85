//! Attention without the matrix of all scores: block of rows by block of rows, and only what is not masked (Dao et al. 2022).

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product_alone};
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
        [batch, time, three]
            if heads > 0 && three % 3 == 0 && (three / 3).is_multiple_of(heads) && three > 0 =>
        {
            Ok(Sizes {
                batch,
                time,
                width: three / 3,
                heads,
            })
        }
        _ => Err(format!(
            "{heads} heads do not fit {shape}, which should be (batch, time, 3 width)"
        )),
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
fn block<'v, T>(
    s: Sizes,
    x: &'v [T],
    place: (usize, usize),
    which: usize,
    from: usize,
    to: usize,
) -> Matrix<'v, T> {
    let (batch, head) = place;
    let start = (batch * s.time + from) * 3 * s.width + which * s.width + head * s.head();
    Matrix::strided(&x[start..], to - from, s.head(), 3 * s.width, 1)
}

/// A buffer that is dealt out piece by piece.
struct Room<'r, T>(&'r mut [T]);

impl<'r, T> Room<'r, T> {
    fn piece(&mut self, length: usize) -> &'r mut [T] {
        let (piece, rest) = std::mem::take(&mut self.0).split_at_mut(length);
        self.0 = rest;
        piece
    }
}

/// Panels of a matrix of a head, in a piece of the room.
fn panels<'r, T: Element>(b: Matrix<T>, sides: (usize, usize), room: &mut Room<'r, T>) -> Panels<'r, T> {
    Panels::new(
        &mut Team::alone(),
        b,
        room.piece(Panels::<T>::room(sides.0, sides.1)),
    )
}

pub fn causal<T: Element>(work: &mut Work<T>, x: Id, heads: usize) -> Recorded {
    let s = sizes(work, x, heads)?;
    let shape = work.shape(x).with_last(s.width);
    let (time, head) = (s.time, s.head());
    let (mut y, mut kept) = (
        work.pool.take(shape.elements()),
        work.pool.take(s.batch * heads * time),
    );
    let size = Panels::<T>::room(head, time) + Panels::<T>::room(time, head) + BLOCK * (time + head);
    let mut rooms = work.pool.take(work.team.size() * size);
    {
        let input = value(&work.nodes, work.parameters, x);
        let (y, kept, rooms) = (
            Shared::new(&mut y),
            Shared::new(&mut kept),
            Shared::new(&mut rooms),
        );
        tasks_by(work.team, s.batch * heads, |member, task| {
            let place = (task / heads, task % heads);
            let mut room = Room(rooms.own(member * size..(member + 1) * size));
            let keys = panels(
                block(s, input, place, 1, 0, time).transposed(),
                (head, time),
                &mut room,
            );
            let values = panels(block(s, input, place, 2, 0, time), (time, head), &mut room);
            let (scores, out) = (room.piece(BLOCK * time), room.piece(BLOCK * head));
            for from in (0..time).step_by(BLOCK) {
                let to = (from + BLOCK).min(time);
                let (count, scores) = (to - from, &mut scores[..(to - from) * to]);
                let kept = kept.own(task * time + from..task * time + to);
                let queries = block(s, input, place, 0, from, to);
                product_alone(
                    MatrixMut::new(scores, count, to),
                    queries,
                    keys.part(head, to),
                    false,
                );
                causal_softmax(scores, to, from, s.scale(), kept);
                let shares = Matrix::new(scores, count, to);
                product_alone(
                    MatrixMut::new(out, count, head),
                    shares,
                    values.part(to, head),
                    false,
                );
                for (t, own) in (from..to).zip(out.chunks_exact(head)) {
                    let start = (place.0 * time + t) * s.width + place.1 * head;
                    y.own(start..start + head).copy_from_slice(own);
                }
            }
        });
    }
    work.pool.give(rooms);
    Ok(work.push_with(Op::Attention { heads }, shape, &[x], y, kept, Vec::new()))
}

/// What the way back of a head works with.
struct Head<'r, 'v, T> {
    s: Sizes,
    place: (usize, usize),
    x: &'v [T],
    y: &'v [T],
    dy: &'v [T],
    /// K', V' and K.
    keys: Panels<'r, T>,
    values: Panels<'r, T>,
    keys_by_row: Panels<'r, T>,
    /// Panels of the queries and of the slopes of a block.
    sides: [&'r mut [T]; 2],
    /// Probabilities and the slopes by scores of a block, and a number per query.
    p: &'r mut [T],
    ds: &'r mut [T],
    d: &'r mut [T],
    /// Slopes by queries, keys and values.
    slopes: [&'r mut [T]; 3],
}

pub fn back<T: Element>(heads: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Ok(s) = sizes(work, x, heads) else { return };
    let Some(mut slot) = work.slot(x) else { return };
    let (time, head) = (s.time, s.head());
    let side = Panels::<T>::room(BLOCK, head);
    let panels_of = 2 * Panels::<T>::room(head, time) + Panels::<T>::room(time, head);
    let size = panels_of + 2 * side + BLOCK * (2 * time + 1) + 3 * time * head;
    let mut rooms = work.pool.take(work.team.size() * size);
    {
        let node = &work.nodes[y as usize];
        let input = value(&work.nodes, work.parameters, x);
        let add = slot.add;
        let (dx, rooms) = (Shared::new(slot.slice()), Shared::new(&mut rooms));
        tasks_by(work.team, s.batch * heads, |member, task| {
            let place = (task / heads, task % heads);
            let mut room = Room(rooms.own(member * size..(member + 1) * size));
            let part = |which| block(s, input, place, which, 0, time);
            let mut own = Head {
                s,
                place,
                x: input,
                y: &node.value,
                dy,
                keys: panels(part(1).transposed(), (head, time), &mut room),
                values: panels(part(2).transposed(), (head, time), &mut room),
                keys_by_row: panels(part(1), (time, head), &mut room),
                sides: [room.piece(side), room.piece(side)],
                p: room.piece(BLOCK * time),
                ds: room.piece(BLOCK * time),
                d: room.piece(BLOCK),
                slopes: [
                    room.piece(time * head),
                    room.piece(time * head),
                    room.piece(time * head),
                ],
            };
            own.slopes.iter_mut().for_each(|slope| slope.fill(T::ZERO));
            for from in (0..time).step_by(BLOCK) {
                let to = (from + BLOCK).min(time);
                own.block(from, to, &node.saved[task * time + from..task * time + to]);
            }
            for (which, own) in own.slopes.iter().enumerate() {
                for (t, own) in own.chunks_exact(head).enumerate() {
                    let start = ((place.0 * time + t) * 3 + which) * s.width + place.1 * head;
                    add_scaled(own, T::ONE, dx.own(start..start + head), add);
                }
            }
        });
    }
    work.pool.give(rooms);
    work.put(slot);
}

impl<T: Element> Head<'_, '_, T> {
    /// The slopes that come from the queries `from..to`: with P the probabilities and D_t = y_t' dy_t,
    /// dS = P (dY V' - D) scale, dQ = dS K, dK += dS' Q, dV += P' dY.
    fn block(&mut self, from: usize, to: usize, kept: &[T]) {
        let (s, head, count) = (self.s, self.s.head(), to - from);
        let (p, ds) = (&mut self.p[..count * to], &mut self.ds[..count * to]);
        let queries = block(s, self.x, self.place, 0, from, to);
        product_alone(
            MatrixMut::new(p, count, to),
            queries,
            self.keys.part(head, to),
            false,
        );
        probabilities_again(p, to, from, s.scale(), kept);
        let start = |t: usize| (self.place.0 * s.time + t) * s.width + self.place.1 * head;
        for (t, d) in (from..to).zip(self.d.iter_mut()) {
            *d = dot(
                &self.y[start(t)..start(t) + head],
                &self.dy[start(t)..start(t) + head],
            );
        }
        let slopes = Matrix::strided(&self.dy[start(from)..], count, head, s.width, 1);
        product_alone(
            MatrixMut::new(ds, count, to),
            slopes,
            self.values.part(head, to),
            false,
        );
        score_slope(p, ds, to, self.d, s.scale());
        let mut alone = Team::alone();
        let [a, b] = &mut self.sides;
        let (queries, slopes) = (
            Panels::new(&mut alone, queries, a),
            Panels::new(&mut alone, slopes, b),
        );
        let (p, ds) = (Matrix::new(p, count, to), Matrix::new(ds, count, to));
        let [dq, dk, dv] = &mut self.slopes;
        let keys = self.keys_by_row.part(to, head);
        product_alone(
            MatrixMut::new(&mut dq[from * head..], count, head),
            ds,
            keys,
            false,
        );
        product_alone(MatrixMut::new(dk, to, head), ds.transposed(), queries, true);
        product_alone(MatrixMut::new(dv, to, head), p.transposed(), slopes, true);
    }
}
