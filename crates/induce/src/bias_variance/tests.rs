use induce_core::random::Stream;
use induce_core::{Column, Run, Table};

use super::{Resample, decompose, noise};
use crate::settings;
use induce_core::model::{Rows, RowsOptions, Settings};

const NOISE: f64 = 0.09;

/// y = sin(6 x) + Gaussian noise of variance 0.09, at `distinct` different x.
fn problem(rows: usize, distinct: usize) -> Rows {
    let stream = Stream::new(11, "waves");
    let x: Vec<f64> = (0..rows).map(|i| stream.uniform((i % distinct) as u64)).collect();
    let gauss = |i: usize| {
        (0..12)
            .map(|k| stream.child(1 + k).uniform(i as u64))
            .sum::<f64>()
            - 6.0
    };
    let y = x
        .iter()
        .enumerate()
        .map(|(i, x)| (6.0 * x).sin() + NOISE.sqrt() * gauss(i))
        .collect();
    let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
    Rows::new(&table, &RowsOptions::default()).unwrap()
}

fn models(names: &[&str]) -> Vec<(String, Settings)> {
    names
        .iter()
        .map(|n| (n.to_string(), settings(n).unwrap()))
        .collect()
}

#[test]
fn noise_is_found_among_repeated_rows_and_among_neighbours() {
    let run = Run::new(0);
    let repeated = noise(&problem(2_000, 200), &run).unwrap().unwrap();
    assert!(
        repeated.method.contains("repeated") && (repeated.variance - NOISE).abs() < 0.01,
        "{repeated:?}"
    );
    let near = noise(&problem(2_000, 2_000), &run).unwrap().unwrap();
    assert!(
        near.method.contains("gamma") && (near.variance - NOISE).abs() < 0.02,
        "{near:?}"
    );
}

/// A stump is biased and steady; a full tree has little bias and much variance; a forest keeps the one and cuts the
/// other. The parts add up to the error. (Bootstrap samples would show a fifth of the full tree's variance, and the
/// rest as bias.)
#[test]
fn depth_trades_bias_for_variance_and_averaging_cuts_variance() {
    let mut all = models(&["tree", "tree", "forest"]);
    all[0].1 = settings("tree").unwrap().with("max_depth=1").unwrap();
    all[2].1 = settings("forest").unwrap().with("trees=30").unwrap();
    let mut run = Run::new(3);
    let (parts, _) = decompose(&all, &problem(1_200, 1_200), 20, Resample::Halves, 0.3, &mut run).unwrap();
    let [stump, tree, forest] = &parts[..] else {
        panic!("three models")
    };
    assert!(
        stump.bias.value > 0.05 && stump.variance.value < 0.02,
        "{stump:?}"
    );
    assert!(
        tree.bias.value.abs() < 0.03 && tree.variance.value > 0.04,
        "{tree:?}"
    );
    assert!(forest.variance.value < 0.75 * tree.variance.value, "{forest:?}");
    for p in &parts {
        let sum = p.noise.value + p.bias.value + p.variance.value;
        assert!((sum - p.error.value).abs() < 1e-9, "{p:?}");
    }
}

#[test]
fn the_parts_of_the_zero_one_loss_add_up() {
    let stream = Stream::new(4, "classes");
    let column = |f: u64| (0..900).map(|i| stream.child(f).uniform(i)).collect::<Vec<_>>();
    let (a, b) = (column(0), column(1));
    let names: Vec<Option<&str>> = (0..900)
        .map(|i| {
            Some(if a[i] + 0.4 * stream.child(2).uniform(i as u64) > 0.7 {
                "up"
            } else if b[i] > 0.5 {
                "left"
            } else {
                "right"
            })
        })
        .collect();
    let columns = vec![
        Column::from_f64("a", a),
        Column::from_f64("b", b),
        Column::from_text("y", &names),
    ];
    let problem = Rows::new(&Table::new(columns).unwrap(), &RowsOptions::default()).unwrap();
    for resample in [Resample::Bootstrap, Resample::Halves] {
        let mut run = Run::new(3);
        let (parts, _) = decompose(
            &models(&["tree", "adaboost"]),
            &problem,
            7,
            resample,
            0.3,
            &mut run,
        )
        .unwrap();
        for p in &parts {
            let sum = p.bias.value + p.variance.value - p.helpful.value;
            assert!((sum - p.error.value).abs() < 1e-12, "{p:?}");
        }
        let mut again = Run::new(3).with_threads(1);
        assert_eq!(
            parts,
            decompose(
                &models(&["tree", "adaboost"]),
                &problem,
                7,
                resample,
                0.3,
                &mut again
            )
            .unwrap()
            .0
        );
    }
}
