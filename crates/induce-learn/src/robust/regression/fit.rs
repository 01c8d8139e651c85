//! Linear regression through most of the rows.

use induce_core::{Error, FitReport, Fitted, Result, Run, Trace, multiversion};

use super::design::{Design, Scale};
use super::model::Model;
use super::spec::{LEAST_SQUARES, Sampling, Spec, threshold};
use crate::dataset::Dataset;
use crate::robust::linear_algebra::{factor, invert, solve_cholesky, solve_general};
use crate::robust::{Estimate, Mixture, Problem, Search, improve, search};
use crate::schema::{Meaning, Schema};

/// Fit a linear model to the rows that agree.
///
/// ```text
/// maximise  sum_i w_i log(1 + exp((t^2 - (y_i - x_i' beta - c)^2) / (2 sigma^2)))
/// ```
///
/// Numbers enter as they are, a missing one as its column's mean; a category as one column per name but the first.
/// Weights count as repetition: a row of weight 2 is a row twice. An error if there are fewer rows than coefficients.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_learn::Dataset;
/// use induce_learn::robust::regression::{Spec, fit};
///
/// let x: Vec<f64> = (0..50).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| if x % 3.0 == 0.0 { 500.0 - x } else { 2.0 * x + 1.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let model = fit(&Spec::default(), &Dataset::new(&table, &y), &mut Run::new(0))?.model;
/// assert!((model.coefficients[0] - 2.0).abs() < 1e-9 && (model.intercept - 1.0).abs() < 1e-9);
/// assert_eq!(model.inliers, 33);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    if spec.base != LEAST_SQUARES {
        let reason = format!("this fit is `{LEAST_SQUARES}`; other bases are trained by `consensus`");
        return Err(Error::setting("base", &spec.base, reason));
    }
    data.check()?;
    let problem = Linear::new(data, spec)?;
    let limit = threshold(spec, data.target, data.weight);
    let order = if problem.y.len() > PART {
        None
    } else {
        problem.order(spec)
    };
    let how = Search {
        stream: "ransac/samples",
        threshold: limit / problem.target.size,
        confidence: spec.confidence,
        trials: spec.most_trials(),
        order: order.as_deref(),
        weight: data.weight,
    };
    let mut found = match problem.part(run) {
        Some(part) => {
            let order = part.order(spec);
            let how = Search {
                order: order.as_deref(),
                weight: None,
                ..how
            };
            search(&part, &how, run)
        }
        None => search(&problem, &how, run),
    }
    .ok_or_else(|| too_few(data, problem.size))?;
    let mixture = problem.settle(&how, &mut found);
    let trace = Trace {
        split: "train".into(),
        metric: "log_likelihood".into(),
        points: found.trace.clone(),
    };
    let (steps, outcome) = (found.trials as u64, found.outcome.clone());
    Ok(Fitted {
        model: problem.model(spec, data, &found, how.threshold, &mixture),
        outcome,
        report: FitReport {
            steps,
            traces: vec![trace],
        },
    })
}

fn too_few(data: &Dataset, size: usize) -> Error {
    let what = format!("{} rows do not determine {size} coefficients", data.table.rows());
    Error::data(
        what,
        "give more rows than columns, or leave columns out with `--drop`",
    )
}

/// Rows among which samples are judged; what wins there is improved on all rows.
const PART: usize = 2048;

/// Rounds of the estimate of the noise.
const ROUNDS: usize = 20;

/// Where a row is as likely an outlier once the noise is known, in its standard deviations.
const CUT: f64 = 3.5;

/// Rows in scaled coordinates; a model is the intercept and the coefficients there.
struct Linear {
    schema: Schema,
    /// The scaled columns that are no combination of those before them, without an intercept.
    columns: Vec<Vec<f64>>,
    /// Which columns of the design those are; the others keep the coefficient 0.
    kept: Vec<usize>,
    y: Vec<f64>,
    weight: Option<Vec<f64>>,
    scales: Vec<Scale>,
    target: Scale,
    fill: Vec<f64>,
    /// Coefficients with the intercept.
    size: usize,
    sample: usize,
}

