//! Which images a mini-batch has.

use induce_core::random::Stream;

/// Every image once before any a second time, in an order of its own each time.
pub struct Order {
    seed: u64,
    images: usize,
    batch: usize,
    /// The passage, and the order of the images in it.
    current: (u64, Vec<usize>),
}

impl Order {
    /// Of so many images, so many at a time.
    pub fn new(seed: u64, images: usize, batch: usize) -> Self {
        Self {
            seed,
            images,
            batch: batch.min(images).max(1),
            current: (u64::MAX, Vec::new()),
        }
    }

    /// Images of a mini-batch.
    pub fn size(&self) -> usize {
        self.batch
    }

    /// The images of a mini-batch.
    pub fn choose(&mut self, number: u64) -> Vec<usize> {
        let batches = self.images.div_ceil(self.batch) as u64;
        let passage = number / batches;
        if self.current.0 != passage {
            let stream = Stream::new(self.seed, "latent/order").child(passage);
            self.current = (passage, stream.permutation(self.images));
        }
        let start = (number % batches) as usize * self.batch;
        self.current.1[start..(start + self.batch).min(self.images)].to_vec()
    }
}
