//! Searching settings: random search with successive halving.
//!
//! Settings are drawn at random from the ranges of the model's row (Bergstra & Bengio 2012). Many are tried on few rows,
//! the better third of them on three times as many, and so on (successive halving, Jamieson & Talwalkar 2016): most of
//! the time goes to settings that deserve it. Every set is judged on the same folds by the metric that
//! [`compare`](crate::compare) ranks by, and the defaults are the first candidate.

use std::time::Instant;

use induce_core::metrics::Task;
use induce_core::model::{Data, Rows, Settings, Space};
use induce_core::random::Stream;
use induce_core::resample::Split;
use induce_core::words::counted;
use induce_core::{Error, Outcome, Result, Run};

use crate::compare::{is_loss, metric_of, task_of, value_of};
use crate::validate;

/// One set of settings, evaluated.
#[derive(Clone)]
pub struct Trial {
    /// The settings.
    pub settings: Settings,
    /// What was drawn, as `key=value`; empty for the defaults.
    pub drawn: Vec<String>,
    /// The fraction of the rows it was evaluated with.
    pub fraction: f64,
    /// The mean of the deciding metric over the folds.
    pub value: f64,
    /// Seconds it took.
    pub seconds: f64,
}

/// What a search came to.
pub struct Tuned {
    /// The best trial on all rows.
    pub best: Trial,
    /// The defaults on all rows, if time allowed.
    pub default: Option<Trial>,
    /// Every trial in its order.
    pub trials: Vec<Trial>,
    /// Why the search ended.
    pub reason: String,
}

/// Folds that judge a trial.
const FOLDS: usize = 3;
/// Of so many candidates, one goes on to the next rung.
const KEEP_ONE_OF: usize = 3;
/// Fewest rows worth judging with.
const FEWEST: usize = 500;
/// Rungs below all rows, at most.
const RUNGS: usize = 2;

/// Whether a setting has an effect with the others as they are.
fn has_effect(settings: &Settings, name: &str) -> bool {
    let own = settings
        .entry
        .settings
        .iter()
        .find(|setting| setting.name == name);
    own.is_none_or(|setting| setting.has_effect(&settings.values))
}

/// Search the settings of `base` until `most` candidates were drawn, or `run` says stop. What was set by hand stays.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// let tuned = induce::tune::tune(&induce::settings("ridge")?, &rows, 4, &mut Run::new(0))?;
/// assert_eq!(tuned.reason, "4 candidates are judged");
/// assert!(tuned.default.is_some_and(|default| tuned.best.value <= default.value));
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If no setting is left to search, no candidate was judged before `run` said stop, and as the fits.
pub fn tune(base: &Settings, rows: &Rows, most: usize, run: &mut Run) -> Result<Tuned> {
    let mut space = base.entry.search();
    space.retain(|(name, _)| !base.set.iter().any(|set| set == name) && has_effect(base, name));
    if most == 0 {
        return Err(Error::data(
            "with 0 candidates there is nothing to choose from",
            "allow some: `--trials 50`, or leave it out and say how long to search with `--time`",
        ));
    }
    if space.is_empty() {
        let what = format!(
            "the model `{}` has no setting left to search",
            base.entry.info.name
        );
        return Err(Error::data(what, "leave out a `--set`, or use `induce train`"));
    }
    let (stream, task) = (run.stream("tune/draws"), task_of(rows));
    let rungs = rungs(rows.rows());
    let mut search = Search {
        rows,
        splits: rows.folds(FOLDS, run)?,
        sign: if is_loss(task) { 1.0 } else { -1.0 },
        trials: Vec::new(),
    };
    let (mut drawn, mut finals, mut reason) = (0, Vec::new(), None);
    run.monitor().begin("candidates", most as u64);
    while drawn < most && reason.is_none() {
        let width = KEEP_ONE_OF.pow(rungs.len() as u32 - 1).min(most - drawn);
        let mut candidates = (drawn..drawn + width)
            .map(|i| candidate(base, &space, i, stream))
            .collect::<Result<Vec<_>>>()?;
        drawn += width;
        for (r, &fraction) in rungs.iter().enumerate() {
            reason = search.evaluate(&mut candidates, fraction, run)?;
            if reason.is_some() {
                break;
            }
            if r + 1 < rungs.len() {
                let keep = candidates.len().div_ceil(KEEP_ONE_OF);
                // The defaults are always judged on all rows: there is something to compare with.
                let defaults = candidates
                    .iter()
                    .position(|c| c.drawn.is_empty())
                    .filter(|&at| at >= keep);
                let defaults = defaults.map(|at| candidates[at].clone());
                candidates.truncate(keep);
                candidates.extend(defaults);
            }
        }
        if reason.is_none() {
            finals.append(&mut candidates);
        }
        let best = search
            .best(&finals)
            .map(|t| (metric_of(rows).to_string(), t.value));
        run.monitor()
            .step(drawn as u64, &best.into_iter().collect::<Vec<_>>());
    }
    run.monitor().end();
    // Cut short within the first bracket, the best on the most rows has to do.
    let best = search.best(&finals).or_else(|| search.best_on_most()).cloned();
    if best.as_ref().is_some_and(|best| best.value == f64::NEG_INFINITY) {
        return Err(Error::data(
            format!(
                "every candidate puts all rows of a fold into one cluster, which has no {}",
                metric_of(rows)
            ),
            "allow more `--trials`, or `--set` the number of clusters",
        ));
    }
    Ok(Tuned {
        best: best.ok_or_else(|| match run.interrupted() {
            true => Error::Interrupted,
            false => Error::data("no candidate could be judged in time", "allow more `--time`"),
        })?,
        default: finals.iter().find(|t| t.drawn.is_empty()).cloned(),
        trials: search.trials,
        reason: reason.unwrap_or_else(|| match drawn {
            1 => "1 candidate is judged".into(),
            _ => format!("{} are judged", counted(drawn, "candidate")),
        }),
    })
}

