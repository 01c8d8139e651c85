//! From rows to principal components.

use induce_core::linalg::dot;
use induce_core::model::Rows;
use induce_core::words::counted;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};
use induce_prob::special::ln_gamma;

use super::covariance::leading;
use super::missing::em;
use super::model::Model;
use super::scatter::scatter;
use super::{Components, Solver, Spec, randomized};
use crate::cluster::remarks;
use crate::points::{Frame, Points, Scaling};

/// Columns up to which their covariance is formed.
const FORMED: usize = 2_000;

/// What a solver found, in the coordinates of the fit.
pub(super) struct Found {
    /// Variances along the components, falling. // (count)
    variances: Vec<f64>,
    /// The components as rows, of length 1. // (count, width)
    components: Vec<f64>,
    /// Variance of all.
    total: f64,
    /// The mean, which is 0 where no value is missing. // (width)
    mean: Vec<f64>,
    /// sigma^2, where the solver says it.
    noise: Option<f64>,
    outcome: Outcome,
    trace: Vec<f64>,
}

/// Fit principal components to rows.
///
/// ```
/// # use induce_core::model::{Rows, RowsOptions};
/// # use induce_core::{Column, Run, Table};
/// use induce_learn::decomposition::pca::{Spec, fit};
///
/// let table = Table::new(vec![Column::from_f64("x", vec![1.0, 1.2, 9.0, 9.1])])?;
/// let rows = Rows::without_target(&table, &RowsOptions::default())?;
/// assert_eq!(fit(&Spec::default(), &rows, &mut Run::new(0))?.model.ratios(), [1.0]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If no column is of use, there is no room, a setting is out of its range, or more components are asked for than there are.
pub fn fit(spec: &Spec, rows: &Rows, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let scaling = Scaling::of(spec.standardize);
    let (frame, mut notes) = Frame::learn(rows, scaling, run.threads())?;
    let points = frame.weighted(rows, run)?;
    notes.extend(remarks::units_of(
        &frame,
        &points,
        scaling,
        "components",
        run.threads(),
    ));
    let mass = points.mass();
    let most = points.width.min(points.rows());
    let wanted = match spec.n_components {
        Components::Number(k) if k > most && spec.n_components == Spec::default().n_components => most,
        Components::Number(k) if k > most => {
            return Err(Error::data(
                format!(
                    "{k} components of {} with {} have no meaning",
                    counted(points.rows(), "row"),
                    counted(points.width, "column")
                ),
                format!("ask for at most {most}"),
            ));
        }
        Components::Number(k) => k,
        _ => most,
    };
    let missing = points.has_missing();
    let solver = solver(spec, &points, missing)?;
    let mut found = match solver {
        Solver::Em => of_missing(&points, wanted.min(most - usize::from(most > 1)), run),
        Solver::Randomized => {
            let total = squares(&points, run.threads());
            of_values(&points, total, randomized::leading(&points, wanted, run))
        }
        _ => exact(&points, wanted, run)?,
    };
    if missing {
        notes.push("values are missing: components are those of the likeliest model of what is there".into());
    }
    if !(found.total > 0.0) {
        notes.push("all rows are the same: there is no direction that they differ along".into());
    }
    let kept = kept(spec, &found, mass).clamp(1, found.variances.len());
    let noise = found.noise.unwrap_or_else(|| noise(&found, kept, points.width));
    found.variances.truncate(kept);
    found.components.truncate(kept * points.width);
    signs(&mut found.components, points.width);
    let volume = frame.mean_ln_volume(&points);
    let trace = found
        .trace
        .iter()
        .enumerate()
        .map(|(i, ln)| (i as u64, ln + volume));
    let report = FitReport::new(
        found.trace.len().max(1) as u64,
        vec![Trace::new("train", "log_likelihood", trace.collect())],
    );
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        whiten: spec.whiten,
        variances: found.variances,
        components: found.components,
        total: found.total,
        mean: found.mean,
        noise,
        mass,
        frame,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: found.outcome,
        report,
    })
}

fn solver(spec: &Spec, points: &Points, missing: bool) -> Result<Solver> {
    match spec.solver {
        Solver::Auto if missing => Ok(Solver::Em),
        Solver::Auto if points.width.min(points.rows()) > FORMED => Ok(Solver::Randomized),
        Solver::Auto => Ok(Solver::Covariance),
        Solver::Covariance | Solver::Randomized if missing => Err(Error::setting(
            "solver",
            spec.solver.name(),
            "it needs every value, and some are missing: `em` does without them",
        )),
        said => Ok(said),
    }
}

fn converged(reason: String) -> Outcome {
    Outcome::Converged { reason }
}

/// sum w |x|^2.
fn squares(points: &Points, threads: usize) -> f64 {
    let own = |row: usize| points.weight(row) * dot(points.row(row), points.row(row));
    let parts = points.by_chunks(threads, |rows| rows.map(own).sum::<f64>());
    parts.iter().sum()
}

/// Eigenvalues of the scatter, whose trace is `total`, become variances.
fn of_values(points: &Points, total: f64, (values, components): (Vec<f64>, Vec<f64>)) -> Found {
    let degrees = (points.mass() - 1.0).max(f64::MIN_POSITIVE);
    Found {
        variances: values.iter().map(|value| value.max(0.0) / degrees).collect(),
        components,
        total: total / degrees,
        mean: vec![0.0; points.width],
        noise: None,
        outcome: converged(format!("{} found", counted(values.len(), "component"))),
        trace: Vec::new(),
    }
}

