use induce_core::linalg::Csr;
use induce_core::model::{Data, Features, Model as _, Rows, Text, Transform};
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use proptest::prelude::*;
use serde_json::Value;

use super::pass::bound;
use super::words::Words;
use super::*;

/// Documents of 3 topics, each with words of its own but for one in ten.
fn documents(count: usize, words: usize, seed: u64) -> Csr {
    let stream = Stream::new(seed, "documents");
    let mut entries = std::collections::BTreeMap::new();
    for d in 0..count {
        let own = stream.child(d as u64);
        for n in 0..(20 + d % 30) as u64 {
            let topic = (d + usize::from(own.uniform(3 * n) < 0.2)) % 3;
            let any = own.uniform(3 * n + 1) < 0.1;
            let w = own.below(3 * n + 2, if any { words } else { words / 3 });
            let w = if any { w } else { topic * (words / 3) + w };
            *entries.entry((d as u32, w as u32)).or_insert(0.0) += 1.0;
        }
    }
    let entries = entries.into_iter().map(|((d, w), c)| (d, w, c)).collect();
    Csr::from_entries(count, words, entries).unwrap()
}

fn data(rows: Csr) -> Data {
    Data::Rows(Rows {
        features: Features::Sparse(rows),
        target: None,
        weight: None,
        groups: None,
        notes: Vec::new(),
    })
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().flat_map(numbers).collect(),
        own => vec![own.as_f64().unwrap()],
    }
}

fn near(found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len());
    for (a, b) in found.iter().zip(wanted) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} {b}");
    }
}

/// scikit-learn's topics of documents, statistics and bound for given topics of words (`tests/golden/lda.py`).
#[test]
fn an_e_step_is_that_of_scikit_learn() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/lda.json")).unwrap();
    let counts = numbers(&golden["counts"]);
    let words = golden["counts"][0].as_array().unwrap().len();
    let entries = counts.iter().enumerate().filter(|own| *own.1 > 0.0);
    let entries = entries
        .map(|(i, c)| ((i / words) as u32, (i % words) as u32, *c))
        .collect();
    let documents = counts.len() / words;
    let rows = Csr::from_entries(documents, words, entries).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let by_topic = numbers(&case["topics"]);
        let k = by_topic.len() / words;
        let turned =
            |all: &[f64]| -> Vec<f64> { (0..all.len()).map(|i| all[(i % k) * words + i / k]).collect() };
        let topics = Topics {
            count: k,
            lambda: turned(&by_topic),
        };
        let local = Local {
            alpha: case["alpha"].as_f64().unwrap(),
            max_iter: 5_000,
            tol: 1e-13,
        };
        let expected = topics.expected(2);
        let found = Documents::of(&rows, &vec![1.0; documents * k], &expected, &local, 2);
        near(&found.gamma, &numbers(&case["gamma"]), 1e-8);
        let weight = vec![1.0; documents];
        let sums = Words::of(&rows).sums(&found, &weight, &expected, 1);
        near(&sums, &turned(&numbers(&case["sums"])), 1e-8);
        let own = Bound {
            topics: topics.divergence(case["eta"].as_f64().unwrap(), 2),
            ..bound(&found, &weight)
        };
        near(&[own.total()], &[case["bound"].as_f64().unwrap()], 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// With weights, however few steps documents are given.
    #[test]
    fn the_bound_never_falls(seed in 0_u64..1000, k in 1_usize..6, steps in 1_usize..30, weigh in any::<bool>(), alpha in 0.01_f64..2.0) {
        let counts = Counts::of_sparse(&documents(40, 30, seed)).unwrap();
        let weight: Option<Vec<f64>> = weigh.then(|| (0..40).map(|d| 0.1 * f64::from(d)).collect());
        let spec = Spec {
            n_components: k, doc_topic_prior: alpha, max_doc_update_iter: steps, max_iter: 30, tol: 0.0, ..Spec::default()
        };
        let fitted = fit(&spec, &counts, weight.as_deref(), None, &mut Run::new(seed)).unwrap();
        let elbo: Vec<f64> = fitted.report.traces[0].points.iter().map(|own| own.1).collect();
        prop_assert!(elbo.windows(2).all(|w| w[1] >= w[0] - 1e-11), "{:?}", elbo);
        for kl in fitted.report.traces[2..].iter().flat_map(|own| &own.points) {
            prop_assert!(kl.1 > -1e-12);
        }
    }
}

