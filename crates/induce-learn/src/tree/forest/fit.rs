//! From a table to a forest.

use induce_core::{Error, Fitted, Result, Run};

use super::super::directions::directions;
use super::common::Common;
use super::draws::Draws;
use super::joint::Joint;
use super::tally::{Absolute, Classes, Moments};
use super::{Criterion, Model, Spec, Targets};
use crate::tree::bins::{Pool, bin_table};
use induce_core::model::Schema;
use induce_core::model::{Dataset, weights};

/// Fit a tree or a forest.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::forest::{Spec, fit};
///
/// let x: Vec<f64> = (0..200).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| if *x < 120.0 { 1.0 } else { 3.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let fitted = fit(&Spec { trees: 20, ..Spec::default() }, &Dataset::new(&table, &y), &mut Run::new(0))?;
/// let predicted = fitted.model.predict(&table, 1)?;
/// assert!((predicted[0] - 1.0).abs() < 0.05 && (predicted[199] - 3.0).abs() < 0.05);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, the rows cannot be used, the criterion does not suit the target, or the run may not
/// have the memory.
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    fit_with(spec, data, FitOptions::default(), run)
}

/// Options of a fit besides rows and settings.
#[derive(Debug, Default)]
pub struct FitOptions<'a> {
    /// Targets that replace the one of the rows.
    pub targets: Option<&'a Targets>,
    /// A forest to which trees are added up to `trees`. With the same rows, settings and seed the result is that of one fit.
    pub start: Option<Model>,
}

/// As [`fit`], with several targets or on top of a fitted forest.
///
/// # Errors
/// As [`fit`], for targets of several kinds, and for a forest that has other columns, other targets, or more trees.
pub fn fit_with(spec: &Spec, data: &Dataset, options: FitOptions, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    spec.class_weight.check()?;
    data.check()?;
    if let Some(targets) = options.targets {
        targets.check(data.table.rows())?;
    }
    let are_classes = options
        .targets
        .map_or(!data.classes.is_empty(), Targets::are_classes);
    check_criterion(spec.criterion, are_classes)?;
    if spec.quantiles && (are_classes || options.targets.is_some()) {
        return Err(Error::setting(
            "quantiles",
            true,
            "the target has classes, or there are several: use `--proba` for probabilities of classes",
        ));
    }
    let mut schema = Schema::of(data.table)?;
    schema.classes = options.targets.map_or(data.classes.to_vec(), |_| Vec::new());
    let sources = schema.align(data.table)?;
    let (binners, codes) = bin_table(
        &schema,
        &sources,
        spec.bins,
        Pool::of_most(spec.max_categories),
        run,
    );
    let weight = weights(&spec.class_weight, data)?;
    let values = options.targets.map_or(data.target, |targets| &targets.values);
    let has_many = options
        .targets
        .is_some_and(|t| t.outputs() > 1 || t.are_classes())
        || data.classes.len() > 2;
    let common = Common {
        spec,
        monotone: directions(&spec.monotone, &schema, has_many)?,
        data,
        targets: options.targets,
        start: options.start,
        are_classes,
        schema: schema.clone(),
        binners: &binners,
        codes: &codes,
        weight: weight.as_deref(),
        draws: Draws::new(spec, &codes, values, weight.as_deref()),
    };
    common.check_start()?;
    grow_for_criterion(common, values, run)
}

/// Choose the statistics that the criterion needs, and grow.
fn grow_for_criterion(common: Common, values: &[f64], run: &mut Run) -> Result<Fitted<Model>> {
    let (criterion, names) = (common.criterion(), common.data.classes.len());
    let classes = common
        .targets
        .map_or(vec![0], |t| t.classes.iter().map(Vec::len).collect());
    let centre = |k: usize| {
        middle(
            &values[k..]
                .iter()
                .step_by(classes.len())
                .copied()
                .collect::<Vec<_>>(),
        )
    };
    let is_centred = matches!(criterion, Criterion::Squared | Criterion::Absolute);
    let centres: Vec<f64> = (0..classes.len())
        .map(|k| if is_centred { centre(k) } else { 0.0 })
        .collect();
    if criterion == Criterion::Poisson {
        check_counts(values, classes.len())?;
    }
    match (criterion, common.targets) {
        (Criterion::Absolute, _) => {
            let (outputs, centres) = (classes.len(), &centres[..]);
            common.grow(
                &Absolute {
                    values,
                    outputs,
                    centres,
                },
                run,
            )
        }
        (Criterion::Poisson, _) | (_, Some(_)) => {
            common.grow(&Joint::new(values, &classes, &centres, criterion), run)
        }
        _ if names > 2 => {
            let (target, classes) = (values, names);
            common.grow(
                &Classes {
                    target,
                    classes,
                    criterion,
                },
                run,
            )
        }
        _ => {
            let (target, centre) = (values, centres[0]);
            common.grow(
                &Moments {
                    target,
                    centre,
                    criterion,
                },
                run,
            )
        }
    }
}

/// A number near the mean: a multiple of a power of two about a sixteenth of the range. Sums of differences of few digits
/// are then exact in any order, so that the order of rows cannot decide between equal splits.
fn middle(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (low, high) = values
        .iter()
        .fold((mean, mean), |(low, high), &v| (low.min(v), high.max(v)));
    let grid = ((high - low) / 16.0).log2().floor().exp2();
    let rounded = (mean / grid).round() * grid;
    if rounded.is_finite() { rounded } else { mean }
}

fn check_criterion(criterion: Criterion, are_classes: bool) -> Result<()> {
    let hint = match (criterion, are_classes) {
        (Criterion::Gini | Criterion::Entropy, false) => {
            "the target is a quantity: use `squared`, `absolute` or `poisson`"
        }
        (Criterion::Squared | Criterion::Absolute | Criterion::Poisson, true) => {
            "the target has classes: use `gini` or `entropy`"
        }
        _ => return Ok(()),
    };
    Err(Error::setting(
        "criterion",
        format!("{criterion:?}").to_lowercase(),
        hint,
    ))
}

/// Checks that every target is a count: not negative, and not all zero.
fn check_counts(values: &[f64], outputs: usize) -> Result<()> {
    let hint = "the criterion `poisson` is for counts; use `squared` or `absolute`";
    if let Some(bad) = values.iter().position(|y| *y < 0.0) {
        let what = format!("the target of row {} is {}", bad / outputs + 1, values[bad]);
        return Err(Error::data(what, hint));
    }
    if (0..outputs).any(|k| values[k..].iter().step_by(outputs).sum::<f64>() <= 0.0) {
        return Err(Error::data("the targets sum to 0", hint));
    }
    Ok(())
}
