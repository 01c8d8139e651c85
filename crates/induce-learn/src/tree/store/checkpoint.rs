//! Boosting runs between rounds.

use induce_core::model_file::ModelFile;
use induce_core::{Error, FitReport, Result, Trace};
use induce_prob::Link;
use serde::{Deserialize, Serialize};

use super::super::Ensemble;
use super::super::boost::{Checkpoint, Trial};
use super::{BOOST_CHECKPOINT, trees};
use induce_core::model::Schema;

/// What a checkpoint is besides its arrays.
#[derive(Serialize, Deserialize)]
struct Head {
    best_round: Option<usize>,
    chosen: Option<usize>,
    #[serde(default)]
    trial: Option<Trial>,
    steps: u64,
    /// Split, metric and number of points of every trace.
    traces: Vec<(String, String, usize)>,
}

impl Checkpoint {
    /// The checkpoint as a file of kind `boost-checkpoint`.
    ///
    /// `fingerprint` says what the run depends on (data, split, spec, seed), in any form.
    ///
    /// # Errors
    /// If the checkpoint cannot be serialised.
    pub fn to_file(&self, fingerprint: &str) -> Result<ModelFile> {
        let mut file = ModelFile::new(BOOST_CHECKPOINT);
        let traces = &self.report.traces;
        let head = Head {
            best_round: self.best.map(|(round, _)| round),
            chosen: self.chosen,
            trial: self.trial,
            steps: self.report.steps,
            traces: traces
                .iter()
                .map(|t| (t.split.clone(), t.metric.clone(), t.points.len()))
                .collect(),
        };
        file.put_json("checkpoint", &head)?;
        file.metadata.insert("fingerprint".into(), fingerprint.into());
        file.put("best", self.best.map_or_else(Vec::new, |(_, loss)| vec![loss]));
        trees::put(&self.trees, &mut file);
        put_scores(&mut file, "scores", &self.scores);
        put_scores(&mut file, "judged_scores", &self.valid_scores);
        let points = || traces.iter().flat_map(|t| &t.points);
        file.put("trace.step", points().map(|p| p.0).collect::<Vec<u64>>());
        file.put("trace.value", points().map(|p| p.1).collect::<Vec<f64>>());
        Ok(file)
    }

    /// The checkpoint in `file`, checked, of a run with this `fingerprint` on columns of this `schema`.
    ///
    /// # Errors
    /// If it is no checkpoint, of another run, or damaged.
    pub fn from_file(file: &ModelFile, fingerprint: &str, schema: &Schema) -> Result<Self> {
        file.expect_kind(BOOST_CHECKPOINT)?;
        if file.text("fingerprint")? != fingerprint {
            return Err(Error::data(
                format!("the checkpoint `{}` belongs to another run", file.file),
                "resume with the same data, split, settings and seed, or delete the checkpoint to start over",
            ));
        }
        let head: Head = file.json("checkpoint")?;
        let loss: &[f64] = file.values_of("best", usize::from(head.best_round.is_some()))?;
        let scores = get_scores(file, "scores")?;
        Ok(Self {
            trees: checked_trees(file, schema, scores.len())?,
            valid_scores: get_scores(file, "judged_scores")?,
            best: head.best_round.zip(loss.first().copied()),
            chosen: head.chosen,
            trial: head.trial,
            report: FitReport::new(head.steps, traces(file, &head)?),
            scores,
        })
    }
}

fn put_scores(file: &mut ModelFile, name: &str, scores: &[Vec<f64>]) {
    file.put(
        format!("{name}.rows"),
        scores.iter().map(|s| s.len() as u64).collect::<Vec<_>>(),
    );
    file.put(name, scores.concat());
}

fn get_scores(file: &ModelFile, name: &str) -> Result<Vec<Vec<f64>>> {
    let rows: &[u64] = file.values(&format!("{name}.rows"))?;
    let mut rest: &[f64] = file.values(name)?;
    let mut scores = Vec::with_capacity(rows.len());
    for &n in rows {
        let split = usize::try_from(n).ok().and_then(|n| rest.split_at_checked(n));
        let (own, others) = split.ok_or_else(|| file.fault(format!("tensor `{name}` ends too soon")))?;
        scores.push(own.to_vec());
        rest = others;
    }
    if rest.is_empty() {
        Ok(scores)
    } else {
        Err(file.fault(format!("tensor `{name}` is too long")))
    }
}

/// The trees, held to what an ensemble of them would be held to.
fn checked_trees(file: &ModelFile, schema: &Schema, outputs: usize) -> Result<Vec<super::super::Tree>> {
    let ensemble = Ensemble {
        schema: schema.clone(),
        start: vec![0.0; outputs],
        trees: trees::get(file)?,
        link: Link::Identity,
        single: false,
        average: false,
    };
    trees::check(&ensemble, file)?;
    Ok(ensemble.trees)
}

fn traces(file: &ModelFile, head: &Head) -> Result<Vec<Trace>> {
    let steps: &[u64] = file.values("trace.step")?;
    let values: &[f64] = file.values_of("trace.value", steps.len())?;
    let mut points = steps.iter().copied().zip(values.iter().copied());
    let trace = |(split, metric, n): &(String, String, usize)| {
        let points: Vec<_> = points.by_ref().take(*n).collect();
        let whole = points.len() == *n;
        let trace = Trace::new(split.clone(), metric.clone(), points);
        if whole {
            Ok(trace)
        } else {
            Err(file.fault("tensor `trace.step` ends too soon"))
        }
    };
    head.traces.iter().map(trace).collect()
}
