//! Fitted principal components.

use induce_core::linalg::dot;
use induce_core::metrics::Score;
use induce_core::model::{Data, Density, Embedding, Entry, Evaluation, Fact, Inputs, Section, Transform};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::missing::Factors;
use super::{PCA, report};
use crate::points::{Frame, Points};

/// Principal components.
#[derive(Clone)]
pub struct Model {
    /// The values of the settings it was fitted with.
    pub settings: Value,
    /// The coordinates.
    pub frame: Frame,
    /// Whether scores are divided by their deviations.
    pub whiten: bool,
    /// Variances along the components, falling, in the coordinates of the fit. // (count)
    pub variances: Vec<f64>,
    /// The components as rows, of length 1. // (count, width)
    pub components: Vec<f64>,
    /// Variance of all coordinates together.
    pub total: f64,
    /// The mean. // (width)
    pub mean: Vec<f64>,
    /// sigma^2, the variance of what components do not explain, per coordinate.
    pub noise: f64,
    /// Weight of the training rows.
    pub mass: f64,
    /// What the fit found out.
    pub notes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    settings: Value,
    whiten: bool,
    total: f64,
    noise: f64,
    mass: f64,
}

impl Model {
    /// Number of components.
    pub fn count(&self) -> usize {
        self.variances.len()
    }

    /// Parts of the variance that the components have. // (count)
    pub fn ratios(&self) -> Vec<f64> {
        let part = |v: &f64| if self.total > 0.0 { v / self.total } else { 0.0 };
        self.variances.iter().map(part).collect()
    }

    /// Rows in its coordinates; where values are missing, what is expected of them.
    pub(super) fn read(&self, inputs: Inputs, threads: usize) -> Result<Points> {
        let mut points = self.frame.points(inputs, &Run::new(0).with_threads(threads))?;
        if points.has_missing() {
            self.fill(&mut points);
        }
        Ok(points)
    }

    /// E[x | what is there] under the probabilistic model.
    fn fill(&self, points: &mut Points) {
        let (width, q) = (points.width, self.count());
        let factors = self.factors();
        for x in points
            .values
            .chunks_exact_mut(width)
            .filter(|x| x.iter().any(|x| x.is_nan()))
        {
            let z = factors.posterior(x).mean;
            for (j, x) in x.iter_mut().enumerate().filter(|own| own.1.is_nan()) {
                *x = self.mean[j] + dot(&factors.loadings[j * q..][..q], &z);
            }
        }
    }

    /// W = U (Lambda - sigma^2 I)^1/2.
    pub(super) fn factors(&self) -> Factors {
        let (width, q) = (self.frame.width(), self.count());
        let noise = self
            .noise
            .max(self.total / width as f64 * 1e-12)
            .max(f64::MIN_POSITIVE);
        let scale: Vec<f64> = self
            .variances
            .iter()
            .map(|v| (v - noise).max(0.0).sqrt())
            .collect();
        let entry = |i: usize| self.components[(i % q) * width + i / q] * scale[i % q];
        Factors {
            mean: self.mean.clone(),
            loadings: (0..width * q).map(entry).collect(),
            noise,
            count: q,
        }
    }

    /// Scores of points: u' (x - mu), in the units of the table. // (rows, count)
    pub(super) fn scores(&self, points: &Points, threads: usize) -> Vec<f64> {
        let (width, unit) = (points.width, self.frame.unit);
        let factor = |k: usize| match self.whiten {
            // A direction without variance has rounding for scores, which would be blown up.
            true if self.variances[k] <= 1e-15 * self.variances[0] => 0.0,
            true => 1.0 / self.variances[k].sqrt(),
            false => unit,
        };
        let parts = points.by_chunks(threads, |rows| {
            let mut all = Vec::with_capacity(rows.len() * self.count());
            let mut d = vec![0.0; width];
            for row in rows {
                d.iter_mut()
                    .zip(points.row(row))
                    .zip(&self.mean)
                    .for_each(|((d, x), m)| *d = x - m);
                let axes = self.components.chunks_exact(width).enumerate();
                all.extend(axes.map(|(k, axis)| factor(k) * dot(axis, &d)));
            }
            all
        });
        parts.concat()
    }

