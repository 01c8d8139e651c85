use induce_core::random::Stream;

use super::super::ensemble::tests::{random_tree, schema, table};
use super::super::node::Value;
use super::*;
use induce_prob::Link;

#[test]
fn quadrature_is_exact_for_its_degree() {
    for n in 1..20_usize {
        for degree in 0..2 * n {
            let sum: f64 = gauss_legendre(n)
                .iter()
                .map(|&(t, w)| w * t.powi(degree as i32))
                .sum();
            assert!(
                (sum - 1.0 / (degree as f64 + 1.0)).abs() < 1e-13,
                "n = {n}, degree {degree}: {sum}"
            );
        }
    }
}

/// Covers that add up, as training would leave them.
fn with_covers(mut tree: Tree, stream: Stream) -> Tree {
    for (l, cover) in tree.covers.iter_mut().enumerate() {
        *cover = 1.0 + stream.below(l as u64, 20) as f64;
    }
    for b in (0..tree.branches.len()).rev() {
        let cover = |child: i32| {
            if child >= 0 {
                tree.branches[child as usize].cover
            } else {
                tree.covers[!child as usize]
            }
        };
        tree.branches[b].cover = cover(tree.branches[b].left) + cover(tree.branches[b].right);
    }
    tree
}

/// E[f | the features in `known`], following both ways where a feature is not known.
fn expectation(tree: &Tree, node: i32, known: usize, row: &[Value]) -> f64 {
    if node < 0 {
        return tree.leaves[!node as usize];
    }
    let branch = &tree.branches[node as usize];
    let cover = |child: i32| {
        if child >= 0 {
            tree.branches[child as usize].cover
        } else {
            tree.covers[!child as usize]
        }
    };
    if known >> branch.feature & 1 == 1 {
        let next = if branch.goes_left(row[branch.feature as usize]) {
            branch.left
        } else {
            branch.right
        };
        return expectation(tree, next, known, row);
    }
    let (left, right) = (
        expectation(tree, branch.left, known, row),
        expectation(tree, branch.right, known, row),
    );
    (cover(branch.left) * left + cover(branch.right) * right) / (cover(branch.left) + cover(branch.right))
}

/// The definition: a weighted sum over all coalitions of the three features.
fn shapley(tree: &Tree, row: &[Value]) -> [f64; 3] {
    let root = if tree.branches.is_empty() { !0 } else { 0 };
    let worth = |known: usize| expectation(tree, root, known, row);
    std::array::from_fn(|f| {
        (0..8_usize)
            .filter(|s| s >> f & 1 == 0)
            .map(|s| {
                [1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0][s.count_ones() as usize] * (worth(s | 1 << f) - worth(s))
            })
            .sum()
    })
}

fn ensemble(trees: usize) -> Ensemble {
    let stream = Stream::new(77, "shap");
    let trees = (0..trees).map(|t| {
        let stream = stream.child(t as u64);
        with_covers(random_tree(stream, 1 + 3 * t), stream.child(1))
    });
    Ensemble {
        schema: schema(70),
        start: vec![0.5],
        trees: trees.collect(),
        link: Link::Identity,
        single: false,
        average: false,
    }
}

#[test]
fn values_are_those_of_the_definition() {
    let ensemble = ensemble(8);
    let table = table(300, 70);
    let sources = ensemble.schema.align(&table).unwrap();
    let shap = ensemble.shap(&table, 2).unwrap();
    for row in 0..300 {
        let values: Vec<Value> = (0..3).map(|f| ensemble.value(&sources, f, row)).collect();
        for f in 0..3 {
            let expected: f64 = ensemble.trees.iter().map(|tree| shapley(tree, &values)[f]).sum();
            assert!(
                (shap.values[row * 4 + f] - expected).abs() < 1e-12,
                "row {row}, feature {f}"
            );
        }
    }
}

#[test]
fn values_sum_to_the_score_and_interactions_to_the_values() {
    let ensemble = ensemble(12);
    let table = table(200, 70);
    let shap = ensemble.shap(&table, 1).unwrap();
    let pairs = ensemble.shap_interactions(&table, 2).unwrap();
    for (row, score) in ensemble.scores(&table, 1).unwrap().iter().enumerate() {
        let values = &shap.values[row * 4..row * 4 + 4];
        assert!((values.iter().sum::<f64>() - score).abs() < 1e-12);
        let matrix = &pairs[row * 16..row * 16 + 16];
        assert!((matrix.iter().sum::<f64>() - score).abs() < 1e-11);
        for a in 0..4 {
            assert!((matrix[a * 4..a * 4 + 4].iter().sum::<f64>() - values[a]).abs() < 1e-12);
            for b in 0..4 {
                assert_eq!(matrix[a * 4 + b].to_bits(), matrix[b * 4 + a].to_bits());
            }
        }
    }
}

/// phi_ab = half the second difference, averaged over coalitions of the third feature.
#[test]
fn interactions_are_those_of_the_definition() {
    let ensemble = ensemble(6);
    let table = table(64, 70);
    let sources = ensemble.schema.align(&table).unwrap();
    let pairs = ensemble.shap_interactions(&table, 1).unwrap();
    for row in 0..64 {
        let values: Vec<Value> = (0..3).map(|f| ensemble.value(&sources, f, row)).collect();
        let worth = |known: usize| -> f64 {
            let root = |t: &Tree| if t.branches.is_empty() { !0 } else { 0 };
            ensemble
                .trees
                .iter()
                .map(|t| expectation(t, root(t), known, &values))
                .sum()
        };
        let second = |s: usize| worth(s | 3) - worth(s | 1) - worth(s | 2) + worth(s);
        let expected = 0.25 * (second(0) + second(4));
        assert!((pairs[row * 16 + 1] - expected).abs() < 1e-12);
    }
}
