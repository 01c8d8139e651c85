//! Which bin a value falls in, many values at a time.

/// Cuts laid out in two levels of 16 for at most 255 cuts, so that a lookup is
/// 32 comparisons without a branch: with SIMD faster than a binary search.
pub struct Search {
    cuts: Vec<f64>,
    /// Every 16th cut: `pivots[i] = cuts[16 i + 15]`.
    pivots: [f64; 16],
    /// All cuts, padded with infinity.
    fine: [[f64; 16]; 16],
}

impl Search {
    /// A search among ascending `cuts`.
    pub fn new(cuts: &[f64]) -> Self {
        let mut pivots = [f64::INFINITY; 16];
        let mut fine = [[f64::INFINITY; 16]; 16];
        if cuts.len() <= 255 {
            for (i, &cut) in cuts.iter().enumerate() {
                fine[i / 16][i % 16] = cut;
            }
            for (pivot, group) in pivots.iter_mut().zip(&fine) {
                *pivot = group[15];
            }
        }
        Self {
            cuts: cuts.to_vec(),
            pivots,
            fine,
        }
    }

    /// 1 + the number of cuts below each value; 0 for NaN. At most 255 cuts.
    pub fn narrow(&self, values: &[f64], out: &mut [u8]) {
        debug_assert!(self.cuts.len() <= 254, "the codes must fit a byte");
        narrow(self, values, out);
    }

    #[inline(always)]
    fn two_levels(&self, x: f64) -> u32 {
        let group = below(&self.pivots, x).min(15);
        16 * group + below(&self.fine[group as usize & 15], x)
    }

    /// As [`Search::narrow`] for any number of cuts up to 65,534.
    pub fn wide(&self, values: &[f64], out: &mut [u16]) {
        for (out, &x) in out.iter_mut().zip(values) {
            *out = if x.is_nan() {
                0
            } else {
                self.cuts.partition_point(|&cut| cut < x) as u16 + 1
            };
        }
    }
}

induce_core::multiversion! {
    fn narrow(search: &Search, values: &[f64], out: &mut [u8]) {
        let few = search.cuts.len() <= 15;
        for (out, &x) in out.iter_mut().zip(values) {
            let code = if few { below(&search.fine[0], x) } else { search.two_levels(x) };
            *out = if x.is_nan() { 0 } else { (code + 1) as u8 };
        }
    }
}

/// How many of 16 cuts are below `x`.
#[inline(always)]
fn below(cuts: &[f64; 16], x: f64) -> u32 {
    let mut mask = 0_u32;
    for (i, &cut) in cuts.iter().enumerate() {
        mask |= u32::from(cut < x) << i;
    }
    mask.count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_binary_search(cuts in prop::collection::btree_set(-500_i32..500, 0..254), values in prop::collection::vec(-2100_i32..2100, 1..50)) {
            let cuts: Vec<f64> = cuts.into_iter().map(|c| f64::from(c) / 2.0).collect();
            let mut values: Vec<f64> = values.into_iter().map(|v| f64::from(v) / 8.0).collect();
            values.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
            let search = Search::new(&cuts);
            let (mut narrow, mut wide) = (vec![0_u8; values.len()], vec![0_u16; values.len()]);
            search.narrow(&values, &mut narrow);
            search.wide(&values, &mut wide);
            for ((&x, &n), &w) in values.iter().zip(&narrow).zip(&wide) {
                let expected = if x.is_nan() { 0 } else { cuts.iter().filter(|&&c| c < x).count() as u16 + 1 };
                prop_assert_eq!((u16::from(n), w), (expected, expected), "x = {}", x);
            }
        }
    }
}
