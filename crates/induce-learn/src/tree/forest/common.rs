//! What all trees of a fit have in common, and the loop that grows them.

use induce_core::parallel::map;
use induce_core::random::Stream;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};
use induce_prob::Link;

use super::draws::Draws;
use super::grow::{Grower, Grown, Plan, leaf_of};
use super::out_of_bag::Votes;
use super::prune::prune;
use super::quantile::Distribution;
use super::tally::Tally;
use super::{Criterion, Model, OutOfBag, Spec, Targets};
use crate::tree::bins::{Binner, Codes};
use crate::tree::ensemble::Ensemble;
use induce_core::model::Dataset;
use induce_core::model::Schema;
use induce_core::words::{all_done, counted};

/// What every tree of a fit starts from.
pub(super) struct Common<'a> {
    pub spec: &'a Spec,
    pub data: &'a Dataset<'a>,
    pub targets: Option<&'a Targets>,
    pub start: Option<Model>,
    pub are_classes: bool,
    /// The direction of every feature; empty if there is none.
    pub monotone: Vec<i8>,
    pub schema: Schema,
    pub binners: &'a [Binner],
    pub codes: &'a Codes,
    pub weight: Option<&'a [f64]>,
    pub draws: Draws,
}

/// A tree and the leaves of the rows it has not seen.
struct Done {
    grown: Grown,
    left_out: Vec<(u32, u32)>,
    /// The leaf of every row in the order of the targets, if quantiles are wanted.
    leaves: Vec<u32>,
}

/// How many features a node looks at, whether out-of-bag rows chose it, and the trees that were grown for the choice.
struct Choice {
    features: usize,
    chosen: bool,
    trees: Vec<Done>,
}

/// Trees that are grown of every number of features that is tried; three times as many of few rows.
const PILOT: usize = 10;

/// Rows that are few.
const SMALL: usize = 10_000;

/// By how much another number of features must do better than the usual one.
const BETTER: f64 = 0.99;

/// Trees grown per thread between two checks of the time budget.
const BATCH: usize = 2;

/// Bytes of a leaf and of the branch that leads to it.
const NODE: u64 = 48;

