//! The backward pass through time (Werbos 1990).

use super::super::linear::column_sums;
use super::{Before, Cell, Direction, Kind, Saved, Sizes, from, gru, lstm, rnn};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product, product_by_panels};
use crate::tape::{Id, NONE, Slot, Work, value};
use crate::threads::rows;

pub fn back<T: Element>(kind: Kind, direction: Direction, y: Id, dy: &[T], work: &mut Work<T>) {
    match kind {
        Kind::Lstm => layer::<T, lstm::Lstm>(direction, y, dy, work),
        Kind::Gru => layer::<T, gru::Gru>(direction, y, dy, work),
        Kind::Rnn => layer::<T, rnn::Rnn>(direction, y, dy, work),
    }
}

fn layer<T: Element, C: Cell>(direction: Direction, y: Id, dy: &[T], work: &mut Work<T>) {
    let ids = work.node(y).inputs;
    let Ok(s) = Sizes::new(work, ids, C::LAYOUT) else {
        return;
    };
    let mut dgates = work.pool.take(s.count() * C::LAYOUT.gates * s.width); // (time, batch, gates)
    let (mut dh, mut dc) = (work.pool.zeros(s.step()), work.pool.zeros(s.step())); // (batch, width) each
    // Where the cell of the last step is asked for, its gradient follows those of the outputs.
    if let Some(last) = dy.get(s.count() * s.width..).filter(|last| !last.is_empty()) {
        dc.copy_from_slice(last);
    }
    through_time::<T, C>(
        work,
        (y, ids),
        (dy, direction),
        s,
        [&mut dgates, &mut dh, &mut dc],
    );
    for (id, gradients) in [(ids[4], &dh), (ids[5], &dc)] {
        let Some(mut slot) = work.slot(id) else { continue };
        let add = slot.add;
        add_scaled(gradients, T::ONE, slot.slice(), add);
        work.put(slot);
    }
    biases::<T, C>(work, ids[3], s, &dgates);
    inputs::<T, C>(work, ids, s, &dgates);
    across::<T, C>(work, (y, ids), direction, s, &dgates);
    for buffer in [dgates, dh, dc] {
        work.pool.give(buffer);
    }
}

/// The gradients by the gates of all times, last step first, and those by the states at the start.
fn through_time<T: Element, C: Cell>(
    work: &mut Work<T>,
    (y, ids): (Id, [Id; 6]),
    (dy, direction): (&[T], Direction),
    s: Sizes,
    [dgates, dh, dc]: [&mut [T]; 3],
) {
    let (width, layout) = (s.width, C::LAYOUT);
    let (gates, kept, columns) = (layout.gates * width, layout.kept * width, layout.across * width);
    // U', (columns, width), in panels. Once per pass instead of once per step: products with a transpose and few rows are slow.
    let mut room = work.pool.take(Panels::<T>::room(columns, width));
    let zeros = work.pool.zeros(s.step());
    let across = Matrix::new(value(work.nodes, work.parameters, ids[2]), width, columns);
    let panels = Panels::new(work.team, across.transposed(), &mut room);
    let node = &work.nodes[y as usize];
    let (all, rest) = node.saved.split_at(s.count() * gates); // (time, batch, gates), (time, batch, kept)
    let start = |id: Id| match id {
        NONE => &zeros[..],
        id => value(work.nodes, work.parameters, id),
    };
    for step in (0..s.time).rev() {
        let time = direction.time(step, s.time);
        let of = |time: usize, width: usize| time * s.batch * width..(time + 1) * s.batch * width;
        let before = match (C::CELL, step) {
            (true, 0) => (start(ids[5]), width),
            (true, _) => (&rest[of(direction.time(step - 1, s.time), kept)], kept),
            (false, 0) => (start(ids[4]), width),
            (false, _) => (&node.value[of(direction.time(step - 1, s.time), width)], width),
        };
        let (own, out) = (&dy[of(time, width)], &mut dgates[of(time, gates)]); // (batch, width), (batch, gates)
        let (h, all, rest) = (
            &node.value[of(time, width)],
            &all[of(time, gates)],
            &rest[of(time, kept)],
        );
        let buffers = [(&mut *out, gates), (&mut *dh, width), (&mut *dc, width)];
        rows(work.team, s.batch, buffers, |r, [dgates, dh, dc]| {
            let part = |width: usize| r.start * width..r.end * width;
            add_scaled(&own[part(width)], T::ONE, dh, true);
            let saved = Saved {
                width,
                gates: &all[part(gates)],
                kept: &rest[part(kept)],
                h: &h[part(width)],
            };
            let before = Before {
                values: &before.0[r.start * before.1..],
                apart: before.1,
            };
            C::gradient(saved, before, dh, dc, dgates);
        });
        if step > 0 || ids[4] != NONE {
            let left = Matrix::strided(from(out, layout.recurrent * width), s.batch, columns, gates, 1);
            let all = MatrixMut::new(&mut *dh, s.batch, width); // dh_(t-1) = dgates_t U'
            product_by_panels(work.team, all, left, &panels, C::DIRECT);
        }
    }
    for buffer in [room, zeros] {
        work.pool.give(buffer);
    }
}

