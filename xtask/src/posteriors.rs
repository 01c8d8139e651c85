//! Posteriors of Bayesian regressions beside reference draws of posteriordb (Magnusson et al. 2024).
//!
//! Compared are posterior means of coefficients and noise, in deviations of the reference, and deviations of coefficients, as ratios. The
//! models have flat coefficients and sigma ~ Cauchy+(0, 2.5): here lambda is held at 1e-8 by its prior, which is flat to all digits that
//! are compared, and alpha has its default prior. With one column that is centred mean field understates no deviation of a coefficient but
//! for what alpha's own adds, a part of 1 / rows. No posterior of posteriordb that is here is of a logistic regression.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell::{self, say};

/// A posterior: its file, target, column, and whether the target is the logarithm of what is there.
const POSTERIORS: [(&str, &str, &str, bool); 2] = [
    ("kidiq-kidscore_momiq", "kid_score", "mom_iq", false),
    ("earnings-logearn_height", "earn", "height", true),
];
/// Most that means are apart, in deviations of the reference.
const MEANS: f64 = 0.1;
/// Most that ratios of deviations are from 1.
const DEVIATIONS: f64 = 0.05;

/// Every posterior that is there.
///
/// # Errors
/// For the first that is not that of the draws.
pub fn run(binary: &Path, out: &Path) -> Result<()> {
    let folder = shell::root().join("../shared/data/posteriordb");
    for (name, target, column, logarithm) in POSTERIORS {
        let data = json(&folder.join(format!("{name}.data.json")))?;
        let table = out.join(format!("{name}.csv"));
        std::fs::write(&table, rows(&data, target, column, logarithm)?)?;
        let facts = fitted(binary, &table, out, target)?;
        compare(name, &facts, &json(&folder.join(format!("{name}.summary.json")))?)?;
        say(&format!(
            "ok {name}: means within {MEANS} deviations, deviations within {DEVIATIONS}"
        ));
    }
    Ok(())
}

/// Black-box variational inference of every posterior that is there, whose log densities are an example of `induce-deep`.
///
/// # Errors
/// If means or deviations are further from those of the draws than that example allows.
pub fn black_box() -> Result<()> {
    let folder = shell::root().join("../shared/data/posteriordb");
    // As part of the workspace, so that nothing is compiled again with other features.
    let build = ["build", "--quiet", "--workspace", "--example", "posteriors"];
    shell::output(&mut shell::cargo(&build))?;
    let example = shell::target().join("debug").join("examples").join("posteriors");
    say(shell::output(shell::command(example, &[]).arg(folder))?.trim_end());
    Ok(())
}

fn json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn rows(data: &Value, target: &str, column: &str, logarithm: bool) -> Result<String> {
    let values = |name: &str| -> Result<Vec<f64>> {
        let all = data[name]
            .as_array()
            .with_context(|| format!("there is no `{name}`"))?;
        Ok(all.iter().filter_map(Value::as_f64).collect())
    };
    let mut text = format!("{target},{column}\n");
    for (y, x) in values(target)?.into_iter().zip(values(column)?) {
        let y = if logarithm { y.ln() } else { y };
        text += &format!("{y},{x}\n");
    }
    Ok(text)
}

fn fitted(binary: &Path, table: &Path, out: &Path, target: &str) -> Result<Value> {
    let model = out.join("posterior.safetensors");
    let settings = "standardize=false lambda_1=1e6 lambda_2=1e14 tol=1e-12";
    let mut train = shell::command(
        binary,
        &["train", "--quiet", "-m", "bayes-linear", "--target", target],
    );
    train
        .args(["--task", "regression", "--holdout", "0"])
        .arg(table)
        .arg("--out")
        .arg(&model);
    train.args(settings.split(' ').flat_map(|own| ["--set", own]));
    shell::output(&mut train)?;
    let mut show = shell::command(binary, &["show", "--format", "json"]);
    let said: Value = serde_json::from_str(&shell::output(show.arg(&model))?)?;
    Ok(if said["facts"].is_object() {
        said["facts"].clone()
    } else {
        said
    })
}

fn compare(name: &str, facts: &Value, reference: &Value) -> Result<()> {
    let number = |value: &Value| value.as_f64().context("a number is missing");
    let alpha = number(&facts["alpha"])?;
    let found = [
        (
            "beta[1]",
            number(&facts["intercept"])?,
            Some(number(&facts["intercept_standard_deviation"])?),
        ),
        (
            "beta[2]",
            number(&facts["coefficients"][0])?,
            Some(number(&facts["standard_deviations"][0])?),
        ),
        ("sigma", alpha.sqrt().recip(), None),
    ];
    for (parameter, mean, deviation) in found {
        let own = &reference[parameter];
        let (wanted, scale) = (number(&own["mean"])?, number(&own["sd"])?);
        let apart = (mean - wanted).abs() / scale;
        if apart > MEANS {
            bail!("{name}: {parameter} is {mean}, and {wanted} of the draws: {apart:.2} deviations apart");
        }
        if deviation.is_some_and(|own| (own / scale - 1.0).abs() > DEVIATIONS) {
            bail!("{name}: {parameter} deviates by {deviation:?}, and by {scale} in the draws");
        }
    }
    Ok(())
}
