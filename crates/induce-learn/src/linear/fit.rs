//! From a table to a linear model.

use induce_core::parallel::Team;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};
use induce_prob::{Family, Link, Prior};

use super::encode::{Design, encode, offset, shares};
use super::inference::{Fit, infer};
use super::kernels::dot;
use super::likelihood::{Curvature, Likelihood};
use super::loss::Loss;
use super::matrix::{Dense, Matrix, Wanted};
use super::model::{Model, Statistics};
use super::penalty::Penalty;
use super::problem::{Problem, Rules};
use super::smooth::{Ending, Smooth, Solution};
use super::softmax::Classes;
use super::spec::{Spec, Strength};
use super::{gaussian, path};
use crate::dataset::{Dataset, weights};
use crate::schema::Schema;

/// Fit a linear model.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_learn::Dataset;
/// use induce_learn::linear::{Spec, fit};
///
/// let x: Vec<f64> = (0..50).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| 3.0 * x - 1.0 + (x * 7.0).sin()).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let fitted = fit(&Spec::default(), &Dataset::new(&table, &y), &mut Run::new(0))?;
/// let slope = &fitted.model.coefficient_table()[1];
/// assert!((slope.estimate - 3.0).abs() < 0.01 && slope.p.is_some_and(|p| p < 1e-10));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of range, a target outside the family's support, or a value missing or infinite.
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    data.check()?;
    let mut spec = spec.clone();
    if matches!(spec.lambda, Strength::Fixed(0.0)) {
        spec.prior = "none".into();
    }
    let mut schema = Schema::of(data.table)?;
    schema.classes = data.classes.to_vec();
    let weight = weights(&spec.class_weight, data)?;
    let equal = weight.is_none();
    let (weight, rows) = shares(weight.as_deref(), data.target.len());
    let family = spec.family(data.classes.len())?;
    let offset = offset(data.table, &spec.offset)?;
    Team::with(run.threads(), |team| {
        let design = encode(
            data.table,
            &schema,
            &spec,
            (!equal).then_some(&weight[..]),
            team,
            run,
        )?;
        let setting = Setting {
            spec: &spec,
            schema: &schema,
            design,
            weight: &weight,
            rows,
        };
        match family {
            None => setting.multinomial(data, offset.is_some(), team, run),
            Some(family) => {
                family.check(data.target)?;
                setting.one_output(family, data, offset.as_deref(), team, run)
            }
        }
    })
}

/// What both kinds of fits share.
struct Setting<'a> {
    spec: &'a Spec,
    schema: &'a Schema,
    design: Design<'a>,
    weight: &'a [f64],
    rows: f64,
}

/// A target less its mean and over its deviation, for squared loss.
struct Response {
    values: Vec<f64>,
    centre: f64,
    unit: f64,
}

impl Response {
    fn new(
        target: &[f64],
        offset: Option<&[f64]>,
        weight: &[f64],
        standardise: bool,
        intercept: bool,
    ) -> Self {
        let less = |i: usize| target[i] - offset.map_or(0.0, |o| o[i]);
        let mut values: Vec<f64> = (0..target.len()).map(less).collect();
        let (mut centre, mut unit) = (0.0, 1.0);
        if standardise {
            // Relative to the largest, so that squares of 1e200 stay in range.
            let size = values
                .iter()
                .fold(0.0_f64, |m, v| m.max(v.abs()))
                .max(f64::MIN_POSITIVE);
            values.iter_mut().for_each(|v| *v /= size);
            centre = if intercept { dot(&values, weight) } else { 0.0 };
            values.iter_mut().for_each(|v| *v -= centre);
            let square: f64 = values.iter().zip(weight).map(|(v, w)| w * v * v).sum();
            let deviation = square.sqrt();
            let deviation = if deviation > 1e-14 { deviation } else { 1.0 };
            values.iter_mut().for_each(|v| *v /= deviation);
            (centre, unit) = (centre * size, deviation * size);
        }
        Self { values, centre, unit }
    }
}

