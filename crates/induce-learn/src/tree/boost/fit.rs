//! From a table to a boosted model.

use std::sync::Arc;

use induce_core::{Error, Fitted, Outcome, Result, Run};
use induce_prob::loss::{Loss, LossParameters};

use super::super::bins::Binner;
use super::super::directions::directions;
use super::super::ensemble::Ensemble;
use super::Spec;
use super::auto::Choice;
use super::bin::bin;
use super::booster::Booster;
use super::checkpoint::Checkpoint;
use super::drive::{Finished, check_checkpoint, drive};
use super::init_model::InitModel;
use super::model::{Model, auto_objective};
use super::plan::{Plan, Training, ValidationRows};
use induce_core::model::Schema;
use induce_core::model::{Dataset, weights};
use induce_core::words::counted;
use induce_prob::Objective;

/// Derivatives are kept in single precision, and so are sums of their squares.
const LARGEST_TARGET: f64 = 1e15;

/// Checks that no target is beyond [`LARGEST_TARGET`].
fn check_targets(data: &Dataset) -> Result<()> {
    data.check()?;
    if let Some(row) = data.target.iter().position(|y| y.abs() > LARGEST_TARGET) {
        let what = format!(
            "the target of row {} is {:e}, too large for its derivatives",
            row + 1,
            data.target[row]
        );
        return Err(Error::data(
            what,
            "divide the target by a constant, or take its logarithm",
        ));
    }
    Ok(())
}

/// Fit a boosted model; `valid` rows are evaluated after every round.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::boost::{Spec, fit};
///
/// let x: Vec<f64> = (0..200).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| if *x < 120.0 { 1.0 } else { 3.0 }).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let spec = Spec { rounds: 50, learning_rate: 0.3, ..Spec::default() };
/// let fitted = fit(&spec, &Dataset::new(&table, &y), None, &mut Run::new(0))?;
/// let predicted = fitted.model.predict(&table, 1)?;
/// assert!((predicted[0] - 1.0).abs() < 0.05 && (predicted[199] - 3.0).abs() < 0.05);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of its range, the rows cannot be used, the objective does not suit the target, or the run may not
/// have the memory.
pub fn fit(spec: &Spec, train: &Dataset, valid: Option<&Dataset>, run: &mut Run) -> Result<Fitted<Model>> {
    resume(spec, train, valid, None, run, &mut |_| Ok(()))
}

/// As [`fit`], with a custom loss: its name is stored in the model, predictions go through its link.
///
/// # Errors
/// As [`fit`].
pub fn fit_with(
    loss: Arc<dyn Loss>,
    spec: &Spec,
    train: &Dataset,
    valid: Option<&Dataset>,
    run: &mut Run,
) -> Result<Fitted<Model>> {
    spec.check()?;
    check_targets(train)?;
    let valid_loss = loss.clone();
    Fit {
        spec: spec.clone(),
        loss,
        valid_loss,
        init: InitModel::default(),
    }
    .run(train, valid, None, run, &mut |_| Ok(()))
}

/// As [`fit`], resuming from a checkpoint; `after` is called at the end of every round.
///
/// # Errors
/// As [`fit`], if the checkpoint is of other data, or `after` fails.
pub fn resume(
    spec: &Spec,
    train: &Dataset,
    valid: Option<&Dataset>,
    from: Option<Checkpoint>,
    run: &mut Run,
    after: &mut dyn FnMut(&Booster) -> Result<()>,
) -> Result<Fitted<Model>> {
    fit_from(&InitModel::default(), spec, train, valid, from, run, after)
}

