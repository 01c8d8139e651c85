//! The training loop.

use std::time::Instant;

use induce_core::parallel::Team;
use induce_core::words::{all_done, counted};
use induce_core::{Checkpoints, Error, Fitted, Outcome, Result, Run, checkpoint_fault};
use induce_tensor::{Gradients, Parameter, Parameters, Tape, Tensor, Workspace, clip};

use super::bayes::RandomWeights;
use super::objective::{HeldOutLoss, Objective, StepContext};
use super::optimizer::Optimizer;
use super::spec::Training;
use super::state::{History, State};

/// Train `parameters`, in checkpoints if there is a plan for them.
///
/// The model is the average of parameters if one is kept, and the best of those evaluated if there is held-out data. The
/// same seed gives the same bits on any number of threads, and whether or not it was interrupted and resumed.
///
/// # Errors
/// If a setting is out of range, a checkpoint cannot be written or is of another training, or a value is not finite:
/// then the error names step and tensor.
pub fn train(
    objective: &mut dyn Objective,
    mut parameters: Parameters,
    spec: &Training,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Parameters>> {
    spec.check()?;
    let spec = &spec.with_prior();
    let random = RandomWeights::of(&spec.bayes, objective, &mut parameters, run);
    let state = State {
        optimizer: Optimizer::new(spec),
        average: (spec.ema_decay > 0.0).then(|| parameters.all().to_vec()),
        best: None,
        history: History::default(),
        parameters,
    };
    let mut trainer = Trainer {
        gradients: Gradients::of(&state.parameters),
        workspace: Workspace::default(),
        objective,
        random,
        state,
        spec,
        plan,
        run,
        warned: false,
    };
    if let Some(plan) = plan.filter(|plan| plan.resume && plan.path.exists()) {
        trainer.state.load(trainer.objective, plan)?;
    }
    Team::with(trainer.run.threads(), |team| trainer.all(team))
}

/// The loss of `parameters` on all held-out data.
///
/// # Errors
/// If the objective has one.
pub fn held_out_loss(
    objective: &mut dyn Objective,
    parameters: &Parameters,
    run: &Run,
) -> Result<HeldOutLoss> {
    Team::with(run.threads(), |team| {
        evaluate_on(objective, parameters, &mut Workspace::default(), team, false)
    })
}

/// The loss on held-out data, or on a `quick` part of it.
fn evaluate_on(
    objective: &mut dyn Objective,
    parameters: &Parameters,
    workspace: &mut Workspace,
    team: &Team,
    quick: bool,
) -> Result<HeldOutLoss> {
    let mut losses = HeldOutLoss::default();
    for batch in 0..objective.held_out(quick) {
        let tape = Tape::new(workspace, parameters, team);
        objective.evaluate(&tape, batch, quick, &mut losses)?;
    }
    Ok(losses)
}

/// A training loop with all that it works on.
struct Trainer<'c> {
    objective: &'c mut dyn Objective,
    random: Option<RandomWeights>,
    state: State,
    gradients: Gradients,
    workspace: Workspace,
    spec: &'c Training,
    plan: Option<&'c Checkpoints>,
    run: &'c mut Run,
    /// Whether it was said that the last checkpoint could not be written.
    warned: bool,
}

