//! Matrix products: panels of the right side, tasks by shape, and the innermost loop of `micro` (Goto & van de Geijn 2008).
#![expect(
    clippy::needless_pass_by_value,
    reason = "a matrix that is written is lent for one product"
)]

use std::ops::Range;

use induce_core::parallel::Team;

use super::micro::{self, Block, COLUMNS, ROWS};
use crate::element::Element;
use crate::pool::Pool;
use crate::spread::{Shared, tasks, tasks_by};

/// A matrix within a slice: element (i, j) at `i * row + j * column`.
#[derive(Clone, Copy)]
pub struct Matrix<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    row: usize,
    column: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// Rows one after the other.
    ///
    /// # Panics
    /// If the slice is too short: a mistake of the caller.
    pub fn new(data: &'a [T], rows: usize, columns: usize) -> Self {
        Self::strided(data, rows, columns, columns, 1)
    }

    /// With strides of its own.
    ///
    /// # Panics
    /// If the slice is too short: a mistake of the caller.
    pub fn strided(data: &'a [T], rows: usize, columns: usize, row: usize, column: usize) -> Self {
        check(data.len(), rows, columns, row, column);
        Self {
            data,
            rows,
            columns,
            row,
            column,
        }
    }

    /// Its transpose, without moving a number.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row: self.column,
            column: self.row,
            ..self
        }
    }
}

/// A matrix that is written.
pub struct MatrixMut<'a, T> {
    data: &'a mut [T],
    rows: usize,
    columns: usize,
    row: usize,
}

impl<'a, T> MatrixMut<'a, T> {
    /// Rows one after the other.
    ///
    /// # Panics
    /// If the slice is too short: a mistake of the caller.
    pub fn new(data: &'a mut [T], rows: usize, columns: usize) -> Self {
        Self::strided(data, rows, columns, columns)
    }

    /// Rows `row` numbers apart.
    ///
    /// # Panics
    /// If the slice is too short: a mistake of the caller.
    pub fn strided(data: &'a mut [T], rows: usize, columns: usize, row: usize) -> Self {
        check(data.len(), rows, columns, row, 1);
        Self {
            data,
            rows,
            columns,
            row,
        }
    }
}

fn check(length: usize, rows: usize, columns: usize, row: usize, column: usize) {
    let last = if rows == 0 || columns == 0 {
        0
    } else {
        (rows - 1) * row + (columns - 1) * column + 1
    };
    assert!(
        length >= last,
        "a slice of {length} for a matrix of {rows} x {columns}"
    );
}

/// Columns of a panel: what a block has.
const PANEL: usize = COLUMNS;
/// Most numbers of the depth that are summed before the sums go to memory: so that a panel stays in the first cache.
const DEPTH: usize = 384;
/// Multiplications below which a product is done at once, on one thread, with B where it lies.
const SMALL: usize = 1 << 15;
/// Multiplications that are worth a task.
const TASK: usize = 1 << 20;

/// The right side of a product, kept panel by panel: 64 columns of all rows, and so on.
///
/// A product brings its right side into this order before it multiplies; where many products have the same, as a
/// recurrent layer has at all times, that is done once.
#[derive(Clone, Copy)]
pub struct Panels<'a, T> {
    data: &'a [T],
    rows: usize,
    columns: usize,
    /// Numbers from panel to panel.
    size: usize,
}

impl<'a, T: Element> Panels<'a, T> {
    /// Numbers that the panels of such a matrix take.
    pub fn room(rows: usize, columns: usize) -> usize {
        rows * columns.next_multiple_of(PANEL)
    }

    /// Of this matrix, within `room`.
    ///
    /// # Panics
    /// If `room` is shorter than [`Panels::room`]: a mistake of the caller.
    pub fn new(team: &mut Team, b: Matrix<T>, room: &'a mut [T]) -> Self {
        let size = b.rows * PANEL;
        let shared = Shared::new(&mut room[..Self::room(b.rows, b.columns)]);
        let panels = b.columns.div_ceil(PANEL);
        let one = |panel: usize| b.panel(panel * PANEL, shared.own(panel * size..(panel + 1) * size));
        if b.rows * b.columns < SMALL {
            (0..panels).for_each(one);
        } else {
            tasks(team, panels, one);
        }
        Self {
            data: room,
            rows: b.rows,
            columns: b.columns,
            size,
        }
    }

    /// Its first rows and columns.
    #[must_use]
    pub fn part(self, rows: usize, columns: usize) -> Self {
        Self {
            rows: rows.min(self.rows),
            columns: columns.min(self.columns),
            ..self
        }
    }
}

