//! Matrix products: panels of the right side, tasks by shape, and the innermost loop of `micro` (Goto & van de Geijn 2008).
#![expect(
    clippy::needless_pass_by_value,
    reason = "a matrix that is written is lent for one product"
)]

use std::ops::Range;

use induce_core::multiversion;
use induce_core::parallel::Team;

use super::elementwise::{Unary, bias_and_activate};
use super::micro::{self, Block, COLUMNS, ROWS};
use crate::element::Element;
use crate::pool::Pool;
use crate::threads::{Shared, parts, tasks};

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

    /// Its transpose, without moving a value.
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

    /// Rows `row` values apart.
    ///
    /// # Panics
    /// If the slice is too short, or a row begins within the one before it: mistakes of the caller.
    pub fn strided(data: &'a mut [T], rows: usize, columns: usize, row: usize) -> Self {
        check(data.len(), rows, columns, row, 1);
        assert!(
            rows < 2 || row >= columns,
            "rows of {columns} that are written, {row} apart"
        );
        Self {
            data,
            rows,
            columns,
            row,
        }
    }
}

/// Kernels read and write behind pointers what was found to lie within a slice here, and nowhere else.
fn check(length: usize, rows: usize, columns: usize, row: usize, column: usize) {
    let needed = needed((rows, row), (columns, column));
    assert!(
        needed.is_some_and(|needed| needed <= length),
        "a slice of {length} for a matrix of {rows} x {columns}, values {row} and {column} apart"
    );
}

/// The length of a slice with so many rows and columns so far apart; nothing if no slice is as long.
fn needed((rows, row): (usize, usize), (columns, column): (usize, usize)) -> Option<usize> {
    if rows == 0 || columns == 0 {
        return Some(0);
    }
    let down = (rows - 1).checked_mul(row)?;
    let across = (columns - 1).checked_mul(column)?;
    down.checked_add(across)?.checked_add(1)
}

/// Columns of a panel: what a block has.
const PANEL: usize = COLUMNS;
/// The largest number of values of the depth that are summed before the sums go to memory: so that a panel stays in the caches.
const DEPTH: usize = 512;
/// Rows and panels of a task of a large product, and the fewest rows that a task is cut to.
const HIGH: usize = 48 * ROWS;
const WIDE: usize = 4;
const LOW: usize = 8 * ROWS;
/// Tasks for every worker of a team, so that all end together.
const ENOUGH: usize = 6;
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
    /// Values from panel to panel.
    size: usize,
}

impl<'a, T: Element> Panels<'a, T> {
    /// Values that the panels of such a matrix take.
    ///
    /// # Panics
    /// If no slice is as long: a matrix of strides 0 has any size.
    pub fn room(rows: usize, columns: usize) -> usize {
        let wide = columns.checked_next_multiple_of(PANEL);
        let room = wide.and_then(|wide| rows.checked_mul(wide));
        room.unwrap_or_else(|| panic!("no room for panels of {rows} x {columns}"))
    }

    /// Of this matrix, within `room`.
    ///
    /// # Panics
    /// If `room` is shorter than [`Panels::room`]: a mistake of the caller.
    pub fn new(team: &Team, b: Matrix<T>, room: &'a mut [T]) -> Self {
        let size = b.rows.saturating_mul(PANEL);
        let own = &mut room[..Self::room(b.rows, b.columns)];
        let mut alone = Team::alone();
        let few = b.rows.saturating_mul(b.columns) < SMALL;
        parts(if few { &mut alone } else { team }, own, size, |panel, out| {
            b.panel(panel * PANEL, out);
        });
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
        if self.row == 1 {
            let start = (first * self.column).min(self.data.len());
            return micro::transpose(&self.data[start..], self.column, (width, self.rows), out, PANEL);
        }
        for (k, out) in out.chunks_exact_mut(PANEL).enumerate() {
            for (j, out) in out[..width].iter_mut().enumerate() {
                *out = self.data[k * self.row + (first + j) * self.column];
            }
        }
    }
}

/// What is done to rows of a product while they are in the cache: y = f(y + b), with as many biases as columns.
#[derive(Clone, Copy)]
pub struct Finish<'a, T> {
    pub bias: &'a [T],
    pub activation: Unary,
}

