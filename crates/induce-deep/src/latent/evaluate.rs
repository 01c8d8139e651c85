//! Bounds of ln p(x) of images or rows, by as many samples as are wanted.

use std::ops::Range;

use induce_core::metrics::Score;
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Error, Result, Run};
use induce_prob::special::normal_quantile;
use induce_tensor::{Parameters, Tape, Tensor, Workspace};

use super::examples::Examples;
use super::gaussian::{Gaussian, standard_ln_density};
use super::jackknife::{effective_samples, elbo, iwae, jackknife, ln_add};
use super::network::Network;
use super::pixels::Batch;
use super::spec::{Bound, GradientKind, Spec};

/// Examples that are encoded together.
const TOGETHER: usize = 100;
/// The most rows that are decoded together: a sample of an example each.
const ROWS: usize = 2_000;
/// About how many numbers of the network are in memory at a time.
const NUMBERS: u64 = 1 << 26;
/// The most log weights in memory.
const WEIGHTS: usize = 1 << 26;
/// Samples up to which pairs are left out: their number grows as the square.
const PAIRED: usize = 100;
/// The variance over examples of the mean of an active latent variable (Burda et al. 2016, section 5.2).
const ACTIVE: f64 = 0.01;

/// The bound that a training maximizes, of one row.
pub fn row_bound(ln_w: &[f64], spec: &Spec) -> f64 {
    match spec.bound {
        Bound::None | Bound::Elbo => elbo(ln_w),
        Bound::Iwae => iwae(ln_w),
        Bound::Jvi => jackknife(ln_w, spec.order).unwrap_or_else(|| iwae(ln_w)),
    }
}

/// What was found of images or rows.
pub struct Judged {
    /// Samples of each.
    pub samples: usize,
    /// ELBO. // (examples)
    elbo: Vec<f64>,
    /// IWAE. // (examples)
    iwae: Vec<f64>,
    /// JVI-1 and JVI-2, where there are samples enough and not too many. // (orders, examples)
    jvi: [Vec<f64>; 2],
    /// Effective samples. // (examples)
    effective: Vec<f64>,
    /// The mean of q(z_1 | x). // (examples, width)
    pub means: Vec<f64>,
    width: usize,
}

/// Examples that are judged together.
pub struct Block<'a> {
    /// Who works.
    pub team: &'a Team<'a>,
    /// Where tapes are.
    pub workspace: &'a mut Workspace,
    /// The examples as numbers.
    pub batch: &'a Batch,
    /// How many they are.
    pub rows: usize,
    /// What is drawn for them.
    pub stream: Stream,
}

/// ln w of every sample of every example of a block, without the volume, and the means of its latent variables.
pub type Weigh<'f> = dyn FnMut(&mut Block) -> Result<(Vec<Vec<f64>>, Vec<f32>)> + 'f;

/// Judge examples block by block, of so many samples and of latent variables of a width.
///
/// # Errors
/// If the run stops before the first are done, and as `weigh`.
pub fn judge_blocks(
    examples: Examples,
    (samples, width): (usize, usize),
    run: &mut Run,
    weigh: &mut Weigh,
) -> Result<Judged> {
    let (examples, stream) = (examples.measured(), run.stream("latent/judge"));
    // Of very many samples fewer examples at a time: all log weights of a block are held.
    let together = (WEIGHTS / samples.max(1)).clamp(1, TOGETHER);
    let blocks = examples.len().div_ceil(together);
    let mut judged = Judged {
        samples,
        elbo: Vec::new(),
        iwae: Vec::new(),
        jvi: Default::default(),
        effective: Vec::new(),
        means: Vec::new(),
        width,
    };
    run.monitor().begin("evaluating", blocks as u64);
    let ended = Team::with(run.threads(), |team| {
        let (mut workspace, mut batch) = (Workspace::default(), Batch::default());
        for block in 0..blocks {
            if block > 0 && run.stop_reason().is_some() {
                break;
            }
            let some: Vec<usize> = (block * together..((block + 1) * together).min(examples.len())).collect();
            let own = stream.child(block as u64);
            examples.fill(&some, own.child(0), &mut batch);
            let (mut ln_w, means) = weigh(&mut Block {
                team,
                workspace: &mut workspace,
                batch: &batch,
                rows: some.len(),
                stream: own,
            })?;
            for (volume, own) in batch.ln_volumes.iter().zip(&mut ln_w) {
                own.iter_mut().for_each(|w| *w += volume);
                judged.add(own);
            }
            judged.means.extend(means.into_iter().map(f64::from));
            run.monitor()
                .step(block as u64 + 1, &[("elbo".to_owned(), mean(&judged.elbo))]);
        }
        Ok(())
    });
    run.monitor().end();
    ended.map(|()| judged)
}

