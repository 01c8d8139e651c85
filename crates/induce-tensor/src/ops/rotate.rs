//! Rotary positions (Su et al. 2021, equation 34).

use induce_core::multiversion;

use super::{Op, Recorded};
use crate::element::Element;
use crate::tape::{Id, Work, value};
use crate::threads::rows;

/// The width of a head, the number of positions, or what does not fit.
fn sizes<T: Element>(work: &Work<T>, x: Id, table: Id, heads: usize) -> Result<(usize, usize), String> {
    let (shape, rope) = (work.shape(x), work.shape(table));
    let (&[_, time, row], &[positions, width]) = (shape.lengths(), rope.lengths()) else {
        return Err(format!(
            "{shape} is rotated by {rope}, not (batch, time, heads) by (time, width)"
        ));
    };
    if time > positions || width % 2 == 1 || heads * width > row {
        return Err(format!("{heads} heads of {shape} do not fit a table of {rope}"));
    }
    Ok((width, time))
}

multiversion! {
    /// Every head of a row rotated forwards, or backwards, by one row of the table; the rest as it is
    fn turn<T: Element>(x: &[T], table: &[T], heads: usize, back: bool, add: bool, y: &mut [T]) {
        let half = table.len() / 2;
        let (cos, sin) = table.split_at(half);
        let turned = heads * table.len();
        let each = x[..turned].chunks_exact(table.len()).zip(y[..turned].chunks_exact_mut(table.len()));
        for (x, y) in each {
            let ((a, b), (c, d)) = (x.split_at(half), y.split_at_mut(half));
            for i in 0..half {
                let sin = if back { -sin[i] } else { sin[i] };
                let (first, second) = (a[i] * cos[i] - b[i] * sin, a[i] * sin + b[i] * cos[i]);
                c[i] = if add { c[i] + first } else { first };
                d[i] = if add { d[i] + second } else { second };
            }
        }
        for (x, y) in x[turned..].iter().zip(&mut y[turned..]) {
            *y = if add { *y + *x } else { *x };
        }
    }
}

/// The first `heads` heads of every row turned to its time.
///
/// # Errors
/// If the shapes do not fit.
pub fn record<T: Element>(work: &mut Work<T>, x: Id, table: Id, heads: usize) -> Recorded {
    let (width, time) = sizes(work, x, table, heads)?;
    let shape = work.shape(x);
    let row = shape.last();
    let mut y = work.pool.take(shape.elements());
    let [input, rope] = [x, table].map(|id| value(work.nodes, work.parameters, id));
    rows(work.team, shape.rows(), [(&mut y[..], row)], |r, [y]| {
        for (i, y) in r.zip(y.chunks_exact_mut(row.max(1))) {
            let t = i % time;
            turn(
                &input[i * row..(i + 1) * row],
                &rope[t * width..(t + 1) * width],
                heads,
                false,
                false,
                y,
            );
        }
    });
    Ok(work.push(Op::Rotate { heads }, shape, &[x, table], y))
}

/// The gradients turned back: the turn is orthogonal.
pub fn back<T: Element>(heads: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let [x, table, ..] = work.node(y).inputs;
    let Ok((width, time)) = sizes(work, x, table, heads) else {
        return;
    };
    let row = work.shape(x).last();
    let count = work.shape(x).rows();
    let Some(mut slot) = work.slot(x) else { return };
    let (add, rope) = (slot.add, value(work.nodes, work.parameters, table));
    rows(work.team, count, [(slot.slice(), row)], |r, [dx]| {
        for (i, dx) in r.zip(dx.chunks_exact_mut(row.max(1))) {
            let t = i % time;
            turn(
                &dy[i * row..(i + 1) * row],
                &rope[t * width..(t + 1) * width],
                heads,
                true,
                add,
                dx,
            );
        }
    });
    work.put(slot);
}
