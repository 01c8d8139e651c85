//! The loss: the mean over ratings of -ln P(y_ui = its level).

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Pairs, Parameters, Tape, Tensor};

use super::file::Header;
use super::graph::{Adjacency, Graph};
use super::network::Network;
use super::nodes::Known;
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext};

/// Ratings that are evaluated together.
const TOGETHER: usize = 100_000;

/// A rating: user, item, level.
pub type Rating = (u32, u32, u32);

/// Ratings to learn from, and to choose by.
pub struct Examples {
    /// The graph of those to learn from.
    pub graph: Graph,
    /// Those, in the order of users.
    pub train: Vec<Rating>,
    /// Those to choose by, in the same order.
    pub valid: Vec<Rating>,
}

/// The loss over ratings.
pub struct OfRatings<'c> {
    network: &'c Network,
    header: &'c Header,
    known: &'c Known,
    examples: &'c Examples,
    dropout: f64,
    order: Order,
    whole: Adjacency,
    /// All pairs, where a step takes all.
    all: Option<(Pairs, Vec<u32>)>,
    held_out: HeldOut,
}

/// Pairs in the order of users, and their levels.
fn pairs(network: &Network, some: &[Rating]) -> Result<(Pairs, Vec<u32>)> {
    let [users, items] = network.shape.nodes;
    let places: Vec<(u32, u32)> = some.iter().map(|own| (own.0, own.1)).collect();
    Ok((
        Pairs::new(users, items, &places)?,
        some.iter().map(|own| own.2).collect(),
    ))
}

impl<'c> OfRatings<'c> {
    /// Of these ratings, so many at a time.
    ///
    /// # Errors
    /// None, by construction.
    pub fn new(
        network: &'c Network,
        (header, known): (&'c Header, &'c Known),
        examples: &'c Examples,
        (batch, dropout): (usize, f64),
    ) -> Result<Self> {
        let count = examples.train.len();
        Ok(Self {
            order: Order::new(Stream::new(header.seed, "gcmc/order"), count, batch),
            whole: examples.graph.whole()?,
            all: (batch >= count)
                .then(|| pairs(network, &examples.train))
                .transpose()?,
            held_out: HeldOut {
                examples: examples.valid.len(),
                quick: examples.valid.len(),
                together: TOGETHER,
            },
            network,
            header,
            known,
            examples,
            dropout,
        })
    }

    fn some(&mut self, batch: u64) -> Result<(Pairs, Vec<u32>)> {
        if let Some(all) = &self.all {
            return Ok(all.clone());
        }
        let mut chosen = self.order.choose(batch).to_vec();
        chosen.sort_unstable();
        let some: Vec<Rating> = chosen.iter().map(|&k| self.examples.train[k]).collect();
        pairs(self.network, &some)
    }
}

impl Objective for OfRatings<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let (pairs, levels) = self.some(at.batch)?;
        let graph = self.examples.graph.thinned(self.dropout, at.noise.child(0))?;
        let noise = Some((self.dropout, at.noise.child(1)));
        let embedded = self.network.embed(tape, &graph, self.known.features(), noise);
        Ok(self
            .network
            .decode(embedded, &pairs)
            .cross_entropy(&levels)
            .mean())
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.order.size(), "ratings")
    }

    fn held_out(&self, quick: bool) -> usize {
        self.held_out.batches(quick)
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let (pairs, levels) = pairs(self.network, &self.examples.valid[self.held_out.batch(batch)])?;
        let embedded = self.network.embed(tape, &self.whole, self.known.features(), None);
        let own = tape.values(self.network.decode(embedded, &pairs).cross_entropy(&levels))?;
        losses
            .groups
            .extend(own.into_iter().map(|loss| (f64::from(loss), 1.0)));
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(self.known, parameters)
    }
}