impl Trainer<'_> {
    fn all(mut self, team: &Team) -> Result<Fitted<Parameters>> {
        self.run.monitor().begin("training", self.spec.steps);
        if self.state.history.step > 0 {
            self.run.monitor().resume(self.state.history.step);
        }
        let ended = self.steps(team);
        self.run.monitor().end();
        let outcome = ended?;
        if let (Some(plan), Outcome::Stopped { .. }) = (self.plan, &outcome) {
            self.save(plan);
        }
        let mut report = std::mem::take(&mut self.state.history.report);
        report.steps = self.state.history.step;
        Ok(Fitted {
            model: self.state.chosen(),
            outcome,
            report,
        })
    }

    fn steps(&mut self, team: &Team) -> Result<Outcome> {
        let (mut saved, mut pace) = (Instant::now(), Pace::new(self.objective.examples()));
        loop {
            if let Some(outcome) = self.over() {
                return Ok(outcome);
            }
            let Some(loss) = self.step(team)? else {
                continue;
            };
            self.state.history.step += 1;
            self.tell(loss, &mut pace);
            if self.is_time_to_evaluate() {
                self.evaluate(team)?;
                pace.begin_again();
            }
            if let Some(plan) = self.plan.filter(|plan| saved.elapsed() >= plan.every) {
                self.save(plan);
                saved = Instant::now();
            }
        }
    }

    /// Write a checkpoint. A full disk is said, once, and no reason to end: the training is worth more.
    fn save(&mut self, plan: &Checkpoints) {
        match self.state.save(self.objective, plan) {
            Err(error) if !self.warned => {
                self.warned = true;
                self.run.watched().note(&checkpoint_fault(&error));
            }
            Err(_) => {}
            Ok(()) => self.warned = false,
        }
    }

    /// The outcome, if the training ends now.
    fn over(&self) -> Option<Outcome> {
        let history = &self.state.history;
        if let Some((step, loss)) = history.best
            && self.spec.patience > 0
            && history.since >= self.spec.patience
        {
            let since = history.since;
            return Some(Outcome::Converged {
                reason: format!(
                    "no better held-out loss than {loss:.4} of step {step} in {}",
                    counted(since as usize, "evaluation")
                ),
            });
        }
        if history.step >= self.spec.steps {
            return Some(Outcome::Exhausted {
                reason: all_done(self.spec.steps as usize, "step", "taken"),
            });
        }
        let reason = self.run.stop_reason()?;
        Some(Outcome::Stopped { reason })
    }

    /// One step; its loss. Nothing if the run stops among its mini-batches: then it is as if it had not begun.
    fn step(&mut self, team: &Team) -> Result<Option<f64>> {
        let parts = self.spec.gradient_accumulation;
        let carried = (parts > 1).then(|| self.objective.carried());
        let mut loss = 0.0;
        for part in 0..parts {
            if let Some(carried) = carried.as_ref().filter(|_| part > 0 && self.run.stop().is_due()) {
                self.gradients = Gradients::of(&self.state.parameters);
                self.objective.carry(carried.clone())?;
                return Ok(None);
            }
            loss += self.backward(team, part)? / parts as f64;
        }
        let most = match self.spec.clip_norm {
            0.0 => f64::INFINITY,
            most => most,
        };
        let (scale, length) = clip(&self.state.parameters, &mut self.gradients, most, team);
        if !length.is_finite() {
            return Err(self.exploded());
        }
        let step = self.state.history.step;
        let rate = self.spec.rate(step);
        let (state, gradients) = (&mut self.state, &mut self.gradients);
        state
            .optimizer
            .step(&mut state.parameters, gradients, rate, scale, team);
        self.objective.update(&mut state.parameters, step);
        if let Some(average) = &mut state.average {
            let keep = self.spec.averaging(step) as f32;
            let new = state.parameters.all();
            average
                .iter_mut()
                .zip(new)
                .for_each(|(a, p)| *a = keep * *a + (1.0 - keep) * p);
        }
        Ok(Some(loss))
    }

    /// Add the gradients of a mini-batch; its loss.
    fn backward(&mut self, team: &Team, part: u64) -> Result<f64> {
        let at = self.context(part);
        let tape = Tape::new(&mut self.workspace, &self.state.parameters, team);
        let loss = loss(self.objective, &mut self.random, &tape, &at)?;
        let value = f64::from(loss.item()?);
        if !value.is_finite() {
            drop(tape);
            return Err(self.not_finite(team, &at));
        }
        let weight = 1.0 / self.spec.gradient_accumulation as f64;
        let loss = if weight == 1.0 {
            loss
        } else {
            loss.affine(weight, 0.0)
        };
        tape.backward(loss, &mut self.gradients)?;
        self.objective.advance();
        Ok(value)
    }

    fn context(&self, part: u64) -> StepContext {
        let step = self.state.history.step;
        let batch = step * self.spec.gradient_accumulation + part;
        let stream = |path: &str| self.run.stream(path).child(batch);
        StepContext {
            step,
            batch,
            choice: stream("train/batches"),
            noise: stream("train/noise"),
        }
    }

    /// Why the loss is not finite: the mini-batch once more, with every result checked.
    fn not_finite(&mut self, team: &Team, at: &StepContext) -> Error {
        let tape = Tape::new(&mut self.workspace, &self.state.parameters, team);
        tape.watch();
        let again = loss(self.objective, &mut self.random, &tape, at).and_then(Tensor::item);
        let (found, hint) = match again {
            Err(error) => (error.to_string(), error.hint()),
            Ok(loss) => (format!("the loss is {loss}"), None),
        };
        let step = at.step + 1;
        let parameter = first_not_finite(&self.state.parameters, |p| self.state.parameters.values(p).iter());
        let whose = parameter.map_or_else(String::new, |name| {
            format!("; the parameter `{name}` is not finite")
        });
        Error::data(
            format!("step {step} cannot be taken: {found}{whose}"),
            hint.unwrap_or_else(|| LARGE.into()),
        )
    }

    /// Which parameter's gradient is not finite.
    fn exploded(&mut self) -> Error {
        let step = self.state.history.step + 1;
        let (parameters, gradients) = (&self.state.parameters, &self.gradients);
        let of = |p| gradients.get(parameters, p).unwrap_or_default().iter();
        let name = first_not_finite(parameters, of);
        let name = name.unwrap_or_else(|| "all together".into());
        Error::data(
            format!("step {step} cannot be taken: the gradient of `{name}` is not finite"),
            LARGE,
        )
    }

    fn tell(&mut self, loss: f64, pace: &mut Pace) {
        let history = &mut self.state.history;
        history.losses.0 += loss;
        history.losses.1 += 1;
        let mut metrics = vec![("loss".to_owned(), loss)];
        let mut terms = self.objective.terms();
        terms.extend(self.random.iter().flat_map(RandomWeights::terms));
        history.terms.resize_with(terms.len(), Default::default);
        for ((name, sum), (term, value)) in history.terms.iter_mut().zip(&terms) {
            (*term).clone_into(name);
            *sum += value;
        }
        metrics.extend(terms.into_iter().map(|(name, value)| (name.to_owned(), value)));
        metrics.extend(history.best.map(|(_, best)| ("held-out".to_owned(), best)));
        metrics.push(pace.step(self.spec.gradient_accumulation));
        self.run.monitor().step(history.step, &metrics);
    }

    fn is_time_to_evaluate(&self) -> bool {
        let (step, every) = (self.state.history.step, self.spec.evaluate_every);
        step == self.spec.steps || (every > 0 && step.is_multiple_of(every))
    }

    /// Evaluate on held-out data: keep the best parameters.
    fn evaluate(&mut self, team: &Team) -> Result<()> {
        let history = &mut self.state.history;
        let (sum, count) = std::mem::take(&mut history.losses);
        history.trace("train", "loss", sum / count as f64);
        for (name, sum) in std::mem::take(&mut history.terms) {
            history.trace("train", &name, sum / count as f64);
        }
        if self.objective.held_out(true) == 0 {
            return Ok(());
        }
        let shown = self.state.shown();
        let losses = evaluate_on(self.objective, &shown, &mut self.workspace, team, true)?;
        let (loss, history) = (losses.mean(), &mut self.state.history);
        history.trace("holdout", "loss", loss);
        // A checkpoint has no words for NaN.
        let error = losses.error();
        if error.is_finite() {
            history.trace("holdout", STANDARD_ERROR, error);
        }
        history.since += 1;
        if history.best.is_none_or(|(_, best)| loss < best) {
            history.best = Some((history.step, loss));
            history.since = 0;
            self.state.best = Some(shown.all().to_vec());
        }
        Ok(())
    }
}