/// How the latent variables of an evaluation are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draws {
    /// For each example its own: errors of a mean over many cancel.
    Own,
    /// The same for all, up to the means and deviations of each: what is said of an example does not depend on the others. One of four is of the
    /// prior, so that no weight is far above p(x | z) where q(z | x) is off, as it can be of rows with holes that training had not (a defensive
    /// mixture: Hesterberg 1995; Owen & Zhou 2000). ELBO and effective samples are then not those of q.
    Common,
}

/// Judge examples.
///
/// # Errors
/// As [`judge_blocks`].
pub fn judge(
    network: &Network,
    parameters: &Parameters,
    examples: Examples,
    (samples, draws): (usize, Draws),
    run: &mut Run,
) -> Result<Judged> {
    let common = run.stream("latent/density");
    let sizes = (samples, network.shape.latent[0]);
    judge_blocks(examples, sizes, run, &mut |block| {
        let mut pass = Pass {
            network,
            parameters,
            team: block.team,
            workspace: &mut *block.workspace,
            targets: block.batch.targets(),
            rows: block.rows,
        };
        let first = pass.encode(&block.batch.inputs)?;
        let stream = match draws {
            Draws::Own => block.stream.child(1),
            Draws::Common => common,
        };
        let ln_w = pass.ln_weights(&first, (samples, draws), stream)?;
        let [means, _] = first;
        Ok((ln_w, means))
    })
}

/// Examples on their way through the network.
struct Pass<'a> {
    network: &'a Network,
    parameters: &'a Parameters,
    team: &'a Team<'a>,
    workspace: &'a mut Workspace,
    targets: &'a [f32],
    rows: usize,
}

impl Pass<'_> {
    /// Mean and ln sigma of q(z_1 | x). // (rows, width) each
    fn encode(&mut self, inputs: &[f32]) -> Result<[Vec<f32>; 2]> {
        let tape = Tape::new(self.workspace, self.parameters, self.team);
        let q = self
            .network
            .encode(tape.input(&[self.rows, inputs.len() / self.rows], inputs));
        Ok([tape.values(q.mean)?, tape.values(q.ln_scale)?])
    }

    /// ln w of every sample, one by one. // (rows, samples)
    fn ln_weights(
        &mut self,
        first: &[Vec<f32>; 2],
        (samples, draws): (usize, Draws),
        stream: Stream,
    ) -> Result<Vec<Vec<f64>>> {
        let rows = self.rows;
        let room = (NUMBERS / self.network.shape.numbers().max(1)).min(ROWS as u64) as usize;
        let together = (room / rows).clamp(1, samples);
        // The last ones are of the prior.
        let of_q = match draws {
            Draws::Own => samples,
            Draws::Common => samples - samples / 4,
        };
        let mut all = vec![Vec::with_capacity(samples); rows];
        let parts = |from: usize, to: usize| {
            let end = move |start: usize| (start + together).min(to);
            (from..to).step_by(together).map(move |start| start..end(start))
        };
        for (part, some) in parts(0, of_q).chain(parts(of_q, samples)).enumerate() {
            let tape = Tape::new(self.workspace, self.parameters, self.team);
            let of = |values: &[f32]| tape.input(&[rows, values.len() / rows], values);
            let q = Gaussian {
                mean: of(&first[0]),
                ln_scale: of(&first[1]),
            };
            let is_of_q = some.start < of_q;
            let proposal = if is_of_q { q } else { q.standard() };
            let (count, own, mut eps) = (some.len(), stream.child(part as u64), None);
            let mut noise = |layer: usize, lengths: &[usize]| {
                let drawn = match draws {
                    Draws::Own => tape.normal(lengths, own.child(layer as u64)),
                    Draws::Common => common(&tape, lengths, &some, stream.child(layer as u64)),
                };
                eps.get_or_insert(drawn);
                drawn
            };
            let kind = GradientKind::Reparameterized;
            let pass = self
                .network
                .pass(proposal, of(self.targets), count, kind, &mut noise);
            let ln_w = tape.values(pass.ln_weights())?;
            let mut ln_w: Vec<f64> = ln_w.into_iter().map(f64::from).collect();
            if let Some(eps) = eps.filter(|_| of_q < samples) {
                let z = proposal.draw(eps);
                let densities = [
                    tape.values(q.ln_density(z))?,
                    tape.values(standard_ln_density(z))?,
                ];
                defend(&mut ln_w, &densities, is_of_q, of_q as f64 / samples as f64);
            }
            for sample in ln_w.chunks_exact(rows) {
                all.iter_mut().zip(sample).for_each(|(own, w)| own.push(*w));
            }
        }
        Ok(all)
    }
}

