//! A supervised network learnt from rows or images.

use induce_core::model::{Data, Entry, Images, Rows, Target, check_rows};
use induce_core::parallel::Team;
use induce_core::resample;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::{Parameters, Workspace};
use serde_json::Value;

use super::ensemble::raw;
use super::file::Header;
use super::model::Trained;
use super::network::Network;
use super::objective::{Examples, OfRows};
use super::outcome::Outcome;
use super::pixels::Pixels;
use super::reader::{Reader, Source};
use super::spec::Spec;
use crate::inputs::Columns;
use crate::train::{check_memory, kept_apart, train};

/// Learn a model of an entry from rows or images; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, there is no target, no column is of use, the network needs more memory than there is, or as
/// [`train`].
pub fn fit(
    entry: &'static Entry,
    json: &Value,
    data: &Data,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Trained>> {
    let spec: Spec = induce_core::model::read_spec("the network", json)?;
    spec.check()?;
    let (mut header, examples, notes) = match data {
        Data::Images(images) => of_images(&spec, json, images, run)?,
        _ => of_rows(&spec, json, &data.rows()?.counted(), run)?,
    };
    let shape = header.shape(&spec);
    shape.check()?;
    let rows = (spec.training.batch.min(examples.train.len()) * spec.samples.max(1)) as u64;
    let bytes = spec
        .training
        .bytes(shape.size(), rows.checked_mul(shape.activations()));
    check_memory(
        bytes,
        run,
        "a smaller batch, or narrower layers (--set); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let network = Network::new(&shape, &mut parameters, Some(run.seed()));
    let training = spec.training(examples.train.len());
    let mut objective = OfRows::new(&network, (&spec, &header), &examples);
    let fitted = train(&mut objective, parameters, &training, plan, run)?;
    if !spec.bayes() {
        set_noise(&mut header.outcome, &network, &fitted.model, &examples, run)?;
    }
    Ok(Fitted {
        outcome: fitted.outcome,
        report: fitted.report,
        model: Trained {
            entry,
            header,
            spec,
            network,
            parameters: fitted.model,
            notes,
        },
    })
}

type Read<'a> = (Header, Examples<'a>, Vec<String>);

fn of_rows<'a>(spec: &Spec, json: &Value, rows: &Rows, run: &Run) -> Result<Read<'a>> {
    let target = rows.target()?;
    check_rows(rows.rows(), &target.values, rows.weight.as_deref())?;
    let outcome = Outcome::of(target, rows.weight.as_deref())?;
    let (columns, points, notes) = Columns::learn(rows, spec.standardize, run)?;
    let source = Source::Matrix(columns.inputs(&points), columns.width());
    let split = match kept_apart(spec.validation_fraction, rows.rows()) {
        Some(fraction) => Some(rows.holdout(fraction, run)?),
        None => None,
    };
    let weight = rows.weight.as_deref();
    Ok(assembled(
        json,
        Reader::Columns(columns),
        (outcome, target),
        (source, weight, split),
        notes,
        run,
    ))
}

fn of_images<'a>(spec: &Spec, json: &Value, images: &'a Images, run: &Run) -> Result<Read<'a>> {
    if images.is_empty() {
        return Err(Error::data(
            "there is no image to learn from",
            "give at least one",
        ));
    }
    let target = images.classes()?;
    check_rows(images.len(), &target.values, None)?;
    if let [only] = &target.classes[..] {
        return Err(Error::data(
            format!("all images are of the class `{only}`: there is nothing to tell apart"),
            "give images of two classes or more",
        ));
    }
    let outcome = Outcome::of(target, None)?;
    let pixels = Pixels::learn(images, spec.standardize);
    let strata: Vec<u32> = target.values.iter().map(|code| *code as u32).collect();
    let split = match kept_apart(spec.validation_fraction, images.len()) {
        Some(fraction) => Some(resample::holdout(images.len(), Some(&strata), fraction, run)?),
        None => None,
    };
    let source = Source::Images(images, pixels.clone());
    Ok(assembled(
        json,
        Reader::Pixels(pixels),
        (outcome, target),
        (source, None, split),
        Vec::new(),
        run,
    ))
}

fn assembled<'a>(
    json: &Value,
    mut reader: Reader,
    (outcome, target): (Outcome, &Target),
    (source, weight, split): (Source<'a>, Option<&[f64]>, Option<resample::Split>),
    notes: Vec<String>,
    run: &Run,
) -> Read<'a> {
    let schema = reader.schema_mut();
    schema.target = Some(target.name.clone());
    schema.classes.clone_from(&target.classes);
    let mean = weight.map_or(1.0, |all| all.iter().sum::<f64>() / all.len() as f64);
    let (train, valid) = split.map_or_else(
        || ((0..source.len()).collect(), Vec::new()),
        |own| (own.train, own.test),
    );
    let examples = Examples {
        target: target.values.iter().map(|y| outcome.inside(*y)).collect(),
        weight: weight.map(|all| all.iter().map(|w| (w / mean) as f32).collect()),
        mass: mean,
        source,
        train,
        valid,
    };
    let header = Header {
        reader,
        outcome,
        settings: json.clone(),
        seed: run.seed(),
    };
    (header, examples, notes)
}

/// The deviation of the noise: that of the residuals of the rows kept apart, or else of those learnt from.
fn set_noise(
    outcome: &mut Outcome,
    network: &Network,
    parameters: &Parameters,
    examples: &Examples,
    run: &Run,
) -> Result<()> {
    let Outcome::Quantity { noise, .. } = outcome else {
        return Ok(());
    };
    let mut said = Vec::with_capacity(examples.source.len());
    Team::with(run.threads(), |team| {
        raw(
            network,
            parameters,
            &examples.source,
            team,
            &mut Workspace::default(),
            |row| said.push(row[0]),
        )
    })?;
    let rows = if examples.valid.is_empty() {
        &examples.train
    } else {
        &examples.valid
    };
    let weight = |row: &usize| examples.weight.as_ref().map_or(1.0, |all| f64::from(all[*row]));
    let square = |row: &usize| weight(row) * f64::from(said[*row] - examples.target[*row]).powi(2);
    let mass: f64 = rows.iter().map(weight).sum();
    *noise = (rows.iter().map(square).sum::<f64>() / mass.max(f64::MIN_POSITIVE)).sqrt();
    Ok(())
}
