//! The prior and the bounds in the solver's units.

use induce_core::{Error, Result};
use induce_prob::Prior;

use super::Setting;
use crate::linear::Term;
use crate::linear::penalty::Penalty;

impl Setting<'_> {
    /// The penalty of every column, its lambda still to be chosen; `response` is the unit of the target.
    pub(super) fn penalty(&self, response: f64, prior: Prior) -> Result<Penalty> {
        let spec = self.spec;
        let intercept = usize::from(spec.fit_intercept);
        let scale = |t: &Term| t.scale;
        let unit = |t: &Term| {
            if spec.standardize {
                response
            } else {
                response / scale(t)
            }
        };
        let factor = |t: &Term| {
            if spec.standardize {
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
            let of = |t: &Term| {
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
            factor: with(terms.iter().map(factor).collect(), 0.0),
            lower: with(lower, f64::NEG_INFINITY),
            upper: with(upper, f64::INFINITY),
        })
    }
}
