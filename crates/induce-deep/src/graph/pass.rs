//! What a trained network says of every node of a graph.

use induce_core::model::Graph;
use induce_core::parallel::Team;
use induce_core::{Result, Run};
use induce_tensor::{Parameters, Tape, Workspace};

use super::field::Field;
use super::filter::{Base, Response, Wanted};
use super::network::Network;
use super::reader::Reader;

/// How nodes become inputs, what filters do to eigenvalues, and the seed: what a model file says besides weights and settings.
pub type Learnt<'a> = (&'a Reader, &'a Response, u64);

/// What comes out of the first `depth` layers for every node of a graph: by the filters of the training, whatever its own largest
/// eigenvalue. // (nodes, width)
///
/// # Errors
/// If features are missing, or edges lead one way.
pub fn layer(
    (reader, response, seed): Learnt,
    (network, parameters): (&Network, &Parameters),
    (graph, depth): (&Graph, usize),
    threads: usize,
) -> Result<Vec<f32>> {
    let run = Run::new(seed).with_threads(threads);
    let wanted = Wanted {
        filter: response.filter,
        order: response.order,
        largest: response.largest,
    };
    let (base, _) = Base::of(wanted, graph, &run)?;
    let (inputs, _) = reader.read(graph, &run)?;
    let field = Field::whole(&base, &inputs, network.depth());
    Team::with(threads, |team| {
        let mut workspace = Workspace::default();
        let tape = Tape::new(&mut workspace, parameters, team);
        let said = network.apply(&tape, &field, depth, None);
        tape.values(said)
    })
}
