//! Matrix products: the crate `gemm`, cut into blocks by shape.

use gemm::Parallelism;
use induce_core::parallel::Team;

use crate::element::Element;
use crate::spread::{Shared, tasks};

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
    let last = if rows == 0 || columns == 0 { 0 } else { (rows - 1) * row + (columns - 1) * column + 1 };
    assert!(length >= last, "a slice of {length} for a matrix of {rows} x {columns}");
}

/// Multiplications below which a product is one tile.
const WHOLE: usize = 1 << 20;
/// Rows and columns of a tile: enough that packing its sides is little beside multiplying them.
const TILE: usize = 256;

/// out = A B, or out + A B if `add`.
///
/// `out` is cut into tiles by shape alone, so that every number is summed in the same order on any number of threads.
///
/// # Panics
/// If the shapes do not fit: a mistake of the caller.
pub fn product<T: Element>(team: &mut Team, out: MatrixMut<T>, a: Matrix<T>, b: Matrix<T>, add: bool) {
    let (m, n, k) = (out.rows, out.columns, a.columns);
    let fits = a.rows == m && b.columns == n && b.rows == k;
    assert!(fits, "{m} x {n} is no product of {} x {k} and {} x {}", a.rows, b.rows, b.columns);
    if m * n * k < WHOLE {
        return call(out.data.as_mut_ptr(), out.row, m, n, a, b, add);
    }
    let (tall, wide) = (side(m), side(n));
    let (down, row) = (m.div_ceil(tall), out.row);
    let shared = Shared::new(out.data);
    tasks(team, down * n.div_ceil(wide), |tile| {
        let (i, j) = (tile % down * tall, tile / down * wide);
        let (rows, columns) = (tall.min(m - i), wide.min(n - j));
        let left = Matrix { rows, data: &a.data[(i * a.row).min(a.data.len())..], ..a };
        let right = Matrix { columns, data: &b.data[(j * b.column).min(b.data.len())..], ..b };
        call(shared.pointer(i * row + j), row, rows, columns, left, right, add);
    });
}

/// The length of a tile along a side of `length`: even shares of at most [`TILE`], of whole vectors.
fn side(length: usize) -> usize {
    let pieces = length.div_ceil(TILE).max(1);
    length.div_ceil(pieces).next_multiple_of(16)
}

/// One product on this thread, within a task.
pub fn product_alone<T: Element>(out: MatrixMut<T>, a: Matrix<T>, b: Matrix<T>, add: bool) {
    assert!(a.rows == out.rows && b.columns == out.columns && b.rows == a.columns);
    call(out.data.as_mut_ptr(), out.row, out.rows, out.columns, a, b, add);
}

fn call<T: Element>(out: *mut T, row: usize, m: usize, n: usize, a: Matrix<T>, b: Matrix<T>, add: bool) {
    if m == 0 || n == 0 {
        return;
    }
    let stride = |s: usize| s as isize;
    #[expect(unsafe_code, reason = "the crate `gemm` takes pointers")]
    // SAFETY: `check` saw that the matrices lie within their slices; blocks of `out` do not overlap.
    unsafe {
        gemm::gemm(
            m,
            n,
            a.columns,
            out,
            1,
            stride(row),
            add,
            a.data.as_ptr(),
            stride(a.column),
            stride(a.row),
            b.data.as_ptr(),
            stride(b.column),
            stride(b.row),
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 37 + seed * 11) % 23) as f32 - 11.0).collect()
    }

    fn slow(a: Matrix<f32>, b: Matrix<f32>) -> Vec<f32> {
        let mut out = Vec::new();
        for i in 0..a.rows {
            for j in 0..b.columns {
                let terms = (0..a.columns).map(|l| a.data[i * a.row + l * a.column] * b.data[l * b.row + j * b.column]);
                out.push(terms.sum());
            }
        }
        out
    }

    #[test]
    fn products_of_any_shape_are_right_and_the_same_on_any_team() {
        for (m, n, k) in [(1, 1, 1), (3, 5, 7), (130, 70, 33), (2, 400, 64), (400, 3, 200), (0, 4, 3), (5, 6, 0), (300, 260, 64)] {
            let (x, y) = (numbers(m * k, 1), numbers(k * n, 2));
            for transposed in 0..4 {
                let a = if transposed & 1 == 0 { Matrix::new(&x, m, k) } else { Matrix::new(&x, k, m).transposed() };
                let b = if transposed & 2 == 0 { Matrix::new(&y, k, n) } else { Matrix::new(&y, n, k).transposed() };
                let of = |threads: usize, add: bool| {
                    let mut out = vec![1.0; m * n];
                    Team::with(threads, |team| product(team, MatrixMut::new(&mut out, m, n), a, b, add));
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
