use induce_core::Run;
use serde_json::Value;

use super::super::{Laplacian, Neighbours, Partition, Points, Spectrum, degrees, incidence, laplacian};

/// SciPy's, networkx's and scikit-learn's numbers (`tests/golden/graph.py`).
fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/graph.json")).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn close(own: &[f64], other: &[f64], tolerance: f64) {
    assert_eq!(own.len(), other.len());
    for (k, (a, b)) in own.iter().zip(other).enumerate() {
        assert!((a - b).abs() <= tolerance, "{k}: {a} for {b}");
    }
}

fn karate(golden: &Value) -> induce_core::linalg::Csr {
    let edge = |e: &Value| {
        let e = numbers(e);
        (e[0] as u32, e[1] as u32, e[2])
    };
    let edges: Vec<_> = golden["edges"].as_array().unwrap().iter().map(edge).collect();
    super::undirected(34, &edges)
}

#[test]
fn matrices_and_spectra_are_those_of_scipy() {
    let golden = golden();
    let weights = karate(&golden);
    close(&degrees(&weights), &numbers(&golden["degrees"]), 0.0);
    for (kind, name) in [
        (Laplacian::Unnormalized, "unnormalized"),
        (Laplacian::Symmetric, "symmetric"),
        (Laplacian::RandomWalk, "random_walk"),
    ] {
        let spectrum = Spectrum::of(&weights, kind, 34, 0.0, 1e-10, &Run::new(0)).unwrap();
        close(&spectrum.values, &numbers(&golden[name]), 1e-11);
        // The vectors are those of the matrix itself, though it may not be symmetric.
        let matrix = laplacian(&weights, kind);
        for k in 0..34 {
            for i in 0..34 {
                let product: f64 = matrix.row(i).map(|(j, x)| x * spectrum.vectors[j * 34 + k]).sum();
                assert!((product - spectrum.values[k] * spectrum.vectors[i * 34 + k]).abs() < 1e-11);
            }
        }
    }
}

#[test]
fn the_incidence_matrix_squared_is_the_laplacian() {
    let golden = golden();
    let weights = karate(&golden);
    let (b, l) = (incidence(&weights), laplacian(&weights, Laplacian::Unnormalized));
    assert_eq!((b.rows(), b.columns()), (78, 34));
    let mut product = vec![0.0; 34 * 34];
    for e in 0..b.rows() {
        for (i, x) in b.row(e) {
            b.row(e).for_each(|(j, y)| product[i * 34 + j] += x * y);
        }
    }
    for i in 0..34 {
        l.row(i).for_each(|(j, x)| product[i * 34 + j] -= x);
    }
    assert!(product.iter().all(|x| x.abs() < 1e-12));
    // networkx has the weights themselves in it, so that rows add up to degrees.
    close(&degrees(&weights), &numbers(&golden["incidence"]), 1e-12);
}

#[test]
fn cuts_and_modularity_are_those_of_networkx() {
    let golden = golden();
    let club: Vec<u32> = numbers(&golden["club"]).iter().map(|c| *c as u32).collect();
    let own = Partition::of(&karate(&golden), &club, 2);
    let of = |name: &str| golden[name].as_f64().unwrap();
    close(
        &[own.cut(), own.normalized_cut(), own.modularity()],
        &[of("cut"), of("normalized_cut"), of("modularity")],
        1e-13,
    );
}

#[test]
fn neighbours_are_those_of_scikit_learn() {
    for case in golden()["neighbours"].as_array().unwrap() {
        let points = Points::new(numbers(&case["x"]), case["p"].as_u64().unwrap() as usize).unwrap();
        let own = Neighbours::of(&points, 6, &Run::new(0)).unwrap();
        let distance: Vec<f64> = own.square.iter().map(|s| s.sqrt() * points.unit()).collect();
        close(&distance, &numbers(&case["distance"]), 1e-7);
    }
}
