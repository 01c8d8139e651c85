//! A sum of trees, and its predictions.
//!
//! Before it predicts, an ensemble is compiled: each feature's thresholds become
//! the cuts of a code, each tree a tree on codes. Values are coded once per row
//! and feature, however many trees ask.

use induce_core::parallel::{for_each_chunk, map};
use induce_core::words::counted;
use induce_core::{Error, Result, Table};
use induce_prob::Link;

use super::bins::{CodeColumn, Codes, Search};
use super::mask::{self, CodeBranch, CodeTest, CodeTree};
use super::node::{Branch, Test, Tree, Value, ZERO, contains, set_of};
use induce_core::model::{FeatureType, Importance, MISSING, Schema, Source};

/// Trees that add up to a score per output.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// The columns it reads.
    pub schema: Schema,
    /// Score of a row before any tree, one per output.
    pub start: Vec<f64>,
    /// The trees; tree t adds to output `t % outputs`.
    pub trees: Vec<Tree>,
    /// From scores to means.
    pub link: Link,
    /// Whether values are rounded to single precision first (models of XGBoost).
    pub single: bool,
    /// Whether the trees of an output are averaged instead of added (random forests).
    pub average: bool,
}

impl Ensemble {
    /// Scores per row.
    pub fn outputs(&self) -> usize {
        self.start.len()
    }

    /// How large it is, in words.
    pub fn size(&self) -> String {
        let leaves: usize = self.trees.iter().map(|tree| tree.leaves.len()).sum();
        format!(
            "{}, {}",
            counted(self.trees.len(), "tree"),
            counted(leaves, "leaf")
        )
    }

    /// Gain, cover and number of every feature's splits.
    pub fn importances(&self) -> Vec<Importance> {
        let named = |feature| Importance {
            feature,
            ..Importance::default()
        };
        let mut all: Vec<_> = self.schema.names().into_iter().map(named).collect();
        for branch in self.trees.iter().flat_map(|tree| &tree.branches) {
            let own = &mut all[branch.feature as usize];
            own.gain += branch.gain;
            own.cover += branch.cover;
            own.splits += 1;
        }
        all
    }

    /// Trees per output.
    pub fn rounds(&self) -> usize {
        self.trees.len() / self.outputs().max(1)
    }

    /// Checks that every tree is one, and that they are dealt evenly to the outputs.
    ///
    /// # Errors
    /// If that is not so.
    pub fn check(&self, file: &str) -> Result<()> {
        if self.start.is_empty() || !self.trees.len().is_multiple_of(self.outputs()) {
            return Err(Error::model(
                file,
                format!("{} trees for {} outputs", self.trees.len(), self.outputs()),
            ));
        }
        if self.start.iter().any(|s| !s.is_finite()) {
            return Err(Error::model(file, "the start score is not finite"));
        }
        let features = self.schema.features.len();
        self.trees.iter().enumerate().try_for_each(|(t, tree)| {
            tree.check(features, &format!("{file}, tree {t}"))?;
            tree.branches.iter().try_for_each(|b| self.check_kind(b, file, t))
        })
    }

    fn check_kind(&self, branch: &Branch, file: &str, t: usize) -> Result<()> {
        let feature = &self.schema.features[branch.feature as usize];
        match (&branch.test, &feature.feature_type) {
            (Test::AtMost(_), FeatureType::Number) => Ok(()),
            (Test::Member(set), FeatureType::Category(names)) if set.len() <= names.len().div_ceil(64) => {
                Ok(())
            }
            _ => {
                let reason = format!(
                    "tree {t} asks feature `{}` a question of another type",
                    feature.name
                );
                Err(Error::model(file, reason))
            }
        }
    }

    /// The scores of every row of `table`, row-major (rows, outputs).
    ///
    /// # Errors
    /// If the table lacks a column of the model, or a column is of another type.
    pub fn scores(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        let sources = self.schema.align(table)?;
        Ok(self.scores_of(&sources, table.rows(), threads))
    }

    fn scores_of(&self, sources: &[Source], rows: usize, threads: usize) -> Vec<f64> {
        let outputs = self.outputs();
        let mut out = vec![0.0; rows * outputs];
        let compiled = Compiled::new(self, threads);
        for_each_chunk(threads, &mut out, CHUNK * outputs, |c, out| {
            let first = c * CHUNK;
            match &compiled {
                Some(compiled) => compiled.scores(self, sources, first, out),
                None => self.scores_by_walking(sources, first, out),
            }
        });
        out
    }

    /// The means of every row, row-major (rows, outputs): scores through the link.
    ///
    /// # Errors
    /// As [`scores`](Self::scores).
    pub fn means(&self, table: &Table, threads: usize) -> Result<Vec<f64>> {
        let mut scores = self.scores(table, threads)?;
        for_each_chunk(threads, &mut scores, CHUNK * self.outputs(), |_, chunk| {
            chunk
                .chunks_exact_mut(self.outputs())
                .for_each(|row| self.link.mean(row));
        });
        Ok(scores)
    }

