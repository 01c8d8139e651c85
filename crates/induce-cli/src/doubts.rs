//! What a careful reader would ask of a model: does it know these values, these rows, does it beat doing nothing?

use anyhow::Result;
use induce::core::metrics::{self, Score, Task};
use induce::core::model::{
    Block, Data, FeatureType, Features, Grid, MISSING, Model, Prediction, Rows, Schema, Section,
};
use induce::core::read::{Format, Sniffed};
use induce::core::words::{counted, have, number};
use induce::core::{Column, ColumnType, FitReport, Table};
use serde_json::{Value, json};

use crate::session::Session;
use crate::sketch;

/// Say which categories training had not.
pub fn unseen(session: &Session, schema: &Schema, table: &Table) -> Result<()> {
    for own in schema.unseen(table)? {
        session.say(format!(
            "note: {} a value of `{}` that training had not, such as `{}`",
            match own.rows {
                1 => "1 row holds".to_owned(),
                n => format!("{} hold", counted(n, "row")),
            },
            own.column,
            own.example
        ));
    }
    Ok(())
}

/// Say that a category of the model is read as missing here: `NA`, Namibia in the file that it learnt from, may be one.
pub fn marked(session: &Session, schema: &Schema, table: &Table, sniffed: &Sniffed) {
    if !matches!(sniffed.format, Format::Csv) {
        return;
    }
    let marks = |name: &&String| !name.is_empty() && sniffed.missing.contains(name);
    for feature in &schema.features {
        let FeatureType::Category(names) = &feature.feature_type else {
            continue;
        };
        let missing = table.column(&feature.name).map_or(0, Column::missing);
        if let Some(name) = names.iter().find(marks).filter(|_| missing > 0) {
            session.say(format!(
                "note: `{name}` is a category of `{}` to the model, and means no value in this file (`--missing=` reads it as it is)",
                feature.name
            ));
        }
    }
}

/// Say that rows have no value in any column of the model, so that nothing says which cluster is theirs.
pub fn empty(session: &Session, schema: &Schema, table: &Table) -> Result<()> {
    let mut empty = vec![true; table.rows()];
    let (mut values, mut codes) = (vec![0.0; table.rows()], vec![0; table.rows()]);
    for (source, feature) in schema.align(table)?.iter().zip(&schema.features) {
        match feature.feature_type {
            FeatureType::Number => {
                source.read_f64(0, &mut values);
                empty
                    .iter_mut()
                    .zip(&values)
                    .for_each(|(own, x)| *own &= x.is_nan());
            }
            FeatureType::Category(_) => {
                source.read_codes(0, &mut codes);
                empty
                    .iter_mut()
                    .zip(&codes)
                    .for_each(|(own, code)| *own &= *code == MISSING);
            }
        }
    }
    let count = empty.iter().filter(|own| **own).count();
    if count > 0 {
        session.say(format!(
            "note: {} no value in any column of the model: nothing says which cluster is theirs",
            have(count, "row")
        ));
    }
    Ok(())
}

/// Rows with the columns that a model reads.
fn as_read(schema: &Schema, rows: &Rows) -> Result<Rows> {
    let names = schema.names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(Rows {
        features: Features::Table(rows.table()?.select(&names)?),
        ..rows.clone()
    })
}

fn is_fingerprint(card: &Value, rows: Rows) -> bool {
    let all = card["fingerprint"].as_str();
    all.is_some_and(|all| format!("{:016x}", Data::Rows(rows).fingerprint()) == all)
}

/// What data to be judged on are called: `train` if the model learnt from just these rows.
pub fn split_of(model: &dyn Model, data: &Data, card: &Value) -> &'static str {
    let (Some(predictor), Data::Rows(rows)) = (model.predictor(), data) else {
        return "test";
    };
    let own = as_read(predictor.schema(), rows);
    match own.is_ok_and(|rows| is_fingerprint(card, rows)) {
        true => "train",
        false => "test",
    }
}

/// Say that rows to be judged on are those that the model was fitted to, or that some of them are.
pub fn known_rows(session: &Session, schema: &Schema, rows: &Rows, card: &Value) -> Result<()> {
    let supervised = |rows: &Rows| matches!(&rows.target, Some(own) if own.task != Task::Clustering);
    let same = as_read(schema, rows)?;
    let known = sketch::known(&card["rows"], schema, &same)?.unwrap_or(0.0);
    if is_fingerprint(card, same) {
        session.say(match supervised(rows) {
            true => {
                "note: these are the rows that the model was trained with: the metrics say nothing of new rows, those of `train` do"
            }
            false => {
                "note: these are the rows that the model was trained with: the metrics say how it divides them, not new rows (`train --holdout 0.2` asks those)"
            }
        });
    } else if known > SOME {
        session.say(format!(
            "note: about {:.0} % of these rows taught the model: the metrics flatter it, and say little of new rows",
            100.0 * known
        ));
    }
    Ok(())
}

