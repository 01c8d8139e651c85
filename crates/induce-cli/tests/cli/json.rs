//! `--format json`: one object on standard output, nothing else.

use serde_json::Value;

use crate::house::House;

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn train_and_evaluate_print_the_documented_keys() {
    let house = House::with_table();
    let text = house
        .ok("train good.csv --format json --set rounds=5 --seed 3 --threads 2")
        .out;
    let value: Value = serde_json::from_str(&text).unwrap();
    for key in [
        "model",
        "task",
        "rows",
        "features",
        "seed",
        "threads",
        "fit_seconds",
        "outcome",
        "metrics",
    ] {
        assert!(keys(&value).contains(&key), "{key} is missing: {text}");
    }
    assert_eq!(
        (&value["seed"], &value["threads"], &value["task"]),
        (&3.into(), &2.into(), &"regression".into())
    );
    assert_eq!(keys(&value["metrics"]), ["holdout"]);
    assert_eq!(keys(&value["metrics"]["holdout"]["r2"]), ["value", "low", "high"]);
    let text = house
        .ok("evaluate good.induce.safetensors good.csv --format json")
        .out;
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(value["metrics"]["test"]["rmse"]["value"].as_f64().unwrap() > 0.0);
}

#[test]
fn the_split_gives_its_name_to_the_metrics() {
    let house = House::with_table();
    let split = |flags: &str| {
        let text = house
            .ok(&format!("train good.csv --format json --set rounds=5 {flags}"))
            .out;
        let value: Value = serde_json::from_str(&text).unwrap();
        (keys(&value["metrics"]).join(" "), value)
    };
    assert_eq!(split("--valid good.csv").0, "valid");
    assert_eq!(split("--holdout 0").0, "train");
    let (name, value) = split("--cv 4");
    assert_eq!(name, "cv");
    assert_eq!(value["metrics"]["cv"]["r2"]["folds"].as_array().unwrap().len(), 4);
}

/// `rows` once was the number of rows held out.
#[test]
fn rows_are_those_of_the_table_beside_those_that_taught_and_judged() {
    let house = House::new();
    // Every tenth row has no target.
    house.table("holes.csv", "a,y", 100, |i, a, b| {
        if i % 10 == 0 {
            format!("{a},")
        } else {
            format!("{a},{}", a + b)
        }
    });
    let rows = |line: &str| {
        let text = house.ok(&format!("{line} --format json")).out;
        let value: Value = serde_json::from_str(&text).unwrap();
        ["rows", "rows_fitted", "rows_judged"].map(|key| value[key].as_u64())
    };
    let train = |flags: &str| {
        rows(&format!(
            "train holes.csv --out m.safetensors --set rounds=5 {flags}"
        ))
    };
    assert_eq!(train(""), [Some(100), Some(72), Some(18)]);
    assert_eq!(train("--holdout 0"), [Some(100), Some(90), Some(90)]);
    assert_eq!(train("--cv 3"), [Some(100), Some(90), Some(90)]);
    assert_eq!(
        rows("evaluate m.safetensors holes.csv"),
        [Some(100), None, Some(90)]
    );
}

#[test]
fn every_verb_that_shows_something_shows_json() {
    let house = House::with_table();
    house.ok("train good.csv --set rounds=5 --quiet");
    for line in [
        "show good.induce.safetensors",
        "explain good.induce.safetensors good.csv",
        "models",
        "doctor",
        "data show good.csv",
    ] {
        let text = house.ok(&format!("{line} --format json")).out;
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{line}: {text}");
    }
}
