//! Norms, gates, noise, gathers and scatters, and sparse products.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{check, same_bits};
use induce_core::linalg::Csr;
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_tensor::{
    Element, Heads, Number, Pairs, Parameters, Reduction, ScatterIndex, Sparse, Tape, Workspace,
};

const REDUCTIONS: [Reduction; 5] = [
    Reduction::Sum,
    Reduction::Product,
    Reduction::Mean,
    Reduction::Largest,
    Reduction::Smallest,
];

#[test]
fn norms_gates_and_dropout() {
    check("rms norm", &[&[3, 40], &[40]], |x| x[0].rms_norm(x[1], 1e-5));
    check("rms norm of one value", &[&[2, 2, 1], &[1]], |x| {
        x[0].rms_norm(x[1], 1e-2)
    });
    check("swiglu", &[&[2, 3, 8]], |x| x[0].swiglu());
    check("swiglu twice", &[&[2, 2]], |x| x[0].swiglu() * x[0].swiglu());
    let stream = Stream::new(3, "dropout");
    for length in [1, 7, 64, 0] {
        check("dropout", &[&[length]], |x| {
            x[0].dropout(0.4, stream) * x[0].dropout(0.4, stream)
        });
    }
    same_bits("rms norm", &[&[500, 70], &[70]], |x| x[0].rms_norm(x[1], 1e-5));
    same_bits("swiglu", &[&[500, 70]], |x| x[0].swiglu());
    same_bits("dropout", &[&[500, 71]], |x| x[0].dropout(0.3, stream));
}

