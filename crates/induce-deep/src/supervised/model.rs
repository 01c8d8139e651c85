//! A trained network: what it does with rows and images.

use induce_core::metrics::{self, NORMAL_975, Score, Task};
use induce_core::model::{
    Data, DataKind, Entry, Evaluation, Fact, Inputs, Intervals, Margins, Model, Predict, Prediction, Schema,
    Section, evaluate_predictions,
};
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};
use induce_prob::special::normal_quantile;
use induce_tensor::{Parameters, Workspace};
use serde_json::{Value, json};

use super::ensemble::{Said, entropy, raw, say};
use super::file::Header;
use super::network::Network;
use super::outcome::Outcome;
use super::pruning::{self, pruned};
use super::report;
use super::shape::Form;
use super::spec::Spec;

/// A trained network.
#[derive(Clone)]
pub struct Trained {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// What its file says besides the weights.
    pub header: Header,
    /// The settings.
    pub spec: Spec,
    /// The network.
    pub network: Network,
    /// What was learnt.
    pub parameters: Parameters,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Trained {
    /// From its file, as a model of the entry that is named there.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile, entry: fn(&str) -> &'static Entry) -> Result<Self> {
        let (header, spec, network, parameters) = Header::open(file)?;
        Ok(Self {
            entry: entry(header.settings["model"].as_str().unwrap_or_default()),
            spec,
            header,
            network,
            parameters,
            notes: Vec::new(),
        })
    }

    /// The same with a share of its random weights 0 and certain, those of the least |mean| / deviation first.
    #[must_use]
    pub fn pruned(&self, share: f64) -> Self {
        Self {
            parameters: pruned(&self.network, &self.parameters, share),
            ..self.clone()
        }
    }

    fn said(&self, inputs: Inputs, draws: usize, threads: usize) -> Result<Said> {
        let run = Run::new(self.header.seed).with_threads(threads);
        let source = self.header.reader.read(inputs, &run)?;
        say(
            &self.header,
            &self.network,
            &self.parameters,
            &source,
            draws,
            &run,
        )
    }

    /// What networks say as predictions.
    fn prediction(&self, said: Said) -> Prediction {
        match self.header.outcome {
            Outcome::Quantity { centre, scale, .. } => {
                Prediction::of_quantities(said.mean.iter().map(|f| centre + scale * f).collect())
            }
            Outcome::Classes(classes) => Prediction::of_classes(said.mean, classes),
        }
    }

    /// The deviation of the noise in the unit of the network; `None` of classes.
    pub fn noise(&self) -> Option<f64> {
        match (&self.header.outcome, self.network.ln_noise) {
            (Outcome::Classes(_), _) => None,
            (Outcome::Quantity { .. }, Some(ln)) => Some(f64::from(self.parameters.values(ln)[0]).exp()),
            (Outcome::Quantity { noise, .. }, None) => Some(*noise),
        }
    }

    /// The same in the units of the target.
    fn noise_of_target(&self) -> Option<f64> {
        match self.header.outcome {
            Outcome::Quantity { scale, .. } => self.noise().map(|noise| scale * noise),
            Outcome::Classes(_) => None,
        }
    }

    /// Mean, deviation of the mean, and of a new observation, of every row in the units of the target.
    fn normals(&self, inputs: Inputs, threads: usize) -> Result<Vec<[f64; 3]>> {
        let Outcome::Quantity { centre, scale, .. } = self.header.outcome else {
            return Err(Error::data(
                "a model of classes has no quantiles",
                "use `--proba` for the probability of every class",
            ));
        };
        let noise = self.noise().unwrap_or(1.0);
        let said = self.said(inputs, self.spec.draws, threads)?;
        let of = |(f, v): (&f64, &f64)| {
            [
                centre + scale * f,
                scale * v.sqrt(),
                scale * (v + noise * noise).sqrt(),
            ]
        };
        Ok(said.mean.iter().zip(&said.spread).map(of).collect())
    }

    /// What is not known of rows, in its two parts: the mean of the entropy of single networks and what their disagreement adds to it; or the
    /// deviation of the noise, and that of the mean over networks.
    fn uncertainty(&self, said: &Said) -> Vec<Score> {
        let n = (said.spread.len() as f64).max(1.0);
        let spread = said.spread.iter().sum::<f64>() / n;
        if let (Outcome::Quantity { scale, .. }, Some(noise)) = (&self.header.outcome, self.noise()) {
            return vec![
                Score::bare("aleatoric_deviation", scale * noise),
                Score::bare("epistemic_deviation", scale * spread.sqrt()),
            ];
        }
        let rows = said.mean.chunks_exact(self.header.outcome.width());
        let total = rows.map(entropy).sum::<f64>() / n;
        vec![
            Score::bare("predictive_entropy", total),
            Score::bare("aleatoric_entropy", spread),
            Score::bare("epistemic_entropy", (total - spread).max(0.0)),
        ]
    }

