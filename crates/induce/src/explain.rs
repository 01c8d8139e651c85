//! Why a model predicts what it predicts: importances, contributions.

use induce_core::metrics::{self, Task};
use induce_core::model::{Block, Explain, Importance, Model, Rows, Section, Shap};
use induce_core::{Error, Result, Run, Table};
use induce_learn::tree::trees_of;

use induce_prob::special::student_quantile;

/// Gain, cover and count of every feature's splits; all zero for a model without trees.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let importances = induce::explain::importances(fitted.model.as_ref());
/// assert_eq!(importances[0].feature, "x");
/// assert!(importances[0].gain > 0.0);
/// # Ok::<(), induce::Error>(())
/// ```
pub fn importances(model: &dyn Model) -> Vec<Importance> {
    let own = model.explainer().and_then(Explain::importances);
    own.unwrap_or_else(|| {
        let names = model.predictor().map_or_else(Vec::new, |p| p.schema().names());
        let named = |feature| Importance {
            feature,
            ..Importance::default()
        };
        names.into_iter().map(named).collect()
    })
}

/// Tree `t` of a model of trees, as a tree of questions.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let section = induce::explain::tree(fitted.model.as_ref(), 0)?;
/// assert_eq!(section.title, "Tree 0");
/// assert!(induce::explain::tree(fitted.model.as_ref(), 1).is_err());
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the model has no trees, or not so many.
pub fn tree(model: &dyn Model, t: usize) -> Result<Section> {
    let trees = trees_of(model).ok_or_else(|| {
        Error::data(
            format!("the model `{}` has no trees", model.name()),
            "leave out `--tree`; trees, forests and boosting have some",
        )
    })?;
    let count = trees.trees.len();
    let tree = trees.trees.get(t).ok_or_else(|| {
        Error::data(
            format!("there is no tree {t}"),
            format!("there are {count}, numbered from 0"),
        )
    })?;
    Ok(Section::new(
        format!("Tree {t}"),
        vec![Block::Tree(tree.questions(&trees.schema))],
    ))
}

/// The loss of a metric when a feature is shuffled: mean over repetitions with its 95 % interval.
#[derive(Debug, Clone, PartialEq)]
pub struct Permutation {
    /// The feature.
    pub feature: String,
    /// Mean loss of the metric.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Shuffles per feature.
const REPEATS: usize = 5;

/// The metric permutation importance is measured in.
///
/// ```
/// use induce::core::metrics::Task;
///
/// assert_eq!(induce::explain::permutation_metric(Task::Classification), "log_loss");
/// ```
pub fn permutation_metric(task: Task) -> &'static str {
    match task {
        Task::Regression => "rmse",
        Task::Classification => "log_loss",
        Task::Ranking => "ndcg",
        Task::Clustering => "adjusted_rand",
    }
}

/// How much worse the model gets when a feature is shuffled (Breiman 2001; Fisher, Rudin & Dominici 2019).
///
/// Positive means that the feature helps. Features come in the order of the model's schema; a run that is stopped has
/// fewer of them.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let losses = induce::explain::permutation(fitted.model.as_ref(), &rows, &Run::new(0))?;
/// assert_eq!(losses[0].feature, "x");
/// assert!(losses[0].low > 0.0, "without x nothing is known of y");
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// If the model predicts nothing, or the rows have no target or lack a column.
pub fn permutation(model: &dyn Model, rows: &Rows, run: &Run) -> Result<Vec<Permutation>> {
    let (predictor, table) = (model.predicting()?, rows.table()?);
    let metric = permutation_metric(rows.target()?.task);
    let loss = |table: &Table| -> Result<f64> {
        let prediction = predictor.predict(table.into(), run.threads())?;
        let value = metrics::score(metric, &rows.judge(&prediction)?)?.value;
        Ok(if metric == "ndcg" { -value } else { value })
    };
    let base = loss(table)?;
    let stream = run.stream("explain/permutation");
    let (mut all, names) = (Vec::new(), predictor.schema().names());
    run.watched().begin("features shuffled", names.len() as u64);
    for (f, feature) in names.into_iter().enumerate() {
        if run.stop().is_due() {
            break;
        }
        let column = table.column(&feature)?.clone();
        let mut losses = Vec::with_capacity(REPEATS);
        for repeat in 0..REPEATS {
            let order = stream
                .child((f * REPEATS + repeat) as u64)
                .permutation(rows.rows());
            let shuffled = table.without(&[&feature]).with(column.take(&order))?;
            losses.push(loss(&shuffled)? - base);
        }
        let mean = losses.iter().sum::<f64>() / REPEATS as f64;
        let variance = losses.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (REPEATS - 1) as f64;
        let half = student_quantile(0.05, (REPEATS - 1) as f64) * (variance / REPEATS as f64).sqrt();
        all.push(Permutation {
            feature,
            value: mean,
            low: mean - half,
            high: mean + half,
        });
        run.watched().step(all.len() as u64, &[]);
    }
    run.watched().end();
    Ok(all)
}

/// Fewest rows that importances are measured on, where there are more.
const FEWEST: usize = 2_000;

/// Trees that rows are sent through, at most, to see what shuffling does.
pub(crate) const WALKS: f64 = 1e7;

