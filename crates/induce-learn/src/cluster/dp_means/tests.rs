use super::*;
use crate::cluster::centres::Centres;
use crate::cluster::kmeans::Clusters;
use crate::cluster::nearest::{Singles, square};
use crate::points::Points;
use induce_core::model::{Cluster, Model as _, Predict, Rows, RowsOptions};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use proptest::prelude::*;

fn noisy(n: usize, k: usize, spread: f64, seed: u64) -> Points {
    let stream = Stream::new(seed, "noisy");
    let noise = |i: usize| {
        (0..4)
            .map(|t| stream.uniform((4 * i + t) as u64) - 0.5)
            .sum::<f64>()
    };
    let value = |i: usize| {
        let angle = ((i / 2) % k) as f64 / k as f64 * std::f64::consts::TAU;
        let centre = if i.is_multiple_of(2) {
            angle.cos()
        } else {
            angle.sin()
        };
        4.0 * centre + spread * noise(i)
    };
    Points::new((0..2 * n * k).map(value).collect(), 2)
}

fn rows(points: &Points) -> Rows {
    let column = |j: usize| {
        let own = points.values.iter().skip(j).step_by(2).copied();
        Column::from_f64(format!("x{j}"), own.collect())
    };
    let table = Table::new(vec![column(0), column(1)]).unwrap();
    Rows::without_target(&table, &RowsOptions::default()).unwrap()
}

fn run_on(points: &Points, lambda: f64, creation: Creation) -> Descent {
    let singles = Singles::new(points, 1);
    descend(points, &singles, lambda, creation, None, 300, &Run::new(0))
}

