//! A trained network: ratings of pairs, their levels, and lists.

use induce_core::metrics::Task;
use induce_core::model::ratings::{self, Baselines, Pair, Rater, Ratings};
use induce_core::model::{
    Beaten, Data, Entry, Evaluation, Fact, Inputs, Model, Predict, Prediction, Recommend, Schema, Section,
};
use induce_core::model_file::ModelFile;
use induce_core::parallel::Team;
use induce_core::{Result, Run, Table};
use induce_tensor::{Parameters, Tape, Workspace};
use serde_json::Value;

use super::entry::GCMC;
use super::file::Header;
use super::frequencies::Frequencies;
use super::graph::Graph;
use super::network::Network;
use super::nodes::Known;
use super::report;
use super::spec::Spec;

/// A trained network, with the embeddings that it gives to all users and items.
#[derive(Debug, Clone)]
pub struct Trained {
    /// What its file says besides weights and features.
    pub header: Header,
    pub(super) spec: Spec,
    known: Known,
    network: Network,
    pub(super) parameters: Parameters,
    baselines: Baselines,
    frequencies: Frequencies,
    /// P_b' z_u of all users, and z_i of all items. // (users, bases embedding), (items, embedding)
    embedded: [Vec<f32>; 2],
    notes: Vec<String>,
}

/// Embeddings of the rows of a table whose user, or item, training had not, by what else is known of them.
struct Newcomers([Option<Vec<f32>>; 2]);

impl Trained {
    pub(super) fn new(
        header: Header,
        spec: Spec,
        known: Known,
        network: Network,
        parameters: Parameters,
        notes: Vec<String>,
        threads: usize,
    ) -> Result<Self> {
        let codes = header.codes();
        let how = (spec.accumulation, spec.normalization);
        let graph = Graph::new(&header.ratings.by_user, &codes, header.levels.len(), how).whole()?;
        let embedded = Team::with(threads, |team| {
            let mut workspace = Workspace::default();
            let tape = Tape::new(&mut workspace, &parameters, team);
            let own = network.embed(&tape, &graph, known.features(), None);
            Ok::<_, induce_core::Error>([tape.values(own.users)?, tape.values(own.items)?])
        })?;
        Ok(Self {
            baselines: Baselines::of(&header.ratings),
            frequencies: Frequencies::new(&header.ratings.by_user, &codes, header.levels.len()),
            header,
            spec,
            known,
            network,
            parameters,
            embedded,
            notes,
        })
    }

    /// From its file.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile) -> Result<Self> {
        let (header, spec, known, network, parameters) = Header::open(file)?;
        Self::new(header, spec, known, network, parameters, Vec::new(), 1)
    }

    /// Values of an embedding of a user, and of an item.
    fn widths(&self) -> [usize; 2] {
        let shape = &self.network.shape;
        [shape.bases * shape.embedding, shape.embedding]
    }

    /// What else is known of the users and items of a table, where training had not one of them and the table has the columns.
    fn newcomers(&self, table: &Table, pairs: &[Pair], threads: usize) -> Result<Newcomers> {
        let some = [
            pairs.iter().any(|pair| pair.0.is_none()),
            pairs.iter().any(|pair| pair.1.is_none()),
        ];
        let run = Run::new(self.header.seed).with_threads(threads);
        let mut own = [None, None];
        for side in (0..2).filter(|side| some[*side]) {
            own[side] = self.placed(side, table, &run)?;
        }
        Ok(Newcomers(own))
    }

    /// Embeddings of the rows of a table by their features alone; nothing if it lacks those of this side. // (rows, embedding)
    fn placed(&self, side: usize, table: &Table, run: &Run) -> Result<Option<Vec<f32>>> {
        let Some(features) = self.known.read(side, table, run)? else {
            return Ok(None);
        };
        Team::with(run.threads(), |team| {
            let mut workspace = Workspace::default();
            let tape = Tape::new(&mut workspace, &self.parameters, team);
            let x = tape.input(&[table.rows(), self.known.widths()[side]], &features);
            let z = self.network.embed_by_features(&tape, side, x);
            z.map(|z| tape.values(z)).transpose()
        })
    }

    /// P(r) of all levels by embeddings. // (levels)
    fn softmax(&self, user: &[f32], item: &[f32], out: &mut [f64]) {
        let mixture = self.network.mixture(&self.parameters);
        out.fill(0.0);
        for (basis, own) in user.chunks_exact(item.len()).enumerate() {
            let form = f64::from(dot(own, item));
            for (out, a) in out.iter_mut().zip(&mixture[basis * self.header.levels.len()..]) {
                *out += f64::from(*a) * form;
            }
        }
        let most = out.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        out.iter_mut().for_each(|x| *x = (*x - most).exp());
        let sum: f64 = out.iter().sum();
        out.iter_mut().for_each(|x| *x /= sum);
    }

    fn expected(&self, probabilities: &[f64]) -> f64 {
        let (low, high) = (
            self.header.levels[0],
            self.header.levels[self.header.levels.len() - 1],
        );
        let sum: f64 = probabilities
            .iter()
            .zip(&self.header.levels)
            .map(|(p, y)| p * y)
            .sum();
        sum.clamp(low, high)
    }

    /// P(r) of every row of a table. // (rows, levels)
    ///
    /// # Errors
    /// If the table lacks users or items.
    pub fn levels(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        let pairs = self.header.ratings.pairs(table)?;
        let newcomers = self.newcomers(table, &pairs, threads)?;
        let (widths, n) = (self.widths(), self.header.levels.len());
        let mut all = vec![0.0; pairs.len() * n];
        let of = |side: usize, which: Option<u32>, row: usize| -> Option<&[f32]> {
            match which {
                Some(i) => Some(&self.embedded[side][i as usize * widths[side]..][..widths[side]]),
                None => Some(&newcomers.0[side].as_ref()?[row * widths[side]..][..widths[side]]),
            }
        };
        induce_core::parallel::for_each_chunk(threads, &mut all, ROWS * n, |chunk, out| {
            for (k, out) in out.chunks_exact_mut(n).enumerate() {
                let row = chunk * ROWS + k;
                let (user, item) = pairs[row];
                match (of(0, user, row), of(1, item, row)) {
                    (Some(user), Some(item)) => self.softmax(user, item, out),
                    _ => out.copy_from_slice(self.frequencies.of((user, item))),
                }
            }
        });
        Ok(all)
    }
}

