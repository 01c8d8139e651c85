//! More than two classes.

use induce_core::parallel::Team;
use induce_core::{Error, Fitted, Result, Run};
use induce_prob::{Link, Prior, special};

use super::Setting;
use super::outcome::{finish, outcome};
use crate::linear::inference::USUAL;
use crate::linear::model::{Model, Statistics, Test};
use crate::linear::penalty::Penalty;
use crate::linear::smooth::Solution;
use crate::linear::softmax::{Classes, Information, Shrinkage};
use crate::linear::spec::{Covariance, FamilyChoice, Lambda, LinkChoice};

impl Setting<'_> {
    /// The model of the multinomial likelihood.
    pub(super) fn multinomial(self, offset: bool, team: &mut Team, run: &Run) -> Result<Fitted<Model>> {
        let spec = self.spec;
        self.check_multinomial(offset)?;
        let mut penalty = self.penalty(1.0, spec.prior())?;
        let mut notes = self.design.notes.clone();
        let fraction = self.class_weights();
        let null = self.null_of_classes(&fraction);
        penalty.lambda = self.lambda_of_classes(&penalty, &null, team, run, &mut notes)?;
        let shrinkage = Shrinkage::of(&penalty);
        let problem = self.problem(&shrinkage);
        let begin = self.start(fraction.len(), 0.0, 1.0).unwrap_or(null);
        let solution = problem.minimise(team, run, begin, spec.tolerance, spec.max_iterations);
        let loss = self
            .problem(&Shrinkage::none(self.design.matrix.columns()))
            .at(team, &solution.beta)
            .0;
        let (statistics, covariance) =
            self.what_is_known(&problem, &solution, (loss, &fraction), team, &mut notes);
        let separated = separation(&problem, &penalty, &solution.beta, spec.fit_intercept, team);
        let outcome = outcome(&solution, &statistics, spec.tolerance, separated.as_deref());
        notes.extend(separated);
        let (coefficients, intercepts) = self.user_units_of_classes(&solution.beta);
        let mut decided = spec.clone();
        (decided.family, decided.link) = (FamilyChoice::Multinomial, LinkChoice::Auto);
        decided.lambda = Lambda::Fixed(penalty.lambda);
        let model = Model {
            schema: self.schema.clone(),
            spec: decided,
            family: None,
            link: Link::Softmax,
            terms: self.design.terms,
            coefficients,
            intercepts,
            statistics,
            covariance,
            response: 1.0,
            notes,
        };
        finish(model, outcome, &solution)
    }

    fn check_multinomial(&self, offset: bool) -> Result<()> {
        let spec = self.spec;
        let bounded = spec.positive || !spec.lower.is_empty() || !spec.upper.is_empty();
        if self.classes.len() < 2 || offset || !spec.prior().is_convex() || bounded {
            return Err(Error::data(
                "the multinomial likelihood needs classes, no offset, no bounds, and a convex prior or none",
                "use `--set prior=gaussian`, `laplace` or `elastic-net`, or a target of two classes",
            ));
        }
        if matches!(spec.covariance, Covariance::Hc2 | Covariance::Hc3) {
            let reason = "a row of several classes has no single leverage; use `hc0` or `hc1`";
            return Err(Error::setting("covariance", spec.covariance, reason));
        }
        let known = |y: f64| y >= 0.0 && y < self.classes.len() as f64 && y.fract() == 0.0;
        if let Some(row) = self.target.iter().position(|&y| !known(y)) {
            let (y, count) = (self.target[row], self.classes.len());
            return Err(Error::data(
                format!(
                    "the target of row {} is {y}, which is no index of {count} classes",
                    row + 1
                ),
                "number the classes from 0",
            ));
        }
        Ok(())
    }

    fn problem<'b>(&'b self, shrinkage: &'b Shrinkage) -> Classes<'b> {
        Classes {
            matrix: &self.design.matrix,
            target: self.target,
            weight: self.weight,
            classes: self.classes.len(),
            shrinkage,
        }
    }

    fn class_weights(&self) -> Vec<f64> {
        let mut fraction = vec![0.0; self.classes.len()];
        let rows = self.target.iter().zip(self.weight);
        rows.for_each(|(&y, w)| fraction[y as usize] += w);
        fraction
    }

    /// The coefficients of the null model.
    fn null_of_classes(&self, fraction: &[f64]) -> Vec<f64> {
        let p = self.design.matrix.columns();
        let mut null = vec![0.0; fraction.len() * p];
        if self.spec.fit_intercept {
            let logs: Vec<f64> = fraction.iter().map(|s| s.max(1e-9).ln()).collect();
            let mean = logs.iter().sum::<f64>() / fraction.len() as f64;
            (0..fraction.len()).for_each(|c| null[c * p + p - 1] = logs[c] - mean);
        }
        null
    }

    /// The lambda that was asked for; by cross-validation if it is to be chosen, as there is no closed evidence.
    fn lambda_of_classes(
        &self,
        penalty: &Penalty,
        null: &[f64],
        team: &mut Team,
        run: &Run,
        notes: &mut Vec<String>,
    ) -> Result<f64> {
        let spec = self.spec;
        match spec.lambda {
            _ if penalty.prior == Prior::None => return Ok(0.0),
            Lambda::Fixed(lambda) => return Ok(lambda),
            Lambda::Evidence => {
                let reason = "the evidence has a closed form for the Gaussian family and prior only";
                return Err(Error::setting("lambda", "evidence", reason));
            }
            Lambda::Auto | Lambda::CrossValidation => {}
        }
        if self.target.len() < 2 {
            return Err(super::lambda::one_row());
        }
        let free = Shrinkage::none(self.design.matrix.columns());
        let problem = self.problem(&free);
        let lambdas = problem.lambdas(team, penalty, null);
        let rules = (spec.folds, spec.tolerance, spec.max_iterations);
        let best = problem.cross_validate(team, run, penalty, &lambdas, null, rules)?;
        notes.extend(super::lambda::chosen(&lambdas, best, spec.folds));
        Ok(lambdas[best])
    }

    /// Statistics and the covariance of the coefficients; `loss` is the mean without the penalty.
    fn what_is_known(
        &self,
        problem: &Classes,
        solution: &Solution,
        (loss, fraction): (f64, &[f64]),
        team: &mut Team,
        notes: &mut Vec<String>,
    ) -> (Statistics, Vec<f64>) {
        let width = solution.beta.len();
        let kinks = problem.shrinkage.has_kinks();
        let asked = match self.spec.covariance {
            _ if kinks => Covariance::None,
            Covariance::Auto if width <= USUAL => Covariance::Model,
            Covariance::Auto => Covariance::None,
            other => other,
        };
        let information =
            (asked != Covariance::None).then(|| Information::new(problem, team, &solution.beta, self.rows));
        let most = (width - width / fraction.len()) as f64;
        let parameters = match &information {
            Some(information) => information.parameters,
            None if kinks => solution.beta.iter().filter(|b| **b != 0.0).count() as f64,
            None => most,
        };
        let mut s = self.statistics(loss, fraction, parameters);
        (s.solver, s.gradient) = (problem.solver().into(), solution.gradient);
        let Some(information) = information else {
            if kinks {
                notes.push("no standard errors: under a prior with kinks estimates are not normal".into());
            }
            return (s, Vec::new());
        };
        if s.residual_df <= 0.0 {
            notes.push("no standard errors: there are as many parameters as rows".into());
            return (s, Vec::new());
        }
        let penalised = problem.shrinkage.ridge.iter().any(|r| *r > 0.0);
        let kind = if asked == Covariance::Model && penalised {
            "posterior"
        } else {
            asked.name()
        };
        s.covariance = Some(kind.into());
        if asked == Covariance::Model {
            return (s, information.inverse);
        }
        let mut covariance = information.sandwich(problem, team, self.rows);
        if asked == Covariance::Hc1 {
            covariance
                .iter_mut()
                .for_each(|v| *v *= self.rows / s.residual_df);
        }
        (s, covariance)
    }

    fn statistics(&self, loss: f64, fraction: &[f64], parameters: f64) -> Statistics {
        let null = if self.spec.fit_intercept {
            fraction.iter().filter(|s| **s > 0.0).map(|s| -s * s.ln()).sum()
        } else {
            (fraction.len() as f64).ln()
        };
        let log_likelihood = -self.rows * loss;
        let mut s = Statistics {
            rows: self.rows,
            parameters,
            residual_df: self.rows - parameters,
            dispersion: 1.0,
            deviance: 2.0 * self.rows * loss,
            null_deviance: 2.0 * self.rows * null,
            log_likelihood,
            aic: -2.0 * log_likelihood + 2.0 * parameters,
            bic: -2.0 * log_likelihood + self.rows.ln() * parameters,
            ..Statistics::default()
        };
        let intercepts = usize::from(self.spec.fit_intercept) * (fraction.len() - 1);
        let df = (parameters - intercepts as f64).round();
        if self.spec.prior() == Prior::None && df > 0.0 && s.residual_df > 0.0 {
            let statistic = s.null_deviance - s.deviance;
            s.test = Some(Test {
                name: "likelihood ratio".into(),
                statistic,
                df,
                denominator_df: None,
                p: special::chi_squared_tail(statistic, df),
            });
        }
        s
    }

    fn user_units_of_classes(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut coefficients, mut intercepts) = (Vec::new(), Vec::new());
        for own in beta.chunks_exact(self.design.matrix.columns().max(1)) {
            let (own, intercept) = self.user_units(own, 0.0, 1.0);
            coefficients.extend(own);
            intercepts.push(intercept);
        }
        intercepts.resize(self.classes.len(), 0.0);
        (coefficients, intercepts)
    }
}

/// Whether every row's own class has the largest score: larger coefficients of the same ratios then fit ever better.
fn separation(
    problem: &Classes,
    penalty: &Penalty,
    beta: &[f64],
    intercept: bool,
    team: &mut Team,
) -> Option<String> {
    let alone = problem.matrix.columns() - usize::from(intercept) == 0;
    if penalty.prior != Prior::None || alone {
        return None;
    }
    let (n, chances) = (problem.matrix.rows(), problem.chances(team, beta));
    let largest = |i: usize| {
        let own = problem.target[i] as usize;
        (0..problem.classes).all(|c| c == own || chances[c * n + i] < chances[own * n + i])
    };
    let counted = |i: &usize| problem.weight[*i] > 0.0;
    (0..n).filter(counted).all(largest).then(|| {
        "combinations of the columns separate the classes completely: their coefficients have no finite best value; \
         set `prior=gaussian`, or drop a column"
            .into()
    })
}
