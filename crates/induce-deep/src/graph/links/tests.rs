use induce_core::linalg::Csr;
use induce_core::model::{Data, Graph, Links, Model, Transform};
use induce_core::random::Stream;
use induce_core::{Run, read};
use serde_json::{Value, json};

use super::pairs::{divided, edges, strangers};
use super::{Trained, VGAE, fit};

/// Communities of ten nodes, most pairs of which are joined.
fn communities(count: usize) -> Graph {
    let stream = Stream::new(4, "communities");
    let n = 10 * count;
    let mut text = String::new();
    for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let chance = if i / 10 == j / 10 { 0.7 } else { 0.01 };
        if stream.uniform((i * n + j) as u64) < chance {
            text += &format!("n{i} n{j}\n");
        }
    }
    read::graph_bytes("g", text.as_bytes(), &Default::default(), &Run::new(0))
        .unwrap()
        .0
}

fn learn(graph: &Graph, own: &Value, threads: usize) -> (Trained, f64) {
    let mut settings = (VGAE.defaults)();
    own.as_object()
        .unwrap()
        .iter()
        .for_each(|(name, value)| settings[name] = value.clone());
    let data = Data::Graph(graph.clone());
    let fitted = fit(
        &VGAE,
        &settings,
        &data,
        None,
        &mut Run::new(2).with_threads(threads),
    )
    .unwrap();
    let test = fitted.report.scores.iter().find(|own| own.split == "test");
    let auc = test.and_then(|own| own.scores.iter().find(|own| own.name == "roc_auc"));
    (fitted.model, auc.map_or(f64::NAN, |own| own.value))
}

/// Edges that it has not seen are told from pairs that are none, with random embeddings and with points.
#[test]
fn held_out_edges_are_found() {
    let graph = communities(6);
    for variational in [true, false] {
        let (_, auc) = learn(&graph, &json!({ "variational": variational }), 2);
        assert!(auc > 0.85, "variational={variational}: {auc}");
    }
}

/// The likeliest links are within communities, are no edges yet, and are in falling order.
#[test]
fn likely_links_are_new() {
    let graph = communities(4);
    let (model, _) = learn(
        &graph,
        &json!({ "test_fraction": 0.0, "validation_fraction": 0.0 }),
        1,
    );
    let names = graph.names();
    let number = |i: u32| names[i as usize][1..].parse::<usize>().unwrap();
    let links = model.links(&graph, 2, 2).unwrap();
    assert_eq!(links.len(), 2 * names.len());
    assert!(links == model.links(&graph, 2, 1).unwrap());
    let within = links
        .iter()
        .filter(|own| number(own.node) / 10 == number(own.other) / 10)
        .count();
    assert!(within * 10 > links.len() * 8, "{within} of {}", links.len());
    for pair in links.chunks(2) {
        assert!(pair[0].probability >= pair[1].probability && pair[0].node == pair[1].node);
        let known = graph
            .edges
            .row(pair[0].node as usize)
            .any(|own| own.0 == pair[0].other as usize);
        assert!(!known && pair[0].node != pair[0].other);
    }
}

#[test]
fn bits_do_not_depend_on_threads_or_files() {
    let graph = communities(30);
    let own = json!({ "epochs": 4 });
    let (one, _) = learn(&graph, &own, 1);
    for threads in [2, 4] {
        assert!(one.parameters.all() == learn(&graph, &own, threads).0.parameters.all());
    }
    let opened = Trained::open(&one.store().unwrap(), &VGAE).unwrap();
    let places = |model: &Trained| model.transform((&graph).into(), 1).unwrap().values;
    assert!(places(&one) == places(&opened));
}

#[test]
fn edges_are_divided_and_strangers_are_none() {
    let graph = communities(3);
    let weights = graph.undirected().unwrap();
    let all = edges(&weights);
    let parts = divided(&all, 0.1, 0.2, Stream::new(1, "t")).unwrap();
    assert_eq!(
        parts.iter().map(super::pairs::Pairs::len).sum::<usize>(),
        all.len()
    );
    let others = strangers(&weights, 500, Stream::new(2, "t"));
    assert_eq!(others.len(), 500);
    for (&i, &j) in others.left.iter().zip(&others.right) {
        assert!(i != j && weights.row(i as usize).all(|own| own.0 != j as usize));
    }
    // A complete graph has no strangers.
    let full = (0..4_u32).flat_map(|i| (0..4).filter(move |j| *j != i).map(move |j| (i, j, 1.0)));
    let full = Csr::from_entries(4, 4, full.collect()).unwrap();
    assert_eq!(strangers(&full, 10, Stream::new(3, "t")).len(), 0);
    assert!(divided(&all, 0.5, 0.5, Stream::new(1, "t")).is_err());
}
