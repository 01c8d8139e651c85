//! From rows to a fitted model.

use induce_core::model::Rows;
use induce_core::random::Stream;
use induce_core::words::counted;
use induce_core::{FitReport, Fitted, Outcome, Result, Run, Trace};

use super::entry::BISECTING;
use super::{Spec, Strategy};
use crate::cluster::centres::{Centres, Child, Tree};
use crate::cluster::kmeans::{Ended, Limits, Metric, Seeding, lloyd, seeds};
use crate::cluster::nearest::{Singles, square};
use crate::cluster::remarks;
use crate::points::{Frame, Points, Scaling};

/// A cluster, and the place in the tree that leads to it.
struct Leaf {
    rows: Vec<usize>,
    centre: Vec<f64>,
    cost: f64,
    size: f64,
    /// The pair and the side that it hangs on; none for the first.
    at: Option<(usize, usize)>,
    /// Whether its rows are all alike.
    whole: bool,
}

/// Fit bisecting k-means to rows.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::cluster::bisecting::{Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// let spec = Spec { n_clusters: 2, ..Spec::default() };
/// assert_eq!(fit(&spec, &rows, &mut Run::new(0))?.model.sizes, [2.0, 2.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, or a setting is out of its range.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Centres>> {
    spec.check()?;
    let scaling = Scaling::of(spec.standardize);
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    notes.extend(remarks::of_rows(&frame, &points, scaling, run.threads()));
    let mut leaves = vec![first(&points)];
    let (mut tree, mut trace) = (Tree::default(), vec![leaves[0].cost]);
    run.monitor().begin("clusters", spec.n_clusters as u64);
    let mut stopped = None;
    while leaves.len() < spec.n_clusters {
        let Some(next) = next(&leaves, spec.bisecting_strategy) else {
            notes.push(format!(
                "{} instead of {}: the rows of each are all alike (`n_clusters`)",
                counted(leaves.len(), "cluster"),
                spec.n_clusters
            ));
            break;
        };
        let stream = run.stream("bisecting/division").child(leaves.len() as u64);
        match divide(spec, &points, &leaves[next], stream, run)? {
            None => leaves[next].whole = true,
            Some(pair) => hang(&mut leaves, next, pair, &mut tree),
        }
        trace.push(leaves.iter().map(|own| own.cost).sum());
        run.monitor().step(leaves.len() as u64, &[]);
        if let Some(ended) = run.stopped() {
            stopped = Some(ended);
            break;
        }
    }
    run.monitor().end();
    let outcome = stopped.unwrap_or_else(|| Outcome::Converged {
        reason: match leaves.len() {
            1 => "there is 1 cluster".to_owned(),
            k => format!("there are {}", counted(k, "cluster")),
        },
    });
    let inertia: f64 = leaves.iter().map(|own| own.cost).sum();
    notes.extend(remarks::beyond(inertia, frame.unit));
    for (c, leaf) in leaves.iter().enumerate() {
        if let Some((pair, side)) = leaf.at {
            tree.children[pair][side] = Child::Cluster(c as u32);
        }
    }
    let unit = frame.unit * frame.unit;
    let labels = labels(&leaves, points.rows());
    let steps = trace.iter().enumerate().map(|(i, j)| (i as u64 + 1, j * unit));
    let model = Centres {
        entry: &BISECTING,
        settings: serde_json::to_value(spec).unwrap_or_default(),
        metric: Metric::Euclidean,
        inertia: inertia * unit,
        centres: leaves.iter().flat_map(|own| own.centre.clone()).collect(),
        sizes: leaves.iter().map(|own| own.size).collect(),
        labels,
        lambda: None,
        tree: Some(tree),
        choice: Vec::new(),
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome,
        report: FitReport::new(
            trace.len() as u64,
            vec![Trace::new(
                "train",
                "inertia",
                steps.filter(|own| own.1.is_finite()).collect(),
            )],
        ),
    })
}

/// The cluster of every row.
fn labels(leaves: &[Leaf], rows: usize) -> Vec<u32> {
    let mut labels = vec![0; rows];
    for (c, leaf) in leaves.iter().enumerate() {
        leaf.rows.iter().for_each(|&row| labels[row] = c as u32);
    }
    labels
}

fn first(points: &Points) -> Leaf {
    let centre = points.mean();
    let cost = |row: usize| points.weight(row) * square(points.row(row), &centre);
    Leaf {
        cost: (0..points.rows()).map(cost).sum(),
        size: points.mass(),
        rows: (0..points.rows()).collect(),
        centre,
        at: None,
        whole: false,
    }
}

/// The cluster that is divided next, the first of equals.
fn next(leaves: &[Leaf], strategy: Strategy) -> Option<usize> {
    let value = |own: &Leaf| match strategy {
        Strategy::Inertia => own.cost,
        Strategy::Rows => own.size,
    };
    let divisible = (0..leaves.len()).filter(|&i| !leaves[i].whole && leaves[i].cost > 0.0);
    divisible.reduce(|a, b| {
        if value(&leaves[b]) > value(&leaves[a]) {
            b
        } else {
            a
        }
    })
}

/// The best of several divisions of a cluster; `None` if it has no two different rows.
fn divide(spec: &Spec, points: &Points, leaf: &Leaf, stream: Stream, run: &Run) -> Result<Option<[Leaf; 2]>> {
    let own = points.take(&leaf.rows);
    let singles = Singles::new(&own, run.threads());
    let seeding = Seeding {
        points: &own,
        singles: &singles,
        threads: run.threads(),
    };
    let limits = Limits {
        max_iter: spec.max_iter,
        tol: spec.tol * leaf.cost / (leaf.size * points.width as f64),
        ..Limits::default()
    };
    let mut best: Option<Ended> = None;
    for start in 0..spec.n_init as u64 {
        let centres = seeds(&seeding, spec.init, 2, stream.child(start));
        let ended = lloyd(&own, &singles, centres, &limits, run)?;
        let filled = ended.sizes.len() == 2 && ended.sizes.iter().all(|size| *size > 0.0);
        if filled && best.as_ref().is_none_or(|best| ended.inertia < best.inertia) {
            best = Some(ended);
        }
    }
    Ok(best.map(|ended| [0, 1].map(|side| half(&own, leaf, &ended, side))))
}

fn half(own: &Points, leaf: &Leaf, ended: &Ended, side: u32) -> Leaf {
    let places: Vec<usize> = (0..own.rows()).filter(|&i| ended.labels[i] == side).collect();
    let centre = ended.centres[side as usize * own.width..][..own.width].to_vec();
    let cost = |i: &usize| own.weight(*i) * square(own.row(*i), &centre);
    Leaf {
        cost: places.iter().map(cost).sum(),
        size: ended.sizes[side as usize],
        rows: places.iter().map(|&i| leaf.rows[i]).collect(),
        centre,
        at: None,
        whole: false,
    }
}

/// Put two clusters in the place of one.
fn hang(leaves: &mut Vec<Leaf>, at: usize, pair: [Leaf; 2], tree: &mut Tree) {
    let number = tree.children.len();
    if let Some((parent, side)) = leaves[at].at {
        tree.children[parent][side] = Child::Pair(number);
    }
    tree.children.push([Child::Cluster(0); 2]);
    let [mut left, mut right] = pair;
    tree.centres.extend(left.centre.iter().chain(&right.centre));
    (left.at, right.at) = (Some((number, 0)), Some((number, 1)));
    leaves[at] = left;
    leaves.push(right);
}
