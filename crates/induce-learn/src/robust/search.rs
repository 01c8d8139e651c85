//! The search: sample, fit, score, improve, until the wanted confidence is reached.

use induce_core::{Outcome, Run, Stop, parallel};

use super::sample::{Growth, Sampler};
use super::score::Mixture;
use induce_core::words::{all_done, counted};

/// A problem: how a few rows determine a model, and how well other rows fit it.
pub trait Problem: Sync {
    /// What is fitted.
    type Model: Clone + Send + Sync;
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// How many rows determine a model.
    fn sample_size(&self) -> usize;
    /// Whether two rows are copies of each other.
    fn same(&self, a: usize, b: usize) -> bool {
        a == b
    }
    /// The models through `sample`; none if the sample is degenerate.
    fn candidates(&self, sample: &[usize]) -> Vec<Self::Model>;
    /// The squared length of every row's residual, never NaN.
    fn squared(&self, model: &Self::Model, out: &mut [f64]);
    /// The score of `model`; anything below `_above` if it is not above that. A problem that can stop half-way says so
    /// here.
    fn score(&self, mixture: &Mixture, weight: Option<&[f64]>, model: &Self::Model, _above: f64) -> f64 {
        let mut squared = vec![0.0; self.rows()];
        self.squared(model, &mut squared);
        mixture.score(&squared, weight)
    }
    /// The weighted least-squares model, starting from one that is `near`.
    fn refit(&self, near: &Self::Model, weight: &[f64]) -> Option<Self::Model>;
    /// The score of `model` and, if that is above `above`, the model that one step of expectation-maximisation makes
    /// of it. A problem that finds both in one pass over the rows says so here.
    fn step(
        &self,
        mixture: &Mixture,
        weight: Option<&[f64]>,
        model: &Self::Model,
        above: f64,
    ) -> (f64, Option<Self::Model>) {
        let mut squared = vec![0.0; self.rows()];
        self.squared(model, &mut squared);
        let score = mixture.score(&squared, weight);
        if score <= above {
            return (score, None);
        }
        let mut posterior = vec![0.0; self.rows()];
        mixture.posteriors(&squared, weight, &mut posterior);
        (score, self.refit(model, &posterior))
    }
    /// The share of its score by which a step of expectation-maximisation must raise it for another to be worth it.
    const LITTLE: f64 = 1e-9;
    /// Steps of expectation-maximisation on a model that is the best so far.
    const POLISH: usize = 8;
    /// A model to begin with, if there is one for free.
    fn start(&self) -> Option<Self::Model> {
        None
    }
}

/// How to search.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The name of the random stream.
    pub stream: &'static str,
    /// Length of a residual at which a row is as likely an inlier as an outlier.
    pub threshold: f64,
    /// Probability with which one all-inlier sample must have been drawn.
    pub confidence: f64,
    /// Samples at most.
    pub trials: usize,
    /// The rows, best first, for PROSAC; uniform sampling if absent.
    pub order: Option<&'a [u32]>,
    /// Whether every other sample is uniform and only those count towards the confidence: for an order that may
    /// mislead from its first row on.
    pub mixed: bool,
    /// A weight per row: that many copies of it.
    pub weight: Option<&'a [f64]>,
}

/// The best model that was found.
#[derive(Debug, Clone)]
pub struct Estimate<M> {
    /// The model.
    pub model: M,
    /// Squared residuals of all rows.
    pub squared: Vec<f64>,
    /// Log-likelihood above that of outliers alone.
    pub score: f64,
    /// Samples drawn.
    pub trials: usize,
    /// How the search ended.
    pub outcome: Outcome,
    /// `(trial, score)` whenever a better model was found.
    pub trace: Vec<(u64, f64)>,
}

/// Samples that are scored between two checks of the stopping rule; fixed, so that the number of threads cannot change a result.
const BATCH: usize = 16;

/// Among so many first samples, the best of each batch is improved even if the best so far is better: that one has
/// been improved already, and a sample of rows that are close together may be far from the maximum it leads to.
const EARLY: usize = 32;

/// Find the model of highest likelihood; none if no sample made one.
///
/// The number of trials is that of Fischler and Bolles, `log(1 - confidence) / log(1 - w^m)` with `w` the fraction of
/// inliers of the best model and `m` the size of a sample. Every best model is improved at once by
/// expectation-maximisation (local optimisation, Chum, Matas and Kittler, *Locally optimized RANSAC*, DAGM 2003), of
/// which each step cannot lower the likelihood.
pub fn search<P: Problem>(problem: &P, how: &Search, run: &Run) -> Option<Estimate<P::Model>> {
    let mixture = Mixture::new(how.threshold);
    let mut state = State {
        problem,
        how,
        mixture,
        best: None,
        needed: f64::INFINITY,
        trace: Vec::new(),
        stop: run.stop(),
    };
    run.watched().begin("samples", how.trials as u64);
    if let Some(model) = problem.start() {
        state.consider(model, 0);
    }
    let (trials, outcome) = state.sample(run);
    run.watched().end();
    state.finish(trials, outcome)
}

struct State<'a, P: Problem> {
    problem: &'a P,
    how: &'a Search<'a>,
    mixture: Mixture,
    best: Option<(f64, P::Model)>,
    /// Samples that the best model's inliers ask for.
    needed: f64,
    trace: Vec<(u64, f64)>,
    /// A sample may take long, and so may a step of its improvement.
    stop: &'a Stop,
}

