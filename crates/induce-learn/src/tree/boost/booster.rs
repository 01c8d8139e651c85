//! The state of a boosting run, and one round of it.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::words::counted;
use induce_core::{Error, Result};
use induce_prob::Loss;

use super::super::bins::{Binner, CodeColumn};
use super::super::grow::{ColumnSample, Data, Grower, Grown, Growth, Pruned, Task, prune};
use super::super::histogram::{Sum, hash};
use super::super::mask::{CodeBranch, CodeTree, add_values_all, code_test, value_test};
use super::super::node::{Branch, Tree};
use super::gradient::{RowDerivatives, blocks};
use super::leaf::{Flat, LeafValues, node};
use super::plan::{Plan, Training, ValidationRows};
use super::{Checkpoint, Model, Spec, Step, dart, sample};

/// A boosting run between rounds.
pub struct Booster<'a> {
    pub(super) spec: &'a Spec,
    pub(super) loss: Arc<dyn Loss>,
    pub(super) data: &'a Data,
    pub(super) binners: &'a [Binner],
    pub(super) growth: Growth,
    pub(super) target: &'a [f64],
    pub(super) weight: Option<Vec<f64>>,
    pub(super) valid_rows: Option<ValidationRows<'a>>,
    /// Weights of training rows that are held out (their own weight is 0) and evaluated like validation rows.
    pub(super) held: Option<Vec<f64>>,
    /// The model without its trees; `None` while the number of rounds is searched.
    pub(super) untrained: Option<Model>,
    pub(super) stream: Stream,
    pub(super) state: Checkpoint,
    row_derivatives: RowDerivatives,
    pub(super) ends: Vec<usize>,
}

/// Buffers for growing one tree at a time.
pub(super) struct Workspace<'a> {
    grower: Grower<'a>,
    derivatives: Vec<Sum>,
}

/// A tree of this round in both of its forms.
struct Fresh {
    tree: Tree,
    on_codes: CodeTree,
}

impl<'a> Workspace<'a> {
    pub(super) fn new(data: &'a Data, workers: usize) -> Self {
        Self {
            grower: Grower::new(data, workers),
            derivatives: vec![0; data.codes.rows],
        }
    }
}

/// From this many outputs on, workers grow whole trees of their own.
const TREE_PARALLEL: usize = 4;

/// Below this many row-feature pairs, forking costs more than it saves.
const WORTH_A_TEAM: usize = 100_000;

impl<'a> Booster<'a> {
    /// The run of `plan` on the rows of `training`.
    pub(super) fn new(plan: &Plan<'a>, training: Training<'a>) -> Self {
        let (rows, loss) = (plan.data.codes.rows, plan.loss.clone());
        let ends = blocks(rows, loss.groups());
        let row_derivatives = RowDerivatives::new(loss.outputs(), rows);
        Self {
            spec: plan.spec,
            loss,
            data: plan.data,
            binners: plan.binners,
            growth: plan.growth.clone(),
            target: training.target,
            weight: training.weight,
            valid_rows: training.valid_rows,
            held: training.held,
            untrained: training.untrained,
            stream: training.stream,
            state: training.state,
            row_derivatives,
            ends,
        }
    }

    /// Rounds done.
    pub fn rounds(&self) -> usize {
        self.state.trees.len() / self.loss.outputs()
    }

    /// The state that a checkpoint keeps.
    pub fn state(&self) -> &Checkpoint {
        &self.state
    }

    /// The model so far; `None` while the number of rounds is searched.
    pub fn model(&self) -> Option<Model> {
        let mut model = self.untrained.clone()?;
        model.ensemble.trees.clone_from(&self.state.trees);
        Some(model)
    }

