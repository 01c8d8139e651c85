//! What a trained network says of every node of a graph, or of every graph of a collection.

use induce_core::model::Graph;
use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_tensor::{Parameters, Tape, Workspace};

use super::field::Field;
use super::filter::{Base, Response, Wanted};
use super::network::Network;
use super::pool::Members;
use super::reader::Reader;
use super::readout::Pooling;

/// What a model file says besides weights and settings.
pub struct Learnt<'a> {
    /// How nodes become inputs.
    pub reader: &'a Reader,
    /// What filters do to eigenvalues.
    pub response: &'a Response,
    /// How the nodes of a graph are pooled, if it is of graphs.
    pub pooling: Option<Pooling>,
    /// The seed of the training.
    pub seed: u64,
}

/// What comes out of the first `depth` layers for every node of a graph, or of these the pooled for every graph of a collection: by the
/// filters of the training, whatever its own largest eigenvalue. // (examples, width)
///
/// # Errors
/// If features are missing, or edges lead one way.
pub fn layer(
    learnt: &Learnt,
    (network, parameters): (&Network, &Parameters),
    (graph, depth): (&Graph, usize),
    threads: usize,
) -> Result<Vec<f32>> {
    let run = Run::new(learnt.seed).with_threads(threads);
    let wanted = Wanted {
        filter: learnt.response.filter,
        order: learnt.response.order,
        scale: learnt.response.scale,
    };
    let members = members(learnt.pooling, graph)?;
    let (base, _) = Base::of(wanted, graph, &run)?;
    let inputs = learnt.reader.read(graph, &run)?;
    let field = match &members {
        Some((own, all)) => own.field(&base, &inputs, network.depth(), all),
        None => Field::whole(&base, &inputs, network.depth()),
    };
    Team::with(threads, |team| {
        let mut workspace = Workspace::default();
        let tape = Tape::new(&mut workspace, parameters, team);
        let said = network.apply(&tape, &field, depth, None);
        tape.values(match &members {
            Some((own, all)) if depth < network.depth() => said.sparse_product(&own.pool(all)),
            _ => said,
        })
    })
}

/// The graphs of a collection, for a network of graphs.
///
/// # Errors
/// If a network of graphs is asked of nodes.
fn members(pooling: Option<Pooling>, graph: &Graph) -> Result<Option<(Members, Vec<u32>)>> {
    match (pooling, &graph.collection) {
        (Some(pooling), Some(own)) => {
            let members = Members::of(own, pooling);
            let all = (0..members.count() as u32).collect();
            Ok(Some((members, all)))
        }
        (Some(_), None) => Err(Error::data(
            "the model was trained on classes of graphs, and nothing says which graph a node is in",
            "give the nodes a column `graph`, as in the training",
        )),
        (None, _) => Ok(None),
    }
}
