//! Tests of matrix factorization.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce_core::model::ratings::{Baselines, Ratings, evaluate, recommend};
use induce_core::model::{Data, Model as _, Predict, Recommend, Rows, RowsOptions};
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

use super::{Model, Spec, fit, store};

/// y = 3 + b_u + b_i + p_u' q_i + noise of `users` x `items`, and the truth without the noise.
fn low_rank(users: usize, items: usize, rank: usize, noise: f64) -> (Vec<[i64; 2]>, Vec<f64>, Vec<f64>) {
    let stream = Stream::new(3, "low-rank");
    let draws = |path: u64, n: usize| -> Vec<f64> {
        (0..n as u64)
            .map(|i| 2.0 * stream.child(path).uniform(i) - 1.0)
            .collect()
    };
    let (b, c, p, q, e) = (
        draws(0, users),
        draws(1, items),
        draws(2, users * rank),
        draws(3, items * rank),
        draws(4, users * items),
    );
    let pairs: Vec<[i64; 2]> = (0..users)
        .flat_map(|u| (0..items).map(move |i| [u as i64, i as i64]))
        .collect();
    let truth: Vec<f64> = pairs
        .iter()
        .map(|own| {
            let [u, i] = own.map(|x| x as usize);
            let product: f64 = (0..rank).map(|k| p[u * rank + k] * q[i * rank + k]).sum();
            3.0 + b[u] + c[i] + product
        })
        .collect();
    let y = truth
        .iter()
        .zip(&e)
        .map(|(y, e)| y + noise * 3.0_f64.sqrt() * e)
        .collect();
    (pairs, y, truth)
}

fn table(pairs: &[[i64; 2]], y: &[f64]) -> Table {
    Table::new(vec![
        Column::from_whole("user", pairs.iter().map(|own| own[0]).collect()),
        Column::from_whole("item", pairs.iter().map(|own| own[1]).collect()),
        Column::from_f64("rating", y.to_vec()),
    ])
    .unwrap()
}

fn rows(table: &Table) -> Rows {
    let options = RowsOptions {
        task: Some(induce_core::metrics::Task::Regression),
        ..RowsOptions::default()
    };
    Rows::new(table, &options).unwrap()
}

fn learnt(spec: &Spec, rows: &Rows) -> Model {
    fit(spec, rows, &mut Run::new(1)).unwrap().model
}