/// Fractions of the rows, ascending to 1.
fn rungs(rows: usize) -> Vec<f64> {
    let factor = KEEP_ONE_OF as f64;
    let below = (1..=RUNGS).take_while(|&r| rows as f64 / factor.powi(r as i32) >= FEWEST as f64);
    let mut fractions: Vec<f64> = below.map(|r| factor.powi(-(r as i32))).collect();
    fractions.reverse();
    fractions.push(1.0);
    fractions
}

/// Candidate 0 is the defaults, every other is drawn.
fn candidate(base: &Settings, space: &[(&str, Space)], number: usize, stream: Stream) -> Result<Trial> {
    let mut trial = Trial {
        settings: base.clone(),
        drawn: Vec::new(),
        fraction: 0.0,
        value: f64::NAN,
        seconds: 0.0,
    };
    if number == 0 {
        return Ok(trial);
    }
    let own = stream.child(number as u64);
    for (i, (name, space)) in space.iter().enumerate() {
        let assignment = format!("{name}={}", space.at(own.uniform(i as u64)));
        trial.settings = trial.settings.with(&assignment)?;
        trial.drawn.push(assignment);
    }
    Ok(trial)
}

struct Search<'a> {
    rows: &'a Rows,
    splits: Vec<Split>,
    sign: f64,
    trials: Vec<Trial>,
}

