//! What a network, or many that are drawn from random weights, say of rows.

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Result, Run};
use induce_tensor::{Parameters, Tape, Workspace};

use super::file::Header;
use super::network::{Chance, Network};
use super::reader::Source;

/// Rows that go through the network together.
const TOGETHER: usize = 512;

/// Means over networks, of every row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// Probabilities, or a quantity in the unit of the network. // (rows, width)
    pub mean: Vec<f64>,
    /// The entropy of a network's own probabilities in the mean over networks; or the variance of a quantity over networks. // (rows)
    pub spread: Vec<f64>,
    /// How many networks.
    pub networks: usize,
}

/// The weights of network `draw` of the ensemble: those of the posterior that its stream gives.
///
/// # Errors
/// If the tape is poisoned.
pub fn drawn(
    network: &Network,
    parameters: &Parameters,
    seed: u64,
    draw: u64,
    team: &Team,
    workspace: &mut Workspace,
) -> Result<Parameters> {
    let stream = Stream::new(seed, "supervised/draws").child(draw);
    let mut own = parameters.clone();
    let tape = Tape::new(workspace, parameters, team);
    for (i, weight) in network.weights().enumerate() {
        if let Some(rho) = weight.rho {
            let w = tape
                .parameter(weight.mean)
                .draw(tape.parameter(rho), stream.child(i as u64));
            tape.with_values(w, |w| own.values_mut(weight.mean).copy_from_slice(w))?;
        }
    }
    Ok(own)
}

/// Raw numbers of all rows by these weights, a batch after the other.
///
/// # Errors
/// If the tape is poisoned.
pub fn raw(
    network: &Network,
    parameters: &Parameters,
    source: &Source,
    team: &Team,
    workspace: &mut Workspace,
    mut each: impl FnMut(&[f32]),
) -> Result<()> {
    let (rows, mut inputs) = (source.len(), Vec::new());
    for start in (0..rows).step_by(TOGETHER) {
        let some: Vec<usize> = (start..(start + TOGETHER).min(rows)).collect();
        source.fill(&some, &mut inputs);
        let tape = Tape::new(workspace, parameters, team);
        let x = tape.input(&[some.len(), network.shape.inputs()], &inputs);
        let (y, _) = network.apply(x, Chance::default());
        tape.with_values(y, |values| {
            values.chunks_exact(network.shape.outputs).for_each(&mut each);
        })?;
    }
    Ok(())
}

/// What the network says of rows; with random weights the mean over `draws` networks.
///
/// # Errors
/// If the tape is poisoned.
pub fn say(
    header: &Header,
    network: &Network,
    parameters: &Parameters,
    source: &Source,
    draws: usize,
    run: &Run,
) -> Result<Said> {
    let random = network.shape.rho.is_some() && draws > 0;
    let networks = if random { draws } else { 1 };
    let mut all = Sums::default();
    Team::with(run.threads(), |team| {
        let mut workspace = Workspace::default();
        for draw in 0..networks {
            let own = match random {
                true => Some(drawn(
                    network,
                    parameters,
                    header.seed,
                    draw as u64,
                    team,
                    &mut workspace,
                )?),
                false => None,
            };
            let mut values = Vec::with_capacity(source.len() * header.outcome.width());
            let weights = own.as_ref().unwrap_or(parameters);
            raw(network, weights, source, team, &mut workspace, |raw| {
                header.outcome.read(raw, &mut values);
            })?;
            all.add(&values, header.outcome.width(), header.outcome.is_quantity());
        }
        Ok(all.said(networks, header.outcome.is_quantity()))
    })
}

/// Sums over networks.
#[derive(Default)]
struct Sums {
    values: Vec<f64>,
    /// Of squares of differences from the mean so far, or of entropies.
    spread: Vec<f64>,
    count: f64,
}

impl Sums {
    fn add(&mut self, values: &[f64], width: usize, quantity: bool) {
        let rows = values.len() / width.max(1);
        self.values.resize(values.len(), 0.0);
        self.spread.resize(rows, 0.0);
        self.count += 1.0;
        for (row, own) in values.chunks_exact(width).enumerate() {
            let sums = &mut self.values[row * width..][..width];
            if quantity && self.count > 1.0 {
                // Welford 1962.
                let before = sums[0] / (self.count - 1.0);
                let after = (sums[0] + own[0]) / self.count;
                self.spread[row] += (own[0] - before) * (own[0] - after);
            }
            if !quantity {
                self.spread[row] += entropy(own);
            }
            sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
    }

    fn said(self, networks: usize, quantity: bool) -> Said {
        let n = networks as f64;
        let of = if quantity { (n - 1.0).max(1.0) } else { n };
        Said {
            mean: self.values.into_iter().map(|x| x / n).collect(),
            spread: self.spread.into_iter().map(|x| x / of).collect(),
            networks,
        }
    }
}

/// -sum p ln p, in nats.
pub fn entropy(p: &[f64]) -> f64 {
    -p.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum::<f64>()
}
