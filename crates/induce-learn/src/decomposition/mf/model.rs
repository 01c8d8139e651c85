//! Fitted matrix factorization: ratings of pairs, their uncertainty, and lists.

use induce_core::linalg::dot;
use induce_core::metrics::Task;
use induce_core::model::ratings::{self, Baselines, Rater, Ratings, Relevant};
use induce_core::model::{
    Beaten, Data, Entry, Evaluation, Fact, Inputs, Predict, Prediction, Recommend, Schema, Section,
};
use induce_core::model_file::ModelFile;
use induce_core::{Result, Run, parallel};
use induce_prob::special::normal_quantile;
use serde_json::Value;

use super::posterior::Side;
use super::{MF, Spec, report};

/// What is known of users, or of items: Gaussians over the bias and the factors of each.
#[derive(Debug, Clone, PartialEq)]
pub struct Half {
    /// 1 + factors.
    pub width: usize,
    /// Means, the bias first. // (count, width)
    pub mean: Vec<f64>,
    /// Lower triangles of the covariances, row by row. // (count, width (width + 1) / 2)
    pub covariance: Vec<f32>,
    /// Precisions of the prior, which is what is known of others. // (width)
    pub precision: Vec<f64>,
}

/// Matrix factorization of ratings.
#[derive(Debug, Clone)]
pub struct Model {
    pub(super) settings: Value,
    spec: Spec,
    pub(super) ratings: Ratings,
    baselines: Baselines,
    pub(super) users: Half,
    pub(super) items: Half,
    /// mu, and the unit of biases and products of factors.
    pub(super) centre: f64,
    pub(super) scale: f64,
    /// Deviation of the noise, in that unit.
    pub(super) noise: f64,
    /// The least and the largest prediction, if they are clipped.
    clip: Option<(f64, f64)>,
    notes: Vec<String>,
}

impl Half {
    /// That of a posterior.
    pub(super) fn of(side: &Side) -> Self {
        let d = side.width;
        let lower = |own: &[f64]| -> Vec<f32> {
            (0..d)
                .flat_map(|k| own[k * d..=k * d + k].iter().map(|x| *x as f32))
                .collect()
        };
        Self {
            width: d,
            mean: side.mean.clone(),
            covariance: side.covariance.chunks_exact(d * d).flat_map(lower).collect(),
            precision: side.precision.clone(),
        }
    }

    /// Values of a covariance.
    pub(super) fn triangle(&self) -> usize {
        self.width * (self.width + 1) / 2
    }

    /// Mean of one, or of the prior. // (width)
    fn mean_of(&self, which: Option<u32>) -> Vec<f64> {
        match which {
            Some(i) => self.mean[i as usize * self.width..][..self.width].to_vec(),
            None => vec![0.0; self.width],
        }
    }

    /// Covariance of one, or of the prior. // (width, width)
    fn covariance_of(&self, which: Option<u32>) -> Vec<f64> {
        let d = self.width;
        let mut all = vec![0.0; d * d];
        match which {
            None => (0..d).for_each(|k| all[k * (d + 1)] = 1.0 / self.precision[k]),
            Some(i) => {
                let mut values = self.covariance[i as usize * self.triangle()..].iter();
                for k in 0..d {
                    for l in 0..=k {
                        let own = values.next().map_or(0.0, |x| f64::from(*x));
                        (all[k * d + l], all[l * d + k]) = (own, own);
                    }
                }
            }
        }
        all
    }
}

impl Model {
    pub(super) fn new(
        settings: Value,
        ratings: Ratings,
        [users, items]: [Half; 2],
        (centre, scale): (f64, f64),
        noise: f64,
        notes: Vec<String>,
    ) -> Self {
        let spec: Spec = serde_json::from_value(settings.clone()).unwrap_or_default();
        Self {
            clip: spec.clip.then(|| ratings.scale()),
            spec,
            settings,
            baselines: Baselines::of(&ratings),
            ratings,
            users,
            items,
            centre,
            scale,
            noise,
            notes,
        }
    }

    /// Factors, without the bias.
    pub fn factors(&self) -> usize {
        self.users.width - 1
    }

    /// What the factors are worth: the deviation that each gives to a rating, s_uk s_ik in the unit of the ratings, the largest first.
    pub fn strengths(&self) -> Vec<f64> {
        let of = |k: usize| {
            let (a, b) = (self.users.precision[k], self.items.precision[k]);
            self.scale / a.sqrt() / b.sqrt()
        };
        let mut all: Vec<f64> = (1..self.users.width).map(of).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all
    }

    /// Deviation of the noise, in the unit of the ratings.
    pub fn noise(&self) -> f64 {
        self.noise * self.scale
    }

    fn clipped(&self, y: f64) -> f64 {
        match self.clip {
            Some((low, high)) => y.clamp(low, high),
            None => y,
        }
    }

    fn rate(&self, user: &[f64], item: &[f64]) -> f64 {
        let own = user[0] + item[0] + dot(&user[1..], &item[1..]);
        self.clipped(self.centre + self.scale * own)
    }

