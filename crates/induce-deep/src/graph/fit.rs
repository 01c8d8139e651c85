//! A network learnt from the known classes of a graph's nodes.

use induce_core::model::{Data, Entry, Graph, Target, read_spec};
use induce_core::resample;
use induce_core::words::counted;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::file::Header;
use super::filter::Base;
use super::model::Trained;
use super::network::Network;
use super::objective::{Examples, Labels, OfExamples};
use super::pool::Members;
use super::reader::Reader;
use super::readout::Pooling;
use super::spec::Spec;
use crate::train::{check_memory, kept_apart, train};

/// Learn a model of an entry from a graph; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, no classes are known or one only, edges lead one way, the network needs more memory than there is, or as
/// [`train`].
pub fn fit(
    entry: &'static Entry,
    json: &Value,
    data: &Data,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Trained>> {
    let spec: Spec = read_spec(entry.info.name, json)?;
    spec.check()?;
    let graph = data.graph()?;
    let (reader, mut notes) = Reader::learn(graph, spec.encoder.normalize, run)?;
    let (train_labels, valid) = labels(graph, &spec, run)?;
    notes.extend(kept_apart_said(graph, &spec, valid.examples.len()));
    let (base, response) = Base::of(spec.encoder.wanted(), graph, run)?;
    let pooling = graph
        .collection
        .as_ref()
        .map(|own| Pooling::learn(spec.readout, own));
    if pooling.is_some() {
        spec.check_graphs()?;
    }
    let target = graph.classes()?;
    let mut schema = reader.columns().cloned().unwrap_or_default();
    schema.target = Some(target.name.clone());
    schema.classes.clone_from(&target.classes);
    let header = Header {
        schema,
        response,
        pooling,
        settings: json.clone(),
        seed: run.seed(),
        reader,
    };
    let shape = header.shape(&spec);
    let members = pooling
        .zip(graph.collection.as_ref())
        .map(|(pooling, own)| Members::of(own, pooling));
    let nodes = computed(&spec, members.as_ref())
        .unwrap_or(u64::MAX)
        .min(graph.edges.rows() as u64);
    let bytes = spec
        .encoder
        .training
        .bytes(shape.size(), nodes.checked_mul(shape.activations()));
    check_memory(
        bytes,
        run,
        "narrower layers (`--set hidden=8`), or sampled neighbours (`--set neighbors=10,10`); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let network = Network::new(
        &shape,
        spec.encoder.activation.activation(),
        &mut parameters,
        Some(run.seed()),
    );
    let examples = Examples {
        inputs: header.reader.read(graph, run)?,
        base,
        members,
        train: train_labels,
        valid,
    };
    let training = spec.training(examples.train.examples.len(), pooling.is_some());
    let mut objective = OfExamples::new(&network, (&spec, &header), &examples);
    let mut fitted = train(&mut objective, parameters, &training, plan, run)?;
    // What chooses the weights is none of what is held out to judge them.
    for trace in fitted
        .report
        .traces
        .iter_mut()
        .filter(|own| own.split == "holdout")
    {
        trace.split = "valid".into();
    }
    Ok(fitted.map(|parameters| Trained {
        entry,
        header,
        spec,
        network,
        parameters,
        notes,
    }))
}

/// The most nodes that a step computes, if not all.
fn computed(spec: &Spec, members: Option<&Members>) -> Option<u64> {
    let batch = spec.batch(members.is_some())? as u64;
    let most = match members {
        Some(own) => own.largest() as u64,
        None => spec
            .neighbors
            .0
            .iter()
            .fold(1_u64, |n, own| n.saturating_mul(*own as u64 + 1)),
    };
    Some(batch.saturating_mul(most))
}

/// The known classes to learn from, and to choose weights by.
fn labels(graph: &Graph, spec: &Spec, run: &Run) -> Result<(Labels, Labels)> {
    let target = graph.classes()?;
    let of = |nodes: Vec<usize>| Labels {
        classes: nodes.iter().map(|&i| target.values[i] as u32).collect(),
        examples: nodes.into_iter().map(|i| i as u32).collect(),
    };
    let learnt = graph.learnt()?;
    let (train, valid) = match graph.choosing() {
        Some(choosing) => (learnt, choosing.known()?),
        None => drawn(target, learnt, spec, run)?,
    };
    let (train, valid) = (of(train), of(valid));
    match &train.classes[..] {
        [first, others @ ..] if others.iter().all(|own| own == first) => Err(Error::data(
            format!(
                "all {}s to learn from are of the class `{}`: there is nothing to tell apart",
                graph.example(),
                target.classes[*first as usize]
            ),
            format!(
                "label {}s of two classes or more (--target COL names the column)",
                graph.example()
            ),
        )),
        _ => Ok((train, valid)),
    }
}

/// What is kept apart of what is learnt from, or why nothing is, in words.
fn kept_apart_said(graph: &Graph, spec: &Spec, valid: usize) -> Option<String> {
    let what = format!("{} of known class", counted(valid, graph.example()));
    if graph.choosing().is_none() {
        return match valid {
            0 if spec.validation_fraction > 0.0 => Some(format!(
                "so few {}s have a known class that all are learnt from: the last weights are taken (validation_fraction)",
                graph.example()
            )),
            0 => None,
            _ => Some(format!(
                "{what} of those to learn from choose the weights (--set validation_fraction)"
            )),
        };
    }
    let asked = spec.validation_fraction != Spec::default().validation_fraction;
    asked.then(|| format!("the data say which {what} choose the weights: validation_fraction is not used"))
}

/// A part of the nodes to learn from that is kept apart.
fn drawn(target: &Target, learnt: Vec<usize>, spec: &Spec, run: &Run) -> Result<(Vec<usize>, Vec<usize>)> {
    let Some(share) = kept_apart(spec.validation_fraction, learnt.len()) else {
        return Ok((learnt, Vec::new()));
    };
    let strata: Vec<u32> = learnt.iter().map(|&i| target.values[i] as u32).collect();
    let split = resample::holdout(learnt.len(), Some(&strata), share, run)?;
    let of = |some: &[usize]| some.iter().map(|&k| learnt[k]).collect();
    Ok((of(&split.train), of(&split.test)))
}