/// The loss of a mini-batch, by random weights if there are any.
fn loss<'t>(
    objective: &mut dyn Objective,
    random: &mut Option<RandomWeights>,
    tape: &'t Tape<'t>,
    at: &StepContext,
) -> Result<Tensor<'t>> {
    match random {
        Some(random) => random.loss(objective, tape, at),
        None => objective.loss(tape, at),
    }
}

/// The metric of the traces that have standard errors of losses.
pub const STANDARD_ERROR: &str = "standard_error";

/// What to do where values diverge.
const LARGE: &str = "a smaller learning_rate, a smaller clip_norm, or a longer warmup keeps values finite";

/// The name of the first parameter with a value that is not finite.
fn first_not_finite<'p>(
    parameters: &'p Parameters,
    values: impl Fn(Parameter) -> std::slice::Iter<'p, f32>,
) -> Option<String> {
    let wrong = |p| values(p).any(|x| !x.is_finite());
    parameters
        .iter()
        .find_map(|(p, name, _)| wrong(p).then(|| name.to_owned()))
}

/// How fast it goes, for who watches: evaluations do not count.
struct Pace {
    since: Instant,
    steps: u64,
    examples: (usize, &'static str),
}

impl Pace {
    fn new(examples: (usize, &'static str)) -> Self {
        Self {
            since: Instant::now(),
            steps: 0,
            examples,
        }
    }

    fn begin_again(&mut self) {
        *self = Self::new(self.examples);
    }

    fn step(&mut self, parts: u64) -> (String, f64) {
        self.steps += 1;
        let (count, what) = self.examples;
        let done = (self.steps * parts) as f64 * count as f64;
        (format!("{what}/s"), done / self.since.elapsed().as_secs_f64())
    }
}
