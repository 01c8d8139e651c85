//! For any number and any machine.
#![expect(unsafe_code, reason = "a kernel on pointers")]

use super::block::Block;
use super::kind::Microkernel;

/// Columns at a time.
const WIDTH: usize = 16;

/// # Safety
/// The pointers must be good for the sizes.
pub unsafe fn block<T: Microkernel>(b: &Block<T>) {
    for first in (0..b.columns).step_by(WIDTH) {
        let width = (b.columns - first).min(WIDTH);
        for r in 0..b.rows {
            let mut sums = [T::ZERO; WIDTH];
            for k in 0..b.depth {
                // SAFETY: within the sizes that the caller vouches for.
                let (x, row) = unsafe {
                    let row = std::slice::from_raw_parts(b.b.add(k * b.b_depth + first), width);
                    (*b.a.add(r * b.a_row + k * b.a_depth), row)
                };
                sums.iter_mut()
                    .zip(row)
                    .for_each(|(s, y)| *s = T::add_product(*s, x, *y));
            }
            // SAFETY: within the sizes that the caller vouches for, who alone writes there.
            let out = unsafe { std::slice::from_raw_parts_mut(b.c.add(r * b.c_row + first), width) };
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = if b.add { *out + sum } else { sum };
            }
        }
    }
}
