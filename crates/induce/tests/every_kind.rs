//! What every kind of data promises: a model of it lives in a registry, is told its settings, learns, is evaluated on what
//! was held out, and comes back from its file; with the same bits at any number of threads.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod toys;

use induce::core::model::{Data, Entry, Graph, Images, Rows, RowsOptions, Settings, TabularMdp, Text};
use induce::core::model_file::ModelFile;
use induce::core::{Column, Run, Table};

use toys::REGISTRY;

fn data(entry: &Entry) -> Data {
    let table = || Table::new(vec![Column::from_f64("x", (0..40).map(f64::from).collect())]).unwrap();
    let rows = || Rows::without_target(&table(), &RowsOptions::default()).unwrap();
    match entry.info.name {
        "toy-rows" => Data::Rows(rows()),
        "toy-text" => Data::Text(Text::new("to be, or not to be. ".repeat(9))),
        "toy-images" => {
            let images = Images::new(2, 3, 1, (0..240).map(|i| (i * 7 % 251) as u8).collect()).unwrap();
            let codes: Vec<u32> = (0..40).map(|i| i % 2).collect();
            Data::Images(
                images
                    .with_classes("class", &codes, vec!["a".into(), "b".into()])
                    .unwrap(),
            )
        }
        "toy-graph" => {
            let ring = (0..40)
                .flat_map(|i| [(i, (i + 1) % 40, 1.0), ((i + 1) % 40, i, 1.0)])
                .collect();
            let edges = induce::core::linalg::Csr::from_entries(40, 40, ring).unwrap();
            Data::Graph(Graph::new(rows(), edges).unwrap())
        }
        _ => {
            let there = vec![(0, 0, 0, 1.0, 0.0), (0, 1, 1, 0.5, 1.0), (0, 1, 0, 0.5, 0.0)];
            Data::Environment(Box::new(TabularMdp::new(there).unwrap()))
        }
    }
}

fn settings(entry: &Entry) -> Settings {
    Settings::new(REGISTRY, entry.info.name).unwrap()
}

#[test]
fn every_kind_fits_evaluates_and_comes_back_from_its_file() {
    for entry in REGISTRY.iter() {
        let all = data(entry);
        assert!(
            !all.is_empty() && !all.describe().is_empty(),
            "{}",
            entry.info.name
        );
        let fitted = |threads: usize| {
            settings(entry)
                .fit(&all, &mut Run::new(3).with_threads(threads))
                .unwrap()
                .model
        };
        let bytes = fitted(1).store().unwrap().to_bytes().unwrap();
        assert_eq!(bytes, fitted(4).store().unwrap().to_bytes().unwrap());
        let again = REGISTRY
            .open(&ModelFile::read_bytes("toy", &bytes).unwrap())
            .unwrap();
        assert_eq!(again.name(), entry.info.name);
        assert_eq!(again.store().unwrap().to_bytes().unwrap(), bytes);
        let score = &again.evaluate(&all, &mut Run::new(3)).unwrap().scores[0];
        assert!(score.value.abs() < 1e-12, "{}: {}", entry.info.name, score.value);
    }
}

#[test]
fn every_kind_is_divided_and_told_apart() {
    for entry in REGISTRY
        .iter()
        .filter(|entry| !["toy-graph", "toy-environment"].contains(&entry.info.name))
    {
        let whole = data(entry);
        let (size, sum) = (whole.len(), whole.fingerprint());
        assert_eq!(sum, data(entry).fingerprint());
        let (train, test) = whole.hold_out(0.25, &Run::new(1)).unwrap();
        let test = test.unwrap();
        assert_eq!(train.len() + test.len(), size, "{}", entry.info.name);
        assert!(train.fingerprint() != sum && test.fingerprint() != train.fingerprint());
        let fitted = settings(entry).fit(&train, &mut Run::new(1)).unwrap();
        assert!(
            fitted.model.evaluate(&test, &mut Run::new(1)).unwrap().scores[0]
                .value
                .is_finite()
        );
        assert!(data(entry).hold_out(1.0, &Run::new(1)).is_err());
        assert!(data(entry).hold_out(0.0, &Run::new(1)).unwrap().1.is_none());
    }
    let sums: Vec<u64> = REGISTRY.iter().map(|entry| data(entry).fingerprint()).collect();
    assert!((1..sums.len()).all(|i| !sums[..i].contains(&sums[i])), "{sums:?}");
}

/// A graph keeps all its edges; what is held out are the labels of nodes.
#[test]
fn of_a_graph_labels_are_held_out() {
    let Data::Graph(graph) = data(&toys::GRAPH) else {
        unreachable!()
    };
    let labels: Vec<Option<&str>> = (0..40).map(|i| Some(["a", "b"][i % 2])).collect();
    let columns = vec![
        Column::from_f64("x", vec![0.5; 40]),
        Column::from_text("label", &labels),
    ];
    let options = RowsOptions {
        target: Some("label".into()),
        ..RowsOptions::default()
    };
    let nodes = Rows::new(&Table::new(columns).unwrap(), &options).unwrap();
    let labelled = Data::Graph(Graph::new(nodes, graph.edges).unwrap());
    let (train, test) = labelled.hold_out(0.25, &Run::new(1)).unwrap();
    let known = |data: &Data| {
        let graph = data.graph().unwrap();
        assert_eq!(graph.edges.value().len(), 80);
        graph
            .nodes
            .target()
            .unwrap()
            .values
            .iter()
            .filter(|v| !v.is_nan())
            .count()
    };
    assert_eq!((known(&train), known(&test.unwrap())), (30, 10));
}

/// A model of one kind is given data of every other: an error that says so.
#[test]
fn other_kinds_are_refused_with_a_hint() {
    for entry in induce::registry::MODELS {
        for other in REGISTRY.iter().filter(|other| other.input != entry.input) {
            let mut settings = induce::settings(entry.info.name).unwrap();
            if settings.values.get("steps").is_some() {
                settings = settings.with("steps=50").unwrap();
            }
            // A model may learn from further kinds, and says so.
            if entry.reads(other.input) {
                assert!(settings.fit(&data(other), &mut Run::new(0)).is_ok());
                continue;
            }
            let error = settings.fit(&data(other), &mut Run::new(0)).err().unwrap();
            assert!(
                error.hint().is_some(),
                "{} on {}: {error}",
                entry.info.name,
                other.info.name
            );
            assert!(error.to_string().contains("learns from"), "{error}");
        }
    }
}

#[test]
fn settings_have_types_ranges_and_old_names() {
    let of = |assignment: &str| settings(&toys::ROWS).with(assignment);
    assert_eq!(of("episodes=7").unwrap().values["steps"], 7);
    for wrong in ["steps=0", "steps=many", "shift=inf", "size=1"] {
        assert!(of(wrong).err().unwrap().hint().is_some(), "{wrong}");
    }
}
