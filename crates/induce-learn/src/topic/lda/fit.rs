//! From counts to topics.

use induce_core::linalg::Csr;
use induce_core::words::number;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace, parallel};

use super::topics::Expected;
use super::{Bound, Counts, Documents, Local, Method, Model, Spec, Topics};

/// Words that one task does.
const CHUNK: usize = 256;

/// Fit topics to documents, which count as `weight` says.
///
/// ```
/// use induce_core::Run;
/// use induce_core::linalg::Csr;
/// use induce_learn::topic::lda::{Counts, Spec, fit};
///
/// let counts = Counts::of_sparse(&Csr::from_entries(2, 2, vec![(0, 0, 4.0), (1, 1, 4.0)])?)?;
/// let spec = Spec { n_components: 2, ..Spec::default() };
/// let proportions = fit(&spec, &counts, None, &mut Run::new(0))?.model.proportions(&counts.rows, 1);
/// assert!((proportions[0] + proportions[1] - 1.0).abs() < 1e-12);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there is no word in any document, or a setting is out of its range.
pub fn fit(spec: &Spec, counts: &Counts, weight: Option<&[f64]>, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    let documents = counts.rows.rows();
    let weight = weight.map_or_else(|| vec![1.0; documents], <[f64]>::to_vec);
    let words = total(&counts.rows, &weight);
    if !(words > 0.0) {
        return Err(Error::data(
            "no document has a word",
            "check the file, the columns and the weights",
        ));
    }
    let start = Topics::random(counts.rows.columns(), spec.n_components, run.stream("lda/start"));
    let on = Weighted {
        rows: &counts.rows,
        weight: &weight,
        words,
    };
    let ended = match spec.learning_method {
        Method::Batch => batch(spec, &on, start, run),
        Method::Online => online(spec, &on, start, run),
    };
    let trace = |(i, name): (usize, &&str)| {
        let points = ended.trace.iter().enumerate();
        let points = points.map(|(t, own)| (t as u64, own.values(words)[i])).collect();
        Trace::new("train", *name, points)
    };
    let report = FitReport::new(
        ended.trace.len() as u64,
        Bound::NAMES.iter().enumerate().map(trace).collect(),
    );
    let empty = (0..documents).filter(|&d| counts.rows.starts()[d] == counts.rows.starts()[d + 1]);
    let notes = match empty.count() {
        0 => Vec::new(),
        n => vec![format!(
            "documents without words: {n}; their topics are those of the prior"
        )],
    };
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        schema: counts.schema.clone(),
        text: counts.text,
        topics: ended.topics,
        local: Local::of(spec),
        eta: spec.eta(),
        bound: ended.trace.last().copied().unwrap_or_default(),
        words,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: ended.outcome,
        report,
    })
}

/// Documents that count.
struct Weighted<'a> {
    rows: &'a Csr,
    weight: &'a [f64],
    /// Words of all documents, as often as these count.
    words: f64,
}

struct Ended {
    topics: Topics,
    trace: Vec<Bound>,
    outcome: Outcome,
}

fn total(rows: &Csr, weight: &[f64]) -> f64 {
    let of = |d: usize| weight[d] * rows.row(d).map(|own| own.1).sum::<f64>();
    (0..rows.rows()).map(of).sum()
}

/// Coordinate ascent: the topics of documents, from where they were, then those of words.
fn batch(spec: &Spec, on: &Weighted, mut topics: Topics, run: &Run) -> Ended {
    let (threads, local) = (run.threads(), Local::of(spec));
    let words = Words::of(on.rows);
    let mut gamma = vec![1.0; on.rows.rows() * spec.n_components];
    let mut trace: Vec<Bound> = Vec::new();
    loop {
        let expected = topics.expected(threads);
        let found = Documents::of(on.rows, &gamma, &expected, &local, threads);
        let bound = bound(&found, on.weight, &topics, spec.eta());
        let rise = trace
            .last()
            .map_or(f64::INFINITY, |own| bound.total() - own.total());
        trace.push(bound);
        let outcome = ended(trace.len(), rise / on.words, spec, run);
        if let Some(outcome) = outcome {
            return Ended {
                topics,
                trace,
                outcome,
            };
        }
        let sums = words.sums(&found, on.weight, &expected, threads);
        topics.lambda = sums.iter().map(|s| spec.eta() + s).collect();
        gamma = found.gamma;
    }
}

