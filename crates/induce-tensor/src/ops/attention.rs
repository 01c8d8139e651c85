//! Attention without the matrix of all scores: block of rows by block of rows, and only what is not masked (Dao et al. 2022).

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::dropout::Dropout;
use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product_alone};
use crate::kernels::rows::dot;
use crate::tape::{Id, Work, value};
use crate::threads::{Shared, tasks_within};

/// Queries that are done together.
const BLOCK: usize = 64;

/// How many query heads there are, and how many of keys and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Key/value heads: each serves `queries / keys` of queries, which stand side by side.
    pub keys: usize,
}

impl Heads {
    /// All that lie side by side in a row: queries, keys, values.
    pub fn all(self) -> usize {
        self.keys.saturating_mul(2).saturating_add(self.queries)
    }
}

#[derive(Clone, Copy)]
struct Sizes {
    batch: usize,
    time: usize,
    head: usize,
    heads: Heads,
}

impl Sizes {
    /// The width of a row of the inputs.
    fn row(&self) -> usize {
        self.heads.all() * self.head
    }

    /// The width of a row of the results.
    fn width(&self) -> usize {
        self.heads.queries * self.head
    }

    /// Query heads that share keys and values.
    fn group(&self) -> usize {
        self.heads.queries / self.heads.keys
    }

    /// The scale of scores.
    fn scale<T: Element>(&self) -> T {
        T::of(1.0 / (self.head as f64).sqrt())
    }
}

