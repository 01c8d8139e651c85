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

/// The one object on standard output.
fn object(text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(value.is_object(), "{text}");
    value
}

/// Half of the verbs printed CSV, prose or nothing, and `models` a list.
#[test]
fn every_verb_prints_one_object() {
    let house = House::with_table();
    house.table("two.csv", "a,b,y", 60, |i, a, b| {
        format!("{a},{b},{}", ["u", "v"][i % 2])
    });
    house.write("text.txt", "to be, or not to be. ".repeat(200).as_bytes());
    let lines = [
        "train good.csv --set rounds=5 --report page.html -o m.safetensors",
        "train text.txt -m gpt --set steps=2 --set layers=1 --set context=8 --set batch=2 -o t.safetensors",
        "evaluate m.safetensors good.csv",
        "evaluate t.safetensors text.txt",
        "predict m.safetensors good.csv",
        "predict m.safetensors good.csv -o scores.csv",
        "show m.safetensors",
        "show m.safetensors --tree 0",
        "show t.safetensors",
        "explain m.safetensors good.csv --shap shap.csv",
        "report m.safetensors good.csv -o again.html",
        "convert m.safetensors --to lightgbm -o m.txt",
        "compare two.csv -m tree,logistic --cv 2",
        "tune two.csv -m tree --trials 2 -o tuned.safetensors",
        "bias-variance two.csv -m tree --resamples 2 --plot parts.svg",
        "data show good.csv",
        "data split good.csv --train a.csv --test b.csv",
        "data convert good.csv good.parquet",
        "generate t.safetensors -p to -n 3",
        "models",
        "models boost",
        "doctor",
        "completions bash",
        "man",
        "man train",
        "man --out pages",
    ];
    for line in lines {
        object(&house.ok(&format!("{line} --format json")).out);
    }
    let models = object(&house.ok("models boost --format json").out);
    assert_eq!(models["models"][0]["name"], "boost");
}

/// Errors of the line itself were prose of another kind, and no object at all.
#[test]
fn errors_of_the_line_are_objects_too() {
    let house = House::with_table();
    for (line, what) in [
        ("train --no-such-flag good.csv", "no flag `--no-such-flag`"),
        ("frobnicate", "unknown verb `frobnicate`"),
        ("train", "missing: `DATA`"),
        ("", "there is no verb"),
        ("data", "there is no verb"),
        ("train good.csv --holdout many", "`--holdout` cannot be `many`"),
        ("train good.csv --target", "`--target` has no value"),
        ("train good.csv --cv 3 --holdout 0.1", "exclude each other"),
        ("train good.csv more", "one word too many"),
        ("bias-variance good.csv --by lot", "`--by` cannot be `lot`"),
        ("train nowhere.csv", "cannot read `nowhere.csv`"),
        ("train good.csv --set rounds=-1", "`rounds` cannot be -1"),
        ("train good.csv --config nowhere.toml", "nowhere.toml"),
        ("man nothing", "unknown verb `nothing`"),
    ] {
        for flag in ["--format json", "--format=json"] {
            let done = house.run(&format!("{flag} {line}"));
            assert_eq!(done.code, 2, "{line}: {}", done.err);
            let value = object(&done.out);
            assert_eq!(keys(&value), ["error"], "{line}");
            assert_eq!(keys(&value["error"]), ["message", "hint"], "{line}");
            let message = value["error"]["message"].as_str().unwrap();
            assert!(message.contains(what), "{line}: {message}");
            // A file that is not there is told by the system, all else by us.
            assert!(
                value["error"]["hint"].is_string() || line.contains("config"),
                "{line}: {value}"
            );
        }
        assert!(house.run(line).out.is_empty(), "{line}");
    }
    let mut command = house.command("train --no-such-flag");
    let output = command.env("INDUCE_FORMAT", "json").output().unwrap();
    object(&String::from_utf8(output.stdout).unwrap());
}

/// A condition that is not met is told by the exit code; the metrics are still one object.
#[test]
fn an_unmet_condition_prints_one_object() {
    let house = House::with_table();
    let done = house.run("train good.csv --set rounds=5 --require r2>=2 --format json");
    assert_eq!(done.code, 1);
    object(&done.out);
}