#[test]
fn noise_is_what_it_should_be() {
    let (parameters, mut workspace, team) =
        (Parameters::<f32>::default(), Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let stream = Stream::new(5, "noise");
    let ones = tape.input(&[100_000], &vec![1.0; 100_000]);
    let kept = ones.dropout(0.3, stream).values().unwrap();
    let probability = kept.iter().filter(|x| **x > 0.0).count() as f64 / 1e5;
    assert!((probability - 0.7).abs() < 0.01, "{probability}");
    assert!(kept.iter().all(|x| *x == 0.0 || (*x - 1.0 / 0.7).abs() < 1e-6));
    // Euler's constant and pi^2 / 6.
    let gumbel = tape.gumbel(&[100_003], stream).values().unwrap();
    let mean = gumbel.iter().map(|x| x.to_f64()).sum::<f64>() / 100_003.0;
    let spread = gumbel.iter().map(|x| (x.to_f64() - mean).powi(2)).sum::<f64>() / 100_003.0;
    assert!((mean - 0.577_215_7).abs() < 0.015, "{mean}");
    assert!((spread - 1.644_934).abs() < 0.04, "{spread}");
    assert!(gumbel.iter().all(|x| x.is_finite()));
    let _ = ones.dropout(1.0, stream);
    assert!(tape.check().is_err());
}

/// Of queries that look at all keys alike, and values of 1, the outputs count the probabilities that are kept.
#[test]
fn probabilities_of_attention_are_dropped_one_by_one() {
    let (time, probability, heads) = (150, 0.3, Heads { queries: 2, keys: 1 });
    let stream = |i| Stream::new(9, "attention").child(i);
    let row = [0.0, 0.0, 0.0, 1.0].repeat(2 * time);
    let (parameters, mut workspace, team) =
        (Parameters::<f64>::default(), Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let x = tape.input(&[2, time, 4], &row);
    let seen = x
        .grouped_attention_dropout(heads, probability, stream(0))
        .values()
        .unwrap();
    let counts = seen.chunks_exact(2).enumerate().map(|(t, heads)| {
        let keys = (t % time + 1) as f64;
        [heads[0], heads[1]].map(|y| y * keys * (1.0 - probability))
    });
    let counts: Vec<[f64; 2]> = counts.collect();
    let whole = |count: &f64| (count - count.round()).abs() < 1e-9;
    assert!(counts.as_flattened().iter().all(whole));
    let all = (4 * time * (time + 1) / 2) as f64;
    let kept = counts.as_flattened().iter().sum::<f64>() / all;
    assert!((kept - 0.7).abs() < 0.01, "{kept}");
    // Heads and texts have draws of their own.
    assert!(counts.iter().any(|[a, b]| a != b) && counts[..time] != counts[time..]);
    let nothing = x
        .grouped_attention_dropout(heads, 0.0, stream(0))
        .values()
        .unwrap();
    assert_eq!(nothing, x.grouped_attention(heads).values().unwrap());
    let _ = x.grouped_attention_dropout(heads, 1.0, stream(0));
    assert!(
        tape.check()
            .unwrap_err()
            .to_string()
            .contains("dropout probability 1")
    );
}

#[test]
fn attention_with_dropout_is_that_without_on_average() {
    let (time, heads, draws) = (6, Heads { queries: 2, keys: 1 }, 4000);
    let row = common::noise(time * 4 * 3, 1);
    let (parameters, mut workspace, team) =
        (Parameters::<f64>::default(), Workspace::default(), Team::alone());
    let mut sum = vec![0.0; time * 2 * 3];
    let mut of = |probability, i| {
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let x = tape.input(&[1, time, 12], &row);
        let stream = Stream::new(2, "mean").child(i);
        x.grouped_attention_dropout(heads, probability, stream)
            .values()
            .unwrap()
    };
    for i in 0..draws {
        sum.iter_mut()
            .zip(of(0.4, i))
            .for_each(|(s, y)| *s += y / draws as f64);
    }
    for (mean, exact) in sum.iter().zip(of(0.0, 0)) {
        // A value within 1, with a deviation of at most sqrt(0.4 / 0.6).
        assert!(
            (mean - exact).abs() < 4.0 * 0.82 / (draws as f64).sqrt(),
            "{mean} {exact}"
        );
    }
    same_bits("attention with dropout", &[&[3, 130, 32]], |x| {
        x[0].grouped_attention_dropout(Heads { queries: 4, keys: 2 }, 0.2, Stream::new(4, "bits"))
    });
}

type Lengths = &'static [usize];

/// Axis, lengths of the target, of the indices, and of the source.
const CASES: [(usize, Lengths, Lengths, Lengths); 5] = [
    (0, &[4], &[6], &[7]),
    (1, &[3, 4, 2], &[2, 5, 2], &[3, 5, 2]),
    (0, &[3, 2, 2], &[4, 1, 2], &[4, 2, 3]),
    (2, &[1, 1, 1], &[1, 1, 3], &[1, 1, 3]),
    (1, &[2, 3], &[2, 0], &[2, 1]),
];

fn indices(lengths: &[usize], length: usize) -> Vec<u32> {
    let stream = Stream::new(1, "indices");
    (0..lengths.iter().product::<usize>() as u64)
        .map(|i| stream.below(i, length) as u32)
        .collect()
}

#[test]
fn gathers_and_scatters() {
    for (axis, target, lengths, source) in CASES {
        let indices = indices(lengths, target[axis]);
        let places = ScatterIndex {
            axis,
            lengths,
            indices: &indices,
        };
        check("gather", &[target], |x| x[0].gather(places) * x[0].gather(places));
        for reduction in REDUCTIONS {
            for with_self in [true, false] {
                check(&format!("{reduction:?}"), &[target, source], |x| {
                    x[0].scatter(places, x[1], reduction, with_self).square()
                });
            }
        }
        check("a product with zeros", &[target, source], |x| {
            x[0].affine(0.0, 1.0)
                .scatter(places, x[1].relu(), Reduction::Sum, true)
        });
    }
}

#[test]
fn places_beyond_the_edge_are_errors() {
    let (parameters, mut workspace, team) =
        (Parameters::<f32>::default(), Workspace::default(), Team::alone());
    let mut fails = |axis, lengths: &[usize], indices: &[u32]| {
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let x = tape.input(&[2, 2], &[0.0; 4]);
        let _ = x.gather(ScatterIndex {
            axis,
            lengths,
            indices,
        });
        tape.check().unwrap_err().to_string()
    };
    assert!(fails(0, &[1, 2], &[0, 2]).contains("index 2 is out of range"));
    assert!(fails(0, &[1, 3], &[0, 0, 0]).contains("(1, 3)"));
    assert!(fails(2, &[1], &[0]).contains("axis 2"));
    assert!(fails(0, &[1, 2], &[0]).contains("1 indices"));
}

/// A matrix with a few values in every row, and none in some.
fn sparse<T: Element>(rows: usize, columns: usize) -> Sparse<T> {
    scaled(rows, columns, 1.0)
}

/// The same with its values times a factor.
fn scaled<T: Element>(rows: usize, columns: usize, factor: f64) -> Sparse<T> {
    let stream = Stream::new(2, "sparse");
    let (mut starts, mut places) = (vec![0], Vec::new());
    for row in 0..rows {
        for i in 0..row % 4 {
            places.push(stream.below((4 * row + i) as u64, columns) as u32);
        }
        starts.push(places.len());
    }
    let values: Vec<T> = (0..places.len())
        .map(|i| T::of(factor * (0.5 + (i % 5) as f64)))
        .collect();
    Sparse::new(columns, &starts, &places, &values).unwrap()
}

#[test]
fn sparse_products() {
    let matrix = sparse(6, 5);
    check("sparse", &[&[5, 3]], |x| {
        x[0].sparse_product(&matrix) * x[0].exp().sparse_product(&matrix)
    });
    check("sparse of width 1", &[&[5, 1]], |x| x[0].sparse_product(&matrix));
    for width in [2, 4, 5, 6, 7, 8, 15, 23, 90] {
        check("sparse of another width", &[&[5, width]], |x| {
            x[0].sparse_product(&matrix) * x[0].exp().sparse_product(&matrix)
        });
    }
    check("sparse with dropout", &[&[5, 3]], |x| {
        let stream = Stream::new(4, "dropout");
        x[0].exp().sparse_product_dropout(&matrix, 0.4, stream).square()
    });
    let matrix = sparse(2000, 900);
    same_bits("sparse", &[&[900, 20]], |x| x[0].sparse_product(&matrix));
    same_bits("sparse with dropout", &[&[900, 20]], |x| {
        x[0].sparse_product_dropout(&matrix, 0.5, Stream::new(5, "dropout"))
    });
    assert!(Sparse::<f32>::new(3, &[0, 1], &[3], &[1.0]).is_err());
    assert!(Sparse::<f32>::new(3, &[0, 2, 1], &[0], &[1.0]).is_err());
    assert!(Sparse::<f32>::new(3, &[], &[], &[]).is_err());
}

/// Half of the values are 0, and the others are doubled: the mean over draws is the product without dropout.
#[test]
fn dropout_of_a_sparse_matrix_keeps_its_mean() {
    let matrix = sparse::<f64>(6, 5);
    let parameters = Parameters::<f64>::default();
    let mut workspace = Workspace::default();
    let x: Vec<f64> = (0..10).map(|i| f64::from(i) - 3.0).collect();
    let mut product = |seed: Option<u64>| {
        Team::with(1, |team| {
            let tape = Tape::new(&mut workspace, &parameters, team);
            let x = tape.input(&[5, 2], &x);
            let y = match seed {
                None => x.sparse_product(&matrix),
                Some(seed) => x.sparse_product_dropout(&matrix, 0.5, Stream::new(seed, "dropout")),
            };
            tape.values(y).unwrap()
        })
    };
    let plain = product(None);
    let mut mean = vec![0.0; plain.len()];
    for seed in 0..4000 {
        let own = product(Some(seed));
        mean.iter_mut()
            .zip(own)
            .for_each(|(mean, own)| *mean += own / 4000.0);
    }
    for (mean, plain) in mean.iter().zip(&plain) {
        assert!(
            (mean - plain).abs() < 0.06 * plain.abs().max(10.0),
            "{mean} {plain}"
        );
    }
}

/// A matrix that is its own transpose has the same gradients as one that keeps both.
#[test]
fn symmetric_matrices_are_kept_once() {
    let entries = vec![(0, 1, 2.0), (1, 0, 2.0), (1, 1, 1.0), (2, 1, -1.0), (1, 2, -1.0)];
    let csr = Csr::from_entries(3, 3, entries).unwrap();
    let matrix = Sparse::<f64>::symmetric(&csr);
    assert_eq!((matrix.rows(), matrix.columns(), matrix.count()), (3, 3, 5));
    check("symmetric", &[&[3, 2]], |x| {
        x[0].sparse_product(&Sparse::symmetric(&csr)).square()
    });
}

/// The same values as the recurrence of products, side by side; the right gradients.
#[test]
fn chebyshev_polynomials_side_by_side() {
    // Polynomials of large values have no differences.
    let matrix = scaled(6, 6, 0.1);
    for (order, channels) in [(0, 2), (1, 2), (4, 2), (3, 1), (2, 4)] {
        check("chebyshev", &[&[6, 4]], |x| {
            x[0].chebyshev(&matrix, order, channels) * x[0].exp().chebyshev(&matrix, order, channels)
        });
    }
    let parameters = Parameters::<f64>::default();
    let mut workspace = Workspace::default();
    let matrix = sparse(6, 6);
    let x: Vec<f64> = (0..24).map(|i| f64::from(i % 7) - 3.0).collect();
    Team::with(1, |team| {
        let tape = Tape::new(&mut workspace, &parameters, team);
        let x = tape.input(&[6, 4], &x);
        let mut all = vec![x, x.sparse_product(&matrix)];
        all.push(all[1].sparse_product(&matrix).affine(2.0, 0.0) - all[0]);
        let one = tape.values(x.chebyshev(&matrix, 2, 2)).unwrap();
        let planes: Vec<Vec<f64>> = all.iter().map(|own| tape.values(*own).unwrap()).collect();
        for (row, own) in one.chunks_exact(6).enumerate() {
            for (k, own) in own.chunks_exact(2).enumerate() {
                assert_eq!(own, &planes[k][2 * row..][..2]);
            }
        }
        assert!(x.chebyshev(&matrix, 2, 3).values().is_err());
    });
    let large = sparse(900, 900);
    same_bits("chebyshev", &[&[900, 40]], |x| x[0].chebyshev(&large, 5, 20));
}

#[test]
fn places_are_the_same_on_any_team() {
    let (lengths, axis) = ([300, 90], 0);
    let indices = indices(&lengths, 40);
    let places = ScatterIndex {
        axis,
        lengths: &lengths,
        indices: &indices,
    };
    same_bits("gather", &[&[40, 90]], |x| x[0].gather(places));
    for reduction in REDUCTIONS {
        same_bits("scatter", &[&[40, 90], &lengths], |x| {
            x[0].scatter(places, x[1], reduction, false)
        });
    }
}

#[test]
fn pair_products() {
    let some = [(0, 1), (0, 3), (1, 0), (3, 3), (3, 1), (3, 3)];
    let pairs = Pairs::new(4, 5, &some).unwrap();
    check("pair products", &[&[4, 6], &[5, 3]], |x| {
        x[0].pair_products(x[1], &pairs) * x[0].exp().pair_products(x[1].exp(), &pairs)
    });
    let own = Pairs::new(4, 4, &[(0, 1), (2, 2)]).unwrap();
    check("pairs of one matrix", &[&[4, 3]], |x| {
        x[0].pair_products(x[0], &own)
    });
    let stream = Stream::new(3, "pairs");
    let mut many: Vec<(u32, u32)> = (0..9000)
        .map(|i| (stream.below(2 * i, 90) as u32, stream.below(2 * i + 1, 70) as u32))
        .collect();
    many.sort_unstable();
    let many = Pairs::new(90, 70, &many).unwrap();
    same_bits("pair products", &[&[90, 38], &[70, 19]], |x| {
        x[0].pair_products(x[1], &many)
    });
}