    /// One tree after the other, one row at a time: what the kernels must equal.
    fn scores_by_walking(&self, sources: &[Source], first: usize, out: &mut [f64]) {
        let outputs = self.outputs();
        for (i, out) in out.chunks_exact_mut(outputs).enumerate() {
            let row: Vec<Value> = (0..sources.len())
                .map(|f| self.value(sources, f, first + i))
                .collect();
            self.add_row(&row, out);
        }
    }

    fn add_row(&self, row: &[Value], out: &mut [f64]) {
        let outputs = self.outputs();
        out.fill(0.0);
        for (t, tree) in self.trees.iter().enumerate() {
            out[t % outputs] += tree.leaves[tree.leaf(|f| row[f])];
        }
        self.finish(out);
    }

    pub(crate) fn value(&self, sources: &[Source], feature: usize, row: usize) -> Value {
        match &self.schema.features[feature].feature_type {
            FeatureType::Number => {
                let mut x = [0.0];
                sources[feature].read_f64(row, &mut x);
                Value::Number(if self.single { f64::from(x[0] as f32) } else { x[0] })
            }
            FeatureType::Category(_) => {
                let mut code = [0];
                sources[feature].read_codes(row, &mut code);
                Value::Category(code[0])
            }
        }
    }

    fn finish(&self, scores: &mut [f64]) {
        let factor = if self.average {
            1.0 / self.rounds().max(1) as f64
        } else {
            1.0
        };
        for (score, start) in scores.iter_mut().zip(&self.start) {
            *score = *score * factor + start;
        }
    }
}

/// Rows coded and predicted at a time.
pub(crate) const CHUNK: usize = 2048;

/// How the values of one feature become codes.
enum Coder {
    /// No tree asks.
    Unused,
    Narrow(Search),
    Wide(Search),
    /// Code 0 missing, 1 unseen, 2 + c category c.
    Category(usize),
}

/// An ensemble on codes.
pub(crate) struct Compiled {
    coders: Vec<Coder>,
    cuts: Vec<Vec<f64>>,
    pub(crate) trees: Vec<CodeTree>,
}

impl Compiled {
    /// `None` if a feature has more than 65,000 thresholds or categories.
    pub(crate) fn new(ensemble: &Ensemble, threads: usize) -> Option<Self> {
        let cuts = cuts_of(ensemble);
        let coders = ensemble
            .schema
            .features
            .iter()
            .zip(&cuts)
            .map(|(f, cuts)| coder(&f.feature_type, cuts.as_deref()));
        let coders = coders.collect::<Option<Vec<_>>>()?;
        let mut compiled = Self {
            coders,
            cuts: cuts.into_iter().map(Option::unwrap_or_default).collect(),
            trees: Vec::new(),
        };
        // A thread costs more than a small model.
        let branches: usize = ensemble.trees.iter().map(|tree| tree.branches.len()).sum();
        let threads = if branches < 20_000 { 1 } else { threads };
        compiled.trees = map(threads, ensemble.trees.len(), |t| {
            compiled.tree(&ensemble.trees[t])
        });
        Some(compiled)
    }

    fn tree(&self, tree: &Tree) -> CodeTree {
        let branches = tree.branches.iter().map(|b| CodeBranch {
            column: b.feature as usize,
            test: self.test(b),
            left: b.left,
            right: b.right,
        });
        CodeTree::new(branches.collect(), tree.leaves.len(), |c| self.is_narrow(c))
    }

    fn is_narrow(&self, feature: usize) -> bool {
        match self.coders[feature] {
            Coder::Wide(_) => false,
            Coder::Category(n) => n + 2 <= 256,
            Coder::Narrow(_) | Coder::Unused => true,
        }
    }

    fn test(&self, branch: &Branch) -> CodeTest {
        match &branch.test {
            Test::Member(set) => {
                let members = (0..set.len() * 64).filter(|&c| contains(set, c)).map(|c| c + 2);
                CodeTest::Member(set_of(members.chain(branch.missing_left.then_some(0))))
            }
            Test::AtMost(threshold) => {
                let cuts = &self.cuts[branch.feature as usize];
                let last = cuts.partition_point(|c| c < threshold) + 1;
                if !branch.zero_is_missing {
                    return CodeTest::at_most(last as u16, branch.missing_left);
                }
                let zero = cuts.partition_point(|&c| c < 0.0) + 1;
                let left = (0..=cuts.len() + 1).filter(|&code| {
                    if code == 0 || code == zero {
                        branch.missing_left
                    } else {
                        code <= last
                    }
                });
                CodeTest::Member(set_of(left))
            }
        }
    }

