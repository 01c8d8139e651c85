//! How much the features matter.

use induce_core::model::{Model, Rows};
use induce_core::{Result, Run};
use induce_learn::tree::trees_of;
use induce_plot::{Importance, Interval, Report};

use crate::explain;

/// Features that are looked at more closely, at most.
const LEADING: usize = 6;

pub(super) fn fill(report: &mut Report, model: &dyn Model, sample: &Rows, run: &Run) -> Result<()> {
    report.importance_metric = explain::permutation_metric(sample.target()?.task).into();
    let trees = trees_of(model);
    let permuted = explain::permutation(model, sample, run)?;
    let rows = explain::importances(model)
        .into_iter()
        .zip(permuted)
        .map(|(own, permuted)| Importance {
            feature: own.feature,
            gain: trees.is_some().then_some(own.gain),
            cover: trees.is_some().then_some(own.cover),
            permutation: Some(Interval {
                value: permuted.value,
                low: Some(permuted.low),
                high: Some(permuted.high),
            }),
        });
    report.importances = rows.collect();
    Ok(())
}

/// The features that matter most, the first first; without those that do nothing.
pub(super) fn leading(report: &Report) -> Vec<String> {
    let value = |own: &&Importance| own.permutation.map_or(0.0, |own| own.value);
    let mut all: Vec<&Importance> = report.importances.iter().filter(|own| value(own) > 0.0).collect();
    all.sort_by(|a, b| value(b).total_cmp(&value(a)));
    all.into_iter()
        .take(LEADING)
        .map(|own| own.feature.clone())
        .collect()
}
