//! From ratings to factors.

use induce_core::model::Rows;
use induce_core::model::ratings::{Learnt, Ratings};
use induce_core::words::{all_done, number};
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};
use serde_json::Value;

use super::Spec;
use super::model::{Half, Model};
use super::posterior::{Noise, Side};

/// Deviation of the noise below which ratings are explained, in deviations of the ratings: less is rounding.
const EXACT: f64 = 1e-6;
/// Part of the variance of the ratings that factors explain before anything is learnt.
const EXPLAINED: f64 = 0.3;
/// Factors of a second start, where from many by chance all have come to nothing, which is a maximum of the bound too: of few ratings each of many
/// says little at first, and its prior holds it at 0 then.
const FEW: usize = 2;
/// Mean square of the factors of users times that of items, in the variance of the ratings, below which they have come to nothing.
const NOTHING: f64 = 1e-3;

/// Fit matrix factorization to rows with a user, an item and a rating.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::decomposition::mf::{Spec, fit};
///
/// let table = Table::new(vec![
///     Column::from_text("user", &[Some("ann"), Some("ann"), Some("bob")]),
///     Column::from_text("item", &[Some("x"), Some("y"), Some("x")]),
///     Column::from_f64("rating", vec![5.0, 1.0, 4.0]),
/// ])?;
/// let rows = Rows::new(&table, &RowsOptions::default())?;
/// assert!(fit(&Spec::default(), &rows, &mut Run::new(0)).is_ok());
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, columns of users, items or ratings cannot be found, or there is no room.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let Learnt {
        ratings,
        sides,
        mut notes,
    } = Ratings::learn(rows, &spec.user, &spec.item)?;
    notes.insert(0, ratings.said());
    let columns: Vec<String> = sides
        .users
        .names()
        .into_iter()
        .chain(sides.items.names())
        .collect();
    if !columns.is_empty() {
        notes.push(format!(
            "features of users and items are not learnt from: {} (`-m gcmc` does)",
            columns.join(", ")
        ));
    }
    check_room(&ratings, spec.factors, run)?;
    let found = learn(spec, &ratings, run)?;
    let report = FitReport {
        facts: vec![
            ("users".into(), ratings.users().len().into()),
            ("items".into(), ratings.items().len().into()),
            ("ratings".into(), ratings.len().into()),
        ],
        ..FitReport::new(
            found.bound.len() as u64,
            vec![Trace::new("train", "bound", found.bound)],
        )
    };
    Ok(Fitted {
        outcome: found.outcome,
        report,
        model: Model::new(
            serde_json::to_value(spec).unwrap_or(Value::Null),
            ratings,
            [Half::of(&found.users), Half::of(&found.items)],
            (found.centre + found.scale * found.noise.mean, found.scale),
            found.noise.precision.sqrt().recip(),
            notes,
        ),
    })
}

struct Found {
    users: Side,
    items: Side,
    noise: Noise,
    /// Ratings are learnt as (y - centre) / scale.
    centre: f64,
    scale: f64,
    outcome: Outcome,
    bound: Vec<(u64, f64)>,
}

/// Covariances of both sides, twice while one of them is learnt.
fn check_room(ratings: &Ratings, factors: usize, run: &Run) -> Result<()> {
    let nodes = (ratings.users().len() + ratings.items().len()) as u64;
    let width = factors as u64 + 1;
    let needed = nodes.saturating_mul(width * width).saturating_mul(3 * 8);
    match run.memory() {
        Some(limit) if needed > limit => Err(Error::data(
            format!(
                "the covariances of {} factors of {nodes} users and items need about {:.1} GB; there are {:.1} GB",
                factors,
                needed as f64 / 1e9,
                limit as f64 / 1e9
            ),
            "learn fewer factors (--set factors), or raise --memory",
        )),
        _ => Ok(()),
    }
}

impl Found {
    fn came_to_nothing(&self) -> bool {
        let square = |side: &Side| {
            let all = side.mean.chunks_exact(side.width).flat_map(|row| &row[1..]);
            all.map(|x| x * x).sum::<f64>() / (side.mean.len() / side.width).max(1) as f64
        };
        square(&self.users) * square(&self.items) < NOTHING
    }

    fn last(&self) -> f64 {
        self.bound.last().map_or(f64::NEG_INFINITY, |own| own.1)
    }
}

/// From all factors by chance and, if they come to nothing, with a few: whichever has the higher bound.
fn learn(spec: &Spec, ratings: &Ratings, run: &mut Run) -> Result<Found> {
    let all = learn_from(spec, ratings, run)?;
    if spec.factors <= FEW || !all.came_to_nothing() || matches!(all.outcome, Outcome::Stopped { .. }) {
        return Ok(all);
    }
    let spec = Spec {
        factors: FEW,
        ..spec.clone()
    };
    let few = learn_from(&spec, ratings, run)?;
    Ok(if few.last() > all.last() { few } else { all })
}

