//! Where a model's error comes from.
//!
//! Over training sets D of one size, the expected squared error at x divides into
//!
//! E (y - f_D(x))^2 = noise(x) + (mean_D f_D(x) - f(x))^2 + var_D f_D(x)
//!
//! (Geman, Bienenstock & Doursat 1992). Training sets come from the training rows, and are judged on rows held out. By
//! default they are pairs of disjoint halves: two independent fits f, f' at each row, so that
//!
//! (f - f')^2 / 2 and (f - y)(f' - y)
//!
//! have the means variance and bias^2 + noise exactly, for training sets of half the size. Bootstrap samples are the
//! common choice, but share most of their rows: what they have in common of the variance counts as bias. The noise is
//! the spread of the target among rows with equal features if there are enough, else the intercept of the gamma test
//! (Stefánsson, Končar & Jones 1997), which follows the spread of near neighbours to distance zero.
//!
//! For classes the 0-1 loss divides into bias and variance that add up (Domingos 2000): the main prediction is what most
//! training sets predict; variance hurts where the main prediction is right, and helps where it is wrong:
//!
//! error = bias + variance where right - variance where wrong.

mod noise;

use induce_core::metrics::Task;
use induce_core::model::{Data, Rows, Settings};
use induce_core::random::Stream;
use induce_core::{Error, Result, Run};

pub use noise::{Noise, noise};

/// How training sets are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resample {
    /// Pairs of disjoint halves: independent, and half as large.
    Halves,
    /// As many rows, with replacement: of full size, but alike.
    Bootstrap,
}

/// A mean over the judging rows with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// The mean.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The parts of one model's error.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// The model.
    pub name: String,
    /// Expected loss: squared error, or share of wrong classes.
    pub error: Part,
    /// Spread of the target that no model can explain; 0 where it is not separable from bias (classes).
    pub noise: Part,
    /// Squared bias, or share of rows whose main prediction is wrong.
    pub bias: Part,
    /// Variance; for classes what it adds on rows with a right main prediction.
    pub variance: Part,
    /// For classes: what variance takes off on rows with a wrong main prediction.
    pub helpful: Part,
}

/// Decompose the error of every model, fitted to the same `sets` training sets.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// use induce::bias_variance::{Resample, decompose};
///
/// let models = [("tree".to_owned(), induce::settings("tree")?), ("line".to_owned(), induce::settings("linear")?)];
/// let (parts, noise) = decompose(&models, &rows, 6, Resample::Halves, 0.25, &mut Run::new(0))?;
/// assert_eq!(parts[1].name, "line");
/// assert!(parts[1].variance.value < parts[0].variance.value);
/// assert!(noise.is_some_and(|noise| noise.variance < 1.0));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If there are fewer than 2 sets, the rows have no target or rank, as the fits, and [`Error::Interrupted`].
pub fn decompose(
    models: &[(String, Settings)],
    rows: &Rows,
    sets: usize,
    resample: Resample,
    fraction: f64,
    run: &mut Run,
) -> Result<(Vec<Decomposition>, Option<Noise>)> {
    if sets < 2 {
        return Err(Error::setting(
            "resamples",
            sets,
            "variance needs at least 2 training sets",
        ));
    }
    let target = rows.target()?;
    if target.task == Task::Ranking {
        return Err(Error::data(
            "rankings have no bias and variance",
            "use a quantity or classes as the target",
        ));
    }
    // Halves come in pairs.
    let sets = if resample == Resample::Halves {
        sets.next_multiple_of(2)
    } else {
        sets
    };
    let split = rows.holdout(fraction, run)?;
    let (train, test) = (rows.take(&split.train), rows.take(&split.test));
    let truth = &test.target()?.values;
    let noise = match target.task {
        Task::Regression => noise(rows, run)?,
        _ => None,
    };
    let stream = run.stream("bias-variance/sets");
    let mut predicted = vec![vec![Vec::new(); sets]; models.len()];
    run.monitor().begin("training sets", sets as u64);
    for set in 0..sets {
        let sample = Data::Rows(draw(&train, resample, set, stream));
        for (m, (name, settings)) in models.iter().enumerate() {
            let mut own = run.part_with_seed(stream.child(set as u64).bits(u64::MAX));
            let fitted = settings
                .fit(&sample, &mut own)
                .map_err(|error| error.within(name))?;
            predicted[m][set] = fitted.model.predict(&test.features, run.threads())?.values;
        }
        run.monitor().step(set as u64 + 1, &[]);
        if run.stop_reason().is_some() {
            return Err(Error::Interrupted);
        }
    }
    run.monitor().end();
    let parts = models
        .iter()
        .zip(&predicted)
        .map(|((name, _), predicted)| match target.task {
            Task::Regression => squared(name, truth, predicted, resample),
            _ => zero_one(name, truth, predicted, target.classes.len()),
        });
    let mut parts: Vec<Decomposition> = parts.collect();
    let noise = noise.map(|noise| bounded(noise, &parts));
    if let Some(noise) = &noise {
        parts.iter_mut().for_each(|own| own.take_out(noise));
    }
    Ok((parts, noise))
}

