//! What an evidence lower bound is made of, step by step.

use induce_core::model::{Block, Lines, Section};
use induce_core::{FitReport, Trace};

/// Fewest points of a curve.
const FEWEST: usize = 3;

/// The terms of the ELBO as curves: those as large as it is, and, in a chart of their own, entropies and divergences.
pub(super) fn of(fit: &FitReport, unit: &str) -> Option<Section> {
    let (first, rest) = fit.traces.split_first()?;
    if first.metric != "elbo" || rest.is_empty() || first.points.len() < FEWEST {
        return None;
    }
    let (large, small): (Vec<&Trace>, Vec<&Trace>) = fit
        .traces
        .iter()
        .partition(|own| !own.metric.starts_with("kl_") && own.metric != "entropy");
    let chart = |y: &str, traces: &[&Trace]| {
        let curve = |own: &&Trace| {
            let points = own.points.iter().map(|point| (point.0 as f64, point.1));
            (own.metric.clone(), points.collect())
        };
        Block::Lines(Lines {
            x: unit.into(),
            y: y.into(),
            curves: traces.iter().map(curve).collect(),
            mark: None,
        })
    };
    let blocks = vec![chart("ELBO", &large), chart("term", &small)];
    Some(Section::new("The ELBO, term by term", blocks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_elbo_has_its_terms_and_other_courses_have_none() {
        let trace = |name: &str| Trace::new("train", name, (0..4).map(|t| (t, t as f64)).collect());
        let names = ["elbo", "expected_log_likelihood", "entropy", "kl_weights"];
        let section = of(&FitReport::new(3, names.map(trace).to_vec()), "pass").unwrap();
        let curves = |block: &Block| match block {
            Block::Lines(lines) => lines.curves.iter().map(|own| own.0.clone()).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        assert_eq!(curves(&section.blocks[0]), names[..2]);
        assert_eq!(curves(&section.blocks[1]), names[2..]);
        assert!(of(&FitReport::new(3, vec![trace("elbo")]), "pass").is_none());
        assert!(of(&FitReport::new(3, vec![trace("loss"), trace("error")]), "pass").is_none());
    }
}