fn sizes<T: Element>(work: &Work<T>, x: Id, heads: Heads) -> Result<Sizes, String> {
    let shape = work.shape(x);
    let shared = heads.keys > 0 && heads.queries > 0 && heads.queries.is_multiple_of(heads.keys);
    match *shape.lengths() {
        [batch, time, row] if shared && row > 0 && row.is_multiple_of(heads.all()) => Ok(Sizes {
            batch,
            time,
            head: row / heads.all(),
            heads,
        }),
        _ => Err(format!(
            "{} heads of queries and {} of keys do not fit {shape}, which should be (batch, time, all heads of \
             queries, keys and values)",
            heads.queries, heads.keys
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
    fn score_gradient<T: Element>(p: &[T], dp: &mut [T], keys: usize, d: &[T], scale: T) {
        for ((p, dp), d) in p.chunks_exact(keys).zip(dp.chunks_exact_mut(keys)).zip(d) {
            p.iter().zip(dp).for_each(|(p, dp)| *dp = *p * (*dp - *d) * scale);
        }
    }
}

/// A head of a batch's text, by its place in a row.
#[derive(Clone, Copy)]
struct Place {
    batch: usize,
    head: usize,
}

impl Place {
    /// This head and those beside it, `count` in all.
    fn and_next(self, count: usize) -> impl Iterator<Item = Self> {
        (self.head..self.head + count).map(move |head| Self { head, ..self })
    }
}

impl Sizes {
    /// The places of a task, which has one head of keys: of these, of the values, and of the first queries.
    fn places(&self, task: usize) -> [Place; 3] {
        let (batch, key) = (task / self.heads.keys, task % self.heads.keys);
        let (queries, keys) = (self.heads.queries, self.heads.keys);
        [queries + key, queries + keys + key, key * self.group()].map(|head| Place { batch, head })
    }

    /// Where a head begins at a time among the inputs.
    fn start(&self, place: Place, time: usize) -> usize {
        (place.batch * self.time + time) * self.row() + place.head * self.head
    }

    /// Where a query head begins at a time among the results.
    fn result(&self, place: Place, time: usize) -> usize {
        (place.batch * self.time + time) * self.width() + place.head * self.head
    }

    /// Rows `from..to` of a head.
    fn block<'v, T>(&self, x: &'v [T], place: Place, from: usize, to: usize) -> Matrix<'v, T> {
        Matrix::strided(&x[self.start(place, from)..], to - from, self.head, self.row(), 1)
    }
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
    Panels::new(&Team::alone(), b, room.piece(Panels::<T>::room(sides.0, sides.1)))
}

/// With a `dropout` y_t = sum_s m_ts P_ts v_s, where m is drawn at (head, query, key); gradients draw it again.
///
/// # Errors
/// If the shapes do not fit.
pub fn causal<T: Element>(work: &mut Work<T>, x: Id, heads: Heads, dropout: Option<Dropout>) -> Recorded {
    let s = sizes(work, x, heads)?;
    let shape = work.shape(x).with_last(s.width());
    let (time, head) = (s.time, s.head);
    let (mut y, mut kept) = (
        work.pool.take(shape.elements()), // (batch, time, query heads * head)
        work.pool.take(s.batch * heads.queries * time), // ln sum e^score, (batch, query heads, time)
    );
    let size = Panels::<T>::room(head, time) + Panels::<T>::room(time, head) + BLOCK * (time + head);
    let mut rooms = work.pool.take(work.team.size() * size);
    {
        let input = value(work.nodes, work.parameters, x);
        let (y, kept) = (Shared::new(&mut y), Shared::new(&mut kept));
        let (number, rooms) = (s.batch * heads.keys, (&mut rooms[..], size));
        tasks_within(work.team, number, rooms, |room, task| {
            let [key, value, first] = s.places(task);
            let mut room = Room(room);
            let keys = s.block(input, key, 0, time).transposed(); // (head, time)
            let keys = panels(keys, (head, time), &mut room);
            let values = panels(s.block(input, value, 0, time), (time, head), &mut room); // (time, head)
            let (scores, out) = (room.piece(BLOCK * time), room.piece(BLOCK * head)); // at most (BLOCK, time), (BLOCK, head)
            for place in first.and_next(s.group()) {
                let kept_from = (place.batch * heads.queries + place.head) * time;
                for from in (0..time).step_by(BLOCK) {
                    let to = (from + BLOCK).min(time);
                    let (count, scores) = (to - from, &mut scores[..(to - from) * to]);
                    let queries = s.block(input, place, from, to); // (count, head)
                    // S = Q K', (count, to)
                    product_alone(
                        MatrixMut::new(scores, count, to),
                        queries,
                        keys.part(head, to),
                        false,
                    );
                    #[expect(unsafe_code, reason = "heads do not overlap")]
                    // SAFETY: the times of a query head, which is in one task: that of the keys that it shares.
                    let kept = unsafe { kept.own(kept_from + from..kept_from + to) };
                    causal_softmax(scores, to, from, s.scale(), kept);
                    if let Some(dropout) = dropout {
                        dropout.rows(kept_from, time, to).apply(from, scores);
                    }
                    let probabilities = Matrix::new(scores, count, to);
                    // Y = P V, (count, head)
                    product_alone(
                        MatrixMut::new(out, count, head),
                        probabilities,
                        values.part(to, head),
                        false,
                    );
                    for (t, own) in (from..to).zip(out.chunks_exact(head)) {
                        let start = s.result(place, t);
                        #[expect(unsafe_code, reason = "heads do not overlap")]
                        // SAFETY: a query head at a time, as above.
                        let y = unsafe { y.own(start..start + head) };
                        y.copy_from_slice(own);
                    }
                }
            }
        });
    }
    work.pool.give(rooms);
    Ok(work.push_with(Op::Attention(heads, dropout), shape, &[x], y, kept, Vec::new()))
}

/// What the backward pass of a key/value head, and of the queries that share it, works with.
struct Head<'r, 'v, T> {
    s: Sizes,
    dropout: Option<Dropout>,
    x: &'v [T],
    y: &'v [T],
    dy: &'v [T],
    /// K', V' and K.
    keys: Panels<'r, T>,
    values: Panels<'r, T>,
    keys_by_row: Panels<'r, T>,
    /// Panels of the queries and of the gradients of a block.
    sides: [&'r mut [T]; 2],
    /// Probabilities and the gradients by scores of a block, and a number per query.
    p: &'r mut [T],
    ds: &'r mut [T],
    d: &'r mut [T],
    /// Gradients by queries, keys and values.
    gradients: [&'r mut [T]; 3],
}

pub fn back<T: Element>(heads: Heads, dropout: Option<Dropout>, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Ok(s) = sizes(work, x, heads) else { return };
    let Some(mut slot) = work.slot(x) else { return };
    let (time, head) = (s.time, s.head);
    let side = Panels::<T>::room(BLOCK, head);
    let panels_of = 2 * Panels::<T>::room(head, time) + Panels::<T>::room(time, head);
    let size = panels_of + 2 * side + BLOCK * (2 * time + 1) + 3 * time * head;
    let mut rooms = work.pool.take(work.team.size() * size);
    {
        let node = &work.nodes[y as usize];
        let input = value(work.nodes, work.parameters, x);
        let add = slot.add;
        let dx = Shared::new(slot.slice());
        let give = |place: Place, gradients: &[T]| {
            for (t, own) in gradients.chunks_exact(head).enumerate() {
                let start = s.start(place, t);
                #[expect(unsafe_code, reason = "heads do not overlap")]
                // SAFETY: a task has a key/value head, its values and the queries that share it, and no other task has one of them.
                let dx = unsafe { dx.own(start..start + head) };
                add_scaled(own, T::ONE, dx, add);
            }
        };
        let (number, rooms) = (s.batch * heads.keys, (&mut rooms[..], size));
        tasks_within(work.team, number, rooms, |room, task| {
            let [key, value, first] = s.places(task);
            let mut room = Room(room);
            let part = |place| s.block(input, place, 0, time);
            let mut own = Head {
                s,
                dropout,
                x: input,
                y: &node.value,
                dy,
                keys: panels(part(key).transposed(), (head, time), &mut room),
                values: panels(part(value).transposed(), (head, time), &mut room),
                keys_by_row: panels(part(key), (time, head), &mut room),
                sides: [room.piece(side), room.piece(side)],
                p: room.piece(BLOCK * time),
                ds: room.piece(BLOCK * time),
                d: room.piece(BLOCK),
                gradients: std::array::from_fn(|_| room.piece(time * head)),
            };
            own.gradients
                .iter_mut()
                .for_each(|gradient| gradient.fill(T::ZERO));
            for place in first.and_next(s.group()) {
                let kept = (place.batch * heads.queries + place.head) * time;
                for from in (0..time).step_by(BLOCK) {
                    let to = (from + BLOCK).min(time);
                    own.block(place, from, to, &node.saved[kept + from..kept + to]);
                }
                give(place, own.gradients[0]);
            }
            give(key, own.gradients[1]);
            give(value, own.gradients[2]);
        });
    }
    work.pool.give(rooms);
    work.put(slot);
}

impl<T: Element> Head<'_, '_, T> {
    /// The gradients that come from the queries `from..to`: with P the probabilities and D_t = y_t' dy_t,
    /// dS = P (dY V' - D) scale, dQ = dS K, dK += dS' Q, dV += P' dY; what is dropped of P is dropped of dY V'.
    fn block(&mut self, place: Place, from: usize, to: usize, kept: &[T]) {
        let (s, head, count) = (self.s, self.s.head, to - from);
        let (p, ds) = (&mut self.p[..count * to], &mut self.ds[..count * to]); // (count, to) each
        let queries = s.block(self.x, place, from, to); // (count, head)
        // S = Q K', (count, to)
        product_alone(
            MatrixMut::new(p, count, to),
            queries,
            self.keys.part(head, to),
            false,
        );
        probabilities_again(p, to, from, s.scale(), kept);
        let row = |t: usize| s.result(place, t)..s.result(place, t) + head;
        for (t, d) in (from..to).zip(self.d.iter_mut()) {
            *d = dot(&self.y[row(t)], &self.dy[row(t)]);
        }
        let gradients = Matrix::strided(&self.dy[s.result(place, from)..], count, head, s.width(), 1); // (count, head)
        // dP = dY V', (count, to)
        product_alone(
            MatrixMut::new(ds, count, to),
            gradients,
            self.values.part(head, to),
            false,
        );
        match self.dropout {
            None => score_gradient(p, ds, to, self.d, s.scale()),
            Some(dropout) => {
                let first = (place.batch * s.heads.queries + place.head) * s.time;
                dropout
                    .rows(first, s.time, to)
                    .gradient(from, p, ds, self.d, s.scale());
            }
        }
        let alone = Team::alone();
        let [a, b] = &mut self.sides;
        let (queries, gradients) = (Panels::new(&alone, queries, a), Panels::new(&alone, gradients, b));
        let (p, ds) = (Matrix::new(p, count, to), Matrix::new(ds, count, to));
        let [dq, dk, dv] = &mut self.gradients;
        let keys = self.keys_by_row.part(to, head);
        // dQ = dS K, (count, head); dK += dS' Q and dV += P' dY, (to, head)
        product_alone(
            MatrixMut::new(&mut dq[from * head..], count, head),
            ds,
            keys,
            false,
        );
        product_alone(MatrixMut::new(dk, to, head), ds.transposed(), queries, true);
        product_alone(MatrixMut::new(dv, to, head), p.transposed(), gradients, true);
    }
}
