//! `induce info`.

use std::process::ExitCode;

use anyhow::Result;
use induce::core::Table;
use induce::core::words::{counted, p_value};
use induce::information::{Named, Options, Overview, Ranking, overview, rank};
use induce::prob::information::{Estimate, Estimator, Inference};
use serde_json::{Value, json};

use crate::args::{Info, Unit};
use crate::output;
use crate::session::Session;

pub fn run(session: &Session, args: &Info) -> Result<ExitCode> {
    let options = Options {
        neighbours: args.neighbours,
        estimator: Estimator::named(&args.estimator)?,
        inference: Inference {
            permutations: args.permutations,
            ..Inference::default()
        },
    };
    let (table, _) = session.read(&args.source)?;
    let table = without(&table, &args.drop)?;
    match &args.target {
        Some(target) => {
            let own = rank(&table, target, &args.given, &options, &session.run())?;
            told(session, &own.columns, &own.unused);
            ranking(session, args, target, &own)?;
        }
        None => {
            let own = overview(&table, &options, &session.run())?;
            told(session, &own.entropies, &own.unused);
            all(session, args, &own)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn without(table: &Table, drop: &[String]) -> Result<Table> {
    for name in drop {
        table.column(name)?;
    }
    Ok(table.without(&drop.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// What was left out.
fn told(session: &Session, columns: &[Named], unused: &[(String, String)]) {
    for (name, why) in unused {
        session.say(format!("note: column `{name}` is left out: {why}"));
    }
    let missing = columns.iter().filter(|own| own.missing > 0);
    let missing: Vec<String> = missing
        .map(|own| format!("`{}` {}", own.columns.join(" x "), own.missing))
        .collect();
    if !missing.is_empty() {
        session.say(format!(
            "note: rows without a finite value are left out: {}",
            missing.join(", ")
        ));
    }
    let atoms = columns
        .iter()
        .filter(|own| own.estimate.value == f64::NEG_INFINITY);
    let atoms: Vec<String> = atoms
        .map(|own| format!("`{}`", own.columns.join(" x ")))
        .collect();
    if !atoms.is_empty() {
        session.say(format!(
            "note: {} repeat values, as rounded numbers do: a density that does has no entropy (-inf); `--type COLUMN=category` \
             counts the values instead",
            atoms.join(", ")
        ));
    }
    let drawn = Inference::default().test_rows;
    let large = |own: &&Named| own.estimate.rows > drawn && own.estimate.test.contains("permutations");
    if columns
        .iter()
        .any(|own| large(&own) && own.estimate.p_value.is_some())
    {
        session.say(format!(
            "note: permutation tests are on {} that are drawn",
            counted(drawn, "row")
        ));
    }
}

fn ranking(session: &Session, args: &Info, target: &str, own: &Ranking) -> Result<()> {
    if session.json() {
        return output::print_json(&json!({
            "target": target, "given": args.given, "unit": name(args.unit),
            "entropy": own.entropy.as_ref().map(|own| as_json(own, args.unit)),
            "columns": own.columns.iter().map(|own| named(own, args.unit)).collect::<Vec<_>>(),
            "unused": unused(&own.unused),
        }));
    }
    if let Some(entropy) = &own.entropy {
        session.say(format!(
            "`{target}` has an entropy of about {} {}, the most that columns can say of it",
            output::number(entropy.value * per(args.unit)),
            name(args.unit)
        ));
    }
    let what = if args.given.is_empty() {
        "information"
    } else {
        "given"
    };
    let header = format!("{what}, {}", name(args.unit));
    output::print(&table("column", &header, &own.columns, args.unit))
}

fn all(session: &Session, args: &Info, own: &Overview) -> Result<()> {
    if session.json() {
        let list = |all: &[Named]| all.iter().map(|own| named(own, args.unit)).collect::<Vec<_>>();
        return output::print_json(&json!({
            "unit": name(args.unit), "entropies": list(&own.entropies), "pairs": list(&own.pairs),
            "total_correlation": own.total.as_ref().map(|own| named(own, args.unit)),
            "unused": unused(&own.unused),
        }));
    }
    let unit = name(args.unit);
    let mut text = table("column", &format!("entropy, {unit}"), &own.entropies, args.unit);
    if !own.pairs.is_empty() {
        text += "\n";
        text += &table("pair", &format!("information, {unit}"), &own.pairs, args.unit);
    }
    if let Some(total) = &own.total {
        text += &format!(
            "\ntotal correlation of the {}: {} {unit} ({})\n",
            counted(total.columns.len(), "number"),
            output::number(total.estimate.value * per(args.unit)),
            total
                .estimate
                .interval
                .map_or_else(String::new, |own| output::interval(Some(scaled(own, args.unit)))),
        );
    }
    output::print(&text)
}

fn table(what: &str, header: &str, all: &[Named], unit: Unit) -> String {
    let row = |own: &Named| {
        let (estimate, by) = (&own.estimate, per(unit));
        vec![
            own.columns.join(" x "),
            output::number(estimate.value * by),
            output::interval(estimate.interval.map(|own| scaled(own, unit))),
            estimate.p_value.map_or_else(String::new, p_value),
            match estimate.bounds.1 {
                top if top.is_finite() => output::number(top * by),
                _ => String::new(),
            },
            estimate.estimator.to_owned(),
            output::count(estimate.rows),
        ]
    };
    let header = [what, header, "95 % interval", "p", "at most", "estimator", "rows"];
    output::table(&header, &all.iter().map(row).collect::<Vec<_>>())
}

fn scaled((low, high): (f64, f64), unit: Unit) -> (f64, f64) {
    (low * per(unit), high * per(unit))
}

/// Units in a nat.
fn per(unit: Unit) -> f64 {
    match unit {
        Unit::Nats => 1.0,
        Unit::Bits => std::f64::consts::LOG2_E,
    }
}

fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Nats => "nats",
        Unit::Bits => "bits",
    }
}

fn named(own: &Named, unit: Unit) -> Value {
    let mut value = as_json(&own.estimate, unit);
    value["columns"] = json!(own.columns);
    value["missing"] = json!(own.missing);
    value
}

/// An estimate; what is infinite is null.
fn as_json(own: &Estimate, unit: Unit) -> Value {
    let by = per(unit);
    let number = |x: f64| x.is_finite().then_some(x * by);
    json!({
        "value": number(own.value), "raw": number(own.raw),
        "interval": own.interval.map(|(low, high)| [low * by, high * by]),
        "p_value": own.p_value, "test": own.test,
        "bounds": [number(own.bounds.0), number(own.bounds.1)],
        "estimator": own.estimator, "rows": own.rows,
    })
}

fn unused(all: &[(String, String)]) -> Vec<Value> {
    all.iter()
        .map(|(column, why)| json!({ "column": column, "why": why }))
        .collect()
}
