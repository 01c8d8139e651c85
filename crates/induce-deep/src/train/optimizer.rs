//! The optimizers.

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_tensor::{Adam, Gradients, Parameters, Sgd};

use super::spec::{OptimizerKind, Training};

pub enum Optimizer {
    Adam(Adam),
    Sgd(Sgd),
}

impl Optimizer {
    pub fn new(spec: &Training) -> Self {
        match spec.optimizer {
            OptimizerKind::AdamW => {
                let mut adam = Adam::new(spec.learning_rate);
                adam.betas = (spec.beta1, spec.beta2);
                (adam.weight_decay, adam.spare_vectors) = (spec.weight_decay, true);
                Self::Adam(adam)
            }
            OptimizerKind::Sgd => {
                let mut sgd = Sgd::new(spec.learning_rate);
                (sgd.momentum, sgd.weight_decay) = (spec.momentum, spec.weight_decay);
                Self::Sgd(sgd)
            }
        }
    }

    /// One step with learning rate `rate` along `scale` times the gradients.
    pub fn step(
        &mut self,
        parameters: &mut Parameters,
        gradients: &mut Gradients,
        rate: f64,
        scale: f64,
        team: &Team,
    ) {
        match self {
            Self::Adam(adam) => {
                adam.learning_rate = rate;
                adam.step_scaled(parameters, gradients, scale, team);
            }
            Self::Sgd(sgd) => {
                sgd.learning_rate = rate;
                sgd.step_scaled(parameters, gradients, scale, team);
            }
        }
    }

    /// Put its state into a checkpoint.
    pub fn save(&self, file: &mut ModelFile) {
        match self {
            Self::Adam(adam) => {
                let (steps, m, v) = adam.state();
                file.put("training.steps", vec![steps]);
                file.put("training.first", m.to_vec());
                file.put("training.second", v.to_vec());
            }
            Self::Sgd(sgd) => file.put("training.first", sgd.state().to_vec()),
        }
    }

    /// Restore the state of a checkpoint of so many parameters.
    ///
    /// # Errors
    /// If a tensor is missing or of another length.
    pub fn load(&mut self, file: &ModelFile, count: usize) -> Result<()> {
        let values = |name: &str| Ok::<_, induce_core::Error>(file.values_of::<f32>(name, count)?.to_vec());
        match self {
            Self::Adam(adam) => {
                let steps = file.values_of::<u64>("training.steps", 1)?[0];
                adam.restore(steps, values("training.first")?, values("training.second")?);
            }
            Self::Sgd(sgd) => sgd.restore(values("training.first")?),
        }
        Ok(())
    }
}