impl Search<'_> {
    /// Judge candidates on a share of the rows and sort them, best first; a reason if there is no more time.
    fn evaluate(&mut self, candidates: &mut [Trial], fraction: f64, run: &Run) -> Result<Option<String>> {
        for trial in &mut *candidates {
            if let Some(reason) = run.stop_reason() {
                return Ok(Some(reason));
            }
            let clock = Instant::now();
            let Some(value) = self.value(&trial.settings, fraction, run)? else {
                return Ok(run.stop_reason().or(Some("time is over".into())));
            };
            (trial.fraction, trial.value, trial.seconds) = (fraction, value, clock.elapsed().as_secs_f64());
            self.trials.push(trial.clone());
        }
        candidates.sort_by(|a, b| (self.sign * a.value).total_cmp(&(self.sign * b.value)));
        Ok(None)
    }

    /// The mean over the folds; `None` if a fit was cut short, as that says nothing of the settings.
    fn value(&self, settings: &Settings, fraction: f64, run: &Run) -> Result<Option<f64>> {
        let mut sum = 0.0;
        for (f, split) in self.splits.iter().enumerate() {
            let order = run
                .stream("tune/rows")
                .child(f as u64)
                .permutation(split.train.len());
            let wanted = ((fraction * order.len() as f64) as usize).max(1);
            let mut rows: Vec<usize> = order[..wanted].iter().map(|&i| split.train[i]).collect();
            rows.sort_unstable();
            let mut own = run.part();
            let fitted = match settings.fit(&Data::Rows(self.rows.take(&rows)), &mut own) {
                // Cut short before there was a model.
                Err(_) if run.stop().is_due() => return Ok(None),
                fitted => fitted?,
            };
            if matches!(fitted.outcome, Outcome::Stopped { .. }) {
                return Ok(None);
            }
            let test = self.rows.take(&split.test);
            let (scores, _) = validate::evaluate(fitted.model.as_ref(), &test, run.threads())?;
            let task = task_of(self.rows);
            sum += match value_of(&scores, task, metric_of(self.rows)) {
                // One cluster has no silhouette, and nothing is worse at telling rows apart.
                Err(_) if task == Task::Clustering => f64::NEG_INFINITY,
                value => value?,
            };
        }
        Ok(Some(sum / self.splits.len() as f64))
    }

    fn best<'t>(&self, trials: &'t [Trial]) -> Option<&'t Trial> {
        trials
            .iter()
            .min_by(|a, b| (self.sign * a.value).total_cmp(&(self.sign * b.value)))
    }

    fn best_on_most(&self) -> Option<&Trial> {
        let most = self.trials.iter().map(|t| t.fraction).fold(0.0, f64::max);
        let on_most = self.trials.iter().filter(|t| t.fraction == most);
        on_most.min_by(|a, b| (self.sign * a.value).total_cmp(&(self.sign * b.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use induce_core::model::RowsOptions;
    use induce_core::{Column, Table};

    fn data(rows: usize) -> Rows {
        let stream = Stream::new(2, "tune");
        let x: Vec<f64> = (0..rows).map(|i| stream.uniform(i as u64)).collect();
        let noise = |i: usize| stream.child(1).uniform(i as u64) - 0.5;
        let y = x
            .iter()
            .enumerate()
            .map(|(i, x)| (9.0 * x).sin() + 2.0 * noise(i))
            .collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        Rows::new(&table, &RowsOptions::default()).unwrap()
    }

    /// A full tree remembers the noise; any search finds a smaller one.
    #[test]
    fn a_search_beats_bad_defaults() {
        let base = settings("tree").unwrap();
        let tuned = tune(&base, &data(2_000), 9, &mut Run::new(1).with_threads(2)).unwrap();
        let default = tuned.default.unwrap();
        assert!(
            tuned.best.value < 0.96 * default.value,
            "{} {}",
            tuned.best.value,
            default.value
        );
        assert_eq!(tuned.best.fraction, 1.0);
        assert!(tuned.trials.iter().any(|t| t.fraction < 1.0));
        let again = tune(&base, &data(2_000), 9, &mut Run::new(1).with_threads(1)).unwrap();
        assert_eq!(tuned.best.drawn, again.best.drawn);
    }

    #[test]
    fn what_is_set_by_hand_stays() {
        let base = settings("tree").unwrap().with("max_depth=2").unwrap();
        let tuned = tune(&base, &data(300), 3, &mut Run::new(1)).unwrap();
        assert!(tuned.trials.iter().all(|t| t.settings.values["max_depth"] == 2));
    }

    #[test]
    fn without_time_there_is_an_error_with_a_hint() {
        let base = settings("tree").unwrap();
        let mut run = Run::new(1).with_time(std::time::Duration::ZERO);
        assert!(
            tune(&base, &data(300), 3, &mut run)
                .err()
                .unwrap()
                .hint()
                .is_some()
        );
    }
}
