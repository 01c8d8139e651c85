//! A graph auto-encoder learnt from the edges of a graph.

use induce_core::metrics::SplitScores;
use induce_core::model::{Data, Entry, Graph, read_spec};
use induce_core::random::Stream;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::Value;

use super::super::field::Field;
use super::super::filter::Base;
use super::super::network::Network;
use super::super::reader::Reader;
use super::file::Header;
use super::model::Trained;
use super::objective::{Examples, OfLinks};
use super::pairs::{divided, edges, strangers};
use super::spec::Spec;
use crate::train::{check_memory, train};

/// Learn a model of an entry from a graph; `json` are the settings as they are kept in the file.
///
/// Edges that are held out are not seen by the network either; the metrics are those of edges beside as many pairs that are none.
///
/// # Errors
/// If a setting is out of range, edges lead one way, there are too few, the network needs more memory than there is, or as [`train`].
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
    let known = graph.undirected()?;
    let all = edges(&known);
    if all.len() == 0 {
        return Err(Error::data(
            "no two nodes are joined: there is nothing to learn from",
            "give a graph with edges",
        ));
    }
    let stream = Stream::new(run.seed(), "graph/links");
    let [own, valid, test] = divided(
        &all,
        spec.validation_fraction,
        spec.test_fraction,
        stream.child(0),
    )?;
    let (reader, mut notes) = Reader::learn(graph, spec.encoder.normalize, run)?;
    notes.push(format!(
        "edges: {} to learn from, {} to choose the weights by, {} to test (--set test_fraction, validation_fraction)",
        own.len(),
        valid.len(),
        test.len()
    ));
    let seen = Graph {
        edges: own.weights(&known)?,
        ..graph.clone()
    };
    let (base, response) = Base::of(spec.encoder.wanted(), &seen, run)?;
    let header = Header {
        reader,
        response,
        settings: json.clone(),
        seed: run.seed(),
    };
    let shape = header.shape(&spec);
    let nodes = known.rows() as u64;
    let room = nodes
        .checked_mul(shape.activations())
        .and_then(|own| own.checked_add(8 * (spec.latent * all.len()) as u64));
    check_memory(
        spec.encoder.training.bytes(shape.size(), room),
        run,
        "narrower layers (`--set hidden=8`), or a narrower embedding (`--set latent=8`); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let network = Network::new(
        &shape,
        spec.encoder.activation.activation(),
        &mut parameters,
        Some(run.seed()),
    );
    let inputs = header.reader.read(graph, run)?;
    let others = |count: usize, number: u64| strangers(&known, count, stream.child(number));
    let examples = Examples {
        field: Field::whole(&base, &inputs, network.depth()),
        valid: [valid.clone(), others(valid.len(), 1)],
        train: own,
        known: known.clone(),
    };
    let mut objective = OfLinks {
        network: &network,
        spec: &spec,
        header: &header,
        examples: &examples,
        terms: [0.0; 2],
    };
    let fitted = train(&mut objective, parameters, &spec.training(), plan, run)?;
    let mut report = fitted.report;
    let model = Trained {
        entry,
        header,
        spec,
        network,
        parameters: fitted.model,
        notes,
    };
    // The held-out edges are none that places of nodes have seen.
    let places = model.places(&seen, run.threads())?;
    let parts = [("test", &test, 2), ("train", &examples.train, 3)];
    for (name, own, number) in parts.into_iter().filter(|part| part.1.len() > 0) {
        let scores = model.judged(&places, own, &others(own.len(), number))?;
        report.scores.push(SplitScores::new(name, scores));
    }
    Ok(Fitted {
        model,
        outcome: fitted.outcome,
        report,
    })
}
