//! Arithmetic of two tensors, stretched over each other: axes are matched from the last, and one of length 1 fits any.

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::{Binary, add_product, add_scaled, binary};
use crate::kernels::rows as sums;
use crate::shape::{AXES, Shape};
use crate::tape::{Id, Work, value};
use crate::threads::{chunk_count, chunks, rows};

/// How a stretched tensor is walked: runs of places of the result, each with its place in the tensor.
struct Walk {
    /// Lengths of the axes before the run, with the tensor's stride along each (0 where it is stretched).
    axes: [(usize, usize); AXES],
    /// Places of the result in a run.
    run: usize,
    /// Whether the tensor has one value for a whole run.
    single: bool,
}

impl Walk {
    fn new(own: Shape, result: Shape) -> Self {
        let rank = result.rank();
        let length = |axis: usize| {
            (axis + own.rank())
                .checked_sub(rank)
                .map_or(1, |a| own.lengths()[a])
        };
        // The longest run of last axes that the tensor has in full, or not at all.
        let full = |axis: usize| length(axis) == result.lengths()[axis];
        let single = rank > 0 && length(rank - 1) == 1 && result.lengths()[rank - 1] != 1;
        let fits = |axis: usize| if single { length(axis) == 1 } else { full(axis) };
        let first = (0..rank)
            .rev()
            .take_while(|&axis| fits(axis))
            .last()
            .unwrap_or(rank);
        let run = result.lengths()[first..].iter().product();
        let mut axes = [(1, 0); AXES];
        let mut stride = if single { 1 } else { run };
        for axis in (0..first).rev() {
            axes[axis] = (result.lengths()[axis], if length(axis) == 1 { 0 } else { stride });
            stride *= length(axis);
        }
        Self { axes, run, single }
    }

    /// The place in the tensor where run number `run` begins.
    fn place(&self, mut run: usize) -> usize {
        let mut place = 0;
        for (length, stride) in self.axes.iter().rev() {
            place += run % length * stride;
            run /= length;
        }
        place
    }

    /// What of `all` is walked in run number `run`, from place `from` to `to` of it.
    fn part<'v, T>(&self, all: &'v [T], run: usize, from: usize, to: usize) -> &'v [T] {
        let place = self.place(run);
        if self.single {
            &all[place..place + 1]
        } else {
            &all[place + from..place + to]
        }
    }
}

/// Call `f(run of a, run of b, places)` for stretches of `range` in which both tensors run on.
fn stretches(
    a: &Walk,
    b: &Walk,
    range: std::ops::Range<usize>,
    mut f: impl FnMut(usize, usize, std::ops::Range<usize>),
) {
    let mut at = range.start;
    while at < range.end {
        let end = range
            .end
            .min((at / a.run + 1) * a.run)
            .min((at / b.run + 1) * b.run);
        f(at / a.run, at / b.run, at..end);
        at = end;
    }
}

/// f(a, b), stretched over each other.
///
/// # Errors
/// If the shapes do not fit.
pub fn record<T: Element>(work: &mut Work<T>, f: Binary, a: Id, b: Id) -> Recorded {
    let (own, other) = (work.shape(a), work.shape(b));
    let shape = own
        .broadcast(&other)
        .ok_or_else(|| format!("{own} and {other} cannot be broadcast together"))?;
    let mut y = work.pool.take(shape.elements());
    let (x, z) = (
        value(work.nodes, work.parameters, a),
        value(work.nodes, work.parameters, b),
    );
    let (walk, other) = (Walk::new(own, shape), Walk::new(other, shape));
    rows(work.team, y.len(), [(&mut y, 1)], |range, [y]| {
        let start = range.start;
        stretches(&walk, &other, range, |i, j, r| {
            let (from_a, from_b) = (i * walk.run, j * other.run);
            let left = walk.part(x, i, r.start - from_a, r.end - from_a);
            let right = other.part(z, j, r.start - from_b, r.end - from_b);
            binary(f, left, right, &mut y[r.start - start..r.end - start]);
        });
    });
    Ok(work.push(Op::Binary(f), shape, &[a, b], y))
}