impl Setting<'_> {
    fn one_output(
        self,
        family: Family,
        data: &Dataset,
        offset: Option<&[f64]>,
        team: &mut Team,
        run: &Run,
    ) -> Result<Fitted<Model>> {
        let spec = self.spec;
        let link = spec.link(family);
        let squared = family == Family::Gaussian && link == Link::Identity;
        let kept = offset.filter(|_| squared);
        let response = Response::new(data.target, kept, self.weight, squared, spec.fit_intercept);
        let likelihood = Likelihood {
            family,
            link,
            target: &response.values,
            weight: self.weight,
            offset: offset.filter(|_| !squared),
            curvature: Curvature::Observed,
        };
        let mut problem = Problem {
            matrix: &self.design.matrix,
            likelihood,
            moments: None,
            intercept: spec.fit_intercept,
            rules: Rules {
                solver: &spec.solver,
                tolerance: spec.tolerance,
                max_steps: spec.max_iterations,
            },
        };
        let null = self.null(&problem, team, run);
        let (loss, slopes) = likelihood.at_constant(if spec.fit_intercept {
            null[null.len() - 1]
        } else {
            0.0
        });
        if !loss.is_finite() {
            return Err(no_start(family, link));
        }
        problem.rules.tolerance = spec.tolerance * slopes;
        let mut penalty = self.penalty(response.unit, spec.prior())?;
        let moments = problem.moments(team, &penalty)?;
        problem.moments = moments.as_ref();
        let mut notes = self.design.notes.clone();
        let (solution, solver) = self.solve(&problem, team, run, &mut penalty, &null, &mut notes)?;
        let mut decided = spec.clone();
        decided.family = family.name().into();
        decided.link = if spec.link == "power" {
            "power".into()
        } else {
            self.link_name(link)
        };
        if spec.prior != "none" {
            decided.lambda = Strength::Fixed(penalty.lambda);
        }
        let fit = Fit {
            problem: &problem,
            penalty: &penalty,
            beta: &solution.beta,
            null: &null,
            rows: self.rows,
            response: response.unit,
            covariance: &spec.covariance,
        };
        let (mut statistics, covariance, more) = infer(&fit, team);
        notes.extend(more);
        statistics.gap = problem.gap(team, &penalty, &solution.beta);
        (statistics.solver, statistics.gradient) = (solver.into(), solution.gradient);
        notes.extend(self.rank_note(&solution));
        let separated = separation(&problem, &penalty, &solution.beta, &self.design, team);
        let outcome = outcome(
            &solution,
            &statistics,
            problem.rules.tolerance,
            separated.as_deref(),
        );
        notes.extend(separated);
        let (coefficients, intercept) = self.user_units(&solution.beta, response.centre, response.unit);
        let model = Model {
            schema: self.schema.clone(),
            spec: decided,
            family: Some(family),
            link,
            terms: self.design.terms,
            coefficients,
            intercepts: vec![intercept],
            statistics,
            covariance,
            response: if squared { response.unit } else { 1.0 },
            notes,
        };
        finish(model, outcome, &solution)
    }

    /// Solve for the lambda that was asked for, choosing it first if it was not.
    fn solve(
        &self,
        problem: &Problem,
        team: &mut Team,
        run: &Run,
        penalty: &mut Penalty,
        null: &[f64],
        notes: &mut Vec<String>,
    ) -> Result<(Solution, &'static str)> {
        if penalty.prior == Prior::None {
            return problem.solve(team, run, penalty, null.to_vec());
        }
        if let Strength::Fixed(lambda) = self.spec.lambda {
            penalty.lambda = lambda;
            let mut start = null.to_vec();
            if !penalty.prior.is_convex() {
                // A mode near the origin: the one that the path from the empty model leads to.
                let at_null = problem.pass(team, null, Wanted::default());
                let mut lambdas = path::lambdas(&at_null, penalty, problem.matrix.rows());
                lambdas.retain(|l| *l > lambda);
                start = path::along(problem, team, run, penalty, &lambdas, null)?
                    .pop()
                    .unwrap_or(start);
            }
            return problem.solve(team, run, penalty, start);
        }
        let evident = problem.is_quadratic() && penalty.prior == Prior::Gaussian && !penalty.is_bounded();
        if evident && self.spec.lambda != Strength::CrossValidation && problem.matrix.columns() <= 1500 {
            let wanted = Wanted {
                hessian: true,
                ..Wanted::default()
            };
            let at_zero = problem.pass(team, &vec![0.0; null.len()], wanted);
            penalty.lambda = gaussian::evidence(&at_zero, &penalty.bend, self.rows, problem.intercept);
            notes.push(format!("lambda {:.4e} has the largest evidence", penalty.lambda));
            return problem.solve(team, run, penalty, null.to_vec());
        }
        if self.spec.lambda == Strength::Evidence {
            let reason = "the evidence has a closed form for the Gaussian family and prior only, with up to 1500 columns";
            return Err(Error::setting("lambda", "evidence", reason));
        }
        if problem.matrix.rows() < 2 {
            return Err(Error::data(
                "one row cannot be cross-validated",
                "give `lambda` a number, or more rows",
            ));
        }
        let at_null = problem.pass(team, null, Wanted::default());
        let lambdas = path::lambdas(&at_null, penalty, problem.matrix.rows());
        let best = path::cross_validate(problem, team, run, penalty, &lambdas, null, self.spec.folds)?;
        penalty.lambda = lambdas[best];
        notes.push(format!(
            "lambda {:.4e} has the least loss in {} folds, of {} tried",
            lambdas[best],
            self.spec.folds,
            lambdas.len()
        ));
        if best + 1 == lambdas.len() {
            notes.push("it is the least that was tried: the prior hardly helps".into());
        }
        let start = if penalty.prior.is_smooth() {
            null.to_vec()
        } else {
            path::along(problem, team, run, penalty, &lambdas[..=best], null)?
                .pop()
                .unwrap_or_else(|| null.to_vec())
        };
        problem.solve(team, run, penalty, start)
    }

    /// The coefficients of the intercept alone.
    fn null(&self, problem: &Problem, team: &mut Team, run: &Run) -> Vec<f64> {
        let p = self.design.matrix.columns();
        let mut null = vec![0.0; p];
        let l = problem.likelihood;
        if !self.spec.fit_intercept {
            return null;
        }
        let mean = dot(l.target, l.weight);
        let start = match l.family {
            Family::Bernoulli => l.link.score_of(mean.clamp(1e-9, 1.0 - 1e-9)),
            Family::Gaussian => l.link.score_of(mean),
            _ => l.link.score_of(mean.max(1e-9)),
        };
        let shift = l.offset.map_or(0.0, |o| dot(o, l.weight));
        null[p - 1] = start - shift;
        if l.offset.is_some() {
            let ones = Matrix::Dense(Dense {
                rows: l.target.len(),
                columns: vec![vec![1.0; l.target.len()].into()],
            });
            let alone = Smooth {
                loss: Loss {
                    matrix: &ones,
                    rows: &problem.likelihood,
                    moments: None,
                },
                ridge: &[0.0],
                tolerance: 1e-12,
                max_steps: 50,
                ..problem.smooth(&[])
            };
            null[p - 1] = alone.newton(team, run, vec![null[p - 1]]).beta[0];
        }
        null
    }

    fn penalty(&self, response: f64, prior: Prior) -> Result<Penalty> {
        let spec = self.spec;
        let intercept = usize::from(spec.fit_intercept);
        let scale = |t: &super::Term| t.scale;
        let unit = |t: &super::Term| {
            if spec.standardise {
                response
            } else {
                response / scale(t)
            }
        };
        let bend = |t: &super::Term| {
            if spec.standardise {
                1.0
            } else {
                (1.0 / scale(t)).powi(2)
            }
        };
        let terms = &self.design.terms;
        let with = |values: Vec<f64>, last: f64| values.into_iter().chain(vec![last; intercept]).collect();
        let bound = |map: &std::collections::BTreeMap<String, f64>, usual: f64| -> Result<Vec<f64>> {
            let known = || {
                terms
                    .iter()
                    .map(|t| t.name.clone())
                    .chain(self.schema.names())
                    .collect()
            };
            if let Some(name) = map
                .keys()
                .find(|n| !self.schema.names().contains(n) && !terms.iter().any(|t| t.name == **n))
            {
                return Err(Error::UnknownColumn {
                    name: name.clone(),
                    known: known(),
                });
            }
            let of = |t: &super::Term| {
                let column = &self.schema.features[t.feature].name;
                map.get(&t.name)
                    .or_else(|| map.get(column))
                    .copied()
                    .unwrap_or(usual)
            };
            Ok(terms.iter().map(|t| of(t) * (scale(t) / response)).collect())
        };
        let lower = bound(&spec.lower, if spec.positive { 0.0 } else { f64::NEG_INFINITY })?;
        let upper = bound(&spec.upper, f64::INFINITY)?;
        if let Some(j) =
            (0..lower.len()).find(|&j| lower[j] > upper[j] || lower[j].is_nan() || upper[j].is_nan())
        {
            return Err(Error::setting(
                "lower",
                &terms[j].name,
                "it must not be above `upper`",
            ));
        }
        Ok(Penalty {
            prior,
            lambda: 0.0,
            unit: with(terms.iter().map(unit).collect(), 1.0),
            bend: with(terms.iter().map(bend).collect(), 0.0),
            lower: with(lower, f64::NEG_INFINITY),
            upper: with(upper, f64::INFINITY),
        })
    }

    /// Coefficients and intercept for the columns as they are.
    fn user_units(&self, beta: &[f64], centre: f64, unit: f64) -> (Vec<f64>, f64) {
        let terms = &self.design.terms;
        let coefficients = terms
            .iter()
            .zip(beta)
            .map(|(t, b)| b * (unit / t.scale))
            .collect();
        let shift: f64 = terms
            .iter()
            .zip(beta)
            .map(|(t, b)| b * (t.centre / t.scale))
            .sum();
        let own = if self.spec.fit_intercept {
            beta[terms.len()]
        } else {
            0.0
        };
        (coefficients, centre + unit * (own - shift))
    }

    fn rank_note(&self, solution: &Solution) -> Option<String> {
        let columns = self.design.matrix.columns();
        let rank = solution.rank.filter(|&rank| rank < columns)?;
        let intercept = usize::from(self.spec.fit_intercept);
        Some(format!(
            "the rank of the design is {}, less than its {} columns: some are combinations of others, and of all \
             best fits this is the shortest; drop columns, or set `prior=gaussian`",
            rank.saturating_sub(intercept),
            columns - intercept
        ))
    }

    fn link_name(&self, link: Link) -> String {
        match link {
            Link::Power(-2.0) => "inverse-squared".into(),
            Link::Power(0.5) => "sqrt".into(),
            other => other.name(),
        }
    }

    fn multinomial(self, data: &Dataset, offset: bool, team: &mut Team, run: &Run) -> Result<Fitted<Model>> {
        let spec = self.spec;
        let classes = data.classes.len();
        let prior = spec.prior();
        if classes < 2
            || offset
            || !prior.is_smooth()
            || spec.positive
            || !spec.lower.is_empty()
            || !spec.upper.is_empty()
        {
            return Err(Error::data(
                "the multinomial likelihood needs classes, no offset, no bounds, and a Gaussian prior or none",
                "use `--set prior=gaussian`, or a target of two classes",
            ));
        }
        let mut penalty = self.penalty(1.0, prior)?;
        penalty.lambda = match (spec.lambda, prior) {
            (_, Prior::None) => 0.0,
            (Strength::Fixed(lambda), _) => lambda,
            // The unit-information prior: as much as one row says.
            _ => 1.0 / self.rows,
        };
        let ridge = penalty.ridges();
        let problem = Classes {
            matrix: &self.design.matrix,
            target: data.target,
            weight: self.weight,
            classes,
            ridge: &ridge,
        };
        let p = self.design.matrix.columns();
        let mut share = vec![0.0; classes];
        data.target
            .iter()
            .zip(self.weight)
            .for_each(|(&y, w)| share[y as usize] += w);
        let mut start = vec![0.0; classes * p];
        if spec.fit_intercept {
            let logs: Vec<f64> = share.iter().map(|s| s.max(1e-9).ln()).collect();
            let mean = logs.iter().sum::<f64>() / classes as f64;
            (0..classes).for_each(|c| start[c * p + p - 1] = logs[c] - mean);
        }
        let solution = problem.minimise(team, run, start, spec.tolerance, spec.max_iterations);
        let (mut coefficients, mut intercepts) = (Vec::new(), Vec::new());
        for beta in solution.beta.chunks_exact(p.max(1)) {
            let (own, intercept) = self.user_units(beta, 0.0, 1.0);
            coefficients.extend(own);
            intercepts.push(intercept);
        }
        intercepts.resize(classes, 0.0);
        let entropy: f64 = share.iter().filter(|s| **s > 0.0).map(|s| -s * s.ln()).sum();
        let loss = solution.value
            - 0.5
                * solution
                    .beta
                    .iter()
                    .enumerate()
                    .map(|(c, b)| ridge[c % p] * b * b)
                    .sum::<f64>();
        let free = ((classes - 1) * p) as f64;
        let log_likelihood = -self.rows * loss;
        let statistics = Statistics {
            rows: self.rows,
            parameters: free,
            residual_df: self.rows - free,
            dispersion: 1.0,
            deviance: 2.0 * self.rows * loss,
            null_deviance: 2.0 * self.rows * entropy,
            log_likelihood,
            aic: -2.0 * log_likelihood + 2.0 * free,
            bic: -2.0 * log_likelihood + self.rows.ln() * free,
            solver: "L-BFGS".into(),
            gradient: solution.gradient,
            ..Statistics::default()
        };
        let outcome = outcome(&solution, &statistics, spec.tolerance, None);
        let mut decided = spec.clone();
        (decided.family, decided.link) = ("multinomial".into(), "auto".into());
        decided.lambda = Strength::Fixed(penalty.lambda);
        let model = Model {
            schema: self.schema.clone(),
            spec: decided,
            family: None,
            link: Link::Softmax,
            terms: self.design.terms,
            coefficients,
            intercepts,
            statistics,
            covariance: Vec::new(),
            response: 1.0,
            notes: self.design.notes,
        };
        finish(model, outcome, &solution)
    }
}