/// As [`resume`], starting from a model or from given scores.
///
/// # Errors
/// If the model is of another objective, other classes or more rounds, or the scores are not one per row and output.
///
/// ```
/// use induce_core::{Column, Run, Table};
/// use induce_core::model::Dataset;
/// use induce_learn::boost::{InitModel, Spec, fit, fit_from};
///
/// let x: Vec<f64> = (0..200).map(f64::from).collect();
/// let y: Vec<f64> = x.iter().map(|x| x.sqrt()).collect();
/// let table = Table::new(vec![Column::from_f64("x", x)])?;
/// let (data, few, all) = (
///     Dataset::new(&table, &y),
///     Spec { rounds: 20, ..Spec::default() },
///     Spec { rounds: 50, ..Spec::default() },
/// );
/// let first = fit(&few, &data, None, &mut Run::new(0))?.model;
/// let init = InitModel { model: Some(&first), ..InitModel::default() };
/// let more = fit_from(&init, &all, &data, None, None, &mut Run::new(0), &mut |_| Ok(()))?.model;
/// assert_eq!(more.ensemble, fit(&all, &data, None, &mut Run::new(0))?.model.ensemble);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn fit_from(
    init: &InitModel,
    spec: &Spec,
    train: &Dataset,
    valid: Option<&Dataset>,
    from: Option<Checkpoint>,
    run: &mut Run,
    after: &mut dyn FnMut(&Booster) -> Result<()>,
) -> Result<Fitted<Model>> {
    spec.check()?;
    check_targets(train)?;
    if let Some(valid) = valid {
        check_targets(valid)?;
    }
    let mut spec = spec.clone();
    spec.objective = auto_objective(spec.objective, train.classes, train.groups.is_some());
    check_classes(spec.objective, train.classes)?;
    let loss = loss_of(&spec, train)?;
    let valid_loss = valid.map_or_else(|| Ok(loss.clone()), |v| loss_of(&spec, v))?;
    init.check(&spec, loss.as_ref(), train, valid)?;
    Fit {
        spec,
        loss,
        valid_loss,
        init: *init,
    }
    .run(train, valid, from, run, after)
}

/// Checks that the objective suits the number of classes.
fn check_classes(objective: Objective, classes: &[String]) -> Result<()> {
    let wants = matches!(
        objective,
        Objective::Logistic | Objective::Exponential | Objective::Softmax
    );
    if !wants && !classes.is_empty() {
        let what =
            format!("the objective `{objective:?}` is for quantities, the target has classes").to_lowercase();
        return Err(Error::data(
            what,
            "use `--task regression`, or an objective for classes",
        ));
    }
    if matches!(objective, Objective::Logistic | Objective::Exponential) && classes.len() > 2 {
        let name = format!("{objective:?}").to_lowercase();
        let what = format!(
            "the objective `{name}` is for two classes, the target has {}",
            classes.len()
        );
        return Err(Error::data(what, "use `--set objective=softmax`"));
    }
    Ok(())
}

fn loss_of(spec: &Spec, data: &Dataset) -> Result<Arc<dyn Loss>> {
    spec.objective.loss(&LossParameters {
        classes: data.classes.len(),
        softmax_curvature: spec.softmax_curvature,
        huber_delta: spec.huber_delta,
        huber_quantile: spec.huber_quantile,
        quantile: spec.quantile,
        tweedie_power: spec.tweedie_power,
        groups: data.groups.map(<[usize]>::to_vec),
        rank_depth: spec.rank_depth,
    })
}

/// A fit before its rows.
pub(super) struct Fit<'b> {
    pub spec: Spec,
    pub loss: Arc<dyn Loss>,
    valid_loss: Arc<dyn Loss>,
    pub init: InitModel<'b>,
}