/// Algorithm 1 of the paper, word for word.
fn paper(points: &Points, lambda: f64) -> (Vec<u32>, f64) {
    let mut centres = vec![points.mean()];
    let mut labels = vec![0_u32; points.rows()];
    loop {
        let before = labels.clone();
        for row in 0..points.rows() {
            let d: Vec<f64> = centres.iter().map(|c| square(points.row(row), c)).collect();
            let best = (0..d.len()).fold(0, |best, c| if d[c] < d[best] { c } else { best });
            labels[row] = best as u32;
            if d[best] > lambda {
                labels[row] = centres.len() as u32;
                centres.push(points.row(row).to_vec());
            }
        }
        let members = |c: usize| {
            (0..points.rows())
                .filter(|&row| labels[row] as usize == c)
                .collect::<Vec<_>>()
        };
        let filled: Vec<usize> = (0..centres.len()).filter(|&c| !members(c).is_empty()).collect();
        centres = filled.iter().map(|&c| points.take(&members(c)).mean()).collect();
        labels
            .iter_mut()
            .for_each(|l| *l = filled.iter().position(|c| c == &(*l as usize)).unwrap() as u32);
        if labels == before {
            let cost: f64 = (0..points.rows())
                .map(|row| square(points.row(row), &centres[labels[row] as usize]))
                .sum();
            return (labels, cost + lambda * centres.len() as f64);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn the_serial_variant_is_that_of_the_paper(seed in 0_u64..1000, lambda in 0.5_f64..40.0, spread in 0.2_f64..3.0) {
        let points = noisy(15, 4, spread, seed);
        let (labels, objective) = paper(&points, lambda);
        let found = run_on(&points, lambda, Creation::Serial);
        prop_assert_eq!(found.labels, labels);
        prop_assert!((found.trace.last().unwrap() / objective - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_objective_never_rises(seed in 0_u64..1000, lambda in 0.1_f64..40.0, spread in 0.2_f64..3.0, weigh in any::<bool>()) {
        let mut points = noisy(20, 5, spread, seed);
        if weigh {
            let stream = Stream::new(seed, "weight");
            points.weight = Some((0..points.rows()).map(|row| 2.0 * stream.uniform(row as u64)).collect());
        }
        for creation in [Creation::Delayed, Creation::Serial] {
            let trace = run_on(&points, lambda, creation).trace;
            prop_assert!(trace.windows(2).all(|w| w[1] <= w[0] * (1.0 + 1e-12)), "{:?} {:?}", creation, trace);
        }
    }

    /// Delayed creation does not see the order of rows.
    #[test]
    fn the_order_of_rows_does_not_matter(seed in 0_u64..1000, lambda in 0.5_f64..40.0) {
        let points = noisy(20, 5, 1.0, seed);
        let order = Stream::new(seed, "order").permutation(points.rows());
        let found = run_on(&points, lambda, Creation::Delayed);
        let shuffled = run_on(&points.take(&order), lambda, Creation::Delayed);
        prop_assert_eq!(found.centres.len(), shuffled.centres.len());
        prop_assert!((found.inertia - shuffled.inertia).abs() < 1e-9 * found.inertia.max(1.0));
    }
}

#[test]
fn separated_clusters_are_counted() {
    for k in [2, 3, 5, 8] {
        let data = rows(&noisy(40, k, 0.4, k as u64));
        let fitted = fit(&Spec::default(), &data, &mut Run::new(0)).unwrap();
        assert_eq!(fitted.model.k(), k, "{:?}", fitted.model.notes);
        let spec = Spec {
            n_clusters: Clusters::Fixed(k),
            ..Spec::default()
        };
        // The k-th point itself is not farther than lambda_k.
        let found = fit(&spec, &data, &mut Run::new(0)).unwrap().model.k();
        assert!(found == k || found + 1 == k, "{found} {k}");
    }
}

/// The Gibbs sampler's probabilities of a row (equation 2 of the paper, with alpha as in section 3.1) become certain as sigma -> 0: the
/// nearest centre, or a new one beyond lambda.
#[test]
fn dp_means_is_the_limit_of_the_gibbs_sampler() {
    let (d, rho, lambda) = (2.0_f64, 1.0_f64, 3.0_f64);
    let centres = [[0.0, 0.0], [4.0, 0.0]];
    let counts = [30.0_f64, 50.0];
    let sampler = |x: [f64; 2], sigma: f64| {
        let alpha = 0.5 * d * (1.0 + rho / sigma).ln() - lambda / (2.0 * sigma);
        let old = centres
            .iter()
            .zip(counts)
            .map(|(c, n)| n.ln() - square(&x, c) / (2.0 * sigma) - 0.5 * d * sigma.ln());
        let norm = x[0] * x[0] + x[1] * x[1];
        let new = alpha - norm / (2.0 * (rho + sigma)) - 0.5 * d * (rho + sigma).ln();
        let scores: Vec<f64> = old.chain([new]).collect();
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.iter().map(|s| (s - most).exp()).sum();
        scores
            .into_iter()
            .map(|s| (s - most).exp() / total)
            .collect::<Vec<f64>>()
    };
    let data = rows(&Points::new(vec![0.0; 2], 2));
    let model = Centres {
        centres: centres.concat(),
        sizes: counts.to_vec(),
        lambda: Some(lambda),
        ..fit(&Spec::default(), &data, &mut Run::new(0)).unwrap().model
    };
    for (x, wanted) in [
        ([0.5, 1.0], 0.0),
        ([3.0, -1.0], 1.0),
        ([2.0, 1.5], 2.0),
        ([0.0, 1.8], 2.0),
    ] {
        let own = rows(&Points::new(x.to_vec(), 2));
        let new = model.with_new_clusters((&own.features).into(), 1).unwrap().values[0];
        assert_eq!(new, wanted, "{x:?}");
        assert!(
            sampler(x, 1e-3)[wanted as usize] > 1.0 - 1e-9,
            "{x:?} {:?}",
            sampler(x, 1e-3)
        );
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let data = rows(&noisy(900, 6, 1.5, 1));
    let of = |threads| {
        fit(&Spec::default(), &data, &mut Run::new(0).with_threads(threads))
            .unwrap()
            .model
    };
    assert_eq!(of(1).centres, of(2).centres);
    assert_eq!(of(1).centres, of(4).centres);
}

#[test]
fn edges_are_answered() {
    let alike = rows(&Points::new(vec![7.0; 30], 2));
    assert_eq!(
        fit(&Spec::default(), &alike, &mut Run::new(0)).unwrap().model.k(),
        1
    );
    let one = rows(&Points::new(vec![7.0, 1.0], 2));
    assert_eq!(
        fit(&Spec::default(), &one, &mut Run::new(0))
            .unwrap()
            .model
            .centres(),
        [[7.0, 1.0]]
    );
    let wrong = Spec {
        lambda: Penalty::Fixed(-1.0),
        ..Spec::default()
    };
    assert!(fit(&wrong, &one, &mut Run::new(0)).is_err());
}

#[test]
fn new_clusters_are_numbered_on_and_files_keep_lambda() {
    let data = rows(&noisy(20, 3, 0.3, 2));
    let spec = Spec {
        lambda: Penalty::Fixed(4.0),
        ..Spec::default()
    };
    let model = fit(&spec, &data, &mut Run::new(0)).unwrap().model;
    let model = Centres::from_file(&DP_MEANS, &model.store().unwrap()).unwrap();
    let far = rows(&Points::new(vec![100.0, 0.0, 0.0, -90.0, 100.5, 0.0], 2));
    let new = model.with_new_clusters((&far.features).into(), 1).unwrap().values;
    assert_eq!(new, [3.0, 4.0, 3.0]);
    assert!(
        model
            .predict((&far.features).into(), 1)
            .unwrap()
            .values
            .iter()
            .all(|c| *c < 3.0)
    );
}
