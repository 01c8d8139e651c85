use induce_core::random::Stream;

use super::super::histogram::{Scale, pack};
use super::*;

fn rules() -> Rules {
    Rules {
        lambda: 1.0,
        alpha: 0.0,
        gamma: 0.0,
        min_child_weight: 1.0,
        min_rows: 0,
        max_delta_step: 0.0,
        category: CategoryRules {
            one_hot: 4,
            smooth: 1.0,
            lambda: 0.0,
            max_set: 64,
            min_group: 0.0,
        },
    }
}

const SCALE: Scale = Scale {
    gradient: 1024.0,
    curvature: 1024.0,
};

fn histogram(seed: u64, codes: usize, missing: bool) -> Vec<Sum> {
    let stream = Stream::new(seed, "histogram");
    (0..codes)
        .map(|c| {
            if c == 0 && !missing {
                return 0;
            }
            let g = stream.below(2 * c as u64, 20_000) as i64 - 10_000;
            pack(g, stream.below(2 * c as u64 + 1, 9_000) as i64 + 1)
        })
        .collect()
}

fn sum(bins: impl IntoIterator<Item = Sum>) -> Sum {
    bins.into_iter().fold(0, Sum::wrapping_add)
}

/// The paper's formula over every cut and both sides for the missing.
fn exhaustive(node: &Node, bins: &[Sum]) -> f64 {
    let real = |s: Sum| (SCALE.gradient_of(s), SCALE.curvature_of(s));
    let score = |s: Sum| real(s).0.powi(2) / (real(s).1 + 1.0);
    let mut best = f64::NEG_INFINITY;
    for last in 1..bins.len() {
        for missing in [0, bins[0]] {
            let left = sum(bins[1..=last].iter().copied()).wrapping_add(missing);
            let right = node.total.wrapping_sub(left);
            if real(left).1 >= 1.0 && real(right).1 >= 1.0 {
                best = best.max(score(left) + score(right) - score(node.total));
            }
        }
    }
    best
}

#[test]
fn the_best_cut_is_the_best_of_all_cuts() {
    for seed in 0..200 {
        let bins = histogram(seed, 2 + seed as usize % 255, seed % 2 == 0);
        let rules = rules();
        let node = Node::new(&rules, SCALE, sum(bins.iter().copied()), Bounds::NONE);
        let found = node
            .best_number(0, &bins, 0, node.least_gain())
            .map_or(f64::NEG_INFINITY, |s| s.gain);
        let expected = exhaustive(&node, &bins);
        let agree = (found - expected).abs() <= 1e-5 * expected.abs()
            || (expected <= 0.0 && found == f64::NEG_INFINITY);
        assert!(agree, "seed {seed}: {found} instead of {expected}");
    }
}

#[test]
fn the_sum_on_the_left_is_that_of_the_codes_that_go_left() {
    for seed in 0..200 {
        let bins = histogram(seed, 2 + seed as usize % 100, seed % 3 == 0);
        let mut rules = rules();
        rules.alpha = f64::from(seed as u32 % 2);
        let node = Node::new(&rules, SCALE, sum(bins.iter().copied()), Bounds::NONE);
        for split in [
            node.best_number(0, &bins, 0, node.least_gain()),
            node.best_category(0, &bins, node.least_gain()),
        ]
        .into_iter()
        .flatten()
        {
            let left = (0..bins.len())
                .filter(|&c| split.test.goes_left(c as u16))
                .map(|c| bins[c]);
            assert_eq!(split.left, sum(left), "seed {seed}: {split:?}");
            assert_eq!(split.test.goes_left(0), split.missing_left);
        }
    }
}

#[test]
fn a_sorted_order_finds_the_best_set_of_categories() {
    // Fisher: with equal curvatures no other division beats the best prefix.
    for seed in 0..30 {
        let stream = Stream::new(seed, "fisher");
        let bins: Vec<Sum> = (0..9)
            .map(|c| {
                if c == 0 {
                    0
                } else {
                    pack(stream.below(c, 8_000) as i64 - 4_000, 4_096)
                }
            })
            .collect();
        let mut rules = rules();
        rules.lambda = 0.0;
        rules.category.smooth = 0.0;
        let node = Node::new(&rules, SCALE, sum(bins.iter().copied()), Bounds::NONE);
        let best = (1_usize..255)
            .map(|set| sum((1..9).filter(|c| set >> (c - 1) & 1 == 1).map(|c| bins[c])))
            .map(|left| node.gain(left, 0.0))
            .fold(0.0, f64::max);
        let found = node
            .best_category(0, &bins, node.least_gain())
            .map_or(0.0, |s| s.gain);
        assert!((found - best).abs() <= 1e-9 * best, "{found} {best}");
    }
}

#[test]
fn monotone_cuts_respect_the_order_of_values() {
    for seed in 0..100 {
        let bins = histogram(seed, 40, true);
        let rules = rules();
        let node = Node::new(&rules, SCALE, sum(bins.iter().copied()), Bounds::NONE);
        if let Some(split) = node.best_number(0, &bins, 1, node.least_gain()) {
            assert!(node.value(split.left) <= node.value(node.total.wrapping_sub(split.left)));
        }
    }
}

#[test]
fn alpha_is_a_soft_threshold() {
    let mut rules = rules();
    rules.alpha = 2.0;
    let node = Node::new(&rules, SCALE, 0, Bounds::NONE);
    let sum = pack(5 * 1024, 4 * 1024);
    assert_eq!(node.value(sum), -(5.0 - 2.0) / (4.0 + 1.0));
    assert_eq!(node.value(pack(1024, 4 * 1024)), 0.0);
}

/// The whole range of fixed point is used: a table's sums come near to 2^31, one bin may hold most of them.
#[test]
fn large_sums_are_searched_as_well_as_small_ones() {
    for seed in 0..300 {
        let stream = Stream::new(seed, "large");
        let codes = 3 + seed as usize % 250;
        let most = f64::from(i32::MAX) / codes as f64;
        let bins: Vec<Sum> = (0..codes)
            .map(|c| {
                if c == 0 && seed % 2 == 0 {
                    return 0;
                }
                let size = stream.uniform(3 * c as u64).powi(3) * most;
                pack(
                    (size * (2.0 * stream.uniform(3 * c as u64 + 1) - 1.0)) as i64,
                    (size * stream.uniform(3 * c as u64 + 2)) as i64 + 1,
                )
            })
            .collect();
        let (fast, mut careful) = (rules(), rules());
        careful.alpha = 1e-300;
        let total = sum(bins.iter().copied());
        let scale = Scale {
            gradient: 32_768.0,
            curvature: 4_096.0,
        };
        let gain = |rules: &Rules| {
            let node = Node::new(rules, scale, total, Bounds::NONE);
            node.best_number(0, &bins, 0, node.least_gain())
                .map_or(0.0, |s| s.gain)
        };
        let (fast, careful) = (gain(&fast), gain(&careful));
        assert!(
            (fast - careful).abs() <= 1e-5 * careful.abs(),
            "seed {seed}: {fast} instead of {careful}"
        );
    }
}
