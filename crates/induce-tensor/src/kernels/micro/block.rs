//! A block of a product, and what does it.

/// The largest number of rows of a block.
pub const ROWS: usize = 6;
/// The largest number of columns of a block: four vectors of AVX-512.
pub const COLUMNS: usize = 64;

/// A block of a product.
///
/// The pointers must be good for the sizes: `a` for `rows` by `depth` at `a_row` and `a_depth`, `b` for `depth` by
/// `columns` at `b_depth` and 1, `c` for `rows` by `columns` at `c_row` and 1. Nobody else may write `c`, or a and b.
#[derive(Clone, Copy)]
pub struct Block<T> {
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
    pub a: *const T,
    pub a_row: usize,
    pub a_depth: usize,
    pub b: *const T,
    pub b_depth: usize,
    pub c: *mut T,
    pub c_row: usize,
    /// Whether C keeps what it holds.
    pub add: bool,
}

/// A kernel: does a block.
pub type Kernel<T> = unsafe fn(&Block<T>);
