//! Products of pairs of rows: y_eb = sum_k a[i_e, b, k] c[j_e, k] for pairs (i_e, j_e), such as edges of a graph.
//!
//! It is a dense product of which only some places are wanted (SDDMM). Backwards a row's gradient is a sum over its pairs in their order,
//! da[i, b, k] = sum_e dy_eb c[j_e, k], and so it is of the others: nothing is added to what another thread writes.

use std::sync::Arc;

use induce_core::linalg::transpose;
use induce_core::{Error, Result, multiversion};

use super::{Op, Recorded};
use crate::element::Element;
use crate::kernels::elementwise::add_scaled;
use crate::shape::Shape;
use crate::tape::{Id, Work, value};
use crate::threads::parts;

/// Pairs in a task forwards, and about as many backwards.
const TASK: usize = 512;
/// Lanes of a product of two rows.
const LANES: usize = 16;

/// Pairs (row, column), in the order of rows: as cheap to copy as a reference.
///
/// ```
/// let pairs = induce_tensor::Pairs::new(2, 3, &[(0, 1), (1, 0), (1, 2)])?;
/// assert_eq!(pairs.len(), 3);
/// assert!(induce_tensor::Pairs::new(2, 3, &[(1, 0), (0, 0)]).is_err(), "rows must rise");
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pairs(Arc<Places>);

#[derive(Debug)]
struct Places {
    /// Of every pair.
    rows: Vec<u32>,
    columns: Vec<u32>,
    /// Where the pairs of every row begin, and the end.
    row_starts: Vec<usize>,
    /// The same of columns, in `by_column`, which has numbers of pairs.
    column_starts: Vec<usize>,
    by_column: Vec<u32>,
}

impl Pairs {
    /// From pairs whose rows do not fall.
    ///
    /// # Errors
    /// If rows fall, or a row or column is not among so many.
    pub fn new(rows: usize, columns: usize, pairs: &[(u32, u32)]) -> Result<Self> {
        let wrong = pairs
            .iter()
            .find(|own| own.0 as usize >= rows || own.1 as usize >= columns);
        if let Some((row, column)) = wrong {
            return Err(Error::data(
                format!("the pair ({row}, {column}) of {rows} x {columns}"),
                "rows and columns count from 0",
            ));
        }
        if !pairs.is_sorted_by_key(|own| own.0) {
            return Err(Error::data(
                "pairs are not in the order of their rows",
                "sort them",
            ));
        }
        let mut row_starts = vec![0; rows + 1];
        pairs.iter().for_each(|own| row_starts[own.0 as usize + 1] += 1);
        (0..rows).for_each(|row| row_starts[row + 1] += row_starts[row]);
        let (rows, places): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
        let numbers: Vec<u32> = (0..pairs.len() as u32).collect();
        let (column_starts, _, by_column) = transpose(columns, &row_starts, &places, &numbers);
        Ok(Self(Arc::new(Places {
            rows,
            columns: places,
            row_starts,
            column_starts,
            by_column,
        })))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.rows.is_empty()
    }
}

#[inline(always)]
fn dot<T: Element>(x: &[T], y: &[T]) -> T {
    let (x, last_x) = x.as_chunks::<LANES>();
    let (y, last_y) = y.as_chunks::<LANES>();
    let mut sums = [T::ZERO; LANES];
    for (x, y) in x.iter().zip(y) {
        for l in 0..LANES {
            sums[l] += x[l] * y[l];
        }
    }
    for (sum, (x, y)) in sums.iter_mut().zip(last_x.iter().zip(last_y)) {
        *sum += *x * *y;
    }
    let mut n = LANES;
    while n > 1 {
        n /= 2;
        for l in 0..n {
            let other = sums[l + n];
            sums[l] += other;
        }
    }
    sums[0]
}