impl<P: Problem> State<'_, P> {
    /// Draw until it is enough; how many trials, and why it ended.
    fn sample(&mut self, run: &Run) -> (usize, Outcome) {
        let (rows, size) = (self.problem.rows(), self.problem.sample_size());
        let stream = run.stream(self.how.stream);
        // The order may mislead: half of the trials are uniform.
        let sampler = Sampler::new(rows, size, self.how.order, self.how.weight, stream)
            .uniform_after(self.how.trials / 2)
            .mixed(self.how.mixed);
        let fraction = if self.how.mixed && self.how.order.is_some() {
            0.5
        } else {
            1.0
        };
        let mut growth = sampler.growth();
        let (mut done, mut fitted) = (0, 0);
        while done < self.how.trials {
            // Something is better than nothing: without a model yet, the first samples are scored.
            if let Some(reason) = run.stop_reason().filter(|_| self.best.is_some() || done > 0) {
                return (done, Outcome::Stopped { reason });
            }
            let batch = BATCH.min(self.how.trials - done);
            let samples = self.draw(&sampler, &mut growth, done, batch);
            fitted += self.score(&samples, done, run.threads());
            done += batch;
            run.watched().step(done as u64, &[]);
            if fraction * fitted as f64 >= self.needed {
                let reason = format!(
                    "{} give a confidence of {}",
                    counted(done, "sample"),
                    self.how.confidence
                );
                return (done, Outcome::Converged { reason });
            }
        }
        let reason = format!(
            "{} before the confidence of {} is reached (`trials` allows more)",
            all_done(done, "sample", "drawn"),
            self.how.confidence
        );
        (done, Outcome::Exhausted { reason })
    }

    fn draw(&self, sampler: &Sampler, growth: &mut Growth, from: usize, batch: usize) -> Vec<Vec<usize>> {
        let same = |a, b| self.problem.same(a, b);
        let trials = from as u64..(from + batch) as u64;
        trials
            .filter_map(|trial| sampler.draw(trial, growth, same))
            .collect()
    }

    /// Fit and score `samples`; how many of them made a model.
    fn score(&mut self, samples: &[Vec<usize>], trial: usize, threads: usize) -> usize {
        // A fork costs more than judging a few hundred rows.
        let threads = if self.problem.rows() < 20_000 { 1 } else { threads };
        let above = match &self.best {
            Some((best, _)) if trial >= EARLY => *best,
            _ => f64::NEG_INFINITY,
        };
        // The first is scored whenever the time is up, if there is nothing yet.
        let wanted = |i: usize| (i == 0 && self.best.is_none()) || !self.stop.is_due();
        let scored = parallel::map(threads, samples.len(), |i| {
            wanted(i).then(|| self.score_sample(&samples[i], above)).flatten()
        });
        let fitted = scored.iter().flatten().count();
        let best = scored
            .iter()
            .flatten()
            .map(|(score, _)| *score)
            .fold(f64::NEG_INFINITY, f64::max);
        for (i, sample) in scored.into_iter().enumerate() {
            let Some((score, model)) = sample else { continue };
            let early = trial < EARLY && score == best;
            if early || self.best.as_ref().is_none_or(|(best, _)| score > *best) {
                self.consider(model, trial + i + 1);
            }
        }
        fitted
    }

    fn score_sample(&self, sample: &[usize], above: f64) -> Option<(f64, P::Model)> {
        let score = |model: &P::Model| self.problem.score(&self.mixture, self.how.weight, model, above);
        let models = self.problem.candidates(sample).into_iter();
        let scored = models.map(|model| (score(&model), model));
        scored.max_by(|a, b| a.0.total_cmp(&b.0))
    }

    /// Improve `model`, and keep it if it is the best.
    fn consider(&mut self, model: P::Model, trial: usize) {
        let (score, model) = self.polish(model);
        if self.best.as_ref().is_none_or(|(best, _)| score > *best) {
            self.trace.push((trial as u64, score));
            self.needed = self.needed(&model);
            self.best = Some((score, model));
        }
    }

    /// Expectation-maximisation: posteriors as weights, then weighted least squares, while the likelihood rises.
    fn polish(&self, mut model: P::Model) -> (f64, P::Model) {
        let step =
            |model: &P::Model, above: f64| self.problem.step(&self.mixture, self.how.weight, model, above);
        let (mut score, mut next) = step(&model, f64::NEG_INFINITY);
        for _ in 0..P::POLISH {
            let Some(moved) = next.filter(|_| !self.stop.is_due()) else {
                break;
            };
            let (better, after) = step(&moved, score);
            if better <= score {
                break;
            }
            let little = better - score < P::LITTLE * score.abs();
            (score, model, next) = (better, moved, after);
            if little {
                break;
            }
        }
        (score, model)
    }

    /// How many samples the inliers of a model ask for.
    fn needed(&self, model: &P::Model) -> f64 {
        let rows = self.problem.rows();
        let (mut squared, mut weight) = (vec![0.0; rows], vec![0.0; rows]);
        self.problem.squared(model, &mut squared);
        self.mixture.posteriors(&squared, self.how.weight, &mut weight);
        let inliers: f64 = weight.iter().sum();
        let total = self.how.weight.map_or(rows as f64, |w| w.iter().sum());
        let good = (inliers / total)
            .clamp(0.0, 1.0)
            .powi(self.problem.sample_size() as i32);
        if good >= 1.0 {
            return 1.0;
        }
        (1.0 - self.how.confidence).ln() / (-good).ln_1p()
    }

    fn finish(self, trials: usize, outcome: Outcome) -> Option<Estimate<P::Model>> {
        let (score, model) = self.best?;
        let mut squared = vec![0.0; self.problem.rows()];
        self.problem.squared(&model, &mut squared);
        Some(Estimate {
            model,
            squared,
            score,
            trials,
            outcome,
            trace: self.trace,
        })
    }
}
