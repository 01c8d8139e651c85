//! Natural gradients on mini-batches.

use induce_core::linalg::Csr;
use induce_core::{Result, Run};

use super::pass::{Ended, Weighted, bound, ended, told};
use super::topics::{Expected, totals};
use super::words::Words;
use super::{Bound, Documents, Local, Spec, Topics};

/// lambda = eta + scale excess: what a step does to words that its documents lack is done to all at once, by the scale.
struct Decayed {
    eta: f64,
    scale: f64,
    /// (words, topics)
    excess: Vec<f64>,
    /// The sums of lambda over words. // (topics)
    totals: Vec<f64>,
}

/// The least scale: below it the excess is multiplied out.
const LEAST: f64 = 1e-100;

impl Decayed {
    fn of(topics: &Topics, eta: f64) -> Self {
        Self {
            eta,
            scale: 1.0,
            excess: topics.lambda.iter().map(|l| l - eta).collect(),
            totals: topics.totals(),
        }
    }

    /// lambda of some words, not below eta by rounding. // (words, topics)
    fn lambda(&self, words: &[u32]) -> Vec<f64> {
        let k = self.totals.len();
        let rows = words.iter().flat_map(|&w| &self.excess[w as usize * k..][..k]);
        rows.map(|e| self.eta + self.scale * e).collect()
    }

    /// lambda <- (1 - rho) lambda + rho (eta + factor S), S of the words that there are. // sums (words, topics)
    fn step(&mut self, words: &[u32], rho: f64, factor: f64, sums: &[f64]) {
        let (k, count) = (self.totals.len(), self.excess.len() / self.totals.len());
        self.scale *= 1.0 - rho;
        let share = rho * factor / self.scale;
        for (w, own) in words.iter().zip(sums.chunks_exact(k)) {
            let excess = &mut self.excess[*w as usize * k..][..k];
            excess.iter_mut().zip(own).for_each(|(e, s)| *e += share * s);
        }
        let prior = rho * self.eta * count as f64;
        for (total, s) in self.totals.iter_mut().zip(totals(sums, k)) {
            *total = (1.0 - rho) * *total + prior + rho * factor * s;
        }
        if self.scale < LEAST {
            self.excess.iter_mut().for_each(|e| *e *= self.scale);
            self.scale = 1.0;
        }
    }

    fn topics(&self) -> Topics {
        Topics {
            count: self.totals.len(),
            lambda: self.excess.iter().map(|e| self.eta + self.scale * e).collect(),
        }
    }
}

/// The documents of a mini-batch, whose columns are only the words that they have.
struct Few {
    rows: Csr,
    words: Vec<u32>,
}

impl Few {
    /// `place` is as long as there are words, and comes back as it was.
    fn of(all: &Csr, documents: &[usize], place: &mut [u32]) -> Result<Self> {
        let rows = all.take(documents);
        let mut words = Vec::new();
        for &w in rows.index() {
            if place[w as usize] == 0 {
                place[w as usize] = 1;
                words.push(w);
            }
        }
        words.sort_unstable();
        words
            .iter()
            .enumerate()
            .for_each(|(at, w)| place[*w as usize] = at as u32);
        let index = rows.index().iter().map(|w| place[*w as usize]).collect();
        words.iter().for_each(|w| place[*w as usize] = 0);
        let rows = Csr::from_vecs(words.len(), rows.starts().to_vec(), index, rows.value().to_vec())?;
        Ok(Self { rows, words })
    }
}

/// lambda <- (1 - rho) lambda + rho (eta + (n / n_batch) S_batch) (Hoffman, Blei & Bach 2010, algorithm 2), from step `before` on.
///
/// # Errors
/// If a mini-batch has no room.
pub fn online(spec: &Spec, on: &Weighted, topics: &Topics, before: u64, run: &mut Run) -> Result<Ended> {
    let (threads, local, k) = (run.threads(), Local::of(spec), spec.n_components);
    let mass: f64 = match spec.total_samples {
        0.0 => on.weight.iter().sum(),
        said => said,
    };
    let stream = run.stream("lda/batches");
    let mut gamma = vec![1.0; on.rows.rows() * k];
    let mut place = vec![0; on.rows.columns()];
    let (mut topics, mut trace, mut steps) = (topics.clone(), Vec::<Bound>::new(), before);
    loop {
        let order = stream.child(trace.len() as u64).permutation(on.rows.rows());
        let (mut decayed, mut seen) = (Decayed::of(&topics, spec.eta()), Bound::default());
        for few in order.chunks(spec.batch_size) {
            let weight: Vec<f64> = few.iter().map(|&d| on.weight[d]).collect();
            let part: f64 = weight.iter().sum();
            if part <= 0.0 {
                continue;
            }
            let batch = Few::of(on.rows, few, &mut place)?;
            let expected = Expected::of(&decayed.lambda(&batch.words), &decayed.totals, threads);
            let from: Vec<f64> = few
                .iter()
                .flat_map(|d| &gamma[d * k..(d + 1) * k])
                .copied()
                .collect();
            let found = Documents::of(&batch.rows, &from, &expected, &local.early(steps), threads);
            let own = bound(&found, &weight);
            seen.likelihood += own.likelihood;
            seen.documents += own.documents;
            steps += 1;
            let rho = (steps as f64 + spec.learning_offset).powf(-spec.learning_decay);
            let sums = Words::of(&batch.rows).sums(&found, &weight, &expected, threads);
            decayed.step(&batch.words, rho, mass / part, &sums);
            for (d, own) in few.iter().zip(found.gamma.chunks_exact(k)) {
                gamma[d * k..(d + 1) * k].copy_from_slice(own);
            }
            if run.stop_reason().is_some() {
                break;
            }
        }
        topics = decayed.topics();
        seen.topics = topics.divergence(spec.eta(), threads);
        let rise = trace
            .last()
            .map_or(f64::INFINITY, |last: &Bound| seen.total() - last.total());
        trace.push(seen);
        told(trace.len(), &seen, on, run);
        if let Some(outcome) = ended(trace.len(), rise.abs() / on.words, spec, run) {
            return Ok(Ended {
                topics,
                trace,
                steps,
                outcome,
            });
        }
    }
}
