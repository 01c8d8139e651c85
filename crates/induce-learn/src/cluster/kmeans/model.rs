//! Fitted clusters: centres.

use induce_core::metrics::{Score, Task};
use induce_core::model::{
    Cluster, Data, Embedding, Entry, Fact, Inputs, Predict, Prediction, Rows, Schema, Section, Transform,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fit::directions;
use super::{Choice, Metric, report};
use crate::cluster::nearest::{Codebook, Singles, square, squared_distances};
use crate::points::{Frame, Points};

/// Fitted centres.
#[derive(Clone)]
pub struct Model {
    /// Its row of the registry.
    pub entry: &'static Entry,
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// What "near" means.
    pub metric: Metric,
    /// Centres in these coordinates. // (clusters, width)
    pub centres: Vec<f64>,
    /// Weight of the rows of every cluster. // (clusters)
    pub sizes: Vec<f64>,
    /// sum w |x - c|^2 over the training rows, in the units of the table.
    pub inertia: f64,
    /// What chose the number of clusters.
    pub choice: Option<Choice>,
    /// The column of known classes.
    pub labels: Option<String>,
    /// What the fit found out.
    pub notes: Vec<String>,
}

/// What a model is besides arrays.
#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    metric: Metric,
    inertia: Option<f64>,
    choice: Option<Choice>,
}

impl Model {
    /// Number of clusters.
    pub fn k(&self) -> usize {
        self.sizes.len()
    }

    /// The centres in the units of the table. // (clusters, width)
    pub fn centres(&self) -> Vec<Vec<f64>> {
        let all = self.centres.chunks_exact(self.frame.width());
        all.map(|centre| self.frame.original(centre)).collect()
    }

    /// Rows in its coordinates.
    pub(super) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        let mut points = self.frame.points(inputs, &Run::new(0).with_threads(threads))?;
        if self.metric == Metric::Cosine {
            directions(&mut points)?;
        }
        Ok(points)
    }

    /// The cluster of every point.
    pub(super) fn assign(&self, points: &Points, threads: usize) -> Vec<u32> {
        let singles = Singles::new(points, threads);
        let book = Codebook::new(&self.centres, points.width);
        let parts = points.by_chunks(threads, |rows| {
            let rows: Vec<u32> = rows.map(|row| row as u32).collect();
            let mut found = Vec::with_capacity(rows.len());
            book.nearest(points, &singles, &rows, |_, own| found.push(own.index));
            found
        });
        parts.concat()
    }

    /// The file of its kind.
    pub(super) fn to_file(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(self.entry.kind);
        file.put_json("frame", &self.frame)?;
        let head = Head {
            settings: self.settings.clone(),
            metric: self.metric,
            inertia: Some(self.inertia).filter(|own| own.is_finite()),
            choice: self.choice.clone(),
        };
        file.put_json("clusters", &head)?;
        file.put("centres", self.centres.clone());
        file.put("sizes", self.sizes.clone());
        Ok(file)
    }

    /// The model in a file of the kind of `entry`, checked.
    ///
    /// # Errors
    /// If it is no file of this kind, or its parts do not fit each other.
    pub(super) fn from_file(entry: &'static Entry, file: &ModelFile) -> Result<Self> {
        file.expect_kind(entry.kind)?;
        let frame: Frame = file.json("frame")?;
        frame.check().map_err(|reason| file.fault(reason))?;
        let head: Head = file.json("clusters")?;
        let sizes = file.values::<f64>("sizes")?.to_vec();
        let wanted = sizes.len().checked_mul(frame.width());
        let centres = file.values_of("centres", wanted.unwrap_or(usize::MAX))?.to_vec();
        if sizes.is_empty() || centres.iter().chain(&sizes).any(|x: &f64| !x.is_finite()) {
            return Err(file.fault("it has no clusters, or a centre is not finite"));
        }
        Ok(Self {
            entry,
            labels: frame.schema.target.clone(),
            settings: head.settings,
            metric: head.metric,
            inertia: head.inertia.unwrap_or(f64::INFINITY),
            choice: head.choice,
            frame,
            centres,
            sizes,
            notes: Vec::new(),
        })
    }
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        self.entry
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.to_file()
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        report::pages(self, data.rows()?, run)
    }

    fn step_unit(&self) -> &'static str {
        "iteration"
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            ("n_clusters", self.k().into()),
            ("cluster_centers", self.centres().into()),
            ("sizes", self.sizes.clone().into()),
            ("inertia", self.inertia.into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }

    fn clusterer(&self) -> Option<&dyn Cluster> {
        Some(self)
    }
}

impl Predict for Model {
    fn schema(&self) -> &Schema {
        &self.frame.schema
    }

    fn task(&self) -> Task {
        Task::Clustering
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let labels = self.assign(&self.read(inputs, threads)?, threads);
        Ok(Prediction::of_quantities(
            labels.into_iter().map(f64::from).collect(),
        ))
    }
}

impl Cluster for Model {
    fn points(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let mut points = self.read(inputs, threads)?;
        points.fill_missing();
        Ok(Embedding {
            values: points.values,
            names: self.frame.names(),
        })
    }

    fn own_scores(&self, rows: &Rows, threads: usize) -> Result<Vec<Score>> {
        let points = self.read((&rows.features).into(), threads)?;
        let labels = self.assign(&points, threads);
        let width = points.width;
        let cost = |(row, label): (usize, &u32)| {
            let w = rows.weight.as_ref().map_or(1.0, |all| all[row]);
            w * square(points.row(row), &self.centres[*label as usize * width..][..width])
        };
        let sum: f64 = labels.iter().enumerate().map(cost).sum();
        let value = sum * self.frame.unit * self.frame.unit;
        // A sum of squares that no double can hold is left out.
        Ok(Vec::from_iter(value.is_finite().then(|| Score {
            name: "inertia".into(),
            value,
            low: None,
            high: None,
        })))
    }
}

impl Transform for Model {
    /// Distances to the centres.
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let points = self.read(inputs, threads)?;
        let parts = points.by_chunks(threads, |rows| {
            let of = |row| squared_distances(points.row(row), &self.centres);
            let distances = rows.flat_map(of).map(|squared| squared.sqrt() * self.frame.unit);
            distances.collect::<Vec<f64>>()
        });
        Ok(Embedding {
            values: parts.concat(),
            names: (0..self.k()).map(|c| format!("distance_{c}")).collect(),
        })
    }
}
