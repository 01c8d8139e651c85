//! Counting the values of a column of integers.
//!
//! Ages, years, metres, grey levels: integers of a short range are common,
//! and counting them is quicker than sorting even a sample. So all rows count,
//! and cuts do not depend on which rows a sample happened to have.

use induce_core::model::Source;

/// Distinct values with their counts, ascending.
pub type Runs = Vec<(f64, usize)>;

/// Largest span of values: the counters stay in the second-level cache.
const SPAN: f64 = 65_536.0;

/// Rows decoded at a time.
const CHUNK: usize = 4096;

/// The counts of all values if they are integers of a short range; missing ones are left out.
pub fn counted(source: &Source) -> Option<Runs> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let short = each_chunk(source, |values| {
        let seen = range(values);
        (low, high) = (low.min(seen.low), high.max(seen.high));
        seen.whole && high - low < SPAN
    });
    // Beyond 2^53 neighbouring doubles are further apart than 1.
    if !short || low > high || low.abs().max(high.abs()) > 2_f64.powi(53) {
        return None;
    }
    let mut counts = vec![0_usize; (high - low) as usize + 1];
    each_chunk(source, |values| {
        for value in values.iter().filter(|v| !v.is_nan()) {
            counts[(value - low) as usize] += 1;
        }
        true
    });
    let present = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    Some(present.map(|(i, &count)| (low + i as f64, count)).collect())
}

/// Hand `f` all values, piece by piece, until it returns false; whether it never did.
fn each_chunk(source: &Source, mut f: impl FnMut(&[f64]) -> bool) -> bool {
    let mut values = [0.0; CHUNK];
    let n = source.len();
    (0..n).step_by(CHUNK).all(|start| {
        let values = &mut values[..CHUNK.min(n - start)];
        source.read_f64(start, values);
        f(values)
    })
}

struct Range {
    low: f64,
    high: f64,
    whole: bool,
}

induce_core::multiversion! {
    fn range(values: &[f64]) -> Range {
        let (mut low, mut high, mut odd) = (f64::INFINITY, f64::NEG_INFINITY, 0);
        for &v in values {
            // Comparisons with NaN are false, so missing values leave everything as it is.
            low = if v < low { v } else { low };
            high = if v > high { v } else { high };
            odd |= u32::from((v - v.trunc()).abs() > 0.0);
        }
        // Infinities give NaN above, but they are no whole numbers.
        let finite = low > f64::NEG_INFINITY && high < f64::INFINITY;
        Range { low, high, whole: odd == 0 && finite }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::Column;

    fn of(values: Vec<f64>) -> Option<Runs> {
        let column = Column::from_f64("x", values);
        counted(&Source::number(&column))
    }

    #[test]
    fn whole_numbers_are_counted() {
        let runs = of(vec![3.0, -2.0, 3.0, f64::NAN, -0.0]);
        assert_eq!(runs, Some(vec![(-2.0, 1), (0.0, 1), (3.0, 2)]));
        let many = (0..10_000).map(|i| f64::from(i % 7)).collect();
        assert_eq!(of(many).unwrap().iter().map(|r| r.1).sum::<usize>(), 10_000);
    }

    #[test]
    fn other_numbers_are_not() {
        assert_eq!(of(vec![1.0, 2.5]), None);
        assert_eq!(of(vec![0.0, 1e6]), None);
        assert_eq!(of(vec![1.0, f64::INFINITY]), None);
        assert_eq!(of(vec![f64::NEG_INFINITY]), None);
        assert_eq!(of(vec![f64::NAN, f64::NAN]), None);
        assert_eq!(of(vec![1e300, 1e300]), None);
        assert_eq!(of(Vec::new()), None);
    }
}