/// out = f(A B + b), or f(out + A B + b) if `add`.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product_and_finish<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    add: bool,
    finish: Finish<T>,
) {
    let (m, n, row) = (out.rows, out.columns, out.row); // (m, k) by (k, n)
    assert!(
        finish.bias.len() == n,
        "{} biases of {n} columns",
        finish.bias.len()
    );
    if multiplications(m, n, a.columns) < SMALL {
        product(team, pool, MatrixMut::strided(out.data, m, n, row), a, b, add);
        return finish_rows(
            finish.activation,
            finish.bias,
            &Shared::new(out.data),
            row,
            0..m,
            0,
        );
    }
    fits(&out, &a, (b.rows, b.columns));
    in_panels(team, pool, out, a, b, add, Some(finish));
}

/// out = A B, or out + A B if `add`; `pool` lends the room for the panels of B.
///
/// Every value is summed in the order of k, whatever the tasks: the same bits on any number of threads.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    add: bool,
) {
    fits(&out, &a, (b.rows, b.columns));
    if b.column == 1 && multiplications(out.rows, out.columns, a.columns) < SMALL {
        return small(out, a, b, add);
    }
    if b.column != 1 && a.column == 1 && out.rows <= out.columns / 2 {
        return turned(team, pool, out, a, b, add);
    }
    in_panels(team, pool, out, a, b, add, None);
}

fn multiplications(m: usize, n: usize, k: usize) -> usize {
    m.saturating_mul(n).saturating_mul(k)
}

/// The right side into panels, and then the product.
fn in_panels<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    add: bool,
    finish: Option<Finish<T>>,
) {
    let mut room = pool.scratch(Panels::<T>::room(b.rows, b.columns));
    let panels = Panels::new(team, b, &mut room);
    by_panels(team, out, a, &panels, add, finish);
    pool.give_scratch(room);
}

/// A B' for few rows of A: (B A')', since of two transposes the smaller one is cheaper to bring into order.
fn turned<T: Element>(
    team: &Team,
    pool: &mut Pool<T>,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    add: bool,
) {
    let (m, n) = (out.rows, out.columns);
    let mut room = pool.take(m * n); // (n, m)
    product(
        team,
        pool,
        MatrixMut::new(&mut room, n, m),
        b.transposed(),
        a.transposed(),
        false,
    );
    for i in 0..m {
        for (j, out) in out.data[i * out.row..][..n].iter_mut().enumerate() {
            let value = room[j * m + i];
            *out = if add { *out + value } else { value };
        }
    }
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

/// A product on this thread, with B where it lies: for sizes that stay in the cache.
///
/// # Panics
/// If the shapes do not fit, or the columns of B are not adjacent: a mistake of the caller.
pub fn product_in_place<T: Element>(out: MatrixMut<T>, a: Matrix<T>, b: Matrix<T>, add: bool) {
    fits(&out, &a, (b.rows, b.columns));
    assert!(b.column == 1, "columns {} apart", b.column);
    small(out, a, b, add);
}

fn small<T: Element>(out: MatrixMut<T>, a: Matrix<T>, b: Matrix<T>, add: bool) {
    let (m, n, k, kernel) = (out.rows, out.columns, a.columns, micro::kernel::<T>());
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
                kernel(&block);
            }
        }
    }
}

/// As [`product`], with the right side in panels.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product_by_panels<T: Element>(team: &Team, out: MatrixMut<T>, a: Matrix<T>, b: &Panels<T>, add: bool) {
    fits(&out, &a, (b.rows, b.columns));
    by_panels(team, out, a, b, add, None);
}

fn by_panels<T: Element>(
    team: &Team,
    out: MatrixMut<T>,
    a: Matrix<T>,
    b: &Panels<T>,
    add: bool,
    finish: Option<Finish<T>>,
) {
    let (m, panels, k) = (out.rows, b.columns.div_ceil(PANEL), b.rows);
    // A task is `high` rows by `wide` panels of the result; tasks go down the rows first.
    let (high, wide) = cut(m, panels, k, team.size());
    let down = m.div_ceil(high);
    let (data, row) = (Shared::new(out.data), out.row);
    tasks(team, down * panels.div_ceil(wide), |task| {
        let (i, j) = (task % down * high, task / down * wide);
        let tile = Tile {
            rows: i..(i + high).min(m),
            panels: j..(j + wide).min(panels),
        };
        rectangle((&data, row), &a, b, &tile, add, finish);
    });
}