    /// How good the means of the weights are where a share of them is taken away: the share, the weights that are left, and the metric.
    ///
    /// # Errors
    /// As an evaluation.
    pub fn pruning_curve(&self, data: &Data, run: &Run) -> Result<Vec<(f64, usize, Score)>> {
        let weights = pruning::signals(&self.network, &self.parameters).len();
        let of = |share: &f64| {
            let mut own = self.pruned(*share);
            own.spec.draws = 0;
            let scores = evaluate_predictions(&own, data, run)?.scores;
            let name = if self.header.outcome.is_quantity() {
                "rmse"
            } else {
                "accuracy"
            };
            let score = scores.into_iter().find(|score| score.name == name);
            let left = weights - (weights as f64 * share).floor() as usize;
            Ok(score.map(|score| (*share, left, score)))
        };
        pruning::SHARES
            .iter()
            .filter_map(|share| of(share).transpose())
            .collect()
    }
}

impl Model for Trained {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn reads(&self) -> DataKind {
        self.header.reader.kind()
    }

    fn settings(&self) -> Value {
        self.header.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.header.file(&self.parameters)
    }

    fn facts(&self) -> Vec<Fact> {
        let layers: Vec<Value> = self
            .network
            .shape
            .layers()
            .into_iter()
            .map(|(name, lengths)| json!([name, lengths]))
            .collect();
        let image = match self.network.shape.form {
            Form::Image(size) => size.lengths().into(),
            Form::Columns(_) => Value::Null,
        };
        vec![
            ("parameters", self.parameters.count().into()),
            ("image", image),
            ("layers", layers.into()),
            ("inputs", self.network.shape.inputs().into()),
            ("noise_deviation", self.noise_of_target().into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(&self.network, &self.parameters, self.noise_of_target())
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        let mut all = self.summary();
        if self.spec.bayes() {
            all.extend(report::pruning(&self.pruning_curve(data, run)?));
        }
        Ok(all)
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        if !self.spec.bayes() {
            return evaluate_predictions(self, data, run);
        }
        let said = self.said(data.inputs()?, self.spec.draws, run.threads())?;
        let uncertainty = self.uncertainty(&said);
        let prediction = self.prediction(said);
        let mut scores = metrics::scores(self.task(), &data.judge(&prediction)?)?;
        scores.extend(uncertainty);
        let curve = self.pruning_curve(data, run)?;
        let of = |(share, left, score): &(f64, usize, Score)| json!({ "share": share, "weights": left, "metric": score.name, "value": score.value, "low": score.low, "high": score.high });
        let curve: Vec<Value> = curve.iter().map(of).collect();
        Ok(Evaluation {
            scores,
            prediction: Some(prediction),
            facts: vec![
                (data.kind().parts(), data.len().into()),
                ("networks", self.spec.draws.into()),
                ("pruning", curve.into()),
            ],
        })
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }
}

impl Predict for Trained {
    fn schema(&self) -> &Schema {
        self.header.reader.schema()
    }

    fn task(&self) -> Task {
        self.header.outcome.task()
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        Ok(self.prediction(self.said(inputs, self.spec.draws, threads)?))
    }

    /// Quantiles of a Gaussian of the mean over networks, whose variance is that of the noise and that over networks.
    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        let z: Vec<f64> = probabilities.iter().map(|p| normal_quantile(*p)).collect();
        let rows = self.normals(inputs, threads)?;
        Ok(rows
            .iter()
            .flat_map(|[mean, _, new]| z.iter().map(move |z| mean + z * new))
            .collect())
    }

    /// Intervals of new observations; with random weights also of the mean.
    fn intervals(&self, inputs: Inputs, coverage: f64, threads: usize) -> Result<Intervals> {
        if !(coverage > 0.0 && coverage < 1.0) {
            let reason = "it must lie between 0 and 1, such as 0.95";
            return Err(Error::setting("--interval", coverage, reason));
        }
        if !self.header.outcome.is_quantity() {
            return Err(Error::data(
                format!(
                    "the model `{}` has no intervals of its probabilities",
                    self.entry.info.name
                ),
                "`-m logistic` and `-m glm` have",
            ));
        }
        let z = if coverage == 0.95 {
            NORMAL_975
        } else {
            normal_quantile(0.5 * (1.0 + coverage))
        };
        let rows = self.normals(inputs, threads)?;
        let ends = |k: usize| {
            let end = |sign: f64| {
                rows.iter()
                    .map(|own| own[0] + sign * z * own[k])
                    .collect::<Vec<f64>>()
            };
            (end(-1.0), end(1.0))
        };
        Ok(Intervals {
            mean: self.spec.bayes().then(|| ends(1)),
            new: Some(ends(2)),
        })
    }

    fn margins(&self, inputs: Inputs, threads: usize) -> Result<Margins> {
        if self.header.outcome.is_quantity() || self.spec.bayes() {
            return Err(Error::data(
                format!("the model `{}` has no scores before a link", self.entry.info.name),
                "networks of classes without random weights, `boost` and the linear models have",
            ));
        }
        let run = Run::new(self.header.seed).with_threads(threads);
        let source = self.header.reader.read(inputs, &run)?;
        let mut values = Vec::new();
        Team::with(threads, |team| {
            let mut workspace = Workspace::default();
            raw(
                &self.network,
                &self.parameters,
                &source,
                team,
                &mut workspace,
                |row| {
                    values.extend(row.iter().map(|x| f64::from(*x)));
                },
            )
        })?;
        Ok(Margins {
            values,
            outputs: self.network.shape.outputs,
        })
    }
}
