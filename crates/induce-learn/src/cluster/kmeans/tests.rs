use super::lloyd::normalize;
use super::*;
use crate::cluster::centres::Centres;
use crate::cluster::nearest::{Singles, square};
use crate::points::Points;
use induce_core::model::{Data, Model as _, Predict, Rows, RowsOptions, Transform};
use induce_core::random::Stream;
use induce_core::{Column, Error, Outcome, Run, Table};
use proptest::prelude::*;

/// Clusters about `k` places on a circle, `n` rows each.
fn blobs(n: usize, k: usize, width: usize, spread: f64) -> Points {
    let stream = Stream::new(3, "blobs");
    let noise = |i: usize| {
        (0..4)
            .map(|t| stream.uniform((4 * i + t) as u64) - 0.5)
            .sum::<f64>()
    };
    let values = (0..n * k).flat_map(|row| {
        let angle = (row % k) as f64 / k as f64 * std::f64::consts::TAU;
        (0..width).map(move |j| {
            let centre = if j % 2 == 0 { angle.cos() } else { angle.sin() };
            centre + spread * noise(row * width + j)
        })
    });
    Points::new(values.collect(), width)
}

fn rows(points: &Points, weight: Option<Vec<f64>>) -> Rows {
    let column = |j: usize| {
        let own = points.values.iter().skip(j).step_by(points.width).copied();
        Column::from_f64(format!("x{j}"), own.collect())
    };
    let table = Table::new((0..points.width).map(column).collect()).unwrap();
    let rows = Rows::without_target(&table, &RowsOptions::default()).unwrap();
    Rows { weight, ..rows }
}

fn limits(algorithm: Algorithm) -> Limits {
    Limits {
        max_iter: 300,
        tol: 0.0,
        algorithm,
        metric: Metric::Euclidean,
        empty: Empty::Farthest,
    }
}

