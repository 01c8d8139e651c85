//! Recurrent layers over whole sequences.
//!
//! What does not depend on the last output, x W, is multiplied for all times at once, forwards and backwards; what does,
//! h U, by panels of U that are made once. What the layers differ in is a [`Cell`].

mod back;
mod gru;
mod lstm;
mod rnn;

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::matmul::{Matrix, MatrixMut, Panels, product, product_by_panels};
use crate::shape::Shape;
use crate::spread::rows;
use crate::tape::{Id, NONE, Work, value};
pub use back::back;

/// The weights of a recurrent layer.
#[derive(Debug, Clone, Copy)]
pub struct Recurrent<W> {
    /// From the input to the gates.
    pub into: W,
    /// From the last output to the gates.
    pub across: W,
    /// Of the gates.
    pub bias: W,
}

/// Which way a recurrent layer goes through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the first step to the last.
    #[default]
    Forwards,
    /// From the last to the first: the other half of a bidirectional layer. Outputs stay where their inputs are.
    Backwards,
}

impl Direction {
    /// The time that is done as number `step`.
    fn time(self, step: usize, times: usize) -> usize {
        match self {
            Self::Forwards => step,
            Self::Backwards => times - 1 - step,
        }
    }
}

/// The kinds of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Lstm,
    Gru,
    Rnn,
}

/// Which columns of the weights, in widths of the layer, belong to which of the gates as they are kept.
#[derive(Clone, Copy)]
struct Columns {
    weights: usize,
    gates: usize,
    count: usize,
}

/// How a cell keeps its numbers, in widths of the layer.
#[derive(Clone, Copy)]
struct Layout {
    /// Of weights from the input, weights from the output, and biases.
    into: usize,
    across: usize,
    biases: usize,
    /// Of the gates, and where those that the output leads to begin: they are adjacent.
    gates: usize,
    recurrent: usize,
    /// Where biases, and with them weights from the input, have their gates.
    columns: &'static [Columns],
    /// Of what else is kept.
    kept: usize,
}

impl Layout {
    /// Those of the weights from the input.
    fn inputs(&self) -> impl Iterator<Item = Columns> {
        let into = self.into;
        self.columns.iter().filter(move |c| c.weights < into).copied()
    }
}

/// Numbers of the step before, rows `apart` from one another.
#[derive(Clone, Copy)]
struct Before<'v, T> {
    values: &'v [T],
    apart: usize,
}

impl<'v, T> Before<'v, T> {
    fn row(&self, row: usize, width: usize) -> &'v [T] {
        &self.values[row * self.apart..][..width]
    }
}

/// What a recurrent layer does in one step, for some sequences.
trait Cell {
    const LAYOUT: Layout;
    /// Whether the state that a step begins with is what else is kept, not the output.
    const CELL: bool;
    /// Whether the output before reaches the output without U.
    const DIRECT: bool;

    /// From x W + h U in `gates` to what is kept and the output; biases lie as the gates do.
    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], kept: &mut [T], h: &mut [T]);

    /// From the slope by the output to those by the gates; `dh` becomes what reaches the output before without U, if anything does, and `dc`
    /// the slope by the cell before.
    fn slope<T: Element>(saved: Saved<T>, before: Before<T>, dh: &mut [T], dc: &mut [T], dgates: &mut [T]);
}

/// What one step of some sequences kept.
#[derive(Clone, Copy)]
struct Saved<'v, T> {
    width: usize,
    gates: &'v [T],
    kept: &'v [T],
    h: &'v [T],
}

#[derive(Clone, Copy)]
struct Sizes {
    time: usize,
    batch: usize,
    inputs: usize,
    width: usize,
}

impl Sizes {
    /// Of inputs x, W, U, b, and the states at the start, if there are any.
    fn new<T: Element>(work: &Work<T>, ids: [Id; 6], layout: Layout) -> Result<Self, String> {
        let [x, into, across, bias] = [0, 1, 2, 3].map(|i| work.shape(ids[i]));
        let wrong = || format!("x {x}, weights {into} and {across}, and bias {bias} are of no such layer");
        let (&[time, batch, inputs], &[width, columns]) = (x.lengths(), across.lengths()) else {
            return Err(wrong());
        };
        if columns != layout.across * width
            || into.lengths() != [inputs, layout.into * width]
            || bias.lengths() != [layout.biases * width]
        {
            return Err(wrong());
        }
        for id in ids[4..].iter().filter(|id| **id != NONE) {
            let state = work.shape(*id);
            if state.lengths() != [batch, width] {
                return Err(format!(
                    "a state of shape {state} for {batch} sequences of width {width}"
                ));
            }
        }
        Ok(Self {
            time,
            batch,
            inputs,
            width,
        })
    }

