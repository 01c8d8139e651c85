//! How good clusters are on rows: compactness, and agreement with classes that are known.

use super::{Cluster, Evaluation, Rows};
use crate::metrics::{Points, Predictions, Task, scores};
use crate::{Result, Run};

/// Rows whose pairs are looked at for silhouettes: more cost more than they tell.
const PAIRED: usize = 4_000;

/// The metrics of a model of clusters on rows: what `Model::evaluate` gives unless a model says otherwise.
///
/// # Errors
/// As the model's predictions.
pub fn evaluate(model: &dyn Cluster, rows: &Rows, run: &mut Run) -> Result<Evaluation> {
    let threads = run.threads();
    let prediction = model.predict((&rows.features).into(), threads)?;
    let points = model.points((&rows.features).into(), threads)?;
    let own = model.own_scores(rows, threads)?;
    let sample = sample(rows.rows(), run);
    let truth = rows.target.as_ref().map(|target| &target.values[..]);
    let judged = Predictions {
        points: Some(Points {
            values: &points.values,
            width: points.names.len(),
            sample: sample.as_deref(),
        }),
        own: &own,
        ..Predictions::clustering(truth.unwrap_or_default(), &prediction.values)
    };
    let judged = judged.with_weights(rows.weight.as_deref());
    let mut facts = vec![("rows", rows.rows().into())];
    facts.extend(
        sample
            .as_ref()
            .map(|own| ("rows_of_silhouette", own.len().into())),
    );
    Ok(Evaluation {
        scores: scores(Task::Clustering, &judged)?,
        prediction: Some(prediction),
        facts,
    })
}

/// Rows that stand for all where pairs are looked at; `None` if they are few enough.
fn sample(rows: usize, run: &Run) -> Option<Vec<usize>> {
    (rows > PAIRED).then(|| {
        let mut all = run.stream("evaluate/silhouette").permutation(rows);
        all.truncate(PAIRED);
        all.sort_unstable();
        all
    })
}