/// The bound does not fall from one fit to the next that goes on from it, and steps of mini-batches go on being counted.
#[test]
fn a_fit_goes_on_from_a_model() {
    let counts = Counts::of_sparse(&documents(200, 30, 7)).unwrap();
    let of = |max_iter, method, before: Option<&Model>| {
        let spec = Spec {
            n_components: 3,
            max_iter,
            learning_method: method,
            mean_change_tol: 1e-9,
            max_doc_update_iter: 1000,
            ..Spec::default()
        };
        fit(&spec, &counts, None, before, &mut Run::new(0)).unwrap().model
    };
    let half = of(3, Method::Batch, None);
    let more = of(3, Method::Batch, Some(&half));
    assert!(more.bound.total() > half.bound.total() && more.topics != half.topics);
    let first = of(2, Method::Online, None);
    assert_eq!((first.steps, of(1, Method::Online, Some(&first)).steps), (4, 6));
    let others = Counts::of_sparse(&documents(20, 12, 7)).unwrap();
    let spec = Spec {
        n_components: 3,
        ..Spec::default()
    };
    assert!(fit(&spec, &others, None, Some(&half), &mut Run::new(0)).is_err());
}

/// Words that a mini-batch lacks are only moved by the scale: the same as the step of Hoffman et al. word by word.
#[test]
fn steps_leave_other_words_to_the_scale() {
    let rows = documents(64, 90, 8);
    let counts = Counts::of_sparse(&rows).unwrap();
    let spec = Spec {
        n_components: 3,
        learning_method: Method::Online,
        batch_size: 16,
        max_iter: 1,
        ..Spec::default()
    };
    let run = &mut Run::new(3);
    let found = fit(&spec, &counts, None, None, run).unwrap().model.topics;
    let (mut topics, eta) = (Topics::random(90, 3, run.stream("lda/start")), spec.eta());
    let order = run.stream("lda/batches").child(0).permutation(64);
    for (t, few) in order.chunks(16).enumerate() {
        let part = rows.take(few);
        let expected = topics.expected(1);
        let own = Documents::of(&part, &[1.0; 48], &expected, &Local::of(&spec).early(t as u64), 1);
        let sums = Words::of(&part).sums(&own, &[1.0; 16], &expected, 1);
        let rho = (t as f64 + 1.0 + spec.learning_offset).powf(-spec.learning_decay);
        for (l, s) in topics.lambda.iter_mut().zip(&sums) {
            *l = (1.0 - rho) * *l + rho * (eta + 4.0 * s);
        }
    }
    near(&found.lambda, &topics.lambda, 1e-10);
}

fn by_topic(model: &Model) -> bool {
    // Every topic has two thirds of its weight within one third of the words.
    let (k, mean) = (model.topics.count, model.topics.mean());
    let words = model.topics.words();
    (0..k).all(|t| {
        let part = |p: usize| -> f64 {
            (p * words / 3..(p + 1) * words / 3)
                .map(|w| mean[w * k + t])
                .sum()
        };
        (0..3).any(|p| part(p) > 0.66)
    })
}

