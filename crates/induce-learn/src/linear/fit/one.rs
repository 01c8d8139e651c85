//! Models of one output: every likelihood but the multinomial.

use induce_core::parallel::Team;
use induce_core::{Error, Fitted, Result, Run};
use induce_prob::{Family, Link};

use super::Setting;
use super::outcome::{finish, outcome, separation};
use super::response::Response;
use crate::linear::inference::{Fit, infer};
use crate::linear::kernels::dot;
use crate::linear::likelihood::{Curvature, Likelihood};
use crate::linear::loss::Loss;
use crate::linear::matrix::{Dense, Matrix};
use crate::linear::model::Model;
use crate::linear::path;
use crate::linear::penalty::Penalty;
use crate::linear::problem::{Problem, Rules};
use crate::linear::smooth::{Smooth, Solution};
use crate::linear::spec::{Lambda, LinkChoice, PriorChoice, Spec};

/// A problem in the solver's units.
struct Posed<'a> {
    problem: Problem<'a>,
    penalty: Penalty,
    /// The coefficients of the null model.
    null: Vec<f64>,
    /// Shift and scale of the target.
    centre: f64,
    unit: f64,
}

impl Setting<'_> {
    /// Call `f` with the problem of these rows under `family`.
    fn posed<R>(
        &self,
        family: Family,
        offset: Option<&[f64]>,
        team: &mut Team,
        run: &Run,
        f: impl FnOnce(Posed, &mut Team) -> Result<R>,
    ) -> Result<R> {
        let spec = self.spec;
        let link = spec.link(family);
        let squared = family == Family::Gaussian && link == Link::Identity;
        let kept = offset.filter(|_| squared);
        let response = Response::new(self.target, kept, self.weight, squared, spec.fit_intercept);
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
                solver: spec.solver,
                tolerance: spec.tolerance,
                max_steps: spec.max_iterations,
            },
        };
        let null = self.null(&problem, team, run);
        let intercept = if spec.fit_intercept {
            null[null.len() - 1]
        } else {
            0.0
        };
        let (loss, residual) = likelihood.at_constant(intercept);
        if !loss.is_finite() {
            return Err(no_start(family, link));
        }
        problem.rules.tolerance = spec.tolerance * residual;
        let penalty = self.penalty(response.unit, spec.prior())?;
        let moments = problem.moments(team, &penalty)?;
        problem.moments = moments.as_ref();
        let posed = Posed {
            problem,
            penalty,
            null,
            centre: response.centre,
            unit: response.unit,
        };
        f(posed, team)
    }

    /// The coefficients and the intercept under every one of falling `lambdas`, each found from the one before.
    pub(super) fn along(
        &self,
        family: Family,
        offset: Option<&[f64]>,
        lambdas: &[f64],
        team: &mut Team,
        run: &Run,
    ) -> Result<Vec<(Vec<f64>, f64)>> {
        self.posed(family, offset, team, run, |posed, team| {
            let found = path::along(&posed.problem, team, run, &posed.penalty, lambdas, &posed.null)?;
            let own = |beta: &Vec<f64>| self.user_units(beta, posed.centre, posed.unit);
            Ok(found.iter().map(own).collect())
        })
    }

    /// The model of `family`.
    pub(super) fn one_output(
        self,
        family: Family,
        offset: Option<&[f64]>,
        team: &mut Team,
        run: &Run,
    ) -> Result<Fitted<Model>> {
        self.posed(family, offset, team, run, |posed, team| {
            self.solved(posed, team, run)
        })
    }

    fn solved(&self, posed: Posed, team: &mut Team, run: &Run) -> Result<Fitted<Model>> {
        let Posed {
            problem,
            mut penalty,
            null,
            centre,
            unit,
        } = posed;
        let (spec, family, link) = (self.spec, problem.likelihood.family, problem.likelihood.link);
        let mut notes = self.design.notes.clone();
        let begin = self.start(1, centre, unit);
        let begin = begin.as_deref().unwrap_or(&null);
        let (solution, solver) = self.solve(&problem, team, run, &mut penalty, (&null, begin), &mut notes)?;
        let fit = Fit {
            problem: &problem,
            penalty: &penalty,
            beta: &solution.beta,
            null: &null,
            rows: self.rows,
            response: unit,
            covariance: spec.covariance,
        };
        let (mut statistics, covariance, more) = infer(&fit, team);
        notes.extend(more);
        statistics.gap = problem.gap(team, &penalty, &solution.beta);
        (statistics.solver, statistics.gradient) = (solver.into(), solution.gradient);
        notes.extend(self.rank_note(&solution));
        let separated = separation(&problem, &penalty, &solution.beta, &self.design, team);
        let tolerance = problem.rules.tolerance;
        let outcome = outcome(&solution, &statistics, tolerance, separated.as_deref());
        notes.extend(separated);
        let (coefficients, intercept) = self.user_units(&solution.beta, centre, unit);
        let model = Model {
            schema: self.schema.clone(),
            spec: decided(spec, family, link, penalty.lambda),
            family: Some(family),
            link,
            terms: self.design.terms.clone(),
            coefficients,
            intercepts: vec![intercept],
            statistics,
            covariance,
            response: if problem.is_quadratic() { unit } else { 1.0 },
            notes,
        };
        finish(model, outcome, &solution)
    }

    /// The coefficients of the null model.
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
            _ if mean > 0.0 => l.link.score_of(mean),
            _ => l.link.score_of(1e-9),
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
}

/// The settings with `auto` and lambda decided.
fn decided(spec: &Spec, family: Family, link: Link, lambda: f64) -> Spec {
    let mut decided = spec.clone();
    decided.family = family.name().parse().unwrap_or(spec.family);
    if spec.link != LinkChoice::Power {
        decided.link = link_name(link).parse().unwrap_or(spec.link);
    }
    if spec.prior != PriorChoice::None {
        decided.lambda = Lambda::Fixed(lambda);
    }
    decided
}

fn link_name(link: Link) -> String {
    match link {
        Link::Power(-2.0) => "inverse-squared".into(),
        Link::Power(0.5) => "sqrt".into(),
        other => other.name(),
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
