//! One fit's problem in the solver's units, and the choice of the solver.

use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_prob::{Family, Link, Prior};

use super::composite::{Composite, duality_gap};
use super::gaussian::dual;
use super::likelihood::{Curvature, Likelihood};
use super::loss::Loss;
use super::lsmr::Lsmr;
use super::matrix::{Matrix, Pass, Wanted};
use super::penalty::Penalty;
use super::smooth::{Ending, Metric, Smooth, Solution};
use super::spec::Solver;
use induce_core::linalg::Cholesky;

/// The inputs of a solver.
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// The design.
    pub matrix: &'a Matrix<'a>,
    /// Family, link, targets, weights that sum to 1 (over the rows that count), offsets.
    pub likelihood: Likelihood<'a>,
    /// For squared loss, what [`Problem::moments`] has found, if it was asked.
    pub moments: Option<&'a Pass>,
    /// Whether the last column is the intercept.
    pub intercept: bool,
    /// Tolerance and limits.
    pub rules: Rules,
}

/// The solver settings of the user.
#[derive(Clone, Copy)]
pub struct Rules {
    /// The solver's name, or `auto`.
    pub solver: Solver,
    /// Largest entry of the gradient that counts as zero.
    pub tolerance: f64,
    /// Most steps.
    pub max_steps: usize,
}

/// What finds the minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    CoordinateDescent,
    Dual,
    Lsmr,
    Lbfgs,
    Cholesky,
    Newton,
    NewtonCg,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::CoordinateDescent => "coordinate descent",
            Self::Dual => "dual",
            Self::Lsmr => "LSMR",
            Self::Lbfgs => "L-BFGS",
            Self::Cholesky => "Cholesky",
            Self::Newton => "Newton",
            Self::NewtonCg => "Newton-CG",
        }
    }
}

/// Rows to columns from which a fit to a sample of the rows comes first.
const SAMPLED: usize = 40;

/// Columns up to which Newton's method factors the Hessian.
const NEWTON: usize = 2000;

