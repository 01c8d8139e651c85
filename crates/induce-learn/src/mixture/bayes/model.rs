//! A fitted Bayesian mixture.

use induce_core::metrics::{Score, Task};
use induce_core::model::{
    Cluster, Data, Density, Embedding, Entry, Fact, Generate, Inputs, Predict, Prediction, Rows, Schema,
    Section,
};
use induce_core::model_file::ModelFile;
use induce_core::{Column, Result, Run, Table};
use serde_json::Value;

use super::predictive::Predictive;
use super::{BAYES_GMM, Bound, Posterior, Prior, report, store};
use crate::mixture::gmm::{Mixture, expect, responsibilities, singular};
use crate::points::{Frame, Points};

/// A fitted Bayesian mixture.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// The prior, in these coordinates.
    pub prior: Prior,
    /// The posterior, in these coordinates.
    pub posterior: Posterior,
    /// The ELBO of the training rows, in these coordinates.
    pub bound: Bound,
    /// Weight of the training rows.
    pub mass: f64,
    /// What is added to log densities for those of rows in the units of the table, on average.
    pub volume: f64,
    /// Components that were born or merged.
    pub moves: u64,
    /// What the fit found out.
    pub notes: Vec<String>,
}

impl Model {
    /// Expected weights and means, and inverses of expected precisions, in the units of the table.
    pub fn mixture(&self) -> Mixture {
        let scale: Vec<f64> = self.frame.axes.iter().map(|axis| axis.scale).collect();
        let width = scale.len();
        let covariance = |own: Vec<f64>| {
            (0..width * width)
                .map(|i| own[i] * scale[i / width] * scale[i % width])
                .collect()
        };
        let posterior = &self.posterior;
        Mixture {
            names: self.frame.names(),
            weights: posterior.weights.mean(),
            means: posterior.means.iter().map(|m| self.frame.original(m)).collect(),
            covariances: posterior
                .covariances
                .iter()
                .map(|own| covariance(own.dense()))
                .collect(),
        }
    }

    /// Weight of the training rows that every component holds. // (components)
    pub fn held(&self) -> Vec<f64> {
        let rows = |beta: &f64| beta - self.prior.precision;
        self.posterior.precision.iter().map(rows).collect()
    }

    /// Components that hold at least half a row.
    pub fn used(&self) -> usize {
        self.held().iter().filter(|n| **n >= 0.5).count()
    }

    /// The ELBO of the training rows per unit of weight, in the units of the table.
    pub fn elbo(&self) -> f64 {
        self.bound.total() / self.mass + self.volume
    }

    /// Rows in its coordinates.
    pub(super) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        self.frame.points(inputs, &Run::new(0).with_threads(threads))
    }

    /// Probabilities of components. // (rows, components)
    pub(super) fn responsibilities(&self, points: &Points, threads: usize) -> Result<Vec<f64>> {
        let under = self.posterior.surrogate(self.prior.kind);
        Ok(responsibilities(&under, points, threads)?.0)
    }

    /// ln p of every row given the training rows, in the units of the table.
    fn ln_densities(&self, points: &Points, threads: usize) -> Vec<f64> {
        let predictive = Predictive::of(&self.posterior, &self.prior);
        let parts = points.by_chunks(threads, |rows| {
            let of = |row| predictive.ln_density(points.row(row)) + self.frame.ln_volume(points.row(row));
            rows.map(of).collect::<Vec<f64>>()
        });
        parts.concat()
    }
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        &BAYES_GMM
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        store::to_file(self)
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        report::pages(self, data.rows()?, run)
    }

    fn step_unit(&self) -> &'static str {
        "pass"
    }

    fn facts(&self) -> Vec<Fact> {
        let mixture = self.mixture();
        let scales = self.frame.axes.iter().map(|axis| axis.scale);
        vec![
            ("weights", mixture.weights.into()),
            ("means", mixture.means.into()),
            ("covariances", mixture.covariances.into()),
            ("covariance_type", self.prior.kind.name().into()),
            ("n_components_used", self.used().into()),
            ("rows_held", self.held().into()),
            ("mean_precision", self.posterior.precision.clone().into()),
            ("degrees_of_freedom", self.posterior.degrees.clone().into()),
            ("weight_concentration", report::concentration(self).into()),
            ("weight_concentration_prior", self.prior.concentration.into()),
            ("mean_precision_prior", self.prior.precision.into()),
            ("degrees_of_freedom_prior", self.prior.degrees.into()),
            (
                "mean_prior",
                self.frame.original(&vec![0.0; self.frame.width()]).into(),
            ),
            ("covariance_prior_standardised", self.prior.scale.dense().into()),
            ("scales", scales.collect::<Vec<f64>>().into()),
            ("elbo", self.elbo().into()),
            (
                "elbo_terms",
                self.bound.values(self.mass, self.volume)[1..].into(),
            ),
            ("births_and_merges", self.moves.into()),
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
        let all = self.responsibilities(&self.read(inputs, threads)?, threads)?;
        Ok(Prediction::of_classes(all, self.posterior.means.len()))
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

    /// The ELBO per row, which is that of the fit for its own rows, and the mean of ln p(row | training rows).
    fn own_scores(&self, rows: &Rows, threads: usize) -> Result<Vec<Score>> {
        let mut points = self.read((&rows.features).into(), threads)?;
        points.weight.clone_from(&rows.weight);
        let under = self.posterior.surrogate(self.prior.kind);
        let found = expect(&points, &under, self.prior.kind, 1.0, threads).map_err(singular)?;
        let mass = points.mass();
        let divergence = (self.bound.weights + self.bound.components) / self.mass;
        let ln = self.ln_densities(&points, threads);
        let ln: f64 = ln
            .iter()
            .enumerate()
            .map(|(row, ln)| points.weight(row) * ln)
            .sum();
        Ok(vec![
            Score::bare(
                "elbo",
                found.log_likelihood / mass - divergence + self.frame.mean_ln_volume(&points),
            ),
            Score::bare("log_likelihood", ln / mass),
        ])
    }
}

impl Density for Model {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        let points = self.read((&data.rows()?.features).into(), run.threads())?;
        Ok(self.ln_densities(&points, run.threads()))
    }
}

impl Generate for Model {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        let predictive = Predictive::of(&self.posterior, &self.prior);
        let stream = run.stream("bayes-gmm/sample");
        let width = self.frame.width();
        let mut columns = vec![Vec::with_capacity(n); width + 1];
        for i in 0..n as u64 {
            let (row, k) = predictive.draw(stream.child(i));
            let row = self.frame.original(&row);
            columns.iter_mut().zip(&row).for_each(|(to, x)| to.push(*x));
            columns[width].push(k as f64);
        }
        let mut names = self.frame.names();
        names.push("cluster".into());
        let named = names.into_iter().zip(columns);
        let table = Table::new(named.map(|(name, own)| Column::from_f64(name, own)).collect())?;
        Ok(Data::Rows(Rows {
            features: table.into(),
            target: None,
            weight: None,
            groups: None,
            notes: Vec::new(),
        }))
    }
}