    /// The codes of `n` rows from `first` on.
    pub(crate) fn codes(&self, ensemble: &Ensemble, sources: &[Source], first: usize, n: usize) -> Codes {
        let mut values = vec![0.0; n];
        let columns = self
            .coders
            .iter()
            .zip(sources)
            .map(|(coder, source)| match coder {
                Coder::Unused => CodeColumn::Narrow(Vec::new()),
                Coder::Narrow(search) => {
                    read(source, first, ensemble.single, &mut values);
                    let mut codes = CodeColumn::zeros(256, n);
                    if let CodeColumn::Narrow(codes) = &mut codes {
                        search.narrow(&values, &mut codes[..n]);
                    }
                    codes
                }
                Coder::Wide(search) => {
                    read(source, first, ensemble.single, &mut values);
                    let mut codes = CodeColumn::zeros(usize::MAX, n);
                    if let CodeColumn::Wide(codes) = &mut codes {
                        search.wide(&values, &mut codes[..n]);
                    }
                    codes
                }
                Coder::Category(categories) => category_codes(source, first, n, *categories),
            });
        Codes {
            columns: columns.collect(),
            rows: n,
        }
    }

    fn scores(&self, ensemble: &Ensemble, sources: &[Source], first: usize, out: &mut [f64]) {
        let outputs = ensemble.outputs();
        let n = out.len() / outputs;
        let codes = self.codes(ensemble, sources, first, n);
        let trees: Vec<_> = self
            .trees
            .iter()
            .zip(&ensemble.trees)
            .map(|(code, tree)| (code, &tree.leaves[..]))
            .collect();
        if outputs == 1 {
            mask::add_values(&trees, &codes, 0, out);
        } else {
            let mut column = vec![0.0; n];
            for k in 0..outputs {
                column.fill(0.0);
                let own: Vec<_> = trees.iter().skip(k).step_by(outputs).copied().collect();
                mask::add_values(&own, &codes, 0, &mut column);
                column
                    .iter()
                    .enumerate()
                    .for_each(|(i, &s)| out[i * outputs + k] = s);
            }
        }
        out.chunks_exact_mut(outputs).for_each(|row| ensemble.finish(row));
    }
}

fn read(source: &Source, first: usize, single: bool, values: &mut [f64]) {
    source.read_f64(first, values);
    if single {
        values.iter_mut().for_each(|v| *v = f64::from(*v as f32));
    }
}

fn category_codes(source: &Source, first: usize, n: usize, categories: usize) -> CodeColumn {
    let mut raw = vec![0; n];
    source.read_codes(first, &mut raw);
    let code = |c: u32| match c {
        MISSING => 0,
        c if (c as usize) < categories => c as usize + 2,
        _ => 1,
    };
    let mut codes = CodeColumn::zeros(categories + 2, n);
    match &mut codes {
        CodeColumn::Narrow(codes) => codes
            .iter_mut()
            .zip(&raw)
            .for_each(|(out, &c)| *out = code(c) as u8),
        CodeColumn::Wide(codes) => codes
            .iter_mut()
            .zip(&raw)
            .for_each(|(out, &c)| *out = code(c) as u16),
    }
    codes
}

fn coder(feature_type: &FeatureType, cuts: Option<&[f64]>) -> Option<Coder> {
    let Some(cuts) = cuts else {
        return Some(Coder::Unused);
    };
    match feature_type {
        FeatureType::Category(names) => (names.len() < 65_000).then_some(Coder::Category(names.len())),
        FeatureType::Number if cuts.len() <= 254 => Some(Coder::Narrow(Search::new(cuts))),
        FeatureType::Number => (cuts.len() < 65_000).then(|| Coder::Wide(Search::new(cuts))),
    }
}

/// The distinct thresholds of every feature, ascending; `None` where no tree asks.
fn cuts_of(ensemble: &Ensemble) -> Vec<Option<Vec<f64>>> {
    let mut cuts: Vec<Option<Vec<f64>>> = vec![None; ensemble.schema.features.len()];
    for branch in ensemble.trees.iter().flat_map(|tree| &tree.branches) {
        let cuts = cuts[branch.feature as usize].get_or_insert_default();
        if let Test::AtMost(threshold) = branch.test {
            // -0 and 0 are one number.
            cuts.push(threshold + 0.0);
            if branch.zero_is_missing {
                cuts.extend([(-ZERO).next_down(), ZERO]);
            }
        }
        // Forests have the same test thousands of times.
        if cuts.len() >= MANY && cuts.len().is_power_of_two() {
            tidy(cuts);
        }
    }
    cuts.iter_mut().flatten().for_each(tidy);
    cuts
}

/// Thresholds gathered before doubles are thrown out.
const MANY: usize = 4096;

fn tidy(cuts: &mut Vec<f64>) {
    cuts.sort_unstable_by(f64::total_cmp);
    cuts.dedup();
}

#[cfg(test)]
pub(crate) mod tests;