fn biases<T: Element, C: Cell>(work: &mut Work<T>, bias: Id, s: Sizes, dgates: &[T]) {
    let Some(mut slot) = work.slot(bias) else { return };
    let (mut sums, add) = (Slot::of(work.pool.take(C::LAYOUT.gates * s.width)), slot.add);
    column_sums(work, dgates, C::LAYOUT.gates * s.width, &mut sums);
    let out = slot.slice();
    for c in C::LAYOUT.columns {
        let (own, target, length) = (c.gates * s.width, c.weights * s.width, c.count * s.width);
        let own = &sums.slice()[own..own + length];
        add_scaled(own, T::ONE, &mut out[target..target + length], add);
    }
    work.pool.give(sums.buffer());
    work.put(slot);
}

/// The gradients by x and by what leads from it to the gates.
fn inputs<T: Element, C: Cell>(work: &mut Work<T>, ids: [Id; 6], s: Sizes, dgates: &[T]) {
    let (width, gates, total) = (s.width, C::LAYOUT.gates * s.width, C::LAYOUT.into * s.width);
    if let Some(mut slot) = work.slot(ids[1]) {
        let (x, add) = (value(work.nodes, work.parameters, ids[0]), slot.add);
        for c in C::LAYOUT.inputs() {
            let columns = c.count * width;
            // dW = x' dgates, (inputs, time * batch) by (time * batch, columns)
            let right = Matrix::strided(from(dgates, c.gates * width), s.count(), columns, gates, 1);
            let out = &mut slot.slice()[c.weights * width..];
            let out = MatrixMut::strided(out, s.inputs, columns, total);
            let left = Matrix::new(x, s.count(), s.inputs).transposed();
            product(work.team, work.pool, out, left, right, add);
        }
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(ids[0]) {
        let (into, add) = (value(work.nodes, work.parameters, ids[1]), slot.add);
        for (i, c) in C::LAYOUT.inputs().enumerate() {
            let columns = c.count * width;
            // dx = dgates W', (time * batch, columns) by (columns, inputs)
            let left = Matrix::strided(from(dgates, c.gates * width), s.count(), columns, gates, 1);
            let right =
                Matrix::strided(from(into, c.weights * width), s.inputs, columns, total, 1).transposed();
            let out = MatrixMut::new(slot.slice(), s.count(), s.inputs);
            product(work.team, work.pool, out, left, right, add || i > 0);
        }
        work.put(slot);
    }
}

/// The gradient by what leads from output to output: that of every time with the output before.
fn across<T: Element, C: Cell>(
    work: &mut Work<T>,
    (y, ids): (Id, [Id; 6]),
    direction: Direction,
    s: Sizes,
    dgates: &[T],
) {
    let Some(mut slot) = work.slot(ids[2]) else { return };
    let (width, gates, columns) = (s.width, C::LAYOUT.gates * s.width, C::LAYOUT.across * s.width);
    let later = s.count().saturating_sub(s.batch);
    let (first, second) = match direction {
        Direction::Forwards => (0, s.count() - later),
        Direction::Backwards => (s.count() - later, 0),
    };
    let rows_of = |first: usize, count: usize| {
        let own = from(dgates, first * gates + C::LAYOUT.recurrent * width);
        Matrix::strided(own, count, columns, gates, 1)
    };
    let h = &work.nodes[y as usize].value[first * width..];
    // dU = sum over t of h_(t-1)' dgates_t: (width, (time - 1) * batch) by ((time - 1) * batch, columns)
    let (left, add) = (Matrix::new(h, later, width).transposed(), slot.add);
    let out = MatrixMut::new(slot.slice(), width, columns);
    product(work.team, work.pool, out, left, rows_of(second, later), add);
    if ids[4] != NONE && s.time > 0 {
        // += h_0' dgates_1: (width, batch) by (batch, columns)
        let first = direction.time(0, s.time) * s.batch;
        let start = value(work.nodes, work.parameters, ids[4]);
        let left = Matrix::new(start, s.batch, width).transposed();
        let out = MatrixMut::new(slot.slice(), width, columns);
        product(work.team, work.pool, out, left, rows_of(first, s.batch), true);
    }
    work.put(slot);
}
