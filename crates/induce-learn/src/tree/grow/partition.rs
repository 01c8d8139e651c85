//! Dividing a leaf's rows: those that go left to the front, the others behind, each in their order.

use super::super::bins::{CodeColumn, Codes};
use super::super::mask::CodeTest;
use super::super::node::contains;
use super::super::split::Split;

/// Room a scratch list needs beyond its rows: whole vectors are stored, the excess is overwritten or ignored.
pub(super) const SLACK: usize = 16;

/// Divide `rows`; returns how many go left. `scratch` has [`SLACK`] more items than `rows`.
pub(super) fn divide(codes: &Codes, split: &Split, rows: &mut [u32], scratch: &mut [u32]) -> usize {
    match (&codes.columns[split.feature], &split.test) {
        (CodeColumn::Narrow(column), CodeTest::AtMost { offset, limit }) => at_most(
            column,
            codes.rows,
            *offset as u8,
            (*limit).min(255) as u8,
            rows,
            scratch,
        ),
        (CodeColumn::Wide(column), CodeTest::AtMost { offset, limit }) => {
            stable(rows, scratch, |row| column[row].wrapping_sub(*offset) <= *limit)
        }
        (CodeColumn::Narrow(column), CodeTest::Member(set)) => {
            let table: [bool; 256] = std::array::from_fn(|code| contains(set, code));
            stable(rows, scratch, |row| table[usize::from(column[row])])
        }
        (CodeColumn::Wide(column), CodeTest::Member(set)) => {
            stable(rows, scratch, |row| contains(set, usize::from(column[row])))
        }
    }
}

fn at_most(column: &[u8], len: usize, offset: u8, limit: u8, rows: &mut [u32], scratch: &mut [u32]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if induce_core::simd::level() == induce_core::simd::Level::Avx512 && column.len() >= len + 3 {
        assert!(scratch.len() >= rows.len() + SLACK, "the scratch list has slack");
        assert!(
            rows.last().is_none_or(|&row| (row as usize) < len),
            "rows ascend and are rows of the table"
        );
        #[expect(unsafe_code, reason = "vector code for detected instructions")]
        // SAFETY: `level` saw AVX-512; lengths were checked above, and rows ascend.
        return unsafe { x86::at_most(column, offset, limit, rows, scratch) };
    }
    let _ = len;
    stable(rows, scratch, |row| column[row].wrapping_sub(offset) <= limit)
}

#[inline(always)]
fn stable(rows: &mut [u32], scratch: &mut [u32], goes_left: impl Fn(usize) -> bool) -> usize {
    let (mut left, mut right) = (0, 0);
    for i in 0..rows.len() {
        let row = rows[i];
        let goes = goes_left(row as usize);
        // Both are written, one counts: no branch to mispredict.
        rows[left] = row;
        scratch[right] = row;
        left += usize::from(goes);
        right += usize::from(!goes);
    }
    rows[left..].copy_from_slice(&scratch[..right]);
    left
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![expect(unsafe_code, reason = "vector intrinsics")]
    use std::arch::x86_64::*;

    /// Sixteen rows at a time: gather codes, compare, compress both sides in registers, store whole vectors.
    ///
    /// # Safety
    /// The machine has AVX-512 F; every row is at most `column.len() - 4`; `scratch` is 16 longer than `rows`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,popcnt,bmi2")]
    pub(super) unsafe fn at_most(
        column: &[u8],
        offset: u8,
        limit: u8,
        rows: &mut [u32],
        scratch: &mut [u32],
    ) -> usize {
        let (mut left, mut right) = (0, 0);
        let whole = rows.len() / 16 * 16;
        let (offsets, limits) = (
            _mm512_set1_epi32(i32::from(offset)),
            _mm512_set1_epi32(i32::from(limit)),
        );
        let byte = _mm512_set1_epi32(0xFF);
        for i in (0..whole).step_by(16) {
            // SAFETY: i + 16 <= rows.len(); the gather reads 4 bytes at each row, all within the column. The left
            // store ends at left + 16 <= i + 16, over rows already read; the right one within the slack.
            unsafe {
                let row = _mm512_loadu_si512(rows.as_ptr().add(i).cast());
                let code = _mm512_i32gather_epi32::<1>(row, column.as_ptr().cast());
                let code = _mm512_and_si512(_mm512_sub_epi32(_mm512_and_si512(code, byte), offsets), byte);
                let goes = _mm512_cmple_epu32_mask(code, limits);
                _mm512_storeu_si512(
                    rows.as_mut_ptr().add(left).cast(),
                    _mm512_maskz_compress_epi32(goes, row),
                );
                _mm512_storeu_si512(
                    scratch.as_mut_ptr().add(right).cast(),
                    _mm512_maskz_compress_epi32(!goes, row),
                );
                let count = goes.count_ones() as usize;
                left += count;
                right += 16 - count;
            }
        }
        for i in whole..rows.len() {
            let row = rows[i];
            let goes = column[row as usize].wrapping_sub(offset) <= limit;
            rows[left] = row;
            scratch[right] = row;
            left += usize::from(goes);
            right += usize::from(!goes);
        }
        rows[left..].copy_from_slice(&scratch[..right]);
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::random::Stream;

    #[test]
    fn both_sides_keep_their_order() {
        let stream = Stream::new(1, "partition");
        for n in [0, 1, 15, 16, 17, 100, 1000] {
            let column: Vec<u8> = (0..2 * n + 64).map(|i| stream.bits(i as u64) as u8).collect();
            let rows: Vec<u32> = (0..n as u32).map(|i| 2 * i).collect();
            for (offset, limit) in [(0, 100), (1, 100), (0, 255), (1, 254), (0, 0), (1, 0)] {
                let (mut divided, mut scratch) = (rows.clone(), vec![0; n + SLACK]);
                let left = at_most(&column, 2 * n, offset, limit, &mut divided, &mut scratch);
                let goes = |row: &&u32| column[**row as usize].wrapping_sub(offset) <= limit;
                let expected: Vec<u32> = rows
                    .iter()
                    .filter(goes)
                    .chain(rows.iter().filter(|r| !goes(r)))
                    .copied()
                    .collect();
                assert_eq!((left, divided), (rows.iter().filter(goes).count(), expected));
            }
        }
    }
}