fn no_start(family: Family, link: Link) -> Error {
    Error::data(
        format!(
            "the {} family has no finite loss at the start under the link `{}`",
            family.name(),
            link.name()
        ),
        "another link, such as `log` or `logit`, gives every score a mean",
    )
}

/// Whether the classes are separated: the likelihood then rises for ever, and no finite coefficients are best.
fn separation(
    problem: &Problem,
    penalty: &Penalty,
    beta: &[f64],
    design: &Design,
    team: &mut Team,
) -> Option<String> {
    let l = &problem.likelihood;
    if l.family != Family::Bernoulli
        || penalty.prior != Prior::None
        || penalty.is_bounded()
        || design.terms.is_empty()
    {
        return None;
    }
    let margin = |i: usize, eta: f64| (2.0 * l.target[i] - 1.0) * (eta + l.offset.map_or(0.0, |o| o[i]));
    let eta = problem.matrix.times(team, beta);
    let counted = || (0..eta.len()).filter(|&i| l.weight[i] > 0.0);
    let certain = counted().all(|i| l.target[i] == 0.0 || l.target[i] == 1.0);
    let advice = "their coefficients have no finite best value; set `prior=gaussian`, or drop a column";
    if certain && counted().all(|i| margin(i, eta[i]) > 0.0) {
        return Some(format!(
            "a combination of the columns separates the classes completely: {advice}"
        ));
    }
    // Some rows are certain to the last digit while others are not: their side of the data has one class.
    let sure = counted().any(|i| margin(i, eta[i]) > 16.0);
    let far = (0..design.terms.len())
        .filter(|&j| beta[j].abs() > 5.0)
        .max_by(|&a, &b| beta[a].abs().total_cmp(&beta[b].abs()));
    let worst = far.filter(|_| sure)?;
    Some(format!(
        "`{}` or a combination with it separates some rows by class: {advice}",
        design.terms[worst].name
    ))
}