impl Linear {
    fn new(data: &Dataset, spec: &Spec) -> Result<Self> {
        let schema = Schema::of(data.table)?;
        let fill = means(&schema, data)?;
        let design = Design::of(&schema, data.table, &fill)?;
        check_finite(&schema, &design)?;
        let scales: Vec<Scale> = design.columns.iter().map(|c| Scale::of(c, data.weight)).collect();
        let scaled = design.columns.iter().zip(&scales);
        let columns: Vec<Vec<f64>> = scaled
            .map(|(c, s)| c.iter().map(|v| s.apply(*v)).collect())
            .collect();
        let kept = independent(&columns, data.weight);
        let columns: Vec<Vec<f64>> = kept.iter().map(|&j| columns[j].clone()).collect();
        let target = Scale::of(data.target, data.weight);
        let size = kept.len() + 1;
        let sample = if spec.min_samples == 0 {
            size
        } else {
            spec.min_samples
        };
        let counted = data
            .weight
            .map_or(data.target.len(), |w| w.iter().filter(|w| **w > 0.0).count());
        if counted <= scales.len() || spec.min_samples > counted {
            return Err(too_few(data, sample));
        }
        if sample < size {
            let reason = format!("{size} coefficients need at least as many rows");
            return Err(Error::setting("min_samples", sample, reason));
        }
        Ok(Self {
            schema,
            columns,
            kept,
            y: data.target.iter().map(|y| target.apply(*y)).collect(),
            weight: data.weight.map(<[f64]>::to_vec),
            scales,
            target,
            fill,
            size,
            sample,
        })
    }

    /// Some of many rows, each from its own stretch of them, so that a weight is still a repetition.
    fn part(&self, run: &Run) -> Option<Self> {
        if self.y.len() <= PART {
            return None;
        }
        let one = |i: usize| self.weight.as_ref().map_or(1.0, |w| w[i]);
        let ends: Vec<f64> = (0..self.y.len())
            .scan(0.0, |end, i| {
                *end += one(i);
                Some(*end)
            })
            .collect();
        let (total, stream) = (ends.last().copied()?, run.stream("ransac/part"));
        let rows: Vec<usize> = (0..PART)
            .map(|k| (k as f64 + stream.uniform(k as u64)) * (total / PART as f64))
            .map(|position| ends.partition_point(|end| *end <= position).min(self.y.len() - 1))
            .collect();
        let take = |values: &Vec<f64>| -> Vec<f64> { rows.iter().map(|&i| values[i]).collect() };
        Some(Self {
            schema: Schema::default(),
            columns: self.columns.iter().map(take).collect(),
            kept: self.kept.clone(),
            y: take(&self.y),
            weight: None,
            scales: self.scales.clone(),
            target: self.target,
            fill: Vec::new(),
            ..*self
        })
    }

    /// Improve what was found on all rows, then let the noise be what it is.
    ///
    /// The threshold may be far wider than the noise: the median absolute deviation of the target holds all that the
    /// columns explain. Outliers just within would move the line, so the mixture narrows to the inliers' own deviation,
    /// as long as it keeps half of them.
    fn settle(&self, how: &Search, found: &mut Estimate<Vec<f64>>) -> Mixture {
        let mut model = improve(self, how, found.model.clone()).1;
        let mut mixture = Mixture::new(how.threshold);
        let (mut squared, mut counted) = (vec![0.0; self.y.len()], vec![0.0; self.y.len()]);
        let mut first = 0.0;
        for round in 0..ROUNDS {
            self.squared(&model, &mut squared);
            mixture.posteriors(&squared, self.weight.as_deref(), &mut counted);
            let total: f64 = counted.iter().sum();
            if round == 0 {
                first = total;
            }
            let variance = dot(&counted, &squared) / (total - self.size as f64).max(1.0);
            let next = mixture.narrowed(variance, CUT, how.threshold);
            let moved = self.refit(&model, &counted).filter(|_| total >= 0.5 * first);
            let Some(moved) = moved else { break };
            let still = (next.variance - mixture.variance).abs() <= 1e-6 * mixture.variance;
            (model, mixture) = (moved, next);
            if still {
                break;
            }
        }
        self.squared(&model, &mut squared);
        found.model = model;
        found.squared = squared;
        mixture
    }

    /// For PROSAC: the rows that plain least squares misses least come first.
    fn order(&self, spec: &Spec) -> Option<Vec<u32>> {
        if spec.sampling == Sampling::Uniform {
            return None;
        }
        let mut squared = vec![0.0; self.y.len()];
        self.squared(&self.start()?, &mut squared);
        let mut order: Vec<u32> = (0..self.y.len() as u32).collect();
        order.sort_by(|a, b| squared[*a as usize].total_cmp(&squared[*b as usize]));
        Some(order)
    }

