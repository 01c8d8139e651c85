//! How a fit ended, and whether its result can be used.

use induce_core::parallel::Team;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Trace};
use induce_prob::{Family, Prior};

use crate::linear::encode::Design;
use crate::linear::model::{Model, Statistics};
use crate::linear::penalty::Penalty;
use crate::linear::problem::Problem;
use crate::linear::smooth::{Ending, Solution};

/// Whether the classes are separated: the likelihood then has no maximum at finite coefficients.
pub fn separation(
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

/// How the solver ended, with its optimality certificate.
pub fn outcome(solution: &Solution, s: &Statistics, tolerance: f64, separated: Option<&str>) -> Outcome {
    if let Some(reason) = separated {
        return Outcome::Stopped {
            reason: reason.into(),
        };
    }
    let (steps, what) = match solution.cycles {
        0 => (solution.steps, "step"),
        cycles => (cycles, "cycle"),
    };
    let plural = if steps == 1 { "" } else { "s" };
    let gap = s
        .gap
        .map_or_else(String::new, |gap| format!(", duality gap {gap:.1e}"));
    let found = format!(
        "{} found a gradient of at most {:.1e}{gap} after {steps} {what}{plural}",
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

/// The fit, after a check that its model can predict.
pub fn finish(model: Model, outcome: Outcome, solution: &Solution) -> Result<Fitted<Model>> {
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
    let trace = Trace::new("train", "objective", points);
    let report = FitReport::new(solution.steps.max(solution.cycles) as u64, vec![trace]);
    Ok(Fitted {
        model,
        outcome,
        report,
    })
}
