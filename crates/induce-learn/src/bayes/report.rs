//! What a Bayesian regression shows of itself.

use induce_core::model::{Block, IntervalRows, Section};
use induce_core::words::number;
use induce_prob::special::normal_quantile;

use super::model::{Model, Noise};

/// Most coefficients that are drawn.
const SHOWN: usize = 40;

/// Coefficients with 95 % of their posterior, and the bound term by term.
pub fn summary(model: &Model) -> Vec<Section> {
    let (mean, deviation) = model.coefficients();
    let z = normal_quantile(0.975);
    let mut names = model.frame.names();
    names.push("(intercept)".into());
    let row = |(name, (m, s)): (String, (&f64, &f64))| (name, *m, Some(m - z * s), Some(m + z * s));
    let all = names.into_iter().zip(mean.iter().zip(&deviation));
    let rows: Vec<_> = all.map(row).take(SHOWN).collect();
    let mut blocks = vec![Block::Intervals(IntervalRows {
        axis: "coefficient, with 95 % of its posterior".into(),
        zero: 0.0,
        rows,
    })];
    if mean.len() > SHOWN {
        blocks.push(Block::Text(format!(
            "The first {SHOWN} of {}; `--format json` has all.",
            mean.len()
        )));
    }
    let mut facts = vec![(
        "lambda, precision of coefficients".to_owned(),
        number(model.size.mean()),
    )];
    if let Noise::Gaussian(alpha) = model.noise {
        facts.push((
            "deviation of the noise".into(),
            number(alpha.mean().sqrt().recip()),
        ));
    }
    let terms = Model::TERMS.iter().zip(model.bound);
    let gaussian = matches!(model.noise, Noise::Gaussian(_));
    let terms = terms.filter(|own| gaussian || *own.0 != "kl_noise");
    facts.extend(terms.map(|(name, value)| ((*name).to_owned(), number(value))));
    vec![
        Section::new("Coefficients", blocks),
        Section::new("Posterior", vec![Block::Facts(facts)]),
    ]
}
