//! A fitted mixture.

use induce_core::metrics::{Score, Task};
use induce_core::model::{
    Cluster, Data, Density, Embedding, Entry, Fact, Features, Generate, Inputs, Predict, Prediction, Rows,
    Schema, Section,
};
use induce_core::model_file::ModelFile;
use induce_core::{Column, Result, Run, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::expect::expect;
use super::responsibilities::{responsibilities, singular};
use super::{CovarianceType, GMM, Mixture, Parameters, report};
use crate::mixture::forms::Covariance;
use crate::points::{Frame, Points};

/// A fitted mixture.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// Which covariances components have.
    pub kind: CovarianceType,
    /// Parameters in these coordinates.
    pub parameters: Parameters,
    /// ln L per unit of weight of the training rows, in the units of the table.
    pub log_likelihood: f64,
    /// Weight of the rows that it stands for.
    pub mass: f64,
    /// What the fit found out.
    pub notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    covariance_type: CovarianceType,
    log_likelihood: f64,
    mass: f64,
}

impl Model {
    /// The mixture in the units of the table.
    pub fn mixture(&self) -> Mixture {
        let scale: Vec<f64> = self.frame.axes.iter().map(|axis| axis.scale).collect();
        let width = scale.len();
        let covariance = |own: &Covariance| {
            let dense = own.dense();
            (0..width * width)
                .map(|i| dense[i] * scale[i / width] * scale[i % width])
                .collect()
        };
        Mixture {
            names: self.frame.names(),
            weights: self.parameters.weights.clone(),
            means: self
                .parameters
                .means
                .iter()
                .map(|m| self.frame.original(m))
                .collect(),
            covariances: self.parameters.covariances.iter().map(covariance).collect(),
        }
    }

    /// Rows in its coordinates.
    pub(super) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        self.frame.points(inputs, &Run::new(0).with_threads(threads))
    }

    /// Responsibilities, row-major, and ln p of every row in the coordinates of the fit. // (rows, components), (rows)
    pub(super) fn responsibilities(&self, points: &Points, threads: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        responsibilities(&self.parameters, points, threads)
    }

    pub(super) fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind("gmm")?;
        let frame: Frame = file.json("frame")?;
        frame.check().map_err(|reason| file.fault(reason))?;
        let head: Head = file.json("mixture")?;
        let width = frame.width();
        let weights = file.values::<f64>("weights")?.to_vec();
        let k = weights.len();
        let full = matches!(head.covariance_type, CovarianceType::Full | CovarianceType::Tied);
        let each = if full {
            width.checked_mul(width)
        } else {
            Some(width)
        };
        let size = |each: Option<usize>| each.and_then(|each| each.checked_mul(k)).unwrap_or(usize::MAX);
        let means = file.values_of::<f64>("means", size(Some(width)))?;
        let covariances = file.values_of::<f64>("covariances", size(each))?;
        let finite = weights
            .iter()
            .chain(means)
            .chain(covariances)
            .all(|x| x.is_finite());
        if k == 0 || !finite || weights.iter().any(|w| *w < 0.0) {
            return Err(file.fault("it has no components, or a parameter is not finite"));
        }
        let covariance = |own: &[f64]| match full {
            true => Covariance::Full(own.to_vec()),
            false => Covariance::Diagonal(own.to_vec()),
        };
        let parameters = Parameters {
            means: means.chunks_exact(width).map(<[f64]>::to_vec).collect(),
            covariances: covariances
                .chunks_exact(each.unwrap_or(1))
                .map(covariance)
                .collect(),
            weights,
        };
        parameters.forms().map_err(|k| {
            file.fault(format!(
                "the covariance of component {k} is not positive definite"
            ))
        })?;
        Ok(Self {
            settings: head.settings,
            kind: head.covariance_type,
            log_likelihood: head.log_likelihood,
            mass: head.mass,
            parameters,
            frame,
            notes: Vec::new(),
        })
    }
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        &GMM
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new("gmm");
        file.put_json("frame", &self.frame)?;
        let head = Head {
            settings: self.settings.clone(),
            covariance_type: self.kind,
            log_likelihood: self.log_likelihood,
            mass: self.mass,
        };
        file.put_json("mixture", &head)?;
        file.put("weights", self.parameters.weights.clone());
        file.put("means", self.parameters.means.concat());
        let values = |own: &Covariance| match own {
            Covariance::Full(all) | Covariance::Diagonal(all) => all.clone(),
        };
        file.put(
            "covariances",
            self.parameters
                .covariances
                .iter()
                .flat_map(values)
                .collect::<Vec<f64>>(),
        );
        Ok(file)
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
        let mixture = self.mixture();
        vec![
            ("weights", mixture.weights.into()),
            ("means", mixture.means.into()),
            ("covariances", mixture.covariances.into()),
            ("covariance_type", self.kind.name().into()),
            ("log_likelihood", self.log_likelihood.into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn clusterer(&self) -> Option<&dyn Cluster> {
        Some(self)
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn generator(&self) -> Option<&dyn Generate> {
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
        let (all, _) = self.responsibilities(&self.read(inputs, threads)?, threads)?;
        Ok(Prediction::of_classes(all, self.parameters.components()))
    }
}

impl Cluster for Model {
    fn points(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        Ok(self.frame.embedding(self.read(inputs, threads)?))
    }

    /// ln L per row, AIC, BIC, and the integrated classification likelihood (Biernacki, Celeux & Govaert 2000), all of these rows.
    fn own_scores(&self, rows: &Rows, threads: usize) -> Result<Vec<Score>> {
        let mut points = self.read((&rows.features).into(), threads)?;
        points.weight.clone_from(&rows.weight);
        let found = expect(&points, &self.parameters, self.kind, 1.0, threads).map_err(singular)?;
        let n = points.mass();
        let ln = found.log_likelihood + n * self.frame.mean_ln_volume(&points);
        let (count, ln_n) = (self.parameters.count(self.kind), n.ln());
        let bic = -2.0 * ln + count * ln_n;
        Ok(vec![
            Score::bare("log_likelihood", ln / n),
            Score::bare("aic", -2.0 * ln + 2.0 * count),
            Score::bare("bic", bic),
            Score::bare("icl", bic + 2.0 * found.entropy),
        ])
    }
}

impl Density for Model {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        let points = self.read((&data.rows()?.features).into(), run.threads())?;
        let (_, density) = self.responsibilities(&points, run.threads())?;
        Ok(density
            .into_iter()
            .enumerate()
            .map(|(row, ln)| ln + self.frame.ln_volume(points.row(row)))
            .collect())
    }
}

impl Generate for Model {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        let (values, components) = self.mixture().sample(n, run.stream("gmm/sample"))?;
        let width = self.frame.width();
        let column = |(j, name): (usize, String)| {
            let own = values.iter().skip(j).step_by(width).copied();
            Column::from_f64(name, own.collect())
        };
        let mut columns: Vec<Column> = self.frame.names().into_iter().enumerate().map(column).collect();
        columns.push(Column::from_whole(
            "cluster",
            components.into_iter().map(|k| k as i64).collect(),
        ));
        let table = Table::new(columns)?;
        Ok(Data::Rows(Features::from(table).into()))
    }
}
