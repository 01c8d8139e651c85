//! Filters told in order, each the limit of the one before, and what networks of graphs keep.

use induce_core::graph::{Laplacian, entries, laplacian, normalized, rescaled};
use induce_core::linalg::{Csr, Eigen};
use induce_core::metrics::Task;
use induce_core::model::{
    Collection, Data, Features, Graph, Inputs, Model, NodeSplit, Predict, Rows, Target, Transform,
};
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use induce_tensor::{Parameters, Tape, Workspace};
use serde_json::{Value, json};

use super::filter::{
    Base, Chebyshev, Filter, FilterKind, Matrices, Response, identity, polynomials, splines,
};
use super::spec::Encoder;
use super::{CHEBNET, GCN, GIN, Trained, fit};

/// Nodes in a ring, each joined to the next by weight 1.
fn ring(n: u32) -> Csr {
    let pair = |i| [(i, (i + 1) % n, 1.0), ((i + 1) % n, i, 1.0)];
    Csr::from_entries(n as usize, n as usize, (0..n).flat_map(pair).collect()).unwrap()
}

/// Random weights between random nodes.
fn random(n: usize, edges: usize, seed: u64) -> Csr {
    let stream = Stream::new(seed, "edges");
    let mut all = Vec::new();
    for k in 0..edges as u64 {
        let (i, j) = (stream.below(3 * k, n) as u32, stream.below(3 * k + 1, n) as u32);
        if i != j {
            let w = 0.2 + stream.uniform(3 * k + 2);
            all.extend([(i, j, w), (j, i, w)]);
        }
    }
    Csr::from_entries(n, n, all).unwrap()
}

fn signal(n: usize, width: usize, seed: u64) -> Vec<f32> {
    let stream = Stream::new(seed, "signal");
    (0..(n * width) as u64)
        .map(|i| (2.0 * stream.uniform(i) - 1.0) as f32)
        .collect()
}

/// `sum_k P_k h_k` of signals of two columns.
fn summed(filter: &dyn Filter, h: &[Vec<f32>]) -> Vec<f32> {
    let parameters = Parameters::default();
    let mut workspace = Workspace::default();
    Team::with(1, |team| {
        let tape = Tape::new(&mut workspace, &parameters, team);
        let h: Vec<_> = h.iter().map(|own| tape.input(&[own.len() / 2, 2], own)).collect();
        tape.values(filter.sum(&h)).unwrap()
    })
}

fn close(a: &[f32], b: &[f32], most: f32) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < most, "{a} {b}");
    }
}

fn dense(matrix: &Csr) -> Vec<f64> {
    let mut all = vec![0.0; matrix.rows() * matrix.columns()];
    entries(matrix).for_each(|(i, j, x)| all[i * matrix.columns() + j] = x);
    all
}

/// `U diag(f(lambda)) U'` of the Laplacian of weights.
fn in_eigenbasis(weights: &Csr, f: impl Fn(f64) -> f64) -> Csr {
    let n = weights.rows();
    let eigen = Eigen::new(&dense(&laplacian(weights, Laplacian::Symmetric)), n);
    let value = |i: usize, j: usize| {
        let own = eigen.values.iter().zip(eigen.vectors.chunks_exact(n));
        own.map(|(lambda, u)| f(*lambda) * u[i] * u[j]).sum::<f64>()
    };
    let all = (0..n).flat_map(|i| (0..n).map(move |j| (i as u32, j as u32)));
    Csr::from_entries(
        n,
        n,
        all.map(|(i, j)| (i, j, value(i as usize, j as usize))).collect(),
    )
    .unwrap()
}

