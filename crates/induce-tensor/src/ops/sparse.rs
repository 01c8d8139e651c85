//! Sparse times dense: Y = A X, and dX = A' dY.

use induce_core::multiversion;
use induce_core::parallel::Team;
use induce_core::random::Stream;

use super::dropout::Dropout;
use super::{Op, Recorded};
use crate::element::Element;
use crate::shape::Shape;
use crate::sparse::{Rows, Sparse};
use crate::tape::{Id, Work, value};
use crate::threads::parts;

/// Values of the result in a task: rows are of any length, so tasks are small, and whoever is free takes the next.
const TASK: usize = 4096;

/// Products below which a second thread costs more than it helps.
const ALONE: usize = 16_384;

/// Some rows of a matrix, with values of their own.
#[derive(Clone, Copy)]
struct Part<'a, T> {
    /// Where each row starts, and the end.
    starts: &'a [usize],
    columns: &'a [u32],
    values: &'a [T],
    /// The places of the values, where they are in another order.
    order: Option<&'a [u32]>,
}

impl<T: Element> Part<'_, T> {
    #[inline(always)]
    fn value(&self, i: usize) -> T {
        self.values[self.order.map_or(i, |order| order[i] as usize)]
    }

    /// `N` columns of y from `first` on: they stay in registers while a row is summed.
    #[inline(always)]
    fn columns<const N: usize>(&self, x: &[T], (width, first): (usize, usize), y: &mut [T], add: bool) {
        for (row, y) in self.starts.windows(2).zip(y.chunks_exact_mut(width)) {
            let own: &mut [T; N] = (&mut y[first..first + N]).try_into().expect("so many columns");
            let mut sums = if add { *own } else { [T::ZERO; N] };
            for i in row[0]..row[1] {
                let from = self.columns[i] as usize * width + first;
                let (x, factor) = (&x[from..from + N], self.value(i));
                sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += factor * *x);
            }
            *own = sums;
        }
    }
}

multiversion! {
    /// y (+)= A x for some rows of A; every row is summed in its order.
    fn multiply_rows<T: Element>(a: Part<T>, x: &[T], width: usize, y: &mut [T], add: bool) {
        let mut first = 0;
        while width - first >= 64 {
            a.columns::<64>(x, (width, first), y, add);
            first += 64;
        }
        while width - first >= 16 {
            a.columns::<16>(x, (width, first), y, add);
            first += 16;
        }
        if width - first >= 8 {
            a.columns::<8>(x, (width, first), y, add);
            first += 8;
        }
        let at = (width, first);
        match width - first {
            0 => {}
            1 => a.columns::<1>(x, at, y, add),
            2 => a.columns::<2>(x, at, y, add),
            3 => a.columns::<3>(x, at, y, add),
            4 => a.columns::<4>(x, at, y, add),
            5 => a.columns::<5>(x, at, y, add),
            6 => a.columns::<6>(x, at, y, add),
            _ => a.columns::<7>(x, at, y, add),
        }
    }
}

/// y (+)= A x, x and y rows of `width`.
pub(super) fn multiply<T: Element>(
    team: &Team,
    a: &Rows<T>,
    (values, order): (&[T], Option<&[u32]>),
    x: &[T],
    width: usize,
    y: &mut [T],
    add: bool,
) {
    if width == 0 {
        return;
    }
    let (count, some) = (a.starts.len() - 1, (TASK / width).max(1));
    let task = |task: usize, y: &mut [T]| {
        let own = Part {
            starts: &a.starts[task * some..=((task + 1) * some).min(count)],
            columns: &a.columns,
            values,
            order,
        };
        multiply_rows(own, x, width, y, add);
    };
    let mut alone = Team::alone();
    let few = a.columns.len() * width < ALONE;
    parts(if few { &mut alone } else { team }, y, some * width, task);
}

/// A sparse matrix times (columns, width); each of its values is 0 with some probability, where dropout is asked for.
///
/// # Errors
/// If the shapes do not fit, or the probability is not in [0, 1).
pub fn product<T: Element>(
    work: &mut Work<T>,
    matrix: &Sparse<T>,
    x: Id,
    dropout: Option<(f64, Stream)>,
) -> Recorded {
    let shape = work.shape(x);
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let &[count, width] = shape.lengths() else {
        return Err(format!(
            "a sparse matrix is multiplied with (rows, width), not with {shape}"
        ));
    };
    if count != columns {
        return Err(format!(
            "a sparse matrix of ({rows}, {columns}) and {shape} have no product"
        ));
    }
    let shape = Shape::new(&[rows, width]).ok_or("too many elements")?;
    let side = matrix.side(false);
    let mut thinned = Vec::new();
    if let Some((probability, stream)) = dropout.filter(|own| own.0 != 0.0) {
        thinned = work.pool.take(side.values.len());
        Dropout::new(probability, stream)?.apply(work.team, &side.values, &mut thinned, false);
    }
    let mut y = work.pool.take(shape.elements());
    let input = value(work.nodes, work.parameters, x);
    let values: &[T] = if thinned.is_empty() {
        &side.values
    } else {
        &thinned
    };
    multiply(work.team, side, (values, None), input, width, &mut y, false);
    work.sparse.push(matrix.clone());
    let number = work.sparse.len() - 1;
    Ok(work.push_with(Op::Sparse(number), shape, &[x], y, thinned, Vec::new()))
}

pub fn back<T: Element>(number: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let (add, width) = (slot.add, work.shape(x).last());
    let matrix = &work.sparse[number];
    let (turned, thinned) = (matrix.side(true), &work.node(y).saved);
    let values = match thinned.is_empty() {
        true => (&turned.values[..], None),
        false => (&thinned[..], Some(matrix.order())),
    };
    multiply(work.team, turned, values, dy, width, slot.slice(), add);
    work.put(slot);
}
