//! Pictures of the book, drawn by what they show: `INDUCE_BLESS=1` draws them again. Numbers in them may differ with the mathematical library
//! of the system; all else must not.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;

use induce::core::graph::{Laplacian, entries, laplacian, layout};
use induce::core::linalg::Eigen;
use induce::core::model::{Lines, Points};
use induce::core::{Run, read};
use induce::deep::graph::filter::{polynomials, splines};
use induce::plot::{Svg, chart};

const WIDTH: f64 = 520.0;

/// The words of a picture, without numbers and the letters of paths.
fn words(svg: &str) -> Vec<&str> {
    let all = svg.split(|c: char| !c.is_alphabetic());
    all.filter(|word| word.len() > 1).collect()
}

fn kept(name: &str, svg: &Svg) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/concepts/filters")
        .join(name);
    let drawn = svg.standalone();
    if std::env::var_os("INDUCE_BLESS").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        words(&there) == words(&drawn),
        "{name} is another picture than the code draws: INDUCE_BLESS=1 draws it again"
    );
}

/// A function of an eigenvalue.
type Function<'f> = &'f dyn Fn(f64) -> f64;

/// Functions of an eigenvalue from 0 to 2.
fn functions(of: &[(&str, Function)]) -> Svg {
    let curve = |f: Function| {
        (0..=100)
            .map(|i| f64::from(i) / 50.0)
            .map(|lambda| (lambda, f(lambda)))
            .collect()
    };
    let data = Lines {
        x: "eigenvalue of the Laplacian".into(),
        y: "what passes".into(),
        curves: of
            .iter()
            .map(|(name, f)| ((*name).to_owned(), curve(*f)))
            .collect(),
        mark: None,
    };
    chart::lines(&data, WIDTH)
}

#[test]
fn functions_of_filters() {
    let t = |k: usize| move |lambda: f64| polynomials(lambda - 1.0, 4)[k];
    let (t1, t2, t3) = (t(1), t(2), t(3));
    kept(
        "polynomials.svg",
        &functions(&[("T_1", &t1), ("T_2", &t2), ("T_3", &t3)]),
    );
    let s = |k: usize| move |lambda: f64| splines(lambda / 2.0, 5)[k];
    let all = [s(0), s(1), s(2), s(3), s(4)];
    kept(
        "splines.svg",
        &functions(&[
            ("B_0", &all[0]),
            ("B_1", &all[1]),
            ("B_2", &all[2]),
            ("B_3", &all[3]),
            ("B_4", &all[4]),
        ]),
    );
    kept(
        "first-order.svg",
        &functions(&[
            ("single parameter", &|lambda| 2.0 - lambda),
            ("S alone", &|lambda| 1.0 - lambda),
            ("renormalized, 4 neighbours", &|lambda| 1.0 - 0.8 * lambda),
        ]),
    );
}

/// The signs of a low and of a high frequency of the karate club.
#[test]
fn frequencies_of_a_graph() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/karate.gml");
    let (graph, _) = read::graph(&path, &Default::default(), &Run::new(0)).unwrap();
    let (weights, n) = (graph.undirected().unwrap(), graph.nodes.rows());
    let places = layout(&weights);
    let matrix = laplacian(&weights, Laplacian::Symmetric);
    let mut dense = vec![0.0; n * n];
    entries(&matrix).for_each(|(i, j, x)| dense[i * n + j] = x);
    let eigen = Eigen::new(&dense, n);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| eigen.values[*a].total_cmp(&eigen.values[*b]));
    for (name, k) in [("low.svg", order[1]), ("high.svg", order[n - 1])] {
        let u = &eigen.vectors[k * n..][..n];
        // Either sign is an eigenvector.
        let sign = u[0].signum();
        let group = |name: &str, of: &dyn Fn(f64) -> bool| {
            let own = (0..n).filter(|&i| of(sign * u[i])).map(|i| places[i]);
            (name.to_owned(), own.collect::<Vec<_>>())
        };
        let data = Points {
            groups: vec![group("above 0", &|x| x >= 0.0), group("below 0", &|x| x < 0.0)],
            edges: entries(&weights)
                .filter(|own| own.0 < own.1)
                .map(|(i, j, _)| [places[i], places[j]])
                .collect(),
            ..Points::default()
        };
        kept(name, &chart::points(&data, WIDTH));
    }
}