    /// Mean, deviation of the mean, and of a new rating, in the unit of the ratings; not clipped.
    ///
    /// Var[b_u + b_i + p'q] = (1, q)' S_u (1, q) + (1, p)' S_i (1, p) + tr(S_u,pp S_i,qq), for q(u) and q(i) are independent.
    fn normal(&self, (user, item): ratings::Pair) -> [f64; 3] {
        let d = self.users.width;
        let (w, h) = (self.users.mean_of(user), self.items.mean_of(item));
        let (s, t) = (self.users.covariance_of(user), self.items.covariance_of(item));
        let with_one =
            |own: &[f64]| -> Vec<f64> { std::iter::once(1.0).chain(own[1..].iter().copied()).collect() };
        let form = |a: &[f64], x: &[f64]| -> f64 {
            a.chunks_exact(d).zip(x).map(|(row, own)| own * dot(row, x)).sum()
        };
        let both: f64 = (1..d)
            .map(|k| dot(&s[k * d + 1..(k + 1) * d], &t[k * d + 1..(k + 1) * d]))
            .sum();
        let variance = form(&s, &with_one(&h)) + form(&t, &with_one(&w)) + both;
        let mean = self.centre + self.scale * (w[0] + h[0] + dot(&w[1..], &h[1..]));
        let variance = variance.max(0.0);
        [
            mean,
            self.scale * variance.sqrt(),
            self.scale * (variance + self.noise * self.noise).sqrt(),
        ]
    }

    fn normals(&self, inputs: Inputs, threads: usize) -> Result<Vec<[f64; 3]>> {
        let pairs = self.ratings.pairs(inputs.table()?)?;
        Ok(parallel::map(threads, pairs.len(), |row| self.normal(pairs[row])))
    }
}

impl induce_core::model::Model for Model {
    fn entry(&self) -> &'static Entry {
        &MF
    }

    fn settings(&self) -> Value {
        self.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        super::store::put(self)
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        report::pages(self, data, run)
    }

    fn step_unit(&self) -> &'static str {
        "iteration"
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            ("users", self.ratings.users().len().into()),
            ("items", self.ratings.items().len().into()),
            ("ratings", self.ratings.len().into()),
            ("mean", self.centre.into()),
            ("noise_deviation", self.noise().into()),
            ("factor_deviations", self.strengths().into()),
        ]
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        ratings::evaluate(self, data, run)
    }

    fn baselines(&self, data: &Data, run: &Run) -> Result<Beaten> {
        ratings::baselines(self, data, run)
    }

    fn predictor(&self) -> Option<&dyn Predict> {
        Some(self)
    }

    fn recommender(&self) -> Option<&dyn Recommend> {
        Some(self)
    }
}

impl Predict for Model {
    fn schema(&self) -> &Schema {
        &self.ratings.schema
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn remarks(&self, inputs: Inputs) -> Result<Vec<String>> {
        Ok(ratings::unknown(self, inputs.table()?)?.into_iter().collect())
    }

    fn predict(&self, inputs: Inputs, _: usize) -> Result<Prediction> {
        let pairs = self.ratings.pairs(inputs.table()?)?;
        let nobody = vec![0.0; self.users.width];
        let of = |half: &'_ Half, which: Option<u32>| -> Option<std::ops::Range<usize>> {
            which.map(|i| i as usize * half.width..(i as usize + 1) * half.width)
        };
        let rate = |pair: &ratings::Pair| {
            let user = of(&self.users, pair.0).map_or(&nobody[..], |at| &self.users.mean[at]);
            let item = of(&self.items, pair.1).map_or(&nobody[..], |at| &self.items.mean[at]);
            self.rate(user, item)
        };
        Ok(Prediction::of_quantities(pairs.iter().map(rate).collect()))
    }

    /// Quantiles of a Gaussian with the variance of the noise and of what is not known of user and item.
    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        let z: Vec<f64> = probabilities.iter().map(|p| normal_quantile(*p)).collect();
        let rows = self.normals(inputs, threads)?;
        let of = |[mean, _, new]: &[f64; 3]| {
            let (mean, new) = (*mean, *new);
            z.iter().map(move |z| self.clipped(mean + z * new))
        };
        Ok(rows.iter().flat_map(of).collect())
    }
}

impl Recommend for Model {
    fn ratings(&self) -> &Ratings {
        &self.ratings
    }

    fn known_baselines(&self) -> &Baselines {
        &self.baselines
    }

    fn rate_items(&self, user: Rater, out: &mut [f64]) {
        let user = self.users.mean_of(user.number());
        for (y, item) in out.iter_mut().zip(self.items.mean.chunks_exact(self.items.width)) {
            *y = self.centre + self.scale * (user[0] + item[0] + dot(&user[1..], &item[1..]));
        }
    }

    fn rates_unknown(&self) -> &'static str {
        "by the mean of all and the bias of what is known"
    }

    fn judged_by(&self) -> (f64, usize) {
        let asked: Relevant = self.spec.relevant;
        (self.ratings.relevant(asked), self.spec.at)
    }
}
