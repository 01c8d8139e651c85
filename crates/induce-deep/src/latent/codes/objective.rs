//! The loss over mini-batches of images: -ln p(x | z) and what the codes cost, in nats per image.

use induce_core::model::Images;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_core::{Error, Result};
use induce_tensor::{Parameters, Shape, Tape, Tensor};

use super::book::{Book, counts, perplexity};
use super::file::KIND;
use super::network::Network;
use super::quantize::{Moment, Quantized};
use super::spec::{Quantization, Spec, Update};
use crate::latent::examples::Examples;
use crate::latent::file::Header;
use crate::latent::pixels::{Batch, Pixels};
use crate::train::{HeldOut, HeldOutLoss, Objective, Order, StepContext, inputs};

/// About how many held-out images are evaluated during training.
const QUICK: usize = 2_000;
/// Held-out images that are evaluated together.
const TOGETHER: usize = 100;

/// A bound of ln p(x) over images, with the codes' own terms.
pub struct OfCodes<'c> {
    network: &'c Network,
    spec: &'c Spec,
    header: &'c Header,
    train: &'c Images,
    valid: Option<&'c Images>,
    pixels: Pixels,
    seed: u64,
    steps: u64,
    order: Order,
    held_out: HeldOut,
    batch: Batch,
    book: Option<Book>,
    /// Reconstruction, penalty and perplexity of the last mini-batch.
    terms: [f64; 3],
}

impl<'c> OfCodes<'c> {
    /// Of images to learn from, and others to judge by; over so many steps.
    pub fn new(
        network: &'c Network,
        (spec, header): (&'c Spec, &'c Header),
        (train, valid): (&'c Images, Option<&'c Images>),
        (seed, steps): (u64, u64),
    ) -> Self {
        let averaged = spec.quantization == Quantization::Nearest && spec.update == Update::Average;
        Self {
            network,
            spec,
            header,
            train,
            valid,
            pixels: spec.pixels(),
            seed,
            steps,
            order: Order::new(
                Stream::new(seed, "latent/order"),
                train.len(),
                spec.training.batch,
            ),
            held_out: HeldOut {
                examples: valid.map_or(0, Images::len),
                quick: QUICK,
                together: TOGETHER,
            },
            batch: Batch::default(),
            book: averaged.then(|| Book::new(spec)),
            terms: [0.0; 3],
        }
    }

    /// -ln p(x | z) per image, and the codes of images.
    fn pass<'t>(
        &mut self,
        tape: &'t Tape<'t>,
        (images, some): (&Images, &[usize]),
        (choice, at): (Stream, Moment),
    ) -> Result<(Tensor<'t>, Quantized<'t>, Tensor<'t>)> {
        Examples::Images(images, self.pixels).fill(some, choice, &mut self.batch);
        let lengths = [some.len(), images.size()];
        let said = self.network.encode(tape.input(&lengths, &self.batch.inputs));
        let book = tape.parameter(self.network.book);
        let quantized = self.spec.quantizer().quantize(said, book, at)?;
        let loss = self
            .network
            .decode(quantized.z)
            .loss(tape.input(&lengths, self.batch.targets()));
        Ok((loss, quantized, said))
    }
}

impl Objective for OfCodes<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        let some = self.order.choose(at.batch).to_vec();
        let moment = Moment {
            temperature: self.spec.temperature(at.step, self.steps),
            beta: self.spec.beta(at.step),
            noise: at.noise,
        };
        let train = self.train;
        let (loss, own, said) = self.pass(tape, (train, &some), (at.choice, moment))?;
        if let Some(book) = &mut self.book {
            tape.with_values(said, |vectors| book.see(vectors, &own.codes))?;
        }
        let penalty = own.penalty.affine(1.0 / some.len() as f64, 0.0);
        let loss = loss.mean();
        self.terms = [
            f64::from(loss.item()?),
            f64::from(penalty.item()?),
            perplexity(&counts(&own.codes, self.network.shape.codes)),
        ];
        Ok(loss + penalty)
    }

    fn update(&mut self, parameters: &mut Parameters, step: u64) {
        if let Some(book) = &mut self.book {
            let draws = Stream::new(self.seed, "codes/revive").child(step);
            book.step(parameters.values_mut(self.network.book), draws);
        }
    }

    fn carried(&self) -> Vec<f32> {
        self.book.as_ref().map(Book::state).unwrap_or_default()
    }

    fn carry(&mut self, carried: Vec<f32>) -> Result<()> {
        match self.book.as_mut().map(|book| book.go_on(&carried)) {
            Some(false) => Err(Error::data(
                format!("a state of {} numbers is of another codebook", carried.len()),
                "leave out --resume to start anew",
            )),
            _ => Ok(()),
        }
    }

    fn terms(&self) -> Vec<(&'static str, f64)> {
        let penalty = match self.spec.quantization {
            Quantization::Nearest => "commitment",
            Quantization::Gumbel => "kl",
        };
        let [reconstruction, own, perplexity] = self.terms;
        vec![
            ("reconstruction", reconstruction),
            (penalty, own),
            ("perplexity", perplexity),
        ]
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.order.size(), "images")
    }

    fn all_examples(&self) -> usize {
        self.train.len()
    }

    /// The codebook and the prior are no weights.
    fn inputs_of(&self, name: &str, shape: Shape) -> Option<usize> {
        let own = ["codebook", "prior"].contains(&name);
        (!own).then(|| inputs(shape)).flatten()
    }

    fn held_out(&self, quick: bool) -> usize {
        self.held_out.batches(quick)
    }

    /// -ELBO with a uniform prior: of the code itself where it is a point, of the relaxation cold as it ends where it is drawn.
    fn evaluate(&mut self, tape: &Tape, batch: usize, _: bool, losses: &mut HeldOutLoss) -> Result<()> {
        let Some(valid) = self.valid else {
            return Ok(());
        };
        let some: Vec<usize> = self.held_out.batch(batch).collect();
        let stream = Stream::new(self.seed, "codes/valid").child(batch as u64);
        let moment = Moment {
            temperature: self.spec.final_temperature,
            beta: 1.0,
            noise: stream.child(1),
        };
        let (loss, own, _) = self.pass(tape, (valid, &some), (stream.child(0), moment))?;
        let kl = match self.spec.quantization {
            Quantization::Nearest => {
                self.network.shape.places() as f64 * (self.network.shape.codes as f64).ln()
            }
            Quantization::Gumbel => f64::from(own.penalty.item()?) / some.len() as f64,
        };
        let each = tape.values(loss)?;
        losses
            .groups
            .extend(each.into_iter().map(|loss| (f64::from(loss) + kl, 1.0)));
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(KIND, parameters)
    }
}
