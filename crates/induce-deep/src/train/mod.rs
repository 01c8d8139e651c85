//! One training loop for every network: theta = argmin E[loss(theta; batch)] by stochastic gradient descent.
//!
//! An [`Objective`] says what the loss of a step is, and what it is on held-out data; [`train`] does the rest: mini-batches
//! with gradient accumulation, clipping, learning-rate schedules, averages of weights, early stopping, checkpoints
//! that resume to the same bits, and an end where values stop being finite. How it is done is plain data, [`Training`].
//!
//! ```
//! use induce_core::{Result, Run, model_file::ModelFile};
//! use induce_deep::train::{Objective, StepContext, Training, train};
//! use induce_tensor::{Parameter, Parameters, Tape, Tensor};
//!
//! /// (theta - 3)^2
//! struct Parabola(Parameter);
//!
//! impl Objective for Parabola {
//!     fn loss<'t>(&mut self, tape: &'t Tape<'t>, _: &StepContext) -> Result<Tensor<'t>> {
//!         Ok((tape.parameter(self.0) - tape.input(&[1], &[3.0])).square().sum())
//!     }
//!     fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
//!         let mut file = ModelFile::new("parabola");
//!         file.put("theta", parameters.values(self.0).to_vec());
//!         Ok(file)
//!     }
//! }
//!
//! let mut parameters = Parameters::default();
//! let theta = parameters.add("theta", &[1], |_| 0.0);
//! let how = Training { steps: 400, learning_rate: 0.1, ..Training::default() };
//! let fitted = train(&mut Parabola(theta), parameters, &how, None, &mut Run::new(0))?;
//! assert!((fitted.model.values(theta)[0] - 3.0).abs() < 0.1);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod bayes;
mod file;
mod memory;
mod objective;
mod optimizer;
mod order;
mod spec;
mod state;
mod trainer;

#[cfg(test)]
mod tests;

pub use bayes::{BayesSpec, KlWeights, PriorKind, WeightKind};
pub use file::{check_size, put_parameters, read_network, read_parameters};
pub use memory::check_memory;
pub use objective::{HeldOutLoss, Objective, StepContext, inputs};
pub use order::{HeldOut, Order, kept_apart};
pub use spec::{OptimizerKind, ScheduleKind, Training};
pub use trainer::{STANDARD_ERROR, held_out_loss, train};