    /// The workspaces of a team of `workers`: one for all, or one for each.
    pub(super) fn workspaces(&self, workers: usize) -> Vec<Mutex<Workspace<'a>>> {
        if self.loss.outputs() >= TREE_PARALLEL {
            (0..workers)
                .map(|_| Mutex::new(Workspace::new(self.data, 1)))
                .collect()
        } else {
            vec![Mutex::new(Workspace::new(self.data, workers))]
        }
    }

    /// How many threads are worth having for this table.
    pub(super) fn workers(&self, threads: usize) -> usize {
        let work = self.data.codes.rows * self.data.packed.width().max(1) * self.loss.outputs();
        if work < WORTH_A_TEAM { 1 } else { threads }
    }

    /// Add one tree per output.
    ///
    /// # Errors
    /// If the derivatives at the scores overflow single precision.
    pub(super) fn round(&mut self, team: &mut Team, workspaces: &[Mutex<Workspace<'a>>]) -> Result<()> {
        let round = self.rounds();
        let dropped = dart::drop(self.spec, self.stream.child(3).child(round as u64), round);
        self.scale_trees(team, &dropped, 0.0);
        self.adapt();
        self.update_derivatives(team)?;
        let bag_stream = self.stream.child(1).child(round as u64);
        let bag = sample::bag(
            self.spec,
            bag_stream,
            self.data.codes.rows,
            &mut self.row_derivatives,
        );
        self.evaluate_bag_start(team, bag.as_deref());
        let (new, old) = dart::factors(self.spec, dropped.len());
        let fresh = self.grow(team, workspaces, bag.as_deref(), new);
        self.restore_trees(team, &dropped, old);
        self.add(team, fresh);
        self.evaluate(team);
        self.evaluate_bag(team, bag.as_deref());
        Ok(())
    }

    /// Update a loss that depends on the scores.
    fn adapt(&mut self) {
        let next = self
            .loss
            .at(self.target, self.weight.as_deref(), &self.state.scores);
        let Some(next) = next else { return };
        if let Some(valid_rows) = &mut self.valid_rows {
            valid_rows.loss = next.clone();
        }
        self.loss = next;
    }

    /// The derivatives at the scores so far.
    fn update_derivatives(&mut self, team: &mut Team) -> Result<()> {
        let flat = Flat(self.loss.as_ref());
        let loss: &dyn Loss = match self.spec.step {
            Step::Newton => self.loss.as_ref(),
            Step::Gradient => &flat,
        };
        let (weight, scores) = (self.weight.as_deref(), &self.state.scores);
        self.row_derivatives
            .update(team, loss, &self.ends, self.target, weight, scores);
        if self
            .row_derivatives
            .totals
            .iter()
            .all(|t| t.0.is_finite() && t.1.is_finite())
        {
            return Ok(());
        }
        let what = format!(
            "the scores have no usable derivatives after {}",
            counted(self.rounds(), "round")
        );
        Err(Error::data(what, "lower `learning_rate`"))
    }

    fn grow(
        &self,
        team: &mut Team,
        workspaces: &[Mutex<Workspace<'a>>],
        bag: Option<&[bool]>,
        factor: f64,
    ) -> Vec<Fresh> {
        let outputs = self.loss.outputs();
        let one = |team: &mut Team, workspace: &Mutex<Workspace<'a>>, k: usize| {
            self.grow_one(
                team,
                &mut workspace.lock().expect("each workspace has one user"),
                bag,
                factor,
                k,
            )
        };
        if outputs < TREE_PARALLEL {
            return (0..outputs).map(|k| one(team, &workspaces[0], k)).collect();
        }
        let slots: Vec<Mutex<Option<Fresh>>> = (0..outputs).map(|_| Mutex::new(None)).collect();
        let next = AtomicUsize::new(0);
        team.run(&|t| {
            loop {
                let k = next.fetch_add(1, Ordering::Relaxed);
                if k >= outputs {
                    break;
                }
                let fresh = one(&mut Team::alone(), &workspaces[t], k);
                *slots[k].lock().expect("each output has one owner") = Some(fresh);
            }
        });
        let take = |slot: Mutex<Option<Fresh>>| slot.into_inner().expect("no worker panicked");
        slots
            .into_iter()
            .map(|slot| take(slot).expect("every output was grown"))
            .collect()
    }

    fn grow_one(
        &self,
        team: &mut Team,
        workspace: &mut Workspace<'a>,
        bag: Option<&[bool]>,
        factor: f64,
        k: usize,
    ) -> Fresh {
        let index = self.state.trees.len() + k;
        let key = hash(index as u32 ^ hash(self.stream.bits(0) as u32));
        let scale = self
            .row_derivatives
            .quantise(team, k, key, &mut workspace.derivatives);
        let features = self.data.category.len();
        let spec = self.spec;
        let stream = self.stream.child(2).child(index as u64);
        let columns = ColumnSample::new(
            stream,
            features,
            spec.colsample,
            spec.colsample_level,
            spec.colsample_node,
        );
        let task = Task {
            derivatives: &workspace.derivatives,
            scale,
            bag,
            growth: &self.growth,
            columns,
        };
        let grown = workspace.grower.grow(team, &task);
        let (grown, members) = if spec.pruning > 0.0 {
            let Pruned { tree, members } = prune(&grown, spec.pruning);
            (tree, Some(members))
        } else {
            (grown, None)
        };
        // A bag that admits no split says nothing about the other rows: its mean is noise.
        let factor = if bag.is_some() && grown.branches.is_empty() {
            0.0
        } else {
            factor
        };
        let leaves = LeafValues {
            step: spec.step,
            loss: self.loss.as_ref(),
            target: self.target,
            weight: self.weight.as_deref(),
            scores: &self.state.scores,
        };
        let values = leaves.of(&grown, members.as_deref(), &workspace.grower, &task, k, factor);
        Fresh {
            tree: self.tree(&grown, &task, values, factor),
            on_codes: grown.on_codes(&self.data.codes),
        }
    }

    /// The grown tree in terms of values.
    fn tree(&self, grown: &Grown, task: &Task, leaves: Vec<f64>, factor: f64) -> Tree {
        let branches = grown.branches.iter().map(|b| Branch {
            feature: b.split.feature as u32,
            test: value_test(&b.split.test, &self.binners[b.split.feature]),
            missing_left: b.split.missing_left,
            zero_is_missing: false,
            left: b.left,
            right: b.right,
            gain: b.split.gain,
            cover: task.scale.curvature_of(b.sum),
            value: factor * node(task, b.sum, super::super::split::Bounds::NONE).value(b.sum),
        });
        let covers = grown
            .leaves
            .iter()
            .map(|l| task.scale.curvature_of(l.sum))
            .collect();
        Tree {
            branches: branches.collect(),
            leaves,
            covers,
        }
    }

    fn add(&mut self, team: &mut Team, fresh: Vec<Fresh>) {
        let outputs = self.loss.outputs();
        let pairs: Vec<(&CodeTree, &[f64])> =
            fresh.iter().map(|f| (&f.on_codes, &f.tree.leaves[..])).collect();
        for k in 0..outputs {
            add_values_all(team, &pairs[k..=k], &self.data.codes, &mut self.state.scores[k]);
            if let Some(valid_rows) = &self.valid_rows {
                add_values_all(
                    team,
                    &pairs[k..=k],
                    &valid_rows.codes,
                    &mut self.state.valid_scores[k],
                );
            }
        }
        self.state.trees.extend(fresh.into_iter().map(|f| f.tree));
    }

    /// Take `1 - factor` of the rounds' contributions out of the scores.
    fn scale_trees(&mut self, team: &mut Team, rounds: &[usize], factor: f64) {
        let outputs = self.loss.outputs();
        for &round in rounds {
            for k in 0..outputs {
                let tree = &self.state.trees[round * outputs + k];
                let on_codes = self.on_codes(tree);
                let change: Vec<f64> = tree.leaves.iter().map(|v| v * (factor - 1.0)).collect();
                add_values_all(
                    team,
                    &[(&on_codes, &change)],
                    &self.data.codes,
                    &mut self.state.scores[k],
                );
            }
        }
    }

    /// Put the dropped rounds back with their leaves scaled by `factor`.
    fn restore_trees(&mut self, team: &mut Team, rounds: &[usize], factor: f64) {
        let outputs = self.loss.outputs();
        for &round in rounds {
            for k in 0..outputs {
                let index = round * outputs + k;
                let on_codes = self.on_codes(&self.state.trees[index]);
                let tree = &mut self.state.trees[index];
                let old = tree.leaves.clone();
                tree.leaves.iter_mut().for_each(|v| *v *= factor);
                tree.branches.iter_mut().for_each(|b| b.value *= factor);
                add_values_all(
                    team,
                    &[(&on_codes, &tree.leaves)],
                    &self.data.codes,
                    &mut self.state.scores[k],
                );
                if let Some(valid_rows) = &self.valid_rows {
                    let change: Vec<f64> = tree.leaves.iter().zip(&old).map(|(new, old)| new - old).collect();
                    add_values_all(
                        team,
                        &[(&on_codes, &change)],
                        &valid_rows.codes,
                        &mut self.state.valid_scores[k],
                    );
                }
            }
        }
    }

    /// One of our own trees on the codes of its features.
    fn on_codes(&self, tree: &Tree) -> CodeTree {
        let branches = tree.branches.iter().map(|b| CodeBranch {
            column: b.feature as usize,
            test: code_test(b, &self.binners[b.feature as usize]),
            left: b.left,
            right: b.right,
        });
        let narrow = |c: usize| matches!(self.data.codes.columns[c], CodeColumn::Narrow(_));
        CodeTree::new(branches.collect(), tree.leaves.len(), narrow)
    }

    /// Total weight of the held-out rows.
    pub(super) fn held_weight(&self) -> f64 {
        self.held.iter().flatten().sum()
    }

    /// The state of the run.
    pub(super) fn into_state(self) -> Checkpoint {
        self.state
    }
}
