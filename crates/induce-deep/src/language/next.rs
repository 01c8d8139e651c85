//! The loss of language models: -ln p(token | those before it), mean over tokens.

use induce_core::model_file::ModelFile;
use induce_core::words::counted;
use induce_core::{Error, Result};
use induce_tensor::{Parameters, Shape, Tape, Tensor};

use super::corpus::Corpus;
use super::fault::damaged;
use super::file::Header;
use super::network::{Network, Texts};
use crate::layers::Noise;
use crate::train::{HeldOutLoss, Objective, StepContext, inputs};

/// A target that is left out.
const LEFT_OUT: u32 = u32::MAX;
/// About how many held-out tokens are evaluated during training.
const QUICK: usize = 1 << 14;
/// Tables of embeddings, of tokens and positions, by the names that architectures have for them.
const TABLES: [&str; 4] = [
    "embedding.weight",
    "transformer.wte.weight",
    "transformer.wpe.weight",
    "model.embed_tokens.weight",
];

/// The next token of a text.
///
/// A transformer sees windows of the text that begin anywhere. A recurrent network reads the text from beginning to end, in
/// as many streams as a batch has texts, and carries its states on while gradients go back through one window (truncated
/// back-propagation through time, Williams & Peng 1990).
pub struct NextToken<'c> {
    network: &'c dyn Network,
    corpus: &'c Corpus,
    header: &'c Header,
    /// Texts of a batch, and tokens of each.
    batch: usize,
    context: usize,
    dropout: f64,
    /// States of recurrent networks: before the step, after it, and while held-out data are read.
    before: Vec<f32>,
    after: Vec<f32>,
    evaluating: Vec<f32>,
    inputs: Vec<u32>,
    targets: Vec<u32>,
}

impl<'c> NextToken<'c> {
    /// Of a corpus, in batches.
    ///
    /// # Errors
    /// If the text is shorter than a window.
    pub fn new(
        network: &'c dyn Network,
        corpus: &'c Corpus,
        header: &'c Header,
        batch: usize,
        dropout: f64,
    ) -> Result<Self> {
        let context = header.shape.context();
        let texts = if network.is_recurrent() { batch } else { 1 };
        let (tokens, needed) = (
            corpus.train.len(),
            texts.saturating_mul(context).saturating_add(1),
        );
        if tokens < needed {
            let hint = if texts > 1 {
                "give a longer text, or a smaller `--set context=` or `--set batch=`"
            } else {
                "give a longer text, or a smaller `--set context=`"
            };
            let text = format!(
                "the training text has {}, and a step needs {needed}",
                counted(tokens, "token")
            );
            return Err(Error::data(text, hint));
        }
        if corpus.held_out.len() == 1 {
            return Err(Error::data(
                "a single token is held out: there is nothing to predict",
                "hold out a larger fraction of the text, or `--holdout 0`",
            ));
        }
        Ok(Self {
            network,
            corpus,
            header,
            batch,
            context,
            dropout,
            before: Vec::new(),
            after: Vec::new(),
            evaluating: Vec::new(),
            inputs: Vec::new(),
            targets: Vec::new(),
        })
    }

    /// One window of a text, and what follows each of its tokens.
    fn window(&mut self, text: &[u32], start: usize) {
        self.inputs.extend_from_slice(&text[start..start + self.context]);
        self.targets
            .extend_from_slice(&text[start + 1..=start + self.context]);
    }

    /// The windows of a step.
    fn choose(&mut self, at: &StepContext) {
        self.inputs.clear();
        self.targets.clear();
        let text = &self.corpus.train[..];
        if !self.network.is_recurrent() {
            for i in 0..self.batch {
                let start = at.choice.below(i as u64, text.len() - self.context);
                self.window(text, start);
            }
            return;
        }
        let length = (text.len() - 1) / self.batch;
        let windows = length / self.context;
        let number = (at.batch % windows as u64) as usize;
        if number == 0 {
            self.before.clear();
        }
        for i in 0..self.batch {
            self.window(text, i * length + number * self.context);
        }
    }