impl<T: Element> Matrix<'_, T> {
    /// Columns from `first` on as a panel.
    fn panel(&self, first: usize, out: &mut [T]) {
        let width = PANEL.min(self.columns - first);
        if self.column == 1 {
            for (k, out) in out.chunks_exact_mut(PANEL).enumerate() {
                let start = k * self.row + first;
                out[..width].copy_from_slice(&self.data[start..start + width]);
            }
            return;
        }
        // A transpose: some rows at a time, so that what is written stays in the cache.
        const SOME: usize = 16;
        for from in (0..self.rows).step_by(SOME) {
            let to = (from + SOME).min(self.rows);
            for j in 0..width {
                let start = (first + j) * self.column;
                for k in from..to {
                    out[k * PANEL + j] = self.data[start + k * self.row];
                }
            }
        }
    }
}

/// out = A B, or out + A B if `add`; `pool` lends the room for the panels of B.
///
/// `out` is cut into tasks by shape alone, and every number is summed in the order of k: the same bits on any number of
/// threads.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product<T: Element>(
    team: &mut Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    add: bool,
) {
    fits(&out, &a, (b.rows, b.columns));
    if b.column == 1 && out.rows * out.columns * a.columns < SMALL {
        return small(out, a, b, add);
    }
    let mut room = pool.take(Panels::<T>::room(b.rows, b.columns));
    let panels = Panels::new(team, b, &mut room);
    product_by_panels(team, pool, out, a, &panels, add);
    pool.give(room);
}

fn fits<T>(out: &MatrixMut<T>, a: &Matrix<T>, b: (usize, usize)) {
    let good = a.rows == out.rows && b.1 == out.columns && a.columns == b.0;
    assert!(
        good,
        "{} x {} is no product of {} x {} and {b:?}",
        out.rows, out.columns, a.rows, a.columns
    );
}

/// A product on this thread, with B where it lies.
fn small<T: Element>(out: MatrixMut<T>, a: Matrix<T>, b: Matrix<T>, add: bool) {
    let (m, n, k) = (out.rows, out.columns, a.columns);
    for j in (0..n).step_by(COLUMNS) {
        for i in (0..m).step_by(ROWS) {
            let block = Block {
                rows: ROWS.min(m - i),
                columns: COLUMNS.min(n - j),
                depth: k,
                a: a.data[(i * a.row).min(a.data.len())..].as_ptr(),
                a_row: a.row,
                a_depth: a.column,
                b: b.data[j.min(b.data.len())..].as_ptr(),
                b_depth: b.row,
                c: out.data[i * out.row + j..].as_mut_ptr(),
                c_row: out.row,
                add,
            };
            #[expect(unsafe_code, reason = "the kernel takes pointers")]
            // SAFETY: the matrices lie within their slices (`check`), and the block within the matrices.
            unsafe {
                micro::block(block);
            }
        }
    }
}

/// As [`product`], with the right side in panels.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product_by_panels<T: Element>(
    team: &mut Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: &Panels<T>,
    add: bool,
) {
    fits(&out, &a, (b.rows, b.columns));
    let (m, panels, k) = (out.rows, b.columns.div_ceil(PANEL), b.rows);
    let (high, wide) = cut(m, panels, k);
    let down = m.div_ceil(high);
    // Where a row of A is not adjacent, a task brings its rows into order first.
    let size = if a.column == 1 { 0 } else { high * k.min(DEPTH) };
    let mut rooms = pool.take(team.size() * size);
    let (data, row, room) = (Shared::new(out.data), out.row, Shared::new(&mut rooms));
    tasks_by(team, down * panels.div_ceil(wide), |member, task| {
        let (i, j) = (task % down * high, task / down * wide);
        let (rows, panels) = (i..(i + high).min(m), j..(j + wide).min(panels));
        rectangle(
            &data,
            row,
            &a,
            b,
            rows,
            panels,
            add,
            room.own(member * size..(member + 1) * size),
        );
    });
    pool.give(rooms);
}

/// Rows and panels of a task: a few blocks high, so that a panel in the cache is used several times, and at most 16 tasks
/// along each side.
fn cut(m: usize, panels: usize, k: usize) -> (usize, usize) {
    let work = m * panels * PANEL * k.max(1);
    let wanted = (work / TASK).clamp(1, 32);
    let down = m.div_ceil(16 * ROWS).clamp(1, wanted.min(16));
    let across = (wanted / down).clamp(1, panels.clamp(1, 16));
    (
        m.div_ceil(down).next_multiple_of(ROWS).max(ROWS),
        panels.div_ceil(across).max(1),
    )
}

