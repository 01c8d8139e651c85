//! What a Bayesian mixture can do.

use induce_core::metrics::{Score, Task};
use induce_core::model::{
    Cluster, Data, Density, Embedding, Entry, Fact, Features, Generate, Inputs, Predict, Prediction, Rows,
    Schema, Section,
};
use induce_core::model_file::ModelFile;
use induce_core::{Column, Result, Run, Table};
use serde_json::Value;

use super::model::Model;
use super::predictive::Predictive;
use super::{BAYES_GMM, report, store};
use crate::mixture::gmm::{expect, singular};

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
            ("mean_prior", self.frame.original(&self.prior.mean).into()),
            ("covariance_prior", self.in_table(&self.prior.scale).into()),
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
        Ok(self.frame.embedding(self.read(inputs, threads)?))
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
        Ok(Data::Rows(Features::from(table).into()))
    }
}
