//! Posteriors of posteriordb by variational inference, beside reference draws: `cargo run --example posteriors -- FOLDER`.
//!
//! Means are compared in deviations of the reference, deviations as ratios: of a full-rank q, and of its correction by importance sampling where
//! k-hat is below 0.7. For each the most that is allowed stands beside its name; mean-field q are shown, and judged by nothing.

mod models;

use std::path::Path;
use std::process::ExitCode;

use induce_core::{Error, Result, Run};
use induce_deep::variational::{Family, Posterior, Spec, Supports, TRUSTED, advi};
use serde_json::Value;

/// Name, the most that means are apart, and the most that ratios of deviations are from 1.
const POSTERIORS: [(&str, f64, f64); 6] = [
    ("kidiq-kidscore_momiq", 0.1, 0.1),
    ("earnings-logearn_height", 0.1, 0.1),
    ("arK-arK", 0.1, 0.1),
    ("eight_schools-eight_schools_noncentered", 0.2, 0.2),
    ("garch-garch11", 0.2, 0.2),
    ("gp_pois_regr-gp_regr", 0.2, 0.2),
];

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]
fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_default();
    let mut faults = 0;
    for (name, means, deviations) in POSTERIORS {
        match judged(Path::new(&folder), name, (means, deviations)) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                faults += 1;
                eprintln!("FAILED {name}: {error}");
            }
        }
    }
    ExitCode::from(u8::from(faults > 0))
}

fn json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("read", path, error))?;
    serde_json::from_str(&text).map_err(|error| Error::data(error.to_string(), "take posteriordb's own"))
}

fn judged(folder: &Path, name: &str, most: (f64, f64)) -> Result<String> {
    let data = json(&folder.join(format!("{name}.data.json")))?;
    let reference = json(&folder.join(format!("{name}.summary.json")))?;
    let mut lines = Vec::new();
    for family in [Family::MeanField, Family::FullRank] {
        let own = models::case(name, &data)?;
        let (mut density, supports) = (own.density, Supports::new(own.supports)?);
        let spec = Spec {
            family,
            ..Spec::default()
        };
        let fitted = advi(&spec, &supports, density.as_mut(), &mut Run::new(1))?;
        let posterior = &fitted.model;
        let plain = apart(&own.names, (&posterior.mean, &posterior.deviations), &reference)?;
        let corrected = (&posterior.corrected_mean, &posterior.corrected_deviations);
        let corrected = apart(&own.names, corrected, &reference)?;
        let steps = fitted.report.steps;
        lines.push(said(name, family, posterior, plain, corrected, steps));
        if family == Family::FullRank {
            let judged = if posterior.khat < TRUSTED {
                corrected
            } else {
                plain
            };
            if !(judged.0 <= most.0 && judged.1 <= most.1) {
                return Err(Error::data(
                    lines.join("\n"),
                    format!("at most {most:?} are allowed"),
                ));
            }
        }
    }
    Ok(lines.join("\n"))
}

fn said(
    name: &str,
    family: Family,
    own: &Posterior,
    plain: (f64, f64),
    corrected: (f64, f64),
    steps: u64,
) -> String {
    format!(
        "{name:<40} {:<9} k-hat {:>5.2}  means {:.3}  deviations {:.3}  corrected {:.3} {:.3}  {steps} steps",
        family.name(),
        own.khat,
        plain.0,
        plain.1,
        corrected.0,
        corrected.1
    )
}

/// The most that a mean is apart, in deviations of the reference, and that a ratio of deviations is from 1.
fn apart(names: &[Option<String>], found: (&Vec<f64>, &Vec<f64>), reference: &Value) -> Result<(f64, f64)> {
    let mut most = (0.0_f64, 0.0_f64);
    for (i, name) in names.iter().enumerate() {
        let Some(name) = name else { continue };
        let number = |what: &str| {
            let found = reference[name][what].as_f64();
            found.ok_or_else(|| {
                Error::data(
                    format!("the reference has no {what} of `{name}`"),
                    "take posteriordb's own",
                )
            })
        };
        let (mean, sd) = (number("mean")?, number("sd")?);
        most.0 = most.0.max((found.0[i] - mean).abs() / sd);
        most.1 = most.1.max((found.1[i] / sd - 1.0).abs());
    }
    Ok(most)
}
