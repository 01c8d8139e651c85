//! How the fit went, round by round.

use induce_core::model::Model;
use induce_core::{FitReport, Trace};
use induce_learn::tree::trees_of;
use induce_plot::{Curve, LearningCurve};

/// Fewest points of a course: a closed form takes one step, and a line from its beginning to its end tells nothing.
const FEWEST: usize = 3;

/// The learning curve, where there was a course.
pub(super) fn of(fit: &FitReport, model: &dyn Model) -> Option<LearningCurve> {
    let metric = fit.traces.first()?.metric.clone();
    if fit.traces.iter().all(|trace| trace.points.len() < FEWEST) {
        return None;
    }
    // A mark only where some rounds were thrown away.
    let kept = trees_of(model).map(|trees| trees.rounds() as u64);
    let best = kept
        .filter(|&rounds| rounds < fit.steps)
        .map(|rounds| rounds as f64);
    Some(LearningCurve {
        unit: model.step_unit().into(),
        series: fit
            .traces
            .iter()
            .filter(|own| own.metric == metric)
            .map(series)
            .collect(),
        best,
        metric,
        ..LearningCurve::default()
    })
}

fn series(trace: &Trace) -> Curve {
    Curve {
        name: trace.split.clone(),
        x: trace.points.iter().map(|p| p.0 as f64).collect(),
        y: trace.points.iter().map(|p| p.1).collect(),
        ..Curve::default()
    }
}
