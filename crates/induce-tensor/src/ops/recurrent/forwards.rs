//! The forward pass through time.
//!
//! `gates` and `kept` below count values per row: layout widths times the width of the layer.

use induce_core::parallel::Team;

use super::super::{Op, Recorded};
use super::{Before, Cell, Direction, Kind, Layout, Sizes, from};
use crate::element::Element;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product, product_by_panels};
use crate::pool::Pool;
use crate::shape::Shape;
use crate::tape::{Id, NONE, Work, value};
use crate::threads::rows;

/// Biases in the order of the gates.
pub(super) fn order<T: Element>(layout: Layout, width: usize, bias: &[T], out: &mut [T]) {
    for c in layout.columns {
        let (from, to, length) = (c.weights * width, c.gates * width, c.count * width);
        out[to..to + length].copy_from_slice(&bias[from..from + length]);
    }
}

/// x W of all times, where the gates will be.
fn project<T: Element, C: Cell>(
    (team, pool): (&Team, &mut Pool<T>),
    s: Sizes,
    x: &[T],
    into: &[T],
    all: &mut [T],
) {
    let (width, gates) = (s.width, C::LAYOUT.gates * s.width);
    if C::LAYOUT.into < C::LAYOUT.gates {
        // Gates to which nothing leads from the input.
        all.fill(T::ZERO);
    }
    // x is (time * batch, inputs); W is (inputs, into * width), and its columns for one group of gates are adjacent.
    for c in C::LAYOUT.inputs() {
        let (columns, total) = (c.count * width, C::LAYOUT.into * width);
        let right = Matrix::strided(from(into, c.weights * width), s.inputs, columns, total, 1); // (inputs, columns)
        let out = all.get_mut(c.gates * width..).unwrap_or_default();
        let out = MatrixMut::strided(out, s.count(), columns, gates); // (time * batch, columns)
        product(team, pool, out, Matrix::new(x, s.count(), s.inputs), right, false);
    }
}

pub(super) fn forwards<T: Element, C: Cell>(
    work: &mut Work<T>,
    kind: Kind,
    ids: [Id; 6],
    direction: Direction,
    last: bool,
) -> Recorded {
    let s = Sizes::new(work, ids, C::LAYOUT)?;
    let (width, gates, kept) = (s.width, C::LAYOUT.gates * s.width, C::LAYOUT.kept * s.width);
    let tail = if last { s.step() } else { 0 };
    let (mut h, mut saved) = (
        work.pool.take(s.count() * width + tail), // (time, batch, width), then the last cell (batch, width)
        work.pool.take(s.count() * (gates + kept)), // (time, batch, gates), then (time, batch, kept)
    );
    let (mut room, mut bias) = (
        work.pool.take(Panels::<T>::room(width, C::LAYOUT.across * width)), // U in panels
        work.pool.take(gates),                                              // (gates)
    );
    let zeros = work.pool.zeros(s.step()); // (batch, width)
    {
        let [x, into, across, own] = [0, 1, 2, 3].map(|i| value(work.nodes, work.parameters, ids[i]));
        let start = |id: Id| match id {
            NONE => &zeros[..],
            id => value(work.nodes, work.parameters, id),
        };
        order(C::LAYOUT, width, own, &mut bias);
        let (all, rest) = saved.split_at_mut(s.count() * gates); // (time, batch, gates), (time, batch, kept)
        project::<T, C>((work.team, &mut *work.pool), s, x, into, all);
        let columns = C::LAYOUT.across * width;
        let across = Panels::new(work.team, Matrix::new(across, width, columns), &mut room); // (width, columns)
        for step in 0..s.time {
            let time = direction.time(step, s.time);
            let own = time * s.batch..(time + 1) * s.batch;
            let past = (step > 0).then(|| direction.time(step - 1, s.time));
            let (now, before) = apart(&mut h, time, past, s.step()); // h_t and h_(t-1), (batch, width)
            let before = before.unwrap_or_else(|| start(ids[4]));
            let all = &mut all[own.start * gates..own.end * gates]; // (batch, gates)
            if step > 0 || ids[4] != NONE {
                let out = all.get_mut(C::LAYOUT.recurrent * width..).unwrap_or_default();
                let out = MatrixMut::strided(out, s.batch, columns, gates); // += h_(t-1) U
                product_by_panels(work.team, out, Matrix::new(before, s.batch, width), &across, true);
            }
            let (rest, cell) = apart(rest, time, past, s.batch * kept); // (batch, kept), of t and of t-1
            let before = match (C::CELL, cell) {
                (true, Some(values)) => Before { values, apart: kept },
                (true, None) => Before {
                    values: start(ids[5]),
                    apart: width,
                },
                (false, _) => Before {
                    values: before,
                    apart: width,
                },
            };
            let buffers = [(all, gates), (rest, kept), (now, width)];
            rows(work.team, s.batch, buffers, |r, [gates, kept, h]| {
                let before = Before {
                    values: &before.values[r.start * before.apart..],
                    ..before
                };
                C::step(&bias, before, gates, kept, h);
            });
        }
        if last && s.time > 0 {
            let time = direction.time(s.time - 1, s.time);
            let rows = rest[time * s.batch * kept..].chunks_exact(kept.max(1));
            for (out, row) in h[s.count() * width..].chunks_exact_mut(width.max(1)).zip(rows) {
                out.copy_from_slice(&row[..width]);
            }
        }
    }
    for buffer in [room, bias, zeros] {
        work.pool.give(buffer);
    }
    let flat = [h.len()];
    let lengths = [s.time, s.batch, width];
    let shape = Shape::new(if last { &flat } else { &lengths }).ok_or("too many elements")?;
    Ok(work.push_with(Op::Recurrent(kind, direction), shape, &ids, h, saved, Vec::new()))
}

/// Part number `now` of a buffer to be written, and number `before` to be read.
fn apart<T>(all: &mut [T], now: usize, before: Option<usize>, size: usize) -> (&mut [T], Option<&[T]>) {
    match before {
        None => (&mut all[now * size..(now + 1) * size], None),
        Some(before) if before < now => {
            let (past, rest) = all.split_at_mut(now * size);
            (&mut rest[..size], Some(&past[before * size..(before + 1) * size]))
        }
        Some(before) => {
            let (rest, past) = all.split_at_mut(before * size);
            (&mut rest[now * size..(now + 1) * size], Some(&past[..size]))
        }
    }
}