/// Rows in a task.
const ROWS: usize = 1_024;

/// x'y in lanes.
fn dot(x: &[f32], y: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (x, last_x) = x.as_chunks::<LANES>();
    let (y, last_y) = y.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (x, y) in x.iter().zip(y) {
        for l in 0..LANES {
            sums[l] += x[l] * y[l];
        }
    }
    for (sum, (x, y)) in sums.iter_mut().zip(last_x.iter().zip(last_y)) {
        *sum += x * y;
    }
    sums.iter().sum()
}

impl Model for Trained {
    fn entry(&self) -> &'static Entry {
        &GCMC
    }

    fn settings(&self) -> Value {
        self.header.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.header.file(&self.known, &self.parameters)
    }

    fn summary(&self) -> Vec<Section> {
        report::summary(self)
    }

    fn report(&self, data: &Data, run: &Run) -> Result<Vec<Section>> {
        report::pages(self, data, run)
    }

    fn step_unit(&self) -> &'static str {
        "step"
    }

    fn facts(&self) -> Vec<Fact> {
        let ratings = &self.header.ratings;
        vec![
            ("parameters", self.parameters.count().into()),
            ("users", ratings.users().len().into()),
            ("items", ratings.items().len().into()),
            ("ratings", ratings.len().into()),
            ("levels", self.header.levels.clone().into()),
            ("features", self.known.widths().to_vec().into()),
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

impl Predict for Trained {
    fn schema(&self) -> &Schema {
        &self.header.ratings.schema
    }

    fn task(&self) -> Task {
        Task::Regression
    }

    fn remarks(&self, inputs: Inputs) -> Result<Vec<String>> {
        Ok(ratings::unknown(self, inputs.table()?)?.into_iter().collect())
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let levels = self.levels(inputs.table()?, threads)?;
        let rows = levels.chunks_exact(self.header.levels.len());
        Ok(Prediction::of_quantities(
            rows.map(|own| self.expected(own)).collect(),
        ))
    }

    /// The first level that so much of the probability is at or below.
    fn quantiles(&self, inputs: Inputs, probabilities: &[f64], threads: usize) -> Result<Vec<f64>> {
        let levels = self.levels(inputs.table()?, threads)?;
        let quantile = |own: &[f64], p: f64| {
            let mut sum = 0.0;
            let place = own.iter().position(|q| {
                sum += q;
                // Sums of all may end a little below 1.
                sum >= p - 1e-12
            });
            self.header.levels[place.unwrap_or(own.len() - 1)]
        };
        let rows = levels.chunks_exact(self.header.levels.len());
        Ok(rows
            .flat_map(|own| probabilities.iter().map(move |p| quantile(own, *p)))
            .collect())
    }
}

impl Recommend for Trained {
    fn ratings(&self) -> &Ratings {
        &self.header.ratings
    }

    fn known_baselines(&self) -> &Baselines {
        &self.baselines
    }

    fn embed_users(&self, table: &Table, threads: usize) -> Result<Option<Vec<f32>>> {
        self.placed(0, table, &Run::new(self.header.seed).with_threads(threads))
    }

    fn rate_items(&self, user: Rater, out: &mut [f64]) {
        let [long, width] = self.widths();
        let mut levels = vec![0.0; self.header.levels.len()];
        let user = match user {
            Rater::Known(user) => &self.embedded[0][user as usize * long..][..long],
            Rater::Embedded(values) => values,
            Rater::Unknown => {
                for (i, y) in out.iter_mut().enumerate() {
                    *y = self.expected(self.frequencies.of((None, Some(i as u32))));
                }
                return;
            }
        };
        for (y, item) in out.iter_mut().zip(self.embedded[1].chunks_exact(width)) {
            self.softmax(user, item, &mut levels);
            *y = self.expected(&levels);
        }
    }

    fn rates_unknown(&self) -> &'static str {
        match self.known.columns {
            [None, None] => "by the levels of what is known of user and item, drawn to those of all",
            _ => "by their features where the table has those columns, else by the levels of what is known",
        }
    }

    fn judged_by(&self) -> (f64, usize) {
        (self.header.ratings.relevant(self.spec.relevant), self.spec.at)
    }
}
