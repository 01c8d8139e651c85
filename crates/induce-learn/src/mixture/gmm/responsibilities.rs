//! Which component rows are of.

use induce_core::{Error, Result};

use super::Parameters;
use super::missing::Incomplete;
use crate::mixture::forms::{BLOCK, Scorer, normalize};
use crate::mixture::statistics::load;
use crate::points::Points;

/// Responsibilities, row-major, and ln p of every row in the coordinates of the points. // (rows, components), (rows)
///
/// # Errors
/// If a covariance is singular.
pub fn responsibilities(
    parameters: &Parameters,
    points: &Points,
    threads: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let forms = parameters.forms().map_err(singular)?;
    let scorer = Scorer::new(&forms);
    let incomplete = Incomplete::new(points, parameters, 1.0);
    let parts = points.by_chunks(threads, |range| {
        let mut x = vec![[0.0; BLOCK]; points.width];
        let mut difference = x.clone();
        let mut scores = vec![[0.0; BLOCK]; forms.len()];
        let (mut all, mut density) = (Vec::new(), Vec::new());
        for start in range.clone().step_by(BLOCK) {
            let rows = start..(start + BLOCK).min(range.end);
            let weight = load(points, rows.clone(), &mut x);
            scorer.score(&x, &mut difference, &mut scores);
            let normal = normalize(&mut scores);
            for (l, row) in rows.enumerate() {
                if weight[l].is_nan() {
                    let (r, ln) = incomplete.responsibilities(row);
                    all.extend(r);
                    density.push(ln);
                    continue;
                }
                all.extend(scores.iter().map(|score| score[l]));
                density.push(normal.ln[l]);
            }
        }
        (all, density)
    });
    let (all, density): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    Ok((all.concat(), density.concat()))
}

/// What a component with a singular covariance is answered with.
pub fn singular(k: usize) -> Error {
    Error::data(
        format!("component {k} has a singular covariance"),
        "raise `reg_covar`",
    )
}
