//! DART: dropout for boosting (Rashmi & Gilad-Bachrach 2015).
//!
//! A round leaves some earlier trees out, fits the next tree to what is then
//! missing, and rescales both so that together they do not overshoot: with k
//! trees dropped the new one gets eta / (k + eta), the dropped ones k / (k + eta).

use induce_core::random::Stream;

use super::Spec;

/// The rounds whose trees are left out of the round that owns `stream`.
pub(super) fn drop(spec: &Spec, stream: Stream, rounds: usize) -> Vec<usize> {
    if spec.dart_rate <= 0.0 || rounds == 0 || stream.uniform(0) < spec.dart_skip {
        return Vec::new();
    }
    let mut dropped: Vec<usize> = (0..rounds)
        .filter(|&t| stream.uniform(1 + t as u64) < spec.dart_rate)
        .collect();
    if dropped.is_empty() {
        dropped.push(stream.child(1).below(0, rounds));
    }
    if spec.dart_max > 0 && dropped.len() > spec.dart_max {
        let order = stream.child(2).permutation(dropped.len());
        dropped = order[..spec.dart_max].iter().map(|&i| dropped[i]).collect();
        dropped.sort_unstable();
    }
    dropped
}

/// Factors of the new tree (learning rate included) and of the dropped ones.
pub(super) fn factors(spec: &Spec, dropped: usize) -> (f64, f64) {
    let (k, eta) = (dropped as f64, spec.learning_rate);
    if dropped == 0 {
        (eta, 1.0)
    } else {
        (eta / (k + eta), k / (k + eta))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_within_limits_and_weights_sum_to_less_than_before() {
        let spec = Spec {
            dart_rate: 0.5,
            dart_skip: 0.0,
            dart_max: 7,
            learning_rate: 0.3,
            ..Spec::default()
        };
        for round in 1..60 {
            let dropped = drop(&spec, Stream::new(5, "dart").child(round), round as usize);
            assert!((1..=7).contains(&dropped.len()) && dropped.iter().all(|&t| t < round as usize));
        }
        let (new, old) = factors(&spec, 3);
        assert!((new - 0.3 / 3.3).abs() < 1e-15 && (old - 3.0 / 3.3).abs() < 1e-15);
    }
}