multiversion! {
    /// y of some pairs, `bases` of each
    fn forward<T: Element>(rows: &[u32], columns: &[u32], a: &[T], c: &[T], bases: usize, width: usize, y: &mut [T]) {
        for ((row, column), y) in rows.iter().zip(columns).zip(y.chunks_exact_mut(bases)) {
            let a = &a[*row as usize * bases * width..][..bases * width];
            let c = &c[*column as usize * width..][..width];
            for (a, y) in a.chunks_exact(width).zip(y) {
                *y = dot(a, c);
            }
        }
    }
}

/// What [`Tensor::pair_products`](crate::Tensor::pair_products) records.
///
/// # Errors
/// If the shapes do not fit.
pub fn products<T: Element>(work: &mut Work<T>, [a, c]: [Id; 2], pairs: &Pairs) -> Recorded {
    let (shape, other) = (work.shape(a), work.shape(c));
    let places = &*pairs.0;
    let (rows, columns) = (places.row_starts.len() - 1, places.column_starts.len() - 1);
    let (&[count, long], &[across, width]) = (shape.lengths(), other.lengths()) else {
        return Err(format!(
            "pairs are of rows of matrices, not of {shape} and {other}"
        ));
    };
    if count != rows || across != columns || width == 0 || long == 0 || !long.is_multiple_of(width) {
        return Err(format!(
            "pairs of {rows} x {columns} do not fit {shape} and {other}"
        ));
    }
    let bases = long / width;
    let mut y = work.pool.take(pairs.len() * bases);
    let (x, z) = (
        value(work.nodes, work.parameters, a),
        value(work.nodes, work.parameters, c),
    );
    parts(work.team, &mut y, TASK * bases, |task, y| {
        let first = task * TASK;
        let some = first..first + y.len() / bases;
        forward(
            &places.rows[some.clone()],
            &places.columns[some],
            x,
            z,
            bases,
            width,
            y,
        );
    });
    let shape = Shape::new(&[pairs.len(), bases]).ok_or("too many pairs")?;
    work.pairs.push(pairs.clone());
    let number = work.pairs.len() - 1;
    Ok(work.push(Op::Pairs(number), shape, &[a, c], y))
}

pub fn back<T: Element>(number: usize, y: Id, dy: &[T], work: &mut Work<T>) {
    let [a, c, ..] = work.node(y).inputs;
    let (bases, width) = (work.shape(y).last(), work.shape(c).last());
    let own = work.pairs[number].clone();
    let places = &*own.0;
    if let Some(mut slot) = work.slot(a) {
        let (add, z) = (slot.add, value(work.nodes, work.parameters, c));
        let some = rows_of_a_task(places.row_starts.len() - 1, dy.len() / bases);
        parts(work.team, slot.slice(), some * bases * width, |task, da| {
            for (row, da) in (task * some..).zip(da.chunks_exact_mut(bases * width)) {
                if !add {
                    da.fill(T::ZERO);
                }
                for e in places.row_starts[row]..places.row_starts[row + 1] {
                    let z = &z[places.columns[e] as usize * width..][..width];
                    for (da, dy) in da.chunks_exact_mut(width).zip(&dy[e * bases..]) {
                        add_scaled(z, *dy, da, true);
                    }
                }
            }
        });
        work.put(slot);
    }
    if let Some(mut slot) = work.slot(c) {
        let (add, x) = (slot.add, value(work.nodes, work.parameters, a));
        let some = rows_of_a_task(places.column_starts.len() - 1, dy.len() / bases);
        parts(work.team, slot.slice(), some * width, |task, dc| {
            for (column, dc) in (task * some..).zip(dc.chunks_exact_mut(width)) {
                if !add {
                    dc.fill(T::ZERO);
                }
                for e in &places.by_column[places.column_starts[column]..places.column_starts[column + 1]] {
                    let e = *e as usize;
                    let x = &x[places.rows[e] as usize * bases * width..][..bases * width];
                    for (x, dy) in x.chunks_exact(width).zip(&dy[e * bases..]) {
                        add_scaled(x, *dy, dc, true);
                    }
                }
            }
        });
        work.put(slot);
    }
}

/// Rows that have about as many pairs as a task.
fn rows_of_a_task(rows: usize, pairs: usize) -> usize {
    (TASK * rows).div_ceil(pairs.max(1)).max(1)
}