    fn texts(&self) -> Texts<'_> {
        Texts {
            tokens: &self.inputs,
            count: self.batch,
        }
    }

    /// How many windows of held-out text there are; the last may be shorter.
    fn windows(&self) -> usize {
        self.corpus
            .held_out
            .len()
            .saturating_sub(1)
            .div_ceil(self.context)
    }

    /// Windows of every stream of held-out text.
    fn stream_windows(&self) -> usize {
        (self.corpus.held_out.len().saturating_sub(1) / self.streams()).div_ceil(self.context)
    }

    /// Streams of held-out text: as many as in training, if it is long enough for them.
    fn streams(&self) -> usize {
        let longest = self.corpus.held_out.len().saturating_sub(1) / self.context;
        self.batch.min(longest).max(1)
    }

    /// Up to a window from `start` on, which ends before `end`; what is missing is left out.
    fn held_out_window(&mut self, start: usize, end: usize) {
        let text = &self.corpus.held_out;
        let to = (start + self.context).min(end);
        self.inputs.extend_from_slice(&text[start..to]);
        self.targets.extend_from_slice(&text[start + 1..=to]);
        let missing = self.context - (to - start);
        self.inputs.extend(std::iter::repeat_n(0, missing));
        self.targets.extend(std::iter::repeat_n(LEFT_OUT, missing));
    }

    /// The windows of a batch of held-out text; how many.
    fn choose_held_out(&mut self, batch: usize, quick: bool) -> usize {
        self.inputs.clear();
        self.targets.clear();
        let last = self.corpus.held_out.len() - 1;
        if self.network.is_recurrent() {
            let (streams, start) = (self.streams(), batch * self.context);
            let length = last / streams;
            for i in 0..streams {
                self.held_out_window(i * length + start, (i + 1) * length);
            }
            return streams;
        }
        let windows = self.windows();
        let evaluated = (self.held_out(quick) * self.batch).min(windows);
        let own = batch * self.batch..((batch + 1) * self.batch).min(evaluated);
        for i in own.clone() {
            // Where not all are evaluated: evenly over the text.
            self.held_out_window(i * windows / evaluated * self.context, last);
        }
        own.len()
    }
}

impl Objective for NextToken<'_> {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>> {
        self.choose(at);
        let noise = (self.dropout > 0.0).then_some(Noise {
            probability: self.dropout,
            stream: at.noise,
        });
        let (logits, last) = self.network.logits(tape, self.texts(), &self.before, noise);
        keep(&last, &mut self.after)?;
        Ok(logits.cross_entropy(&self.targets).mean())
    }

    fn all_examples(&self) -> usize {
        self.corpus.train.len() - 1
    }

    /// A table of embeddings is scaled as the weights of the output layer, which it may be too.
    fn inputs_of(&self, name: &str, shape: Shape) -> Option<usize> {
        match TABLES.contains(&name) {
            true => shape.lengths().last().copied(),
            false => inputs(shape),
        }
    }

    fn advance(&mut self) {
        std::mem::swap(&mut self.before, &mut self.after);
    }

    fn carried(&self) -> Vec<f32> {
        self.before.clone()
    }

    fn carry(&mut self, carried: Vec<f32>) -> Result<()> {
        let expected = self.network.state_size(self.batch);
        if !carried.is_empty() && carried.len() != expected {
            return Err(damaged(
                "checkpoint",
                format!("{} values of a state of {expected}", carried.len()),
            ));
        }
        self.before = carried;
        Ok(())
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.batch * self.context, "tokens")
    }

    fn held_out(&self, quick: bool) -> usize {
        let all = if self.corpus.held_out.is_empty() {
            0
        } else if self.network.is_recurrent() {
            self.stream_windows()
        } else {
            self.windows().div_ceil(self.batch)
        };
        if quick {
            all.min(QUICK.div_ceil(self.batch * self.context))
        } else {
            all
        }
    }

    fn evaluate(&mut self, tape: &Tape, batch: usize, quick: bool, all: &mut HeldOutLoss) -> Result<()> {
        let count = self.choose_held_out(batch, quick);
        if batch == 0 {
            self.evaluating.clear();
        }
        let texts = Texts {
            tokens: &self.inputs,
            count,
        };
        let (logits, last) = self.network.logits(tape, texts, &self.evaluating, None);
        keep(&last, &mut self.evaluating)?;
        let losses = logits.cross_entropy(&self.targets);
        tape.with_values(losses, |losses| {
            let windows = losses
                .chunks_exact(self.context)
                .zip(self.targets.chunks_exact(self.context));
            for (losses, targets) in windows {
                let sum = losses.iter().map(|loss| f64::from(*loss)).sum();
                let left_out = targets.iter().filter(|target| **target == LEFT_OUT).count();
                all.groups.push((sum, (self.context - left_out) as f64));
            }
        })
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        self.header.file(parameters)
    }
}

/// The values of states, one after the other.
fn keep(states: &[Tensor], into: &mut Vec<f32>) -> Result<()> {
    into.clear();
    for state in states {
        state
            .tape()
            .with_values(*state, |values| into.extend_from_slice(values))?;
    }
    Ok(())
}
