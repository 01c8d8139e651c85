//! Dividing a leaf's rows: those that go left to the front, the others behind, each in their order.

use super::super::bins::{CodeColumn, Codes};
use super::super::mask::CodeTest;
use super::super::node::contains;

/// Capacity that a scratch list needs beyond its rows: whole vectors are stored, the excess is overwritten or ignored.
pub const SLACK: usize = 16;

/// Divide `rows` by a test on a feature; returns how many go left. `scratch` has [`SLACK`] more items than `rows`.
pub fn divide(
    codes: &Codes,
    feature: usize,
    test: &CodeTest,
    rows: &mut [u32],
    scratch: &mut [u32],
) -> usize {
    match (&codes.columns[feature], test) {
        (CodeColumn::Narrow(column), CodeTest::AtMost { offset, limit }) => narrow(
            column,
            codes.rows,
            &AtMost {
                offset: *offset as u8,
                limit: (*limit).min(255) as u8,
            },
            rows,
            scratch,
        ),
        (CodeColumn::Wide(column), CodeTest::AtMost { offset, limit }) => {
            stable(rows, scratch, |row| column[row].wrapping_sub(*offset) <= *limit)
        }
        (CodeColumn::Narrow(column), CodeTest::Member(set)) => {
            narrow(column, codes.rows, &Member::new(set), rows, scratch)
        }
        (CodeColumn::Wide(column), CodeTest::Member(set)) => {
            stable(rows, scratch, |row| contains(set, usize::from(column[row])))
        }
    }
}

/// A test on a byte.
trait ByteTest: Sixteen {
    fn goes_left(&self, code: u8) -> bool;
}

/// `code - offset <= limit`, wrapping.
struct AtMost {
    offset: u8,
    limit: u8,
}

/// Bit `code % 32` of word `code / 32`.
struct Member([u32; 8]);

impl ByteTest for AtMost {
    #[inline(always)]
    fn goes_left(&self, code: u8) -> bool {
        code.wrapping_sub(self.offset) <= self.limit
    }
}

impl ByteTest for Member {
    #[inline(always)]
    fn goes_left(&self, code: u8) -> bool {
        self.0[usize::from(code >> 5)] >> (code & 31) & 1 == 1
    }
}

#[cfg(target_arch = "x86_64")]
use x86::Sixteen;

/// Elsewhere there is no vector form to provide.
#[cfg(not(target_arch = "x86_64"))]
trait Sixteen {}
#[cfg(not(target_arch = "x86_64"))]
impl<T> Sixteen for T {}

impl Member {
    fn new(set: &[u64]) -> Self {
        let word = |i: usize| set.get(i / 2).map_or(0, |w| (w >> (i % 2 * 32)) as u32);
        Self(std::array::from_fn(word))
    }
}

