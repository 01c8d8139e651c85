//! Mutual information, conditional or not, total correlation and entropy by nearest neighbours.

use induce_core::{Error, Result, Run};

use super::classes::Ordered;
use super::counts::Estimator;
use super::estimate::{Estimate, Inference, mean_and_variance, mean_of_neighbours};
use super::neighbours::{KdTree, Marginal};
use super::pointwise::{self, Geometry, Ties};
use super::sample::Sample;
use super::second;
use super::shuffled::Exchange;
use crate::polygamma::digamma;

/// Which estimator by neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Kraskov's first, ties exact: continuous, discrete and mixed variables
    Ksg1,
    /// Kraskov's second, for two variables
    Ksg2,
    /// Gao et al. (2017) as published, whose k does not shrink where distances tie
    Gao,
}

impl Method {
    /// The name of settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ksg1 => "ksg1",
            Self::Ksg2 => "ksg2",
            Self::Gao => "gao",
        }
    }

    /// The method of a name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self> {
        let all = [Self::Ksg1, Self::Ksg2, Self::Gao];
        all.into_iter()
            .find(|own| own.name() == name)
            .ok_or_else(|| Error::UnknownName {
                what: "method",
                name: name.into(),
                known: all.map(|own| own.name().into()).into(),
            })
    }
}

/// I(X; Y) by `k` nearest neighbours. // x, y: (rows, dimension)
///
/// Bounds: [0, infinity), or the entropy of what is categories. The interval is asymptotic, of the mean of the pointwise
/// terms, with twice their variance because neighbours' terms are correlated. The p-value is of independence, by permutations of the rows of Y.
///
/// ```
/// use induce_core::Run;
/// use induce_prob::information::{Inference, Method, Sample, mutual_information};
/// let x: Vec<f64> = (0..500_u32).map(|i| f64::from(i * 37 % 500)).collect();
/// let y: Vec<f64> = x.iter().map(|x| (x / 500.0 - 0.5).powi(2)).collect();
/// let (x, y) = (Sample::numbers(&x)?.standardised(), Sample::numbers(&y)?.standardised());
/// let own = mutual_information(&x, &y, Method::Ksg1, 3, &Inference::default(), &Run::new(0))?;
/// assert!(own.value > 2.0 && own.p_value == Some(0.005));
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If the rows differ, or are not more than k + 1.
pub fn mutual_information(
    x: &Sample,
    y: &Sample,
    method: Method,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    estimate(&[x, y], None, method, k, inference, run)
}

/// I(X; Y | Z) by `k` nearest neighbours (Frenzel & Pompe 2007; of mixed variables Mesner & Shalizi 2021).
///
/// The p-value is of independence given Z: each row of X is exchanged with one that is near in Z (Runge 2018).
///
/// # Errors
/// As of [`mutual_information`].
pub fn conditional_information(
    x: &Sample,
    y: &Sample,
    given: &Sample,
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    estimate(&[x, y], Some(given), Method::Ksg1, k, inference, run)
}

/// T = sum H(X_j) - H(X_1, ..., X_m), what all variables share, by `k` nearest neighbours (Kraskov et al. 2004, eq. 23).
///
/// # Errors
/// As of [`mutual_information`], and if there are fewer than two variables.
pub fn total_correlation(
    variables: &[&Sample],
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    if variables.len() < 2 {
        let what = format!("{} variable shares nothing", variables.len());
        return Err(Error::data(what, "give at least two"));
    }
    estimate(variables, None, Method::Ksg1, k, inference, run)
}