    /// The model in the table's own units, with what is known about it.
    fn model(
        &self,
        spec: &Spec,
        data: &Dataset,
        found: &Estimate<Vec<f64>>,
        limit: f64,
        mixture: &Mixture,
    ) -> Model {
        let mut posterior = vec![0.0; self.y.len()];
        mixture.posteriors(&found.squared, data.weight, &mut posterior);
        let inlier = |i: usize| found.squared[i] <= limit * limit;
        let count = |i: usize| data.weight.map_or(1.0, |w| w[i]);
        let inliers: f64 = (0..self.y.len()).filter(|&i| inlier(i)).map(count).sum();
        let total: f64 = posterior.iter().sum();
        let sum: f64 = posterior.iter().zip(&found.squared).map(|(p, r2)| p * r2).sum();
        let free = (total - self.size as f64).max(1.0);
        let variance = sum / free;
        let (normal, _) = normal_equations(&self.columns, &self.y, &posterior);
        let covariance = invert(&normal, self.size).map(|inverse| self.in_units(&inverse, variance));
        let (intercept, coefficients) = self.unscaled(&found.model);
        let mut schema = self.schema.clone();
        schema.target = None;
        Model {
            schema,
            spec: spec.clone(),
            intercept,
            coefficients,
            covariance: covariance.unwrap_or_default(),
            fill: self.fill.clone(),
            threshold: limit * self.target.size,
            sigma: variance.sqrt() * self.target.size,
            inliers: inliers.round() as u64,
            rows: self.y.len() as u64,
        }
    }

    /// Least squares on a sample of more rows than coefficients, or one that does not determine all of them, as happens
    /// with rare categories: what it leaves open is 0, and the rows that agree decide it later.
    fn of_sample(&self, sample: &[usize]) -> Option<Vec<f64>> {
        let part = |c: &Vec<f64>| -> Vec<f64> { sample.iter().map(|&i| c[i]).collect() };
        let columns: Vec<Vec<f64>> = self.columns.iter().map(part).collect();
        let (mut normal, mut beta) = normal_equations(&columns, &part(&self.y), &vec![1.0; sample.len()]);
        solve_cholesky(&mut normal, &mut beta, 1e-9);
        beta.iter().all(|b| b.is_finite()).then_some(beta)
    }

    /// What a scaled coefficient is in the table's units, and the centre of its column.
    fn unit(&self, k: usize) -> (f64, f64) {
        let scale = self.scales[self.kept[k]];
        (self.target.size / scale.size, scale.centre)
    }

    fn unscaled(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let mut coefficients = vec![0.0; self.scales.len()];
        let mut intercept = self.target.centre + beta[0] * self.target.size;
        for (k, b) in beta[1..].iter().enumerate() {
            let (unit, centre) = self.unit(k);
            coefficients[self.kept[k]] = b * unit;
            intercept -= b * unit * centre;
        }
        (intercept, coefficients)
    }

    /// The covariance of intercept and coefficients in the table's units, `T C T'`; 0 for columns that are left out.
    fn in_units(&self, inverse: &[f64], variance: f64) -> Vec<f64> {
        let (n, all) = (self.size, self.scales.len() + 1);
        let mut t = vec![0.0; all * n];
        t[0] = self.target.size;
        for k in 1..n {
            let (unit, centre) = self.unit(k - 1);
            t[(self.kept[k - 1] + 1) * n + k] = unit;
            t[k] = -unit * centre;
        }
        let cell = |r: usize, c: usize| -> f64 {
            let terms = (0..n * n).map(|jk| t[r * n + jk / n] * inverse[jk] * t[c * n + jk % n]);
            variance * terms.sum::<f64>()
        };
        (0..all * all).map(|i| cell(i / all, i % all)).collect()
    }
}

/// Of one unknown and those before it: less than this share of its own variance left is none.
const DEPENDENT: f64 = 1e-11;

/// The columns that are no combination of the intercept and those before them.
fn independent(columns: &[Vec<f64>], weight: Option<&[f64]>) -> Vec<usize> {
    let rows = columns.first().map_or(0, Vec::len);
    let ones = vec![1.0; rows];
    let (mut normal, _) = normal_equations(columns, &ones, weight.unwrap_or(&ones));
    let n = columns.len() + 1;
    factor(&mut normal, n, DEPENDENT);
    (1..n)
        .filter(|j| normal[j * n + j] > 0.0)
        .map(|j| j - 1)
        .collect()
}

/// `X' W X` and `X' W y` with the intercept first.
fn normal_equations(columns: &[Vec<f64>], y: &[f64], weight: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let n = columns.len() + 1;
    let (mut normal, mut right) = (vec![0.0; n * n], vec![0.0; n]);
    let mut weighted = weight.to_vec();
    for j in 0..n {
        if j > 0 {
            product(weight, &columns[j - 1], &mut weighted);
        }
        right[j] = dot(&weighted, y);
        normal[j * n] = weighted.iter().sum();
        for k in 1..=j {
            normal[j * n + k] = dot(&weighted, &columns[k - 1]);
        }
        (0..j).for_each(|k| normal[k * n + j] = normal[j * n + k]);
    }
    (normal, right)
}