/// The part of rows to be judged on from which it is said that they are known.
const SOME: f64 = 0.1;

/// Say that a model predicts the same for every row.
pub fn constant(session: &Session, prediction: Option<&Prediction>, data: &Data) {
    let (Some(prediction), Data::Rows(rows)) = (prediction, data) else {
        return;
    };
    let supervised = rows.target.as_ref().filter(|own| own.task != Task::Clustering);
    let (Some(&first), Some(target)) = (prediction.values.first(), supervised) else {
        return;
    };
    if prediction.values.len() < 2 || prediction.values.iter().any(|value| *value != first) {
        return;
    }
    let value = match target.classes.get(first as usize) {
        Some(class) => format!("`{class}`"),
        None => number(first),
    };
    session.say(format!(
        "note: {value} is predicted for every row: the model learnt nothing from the columns that changes its answer"
    ));
}

/// What a prediction without columns needs to know of the training rows: the frequencies of the classes, or the mean.
pub fn of_training(train: &Data) -> Option<(String, Value)> {
    let Data::Rows(rows) = train else { return None };
    let target = rows.target.as_ref()?;
    let weight = |row: usize| rows.weight.as_ref().map_or(1.0, |all| all[row]);
    let total: f64 = (0..target.values.len()).map(weight).sum();
    let known = match target.task {
        Task::Ranking | Task::Clustering => return None,
        Task::Regression => {
            let sum: f64 = target
                .values
                .iter()
                .enumerate()
                .map(|(row, y)| weight(row) * y)
                .sum();
            json!({ "mean": sum / total })
        }
        Task::Classification => {
            let mut sums = vec![0.0; target.classes.len()];
            for (row, &class) in target.values.iter().enumerate() {
                sums[class as usize] += weight(row) / total;
            }
            json!({ "frequencies": sums })
        }
    };
    Some(("baseline".into(), known))
}

/// What predicting without any column is, and its metrics on these data.
pub type Baseline = (String, Vec<Score>);

/// Predictions without any column, judged: by what the card keeps of the training rows.
pub fn baseline(card: &Value, data: &Data) -> Result<Option<Baseline>> {
    let Data::Rows(rows) = data else { return Ok(None) };
    let Some(target) = &rows.target else {
        return Ok(None);
    };
    let n = target.values.len();
    let (what, prediction) = match (
        card["baseline"]["mean"].as_f64(),
        card["baseline"]["frequencies"].as_array(),
    ) {
        (Some(mean), _) => (
            "the mean of the training rows",
            Prediction::of_quantities(vec![mean; n]),
        ),
        (_, Some(all)) => {
            let all: Vec<f64> = all.iter().filter_map(Value::as_f64).collect();
            if all.len() != target.classes.len() {
                return Ok(None);
            }
            let probabilities = (0..n).flat_map(|_| all.iter().copied()).collect();
            (
                "the frequencies of the classes",
                Prediction::of_classes(probabilities, all.len()),
            )
        }
        _ => return Ok(None),
    };
    let scores = metrics::scores(target.task, &rows.judge(&prediction)?)?;
    Ok(Some((what.to_owned(), scores)))
}

/// Say the metrics of predicting without any column.
pub fn say_baseline(session: &Session, baseline: Option<&Baseline>) {
    if let Some((what, scores)) = baseline {
        session.say(format!("baseline: {what} alone: {}", errors(scores)));
    }
}

/// Metrics of simpler models beside those of the one that was trained.
pub type Rivals = [(String, Vec<Score>)];

/// Keep them with what a fit reports, for `--format json`.
pub fn note_rivals(report: &mut FitReport, rivals: &Rivals) {
    if rivals.is_empty() {
        return;
    }
    let of = |scores: &[Score]| {
        let all = scores.iter().map(|own| (own.name.clone(), own.value.into()));
        Value::Object(all.collect())
    };
    let all = rivals
        .iter()
        .map(|(name, scores)| (name.replace('`', ""), of(scores)));
    report
        .facts
        .push(("baselines".into(), Value::Object(all.collect())));
}

/// Say the first metric of each.
pub fn say_rivals(session: &Session, rivals: &Rivals) {
    let said = |(name, scores): &(String, Vec<Score>)| {
        let own = scores.first()?;
        Some(format!("{name}: {} {}", own.name, number(own.value)))
    };
    let all: Vec<String> = rivals.iter().filter_map(said).collect();
    if !all.is_empty() {
        session.say(format!("baselines: {}", all.join("; ")));
    }
}

