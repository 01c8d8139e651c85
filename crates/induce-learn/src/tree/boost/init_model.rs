//! Warm starts: a fit that begins with a model, or with given scores.

use induce_core::{Error, Result, Table};
use induce_prob::Loss;

use super::super::ensemble::Ensemble;
use super::{Checkpoint, Model, Spec};
use induce_core::model::Dataset;
use induce_core::model::Schema;

/// What a fit starts from: a model, given scores (an offset), or both. By default, the best constant.
///
/// Random draws depend on the number of the round alone, so adding rounds to a model gives the same bits as one fit with
/// all of them, for the same rows, settings and seed (except DART, which rescales earlier trees).
#[derive(Clone, Copy, Default)]
pub struct InitModel<'a> {
    /// A model whose trees come first; `rounds` then counts them too.
    pub model: Option<&'a Model>,
    /// Scores of the training rows before any tree, one vector per output: another model's, or the logarithm of an
    /// exposure. The constant is then 0, and what the model predicts is to be added to them.
    pub offset: Option<&'a [Vec<f64>]>,
    /// The same for the validation rows.
    pub valid_offset: Option<&'a [Vec<f64>]>,
}

impl InitModel<'_> {
    /// Checks that a fit of `loss` with these settings can start from here.
    pub(super) fn check(
        &self,
        spec: &Spec,
        loss: &dyn Loss,
        train: &Dataset,
        valid: Option<&Dataset>,
    ) -> Result<()> {
        // That a model is of another target comes before how many rounds there are to be.
        if let Some(model) = self.model {
            check_model(model, loss, train)?;
        }
        if spec.rounds == 0 && (self.model.is_some() || self.offset.is_some()) {
            return Err(Error::data(
                "`rounds` cannot be 0: how many rounds are enough is not searched on top of a model or of given scores",
                "say how many there are to be, those of the model included: `--set rounds=N`",
            ));
        }
        let there = self.model.map_or(0, |model| model.ensemble.rounds());
        if there > spec.rounds {
            let reason = format!("the initial model has {there} already");
            return Err(Error::setting("rounds", spec.rounds, reason));
        }
        let rows = train.table.rows();
        check_scores(self.offset, loss.outputs(), rows)?;
        check_scores(
            self.valid_offset,
            loss.outputs(),
            valid.map_or(0, |v| v.table.rows()),
        )?;
        if self.offset.is_some() && valid.is_some() && self.valid_offset.is_none() {
            let what = "the training rows have initial scores, the validation rows have none";
            return Err(Error::data(what, "give scores for both"));
        }
        Ok(())
    }

    /// The columns that the fit reads: the model's, if there is one.
    pub(super) fn schema(&self, train: &Dataset) -> Result<Schema> {
        let mut schema = match self.model {
            Some(model) => model.ensemble.schema.clone(),
            None => Schema::of(train.table)?,
        };
        schema.classes = train.classes.to_vec();
        Ok(schema)
    }

    /// The score of a row before any tree that the model will state.
    pub(super) fn start(&self, loss: &dyn Loss, train: &Dataset, weight: Option<&[f64]>) -> Vec<f64> {
        match (self.model, self.offset) {
            (Some(model), _) => model.ensemble.start.clone(),
            (None, Some(_)) => vec![0.0; loss.outputs()],
            (None, None) => loss.start(train.target, weight),
        }
    }

    /// The state before the first round.
    pub(super) fn state(
        &self,
        start: &[f64],
        train: &Table,
        valid: Option<&Table>,
        threads: usize,
    ) -> Result<Checkpoint> {
        let ensemble = self.model.map(|model| &model.ensemble);
        let scores =
            |offset: Option<&[Vec<f64>]>, table: &Table| scores_of(ensemble, start, offset, table, threads);
        let valid_scores = valid.map(|valid| scores(self.valid_offset, valid)).transpose()?;
        Ok(Checkpoint {
            trees: ensemble
                .map(|ensemble| ensemble.trees.clone())
                .unwrap_or_default(),
            scores: scores(self.offset, train)?,
            valid_scores: valid_scores.unwrap_or_default(),
            ..Checkpoint::default()
        })
    }
}

fn scores_of(
    ensemble: Option<&Ensemble>,
    start: &[f64],
    offset: Option<&[Vec<f64>]>,
    table: &Table,
    threads: usize,
) -> Result<Vec<Vec<f64>>> {
    let constant = |&start: &f64| vec![start; table.rows()];
    let mut scores = offset.map_or_else(|| start.iter().map(constant).collect(), <[Vec<f64>]>::to_vec);
    if let Some(ensemble) = ensemble {
        ensemble.add_in_order(table, threads, &mut scores)?;
    }
    Ok(scores)
}

fn check_scores(scores: Option<&[Vec<f64>]>, outputs: usize, rows: usize) -> Result<()> {
    let Some(scores) = scores else { return Ok(()) };
    let usable = |own: &Vec<f64>| own.len() == rows && own.iter().all(|s| s.is_finite());
    if scores.len() == outputs && scores.iter().all(usable) {
        return Ok(());
    }
    Err(Error::data(
        format!("the initial scores are not {outputs} finite values for each of {rows} rows"),
        "give one score per row and output, on the scale before the link",
    ))
}

/// The initial model must have the same loss, classes and columns.
fn check_model(model: &Model, loss: &dyn Loss, train: &Dataset) -> Result<()> {
    let ensemble = &model.ensemble;
    let fault = |what: String| {
        Err(Error::data(
            what,
            "start from a model of the same target and objective",
        ))
    };
    if model.objective != loss.name() || ensemble.outputs() != loss.outputs() || ensemble.average {
        let (theirs, ours) = (&model.objective, loss.name());
        return fault(format!(
            "the initial model has the objective `{theirs}`, the settings say `{ours}`"
        ));
    }
    if ensemble.schema.classes != train.classes {
        let (theirs, ours) = (ensemble.schema.classes.join(", "), train.classes.join(", "));
        return fault(format!(
            "the initial model has the classes {theirs}, the target {ours}"
        ));
    }
    Ok(())
}
