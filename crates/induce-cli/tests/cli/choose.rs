//! Choosing among models: `compare`, `tune`, `bias-variance`.

use serde_json::Value;

use crate::house::House;

fn json(house: &House, line: &str) -> Value {
    serde_json::from_str(&house.ok(line).out).unwrap()
}

#[test]
fn compare_judges_every_model_on_the_same_folds() {
    let house = House::with_table();
    let line = "compare good.csv -m tree,forest:trees=5,tree:max_depth=1,tree --cv 4 --format json";
    let value = json(&house, line);
    assert_eq!(
        (&value["metric"], &value["task"]),
        (&"rmse".into(), &"regression".into())
    );
    let models = value["models"].as_array().unwrap();
    assert_eq!(models.len(), 4);
    assert!(models[0]["behind"].is_null() && models[3]["behind"]["value"].as_f64().unwrap() > 0.0);
    assert_eq!(models[3]["name"], "tree:max_depth=1");
    let of = |name: &str| models.iter().find(|m| m["name"] == name).unwrap();
    assert_eq!(of("tree")["folds"], of("tree (4)")["folds"]);
    assert_eq!(of("tree")["folds"]["rmse"].as_array().unwrap().len(), 4);
}

#[test]
fn tune_finds_the_same_again_and_trains_with_it() {
    let house = House::new();
    // Much noise: a full tree remembers it, so the defaults do not win.
    house.table("noisy.csv", "a,b,y", 200, |_, a, b| {
        format!("{a},{b},{}", a + (1e4 * (a + b)).fract())
    });
    let search = "tune noisy.csv -m tree --trials 6 --time 10m --out a.safetensors --seed 4";
    let said = house.ok(search).err;
    let again = said
        .lines()
        .find_map(|line| line.strip_prefix("the same again: induce "))
        .unwrap();
    assert!(again.contains("--set max_depth="), "{said}");
    house.ok(&again.replace("a.safetensors", "b.safetensors"));
    assert_eq!(house.read("a.safetensors"), house.read("b.safetensors"));
    house.ok(&format!("{search} --threads 1").replace("a.safetensors", "c.safetensors"));
    assert_eq!(house.read("a.safetensors"), house.read("c.safetensors"));
}

#[test]
fn bias_and_variance_add_up_and_can_be_drawn() {
    let house = House::with_table();
    let value = json(
        &house,
        "bias-variance good.csv -m tree,forest:trees=5 --resamples 4 --plot parts.svg --format json",
    );
    for model in value["models"].as_array().unwrap() {
        let part = |name: &str| model[name]["value"].as_f64().unwrap();
        assert!((part("noise") + part("bias") + part("variance") - part("error")).abs() < 1e-9);
    }
    assert!(
        String::from_utf8(house.read("parts.svg"))
            .unwrap()
            .contains("variance")
    );
}

#[test]
fn mistakes_end_in_a_hint() {
    let house = House::with_table();
    for (line, expected) in [
        ("compare good.csv -m tree,forrest", "did you mean `forest`?"),
        ("compare good.csv -m tree:depth=3", "setting"),
        (
            "compare good.csv -m tree --task guess",
            "regression, classification or ranking",
        ),
        (
            "bias-variance good.csv -m tree --resamples 1 --by bootstrap",
            "at least 2",
        ),
        ("bias-variance good.csv -m tree --plot parts.png", ".svg"),
        ("tune good.csv -m tree --time soon", "hint"),
        ("train good.csv -m bagging --set base=bagging", "its own base"),
        ("train good.csv -m forest --set criterion=gini", "squared"),
    ] {
        let done = house.run(line);
        assert!(
            done.code == 2 && done.err.contains(expected),
            "{line}: {}",
            done.err
        );
        assert!(done.err.contains("hint"), "{line}: {}", done.err);
    }
}