/// The mean of what is known of each column of the design; 0 for categories and empty columns.
fn means(schema: &Schema, data: &Dataset) -> Result<Vec<f64>> {
    let sources = schema.align(data.table)?;
    let mut fill = Vec::new();
    for (feature, source) in schema.features.iter().zip(&sources) {
        match &feature.meaning {
            Meaning::Number => {
                let mut values = vec![0.0; source.len()];
                source.read_f64(0, &mut values);
                let known = values.iter().enumerate().filter(|(_, v)| v.is_finite());
                let (mut sum, mut total) = (0.0, 0.0);
                for (i, v) in known {
                    let w = data.weight.map_or(1.0, |w| w[i]);
                    total += w;
                    sum += (v - sum) * if total > 0.0 { w / total } else { 0.0 };
                }
                fill.push(sum);
            }
            Meaning::Category(names) => fill.extend(vec![0.0; names.len().saturating_sub(1)]),
        }
    }
    Ok(fill)
}

fn check_finite(schema: &Schema, design: &Design) -> Result<()> {
    let widths = super::design::widths(schema);
    let mut at = 0;
    for (feature, width) in schema.features.iter().zip(widths) {
        for column in &design.columns[at..at + width] {
            if let Some(row) = column.iter().position(|v| !v.is_finite()) {
                let what = format!("column `{}` is {} in row {}", feature.name, column[row], row + 1);
                return Err(Error::data(
                    what,
                    "drop the row, or mark the value as missing with `--missing`",
                ));
            }
        }
        at += width;
    }
    Ok(())
}

impl Problem for Linear {
    type Model = Vec<f64>;

    fn rows(&self) -> usize {
        self.y.len()
    }

    fn sample_size(&self) -> usize {
        self.sample
    }

    fn same(&self, a: usize, b: usize) -> bool {
        a == b || (self.y[a] == self.y[b] && self.columns.iter().all(|c| c[a] == c[b]))
    }

    fn candidates(&self, sample: &[usize]) -> Vec<Vec<f64>> {
        let n = self.size;
        let mut a = vec![1.0; n * sample.len()];
        for (r, &i) in sample.iter().enumerate() {
            (1..n).for_each(|j| a[r * n + j] = self.columns[j - 1][i]);
        }
        let mut beta: Vec<f64> = sample.iter().map(|&i| self.y[i]).collect();
        if sample.len() == n && solve_general(&mut a, &mut beta).is_some() {
            return vec![beta];
        }
        self.of_sample(sample).into_iter().collect()
    }

    fn squared(&self, beta: &Vec<f64>, out: &mut [f64]) {
        residuals(&self.columns, &self.y, beta, out);
    }

    /// Columns that are combinations of those before them keep the coefficient 0.
    fn refit(&self, _: &Vec<f64>, weight: &[f64]) -> Option<Vec<f64>> {
        let (mut normal, mut beta) = normal_equations(&self.columns, &self.y, weight);
        solve_cholesky(&mut normal, &mut beta, DEPENDENT);
        beta.iter().all(|b| b.is_finite()).then_some(beta)
    }

    fn start(&self) -> Option<Vec<f64>> {
        let ones = vec![1.0; self.y.len()];
        self.refit(&Vec::new(), self.weight.as_deref().unwrap_or(&ones))
    }
}

multiversion! {
    /// `(y - x' beta - c)^2`; what overflows is as far as a number goes.
    fn residuals(columns: &[Vec<f64>], y: &[f64], beta: &[f64], out: &mut [f64]) {
        let n = out.len();
        for (r, y) in out.iter_mut().zip(y) {
            *r = y - beta[0];
        }
        for (column, b) in columns.iter().zip(&beta[1..]) {
            let column = &column[..n];
            for i in 0..n {
                out[i] -= b * column[i];
            }
        }
        for r in out.iter_mut() {
            let square = *r * *r;
            *r = if square < 1e300 { square } else { 1e300 };
        }
    }
}

/// Sums side by side; fixed, so that the sum is.
const LANES: usize = 16;

multiversion! {
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        let mut sums = [0.0_f64; LANES];
        let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        for (a, b) in a.iter().zip(b) {
            for k in 0..LANES {
                sums[k] += a[k] * b[k];
            }
        }
        let rest: f64 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
        sums.iter().sum::<f64>() + rest
    }
}

multiversion! {
    fn product(a: &[f64], b: &[f64], out: &mut [f64]) {
        for (out, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
            *out = a * b;
        }
    }
}
