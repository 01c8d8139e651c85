//! More than two classes.

use induce_core::parallel::Team;
use induce_core::{Error, Fitted, Result, Run};
use induce_prob::{Link, Prior};

use super::Setting;
use super::outcome::{finish, outcome};
use crate::linear::model::{Model, Statistics};
use crate::linear::softmax::Classes;
use crate::linear::spec::Strength;

impl Setting<'_> {
    /// The model of the multinomial likelihood.
    pub(super) fn multinomial(self, offset: bool, team: &mut Team, run: &Run) -> Result<Fitted<Model>> {
        let spec = self.spec;
        let classes = self.classes.len();
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
            target: self.target,
            weight: self.weight,
            classes,
            ridge: &ridge,
        };
        let p = self.design.matrix.columns();
        let mut share = vec![0.0; classes];
        self.target
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