/// By the covariance of the columns, or the inner products of the rows where they are fewer.
fn exact(points: &Points, wanted: usize, run: &Run) -> Result<Found> {
    let (rows, width) = (points.rows(), points.width);
    if width <= rows || width <= FORMED {
        let all = scatter(points, run.threads());
        let total = all.iter().step_by(width + 1).sum();
        return Ok(of_values(points, total, leading(&all, width, wanted, run)?));
    }
    // X X' u = lambda u gives X' u / sqrt(lambda), of length 1, with rows scaled by the roots of their weights.
    let root = |row: usize| points.weight(row).sqrt();
    let inner = |i: usize, j: usize| root(i) * root(j) * dot(points.row(i), points.row(j));
    let gram: Vec<f64> = (0..rows * rows).map(|at| inner(at / rows, at % rows)).collect();
    let total = gram.iter().step_by(rows + 1).sum();
    let (values, vectors) = leading(&gram, rows, wanted, run)?;
    let mut components = vec![0.0; values.len() * width];
    for ((component, u), value) in components
        .chunks_exact_mut(width)
        .zip(vectors.chunks_exact(rows))
        .zip(&values)
    {
        let length = value.max(0.0).sqrt().max(f64::MIN_POSITIVE);
        for (row, u) in u.iter().enumerate() {
            let factor = root(row) * u / length;
            component
                .iter_mut()
                .zip(points.row(row))
                .for_each(|(c, x)| *c += factor * x);
        }
    }
    Ok(of_values(points, total, (values, components)))
}

fn of_missing(points: &Points, count: usize, run: &Run) -> Found {
    let (factors, trace, outcome) = em(points, count.max(1), run);
    let (variances, components) = factors.principal();
    let explained: f64 = variances.iter().map(|v| v - factors.noise).sum();
    Found {
        total: explained + factors.noise * points.width as f64,
        variances,
        components,
        noise: Some(factors.noise),
        mean: factors.mean,
        outcome,
        trace,
    }
}

/// How many components the settings keep of those that were found.
fn kept(spec: &Spec, found: &Found, mass: f64) -> usize {
    match spec.n_components {
        Components::All | Components::Number(_) => found.variances.len(),
        Components::Share(share) => {
            let mut sum = 0.0;
            let enough = found.variances.iter().position(|v| {
                sum += v;
                sum > share * found.total
            });
            enough.map_or(found.variances.len(), |at| at + 1)
        }
        Components::Mle => evidence(&found.variances, mass),
    }
}

/// The number of components with the largest evidence (Minka 2000, equation 30 and its Laplace approximation).
fn evidence(variances: &[f64], n: f64) -> usize {
    let d = variances.len();
    let score = |k: usize| ln_evidence(variances, k, n);
    let best =
        (1..d).map(|k| (k, score(k))).fold(
            (1, f64::NEG_INFINITY),
            |best, own| if own.1 > best.1 { own } else { best },
        );
    best.0
}

fn ln_evidence(variances: &[f64], k: usize, n: f64) -> f64 {
    let d = variances.len();
    let pi = std::f64::consts::PI;
    if variances[k - 1] < 1e-15 {
        return f64::NEG_INFINITY;
    }
    let prior: f64 = -(k as f64) * 2.0_f64.ln()
        + (1..=k)
            .map(|i| ln_gamma(0.5 * (d - i + 1) as f64) - 0.5 * (d - i + 1) as f64 * pi.ln())
            .sum::<f64>();
    let kept = -0.5 * n * variances[..k].iter().map(|v| v.ln()).sum::<f64>();
    let rest = (variances[k..].iter().sum::<f64>() / (d - k) as f64).max(1e-15);
    let noise = -0.5 * n * (d - k) as f64 * rest.ln();
    let parameters = (d * k) as f64 - 0.5 * (k * (k + 1)) as f64;
    let volume = 0.5 * (parameters + k as f64) * (2.0 * pi).ln();
    let spectrum = |i: usize| if i < k { variances[i] } else { rest };
    let mut curvature = 0.0;
    for i in 0..k {
        for j in i + 1..d {
            let own = (variances[i] - variances[j]) * (1.0 / spectrum(j) - 1.0 / spectrum(i));
            curvature += own.ln() + n.ln();
        }
    }
    prior + kept + noise + volume - 0.5 * curvature - 0.5 * k as f64 * n.ln()
}

/// sigma^2: the mean variance of the directions that are not kept.
fn noise(found: &Found, kept: usize, width: usize) -> f64 {
    let rest = found.total - found.variances[..kept].iter().sum::<f64>();
    match width > kept {
        true => (rest / (width - kept) as f64).max(0.0),
        false => 0.0,
    }
}

/// The largest coordinate of every component is positive: a direction has no sign of its own.
fn signs(components: &mut [f64], width: usize) {
    for component in components.chunks_exact_mut(width) {
        let largest = component
            .iter()
            .fold(0.0_f64, |best, x| if x.abs() > best.abs() { *x } else { best });
        if largest < 0.0 {
            component.iter_mut().for_each(|x| *x = -*x);
        }
    }
}
