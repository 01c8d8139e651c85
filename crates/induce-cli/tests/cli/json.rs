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
