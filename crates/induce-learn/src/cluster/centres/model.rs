//! Fitted centres, of whatever model.

use induce_core::metrics::{Score, Task};
use induce_core::model::{
    Cluster, Data, Embedding, Entry, Fact, Inputs, Model, Predict, Prediction, Rows, Schema, Section,
    Transform, no_new_clusters,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Tree, report};
use crate::cluster::kmeans::{Metric, directions};
use crate::cluster::nearest::{Codebook, Singles, inertia, square, squared_distances};
use crate::cluster::remarks;
use crate::points::{Frame, Points};

/// Fitted centres.
#[derive(Clone)]
pub struct Centres {
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
    /// The cluster of every training row, in their order; a file does not keep them. // (rows)
    pub labels: Vec<u32>,
    /// sum w |x - c|^2 over the training rows, in the units of the table; of directions, if these are clustered.
    pub inertia: f64,
    /// The squared distance, in these coordinates, beyond which a row makes a cluster of its own: that of the table may be no number.
    pub lambda: Option<f64>,
    /// What a row is asked where its cluster is not that of the nearest centre.
    pub tree: Option<Tree>,
    /// What chose the number of clusters, as people are shown it.
    pub choice: Vec<Section>,
    /// What the fit found out.
    pub notes: Vec<String>,
}

/// What a model is besides arrays.
#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    metric: Metric,
    inertia: Option<f64>,
    /// In the units of the table, as files had it first.
    lambda: Option<f64>,
    /// In the coordinates of the fit.
    #[serde(default)]
    reach: Option<f64>,
    #[serde(default)]
    choice: Vec<Section>,
}

impl Centres {
    /// Number of clusters.
    pub fn k(&self) -> usize {
        self.sizes.len()
    }

    /// The centres in the units of the table, or of length 1 where they are directions. // (clusters, width)
    pub fn centres(&self) -> Vec<Vec<f64>> {
        let own = |centre: &[f64]| match self.metric {
            Metric::Euclidean => self.frame.original(centre),
            Metric::Cosine => centre.to_vec(),
        };
        self.centres.chunks_exact(self.frame.width()).map(own).collect()
    }

    /// What a distance of 1 in its coordinates is: directions have no unit.
    fn unit(&self) -> f64 {
        match self.metric {
            Metric::Euclidean => self.frame.unit,
            Metric::Cosine => 1.0,
        }
    }

    /// Rows in its coordinates.
    pub(crate) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        let mut points = self.frame.points(inputs, &Run::new(0).with_threads(threads))?;
        if self.metric == Metric::Cosine {
            directions(&mut points)?;
        }
        Ok(points)
    }

    /// lambda in the units of the table, if a number can hold it.
    pub fn lambda(&self) -> Option<f64> {
        remarks::in_units(self.lambda?, self.unit())
    }

    /// The cluster of every point.
    pub(crate) fn assign(&self, points: &Points, threads: usize) -> Vec<u32> {
        if let Some(tree) = &self.tree {
            let parts = points.by_chunks(threads, |rows| {
                rows.map(|row| tree.cluster(points.row(row)))
                    .collect::<Vec<u32>>()
            });
            return parts.concat();
        }
        Codebook::new(&self.centres, points.width).labels(points, &Singles::new(points, threads), threads)
    }

    /// The file of its kind.
    pub(crate) fn to_file(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(self.entry.kind);
        file.put_json("frame", &self.frame)?;
        let head = Head {
            settings: self.settings.clone(),
            metric: self.metric,
            inertia: Some(self.inertia).filter(|own| own.is_finite()),
            lambda: self.lambda(),
            reach: self.lambda,
            choice: self.choice.clone(),
        };
        file.put_json("clusters", &head)?;
        file.put("centres", self.centres.clone());
        file.put("sizes", self.sizes.clone());
        if let Some(tree) = &self.tree {
            tree.store(&mut file);
        }
        Ok(file)
    }

    /// The model in a file of the kind of `entry`, checked.
    ///
    /// # Errors
    /// If it is no file of this kind, or its parts do not fit each other.
    pub(crate) fn from_file(entry: &'static Entry, file: &ModelFile) -> Result<Self> {
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
        let bisected = ["tree_children", "tree_centres"]
            .iter()
            .any(|name| file.tensors.contains_key(*name));
        let tree = bisected
            .then(|| Tree::read(file, sizes.len(), frame.width()))
            .transpose()?;
        Ok(Self {
            entry,
            tree,
            settings: head.settings,
            metric: head.metric,
            inertia: head.inertia.unwrap_or(f64::INFINITY),
            lambda: head
                .reach
                .or_else(|| Some(head.lambda? / frame.unit / frame.unit)),
            choice: head.choice,
            frame,
            centres,
            sizes,
            labels: Vec::new(),
            notes: Vec::new(),
        })
    }
}

