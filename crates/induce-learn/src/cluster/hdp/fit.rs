//! From rows with groups to a fitted model.

use induce_core::model::{Block, Grid, Rows, Section};
use induce_core::words::number;
use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};

use super::Spec;
use super::descend::{Penalties, descend};
use super::entry::HARD_HDP;
use crate::cluster::centres::Centres;
use crate::cluster::dp_means::{Penalty, farthest_first, of_rule};
use crate::cluster::kmeans::{Clusters, Metric};
use crate::cluster::nearest::sizes;
use crate::cluster::remarks;
use crate::points::{Frame, Points, Scaling};

/// Fit the hard HDP to rows, whose groups are data sets that share clusters.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::hdp::{Spec, fit};
///
/// let table = Table::new(vec![
///     Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1]),
///     Column::from_text("set", &[Some("a"), Some("b"), Some("a"), Some("b")]),
/// ])?;
/// let options = RowsOptions { group: Some("set".into()), ..RowsOptions::default() };
/// let rows = Rows::without_target(&table, &options)?;
/// assert_eq!(fit(&Spec::default(), &rows, &mut Run::new(0))?.model.k(), 2);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there are no groups, no column is of use, there is no room, or a setting is out of its range.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Centres>> {
    spec.check()?;
    let Some(groups) = &rows.groups else {
        return Err(Error::data(
            "`hard-hdp` clusters several data sets, and nothing says which row belongs to which",
            "name the column that does with `--group COL`; `-m dp-means` is for one data set",
        ));
    };
    let scaling = Scaling::of(spec.standardize);
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    let unit = frame.unit * frame.unit;
    let penalties = penalties(spec, &points, frame.unit, run.threads());
    notes.extend(remarks::of_rows(&frame, &points, scaling, run.threads()));
    notes.push(format!(
        "a local cluster costs {}, a global one {} (`lambda_local`, `lambda_global`)",
        number(penalties.local * unit),
        number(penalties.global * unit)
    ));
    run.monitor().begin("iterations", spec.max_iter as u64);
    let found = descend(&points, groups, penalties, spec.max_iter, run);
    run.monitor().end();
    let sizes = sizes(&points, &found.labels, found.centres.len() / points.width);
    let trace = found
        .trace
        .iter()
        .enumerate()
        .map(|(i, j)| (i as u64 + 1, j * unit));
    notes.extend(remarks::beyond(found.inertia, frame.unit));
    let model = Centres {
        entry: &HARD_HDP,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: Metric::Euclidean,
        inertia: found.inertia * unit,
        choice: vec![shares(groups, &found.labels, &found.local, &sizes)],
        centres: found.centres,
        sizes,
        labels: found.labels,
        tree: None,
        lambda: Some(penalties.local + penalties.global),
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report: FitReport::new(
            found.trace.len() as u64,
            vec![Trace::new(
                "train",
                "objective",
                trace.filter(|own| own.1.is_finite()).collect(),
            )],
        ),
    })
}

/// The penalties in the fit's coordinates. Both together are lambda of DP-means on all rows, so that one data set has the clusters that
/// it has there: the rule's distance as the global one alone left a row at the mean of two clusters that are far apart.
fn penalties(spec: &Spec, points: &Points, unit: f64, threads: usize) -> Penalties {
    let wanted = match spec.n_clusters {
        Clusters::Fixed(k) => Some(k),
        Clusters::Auto => None,
    };
    let rule = farthest_first(points, wanted.unwrap_or(50) + 1, threads);
    let (both, k) = of_rule(&rule, wanted);
    // The next of the rule is how far rows are from their nearest of the first k: what is within a cluster.
    let within = rule
        .get(k)
        .copied()
        .filter(|own| *own > 0.0)
        .unwrap_or(0.5 * both);
    let local = within.min(0.5 * both);
    let own = |penalty: Penalty, auto: f64| match penalty {
        Penalty::Fixed(lambda) => lambda / unit / unit,
        Penalty::Auto => auto,
    };
    Penalties {
        local: own(spec.lambda_local, local),
        global: own(spec.lambda_global, both - local),
    }
}

/// Rows of every data set in every global cluster.
fn shares(groups: &[u32], labels: &[u32], local: &[usize], sizes: &[f64]) -> Section {
    const SHOWN: usize = 20;
    let mut counts = vec![vec![0_usize; sizes.len()]; local.len()];
    groups
        .iter()
        .zip(labels)
        .for_each(|(g, c)| counts[*g as usize][*c as usize] += 1);
    let names: Vec<String> = (0..sizes.len().min(SHOWN))
        .map(|c| format!("cluster {c}"))
        .collect();
    let mut head = vec!["data set", "its clusters"];
    head.extend(names.iter().map(String::as_str));
    let row = |(g, own): (usize, &Vec<usize>)| {
        let mut cells = vec![g.to_string(), local[g].to_string()];
        cells.extend(own.iter().take(SHOWN).map(ToString::to_string));
        cells
    };
    let rows = counts.iter().enumerate().take(SHOWN).map(row).collect();
    Section::new(
        "Rows of every data set",
        vec![Block::Grid(Grid::new(&head, rows))],
    )
}