/// Lloyd's algorithm as it is written in books; nothing where a cluster loses all its rows, of which books say nothing.
fn plain(points: &Points, mut centres: Vec<f64>) -> Option<(Vec<u32>, Vec<f64>)> {
    let width = points.width;
    let mut labels = vec![u32::MAX; points.rows()];
    loop {
        let nearest = |row: usize| {
            let d = |c: usize| square(points.row(row), &centres[c * width..][..width]);
            (1..centres.len() / width).fold(0, |best, c| if d(c) < d(best) { c } else { best }) as u32
        };
        let new: Vec<u32> = (0..points.rows()).map(nearest).collect();
        if new == labels {
            return Some((labels, centres));
        }
        labels = new;
        for c in 0..centres.len() / width {
            let own: Vec<usize> = (0..points.rows())
                .filter(|&row| labels[row] as usize == c)
                .collect();
            if own.is_empty() {
                return None;
            }
            let own = points.take(&own);
            for (j, mean) in own.mean().into_iter().enumerate() {
                if (0..own.rows()).any(|row| !own.row(row)[j].is_nan()) {
                    centres[c * width + j] = mean;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Bounds and single precision change nothing: labels are those of the plain algorithm, and the objective never rises.
    #[test]
    fn every_algorithm_takes_the_same_way(
        k in prop::sample::select(vec![1_usize, 2, 5, 8, 17, 40, 70]), n in 20_usize..60, spread in 0.1_f64..2.0, seed in 0_u64..50,
        holes in prop::sample::select(vec![0_usize, 0, 20]),
    ) {
        let mut points = blobs(n, 5, 3, spread);
        let stream = Stream::new(seed, "holes");
        for (i, x) in points.values.iter_mut().enumerate() {
            // One coordinate of every row is always there.
            if i % 3 > 0 && stream.below(i as u64, 100) < holes {
                *x = f64::NAN;
            }
        }
        let points = Points::new(points.values, 3);
        let singles = Singles::new(&points, 1);
        let seeding = Seeding { points: &points, singles: &singles, threads: 1 };
        let start = seeds(&seeding, Init::Random, k, Stream::new(seed, "start"));
        // Where a cluster loses all its rows its centre is moved: the first algorithm is the judge then. Eight clusters of five narrow blobs can lose one
        // (spread .1, seed 0, 20 holes), which was taken to need many more.
        let (labels, centres) = plain(&points, start.clone()).unwrap_or_else(|| {
            let ended = lloyd(&points, &singles, start.clone(), &limits(Algorithm::Lloyd), &Run::new(0)).unwrap();
            (ended.labels, ended.centres)
        });
        for algorithm in [Algorithm::Lloyd, Algorithm::Hamerly, Algorithm::Yinyang] {
            let ended = lloyd(&points, &singles, start.clone(), &limits(algorithm), &Run::new(0)).unwrap();
            prop_assert_eq!(&ended.labels, &labels);
            let apart = ended.centres.iter().zip(&centres).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            prop_assert!(apart < 1e-12, "{}", apart);
            prop_assert!(ended.trace.windows(2).all(|w| w[1] <= w[0] + 1e-12 * ended.trace[0]), "{:?}", ended.trace);
        }
    }

    /// The objective never rises with missing values, weights, or directions either.
    #[test]
    fn the_objective_never_rises(k in 1_usize..9, seed in 0_u64..50, holes in 0_u64..30, cosine in any::<bool>()) {
        let mut points = blobs(40, 4, 4, 1.0);
        let stream = Stream::new(seed, "holes");
        if cosine {
            points.values.chunks_exact_mut(4).for_each(normalize);
        } else {
            let hole = |i: usize| stream.below(i as u64, 100) < holes as usize;
            points.values.iter_mut().enumerate().filter(|(i, _)| hole(*i)).for_each(|(_, x)| *x = f64::NAN);
            points = Points::new(points.values, points.width).with_weight(points.weight);
        }
        points.weight = Some((0..points.rows()).map(|i| 0.5 + stream.uniform(9_000 + i as u64)).collect());
        let singles = Singles::new(&points, 1);
        let seeding = Seeding { points: &points, singles: &singles, threads: 1 };
        let start = seeds(&seeding, Init::PlusPlus, k, stream);
        let metric = if cosine { Metric::Cosine } else { Metric::Euclidean };
        let own = Limits { metric, ..limits(Algorithm::Hamerly) };
        let ended = lloyd(&points, &singles, start, &own, &Run::new(0)).unwrap();
        prop_assert!(ended.trace.windows(2).all(|w| w[1] <= w[0] + 1e-12 * ended.trace[0]), "{:?}", ended.trace);
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let data = rows(&blobs(3_000, 7, 5, 0.8), None);
    for init in [Init::PlusPlus, Init::Parallel, Init::Random] {
        let spec = Spec {
            n_clusters: Clusters::Fixed(9),
            n_init: 2,
            init,
            ..Spec::default()
        };
        let of = |threads| {
            fit(&spec, &data, &mut Run::new(4).with_threads(threads))
                .unwrap()
                .model
        };
        let one = of(1);
        for threads in [2, 4] {
            let other = of(threads);
            assert_eq!(one.centres, other.centres, "{init:?} {threads}");
            assert_eq!(one.inertia.to_bits(), other.inertia.to_bits());
        }
    }
}

/// From the same centres, a weight of 2 is a row twice.
#[test]
fn a_weight_is_a_repetition() {
    let mut points = blobs(30, 3, 2, 1.5);
    let start = points.values[..6].to_vec();
    let twice: Vec<usize> = (0..points.rows())
        .flat_map(|row| vec![row; 1 + row % 3])
        .collect();
    let repeated = points.take(&twice);
    points.weight = Some((0..points.rows()).map(|row| (1 + row % 3) as f64).collect());
    let of = |points: &Points| {
        let own = limits(Algorithm::Auto);
        lloyd(
            points,
            &Singles::new(points, 1),
            start.clone(),
            &own,
            &Run::new(0),
        )
        .unwrap()
    };
    let (weighted, repeated) = (of(&points), of(&repeated));
    assert!((weighted.inertia / repeated.inertia - 1.0).abs() < 1e-13);
    assert_eq!(weighted.sizes, repeated.sizes);
}

/// The responsibilities of expectation-maximisation with covariance sigma^2 I tend to the assignment of k-means as sigma -> 0.
#[test]
fn k_means_is_the_limit_of_mixtures() {
    let points = blobs(50, 3, 2, 1.0);
    let centres = [0.9, 0.1, -0.4, 0.8, -0.5, -0.9];
    let singles = Singles::new(&points, 1);
    let once = Limits {
        max_iter: 1,
        tol: f64::INFINITY,
        ..limits(Algorithm::Lloyd)
    };
    let after = lloyd(&points, &singles, centres.to_vec(), &once, &Run::new(0))
        .unwrap()
        .centres;
    let apart = |sigma: f64| {
        let (mut sums, mut mass) = (vec![0.0; 6], vec![0.0; 3]);
        for row in 0..points.rows() {
            let x = points.row(row);
            let score: Vec<f64> = centres
                .chunks(2)
                .map(|c| -square(x, c) / (2.0 * sigma * sigma))
                .collect();
            let most = score.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = score.iter().map(|s| (s - most).exp()).sum();
            for c in 0..3 {
                let r = (score[c] - most).exp() / total;
                mass[c] += r;
                (0..2).for_each(|j| sums[2 * c + j] += r * x[j]);
            }
        }
        let mean = |i: usize| sums[i] / mass[i / 2];
        (0..6).map(|i| (mean(i) - after[i]).abs()).fold(0.0, f64::max)
    };
    assert!(apart(1.0) > 0.1 && apart(0.1) < 0.1 * apart(1.0) && apart(0.005) < 1e-9);
}

#[test]
fn columns_of_any_size_give_the_same_clusters() {
    let spec = Spec {
        n_clusters: Clusters::Fixed(4),
        ..Spec::default()
    };
    let points = blobs(60, 4, 3, 0.7);
    let of = |factor: f64| {
        let scaled = Points::new(points.values.iter().map(|x| x * factor).collect(), 3);
        let data = rows(&scaled, None);
        let model = fit(&spec, &data, &mut Run::new(1)).unwrap().model;
        (model.predict((&data.features).into(), 1).unwrap().values, model)
    };
    let (labels, model) = of(1.0);
    for exponent in [-500, -27, 515, 660] {
        let factor = f64::from(exponent).exp2();
        let (other, scaled) = of(factor);
        assert_eq!(other, labels, "2^{exponent}");
        assert!(scaled.centres().iter().flatten().all(|x| x.is_finite()));
        assert_eq!(scaled.inertia, model.inertia * factor * factor);
    }
}

#[test]
fn rows_that_are_all_alike_make_one_cluster_and_say_so() {
    let data = rows(&Points::new(vec![2.5; 40], 2), None);
    let spec = Spec {
        n_clusters: Clusters::Fixed(3),
        ..Spec::default()
    };
    let fitted = fit(&spec, &data, &mut Run::new(0)).unwrap();
    assert_eq!((fitted.model.k(), fitted.model.inertia), (1, 0.0));
    assert!(
        fitted.model.notes()[0].contains("1 cluster instead of 3"),
        "{:?}",
        fitted.model.notes()
    );
    assert!(matches!(fitted.outcome, Outcome::Converged { .. }));
    assert_eq!(fitted.model.centres(), [[2.5, 2.5]]);
}

#[test]
fn more_clusters_than_rows_are_as_many_as_rows() {
    let data = rows(&Points::new(vec![1.0, 5.0, 9.0], 1), None);
    let fitted = fit(&Spec::default(), &data, &mut Run::new(0)).unwrap();
    assert_eq!((fitted.model.k(), fitted.model.inertia), (3, 0.0));
    let one = rows(&Points::new(vec![4.0], 1), None);
    let fitted = fit(&Spec::default(), &one, &mut Run::new(0)).unwrap();
    assert_eq!(fitted.model.centres(), [[4.0]]);
}

/// A centre far from all rows has none; every policy says what it does.
#[test]
fn centres_without_rows_are_moved_dropped_or_refused() {
    let points = blobs(20, 3, 2, 0.5);
    let singles = Singles::new(&points, 1);
    let mut start = points.values[..4].to_vec();
    start.extend([1e3, 1e3]);
    let of = |empty| {
        let own = Limits {
            empty,
            ..limits(Algorithm::Hamerly)
        };
        lloyd(&points, &singles, start.clone(), &own, &Run::new(0))
    };
    let moved = of(Empty::Farthest).unwrap();
    assert!(
        moved.sizes.len() == 3 && moved.sizes.iter().all(|size| *size > 0.0),
        "{:?}",
        moved.sizes
    );
    assert!(moved.trace.windows(2).all(|w| w[1] <= w[0]), "{:?}", moved.trace);
    assert_eq!(of(Empty::Drop).unwrap().sizes.len(), 2);
    assert!(matches!(of(Empty::Error), Err(Error::Data { .. })));
}

#[test]
fn auto_finds_the_number_of_separated_clusters_by_every_criterion() {
    let data = rows(&blobs(60, 5, 2, 0.25), None);
    for criterion in [Criterion::Silhouette, Criterion::Gap, Criterion::Bic] {
        let spec = Spec {
            n_clusters: Clusters::Auto,
            criterion,
            ..Spec::default()
        };
        let model = fit(&spec, &data, &mut Run::new(0)).unwrap().model;
        assert_eq!(model.k(), 5, "{criterion:?} {:?}", model.choice);
    }
}

#[test]
fn directions_do_not_see_lengths() {
    let mut points = blobs(40, 3, 2, 0.3);
    for (row, x) in points.values.chunks_exact_mut(2).enumerate() {
        x.iter_mut().for_each(|x| *x *= (1 + row % 7) as f64);
    }
    let spec = Spec {
        n_clusters: Clusters::Fixed(3),
        metric: Metric::Cosine,
        ..Spec::default()
    };
    let data = rows(&points, None);
    let model = fit(&spec, &data, &mut Run::new(0)).unwrap().model;
    let labels = model.predict((&data.features).into(), 1).unwrap().values;
    assert!((0..points.rows()).all(|row| labels[row] == labels[row % 3]));
    // A direction has length 1 and no unit, however large the rows.
    for centre in model.centres() {
        assert!(
            (centre.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12,
            "{centre:?}"
        );
    }
    let large = Points::new(points.values.iter().map(|x| 1e6 * x).collect(), points.width);
    let other = fit(&spec, &rows(&large, None), &mut Run::new(0)).unwrap().model;
    assert!((model.inertia - other.inertia).abs() < 1e-9 * (1.0 + model.inertia));
    assert_eq!(model.labels.len(), points.rows());
}

#[test]
fn a_model_comes_back_from_its_file() {
    let data = rows(&blobs(40, 3, 2, 0.5), None);
    let spec = Spec {
        n_clusters: Clusters::Auto,
        max_clusters: 4,
        ..Spec::default()
    };
    let model = fit(&spec, &data, &mut Run::new(0)).unwrap().model;
    let again = Centres::from_file(&KMEANS, &model.store().unwrap()).unwrap();
    let inputs = || (&data.features).into();
    assert_eq!(
        again.predict(inputs(), 1).unwrap(),
        model.predict(inputs(), 1).unwrap()
    );
    assert_eq!(
        again.transform(inputs(), 1).unwrap(),
        model.transform(inputs(), 1).unwrap()
    );
    let scores = again
        .evaluate(&Data::Rows(data), &mut Run::new(0))
        .unwrap()
        .scores;
    let inertia = scores.iter().find(|score| score.name == "inertia").unwrap().value;
    assert!(
        (inertia / model.inertia - 1.0).abs() < 1e-12,
        "{inertia} {}",
        model.inertia
    );
}

/// From scikit-learn 1.9.1: `KMeans(3, init=X[:3], n_init=1, tol=0).fit(X)` for the points below.
#[test]
fn given_centres_lead_where_they_lead_scikit_learn() {
    let x: Vec<f64> = (0..30_u32)
        .map(|i| f64::from(i * i % 17) + 0.25 * f64::from(i % 5))
        .collect();
    let points = Points::new(x, 2);
    let spec = Spec {
        n_clusters: Clusters::Fixed(3),
        centers: (0..3).map(|row| points.row(row).to_vec()).collect(),
        tol: 0.0,
        ..Spec::default()
    };
    let model = fit(&spec, &rows(&points, None), &mut Run::new(0)).unwrap().model;
    let wanted: (f64, [f64; 6]) = (322.525, [4.299999999999999, 2.7, 5.4, 13.45, 15.0, 10.55]);
    assert!(
        (model.inertia / wanted.0 - 1.0).abs() < 1e-13,
        "{}",
        model.inertia
    );
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
    assert!(
        model.centres().concat().iter().zip(&wanted.1).all(near),
        "{:?}",
        model.centres()
    );
    let wrong = Spec {
        centers: vec![vec![1.0]; 3],
        ..spec
    };
    assert!(fit(&wrong, &rows(&points, None), &mut Run::new(0)).is_err());
}

/// Several rows leave one cluster at once: the mean that is left was that of the rows after the first had left, as if it had been the only one.
#[test]
fn rows_that_leave_a_cluster_together_are_all_taken_off_its_mean() {
    let points = Points::new(vec![0.0, 0.0, 0.0, 10.0, 30.0], 1);
    let singles = Singles::new(&points, 1);
    let once = Limits {
        max_iter: 1,
        ..Limits::default()
    };
    let run = Run::new(0);
    let ended = lloyd(&points, &singles, vec![8.0, -900.0, 900.0], &once, &run).unwrap();
    // 30 and one 0 are farthest from 8, and leave 0, 0 and 10.
    assert!(
        (ended.centres[0] - 10.0 / 3.0).abs() < 1e-12,
        "{:?}",
        ended.centres
    );
    assert_eq!(
        (&ended.centres[1..], ended.sizes),
        (&[30.0, 0.0][..], vec![1.0, 1.0, 3.0])
    );
}
