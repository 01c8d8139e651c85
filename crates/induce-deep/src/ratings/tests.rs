//! Tests of graph convolutional matrix completion.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce_core::model::ratings::recommend;
use induce_core::model::{Data, Model, Predict, Recommend, Rows, RowsOptions};
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use induce_tensor::{Gradients, Pairs, Parameters, Sparse, Tape, Workspace};

use super::network::{Network, Shape};
use super::{Accumulation, Normalization, Spec, Trained, fit};

/// Users of two kinds, who like items of two kinds, in levels 1 to 5; and what kind they are.
fn ratings(users: usize, items: usize) -> Table {
    let stream = Stream::new(4, "kinds");
    let pairs: Vec<(usize, usize)> = (0..users).flat_map(|u| (0..items).map(move |i| (u, i))).collect();
    let level = |&(u, i): &(usize, usize)| {
        let like = if (u % 2 == 0) == (i % 3 == 0) { 4.0 } else { 2.0 };
        let spread = (3.0 * stream.uniform((u * items + i) as u64)).floor() - 1.0;
        like + spread
    };
    let kind = |own: &(usize, usize)| Some(["even", "odd"][own.0 % 2]);
    Table::new(vec![
        Column::from_whole("user", pairs.iter().map(|own| own.0 as i64).collect()),
        Column::from_whole("item", pairs.iter().map(|own| own.1 as i64).collect()),
        Column::from_text("kind", &pairs.iter().map(kind).collect::<Vec<_>>()),
        Column::from_f64(
            "third",
            pairs
                .iter()
                .map(|own| f64::from(u8::from(own.1 % 3 == 0)))
                .collect(),
        ),
        Column::from_f64("time", (0..pairs.len()).map(|k| k as f64).collect()),
        Column::from_f64("rating", pairs.iter().map(level).collect()),
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

fn small() -> Spec {
    let mut spec = Spec {
        hidden: 20,
        embedding: 8,
        epochs: 150,
        dropout: 0.3,
        feature_width: 4,
        ..Spec::default()
    };
    spec.training.ema_decay = 0.9;
    spec
}

fn learnt(spec: &Spec, rows: &Rows, threads: usize) -> Trained {
    let json = serde_json::to_value(spec).unwrap();
    fit(&json, rows, None, &mut Run::new(2).with_threads(threads))
        .unwrap()
        .model
}

/// Some of the pairs, and the others.
fn parts(n: usize) -> (Vec<usize>, Vec<usize>) {
    let stream = Stream::new(5, "parts");
    (0..n).partition(|&k| stream.uniform(k as u64) < 0.6)
}

#[test]
fn it_beats_its_baselines_in_every_form() {
    let all = rows(&ratings(40, 30));
    let (some, others) = parts(all.rows());
    let test = Data::Rows(all.take(&others));
    for (accumulation, normalization, features) in [
        (Accumulation::Stack, Normalization::Left, true),
        (Accumulation::Sum, Normalization::Symmetric, false),
    ] {
        let spec = Spec {
            accumulation,
            normalization,
            features,
            ..small()
        };
        let model = learnt(&spec, &all.take(&some), 2);
        let beaten = model.baselines(&test, &Run::new(0)).unwrap().baselines;
        let own = model.evaluate(&test, &mut Run::new(0)).unwrap().scores[0].value;
        assert!(beaten.iter().any(|other| other.1[0].name == "recall@10"));
        for (name, scores) in beaten.into_iter().filter(|other| other.1[0].name == "rmse") {
            assert!(
                own < 0.95 * scores[0].value,
                "{name}: {} against {own}",
                scores[0].value
            );
        }
    }
}

#[test]
fn levels_are_probabilities_and_ratings_within_them() {
    let all = rows(&ratings(12, 9));
    let model = learnt(&small(), &all, 1);
    let levels = model.levels(all.table().unwrap(), 2).unwrap();
    let said = model.predict((&all.features).into(), 1).unwrap().values;
    for (own, y) in levels.chunks_exact(5).zip(&said) {
        assert!((own.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((1.0..=5.0).contains(y));
        let mean: f64 = own.iter().zip(1..).map(|(p, level)| p * f64::from(level)).sum();
        assert!((mean - y).abs() < 1e-12);
    }
    let ends = model
        .intervals((&all.features).into(), 0.9, 1)
        .unwrap()
        .new
        .unwrap();
    assert!(
        ends.0
            .iter()
            .zip(&ends.1)
            .all(|(a, b)| a <= b && a.fract() == 0.0)
    );
}

/// Gradients by differences, in double precision.
#[test]
fn gradients_are_those_of_the_loss() {
    let spec = Spec {
        hidden: 4,
        embedding: 3,
        ..Spec::default()
    };
    let shape = Shape::new(&spec, [3, 4], [2, 1], 2);
    let mut single = Parameters::default();
    let network = Network::new(&spec, &shape, &mut single, Some(3));
    let mut parameters = Parameters::<f64>::default();
    for (own, name, lengths) in single.iter() {
        let values = single.values(own);
        parameters.add(name, lengths.lengths(), |i| f64::from(values[i]));
    }
    let to_users = |w: f64| Sparse::new(4, &[0, 2, 2, 3], &[0, 3, 1], &[0.5, w, 1.0]).unwrap();
    let to_items = |w: f64| Sparse::new(3, &[0, 1, 2, 2, 3], &[0, 2, 0], &[0.5, 1.0, w]).unwrap();
    let graph = [[to_users(0.5), to_items(1.0)], [to_users(2.0), to_items(0.3)]];
    let features = [[0.3, -1.0, 2.0, 0.1, 0.7, 0.2], [1.0, -0.5, 0.4, 2.0, 0.0, 0.0]];
    let pairs = Pairs::new(3, 4, &[(0, 1), (1, 1), (2, 0), (2, 3)]).unwrap();
    let loss = |parameters: &Parameters<f64>, gradients: Option<&mut Gradients<f64>>| {
        let (mut workspace, team) = (Workspace::default(), Team::alone());
        let tape = Tape::new(&mut workspace, parameters, &team);
        let own = network.embed(&tape, &graph, [&features[0], &features[1][..4]], None);
        let loss = network.decode(own, &pairs).cross_entropy(&[0, 1, 1, 0]).mean();
        if let Some(gradients) = gradients {
            tape.backward(loss, gradients).unwrap();
        }
        loss.item().unwrap()
    };
    let mut gradients = Gradients::of(&parameters);
    loss(&parameters, Some(&mut gradients));
    let found = gradients.all(&parameters).to_vec();
    let step = 1e-6;
    for k in 0..parameters.count() {
        let mut at = |x: f64| {
            let old = parameters.all()[k];
            parameters.all_mut()[k] = old + x;
            let own = loss(&parameters, None);
            parameters.all_mut()[k] = old;
            own
        };
        let wanted = (at(step) - at(-step)) / (2.0 * step);
        assert!(
            (found[k] - wanted).abs() < 1e-6,
            "{k}: {} against {wanted}",
            found[k]
        );
    }
}

/// An encoder knows nodes by their rows only: with those in another order its answers are in that order.
#[test]
fn permuted_nodes_have_permuted_embeddings() {
    let spec = Spec {
        hidden: 6,
        embedding: 4,
        ..Spec::default()
    };
    let shape = Shape::new(&spec, [3, 3], [0, 0], 1);
    let mut parameters = Parameters::default();
    let network = Network::new(&spec, &shape, &mut parameters, Some(1));
    let embed = |parameters: &Parameters, graph: [Sparse; 2]| {
        let (mut workspace, team) = (Workspace::default(), Team::alone());
        let tape = Tape::new(&mut workspace, parameters, &team);
        let own = network.embed(&tape, &[graph], [&[], &[]], None);
        tape.values(own.users).unwrap()
    };
    // Users 0 -> {0, 1}, 1 -> {2}, 2 -> {}; then users in the order 2, 0, 1 and items in the order 1, 2, 0.
    let to_items = |places: &[u32]| Sparse::new(3, &[0, 1, 2, 3], places, &[1.0; 3]).unwrap();
    let one = embed(
        &parameters,
        [
            Sparse::new(3, &[0, 2, 3, 3], &[0, 1, 2], &[0.5, 0.5, 1.0]).unwrap(),
            to_items(&[0, 0, 1]),
        ],
    );
    let items = parameters.iter().find(|own| own.1 == "level.0.items").unwrap().0;
    let old = parameters.values(items).to_vec();
    for (to, from) in [1, 2, 0].into_iter().enumerate() {
        parameters.values_mut(items)[to * 6..to * 6 + 6].copy_from_slice(&old[from * 6..from * 6 + 6]);
    }
    let other = embed(
        &parameters,
        [
            Sparse::new(3, &[0, 0, 2, 3], &[0, 2, 1], &[0.5, 0.5, 1.0]).unwrap(),
            to_items(&[1, 2, 1]),
        ],
    );
    let width = 2 * 4;
    for (to, from) in [2, 0, 1].into_iter().enumerate() {
        for k in 0..width {
            assert!((other[to * width + k] - one[from * width + k]).abs() < 1e-6);
        }
    }
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_from_its_file() {
    let all = rows(&ratings(30, 25));
    let mut spec = small();
    spec.epochs = 8;
    // In mini-batches too.
    for batch in [1_000_000, 300] {
        spec.training.batch = batch;
        let bytes = |threads: usize| learnt(&spec, &all, threads).store().unwrap().to_bytes().unwrap();
        let one = bytes(1);
        assert!(one == bytes(2) && one == bytes(4));
        let again = Trained::open(&ModelFile::read_bytes("again", &one).unwrap()).unwrap();
        assert!(again.store().unwrap().to_bytes().unwrap() == one);
        let say = |model: &Trained, threads| model.predict((&all.features).into(), threads).unwrap();
        assert_eq!(say(&learnt(&spec, &all, 2), 1), say(&again, 4));
    }
}

/// Somebody new is rated by what is known of them, and else as all rate.
#[test]
fn newcomers_are_rated_by_their_features() {
    let all = rows(&ratings(40, 30));
    let spec = Spec {
        epochs: 400,
        ..small()
    };
    let model = learnt(&spec, &all, 2);
    let pair = |kind: &str| {
        Table::new(vec![
            Column::from_whole("user", vec![999, 999]),
            Column::from_whole("item", vec![0, 1]),
            Column::from_text("kind", &[Some(kind), Some(kind)]),
        ])
        .unwrap()
    };
    let say = |table: &Table| model.predict(table.into(), 1).unwrap().values;
    let (even, odd) = (say(&pair("even")), say(&pair("odd")));
    assert!(
        even[0] > odd[0] + 0.3 && even[1] < odd[1] - 0.3,
        "{even:?}, {odd:?}"
    );
    let bare = pair("odd").without(&["kind"]);
    let said = say(&bare);
    assert!(said.iter().all(|y| (2.0..4.0).contains(y)), "{said:?}");
    let lists = recommend(&model, &bare, 5, 2).unwrap();
    assert_eq!(
        (lists.table.rows(), lists.notes.len()),
        (5, 1),
        "{:?}",
        lists.notes
    );
    // Lists read features too: they were those of the best rated items, whoever asked.
    let ask = Table::new(vec![
        Column::from_whole("user", vec![998, 3, 999, 998]),
        Column::from_text("kind", &["odd", "odd", "even", "even"].map(Some)),
    ])
    .unwrap();
    let lists = recommend(&model, &ask, 3, 2).unwrap();
    // User 3 has rated everything.
    let item = |k: usize| lists.table.columns()[2].text(k).unwrap().parse::<i64>().unwrap();
    let items: Vec<i64> = (0..6).map(item).collect();
    let mut scores = vec![0.0; 6];
    lists.table.columns()[3].read_f64(0, &mut scores);
    let thirds = |own: &[i64]| own.iter().filter(|item| **item % 3 == 0).count();
    assert_eq!((thirds(&items[..3]), thirds(&items[3..])), (0, 3), "{items:?}");
    assert!(
        lists.notes[0].contains("by what the table says of them"),
        "{:?}",
        lists.notes
    );
    let pair = Table::new(vec![
        Column::from_whole("user", vec![999]),
        Column::from_whole("item", vec![items[3]]),
        Column::from_text("kind", &[Some("even")]),
    ])
    .unwrap();
    assert!(
        (say(&pair)[0] - scores[3]).abs() < 1e-6,
        "{} {}",
        say(&pair)[0],
        scores[3]
    );
    let (relevant, _) = model.judged_by();
    assert_eq!(relevant, 4.0);
}

#[test]
fn ratings_without_levels_are_refused_and_some_are_kept_apart() {
    let n = 60;
    let column = |f: &dyn Fn(usize) -> i64| (0..n).map(f).collect::<Vec<i64>>();
    let fine = Table::new(vec![
        Column::from_whole("user", column(&|k| k as i64 % 10)),
        Column::from_whole("item", column(&|k| k as i64 / 10)),
        Column::from_f64("rating", (0..n).map(|k| k as f64 * 0.37).collect()),
    ])
    .unwrap();
    let json = serde_json::to_value(small()).unwrap();
    let error = fit(&json, &rows(&fine), None, &mut Run::new(0)).unwrap_err();
    assert!(error.hint().unwrap().contains("-m mf"), "{error}");
    let all = rows(&ratings(12, 10));
    let spec = Spec {
        validation_fraction: 0.2,
        epochs: 20,
        ..small()
    };
    assert_eq!(learnt(&spec, &all, 1).header.ratings.len(), 96);
    let mut random = small();
    random.training.bayes.weights = crate::train::WeightKind::Bayes;
    assert!(random.check().is_err());
}