/// Some rows and panels of a product, on this thread; `room`, if it is not empty, is for the rows of A in order.
fn rectangle<T: Element>(
    out: &Shared<T>,
    row: usize,
    a: &Matrix<T>,
    b: &Panels<T>,
    rows: Range<usize>,
    panels: Range<usize>,
    add: bool,
    room: &mut [T],
) {
    let k = b.rows;
    let parts = k.div_ceil(DEPTH).max(1);
    for part in 0..parts {
        let depth = k * part / parts..k * (part + 1) / parts;
        let start = (rows.start * a.row + depth.start * a.column).min(a.data.len());
        let mut left = (&a.data[start..], a.row, a.column);
        if !room.is_empty() {
            in_order(left.0, a.row, a.column, rows.len(), depth.len(), room);
            left = (&*room, depth.len(), 1);
        }
        for panel in panels.clone() {
            let first = panel * PANEL;
            let right = &b.data[panel * b.size..][depth.start * PANEL..depth.end * PANEL];
            for i in (0..rows.len()).step_by(ROWS) {
                let block = Block {
                    rows: ROWS.min(rows.len() - i),
                    columns: PANEL.min(b.columns - first),
                    depth: depth.len(),
                    a: left.0[(i * left.1).min(left.0.len())..].as_ptr(),
                    a_row: left.1,
                    a_depth: left.2,
                    b: right.as_ptr(),
                    b_depth: PANEL,
                    c: out.pointer((rows.start + i) * row + first),
                    c_row: row,
                    add: add || part > 0,
                };
                #[expect(unsafe_code, reason = "the kernel takes pointers")]
                // SAFETY: the matrices lie within their slices (`check`, `fits`), and tasks have no rows and panels in
                // common.
                unsafe {
                    micro::block(block);
                }
            }
        }
    }
}

/// (rows, depth) with any strides to rows of adjacent numbers, by squares that stay in the cache.
fn in_order<T: Copy>(a: &[T], row: usize, column: usize, rows: usize, depth: usize, out: &mut [T]) {
    const SQUARE: usize = 16;
    for i in (0..rows).step_by(SQUARE) {
        for k in (0..depth).step_by(SQUARE) {
            for i in i..(i + SQUARE).min(rows) {
                for k in k..(k + SQUARE).min(depth) {
                    out[i * depth + k] = a[i * row + k * column];
                }
            }
        }
    }
}

/// As [`product_by_panels`], on this thread, within a task.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product_alone<T: Element>(out: MatrixMut<T>, a: Matrix<T>, b: Panels<T>, add: bool) {
    fits(&out, &a, (b.rows, b.columns));
    let (m, row) = (out.rows, out.row);
    rectangle(
        &Shared::new(out.data),
        row,
        &a,
        &b,
        0..m,
        0..b.columns.div_ceil(PANEL),
        add,
        &mut [],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n)
            .map(|i| ((i * 37 + seed * 11) % 23) as f32 - 11.0)
            .collect()
    }

    fn slow(a: Matrix<f32>, b: Matrix<f32>) -> Vec<f32> {
        let mut out = Vec::new();
        for i in 0..a.rows {
            for j in 0..b.columns {
                let terms = (0..a.columns)
                    .map(|l| a.data[i * a.row + l * a.column] * b.data[l * b.row + j * b.column]);
                out.push(terms.sum());
            }
        }
        out
    }

    #[test]
    fn products_of_any_shape_are_right_and_the_same_on_any_team() {
        for (m, n, k) in [
            (1, 1, 1),
            (3, 5, 7),
            (130, 70, 33),
            (2, 400, 64),
            (400, 3, 200),
            (0, 4, 3),
            (5, 6, 0),
            (300, 260, 64),
        ] {
            let (x, y) = (numbers(m * k, 1), numbers(k * n, 2));
            for transposed in 0..4 {
                let a = if transposed & 1 == 0 {
                    Matrix::new(&x, m, k)
                } else {
                    Matrix::new(&x, k, m).transposed()
                };
                let b = if transposed & 2 == 0 {
                    Matrix::new(&y, k, n)
                } else {
                    Matrix::new(&y, n, k).transposed()
                };
                let of = |threads: usize, add: bool| {
                    let mut out = vec![1.0; m * n];
                    Team::with(threads, |team| {
                        product(
                            team,
                            &mut Pool::default(),
                            MatrixMut::new(&mut out, m, n),
                            a,
                            b,
                            add,
                        );
                    });
                    out
                };
                let exact = slow(a, b);
                assert_eq!(of(1, false), exact, "{m} {n} {k} {transposed}");
                assert_eq!(of(1, false), of(2, false));
                assert_eq!(of(1, true), exact.iter().map(|x| x + 1.0).collect::<Vec<_>>());
            }
        }
    }
}
