//! From a table to a forest.

use induce_core::parallel::map;
use induce_core::random::Stream;
use induce_core::{Error, FitReport, Fitted, Outcome, Result, Run, Trace};
use induce_prob::Link;

use super::super::bins::{Binner, Codes, Pool, bin_table};
use super::super::ensemble::Ensemble;
use super::draws::Draws;
use super::grow::{Grower, Grown, Plan, leaf_of};
use super::out_of_bag::Votes;
use super::prune::prune;
use super::quantile::Distribution;
use super::tally::{Classes, Moments, Tally};
use super::{Criterion, Model, Spec};
use crate::dataset::{Dataset, weights};
use crate::schema::Schema;

/// Fit a tree or a forest.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_learn::Dataset;
/// use induce_learn::forest::{Spec, fit};
///
/// let x: Vec<f64> = (0..200).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| if *x < 120.0 { 1.0 } else { 3.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let fitted = fit(&Spec { trees: 20, ..Spec::default() }, &Dataset::new(&table, &y), &mut Run::new(0))?;
/// let predicted = fitted.model.predict(&table, 1)?;
/// assert!((predicted[0] - 1.0).abs() < 0.05 && (predicted[199] - 3.0).abs() < 0.05);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn fit(spec: &Spec, data: &Dataset, run: &mut Run) -> Result<Fitted<Model>> {
    spec.check()?;
    spec.class_weight.check()?;
    data.check()?;
    check_criterion(spec.criterion, data)?;
    if spec.quantiles && !data.classes.is_empty() {
        return Err(Error::setting(
            "quantiles",
            true,
            "the target has classes: use `--proba` for their probabilities",
        ));
    }
    let mut schema = Schema::of(data.table)?;
    schema.classes = data.classes.to_vec();
    let sources = schema.align(data.table)?;
    let (binners, codes) = bin_table(
        &schema,
        &sources,
        spec.bins,
        Pool::of_most(spec.max_categories),
        run,
    );
    let weight = weights(&spec.class_weight, data)?;
    let common = Common {
        spec,
        data,
        schema: schema.clone(),
        binners: &binners,
        codes: &codes,
        weight: weight.as_deref(),
        draws: Draws::new(spec, &codes, data.target, weight.as_deref()),
    };
    if data.classes.len() > 2 {
        let tally = Classes {
            target: data.target,
            classes: data.classes.len(),
            criterion: spec.criterion,
        };
        return Ok(common.grow(&tally, run));
    }
    let is_class = !data.classes.is_empty();
    let tally = Moments {
        target: data.target,
        centre: if is_class { 0.0 } else { middle(data.target) },
        criterion: match spec.criterion {
            Criterion::Auto if is_class => Criterion::Gini,
            Criterion::Auto => Criterion::Squared,
            chosen => chosen,
        },
    };
    Ok(common.grow(&tally, run))
}

/// A number near the mean: a multiple of a power of two about a sixteenth of the range. Sums of differences of few digits
/// are then exact in any order, so that the order of rows cannot decide between equal splits.
fn middle(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let (low, high) = values
        .iter()
        .fold((mean, mean), |(low, high), &v| (low.min(v), high.max(v)));
    let grid = ((high - low) / 16.0).log2().floor().exp2();
    let rounded = (mean / grid).round() * grid;
    if rounded.is_finite() { rounded } else { mean }
}

fn check_criterion(criterion: Criterion, data: &Dataset) -> Result<()> {
    let wrong = |value: &str, hint: &str| Err(Error::setting("criterion", value, hint));
    match (criterion, data.classes.is_empty()) {
        (Criterion::Gini | Criterion::Entropy, true) => wrong(
            &format!("{criterion:?}").to_lowercase(),
            "the target is a quantity: use `squared`",
        ),
        (Criterion::Squared, false) => wrong("squared", "the target has classes: use `gini` or `entropy`"),
        _ => Ok(()),
    }
}

/// What every tree of a fit starts from.
struct Common<'a> {
    spec: &'a Spec,
    data: &'a Dataset<'a>,
    schema: Schema,
    binners: &'a [Binner],
    codes: &'a Codes,
    weight: Option<&'a [f64]>,
    draws: Draws,
}

/// A tree and the leaves of the rows it has not seen.
struct Done {
    grown: Grown,
    left_out: Vec<(u32, u32)>,
    /// The leaf of every row in the order of the targets, if quantiles are wanted.
    leaves: Vec<u32>,
}

/// Trees grown between two looks at the clock, per thread.
const BATCH: usize = 2;

