//! A number and categories.

use induce_core::{Error, Result, Run};

use super::super::classes::Ordered;
use super::super::estimate::{Estimate, Inference, mean_and_variance, mean_of_neighbours};
use super::super::pointwise;
use super::super::sample::Sample;
use super::shared::nothing;

/// I(X; C) of numbers and categories (Ross 2014, what scikit-learn computes). // values, codes: (rows)
///
/// Bounds: [0, H(C)]. Interval and p-value as of `mutual_information`, the test by permutations of the categories. Rows
/// whose category has no other are left out.
///
/// # Errors
/// If a number is not finite, or the lengths differ.
pub fn class_information(
    values: &[f64],
    codes: &[u32],
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    inference.check()?;
    let sample = Sample::numbers(values)?;
    let rows = pointwise::check(&[&sample, &Sample::categories(codes)], None, 1)?;
    if k == 0 {
        return Err(Error::setting(
            "neighbours",
            k,
            "at least one neighbour is needed",
        ));
    }
    let (codes, counts) = dense(codes);
    let bounds = (0.0, (counts.len() as f64).ln());
    let kept: u64 = counts.iter().filter(|own| **own > 1).sum();
    if sample.is_constant() || counts.len() < 2 || kept == 0 {
        return Ok(nothing(bounds, "ross", rows));
    }
    let terms = Ordered::new(values).terms(&codes, counts.len(), k);
    let (raw, variance) = mean_of_neighbours(&terms);
    let drawn = inference.rows(rows, run, "information/test-rows");
    let (few, few_codes) = match &drawn {
        None => (values.to_vec(), codes),
        Some(rows) => (
            rows.iter().map(|&r| values[r]).collect(),
            rows.iter().map(|&r| codes[r]).collect(),
        ),
    };
    let ordered = Ordered::new(&few);
    let value = |codes: &[u32]| {
        let terms = ordered.terms(codes, counts.len(), k);
        (!terms.is_empty()).then(|| mean_and_variance(&terms).0)
    };
    let stream = run.stream("information/permutations");
    let p_value = value(&few_codes).and_then(|own| {
        inference.permutation_p(own, run, |b| {
            let order = stream.child(b).permutation(few.len());
            value(&order.iter().map(|&row| few_codes[row]).collect::<Vec<_>>())
        })
    });
    Ok(Estimate {
        value: raw.clamp(bounds.0, bounds.1),
        raw,
        interval: inference.normal(raw, variance, bounds),
        p_value,
        test: "independence: permutations",
        bounds,
        estimator: "ross",
        rows: terms.len(),
    })
}

/// Codes without gaps, and how often each occurs.
fn dense(codes: &[u32]) -> (Vec<u32>, Vec<u64>) {
    let mut known = codes.to_vec();
    known.sort_unstable();
    known.dedup();
    let place = |code: &u32| known.partition_point(|own| own < code) as u32;
    let dense: Vec<u32> = codes.iter().map(place).collect();
    let mut counts = vec![0; known.len()];
    dense.iter().for_each(|&code| counts[code as usize] += 1);
    (dense, counts)
}