/// Rows and panels of a task: so many rows that a panel in the cache serves several blocks, and both sides of a task stay in
/// the second cache; fewer where tasks would be too few to share out.
///
/// Every value is summed in the same order whatever the cut, so that it may depend on the team.
fn cut(m: usize, panels: usize, k: usize, workers: usize) -> (usize, usize) {
    let wanted = (multiplications(m, panels * PANEL, k) / TASK).max(1);
    let enough = wanted.min(ENOUGH * workers);
    let (mut down, mut across) = (m.div_ceil(HIGH).max(1), panels.div_ceil(WIDE).max(1));
    if down * across < enough {
        across = panels;
        down = down.max(enough.div_ceil(across).min(m.div_ceil(LOW)));
    }
    down = down.min(wanted);
    across = across.min((wanted / down).max(1));
    (
        m.div_ceil(down).next_multiple_of(ROWS).max(ROWS),
        panels.div_ceil(across).max(1),
    )
}

/// Rows of a result, and panels of columns: what a task computes.
struct Tile {
    rows: Range<usize>,
    panels: Range<usize>,
}

/// A tile of a product, on this thread.
///
/// A is read where it lies, whatever its strides: bringing a transpose into order first cost more than it saved (287
/// against 407 GFLOP/s for 384 x 1536 x 2048).
fn rectangle<T: Element>(
    (out, row): (&Shared<T>, usize),
    a: &Matrix<T>,
    b: &Panels<T>,
    Tile { rows, panels }: &Tile,
    add: bool,
    finish: Option<Finish<T>>,
) {
    let (k, kernel) = (b.rows, micro::kernel::<T>());
    let parts = k.div_ceil(DEPTH).max(1);
    for part in 0..parts {
        // Of A (m, k) and B (k, n) a stretch of k whose panel stays in the caches.
        let depth = k * part / parts..k * (part + 1) / parts;
        for panel in panels.clone() {
            let first = panel * PANEL;
            let right = &b.data[panel * b.size..][depth.start * PANEL..depth.end * PANEL]; // (depth, PANEL)
            for i in rows.clone().step_by(ROWS) {
                let start = (i * a.row + depth.start * a.column).min(a.data.len());
                let block = Block {
                    rows: ROWS.min(rows.end - i),
                    columns: PANEL.min(b.columns - first),
                    depth: depth.len(),
                    a: a.data[start..].as_ptr(),
                    a_row: a.row,
                    a_depth: a.column,
                    b: right.as_ptr(),
                    b_depth: PANEL,
                    c: out.pointer(i * row + first),
                    c_row: row,
                    add: add || part > 0,
                };
                #[expect(unsafe_code, reason = "the kernel takes pointers")]
                // SAFETY: the matrices lie within their slices (`check`, `fits`), and tasks have no rows and panels in
                // common.
                unsafe {
                    kernel(&block);
                }
            }
            if let Some(Finish { bias, activation }) = finish.filter(|_| part + 1 == parts) {
                let bias = &bias[first..(first + PANEL).min(b.columns)];
                finish_rows(activation, bias, out, row, rows.clone(), first);
            }
        }
    }
}

multiversion! {
    /// y = f(y + b) for some rows, from column `first` on as many as there are biases
    fn finish_rows<T: Element>(
        f: Unary,
        bias: &[T],
        out: &Shared<T>,
        row: usize,
        rows: Range<usize>,
        first: usize,
    ) {
        for i in rows {
            let start = i * row + first;
            #[expect(unsafe_code, reason = "rectangles of a product do not overlap")]
            // SAFETY: a row of the rectangle that a task multiplies, and no other does.
            let own = unsafe { out.own(start..start + bias.len()) };
            bias_and_activate(f, bias, own);
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
        (&Shared::new(out.data), row),
        &a,
        &b,
        &Tile {
            rows: 0..m,
            panels: 0..b.columns.div_ceil(PANEL),
        },
        add,
        None,
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