fn ended(done: usize, rise: f64, spec: &Spec, run: &Run) -> Option<Outcome> {
    if rise.abs() < spec.tol {
        let reason = format!(
            "the ELBO rose by {} per word after {done} passes (`tol`)",
            number(rise)
        );
        return Some(Outcome::Converged { reason });
    }
    if done >= spec.max_iter {
        let reason = format!("all {} passes are done (`max_iter`)", spec.max_iter);
        return Some(Outcome::Exhausted { reason });
    }
    run.stop_reason().map(|reason| Outcome::Stopped { reason })
}

pub fn bound(found: &Documents, weight: &[f64], topics: &Topics, eta: f64) -> Bound {
    let sum = |all: &[f64]| all.iter().zip(weight).map(|(x, w)| x * w).sum();
    Bound {
        likelihood: sum(&found.likelihood),
        documents: sum(&found.divergence),
        topics: topics.divergence(eta),
    }
}

/// Natural gradients: lambda <- (1 - rho) lambda + rho (eta + (n / n_batch) S_batch) (Hoffman, Blei & Bach 2010, algorithm 2).
fn online(spec: &Spec, on: &Weighted, mut topics: Topics, run: &Run) -> Ended {
    let (threads, local, k) = (run.threads(), Local::of(spec), spec.n_components);
    let mass: f64 = on.weight.iter().sum();
    let stream = run.stream("lda/batches");
    let (mut trace, mut t): (Vec<Bound>, f64) = (Vec::new(), 0.0);
    loop {
        let order = stream.child(trace.len() as u64).permutation(on.rows.rows());
        let mut seen = Bound::default();
        for few in order.chunks(spec.batch_size) {
            let rows = on.rows.take(few);
            let weight: Vec<f64> = few.iter().map(|&d| on.weight[d]).collect();
            let part: f64 = weight.iter().sum();
            if part <= 0.0 {
                continue;
            }
            let expected = topics.expected(threads);
            let found = Documents::of(&rows, &vec![1.0; few.len() * k], &expected, &local, threads);
            let own = bound(&found, &weight, &topics, spec.eta());
            seen.likelihood += own.likelihood;
            seen.documents += own.documents;
            t += 1.0;
            let rho = (t + spec.learning_offset).powf(-spec.learning_decay);
            let sums = Words::of(&rows).sums(&found, &weight, &expected, threads);
            for (lambda, s) in topics.lambda.iter_mut().zip(&sums) {
                *lambda = (1.0 - rho) * *lambda + rho * (spec.eta() + mass / part * s);
            }
            if run.stop_reason().is_some() {
                break;
            }
        }
        seen.topics = topics.divergence(spec.eta());
        let rise = trace
            .last()
            .map_or(f64::INFINITY, |own: &Bound| seen.total() - own.total());
        trace.push(seen);
        if let Some(outcome) = ended(trace.len(), rise / on.words, spec, run) {
            return Ended {
                topics,
                trace,
                outcome,
            };
        }
    }
}

/// Where every word is: documents and places in the order of the counts.
pub struct Words {
    starts: Vec<usize>,
    /// (document, place).
    places: Vec<(u32, usize)>,
}

impl Words {
    pub fn of(rows: &Csr) -> Self {
        let mut starts = vec![0; rows.columns() + 1];
        rows.index().iter().for_each(|&w| starts[w as usize + 1] += 1);
        (0..rows.columns()).for_each(|w| starts[w + 1] += starts[w]);
        let (mut next, mut places) = (starts.clone(), vec![(0, 0); rows.index().len()]);
        for d in 0..rows.rows() {
            for at in rows.starts()[d]..rows.starts()[d + 1] {
                let slot = &mut next[rows.index()[at] as usize];
                places[*slot] = (d as u32, at);
                *slot += 1;
            }
        }
        Self { starts, places }
    }

    /// sum_d w_d c_dw phi_dwk, word by word, so that no task writes what another does. // (words, topics)
    pub fn sums(&self, found: &Documents, weight: &[f64], expected: &Expected, threads: usize) -> Vec<f64> {
        let words = self.starts.len() - 1;
        let k = expected.scaled.len() / words;
        let mut all = vec![0.0; words * k];
        parallel::for_each_chunk(threads, &mut all, CHUNK * k, |i, chunk| {
            for (at, sum) in chunk.chunks_exact_mut(k).enumerate() {
                let w = i * CHUNK + at;
                for &(d, place) in &self.places[self.starts[w]..self.starts[w + 1]] {
                    let factor = weight[d as usize] * found.ratio[place];
                    let theta = &found.theta[d as usize * k..][..k];
                    sum.iter_mut().zip(theta).for_each(|(s, t)| *s += factor * t);
                }
                let beta = &expected.scaled[w * k..][..k];
                sum.iter_mut().zip(beta).for_each(|(s, b)| *s *= b);
            }
        });
        all
    }
}
