//! Cut points: where a quantity is divided into bins.
//!
//! Every distinct value gets a bin of its own while there are few; otherwise
//! bins hold about equally many rows, and a value that alone fills a bin has it
//! to itself. A cut lies midway between two neighbouring values, and the test is
//! `x <= cut`.

use super::whole::Runs;

/// Rows sampled for the cuts of values that are not integers; a bin's fraction of the rows is then known to about 9 %.
pub const SAMPLE: usize = 50_000;

/// The cuts of a feature for at most `bins` bins, from a sample without NaN.
pub fn cuts(values: &mut Vec<f64>, bins: usize) -> Vec<f64> {
    sort(values);
    cuts_between(&runs(values), bins)
}

/// The cuts for at most `bins` bins between distinct values with their counts, ascending.
pub fn cuts_between(runs: &Runs, bins: usize) -> Vec<f64> {
    if runs.len() <= 1 {
        return Vec::new();
    }
    let ends = if runs.len() <= bins {
        (1..runs.len()).collect()
    } else {
        quantile_ends(runs, runs.iter().map(|run| run.1).sum(), bins)
    };
    ends.into_iter()
        .map(|end| midpoint(runs[end - 1].0, runs[end].0))
        .collect()
}

/// Distinct values with their counts, ascending.
fn runs(sorted: &[f64]) -> Runs {
    let mut runs = Runs::new();
    for &value in sorted {
        match runs.last_mut() {
            Some(last) if last.0 == value => last.1 += 1,
            _ => runs.push((value, 1)),
        }
    }
    runs
}

/// Ends (exclusive, in runs) of all bins but the last.
///
/// Values that fill a bin alone are set apart first; the others share what bins remain.
fn quantile_ends(runs: &[(f64, usize)], total: usize, bins: usize) -> Vec<usize> {
    let heavy = total as f64 / bins as f64;
    let (heavies, heavy_rows) = runs
        .iter()
        .filter(|r| r.1 as f64 >= heavy)
        .fold((0, 0), |(n, rows), r| (n + 1, rows + r.1));
    let light_bins = bins.saturating_sub(heavies).max(1);
    let mut goal = (total - heavy_rows) as f64 / light_bins as f64;
    let (mut bins_left, mut rows_left) = (light_bins as f64, (total - heavy_rows) as f64);
    let mut ends = Vec::with_capacity(bins);
    let mut filled = 0;
    for (i, run) in runs.iter().enumerate() {
        let is_heavy = run.1 as f64 >= heavy;
        filled += run.1;
        if !is_heavy {
            rows_left -= run.1 as f64;
        }
        let next_is_heavy = runs.get(i + 1).is_some_and(|next| next.1 as f64 >= heavy);
        let full = is_heavy || filled as f64 >= goal || next_is_heavy;
        if full && i + 1 < runs.len() && ends.len() + 1 < bins {
            ends.push(i + 1);
            filled = 0;
            if !is_heavy {
                bins_left -= 1.0;
                goal = rows_left / bins_left.max(1.0);
            }
        }
    }
    ends
}

/// A value m with low <= m < high, midway if possible.
fn midpoint(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) * 0.5;
    let middle = if middle.is_finite() {
        middle
    } else {
        low * 0.5 + high * 0.5
    };
    if middle >= low && middle < high {
        middle
    } else {
        low
    }
}

/// Radix sort by the order-preserving bits of a double; short inputs by comparison.
fn sort(values: &mut Vec<f64>) {
    if values.len() < 2_000 {
        values.sort_unstable_by(f64::total_cmp);
    } else {
        radix_sort(values);
    }
    // -0.0 sorts before 0.0 but is the same value.
    values.iter_mut().filter(|v| **v == 0.0).for_each(|v| *v = 0.0);
}

const DIGIT: usize = 11;
const PASSES: usize = 6;

fn radix_sort(values: &mut Vec<f64>) {
    let mut keys: Vec<u64> = values.iter().map(|v| ordered(v.to_bits())).collect();
    let mut spare = vec![0_u64; keys.len()];
    let mut counts = vec![[0_u32; 1 << DIGIT]; PASSES];
    for &key in &keys {
        for (pass, count) in counts.iter_mut().enumerate() {
            count[digit(key, pass)] += 1;
        }
    }
    for (pass, count) in counts.iter_mut().enumerate() {
        if count.iter().any(|&c| c as usize == keys.len()) {
            continue; // every key has the same digit
        }
        let mut position = 0;
        for c in count.iter_mut() {
            position += std::mem::replace(c, position);
        }
        for &key in &keys {
            let slot = &mut count[digit(key, pass)];
            spare[*slot as usize] = key;
            *slot += 1;
        }
        std::mem::swap(&mut keys, &mut spare);
    }
    values.clear();
    values.extend(keys.iter().map(|&key| f64::from_bits(unordered(key))));
}

fn digit(key: u64, pass: usize) -> usize {
    (key >> (pass * DIGIT)) as usize & ((1 << DIGIT) - 1)
}

fn ordered(bits: u64) -> u64 {
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn unordered(key: u64) -> u64 {
    if key >> 63 == 1 { key & !(1 << 63) } else { !key }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_values_get_a_bin_each() {
        assert_eq!(cuts(&mut vec![3.0, 1.0, 1.0, 2.0], 255), [1.5, 2.5]);
        assert!(cuts(&mut vec![7.0; 5], 255).is_empty());
        assert!(cuts(&mut Vec::new(), 255).is_empty());
    }

    #[test]
    fn a_heavy_value_has_its_bin_to_itself() {
        let mut values: Vec<f64> = (0..1000).map(f64::from).collect();
        values.extend([500.0; 5000]);
        let cuts = cuts(&mut values, 16);
        assert!(cuts.contains(&499.5) && cuts.contains(&500.5), "{cuts:?}");
        assert!(cuts.len() <= 15);
    }

    #[test]
    fn infinities_and_huge_values_have_cuts_between_them() {
        let all = cuts(
            &mut vec![f64::NEG_INFINITY, -1e300, 1e300, f64::MAX, f64::INFINITY],
            255,
        );
        assert_eq!(all.len(), 4);
        assert!(
            all.iter().all(|c| !c.is_nan()) && all.windows(2).all(|w| w[0] < w[1]),
            "{all:?}"
        );
    }

    proptest! {
        #[test]
        fn radix_sort_sorts(mut values in prop::collection::vec(any::<f64>().prop_filter("NaN", |v| !v.is_nan()), 0..5000)) {
            let mut expected = values.clone();
            expected.sort_unstable_by(f64::total_cmp);
            radix_sort(&mut values);
            prop_assert_eq!(values.iter().map(|v| v.to_bits()).collect::<Vec<_>>(), expected.iter().map(|v| v.to_bits()).collect::<Vec<_>>());
        }

        #[test]
        fn cuts_ascend_and_separate(values in prop::collection::vec(-50_i32..50, 1..400), bins in 2_usize..40) {
            let mut sample: Vec<f64> = values.iter().map(|&v| f64::from(v) / 4.0).collect();
            let cuts = cuts(&mut sample, bins);
            prop_assert!(cuts.len() < bins);
            prop_assert!(cuts.windows(2).all(|w| w[0] < w[1]));
            // No cut is idle: there is a value on each side of it that no other cut separates.
            let bin = |v: f64| cuts.partition_point(|&c| c < v);
            let used: std::collections::HashSet<_> = sample.iter().map(|&v| bin(v)).collect();
            prop_assert_eq!(used.len(), cuts.len() + 1);
        }
    }
}
