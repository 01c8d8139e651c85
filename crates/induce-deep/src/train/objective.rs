//! What is minimized.

use induce_core::Result;
use induce_core::metrics::NORMAL_975;
use induce_core::model_file::ModelFile;
use induce_core::random::Stream;
use induce_tensor::{Parameters, Shape, Tape, Tensor};

/// Where in the training a loss is asked for.
#[derive(Debug, Clone, Copy)]
pub struct StepContext {
    /// Steps that were taken.
    pub step: u64,
    /// Mini-batches that were seen.
    pub batch: u64,
    /// What chooses the examples of this mini-batch.
    pub choice: Stream,
    /// What draws noise, such as dropout, for this mini-batch.
    pub noise: Stream,
}

/// A loss as a function of parameters, over mini-batches.
pub trait Objective {
    /// The loss of a mini-batch, a scalar: the mean over its examples. The same context gives the same loss.
    ///
    /// # Errors
    /// If the examples cannot be had.
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, at: &StepContext) -> Result<Tensor<'t>>;

    /// An optimizer step was taken on the mini-batch: the state it leaves is where the next one begins.
    fn advance(&mut self) {}

    /// The optimizer took step `step`: change what it does not, such as a codebook by moving averages.
    fn update(&mut self, _parameters: &mut Parameters, _step: u64) {}

    /// What is carried from batch to batch besides parameters, such as the state of a recurrent network within a text.
    fn carried(&self) -> Vec<f32> {
        Vec::new()
    }

    /// Go on with what was [carried](Self::carried).
    ///
    /// # Errors
    /// If it is of another network.
    fn carry(&mut self, _carried: Vec<f32>) -> Result<()> {
        Ok(())
    }

    /// How many examples a mini-batch has, and what they are: `(768, "tokens")`.
    fn examples(&self) -> (usize, &'static str) {
        (1, "examples")
    }

    /// How many there are in a passage through the data: the KL divergence of random weights is shared among them.
    fn all_examples(&self) -> usize {
        1
    }

    /// The inputs of the units that the weights of a parameter belong to; nothing of a parameter that is a point though weights are random.
    fn inputs_of(&self, _name: &str, shape: Shape) -> Option<usize> {
        inputs(shape)
    }

    /// Whether the network draws its random weights itself, and the loss has their KL divergence.
    fn draws_weights(&self) -> bool {
        false
    }

    /// What the loss of the last mini-batch was made of, by name: for the progress line and the curves.
    fn terms(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// How many batches of held-out data there are; `quick` is a part of them, for evaluations during training.
    fn held_out(&self, _quick: bool) -> usize {
        0
    }

    /// The losses of batch `batch` of these; they are asked for in order, from 0 on.
    ///
    /// # Errors
    /// If the tape is poisoned.
    fn evaluate(
        &mut self,
        _tape: &Tape,
        _batch: usize,
        _quick: bool,
        _losses: &mut HeldOutLoss,
    ) -> Result<()> {
        Ok(())
    }

    /// The model file of these parameters, which checkpoints are too.
    ///
    /// # Errors
    /// If it cannot be written down.
    fn file(&self, parameters: &Parameters) -> Result<ModelFile>;
}

/// The inputs of the units that weights of a shape (..., inputs, units) belong to; nothing of biases and gains.
pub fn inputs(shape: Shape) -> Option<usize> {
    let (_, inputs) = shape.lengths().split_last()?;
    (!inputs.is_empty()).then(|| inputs.iter().product())
}

/// Losses on held-out data, in groups that are nearly independent of each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeldOutLoss {
    /// Per group: the sum of losses, and how many they are.
    pub groups: Vec<(f64, f64)>,
}

impl HeldOutLoss {
    /// The mean loss; NaN of nothing.
    pub fn mean(&self) -> f64 {
        let (sum, count) = self
            .groups
            .iter()
            .fold((0.0, 0.0), |(s, c), group| (s + group.0, c + group.1));
        sum / count
    }

    /// The standard error of the mean, a ratio of sums over groups (Cochran 1977, equation 6.13); NaN of fewer than two.
    pub fn error(&self) -> f64 {
        let (n, mean) = (self.groups.len() as f64, self.mean());
        let count: f64 = self.groups.iter().map(|group| group.1).sum();
        let squares: f64 = self.groups.iter().map(|g| (g.0 - mean * g.1).powi(2)).sum();
        (squares * n / (n - 1.0)).sqrt() / count
    }

    /// The mean and where it lies with 95 % confidence.
    pub fn interval(&self) -> [f64; 3] {
        let (mean, error) = (self.mean(), self.error());
        [mean, mean - NORMAL_975 * error, mean + NORMAL_975 * error]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_groups_have_the_usual_standard_error() {
        let values = [1.0, 2.0, 4.0, 5.0];
        let loss = HeldOutLoss {
            groups: values.iter().map(|v| (10.0 * v, 10.0)).collect(),
        };
        let deviation = (values.iter().map(|v| (v - 3.0_f64).powi(2)).sum::<f64>() / 3.0).sqrt();
        assert!((loss.mean() - 3.0).abs() < 1e-12);
        assert!((loss.error() - deviation / 2.0).abs() < 1e-12);
        assert!(HeldOutLoss::default().mean().is_nan());
    }
}
