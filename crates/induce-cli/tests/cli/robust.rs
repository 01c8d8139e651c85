//! Regression that outliers do not move, from the command line.

use serde_json::Value;

use crate::house::House;

/// `y = a + 2 b`, but every fifth row is far off.
fn with_outliers() -> House {
    let house = House::new();
    house.table("wrong.csv", "a,b,y", 300, |i, a, b| {
        let y = if i % 5 == 0 { 100.0 + 20.0 * a } else { a + 2.0 * b };
        format!("{a},{b},{y}")
    });
    house.table("right.csv", "a,b,y", 100, |_, a, b| {
        format!("{a},{b},{}", a + 2.0 * b)
    });
    house
}

fn rmse(house: &House, model: &str) -> f64 {
    let said = house
        .ok(&format!("evaluate {model} right.csv --format json --quiet"))
        .out;
    let said: Value = serde_json::from_str(&said).unwrap();
    let metrics = said["metrics"].as_object().unwrap();
    metrics.values().next().unwrap()["rmse"]["value"]
        .as_f64()
        .unwrap()
}

#[test]
fn the_rows_that_agree_decide() {
    let house = with_outliers();
    house.ok("train wrong.csv -m ransac --target y --out robust.safetensors --quiet");
    assert!(rmse(&house, "robust.safetensors") < 1e-6);
    let shown = house.ok("show robust.safetensors").out;
    assert!(shown.contains("ransac"), "{shown}");
    house.ok("predict robust.safetensors right.csv --out p.csv");
    house.ok("report robust.safetensors right.csv --out r.html");
}

#[test]
fn any_model_can_be_the_base() {
    let house = with_outliers();
    let line = "train wrong.csv -m ransac --target y --set base=boost --set base_settings.rounds=60 --set trials=4 --quiet";
    house.ok(&format!("{line} --out robust.safetensors --threads 1"));
    house.ok(&format!("{line} --out again.safetensors --threads 2"));
    assert!(rmse(&house, "robust.safetensors") < 0.3);
    let without_card = |name: &str| house.ok(&format!("predict {name} right.csv --quiet")).out;
    assert_eq!(
        without_card("robust.safetensors"),
        without_card("again.safetensors")
    );
    for wrong in [
        "base=ransac",
        "base=bost",
        "base_settings.rounds=3",
        "confidence=1",
        "threshold=-1",
    ] {
        let fault = house.fault(&format!("train wrong.csv -m ransac --target y --set {wrong}"));
        assert!(fault.contains("hint: "), "{fault}");
    }
}
