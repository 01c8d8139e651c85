//! Supervised networks of tables and images.

use serde_json::Value;

use crate::house::House;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// 120 rows: a number with holes, a category, a quantity and a class.
fn with_table() -> House {
    let house = House::new();
    let mut text = "x,c,y,k\n".to_owned();
    for i in 0..120 {
        let x = f64::from(i * 37 % 120) / 30.0;
        let hole = if i % 11 == 0 {
            String::new()
        } else {
            format!("{x:.3}")
        };
        let (c, k) = (
            ["u", "v"][i as usize % 2],
            ["no", "yes", "may"][(x as usize + i as usize % 2) % 3],
        );
        text += &format!("{hole},{c},{:.4},{k}\n", x.sin() + f64::from(i % 2));
    }
    house.write("rows.csv", text.as_bytes());
    house
}

/// Sixty images of 6 x 6 pixels, two patterns, as an IDX file with labels beside it.
fn with_images() -> House {
    let house = House::new();
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 6, 0, 0, 0, 6];
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 60];
    for i in 0..60_u8 {
        images.extend((0..36_u8).map(|j| {
            let on = if i % 2 == 0 {
                j / 6 == i / 2 % 6
            } else {
                j % 6 == i / 2 % 6
            };
            if on { 250 - i } else { i % 7 }
        }));
        labels.push(i % 2);
    }
    house.write("small-images-idx3-ubyte", &images);
    house.write("small-labels-idx1-ubyte", &labels);
    house
}

const SMALL: &str = "--set hidden=12,8 --set epochs=30 --set batch=10 --set learning_rate=0.01";

#[test]
fn a_network_of_rows_predicts_quantities_with_intervals() {
    let house = with_table();
    let done = house.ok(&format!(
        "train rows.csv --target y --drop k -m mlp {SMALL} --out m.induce --format json"
    ));
    assert!(
        done.err.contains("values are missing in 1 column"),
        "{}",
        done.err
    );
    let said = json(&done.out);
    assert!(
        said["metrics"]["holdout"]["r2"]["value"].as_f64().unwrap() > 0.5,
        "{said}"
    );
    let table = house
        .ok("predict m.induce rows.csv --interval 0.9 --quantiles 0.5")
        .out;
    assert!(
        table.starts_with("prediction,quantile_0.5,new_low,new_high\n"),
        "{table}"
    );
    assert!(
        house
            .fault("predict m.induce rows.csv --proba")
            .contains("no classes")
    );
    let page = house.ok("show m.induce").out;
    assert!(
        page.contains("hidden.0") && page.contains("deviation of the noise"),
        "{page}"
    );
}

#[test]
fn a_network_of_rows_predicts_classes() {
    let house = with_table();
    house.ok(&format!(
        "train rows.csv --target k --drop y -m mlp {SMALL} --out m.induce"
    ));
    let table = house.ok("predict m.induce rows.csv --proba").out;
    assert!(
        table.starts_with("prediction,probability_may,probability_no,probability_yes\n"),
        "{table}"
    );
    let said = json(&house.ok("evaluate m.induce rows.csv --format json").out);
    assert_eq!(said["rows"], 120);
    house.ok("predict m.induce rows.csv --margin");
    assert!(
        house
            .fault("predict m.induce rows.csv --interval 0.9")
            .contains("no intervals")
    );
}

#[test]
fn random_weights_say_what_is_not_known() {
    let house = with_table();
    house.ok(&format!(
        "train rows.csv --target k --drop y -m bayes-mlp {SMALL} --out m.induce --report page.html"
    ));
    let said = json(&house.ok("evaluate m.induce rows.csv --format json").out);
    let of = |name: &str| said["metrics"]["test"][name]["value"].as_f64().unwrap();
    let parts = of("aleatoric_entropy") + of("epistemic_entropy");
    assert!((of("predictive_entropy") - parts).abs() < 1e-9, "{said}");
    assert_eq!(said["pruning"].as_array().unwrap().len(), 6);
    assert!(
        String::from_utf8(house.read("page.html"))
            .unwrap()
            .contains("Pruning")
    );
    house.ok(&format!(
        "train rows.csv --target y --drop k -m mlp {SMALL} --set weights=bayes --out m.induce"
    ));
    let table = house.ok("predict m.induce rows.csv --interval 0.9").out;
    assert!(
        table.starts_with("prediction,mean_low,mean_high,new_low,new_high\n"),
        "{table}"
    );
    let error = house.fault("train rows.csv --target y --drop k -m mlp --set prior=mixture");
    assert!(error.contains("weights"), "{error}");
}

#[test]
fn images_are_learnt_judged_and_predicted() {
    let house = with_images();
    for (model, more) in [("cnn", "--set channels=4,6"), ("mlp", ""), ("bayes-mlp", "")] {
        house.ok(&format!(
            "train small-images-idx3-ubyte -m {model} {SMALL} {more} --out m.induce --report page.html"
        ));
        let said = json(
            &house
                .ok("evaluate m.induce small-images-idx3-ubyte --format json")
                .out,
        );
        assert_eq!(said["images"], 60);
        assert!(
            said["metrics"]["test"]["accuracy"]["value"].as_f64().unwrap() > 0.8,
            "{model} {said}"
        );
        let table = house
            .ok("predict m.induce small-images-idx3-ubyte --proba --keep class")
            .out;
        assert!(
            table.starts_with("class,prediction,probability_0,probability_1\n"),
            "{table}"
        );
        assert_eq!(table.lines().count(), 61);
        house.ok("evaluate m.induce small-images-idx3-ubyte --require accuracy>=0.5");
    }
    let error = house.fault("train small-images-idx3-ubyte -m cnn --set channels=4 --target class");
    assert!(error.contains("--target"), "{error}");
    house.write("bare-images-idx3-ubyte", &house.read("small-images-idx3-ubyte"));
    assert!(
        house
            .fault("train bare-images-idx3-ubyte -m cnn")
            .contains("no classes")
    );
}

#[test]
fn a_table_has_no_pixels_to_convolve() {
    let house = with_table();
    assert!(
        house
            .fault("train rows.csv --target y -m mlp --set channels=8")
            .contains("channels")
    );
}
