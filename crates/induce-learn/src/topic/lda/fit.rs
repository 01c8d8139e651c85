//! From counts to topics.

use induce_core::{Error, FitReport, Fitted, Result, Run, Trace};

use super::batch::batch;
use super::online::online;
use super::pass::{Ended, Weighted, total};
use super::{Bound, Counts, Local, Method, Model, Spec, Topics};

/// Fit topics to documents, which count as `weight` says, from nothing or going on from `before`.
///
/// ```
/// use induce_core::Run;
/// use induce_core::linalg::Csr;
/// use induce_learn::topic::lda::{Counts, Spec, fit};
///
/// let counts = Counts::of_sparse(&Csr::from_entries(2, 2, vec![(0, 0, 4.0), (1, 1, 4.0)])?)?;
/// let spec = Spec { n_components: 2, ..Spec::default() };
/// let proportions = fit(&spec, &counts, None, None, &mut Run::new(0))?.model.proportions(&counts.rows, 1);
/// assert!((proportions[0] + proportions[1] - 1.0).abs() < 1e-12);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there is no word in any document, a setting is out of its range, or `before` has other words or another number of topics.
pub fn fit(
    spec: &Spec,
    counts: &Counts,
    weight: Option<&[f64]>,
    before: Option<&Model>,
    run: &mut Run,
) -> Result<Fitted<Model>> {
    spec.check()?;
    let documents = counts.rows.rows();
    let weight = weight.map_or_else(|| vec![1.0; documents], <[f64]>::to_vec);
    let words = total(&counts.rows, &weight);
    if !(words > 0.0) {
        return Err(Error::data(
            "no document has a word",
            "check the file, the columns and the weights",
        ));
    }
    let start = match before {
        Some(model) => model.known(spec, counts)?,
        None => Topics::random(counts.rows.columns(), spec.n_components, run.stream("lda/start")),
    };
    let on = Weighted {
        rows: &counts.rows,
        weight: &weight,
        words,
    };
    run.monitor().begin("passes", spec.max_iter as u64);
    let ended = match spec.learning_method {
        Method::Batch => batch(spec, &on, start, before.is_some(), run),
        Method::Online => online(spec, &on, &start, before.map_or(0, |model| model.steps), run)?,
    };
    run.monitor().end();
    let report = report(spec, &ended, words);
    let empty = (0..documents).filter(|&d| counts.rows.starts()[d] == counts.rows.starts()[d + 1]);
    let mut notes = match empty.count() {
        0 => Vec::new(),
        n => vec![format!(
            "documents without words: {n}; their topics are those of the prior"
        )],
    };
    if spec.learning_method == Method::Online {
        notes.push("the ELBO is an estimate: every mini-batch is judged by the topics before it".into());
    }
    let model = Model {
        settings: serde_json::to_value(spec).unwrap_or_default(),
        schema: counts.schema.clone(),
        text: counts.text,
        topics: ended.topics,
        local: Local::of(spec),
        eta: spec.eta(),
        bound: ended.trace.last().copied().unwrap_or_default(),
        words,
        steps: ended.steps,
        notes,
    };
    Ok(Fitted {
        model,
        outcome: ended.outcome,
        report,
    })
}

/// The ELBO and its terms, per word, after every pass; `batch` has it at the start too.
fn report(spec: &Spec, ended: &Ended, words: f64) -> FitReport {
    let first = u64::from(spec.learning_method == Method::Online);
    let trace = |(i, name): (usize, &&str)| {
        let points = ended.trace.iter().enumerate();
        let points = points.map(|(t, own)| (first + t as u64, own.values(words)[i]));
        Trace::new("train", *name, points.collect())
    };
    FitReport::new(
        first + ended.trace.len() as u64 - 1,
        Bound::NAMES.iter().enumerate().map(trace).collect(),
    )
}
