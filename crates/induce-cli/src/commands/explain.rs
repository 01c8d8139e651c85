//! `induce explain`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use induce::Error;
use induce::core::metrics::Task;
use induce::core::model::{Importance, Rows, Schema, Shap, no_shap};
use induce::core::words::{count, counted};
use induce::core::{Column, Run, Table};
use induce::explain::{self, Permutation};
use induce::learn::tree::{Ensemble, trees_of};
use serde_json::json;

use crate::args::Explain;
use crate::output;
use crate::session::Session;
use crate::source::rows;
use crate::writing::{self, save};

/// Clusters are no prediction that columns could move towards a target.
pub fn no_target(model: &str) -> Error {
    Error::data(
        format!("the model `{model}` finds clusters, and predicts no target"),
        "`induce show` and `induce report` say what its clusters are",
    )
}

pub fn run(session: &Session, args: &Explain) -> Result<ExitCode> {
    [&args.shap, &args.interactions]
        .into_iter()
        .flatten()
        .try_for_each(|path| writing::check_table(path))?;
    writing::distinct(
        &args.on.files(),
        &[args.shap.as_deref(), args.interactions.as_deref()],
    )?;
    let (model, card) = session.open(&args.on.model)?;
    let predictor = model.predicting()?;
    if predictor.task() == Task::Clustering {
        return Err(no_target(model.name()).into());
    }
    if !model.reads().has_columns() {
        return Err(Error::data(
            format!(
                "the model `{}` learnt from {}, and what is explained are columns of tables",
                model.name(),
                model.reads().plural()
            ),
            "`induce report` says what such a model is made of",
        )
        .into());
    }
    let (table, _) = session.read_as_trained(&args.on.source, &card)?;
    let run = session.run();
    if let Some(path) = &args.shap {
        let clock = Instant::now();
        let explainer = model.explainer().ok_or_else(|| no_shap(model.name()))?;
        let shap = explain::shap(explainer, &table, &run)?;
        let seconds = clock.elapsed().as_secs_f64();
        session.say(format!(
            "Shapley values of {} in {:.3} ms: {}",
            counted(table.rows(), "row"),
            1e3 * seconds,
            path.display()
        ));
        save_shap(session, predictor.schema(), &shap, path)?;
    }
    if let Some(path) = &args.interactions {
        let no_trees = || {
            Error::data(
                "interaction values need a model of trees",
                "leave out `--interactions`",
            )
        };
        let trees = trees_of(model.as_ref()).ok_or_else(no_trees)?;
        save_interactions(session, &trees, &table, path)?;
        session.say(format!("interaction values: {}", path.display()));
    }
    let importances = explain::importances(model.as_ref());
    let options = rows::options(&args.columns, None);
    let judged = match Rows::for_model(&table, predictor.schema(), predictor.task(), &options) {
        Ok(judged) => Some(judged),
        Err(error) => {
            session.say(format!(
                "note: without the target there is no loss to measure, and so no permutation importance: {error}"
            ));
            None
        }
    };
    let permuted = judged
        .map(|judged| {
            let sample = explain::sample(model.as_ref(), &judged, &run);
            if sample.rows() < judged.rows() {
                let (few, all) = (count(sample.rows()), counted(judged.rows(), "row"));
                session.say(format!("shuffling features of {few} of {all}"));
            }
            explain::permutation(model.as_ref(), &sample, &run)
        })
        .transpose()?;
    let mut rows: Vec<_> = importances
        .iter()
        .enumerate()
        .map(|(f, own)| (own, permuted.as_ref().map(|p| &p[f])))
        .collect();
    rows.sort_by(|a, b| match (a.1, b.1) {
        (Some(a), Some(b)) => b.value.total_cmp(&a.value),
        _ => b.0.gain.total_cmp(&a.0.gain),
    });
    let metric = explain::permutation_metric(predictor.task());
    if session.json() {
        let list = rows.iter().map(|(own, p)| {
            json!({ "feature": own.feature, "gain": own.gain, "cover": own.cover, "splits": own.splits,
                "permutation": p.map(|p| json!({ "value": p.value, "low": p.low, "high": p.high })) })
        });
        output::print_json(
            &json!({ "permutation_metric": metric, "importances": list.collect::<Vec<_>>() }),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    output::print(&as_text(&rows, metric))?;
    Ok(ExitCode::SUCCESS)
}

/// The importances; those by permutation are left out where there are none.
fn as_text(rows: &[(&Importance, Option<&Permutation>)], metric: &str) -> String {
    let total: f64 = rows.iter().map(|(own, _)| own.gain).sum();
    let measured = rows.iter().any(|(_, permuted)| permuted.is_some());
    let shuffled = format!("{metric} when shuffled");
    let mut header = vec!["feature"];
    if measured {
        header.extend([shuffled.as_str(), "95 % interval"]);
    }
    header.extend(["gain", "splits"]);
    let line = |(own, permuted): &(&Importance, Option<&Permutation>)| {
        let mut cells = vec![own.feature.clone()];
        if let Some(own) = permuted {
            cells.extend([
                output::number(own.value),
                output::interval(Some((own.low, own.high))),
            ]);
        }
        cells.push(format!("{:.1} %", 100.0 * own.gain / total.max(1e-300)));
        cells.push(own.splits.to_string());
        cells
    };
    output::table(&header, &rows.iter().map(line).collect::<Vec<_>>())
}

fn save_shap(session: &Session, schema: &Schema, shap: &Shap, path: &Path) -> Result<()> {
    let mut names = schema.names();
    names.push("mean_score".into());
    let outputs = shap.outputs;
    let mut columns = Vec::new();
    for k in 0..outputs {
        for (f, name) in names.iter().enumerate() {
            let values = shap
                .values
                .iter()
                .skip(k * names.len() + f)
                .step_by(outputs * names.len())
                .copied()
                .collect();
            let name = if outputs == 1 {
                name.clone()
            } else {
                format!("{name} for {}", name_of(schema, k))
            };
            columns.push(Column::from_f64(name, values));
        }
    }
    save(session, &Table::new(columns)?, Some(path))
}

/// The class of an output; forests of several targets have more outputs than classes.
fn name_of(schema: &Schema, output: usize) -> String {
    let class = schema.classes.get(output);
    class.map_or_else(|| format!("output {output}"), Clone::clone)
}

/// An error if the values, and the columns that are made of them, would take more than there is: they grow with the square of the
/// features.
fn check_interactions(rows: usize, width: usize, outputs: usize, run: &Run) -> Result<()> {
    // What a column takes besides its values while it is written and compressed.
    const COLUMN: u64 = 1 << 20;
    let columns = ((width * width) as u64).saturating_mul(outputs as u64);
    let values = columns.saturating_mul(16).saturating_mul(rows as u64);
    let (needed, limit) = (values.saturating_add(columns / 2 * COLUMN), run.room());
    if needed > limit {
        let what = format!(
            "interaction values of {} and {}",
            counted(rows, "row"),
            counted(width - 1, "feature")
        );
        return Err(Error::TooLarge { what, needed, limit }.into());
    }
    Ok(())
}

fn save_interactions(session: &Session, trees: &Ensemble, table: &Table, path: &Path) -> Result<()> {
    let mut names = trees.schema.names();
    names.push("mean_score".into());
    let (width, outputs) = (names.len(), trees.outputs());
    check_interactions(table.rows(), width, outputs, &session.run())?;
    let run = session.run();
    let mut values = Vec::new();
    explain::in_parts(table, &run, |part| {
        values.extend(trees.shap_interactions(part, run.threads())?);
        Ok(())
    })?;
    let mut columns = Vec::new();
    for k in 0..outputs {
        for a in 0..width {
            for b in a..width {
                let place = k * width * width + a * width + b;
                let own = values
                    .iter()
                    .skip(place)
                    .step_by(outputs * width * width)
                    .copied()
                    .collect();
                let class = if outputs == 1 {
                    String::new()
                } else {
                    format!(" for {}", name_of(&trees.schema, k))
                };
                columns.push(Column::from_f64(
                    format!("{} x {}{class}", names[a], names[b]),
                    own,
                ));
            }
        }
    }
    save(session, &Table::new(columns)?, Some(path))
}
