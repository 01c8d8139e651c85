//! A network learnt from ratings.

use induce_core::linalg::Csr;
use induce_core::model::ratings::{Learnt, Ratings};
use induce_core::model::{Rows, read_spec};
use induce_core::resample;
use induce_core::words::counted;
use induce_core::{Checkpoints, Error, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::{Value, json};

use super::file::{Header, KIND, MOST_LEVELS};
use super::graph::Graph;
use super::model::Trained;
use super::network::Network;
use super::nodes::Known;
use super::objective::{Examples, OfRatings, Rating};
use super::spec::Spec;
use crate::train::{check_memory, kept_apart, train};

/// Learn from rows with a user, an item and a rating; `json` are the settings as they are kept in the file.
///
/// # Errors
/// If a setting is out of range, columns of users, items or ratings cannot be found, ratings have too many different values, the network
/// needs more memory than there is, or as [`train`].
pub fn fit(json: &Value, rows: &Rows, plan: Option<&Checkpoints>, run: &mut Run) -> Result<Fitted<Trained>> {
    let spec: Spec = read_spec(KIND, json)?;
    spec.check()?;
    let Learnt {
        ratings,
        sides,
        mut notes,
    } = Ratings::learn(rows, &spec.user, &spec.item)?;
    let levels = levels(&ratings)?;
    notes.insert(
        0,
        format!("{}, {}", ratings.said(), counted(levels.len(), "level")),
    );
    let known = match spec.features {
        true => {
            let (known, remarks) = Known::learn(&sides, run)?;
            notes.extend(remarks);
            known
        }
        false => Known::default(),
    };
    let header = Header {
        settings: json.clone(),
        seed: run.seed(),
        ratings,
        levels,
    };
    let (learnt, examples) = examples(&spec, &header, run)?;
    let header = Header {
        ratings: learnt,
        ..header
    };
    let shape = header.shape(&spec, &known);
    let training = spec.training(examples.train.len());
    let pairs = training.batch.min(examples.train.len());
    check_memory(
        training.bytes(shape.size(), shape.activations(pairs)),
        run,
        "a smaller batch, or hidden, embedding (--set); --memory sets the limit",
    )?;
    let mut parameters = Parameters::default();
    let network = Network::new(&spec, &shape, &mut parameters, Some(run.seed()));
    let about = (training.batch, spec.dropout);
    let mut objective = OfRatings::new(&network, (&header, &known), &examples, about)?;
    let mut fitted = train(&mut objective, parameters, &training, plan, run)?;
    fitted.report.facts = vec![
        ("parameters".into(), fitted.model.count().into()),
        ("steps".into(), fitted.report.steps.into()),
        ("users".into(), header.ratings.users().len().into()),
        ("items".into(), header.ratings.items().len().into()),
        ("ratings".into(), header.ratings.len().into()),
        ("levels".into(), json!(header.levels)),
    ];
    Ok(Fitted {
        outcome: fitted.outcome,
        report: fitted.report,
        model: Trained::new(header, spec, known, network, fitted.model, notes, run.threads())?,
    })
}

/// The levels of ratings.
fn levels(ratings: &Ratings) -> Result<Vec<f64>> {
    ratings.levels(MOST_LEVELS).ok_or_else(|| {
        let target = ratings.schema.target.as_deref().unwrap_or("the target");
        Error::data(
            format!("`gcmc` gives every rating a level, and `{target}` has more than {MOST_LEVELS} different values"),
            "`-m mf` learns from any numbers; or round the ratings, to halves of a star for instance",
        )
    })
}

/// The ratings of the graph, which are those to learn from; and as examples, with those that are kept apart.
fn examples(spec: &Spec, header: &Header, run: &Run) -> Result<(Ratings, Examples)> {
    let (by_user, codes) = (&header.ratings.by_user, header.codes());
    let all: Vec<Rating> = (0..by_user.rows())
        .flat_map(|user| (by_user.starts()[user]..by_user.starts()[user + 1]).map(move |k| (user, k)))
        .map(|(user, k)| (user as u32, by_user.index()[k], codes[k]))
        .collect();
    let split = match kept_apart(spec.validation_fraction, all.len()) {
        Some(fraction) => Some(resample::holdout(all.len(), Some(&codes), fraction, run)?),
        None => None,
    };
    let pick = |places: &[usize]| {
        let mut own: Vec<Rating> = places.iter().map(|&k| all[k]).collect();
        own.sort_unstable();
        own
    };
    let (train, valid) = match split {
        None => (all, Vec::new()),
        Some(split) => (pick(&split.train), pick(&split.test)),
    };
    let entries = train
        .iter()
        .map(|own| (own.0, own.1, header.levels[own.2 as usize]));
    let by_user = Csr::from_entries(by_user.rows(), by_user.columns(), entries.collect())?;
    let codes: Vec<u32> = train.iter().map(|own| own.2).collect();
    let how = (spec.accumulation, spec.normalization);
    let graph = Graph::new(&by_user, &codes, header.levels.len(), how);
    let learnt = Ratings {
        by_item: by_user.transposed(),
        by_user,
        schema: header.ratings.schema.clone(),
    };
    Ok((learnt, Examples { graph, train, valid }))
}