fn rmse(a: &[f64], b: &[f64]) -> f64 {
    (a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

/// Half of the pairs, and the others.
fn halves(n: usize) -> (Vec<usize>, Vec<usize>) {
    let stream = Stream::new(8, "halves");
    (0..n).partition(|&k| stream.uniform(k as u64) < 0.5)
}

#[test]
fn a_matrix_of_low_rank_is_recovered_with_its_noise() {
    let (pairs, y, truth) = low_rank(120, 80, 3, 0.2);
    let all = rows(&table(&pairs, &y));
    let (some, others) = halves(pairs.len());
    let spec = Spec {
        factors: 8,
        clip: false,
        ..Spec::default()
    };
    let model = learnt(&spec, &all.take(&some));
    let test = all.take(&others);
    let wanted: Vec<f64> = others.iter().map(|&k| truth[k]).collect();
    let said = model.predict((&test.features).into(), 2).unwrap().values;
    assert!(rmse(&said, &wanted) < 0.12, "{}", rmse(&said, &wanted));
    assert!((model.noise() / 0.2 - 1.0).abs() < 0.1, "{}", model.noise());
    // Factors beyond the rank go.
    let strengths = model.strengths();
    assert!(strengths[2] > 0.1 && strengths[3] < 0.02, "{strengths:?}");
    // 90 % of new ratings are within intervals that are to hold 90 %.
    let ends = model
        .intervals((&test.features).into(), 0.9, 1)
        .unwrap()
        .new
        .unwrap();
    let target = &test.target.as_ref().unwrap().values;
    let inside = target
        .iter()
        .zip(ends.0.iter().zip(&ends.1))
        .filter(|(y, (a, b))| (**a..=**b).contains(y))
        .count();
    let share = inside as f64 / target.len() as f64;
    assert!((share - 0.9).abs() < 0.03, "{share}");
}

#[test]
fn it_beats_its_baselines_and_the_bound_rises() {
    let (pairs, y, _) = low_rank(60, 50, 2, 0.3);
    let all = rows(&table(&pairs, &y));
    let (some, others) = halves(pairs.len());
    let fitted = fit(&Spec::default(), &all.take(&some), &mut Run::new(1)).unwrap();
    let bound = &fitted.report.traces[0].points;
    assert!(
        bound.windows(2).all(|own| own[1].1 >= own[0].1 - 1e-9),
        "{bound:?}"
    );
    let test = Data::Rows(all.take(&others));
    let beaten = fitted.model.baselines(&test, &Run::new(0)).unwrap().baselines;
    let scores = evaluate(&fitted.model, &test, &Run::new(0)).unwrap().scores;
    for (name, own) in beaten.into_iter().filter(|other| other.1[0].name == "rmse") {
        assert!(
            scores[0].value < 0.9 * own[0].value,
            "{name}: {} against {}",
            own[0].value,
            scores[0].value
        );
    }
    assert!(scores.iter().any(|own| own.name == "ndcg@10" && own.value > 0.0));
}

/// Names and the order of rows say nothing.
#[test]
fn permuted_users_and_items_have_permuted_answers() {
    let (pairs, y, _) = low_rank(30, 20, 1, 0.1);
    let (some, _) = halves(pairs.len());
    let spec = Spec {
        factors: 2,
        tolerance: 1e-9,
        max_iterations: 3000,
        ..Spec::default()
    };
    let one = rows(&table(&pairs, &y));
    let moved: Vec<[i64; 2]> = pairs
        .iter()
        .map(|own| [(own[0] * 7 + 3) % 30, (own[1] * 3 + 1) % 20])
        .collect();
    let other = rows(&table(&moved, &y));
    let say = |model: &Model, rows: &Rows| model.predict((&rows.features).into(), 1).unwrap().values;
    let (first, second) = (learnt(&spec, &one.take(&some)), learnt(&spec, &other.take(&some)));
    let apart = rmse(&say(&first, &one), &say(&second, &other));
    assert!(apart < 1e-2, "{apart}");
    // The order of the rows changes no bit.
    let turned: Vec<usize> = some.iter().rev().copied().collect();
    assert_eq!(say(&first, &one), say(&learnt(&spec, &one.take(&turned)), &one));
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_from_its_file() {
    let (pairs, y, _) = low_rank(90, 20, 2, 0.1);
    let all = rows(&table(&pairs, &y));
    let bytes = |threads: usize| {
        let mut run = Run::new(1).with_threads(threads);
        let model = fit(&Spec::default(), &all, &mut run).unwrap().model;
        model.store().unwrap().to_bytes().unwrap()
    };
    let one = bytes(1);
    assert!(one == bytes(2) && one == bytes(4));
    let again = store::open(&ModelFile::read_bytes("again", &one).unwrap()).unwrap();
    assert!(again.store().unwrap().to_bytes().unwrap() == one);
    let model = learnt(&Spec::default(), &all);
    let lists = |model: &Model, threads| recommend(model, all.table().unwrap(), 3, threads).unwrap().table;
    let cells = |table: &Table| -> Vec<Option<String>> {
        table
            .columns()
            .iter()
            .flat_map(|c| (0..c.len()).map(|row| c.text(row)))
            .collect()
    };
    assert_eq!(cells(&lists(&model, 1)), cells(&lists(&again, 4)));
    let quantiles = |model: &Model| model.quantiles((&all.features).into(), &[0.1, 0.9], 2).unwrap();
    assert_eq!(quantiles(&model), quantiles(&again));
}

#[test]
fn whoever_is_unknown_has_a_defined_answer() {
    let (pairs, y, _) = low_rank(40, 30, 2, 0.1);
    let model = learnt(&Spec::default(), &rows(&table(&pairs, &y)));
    let some = table(&[[0, 5], [99, 5], [0, 99], [99, 99]], &[0.0; 4]);
    let said = model.predict((&some).into(), 1).unwrap().values;
    assert!(said.iter().all(|y| y.is_finite()));
    let of =
        |b: Option<f64>, c: Option<f64>| model.centre + model.scale * (b.unwrap_or(0.0) + c.unwrap_or(0.0));
    let (b, c) = (model.users.mean[0], model.items.mean[5 * model.items.width]);
    assert!((said[1] - of(None, Some(c))).abs() < 1e-9);
    assert!((said[2] - of(Some(b), None)).abs() < 1e-9);
    assert!((said[3] - model.centre).abs() < 1e-9);
    // What is not known makes intervals wider.
    let ends = model.intervals((&some).into(), 0.9, 1).unwrap().new.unwrap();
    let wide = |k: usize| ends.1[k] - ends.0[k];
    assert!(wide(0) < wide(1) && wide(0) < wide(2), "{ends:?}");
    let users = Table::new(vec![Column::from_whole("user", vec![99, 3, 99])]).unwrap();
    let lists = recommend(&model, &users, 4, 1).unwrap();
    // Everything is rated by user 3 already.
    assert_eq!(lists.table.rows(), 4);
    assert_eq!(lists.notes.len(), 2, "{:?}", lists.notes);
}

/// Constant, single, huge and tiny ratings, and none of a kind.
#[test]
fn odd_ratings_are_learnt_or_refused() {
    for y in [
        [4.0, 4.0, 4.0],
        [1e300, -1e300, 1e299],
        [1e-300, 2e-300, 0.0],
        [0.0; 3],
    ] {
        let some = table(&[[1, 1], [1, 2], [2, 1]], &y);
        let model = learnt(&Spec::default(), &rows(&some));
        let said = model.predict((&some).into(), 1).unwrap().values;
        assert!(said.iter().all(|y| y.is_finite()), "{y:?}: {said:?}");
        assert!(store::open(&model.store().unwrap()).is_ok(), "{y:?}");
    }
    let one = rows(&table(&[[1, 1]], &[5.0]));
    let said = learnt(
        &Spec {
            factors: 0,
            ..Spec::default()
        },
        &one,
    )
    .predict((&one.features).into(), 1)
    .unwrap()
    .values;
    assert!((said[0] - 5.0).abs() < 1e-9);
    let twice = rows(&table(&[[1, 1], [1, 1], [1, 2]], &[5.0, 4.0, 1.0]));
    let learnt = Ratings::learn(&twice, "", "").unwrap();
    assert_eq!(learnt.ratings.by_user.value(), [4.5, 1.0]);
    assert!(
        learnt.notes.iter().any(|note| note.contains("mean")),
        "{:?}",
        learnt.notes
    );
    let error = Ratings::learn(&twice, "nobody", "").unwrap_err();
    assert!(error.hint().is_some(), "{error}");
    let unnamed = Table::new(vec![
        Column::from_whole("a", vec![1, 2]),
        Column::from_whole("b", vec![1, 2]),
        Column::from_f64("y", vec![1.0, 2.0]),
    ])
    .unwrap();
    let error = Ratings::learn(&rows(&unnamed), "", "").unwrap_err();
    assert!(
        error.to_string().contains("`a`, `b`") && error.hint().unwrap().contains("--user"),
        "{error}"
    );
}

#[test]
fn baselines_are_what_they_are_called() {
    let some = table(&[[1, 1], [1, 2], [2, 1]], &[5.0, 3.0, 1.0]);
    let ratings = Ratings::learn(&rows(&some), "", "").unwrap().ratings;
    let known = Baselines::of(&ratings);
    assert_eq!(known.mean_of_means((Some(0), Some(0))), 3.5);
    assert_eq!(known.mean_of_means((None, Some(1))), 3.0);
    assert!((known.mean_of_means((None, None)) - 3.0).abs() < 1e-12);
    assert!(known.biases.rate((Some(0), Some(1))) > known.biases.rate((Some(1), Some(1))));
    let (relevant, k) = learnt(&Spec::default(), &rows(&some)).judged_by();
    assert_eq!((relevant, k), (4.0, 10));
}

/// The official division of MovieLens-100K, where it is there: well below the .95 of stochastic gradients.
#[test]
fn movielens_is_learnt() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/movielens-100k");
    let read = |name: &str| {
        induce_core::read::read(&folder.join(name), &Default::default(), &Run::new(0)).map(|own| own.0)
    };
    let (Ok(train), Ok(test)) = (read("u1.base.gz"), read("u1.test.gz")) else {
        return;
    };
    let options = RowsOptions {
        target: Some("x2".into()),
        task: Some(induce_core::metrics::Task::Regression),
        ..RowsOptions::default()
    };
    let spec = Spec {
        user: "x0".into(),
        item: "x1".into(),
        ..Spec::default()
    };
    let model = learnt(&spec, &Rows::new(&train, &options).unwrap());
    let test = Rows::new(&test, &options).unwrap();
    let said = model.predict((&test.features).into(), 2).unwrap().values;
    let error = rmse(&said, &test.target.as_ref().unwrap().values);
    assert!(error < 0.92, "{error}");
}

/// A newcomer's checkerboard of tastes, a fifth of it known: twenty factors by chance all came to nothing, which is a maximum of the bound, and the
/// model said no more than the mean. From two the bound is higher.
#[test]
fn many_factors_of_few_ratings_do_not_come_to_nothing() {
    let stream = Stream::new(2, "checkerboard");
    let all = (0..40_i64).flat_map(|u| (0..30_i64).map(move |i| [u, i]));
    let pairs: Vec<[i64; 2]> = all
        .filter(|own| stream.uniform((own[0] * 30 + own[1]) as u64) < 0.2)
        .collect();
    let taste = |own: &[i64; 2]| if own[0] % 2 == own[1] % 2 { 1.0 } else { -1.0 };
    let noise = |own: &[i64; 2]| stream.child(1).uniform((own[0] * 30 + own[1]) as u64) - 0.5;
    let y: Vec<f64> = pairs.iter().map(|own| 3.0 + taste(own) + noise(own)).collect();
    let model = learnt(&Spec::default(), &rows(&table(&pairs, &y)));
    let new: Vec<[i64; 2]> = (0..40).flat_map(|u| (0..30).map(move |i| [u, i])).collect();
    let truth: Vec<f64> = new.iter().map(|own| 3.0 + taste(own)).collect();
    let said = model
        .predict((&rows(&table(&new, &truth)).features).into(), 1)
        .unwrap()
        .values;
    assert!(rmse(&said, &truth) < 0.5, "{}", rmse(&said, &truth));
}