fn estimate(
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
fn nothing(bounds: (f64, f64), estimator: &'static str, rows: usize) -> Estimate {
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

/// The smallest entropy of what is categories; of several variables all but the largest bound what they share.
fn most(blocks: &[&Sample]) -> f64 {
    let entropy = |block: &&Sample| match block.is_categories() {
        true => plug_in(block.values()),
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

fn plug_in(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let counts: Vec<u64> = sorted
        .chunk_by(|a, b| a == b)
        .map(|group| group.len() as u64)
        .collect();
    Estimator::PlugIn.of(&counts, values.len() as f64)
}

fn terms(
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

/// I(X; C) of numbers and categories (Ross 2014, what scikit-learn computes). // values, codes: (rows)
///
/// Bounds: [0, H(C)]. Interval and p-value as of [`mutual_information`], the test by permutations of the categories. Rows
/// whose category has no other are left out.
///
/// # Errors
/// If a number is not finite, or the lengths differ.
pub fn class_information(
    values: &[f64],
    codes: &[u32],
    k: usize,
    inference: &Inference,
    run: &Run,
) -> Result<Estimate> {
    inference.check()?;
    let sample = Sample::numbers(values)?;
    let rows = pointwise::check(&[&sample, &Sample::categories(codes)], None, 1)?;
    if k == 0 {
        return Err(Error::setting(
            "neighbours",
            k,
            "at least one neighbour is needed",
        ));
    }
    let (codes, counts) = dense(codes);
    let bounds = (0.0, Estimator::PlugIn.of(&counts, rows as f64));
    let kept: u64 = counts.iter().filter(|own| **own > 1).sum();
    if sample.is_constant() || counts.len() < 2 || kept == 0 {
        return Ok(nothing(bounds, "ross", rows));
    }
    let terms = Ordered::new(values).terms(&codes, counts.len(), k);
    let (raw, variance) = mean_of_neighbours(&terms);
    let drawn = inference.rows(rows, run, "information/test-rows");
    let (few, few_codes) = match &drawn {
        None => (values.to_vec(), codes),
        Some(rows) => (
            rows.iter().map(|&r| values[r]).collect(),
            rows.iter().map(|&r| codes[r]).collect(),
        ),
    };
    let ordered = Ordered::new(&few);
    let value = |codes: &[u32]| {
        let terms = ordered.terms(codes, counts.len(), k);
        (!terms.is_empty()).then(|| mean_and_variance(&terms).0)
    };
    let stream = run.stream("information/permutations");
    let p_value = value(&few_codes).and_then(|own| {
        inference.permutation_p(own, run, |b| {
            let order = stream.child(b).permutation(few.len());
            value(&order.iter().map(|&row| few_codes[row]).collect::<Vec<_>>())
        })
    });
    Ok(Estimate {
        value: raw.clamp(bounds.0, bounds.1),
        raw,
        interval: inference.normal(raw, variance, bounds),
        p_value,
        test: "independence: permutations",
        bounds,
        estimator: "ross",
        rows: terms.len(),
    })
}

/// Codes without gaps, and how often each occurs.
fn dense(codes: &[u32]) -> (Vec<u32>, Vec<u64>) {
    let mut known = codes.to_vec();
    known.sort_unstable();
    known.dedup();
    let place = |code: &u32| known.partition_point(|own| own < code) as u32;
    let dense: Vec<u32> = codes.iter().map(place).collect();
    let mut counts = vec![0; known.len()];
    dense.iter().for_each(|&code| counts[code as usize] += 1);
    (dense, counts)
}

/// h(X) = < psi(N) - psi(k) + d ln(2 r_i) >, r_i the distance of the k-th neighbour (Kozachenko & Leonenko 1987, in the maximum
/// norm). // x: (rows, dimension)
///
/// A density's entropy may be negative, and is -infinity where more than k rows are equal: then there is none. The upper bound
/// is that of the normal distribution of the same variances. There is no null hypothesis, and so no p-value.
///
/// ```
/// use induce_prob::information::{Inference, Sample, differential_entropy};
/// let stream = induce_core::random::Stream::new(1, "uniform");
/// let uniform: Vec<f64> = (0..1000).map(|i| stream.uniform(i)).collect();
/// let own = differential_entropy(&Sample::numbers(&uniform)?, 3, &Inference::default(), 1)?;
/// assert!(own.value.abs() < 0.1);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there are no more than k + 1 rows, or what is asked for are categories.
pub fn differential_entropy(x: &Sample, k: usize, inference: &Inference, threads: usize) -> Result<Estimate> {
    inference.check()?;
    let rows = pointwise::check(&[x], None, k)?;
    if x.is_categories() {
        return Err(Error::data(
            "categories have no density",
            "estimate their entropy from counts",
        ));
    }
    let tree = KdTree::new(x.values(), x.dimension());
    let d = x.dimension() as f64;
    let constant = digamma(rows as f64) - digamma(k as f64);
    const BLOCK: usize = 1024;
    let block = |b: usize| tree.reaches(k, b * BLOCK..((b + 1) * BLOCK).min(rows));
    let reaches = induce_core::parallel::map(threads, rows.div_ceil(BLOCK), block);
    let terms: Vec<f64> = reaches
        .into_iter()
        .flatten()
        .map(|own| constant + d * (2.0 * own.distance).ln())
        .collect();
    let (raw, variance) = mean_of_neighbours(&terms);
    let raw = if terms.contains(&f64::NEG_INFINITY) {
        f64::NEG_INFINITY
    } else {
        raw
    };
    let bounds = (f64::NEG_INFINITY, normal_entropy(x));
    Ok(Estimate {
        value: raw.min(bounds.1),
        raw,
        interval: inference.normal(raw, variance, bounds),
        p_value: None,
        test: "a density's entropy has no value of its own to be tested against",
        bounds,
        estimator: "kozachenko-leonenko",
        rows,
    })
}

/// The largest entropy of a density of these variances: the normal one's, of independent columns.
fn normal_entropy(x: &Sample) -> f64 {
    let d = x.dimension();
    let one = |c: usize| {
        let column: Vec<f64> = x.values().iter().skip(c).step_by(d).copied().collect();
        let n = column.len() as f64;
        let mean = column.iter().sum::<f64>() / n;
        let variance = column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        0.5 * (2.0 * std::f64::consts::PI * std::f64::consts::E * variance).ln()
    };
    (0..d).map(one).sum()
}

#[cfg(test)]
mod tests;