/// The rows that permutation importance is measured on in seconds: all, or a sample that [`Run`]'s seed draws. Queries of a
/// ranking are never cut.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let sample = induce::explain::sample(fitted.model.as_ref(), &rows, &Run::new(0));
/// assert_eq!(sample.rows(), rows.rows());
/// # Ok::<(), induce::Error>(())
/// ```
pub fn sample(model: &dyn Model, rows: &Rows, run: &Run) -> Rows {
    let features = model.predictor().map_or(1, |p| p.schema().features.len());
    let walks = (features * REPEATS) as f64 * trees_in(model);
    let most = ((WALKS / walks) as usize).max(FEWEST);
    if rows.rows() <= most || rows.groups.is_some() {
        return rows.clone();
    }
    let mut drawn = run.stream("report/sample").permutation(rows.rows());
    drawn.truncate(most);
    drawn.sort_unstable();
    rows.take(&drawn)
}

/// So many rows, evenly spread over all, for what an order of rows must not decide.
pub(crate) fn spread(rows: &Rows, most: usize) -> Rows {
    let n = rows.rows();
    if n <= most {
        return rows.clone();
    }
    rows.take(&(0..most).map(|i| i * n / most).collect::<Vec<_>>())
}

/// Rows that a thread explains between two steps of the bar.
const PART: usize = 64;

/// Shapley values of all rows, some after the other: deep forests take minutes for many, and a bar says how many are done.
///
/// ```
/// # use induce::prelude::*;
/// # let x: Vec<f64> = (0..60).map(f64::from).collect();
/// # let y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// # let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)])?;
/// # let rows = Rows::new(&table, &RowsOptions::default())?;
/// # let fitted = induce::settings("tree")?.fit(&Data::Rows(rows.clone()), &mut Run::new(0))?;
/// let explainer = fitted.model.explainer().expect("a tree explains itself");
/// let shap = induce::explain::shap(explainer, rows.table()?, &Run::new(0))?;
/// // A contribution of `x` and the mean score, for every row.
/// assert_eq!(shap.values.len(), 60 * 2);
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// As [`Explain::shap`], and [`Error::Interrupted`].
pub fn shap(explainer: &dyn Explain, table: &Table, run: &Run) -> Result<Shap> {
    let mut all: Option<Shap> = None;
    in_parts(table, run, |part| {
        let own = explainer.shap(part.into(), run.threads())?;
        match &mut all {
            Some(all) => all.values.extend(own.values),
            None => all = Some(own),
        }
        Ok(())
    })?;
    match all {
        Some(all) => Ok(all),
        None => explainer.shap(table.into(), run.threads()),
    }
}

/// Calls `each` for some rows after the other, with a bar.
///
/// ```
/// # use induce::prelude::*;
/// let table = Table::new(vec![Column::from_f64("x", vec![0.0; 1000])])?;
/// let mut seen = 0;
/// induce::explain::in_parts(&table, &Run::new(0), |part| {
///     seen += part.rows();
///     Ok(())
/// })?;
/// assert_eq!(seen, 1000);
/// # Ok::<(), induce::Error>(())
/// ```
///
/// # Errors
/// As `each`, and [`Error::Interrupted`].
pub fn in_parts(table: &Table, run: &Run, each: impl FnMut(&Table) -> Result<()>) -> Result<()> {
    run.watched().begin("rows explained", table.rows() as u64);
    let done = parts(table, run, each);
    run.watched().end();
    done
}

fn parts(table: &Table, run: &Run, mut each: impl FnMut(&Table) -> Result<()>) -> Result<()> {
    let rows: Vec<usize> = (0..table.rows()).collect();
    let mut done = 0;
    for part in rows.chunks(PART * run.threads()) {
        if run.interrupted() {
            return Err(Error::Interrupted);
        }
        each(&table.take(part))?;
        done += part.len() as u64;
        run.watched().step(done, &[]);
    }
    Ok(())
}

/// How many trees a row goes through, members of members included; any other model counts as one.
pub(crate) fn trees_in(model: &dyn Model) -> f64 {
    if let Some(trees) = trees_of(model) {
        return trees.trees.len().max(1) as f64;
    }
    let parts = model.parts();
    let all: f64 = parts.into_iter().map(trees_in).sum();
    all.max(1.0)
}

#[cfg(test)]
mod tests {
    use induce_core::Column;
    use induce_core::model::{Data, RowsOptions};

    use super::*;

    /// The report of a forest took a hundred times as long as its training, in silence.
    #[test]
    fn many_trees_are_explained_on_a_sample_and_a_stopped_run_ends() {
        let n = 9_000;
        let x: Vec<f64> = (0..n).map(f64::from).collect();
        let noise = Run::new(1).stream("explain");
        let y = (0..n as u64).map(|i| noise.uniform(i)).collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        let rows = Rows::new(&table, &RowsOptions::default()).unwrap();
        let fitted = |name: &str, set: &str| {
            let settings = crate::settings(name).unwrap().with(set).unwrap();
            settings
                .fit(&Data::Rows(rows.clone()), &mut Run::new(0))
                .unwrap()
                .model
        };
        let forest = fitted("forest", "trees=1500");
        let (tree, run) = (fitted("tree", "max_depth=2"), Run::new(0));
        let rows_of = |model: &dyn Model| sample(model, &rows, &run).rows();
        assert_eq!(rows_of(forest.as_ref()), FEWEST);
        assert_eq!(rows_of(tree.as_ref()), n as usize);
        let stopped = Run::new(0).with_time(std::time::Duration::ZERO);
        assert!(permutation(tree.as_ref(), &rows, &stopped).unwrap().is_empty());
    }
}
