//! `induce interpolate`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::words::counted;
use induce::core::{Column, Table};
use induce::interpolate::{Interpolant, Method};
use serde_json::json;

use crate::args::{Interpolate, Source, Through};
use crate::output;
use crate::session::Session;
use crate::writing::{self, save};

/// Values where none are asked for.
const USUAL: usize = 101;
/// The most that a grid may ask for.
const MOST: usize = 10_000_000;

pub fn run(session: &Session, args: &Interpolate) -> Result<ExitCode> {
    if let Some(out) = &args.out {
        writing::check_table(out)?;
        writing::distinct(&[Some(&args.source.data)], &[Some(out)])?;
    }
    let (table, _) = session.read(&args.source)?;
    let (function, missing) = Interpolant::of_columns(&table, &args.x, &args.y, method(args))?;
    if missing > 0 {
        session.say(format!(
            "note: {} without x or y are left out",
            counted(missing, "row")
        ));
    }
    let at = places(session, args, &function)?;
    doubts(session, &function, &at);
    let values: Vec<_> = at.iter().map(|x| function.at(*x)).collect();
    if session.json() && args.out.is_none() {
        let point = |(x, own): (&f64, &induce::interpolate::Value)| json!({ "x": x, "y": own.y, "error": own.error, "derivative": args.derivative.then_some(own.derivative) });
        output::print_json(&json!({
            "points": function.points(), "warnings": function.warnings(),
            "lebesgue_constant": function.lebesgue_constant().filter(|own| own.is_finite()),
            "values": at.iter().zip(&values).map(point).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut columns = vec![
        Column::from_f64(&*args.x, at),
        Column::from_f64(&*args.y, values.iter().map(|own| own.y).collect()),
        Column::from_f64("error", values.iter().map(|own| own.error).collect()),
    ];
    if args.derivative {
        columns.push(Column::from_f64(
            "derivative",
            values.iter().map(|own| own.derivative).collect(),
        ));
    }
    save(session, &Table::new(columns)?, args.out.as_deref())?;
    if let Some(out) = &args.out {
        session.wrote(&[out])?;
    }
    Ok(ExitCode::SUCCESS)
}

fn method(args: &Interpolate) -> Method {
    match args.through {
        Through::Barycentric => Method::Barycentric,
        Through::FloaterHormann => Method::FloaterHormann(args.order),
        Through::Aaa => Method::Aaa(args.tolerance),
    }
}

fn doubts(session: &Session, function: &Interpolant, at: &[f64]) {
    for warning in function.warnings() {
        session.say(format!("warning: {warning}"));
    }
    if function.lebesgue_constant().is_some() && !function.warnings().is_empty() {
        session.say("hint: `--method floater-hormann` has no such trouble, and neither have nodes that crowd at the ends");
    }
    let (from, to) = function.range();
    let outside = at.iter().filter(|x| **x < from || **x > to).count();
    if outside > 0 {
        session.say(format!(
            "note: {} outside of the nodes, which reach from {} to {}: nothing vouches for those",
            match outside {
                1 => "1 value is".to_owned(),
                n => format!("{} values are", output::count(n)),
            },
            output::number(from),
            output::number(to)
        ));
    }
}

/// Where values are asked for.
fn places(session: &Session, args: &Interpolate, function: &Interpolant) -> Result<Vec<f64>> {
    let (from, to) = function.range();
    let Some(text) = &args.at else {
        return Ok(grid(from, to, USUAL));
    };
    if !Path::new(text).is_file() {
        return spread(text);
    }
    let source = Source {
        data: text.into(),
        reading: args.source.reading.clone(),
    };
    let table = session.read_quietly(&source)?;
    let column = table.column(&args.x)?;
    let mut values = vec![0.0; column.len()];
    column.read_f64(0, &mut values);
    match values.iter().position(|x| !x.is_finite()) {
        None => Ok(values),
        Some(row) => Err(Error::data(
            format!("row {} of `{text}` has no number in column `{}`", row + 1, args.x),
            "give a number in every row",
        )
        .into()),
    }
}

/// `0:1:11`.
fn spread(text: &str) -> Result<Vec<f64>> {
    let fault = || {
        Error::data(
            format!("`--at {text}` is neither a file nor a grid"),
            "write FROM:TO:COUNT, such as `0:1:11`",
        )
    };
    let parts: Vec<&str> = text.split(':').collect();
    let [from, to, n] = parts.as_slice() else {
        return Err(fault().into());
    };
    let number = |part: &str| part.trim().parse::<f64>().ok().filter(|own| own.is_finite());
    match (number(from), number(to), n.trim().parse::<usize>()) {
        (Some(from), Some(to), Ok(n)) if (1..=MOST).contains(&n) => Ok(grid(from, to, n)),
        _ => Err(fault().into()),
    }
}

/// Equal steps, both ends exactly.
fn grid(from: f64, to: f64, n: usize) -> Vec<f64> {
    let last = n.saturating_sub(1).max(1);
    let place = |i: usize| {
        let part = i as f64 / last as f64;
        if i == last {
            to
        } else {
            from * (1.0 - part) + to * part
        }
    };
    (0..n).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::{grid, spread};

    #[test]
    fn grids_have_both_ends() {
        assert_eq!(spread("0:1:5").unwrap(), [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(spread("-1:1:3").unwrap(), [-1.0, 0.0, 1.0]);
        assert_eq!(grid(0.1, 0.7, 101)[100], 0.7);
        assert_eq!(grid(2.0, 3.0, 1), [2.0]);
        for wrong in ["0:1", "0:1:0", "a:1:3", "0:inf:3", "0:1:1e3", "nowhere.csv"] {
            assert!(spread(wrong).is_err(), "{wrong}");
        }
    }
}