impl Model for Centres {
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
        let mut facts: Vec<Fact> = vec![
            ("n_clusters", self.k().into()),
            ("cluster_centers", self.centres().into()),
            ("sizes", self.sizes.clone().into()),
            ("inertia", self.inertia.into()),
        ];
        facts.extend(self.lambda().map(|lambda| ("lambda", lambda.into())));
        facts
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

impl Predict for Centres {
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

impl Cluster for Centres {
    fn points(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        Ok(self.frame.embedding(self.read(inputs, threads)?))
    }

    fn own_scores(&self, rows: &Rows, threads: usize) -> Result<Vec<Score>> {
        let mut points = self.read((&rows.features).into(), threads)?;
        points.weight.clone_from(&rows.weight);
        let sum = inertia(&points, &self.assign(&points, threads), &self.centres);
        let objective = self
            .lambda
            .map(|lambda| ("objective", sum + lambda * self.k() as f64));
        let all = std::iter::once(("inertia", sum)).chain(objective);
        // A sum of squares that no double can hold is left out; the fit has said so.
        Ok(all
            .filter_map(|(name, sum)| Some(Score::bare(name, remarks::in_units(sum, self.unit())?)))
            .collect())
    }

    fn with_new_clusters(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let reach = self.lambda.ok_or_else(|| no_new_clusters(self.entry.info.name))?;
        let points = self.read(inputs, threads)?;
        let mut labels = self.assign(&points, threads);
        beyond(&points, &self.centres, reach, &mut labels);
        Ok(Prediction::of_quantities(
            labels.into_iter().map(f64::from).collect(),
        ))
    }
}

impl Transform for Centres {
    /// Distances to the centres.
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let points = self.read(inputs, threads)?;
        let parts = points.by_chunks(threads, |rows| {
            let of = |row| squared_distances(points.row(row), &self.centres);
            let distances = rows.flat_map(of).map(|squared| squared.sqrt() * self.unit());
            distances.collect::<Vec<f64>>()
        });
        Ok(Embedding {
            values: parts.concat(),
            names: (0..self.k()).map(|c| format!("distance_{c}")).collect(),
        })
    }
}

/// Rows farther than `reach` (squared) from all centres make new ones, the farthest first, until none is left.
fn beyond(points: &Points, centres: &[f64], reach: f64, labels: &mut [u32]) {
    let width = points.width;
    let near = |row: usize, label: u32| square(points.row(row), &centres[label as usize * width..][..width]);
    let mut far: Vec<(usize, f64)> = (0..points.rows())
        .map(|row| (row, near(row, labels[row])))
        .filter(|own| own.1 > reach)
        .collect();
    let mut next = (centres.len() / width) as u32;
    while let Some(&(first, _)) = far.iter().filter(|own| own.1 > reach).reduce(farther) {
        for (row, distance) in &mut far {
            let own = square(points.row(*row), points.row(first));
            if own < *distance {
                *distance = own;
                labels[*row] = next;
            }
        }
        next += 1;
    }
}

/// The farther of two rows, the first of equals.
pub(crate) fn farther<'a>(a: &'a (usize, f64), b: &'a (usize, f64)) -> &'a (usize, f64) {
    if b.1 > a.1 { b } else { a }
}
