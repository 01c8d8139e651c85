use induce_core::linalg::{Csr, Symmetric as _};
use induce_core::random::Stream;

use super::spec::{Method, Spec};
use super::spread::spread;

/// A ring with chords of random weights.
fn ring(n: usize) -> Csr {
    let stream = Stream::new(3, "ring");
    let mut entries = Vec::new();
    for i in 0..n {
        for (k, step) in [1, 5].iter().enumerate() {
            let (j, w) = ((i + step) % n, 0.1 + stream.uniform((2 * i + k) as u64));
            entries.extend([(i as u32, j as u32, w), (j as u32, i as u32, w)]);
        }
    }
    Csr::from_entries(n, n, entries).unwrap()
}

fn seeds(n: usize) -> Vec<Option<usize>> {
    (0..n)
        .map(|i| {
            [Some(0), None, None, Some(2), None, Some(1)]
                .get(i)
                .copied()
                .flatten()
        })
        .collect()
}

/// (I - alpha S) F = (1 - alpha) Y.
#[test]
fn spreading_solves_its_system() {
    let (weights, n) = (ring(40), 40);
    let spec = Spec {
        tolerance: 1e-14,
        max_iter: 10_000,
        ..Spec::default()
    };
    let (field, _, rest) = spread(&spec, &weights, &seeds(n), 3, 2);
    assert!(rest);
    let s = induce_core::graph::normalized(&weights, 0.0);
    for i in 0..n {
        for c in 0..3 {
            let neighbours: f64 = s.row(i).map(|(j, w)| w * field[j * 3 + c]).sum();
            let own = if seeds(n)[i] == Some(c) {
                1.0 - spec.alpha
            } else {
                0.0
            };
            assert!((field[i * 3 + c] - spec.alpha * neighbours - own).abs() < 1e-12);
        }
    }
}

/// Known nodes keep their class, others are the mean of their neighbours.
#[test]
fn harmonic_functions_are_means_of_neighbours() {
    let (weights, n) = (ring(40), 40);
    let spec = Spec {
        method: Method::Harmonic,
        tolerance: 1e-14,
        max_iter: 100_000,
        ..Spec::default()
    };
    let (field, _, rest) = spread(&spec, &weights, &seeds(n), 3, 1);
    assert!(rest);
    for i in 0..n {
        let degree: f64 = weights.row(i).map(|own| own.1).sum();
        for c in 0..3 {
            let mean: f64 = weights.row(i).map(|(j, w)| w / degree * field[j * 3 + c]).sum();
            let exact = match seeds(n)[i] {
                Some(class) => f64::from(u8::from(class == c)),
                None => mean,
            };
            assert!((field[i * 3 + c] - exact).abs() < 1e-9, "{i} {c}");
        }
    }
}

#[test]
fn bits_are_the_same_on_any_number_of_threads() {
    let weights = ring(3000);
    let own = |threads| spread(&Spec::default(), &weights, &seeds(3000), 3, threads).0;
    assert!(own(1) == own(2) && own(1) == own(4));
    assert_eq!(weights.order(), 3000);
}
