//! Which estimator is for which kinds of columns.

use induce_core::{Result, Run};
use induce_prob::information::{
    Estimate, Method, Sample, class_information, conditional_information, differential_entropy,
    discrete_information, entropy_of_counts, mutual_information,
};

use super::options::Options;
use super::variable::{Variable, complete};

/// I(X; Y | given) by the estimator of their kinds, and how many rows lack a value.
pub(super) fn between(
    x: &Variable,
    y: &Variable,
    given: &[Variable],
    options: &Options,
    run: &Run,
) -> Result<(Estimate, usize)> {
    let all: Vec<&Variable> = [x, y].into_iter().chain(given).collect();
    let rows = complete(&all);
    let missing = x.len() - rows.len();
    let (k, inference) = (options.neighbours, &options.inference);
    let codes: Option<Vec<Vec<u32>>> = all.iter().map(|own| own.codes(&rows)).collect();
    let estimate = match (codes, x.numbers(&rows), y.numbers(&rows)) {
        (Some(codes), ..) => {
            let given = (!given.is_empty()).then(|| combined(&codes[2..]));
            discrete_information(
                &codes[0],
                &codes[1],
                given.as_deref(),
                options.estimator,
                inference,
                run,
            )
        }
        _ if !given.is_empty() => {
            let given = given
                .iter()
                .map(|own| own.sample(&rows))
                .collect::<Result<Vec<_>>>()?;
            let given = Sample::joined(&given.iter().collect::<Vec<_>>())?;
            conditional_information(&x.sample(&rows)?, &y.sample(&rows)?, &given, k, inference, run)
        }
        (None, Some(values), None) => {
            class_information(&values, &y.codes(&rows).unwrap_or_default(), k, inference, run)
        }
        (None, None, Some(values)) => {
            class_information(&values, &x.codes(&rows).unwrap_or_default(), k, inference, run)
        }
        _ => mutual_information(
            &x.sample(&rows)?,
            &y.sample(&rows)?,
            Method::Ksg1,
            k,
            inference,
            run,
        ),
    }?;
    Ok((estimate, missing))
}

/// One code for every combination that occurs.
fn combined(columns: &[Vec<u32>]) -> Vec<u32> {
    let rows = columns.first().map_or(0, Vec::len);
    let key = |row: usize| columns.iter().map(|own| own[row]).collect::<Vec<_>>();
    let mut known: Vec<Vec<u32>> = (0..rows).map(key).collect();
    known.sort_unstable();
    known.dedup();
    (0..rows)
        .map(|row| known.partition_point(|own| *own < key(row)) as u32)
        .collect()
}

/// The entropy of a column, and how many rows lack a value.
pub(super) fn entropy(own: &Variable, options: &Options, run: &Run) -> Result<(Estimate, usize)> {
    let rows = complete(&[own]);
    let missing = own.len() - rows.len();
    let estimate = match (own.codes(&rows), own.numbers(&rows)) {
        (Some(codes), _) => {
            let mut counts = vec![0; codes.iter().max().map_or(0, |top| *top as usize + 1)];
            codes.iter().for_each(|&code| counts[code as usize] += 1);
            counts.retain(|count| *count > 0);
            entropy_of_counts(&counts, options.estimator, &options.inference)?
        }
        (None, values) => {
            let sample = Sample::numbers(&values.unwrap_or_default())?;
            differential_entropy(&sample, options.neighbours, &options.inference, run.threads())?
        }
    };
    Ok((estimate, missing))
}