impl Common<'_> {
    /// The criterion, chosen.
    pub fn criterion(&self) -> Criterion {
        match self.spec.criterion {
            Criterion::Auto if self.are_classes => Criterion::Gini,
            Criterion::Auto => Criterion::Squared,
            chosen => chosen,
        }
    }

    /// Checks that the forest to start from has these columns and targets, and no more trees than are wanted.
    pub fn check_start(&self) -> Result<()> {
        let Some(start) = &self.start else { return Ok(()) };
        let trees = start.ensemble.trees.len();
        if trees > self.spec.trees {
            let hint = format!("the forest to add to has {} already", counted(trees, "tree"));
            return Err(Error::setting("trees", self.spec.trees, hint));
        }
        let same = |a: &Schema, b: &Schema| a.features == b.features && a.classes == b.classes;
        if !same(&start.ensemble.schema, &self.schema) || start.outputs != self.outputs() {
            let what = "the forest to add trees to has other columns or other classes than these rows";
            return Err(Error::data(
                what,
                "start again, or give it the rows it was fitted on",
            ));
        }
        Ok(())
    }

    fn outputs(&self) -> Vec<Vec<String>> {
        self.targets.map_or(Vec::new(), |targets| targets.classes.clone())
    }

    /// Values per leaf.
    fn width(&self) -> usize {
        match (self.targets, self.data.classes.len()) {
            (Some(targets), _) => Targets::width(&targets.classes),
            (None, classes) if classes > 2 => classes,
            _ => 1,
        }
    }

    /// An error if the rows, their votes and all trees, as large as the settings let them grow, would break the limit.
    fn check_memory(&self, run: &Run) -> Result<()> {
        let (rows, width) = (self.codes.rows as u64, self.width() as u64);
        let features = self.schema.features.len() as u64;
        let mut leaves = (rows as f64 / self.spec.min_samples_leaf.max(1.0)).ceil() as u64;
        if self.spec.max_leaves > 0 {
            leaves = leaves.min(self.spec.max_leaves as u64);
        }
        if (1..32).contains(&self.spec.max_depth) {
            leaves = leaves.min(1 << self.spec.max_depth);
        }
        let tree = leaves.saturating_mul(NODE + 8 * width);
        let own = rows.saturating_mul(8 * width + 16 + 4 * features);
        let needed = tree.saturating_mul(self.spec.trees as u64).saturating_add(own);
        // Without a limit the machine's own counts, for votes alone: how far trees grow is known when they have.
        let (needed, limit) = match run.memory() {
            Some(limit) => (needed, limit),
            None => (own.saturating_add(tree), run.room()),
        };
        if needed > limit {
            let what = format!(
                "a forest of {} on {} of {}",
                counted(self.spec.trees, "tree"),
                counted(rows as usize, "row"),
                counted(features as usize, "feature")
            );
            return Err(Error::TooLarge { what, needed, limit });
        }
        Ok(())
    }

    /// The out-of-bag estimate so far; `None` for several targets.
    fn evaluate(&self, votes: &Votes) -> Option<OutOfBag> {
        let evaluate = || votes.evaluate(self.data.target, self.data.weight, self.data.classes.len());
        self.targets.is_none().then(evaluate).flatten()
    }

    /// How many features a node looks at, and the first trees if these had to be grown to know: as set, or the number whose
    /// first trees predict the rows that they left out best.
    fn choose_features<T: Tally>(
        &self,
        tally: &T,
        start: Option<&Model>,
        order: &[u32],
        run: &Run,
    ) -> Choice {
        let given = start.and_then(|start| start.out_of_bag.as_ref()?.features);
        let all = self.spec.features_per_node(self.binners.len(), self.are_classes);
        let is_open = all.len() > 1 && start.is_none() && self.targets.is_none() && self.draws.leave_out();
        if !is_open {
            return Choice {
                features: given.unwrap_or(all[0]),
                chosen: given.is_some(),
                trees: Vec::new(),
            };
        }
        let stream = run.stream("forest/trees");
        let trees = if self.codes.rows <= SMALL {
            3 * PILOT
        } else {
            PILOT
        };
        let pilot = |features: usize| {
            let plan = self.plan(tally, features);
            let grown = map(run.threads(), trees, |i| {
                self.tree(&plan, order, stream.child(i as u64))
            });
            let mut votes = Votes::new(self.codes.rows, self.width());
            grown
                .iter()
                .for_each(|done| votes.add(&done.left_out, &done.grown.leaf_values));
            (
                votes.squared_error(self.data.target, self.data.weight),
                features,
                grown,
            )
        };
        let tried = all
            .iter()
            .filter(|_| run.stop_reason().is_none())
            .map(|&features| pilot(features));
        let best = tried.reduce(|best, own| if own.0 < BETTER * best.0 { own } else { best });
        let (_, features, mut trees) = best.unwrap_or((0.0, all[0], Vec::new()));
        let chosen = !trees.is_empty();
        trees.truncate(self.spec.trees);
        Choice {
            features,
            chosen,
            trees,
        }
    }

    /// The frequencies of the classes, if probabilities are to be smoothed by them.
    fn prior(&self) -> Vec<f64> {
        let classes = self.data.classes.len();
        if self.spec.smoothing == 0.0 || classes < 2 || self.targets.is_some() {
            return Vec::new();
        }
        let mut sums = vec![0.0; classes];
        for (row, &class) in self.data.target.iter().enumerate() {
            sums[class as usize] += self.data.weight.map_or(1.0, |w| w[row]);
        }
        let total: f64 = sums.iter().sum();
        sums.into_iter().map(|sum| sum / total).collect()
    }

    /// Grow the trees that are not there yet.
    pub fn grow<T: Tally>(mut self, tally: &T, run: &mut Run) -> Result<Fitted<Model>> {
        let (spec, rows, width) = (self.spec, self.codes.rows, self.width());
        self.check_memory(run)?;
        let start = self.start.take();
        let stream = run.stream("forest/trees");
        let (mut votes, mut trace) = (Votes::new(rows, width), Vec::new());
        let (mut distribution, order) = Distribution::new(self.data.target, self.weight);
        let order = if spec.quantiles { order } else { Vec::new() };
        let (mut trees, mut leaf_probabilities) = (Vec::new(), Vec::new());
        run.monitor().begin("trees", spec.trees as u64);
        let choice = self.choose_features(tally, start.as_ref(), &order, run);
        let (plan, mut ready) = (self.plan(tally, choice.features), choice.trees);
        if let Some(start) = start {
            self.replay(
                &start,
                &order,
                stream,
                &mut votes,
                &mut distribution,
                run.threads(),
            )?;
            (trees, leaf_probabilities) = (start.ensemble.trees, start.leaf_probabilities);
        }
        let mut stopped = None;
        while trees.len() < spec.trees && stopped.is_none() {
            let first = trees.len();
            let batch = (BATCH * run.threads()).min(spec.trees - first);
            let done = match std::mem::take(&mut ready) {
                none if none.is_empty() => map(run.threads(), batch, |i| {
                    self.tree(&plan, &order, stream.child((first + i) as u64))
                }),
                ready => ready,
            };
            for Done {
                grown,
                left_out,
                leaves,
            } in done
            {
                distribution.leaf.extend(leaves);
                votes.add(&left_out, &grown.leaf_values);
                if width > 1 {
                    leaf_probabilities.extend_from_slice(&grown.leaf_values);
                }
                trees.push(grown.tree);
            }
            self.follow(&votes, trees.len(), &mut trace, run);
            stopped = run.stop_reason();
        }
        run.monitor().end();
        let mut out_of_bag = self.evaluate(&votes);
        if let (true, Some(own)) = (choice.chosen, &mut out_of_bag) {
            own.features = Some(choice.features);
        }
        let outcome = match stopped.filter(|_| trees.len() < spec.trees) {
            Some(reason) => Outcome::Stopped { reason },
            None => Outcome::Exhausted {
                reason: all_done(spec.trees, "tree", "grown"),
            },
        };
        let report = FitReport::new(
            trees.len() as u64,
            out_of_bag
                .iter()
                .map(|o| Trace::new("out of bag", o.metric.clone(), trace.clone()))
                .collect(),
        );
        let ensemble = Ensemble {
            schema: self.schema.clone(),
            start: vec![0.0],
            trees,
            link: Link::Identity,
            single: false,
            average: true,
        };
        Ok(Fitted {
            model: Model {
                ensemble,
                leaf_probabilities,
                outputs: self.outputs(),
                out_of_bag,
                held_out: spec.keep_out_of_bag.then(|| votes.means()),
                distribution: spec.quantiles.then_some(distribution),
                prior: self.prior(),
                spec: spec.clone(),
            },
            outcome,
            report,
        })
    }

    fn plan<'p, T: Tally>(&'p self, tally: &'p T, features_per_node: usize) -> Plan<'p, T> {
        let spec = self.spec;
        let total: f64 = self
            .weight
            .map_or(self.data.target.len() as f64, |w| w.iter().sum());
        Plan {
            codes: self.codes,
            binners: self.binners,
            tally,
            features_per_node,
            max_depth: spec.max_depth,
            max_leaves: spec.max_leaves,
            min_leaf: spec.min_samples_leaf,
            min_split: spec.min_samples_split,
            min_gain: spec.min_impurity_decrease * total,
            monotone: &self.monotone,
            random_split: spec.random_split,
        }
    }

    /// Note the out-of-bag estimate at some twenty sizes of the forest.
    fn follow(&self, votes: &Votes, trees: usize, trace: &mut Vec<(u64, f64)>, run: &mut Run) {
        let next = trace
            .last()
            .map_or(1, |p| p.0 as usize + self.spec.trees.div_ceil(20));
        if trees >= next || trees == self.spec.trees {
            trace.extend(self.evaluate(votes).map(|o| (trees as u64, o.value)));
        }
        let latest = trace.last().map(|&(_, value)| ("out_of_bag".to_string(), value));
        run.monitor()
            .step(trees as u64, &latest.into_iter().collect::<Vec<_>>());
    }

    fn tree<T: Tally>(&self, plan: &Plan<T>, order: &[u32], stream: Stream) -> Done {
        let bag = self.draws.bag(self.weight, stream.child(0));
        let rows: Vec<u32> = (0..bag.len() as u32).filter(|&r| bag[r as usize] > 0.0).collect();
        let mut grown = if self.monotone.is_empty() {
            Grower::<T, false>::grow(plan, rows, &bag, stream.child(1))
        } else {
            Grower::<T, true>::grow(plan, rows, &bag, stream.child(1))
        };
        if self.spec.pruning > 0.0 {
            grown = prune(grown, self.spec.pruning);
        }
        let leaf = |row: usize| leaf_of(&grown.on_codes, self.codes, row) as u32;
        Done {
            left_out: self.left_out(&bag).map(|row| (row as u32, leaf(row))).collect(),
            leaves: order.iter().map(|&row| leaf(row as usize)).collect(),
            grown,
        }
    }

    /// The rows that count but are not in the bag.
    fn left_out(&self, bag: &[f64]) -> impl Iterator<Item = usize> {
        let counts = |row: usize| self.weight.is_none_or(|w| w[row] > 0.0);
        (0..bag.len()).filter(move |&row| bag[row] == 0.0 && counts(row))
    }

    /// Out-of-bag predictions of the trees of `start`, as if they had been grown here: draws depend on the number of the tree.
    fn replay(
        &self,
        start: &Model,
        order: &[u32],
        stream: Stream,
        votes: &mut Votes,
        distribution: &mut Distribution,
        threads: usize,
    ) -> Result<()> {
        let trees = &start.ensemble.trees;
        let leaves = start.leaves(self.data.table, threads)?;
        for t in 0..trees.len() {
            let leaf = |row: usize| leaves[row * trees.len() + t];
            let bag = self.draws.bag(self.weight, stream.child(t as u64).child(0));
            let left_out: Vec<_> = self.left_out(&bag).map(|row| (row as u32, leaf(row))).collect();
            votes.add(&left_out, start.values(t));
            distribution
                .leaf
                .extend(order.iter().map(|&row| leaf(row as usize)));
        }
        Ok(())
    }
}
