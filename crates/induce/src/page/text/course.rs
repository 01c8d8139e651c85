//! How a training went, step by step.

use induce_core::FitReport;
use induce_core::metrics::NORMAL_975;
use induce_deep::train::STANDARD_ERROR;
use induce_plot::{Curve, LearningCurve};

use super::inputs::Training;

/// Stretches of steps whose mean loss is a point of the training line.
const STRETCHES: usize = 80;

/// Points of the curve of the learning rate.
const RATES: u64 = 400;

fn trace<'a>(report: &'a FitReport, split: &str, metric: &str) -> &'a [(u64, f64)] {
    let found = report
        .traces
        .iter()
        .find(|trace| trace.split == split && trace.metric == metric);
    found.map_or(&[], |trace| &trace.points)
}

/// Step and loss of every look at the held-out text.
pub(super) fn held_out(report: &FitReport) -> &[(u64, f64)] {
    trace(report, "holdout", "loss")
}

/// The loss by step: while learning, and at every look at the held-out text.
pub(super) fn losses(training: &Training) -> Option<LearningCurve> {
    let train = smoothed(training);
    let looks = looks(training.report);
    let best = held_out(training.report)
        .iter()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|point| point.0 as f64)
        .filter(|best| *best < training.report.steps as f64);
    let series: Vec<Curve> = [train, looks]
        .into_iter()
        .filter(|curve| !curve.x.is_empty())
        .collect();
    (!series.is_empty()).then(|| LearningCurve {
        metric: "loss".into(),
        unit: "step".into(),
        series,
        best,
        raw: (!training.losses.is_empty()).then(|| curve("steps", training.losses.iter().copied())),
        ..LearningCurve::default()
    })
}

fn curve(name: &str, points: impl Iterator<Item = (u64, f64)>) -> Curve {
    let (x, y) = points.map(|(step, value)| (step as f64, value)).unzip();
    Curve {
        name: name.into(),
        x,
        y,
        ..Curve::default()
    }
}

/// Means of the training loss: over stretches of the steps that are known one by one, and before them as checkpoints have them.
fn smoothed(training: &Training) -> Curve {
    let known = training.losses;
    let first = known.first().map_or(u64::MAX, |point| point.0);
    let before = trace(training.report, "train", "loss").iter().copied();
    let before = before.filter(|point| point.0 < first);
    let stretches = known.chunks(known.len().div_ceil(STRETCHES).max(1));
    let means = stretches.map(|own| {
        let (steps, sum) = own
            .iter()
            .fold((0, 0.0), |(steps, sum), point| (steps + point.0, sum + point.1));
        (steps / own.len() as u64, sum / own.len() as f64)
    });
    curve("train", before.chain(means))
}

/// Looks at the held-out text, with intervals where their errors are known.
fn looks(report: &FitReport) -> Curve {
    let points = held_out(report);
    let errors = trace(report, "holdout", STANDARD_ERROR);
    let radius = |step: u64| {
        let found = errors.iter().find(|point| point.0 == step);
        found.map_or(f64::NAN, |point| NORMAL_975 * point.1)
    };
    let edge = |sign: f64| {
        points
            .iter()
            .map(move |point| point.1 + sign * radius(point.0))
            .collect()
    };
    let mut own = curve("held out", points.iter().copied());
    if !errors.is_empty() {
        (own.low, own.high) = (edge(-1.0), edge(1.0));
    }
    own
}

/// The size of steps.
pub(super) fn rate(training: &Training) -> LearningCurve {
    let (how, steps) = (training.settings.training(), training.report.steps);
    let points = (0..steps)
        .step_by(steps.div_ceil(RATES).max(1) as usize)
        .chain(steps.checked_sub(1))
        .map(|step| (step + 1, how.rate(step)));
    LearningCurve {
        title: "Learning rate by step".into(),
        metric: "learning rate".into(),
        unit: "step".into(),
        series: vec![curve("rate", points)],
        ..LearningCurve::default()
    }
}

/// What is to be said where the curve does not begin with the first step.
pub(super) fn beginning(training: &Training) -> Option<String> {
    let known = training
        .losses
        .first()
        .is_some_and(|point| point.0 <= training.begun);
    (training.begun > 0 && !known).then(|| {
        format!(
            "The training was resumed after step {}. Losses of single steps begin there, for no log kept those before \
             (`--log`); the line before is what the checkpoint has, the mean between two looks at the held-out text.",
            training.begun
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use induce_core::{Outcome, Trace};
    use induce_deep::language::{GptSpec, Settings};

    type Named<'a> = (&'a str, &'a str, &'a [(u64, f64)]);

    fn report(traces: &[Named]) -> FitReport {
        let trace = |(split, metric, points): &Named| Trace {
            split: (*split).into(),
            metric: (*metric).into(),
            points: points.to_vec(),
        };
        FitReport::new(300, traces.iter().map(trace).collect())
    }

    /// A training that was resumed has the means of its checkpoint first, then those of its steps; a look that an earlier
    /// version made has no error.
    #[test]
    fn a_curve_goes_on_after_a_resume() {
        let report = report(&[
            ("train", "loss", &[(100, 3.0), (200, 2.0), (300, 1.0)]),
            ("holdout", "loss", &[(100, 3.5), (200, 2.5), (300, 2.6)]),
            ("holdout", STANDARD_ERROR, &[(200, 0.1), (300, 0.2)]),
        ]);
        let losses: Vec<(u64, f64)> = (151..=300).map(|step| (step, step as f64)).collect();
        let settings = Settings::from(GptSpec::default());
        let training = Training {
            settings,
            text: &[],
            bytes: 0,
            divided: String::new(),
            tokens: String::new(),
            parameters: 0,
            report: &report,
            outcome: &Outcome::Exhausted {
                reason: String::new(),
            },
            losses: &losses,
            begun: 150,
            seconds: 1.0,
        };
        let curve = super::losses(&training).unwrap();
        assert_eq!((curve.best, curve.series.len()), (Some(200.0), 2));
        let (train, looks) = (&curve.series[0], &curve.series[1]);
        assert_eq!((train.x[0], train.y[0]), (100.0, 3.0));
        assert_eq!((train.x[1], train.y[1], train.x.len()), (151.0, 151.5, 76));
        assert!(looks.low[0].is_nan() && (looks.high[2] - 2.6 - 0.2 * NORMAL_975).abs() < 1e-12);
        assert!(beginning(&training).unwrap().contains("after step 150"));
        assert_eq!(rate(&training).series[0].x.last(), Some(&300.0));
    }
}