fn narrow(column: &[u8], len: usize, test: &impl ByteTest, rows: &mut [u32], scratch: &mut [u32]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if induce_core::simd::level() == induce_core::simd::Level::Avx512 && column.len() >= len + 3 {
        assert!(scratch.len() >= rows.len() + SLACK, "the scratch list has slack");
        assert!(
            rows.last().is_none_or(|&row| (row as usize) < len),
            "rows ascend and are rows of the table"
        );
        #[expect(unsafe_code, reason = "vector code for detected instructions")]
        // SAFETY: `level` saw AVX-512; lengths were checked above, and rows ascend.
        return unsafe { x86::divide(column, test, rows, scratch) };
    }
    let _ = len;
    stable(rows, scratch, |row| test.goes_left(column[row]))
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
    use super::{AtMost, ByteTest, Member};
    use std::arch::x86_64::*;

    /// A test on sixteen codes, one in each lane.
    pub(super) trait Sixteen {
        /// Bit i: code i goes left.
        ///
        /// # Safety
        /// The machine has AVX-512 F.
        unsafe fn sixteen(&self, codes: __m512i) -> u16;
    }

    impl Sixteen for AtMost {
        #[inline(always)]
        unsafe fn sixteen(&self, codes: __m512i) -> u16 {
            // SAFETY: register arithmetic; the caller saw AVX-512.
            unsafe {
                let less = _mm512_sub_epi32(codes, _mm512_set1_epi32(i32::from(self.offset)));
                let code = _mm512_and_si512(less, _mm512_set1_epi32(0xFF));
                _mm512_cmple_epu32_mask(code, _mm512_set1_epi32(i32::from(self.limit)))
            }
        }
    }

    impl Sixteen for Member {
        #[inline(always)]
        unsafe fn sixteen(&self, codes: __m512i) -> u16 {
            // SAFETY: the set has 32 bytes; the caller saw AVX-512.
            unsafe {
                let set = _mm512_castsi256_si512(_mm256_loadu_si256(self.0.as_ptr().cast()));
                let word = _mm512_permutexvar_epi32(_mm512_srli_epi32::<5>(codes), set);
                let place = _mm512_and_si512(codes, _mm512_set1_epi32(31));
                _mm512_test_epi32_mask(word, _mm512_sllv_epi32(_mm512_set1_epi32(1), place))
            }
        }
    }

    /// The codes of sixteen ascending rows. Of rows that stand close together the bytes are in one or
    /// two vectors already, from which a permutation picks them; a gather costs several times as much.
    ///
    /// # Safety
    /// The machine has AVX-512 F and VBMI; every row is at most `column.len() - 4`.
    #[inline(always)]
    unsafe fn codes_of(column: &[u8], row: __m512i, first: usize, last: usize) -> __m512i {
        // SAFETY: whole vectors are read only where they lie in the column, gathered codes as the caller promised.
        unsafe {
            let byte = _mm512_set1_epi32(0xFF);
            let span = last - first;
            if span < 128 && first + 128 <= column.len() {
                let at = _mm512_sub_epi32(row, _mm512_set1_epi32(first as i32));
                let near = _mm512_loadu_si512(column.as_ptr().add(first).cast());
                let codes = if span < 64 {
                    _mm512_permutexvar_epi8(at, near)
                } else {
                    let far = _mm512_loadu_si512(column.as_ptr().add(first + 64).cast());
                    _mm512_permutex2var_epi8(near, at, far)
                };
                return _mm512_and_si512(codes, byte);
            }
            _mm512_and_si512(_mm512_i32gather_epi32::<1>(row, column.as_ptr().cast()), byte)
        }
    }

    /// Sixteen rows at a time: fetch codes, ask, compress both sides in registers, store whole vectors.
    ///
    /// # Safety
    /// The machine has AVX-512 F, BW, VL and VBMI; rows ascend; every row is at most `column.len() - 4`;
    /// `scratch` is 16 longer than `rows`.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,popcnt,bmi2")]
    pub(super) unsafe fn divide(
        column: &[u8],
        test: &impl ByteTest,
        rows: &mut [u32],
        scratch: &mut [u32],
    ) -> usize {
        let (mut left, mut right) = (0, 0);
        let whole = rows.len() / 16 * 16;
        for i in (0..whole).step_by(16) {
            // SAFETY: i + 16 <= rows.len(). The left store ends at left + 16 <= i + 16, over rows already
            // read; the right one within the slack.
            unsafe {
                let row = _mm512_loadu_si512(rows.as_ptr().add(i).cast());
                let goes = test.sixteen(codes_of(column, row, rows[i] as usize, rows[i + 15] as usize));
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
            let goes = test.goes_left(column[row as usize]);
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

    /// Rows at several distances, so that codes come out of one vector, out of two, and one by one.
    #[test]
    fn both_sides_keep_their_order() {
        let stream = Stream::new(1, "partition");
        let set: Vec<u64> = (0..4).map(|i| stream.bits(1 << 20 | i)).collect();
        for (n, apart) in [0, 1, 15, 16, 17, 100, 1000]
            .into_iter()
            .flat_map(|n| [1, 2, 5, 40].map(|apart| (n, apart)))
        {
            let len = apart * n + 1;
            let column: Vec<u8> = (0..len + 64).map(|i| stream.bits(i as u64) as u8).collect();
            let rows: Vec<u32> = (0..n as u32).map(|i| apart as u32 * i).collect();
            for (offset, limit) in [(0, 100), (1, 100), (0, 255), (1, 254), (0, 0), (1, 0)] {
                check(&column, len, &AtMost { offset, limit }, &rows);
            }
            for words in 0..=4 {
                check(&column, len, &Member::new(&set[..words]), &rows);
            }
        }
        assert!((0..=255).all(|c| Member::new(&set).goes_left(c) == contains(&set, usize::from(c))));
    }

    fn check(column: &[u8], len: usize, test: &impl ByteTest, rows: &[u32]) {
        let (mut divided, mut scratch) = (rows.to_vec(), vec![0; rows.len() + SLACK]);
        let left = narrow(column, len, test, &mut divided, &mut scratch);
        let goes = |row: &&u32| test.goes_left(column[**row as usize]);
        let there = rows.iter().filter(goes);
        let rest = rows.iter().filter(|r| !goes(r));
        let expected: Vec<u32> = there.clone().chain(rest).copied().collect();
        assert_eq!((left, divided), (there.count(), expected));
    }
}