impl Problem<'_> {
    /// Whether the loss is quadratic in the scores.
    pub fn is_quadratic(&self) -> bool {
        self.likelihood.family == Family::Gaussian && self.likelihood.link == Link::Identity
    }

    /// The minimum under `penalty`, from `start`, and the name of what found it.
    pub fn solve(
        &self,
        team: &mut Team,
        run: &Run,
        penalty: &Penalty,
        start: Vec<f64>,
    ) -> Result<(Solution, &'static str)> {
        let smooth = penalty.prior.is_smooth() && !penalty.is_bounded();
        let algorithm = self.choose(smooth)?;
        let ridge = penalty.ridges();
        let objective = self.smooth(&ridge);
        let solution = match algorithm {
            Algorithm::CoordinateDescent => self.composite(penalty).minimise(team, run, start),
            Algorithm::Dual => self.by_dual(team, run, &objective, &penalty.factor),
            Algorithm::Lsmr => self.by_lsmr(team, run, &objective, start),
            Algorithm::Lbfgs => self.lbfgs(team, run, &objective, start),
            Algorithm::NewtonCg => objective.newton_cg(team, run, start),
            Algorithm::Cholesky | Algorithm::Newton => objective.newton(team, run, start),
        };
        Ok((solution, algorithm.name()))
    }

    fn choose(&self, smooth: bool) -> Result<Algorithm> {
        let (n, p) = (self.matrix.rows(), self.matrix.columns());
        let fits = n <= NEWTON && matches!(self.matrix, Matrix::Dense(_)) && self.is_quadratic();
        let quadratic = self.is_quadratic();
        Ok(match (self.rules.solver, smooth) {
            (Solver::Auto | Solver::CoordinateDescent, false) | (Solver::CoordinateDescent, true) => {
                Algorithm::CoordinateDescent
            }
            (other, false) => {
                let reason = "kinks and bounds need `coordinate-descent`";
                return Err(Error::setting("solver", other, reason));
            }
            (Solver::Lsmr, true) if !quadratic => {
                let reason = "it solves squared loss under the identity only; `lbfgs` solves the others";
                return Err(Error::setting("solver", "lsmr", reason));
            }
            (Solver::Lsmr, true) => Algorithm::Lsmr,
            (Solver::Svd, true) if fits => Algorithm::Dual,
            (Solver::Lbfgs, true) => Algorithm::Lbfgs,
            (Solver::Cholesky, true) if quadratic => Algorithm::Cholesky,
            (Solver::Svd | Solver::Cholesky | Solver::Newton, true) => Algorithm::Newton,
            (Solver::Auto, true) if n < p && fits => Algorithm::Dual,
            (Solver::Auto, true) if quadratic && p <= NEWTON => Algorithm::Cholesky,
            (Solver::Auto, true) if quadratic => Algorithm::Lsmr,
            (Solver::Auto, true) if p > NEWTON => Algorithm::NewtonCg,
            (Solver::Auto, true) if self.stride() > 1 => Algorithm::Lbfgs,
            (Solver::Auto, true) => Algorithm::Newton,
        })
    }

    /// Every how many chunks of rows make a sample that tells the Hessian.
    fn stride(&self) -> usize {
        let (n, p) = (self.matrix.rows(), self.matrix.columns());
        let stride = n / (SAMPLED * p).max(8192);
        if stride < 4 || p > NEWTON {
            1
        } else {
            stride.min(32)
        }
    }

    /// The objective for smooth solvers.
    pub fn smooth<'b>(&'b self, ridge: &'b [f64]) -> Smooth<'b> {
        Smooth {
            loss: self.loss(),
            ridge,
            tolerance: self.rules.tolerance,
            max_steps: self.rules.max_steps,
            quadratic: self.is_quadratic(),
            stride: 1,
        }
    }

    /// The objective for coordinate descent.
    pub fn composite<'b>(&'b self, penalty: &'b Penalty) -> Composite<'b> {
        Composite {
            loss: self.loss(),
            penalty,
            tolerance: self.rules.tolerance,
            max_steps: self.rules.max_steps,
            quadratic: self.is_quadratic(),
        }
    }

    /// L-BFGS; where rows are many, from the minimum over a sample of them and with its Hessian as metric, which
    /// makes a handful of passes over all rows enough.
    fn lbfgs(&self, team: &mut Team, run: &Run, objective: &Smooth, start: Vec<f64>) -> Solution {
        let stride = self.stride();
        if stride == 1 {
            return objective.lbfgs(team, run, start, &Metric::Scalar);
        }
        // The sum over the sample is that much smaller, and so is the penalty beside it.
        let p = start.len();
        let fraction = 1.0 / stride as f64;
        let ridge: Vec<f64> = objective.ridge.iter().map(|r| (r + 1e-6) * fraction).collect();
        let sample = Smooth {
            ridge: &ridge,
            stride,
            tolerance: (1e-3 * fraction).max(objective.tolerance),
            max_steps: 12,
            ..*objective
        };
        let found = sample.newton(team, run, start.clone());
        let mut hessian = sample.at(team, &found.beta, true).hessian;
        hessian.iter_mut().for_each(|h| *h *= stride as f64);
        let typical = (0..p).map(|j| hessian[j * p + j]).sum::<f64>() / p as f64;
        (0..p).for_each(|j| hessian[j * p + j] += 1e-6 * typical);
        match Cholesky::new(&hessian, p) {
            Some(factor) if found.value.is_finite() => {
                objective.lbfgs(team, run, found.beta, &Metric::Factor(factor))
            }
            _ => objective.newton(team, run, start),
        }
    }

    fn by_lsmr(&self, team: &mut Team, run: &Run, objective: &Smooth, start: Vec<f64>) -> Solution {
        let lsmr = Lsmr {
            objective,
            likelihood: &self.likelihood,
            intercept: self.intercept,
        };
        lsmr.minimise(team, run, start)
    }

    fn by_dual(&self, team: &mut Team, run: &Run, objective: &Smooth, factor: &[f64]) -> Solution {
        let Matrix::Dense(x) = self.matrix else {
            return objective.newton(team, run, vec![0.0; self.matrix.columns()]);
        };
        let l = &self.likelihood;
        let (beta, rank) = dual(
            team,
            x,
            (objective.ridge, factor),
            l.weight,
            l.target,
            self.intercept,
        );
        let at = objective.at(team, &beta, false);
        let gradient = at.gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
        Solution {
            beta,
            steps: 1,
            cycles: 0,
            value: at.loss,
            gradient,
            trace: vec![at.loss],
            // The factorisation is exact; what is left is rounding.
            ending: if run.stop_reason().is_none() {
                Ending::Converged
            } else {
                Ending::Exhausted
            },
            rank,
        }
    }

    /// The relative duality gap where squared loss and a convex penalty without bounds give one.
    pub fn gap(&self, team: &mut Team, penalty: &Penalty, beta: &[f64]) -> Option<f64> {
        if !self.is_quadratic()
            || !penalty.prior.is_convex()
            || penalty.is_bounded()
            || penalty.prior == Prior::None
        {
            return None;
        }
        let null = self.pass(team, &vec![0.0; beta.len()], Wanted::default());
        let at = self.pass(team, beta, Wanted::default());
        Some(duality_gap(penalty, beta, &null, &at))
    }

    /// A pass over the rows without the penalty.
    pub fn pass(&self, team: &mut Team, beta: &[f64], wanted: Wanted) -> Pass {
        self.loss().pass(team, beta, wanted)
    }

    /// The rows' losses.
    fn loss(&self) -> Loss<'_> {
        Loss {
            matrix: self.matrix,
            rows: &self.likelihood,
            moments: self.moments,
        }
    }

    /// The pass at 0 with its Hessian, where that is all that solvers ask of the rows.
    pub fn moments(&self, team: &mut Team, penalty: &Penalty) -> Result<Option<Pass>> {
        let smooth = penalty.prior.is_smooth() && !penalty.is_bounded();
        let algorithm = self.choose(smooth)?;
        let explicit = algorithm == Algorithm::Cholesky
            || (algorithm == Algorithm::CoordinateDescent && self.composite(penalty).explicit());
        if !self.is_quadratic() || !explicit {
            return Ok(None);
        }
        let wanted = Wanted {
            hessian: true,
            ..Wanted::default()
        };
        let zero = vec![0.0; self.matrix.columns()];
        Ok(Some(self.matrix.pass(team, &zero, &self.likelihood, wanted)))
    }

    /// The same rows with expected curvatures.
    pub fn expected(&self) -> Self {
        let curvature = Curvature::Expected;
        Self {
            likelihood: Likelihood {
                curvature,
                ..self.likelihood
            },
            ..*self
        }
    }

    /// The same rows with other weights.
    pub fn weighted<'b>(&'b self, weight: &'b [f64]) -> Problem<'b> {
        Problem {
            likelihood: Likelihood {
                weight,
                ..self.likelihood
            },
            moments: None,
            ..*self
        }
    }
}