/// A convolution is a Toeplitz product, diagonal in the Fourier basis; on a ring the spectral filter is the circular convolution.
#[test]
fn on_a_ring_a_filter_is_a_circular_convolution() {
    let n = 12;
    let weights = ring(n as u32);
    // L = I - S, with half of each neighbour in S: I - L / 2 is the kernel (1/4, 1/2, 1/4).
    let filter = Matrices::symmetric(&[in_eigenbasis(&weights, |lambda| 1.0 - lambda / 2.0)]);
    let x = signal(n, 2, 1);
    let kernel = [0.25_f32, 0.5, 0.25];
    let mut convolved = vec![0.0; 2 * n];
    for i in 0..n {
        for (k, own) in kernel.iter().enumerate() {
            let j = (i + n + k - 1) % n;
            (0..2).for_each(|c| convolved[2 * i + c] += own * x[2 * j + c]);
        }
    }
    close(&summed(&filter, &[x]), &convolved, 1e-6);
    // The eigenvalues are 1 - cos(2 pi k / n), those of the discrete Fourier transform.
    let eigen = Eigen::new(&dense(&laplacian(&weights, Laplacian::Symmetric)), n);
    let mut fourier: Vec<f64> = (0..n)
        .map(|k| 1.0 - (std::f64::consts::TAU * k as f64 / n as f64).cos())
        .collect();
    fourier.sort_by(f64::total_cmp);
    for (a, b) in eigen.values.iter().zip(&fourier) {
        assert!((a - b).abs() < 1e-12);
    }
}

/// Recursion over edges is the same as polynomials of eigenvalues.
#[test]
fn chebyshev_polynomials_are_filters_in_the_eigenbasis() {
    let (weights, largest, order) = (random(20, 50, 2), 1.7, 4);
    let l = laplacian(&weights, Laplacian::Symmetric);
    let chebyshev = Chebyshev::new(&rescaled(&l, largest), order);
    let basis: Vec<Csr> = (0..=order)
        .map(|k| {
            in_eigenbasis(&weights, |lambda| {
                polynomials(2.0 * lambda / largest - 1.0, order)[k]
            })
        })
        .collect();
    let h: Vec<Vec<f32>> = (0..=order).map(|k| signal(20, 2, 10 + k as u64)).collect();
    close(
        &summed(&chebyshev, &h),
        &summed(&Matrices::symmetric(&basis), &h),
        1e-5,
    );
    // One after the other, or added up backwards (Clenshaw): the same.
    let x = signal(20, 2, 30);
    let parameters = Parameters::default();
    let mut workspace = Workspace::default();
    Team::with(1, |team| {
        let tape = Tape::new(&mut workspace, &parameters, team);
        let x = tape.input(&[20, 2], &x);
        let all = chebyshev.each(x);
        let forwards = all.iter().copied().reduce(|sum, own| sum + own).unwrap();
        let zero = vec![x; order + 1];
        close(
            &tape.values(forwards).unwrap(),
            &tape.values(chebyshev.sum(&zero)).unwrap(),
            1e-5,
        );
    });
}

/// Of order 1 with the largest eigenvalue 2 polynomials are `I` and `-S`.
#[test]
fn chebyshev_of_order_1_is_the_first_order_filter() {
    let weights = random(30, 80, 3);
    let l = laplacian(&weights, Laplacian::Symmetric);
    let chebyshev = Chebyshev::new(&rescaled(&l, 2.0), 1);
    let first = Matrices::symmetric(&[identity(30), normalized(&weights, 0.0)]);
    let h = [signal(30, 2, 4), signal(30, 2, 5)];
    let turned = [h[0].clone(), h[1].iter().map(|x| -x).collect()];
    close(&summed(&chebyshev, &h), &summed(&first, &turned), 1e-5);
}

/// With one weight for both terms it is `I + S`; renormalized, its eigenvalues lie in (-1, 1] instead of [0, 2].
#[test]
fn renormalization_keeps_eigenvalues_within_one() {
    let weights = random(40, 70, 6);
    let s = normalized(&weights, 0.0);
    let first = Matrices::symmetric(&[identity(40), s.clone()]);
    let h = signal(40, 2, 7);
    let sum = summed(&first, &[h.clone(), h.clone()]);
    let single: Vec<f32> = (0..80)
        .map(|k| {
            h[k] + s
                .row(k / 2)
                .map(|(j, w)| w as f32 * h[2 * j + k % 2])
                .sum::<f32>()
        })
        .collect();
    close(&sum, &single, 1e-5);
    let eigen = Eigen::new(&dense(&normalized(&weights, 1.0)), 40);
    assert!(
        eigen.values[0] > -1.0 && eigen.values[39] <= 1.0 + 1e-12,
        "{:?}",
        eigen.values
    );
    // Where all degrees are d it is (I + d S) / (d + 1), the single parameter's filter scaled and moved.
    let (ring, n) = (ring(9), 9);
    let (own, s) = (dense(&normalized(&ring, 1.0)), dense(&normalized(&ring, 0.0)));
    for i in 0..n * n {
        let diagonal = f64::from(u8::from(i % (n + 1) == 0));
        assert!((own[i] - (diagonal + 2.0 * s[i]) / 3.0).abs() < 1e-12);
    }
}

