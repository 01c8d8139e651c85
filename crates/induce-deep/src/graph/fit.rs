//! A network learnt from the known classes of a graph's nodes.

use induce_core::model::{Data, Entry, Graph, read_spec};
use induce_core::resample;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::file::Header;
use super::filter::Base;
use super::model::Trained;
use super::network::Network;
use super::objective::{Examples, Labels, OfNodes};
use super::reader::Reader;
use super::spec::Spec;
use crate::train::{check_memory, kept_apart, train};

/// Learn a model of an entry from a graph; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, nodes have no classes or are known of one only, edges lead one way, the network needs more memory than there
/// is, or as [`train`].
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
    let (reader, notes) = Reader::learn(graph, spec.normalize, run)?;
    let (train_labels, valid) = labels(graph, &spec, run)?;
    let (base, response) = Base::of(&spec, graph, run)?;
    let target = graph.nodes.target()?;
    let mut schema = reader.schema();
    schema.target = Some(target.name.clone());
    schema.classes.clone_from(&target.classes);
    let header = Header {
        schema,
        response,
        settings: json.clone(),
        seed: run.seed(),
        reader,
    };
    let shape = header.shape(&spec);
    let nodes = if spec.is_sampled() {
        let fanouts = spec.neighbors.0.iter().fold(1_u64, |n, own| n.saturating_mul(*own as u64 + 1));
        fanouts.saturating_mul(spec.training.batch as u64).min(graph.edges.rows() as u64)
    } else {
        graph.edges.rows() as u64
    };
    let bytes = spec.training.bytes(shape.size(), nodes.checked_mul(shape.activations()));
    check_memory(
        bytes,
        run,
        "narrower layers (`--set hidden=8`), or sampled neighbours (`--set neighbors=10,10`); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let network = Network::new(&shape, spec.activation.activation(), &mut parameters, Some(run.seed()));
    let examples = Examples {
        inputs: header.reader.read(graph, run)?.0,
        base,
        train: train_labels,
        valid,
    };
    let training = spec.training(examples.train.nodes.len());
    let mut objective = OfNodes::new(&network, (&spec, &header), &examples);
    let fitted = train(&mut objective, parameters, &training, plan, run)?;
    Ok(fitted.map(|parameters| Trained {
        entry,
        header,
        spec,
        network,
        parameters,
        notes,
    }))
}

/// The known classes to learn from, and to choose weights by.
fn labels(graph: &Graph, spec: &Spec, run: &Run) -> Result<(Labels, Labels)> {
    let (target, known) = (graph.nodes.target()?, graph.known()?);
    if target.classes.is_empty() {
        return Err(Error::data(
            format!("`{}` of the nodes holds numbers, and networks of graphs learn classes", target.name),
            "read it as classes with `--type COL=category`, or name another column with --target",
        ));
    }
    let of = |nodes: Vec<u32>| Labels {
        classes: nodes.iter().map(|&i| target.values[i as usize] as u32).collect(),
        nodes,
    };
    let is_known = |i: &u32| !target.values[*i as usize].is_nan();
    let (train, valid) = match graph.split.as_ref().filter(|split| !split.train.is_empty()) {
        Some(split) => (
            split.train.iter().copied().filter(is_known).collect(),
            split.valid.iter().copied().filter(is_known).collect(),
        ),
        None => drawn(target, &known, spec, run)?,
    };
    let (train, valid) = (of(train), of(valid));
    let first = train.classes.first();
    if first.is_none_or(|first| train.classes.iter().all(|own| own == first)) {
        let reason = match first {
            None => "no node has a known class to learn from".into(),
            Some(only) => format!(
                "all nodes to learn from are of the class `{}`: there is nothing to tell apart",
                target.classes[*only as usize]
            ),
        };
        return Err(Error::data(
            reason,
            "give a column of classes of the nodes (--target COL) with two classes or more",
        ));
    }
    Ok((train, valid))
}

fn drawn(
    target: &induce_core::model::Target,
    known: &[usize],
    spec: &Spec,
    run: &Run,
) -> Result<(Vec<u32>, Vec<u32>)> {
    let numbers = |some: &[usize]| some.iter().map(|&k| known[k] as u32).collect::<Vec<u32>>();
    let Some(share) = kept_apart(spec.validation_fraction, known.len()) else {
        return Ok((known.iter().map(|&i| i as u32).collect(), Vec::new()));
    };
    let strata: Vec<u32> = known.iter().map(|&i| target.values[i] as u32).collect();
    let split = resample::holdout(known.len(), Some(&strata), share, run)?;
    Ok((numbers(&split.train), numbers(&split.test)))
}
