use super::*;
use crate::linalg::Csr;
use crate::{Outcome, Run};

/// The Laplacian of a grid; its eigenvalues are sums of `2 - 2 cos(pi i / n)`, many of them twice.
fn grid(rows: usize, columns: usize) -> Csr {
    let n = rows * columns;
    let mut entries = Vec::new();
    let mut edge = |i: usize, j: usize| {
        let (i, j) = (i as u32, j as u32);
        entries.extend([(i, j, -1.0), (j, i, -1.0), (i, i, 1.0), (j, j, 1.0)]);
    };
    for i in 0..n {
        if i % columns + 1 < columns {
            edge(i, i + 1);
        }
        if i + columns < n {
            edge(i, i + columns);
        }
    }
    Csr::from_entries(n, n, entries).unwrap()
}

fn of_grid(rows: usize, columns: usize, count: usize) -> Vec<f64> {
    let wave = |i: usize, n: usize| 2.0 - 2.0 * (std::f64::consts::PI * i as f64 / n as f64).cos();
    let pairs = (0..rows * columns).map(|k| wave(k / columns, rows) + wave(k % columns, columns));
    let mut all: Vec<f64> = pairs.collect();
    all.sort_by(f64::total_cmp);
    all.truncate(count);
    all
}

fn check(a: &Csr, expected: &[f64], run: &Run) -> PartialEigen {
    let sought = Partial {
        count: expected.len(),
        ..Partial::default()
    };
    let found = smallest(a, &sought, run).unwrap();
    assert!(
        matches!(found.outcome, Outcome::Converged { .. }),
        "{:?}",
        found.outcome
    );
    for (k, (value, expected)) in found.values.iter().zip(expected).enumerate() {
        assert!((value - expected).abs() < 1e-9, "{k}: {value} for {expected}");
        let n = a.rows();
        let v = &found.vectors[k * n..(k + 1) * n];
        let off = |i: usize| a.row(i).map(|(j, x)| x * v[j]).sum::<f64>() - value * v[i];
        let residual = (0..n).map(|i| off(i).powi(2)).sum::<f64>().sqrt();
        assert!((residual - found.residuals[k]).abs() < 1e-10 && residual < 1e-7);
    }
    found
}

#[test]
fn a_grid_has_its_eigenvalues_as_often_as_they_are_there() {
    for (rows, columns, count) in [(10, 10, 7), (40, 40, 1), (40, 40, 12), (61, 37, 30), (100, 3, 5)] {
        check(&grid(rows, columns), &of_grid(rows, columns, count), &Run::new(0));
    }
}

/// A Krylov sequence from one vector sees each eigenvalue once.
#[test]
fn zero_is_found_once_for_each_part_of_a_graph() {
    let part = grid(9, 9);
    let entries = (0..5).flat_map(|c| {
        let shift = 81 * c;
        let part = &part;
        (0..81).flat_map(move |i| {
            part.row(i)
                .map(move |(j, x)| ((i as u32 + shift), (j as u32 + shift), x))
        })
    });
    let a = Csr::from_entries(405, 405, entries.collect()).unwrap();
    let mut expected = vec![0.0; 5];
    expected.extend(vec![of_grid(9, 9, 2)[1]; 4]);
    check(&a, &expected, &Run::new(1));
}

#[test]
fn threads_leave_no_trace() {
    let a = grid(50, 31);
    let of = |threads| {
        smallest(
            &a,
            &Partial {
                count: 6,
                ..Partial::default()
            },
            &Run::new(3).with_threads(threads),
        )
        .unwrap()
    };
    let one = of(1);
    for threads in [2, 4] {
        let other = of(threads);
        assert_eq!((&one.values, &one.vectors), (&other.values, &other.vectors));
    }
}

#[test]
fn what_has_not_converged_says_so() {
    let few = Partial {
        count: 3,
        products: 20,
        ..Partial::default()
    };
    let found = smallest(&grid(300, 10), &few, &Run::new(0)).unwrap();
    assert!(matches!(found.outcome, Outcome::Exhausted { .. }));
    assert_eq!((found.values.len(), found.vectors.len()), (3, 9000));
    assert!(found.residuals.iter().any(|r| *r > 1e-7));
}

#[test]
fn edges_of_what_can_be_asked() {
    let a = grid(20, 20);
    let run = Run::new(0);
    for count in [0, 401] {
        assert!(
            smallest(
                &a,
                &Partial {
                    count,
                    ..Partial::default()
                },
                &run
            )
            .is_err()
        );
    }
    let zero = Csr::from_entries(300, 300, Vec::new()).unwrap();
    check(&zero, &[0.0; 4], &run);
    let huge = Csr::from_entries(
        2,
        2,
        vec![
            (0, 0, f64::MAX),
            (1, 1, f64::MAX),
            (0, 1, f64::MAX),
            (1, 0, f64::MAX),
        ],
    );
    assert!(smallest(&huge.unwrap(), &Partial::default(), &run).is_err());
    let scaled = Csr::from_entries(
        400,
        400,
        (0..400).map(|i| (i, i, 1e-200 * f64::from(i + 1))).collect(),
    )
    .unwrap();
    let found = smallest(
        &scaled,
        &Partial {
            count: 2,
            ..Partial::default()
        },
        &run,
    )
    .unwrap();
    assert!(
        (found.values[1] / 2e-200 - 1.0).abs() < 1e-3,
        "{:?}",
        found.values
    );
}