/// Splines add up to 1 everywhere, and so do their filters to the identity.
#[test]
fn splines_divide_unity() {
    for count in 1..9 {
        for t in [0.0, 0.1, 0.33, 0.5, 0.77, 1.0] {
            let all = splines(t, count);
            assert_eq!(all.len(), count);
            assert!(
                (all.iter().sum::<f64>() - 1.0).abs() < 1e-12,
                "{count} {t}: {all:?}"
            );
            assert!(all.iter().all(|own| *own >= 0.0));
        }
    }
    let graph = labelled(&random(25, 60, 8), 3, None);
    let spec = Encoder {
        filter: FilterKind::Spectral,
        order: 4,
        ..Encoder::default()
    };
    let (base, response) = Base::of(spec.wanted(), &graph, &Run::new(0)).unwrap();
    let x = signal(25, 2, 9);
    close(&summed(base.filter().as_ref(), &vec![x.clone(); 5]), &x, 1e-5);
    assert_eq!(response.terms(), 5);
    let chebyshev = Response {
        filter: FilterKind::Chebyshev,
        order: 3,
        scale: 2.0,
    };
    assert_eq!(chebyshev.at(2.0), [1.0; 4]);
}

/// A graph whose classes are blocks of nodes; without `width` features its nodes have none.
fn labelled(edges: &Csr, classes: usize, width: Option<usize>) -> Graph {
    let n = edges.rows();
    let names: Vec<String> = (0..n).map(|i| format!("n{i}")).collect();
    let names: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
    let mut columns = vec![Column::from_text("node", &names)];
    let class = |i: usize| i * classes / n;
    for k in 0..width.unwrap_or(0) {
        let noise = signal(n, 1, 100 + k as u64);
        let of = |i: usize| f64::from(noise[i]) + if class(i) == k { 1.0 } else { 0.0 };
        columns.push(Column::from_f64(format!("x{k}"), (0..n).map(of).collect()));
    }
    let target = Target {
        name: "class".into(),
        task: Task::Classification,
        why: String::new(),
        values: (0..n).map(|i| class(i) as f64).collect(),
        classes: (0..classes).map(|c| format!("c{c}")).collect(),
        further: Vec::new(),
    };
    let nodes = Rows {
        features: Features::Table(Table::new(columns).unwrap()),
        target: Some(target),
        weight: None,
        groups: None,
        notes: Vec::new(),
    };
    Graph::new(nodes, edges.clone()).unwrap()
}

/// Blocks of nodes with most edges within them.
fn blocks(n: usize, classes: usize) -> Csr {
    let stream = Stream::new(11, "blocks");
    let mut all = Vec::new();
    for k in 0..4 * n as u64 {
        let i = stream.below(3 * k, n);
        let size = n / classes;
        let within = stream.uniform(3 * k + 1) < 0.8;
        let j = match within {
            true => (i / size).min(classes - 1) * size + stream.below(3 * k + 2, size),
            false => stream.below(3 * k + 2, n),
        };
        if i != j {
            all.extend([(i as u32, j as u32, 1.0), (j as u32, i as u32, 1.0)]);
        }
    }
    Csr::from_entries(n, n, all).unwrap()
}

fn settings(own: &Value) -> Value {
    let mut all = (GCN.defaults)();
    own.as_object()
        .unwrap()
        .iter()
        .for_each(|(name, value)| all[name] = value.clone());
    all
}

fn trained(graph: &Graph, own: &Value, threads: usize) -> Trained {
    let mut run = Run::new(3).with_threads(threads);
    fit(&GCN, &settings(own), &Data::Graph(graph.clone()), None, &mut run)
        .unwrap()
        .model
}