    pub(super) fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind("pca")?;
        let frame: Frame = file.json("frame")?;
        frame.check().map_err(|reason| file.fault(reason))?;
        let head: Head = file.json("components")?;
        let variances = file.values::<f64>("variances")?.to_vec();
        let size = variances.len().saturating_mul(frame.width());
        let components = file.values_of::<f64>("components", size)?.to_vec();
        let mean = file.values_of::<f64>("mean", frame.width())?.to_vec();
        let numbers = variances.iter().chain(&components).chain(&mean);
        let finite = numbers
            .chain([&head.total, &head.noise, &head.mass])
            .all(|x| x.is_finite());
        if variances.is_empty() || variances.len() > frame.width() || !finite {
            return Err(file.fault("it has no components, or one is not finite"));
        }
        if variances
            .iter()
            .chain([&head.noise, &head.total])
            .any(|v| *v < 0.0)
        {
            return Err(file.fault("a variance is below 0"));
        }
        Ok(Self {
            settings: head.settings,
            whiten: head.whiten,
            total: head.total,
            noise: head.noise,
            mass: head.mass,
            frame,
            variances,
            components,
            mean,
            notes: Vec::new(),
        })
    }

    /// ln p of every row, in the units of the table.
    fn ln_densities(&self, points: &Points, threads: usize) -> Vec<f64> {
        let factors = self.factors();
        let parts = points.by_chunks(threads, |rows| {
            let of = |row| factors.posterior(points.row(row)).ln + self.frame.ln_volume(points.row(row));
            rows.map(of).collect::<Vec<f64>>()
        });
        parts.concat()
    }
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        &PCA
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new("pca");
        file.put_json("frame", &self.frame)?;
        let head = Head {
            settings: self.settings.clone(),
            whiten: self.whiten,
            total: self.total,
            noise: self.noise,
            mass: self.mass,
        };
        file.put_json("components", &head)?;
        file.put("variances", self.variances.clone());
        file.put("components", self.components.clone());
        file.put("mean", self.mean.clone());
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
        let unit = self.frame.unit * self.frame.unit;
        let rows = self.components.chunks_exact(self.frame.width());
        let variances: Vec<f64> = self.variances.iter().map(|v| v * unit).collect();
        vec![
            ("n_components", self.count().into()),
            ("components", rows.map(<[f64]>::to_vec).collect::<Vec<_>>().into()),
            ("explained_variance", variances.into()),
            ("explained_variance_ratio", self.ratios().into()),
            ("noise_variance", (self.noise * unit).into()),
            ("mean", self.frame.original(&self.mean).into()),
            ("columns", self.frame.names().into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        let rows = data.rows()?;
        let threads = run.threads();
        let raw = self
            .frame
            .points((&rows.features).into(), &Run::new(0).with_threads(threads))?;
        let weight = |row: usize| rows.weight.as_ref().map_or(1.0, |all| all[row]);
        let mass: f64 = (0..rows.rows()).map(weight).sum();
        let ln = self.ln_densities(&raw, threads);
        let ln: f64 = ln.iter().enumerate().map(|(row, ln)| weight(row) * ln).sum();
        let (rest, total) = self.squares(&raw, &weight);
        Ok(Evaluation {
            scores: vec![
                Score::bare(
                    "explained_variance",
                    if total > 0.0 { 1.0 - rest / total } else { 1.0 },
                ),
                Score::bare(
                    "reconstruction_rmse",
                    (rest / mass / raw.width as f64).sqrt() * self.frame.unit,
                ),
                Score::bare("log_likelihood", ln / mass),
            ],
            prediction: None,
            facts: vec![("rows", rows.rows().into())],
        })
    }

    fn transformer(&self) -> Option<&dyn Transform> {
        Some(self)
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

impl Model {
    /// Squares of what is there that components leave, and of all of it, about the mean.
    fn squares(&self, raw: &Points, weight: &dyn Fn(usize) -> f64) -> (f64, f64) {
        let mut whole = raw.clone();
        self.fill(&mut whole);
        let (mut rest, mut total) = (0.0, 0.0);
        for row in 0..raw.rows() {
            let mut left: Vec<f64> = whole
                .row(row)
                .iter()
                .zip(&self.mean)
                .map(|(x, m)| x - m)
                .collect();
            let there: Vec<bool> = raw.row(row).iter().map(|x| !x.is_nan()).collect();
            let squares = |d: &[f64]| -> f64 {
                d.iter()
                    .zip(&there)
                    .filter(|own| *own.1)
                    .map(|own| own.0 * own.0)
                    .sum()
            };
            total += weight(row) * squares(&left);
            for axis in self.components.chunks_exact(raw.width) {
                let along = dot(axis, &left);
                left.iter_mut().zip(axis).for_each(|(d, u)| *d -= along * u);
            }
            rest += weight(row) * squares(&left);
        }
        (rest, total)
    }
}

impl Transform for Model {
    fn transform(&self, inputs: Inputs, threads: usize) -> Result<Embedding> {
        let points = self.read(inputs, threads)?;
        Ok(Embedding {
            values: self.scores(&points, threads),
            names: (1..=self.count()).map(|k| format!("pc{k}")).collect(),
        })
    }
}

impl Density for Model {
    fn log_density(&self, data: &Data, run: &mut Run) -> Result<Vec<f64>> {
        if self.noise <= 0.0 {
            return Err(Error::data(
                "the components explain everything: rows off them have no density",
                "keep fewer components",
            ));
        }
        let points = self.frame.points((&data.rows()?.features).into(), run)?;
        Ok(self.ln_densities(&points, run.threads()))
    }
}