/// Noise that is the same for all rows: samples of these numbers, each of its own stream. // (samples, 1, width)
fn common<'t>(tape: &'t Tape<'t>, lengths: &[usize], samples: &Range<usize>, stream: Stream) -> Tensor<'t> {
    let width = lengths[lengths.len() - 1];
    let each = samples.clone().flat_map(|sample| {
        let own = stream.child(sample as u64);
        (0..width as u64).map(move |j| standard_normal(own, j) as f32)
    });
    tape.input(&[samples.len(), 1, width], &each.collect::<Vec<f32>>())
}

/// Weights as those of draws from a mixture: q, of which there is this share of all, and the prior. `densities` are ln q and ln p of the draws.
fn defend(ln_w: &mut [f64], [ln_q, ln_p]: &[Vec<f32>; 2], is_of_q: bool, share: f64) {
    for ((w, ln_q), ln_p) in ln_w.iter_mut().zip(ln_q).zip(ln_p) {
        let (ln_q, ln_p) = (f64::from(*ln_q), f64::from(*ln_p));
        let drawn_of = if is_of_q { ln_q } else { ln_p };
        *w += drawn_of - ln_add(share.ln() + ln_q, (1.0 - share).ln() + ln_p);
    }
}

impl Judged {
    fn add(&mut self, ln_w: &[f64]) {
        self.elbo.push(elbo(ln_w));
        self.iwae.push(iwae(ln_w));
        self.jvi[0].extend(jackknife(ln_w, 1));
        if ln_w.len() <= PAIRED {
            self.jvi[1].extend(jackknife(ln_w, 2));
        }
        self.effective.push(effective_samples(ln_w));
    }

    /// Images or rows that were judged.
    pub fn count(&self) -> usize {
        self.effective.len()
    }

    /// ln p(x) of every one, as well as it is known: that of importance sampling. // (examples)
    pub fn ln_densities(&self) -> &[f64] {
        &self.iwae
    }

    /// Latent variables that say something of the data.
    pub fn active(&self) -> usize {
        let n = self.count() as f64;
        let active = |j: &usize| {
            let own = || self.means.iter().skip(*j).step_by(self.width);
            let mean = own().sum::<f64>() / n;
            own().map(|x| (x - mean).powi(2)).sum::<f64>() / n > ACTIVE
        };
        (0..self.width).filter(active).count()
    }

    /// Bounds in nats per image or row, with 95 % intervals over them; bits per dimension of images, whether their values are continuous and how
    /// many they have.
    ///
    /// # Errors
    /// If nothing was judged.
    pub fn scores(&self, image: Option<(bool, usize)>) -> Result<Vec<Score>> {
        if self.count() == 0 {
            return Err(Error::data(
                "there is nothing to judge",
                "give at least one image or row",
            ));
        }
        let mut all = vec![Score::mean_of("elbo", &self.elbo)];
        let k = self.samples;
        if k > 1 {
            all.push(Score::mean_of(format!("iwae_{k}"), &self.iwae));
        }
        let jackknifed = ["jvi_1", "jvi_2"].into_iter().zip(&self.jvi);
        all.extend(
            jackknifed
                .filter(|own| !own.1.is_empty())
                .map(|(name, own)| Score::mean_of(name, own)),
        );
        all.push(Score::mean_of("log_likelihood", &self.iwae));
        if let Some((continuous, values)) = image {
            // A density of values in [0, 1] is one of 256 levels after log2 256 bits.
            let discrete = if continuous { 8.0 } else { 0.0 };
            let bits = -1.0 / (values as f64 * std::f64::consts::LN_2);
            let bits: Vec<f64> = self.iwae.iter().map(|ln| discrete + bits * ln).collect();
            all.push(Score::mean_of("bits_per_dimension", &bits));
        }
        if k > 1 {
            all.push(Score::mean_of("ess", &self.effective));
        }
        if self.width > 0 {
            all.push(Score::bare("active_units", self.active() as f64));
        }
        Ok(all)
    }
}

/// A standard normal number; its uniform one is never 0.
pub fn standard_normal(stream: Stream, i: u64) -> f64 {
    normal_quantile(stream.uniform(i).max(f64::EPSILON / 4.0))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