impl Common<'_> {
    fn grow<T: Tally>(&self, tally: &T, run: &mut Run) -> Fitted<Model> {
        let (spec, rows) = (self.spec, self.data.target.len());
        let width = if self.data.classes.len() > 2 {
            self.data.classes.len()
        } else {
            1
        };
        let plan = self.plan(tally);
        let stream = run.stream("forest/trees");
        let (mut votes, mut trace) = (Votes::new(rows, width), Vec::new());
        let (mut distribution, order) = Distribution::new(self.data.target, self.weight);
        let order = if spec.quantiles { order } else { Vec::new() };
        let (mut trees, mut shares) = (Vec::with_capacity(spec.trees), Vec::new());
        let mut stopped = None;
        run.monitor().begin("trees", spec.trees as u64);
        while trees.len() < spec.trees && stopped.is_none() {
            let first = trees.len();
            let batch = (BATCH * run.threads()).min(spec.trees - first);
            let done = map(run.threads(), batch, |i| {
                self.tree(&plan, &order, stream.child((first + i) as u64))
            });
            for Done {
                grown,
                left_out,
                leaves,
            } in done
            {
                distribution.leaf.extend(leaves);
                votes.add(&left_out, &grown.leaf_values);
                if width > 1 {
                    shares.extend_from_slice(&grown.leaf_values);
                }
                trees.push(grown.tree);
            }
            self.follow(&votes, trees.len(), &mut trace, run);
            stopped = run.stop_reason();
        }
        run.monitor().end();
        let out_of_bag = votes.judge(self.data.target, self.data.weight, self.data.classes.len());
        let outcome = match stopped.filter(|_| trees.len() < spec.trees) {
            Some(reason) => Outcome::Stopped { reason },
            None => Outcome::Exhausted {
                reason: format!("all {} trees are grown", spec.trees),
            },
        };
        let report = FitReport {
            steps: trees.len() as u64,
            traces: out_of_bag
                .iter()
                .map(|o| Trace {
                    split: "out of bag".into(),
                    metric: o.metric.clone(),
                    points: trace.clone(),
                })
                .collect(),
        };
        let ensemble = Ensemble {
            schema: self.schema.clone(),
            start: vec![0.0],
            trees,
            link: Link::Identity,
            single: false,
            average: true,
        };
        Fitted {
            model: Model {
                ensemble,
                shares,
                out_of_bag,
                distribution: spec.quantiles.then_some(distribution),
                spec: spec.clone(),
            },
            outcome,
            report,
        }
    }

    fn plan<'p, T: Tally>(&'p self, tally: &'p T) -> Plan<'p, T> {
        let spec = self.spec;
        let total: f64 = self
            .weight
            .map_or(self.data.target.len() as f64, |w| w.iter().sum());
        Plan {
            codes: self.codes,
            binners: self.binners,
            tally,
            features_per_node: spec.features_per_node(self.binners.len(), !self.data.classes.is_empty()),
            max_depth: spec.max_depth,
            min_leaf: spec.min_leaf,
            min_split: spec.min_split,
            min_gain: spec.min_gain * total,
            random_split: spec.random_split,
        }
    }

    /// Note the out-of-bag estimate at some twenty sizes of the forest.
    fn follow(&self, votes: &Votes, trees: usize, trace: &mut Vec<(u64, f64)>, run: &mut Run) {
        let next = trace
            .last()
            .map_or(1, |p| p.0 as usize + self.spec.trees.div_ceil(20));
        if trees >= next || trees == self.spec.trees {
            let judged = votes.judge(self.data.target, self.data.weight, self.data.classes.len());
            trace.extend(judged.map(|o| (trees as u64, o.value)));
        }
        let latest = trace.last().map(|&(_, value)| ("out_of_bag".to_string(), value));
        run.monitor()
            .step(trees as u64, &latest.into_iter().collect::<Vec<_>>());
    }

    fn tree<T: Tally>(&self, plan: &Plan<T>, order: &[u32], stream: Stream) -> Done {
        let bag = self.draws.bag(self.weight, stream.child(0));
        let rows: Vec<u32> = (0..bag.len() as u32).filter(|&r| bag[r as usize] > 0.0).collect();
        let mut grown = Grower::grow(plan, rows, &bag, stream.child(1));
        if self.spec.pruning > 0.0 {
            grown = prune(grown, self.spec.pruning);
        }
        let is_out = |row: usize| bag[row] == 0.0 && self.weight.is_none_or(|w| w[row] > 0.0);
        let left_out = (0..bag.len()).filter(|&row| is_out(row));
        let left_out = left_out.map(|row| (row as u32, leaf_of(&grown.on_codes, self.codes, row) as u32));
        Done {
            left_out: left_out.collect(),
            leaves: order
                .iter()
                .map(|&row| leaf_of(&grown.on_codes, self.codes, row as usize) as u32)
                .collect(),
            grown,
        }
    }
}