fn learn_from(spec: &Spec, ratings: &Ratings, run: &mut Run) -> Result<Found> {
    let (centre, scale) = moments(ratings.by_user.value());
    let unit = |y: &f64| (y - centre) / scale;
    let scaled = |csr: &induce_core::linalg::Csr| {
        let values = csr.value().iter().map(unit).collect();
        induce_core::linalg::Csr::trusted(csr.columns(), csr.starts().to_vec(), csr.index().to_vec(), values)
    };
    let (by_user, by_item) = (scaled(&ratings.by_user), scaled(&ratings.by_item));
    let n = ratings.len() as f64;
    let (mut users, mut items) = (
        begin(by_user.rows(), spec.factors, "mf/users", run),
        begin(by_item.rows(), spec.factors, "mf/items", run),
    );
    let mut noise = Noise {
        mean: 0.0,
        precision: 1.0,
    };
    let (threads, mut bound): (usize, Vec<(u64, f64)>) = (run.threads(), Vec::new());
    run.monitor().begin("training", spec.max_iterations);
    let outcome = loop {
        if let Some(outcome) = run.stopped() {
            break outcome;
        }
        let step = bound.len() as u64 + 1;
        let squares = users
            .learn(&by_user, &items, noise, threads)
            .and_then(|_| {
                users.learn_prior();
                items.learn(&by_item, &users, noise, threads)
            })
            .ok_or_else(diverged)?;
        items.learn_prior();
        noise.precision = (n / squares).min((1.0 / EXACT).powi(2));
        let fit =
            0.5 * n * (noise.precision.ln() - std::f64::consts::TAU.ln()) - 0.5 * noise.precision * squares;
        // In the unit of the ratings: a density of y.
        let own = (fit - users.divergence() - items.divergence()) / n - scale.ln();
        let gain = bound.last().map_or(f64::INFINITY, |last| own - last.1);
        bound.push((step, own));
        run.monitor().step(step, &[("bound".into(), own)]);
        if gain < spec.tolerance {
            break Outcome::Converged {
                reason: format!(
                    "the bound per rating, {} nats, gains less than {} in iteration {step}",
                    number(own),
                    spec.tolerance
                ),
            };
        }
        if step >= spec.max_iterations {
            break Outcome::Exhausted {
                reason: all_done(spec.max_iterations as usize, "iteration", "done"),
            };
        }
        noise.mean = mean_rest(&by_user, &users, &items);
    };
    run.monitor().end();
    Ok(Found {
        users,
        items,
        noise,
        centre,
        scale,
        outcome,
        bound,
    })
}

fn diverged() -> Error {
    Error::data(
        "the posterior of the factors is not finite",
        "are there ratings that are many powers of ten apart? Divide them, or learn their logarithms",
    )
}

/// Mean and deviation, the latter 1 where all are the same.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let most = values.iter().fold(0.0_f64, |most, y| most.max(y.abs()));
    if most == 0.0 {
        return (0.0, 1.0);
    }
    // In parts of the largest, lest squares overflow or vanish.
    let mean: f64 = values.iter().map(|y| y / most / n).sum();
    let variance: f64 = values.iter().map(|y| (y / most - mean).powi(2) / n).sum();
    let deviation = variance.sqrt();
    let scale = if deviation > 1e-12 { deviation * most } else { most };
    (mean * most, scale)
}

/// Factors by chance, no bias, and a prior by which the product of factors explains a part of the ratings.
fn begin(count: usize, factors: usize, path: &str, run: &Run) -> Side {
    let (width, stream) = (factors + 1, run.stream(path));
    let variance = (EXPLAINED / factors.max(1) as f64).sqrt();
    let mut mean = vec![0.0; count * width];
    for (row, own) in mean.chunks_exact_mut(width).enumerate() {
        let draws = stream.child(row as u64);
        for (k, x) in own.iter_mut().enumerate().skip(1) {
            // Uniform of this variance: what it is by chance matters little, that it is not 0 does.
            *x = (2.0 * draws.uniform(k as u64) - 1.0) * (3.0 * variance).sqrt();
        }
    }
    Side::new(mean, width, variance)
}

/// The mean of what biases and factors leave: mu.
fn mean_rest(ratings: &induce_core::linalg::Csr, users: &Side, items: &Side) -> f64 {
    let d = users.width;
    let mut sum = 0.0;
    for (u, w) in users.mean.chunks_exact(d).enumerate() {
        for (i, y) in ratings.row(u) {
            let h = &items.mean[i * d..][..d];
            sum += y - w[0] - h[0] - induce_core::linalg::dot(&w[1..], &h[1..]);
        }
    }
    sum / ratings.value().len() as f64
}
