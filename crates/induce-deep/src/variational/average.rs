//! Iterates of a stochastic optimizer: whether they have come to rest, what they are on average, and how well that is known.

/// The most blocks; twice as many steps go into each when there are more.
const BLOCKS: usize = 32;
/// Steps of a block at first.
const STEPS: u64 = 25;
/// Blocks at the end by which iterates are judged, at least.
const LEAST: usize = 8;

/// Sums over the steps of a block, of what iterates are apart from the first.
#[derive(Clone)]
struct Block {
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Block {
    fn empty(count: usize) -> Self {
        Self {
            sum: vec![0.0; count],
            squares: vec![0.0; count],
        }
    }

    fn add(&mut self, other: &Self) {
        self.sum.iter_mut().zip(&other.sum).for_each(|(a, b)| *a += b);
        self.squares
            .iter_mut()
            .zip(&other.squares)
            .for_each(|(a, b)| *a += b);
    }
}

/// Iterates at one length of a step.
pub struct Iterates {
    start: Vec<f64>,
    blocks: Vec<Block>,
    open: Block,
    /// Steps of a block, and those in the open one.
    length: u64,
    filled: u64,
}

/// The second half of iterates.
pub struct Rest {
    /// Their mean.
    pub mean: Vec<f64>,
    /// Its Monte-Carlo standard error: the deviation of the means of blocks, over the root of their number.
    pub error: Vec<f64>,
    /// R-hat of their two halves (Gelman & Rubin 1992): near 1 where they have come to rest.
    pub r_hat: Vec<f64>,
    /// What the means of the two halves are apart.
    pub drift: Vec<f64>,
}

impl Iterates {
    /// None yet; they begin here.
    pub fn new(start: &[f64]) -> Self {
        Self {
            start: start.to_vec(),
            blocks: Vec::new(),
            open: Block::empty(start.len()),
            length: STEPS,
            filled: 0,
        }
    }

    /// One more; whether that filled a block.
    pub fn push(&mut self, iterate: &[f64]) -> bool {
        for (i, (x, start)) in iterate.iter().zip(&self.start).enumerate() {
            let apart = x - start;
            self.open.sum[i] += apart;
            self.open.squares[i] += apart * apart;
        }
        self.filled += 1;
        if self.filled < self.length {
            return false;
        }
        let empty = Block::empty(self.start.len());
        self.blocks.push(std::mem::replace(&mut self.open, empty));
        self.filled = 0;
        if self.blocks.len() == BLOCKS {
            self.merge();
        }
        true
    }

    /// Blocks of twice as many steps.
    fn merge(&mut self) {
        let pairs = self.blocks.chunks(2);
        self.blocks = pairs
            .map(|pair| {
                let mut first = pair[0].clone();
                pair[1..].iter().for_each(|other| first.add(other));
                first
            })
            .collect();
        self.length *= 2;
    }

    /// Steps in whole blocks.
    pub fn steps(&self) -> u64 {
        self.length * self.blocks.len() as u64
    }

    /// The second half, if there are enough of them.
    pub fn rest(&self) -> Option<Rest> {
        let count = self.blocks.len() / 2 / 2 * 2;
        (count >= LEAST).then(|| self.of(&self.blocks[self.blocks.len() - count..]))
    }

    /// The mean of the second half, however few they are; the start if there are none.
    pub fn mean(&self) -> Vec<f64> {
        let half = &self.blocks[self.blocks.len() / 2..];
        if half.is_empty() {
            return self.start.clone();
        }
        let steps = (half.len() as u64 * self.length) as f64;
        let sum = |i: usize| half.iter().map(|block| block.sum[i]).sum::<f64>();
        (0..self.start.len())
            .map(|i| self.start[i] + sum(i) / steps)
            .collect()
    }

    fn of(&self, blocks: &[Block]) -> Rest {
        let (count, steps) = (blocks.len(), self.length as f64);
        let (first, second) = blocks.split_at(count / 2);
        let size = self.start.len();
        let mut rest = Rest {
            mean: Vec::with_capacity(size),
            error: Vec::with_capacity(size),
            r_hat: Vec::with_capacity(size),
            drift: Vec::with_capacity(size),
        };
        for i in 0..size {
            let (mean, variance) = moments(blocks.iter().map(|block| block.sum[i] / steps), count);
            let [one, two] = [first, second].map(|half| within(half, i, steps));
            let (between, inner) = (0.5 * (one.0 - two.0).powi(2), 0.5 * (one.1 + two.1));
            rest.mean.push(self.start[i] + mean);
            rest.error.push((variance / count as f64).sqrt());
            rest.drift.push((one.0 - two.0).abs());
            rest.r_hat.push(if between == 0.0 {
                1.0
            } else {
                (1.0 + between / inner).sqrt()
            });
        }
        rest
    }
}

/// The mean, and the variance with n - 1.
fn moments(values: impl Iterator<Item = f64> + Clone, count: usize) -> (f64, f64) {
    let mean = values.clone().sum::<f64>() / count as f64;
    let squares: f64 = values.map(|x| (x - mean).powi(2)).sum();
    (mean, squares / (count as f64 - 1.0))
}

/// Mean and variance of a number over all steps of blocks.
fn within(blocks: &[Block], i: usize, steps: f64) -> (f64, f64) {
    let n = steps * blocks.len() as f64;
    let mean = blocks.iter().map(|block| block.sum[i]).sum::<f64>() / n;
    let square = blocks.iter().map(|block| block.squares[i]).sum::<f64>() / n;
    (mean, (square - mean * mean).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A walk that stays is at rest, one that goes on is not; the mean's error is that of independent numbers.
    #[test]
    fn a_walk_that_stays_is_at_rest() {
        let stream = induce_core::random::Stream::new(1, "walk");
        let (mut stays, mut goes) = (Iterates::new(&[5.0]), Iterates::new(&[5.0]));
        for i in 0..3200 {
            let x = stream.uniform(i) - 0.5;
            stays.push(&[5.0 + x]);
            goes.push(&[5.0 + x + 0.002 * i as f64]);
        }
        assert_eq!(stays.steps(), 3200);
        let (stays, goes) = (stays.rest().unwrap(), goes.rest().unwrap());
        assert!(stays.r_hat[0] < 1.01 && goes.r_hat[0] > 1.2);
        assert!((stays.mean[0] - 5.0).abs() < 0.03);
        let expected = (1.0 / 12.0_f64 / 1600.0).sqrt();
        assert!(
            (0.5..2.0).contains(&(stays.error[0] / expected)),
            "{:?}",
            stays.error
        );
    }
}