fn accuracy(model: &Trained, graph: &Graph) -> f64 {
    let truth = &graph.nodes.target().unwrap().values;
    let said = model.predict(Inputs::Graph(graph), 1).unwrap().values;
    said.iter().zip(truth).filter(|(a, b)| a == b).count() as f64 / truth.len() as f64
}

/// The nodes in another order.
fn permuted(graph: &Graph, order: &[usize]) -> Graph {
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, from)| place[*from] = to);
    let edges = entries(&graph.edges)
        .map(|(i, j, w)| (place[i] as u32, place[j] as u32, w))
        .collect();
    let edges = Csr::from_entries(order.len(), order.len(), edges).unwrap();
    Graph::new(graph.nodes.take(order), edges).unwrap()
}

/// f(P X, P A P') = P f(X, A), whatever the filter.
#[test]
fn answers_are_permuted_as_nodes_are() {
    let graph = labelled(&blocks(60, 3), 3, Some(4));
    let order = Stream::new(5, "order").permutation(60);
    let other = permuted(&graph, &order);
    for filter in FilterKind::NAMES {
        let model = trained(&graph, &json!({ "filter": filter, "epochs": 20 }), 1);
        let own = model.predict(Inputs::Graph(&graph), 1).unwrap().probabilities;
        let turned = model.predict(Inputs::Graph(&other), 1).unwrap().probabilities;
        for (to, from) in order.iter().enumerate() {
            for c in 0..3 {
                let (a, b) = (own[from * 3 + c], turned[to * 3 + c]);
                assert!((a - b).abs() < 1e-6, "{filter}: {a} {b}");
            }
        }
    }
}

/// Two graphs side by side are answered as each alone.
#[test]
fn a_block_diagonal_graph_is_answered_as_its_parts() {
    let graph = labelled(&blocks(60, 3), 3, Some(4));
    let model = trained(&graph, &json!({ "epochs": 30 }), 1);
    let twice: Vec<usize> = (0..60).chain(0..60).collect();
    let shifted = |k: u32| entries(&graph.edges).map(move |(i, j, w)| (i as u32 + k, j as u32 + k, w));
    let edges = Csr::from_entries(120, 120, shifted(0).chain(shifted(60)).collect()).unwrap();
    let both = Graph::new(graph.nodes.take(&twice), edges).unwrap();
    let one = model.predict(Inputs::Graph(&graph), 1).unwrap().probabilities;
    let two = model.predict(Inputs::Graph(&both), 1).unwrap().probabilities;
    assert!(two == [one.clone(), one].concat());
}

/// Every filter learns blocks with features, and what is sampled learns them too.
#[test]
fn networks_learn_blocks() {
    let graph = labelled(&blocks(240, 3), 3, Some(4));
    let mut part = graph.clone();
    part.split = Some(NodeSplit {
        train: (0..240).step_by(8).collect(),
        valid: (1..240).step_by(8).collect(),
        test: (2..240).step_by(8).collect(),
    });
    for filter in ["renormalized", "first_order", "chebyshev", "spectral"] {
        let model = trained(&part, &json!({ "filter": filter }), 2);
        assert!(
            accuracy(&model, &graph) > 0.85,
            "{filter}: {}",
            accuracy(&model, &graph)
        );
    }
    let sampled = json!({ "neighbors": [3, 3], "batch": 10, "epochs": 60 });
    let own = accuracy(&trained(&part, &sampled, 2), &graph);
    assert!(own > 0.85, "sampled: {own}");
    // Without edges the same features say less.
    assert!(accuracy(&trained(&part, &json!({ "filter": "identity" }), 2), &graph) < own);
}

/// What the nodes to learn from see is all that is computed, and gives the losses of the whole graph; so do samples that take all.
#[test]
fn fields_and_large_samples_are_exact() {
    let graph = labelled(&blocks(90, 3), 3, Some(4));
    let mut part = graph.clone();
    part.split = Some(NodeSplit {
        train: vec![1, 30, 31, 75],
        valid: vec![2, 40, 80],
        test: vec![5],
    });
    let own = json!({ "dropout": 0.0, "epochs": 8 });
    let whole = trained(&part, &own, 1);
    let sampled = json!({ "dropout": 0.0, "epochs": 8, "neighbors": [1000, 1000], "batch": 4 });
    let sampled = trained(&part, &sampled, 1);
    let of = |model: &Trained| model.predict(Inputs::Graph(&graph), 1).unwrap().probabilities;
    for (a, b) in of(&whole).iter().zip(of(&sampled)) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}

