//! The state of a training, and its checkpoints.

use induce_core::model_file::ModelFile;
use induce_core::{Checkpoints, Error, FitReport, Result, Trace};
use induce_tensor::Parameters;
use serde::{Deserialize, Serialize};

use super::objective::Objective;
use super::optimizer::Optimizer;

/// Counters and losses of a training so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// Steps taken.
    pub step: u64,
    /// Sum and number of the training losses since the last point of their trace.
    pub losses: (f64, u64),
    /// The same of what it is made of.
    #[serde(default)]
    pub terms: Vec<(String, f64)>,
    /// The step and the held-out loss of the best parameters.
    pub best: Option<(u64, f64)>,
    /// Evaluations since then.
    pub since: u64,
    /// Losses over time.
    pub report: FitReport,
}

impl History {
    /// Add a point to the trace of a metric on a split.
    pub fn trace(&mut self, split: &str, metric: &str, value: f64) {
        let step = self.step;
        let traces = &mut self.report.traces;
        let found = traces
            .iter()
            .position(|trace| trace.split == split && trace.metric == metric);
        let at = found.unwrap_or_else(|| {
            traces.push(Trace {
                split: split.into(),
                metric: metric.into(),
                points: Vec::new(),
            });
            traces.len() - 1
        });
        traces[at].points.push((step, value));
    }
}

/// Everything that the next step depends on.
pub struct State {
    pub parameters: Parameters,
    pub optimizer: Optimizer,
    /// The average of parameters, if one is kept.
    pub average: Option<Vec<f32>>,
    /// The best parameters, if there was an evaluation on held-out data.
    pub best: Option<Vec<f32>>,
    pub history: History,
}

impl State {
    /// The parameters that are evaluated: their average if one is kept.
    pub fn shown(&self) -> Parameters {
        let mut shown = self.parameters.clone();
        if let Some(average) = &self.average {
            shown.all_mut().copy_from_slice(average);
        }
        shown
    }

    /// The parameters of the model: the best ones if held-out data said which they are.
    pub fn chosen(&self) -> Parameters {
        let mut chosen = self.shown();
        if let Some(best) = &self.best {
            chosen.all_mut().copy_from_slice(best);
        }
        chosen
    }

    /// Write a checkpoint: a model file that opens as the model so far, with what the training needs beside it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, objective: &dyn Objective, plan: &Checkpoints) -> Result<()> {
        let mut file = objective.file(&self.chosen())?;
        file.metadata
            .insert("training.of".into(), plan.fingerprint.clone());
        file.put_json("training.progress", &self.history)?;
        file.put("training.parameters", self.parameters.all().to_vec());
        file.put("training.carried", objective.carried());
        let rest = [("training.average", &self.average), ("training.best", &self.best)];
        for (name, values) in rest {
            if let Some(values) = values {
                file.put(name, values.clone());
            }
        }
        self.optimizer.save(&mut file);
        file.write(&plan.path)
    }

    /// Go on from a checkpoint.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or of another training.
    pub fn load(&mut self, objective: &mut dyn Objective, plan: &Checkpoints) -> Result<()> {
        let file = ModelFile::read(&plan.path)?;
        if file.text("training.of")? != plan.fingerprint {
            return Err(Error::Model {
                file: plan.path.display().to_string(),
                reason: "it is the checkpoint of other data, settings, split or seed".into(),
                hint: Some("repeat the command it was made with, or leave out --resume to start anew".into()),
            });
        }
        let count = self.parameters.count();
        let values = |name: &str| Ok::<_, Error>(file.values_of::<f32>(name, count)?.to_vec());
        let optional = |name: &str| match file.tensors.contains_key(name) {
            true => Ok(Some(values(name)?)),
            false => Ok::<_, Error>(None),
        };
        self.history = file.json("training.progress")?;
        self.parameters
            .all_mut()
            .copy_from_slice(&values("training.parameters")?);
        self.optimizer.load(&file, count)?;
        if self.average.is_some() {
            self.average = Some(values("training.average")?);
        }
        self.best = optional("training.best")?;
        objective.carry(file.values::<f32>("training.carried")?.to_vec())
    }
}
