//! A text, token by token: plain decoding, or with a draft.

use std::time::Instant;

use induce_core::parallel::Team;
use induce_core::words::counted;
use induce_core::{Error, Result, Run};

use super::decoder::Decoder;
use super::draft::Draft;
use super::sampling::{Distribution, Sampling};
use super::speculate::{Length, Streams, row, verify};
use super::text::Text;
use super::tokens::Tokenizer;

/// What is asked for.
pub struct Generation<'a> {
    /// The sampling settings: how tokens are drawn.
    pub sampling: Sampling,
    /// The largest number of tokens to write.
    pub tokens: usize,
    /// Strings that end the text; they are not shown.
    pub stops: &'a [String],
    /// Where guesses come from, and most of them per pass.
    pub draft: Option<(&'a mut dyn Draft, usize)>,
}

/// What was done.
#[derive(Debug, Clone)]
pub struct Report {
    /// The text that was written, without the prompt.
    pub text: String,
    /// Its tokens.
    pub tokens: Vec<u32>,
    /// Tokens of the prompt.
    pub prompt: usize,
    /// Why it ended.
    pub reason: String,
    /// Whether the user ended it.
    pub interrupted: bool,
    /// Seconds for the prompt.
    pub prompt_seconds: f64,
    /// Seconds for the text.
    pub seconds: f64,
    /// Passes of the model for the text.
    pub passes: u64,
    /// How often the context was full and its first half left behind.
    pub moves: usize,
    /// Draft tokens that were verified.
    pub drafted: usize,
    /// Draft tokens that were accepted.
    pub accepted: usize,
    /// Seconds that plain decoding needs per token, measured after the text if there was a draft.
    pub plain_seconds: Option<f64>,
}

impl Report {
    /// Tokens per second.
    pub fn speed(&self) -> f64 {
        self.tokens.len() as f64 / self.seconds
    }

    /// How many times as fast as plain decoding it was.
    pub fn speed_up(&self) -> Option<f64> {
        Some(self.plain_seconds? * self.speed())
    }
}

/// Go on from `prompt`; `write` gets the text as it grows.
///
/// Where the context is full, the model goes on with the last half of it in sight. The same seed gives the same text on any
/// number of threads. A `decoder` that has read another text goes back to the
/// beginning.
///
/// # Errors
/// If the prompt is empty or does not fit the context, a value is out of range, a draft has another vocabulary, or `write`
/// fails.
pub fn generate(
    decoder: &mut Decoder,
    tokens: &Tokenizer,
    prompt: &[u32],
    generation: Generation,
    run: &Run,
    write: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Report> {
    generation.sampling.check()?;
    if let Some((draft, _)) = &generation.draft {
        same_tokens(draft.vocab_size(), decoder.vocab_size())?;
    }
    decoder.rewind(0);
    let Some((_, first)) = prompt.split_last() else {
        return Err(Error::data(
            "the prompt is empty, and the model has no beginning-of-text token",
            "give a prompt",
        ));
    };
    if prompt.len() > decoder.left() {
        return Err(Error::data(
            format!(
                "the prompt has {}, more than the context length of {}",
                counted(prompt.len(), "token"),
                decoder.left()
            ),
            "give a shorter prompt",
        ));
    }
    Team::with(run.threads(), |team| {
        let clock = Instant::now();
        decoder.read(team, first, 0)?;
        let mut writing = Writing::new(decoder, tokens, prompt, generation, run);
        writing.report.prompt_seconds = clock.elapsed().as_secs_f64();
        writing.all(team, write)
    })
}

/// Whether a draft chooses from as many tokens as the model: every token of the one must be one of the other.
fn same_tokens(draft: usize, model: usize) -> Result<()> {
    if draft == model {
        return Ok(());
    }
    Err(Error::data(
        format!("the draft has {draft} tokens, the model {model}"),
        "a draft needs as many tokens as the model; `--draft lookup` has them",
    ))
}

/// A text that is being written.
struct Writing<'a, 'g, 'm> {
    decoder: &'a mut Decoder<'m>,
    vocabulary: &'a Tokenizer,
    generation: Generation<'g>,
    run: &'a Run,
    streams: Streams,
    length: Length,
    /// Prompt and text.
    tokens: Vec<u32>,
    /// How many of them are out of sight.
    start: usize,
    text: Text,
    report: Report,
}

impl<'a, 'g, 'm> Writing<'a, 'g, 'm> {
    fn new(
        decoder: &'a mut Decoder<'m>,
        vocabulary: &'a Tokenizer,
        prompt: &[u32],
        generation: Generation<'g>,
        run: &'a Run,
    ) -> Self {
        let cost = |(draft, most): &(&mut dyn Draft, usize)| {
            Length::new(*most, draft.cost(decoder) + row(decoder.bytes()))
        };
        Self {
            length: generation.draft.as_ref().map_or(Length::new(0, 0.0), cost),
            text: Text::new(generation.stops),
            streams: Streams {
                tokens: run.stream("generate/tokens"),
                guesses: run.stream("generate/guesses"),
                accepts: run.stream("generate/keeps"),
            },
            report: Report {
                text: String::new(),
                tokens: Vec::new(),
                prompt: prompt.len(),
                reason: String::new(),
                interrupted: false,
                prompt_seconds: 0.0,
                seconds: 0.0,
                passes: 0,
                moves: 0,
                drafted: 0,
                accepted: 0,
                plain_seconds: None,
            },
            tokens: prompt.to_vec(),
            start: 0,
            decoder,
            vocabulary,
            generation,
            run,
        }
    }