fn outcome(solution: &Solution, s: &Statistics, tolerance: f64, separated: Option<&str>) -> Outcome {
    if let Some(reason) = separated {
        return Outcome::Stopped {
            reason: reason.into(),
        };
    }
    let steps = solution.steps;
    let plural = if steps == 1 { "step" } else { "steps" };
    let gap = s
        .gap
        .map_or_else(String::new, |gap| format!(", duality gap {gap:.1e}"));
    let found = format!(
        "{} found slopes of at most {:.1e}{gap} after {steps} {plural}",
        s.solver, solution.gradient
    );
    match &solution.ending {
        Ending::Converged => Outcome::Converged { reason: found },
        Ending::Stalled if solution.gradient <= 1e3 * tolerance => Outcome::Converged {
            reason: format!("{found}: rounding allows no better"),
        },
        Ending::Stalled => Outcome::Exhausted {
            reason: format!(
                "{found}, and no step lowers the objective further; another `link` or a prior may help"
            ),
        },
        Ending::Exhausted => Outcome::Exhausted {
            reason: format!("{found}, more than the {tolerance:.1e} asked for; raise `max_iterations`"),
        },
        Ending::Stopped(why) => Outcome::Stopped {
            reason: format!("{why}: {found}"),
        },
    }
}

fn finish(model: Model, outcome: Outcome, solution: &Solution) -> Result<Fitted<Model>> {
    if let Some(reason) = model.fault() {
        return Err(Error::data(
            format!("the fit came to no usable model: {reason}"),
            "set a prior (`--set prior=gaussian`), or look for extreme values in the table",
        ));
    }
    let points = solution
        .trace
        .iter()
        .enumerate()
        .map(|(k, v)| (k as u64 + 1, *v))
        .collect();
    let trace = Trace {
        split: "train".into(),
        metric: "objective".into(),
        points,
    };
    let report = FitReport {
        steps: solution.steps as u64,
        traces: vec![trace],
    };
    Ok(Fitted {
        model,
        outcome,
        report,
    })
}