/// The same bits with 1, 2 and 4 threads, and through a file.
#[test]
fn bits_do_not_depend_on_threads_or_files() {
    let graph = labelled(&blocks(1500, 3), 3, Some(20));
    for own in [
        json!({ "epochs": 5, "hidden": [40] }),
        json!({ "epochs": 1, "neighbors": [5, 5], "batch": 300 }),
        json!({ "epochs": 3, "filter": "chebyshev" }),
    ] {
        let one = trained(&graph, &own, 1);
        for threads in [2, 4] {
            let other = trained(&graph, &own, threads);
            assert!(
                one.parameters.all() == other.parameters.all(),
                "{own} on {threads} threads"
            );
            let said = |model: &Trained, threads| {
                model
                    .predict(Inputs::Graph(&graph), threads)
                    .unwrap()
                    .probabilities
            };
            assert!(said(&one, 1) == said(&other, threads));
        }
        let file = one.store().unwrap();
        let opened = Trained::open(&file, |_| &CHEBNET).unwrap();
        assert!(opened.parameters.all() == one.parameters.all());
    }
}

fn refused(graph: &Graph, own: &Value) -> String {
    let data = Data::Graph(graph.clone());
    fit(&GCN, &settings(own), &data, None, &mut Run::new(0))
        .map(|_| ())
        .unwrap_err()
        .to_string()
}

/// Isolated nodes, loops, features of any size: numbers. One class, one node, directions, samples of filters that see far: errors.
#[test]
fn odd_graphs_are_answered_or_refused() {
    let mut edges: Vec<(u32, u32, f64)> = entries(&blocks(60, 2))
        .map(|(i, j, w)| (i as u32, j as u32, w))
        .collect();
    edges.retain(|(i, j, _)| *i != 7 && *j != 7);
    edges.push((9, 9, 5.0));
    let lonely = Csr::from_entries(60, 60, edges).unwrap();
    let mut graph = labelled(&lonely, 2, Some(3));
    let large: Vec<(u32, u32, f64)> = (0..60)
        .map(|i| (i, i % 5, if i == 3 { 1e300 } else { 1.0 }))
        .collect();
    for filter in FilterKind::NAMES {
        for features in [None, Some(Csr::from_entries(60, 5, large.clone()).unwrap())] {
            graph.features = features;
            let model = trained(&graph, &json!({ "filter": filter, "epochs": 5 }), 1);
            let said = model.predict(Inputs::Graph(&graph), 1).unwrap();
            assert!(said.probabilities.iter().all(|p| p.is_finite()), "{filter}");
        }
    }
    let one = labelled(&Csr::from_entries(1, 1, Vec::new()).unwrap(), 1, Some(1));
    assert!(refused(&one, &json!({})).contains("all nodes to learn from are of the class"));
    let mut directed = labelled(&ring(6), 2, None);
    directed.directed = true;
    assert!(refused(&directed, &json!({})).contains("one way"));
    let far = json!({ "filter": "chebyshev", "neighbors": [3, 3] });
    assert!(refused(&labelled(&ring(6), 2, None), &far).contains("beyond neighbours"));
    assert!(refused(&labelled(&ring(6), 2, None), &json!({ "neighbors": [3] })).contains("2 layers"));
    let mut unknown = labelled(&ring(6), 2, None);
    unknown.nodes.target.as_mut().unwrap().values.fill(f64::NAN);
    assert!(refused(&unknown, &json!({})).contains("known class"));
    let negative = Csr::from_entries(6, 6, vec![(0, 1, -1.0), (1, 0, -1.0)]).unwrap();
    assert!(refused(&labelled(&negative, 2, None), &json!({})).contains("-1"));
}

