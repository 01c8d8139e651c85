//! What estimates of two variables and of several have in common: bounds, interval and test.

use induce_core::{Result, Run};

use super::super::estimate::{Estimate, Inference, mean_and_variance, mean_of_neighbours};
use super::super::neighbours::Marginal;
use super::super::pointwise::{self, Geometry, Ties};
use super::super::sample::Sample;
use super::super::second;
use super::super::shuffled::Exchange;
use super::method::Method;

pub(super) fn estimate(
    blocks: &[&Sample],
    given: Option<&Sample>,
    method: Method,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    inference.check()?;
    let rows = pointwise::check(blocks, given, k)?;
    let bounds = (0.0, most(blocks));
    // What does not vary shares nothing with what remains, whichever estimator is asked.
    let varying: Vec<&Sample> = blocks.iter().copied().filter(|own| !own.is_constant()).collect();
    if varying.len() < 2 {
        return Ok(nothing(bounds, method.name(), rows));
    }
    let terms = terms(&varying, given, method, k, run.threads())?;
    let (raw, variance) = mean_of_neighbours(&terms);
    Ok(Estimate {
        value: raw.clamp(bounds.0, bounds.1),
        raw,
        interval: inference.normal(raw, variance, bounds),
        p_value: p_value(&varying, given, method, k, inference, run)?,
        test: match given {
            None => "independence: permutations",
            Some(_) => "independence given the others: permutations among neighbours",
        },
        bounds,
        estimator: method.name(),
        rows,
    })
}

/// A constant is independent of everything.
pub(super) fn nothing(bounds: (f64, f64), estimator: &'static str, rows: usize) -> Estimate {
    Estimate {
        value: 0.0,
        raw: 0.0,
        interval: Some((0.0, 0.0)),
        p_value: Some(1.0),
        test: "independence: one of them is constant",
        bounds,
        estimator,
        rows,
    }
}

/// The smallest of ln K of what is categories; of several variables all but the largest bound what they share.
fn most(blocks: &[&Sample]) -> f64 {
    let entropy = |block: &&Sample| match block.is_categories() {
        true => (levels(block.values()) as f64).ln(),
        false => f64::INFINITY,
    };
    let all: Vec<f64> = blocks.iter().map(entropy).collect();
    let largest = all.iter().copied().fold(0.0, f64::max);
    let at = all.iter().position(|own| *own == largest).unwrap_or(0);
    all.iter()
        .enumerate()
        .filter(|(i, _)| *i != at)
        .map(|(_, own)| own)
        .sum()
}

/// How many different values there are.
fn levels(values: &[f64]) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).count()
}

pub(super) fn terms(
    blocks: &[&Sample],
    given: Option<&Sample>,
    method: Method,
    k: usize,
    threads: usize,
) -> Result<Vec<f64>> {
    let joint = pointwise::joint(blocks, given);
    let ties = if method == Method::Gao {
        Ties::AsGao
    } else {
        Ties::Exact
    };
    if let (Method::Ksg2, [x, y], None) = (method, blocks, given) {
        let margins = [Marginal::new(x), Marginal::new(y)];
        return Ok(second::terms(
            x,
            y,
            &joint,
            [&margins[0], &margins[1]],
            k,
            threads,
        ));
    }
    Ok(Geometry::new(blocks, given, k)?.terms(&joint, ties, threads))
}

fn p_value(
    blocks: &[&Sample],
    given: Option<&Sample>,
    method: Method,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Option<f64>> {
    if inference.permutations == 0 {
        return Ok(None);
    }
    let drawn = inference.rows(blocks[0].rows(), run, "information/test-rows");
    let take = |sample: &Sample| {
        drawn
            .as_ref()
            .map_or_else(|| sample.clone(), |rows| sample.take(rows))
    };
    let blocks: Vec<Sample> = blocks.iter().map(|own| take(own)).collect();
    let given = given.map(take);
    let value = |blocks: &[&Sample]| {
        let terms = terms(blocks, given.as_ref(), method, k, 1).ok()?;
        Some(mean_and_variance(&terms).0)
    };
    let Some(own) = value(&blocks.iter().collect::<Vec<_>>()) else {
        return Ok(None);
    };
    let exchange = Exchange::new(blocks[0].rows(), given.as_ref());
    let stream = run.stream("information/permutations");
    Ok(inference.permutation_p(own, run, |b| {
        // All but the last are shuffled, each in its own way.
        let shuffled: Vec<Sample> = blocks[..blocks.len() - 1]
            .iter()
            .zip(0..)
            .map(|(block, number)| block.take(&exchange.draw(stream.child(b).child(number))))
            .collect();
        value(&shuffled.iter().chain(blocks.last()).collect::<Vec<_>>())
    }))
}
