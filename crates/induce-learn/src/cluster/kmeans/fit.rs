//! From rows to a fitted model.

use induce_core::model::Rows;
use induce_core::random::Stream;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};

use super::choose::{self, Choice};
use super::entry::KMEANS;
use super::lloyd::{Ended, Limits, lloyd, normalize};
use super::seeding::{Seeding, seeds};
use super::{Clusters, Metric, Spec};
use crate::cluster::centres::Centres;
use crate::cluster::nearest::Singles;
use crate::cluster::{self, remarks};
use crate::points::{Frame, Points, Scaling};

/// Coordinate products of an iteration up to which there are ten starts.
const CHEAP: f64 = 4e6;

/// Points with what is computed of them once for all starts.
pub(super) struct Prepared {
    pub points: Points,
    pub singles: Singles,
    /// sum w (x - mean)^2. // (width)
    pub squares: Vec<f64>,
    /// Its mean over all coordinates of all points: their mean variance.
    pub variance: f64,
}

impl Prepared {
    /// Points with what all starts need of them.
    ///
    /// # Errors
    /// If directions are asked for, and a value is missing.
    pub fn new(mut points: Points, metric: Metric, threads: usize) -> Result<Self> {
        if metric == Metric::Cosine {
            directions(&mut points)?;
        }
        let squares = points.moments(threads).squares;
        Ok(Self {
            singles: Singles::new(&points, threads),
            variance: points.variance(&squares),
            squares,
            points,
        })
    }
}

/// Rows of length 1.
pub(crate) fn directions(points: &mut Points) -> Result<()> {
    if points.has_missing() {
        return Err(Error::data(
            "a row with a missing value has no direction",
            "drop such rows, or use metric=euclidean, for which only the values count that are there",
        ));
    }
    points.values.chunks_exact_mut(points.width).for_each(normalize);
    Ok(())
}

/// Fit k-means to rows.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::kmeans::{Clusters, Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let spec = Spec { n_clusters: Clusters::Fixed(2), ..Spec::default() };
/// assert_eq!(fit(&spec, &rows, &mut Run::new(0))?.model.sizes, [2.0, 2.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, a setting is out of its range, or a centre has no rows and that is to be an error.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Centres>> {
    spec.check()?;
    let scaling = match (spec.metric, spec.standardize) {
        (Metric::Cosine, _) => Scaling::Uncentred,
        (Metric::Euclidean, standardize) => Scaling::of(standardize),
    };
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    let on = Prepared::new(points, spec.metric, run.threads())?;
    let given = given(spec, &frame)?;
    if scaling == Scaling::Common {
        notes.extend(remarks::units(&frame, &on.squares, "clusters"));
    }
    notes.extend(remarks::missing(&on.points));
    let (ended, choice) = match spec.n_clusters {
        Clusters::Fixed(_) if !given.is_empty() => {
            let limits = limits(spec, on.variance);
            (lloyd(&on.points, &on.singles, given, &limits, run)?, None)
        }
        Clusters::Fixed(k) => (best_of_starts(spec, &on, k, run)?, None),
        Clusters::Auto => {
            let (ended, choice) = choose::choose(spec, &on, run)?;
            (ended, Some(choice))
        }
    };
    if let Clusters::Fixed(asked) = spec.n_clusters {
        let why = "there are no more different rows that would fill one";
        notes.extend(remarks::fewer(asked, &ended.sizes, why));
    }
    notes.extend(choice.as_ref().map(Choice::sentence));
    let points = ended.trace.iter().enumerate();
    let unit = match spec.metric {
        Metric::Euclidean => frame.unit * frame.unit,
        Metric::Cosine => 1.0,
    };
    if spec.metric == Metric::Euclidean {
        notes.extend(remarks::beyond(ended.inertia, frame.unit));
    }
    let trace = points
        .map(|(i, j)| (i as u64 + 1, j * unit))
        .filter(|own| own.1.is_finite());
    let report = FitReport::new(ended.steps, vec![Trace::new("train", "inertia", trace.collect())]);
    let outcome = ended.outcome.clone();
    let model = Centres {
        entry: &KMEANS,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: spec.metric,
        inertia: ended.inertia * unit,
        centres: ended.centres,
        sizes: ended.sizes,
        labels: ended.labels,
        frame,
        tree: None,
        lambda: None,
        choice: choice.iter().map(Choice::section).collect(),
        notes,
    };
    Ok(Fitted {
        model,
        outcome,
        report,
    })
}

/// The centres that were given, as points.
fn given(spec: &Spec, frame: &Frame) -> Result<Vec<f64>> {
    if let Some(wrong) = spec.centers.iter().find(|own| own.len() != frame.width()) {
        return Err(Error::setting(
            "centers",
            format!("{wrong:?}"),
            format!(
                "every point must have {} coordinates: {}",
                frame.width(),
                frame.names().join(", ")
            ),
        ));
    }
    let point = |own: &Vec<f64>| {
        let mut point = frame.of_original(own);
        if spec.metric == Metric::Cosine {
            normalize(&mut point);
        }
        point
    };
    Ok(spec.centers.iter().flat_map(point).collect())
}

/// The best of several starts.
pub(super) fn best_of_starts(spec: &Spec, on: &Prepared, k: usize, run: &mut Run) -> Result<Ended> {
    let starts = starts(spec, on, k);
    run.monitor().begin("starts", starts as u64);
    let mut best: Option<Ended> = None;
    for start in 0..starts {
        let own = one_start(spec, on, k, run.stream("kmeans/start").child(start as u64), run)?;
        let stopped = matches!(own.outcome, Outcome::Stopped { .. });
        if best.as_ref().is_none_or(|best| own.inertia < best.inertia) {
            best = Some(own);
        }
        let inertia = best.as_ref().map_or(0.0, |best| best.inertia);
        run.monitor()
            .step(start as u64 + 1, &[("inertia".into(), inertia)]);
        if stopped {
            break;
        }
    }
    run.monitor().end();
    let mut best = best.ok_or_else(|| Error::data("there are no rows", "check the file and the filters"))?;
    // Some of the starts are not all of them, though the best of these had come to its end.
    if let Some(stopped) = run.stopped() {
        best.outcome = stopped;
    }
    Ok(best)
}

fn starts(spec: &Spec, on: &Prepared, k: usize) -> usize {
    let work = on.points.values.len() as f64 * k as f64;
    cluster::starts(spec.n_init, work, CHEAP)
}

fn one_start(spec: &Spec, on: &Prepared, k: usize, stream: Stream, run: &Run) -> Result<Ended> {
    let seeding = Seeding {
        points: &on.points,
        singles: &on.singles,
        threads: run.threads(),
    };
    let centres = seeds(&seeding, spec.init, k, stream);
    if centres.is_empty() {
        return Err(Error::data(
            "no row has a weight",
            "check the file and the weights",
        ));
    }
    lloyd(&on.points, &on.singles, centres, &limits(spec, on.variance), run)
}

fn limits(spec: &Spec, variance: f64) -> Limits {
    Limits {
        max_iter: spec.max_iter,
        tol: spec.tol * variance,
        algorithm: spec.algorithm,
        metric: spec.metric,
        empty: spec.empty_clusters,
    }
}
