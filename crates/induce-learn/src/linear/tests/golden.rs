//! Values of statsmodels and scikit-learn; `tests/golden/linear.py` makes them.

use induce_core::Table;
use induce_core::read::{ReadOptions, read};
use serde_json::Value;

use super::{converged, fit};
use crate::linear::{Model, Spec};
use induce_core::model::Dataset;

pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/linear");

pub fn data() -> Table {
    let path = format!("{FOLDER}/data.csv");
    read(path.as_ref(), &ReadOptions::default(), &induce_core::Run::new(0))
        .unwrap()
        .0
}

pub fn column(table: &Table, name: &str) -> Vec<f64> {
    let mut values = vec![0.0; table.rows()];
    table.column(name).unwrap().read_f64(0, &mut values);
    values
}

fn model(case: &Value, data: &Table) -> Model {
    let mut settings = case["settings"].clone();
    if case["offset"] == true {
        settings["offset"] = "offset".into();
    }
    let spec: Spec = serde_json::from_value(settings).unwrap();
    let names: Vec<&str> = if case["offset"] == true {
        vec!["a", "b", "c", "offset"]
    } else {
        vec!["a", "b", "c"]
    };
    let features = data.select(&names).unwrap();
    let target = column(data, case["target"].as_str().unwrap());
    let weight = (case["weighted"] == true).then(|| column(data, "weight"));
    let classes: Vec<String> = match case["target"].as_str() {
        Some("bernoulli") => vec!["0".into(), "1".into()],
        Some("multinomial") => vec!["0".into(), "1".into(), "2".into()],
        _ => Vec::new(),
    };
    let rows = Dataset {
        weight: weight.as_deref(),
        classes: &classes,
        ..Dataset::new(&features, &target)
    };
    let fitted = fit(&spec, &rows, &mut induce_core::Run::new(0).with_threads(2)).unwrap();
    converged(&fitted.outcome);
    fitted.model
}

pub fn near(what: &str, ours: f64, theirs: f64) -> Option<String> {
    let far = (ours - theirs).abs() > 1e-6 * theirs.abs().max(1e-3);
    (far || ours.is_nan()).then(|| format!("{what}: {ours} is not {theirs}"))
}

fn faults(case: &Value, model: &Model) -> Vec<String> {
    let table = model.coefficient_table();
    let s = &model.statistics;
    let mut faults = Vec::new();
    for (k, own) in table.iter().enumerate() {
        let mut check = |name: &str, ours: Option<f64>| {
            if let Some(theirs) = case[name][k].as_f64() {
                // An end of an interval is only as exact as its width.
                let slack = if matches!(name, "low" | "high") {
                    own.error.unwrap_or(0.0)
                } else {
                    0.0
                };
                let ours = ours.unwrap_or(f64::NAN);
                faults.extend(near(
                    &format!("{name} of {}", own.name),
                    ours + slack,
                    theirs + slack,
                ));
            }
        };
        check("estimate", Some(own.estimate));
        check("error", own.error);
        check("statistic", own.statistic);
        check("p", own.p);
        check("low", own.low);
        check("high", own.high);
    }
    for (name, ours) in [
        ("deviance", s.deviance),
        ("null_deviance", s.null_deviance),
        ("dispersion", s.dispersion),
        ("log_likelihood", s.log_likelihood),
        ("aic", s.aic),
    ] {
        faults.extend(case[name].as_f64().and_then(|theirs| near(name, ours, theirs)));
    }
    if let Some([statistic, p]) = case["test"]
        .as_array()
        .map(|v| [v[0].as_f64().unwrap(), v[1].as_f64().unwrap()])
    {
        let test = s.test.as_ref().unwrap();
        faults.extend(near("F", test.statistic, statistic));
        faults.extend(near("p of F", test.p, p));
    }
    faults
}

#[test]
fn estimates_errors_and_tests_are_those_of_statsmodels_and_scikit_learn() {
    let cases: Vec<Value> =
        serde_json::from_slice(&std::fs::read(format!("{FOLDER}/cases.json")).unwrap()).unwrap();
    let data = data();
    let mut wrong = Vec::new();
    for case in &cases {
        let model = model(case, &data);
        assert_eq!(
            model.coefficient_table().len(),
            case["estimate"].as_array().unwrap().len()
        );
        wrong.extend(
            faults(case, &model)
                .into_iter()
                .map(|f| format!("{}: {f}", case["name"])),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
