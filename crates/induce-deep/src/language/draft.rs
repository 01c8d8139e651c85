//! Draft models of speculative sampling.

use induce_core::Result;
use induce_core::parallel::Team;
use induce_core::random::Stream;

use super::decoder::Decoder;
use super::sampling::{Distribution, Sampling};

/// Proposes what a text continues with.
///
/// Every draft token is *drawn* from the distribution that is given for it; speculative sampling is exact for any such pair.
pub trait Draft {
    /// At most `length` draft tokens for what follows `text`, each with the distribution it was drawn from.
    ///
    /// # Errors
    /// If the draft is a model that cannot go on.
    fn guess(
        &mut self,
        team: &Team,
        text: &[u32],
        length: usize,
        sampling: &Sampling,
        stream: Stream,
    ) -> Result<Vec<(u32, Distribution)>>;

    /// How many tokens it chooses from.
    fn vocab_size(&self) -> usize;

    /// The cost of a draft token, relative to a token of plain decoding with `target`.
    fn cost(&self, target: &Decoder) -> f64;
}

impl Draft for Decoder<'_> {
    fn guess(
        &mut self,
        team: &Team,
        text: &[u32],
        length: usize,
        sampling: &Sampling,
        stream: Stream,
    ) -> Result<Vec<(u32, Distribution)>> {
        // It has read a text that agrees with this one up to the first guess that was refused.
        let same = self.tokens().iter().zip(text).take_while(|(a, b)| a == b).count();
        self.rewind(same.min(text.len().saturating_sub(1)));
        let mut unread = text[self.tokens().len()..].to_vec();
        let mut guesses: Vec<(u32, Distribution)> = Vec::new();
        // A draft with a shorter context than the target has no guesses beyond it.
        while guesses.len() < length && unread.len() <= self.left() && !unread.is_empty() {
            let mut p = Distribution::default();
            sampling.distribution(self.read(team, &unread, 1)?, &mut p)?;
            let token = p.draw(stream, (text.len() + guesses.len()) as u64);
            guesses.push((token, p));
            unread = vec![token];
        }
        Ok(guesses)
    }

    fn vocab_size(&self) -> usize {
        Decoder::vocab_size(self)
    }

    fn cost(&self, target: &Decoder) -> f64 {
        self.bytes() as f64 / target.bytes() as f64
    }
}

/// Prompt lookup (Saxena 2023): what followed the last tokens of the text when they stood in it before.
///
/// There is no model. A draft token is certain: its distribution has all the probability on it.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Tokens of the target's vocabulary.
    pub vocabulary: usize,
    /// The largest number of tokens that have to agree; fewer are tried then.
    pub longest: usize,
}

impl Lookup {
    /// For a target with this vocabulary.
    pub fn new(vocabulary: usize) -> Self {
        Self {
            vocabulary,
            longest: 4,
        }
    }

    /// Where the text goes on after the latest earlier place that ends like it does.
    fn place(&self, text: &[u32]) -> Option<usize> {
        (1..=self.longest.min(text.len().saturating_sub(1)))
            .rev()
            .find_map(|n| {
                let end = &text[text.len() - n..];
                let earlier = &text[..text.len() - 1];
                earlier
                    .windows(n)
                    .rposition(|window| window == end)
                    .map(|at| at + n)
            })
    }
}

impl Draft for Lookup {
    fn guess(
        &mut self,
        _: &Team,
        text: &[u32],
        length: usize,
        _: &Sampling,
        _: Stream,
    ) -> Result<Vec<(u32, Distribution)>> {
        let Some(place) = self.place(text) else {
            return Ok(Vec::new());
        };
        let certain = |token: &u32| {
            let mut p = vec![0.0; self.vocabulary];
            p[*token as usize] = 1.0;
            (*token, Distribution(p))
        };
        Ok(text[place..].iter().take(length).map(certain).collect())
    }

    fn vocab_size(&self) -> usize {
        self.vocabulary
    }

    fn cost(&self, _: &Decoder) -> f64 {
        0.0
    }
}