/// Say how models do that know less of a text, and whether the steps came round to all of it.
pub fn of_text(session: &Session, facts: &[(String, Value)]) {
    let fact = |name: &str| facts.iter().find(|(own, _)| own == name).map(|(_, value)| value);
    if let Some(all) = fact("baselines").and_then(Value::as_object) {
        let one = |(name, loss): (&String, &Value)| Some(format!("{name} {}", number(loss.as_f64()?)));
        let shown: Vec<String> = all.iter().filter_map(one).collect();
        session.say(format!(
            "baseline: the loss of frequencies in the training text, and of all tokens alike: {}",
            shown.join(", ")
        ));
    }
    let (epochs, steps) = (
        fact("epochs").and_then(Value::as_f64),
        fact("steps").and_then(Value::as_f64),
    );
    if let (Some(epochs), Some(steps)) = (epochs.filter(|n| *n < 1.0), steps.filter(|n| *n > 0.0)) {
        session.say(format!(
            "note: the steps read at most {:.0} % of the training text; about `--set steps={:.0}` reads it once",
            (100.0 * epochs).floor(),
            (steps / epochs).ceil()
        ));
    }
}

/// Say the loss of all tokens alike, ln V.
pub fn alike(session: &Session, model: &dyn Model, data: &Data) {
    if !matches!(data, Data::Text(_)) {
        return;
    }
    let facts = model.facts();
    let size = facts
        .iter()
        .find(|(name, _)| *name == "tokens")
        .and_then(|(_, n)| n.as_f64());
    if let Some(size) = size {
        session.say(format!(
            "baseline: all {size} tokens alike: loss {}",
            number(size.ln())
        ));
    }
}

/// The metrics of the value of the row before, where rows are in the order of a date: what a model has to beat that foretells.
/// They are of all rows but the first.
pub fn last_value(data: &Data) -> Option<String> {
    let Data::Rows(rows) = data else { return None };
    let target = rows.target.as_ref().filter(|own| own.task == Task::Regression)?;
    let (order, backwards) = rows.table().ok()?.columns().iter().find_map(ordered)?;
    let (early, late) = (&target.values[..target.values.len() - 1], &target.values[1..]);
    let (truth, guess) = if backwards { (early, late) } else { (late, early) };
    let prediction = metrics::Predictions::regression(truth, guess);
    let scores = metrics::scores(Task::Regression, &prediction).ok()?;
    Some(format!(
        "baseline: the value of the row before alone, rows being in the order of `{order}`: {} (of all rows)",
        errors(&scores)
    ))
}

/// The name of a column of dates in whose order the rows are, and whether the last are the earliest.
fn ordered(column: &Column) -> Option<(String, bool)> {
    if column.column_type() != ColumnType::Date || column.len() < 3 {
        return None;
    }
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    let (first, last) = (values[0], values[values.len() - 1]);
    let backwards = last < first;
    let in_order = |pair: &[f64]| {
        if backwards {
            pair[1] <= pair[0]
        } else {
            pair[0] <= pair[1]
        }
    };
    let all = first != last && values.windows(2).all(in_order);
    all.then(|| (column.name().to_owned(), backwards))
}

/// Whether a metric says in short how good a prediction is.
fn is_short(name: &str) -> bool {
    let whole = ["accuracy", "log_loss", "rmse", "mae"];
    whole.contains(&name) || ["recall@", "ndcg@"].iter().any(|start| name.starts_with(start))
}

/// A part of a page: what simpler predictions score beside a model; nothing without any.
pub fn beside(model: &str, own: &[Score], others: &[&Rivals]) -> Option<Section> {
    let rows: Vec<(&str, &[Score])> = std::iter::once((model, own))
        .chain(
            others
                .iter()
                .flat_map(|all| all.iter().map(|(name, scores)| (name.as_str(), &scores[..]))),
        )
        .collect();
    let names = own
        .iter()
        .map(|score| score.name.as_str())
        .filter(|name| is_short(name));
    let names: Vec<&str> = names.collect();
    let cell = |scores: &[Score], name: &str| {
        let found = scores.iter().find(|score| score.name == name);
        found.map_or_else(|| "–".to_owned(), |score| number(score.value))
    };
    let cells = |(name, scores): &(&str, &[Score])| {
        let values = names.iter().map(|metric| cell(scores, metric));
        std::iter::once(name.replace('`', "")).chain(values).collect()
    };
    let head: Vec<&str> = std::iter::once("model").chain(names.iter().copied()).collect();
    let grid = Grid::new(&head, rows.iter().map(cells).collect());
    (rows.len() > 1 && !names.is_empty()).then(|| Section::new("Baselines", vec![Block::Grid(grid)]))
}

/// The metrics that say in short how good a prediction is.
pub fn errors(scores: &[Score]) -> String {
    let shown: Vec<String> = scores
        .iter()
        .filter(|own| is_short(&own.name))
        .map(|score| format!("{} {}", score.name, number(score.value)))
        .collect();
    shown.join(", ")
}