    fn step(&self) -> usize {
        self.batch * self.width
    }

    /// Rows of all times.
    fn count(&self) -> usize {
        self.time * self.batch
    }
}

/// Biases in the order of the gates.
fn order<T: Element>(layout: Layout, width: usize, bias: &[T], out: &mut [T]) {
    for c in layout.columns {
        let (from, to, length) = (c.weights * width, c.gates * width, c.count * width);
        out[to..to + length].copy_from_slice(&bias[from..from + length]);
    }
}

/// Record a layer of x, W, U, b and the states at the start; with `last`, the cell of the last step follows the outputs.
pub fn recurrent<T: Element>(
    work: &mut Work<T>,
    kind: Kind,
    ids: [Id; 6],
    direction: Direction,
    last: bool,
) -> Recorded {
    match kind {
        Kind::Lstm => forwards::<T, lstm::Lstm>(work, kind, ids, direction, last),
        Kind::Gru => forwards::<T, gru::Gru>(work, kind, ids, direction, last),
        Kind::Rnn => forwards::<T, rnn::Rnn>(work, kind, ids, direction, last),
    }
}

fn forwards<T: Element, C: Cell>(
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
        work.pool.take(s.count() * width + tail),
        work.pool.take(s.count() * (gates + kept)),
    );
    let (mut room, mut bias) = (
        work.pool.take(Panels::<T>::room(width, C::LAYOUT.across * width)),
        work.pool.take(gates),
    );
    let zeros = work.pool.zeros(s.step());
    {
        let [x, into, across, own] = [0, 1, 2, 3].map(|i| value(&work.nodes, work.parameters, ids[i]));
        let start = |id: Id| match id {
            NONE => &zeros[..],
            id => value(&work.nodes, work.parameters, id),
        };
        order(C::LAYOUT, width, own, &mut bias);
        let (all, rest) = saved.split_at_mut(s.count() * gates);
        if C::LAYOUT.into < C::LAYOUT.gates {
            // Gates to which nothing leads from the input.
            all.fill(T::ZERO);
        }
        for c in C::LAYOUT.inputs() {
            let (columns, total) = (c.count * width, C::LAYOUT.into * width);
            let right = Matrix::strided(from(into, c.weights * width), s.inputs, columns, total, 1);
            let out = all.get_mut(c.gates * width..).unwrap_or_default();
            let out = MatrixMut::strided(out, s.count(), columns, gates);
            let left = Matrix::new(x, s.count(), s.inputs);
            product(work.team, &mut work.pool, out, left, right, false);
        }
        let columns = C::LAYOUT.across * width;
        let across = Panels::new(work.team, Matrix::new(across, width, columns), &mut room);
        for step in 0..s.time {
            let time = direction.time(step, s.time);
            let own = time * s.batch..(time + 1) * s.batch;
            let past = (step > 0).then(|| direction.time(step - 1, s.time));
            let (now, before) = apart(&mut h, time, past, s.step());
            let before = before.unwrap_or_else(|| start(ids[4]));
            let all = &mut all[own.start * gates..own.end * gates];
            if step > 0 || ids[4] != NONE {
                let out = all.get_mut(C::LAYOUT.recurrent * width..).unwrap_or_default();
                let out = MatrixMut::strided(out, s.batch, columns, gates);
                product_by_panels(work.team, out, Matrix::new(before, s.batch, width), &across, true);
            }
            let (rest, cell) = apart(rest, time, past, s.batch * kept);
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
    let shape = Shape::new(if last { &flat } else { &lengths }).ok_or("too many numbers")?;
    Ok(work.push_with(Op::Recurrent(kind, direction), shape, &ids, h, saved, Vec::new()))
}

/// x = f(x + b): a loop for every gate, since of several at once compilers make no vectors.
#[inline(always)]
fn gate<T: Element>(x: &mut [T], bias: &[T], f: impl Fn(T) -> T) {
    x.iter_mut().zip(bias).for_each(|(x, b)| *x = f(*x + *b));
}

/// Numbers from `start` on; none where there are no rows.
fn from<T>(all: &[T], start: usize) -> &[T] {
    all.get(start..).unwrap_or_default()
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