    fn all(mut self, team: &Team, write: &mut dyn FnMut(&str) -> Result<()>) -> Result<Report> {
        let (clock, passes) = (Instant::now(), self.decoder.passes());
        let reason = loop {
            if let Some(reason) = self.over() {
                break reason;
            }
            let new = self.step(team)?;
            if let Some(reason) = self.show(&new, write)? {
                break reason;
            }
        };
        let rest = self.text.finish();
        self.say(&rest, write)?;
        self.report.reason = reason;
        self.report.interrupted = self.run.interrupted();
        self.report.seconds = clock.elapsed().as_secs_f64();
        self.report.passes = self.decoder.passes() - passes;
        if self.generation.draft.is_some() && !self.report.interrupted && !self.report.tokens.is_empty() {
            self.report.plain_seconds = Some(self.plain(team)?);
        }
        Ok(self.report)
    }

    /// Why no further token is to be drawn, if so.
    fn over(&self) -> Option<String> {
        if self.report.tokens.len() >= self.generation.tokens {
            return Some(match self.generation.tokens {
                1 => "1 token was asked for".into(),
                n => format!("{} were asked for", counted(n, "token")),
            });
        }
        self.run.stop_reason()
    }

    /// One pass of the model: the tokens that follow.
    fn step(&mut self, team: &Team) -> Result<Vec<u32>> {
        if self.unread() > self.decoder.left() {
            self.move_on();
        }
        let seen = &self.tokens[self.start..];
        let unread = seen[self.decoder.tokens().len()..].to_vec();
        let most = self.generation.tokens - self.report.tokens.len() - 1;
        let most = most.min(self.decoder.left() - unread.len());
        let (sampling, at) = (self.generation.sampling, self.tokens.len());
        let guesses = match &mut self.generation.draft {
            Some((draft, _)) if most > 0 => {
                let length = self.length.best().min(most);
                draft.guess(
                    team,
                    seen,
                    length,
                    &sampling,
                    self.streams.guesses.child(self.start as u64),
                )?
            }
            _ => Vec::new(),
        };
        let pass: Vec<u32> = unread.into_iter().chain(guesses.iter().map(|g| g.0)).collect();
        let vocabulary = self.decoder.vocab_size();
        let logits = self.decoder.read(team, &pass, guesses.len() + 1)?;
        let mut target = vec![Distribution::default(); guesses.len() + 1];
        for (row, q) in logits.chunks_exact(vocabulary).zip(&mut target) {
            sampling.distribution(row, q)?;
        }
        let (accepted, last) = verify(&guesses, &target, self.streams, at as u64);
        let drafted = guesses.len().min(accepted + 1);
        self.length.learn(drafted, accepted);
        self.report.drafted += drafted;
        self.report.accepted += accepted;
        self.decoder.rewind(at - self.start + accepted);
        Ok(guesses[..accepted].iter().map(|g| g.0).chain([last]).collect())
    }

    fn unread(&self) -> usize {
        self.tokens.len() - self.start - self.decoder.tokens().len()
    }

    /// The context is full: go on with the last half of it in sight. When that is depends on the text alone, so that a draft
    /// changes nothing.
    fn move_on(&mut self) {
        let room = self.decoder.tokens().len() + self.decoder.left();
        self.start = self.tokens.len() - (room / 2).max(1);
        self.decoder.rewind(0);
        self.report.moves += 1;
    }

    /// Add tokens to the text; why it ends with one of them, if it does.
    fn show(&mut self, new: &[u32], write: &mut dyn FnMut(&str) -> Result<()>) -> Result<Option<String>> {
        for token in new {
            if self.vocabulary.ends().contains(token) {
                return Ok(Some("the model ended the text".into()));
            }
            let bytes = self.vocabulary.bytes(self.tokens.last().copied(), *token);
            let (text, stopped) = self.text.push(bytes);
            self.tokens.push(*token);
            self.report.tokens.push(*token);
            self.say(&text, write)?;
            if stopped {
                return Ok(Some("a stop string was written".into()));
            }
        }
        Ok(None)
    }

    fn say(&mut self, text: &str, write: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        self.report.text += text;
        if text.is_empty() { Ok(()) } else { write(text) }
    }

    /// Seconds of a pass over one token here, the least of a few: what plain decoding would have needed per token.
    fn plain(&mut self, team: &Team) -> Result<f64> {
        const TRIES: usize = 5;
        let read = self.decoder.tokens().len();
        let last = self.decoder.tokens()[read - 1];
        let (mut least, mut p) = (f64::INFINITY, Distribution::default());
        for _ in 0..TRIES {
            let clock = Instant::now();
            self.decoder.rewind(read - 1);
            let logits = self.decoder.read(team, &[last], 1)?;
            self.generation.sampling.distribution(logits, &mut p)?;
            least = least.min(clock.elapsed().as_secs_f64());
        }
        Ok(least)
    }
}