pub fn back<T: Element>(f: Binary, y: Id, dy: &[T], work: &mut Work<T>) {
    let [a, b, ..] = work.node(y).inputs;
    match f {
        Binary::Add => {
            gather(work, y, a, dy, T::ONE);
            gather(work, y, b, dy, T::ONE);
        }
        Binary::Sub => {
            gather(work, y, a, dy, T::ONE);
            gather(work, y, b, dy, -T::ONE);
        }
        Binary::Mul => {
            product_back(work, y, a, b, dy, Binary::Mul, T::ONE);
            product_back(work, y, b, a, dy, Binary::Mul, T::ONE);
        }
        Binary::Div => {
            product_back(work, y, a, b, dy, Binary::Div, T::ONE);
            // d(a / b) = -(a / b) / b db
            if work.node(b).active {
                let mut own = work.pool.take(dy.len());
                let output = &work.nodes[y as usize].value;
                rows(work.team, own.len(), [(&mut own, 1)], |r, [own]| {
                    add_product(&dy[r.clone()], &output[r], -T::ONE, own, false);
                });
                product_back(work, y, b, b, &own, Binary::Div, T::ONE);
                work.pool.give(own);
            }
        }
    }
}

/// Give `to` the gradient dy * other, or dy / other.
fn product_back<T: Element>(work: &mut Work<T>, y: Id, to: Id, other: Id, dy: &[T], f: Binary, scale: T) {
    if !work.node(to).active {
        return;
    }
    let (shape, own) = (work.shape(y), work.shape(other));
    // The common case of equal shapes needs no buffer.
    if f == Binary::Mul && own == shape && work.shape(to) == shape {
        let Some(mut slot) = work.slot(to) else { return };
        let (factor, add) = (value(work.nodes, work.parameters, other), slot.add);
        rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [dx]| {
            add_product(&dy[r.clone()], &factor[r], scale, dx, add);
        });
        work.put(slot);
        return;
    }
    let mut product = work.pool.take(dy.len());
    let (factor, walk) = (value(work.nodes, work.parameters, other), Walk::new(own, shape));
    rows(work.team, dy.len(), [(&mut product, 1)], |range, [out]| {
        let start = range.start;
        stretches(&walk, &walk, range, |i, _, r| {
            let from = i * walk.run;
            let right = walk.part(factor, i, r.start - from, r.end - from);
            binary(f, &dy[r.clone()], right, &mut out[r.start - start..r.end - start]);
        });
    });
    gather(work, y, to, &product, scale);
    work.pool.give(product);
}

/// Add scale * dy to the gradient of `to`, summed over the axes along which `to` was stretched.
fn gather<T: Element>(work: &mut Work<T>, y: Id, to: Id, dy: &[T], scale: T) {
    let Some(mut slot) = work.slot(to) else { return };
    let (own, shape, add) = (work.shape(to), work.shape(y), slot.add);
    if own.elements() == shape.elements() {
        rows(work.team, dy.len(), [(slot.slice(), 1)], |r, [dx]| {
            add_scaled(&dy[r], scale, dx, add);
        });
        work.put(slot);
        return;
    }
    let walk = Walk::new(own, shape);
    let width = slot.slice().len();
    let repeats = walk
        .axes
        .iter()
        .all(|(length, stride)| *stride == 0 || *length == 1)
        && !walk.single;
    if repeats {
        // Rows that are all the same: their gradients are summed by chunks of rows.
        let count = dy.len() / width;
        let mut partial = work.pool.zeros(chunk_count(count) * width);
        let number = chunks(work.team, count, &mut partial, width, |r, sums_of| {
            sums::add_rows(&dy[r.start * width..r.end * width], sums_of);
        });
        let dx = slot.slice();
        if !add {
            dx.fill(T::ZERO);
        }
        for part in partial.chunks_exact(width).take(number) {
            add_scaled(part, scale, dx, true);
        }
        work.pool.give(partial);
    } else {
        let dx = slot.slice();
        if !add {
            dx.fill(T::ZERO);
        }
        for (run, part) in dy.chunks_exact(walk.run).enumerate() {
            let place = walk.place(run);
            if walk.single {
                dx[place] += scale * sums::sum(part);
            } else {
                add_scaled(part, scale, &mut dx[place..place + walk.run], true);
            }
        }
    }
    work.put(slot);
}
