//! Inlier sets of scikit-learn; `tests/golden/ransac.py` makes them.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce_core::{Column, Run, Table};
use serde::Deserialize;

use super::{Sampling, Spec, fit};
use induce_core::model::Dataset;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    threshold: f64,
    columns: Vec<Vec<f64>>,
    target: Vec<f64>,
    inliers: Vec<usize>,
}

/// The rows within the threshold, at the same threshold.
#[test]
fn the_rows_that_agree_are_those_of_scikit_learn() {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/ransac.json")).unwrap();
    for case in golden.cases {
        let columns = case.columns.into_iter().enumerate();
        let table = Table::new(
            columns
                .map(|(j, values)| Column::from_f64(format!("x{j}"), values))
                .collect(),
        );
        let table = table.unwrap();
        for (seed, sampling) in (0..20).flat_map(|seed| [(seed, Sampling::Uniform), (seed, Sampling::Prosac)])
        {
            let spec = Spec {
                threshold: case.threshold,
                sampling,
                ..Spec::default()
            };
            let data = Dataset::new(&table, &case.target);
            let model = fit(&spec, &data, &mut Run::new(seed)).unwrap().model;
            let off = model.predict(&table).unwrap();
            let near = |i: &usize| (off[*i] - case.target[*i]).abs() <= case.threshold;
            let inliers: Vec<usize> = (0..off.len()).filter(near).collect();
            assert_eq!(inliers, case.inliers, "{}, seed {seed}, {sampling:?}", case.name);
            assert_eq!(model.inliers, inliers.len() as u64, "{}", case.name);
        }
    }
}