#[test]
fn topics_are_found_by_either_method() {
    let counts = Counts::of_sparse(&documents(300, 30, 1)).unwrap();
    let held_out = documents(100, 30, 2);
    for learning_method in [Method::Batch, Method::Online] {
        let spec = Spec {
            n_components: 3,
            learning_method,
            ..Spec::default()
        };
        let model = fit(&spec, &counts, None, None, &mut Run::new(0)).unwrap().model;
        assert!(by_topic(&model), "{learning_method:?}");
        let one = Spec {
            n_components: 1,
            ..spec
        };
        let single = fit(&one, &counts, None, None, &mut Run::new(0)).unwrap().model;
        let of = |model: &Model| model.perplexity(&held_out, None, 1).unwrap();
        assert!(of(&model) < 0.75 * of(&single), "{} {}", of(&model), of(&single));
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let counts = Counts::of_sparse(&documents(300, 600, 3)).unwrap();
    for learning_method in [Method::Batch, Method::Online] {
        let spec = Spec {
            n_components: 5,
            learning_method,
            max_iter: 4,
            ..Spec::default()
        };
        let of = |threads| {
            let run = &mut Run::new(1).with_threads(threads);
            fit(&spec, &counts, None, None, run).unwrap().model.topics
        };
        assert_eq!(of(1), of(2));
        assert_eq!(of(1), of(4));
    }
}

#[test]
fn a_weight_is_a_repetition() {
    let rows = documents(30, 12, 4);
    let twice: Vec<usize> = (0..30).flat_map(|d| vec![d; 1 + d % 3]).collect();
    let weight: Vec<f64> = (0..30).map(|d| (1 + d % 3) as f64).collect();
    let spec = Spec {
        n_components: 3,
        max_iter: 10,
        ..Spec::default()
    };
    let of = |rows: Csr, weight: Option<&[f64]>| {
        let counts = Counts::of_sparse(&rows).unwrap();
        fit(&spec, &counts, weight, None, &mut Run::new(0))
            .unwrap()
            .model
            .topics
            .lambda
    };
    near(
        &of(rows.clone(), Some(&weight)),
        &of(rows.take(&twice), None),
        1e-9,
    );
}

/// Its topics are those of the prior, and no other document's.
#[test]
fn a_document_without_words_has_the_topics_of_the_prior() {
    let counts = Counts::of_sparse(&documents(60, 12, 5)).unwrap();
    let spec = Spec {
        n_components: 4,
        ..Spec::default()
    };
    let model = fit(&spec, &counts, None, None, &mut Run::new(0)).unwrap().model;
    let empty = Csr::from_entries(2, 12, vec![(1, 3, 2.0)]).unwrap();
    assert_eq!(model.proportions(&empty, 1)[..4], [0.25; 4]);
    let nothing = Counts::of_sparse(&Csr::from_entries(2, 12, Vec::new()).unwrap()).unwrap();
    assert!(fit(&spec, &nothing, None, None, &mut Run::new(0)).is_err());
}

#[test]
fn tables_and_sparse_rows_are_the_same_and_come_back_from_a_file() {
    let rows = documents(50, 9, 6);
    let column = |w: usize| {
        let of = |d: usize| rows.row(d).find(|own| own.0 == w).map_or(0.0, |own| own.1);
        Column::from_f64(format!("w{w}"), (0..50).map(of).collect())
    };
    let table = Table::new((0..9).map(column).collect()).unwrap();
    let of_table = Data::Rows(Rows {
        features: table.clone().into(),
        ..data(rows.clone()).rows().unwrap().clone()
    });
    let spec = Spec {
        n_components: 3,
        ..Spec::default()
    };
    let of = |data: &Data| {
        let counts = Counts::learn(data).unwrap();
        fit(&spec, &counts, None, None, &mut Run::new(0)).unwrap().model
    };
    let model = of(&of_table);
    assert_eq!(model.topics, of(&data(rows.clone())).topics);
    let again = store::from_file(&model.store().unwrap()).unwrap();
    let both = [&model, &again].map(|own| own.transform((&table).into(), 1).unwrap().values);
    assert_eq!(both[0], both[1]);
    assert!(
        both[0]
            .chunks(3)
            .all(|own| (own.iter().sum::<f64>() - 1.0).abs() < 1e-12)
    );
    let perplexity = again.evaluate(&of_table, &mut Run::new(0)).unwrap().scores[0].value;
    assert!(perplexity > 1.0 && perplexity < 9.0, "{perplexity}");
    let mut hostile = model.store().unwrap();
    hostile.put("lambda", vec![-1.0; 27]);
    assert!(store::from_file(&hostile).is_err());
    assert_eq!(model.top_words(2).len(), 3);
}

/// Lines are documents; words are what scikit-learn's `CountVectorizer` takes for words.
#[test]
fn a_text_is_counted() {
    let text = "The cat, a cat!\n\nA dog: THE dog's ball_2";
    let counts = Counts::learn(&Data::Text(Text::new(text))).unwrap();
    assert_eq!(counts.schema.names(), ["ball_2", "cat", "dog", "the"]);
    let first: Vec<_> = counts.rows.row(0).collect();
    assert_eq!(first, [(1, 2.0), (3, 1.0)]);
    assert_eq!((counts.rows.rows(), counts.rows.row(1).count()), (3, 0));
    let spec = Spec {
        n_components: 2,
        ..Spec::default()
    };
    let model = fit(&spec, &counts, None, None, &mut Run::new(0)).unwrap().model;
    assert!(model.notes[0].contains("without words: 1"), "{:?}", model.notes);
    // A word that is not known is left out.
    let other = Data::Text(Text::new("cat zebra\n"));
    assert!(model.evaluate(&other, &mut Run::new(0)).unwrap().scores[0].value > 1.0);
    assert!(Counts::learn(&Data::Text(Text::new("a b"))).is_err());
}

#[test]
fn what_is_no_count_is_said() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let table = Table::new(vec![Column::from_f64("word", vec![1.0, bad])]).unwrap();
        let rows = Rows {
            features: table.into(),
            ..data(documents(2, 3, 0)).rows().unwrap().clone()
        };
        let error = Counts::learn(&Data::Rows(rows)).err().unwrap().to_string();
        assert!(error.contains("row 2 of `word`"), "{error}");
    }
}