/// A node that training did not see is answered by its features, or by its neighbours where there are none.
#[test]
fn new_nodes_are_answered() {
    let graph = labelled(&blocks(240, 3), 3, Some(4));
    let (known, new): (Vec<usize>, Vec<usize>) = (0..240).partition(|i| i % 4 != 0);
    let order: Vec<usize> = known.iter().chain(&new).copied().collect();
    let all = permuted(&graph, &order);
    let n = known.len();
    let inner = entries(&all.edges).filter(|(i, j, _)| *i < n && *j < n);
    let edges = Csr::from_entries(n, n, inner.map(|(i, j, w)| (i as u32, j as u32, w)).collect()).unwrap();
    let part = Graph::new(graph.nodes.take(&known), edges).unwrap();
    for own in [json!({}), json!({ "filter": "chebyshev" })] {
        assert!(accuracy(&trained(&part, &own, 1), &all) > 0.85, "{own}");
    }
    let without = |graph: &Graph| labelled_like(graph);
    let model = trained(&without(&part), &json!({ "epochs": 400 }), 1);
    assert!(
        accuracy(&model, &without(&all)) > 0.7,
        "{}",
        accuracy(&model, &without(&all))
    );
}

/// The same graph, whose nodes have names and classes only.
fn labelled_like(graph: &Graph) -> Graph {
    let name = graph.nodes.table().unwrap().column("node").unwrap().clone();
    let mut own = graph.clone();
    own.nodes.features = Features::Table(Table::new(vec![name]).unwrap());
    own
}

/// Rings, and stars, of 5 to 12 nodes in turn: as many edges and features alike, so that degrees alone tell them apart.
fn rings_and_stars(graphs: usize) -> Graph {
    let (mut edges, mut of, mut classes) = (Vec::new(), Vec::new(), Vec::new());
    for g in 0..graphs {
        let (first, n, star) = (of.len() as u32, 5 + (g / 2 % 8) as u32, g % 2 == 1);
        for i in 0..n {
            let j = if star { 0 } else { (i + 1) % n };
            if i != j {
                edges.extend([(first + i, first + j, 1.0), (first + j, first + i, 1.0)]);
            }
            of.push(g as u32);
        }
        classes.push(f64::from(u8::from(star)));
    }
    let texts = |title: &str, n: usize| {
        let names: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let names: Vec<Option<&str>> = names.iter().map(|own| Some(own.as_str())).collect();
        Rows::from(Features::from(
            Table::new(vec![Column::from_free_text(title, &names)]).unwrap(),
        ))
    };
    let n = of.len();
    let rows = Csr::from_entries(n, n, edges).unwrap();
    let target = Target {
        name: "shape".into(),
        task: Task::Classification,
        why: "as asked".into(),
        values: classes,
        classes: vec!["ring".into(), "star".into()],
        further: Vec::new(),
    };
    let own = Rows {
        target: Some(target),
        ..texts("graph", graphs)
    };
    let collection = Collection::new(own, of, &rows).unwrap();
    Graph {
        collection: Some(collection),
        ..Graph::new(texts("node", n), rows).unwrap()
    }
}

fn gin(graph: &Graph, own: &Value, threads: usize) -> Trained {
    let mut settings = (GIN.defaults)();
    let own = own.as_object().unwrap().clone();
    settings.as_object_mut().unwrap().extend(own);
    let data = Data::Graph(graph.clone());
    let mut run = Run::new(0).with_threads(threads);
    fit(&GIN, &settings, &data, None, &mut run).unwrap().model
}

/// Whole graphs are told apart, whatever the filter and the readout; the same bits on any threads, and through a file.
#[test]
fn classes_of_graphs_are_learnt() {
    let graph = rings_and_stars(48);
    let truth = &graph.examples().target.as_ref().unwrap().values;
    for filter in FilterKind::NAMES {
        // What sees no edge sees degrees here, for nodes have no other features.
        for readout in ["mean", "sum"] {
            let own = json!({ "filter": filter, "readout": readout, "epochs": 30, "graphs_per_step": 8 });
            let one = gin(&graph, &own, 1);
            let said = one.predict(Inputs::Graph(&graph), 1).unwrap();
            assert!(&said.values == truth, "{filter} {readout}: {:?}", said.values);
            let two = gin(&graph, &own, 2);
            assert!(one.parameters.all() == two.parameters.all(), "{filter} {readout}");
            let opened = Trained::open(&one.store().unwrap(), |_| &GIN).unwrap();
            assert!(opened.predict(Inputs::Graph(&graph), 2).unwrap().probabilities == said.probabilities);
            assert_eq!(
                one.transform(Inputs::Graph(&graph), 1).unwrap().values.len(),
                48 * 64
            );
        }
    }
}

