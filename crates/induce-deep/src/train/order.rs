//! Which examples a mini-batch has, and which are evaluated together.

use std::ops::Range;

use induce_core::random::Stream;

/// Every example once before any a second time, in an order of its own each time.
pub struct Order {
    stream: Stream,
    examples: usize,
    batch: usize,
    /// The passage, and the order of the examples in it.
    current: (u64, Vec<usize>),
}

impl Order {
    /// Of so many examples, so many at a time; the stream draws the orders.
    pub fn new(stream: Stream, examples: usize, batch: usize) -> Self {
        Self {
            stream,
            examples,
            batch: batch.min(examples).max(1),
            current: (u64::MAX, Vec::new()),
        }
    }

    /// Examples of a mini-batch.
    pub fn size(&self) -> usize {
        self.batch
    }

    /// Mini-batches of a passage.
    pub fn batches(&self) -> u64 {
        self.examples.div_ceil(self.batch) as u64
    }

    /// The examples of a mini-batch.
    pub fn choose(&mut self, number: u64) -> &[usize] {
        let passage = number / self.batches();
        if self.current.0 != passage {
            let stream = self.stream.child(passage);
            self.current = (passage, stream.permutation(self.examples));
        }
        let start = (number % self.batches()) as usize * self.batch;
        &self.current.1[start..(start + self.batch).min(self.examples)]
    }
}

/// Examples below which none are kept apart: they would say little, and be missed.
const FEW: usize = 50;

/// The share of so many examples that is kept apart to choose the best weights by, if any.
pub fn kept_apart(share: f64, examples: usize) -> Option<f64> {
    (share > 0.0 && examples >= FEW).then_some(share)
}

/// Held-out examples, some at a time.
pub struct HeldOut {
    /// How many there are.
    pub examples: usize,
    /// About how many of them are evaluated during training.
    pub quick: usize,
    /// How many are evaluated together.
    pub together: usize,
}

impl HeldOut {
    /// How many times some are evaluated.
    pub fn batches(&self, quick: bool) -> usize {
        let some = if quick {
            self.examples.min(self.quick)
        } else {
            self.examples
        };
        some.div_ceil(self.together)
    }

    /// The examples of a batch.
    pub fn batch(&self, number: usize) -> Range<usize> {
        number * self.together..((number + 1) * self.together).min(self.examples)
    }
}
