//! What a fit leaves to held-out rows: the number of rounds, and how trees are grown.

use induce_core::model::{Dataset, Schema, weights};
use induce_core::words::counted;
use induce_core::{Result, Run};

use super::auto::{self, Choice, Chosen, FEW};
use super::bin::bin;
use super::booster::Booster;
use super::checkpoint::Checkpoint;
use super::fit::Fit;
use super::plan::Plan;
use super::trial::Trial;

impl Fit<'_> {
    /// The rounds, where the settings do not say them; from the checkpoint once they are known.
    pub(super) fn choose(
        &self,
        plan: &Plan,
        train: &Dataset,
        weight: Option<&[f64]>,
        from: &mut Option<Checkpoint>,
        run: &mut Run,
        after: &mut dyn FnMut(&Booster) -> Result<()>,
    ) -> Result<Option<Choice>> {
        if plan.spec.rounds > 0 {
            return Ok(None);
        }
        let before = from
            .as_ref()
            .and_then(|state| Some((state.chosen?, state.trial?)));
        match before {
            Some((rounds, trial)) => Ok(Some(Choice::Rounds(Chosen { rounds, trial }))),
            None => auto::choose(plan, train, weight, from.take(), run, after).map(Some),
        }
    }

    /// How trees are best grown, as held-out rows of a part of a large table tell; `None` if nothing is open, or all rows
    /// tell it together with the number of rounds.
    pub(super) fn trial_on_a_part(
        &self,
        train: &Dataset,
        from: Option<&Checkpoint>,
        run: &mut Run,
    ) -> Result<Option<Trial>> {
        let rows = train.table.rows();
        if self.spec.rounds > 0 || from.is_some() || self.spec.trials().len() == 1 || rows <= FEW {
            return Ok(None);
        }
        // Parts of queries would be other queries, and a model that is gone on from was grown already.
        if train.groups.is_some() || self.init.model.is_some() || self.init.offset.is_some() {
            return Ok(Some(self.spec.usual_trial()));
        }
        let mut places = run.stream("boost/part").permutation(rows);
        places.truncate(FEW);
        places.sort_unstable();
        let part = |values: &[f64]| -> Vec<f64> { places.iter().map(|&row| values[row]).collect() };
        let (table, target) = (train.table.take(&places), part(train.target));
        let weight = weights(&self.spec.class_weight, train)?.map(|all| part(&all));
        let train = Dataset {
            table: &table,
            target: &target,
            weight: weight.as_deref(),
            ..*train
        };
        let schema = Schema::of(&table)?;
        let (names, spec) = (schema.names(), self.spec.quick());
        let (binners, data) = bin(&spec, &schema, &train, run)?;
        let plan = Plan::new(&spec, &self.loss, &data, &binners, &names)?;
        match auto::choose(&plan, &train, weight.as_deref(), None, run, &mut |_| Ok(()))? {
            Choice::Rounds(chosen) => Ok(Some(chosen.trial)),
            Choice::Stopped(_) => Ok(Some(self.spec.usual_trial())),
        }
    }

    /// What held-out rows decided, in words.
    pub(super) fn told(&self, choice: Chosen) -> String {
        let grown = match self.spec.trials().len() {
            1 => String::new(),
            _ => format!(" with {}", choice.trial),
        };
        format!(
            "{}{grown}, chosen on rows held out within the training rows",
            counted(choice.rounds, "round")
        )
    }
}