/// No model's bias^2 + noise is below the noise, so the least of them bounds it.
fn bounded(noise: Noise, parts: &[Decomposition]) -> Noise {
    let least = parts.iter().min_by(|a, b| a.bias.value.total_cmp(&b.bias.value));
    match least.filter(|own| own.bias.value < noise.variance) {
        None => noise,
        Some(own) => Noise {
            variance: own.bias.value.max(0.0),
            half: 0.5 * (own.bias.high - own.bias.low),
            method: format!(
                "the {} gives more than `{}` leaves for bias² and noise together, so all of that counts as noise",
                noise.method, own.name
            ),
        },
    }
}

fn draw(train: &Rows, resample: Resample, set: usize, stream: Stream) -> Rows {
    let n = train.rows();
    let stream = match resample {
        Resample::Bootstrap => stream.child(set as u64),
        Resample::Halves => stream.child(set as u64 / 2),
    };
    let mut rows: Vec<usize> = match resample {
        Resample::Bootstrap => (0..n as u64).map(|i| stream.below(i, n)).collect(),
        Resample::Halves if set.is_multiple_of(2) => stream.permutation(n)[..n / 2].to_vec(),
        Resample::Halves => stream.permutation(n)[n / 2..].to_vec(),
    };
    rows.sort_unstable();
    train.take(&rows)
}

fn squared(name: &str, target: &[f64], predicted: &[Vec<f64>], resample: Resample) -> Decomposition {
    let (mut error, mut variance, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for (i, &y) in target.iter().enumerate() {
        let fits: Vec<f64> = predicted.iter().map(|p| p[i]).collect();
        let (own_variance, own_rest) = match resample {
            Resample::Halves => of_pairs(&fits, y),
            Resample::Bootstrap => of_samples(&fits, y),
        };
        error.push(fits.iter().map(|f| (f - y).powi(2)).sum::<f64>() / fits.len() as f64);
        variance.push(own_variance);
        rest.push(own_rest);
    }
    Decomposition {
        name: name.into(),
        error: part(&error),
        noise: Part::ZERO,
        // The noise is taken out of it later.
        bias: part(&rest),
        variance: part(&variance),
        helpful: Part::ZERO,
    }
}

impl Decomposition {
    /// Divide bias^2 + noise into both.
    fn take_out(&mut self, noise: &Noise) {
        self.noise = noise.part();
        for end in [&mut self.bias.value, &mut self.bias.low, &mut self.bias.high] {
            *end -= noise.variance;
        }
        // The estimate of a square may fall below 0, what it estimates cannot.
        self.bias.low = self.bias.low.max(0.0).min(self.bias.value);
    }
}

/// Variance, and bias^2 + noise, from pairs of independent fits.
fn of_pairs(fits: &[f64], y: f64) -> (f64, f64) {
    let pairs = fits.len() as f64 / 2.0;
    let sum = |of: &dyn Fn(f64, f64) -> f64| {
        fits.chunks_exact(2).map(|pair| of(pair[0], pair[1])).sum::<f64>() / pairs
    };
    (sum(&|a, b| 0.5 * (a - b).powi(2)), sum(&|a, b| (a - y) * (b - y)))
}

/// The same from any fits f_1 .. f_B with mean m and variance s^2: (m - y)^2 exceeds bias^2 + noise by s^2 / B.
fn of_samples(fits: &[f64], y: f64) -> (f64, f64) {
    let count = fits.len() as f64;
    let mean = fits.iter().sum::<f64>() / count;
    let variance = fits.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / (count - 1.0);
    (variance, (mean - y).powi(2) - variance / count)
}

/// 0-1 loss (Domingos 2000); ties of the main prediction go to the smaller class.
fn zero_one(name: &str, target: &[f64], predicted: &[Vec<f64>], classes: usize) -> Decomposition {
    let sets = predicted.len() as f64;
    let (mut error, mut bias, mut harmful, mut helpful) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (i, &y) in target.iter().enumerate() {
        let mut votes = vec![0.0; classes];
        predicted.iter().for_each(|p| votes[p[i] as usize] += 1.0 / sets);
        let main = (1..classes).fold(0, |best, k| if votes[k] > votes[best] { k } else { best });
        let right = votes[y as usize];
        let is_right = main as f64 == y;
        error.push(1.0 - right);
        bias.push(if is_right { 0.0 } else { 1.0 });
        harmful.push(if is_right { 1.0 - right } else { 0.0 });
        helpful.push(if is_right { 0.0 } else { right });
    }
    Decomposition {
        name: name.into(),
        error: part(&error),
        noise: Part::ZERO,
        bias: part(&bias),
        variance: part(&harmful),
        helpful: part(&helpful),
    }
}

impl Part {
    /// Nothing.
    pub const ZERO: Self = Self {
        value: 0.0,
        low: 0.0,
        high: 0.0,
    };
}

/// The mean over rows, and its interval by the central limit theorem; of numbers that are not negative neither is an end.
fn part(values: &[f64]) -> Part {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let half = 1.959_964 * (variance / n).sqrt();
    let least = match values.iter().all(|value| *value >= 0.0) {
        true => 0.0,
        false => f64::NEG_INFINITY,
    };
    Part {
        value: mean,
        low: (mean - half).max(least),
        high: mean + half,
    }
}

#[cfg(test)]
mod tests;