/// A graph is answered as it is alone, and as its nodes are permuted.
#[test]
fn a_graph_is_answered_whatever_is_beside_it() {
    let graph = rings_and_stars(20);
    let model = gin(
        &graph,
        &json!({ "epochs": 3, "readout": "sum", "filter": "chebyshev" }),
        1,
    );
    let all = model.predict(Inputs::Graph(&graph), 1).unwrap().probabilities;
    let collection = graph.collection.as_ref().unwrap();
    for g in [0_u32, 7, 19] {
        let mut nodes: Vec<usize> = (0..collection.of.len())
            .filter(|&i| collection.of[i] == g)
            .collect();
        nodes.reverse();
        let mut place = vec![u32::MAX; collection.of.len()];
        nodes.iter().zip(0..).for_each(|(i, k)| place[*i] = k);
        let inner = entries(&graph.edges).filter(|(i, _, _)| collection.of[*i] == g);
        let inner = inner.map(|(i, j, w)| (place[i], place[j], w)).collect();
        let edges = Csr::from_entries(nodes.len(), nodes.len(), inner).unwrap();
        let own = Collection::new(
            collection.graphs.take(&[g as usize]),
            vec![0; nodes.len()],
            &edges,
        )
        .unwrap();
        let alone = Graph {
            collection: Some(own),
            ..Graph::new(graph.nodes.take(&nodes), edges).unwrap()
        };
        let said = model.predict(Inputs::Graph(&alone), 1).unwrap().probabilities;
        for c in 0..2 {
            assert!((said[c] - all[2 * g as usize + c]).abs() < 1e-6, "{g}: {said:?}");
        }
    }
}

/// Of graphs in which all nodes have one degree, sums and renormalization are the same filter.
#[test]
fn of_regular_graphs_sums_are_the_renormalized_filter() {
    let graph = labelled(&ring(9), 3, None);
    let matrix = |filter| {
        let wanted = super::filter::Wanted {
            filter,
            order: 1,
            scale: 0.0,
        };
        match Base::of(wanted, &graph, &Run::new(0)).unwrap().0 {
            Base::Matrices(all) => dense(&all[0]),
            Base::Chebyshev(..) => unreachable!(),
        }
    };
    for (a, b) in matrix(FilterKind::Sum)
        .iter()
        .zip(matrix(FilterKind::Renormalized))
    {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
}

/// What is asked of nodes is refused of graphs, and the other way round; graphs without nodes or edges are answered.
#[test]
fn odd_collections_are_answered_or_refused() {
    let graph = rings_and_stars(12);
    let model = gin(&graph, &json!({ "epochs": 2 }), 1);
    let mut nodes = graph.clone();
    nodes.collection = None;
    let error = model.predict(Inputs::Graph(&nodes), 1).unwrap_err();
    assert!(error.to_string().contains("which graph a node is in"), "{error}");
    let of_nodes = trained(&labelled(&blocks(60, 3), 3, Some(4)), &json!({ "epochs": 2 }), 1);
    let error = of_nodes.predict(Inputs::Graph(&graph), 1).unwrap_err();
    assert!(error.to_string().contains("12 graphs"), "{error}");
    assert!(refused(&graph, &json!({ "neighbors": [3, 3] })).contains("sampled of one large graph"));
    let mut empty = rings_and_stars(2);
    empty.edges = Csr::from_entries(empty.nodes.rows(), empty.nodes.rows(), Vec::new()).unwrap();
    empty.collection.as_mut().unwrap().of.fill(0);
    let said = model.predict(Inputs::Graph(&empty), 1).unwrap();
    assert!(said.probabilities.len() == 4 && said.probabilities.iter().all(|p| p.is_finite()));
    let mut one = graph.clone();
    one.collection
        .as_mut()
        .unwrap()
        .graphs
        .target
        .as_mut()
        .unwrap()
        .values
        .fill(1.0);
    assert!(refused(&one, &json!({})).contains("all graphs to learn from are of the class `star`"));
}