impl Fit<'_> {
    fn run(
        &self,
        train: &Dataset,
        valid: Option<&Dataset>,
        from: Option<Checkpoint>,
        run: &mut Run,
        after: &mut dyn FnMut(&Booster) -> Result<()>,
    ) -> Result<Fitted<Model>> {
        self.loss.check(train.target)?;
        let schema = self.init.schema(train)?;
        directions(&self.spec.monotone, &schema, self.loss.outputs() > 1)?;
        check_memory(&self.spec, train, self.loss.outputs(), run)?;
        let names = schema.names();
        let mut spec = self.spec.clone();
        if let Some(trial) = self.trial_on_a_part(train, from.as_ref(), run)? {
            spec = spec.grown(trial);
        }
        let (binners, data) = bin(&self.spec, &schema, train, run)?;
        let valid_rows = valid
            .map(|valid| self.validation_rows(&schema, &binners, valid))
            .transpose()?;
        let plan = Plan::new(&spec, &self.loss, &data, &binners, &names)?;
        let weight = weights(&self.spec.class_weight, train)?;
        let mut from = from;
        let chosen = match self.choose(&plan, train, weight.as_deref(), &mut from, run, after)? {
            Some(Choice::Stopped(fitted)) => return Ok(self.model(*fitted, schema)),
            Some(Choice::Rounds(chosen)) => Some(chosen),
            None => None,
        };
        let trial = chosen.map_or_else(|| spec.usual_trial(), |choice| choice.trial);
        let spec = Spec {
            rounds: chosen.map_or(spec.rounds, |choice| choice.rounds),
            ..spec.grown(trial)
        };
        let plan = plan.with_spec(&spec)?;
        let start = self.init.start(self.loss.as_ref(), train, weight.as_deref());
        let again = from.is_some();
        let mut state = match from {
            Some(state) => check_checkpoint(state, &start, data.codes.rows, valid_rows.as_ref())?,
            None => {
                let valid = valid.map(|valid| valid.table);
                self.init.state(&start, train.table, valid, run.threads())?
            }
        };
        state.chosen = chosen.map(|choice| choice.rounds);
        state.trial = Some(trial);
        let training = Training {
            target: train.target,
            weight,
            valid_rows,
            held: None,
            untrained: Some(self.untrained(schema.clone(), start.clone())),
            stream: run.stream("boost"),
            state,
        };
        let mut booster = Booster::new(&plan, training);
        let mut outcome = drive(&mut booster, again, run, after)?;
        if let (Some(choice), Outcome::Exhausted { .. }) = (chosen, &outcome) {
            outcome = Outcome::Converged {
                reason: self.told(choice),
            };
        }
        Ok(self.model(
            Finished {
                state: booster.into_state(),
                start,
                outcome,
            },
            schema,
        ))
    }

    fn validation_rows<'v>(
        &self,
        schema: &Schema,
        binners: &[Binner],
        valid: &Dataset<'v>,
    ) -> Result<ValidationRows<'v>> {
        let sources = schema.align(valid.table)?;
        let columns = binners
            .iter()
            .zip(&sources)
            .map(|(binner, source)| binner.apply(source))
            .collect();
        let codes = super::super::bins::Codes {
            columns,
            rows: valid.table.rows(),
        };
        Ok(ValidationRows {
            codes,
            target: valid.target,
            weight: valid.weight,
            loss: self.valid_loss.clone(),
        })
    }

    /// The model without its trees.
    fn untrained(&self, schema: Schema, start: Vec<f64>) -> Model {
        let ensemble = Ensemble {
            schema,
            start,
            trees: Vec::new(),
            link: self.loss.link(),
            single: self.init.model.is_some_and(|model| model.ensemble.single),
            average: false,
        };
        Model {
            ensemble,
            objective: self.loss.name().to_string(),
            spec: self.spec.clone(),
        }
    }

    fn model(&self, grown: Finished, schema: Schema) -> Fitted<Model> {
        let Finished {
            state,
            start,
            outcome,
        } = grown;
        let mut trees = state.trees;
        if let (true, Some((best, _))) = (self.spec.early_stopping > 0, state.best) {
            trees.truncate(best * start.len());
        }
        let mut model = self.untrained(schema, start);
        model.ensemble.trees = trees;
        Fitted {
            model,
            outcome,
            report: state.report,
        }
    }
}

/// Checks the memory limit before anything large is allocated.
fn check_memory(spec: &Spec, train: &Dataset, outputs: usize, run: &Run) -> Result<()> {
    let Some(limit) = run.memory() else { return Ok(()) };
    let (rows, features) = (train.table.rows() as u64, train.table.columns().len() as u64);
    let code = if spec.bins() > 255 { 2 } else { 1 };
    let leaves = if spec.max_leaves > 0 {
        spec.max_leaves
    } else {
        1 << spec.max_depth.min(16)
    } as u64;
    let histograms = leaves * features * 8 * spec.bins().min(rows as usize + 1) as u64;
    let needed = rows * features * 2 * code + rows * (16 * outputs as u64 + 8 + 8 + 16) + histograms;
    if needed > limit {
        let [rows, features] =
            [(rows, "row"), (features, "feature")].map(|(n, own)| counted(n as usize, own));
        let what = format!("boosting {rows} of {features}");
        return Err(Error::TooLarge { what, needed, limit });
    }
    Ok(())
}
